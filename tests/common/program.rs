//! The program itself, run as a person runs it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value as Json;

/// How a run ended, and what it wrote.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    fn of(output: Output) -> Run {
        Run {
            code: output.status.code().expect("it was not killed"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// What it wrote, where that is JSON.
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The line in which it says what is wrong with what it was given: the only one.
    pub fn usage_error(&self) -> &str {
        assert_eq!((self.code, self.stdout.as_str()), (2, ""), "{self:?}");
        let line = self.stderr.strip_suffix('\n').unwrap();
        assert!(!line.contains('\n'), "{line}");
        line.strip_prefix("error: ").unwrap_or_else(|| panic!("{line}"))
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_helloscope"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Runs it with these arguments, in the folder of the repository, without a terminal.
pub fn run(arguments: &[&str]) -> Run {
    Run::of(command(arguments).stdin(Stdio::null()).output().unwrap())
}

/// Runs it with this on its standard input.
pub fn run_with_input(arguments: &[&str], input: &[u8]) -> Run {
    let mut command = command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // It need not read all of it.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run::of(output)
}

/// A process that is ended with the test, also where the test fails.
#[derive(Debug)]
pub struct Guard(pub Child);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `helloscope lab`, as a process of its own.
#[derive(Debug)]
pub struct Lab {
    process: Guard,
    /// What it said about itself.
    pub said: Json,
}

impl Lab {
    /// Starts it, and waits until it listens.
    pub fn start(arguments: &[&str]) -> Lab {
        Lab::spawn(arguments, Stdio::inherit())
    }

    /// The same, with a line of its log for each connection.
    pub fn start_logged(arguments: &[&str]) -> (Lab, impl Iterator<Item = String>) {
        let mut lab = Lab::spawn(&[&["-v"], arguments].concat(), Stdio::piped());
        let stderr = lab.process.0.stderr.take().unwrap();
        (lab, BufReader::new(stderr).lines().map(Result::unwrap))
    }

    fn spawn(arguments: &[&str], stderr: Stdio) -> Lab {
        let arguments = [&["lab", "--format", "ndjson"], arguments].concat();
        let mut command = command(&arguments);
        command.stderr(stderr);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let process = Guard(child);
        let line = first_line(stdout, |_| true).expect("it says where it listens");
        Lab { process, said: serde_json::from_str(&line).unwrap() }
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        self.said["address"].as_str().unwrap()
    }
}

/// `helloscope hello record`, as a process of its own that waits for a client.
#[derive(Debug)]
pub struct Recorder {
    process: Guard,
    /// Where it listens.
    pub address: String,
}

impl Recorder {
    /// Starts it, and waits until it listens.
    pub fn start(arguments: &[&str]) -> Recorder {
        let mut command = command(&[&["hello", "record"], arguments].concat());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stderr = child.stderr.take().unwrap();
        let process = Guard(child);
        let line = first_line(stderr, |line| line.starts_with("  listening on "));
        let line = line.expect("it says where it listens");
        let address = line.split(' ').nth(4).unwrap().to_owned();
        Recorder { process, address }
    }

    /// What it wrote to its standard output until it ended, and its exit code.
    pub fn ended(mut self) -> Run {
        let mut stdout = String::new();
        self.process.0.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        let code = self.process.0.wait().unwrap().code().expect("it was not killed");
        Run { code, stdout, stderr: String::new() }
    }
}

/// The first line of a process that is the wanted one. What comes behind it is read and dropped,
/// so that the process can go on writing.
pub fn first_line(output: impl Read + Send + 'static, wanted: fn(&str) -> bool) -> Option<String> {
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let line = lines.find(|line| wanted(line));
    std::thread::spawn(move || lines.for_each(drop));
    line
}
