//! `dechaff rules schema`: the shape of a rule file, for editors.

use std::io::Write;

use crate::cli::Outcome;

pub(super) fn schema() -> anyhow::Result<Outcome> {
    let mut text = serde_json::to_string_pretty(&dechaff::pack::schema())?;
    text.push('\n');
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(Outcome::Done)
}
