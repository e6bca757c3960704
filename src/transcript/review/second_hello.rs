//! A client's second hello against its first, and against what was given to it: RFC 8446
//! sections 4.1.2 and 4.2.2, RFC 6347 section 4.2.1.

use std::collections::{BTreeSet, HashSet};

use super::client::answers_to;
use super::offer::{Offer, some_of_each};
use super::{Review, Say};
use crate::names::{Code, ExtensionType};
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::fault::{Fault, Notices};
use crate::wire::handshake::client_hello::ClientHello;

/// Extensions that are not as they were behind a HelloRetryRequest: what it asks for, what is made of
/// the hello itself, and what may go with an earlier session that does not fit. Cookies and early
/// data have rules of their own.
const MAY_CHANGE: &[ExtensionType] = &[
    ExtensionType::cookie,
    ExtensionType::early_data,
    ExtensionType::encrypted_client_hello,
    ExtensionType::encrypted_server_name,
    ExtensionType::key_share,
    ExtensionType::key_share_old,
    ExtensionType::padding,
    ExtensionType::password_salt,
    ExtensionType::pre_shared_key,
    ExtensionType::psk_key_exchange_modes,
    ExtensionType::sequence_number_encryption_algorithms,
];

const SAME: &str = "what the first hello had, but for what was asked for";

/// Cookies that a server gave.
#[derive(Debug, Default)]
pub(super) struct Cookies {
    /// That of a HelloRetryRequest.
    pub(super) retry: Option<Vec<u8>>,
    /// Those of HelloVerifyRequests.
    pub(super) verify: HashSet<Vec<u8>>,
}

impl Review {
    /// A hello that brings back a cookie.
    pub(super) fn cookie(&self, hello: &ClientHello, say: &mut Say<'_>) {
        // The first, sent again.
        if say.of_datagrams() && self.offer.as_deref() == Some(hello) {
            return;
        }
        if let Some(given) = &self.cookies.retry {
            const EXPECTED: &str = "the cookie of the HelloRetryRequest";
            if !answers_to(hello, ExtensionType::cookie) {
                say.form("extensions", EXPECTED, "none", "RFC 8446 4.2.2");
            }
            for (index, extension) in hello.extensions().iter().enumerate() {
                let ClientExtension::Cookie(cookie) = extension else { continue };
                if cookie.0[..] != given[..] {
                    say.of_item("extensions", index, |say| {
                        say.form("cookie", EXPECTED, "another", "RFC 8446 4.2.2");
                    });
                }
            }
        }
        // Without a cookie it is a first hello, whatever was given to another.
        let Some(cookie) = hello.cookie.0.as_ref().filter(|cookie| !cookie.0.is_empty()) else {
            return;
        };
        if self.cookies.verify.is_empty() {
            return;
        }
        const REFERENCE: &str = "RFC 6347 4.2.1";
        if !self.cookies.verify.contains(&cookie.0[..]) {
            let expected = "the cookie of the HelloVerifyRequest";
            say.form("cookie", expected, "another", REFERENCE);
        } else if self.message_seq == Some(0)
            && self.offer.as_ref().is_some_and(|first| first.random == hello.random)
        {
            let expected = "1 or more, since a hello without the cookie was before it";
            let fault = Fault::Value { expected, found: 0 };
            say.fault("message_seq", fault, "RFC 6347 4.2.2");
        }
        if let Some(first) = &self.offer {
            let expected = "what the first hello had, but for the cookie";
            fields(first, hello, expected, REFERENCE, say);
        }
    }
}

/// What a client must not change behind a HelloRetryRequest.
pub(super) fn second_hello(first: &Offer, second: &ClientHello, say: &mut Say<'_>) {
    const REFERENCE: &str = "RFC 8446 4.1.2";
    // In datagrams it may be the first, sent again.
    if say.of_datagrams() && **first == *second {
        return;
    }
    fields(first, second, SAME, REFERENCE, say);
    for (index, extension) in some_of_each(second.extensions()) {
        let extension_type = extension.extension_type();
        let (field, expected, found) = match first.extension(extension_type) {
            _ if extension_type == ExtensionType::early_data => {
                ("early_data", "none behind a HelloRetryRequest", "one")
            }
            _ if !stays(extension_type) => continue,
            None => (extension_type.name().unwrap_or("unknown"), SAME, "one that it had not"),
            Some(one) if one != extension => {
                (extension_type.name().unwrap_or("unknown"), SAME, "something else")
            }
            Some(_) => continue,
        };
        say.of_item("extensions", index, |say| say.form(field, expected, found, REFERENCE));
    }
    let left: BTreeSet<_> = second.extensions().iter().map(Extension::extension_type).collect();
    let mut before = first.extensions().iter().map(Extension::extension_type);
    if before.any(|one| stays(one) && !left.contains(&one)) {
        say.form("extensions", SAME, "fewer of them", REFERENCE);
    }
}

/// Whether an extension is the same behind a HelloRetryRequest. What is not known may say otherwise.
fn stays(extension_type: ExtensionType) -> bool {
    !extension_type.is_grease()
        && extension_type.name().is_some()
        && !MAY_CHANGE.contains(&extension_type)
}

/// The fields before the extensions.
fn fields(
    first: &ClientHello,
    second: &ClientHello,
    expected: &'static str,
    reference: &'static str,
    say: &mut Say<'_>,
) {
    for (field, same) in [
        ("legacy_version", first.legacy_version == second.legacy_version),
        ("random", first.random == second.random),
        ("legacy_session_id", first.legacy_session_id == second.legacy_session_id),
        ("cipher_suites", first.cipher_suites == second.cipher_suites),
        (
            "legacy_compression_methods",
            first.legacy_compression_methods == second.legacy_compression_methods,
        ),
    ] {
        if !same {
            say.form(field, expected, "something else", reference);
        }
    }
}
