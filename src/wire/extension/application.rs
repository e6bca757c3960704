//! `application_layer_protocol_negotiation`, RFC 7301 section 3.1: the protocols that may run
//! inside. `application_settings` (draft-vvv-tls-alps) and `next_protocol_negotiation`
//! (draft-agl-tls-nextprotoneg) list them in the same form.

use crate::names::alpn;
use crate::wire::field::Value;
use crate::wire::grammar::{P8, Read, Reader, Record, Text, Wire, vector};
use crate::wire::text::hex;

/// `opaque ProtocolName<1..2^8-1>`, as in `h2`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ProtocolName(pub Text<P8<1>>);

impl ProtocolName {
    /// The protocol of a name.
    pub fn new(name: &str) -> Self {
        ProtocolName(Text::new(name.as_bytes().to_vec()))
    }

    /// Whether it is there to be passed over, RFC 8701 section 2.
    pub fn is_grease(&self) -> bool {
        alpn::is_grease(&self.0.0)
    }
}

impl Wire for ProtocolName {
    const ITEM: &'static str = "protocol_name";

    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let value = match *r.rest() {
            [2, first, second, ..] if alpn::is_grease(&[first, second]) => Value::Words(grease),
            _ => Value::Text,
        };
        vector::<P8<1>, R>(r, name, value).map(|name| ProtocolName(Text::new(name.kept())))
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

fn grease(id: &[u8]) -> Option<String> {
    Some(format!("GREASE (0x{})", hex(id)))
}
