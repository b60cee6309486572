//! Whether a request comes from a page that this server served: no other site can make a browser sign for it.

use super::super::cors::origin_of;
use super::PageAccess;
use crate::domain::problem::{Forbidden, Problem};
use poem::Request;
use std::net::IpAddr;

/// FORBIDDEN for what another site's page asks; without a login for what does not come by a name that only this machine has,
/// too.
pub(super) fn check(request: &Request, access: PageAccess, public_url: &str) -> Result<(), Problem> {
    let own = match access {
        PageAccess::Absent => false,
        PageAccess::Demo => is_loopback(request) && is_of_this_machine(request) && comes_from(request, |origin, host| origin == format!("http://{host}")),
        PageAccess::Login { .. } => comes_from(request, |origin, host| {
            // a proxy may end the encryption, and may pass on another host
            let name = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            name == Some(host) || origin.eq_ignore_ascii_case(origin_of(public_url))
        }),
    };
    if own { Ok(()) } else { Err(Forbidden {}.into()) }
}

/// A browser says where a request comes from; a program that does not has no other's cookies.
fn comes_from(request: &Request, is_own: impl Fn(&str, &str) -> bool) -> bool {
    let Some(host) = request.header("host") else { return false };
    let same_site = request.headers().get_all("sec-fetch-site").iter().all(|site| site == "same-origin");
    let same_origin = request.headers().get_all("origin").iter().all(|origin| origin.to_str().is_ok_and(|origin| is_own(origin, host)));
    same_site && same_origin
}

fn is_loopback(request: &Request) -> bool {
    let host = request.header("host").unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.bytes().all(|b| b.is_ascii_digit()) { name } else { host });
    ["127.0.0.1", "localhost", "[::1]"].contains(&name)
}

/// Whether its peer is on this machine, and whoever the peer says that it asks for.
fn is_of_this_machine(request: &Request) -> bool {
    let peer = request.remote_addr().as_socket_addr().is_none_or(|peer| is_here(peer.ip()));
    let hops = request.headers().get_all("x-forwarded-for").iter().flat_map(|line| line.to_str().unwrap_or("?").split(','));
    peer && hops.map(|hop| hop.trim().parse::<IpAddr>()).all(|hop| hop.is_ok_and(is_here))
}

fn is_here(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: PageAccess = PageAccess::Login { session_seconds: 60 };

    fn is_own(access: PageAccess, headers: &[(&'static str, &str)]) -> bool {
        let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value)).finish();
        check(&request, access, "https://Page.example.com/tools").is_ok()
    }

    #[test]
    fn only_the_servers_own_page_is_served() {
        let host = ("host", "10.0.0.7:8080");
        for (origin, own) in [
            ("https://page.example.com", true),
            ("http://10.0.0.7:8080", true),
            ("https://10.0.0.7:8080", true),
            ("https://page.example.com.evil.example", false),
            ("https://10.0.0.7", false),
            ("ftp://10.0.0.7:8080", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(is_own(LOGIN, &[host, ("origin", origin)]), own, "{origin}");
        }
        for (site, own) in [("same-origin", true), ("same-site", false), ("cross-site", false), ("none", false)] {
            assert_eq!(is_own(LOGIN, &[host, ("sec-fetch-site", site)]), own, "{site}");
        }
        assert!(!is_own(LOGIN, &[host, ("origin", "http://10.0.0.7:8080"), ("origin", "http://evil.example")]));
        assert!(!is_own(LOGIN, &[]), "a request without a host");
        assert!(!is_own(PageAccess::Absent, &[host]));
    }

    #[test]
    fn without_a_login_only_this_machine_is() {
        for (host, own) in [("127.0.0.1:8080", true), ("localhost", true), ("[::1]:8080", true), ("10.0.0.7:8080", false), ("page.example.com", false)] {
            assert_eq!(is_own(PageAccess::Demo, &[("host", host)]), own, "{host}");
        }
        let local = ("host", "localhost:8080");
        assert!(!is_own(PageAccess::Demo, &[local, ("origin", "https://localhost:8080")]));
        assert!(is_own(PageAccess::Demo, &[local, ("x-forwarded-for", "127.0.0.1, ::1")]));
        for hops in ["192.0.2.2", "127.0.0.1, 192.0.2.2", "unknown", ""] {
            assert!(!is_own(PageAccess::Demo, &[local, ("x-forwarded-for", hops)]), "{hops}");
        }
        for (peer, own) in [("127.0.0.1", true), ("::1", true), ("::ffff:127.0.0.1", true), ("192.0.2.2", false), ("::ffff:192.0.2.2", false)] {
            assert_eq!(is_here(peer.parse().unwrap()), own, "{peer}");
        }
    }
}
