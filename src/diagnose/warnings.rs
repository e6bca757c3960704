//! What is to be said of a hello that is taken: warnings of a server that goes on (RFC 5246 section
//! 7.2.2, RFC 6066 section 3), where the handshake succeeds and there are clients that take any alert for
//! its end; and that it wants a certificate of the client's (RFC 5246 section 7.4.4).

use super::diagnosis::Diagnosis;
use crate::names::{AlertDescription, AlertLevel, Code};
use crate::quirks::{Quirk, Response};
use crate::transcript::{Side, Transcript};
use crate::wire::handshake::Handshake;
use crate::wire::stream::{Body, Message};

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

/// Whether a server asks for a certificate, where that is in clear: before TLS 1.3.
pub(super) fn asks_for_certificate(transcript: &Transcript) -> bool {
    let mut messages = transcript.from(Side::Server).filter_map(Message::handshake);
    messages.any(|message| matches!(message, Handshake::CertificateRequest(_)))
}

/// What there is to say where the hello that was taken, the subject or its remedy, was answered with the
/// wish for a certificate: a client without one may be sent away behind what is seen here.
pub(super) fn certificate_note(diagnosis: &Diagnosis) -> Option<String> {
    let remedied = diagnosis.remedy.as_ref().map(|remedy| &remedy.spec);
    let taken = remedied.unwrap_or(&diagnosis.subject.spec);
    let mut own = diagnosis.evidence.iter().filter(|one| one.spec == *taken);
    own.any(|one| one.asks_for_certificate && one.reaction.accepted()).then(|| {
        "the server asks for a client certificate: it may end the handshake later for want of one"
            .to_owned()
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
