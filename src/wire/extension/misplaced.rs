//! Extensions that stand in a message where they do not belong (the table in RFC 8446 section
//! 4.2). Their bodies are shown in the form that they have in another message.

use super::table::{decode_body, has_form};
use super::{
    ClientExtension, EncryptedExtension, EntryExtension, Extension, HelloRetryExtension,
    RequestExtension, ServerExtension, TicketExtension,
};
use crate::names::{Code, ExtensionType};
use crate::wire::grammar::{Reader, Record};

/// Whether something holds for one of the tables, from what is sent often to what is not.
macro_rules! any_table {
    ($table:ident => $holds:expr) => {
        any_table! {
            $table => $holds;
            ClientExtension EncryptedExtension ServerExtension EntryExtension RequestExtension
            HelloRetryExtension TicketExtension
        }
    };
    ($table:ident => $holds:expr; $($type:ident)*) => {
        false $( || { type $table = $type; $holds } )*
    };
}

/// Whether any message has a form for the type.
pub(super) fn known_elsewhere(extension_type: ExtensionType) -> bool {
    extension_type.name().is_some() && any_table!(E => has_form::<E>(extension_type))
}

/// Reads a body by the first table whose form takes all of it; else nothing. Says whether it did.
#[cold]
pub(super) fn read<R: Record>(r: &mut Reader<'_, R>, extension_type: ExtensionType) -> bool {
    any_table!(E => {
        let body = decode_body::<E>(extension_type, r.rest(), r.context());
        let fits = matches!(body, Some(Ok(_)));
        if fits {
            // It was read a moment ago, and reads again.
            let _ = E::read_body(r, extension_type, &mut { E::PLACE });
        }
        fits
    })
}
