//! DER as a part of a message: behind its length, and shown by what a reader of [`super::der`]
//! knows of it. The value is its bytes, whatever stands in them.

/// Declares such a part: its type, the width of its length, and the function that shows it.
macro_rules! der_value {
    ($(#[$doc:meta])* $type:ident<$prefix:ty>, item $item:literal, read $read:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $type(#[serde(with = "crate::wire::spec_form::bytes")] pub Vec<u8>);

        impl $crate::wire::grammar::Wire for $type {
            const ITEM: &'static str = $item;

            fn read<R: $crate::wire::grammar::Record>(
                r: &mut $crate::wire::grammar::Reader<'_, R>,
                name: &'static str,
            ) -> $crate::wire::grammar::Read<Self> {
                $crate::wire::der::sized::<$prefix, R>(r, name, $read).map($type)
            }

            fn write(&self, out: &mut Vec<u8>) {
                let width = <$prefix as $crate::wire::grammar::Prefix>::WIDTH;
                $crate::wire::grammar::prefixed(out, width, |out| out.extend_from_slice(&self.0));
            }
        }
    };
}

pub(crate) use der_value;
