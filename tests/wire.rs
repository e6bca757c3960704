//! The grammar against real bytes: identity, tiling, and nothing that a peer sends can break it.

use std::fs;
use std::path::{Path, PathBuf};

use helloscope::wire::field::Tree;
use helloscope::wire::grammar::{Context, Reader};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::stream::{self, Stream};
use proptest::prelude::*;

fn testdata(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    files
}

fn hellos() -> Vec<(PathBuf, Vec<u8>)> {
    let files =
        testdata("hellos").into_iter().filter(|p| p.extension().is_some_and(|e| e == "bin"));
    files.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// The tree of a handshake message, and its value.
fn decode(message: &[u8]) -> (Tree, Result<Handshake, String>) {
    let mut r = Reader::<Tree>::new(message, Context::default());
    let value = Handshake::read(&mut r).map_err(|remark| remark.to_string());
    let tree = r.finish();
    tree.check_tiling(message.len()).unwrap();
    (tree, value)
}

fn tile(bytes: &[u8]) {
    let mut stream = Stream::default();
    stream.push(bytes);
    let units = stream.finish(&mut Context::default());
    stream::check_tiling(&units, bytes.len()).unwrap();
}

#[test]
fn every_hello_comes_back_from_its_value_to_the_byte() {
    assert_eq!(hellos().len(), 36);
    for (path, record) in hellos() {
        let message = &record[5..];
        let (tree, value) = decode(message);
        assert_eq!(tree.remarks, [], "{path:?}");
        assert_eq!(value.unwrap().to_bytes(), message, "{path:?}");
        assert!(!tree.fields.iter().any(|field| field.name == "malformed"), "{path:?}");
    }
}

#[test]
fn a_hello_cut_anywhere_still_tiles() {
    for (_, record) in hellos() {
        for cut in 0..record.len() {
            tile(&record[..cut]);
        }
    }
}

#[test]
fn a_hello_with_any_byte_changed_still_tiles() {
    for (_, record) in hellos() {
        for at in 0..record.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut changed = record.clone();
                changed[at] ^= change;
                tile(&changed);
            }
        }
    }
}

#[test]
fn an_unknown_number_is_a_value_and_the_rest_is_read_all_the_same() {
    let (_, record) = hellos().swap_remove(0);
    let (tree, _) = decode(&record[5..]);
    for leaf in tree.leaves() {
        assert!(leaf.end > leaf.start);
    }
}

proptest! {
    #[test]
    fn any_bytes_tile(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        tile(&bytes);
    }

    #[test]
    fn any_bytes_in_a_record_tile(
        content_type in 20u8..27,
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
        let mut record = vec![content_type, 3, 3, length[0], length[1]];
        record.extend(bytes);
        tile(&record);
    }
}
