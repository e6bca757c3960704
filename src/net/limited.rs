//! A server that is asked no longer than until a time, or until somebody says that it is enough:
//! the clock of a diagnosis, which has none.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::server::{AT_ONCE, Server};
use crate::probe::{Observation, Over, Probe, Target};

/// So often it is looked whether it is over while an answer is waited for.
const LOOK: Duration = Duration::from_millis(20);

/// A server, and until when it is asked. What is not answered by then is given up.
#[derive(Debug)]
pub struct Limited {
    server: Server,
    until: Option<Instant>,
    stop: Arc<AtomicBool>,
}

impl Limited {
    /// A server that is asked until a time, where there is one, and until `stop` is true.
    pub fn new(server: Server, until: Option<Instant>, stop: Arc<AtomicBool>) -> Limited {
        Limited { server, until, stop }
    }

    /// Asks the server, and gives up when it is over: the connections end in their own time.
    fn ask<A: Send + 'static>(
        &mut self,
        question: impl FnOnce(&mut Server) -> A + Send + 'static,
    ) -> Option<A> {
        if self.over().is_some() {
            return None;
        }
        let mut server = self.server.clone();
        let (answers, answer) = mpsc::channel();
        let asking = thread::spawn(move || {
            let answer = question(&mut server);
            // Where it was given up, nobody wants to know.
            let _ = answers.send((server, answer));
        });
        loop {
            match answer.recv_timeout(LOOK) {
                Ok((server, answer)) => {
                    self.server = server;
                    return Some(answer);
                }
                Err(RecvTimeoutError::Timeout) if self.over().is_some() => return None,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => match asking.join() {
                    Ok(()) => return None,
                    Err(panic) => resume_unwind(panic),
                },
            }
        }
    }
}

impl Target for Limited {
    /// One probe is waited for to its end.
    fn probe(&mut self, probe: &Probe) -> Observation {
        self.server.probe(probe)
    }

    fn probe_all(&mut self, probes: &[Probe]) -> Vec<Observation> {
        let mut observations = Vec::with_capacity(probes.len());
        for batch in probes.chunks(AT_ONCE) {
            let batch = batch.to_vec();
            let Some(seen) = self.ask(move |server| server.probe_all(&batch)) else { break };
            observations.extend(seen);
        }
        observations
    }

    fn greeting(&mut self) -> Option<Vec<u8>> {
        self.ask(Server::greeting)?
    }

    fn over(&self) -> Option<Over> {
        if self.stop.load(Ordering::Relaxed) {
            return Some(Over::Stopped);
        }
        self.until.filter(|until| Instant::now() >= *until).map(|_| Over::Time)
    }
}
