//! The address that a request counts for: its peer's, or what proxies that are trusted say of it.

use ipnet::IpNet;
use poem::Request;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

const FORWARDED: &str = "x-forwarded-for";

/// A request's address, as the first layer found it out; a copy stands in its extensions.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClientAddress(pub IpAddr);

/// The address that a request counts for, once the first layer found it out.
pub(super) fn address_of(request: &Request) -> Option<IpAddr> {
    request.data::<ClientAddress>().map(|address| address.0)
}

/// Finds it out: the nearest hop that is no trusted proxy. What an untrusted peer says of itself counts nothing.
pub(super) fn find(request: &Request, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = request.remote_addr().as_socket_addr()?.ip().to_canonical();
    let lines = request.headers().get_all(FORWARDED);
    // a line that is no text hides the ones before it
    let lines: Vec<&str> = lines.iter().map(|line| line.to_str().unwrap_or("?")).collect();
    Some(household(nearest(peer, &lines, trusted)))
}

/// Each proxy adds the hop before it at the end, so the list is read from there; what can't be read ends it.
fn nearest(peer: IpAddr, lines: &[&str], trusted: &[IpNet]) -> IpAddr {
    let mut hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    let mut nearest = peer;
    while trusted.iter().any(|net| net.contains(&nearest)) {
        let Some(before) = hops.next().and_then(read) else { break };
        nearest = before;
    }
    nearest
}

/// An address, also with a port, or in brackets.
fn read(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = match bare {
        Some(v6) => v6.parse::<Ipv6Addr>().ok().map(IpAddr::from),
        None => hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip())),
    };
    address.map(|address| address.to_canonical())
}

/// One household or host has 64 bits of IPv6 to itself: they count as one address.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(peer: &str, lines: &[&str]) -> String {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "2001:db8:1::/48"].iter().map(|net| net.parse().unwrap()).collect();
        household(nearest(read(peer).unwrap(), lines, &trusted)).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed_hop_by_hop() {
        let cases: &[(&str, &[&str], &str)] = &[
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            // what the client made up stands before what the proxies saw
            ("10.0.0.1", &["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["1.1.1.1", "198.51.100.1,10.0.0.2", "10.0.0.3"], "198.51.100.1"),
            ("10.0.0.1", &["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
            // what can't be read ends the walk
            ("10.0.0.1", &["198.51.100.1, unknown, 10.0.0.3"], "10.0.0.3"),
            ("10.0.0.1", &["198.51.100.1, "], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1:8080"], "198.51.100.1"),
            ("10.0.0.1", &["[2001:db8:2::5]:443"], "2001:db8:2::"),
            ("10.0.0.1", &["[2001:db8:2::5]"], "2001:db8:2::"),
            ("10.0.0.1", &["2001:db8:2:0:ffff::5"], "2001:db8:2::"),
            ("2001:db8:1::7", &["::ffff:198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
        ];
        for (peer, lines, address) in cases {
            assert_eq!(found(peer, lines), *address, "{peer} {lines:?}");
        }
    }
}
