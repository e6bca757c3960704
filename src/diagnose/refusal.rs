//! What an alert says by itself where no hello passes (RFC 8446 section 6.2, RFC 5246 section 7.2):
//! its meaning, and what there is to try.

use crate::hello::vocabulary::{List, Member, Property, Scalar};
use crate::hello::{Facts, HelloSpec};
use crate::names::{AlertDescription, Code, ExtensionType};
use crate::transcript::{Kind, Reaction, Step};

/// What the alert says with which a hello is refused; none where it is no alert, or none with a
/// meaning.
pub(super) fn note(reaction: &Reaction, subject: &HelloSpec) -> Option<String> {
    let Kind::Alert { description, .. } = reaction.kind else { return None };
    let name = description.name().filter(|_| reaction.step == Step::ClientHello)?;
    let next = next(description, subject).map_or(String::new(), |next| format!(" {next}"));
    Some(format!("the alert {name} says: {}{next}", description.meaning()))
}

/// What may be tried against an alert that tells what it is about.
fn next(alert: AlertDescription, subject: &HelloSpec) -> Option<&'static str> {
    let has = |extension: ExtensionType| {
        Facts::of_spec(subject).has(List::Extensions, None, &Member::Number(extension.0))
    };
    Some(match alert {
        // Where no host is asked for, that is told by itself.
        AlertDescription::unrecognized_name if asks_for_host(subject) => {
            "--server-name asks for another; the host may also be served at another address."
        }
        AlertDescription::no_application_protocol => {
            "Others can be offered by an edit behind the hello, as in `,alpn=http/1.1`."
        }
        AlertDescription::unknown_psk_identity if has(ExtensionType::pre_shared_key) => {
            "Without it: `,-extensions.pre_shared_key` behind the hello."
        }
        _ => return None,
    })
}

/// Whether a hello asks for a host by name.
pub(super) fn asks_for_host(subject: &HelloSpec) -> bool {
    Facts::of(&subject.flight(), &[]).property(Property::ServerName) != Scalar::Null
}
