//! Which site a document is from, by its address or by its place in the dump.

use std::path::{Component, Path};

use xxhash_rust::xxh3::xxh3_64;

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

/// A hash of the registered domain of an address, as the list of public suffixes has it; of its host, if that is none.
pub(super) fn site_of(url: &str) -> Option<u64> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().filter(|host| host.contains('.'))?.to_lowercase();
    let site = psl::domain_str(&host).unwrap_or(&host);
    Some(xxh3_64(site.as_bytes()))
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
    fn addresses_of_one_domain_are_of_one_site() {
        assert_eq!(site_of("https://news.example.co.uk/a"), site_of("http://www.example.co.uk:80/b?c"));
        assert_ne!(site_of("https://a.example.com/"), site_of("https://a.example.org/"));
        assert_eq!(site_of("words"), None);
    }
}
