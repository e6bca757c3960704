//! The words in which messages are declared: `message!`, `named!` and `select!`. What a number before
//! a value chooses, [`choice`](super::choice) declares.

/// A message or a part of one: its fields in the order of the wire, and where it is described.
///
/// `then` names a function that looks at what was read, to say more about it.
///
/// From this one list come the typed value, the parser, the encoder, the byte tree, and the form
/// in a spec file.
macro_rules! message {
    (
        $(#[$doc:meta])*
        $type:ident, item $item:literal, in $section:literal $(, then $then:path)? {
            $( $(#[$field_doc:meta])* $field:ident: $field_type:ty ),* $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields, expecting = $item)]
        pub struct $type {
            $( $(#[$field_doc])* pub $field: $field_type, )*
        }

        impl $crate::wire::grammar::Wire for $type {
            const ITEM: &'static str = $item;
            const KEYS: &'static [&'static str] = &[$( stringify!($field) ),*];

            #[inline(always)]
            fn read<R: $crate::wire::grammar::Record>(
                r: &mut $crate::wire::grammar::Reader<'_, R>,
                name: &'static str,
            ) -> $crate::wire::grammar::Read<Self> {
                r.node(name, $crate::wire::field::Shape::Struct, Self::fields)
            }

            #[inline(always)]
            fn fields<R: $crate::wire::grammar::Record>(
                r: &mut $crate::wire::grammar::Reader<'_, R>,
            ) -> $crate::wire::grammar::Read<Self> {
                let outer = r.section($section);
                // All fields are read before the first error counts, so that a broken one does
                // not leave those behind it without a name.
                $(
                    let $field =
                        <$field_type as $crate::wire::grammar::Wire>::read(r, stringify!($field));
                )*
                let read = (|| Ok($type { $( $field: $field?, )* }))();
                $(
                    if let Ok(message) = &read {
                        $then(message, r);
                    }
                )?
                r.section(outer);
                read
            }

            fn write(&self, out: &mut Vec<u8>) {
                $( $crate::wire::grammar::Wire::write(&self.$field, out); )*
            }
        }
    };
}

/// A value that is another one with a name of its own.
macro_rules! named {
    ($(#[$doc:meta])* $type:ident($inner:ty), item $item:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $type(pub $inner);

        impl $crate::wire::grammar::Wire for $type {
            const ITEM: &'static str = $item;

            #[inline(always)]
            fn read<R: $crate::wire::grammar::Record>(
                r: &mut $crate::wire::grammar::Reader<'_, R>,
                name: &'static str,
            ) -> $crate::wire::grammar::Read<Self> {
                <$inner as $crate::wire::grammar::Wire>::read(r, name).map($type)
            }

            fn write(&self, out: &mut Vec<u8>) {
                $crate::wire::grammar::Wire::write(&self.0, out);
            }
        }
    };
}

/// A value in one of several forms: `select` of the presentation language. What a function finds
/// out from what is known and what comes, chooses the form.
macro_rules! select {
    (
        $(#[$doc:meta])*
        $type:ident, item $item:literal, by $choose:path {
            $( $(#[$form_doc:meta])* $case:pat => $form:ident($body:ty) ),* $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $type {
            $( $(#[$form_doc])* $form($body), )*
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
                match $choose(r) {
                    $( $case => <$body>::fields(r).map($type::$form), )*
                }
            }

            fn write(&self, out: &mut Vec<u8>) {
                match self {
                    $( $type::$form(body) => body.write(out), )*
                }
            }
        }
    };
}

pub(crate) use {message, named, select};
