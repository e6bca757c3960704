//! CompressedCertificate: RFC 8879 section 4, with the Certificate that it holds beneath.

use std::io::{self, Read as _};

use super::certificate::Certificate13;
use crate::names::CertificateCompressionAlgorithm;
use crate::wire::fault::Fault;
use crate::wire::field::Tree;
use crate::wire::grammar::{Opaque, P24, Reader, Record, Uint24, Wire, message};
use crate::wire::limits::{DECOMPRESSED, DECOMPRESSED_RATIO};

message! {
    /// A Certificate, made smaller.
    CompressedCertificate, item "compressed_certificate", in "RFC 8879 4", then reveal {
        /// How it is compressed.
        algorithm: CertificateCompressionAlgorithm,
        /// Bytes of the Certificate.
        uncompressed_length: Uint24,
        /// The Certificate, compressed.
        compressed_certificate_message: Opaque<P24<1>>,
    }
}

/// Why the Certificate cannot be had. What libraries call their errors is not asked: the same word
/// stands for several things in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDecompressed {
    /// The algorithm is not known here.
    Unknown,
    /// The bytes are not what the algorithm makes, or there are more of them.
    Broken,
    /// More comes out than was announced.
    MoreThanAnnounced,
    /// More comes out than is kept here.
    TooLarge,
}

impl From<io::Error> for NotDecompressed {
    fn from(_: io::Error) -> Self {
        NotDecompressed::Broken
    }
}

impl CompressedCertificate {
    /// The bytes of the Certificate.
    ///
    /// # Errors
    /// Where the algorithm is not known, where the bytes are not what it makes or there are more of
    /// them, and where more comes out than was announced or is kept.
    pub fn decompress(&self) -> Result<Vec<u8>, NotDecompressed> {
        let compressed = self.compressed_certificate_message.0.as_slice();
        let ratio = compressed.len().saturating_mul(DECOMPRESSED_RATIO);
        let most = (self.uncompressed_length.0 as usize).min(DECOMPRESSED).min(ratio);
        // One byte more, so that too much is noticed.
        let limit = most as u64 + 1;
        let mut bytes = Vec::new();
        match self.algorithm {
            CertificateCompressionAlgorithm::zlib => {
                let mut decoder = flate2::bufread::ZlibDecoder::new(compressed).take(limit);
                decoder.read_to_end(&mut bytes)?;
                if bytes.len() <= most {
                    used_up(decoder.into_inner().into_inner())?;
                }
            }
            CertificateCompressionAlgorithm::brotli => {
                // All is in its buffer, which it owns.
                let mut decoder =
                    brotli_decompressor::Decompressor::new(compressed, compressed.len().max(1))
                        .take(limit);
                decoder.read_to_end(&mut bytes)?;
                if bytes.len() <= most {
                    // Asked again behind the end, it says whether something is left.
                    let _ = decoder.into_inner().read(&mut [0])?;
                }
            }
            CertificateCompressionAlgorithm::zstd => {
                let mut rest = compressed;
                let mut decoder = ruzstd::decoding::StreamingDecoder::new(&mut rest)
                    .map_err(|_| NotDecompressed::Broken)?
                    .take(limit);
                decoder.read_to_end(&mut bytes)?;
                if bytes.len() <= most {
                    // A checksum may stand behind the content, RFC 8878 section 3.1.1, and is only
                    // read there.
                    let frame = &decoder.get_ref().decoder;
                    let written = frame.get_checksum_from_data();
                    if written.is_some() && written != frame.get_calculated_checksum() {
                        return Err(NotDecompressed::Broken);
                    }
                    used_up(rest)?;
                }
            }
            _ => return Err(NotDecompressed::Unknown),
        }
        match bytes.len() > most {
            true if most < self.uncompressed_length.0 as usize => Err(NotDecompressed::TooLarge),
            true => Err(NotDecompressed::MoreThanAnnounced),
            false => Ok(bytes),
        }
    }
}

/// What is said of one that is larger than what is kept here, whatever comes out of it.
pub const TOO_LARGE: &str = "more than is kept here";

/// Whether nothing is left behind what an algorithm made.
fn used_up(rest: &[u8]) -> Result<(), NotDecompressed> {
    if rest.is_empty() { Ok(()) } else { Err(NotDecompressed::Broken) }
}

/// Puts the Certificate beneath its compressed bytes, or says why it cannot be had.
fn reveal<R: Record>(message: &CompressedCertificate, r: &mut Reader<'_, R>) {
    if !R::KEEPS {
        return;
    }
    let claimed = message.uncompressed_length.0 as usize;
    let end = r.at();
    let range = end - message.compressed_certificate_message.0.len()..end;
    let field = "compressed_certificate_message";
    match message.decompress() {
        Ok(bytes) => {
            if bytes.len() != claimed {
                let fault = Fault::Truncated { expected: claimed, found: bytes.len() };
                r.notice(field, range, fault);
            }
            let mut inner = Reader::<Tree>::new(&bytes, r.context());
            // What is wrong with it is in its tree.
            let _ = Certificate13::read(&mut inner, "certificate");
            let tree = inner.finish();
            r.beneath("certificate", bytes, tree);
        }
        Err(error) => {
            let found = match error {
                NotDecompressed::Unknown => "an algorithm that is not known here",
                NotDecompressed::TooLarge => TOO_LARGE,
                NotDecompressed::MoreThanAnnounced => "more than was announced",
                NotDecompressed::Broken => {
                    "bytes that the algorithm did not make, or more behind them"
                }
            };
            let expected = "a Certificate of the length that was announced";
            r.notice(field, range, Fault::Form { expected, found });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::grammar::Context;

    /// A Certificate of TLS 1.3 whose one entry is bytes that compress well.
    fn certificate() -> Vec<u8> {
        let mut bytes = vec![0, 0, 0x01, 0x05, 0, 0x01, 0x00];
        bytes.extend([0x30; 256]);
        bytes.extend([0, 0]);
        bytes
    }

    fn read(message: &CompressedCertificate) -> Tree {
        let bytes = message.to_bytes();
        let mut r = Reader::<Tree>::new(&bytes, Context::default());
        assert_eq!(CompressedCertificate::read(&mut r, "compressed").as_ref(), Ok(message));
        let tree = r.finish();
        tree.check_tiling(bytes.len()).unwrap();
        tree
    }

    #[test]
    fn what_zlib_made_smaller_lies_beneath() {
        use std::io::Write;
        let certificate = certificate();
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&certificate).unwrap();
        let mut message = CompressedCertificate {
            algorithm: CertificateCompressionAlgorithm::zlib,
            uncompressed_length: Uint24(u32::try_from(certificate.len()).unwrap()),
            compressed_certificate_message: Opaque::new(encoder.finish().unwrap()),
        };
        let tree = read(&message);
        let [beneath] = tree.beneath.as_slice() else { panic!("{:?}", tree.beneath) };
        assert_eq!(beneath.bytes, certificate);
        assert_eq!(tree.fields[beneath.field].name, "compressed_certificate_message");
        beneath.tree.check_tiling(certificate.len()).unwrap();
        assert!(beneath.tree.find("certificate_entry").is_some());

        // What stands behind it has no name.
        let mut longer = message.clone();
        longer.compressed_certificate_message.0.extend([7, 7]);
        let tree = read(&longer);
        assert!(tree.beneath.is_empty());
        assert_eq!(tree.remarks.len(), 1);

        // Nor is what was changed on the way more than was announced: in its checksum and before it.
        let length = message.compressed_certificate_message.0.len();
        for at in [length - 1, length / 2] {
            let mut changed = message.clone();
            changed.compressed_certificate_message.0[at] ^= 0x10;
            assert_eq!(changed.decompress(), Err(NotDecompressed::Broken), "{at}");
        }

        // One that announces too little is not let out.
        message.uncompressed_length = Uint24(100);
        assert_eq!(message.decompress(), Err(NotDecompressed::MoreThanAnnounced));
        let tree = read(&message);
        assert!(tree.beneath.is_empty());
        assert_eq!(tree.remarks.len(), 1);
    }

    /// Bytes as brotli has them where it cannot make them smaller: RFC 7932 section 9.2.
    fn stored(bytes: &[u8]) -> Vec<u8> {
        // A window of 2^16; not the last, four digits of a length, and its bytes as they are.
        let head = u32::try_from(bytes.len() - 1).unwrap() << 4 | 1 << 20;
        // The last block, which is empty.
        [&head.to_le_bytes()[..3], bytes, &[3]].concat()
    }

    #[test]
    fn bytes_behind_what_brotli_and_zstd_made_are_told() {
        let certificate = certificate();
        // A frame of one block of zstd, as it is: RFC 8878 section 3.1.1.
        let length = u32::try_from(certificate.len()).unwrap();
        let head = [0x28, 0xb5, 0x2f, 0xfd, 0x60];
        let frame_size = u16::try_from(certificate.len() - 256).unwrap().to_le_bytes();
        let block = (length << 3 | 1).to_le_bytes();
        let zstd = [&head[..], &frame_size, &block[..3], &certificate].concat();
        for (algorithm, compressed) in [
            (CertificateCompressionAlgorithm::brotli, stored(&certificate)),
            (CertificateCompressionAlgorithm::zstd, zstd),
        ] {
            let mut message = CompressedCertificate {
                algorithm,
                uncompressed_length: Uint24(length),
                compressed_certificate_message: Opaque::new(compressed),
            };
            assert_eq!(message.decompress().unwrap(), certificate);
            assert_eq!(read(&message).beneath.len(), 1);
            message.compressed_certificate_message.0.extend([7, 7]);
            assert!(message.decompress().is_err(), "{algorithm:?}");
            let tree = read(&message);
            assert!(tree.beneath.is_empty());
            assert_eq!(tree.remarks.len(), 1, "{algorithm:?}");
        }
    }

    #[test]
    fn the_checksum_of_zstd_is_held_against_the_content() {
        // What `printf checksum | zstd --check` writes.
        let bytes = [
            0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x41, 0, 0, b'c', b'h', b'e', b'c', b'k', b's',
            b'u', b'm', 0xef, 0xe2, 0x26, 0x55,
        ];
        let mut message = CompressedCertificate {
            algorithm: CertificateCompressionAlgorithm::zstd,
            uncompressed_length: Uint24(8),
            compressed_certificate_message: Opaque::new(bytes.to_vec()),
        };
        assert_eq!(message.decompress().as_deref(), Ok(&b"checksum"[..]));
        *message.compressed_certificate_message.0.last_mut().unwrap() ^= 1;
        assert_eq!(message.decompress(), Err(NotDecompressed::Broken));
    }

    #[test]
    fn what_no_algorithm_made_is_told() {
        for algorithm in [1, 2, 3, 4] {
            let message = CompressedCertificate {
                algorithm: CertificateCompressionAlgorithm(algorithm),
                uncompressed_length: Uint24(1 << 20),
                compressed_certificate_message: Opaque::new(vec![0xff; 20]),
            };
            let tree = read(&message);
            assert!(tree.beneath.is_empty(), "{algorithm}");
            assert_eq!(tree.remarks.len(), 1, "{algorithm}");
        }
    }
}
