//! The messages that end a handshake, and one for later: Finished, RFC 5246 section 7.4.9 and
//! RFC 8446 section 4.4.4; KeyUpdate, RFC 8446 section 4.6.3.

use crate::names::{Code, KeyUpdateRequest};
use crate::wire::fault::Fault;
use crate::wire::grammar::{Reader, Record, Rest, message};

message! {
    /// Proof that both sides saw the same handshake.
    Finished, item "finished", in "RFC 8446 4.4.4" {
        /// 12 bytes up to TLS 1.2 (36 in SSL 3.0), a hash's length in TLS 1.3.
        verify_data: Rest,
    }
}

message! {
    /// The sender changes its key.
    KeyUpdate, item "key_update", in "RFC 8446 4.6.3", then check {
        /// 1 where the other side is asked to do so too.
        request_update: KeyUpdateRequest,
    }
}

/// Notices a request that is none.
fn check<R: Record>(update: &KeyUpdate, r: &mut Reader<'_, R>) {
    let request = update.request_update;
    if request.name().is_none() {
        let fault = Fault::Value { expected: "0 or 1", found: request.number().into() };
        let at = r.at();
        r.notice("request_update", at - 1..at, fault);
    }
}
