//! Every bound on what is read, in one place. Reaching one is reported, not hidden.

/// Payload bytes of a record of TLS 1.2, RFC 5246 section 6.2.3: 2^14, and 2048 for protection.
pub const RECORD_PAYLOAD: usize = (1 << 14) + 2048;

/// The same without protection, RFC 5246 section 6.2.1 and RFC 8446 section 5.1.
pub const RECORD_IN_CLEAR: usize = 1 << 14;

/// The same of TLS 1.3, RFC 8446 section 5.2: 256 for protection.
pub const RECORD_PAYLOAD_TLS13: usize = (1 << 14) + 256;

/// How deep DER may nest. Real certificates stay below 12.
pub const DER_DEPTH: usize = 32;

/// Bytes kept of one side of a connection.
pub const STREAM: usize = 1 << 20;

/// How many times the time for one answer all answers of a connection may take together.
pub const ANSWERS: u32 = 4;

/// How many cookies of HelloVerifyRequests a hello is sent again with.
pub const COOKIES: usize = 3;

/// Bytes that come out of a compressed certificate.
pub const DECOMPRESSED: usize = 1 << 18;

/// How many times as many bytes may come out of a compressed certificate as it has. Real ones do
/// not reach 10.
pub const DECOMPRESSED_RATIO: usize = 64;

/// Bytes of a file that is dissected.
pub const INPUT: usize = 64 << 20;

/// Bytes for which all `*` of a dump may stand together. What TLS has twice in a row is padding, of
/// 2^16 bytes at most; lines of three bytes must not become a file of the largest size.
pub const SQUEEZED: usize = 1 << 20;

/// Bytes that are kept of a client whose hello is recorded, with what it sends behind that. The
/// largest hello that real stacks take is as long.
pub const RECORDED: usize = 1 << 17;

/// Bytes that a client may say before TLS begins, and of them in one line or packet.
pub const DIALOGUE: usize = 1 << 16;
/// See [`DIALOGUE`].
pub const DIALOGUE_LINE: usize = 1 << 13;

/// Hellos of several connections that are kept until one of them is answered.
pub const HELLOS: usize = 16;

/// Bytes of a captured packet: the most that libpcap keeps.
pub const PACKET: usize = 1 << 18;

/// Connections over TCP, and pairs of ends over UDP, in a file of captured packets.
pub const FLOWS: usize = 1 << 16;

/// IP packets of which some fragments have come and others are waited for.
pub const FRAGMENTED: usize = 1 << 10;
