//! A spec file, edits, or a hello as it was sent.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| helloscope::fuzzing::spec(bytes));
