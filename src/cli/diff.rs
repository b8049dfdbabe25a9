//! `dechaff diff`: what two sets of rules make of the same dump.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::bail;
use dechaff::clean::Cleaner;
use dechaff::pack::Pack;
use dechaff::report::diff::{DiffSurvey, Differences};
use dechaff::run::Plan;

use super::args::{MaxQuarantine, RuleArgs};
use super::clean::outcome;
use super::plan::to_survey;
use super::rules::load::{Rules, chosen, packs, read, tell_single_words};
use super::survey::survey;
use super::survey_args::{DiffArgs, DiffFormat, SideArgs};
use super::{Outcome, diff_told};

pub(super) fn diff(args: &DiffArgs) -> anyhow::Result<Outcome> {
    let (from, to) = sides(&args.sides, &args.rules)?;
    let planned = to_survey(&args.input, args.run.jobs)?;
    if !args.run.quiet {
        tell_single_words(&to.rules.packs);
    }
    let compare = DiffSurvey { to: &to.cleaner };
    let (report, found) = survey(&planned, &args.input, &from.cleaner, &compare, args.run.quiet)?;
    let comparison =
        Comparison { from: &from, to: &to, found: &found, plan: &planned.plan, max_samples: args.max_samples };
    let told = match args.format {
        DiffFormat::Text => diff_told::text(&comparison),
        DiffFormat::Markdown => diff_told::markdown(&comparison),
        DiffFormat::Json => diff_told::json(&comparison)?,
    };
    anstream::stdout().lock().write_all(told.as_bytes())?;
    Ok(match outcome(&report, MaxQuarantine::Records(0)) {
        Outcome::Done if found.is_any() => Outcome::Found,
        other => other,
    })
}

/// Two sides and how they differ.
pub(super) struct Comparison<'c> {
    pub from: &'c Side,
    pub to: &'c Side,
    pub found: &'c Differences,
    pub plan: &'c Plan,
    pub max_samples: usize,
}

/// The rules of one side.
pub(super) struct Side {
    pub rules: Rules,
    pub cleaner: Cleaner,
}

impl Side {
    fn new(rules: Rules) -> anyhow::Result<Self> {
        Ok(Self { cleaner: Cleaner::new(&rules.packs, &rules.options)?, rules })
    }
}

fn sides(sides: &SideArgs, common: &RuleArgs) -> anyhow::Result<(Side, Side)> {
    let from = Own {
        packs: &sides.from,
        no_shipped: sides.from_no_shipped,
        select: &sides.from_select,
        ignore: &sides.from_ignore,
    };
    let to =
        Own { packs: &sides.to, no_shipped: sides.to_no_shipped, select: &sides.to_select, ignore: &sides.to_ignore };
    let (mut from, mut to) = (from.of(common), to.of(common));
    from.level = sides.from_level.unwrap_or(common.level);
    from.input = sides.from_input.unwrap_or(common.input);
    to.level = sides.to_level.unwrap_or(common.level);
    to.input = sides.to_input.unwrap_or(common.input);
    if sides.add.is_empty() && from == to {
        bail!("both sides have the same rules: say what differs, for example with --add, --from, --to or --to-level");
    }
    let added = with_added(packs(&to)?, &sides.add)?;
    Ok((Side::new(chosen(packs(&from)?, &from)?)?, Side::new(chosen(added, &to)?)?))
}

/// What one side has for itself.
struct Own<'s> {
    packs: &'s [PathBuf],
    no_shipped: bool,
    select: &'s [String],
    ignore: &'s [String],
}

impl Own<'_> {
    /// What `common` comes to on this side.
    fn of(&self, common: &RuleArgs) -> RuleArgs {
        let or = |own: &[String], common: &[String]| if own.is_empty() { common.to_vec() } else { own.to_vec() };
        RuleArgs {
            rules: [self.packs, &common.rules].concat(),
            no_shipped: common.no_shipped || self.no_shipped || !self.packs.is_empty(),
            select: or(self.select, &common.select),
            ignore: or(self.ignore, &common.ignore),
            ..common.clone()
        }
    }
}

/// `packs` and those at `paths`, each of which stands in the place of a pack of its name.
fn with_added(mut packs: Vec<Pack>, paths: &[impl AsRef<Path>]) -> anyhow::Result<Vec<Pack>> {
    let mut added = Vec::new();
    for path in paths {
        added.extend(read(path.as_ref())?);
    }
    packs.retain(|pack| added.iter().all(|own| own.name != pack.name));
    packs.extend(added);
    Ok(packs)
}
