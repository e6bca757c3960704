//! Files of captured packets, pcap and pcapng, which are told by their first bytes. They are not read
//! yet.

/// The format of a file of captured packets, which its first bytes tell.
pub fn format(input: &[u8]) -> Option<&'static str> {
    match input {
        // Times in micro- and in nanoseconds, in both orders of bytes.
        [0xa1, 0xb2, 0xc3, 0xd4, ..]
        | [0xd4, 0xc3, 0xb2, 0xa1, ..]
        | [0xa1, 0xb2, 0x3c, 0x4d, ..]
        | [0x4d, 0x3c, 0xb2, 0xa1, ..] => Some("pcap"),
        [0x0a, 0x0d, 0x0d, 0x0a, _, _, _, _, 0x1a, 0x2b, 0x3c, 0x4d, ..]
        | [0x0a, 0x0d, 0x0d, 0x0a, _, _, _, _, 0x4d, 0x3c, 0x2b, 0x1a, ..] => Some("pcapng"),
        _ => None,
    }
}

/// What is said of such a file.
pub fn not_read(format: &str) -> String {
    format!(
        "a capture file ({format}): captures of packets are not read yet; the bytes of one \
         connection, as Wireshark's \"Follow TCP stream\" saves them raw, are"
    )
}
