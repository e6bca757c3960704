#![forbid(unsafe_code)]
//! The program `helloscope`. All of it is in the library; see [`helloscope::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    helloscope::cli::main()
}
