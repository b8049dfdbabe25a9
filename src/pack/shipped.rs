//! The packs that are shipped, built into the program.
//!
//! They are there twice: with all that their files say, for those who look at rules, and without what only people read,
//! for a program that is to begin its work at once.

use super::Pack;

/// The packs of the TOML files below `rules/`, sorted by name, as the build script has read them.
const PACKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/shipped.packs"));
/// The same without phrases as they are written, reasons and examples.
const ACTING: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/shipped.acting"));

/// The shipped packs, sorted by name.
///
/// # Panics
/// Never: what the build script wrote can be read.
#[must_use]
pub fn shipped() -> Vec<Pack> {
    read(PACKS)
}

/// The shipped packs as far as a [`Cleaner`](crate::clean::Cleaner) needs them: their rules have no reasons, no examples,
/// and no phrases but those that are sought. Only in runs with [`exact`](crate::clean::Options::exact) do they find
/// nothing.
///
/// # Panics
/// Never: what the build script wrote can be read.
#[must_use]
pub fn shipped_acting() -> Vec<Pack> {
    read(ACTING)
}

fn read(bytes: &[u8]) -> Vec<Pack> {
    let mut packs: Vec<Pack> = postcard::from_bytes(bytes).expect("the build script wrote packs");
    for pack in &mut packs {
        "shipped".clone_into(&mut pack.source);
    }
    packs
}

/// One number for all shipped packs as they are, worked out by the build script: see [`version_of`](super::version_of).
///
/// # Panics
/// Never: what the build script wrote is a number.
#[must_use]
pub fn shipped_version() -> u64 {
    env!("SHIPPED_VERSION").parse().expect("the build script wrote a number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_packs_are_those_of_the_files() {
        let packs = shipped();
        assert_eq!(shipped_version(), crate::pack::version_of(&packs));
        assert!(packs.is_sorted_by_key(|pack| &pack.name) && packs.len() > 9);
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        for pack in packs {
            let file = format!("{}.toml", pack.name);
            let text = std::fs::read_to_string(folder.join(&file)).unwrap();
            let read = Pack::parse(&text, &format!("rules/{file}")).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(Pack { source: "shipped".to_owned(), ..read }, pack);
        }
    }

    #[test]
    fn the_acting_packs_are_the_same_rules() {
        let told = |packs: Vec<Pack>| -> Vec<_> {
            let rules = packs.into_iter().flat_map(|pack| pack.rules);
            rules.map(|rule| (rule.id, rule.level, rule.action, rule.zones, rule.near, rule.sought)).collect()
        };
        assert_eq!(told(shipped_acting()), told(shipped()));
    }
}
