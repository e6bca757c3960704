//! Carriers: ways to make a hello longer and change nothing else. Each is a thing that a server
//! may dislike by itself, so that what two of them agree on is the length's doing.

use super::spec::HelloSpec;
use crate::names::ExtensionType;
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::grammar::Rest;

/// Where the bytes are put that make a hello longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// In the padding extension.
    Padding,
    /// In a session ticket, which a server that cannot read it passes over (RFC 5077 section 3.4).
    SessionTicket,
    /// In an extension that no server knows.
    Unknown,
}

/// A number that IANA has given to nobody, and that is not GREASE either.
const UNASSIGNED: ExtensionType = ExtensionType(0x7e57);

impl Carrier {
    /// Every carrier, the most usual first.
    pub const ALL: [Carrier; 3] = [Carrier::Padding, Carrier::SessionTicket, Carrier::Unknown];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Carrier::Padding => "padding",
            Carrier::SessionTicket => "ticket",
            Carrier::Unknown => "unknown extension",
        }
    }

    /// The extension in which the bytes stand.
    pub fn extension_type(self) -> ExtensionType {
        match self {
            Carrier::Padding => ExtensionType::padding,
            Carrier::SessionTicket => ExtensionType::session_ticket,
            Carrier::Unknown => UNASSIGNED,
        }
    }

    /// The hello at another length of its message, in bytes; none where this carrier cannot make
    /// it: a new extension takes four bytes, and what is there already can only shrink so far.
    pub fn stretch(self, spec: &HelloSpec, length: usize) -> Option<HelloSpec> {
        let mut spec = spec.clone();
        if self == Carrier::Padding {
            return spec.pad_to(length).ok().map(|()| spec);
        }
        let extension_type = self.extension_type();
        let filler = spec.hello.random.0.0;
        let own = |extension: &ClientExtension| extension.extension_type() == extension_type;
        let extensions = spec.extensions_mut();
        let place = match extensions.iter().position(own) {
            Some(place) => place,
            None => {
                // Not last, since what stands last may matter.
                let place = extensions.len().saturating_sub(1);
                extensions.insert(place, body(extension_type, Vec::new()));
                place
            }
        };
        let present = spec.length();
        let extension = spec.extensions_mut().get_mut(place)?;
        let mut data = extension.data();
        let wanted = (data.len() + length).checked_sub(present)?;
        data.truncate(wanted);
        let more = wanted - data.len();
        data.extend(filler.iter().rev().cycle().take(more));
        if u16::try_from(data.len()).is_err() {
            return None;
        }
        *extension = body(extension_type, data);
        (spec.length() == length).then_some(spec)
    }
}

fn body(extension_type: ExtensionType, data: Vec<u8>) -> ClientExtension {
    match extension_type {
        ExtensionType::session_ticket => ClientExtension::SessionTicket(Rest(data.into())),
        _ => ClientExtension::Raw(extension_type, data.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::framing::Framing;
    use crate::hello::preset::Preset;
    use crate::names::Code;

    #[test]
    fn every_carrier_makes_exactly_the_length_that_is_asked_for() {
        // The first extension takes two bytes more.
        let can = |preset: &&Preset| {
            preset.spec.framing == Framing::Tls && preset.spec.hello.extensions.is_some()
        };
        for preset in Preset::all().iter().filter(can) {
            let length = preset.spec.length();
            for carrier in Carrier::ALL {
                for more in [4, 5, 100, 1000] {
                    let stretched = carrier.stretch(&preset.spec, length + more).unwrap();
                    assert_eq!(stretched.flight().len(), length + more + 5, "{}", preset.id);
                    assert_eq!(stretched.hello.cipher_suites, preset.spec.hello.cipher_suites);
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_made_is_not_made() {
        let spec = &Preset::find("openssl-3.0.19-s_client").unwrap().spec;
        assert_eq!(Carrier::Unknown.stretch(spec, spec.length() + 3), None);
        assert_eq!(Carrier::Padding.stretch(spec, spec.length() - 1), None);
        assert_eq!(Carrier::SessionTicket.stretch(spec, 1 << 18), None);
    }

    #[test]
    fn the_unassigned_number_is_unassigned() {
        assert_eq!(UNASSIGNED.name(), None);
        assert!(!UNASSIGNED.is_grease());
    }
}
