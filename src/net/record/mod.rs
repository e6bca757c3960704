//! A client's hello, caught as the client sends it: listens, takes what comes, answers as it is
//! told, and starts the client too where that is wanted.
//!
//! `catch` says when a hello is there, without sockets; `answer` what the client gets for it;
//! `streams` and `datagrams` have the sockets, and `program` the client's process.

mod answer;
mod catch;
mod datagrams;
mod program;
mod streams;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

pub use answer::Answer;
pub use catch::{Caught, End};
use program::Program;

use super::starttls::Protocol;

/// How long a client that is connected may take for its hello, where it is not given less.
const HELLO: Duration = Duration::from_secs(10);
/// How long a client may take to close once it has its answer, and its program to end.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long a connection may take to show up that a program made before it ended.
const LATE: Duration = Duration::from_millis(300);
/// How often all that is waited for is looked at.
const TICK: Duration = Duration::from_millis(50);
/// How long a client must be quiet behind its hello before it is answered: what it sends by itself
/// comes at once.
const QUIET: Duration = Duration::from_millis(200);

/// What is to be recorded, and how.
#[derive(Clone, Debug)]
pub struct Order {
    /// Where to listen, the first of these where that can be; port 0 is any that is free.
    pub listen: Vec<SocketAddr>,
    /// Whether for DTLS.
    pub datagrams: bool,
    /// In which protocol TLS is asked for, where it does not begin at once.
    pub starttls: Option<Protocol>,
    /// What each client gets.
    pub answer: Answer,
    /// How many clients are recorded.
    pub count: usize,
    /// How long is waited for them.
    pub timeout: Duration,
    /// A command that starts the client; `{addr}`, `{host}` and `{port}` are where it is to
    /// connect.
    pub program: Option<String>,
}

/// What one client sent.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The client's address.
    pub peer: SocketAddr,
    /// What it sent.
    pub caught: Caught,
}

/// What came of an order.
#[derive(Debug)]
pub struct Session {
    /// Where it listened.
    pub address: SocketAddr,
    /// Of each client that said something, what.
    pub recordings: Vec<Recording>,
    /// How many clients connected and said nothing.
    pub silent: usize,
    /// How the program ended, if by itself.
    pub program: Option<ExitStatus>,
}

/// What is done at the moment.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// It listens there.
    Listening(SocketAddr),
    /// A client has connected.
    Connected(SocketAddr),
}

/// Why there is nothing to be recorded.
#[derive(Debug)]
pub enum Failure {
    /// The system does not let it listen there.
    Listen(io::Error),
    /// The program cannot be started.
    Program(io::Error),
}

/// What a listener tells.
enum Event {
    Connected(SocketAddr),
    /// Once for each client that connected.
    Caught(Box<Recording>),
    /// Nothing more goes over the connection of a client.
    Over,
}

/// What the connections of a listener need to know.
#[derive(Clone)]
struct Terms {
    starttls: Option<Protocol>,
    answer: Answer,
    hello: Duration,
    /// Until when a client is held that is told nothing.
    until: Instant,
    /// Set when all is to end.
    stop: Arc<AtomicBool>,
}

/// Records.
///
/// # Errors
/// Where it cannot listen, or the program cannot be started.
pub fn record(order: &Order, told: &mut dyn FnMut(Step)) -> Result<Session, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let (sender, events) = channel();
    let deadline = Instant::now() + order.timeout;
    let terms = Terms {
        starttls: order.starttls,
        answer: order.answer,
        hello: HELLO.min(order.timeout),
        until: deadline,
        stop: Arc::clone(&stop),
    };
    let address = match order.datagrams {
        false => streams::listen(&order.listen, terms, sender),
        true => datagrams::listen(&order.listen, terms, sender),
    };
    let address = address.map_err(Failure::Listen)?;
    told(Step::Listening(address));
    let program = order.program.as_deref().map(|command| Program::start(command, reached(address)));
    let started = program.transpose().map_err(Failure::Program);
    let session = started.map(|program| {
        let session = Session { address, recordings: Vec::new(), silent: 0, program: None };
        let mut watch = Watch { events, session, reading: 0, open: 0, program, deadline };
        watch.until_recorded(order.count, told);
        watch.until_over(order);
        watch.session
    });
    stop.store(true, Ordering::Relaxed);
    if !order.datagrams {
        streams::wake(reached(address));
    }
    session
}

/// Where a client on this machine reaches what listens at an address.
fn reached(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// What goes on.
struct Watch {
    events: Receiver<Event>,
    session: Session,
    /// Connections whose hello is not there yet.
    reading: usize,
    /// Connections.
    open: usize,
    /// The client, while it runs.
    program: Option<Program>,
    deadline: Instant,
}

impl Watch {
    /// Waits for the hellos, for the end of the program or for the end of the time.
    fn until_recorded(&mut self, count: usize, told: &mut dyn FnMut(Step)) {
        let with_program = self.program.is_some();
        while self.session.recordings.len() < count {
            let idle = !self.next(TICK, told);
            if !idle || self.reading > 0 {
                continue;
            }
            let ended = with_program && !self.program_runs();
            if Instant::now() >= self.deadline || ended && !self.next(LATE, told) {
                return;
            }
        }
    }

    /// Waits until the clients have taken what they got. A program that does not end is ended.
    fn until_over(&mut self, order: &Order) {
        let farewell = Instant::now() + FAREWELL;
        let until = match order.answer {
            Answer::Silence => self.deadline.max(farewell),
            _ => farewell,
        };
        let with_program = self.program.is_some();
        let enough = self.session.recordings.len() >= order.count;
        while enough && Instant::now() < until {
            let over = match with_program {
                true => !self.program_runs(),
                false => self.open == 0,
            };
            if over {
                break;
            }
            self.next(TICK, &mut |_| {});
        }
        if let Some(program) = self.program.take() {
            program.end();
        }
    }

    /// Takes the next event. False where none came in time.
    fn next(&mut self, wait: Duration, told: &mut dyn FnMut(Step)) -> bool {
        let Ok(event) = self.events.recv_timeout(wait) else { return false };
        match event {
            Event::Connected(peer) => {
                self.reading += 1;
                self.open += 1;
                told(Step::Connected(peer));
            }
            Event::Caught(recording) => {
                self.reading = self.reading.saturating_sub(1);
                match recording.caught.is_silence() {
                    true => self.session.silent += 1,
                    false => self.session.recordings.push(*recording),
                }
            }
            Event::Over => self.open = self.open.saturating_sub(1),
        }
        true
    }

    /// Whether the program runs. How it ended is noted.
    fn program_runs(&mut self) -> bool {
        let Some(program) = &mut self.program else { return false };
        match program.ended() {
            None => true,
            Some(status) => {
                self.session.program = Some(status);
                self.program = None;
                false
            }
        }
    }
}
