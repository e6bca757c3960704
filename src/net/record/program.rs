//! The client's process: a command in the system's shell, which is told where to connect, and ended
//! with all that it has started.

use std::io;
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};

/// A client that runs.
#[derive(Debug)]
pub(super) struct Program {
    child: Child,
}

impl Program {
    /// Starts a command. What it writes goes to our standard error.
    pub(super) fn start(command: &str, address: SocketAddr) -> io::Result<Program> {
        let mut command = shell(&filled(command, address));
        command.stdin(Stdio::null()).stdout(io::stderr()).stderr(Stdio::inherit());
        Ok(Program { child: command.spawn()? })
    }

    /// How it ended; none while it runs.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().ok().flatten();
        if status.is_some() {
            // What it has started may run on.
            end_group(self.child.id());
        }
        status
    }

    /// Ends it, and what it has started.
    pub(super) fn end(mut self) {
        end_group(self.child.id());
        // Where there are no groups, or no way to end one.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command with the address in the places that are left for it.
fn filled(command: &str, address: SocketAddr) -> String {
    command
        .replace("{addr}", &address.to_string())
        .replace("{host}", &address.ip().to_string())
        .replace("{port}", &address.port().to_string())
}

#[cfg(unix)]
fn shell(line: &str) -> Command {
    use std::os::unix::process::CommandExt;

    let mut command = Command::new("sh");
    // In a group of its own, so that it can be ended with all that it has started.
    command.args(["-c", line]).process_group(0);
    command
}

#[cfg(not(unix))]
fn shell(line: &str) -> Command {
    let mut command = Command::new("cmd");
    command.args(["/C", line]);
    command
}

/// Ends a group of processes. The shell has `kill` built in, so that no other program is needed.
#[cfg(unix)]
fn end_group(id: u32) {
    let mut kill = Command::new("sh");
    kill.args(["-c", &format!("kill -s KILL -- -{id}")]);
    // That there is nobody left is no error.
    let _ = kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

#[cfg(not(unix))]
fn end_group(_: u32) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_stands_where_it_is_asked_for() {
        let at = |command: &str, address: &str| filled(command, address.parse().unwrap());
        let command = "curl --resolve shop.test:{port}:{host} https://{addr}/ -w '%{http_code}'";
        assert_eq!(
            at(command, "127.0.0.1:8443"),
            "curl --resolve shop.test:8443:127.0.0.1 https://127.0.0.1:8443/ -w '%{http_code}'"
        );
        assert_eq!(at("{addr} {host}", "[::1]:8443"), "[::1]:8443 ::1");
    }

    #[cfg(unix)]
    #[test]
    fn what_a_client_has_started_ends_with_it() {
        use std::io::Read;

        let pipe = std::env::temp_dir().join(format!("helloscope-{}.fifo", std::process::id()));
        let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let address = "127.0.0.1:1".parse().unwrap();
        let command = format!("sleep 1000 > '{}' & exec sleep 1000", pipe.display());
        let mut program = Program::start(&command, address).unwrap();
        let mut pipe_end = std::fs::File::open(&pipe).unwrap();
        assert_eq!(program.ended(), None);
        program.end();
        // It is at its end once nobody is left who could write.
        assert_eq!(pipe_end.read(&mut [0]).unwrap(), 0);
        std::fs::remove_file(&pipe).unwrap();
    }
}
