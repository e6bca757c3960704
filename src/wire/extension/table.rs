//! What all extensions share, whatever the message in which they stand (RFC 8446 section 4.2), and
//! the macro that declares the table of one kind of message.
//!
//! ```text
//! struct {
//!     ExtensionType extension_type;
//!     opaque extension_data<0..2^16-1>;
//! } Extension;
//! ```

use super::block::Odd;
use super::misplaced;
pub(super) use super::sections::section_of;
use crate::names::{Code, ExtensionType};
use crate::wire::choice::{self, Tagged};
use crate::wire::fault::{Fault, Remark};
use crate::wire::field::{Shape, Value};
use crate::wire::grammar::{Context, P16, Prefix, Read, Reader, Record, Wire, length, prefixed};

/// Declares the extensions of one kind of message: which body stands behind which type, and what
/// tells of oddities that no extension shows alone.
macro_rules! extensions {
    (
        $(#[$doc:meta])*
        $type:ident in $section:literal $(, odd by $odd:path)? {
            $( $key:ident => $variant:ident($body:ty) ),* $(,)?
        }
    ) => {
        $crate::wire::choice::tagged! {
            $(#[$doc])*
            $type by ExtensionType { $( $key => $variant($body) ),* }
        }

        impl $crate::wire::extension::Extension for $type {
            const SECTION: &'static str = $section;
            const PLACE: Self = $type::Raw(ExtensionType(0), Octets::new_const());

            #[inline(always)]
            fn read_body<R: Record>(
                r: &mut Reader<'_, R>,
                extension_type: ExtensionType,
                place: &mut Self,
            ) -> Option<Read<()>> {
                match extension_type {
                    $(
                        ExtensionType::$key => {
                            r.section(const { section_of(ExtensionType::$key, $section) });
                            match <$body>::read(r, stringify!($key)) {
                                Ok(body) => put(place, $type::$variant(body)),
                                Err(remark) => return Some(Err(remark)),
                            }
                        }
                    )*
                    _ => return None,
                }
                Some(Ok(()))
            }

            $(
                fn odd(block: &[Self]) -> Vec<$crate::wire::extension::Odd> {
                    $odd(block)
                }
            )?
        }

        impl Wire for $type {
            const ITEM: &'static str = "extension";

            fn read<R: Record>(r: &mut Reader<'_, R>, _: &'static str) -> Read<Self> {
                let mut one = Vec::with_capacity(1);
                read_extension(r, &mut one)?;
                Ok(only(one))
            }

            #[inline(always)]
            fn read_into<R: Record>(r: &mut Reader<'_, R>, items: &mut Vec<Self>) -> Read<()> {
                read_extension(r, items)
            }

            fn write(&self, out: &mut Vec<u8>) {
                write_extension(self, out);
            }
        }
    };
}

pub(super) use extensions;

/// An extension of any kind of message.
pub trait Extension: Tagged<Tag = ExtensionType> + Wire {
    /// Where extensions of this kind of message are described.
    const SECTION: &'static str;
    /// The place of an extension that is being read: one without bytes.
    const PLACE: Self;

    /// Reads the body of a type that has a form in this kind of message, and puts the extension in
    /// its [place](Self::PLACE) at once, since moving values about is what takes time.
    fn read_body<R: Record>(
        r: &mut Reader<'_, R>,
        extension_type: ExtensionType,
        place: &mut Self,
    ) -> Option<Read<()>>;

    /// What an expert would stop at in a message's extensions as a whole, beside a type that comes
    /// twice.
    fn odd(_: &[Self]) -> Vec<Odd> {
        Vec::new()
    }

    /// Its type.
    #[inline]
    fn extension_type(&self) -> ExtensionType {
        self.tag()
    }

    /// Whether it is of this type, of which there is a form here, and has another: what it says is not
    /// known, though it is there.
    fn is_broken(&self, of: ExtensionType) -> bool {
        self.is_raw() && self.extension_type() == of
    }

    /// The body's bytes.
    fn data(&self) -> Vec<u8> {
        let mut data = Vec::new();
        self.write_body(&mut data);
        data
    }

    /// The extension of this type and body: typed where the body has the type's form, else raw.
    fn from_data(extension_type: ExtensionType, data: &[u8]) -> Self {
        match decode_body::<Self>(extension_type, data, Context::default()) {
            Some(Ok(extension)) if extension.data() == data => extension,
            _ => Self::raw(extension_type, data),
        }
    }
}

/// Reads a body that must take all the bytes, without a tree; none where the type has no form.
pub(super) fn decode_body<E: Extension>(
    extension_type: ExtensionType,
    data: &[u8],
    context: Context,
) -> Option<Read<E>> {
    let mut r = Reader::<()>::new(data, context);
    let mut one = E::PLACE;
    let mut known = true;
    let read = r.within(E::ITEM, data.len(), |r| {
        E::read_body(r, extension_type, &mut one).unwrap_or_else(|| {
            known = false;
            one = choice::opaque(r, extension_type);
            Ok(())
        })
    });
    known.then(|| read.map(|()| one))
}

/// Puts an extension in its place. What stands there has no bytes that would have to be given back.
#[inline(always)]
pub(super) fn put<E: Extension>(place: &mut E, extension: E) {
    std::mem::forget(std::mem::replace(place, extension));
}

/// Whether extensions of this kind of message have a form for the type.
pub(super) fn has_form<E: Extension>(extension_type: ExtensionType) -> bool {
    decode_body::<E>(extension_type, &[], Context::default()).is_some()
}

/// The extension of a block into which one was read.
pub(super) fn only<E: Extension>(mut block: Vec<E>) -> E {
    block.pop().unwrap_or(E::PLACE)
}

/// Reads `extension_type, length, body`, and puts the extension in its place. One whose body is
/// unknown, or does not have its form, is raw.
#[inline(always)]
pub(super) fn read_extension<E: Extension, R: Record>(
    r: &mut Reader<'_, R>,
    block: &mut Vec<E>,
) -> Read<()> {
    let outer = r.section(E::SECTION);
    // Where nobody keeps the name, only the error of an extension that is cut short has it.
    let named = R::KEEPS || r.rest().len() < HEADER;
    let name = match *r.rest() {
        [high, low, ..] if named => field_name(ExtensionType(u16::from_be_bytes([high, low]))),
        _ => E::ITEM,
    };
    let read = match r.open_tagged(name, "extension_type") {
        Some((open, extension_type, length)) => {
            block.push(E::PLACE);
            let read = match block.last_mut() {
                Some(place) => read_data(r, name, extension_type, length, place),
                None => Ok(()),
            };
            if read.is_err() {
                block.pop();
            }
            r.close(open);
            read
        }
        None => r.node(name, Shape::Struct, |r| {
            ExtensionType::read(r, "extension_type")?;
            length::<P16, R>(r).map(|_| ())
        }),
    };
    r.section(outer);
    read
}

/// Reads the `length` bytes of a body.
#[inline(always)]
fn read_data<E: Extension, R: Record>(
    r: &mut Reader<'_, R>,
    name: &'static str,
    extension_type: ExtensionType,
    length: usize,
    place: &mut E,
) -> Read<()> {
    let data = r.rest().get(..length);
    let typed = r.within(name, length, |r| {
        E::read_body(r, extension_type, place).unwrap_or_else(|| {
            *place = read_elsewhere(r, extension_type, name);
            Ok(())
        })
    });
    match (typed, data) {
        (Err(_), Some(data)) => {
            // Its body may have been read, with something left behind it.
            *place = E::raw(extension_type, data);
            Ok(())
        }
        (Err(remark), None) => {
            Err(Box::new(Remark { field: field_name(extension_type), ..*remark }))
        }
        (Ok(()), _) => Ok(()),
    }
}

/// Reads the body of an extension that has no form in this message: by the form that it has in
/// another one, where that fits, and with a notice that it stands in the wrong place.
fn read_elsewhere<E: Extension, R: Record>(
    r: &mut Reader<'_, R>,
    extension_type: ExtensionType,
    name: &'static str,
) -> E {
    if !misplaced::known_elsewhere(extension_type) {
        return choice::opaque(r, extension_type);
    }
    let data = r.rest();
    let expected = "an extension that belongs in this message";
    let found = "one that belongs in others";
    let range = r.at() - HEADER..r.at() + data.len();
    let outer = r.section("RFC 8446 4.2");
    r.notice(name, range, Fault::Form { expected, found });
    r.section(outer);
    if !misplaced::read(r, extension_type) {
        r.remaining("opaque", Value::Bytes);
    }
    E::raw(extension_type, data)
}

/// Appends type, length and body.
pub(super) fn write_extension<E: Extension>(extension: &E, out: &mut Vec<u8>) {
    extension.extension_type().write(out);
    prefixed(out, <P16>::WIDTH, |out| extension.write_body(out));
}

/// Bytes of type and length.
pub(super) const HEADER: usize = 4;

/// What the field of an extension is called.
fn field_name(extension_type: ExtensionType) -> &'static str {
    match extension_type.name() {
        Some(name) => name,
        None if extension_type.is_grease() => "GREASE",
        None => "unknown",
    }
}
