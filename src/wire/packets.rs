//! Files of captured packets, pcap and pcapng, which are told by their first bytes, and how a
//! connection in one is named: `FILE#N`.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::limits::INPUT;

/// The format of a file of captured packets, which its first bytes tell.
pub fn format(input: &[u8]) -> Option<&'static str> {
    match input {
        // Times in micro- and in nanoseconds, in both orders of bytes, and a form with more of each
        // packet.
        [0xa1, 0xb2, 0xc3, 0xd4, ..]
        | [0xd4, 0xc3, 0xb2, 0xa1, ..]
        | [0xa1, 0xb2, 0x3c, 0x4d, ..]
        | [0x4d, 0x3c, 0xb2, 0xa1, ..]
        | [0x34, 0xcd, 0xb2, 0xa1, ..] => Some("pcap"),
        [0x0a, 0x0d, 0x0d, 0x0a, _, _, _, _, 0x1a, 0x2b, 0x3c, 0x4d, ..]
        | [0x0a, 0x0d, 0x0d, 0x0a, _, _, _, _, 0x4d, 0x3c, 0x2b, 0x1a, ..] => Some("pcapng"),
        _ => None,
    }
}

/// An input as it was before gzip (RFC 1952), where it is a file of captured packets under that; else as
/// it is. It becomes no larger than what is read at most, and a byte, so that too much is noticed.
pub fn unpacked(input: &[u8]) -> Cow<'_, [u8]> {
    const LEAST: u64 = 12;
    let unpack = |limit: u64| {
        let mut out = Vec::new();
        // What is cut off is there as far as it goes.
        let _ = MultiGzDecoder::new(input).take(limit).read_to_end(&mut out);
        out
    };
    match input {
        [0x1f, 0x8b, ..] if format(&unpack(LEAST)).is_some() => {
            Cow::Owned(unpack(INPUT as u64 + 1))
        }
        _ => Cow::Borrowed(input),
    }
}

/// Whether a file is called as those of captured packets are.
pub fn is_called_one(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("pcap" | "pcapng" | "cap"))
}

/// What is said of such a file where bytes of one connection are wanted.
pub fn several(format: &str) -> String {
    format!("a capture file ({format}), which holds packets and not the bytes of one connection")
}

/// A file, and the number of a connection in it: `FILE#N`. What is called so as a whole is a file.
pub fn numbered(name: &str) -> (&str, Option<usize>) {
    let parts = name.rsplit_once('#').filter(|_| !Path::new(name).is_file());
    let read = parts.and_then(|(file, digits)| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = is_number.then(|| digits.parse().unwrap_or(usize::MAX));
        number.map(|number| (file, Some(number)))
    });
    read.unwrap_or((name, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_behind_a_sharp_unless_that_is_the_file() {
        assert_eq!(numbered("it.pcap#12"), ("it.pcap", Some(12)));
        assert_eq!(numbered("a#b.pcap"), ("a#b.pcap", None));
        assert_eq!(numbered("it.pcap#"), ("it.pcap#", None));
        assert_eq!(numbered("it.pcap#-1"), ("it.pcap#-1", None));
        assert_eq!(numbered("it#1#2"), ("it#1", Some(2)));
        assert_eq!(numbered("it#99999999999999999999").1, Some(usize::MAX));
    }
}
