//! Which documents a rule is for: their language, and the site that they come from.
//!
//! A document may bring both. A language that is not told is found from the text, once, when the first rule asks; what
//! cannot be found is unknown, and rules for certain languages or sites leave such a document alone.

use std::cell::OnceCell;

use super::language::{language_of, primary};
use crate::pack::SiteName;

/// The documents that a rule acts on; empty lists are every one.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// Languages by their primary codes.
    pub langs: Vec<String>,
    pub sites: Vec<SiteName>,
    /// Scopes in which it does not act.
    pub nots: Vec<Not>,
}

/// Where a rule does not act: where the language is one of these, if there are any, and the site one of these.
#[derive(Debug)]
pub(super) struct Not {
    /// Languages by their primary codes.
    pub langs: Vec<String>,
    pub sites: Vec<SiteName>,
}

impl Scope {
    /// Whether a rule of this scope acts on the document.
    pub(super) fn holds(&self, about: &About) -> bool {
        if self.is_everywhere() {
            return true;
        }
        (self.langs.is_empty() || about.speaks(&self.langs))
            && (self.sites.is_empty() || about.is_of(&self.sites))
            && !self.nots.iter().any(|not| {
                (not.langs.is_empty() || about.speaks(&not.langs)) && (not.sites.is_empty() || about.is_of(&not.sites))
            })
    }

    /// Whether the document is of another site than the rule is for: cheaper to tell than whether the scope holds.
    pub(super) fn is_elsewhere(&self, about: &About) -> bool {
        !self.sites.is_empty() && !about.is_of(&self.sites)
    }

    /// Whether it is every document.
    pub(super) fn is_everywhere(&self) -> bool {
        self.langs.is_empty() && self.sites.is_empty() && self.nots.is_empty()
    }

    /// Whether it names sites.
    pub(super) fn is_of_sites(&self) -> bool {
        !self.sites.is_empty()
    }
}

/// What is known about a document, or can be found out.
pub(super) struct About<'d> {
    lang: Option<&'d str>,
    url: Option<&'d str>,
    text: &'d [u8],
    host: OnceCell<Option<String>>,
    /// The primary code of its language.
    language: OnceCell<Option<String>>,
}

impl<'d> About<'d> {
    pub(super) fn new(text: &'d [u8], lang: Option<&'d str>, url: Option<&'d str>) -> Self {
        Self { lang, url, text, host: OnceCell::new(), language: OnceCell::new() }
    }

    /// Nothing is known about a stream of lines.
    pub(super) fn nothing() -> Self {
        Self::new(&[], None, None)
    }

    /// Whether the document is in one of these languages, given by their primary codes.
    fn speaks(&self, langs: &[String]) -> bool {
        let lang = self.language.get_or_init(|| match self.lang {
            Some(told) => Some(primary(told)),
            None => language_of(self.text).map(ToOwned::to_owned),
        });
        lang.as_ref().is_some_and(|lang| langs.contains(lang))
    }

    fn is_of(&self, sites: &[SiteName]) -> bool {
        let host = self.host.get_or_init(|| self.url.and_then(host_of));
        host.as_ref().is_some_and(|host| sites.iter().any(|site| is_at(site, host)))
    }
}

/// The host of an address, with or without a scheme, in lower case: a name with a dot in it, or a number in brackets.
pub(crate) fn host_of(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    if host.starts_with('[') {
        return host.split_once(']').map(|(address, _)| format!("{}]", address.to_ascii_lowercase()));
    }
    let host = host.split(':').next()?.trim_end_matches('.');
    host.contains('.').then(|| host.to_lowercase())
}

/// Whether `host` is of the site. A host without a star is a site as the list of public suffixes has it: nobody's
/// `co.uk` is one.
fn is_at(site: &SiteName, host: &str) -> bool {
    let below = |parent: &str| host.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.'));
    match site {
        SiteName::Host(own) => host == own || (below(own) && psl::domain_str(own).is_some()),
        SiteName::Below(parent) => below(parent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_told_by_their_hosts() {
        let host = |name: &str| SiteName::Host(name.to_owned());
        let below = |name: &str| SiteName::Below(name.to_owned());
        for (site, url, is) in [
            (host("example.com"), "https://example.com/a", true),
            (host("example.com"), "http://user@www.Example.com:8080?x", true),
            (host("example.com"), "www.example.com", true),
            (host("example.com"), "https://notexample.com/", false),
            (host("example.com"), "https://example.org/example.com", false),
            (host("co.uk"), "https://www.bbc.co.uk/", false),
            (below("blogspot.com"), "https://me.blogspot.com/", true),
            (below("blogspot.com"), "https://blogspot.com/", false),
        ] {
            let about = About::new(b"", None, Some(url));
            assert_eq!(about.is_of(std::slice::from_ref(&site)), is, "{site} {url}");
        }
        assert!(!About::nothing().is_of(&[host("example.com")]));
    }

    #[test]
    fn languages_are_told_or_found() {
        let german = "Der Minister sagte am Montag, dass die Verhandlungen noch in dieser Woche beginnen sollen, und zwar in Bonn.\n";
        let de = ["de".to_owned()];
        assert!(About::new(b"", Some("de-AT"), None).speaks(&de));
        assert!(About::new(b"", Some("deu"), None).speaks(&de));
        assert!(!About::new(german.as_bytes(), Some("en"), None).speaks(&de));
        assert!(About::new(german.repeat(3).as_bytes(), None, None).speaks(&de));
        assert!(!About::new(b"Home\nMenu\n", None, None).speaks(&de));
        assert_eq!([primary("nb-NO"), primary("jpn"), primary("EN_us")], ["no", "ja", "en"]);
    }

    #[test]
    fn what_is_disabled_somewhere_acts_elsewhere() {
        let not = Not { langs: vec!["de".to_owned()], sites: Vec::new() };
        let scope = Scope { nots: vec![not], ..Scope::default() };
        assert!(!scope.holds(&About::new(b"", Some("de"), None)));
        assert!(scope.holds(&About::new(b"", Some("en"), None)));
        assert!(scope.holds(&About::nothing()));
    }
}
