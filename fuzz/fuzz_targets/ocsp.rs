//! An OCSP response or request, or a list of certificate timestamps.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| helloscope::fuzzing::ocsp(bytes));
