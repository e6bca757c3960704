//! A relay on loopback for datagrams. It keeps what it passes on, and may change the way of single
//! datagrams: which, the test says, so that every run is the same.

use std::io::{ErrorKind, Result};
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use helloscope::transcript::Side;

use super::flows::{Flow, Piece};

/// What becomes of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is lost.
    Lost,
    /// It comes twice.
    Twice,
    /// It comes behind the next one of its side.
    Late,
}

/// The datagrams whose way is changed: the side, the number from 0, and what becomes of it.
pub type Fates = [(Side, usize, Fate)];

/// A relay between one client and one server.
#[derive(Debug)]
pub struct Relay {
    /// Where the client is to send.
    pub address: String,
    over: Arc<AtomicBool>,
    thread: JoinHandle<Flow>,
}

impl Relay {
    pub fn to(server: &str, fates: &'static Fates) -> Relay {
        let near = UdpSocket::bind("127.0.0.1:0").unwrap();
        let far = UdpSocket::bind("127.0.0.1:0").unwrap();
        far.connect(server).unwrap();
        near.set_nonblocking(true).unwrap();
        far.set_nonblocking(true).unwrap();
        let address = near.local_addr().unwrap().to_string();
        let over = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&over);
        let flow = Flow { datagrams: true, server: server.to_owned(), ..Flow::default() };
        let way = Way { fates, seen: [0; 2], late: [None, None], flow };
        let thread = thread::spawn(move || pass(&near, &far, way, &is_over));
        Relay { address, over, thread }
    }

    /// What was passed on. Both ends are done.
    pub fn flow(self) -> Flow {
        self.over.store(true, Ordering::SeqCst);
        self.thread.join().unwrap()
    }
}

/// Passes datagrams on both ways until the ends are done and nothing is left.
fn pass(near: &UdpSocket, far: &UdpSocket, mut way: Way, over: &AtomicBool) -> Flow {
    let mut buffer = [0; 1 << 16];
    loop {
        // Asked first: what was sent before is there by now.
        let last = over.load(Ordering::SeqCst);
        let mut idle = true;
        if let Some((length, client)) = ready(near.recv_from(&mut buffer)) {
            idle = false;
            if way.flow.client.is_empty() {
                // Refused where it has gone.
                near.connect(client).unwrap();
                way.flow.client = client.to_string();
            }
            way.pass(Side::Client, &buffer[..length], far);
        }
        if let Some(length) = ready(far.recv(&mut buffer)) {
            idle = false;
            way.pass(Side::Server, &buffer[..length], near);
        }
        if idle && last {
            return way.flow;
        }
        if idle {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// What was received. That an end has gone is told of what was sent to it before, and does not
/// matter here.
fn ready<T>(received: Result<T>) -> Option<T> {
    match received {
        Ok(received) => Some(received),
        Err(error) => {
            let expected = [ErrorKind::WouldBlock, ErrorKind::ConnectionRefused];
            assert!(expected.contains(&error.kind()), "{error}");
            None
        }
    }
}

struct Way {
    fates: &'static Fates,
    /// How many datagrams each side has sent.
    seen: [usize; 2],
    /// What waits for the next one of its side.
    late: [Option<Vec<u8>>; 2],
    flow: Flow,
}

impl Way {
    fn pass(&mut self, from: Side, bytes: &[u8], to: &UdpSocket) {
        let number = self.seen[from as usize];
        self.seen[from as usize] += 1;
        let fate = self.fates.iter().find(|fate| (fate.0, fate.1) == (from, number));
        match fate.map(|fate| fate.2) {
            Some(Fate::Lost) => {}
            Some(Fate::Late) => self.late[from as usize] = Some(bytes.to_vec()),
            Some(Fate::Twice) => {
                self.send(from, bytes, to);
                self.send(from, bytes, to);
            }
            None => {
                self.send(from, bytes, to);
                if let Some(late) = self.late[from as usize].take() {
                    self.send(from, &late, to);
                }
            }
        }
    }

    /// Keeps a datagram before it is sent, so that what answers it stands behind it.
    fn send(&mut self, from: Side, bytes: &[u8], to: &UdpSocket) {
        let frame = u32::try_from(self.flow.pieces.len()).unwrap() + 1;
        self.flow.pieces.push(Piece { frame, from, bytes: bytes.to_vec() });
        let _ = to.send(bytes);
    }
}
