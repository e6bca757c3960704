//! What a diagnosis says: a verdict, its cause, what helps, and all that was tried.

use std::net::SocketAddr;

use super::notebook::{Answer, meaning};
use crate::hello::difference;
use crate::hello::edit::Edit;
use crate::hello::{Condition, HelloSpec};
use crate::names::AlertDescription;
use crate::probe::{Path, Patience};
use crate::quirks::Quirk;
use crate::transcript::Reaction;
use crate::wire::record::plaintext::Protocol;

/// The answer to the question why a server rejects a hello.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The hello that was asked about, and what it is called.
    pub subject: Subject,
    /// What the server did with it.
    pub reaction: Reaction,
    /// How long that took, in seconds.
    pub seconds: f64,
    /// What was found out.
    pub verdict: Verdict,
    /// What makes the server reject the hello.
    pub cause: Option<Cause>,
    /// What makes it accept the hello.
    pub remedy: Option<Remedy>,
    /// How often both were tried at the end.
    pub confirmed: Confirmed,
    /// The quirks of the catalogue with this cause.
    pub known_as: Vec<&'static Quirk>,
    /// Every connection that was answered, in order.
    pub evidence: Vec<Evidence>,
    /// What may be the cause, the likeliest first, where it was not found out.
    pub possible: Vec<Possible>,
    /// What is left to say, for people.
    pub notes: Vec<String>,
    /// Connections that were made, those included that only listened.
    pub connections: usize,
    /// Seconds that it took, by the clock of whoever asked: the diagnosis has none.
    pub elapsed: f64,
}

impl Diagnosis {
    /// What an answer means for the question why the subject fails.
    pub fn meaning(&self, evidence: &Evidence) -> Answer {
        meaning(Some(&self.reaction), &evidence.reaction)
    }

    /// Of the hellos that passed, the one that is told from the subject by the fewest edits.
    pub fn nearest_passing(&self) -> Option<&Evidence> {
        let passed = self.evidence.iter().filter(|evidence| evidence.reaction.accepted());
        passed.min_by_key(|evidence| difference::edits(&self.subject.spec, &evidence.spec).len())
    }
}

/// The hello that is asked about.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What it was called.
    pub name: String,
    /// The hello, frozen: nothing in it is drawn any more.
    pub spec: HelloSpec,
    /// The address to which it was sent, where there is one.
    pub address: Option<SocketAddr>,
}

/// What was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The hello passes.
    Accepted,
    /// One condition explains all that was seen, and was confirmed from both sides.
    Cause,
    /// No condition explains it; the smallest difference was isolated.
    Difference,
    /// The same hello both passes and fails.
    Unstable,
    /// No version or cipher suite in common.
    Incompatible,
    /// No hello that was tried passes.
    RejectsEverything,
    /// Something else answers.
    NotTls,
    /// A protocol in clear that offers an upgrade.
    NeedsStarttls,
    /// No connection.
    Unreachable,
    /// The budget ran out, somebody stopped it, or the server changed its mind.
    Undetermined,
}

impl Verdict {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::Cause => "cause",
            Verdict::Difference => "difference",
            Verdict::Unstable => "unstable",
            Verdict::Incompatible => "incompatible",
            Verdict::RejectsEverything => "rejects-everything",
            Verdict::NotTls => "not-tls",
            Verdict::NeedsStarttls => "needs-starttls",
            Verdict::Unreachable => "unreachable",
            Verdict::Undetermined => "undetermined",
        }
    }
}

/// What makes a server reject a hello.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// A property of the hello.
    Condition(Condition),
    /// The smallest set of changes that makes the hello pass, where no property explains it.
    Edits(Vec<Edit>),
    /// Another protocol.
    Protocol(Option<Protocol>),
    /// The same hello passes so many times of so many.
    Rate {
        /// How often it passed.
        passes: usize,
        /// How often it was sent.
        of: usize,
    },
}

/// What may make a server reject a hello.
#[derive(Clone, Debug, PartialEq)]
pub struct Possible {
    /// The property.
    pub condition: Condition,
    /// How likely it is that it is the cause, from 0 to 1, of all that are possible.
    pub share: f64,
}

/// What makes a server accept the hello.
#[derive(Clone, Debug)]
pub struct Remedy {
    /// The changes to the hello.
    pub edits: Vec<Edit>,
    /// The changed hello.
    pub spec: HelloSpec,
    /// What the server does with it.
    pub reaction: Reaction,
}

/// How often cause and remedy were tried at the end, one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// Hellos that pass otherwise and have the cause were rejected so often.
    pub cause_fails: usize,
    /// The hello with the remedy was accepted so often.
    pub remedy_passes: usize,
}

/// One connection, and what was learnt from it.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What was tried, in words.
    pub probe: String,
    /// The hello that was sent.
    pub spec: HelloSpec,
    /// What the server did.
    pub reaction: Reaction,
    /// How long that took, in seconds.
    pub seconds: f64,
    /// How long an answer was waited for at the most.
    pub patience: Patience,
    /// What the transport tells of the way there.
    pub path: Path,
    /// The server's certificate in DER, where it was shown in plain.
    pub certificate: Option<Vec<u8>>,
    /// The warning that came before the server's hello, where one did.
    pub warning: Option<AlertDescription>,
    /// Whether the server asked for a certificate of the client's, where that is in clear.
    pub asks_for_certificate: bool,
}
