//! A handshake message, behind two bytes that choose version and cipher suite.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| helloscope::fuzzing::handshake(bytes));
