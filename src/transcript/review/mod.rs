//! What an expert would notice when a connection is read message by message: what one message says
//! of another, and what should not be spoken any more. Each notice becomes a remark of the message
//! that it is about, at the field that it is about.
//!
//! What a message tells by itself, its own reader remarks (`wire/`).

mod agreed;
mod behind;
mod change;
mod client;
mod connections;
mod delegated;
mod fitness;
mod host;
mod in_records;
mod key_exchange;
mod key_share;
mod legacy;
mod offer;
mod offered;
mod quic;
mod renegotiation;
mod request;
mod second_hello;
mod sequence;
mod server;
mod signature;
mod ssl2;
mod together;
mod unasked;
mod walk;

use std::collections::HashSet;
use std::ops::Range;

use crate::names::{
    Authentication, CipherAlgorithm, CipherSuite, ExtensionType, HeartbeatMode, KeyExchange,
    NamedGroup, ProtocolVersion, SignatureScheme,
};
use crate::wire::fault::{Fault, Item, Kind, Notices, Remark};
use crate::wire::field::{Field, Tree};
use crate::wire::places::Places;
use crate::wire::record::ssl2::CipherKind;
use crate::wire::x509::{Identity, KeyAlgorithm, Uses};
use behind::Names;
pub(super) use change::Behind;
use connections::Others;
use fitness::Stapled;
use offer::Offer;
use request::Requests;
use second_hello::Cookies;
use sequence::Said;
use unasked::Seen;
pub(super) use unasked::begins_session;

/// A reader who remembers what was said.
#[derive(Debug, Default)]
pub(super) struct Review {
    /// The client's last hello.
    offer: Option<Offer>,
    /// Those before it that are of other connections.
    others: Others,
    /// Whether nothing asked for another hello since, nor ended its handshake.
    unanswered: bool,
    /// Whether a ServerHello was said to the client's last hello.
    answered: bool,
    /// Whether a record was told that is of another version than what was agreed on: the client's, the
    /// server's.
    told_version: [bool; 2],
    /// The same of one in clear that should be protected.
    told_clear: [bool; 2],
    /// Whether a fatal alert ended the connection.
    over: bool,
    /// Whether only the client was seen.
    client_alone: bool,
    /// Whether the client's records were seen themselves, and not a log, which may make some up.
    has_records: bool,
    /// Whether the message that is read came in one.
    in_record: bool,
    /// Which of its sender's messages it is, in datagrams.
    message_seq: Option<u16>,
    /// The group that a HelloRetryRequest asked for.
    asked: Option<NamedGroup>,
    /// The version and the suite that it chose, where there was one.
    retried: Option<(ProtocolVersion, CipherSuite)>,
    /// The cookies that are to come back.
    cookies: Cookies,
    /// The version that was agreed.
    version: Option<ProtocolVersion>,
    /// The suite that was agreed.
    suite: Option<CipherSuite>,
    /// The curve of the server's key before TLS 1.3, on which the client's must be.
    curve: Option<NamedGroup>,
    /// The prime of the server's key before TLS 1.3, below which the client's must be.
    prime: Option<Vec<u8>>,
    /// Whether the ServerHello goes on with the session that the client named, RFC 5246 section 7.4.1.3.
    resumes: bool,
    /// Whether there was another handshake before this one, or may have been: it was seen from the
    /// middle on.
    again: bool,
    /// For what the keys of both sides' certificates are, where that was seen: the client's, the
    /// server's.
    keys: [Option<KeyAlgorithm>; 2],
    /// How many bytes their moduli have, where they are of RSA.
    moduli: [Option<usize>; 2],
    /// The curves of these keys, in TLS 1.3.
    curves: [Option<NamedGroup>; 2],
    /// What may be stapled to the server's certificates.
    stapled: Stapled,
    /// By which algorithm a key signs that stands in for the one of a certificate: the client's, the
    /// server's.
    delegated_to: [Option<SignatureScheme>; 2],
    /// What the server wants to see of the client.
    requests: Requests,
    /// The key of an earlier session that the ServerHello chose, where it was seen.
    chosen_key: Option<Option<u16>>,
    /// Whether the server proves itself by such a key alone.
    goes_by_psk: bool,
    /// Whether it must prove itself by a certificate, as its ServerHello tells.
    goes_by_certificate: bool,
    /// The extensions with which the server answered, where that was seen: those of its ServerHello,
    /// in TLS 1.3 of its EncryptedExtensions.
    accepted: Option<HashSet<ExtensionType>>,
    /// Whether the server says that it could not open the hello that may be inside of the client's.
    refuses_inner: bool,
    /// Whether the server answers heartbeats, where it said so.
    heartbeat: Option<HeartbeatMode>,
    /// What the server must not say twice.
    names: Names,
    /// By which verify_data the handshake before this one ended, where that was seen: the client's, the
    /// server's.
    ended: [Option<Vec<u8>>; 2],
    /// The ciphers of SSL 2.0 that the client offers, and those that its server does.
    ssl2_offers: [Vec<CipherKind>; 2],
    /// What each side has said in its handshake: the client, the server.
    said: [Said; 2],
    /// Whether one side was seen to say what only the other says.
    mixed: bool,
    /// How far the client was seen behind its hello.
    client: Seen,
    /// How far the server was.
    server: Seen,
}

impl Review {
    /// Of a connection of which only the client was seen, or the server as well; whose handshake is
    /// known to come behind another, or not; and of which the client's records were seen themselves, or
    /// a log of them.
    pub(super) fn of(client_alone: bool, again: bool, has_records: bool) -> Self {
        Review { client_alone, again, has_records, ..Review::default() }
    }

    /// The section that has a rule before TLS 1.3, or that of TLS 1.3, by what was agreed. What
    /// comes before anything was agreed is measured by TLS 1.3.
    fn section(&self, before: &'static str, tls13: &'static str) -> &'static str {
        match self.version.map(ProtocolVersion::is_tls13) {
            Some(false) => before,
            _ => tls13,
        }
    }
}

/// A server that has certificates to show shows one.
fn certificates(field: &'static str, none: bool, say: &mut Say<'_>) {
    if none {
        let found = "none, which only a client may";
        say.form(field, "at least one certificate", found, "RFC 8446 4.4.2");
    }
}

/// Each certificate of a chain is by the one behind it, which is that of an authority. Only the first that
/// is not is told.
fn in_order<'c>(chain: impl Iterator<Item = &'c [u8]>, reference: &'static str, say: &mut Say<'_>) {
    let mut below: Option<Identity> = None;
    for (index, certificate) in chain.enumerate() {
        let own = Identity::read(certificate);
        let names =
            below.as_ref().and_then(|below| below.issuer.as_ref().zip(own.subject.as_ref()));
        if let Some((issuer, subject)) = names {
            // Letters of either case are the same in a name, RFC 5280 section 7.1.
            if !issuer.eq_ignore_ascii_case(subject) {
                let (expected, found) = ("the issuer of the certificate before it", "another");
                return say.of_item("certificate_list", index, |say| {
                    say.form("subject", expected, found, reference);
                });
            }
            // One that names itself may be by itself, and be there twice.
            let is_by_itself = below.is_some_and(|below| below.issuer == below.subject);
            if !is_by_itself && Uses::read(certificate, 0).is_some_and(|uses| uses.is_no_ca()) {
                let expected = "that of an authority, as it issued the certificate before it";
                return say.of_item("certificate_list", index, |say| {
                    say.form("basicConstraints", expected, "none of one", "RFC 5280 6.1.4");
                });
            }
        }
        below = Some(own);
    }
}

/// Collects what is noticed about one message.
struct Say<'t> {
    tree: &'t Tree,
    places: Places<'t>,
    place: Vec<Item>,
    remarks: Vec<Remark>,
}

impl Notices for Say<'_> {
    fn fault(&mut self, field: &'static str, fault: Fault, reference: &'static str) {
        let range = self.range(field);
        self.remark(field, range, fault, reference);
    }

    fn place(&mut self) -> &mut Vec<Item> {
        &mut self.place
    }
}

impl<'t> Say<'t> {
    fn of(tree: &'t Tree) -> Self {
        Say { tree, places: Places::of(tree), place: Vec::new(), remarks: Vec::new() }
    }
}

impl<'t> Say<'t> {
    /// The first field of a name in what is spoken of.
    fn find(&mut self, name: &str) -> Option<&'t Field> {
        self.places.find(&self.place, name)
    }
}

impl Say<'_> {
    /// Whether the message came in datagrams: the header of DTLS says which of its sender's it is.
    fn of_datagrams(&self) -> bool {
        self.tree.fields.get(2).is_some_and(|field| field.name == "message_seq")
    }

    /// Something is the matter with a field of which no list tells which of its name it is.
    fn at(
        &mut self,
        place: Option<&Field>,
        field: &'static str,
        fault: Fault,
        reference: &'static str,
    ) {
        let range = place.map_or_else(|| self.range(field), Field::range);
        self.remark(field, range, fault, reference);
    }

    /// Something was taken to be so, as what tells it was not seen.
    fn assume(
        &mut self,
        field: &'static str,
        expected: &'static str,
        found: &'static str,
        reference: &'static str,
    ) {
        let (range, kind) = (self.range(field), Kind::Assumption);
        let fault = Fault::Form { expected, found };
        self.remarks.push(Remark { field, range, fault, kind, reference });
    }

    fn remark(
        &mut self,
        field: &'static str,
        range: Range<usize>,
        fault: Fault,
        reference: &'static str,
    ) {
        self.remarks.push(Remark { field, range, fault, kind: Kind::Notice, reference });
    }

    /// Where the field stands; all of the message where there is none of its name.
    fn range(&mut self, field: &str) -> Range<usize> {
        match self.find(field) {
            Some(found) => found.range(),
            None => 0..self.tree.fields.last().map_or(0, |last| last.end()),
        }
    }
}

fn cipher(suite: CipherSuite) -> Option<CipherAlgorithm> {
    suite.cipher().map(|cipher| cipher.algorithm)
}

fn is_export(suite: CipherSuite) -> bool {
    matches!(
        suite.key_exchange(),
        KeyExchange::RsaExport
            | KeyExchange::DhExport
            | KeyExchange::DheExport
            | KeyExchange::DhAnonExport
            | KeyExchange::Krb5Export
    )
}

fn is_anonymous(suite: CipherSuite) -> bool {
    suite.authentication() == Authentication::Anon
}
