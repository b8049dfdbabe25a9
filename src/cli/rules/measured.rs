//! `dechaff rules measure`: what each pack cut of labelled pages, added up from scores and written as one line a pack.
//!
//! Takes what `dechaff score --format json` printed and gives the file that `rules list --measured` reads. Packs that cut
//! nothing are not in it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use dechaff::pack::Pack;
use dechaff::run::Sum;
use serde::{Deserialize, Serialize};

use super::args::MeasureArgs;
use crate::cli::Outcome;

/// What a pack cut, level by level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Measured {
    pack: String,
    version: u32,
    /// Of the file that was measured.
    hash: String,
    level1: Cut,
    level2: Cut,
}

/// Tokens cut, by label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cut {
    pub noise: u64,
    pub article: u64,
    pub unsure: u64,
}

impl Cut {
    pub(super) fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// The share of noise in what is known to be noise or article, in hundredths of a percent, rounded down: what is
    /// not perfect does not look so.
    pub(super) fn precision(self) -> Option<u64> {
        (10_000 * self.noise).checked_div(self.noise + self.article)
    }
}

impl Sum for Cut {
    fn absorb(&mut self, later: Self) {
        self.noise += later.noise;
        self.article += later.article;
        self.unsure += later.unsure;
    }
}

/// What was measured of some packs.
pub(super) struct Measurements(BTreeMap<String, Measured>);

impl Measurements {
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let told = || format!("{}: not what `dechaff rules measure` writes", path.display());
        let all: Vec<Measured> = serde_json::from_str(&text(path)?).with_context(told)?;
        Ok(Self(all.into_iter().map(|measured| (measured.pack.clone(), measured)).collect()))
    }

    /// What `pack`, as it is now, cut on each level.
    pub(super) fn of(&self, pack: &Pack) -> [Cut; 2] {
        let measured = self.0.get(&pack.name).filter(|measured| measured.hash == format!("{:016x}", pack.hash));
        measured.map(|measured| [measured.level1, measured.level2]).unwrap_or_default()
    }
}

/// A score, as far as it is looked at.
#[derive(Deserialize)]
struct ScoreTold {
    level: u8,
    packs: Vec<PackTold>,
}

#[derive(Deserialize)]
struct PackTold {
    pack: String,
    version: u32,
    hash: String,
    cut: CutTold,
}

#[derive(Deserialize)]
struct CutTold {
    keep: u64,
    noise: u64,
    ambiguous: u64,
}

pub(super) fn measure(args: &MeasureArgs) -> anyhow::Result<Outcome> {
    let mut all = BTreeMap::new();
    for path in &args.scores {
        let told = || format!("{}: not what `dechaff score --format json` prints", path.display());
        let score: ScoreTold = serde_json::from_str(&text(path)?).with_context(told)?;
        add(&mut all, score).with_context(|| path.display().to_string())?;
    }
    anstream::stdout().lock().write_all(lines(&all)?.as_bytes())?;
    Ok(Outcome::Done)
}

fn text(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

fn add(all: &mut BTreeMap<String, Measured>, score: ScoreTold) -> anyhow::Result<()> {
    for PackTold { pack, version, hash, cut } in score.packs {
        let measured = all.entry(pack.clone()).or_insert_with(|| Measured {
            pack: pack.clone(),
            version,
            hash: hash.clone(),
            level1: Cut::default(),
            level2: Cut::default(),
        });
        if measured.hash != hash {
            bail!("its `{pack}` is not that of the scores before it; score anew with the same rules");
        }
        let level = match score.level {
            1 => &mut measured.level1,
            2 => &mut measured.level2,
            other => bail!("there is no level {other}"),
        };
        level.absorb(Cut { noise: cut.noise, article: cut.keep, unsure: cut.ambiguous });
    }
    Ok(())
}

/// A JSON list with a line a pack.
fn lines(all: &BTreeMap<String, Measured>) -> anyhow::Result<String> {
    let cut_something = |measured: &&Measured| !(measured.level1.is_nothing() && measured.level2.is_nothing());
    let lines = all.values().filter(cut_something).map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    Ok(if lines.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", lines.join(",\n")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_is_rounded_down_and_knows_nothing_of_the_unsure() {
        let precision = |noise, article, unsure| Cut { noise, article, unsure }.precision();
        assert_eq!(precision(99_999, 1, 5), Some(9_999));
        assert_eq!(precision(3, 0, 7), Some(10_000));
        assert_eq!(precision(0, 2, 0), Some(0));
        assert_eq!(precision(0, 0, 7), None);
    }
}
