//! Checks whether the other side of DTLS can be reached by the path on which its records come, where
//! it may have got another address: RFC 9853 section 4.

use crate::names::RrcMessageType;
use crate::wire::choice::choice;
use crate::wire::grammar::{Fixed, message};

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
