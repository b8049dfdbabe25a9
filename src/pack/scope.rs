//! Names of sites, as rules write them.

use super::SiteName;

/// Reads `example.com`, or `*.example.com` for the hosts below it; what is wrong with it otherwise.
pub(super) fn site(name: &str) -> Result<SiteName, &'static str> {
    let (host, below) = name.strip_prefix("*.").map_or((name, false), |host| (host, true));
    if host.contains(['/', ':']) {
        return Err("a site is a host without scheme, port and path, such as `example.com`");
    }
    if host.contains('*') {
        return Err("a star stands only at the front, as in `*.example.com`");
    }
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if !host.contains('.') || !host.split('.').all(label) {
        return Err("a site is a host such as `example.com`, or `*.example.com` for all hosts below it");
    }
    let host = host.to_lowercase();
    Ok(if below { SiteName::Below(host) } else { SiteName::Host(host) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_hosts() {
        assert_eq!(site("Example.com"), Ok(SiteName::Host("example.com".to_owned())));
        assert_eq!(site("*.blogspot.com"), Ok(SiteName::Below("blogspot.com".to_owned())));
        for wrong in ["", "com", "https://example.com", "example.com/news", "a..b", "x.*.com", ".example.com"] {
            assert!(site(wrong).is_err(), "{wrong}");
        }
    }
}
