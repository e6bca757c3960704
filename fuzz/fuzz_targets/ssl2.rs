//! Both sides of a connection of SSL 2.0.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| helloscope::fuzzing::ssl2(bytes));
