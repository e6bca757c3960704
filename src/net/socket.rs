//! How a socket is made: where it sends from, how far its packets go, and how large they are.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

/// What is asked of a socket; where nothing is said, the system decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SocketOptions {
    /// The address that it sends from.
    pub source: Option<IpAddr>,
    /// How many routers its packets may pass, at the most: TTL, the hop limit of IPv6.
    pub ttl: Option<u8>,
    /// Bytes of a TCP segment at the most, both ways: the peer is told. The kernel counts the
    /// options of TCP in.
    pub mss: Option<u16>,
}

/// Which option cannot be had, and why.
#[derive(Debug)]
pub struct Unsettable {
    /// The option as it was asked for, as in `--ttl 3`.
    pub option: String,
    /// Why not.
    pub error: io::Error,
}

impl fmt::Display for Unsettable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.option, self.error)
    }
}

impl std::error::Error for Unsettable {}

impl From<Unsettable> for io::Error {
    fn from(unsettable: Unsettable) -> io::Error {
        unsettable.error
    }
}

impl SocketOptions {
    /// Tries them on a socket that goes nowhere.
    ///
    /// # Errors
    /// Where one cannot be had for this address.
    pub fn check(&self, address: SocketAddr, datagrams: bool) -> Result<(), Unsettable> {
        if *self == SocketOptions::default() {
            return Ok(());
        }
        let kind = if datagrams { Type::DGRAM } else { Type::STREAM };
        let socket = Socket::new(Domain::for_address(address), kind, None);
        let broken = |error| Unsettable { option: "a socket".to_owned(), error };
        self.set(&socket.map_err(broken)?, address, datagrams)
    }

    /// Connects over TCP.
    pub(super) fn connect(&self, address: SocketAddr, timeout: Duration) -> io::Result<TcpStream> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        self.set(&socket, address, false)?;
        socket.connect_timeout(&address.into(), timeout)?;
        Ok(socket.into())
    }

    /// A socket for datagrams to one address and from there.
    pub(super) fn datagrams(&self, address: SocketAddr) -> io::Result<UdpSocket> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        self.set(&socket, address, true)?;
        socket.connect(&address.into())?;
        Ok(socket.into())
    }

    fn set(&self, socket: &Socket, to: SocketAddr, datagrams: bool) -> Result<(), Unsettable> {
        if let Some(ttl) = self.ttl {
            let set = match to {
                SocketAddr::V4(_) => socket.set_ttl_v4(ttl.into()),
                SocketAddr::V6(_) => socket.set_unicast_hops_v6(ttl.into()),
            };
            set.map_err(|error| Unsettable { option: format!("--ttl {ttl}"), error })?;
        }
        if let Some(mss) = self.mss {
            let set = match datagrams {
                true => Err(unsupported("datagrams are not cut into segments; --mtu cuts a hello")),
                false => set_mss(socket, mss).map_err(|error| out_of_range(socket, mss, error)),
            };
            set.map_err(|error| Unsettable { option: format!("--mss {mss}"), error })?;
        }
        if let Some(source) = self.source {
            let bound = match source.is_ipv4() == to.is_ipv4() {
                true => socket.bind(&SocketAddr::new(source, 0).into()),
                false => Err(unsupported("it is of another family than the host's address")),
            };
            bound.map_err(|error| Unsettable { option: format!("--source {source}"), error })?;
        }
        Ok(())
    }
}

#[cfg(unix)]
fn set_mss(socket: &Socket, mss: u16) -> io::Result<()> {
    socket.set_tcp_mss(mss.into())
}

#[cfg(not(unix))]
fn set_mss(_: &Socket, _: u16) -> io::Result<()> {
    Err(unsupported("this system does not let a program choose it"))
}

/// Why a size is none that the system takes, with those that it does.
fn out_of_range(socket: &Socket, mss: u16, error: io::Error) -> io::Error {
    // What it takes is its own affair, and asking costs little.
    let takes = |size: &u16| set_mss(socket, *size).is_ok();
    let (least, most) = ((1..=u16::MAX).find(takes), (1..=u16::MAX).rev().find(takes));
    match (error.kind(), least, most) {
        (ErrorKind::InvalidInput, Some(least), Some(most)) if mss < least || mss > most => {
            let what = format!("this system takes segments of {least} to {most} bytes");
            io::Error::new(ErrorKind::InvalidInput, what)
        }
        _ => error,
    }
}

fn unsupported(why: &'static str) -> io::Error {
    io::Error::new(ErrorKind::Unsupported, why)
}
