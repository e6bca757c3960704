//! Both sides of a connection over datagrams.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| helloscope::fuzzing::datagrams(bytes));
