//! A certificate, by itself and in its message.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| helloscope::fuzzing::certificate(bytes));
