//! One exchange of datagrams: the hello out, again where it has to go again, and the server's
//! first flight in.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use super::exchange::{Deadlines, connect_failure, live, observed, unreached};
use super::socket::SocketOptions;
use crate::conversation::{DatagramConversation, Progress};
use crate::hello::HelloSpec;
use crate::probe::Observation;
use crate::transcript::{End, Kind};
use crate::wire::limits::ANSWERS;

/// Sends and reads until all is decided or the time is up.
pub(super) fn exchange(
    address: SocketAddr,
    spec: &HelloSpec,
    deadlines: Deadlines,
    options: &SocketOptions,
) -> Observation {
    let begun = Instant::now();
    let socket = match options.datagrams(address) {
        Ok(socket) => socket,
        Err(error) => return unreached(connect_failure(&error), begun),
    };
    let client = socket.local_addr();
    let delay = spec.delay_ms.map(|delay| Duration::from_millis(delay.into()));
    let conversation = DatagramConversation::new(spec.clone());
    let (heard, decided, gone) = (None, None, None);
    let exchange = Exchange { socket, conversation, begun, delay, heard, decided, gone };
    let (conversation, end) = match exchange.run(deadlines) {
        Ok(done) => done,
        Err(kind) => return unreached(kind, begun),
    };
    let seconds = begun.elapsed().as_secs_f64();
    observed(conversation.finish(live(address), end), client, address, seconds)
}

struct Exchange {
    socket: UdpSocket,
    conversation: DatagramConversation,
    begun: Instant,
    /// The time between two datagrams of a hello.
    delay: Option<Duration>,
    /// When something came last, and when all was decided, from the start on.
    heard: Option<Duration>,
    decided: Option<Duration>,
    /// What the socket said of what was sent before: nobody listens there, or does so no more.
    gone: Option<io::Error>,
}

/// What comes of waiting for a datagram.
enum Turn {
    /// Something may still come.
    GoOn,
    Over(End),
}

impl Exchange {
    /// However the peer sends, the time as a whole is bounded. An error says why there is nobody.
    fn run(mut self, deadlines: Deadlines) -> Result<(DatagramConversation, End), Kind> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            self.send();
            let end = match self.wait(deadlines) {
                Some(wait) => self.receive(wait, &mut buffer),
                None if self.conversation.progress() == Progress::Full => Turn::Over(End::Full),
                None => Turn::Over(End::Open),
            };
            match (end, &self.gone, self.heard) {
                (Turn::GoOn, ..) => {}
                (Turn::Over(End::Closed), Some(error), None) => return Err(connect_failure(error)),
                (Turn::Over(end), ..) => return Ok((self.conversation, end)),
            }
        }
    }

    /// Sends what is due.
    fn send(&mut self) {
        let time = self.begun.elapsed().as_secs_f64();
        for (index, datagram) in self.conversation.send(time).iter().enumerate() {
            if let (Some(delay), 1..) = (self.delay, index) {
                thread::sleep(delay);
            }
            if let Err(error) = self.socket.send(datagram) {
                self.gone = Some(error);
                break;
            }
        }
    }

    /// How long to wait; none where there is nothing more to wait for.
    fn wait(&mut self, deadlines: Deadlines) -> Option<Duration> {
        let elapsed = self.begun.elapsed();
        let left = match self.conversation.progress() {
            Progress::Waiting => {
                let answer = self.heard.unwrap_or_default() + deadlines.answer;
                let left = answer.min(deadlines.answer * ANSWERS).saturating_sub(elapsed);
                let due = self.conversation.due() - elapsed.as_secs_f64();
                // A time of zero would wait for ever.
                left.min(Duration::from_secs_f64(due.max(0.001)))
            }
            Progress::Decided => {
                let decided = *self.decided.get_or_insert(elapsed);
                (decided + deadlines.linger).saturating_sub(elapsed)
            }
            Progress::Full | Progress::ToSend => Duration::ZERO,
        };
        // What a peer said before it went is there already.
        let most = self.gone.as_ref().map_or(left, |_| Duration::from_millis(1));
        (!left.is_zero()).then_some(left.min(most))
    }

    /// Waits for a datagram.
    fn receive(&mut self, wait: Duration, buffer: &mut [u8]) -> Turn {
        if self.socket.set_read_timeout(Some(wait)).is_err() {
            return Turn::Over(End::Open);
        }
        match self.socket.recv(buffer) {
            Ok(length) => {
                let time = self.begun.elapsed();
                self.heard = Some(time);
                let datagram = buffer.get(..length).unwrap_or_default();
                self.conversation.receive(time.as_secs_f64(), datagram);
                Turn::GoOn
            }
            Err(error) => match (error.kind(), &self.gone) {
                (ErrorKind::Interrupted, _) => Turn::GoOn,
                (ErrorKind::WouldBlock | ErrorKind::TimedOut, None) => Turn::GoOn,
                (_, Some(_)) if self.conversation.progress() == Progress::Decided => {
                    Turn::Over(End::Open)
                }
                (_, Some(_)) => Turn::Over(End::Closed),
                // The error comes before what was received.
                (_, None) => {
                    self.gone = Some(error);
                    Turn::GoOn
                }
            },
        }
    }
}
