//! Checks whether the other side of DTLS can be reached by the path on which its records come, where
//! it may have got another address: RFC 9853 section 4.

use crate::names::{Code, RrcMessageType};
use crate::wire::choice::{Tagged, choice};
use crate::wire::fault::Fault;
use crate::wire::grammar::{Fixed, Read, Reader, Record, Wire, message};

choice! {
    /// A message of such a check. They are sent under keys only.
    ReturnRoutabilityCheck by msg_type: RrcMessageType,
    item "return_routability_check", in "RFC 9853 4" {
        /// Asks on a path.
        path_challenge => PathChallenge(Cookie),
        /// Answers on the path that was asked.
        path_response => PathResponse(Cookie),
        /// Answers on a path that is to be left.
        path_drop => PathDrop(Cookie),
    }
}

message! {
    /// What is sent back, so that question and answer belong together.
    Cookie, item "cookie", in "RFC 9853 4" {
        /// Bytes that nobody can guess.
        cookie: Fixed<8>,
    }
}

impl ReturnRoutabilityCheck {
    /// Reads what a record holds. One of a type that there is not is passed over by who gets it, and
    /// is noticed here.
    pub fn read_noticed<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        let at = r.at();
        let check = Self::fields(r)?;
        let msg_type = check.tag();
        if msg_type.name().is_none() {
            let outer = r.section("RFC 9853 4");
            let fault = Fault::Value { expected: "0 to 2", found: msg_type.number().into() };
            r.notice("msg_type", at..at + 1, fault);
            r.section(outer);
        }
        Ok(check)
    }
}
