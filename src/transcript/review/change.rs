//! Where a ChangeCipherSpec stands: once, behind all by which its sender agrees on keys, and with Finished
//! behind it, RFC 5246 sections 7.1 and 7.3. One that is taken before there are keys makes them of
//! nothing (CVE-2014-0224). In TLS 1.3 it changes nothing, but stands behind a hello all the same,
//! RFC 8446 section 5; DTLS 1.3 has none, RFC 9147 section 5. In datagrams it comes in any order.

use super::sequence::PROOF;
use super::{Review, Say};
use crate::names::{Code, HandshakeType as Type, ProtocolVersion};
use crate::wire::fault::Notices;
use crate::wire::side::Side;
use crate::wire::stream::{NO_HELLO, NO_KEY, NONE_IN_DTLS13, NOT_FINISHED};

const SECTION: &str = "RFC 5246 7.1";

const FIELD: &str = "change_cipher_spec";

/// What is said behind a change of keys.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Behind {
    /// What its sender says next in the handshake, where that can be read.
    pub(in super::super) next: Option<Type>,
    /// That is a hello before which its client said nothing, as it tells by itself.
    pub(in super::super) is_first_hello: bool,
    /// What the other side does.
    pub(in super::super) others: Option<Type>,
    /// Its sender says nothing more.
    pub(in super::super) is_last: bool,
}

impl Review {
    /// A change of keys, and what is said behind it. It may be the first of all that was seen.
    pub(super) fn change(&mut self, from: Side, behind: Behind, is_first: bool, say: &mut Say<'_>) {
        if self.version == Some(ProtocolVersion::DTLS1_3) {
            return say.fault(FIELD, NONE_IN_DTLS13, "RFC 9147 5");
        }
        if is_first && behind.is_first_hello {
            return say.fault(FIELD, NO_HELLO, "RFC 8446 5");
        }
        let is_older = self.version.is_some_and(|it| !it.is_tls13() && it == it.as_tls());
        let Some((places, _)) = self.places(from).filter(|_| is_older && !self.mixed) else {
            return;
        };
        let changed = std::mem::replace(&mut self.said(from).changed, true);
        let [client, server] = &self.said;
        let said = from.of(&self.said);
        if said.is_empty() {
            return;
        }
        // The first place is a hello's, by which another handshake begins.
        let mut before = places.iter().skip(1).flat_map(|(types, _)| *types);
        let early =
            behind.next.filter(|next| *next != Type::finished && before.any(|one| one == next));
        // Where a session goes on, the server agrees on nothing, and changes its keys first.
        let is_full = AGREE.iter().any(|msg_type| server.has(*msg_type));
        let has_key = client.has(Type::client_key_exchange);
        // Behind all that the server has to say, the client's part may be missing.
        let is_early = !server.has(Type::server_hello_done)
            || behind.is_last
            || behind.others == Some(Type::client_key_exchange);
        if changed {
            say.form(FIELD, "one before finished", "a second one", SECTION);
        } else if let Some(next) = early {
            say.form(FIELD, NOT_FINISHED, next.name().unwrap_or("unknown"), SECTION);
        } else if match from {
            Side::Client => !server.is_empty() && !server.changed && !has_key,
            Side::Server => is_full && !client.is_empty() && !has_key && is_early,
        } {
            say.fault(FIELD, NO_KEY, SECTION);
        } else if from == Side::Client && !self.is_proved() {
            say.form(FIELD, PROOF, "none", "RFC 5246 7.4.8");
        }
    }
}

/// What a server says only where new keys are agreed on.
const AGREE: &[Type] = &[
    Type::certificate,
    Type::server_key_exchange,
    Type::certificate_request,
    Type::server_hello_done,
];
