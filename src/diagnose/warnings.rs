//! Warnings of a server that goes on (RFC 5246 section 7.2.2, RFC 6066 section 3): the handshake
//! succeeds, and there are clients that take any alert for its end.

use super::diagnosis::Diagnosis;
use crate::names::{AlertDescription, AlertLevel, Code};
use crate::quirks::{Quirk, Response};
use crate::transcript::{Side, Transcript};
use crate::wire::handshake::Handshake;
use crate::wire::stream::Body;

/// The first warning that a server sends before its hello, that it closes the connection aside.
pub(super) fn before_hello(transcript: &Transcript) -> Option<AlertDescription> {
    let is_hello = |handshake| matches!(handshake, Some(&Handshake::ServerHello(_)));
    let mut before =
        transcript.from(Side::Server).take_while(|message| !is_hello(message.handshake()));
    before.find_map(|message| match &message.body {
        Body::Alert(alert)
            if alert.level == AlertLevel::warning
                && alert.description != AlertDescription::close_notify =>
        {
            Some(alert.description)
        }
        _ => None,
    })
}

/// What there is to say where a hello was taken after a warning: of the subject, or of another where
/// the subject was not.
pub(super) fn note(diagnosis: &Diagnosis) -> Option<String> {
    let taken = || diagnosis.evidence.iter().filter(|one| one.reaction.accepted());
    let of_subject = taken().find(|one| one.spec == diagnosis.subject.spec);
    let warning = match of_subject {
        Some(own) => own.warning?,
        None => taken().find_map(|one| one.warning)?,
    };
    let name = warning.name().map_or_else(|| warning.number().to_string(), str::to_owned);
    let known = Quirk::reacting(&Response::Warning(warning)).next();
    let known = known.map_or(String::new(), |quirk| format!(" (known as {})", quirk.id));
    Some(format!(
        "a warning {name} came before the ServerHello: clients that take a warning for an error fail \
         here{known}"
    ))
}
