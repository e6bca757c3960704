//! A certificate, a name, or any element of DER.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| helloscope::fuzzing::der(bytes));
