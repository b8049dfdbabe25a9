//! `dechaff rules`: one file a verb; `load` reads the rules of any run.

pub(super) mod args;
pub(super) mod load;
mod test;

use super::Outcome;
use args::RulesCommand;

pub(super) fn rules(command: &RulesCommand) -> anyhow::Result<Outcome> {
    match command {
        RulesCommand::Test(args) => test::test(args),
    }
}
