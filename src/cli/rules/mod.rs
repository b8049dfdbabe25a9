//! `dechaff rules`: one file a verb; `load` reads the rules of any run.

pub(super) mod args;
mod lint;
pub(super) mod load;
mod schema;
mod test;

use super::Outcome;
use args::RulesCommand;

pub(super) fn rules(command: &RulesCommand) -> anyhow::Result<Outcome> {
    match command {
        RulesCommand::Lint(args) => lint::lint(args),
        RulesCommand::Test(args) => test::test(args),
        RulesCommand::Schema => schema::schema(),
    }
}
