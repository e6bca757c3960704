//! Tagged unions, the `select` of RFC 8446 section 3.8: a number says which of several forms
//! follows it.
//!
//! `choice!` declares one. `tagged!` is what it shares with the tables of extensions, whose numbers
//! are their types: the value, its body on the wire, and its form in a spec file, which is
//! `{ name = body }`, or `{ type = …, data = "…" }` for a number that has no form here. `either!`
//! is for the unhappy unions that no number tells apart.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error, MapAccess, Visitor};
use serde::ser::SerializeMap;

use super::field::{Shape, Value};
use super::grammar::{Octets, Prefix, Read, Reader, Record, Rest, Wire, length, prefixed};
use crate::names::code::{Code, Unknown};

/// A value whose tag says which form it has.
pub trait Tagged: Sized {
    /// The number before it.
    type Tag: Code + Wire + DeserializeOwned;

    /// A value of any bytes.
    fn raw(tag: Self::Tag, data: impl Into<Octets>) -> Self;

    /// Its tag.
    fn tag(&self) -> Self::Tag;

    /// Whether it is any bytes: it has no form, or not the one of its tag.
    fn is_raw(&self) -> bool;

    /// Appends the body.
    fn write_body(&self, out: &mut Vec<u8>);

    /// Writes it as a spec file has it.
    ///
    /// # Errors
    /// What the serializer says.
    fn to_spec<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;

    /// Reads the body as a spec file has it.
    ///
    /// # Errors
    /// What does not fit the form.
    fn from_spec<'de, M: MapAccess<'de>>(tag: Self::Tag, map: &mut M) -> Result<Self, M::Error>;
}

/// Declares the value of a tagged union: which body stands behind which tag.
macro_rules! tagged {
    (
        $(#[$doc:meta])*
        $type:ident by $tag:ident {
            $( $(#[$variant_doc:meta])* $key:ident => $variant:ident($body:ty) ),* $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $type {
            $(
                #[doc = concat!("`", stringify!($key), "`")]
                $( #[doc = ""] #[$variant_doc] )*
                $variant($body),
            )*
            /// One without a form of its own here, or whose body does not have it.
            Raw($tag, $crate::wire::grammar::Octets),
        }

        impl $crate::wire::choice::Tagged for $type {
            type Tag = $tag;

            fn raw(tag: $tag, data: impl Into<$crate::wire::grammar::Octets>) -> Self {
                $type::Raw(tag, data.into())
            }

            #[inline]
            fn tag(&self) -> $tag {
                match self {
                    $( $type::$variant(_) => $tag::$key, )*
                    $type::Raw(tag, _) => *tag,
                }
            }

            fn is_raw(&self) -> bool {
                matches!(self, $type::Raw(..))
            }

            fn write_body(&self, out: &mut Vec<u8>) {
                match self {
                    $( $type::$variant(body) => $crate::wire::grammar::Wire::write(body, out), )*
                    $type::Raw(_, data) => out.extend_from_slice(data),
                }
            }

            fn to_spec<M: serde::ser::SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                match self {
                    $( $type::$variant(body) => map.serialize_entry(stringify!($key), body), )*
                    $type::Raw(tag, data) => {
                        map.serialize_entry("type", tag)?;
                        map.serialize_entry("data", &$crate::wire::text::hex(data))
                    }
                }
            }

            fn from_spec<'de, M: serde::de::MapAccess<'de>>(
                tag: $tag,
                map: &mut M,
            ) -> Result<Self, M::Error> {
                Ok(match tag {
                    $( $tag::$key => $type::$variant(map.next_value()?), )*
                    _ => $type::Raw(tag, map.next_value::<$crate::wire::grammar::Rest>()?.0),
                })
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut map = serializer.serialize_map(None)?;
                $crate::wire::choice::Tagged::to_spec(self, &mut map)?;
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map($crate::wire::choice::SpecVisitor::new())
            }
        }
    };
}

/// A tagged union: the tag's field, and the body behind each tag. With `behind P16` a length of
/// two bytes stands between tag and body, so that what is unknown can be passed over; without it,
/// what is unknown is all that is left.
macro_rules! choice {
    (
        $(#[$doc:meta])*
        $type:ident by $field:ident: $tag:ident,
        item $item:literal, in $section:literal { $($body:tt)* }
    ) => {
        $crate::wire::choice::choice! {
            $(#[$doc])*
            $type by $field: $tag, behind (), item $item, in $section { $($body)* }
        }
    };
    (
        $(#[$doc:meta])*
        $type:ident by $field:ident: $tag:ident, behind $frame:ty,
        item $item:literal, in $section:literal {
            $( $(#[$variant_doc:meta])* $key:ident => $variant:ident($body:ty) ),* $(,)?
        }
    ) => {
        $crate::wire::choice::tagged! {
            $(#[$doc])*
            $type by $tag { $( $(#[$variant_doc])* $key => $variant($body) ),* }
        }

        impl $crate::wire::grammar::Wire for $type {
            const ITEM: &'static str = $item;

            fn read<R: $crate::wire::grammar::Record>(
                r: &mut $crate::wire::grammar::Reader<'_, R>,
                name: &'static str,
            ) -> $crate::wire::grammar::Read<Self> {
                r.node(name, $crate::wire::field::Shape::Struct, Self::fields)
            }

            fn fields<R: $crate::wire::grammar::Record>(
                r: &mut $crate::wire::grammar::Reader<'_, R>,
            ) -> $crate::wire::grammar::Read<Self> {
                use $crate::wire::choice::{Frame, opaque};
                let outer = r.section($section);
                let tag = <$tag as $crate::wire::grammar::Wire>::read(r, stringify!($field));
                let read = tag.and_then(|tag| {
                    <$frame as Frame>::read(r, $item, |r| match tag {
                        $(
                            $tag::$key => {
                                <$body as $crate::wire::grammar::Wire>::read(r, stringify!($key))
                                    .map($type::$variant)
                            }
                        )*
                        _ => Ok(opaque(r, tag)),
                    })
                });
                r.section(outer);
                read
            }

            fn write(&self, out: &mut Vec<u8>) {
                use $crate::wire::choice::{Frame, Tagged};
                $crate::wire::grammar::Wire::write(&self.tag(), out);
                <$frame as Frame>::write(out, |out| self.write_body(out));
            }
        }
    };
}

/// A union without a tag: the first form where the bytes up to the end have it, else the second.
macro_rules! either {
    (
        $(#[$doc:meta])*
        $type:ident, item $item:literal {
            $(#[$first_doc:meta])* $first:ident($first_body:ty),
            $(#[$second_doc:meta])* $second:ident($second_body:ty) $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $type {
            $(#[$first_doc])*
            $first($first_body),
            $(#[$second_doc])*
            $second($second_body),
        }

        impl $crate::wire::grammar::Wire for $type {
            const ITEM: &'static str = $item;

            fn read<R: $crate::wire::grammar::Record>(
                r: &mut $crate::wire::grammar::Reader<'_, R>,
                name: &'static str,
            ) -> $crate::wire::grammar::Read<Self> {
                if <$first_body as $crate::wire::grammar::Wire>::decode(r.rest(), r.context()).is_ok() {
                    <$first_body as $crate::wire::grammar::Wire>::read(r, name).map($type::$first)
                } else {
                    <$second_body as $crate::wire::grammar::Wire>::read(r, name).map($type::$second)
                }
            }

            fn write(&self, out: &mut Vec<u8>) {
                match self {
                    $type::$first(body) => $crate::wire::grammar::Wire::write(body, out),
                    $type::$second(body) => $crate::wire::grammar::Wire::write(body, out),
                }
            }
        }
    };
}

pub(crate) use {choice, either, tagged};

/// What stands between a tag and its body: a length, or nothing (`()`).
pub trait Frame {
    /// Reads what the frame holds.
    fn read<T, R: Record>(
        r: &mut Reader<'_, R>,
        name: &'static str,
        f: impl FnOnce(&mut Reader<'_, R>) -> Read<T>,
    ) -> Read<T>;

    /// Appends the frame and what it holds.
    fn write(out: &mut Vec<u8>, f: impl FnOnce(&mut Vec<u8>));
}

impl Frame for () {
    fn read<T, R: Record>(
        r: &mut Reader<'_, R>,
        _: &'static str,
        f: impl FnOnce(&mut Reader<'_, R>) -> Read<T>,
    ) -> Read<T> {
        f(r)
    }

    fn write(out: &mut Vec<u8>, f: impl FnOnce(&mut Vec<u8>)) {
        f(out);
    }
}

impl<P: Prefix> Frame for P {
    fn read<T, R: Record>(
        r: &mut Reader<'_, R>,
        name: &'static str,
        f: impl FnOnce(&mut Reader<'_, R>) -> Read<T>,
    ) -> Read<T> {
        let length = length::<P, R>(r)?;
        r.within(name, length, f)
    }

    fn write(out: &mut Vec<u8>, f: impl FnOnce(&mut Vec<u8>)) {
        prefixed(out, P::WIDTH, f);
    }
}

/// All that is left, as the body of a value that has no form here.
pub fn opaque<T: Tagged, R: Record>(r: &mut Reader<'_, R>, tag: T::Tag) -> T {
    T::raw(tag, Octets::from_slice(r.remaining("opaque", Value::Bytes)))
}

/// `T value<..>`: one value behind its own length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Framed<P, T>(pub T, PhantomData<P>);

impl<P, T> Framed<P, T> {
    /// This value.
    pub fn new(value: T) -> Self {
        Framed(value, PhantomData)
    }
}

impl<P: Prefix, T: Wire> Wire for Framed<P, T> {
    const ITEM: &'static str = T::ITEM;

    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        r.node(name, Shape::Struct, |r| P::read(r, name, |r| T::read(r, T::ITEM)).map(Framed::new))
    }

    fn write(&self, out: &mut Vec<u8>) {
        P::write(out, |out| self.0.write(out));
    }
}

impl<P, T: serde::Serialize> serde::Serialize for Framed<P, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, P, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Framed<P, T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Framed::new)
    }
}

/// Reads a tagged value in a spec file: `{ server_name = … }`, or `{ type = …, data = "…" }`.
pub struct SpecVisitor<T>(PhantomData<T>);

impl<T> SpecVisitor<T> {
    /// A visitor.
    pub fn new() -> Self {
        SpecVisitor(PhantomData)
    }
}

impl<T> Default for SpecVisitor<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// What a tagged value is called in a message to an author of specs.
fn what<T: Tagged>() -> String {
    <T::Tag as Code>::ITEM.replace('_', " ")
}

impl<'de, T: Tagged> Visitor<'de> for SpecVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a table of one {}: its name and its body, or `type` and `data`", what::<T>())
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<T, M::Error> {
        let Some(key) = map.next_key_seed(Key::<T>(Place::First, PhantomData))? else {
            return Err(M::Error::custom(format!("an entry with no {} in it", what::<T>())));
        };
        let other = |names| Key::<T>(Place::Other(names), PhantomData);
        let value = match key {
            Part::Type => {
                let tag = map.next_value()?;
                match map.next_key_seed(other(&["data"]))? {
                    Some(_) => T::raw(tag, map.next_value::<Rest>()?.0),
                    None => return Err(M::Error::missing_field("data")),
                }
            }
            Part::Data => {
                let data = map.next_value::<Rest>()?;
                match map.next_key_seed(other(&["type"]))? {
                    Some(_) => T::raw(map.next_value()?, data.0),
                    None => return Err(M::Error::missing_field("type")),
                }
            }
            Part::Body(tag) => T::from_spec(tag, &mut map)?,
        };
        map.next_key_seed(Key::<T>(Place::End, PhantomData))?;
        Ok(value)
    }
}

/// What stands behind a key of an entry.
enum Part<C> {
    Type,
    Data,
    Body(C),
}

/// A key of an entry. It is judged while it is read, where the reader knows its place.
struct Key<T>(Place, PhantomData<T>);

/// Where in an entry a key stands.
enum Place {
    First,
    /// Behind `type` or `data`: the other of the two.
    Other(&'static [&'static str]),
    End,
}

impl<'de, T: Tagged> DeserializeSeed<'de> for Key<T> {
    type Value = Part<T::Tag>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl<T: Tagged> Visitor<'_> for Key<T> {
    type Value = Part<T::Tag>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "what the {} is called, `type` or `data`", what::<T>())
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        match (self.0, key) {
            (Place::First | Place::Other(["type"]), "type") => Ok(Part::Type),
            (Place::First | Place::Other(["data"]), "data") => Ok(Part::Data),
            (Place::First, name) => match T::Tag::parse(name) {
                Some(tag) => Ok(Part::Body(tag)),
                None => Err(E::custom(Unknown::<T::Tag>::new(name))),
            },
            (Place::Other(names), key) => Err(E::unknown_field(key, names)),
            (Place::End, key) => Err(E::custom(format!(
                "`{}` is one too many: one entry holds one {}",
                key.escape_default(),
                what::<T>(),
            ))),
        }
    }
}
