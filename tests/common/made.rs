//! Certificates and their parts, made as a test wants them.

/// An element with these parts as its content.
pub fn tlv(identifier: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    [&[identifier], &length(content.len())[..], &content].concat()
}

pub fn length(length: usize) -> Vec<u8> {
    match length {
        0..0x80 => vec![length as u8],
        0x80..0x100 => vec![0x81, length as u8],
        _ => vec![0x82, (length >> 8) as u8, length as u8],
    }
}

/// A certificate from parts, each of which a test may put another in the place of.
#[derive(Clone, Debug)]
pub struct Made {
    pub version: Vec<u8>,
    pub serial: Vec<u8>,
    pub algorithms: [Vec<u8>; 2],
    pub issuer: Vec<u8>,
    pub validity: Vec<u8>,
    pub subject: Vec<u8>,
    pub key: Vec<u8>,
    /// The extension that names the key by which it is signed, before all others.
    pub authority_key: Vec<u8>,
    pub extensions: Vec<Vec<u8>>,
    /// A list of extensions without any.
    pub has_no_extensions: bool,
    pub signature: Vec<u8>,
    /// Bits of the signature that are said to be unused.
    pub unused: u8,
}

pub const COMMON_NAME: &[u8] = &[0x06, 3, 0x55, 4, 3];
pub const SHA256_WITH_RSA: &[u8] =
    &[0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 5, 0];
pub const SHA1_WITH_RSA: &[u8] =
    &[0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5, 5, 0];

pub fn name(value: &[u8]) -> Vec<u8> {
    let attribute = tlv(0x30, &[COMMON_NAME, &tlv(0x0c, &[value])]);
    tlv(0x30, &[&tlv(0x31, &[&attribute])])
}

pub fn times(from: &[u8], to: &[u8]) -> Vec<u8> {
    tlv(0x30, &[from, to])
}

pub fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let numbers = tlv(0x30, &[&tlv(2, &[modulus]), &tlv(2, &[exponent])]);
    let id = [0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
    tlv(0x30, &[&id, &tlv(3, &[&[0], &numbers])])
}

pub fn on_curve(parameters: &[u8], point: &[u8]) -> Vec<u8> {
    let id = tlv(0x30, &[&[0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], parameters]);
    tlv(0x30, &[&id, &tlv(3, &[&[0], point])])
}

pub const TLS_FEATURE: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 24];
pub const SECP256R1: &[u8] = &[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];

/// An extension `2.5.29.last`.
pub fn extension(last: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    tlv(0x30, &[&[0x06, 3, 0x55, 0x1d, last], critical, &tlv(4, &[value])])
}

pub fn alt_names(names: &[(u8, &[u8])]) -> Vec<u8> {
    let names: Vec<u8> = names.iter().flat_map(|(tag, name)| tlv(*tag, &[name])).collect();
    extension(17, false, &tlv(0x30, &[&names]))
}

impl Made {
    /// Nothing is wrong with it.
    pub fn new() -> Made {
        let modulus = [&[0, 0xc1][..], &[0x55; 255]].concat();
        Made {
            version: vec![0xa0, 3, 2, 1, 2],
            serial: vec![2, 1, 5],
            algorithms: [SHA256_WITH_RSA.to_vec(), SHA256_WITH_RSA.to_vec()],
            issuer: name(b"authority"),
            validity: times(b"\x17\x0d260101000000Z", b"\x17\x0d270101000000Z"),
            subject: name(b"example.test"),
            key: rsa(&modulus, &[1, 0, 1]),
            authority_key: extension(35, false, &[0x30, 3, 0x80, 1, 7]),
            extensions: vec![alt_names(&[(0x82, b"example.test"), (0x82, b"*.example.test")])],
            has_no_extensions: false,
            signature: vec![9; 256],
            unused: 0,
        }
    }

    pub fn with(change: impl FnOnce(&mut Made)) -> Made {
        let mut made = Made::new();
        change(&mut made);
        made
    }

    pub fn bytes(&self) -> Vec<u8> {
        let extensions = match [&self.authority_key[..], &self.extensions.concat()].concat() {
            _ if self.has_no_extensions => tlv(0xa3, &[&[0x30, 0]]),
            all if all.is_empty() => all,
            all => tlv(0xa3, &[&tlv(0x30, &[&all])]),
        };
        let tbs = tlv(
            0x30,
            &[
                &self.version,
                &self.serial,
                &self.algorithms[0],
                &self.issuer,
                &self.validity,
                &self.subject,
                &self.key,
                &extensions,
            ],
        );
        tlv(0x30, &[&tbs, &self.algorithms[1], &tlv(3, &[&[self.unused], &self.signature])])
    }
}

/// What the certificate of an authority has beside its basicConstraints.
pub fn of_authority(constraints: Vec<u8>) -> [Vec<u8>; 3] {
    [constraints, extension(15, true, &[3, 2, 2, 4]), subject_key()]
}

/// The extension that names the key of the holder.
pub fn subject_key() -> Vec<u8> {
    extension(14, false, &[4, 1, 7])
}

/// What keeps a certificate from being taken that a log has not seen yet.
pub fn poison(critical: &[u8]) -> Vec<u8> {
    let id = tlv(6, &[&[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 3]]);
    tlv(0x30, &[&id, critical, &[4, 2, 5, 0]])
}
