//! Which site a document is from, by its address or by its place in the dump.

use std::net::Ipv4Addr;
use std::path::{Component, Path};

use crate::clean::host_of;

/// The host that a path of a dump names: the last of its parts that is a name of the web, such as the folder
/// `www.example.com`, or a file `example.com.txt`.
pub(super) fn host_of_path(place: &str) -> Option<&str> {
    let parts = Path::new(place).components().rev().filter_map(|part| match part {
        Component::Normal(part) => part.to_str(),
        _ => None,
    });
    let mut parts = parts.enumerate().map(|(at, part)| if at == 0 { without_extensions(part) } else { part });
    parts.find(|part| is_host(part))
}

/// The site of an address or a host: its registered domain by the list of public suffixes (`example.co.uk`), in lower
/// case; the host itself if it is a number.
#[must_use]
pub fn site_of(url: &str) -> Option<String> {
    let host = host_of(url).filter(|host| !host.contains(char::is_whitespace))?;
    let is_number = host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok();
    let domain = if is_number { None } else { psl::domain_str(&host) };
    Some(domain.unwrap_or(&host).to_owned())
}

/// The name of a file without what tells its format and compression.
fn without_extensions(name: &str) -> &str {
    let known = ["gz", "zst", "txt", "md", "jsonl", "ndjson", "json"];
    let mut stem = name;
    while let Some((rest, _)) = stem.rsplit_once('.').filter(|(_, ext)| known.contains(ext)) {
        stem = rest;
    }
    stem
}

fn is_host(name: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_named = name.contains('.') && name.split('.').all(label);
    is_named && psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.is_known()) && psl::domain_str(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_hosts() {
        for (place, host) in [
            ("dump/www.example.com/2019/a.txt", Some("www.example.com")),
            ("example.co.uk.jsonl.gz", Some("example.co.uk")),
            ("dump/part-00017.jsonl.gz", None),
            ("co.uk/a.txt", None),
            ("notes/readme.md", None),
            ("a/v1.2/b.txt", None),
        ] {
            assert_eq!(host_of_path(place), host, "{place}");
        }
    }

    #[test]
    fn a_site_is_a_registered_domain() {
        for (url, site) in [
            ("https://www.Example.com/a?b#c", Some("example.com")),
            ("http://user:word@news.example.co.uk:8080", Some("example.co.uk")),
            ("a.b.example.org", Some("example.org")),
            ("https://somebody.blogspot.com/2024", Some("somebody.blogspot.com")),
            ("http://127.0.0.1:80/x", Some("127.0.0.1")),
            ("http://[::1]:80/x", Some("[::1]")),
            ("https://пример.рф/", Some("пример.рф")),
            ("http://localhost/x", None),
            ("//example.org/a", None),
            ("", None),
            ("words", None),
            ("not an address.", None),
        ] {
            assert_eq!(site_of(url).as_deref(), site, "{url}");
        }
    }
}
