//! `encrypted_client_hello`, RFC 9849: a second hello inside, or random bytes that look like one
//! (GREASE ECH). A HelloRetryRequest confirms it with 8 bytes; a server that could not open it
//! answers with configurations for the next time (section 5). `ech_outer_extensions` (section 5.1)
//! lists what the inner hello shares with the outer one.

use crate::names::{EchClientHelloType, EchConfigVersion, HpkeAead, HpkeKdf, HpkeKem};
use crate::wire::choice::{choice, either};
use crate::wire::grammar::{Empty, List, Opaque, P8, P16, Rest, Text, message};

choice! {
    /// What a client sends.
    EchClientHello by ech_client_hello_type: EchClientHelloType,
    item "encrypted_client_hello", in "RFC 9849 5" {
        /// The hello that all may see, and in it the one that they may not.
        outer => Outer(EchClientHelloOuter),
        /// The hello within.
        inner => Inner(Empty),
    }
}

message! {
    /// The sealed inner hello, and how it is sealed.
    EchClientHelloOuter, item "outer", in "RFC 9849 5" {
        /// How.
        cipher_suite: HpkeSymmetricCipherSuite,
        /// Which of the server's configurations is used.
        config_id: u8,
        /// The encapsulated key; empty after a HelloRetryRequest.
        enc: Opaque<P16, 32>,
        /// The sealed inner hello.
        payload: Opaque<P16<1>>,
    }
}

message! {
    /// The symmetric half of HPKE.
    HpkeSymmetricCipherSuite, item "cipher_suite", in "RFC 9849 4" {
        /// How the key is derived.
        kdf_id: HpkeKdf,
        /// How the inner hello is sealed.
        aead_id: HpkeAead,
    }
}

choice! {
    /// A server's configuration, from DNS or as a correction.
    EchConfig by version: EchConfigVersion, behind P16, item "ech_config", in "RFC 9849 4" {
        /// The RFC's version. Those of the drafts have no form here.
        ech => Ech(EchConfigContents),
    }
}

message! {
    /// What a client needs to know to seal a hello.
    EchConfigContents, item "contents", in "RFC 9849 4" {
        /// The server's key.
        key_config: HpkeKeyConfig,
        /// How long the names of this server's hosts can be, for padding.
        maximum_name_length: u8,
        /// The name that stands in the outer hello.
        public_name: Text<P8<1>>,
        /// Extensions of the configuration, from a registry of their own.
        extensions: List<P16, EchConfigExtension>,
    }
}

message! {
    /// A key of HPKE and what can be done with it.
    HpkeKeyConfig, item "key_config", in "RFC 9849 4" {
        /// Which configuration it is.
        config_id: u8,
        /// What kind of key it is.
        kem_id: HpkeKem,
        /// The public key.
        public_key: Opaque<P16<1>>,
        /// What the server can open.
        cipher_suites: List<P16<4>, HpkeSymmetricCipherSuite>,
    }
}

message! {
    /// An extension of a configuration. No type of them is registered.
    EchConfigExtension, item "extension", in "RFC 9849 4.2" {
        /// Which it is; one with its highest bit set must be understood.
        extension_type: u16,
        /// Its body.
        data: Opaque<P16>,
    }
}

message! {
    /// The form of draft-ietf-tls-esni-08.
    EchDraft08, item "encrypted_client_hello", in "draft-ietf-tls-esni-08 5" {
        /// How the inner hello is sealed.
        cipher_suite: HpkeSymmetricCipherSuite,
        /// A hash of the configuration that is used.
        config_id: Opaque<P8>,
        /// The encapsulated key.
        enc: Opaque<P16, 32>,
        /// The sealed inner hello.
        payload: Opaque<P16<1>>,
    }
}

message! {
    /// The form of draft-ietf-tls-esni-10, as in the RFC but for the type.
    EchDraft10, item "encrypted_client_hello", in "draft-ietf-tls-esni-10 5" {
        /// How the inner hello is sealed.
        cipher_suite: HpkeSymmetricCipherSuite,
        /// Which of the server's configurations is used.
        config_id: u8,
        /// The encapsulated key.
        enc: Opaque<P16, 32>,
        /// The sealed inner hello.
        payload: Opaque<P16<1>>,
    }
}

either! {
    /// What drafts 08 and 09 send. That draft 09 still has the form of draft 08 is a guess; bytes
    /// of another form stay bytes.
    EchClientHelloDraft08, item "encrypted_client_hello" {
        /// The form of draft 08.
        Draft08(EchDraft08),
        /// Another one.
        Opaque(Rest),
    }
}

either! {
    /// What drafts 10 to 12 send. That they all have the form of draft 10 is a guess; bytes of
    /// another form stay bytes.
    EchClientHelloDraft10, item "encrypted_client_hello" {
        /// The form of draft 10.
        Draft10(EchDraft10),
        /// Another one.
        Opaque(Rest),
    }
}
