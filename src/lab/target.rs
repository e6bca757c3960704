//! A service of the lab as a target of probes: answered by a function call, in no time, without a
//! socket.

use super::service::{Answer, Service};
use crate::probe::{Observation, Path, Probe, Target};
use crate::transcript::{End, Kind, Reaction, Recorder, Side, Source, Step};

/// A service that probes reach by a function call.
///
/// ```
/// use helloscope::lab::{LabTarget, Service};
/// use helloscope::probe::{Probe, Target};
///
/// let mut target = LabTarget::new(Service::http());
/// let observed = target.probe(&Probe::new(b"\x16\x03\x01\x00\x00".to_vec()));
/// assert_eq!(observed.reaction.kind.word(), "plaintext");
/// ```
#[derive(Clone, Debug)]
pub struct LabTarget {
    service: Service,
    connections: usize,
}

impl LabTarget {
    /// A target with this service.
    pub fn new(service: Service) -> LabTarget {
        LabTarget { service, connections: 0 }
    }

    /// How many connections were made to it.
    pub fn connections(&self) -> usize {
        self.connections
    }
}

impl Target for LabTarget {
    fn probe(&mut self, probe: &Probe) -> Observation {
        self.connections += 1;
        let mut recorder = Recorder::default();
        if let Some(greeting) = self.service.greeting() {
            recorder.push(Side::Server, Some(0.0), greeting);
        }
        recorder.push(Side::Client, Some(0.0), &probe.flight);
        let (sent, end) = match self.service.answer(&probe.flight, &probe.segments) {
            // A call reaches no server behind it.
            Answer::NeedMore | Answer::Silence | Answer::PassOn(_) => (Vec::new(), End::Open),
            Answer::Send(bytes)
            | Answer::SendThenSilence(bytes)
            | Answer::SendThenPassOn(bytes) => (bytes, End::Open),
            Answer::SendThenClose(bytes) => (bytes, End::Closed),
            Answer::Close => (Vec::new(), End::Closed),
            Answer::Reset => (Vec::new(), End::Reset),
        };
        recorder.push(Side::Server, Some(0.0), &sent);
        let source = Source { name: "lab".to_owned(), form: "live" };
        let transcript = recorder.finish(source, Some(end));
        // A transcript with an end has a reaction.
        let silence = Reaction { kind: Kind::Silence, step: Step::ClientHello };
        let reaction = Reaction::of(&transcript).unwrap_or(silence);
        Observation { reaction, seconds: 0.0, transcript: Some(transcript), path: Path::default() }
    }

    fn greeting(&mut self) -> Option<Vec<u8>> {
        self.connections += 1;
        self.service.greeting().map(<[u8]>::to_vec)
    }
}
