//! Messages of extensions that came before ALPN and token binding: NextProtocol of
//! draft-agl-tls-nextprotoneg-04, and the channel id of draft-balfanz-tls-channelid-01, which is
//! sent as a message of type 203.

use crate::names::ExtensionType;
use crate::wire::fault::Fault;
use crate::wire::grammar::{Fixed, Opaque, P8, Reader, Record, Text, message};

message! {
    /// Which protocol the client will speak.
    NextProtocol, item "next_protocol", in "draft-agl-tls-nextprotoneg-04 3", then check {
        /// The protocol.
        selected_protocol: Text<P8>,
        /// As many bytes as hide how long its name is.
        padding: Opaque<P8>,
    }
}

/// What the message comes to, with both lengths, is a multiple of this.
const PADDED_TO: usize = 32;

/// Notices a padding that does not hide how long the name is.
fn check<R: Record>(next: &NextProtocol, r: &mut Reader<'_, R>) {
    let found = next.padding.0.len();
    let expected = PADDED_TO - (next.selected_protocol.0.len() + 2) % PADDED_TO;
    if found != expected {
        let expected = "as many bytes as make 32 of the message, or a multiple of it";
        let at = r.at() - found - 1..r.at();
        r.notice("padding", at, Fault::Value { expected, found: found as u64 });
    }
}

message! {
    /// A key that the client proves to have, by which it is known again.
    ChannelId, item "channel_id", in "draft-balfanz-tls-channelid-01 4" {
        /// `channel_id`, again.
        extension_type: ExtensionType,
        /// 128.
        length: u16,
        /// The key's point on P-256.
        x: Fixed<32>,
        /// The point's other half.
        y: Fixed<32>,
        /// A signature over the handshake so far.
        r: Fixed<32>,
        /// The signature's other half.
        s: Fixed<32>,
    }
}
