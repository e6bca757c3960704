//! A file, above all the log of `openssl s_client -msg`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| helloscope::fuzzing::msg_log(bytes));
