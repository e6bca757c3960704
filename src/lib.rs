#![forbid(unsafe_code)]
//! helloscope: why does this TLS server reject this ClientHello?

pub mod names;
pub mod wire;
