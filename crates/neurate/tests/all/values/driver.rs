//! Who asks: gives cases to a worker, watches its processor time and memory, and ends it where these pass their limits.

use super::case::Case;
use super::worker::SAYS;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How often time and memory are looked at.
const LOOK: Duration = Duration::from_millis(10);
/// Ticks of processor time in a second, in Linux' `/proc`.
const TICKS: f64 = 100.0;
/// Where processor time is not known, that many times its limit may pass on the clock.
const WALL: f64 = 20.0;

/// What a case may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Seconds of processor time to check a circuit.
    pub check: f64,
    /// Seconds of processor time for any other question.
    pub answer: f64,
    /// Bytes in memory.
    pub memory: u64,
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Everything was answered, or refused in words where it was asked.
    Answered,
    /// It is no circuit, and the error says why.
    Refused,
    /// Something is wrong.
    Fault {
        /// What sort of fault, in a word or two: `panic`, `time`, `memory`, `abort`, `not finite`, `stable`.
        kind: String,
        /// In which question.
        stage: String,
        /// The rest.
        why: String,
    },
}

struct Worker {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<Value>,
}

impl Worker {
    fn start(mut command: Command) -> std::io::Result<Worker> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let stdin = child.stdin.take().expect("its input is a pipe");
        let out = child.stdout.take().expect("its output is a pipe");
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // A test's own words may stand before it on the line.
                let Some(at) = line.find(SAYS) else { continue };
                let Ok(said) = serde_json::from_str(&line[at + SAYS.len()..]) else { continue };
                if send.send(said).is_err() {
                    return;
                }
            }
        });
        Ok(Worker { child, stdin, lines })
    }

    fn of_proc(&self, file: &str) -> Option<String> {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).ok()
    }
    /// Its processor time so far, in seconds.
    fn time(&self) -> Option<f64> {
        let stat = self.of_proc("stat")?;
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |k: usize| fields.get(k)?.parse::<f64>().ok();
        Some((ticks(11)? + ticks(12)?) / TICKS)
    }
    /// The most memory that it has had, in bytes.
    fn memory(&self) -> Option<u64> {
        let status = self.of_proc("status")?;
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
        Some(1024 * line.split_whitespace().next()?.parse::<u64>().ok()?)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks cases of workers, one at a time.
pub struct Driver {
    command: Box<dyn Fn() -> Command>,
    limits: Limits,
    worker: Option<Worker>,
}

impl Driver {
    /// A driver whose workers are started by a command that runs [`work`](super::work).
    pub fn new(limits: Limits, command: impl Fn() -> Command + 'static) -> Driver {
        Driver { command: Box::new(command), limits, worker: None }
    }

    /// Asks a case. Changes that had to be found are put into it.
    pub fn ask(&mut self, case: &mut Case) -> Verdict {
        let worker = match self.worker.take() {
            Some(worker) => Ok(worker),
            None => Worker::start((self.command)()),
        };
        let mut worker = worker.expect("a worker can be started");
        let asked = json!({ "name": case.name, "text": case.text, "sets": case.sets });
        let sent = writeln!(worker.stdin, "{asked}").and_then(|()| worker.stdin.flush());
        let verdict = match sent {
            Ok(()) => listen(&mut worker, case, self.limits),
            Err(e) => fault("abort", "before", format!("the worker is gone: {e}")),
        };
        // After a fault a new one begins afresh, with its memory.
        if !matches!(verdict, Verdict::Fault { .. }) {
            self.worker = Some(worker);
        }
        verdict
    }
}

fn fault(kind: &str, stage: &str, why: String) -> Verdict {
    Verdict::Fault { kind: kind.into(), stage: stage.into(), why }
}

/// Hears a worker out.
fn listen(worker: &mut Worker, case: &mut Case, limits: Limits) -> Verdict {
    let (mut stage, mut begin, mut clock) = ("begin".to_string(), worker.time(), Instant::now());
    loop {
        let allowed = if stage == "check" { limits.check } else { limits.answer };
        let (took, limit) = match (worker.time(), begin) {
            (Some(now), Some(begin)) => (now - begin, allowed),
            _ => (clock.elapsed().as_secs_f64(), WALL * allowed),
        };
        if let Some(memory) = worker.memory().filter(|m| *m > limits.memory) {
            return fault("memory", &stage, format!("{} MB", memory >> 20));
        }
        if took > limit {
            return fault("time", &stage, format!("{took:.1} s, more than {limit} s"));
        }
        let said = match worker.lines.recv_timeout(LOOK) {
            Ok(said) => said,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => {
                let ended = worker.child.wait().map_or_else(|e| e.to_string(), |status| status.to_string());
                return fault("abort", &stage, format!("the process ended: {ended}"));
            }
        };
        let text = |key: &str| said[key].as_str().unwrap_or("").to_string();
        if let Some(name) = said["stage"].as_str() {
            (stage, begin, clock) = (name.to_string(), worker.time(), Instant::now());
        } else if let Some(sets) = said["sets"].as_array() {
            case.sets = sets.iter().filter_map(Value::as_str).map(str::to_string).collect();
        } else {
            return match said["done"].as_str() {
                Some("answered") => Verdict::Answered,
                Some("refused") => Verdict::Refused,
                _ => fault(&text("kind"), &stage, text("why")),
            };
        }
    }
}
