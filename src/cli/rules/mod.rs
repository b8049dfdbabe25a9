//! `dechaff rules`: one file a verb; `load` reads the rules of any run.

pub(super) mod args;
mod audit;
pub(super) mod describe;
mod import;
mod lint;
mod list;
pub(super) mod load;
mod measured;
mod new;
mod packs;
mod schema;
mod show;
mod table;
mod test;

use super::Outcome;
use args::RulesCommand;

pub(super) fn rules(command: &RulesCommand) -> anyhow::Result<Outcome> {
    match command {
        RulesCommand::List(args) => list::list(args),
        RulesCommand::Measure(args) => measured::measure(args),
        RulesCommand::Show(args) => show::show(args),
        RulesCommand::Lint(args) => lint::lint(args),
        RulesCommand::Test(args) => test::test(args),
        RulesCommand::Schema => schema::schema(),
        RulesCommand::New(args) => new::new(args),
        RulesCommand::Import(args) => import::import(args),
    }
}
