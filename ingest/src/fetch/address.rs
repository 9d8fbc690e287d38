//! Which addresses may be reached.
//!
//! A page can link or redirect to anything, also to the machines behind our firewall. So only public addresses are
//! reached, and a private one only where the source's own configuration names exactly that host and port.
//!
//! Must never check one address and connect to another: the check sits inside the resolver that the connection
//! itself uses, so a name that changes its answer between check and connection gains nothing.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use url::{Host, Url};

/// Hosts with their ports that may be private, because the configuration of a source names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access(Vec<(String, u16)>);

impl Access {
    /// Public addresses only.
    pub fn public() -> Self {
        Self::default()
    }

    /// Public addresses, and private or loopback ones at the host and port of these URLs.
    pub fn private_at<'a>(urls: impl IntoIterator<Item = &'a Url>) -> Self {
        Self(urls.into_iter().filter_map(place).collect())
    }

    /// How far a request for `url` may reach.
    pub(super) fn reach(&self, url: &Url) -> Reach {
        match place(url) {
            Some(place) if self.0.contains(&place) => Reach::Private,
            _ => Reach::Public,
        }
    }
}

fn place(url: &Url) -> Option<(String, u16)> {
    Some((url.host_str()?.to_owned(), url.port_or_known_default()?))
}

/// How far one request may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Public addresses.
    Public,
    /// Also loopback and private networks; never link-local, metadata or multicast addresses.
    Private,
}

impl Reach {
    /// Whether this address may be connected to.
    pub(super) fn allows(self, address: IpAddr) -> bool {
        match kind(address) {
            Kind::Public => true,
            Kind::Private => self == Self::Private,
            Kind::Forbidden => false,
        }
    }

    /// Whether the host of `url` may be asked for at all: an address written as one is judged here, because the
    /// connection would not resolve it; a name is judged when it is resolved. The URL parser has already turned
    /// decimal, octal and hexadecimal spellings into addresses.
    pub(super) fn allows_host(self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(address)) => self.allows(address.into()),
            Some(Host::Ipv6(address)) => self.allows(address.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Public,
    Private,
    Forbidden,
}

fn kind(address: IpAddr) -> Kind {
    match address {
        IpAddr::V4(address) => kind_v4(address),
        IpAddr::V6(address) => kind_v6(address),
    }
}

/// IANA's special-purpose registry, and the two metadata addresses of clouds that lie in public ranges.
fn kind_v4(address: Ipv4Addr) -> Kind {
    if address.is_loopback() || address.is_private() {
        return Kind::Private;
    }
    let forbidden = match address.octets() {
        // "This network", link-local (metadata of most clouds), multicast, reserved, broadcast.
        [0, ..] | [169, 254, ..] | [224..=255, ..] => true,
        // Carrier-grade NAT; 100.100.100.200 is Alibaba Cloud's metadata.
        [100, 64..=127, ..] => true,
        // Protocol assignments, documentation, 6to4 relays, benchmarking.
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 18..=19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => {
            true
        }
        // Azure's wire server.
        [168, 63, 129, 16] => true,
        _ => false,
    };
    if forbidden { Kind::Forbidden } else { Kind::Public }
}

fn kind_v6(address: Ipv6Addr) -> Kind {
    if address.is_loopback() {
        return Kind::Private;
    }
    if let Some(inner) = address.to_ipv4_mapped() {
        return kind_v4(inner);
    }
    match address.segments() {
        // Translated (NAT64) and tunnelled (6to4) addresses are as good as the one inside.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => kind_v4(joined(high, low)),
        // Amazon's metadata lies in the range of unique local addresses.
        [0xfd00, 0x0ec2, ..] => Kind::Forbidden,
        [0xfc00..=0xfdff, ..] => Kind::Private,
        // Documentation and Teredo (2001::/23, 2001:db8::/32), then all that is not global unicast (2000::/3).
        [0x2001, 0x0000..=0x01ff | 0x0db8, ..] => Kind::Forbidden,
        [0x2000..=0x3fff, ..] => Kind::Public,
        _ => Kind::Forbidden,
    }
}

fn joined(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

/// The name has no address that may be reached.
#[derive(Debug, thiserror::Error)]
#[error("host resolves to private addresses only")]
pub(super) struct Private;

/// Resolves names to the addresses that may be reached, and to no others.
#[derive(Debug)]
pub(super) struct Guard(pub(super) Reach);

impl Guard {
    /// The addresses of a name that may be reached.
    pub(super) async fn addresses(
        &self,
        host: &str,
    ) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let all: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
        let named = !all.is_empty();
        let allowed: Vec<_> = all.into_iter().filter(|a| self.0.allows(a.ip())).collect();
        if named && allowed.is_empty() {
            return Err(Box::new(Private));
        }
        Ok(allowed)
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Self(self.0);
        Box::pin(async move {
            let addresses = guard.addresses(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(reach: Reach, url: &str) -> bool {
        reach.allows_host(&Url::parse(url).expect(url))
    }

    #[test]
    fn every_spelling_of_a_private_address_is_refused() {
        for host in [
            "127.0.0.1",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "127.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "0.0.0.0",
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "224.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:a00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[fe80::1]",
            "[fec0::1]",
            "[fd12::1]",
            "[fd00:ec2::254]",
            "[ff02::1]",
            "[2001:db8::1]",
        ] {
            assert!(!allows(Reach::Public, &format!("http://{host}/")), "{host}");
        }
        for host in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "[2606:4700::1]",
            "[64:ff9b::808:808]",
        ] {
            assert!(allows(Reach::Public, &format!("http://{host}/")), "{host}");
        }
    }

    #[test]
    fn a_source_that_may_be_private_still_never_reaches_metadata() {
        for host in ["127.0.0.1", "10.1.2.3", "[::1]", "[fd12::1]"] {
            assert!(allows(Reach::Private, &format!("http://{host}/")), "{host}");
        }
        for host in [
            "169.254.169.254",
            "100.100.100.200",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "0.0.0.0",
        ] {
            assert!(!allows(Reach::Private, &format!("http://{host}/")), "{host}");
        }
    }

    #[test]
    fn private_access_is_for_one_host_and_port() {
        let named = Url::parse("http://127.0.0.1:8080/list").expect("url");
        let access = Access::private_at([&named]);
        let reach = |url: &str| access.reach(&Url::parse(url).expect("url"));
        assert_eq!(reach("http://127.0.0.1:8080/other"), Reach::Private);
        assert_eq!(reach("http://127.0.0.1:9090/"), Reach::Public);
        assert_eq!(reach("http://10.0.0.1:8080/"), Reach::Public);
    }

    #[tokio::test]
    async fn a_name_of_a_private_address_is_refused_when_it_is_resolved() {
        assert!(Guard(Reach::Public).addresses("localhost").await.is_err());
        assert!(Guard(Reach::Private).addresses("localhost").await.is_ok());
    }
}
