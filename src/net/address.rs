//! `HOST[:PORT]` as people write it, and its addresses.

use std::fmt;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

/// The port where none is given.
const HTTPS: u16 = 443;

/// A host as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its name or address.
    pub name: String,
    /// The port.
    pub port: u16,
}

/// Which addresses are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// All.
    #[default]
    Any,
    /// Of IPv4.
    V4,
    /// Of IPv6.
    V6,
}

/// A text that is no host: one line that says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadHost(String);

impl fmt::Display for BadHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadHost {}

impl Host {
    /// Reads `shop.example`, `shop.example:8443`, `192.0.2.7:443`, `[2001:db8::1]:443`,
    /// `2001:db8::1`.
    ///
    /// # Errors
    /// Where there is no name, or the port is none.
    pub fn parse(text: &str) -> Result<Host, BadHost> {
        let no_port = |port: &str| BadHost(format!("{port:?} is no port: 1 to 65535"));
        if let Ok(address) = text.parse::<SocketAddr>() {
            return match address.port() {
                0 => Err(no_port("0")),
                port => Ok(Host { name: address.ip().to_string(), port }),
            };
        }
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Host { name: address.to_string(), port: HTTPS });
        }
        if let Some(rest) = text.split_once("://").map(|(_, rest)| rest) {
            let host = rest.split('/').next().unwrap_or_default();
            return Err(BadHost(format!("a host belongs here, and no URL: {host:?}")));
        }
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => {
                let number = port.parse().ok().filter(|&port| port != 0);
                (name, number.ok_or_else(|| no_port(port))?)
            }
            None => (text, HTTPS),
        };
        let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | ':' | '@');
        if name.is_empty() || name.contains(odd) {
            return Err(BadHost(
                "no host: NAME, NAME:PORT or ADDRESS:PORT belongs here".to_owned(),
            ));
        }
        if !name.is_ascii() {
            return Err(BadHost(format!(
                "{name:?} has letters beyond ASCII: in DNS it goes by its form that begins xn--"
            )));
        }
        let labels = name.strip_suffix('.').unwrap_or(name).split('.');
        if name.len() > 254 || labels.clone().any(|label| label.is_empty() || label.len() > 63) {
            return Err(BadHost(
                "no name of a host: labels of 1 to 63 letters with dots between them, 253 in all"
                    .to_owned(),
            ));
        }
        Ok(Host { name: name.to_owned(), port })
    }

    /// Reads a host that must say its port.
    ///
    /// # Errors
    /// Where it is no host, or says none.
    pub fn parse_with_port(text: &str) -> Result<Host, BadHost> {
        let host = Host::parse(text)?;
        let is_address = text.starts_with('[') || text.matches(':').count() > 1;
        let says_port = match is_address {
            true => text.parse::<SocketAddr>().is_ok(),
            false => text.contains(':'),
        };
        let what = "it says no port: ADDRESS:PORT belongs there, as in 127.0.0.1:4433";
        says_port.then_some(host).ok_or_else(|| BadHost(what.to_owned()))
    }

    /// The name that a hello may ask for: none for an address, and without a dot at its end
    /// (RFC 6066 section 3).
    pub fn server_name(&self) -> Option<&str> {
        let name = self.name.strip_suffix('.').unwrap_or(&self.name);
        name.parse::<IpAddr>().is_err().then_some(name)
    }

    /// Its addresses, in the order in which the system gives them; none where the name has none.
    pub fn addresses(&self, family: Family) -> Vec<SocketAddr> {
        let found = (self.name.as_str(), self.port).to_socket_addrs();
        let wanted = |address: &SocketAddr| match family {
            Family::Any => true,
            Family::V4 => address.is_ipv4(),
            Family::V6 => address.is_ipv6(),
        };
        let mut addresses: Vec<_> = found.into_iter().flatten().filter(wanted).collect();
        addresses.dedup();
        addresses
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.parse() {
            Ok(address) => write!(f, "{}", SocketAddr::new(address, self.port)),
            Err(_) => write!(f, "{}:{}", self.name, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_as_people_write_them() {
        for (text, name, port) in [
            ("shop.example", "shop.example", 443),
            ("shop.example:8443", "shop.example", 8443),
            ("192.0.2.7", "192.0.2.7", 443),
            ("192.0.2.7:25", "192.0.2.7", 25),
            ("[2001:db8::1]:8443", "2001:db8::1", 8443),
            ("2001:db8::1", "2001:db8::1", 443),
            ("[2001:db8::1]", "2001:db8::1", 443),
        ] {
            let host = Host::parse(text).unwrap();
            assert_eq!((host.name.as_str(), host.port), (name, port), "{text}");
        }
        assert_eq!(Host::parse("2001:db8::1").unwrap().to_string(), "[2001:db8::1]:443");
    }

    #[test]
    fn a_host_that_must_say_its_port_does() {
        for text in ["192.0.2.7:25", "shop.example:25", "[2001:db8::1]:25"] {
            assert_eq!(Host::parse_with_port(text).unwrap().port, 25, "{text}");
        }
        for text in ["192.0.2.7", "shop.example", "[2001:db8::1]", "2001:db8::443"] {
            let error = Host::parse_with_port(text).unwrap_err().to_string();
            assert!(error.starts_with("it says no port"), "{text}: {error}");
        }
    }

    #[test]
    fn an_address_has_no_server_name() {
        assert_eq!(Host::parse("127.0.0.1:1").unwrap().server_name(), None);
        assert_eq!(Host::parse("shop.example.").unwrap().server_name(), Some("shop.example"));
    }

    #[test]
    fn what_is_no_host_is_told_why() {
        let error = |text| Host::parse(text).unwrap_err().to_string();
        assert!(error("shop.example:https").contains("\"https\" is no port"));
        assert!(error("shop.example:0").contains("1 to 65535"));
        assert!(error("192.0.2.7:0").contains("1 to 65535"));
        assert!(error("https://shop.example/x").contains("no URL"));
        assert!(error("").contains("NAME:PORT"));
        assert!(error("a b").contains("NAME:PORT"));
        assert!(error("bücher.example").contains("xn--"));
        assert!(error("a..b").contains("1 to 63 letters"));
        assert!(error(&"a".repeat(300)).contains("1 to 63 letters"));
    }
}
