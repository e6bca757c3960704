//! Extensions, behind a byte that chooses the kind of message.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| helloscope::fuzzing::extensions(bytes));
