//! Where a ChangeCipherSpec stands: once, behind all by which its sender agrees on keys, and with Finished
//! behind it, RFC 5246 sections 7.1 and 7.3. One that is taken before there are keys makes them of
//! nothing (CVE-2014-0224). In TLS 1.3 it changes nothing, and in datagrams it comes in any order.

use super::{Review, Say};
use crate::names::{Code, HandshakeType as Type};
use crate::wire::fault::Notices;
use crate::wire::side::Side;

const SECTION: &str = "RFC 5246 7.1";

impl Review {
    /// A change of keys, and what its sender says next in the handshake, where that can be read.
    pub(super) fn change(&mut self, from: Side, next: Option<Type>, say: &mut Say<'_>) {
        let is_older = self.version.is_some_and(|it| !it.is_tls13() && it == it.as_tls());
        let Some((places, _)) = self.places(from).filter(|_| is_older && !self.mixed) else {
            return;
        };
        let changed = std::mem::replace(&mut self.said(from).changed, true);
        let [client, server] = &self.said;
        let said = if from == Side::Client { client } else { server };
        if said.is_empty() {
            return;
        }
        let field = "change_cipher_spec";
        // The first place is a hello's, by which another handshake begins.
        let mut before = places.iter().skip(1).flat_map(|(types, _)| *types);
        let early = next.filter(|next| *next != Type::finished && before.any(|one| one == next));
        if changed {
            say.form(field, "one before finished", "a second one", SECTION);
        } else if let Some(next) = early {
            let found = next.name().unwrap_or("unknown");
            say.form(field, "finished behind it", found, SECTION);
        } else if from == Side::Client
            && !server.is_empty()
            && !server.changed
            && !said.has(Type::client_key_exchange)
        {
            // Where a session goes on, the server changes its keys first.
            say.form(field, "client_key_exchange before it", "none", SECTION);
        }
    }
}
