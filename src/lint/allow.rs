//! What a rule allows: lints that were looked at and answered.

use super::scene::Scene;
use super::{LINTS, Lint};
use crate::pack::Rule;

pub(super) const IDLE: Lint = Lint {
    name: "idle-allow",
    why: "it holds nothing back now, and would hide what comes later",
    way_out: "drop it from `allow`",
    check: idle,
};

fn idle(scene: &Scene, rule: &Rule) -> Vec<String> {
    let told = |name: &String| match LINTS.iter().find(|lint| lint.name == *name) {
        None => Some(format!("there is no lint `{name}`")),
        Some(lint) => (lint.check)(scene, rule).is_empty().then(|| format!("`{name}` finds nothing in it")),
    };
    rule.allow.iter().filter_map(told).collect()
}
