//! Clients over UDP: one socket, and of each client what its datagrams bring together.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Instant;

use super::answer::Answer;
use super::catch::{Catch, End};
use super::{Event, Recording, TICK, Terms};

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
    /// What each has sent, and since when; none where that was told already.
    of: HashMap<SocketAddr, Option<(Catch, Instant)>>,
}

impl Clients {
    fn serve(&mut self) {
        let mut buffer = vec![0; 1 << 16];
        while !self.terms.stop.load(Ordering::Relaxed) {
            // An error tells of what was sent before, as that a client has gone.
            if let Ok((length, peer)) = self.socket.recv_from(&mut buffer) {
                self.take(peer, buffer.get(..length).unwrap_or_default());
            }
            let late = |client: &Option<(Catch, Instant)>| {
                client.as_ref().is_some_and(|(_, since)| since.elapsed() >= self.terms.hello)
            };
            let late = self.of.iter().filter(|(_, client)| late(client));
            let late: Vec<SocketAddr> = late.map(|(&peer, _)| peer).collect();
            for peer in late {
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
            self.of.insert(peer, Some((Catch::begin(None).0, Instant::now())));
        }
        if let Some(Some((catch, _))) = self.of.get_mut(&peer) {
            catch.receive_datagram(datagram);
            if catch.end().is_some() {
                self.tell(peer);
            }
        }
    }

    /// Tells what a client sent, and answers it. What it sends again is dropped.
    fn tell(&mut self, peer: SocketAddr) {
        let Some((catch, _)) = self.of.get_mut(&peer).and_then(Option::take) else { return };
        let caught = catch.finish(End::Deadline);
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
