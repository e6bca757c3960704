//! Ctrl-C (SIGINT): the first asks a long search to end and to say what it knows; the second ends
//! the program at once, as a shell's would.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::SIGINT;
use signal_hook::flag;

/// The exit code of a program that SIGINT ended, as shells count: 128 and the signal's number.
const ENDED: i32 = 130;

/// What becomes true with the first ctrl-C from now on.
///
/// # Errors
/// Where signals cannot be caught.
pub fn caught() -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    // In this order: the first one finds the flag down, raises it, and only the next finds it up.
    flag::register_conditional_shutdown(SIGINT, ENDED, Arc::clone(&stop))?;
    flag::register(SIGINT, Arc::clone(&stop))?;
    Ok(stop)
}
