//! Clients over UDP: one socket, and of each client what its datagrams bring together.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use super::answer::Answer;
use super::catch::{Catch, End};
use super::{Event, QUIET, Recording, TICK, Terms};

/// Clients that are kept apart; what comes from others is dropped.
const CLIENTS: usize = 64;

/// Listens at the first address where it can, and tells what comes. Returns where it listens.
pub(super) fn listen(
    addresses: &[SocketAddr],
    terms: Terms,
    events: Sender<Event>,
) -> io::Result<SocketAddr> {
    let socket = UdpSocket::bind(addresses)?;
    socket.set_read_timeout(Some(TICK))?;
    let address = socket.local_addr()?;
    let mut clients = Clients { socket, terms, events, of: HashMap::new() };
    let listener = thread::Builder::new().name("record".to_owned());
    listener.spawn(move || clients.serve())?;
    Ok(address)
}

/// All who have sent something.
struct Clients {
    socket: UdpSocket,
    terms: Terms,
    events: Sender<Event>,
    /// What each has sent; none where that was told already.
    of: HashMap<SocketAddr, Option<Client>>,
}

/// One who has sent something.
struct Client {
    catch: Catch,
    /// When it began, and when the last of it came.
    since: Instant,
    last: Instant,
}

impl Client {
    /// Whether no more is to be waited for.
    fn is_over(&self, hello: Duration) -> bool {
        match self.catch.end() {
            // What it sends by itself behind its hello comes at once.
            Some(End::Whole) if self.catch.is_full() || self.last.elapsed() >= QUIET => true,
            Some(End::Whole) | None => self.since.elapsed() >= hello,
            Some(_) => true,
        }
    }
}

impl Clients {
    fn serve(&mut self) {
        let mut buffer = vec![0; 1 << 16];
        while !self.terms.stop.load(Ordering::Relaxed) {
            // An error tells of what was sent before, as that a client has gone.
            if let Ok((length, peer)) = self.socket.recv_from(&mut buffer) {
                self.take(peer, buffer.get(..length).unwrap_or_default());
            }
            let is_over = |client: &Option<Client>| {
                client.as_ref().is_some_and(|client| client.is_over(self.terms.hello))
            };
            let over = self.of.iter().filter(|(_, client)| is_over(client));
            let over: Vec<SocketAddr> = over.map(|(&peer, _)| peer).collect();
            for peer in over {
                self.tell(peer);
            }
        }
    }

    fn take(&mut self, peer: SocketAddr, datagram: &[u8]) {
        if !self.of.contains_key(&peer) {
            if self.of.len() >= CLIENTS {
                return;
            }
            let _ = self.events.send(Event::Connected(peer));
            let (catch, _) = Catch::begin(None);
            let now = Instant::now();
            self.of.insert(peer, Some(Client { catch, since: now, last: now }));
        }
        if let Some(Some(client)) = self.of.get_mut(&peer) {
            client.catch.receive_datagram(datagram);
            client.last = Instant::now();
        }
    }

    /// Tells what a client sent, and answers it. What it sends again is dropped.
    fn tell(&mut self, peer: SocketAddr) {
        let Some(client) = self.of.get_mut(&peer).and_then(Option::take) else { return };
        let caught = client.catch.finish(End::Deadline);
        let answer = self.terms.answer.bytes(&caught);
        let _ = self.events.send(Event::Caught(Box::new(Recording { peer, caught })));
        if !answer.is_empty() {
            // A client that has gone needs no answer.
            let _ = self.socket.send_to(&answer, peer);
        }
        // When a client gives up that was told nothing, nobody can see.
        if self.terms.answer != Answer::Silence {
            let _ = self.events.send(Event::Over);
        }
    }
}
