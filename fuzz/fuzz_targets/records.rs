//! One side of a connection, from its first byte.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| helloscope::fuzzing::records(bytes));
