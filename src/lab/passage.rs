//! The passage between a client and a real server behind the lab: bytes go both ways as they come,
//! each side's end is told to the other, and a reset is a reset for both.
//!
//! Bounded: a buffer for each way, and a time in which nothing moves.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use socket2::SockRef;

use super::server::TICK;

/// How long the server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// How long nothing may move, either way, before the passage is closed.
const IDLE: Duration = Duration::from_secs(60);
/// Bytes that are on their way in one direction.
const BUFFER: usize = 1 << 14;

/// Connects to the first of these addresses that answers.
pub(super) fn connect(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut failure = ErrorKind::AddrNotAvailable.into();
    for address in addresses {
        match TcpStream::connect_timeout(address, CONNECT) {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Closes a connection so that the peer sees a reset.
pub(super) fn reset(stream: &TcpStream) -> io::Result<()> {
    // A connection that is closed without lingering is reset.
    SockRef::from(stream).set_linger(Some(Duration::ZERO))
}

/// A client, the server that it is passed on to, and when the two are to be parted.
pub(super) struct Passage<'a> {
    client: &'a TcpStream,
    server: &'a TcpStream,
    /// How much of what the server says the client gets to see; then it sees nothing any more, and
    /// no end either.
    most: Option<usize>,
    /// Whether the lab is to stop.
    stop: &'a AtomicBool,
    /// Whether one way has failed.
    failed: AtomicBool,
    /// When something moved last.
    moved: Mutex<Instant>,
}

impl<'a> Passage<'a> {
    pub(super) fn new(
        client: &'a TcpStream,
        server: &'a TcpStream,
        most: Option<usize>,
        stop: &'a AtomicBool,
    ) -> Passage<'a> {
        let (failed, moved) = (AtomicBool::new(false), Mutex::new(Instant::now()));
        Passage { client, server, most, stop, failed, moved }
    }

    /// Passes on what the client has said so far, in the segments in which it came, and then all
    /// that either says, until both have ended.
    pub(super) fn pass(&self, flight: &[u8], segments: &[usize]) -> io::Result<()> {
        for stream in [self.client, self.server] {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(TICK))?;
            stream.set_write_timeout(Some(IDLE))?;
        }
        thread::scope(|scope| {
            let up = || self.ends(self.up(flight, segments));
            let up = thread::Builder::new().name("lab passage".to_owned()).spawn_scoped(scope, up);
            if up.is_ok() {
                self.ends(self.down());
            }
            up.map(drop)
        })
    }

    /// The end of one way. Where it is no good end, there is none for the other way either.
    fn ends(&self, result: io::Result<()>) {
        let Err(error) = result else { return };
        self.failed.store(true, Ordering::Relaxed);
        if error.kind() != ErrorKind::TimedOut {
            let _ = (reset(self.client), reset(self.server));
        }
    }

    fn up(&self, flight: &[u8], segments: &[usize]) -> io::Result<()> {
        let mut rest = flight;
        let sizes = segments.iter().copied().chain([usize::MAX]);
        let mut is_heard = true;
        for size in sizes {
            let (segment, behind) = rest.split_at(size.min(rest.len()));
            is_heard = is_heard && self.hears(segment)?;
            rest = behind;
        }
        let mut buffer = [0; BUFFER];
        loop {
            let said = self.read(self.client, &mut buffer)?;
            if said.is_empty() {
                let _ = self.server.shutdown(Shutdown::Write);
                return Ok(());
            }
            is_heard = is_heard && self.hears(said)?;
        }
    }

    /// Tells the server something; whether it still listens. Only a client that is to notice
    /// nothing outlives its server.
    fn hears(&self, said: &[u8]) -> io::Result<bool> {
        let mut server = self.server;
        match server.write_all(said) {
            Err(_) if self.most.is_some() => Ok(false),
            written => written.map(|()| true),
        }
    }

    fn down(&self) -> io::Result<()> {
        let (mut client, mut left) = (self.client, self.most);
        let mut buffer = [0; BUFFER];
        loop {
            let said = match self.read(self.server, &mut buffer) {
                Err(error) if self.most.is_some() && error.kind() != ErrorKind::TimedOut => {
                    return Ok(());
                }
                said => said?,
            };
            match &mut left {
                Some(_) if said.is_empty() => return Ok(()),
                None if said.is_empty() => return client.shutdown(Shutdown::Write),
                None => client.write_all(said)?,
                Some(left) => {
                    let seen = said.get(..*left).unwrap_or(said);
                    *left -= seen.len();
                    client.write_all(seen)?;
                }
            }
        }
    }

    /// What one side says next; nothing where it has ended.
    fn read<'b>(&self, mut from: &TcpStream, buffer: &'b mut [u8]) -> io::Result<&'b [u8]> {
        loop {
            match from.read(buffer) {
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                    ) => {}
                Err(error) => return Err(error),
                Ok(length) => {
                    if let Ok(mut moved) = self.moved.lock() {
                        *moved = Instant::now();
                    }
                    return Ok(buffer.get(..length).unwrap_or_default());
                }
            }
            let idle = self.moved.lock().map_or(true, |moved| moved.elapsed() > IDLE);
            if idle || self.stop.load(Ordering::Relaxed) || self.failed.load(Ordering::Relaxed) {
                return Err(ErrorKind::TimedOut.into());
            }
        }
    }
}
