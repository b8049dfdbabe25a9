//! What a rule cuts, and how far: which of the keys `cut`, `max-lines`, `flag` and the prose guards go together.

use toml::Spanned;

use super::error::PackError;
use super::sense::{Kind, Parts};
use super::tables::{CutName, Defaults, FlagName, Number, RuleTable, Share};
use super::toml::Reader;
use super::{Action, Flag, ProseGuard};

/// The most words that a line may have which an in-line phrase takes whole.
const INLINE_LINE_WORDS: usize = 12;
/// The most lines of a block.
const BLOCK_MOST: usize = 500;
/// The largest share of a document's prose that a cut to the end may take, in thousandths.
const PROSE_MOST: u16 = 100;
/// The prose lines that such a cut leaves, unless it says otherwise.
const PROSE_LEFT: usize = 3;

impl Reader<'_> {
    pub(super) fn action(&self, parts: &Parts, table: &RuleTable, defaults: &Defaults) -> Result<Action, PackError> {
        // A default for `cut` does not reach rules that cannot take it.
        let default = defaults.cut.clone().filter(|cut| parts.kind != Kind::Line || *cut.get_ref() != CutName::Match);
        let cut = table.cut.clone().or(default);
        let action = match cut.as_ref().map(|cut| (*cut.get_ref(), cut.span())) {
            None if parts.kind == Kind::Inline => Action::CutMatch,
            None => Action::CutLine,
            Some((CutName::Line, span)) => self.whole_line(parts, span)?,
            Some((CutName::Match, span)) => self.part_of_line(parts, span)?,
            Some((CutName::ToEnd, _)) => {
                let most = table.max_prose_after.as_ref().or(defaults.max_prose_after.as_ref());
                let least = table.min_prose_before.as_ref().or(defaults.min_prose_before.as_ref());
                Action::CutToEnd(self.prose_guard(most, least, table, defaults)?)
            }
            Some((CutName::FromStart, _)) => {
                let most = table.max_prose_before.as_ref().or(defaults.max_prose_before.as_ref());
                let least = table.min_prose_after.as_ref().or(defaults.min_prose_after.as_ref());
                Action::CutFromStart(self.prose_guard(most, least, table, defaults)?)
            }
            Some((CutName::Block, span)) => {
                let lines = table.max_lines.as_ref().or(defaults.max_lines.as_ref());
                let lines = lines.ok_or_else(|| {
                    let what = "a block needs `max-lines`, the most lines that it may cut";
                    self.error_with(span, what, "add for example `max-lines = 12`")
                })?;
                if !(1..=BLOCK_MOST).contains(&lines.get_ref().0) {
                    return Err(self.error(lines.span(), &format!("`max-lines` is from 1 to {BLOCK_MOST}")));
                }
                Action::CutBlock { max_lines: lines.get_ref().0 }
            }
            Some((CutName::Flag, span)) => {
                let what = "a flag needs a name: `flag` is \"paywalled\", \"error-page\" or \"truncated\"";
                Action::Flag(flag(*table.flag.as_ref().ok_or_else(|| self.error(span, what))?.get_ref()))
            }
        };
        self.nothing_idle(action, table)?;
        Ok(action)
    }

    fn whole_line(&self, parts: &Parts, span: std::ops::Range<usize>) -> Result<Action, PackError> {
        let most = parts.max_words.as_ref().map(|words| words.get_ref().0);
        if parts.kind == Kind::Inline && most.is_none_or(|most| most > INLINE_LINE_WORDS) {
            return Err(self.error_with(
                span,
                &format!(
                    "an in-line phrase takes its whole line only from lines of {INLINE_LINE_WORDS} words or fewer"
                ),
                &format!("add `max-words = {INLINE_LINE_WORDS}` or less, or leave `cut` at \"match\""),
            ));
        }
        Ok(Action::CutLine)
    }

    fn part_of_line(&self, parts: &Parts, span: std::ops::Range<usize>) -> Result<Action, PackError> {
        match parts.kind {
            Kind::Line => Err(self.error(span, "a `line` rule matches the whole line: its `cut` is \"line\"")),
            Kind::Run => Err(self.error(span, "a `run` matches the whole line: its `cut` is \"line\"")),
            _ => Ok(Action::CutMatch),
        }
    }

    fn prose_guard(
        &self,
        most: Option<&Spanned<Share>>,
        least: Option<&Spanned<Number>>,
        table: &RuleTable,
        defaults: &Defaults,
    ) -> Result<ProseGuard, PackError> {
        let what = "the share of prose that may be lost is from 0 to 0.1";
        let most_lost = most.map_or(Ok(0), |share| self.thousandths(share, PROSE_MOST, what))?;
        let share = table.min_prose_share.as_ref().or(defaults.min_prose_share.as_ref());
        let what = "the share of words that stand in prose is from 0 to 1";
        let least_share = share.map_or(Ok(0), |share| self.thousandths(share, 1000, what))?;
        let least_left = match least {
            Some(least) if least.get_ref().0 == 0 => {
                return Err(self.error(least.span(), "at least 1 line of prose must be left"));
            }
            Some(least) => least.get_ref().0,
            None => PROSE_LEFT,
        };
        Ok(ProseGuard { most_lost, least_left, least_share })
    }

    /// A share in thousandths, if it is at most `most` of them.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what is out of range is refused first"
    )]
    fn thousandths(&self, share: &Spanned<Share>, most: u16, what: &str) -> Result<u16, PackError> {
        let thousandths = (share.get_ref().0 * 1000.0).round();
        if (0.0..=f64::from(most)).contains(&thousandths) {
            Ok(thousandths as u16)
        } else {
            Err(self.error(share.span(), what))
        }
    }

    /// A key that goes with another `cut` would do nothing: most likely it is a slip.
    fn nothing_idle(&self, action: Action, table: &RuleTable) -> Result<(), PackError> {
        let is = |name: &str| action.name() == name;
        let idle = [
            (table.max_lines.as_ref().map(Spanned::span), "max-lines", "block"),
            (table.flag.as_ref().map(Spanned::span), "flag", "flag"),
            (table.max_prose_after.as_ref().map(Spanned::span), "max-prose-after", "to-end"),
            (table.min_prose_before.as_ref().map(Spanned::span), "min-prose-before", "to-end"),
            (table.max_prose_before.as_ref().map(Spanned::span), "max-prose-before", "from-start"),
            (table.min_prose_after.as_ref().map(Spanned::span), "min-prose-after", "from-start"),
        ];
        if let Some(share) = table.min_prose_share.as_ref().filter(|_| !is("to-end") && !is("from-start")) {
            let what = "`min-prose-share` goes with `cut = \"to-end\"` or \"from-start\" alone";
            return Err(self.error(share.span(), what));
        }
        for (span, key, cut) in idle {
            if let Some(span) = span.filter(|_| !is(cut)) {
                return Err(self.error(span, &format!("`{key}` goes with `cut = \"{cut}\"` alone")));
            }
        }
        Ok(())
    }
}

pub(super) fn flag(name: FlagName) -> Flag {
    match name {
        FlagName::Paywalled => Flag::Paywalled,
        FlagName::ErrorPage => Flag::ErrorPage,
        FlagName::Truncated => Flag::Truncated,
    }
}
