//! A probe is one connection with one hello; a [`Target`] turns it into what the server did.
//!
//! The diagnosis knows servers through this trait alone: a real one over TCP, or one of the lab's
//! by a function call.

use std::time::Duration;

use crate::hello::HelloSpec;
use crate::hello::framing::Framing;
use crate::transcript::{Reaction, Transcript};

/// A hello, and how it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Every byte that is sent, record headers included.
    pub flight: Vec<u8>,
    /// Sizes in bytes of the TCP segments into which the flight is cut, what is left going into a
    /// last one; empty for a single write.
    pub segments: Vec<usize>,
    /// The time between two segments or datagrams; none for as little as keeps segments apart.
    pub delay: Option<Duration>,
    /// The hello, where it may have to go again: by datagrams that are lost, with a cookie, or with
    /// the key share that a HelloRetryRequest asks for.
    pub hello: Option<Box<HelloSpec>>,
    /// How long an answer is waited for.
    pub patience: Patience,
}

impl Probe {
    /// A probe in one write, with the full time for an answer.
    pub fn new(flight: Vec<u8>) -> Probe {
        Probe { flight, segments: Vec::new(), delay: None, hello: None, patience: Patience::Full }
    }

    /// A probe that sends a hello as its spec says.
    pub fn of(spec: &HelloSpec) -> Probe {
        Probe {
            segments: spec.segments.clone(),
            delay: spec.delay_ms.map(|delay| Duration::from_millis(delay.into())),
            hello: Some(Box::new(spec.clone())),
            ..Probe::new(spec.flight())
        }
    }

    /// The hello, where it goes by datagrams.
    pub fn by_datagrams(&self) -> Option<&HelloSpec> {
        self.hello.as_deref().filter(|spec| spec.framing == Framing::Dtls)
    }
}

/// How long an answer is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// The whole time-out: the last word on silence.
    Full,
    /// A multiple of the time in which the server has answered so far.
    Short,
}

/// What came of a probe.
#[derive(Clone, Debug)]
pub struct Observation {
    /// What the server did.
    pub reaction: Reaction,
    /// Seconds from the first byte sent to what decided.
    pub seconds: f64,
    /// What went over the connection; none where there was no connection.
    pub transcript: Option<Transcript>,
    /// What the transport tells of the way there.
    pub path: Path,
}

/// What the transport tells of the way to a server: nothing where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Path {
    /// How long it took to connect, in seconds: a round trip, and more where a SYN was lost.
    pub connected_in: Option<f64>,
    /// What was on its way in vain when the waiting ended in silence. None where it ended otherwise,
    /// or the platform does not tell.
    pub unacknowledged: Option<Unacknowledged>,
}

/// What the peer's kernel has not acknowledged of what was sent (RFC 9293 section 3.4), and what is
/// done about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unacknowledged {
    /// So many bytes.
    pub bytes: u32,
    /// So often in a row they were sent again since nothing came back.
    pub retransmissions: u32,
    /// The peer answers, but it takes no more: its window is closed, RFC 9293 section 3.8.6.1.
    pub window_closed: bool,
}

impl Unacknowledged {
    /// Whether nobody answers for what is sent again and again: it is lost on the way.
    pub fn is_lost(&self) -> bool {
        self.bytes > 0 && self.retransmissions > 0
    }
}

/// Why a target is asked no more, though there are questions left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The time that was allowed is over.
    Time,
    /// Somebody stopped it.
    Stopped,
}

/// Turns probes into observations.
pub trait Target {
    /// Sends one.
    fn probe(&mut self, probe: &Probe) -> Observation;

    /// Sends several that do not depend on each other, at the same time where the target can. Where
    /// it is [over](Target::over) before all have their answers, there are those of the first alone.
    fn probe_all(&mut self, probes: &[Probe]) -> Vec<Observation> {
        probes.iter().map(|probe| self.probe(probe)).collect()
    }

    /// Waits a little for a service that speaks first, and says what it said: nothing where it is
    /// TLS that it speaks.
    fn greeting(&mut self) -> Option<Vec<u8>> {
        None
    }

    /// Why nothing more is to be asked: whoever asks has no clock, and does not see who is tired of
    /// waiting. Once it is over it stays so.
    fn over(&self) -> Option<Over> {
        None
    }
}
