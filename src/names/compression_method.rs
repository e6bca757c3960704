//! Compression methods: RFC 3749 section 2, RFC 3943 section 2; the IANA registry "TLS Compression
//! Method Identifiers". RFC 8446 section 4.1.2 allows `null` alone.

use super::code::registry;

registry! {
    /// How records are compressed, before TLS 1.3.
    CompressionMethod(u8), item "compression_method", grease None {
        0 null,
        1 DEFLATE,
        64 LZS,
    }
}
