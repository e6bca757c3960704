//! A real server as a [`Target`]: an address, and what was learnt of its speed.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use super::exchange::{Deadlines, exchange};
use super::socket::SocketOptions;
use crate::probe::{Observation, Patience, Probe, Target};
use crate::transcript::Side;
use crate::wire::stream::Body;

/// Connections to one server at the same time, at the most: a subject that met silence, and
/// beside it the first four hellos that may pass.
pub(super) const AT_ONCE: usize = 5;
/// A hasty probe waits so many times the time in which the server has answered before …
const HASTY_FACTOR: u32 = 8;
/// … but never less than this.
const HASTY_LEAST: Duration = Duration::from_millis(300);
/// How long a service that speaks first has time to do so.
const GREETING: Duration = Duration::from_secs(2);

/// A server at one address.
#[derive(Clone, Debug)]
pub struct Server {
    address: SocketAddr,
    deadlines: Deadlines,
    options: SocketOptions,
    /// The longest time that an answer took.
    answered_in: Option<Duration>,
}

impl Server {
    /// A server that is given so long for a connection, and so long for each answer.
    pub fn new(address: SocketAddr, timeout: Duration) -> Server {
        let deadlines = Deadlines { connect: timeout, answer: timeout, linger: Duration::ZERO };
        Server { address, deadlines, options: SocketOptions::default(), answered_in: None }
    }

    /// The same, reached by such sockets.
    pub fn with(self, options: SocketOptions) -> Server {
        Server { options, ..self }
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    fn deadlines(&self, patience: Patience) -> Deadlines {
        let answer = match (patience, self.answered_in) {
            (Patience::Short, Some(answered_in)) => {
                (answered_in * HASTY_FACTOR).max(HASTY_LEAST).min(self.deadlines.answer)
            }
            _ => self.deadlines.answer,
        };
        Deadlines { answer, ..self.deadlines }
    }

    fn exchange(&self, probe: &Probe) -> Observation {
        exchange(self.address, probe, self.deadlines(probe.patience), &self.options)
    }

    fn learn(&mut self, observation: &Observation) {
        if observation.reaction.accepted() {
            let took = Duration::from_secs_f64(observation.seconds.max(0.0));
            self.answered_in = Some(self.answered_in.unwrap_or_default().max(took));
        }
    }
}

impl Target for Server {
    fn probe(&mut self, probe: &Probe) -> Observation {
        let observation = self.exchange(probe);
        self.learn(&observation);
        observation
    }

    fn probe_all(&mut self, probes: &[Probe]) -> Vec<Observation> {
        let mut observations = Vec::with_capacity(probes.len());
        for batch in probes.chunks(AT_ONCE) {
            let (server, batch) = (&*self, batch);
            let seen: Vec<_> = thread::scope(|scope| {
                let run = |probe: &Probe| server.exchange(probe);
                let threads: Vec<_> =
                    batch.iter().map(|probe| scope.spawn(move || run(probe))).collect();
                let joined = threads.into_iter().zip(batch);
                // A thread that panicked is run again here, where the panic can be seen.
                joined.map(|(thread, probe)| thread.join().unwrap_or_else(|_| run(probe))).collect()
            });
            seen.iter().for_each(|observation| self.learn(observation));
            observations.extend(seen);
        }
        observations
    }

    fn greeting(&mut self) -> Option<Vec<u8>> {
        let deadlines = Deadlines { answer: GREETING, ..self.deadlines };
        let observation = exchange(self.address, &Probe::new(Vec::new()), deadlines, &self.options);
        let transcript = observation.transcript?;
        // A TLS server that tires of waiting may send an alert: that is no greeting.
        let mut messages = transcript.from(Side::Server);
        let greeting = messages.find(|message| message.body == Body::Plaintext)?;
        Some(greeting.bytes.to_vec())
    }
}
