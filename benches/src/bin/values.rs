//! Structured fuzzing of values for hours: `values --hours 24 --seed N --out FOLDER`, and `values FILE...` to try kept cases again.
//! What it finds is written to the folder as circuit files, with a table of it all at the end.

#[path = "../../../crates/neurate/tests/all/values/mod.rs"]
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};
use values::{Case, Driver, Limits, Verdict, work};

/// The limits of optimized builds.
const LIMITS: Limits = Limits { check: 1.0, answer: 10.0, memory: 1 << 30 };
/// Files of faults that look alike.
const ALIKE: usize = 3;
/// How often it says how far it is.
const SAY: Duration = Duration::from_secs(60);

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match asked() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("values: {e}");
            ExitCode::from(2)
        }
    }
}

/// What the command line asks for. Returns how many faults there were.
fn asked() -> Result<usize, Failure> {
    let (mut hours, mut seed, mut cases) = (24.0, 1, u64::MAX);
    let (mut out, mut files) = (PathBuf::from("target/values"), Vec::new());
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut next = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--worker" => {
                work();
                return Ok(0);
            }
            "--hours" => hours = next()?.parse()?,
            "--seed" => seed = next()?.parse()?,
            "--cases" => cases = next()?.parse()?,
            "--out" => out = next()?.into(),
            option if option.starts_with('-') => return Err(format!("there is no option {option}").into()),
            file => files.push(PathBuf::from(file)),
        }
    }
    let program = std::env::current_exe()?;
    let driver = Driver::new(LIMITS, move || {
        let mut command = Command::new(&program);
        command.arg("--worker");
        command
    });
    if files.is_empty() {
        search(driver, seed, cases, Duration::try_from_secs_f64(3600.0 * hours)?, &out)
    } else {
        again(driver, &files)
    }
}

/// Kept cases, tried again.
fn again(mut driver: Driver, files: &[PathBuf]) -> Result<usize, Failure> {
    let mut faults = 0;
    for file in files {
        let verdict = driver.ask(&mut Case::read(file)?);
        faults += usize::from(matches!(verdict, Verdict::Fault { .. }));
        println!("{}: {verdict:?}", file.display());
    }
    Ok(faults)
}

/// New cases, until the time is over.
fn search(mut driver: Driver, seed: u64, cases: u64, time: Duration, out: &Path) -> Result<usize, Failure> {
    std::fs::create_dir_all(out)?;
    let (begin, mut said) = (Instant::now(), Instant::now());
    let (mut number, mut answered, mut refused) = (0, 0u64, 0u64);
    let mut faults: BTreeMap<String, usize> = BTreeMap::new();
    while begin.elapsed() < time && number < cases {
        let mut case = Case::new(seed, number);
        number += 1;
        match driver.ask(&mut case) {
            Verdict::Answered => answered += 1,
            Verdict::Refused => refused += 1,
            Verdict::Fault { kind, stage, why } => {
                let alike = format!("{kind} in {stage}: {}", without_numbers(&why));
                let count = faults.entry(alike).or_default();
                *count += 1;
                if *count <= ALIKE {
                    let same = |c: &Case| {
                        let again = driver.ask(&mut c.clone());
                        matches!(again, Verdict::Fault { kind: k, stage: s, .. } if k == kind && s == stage)
                    };
                    let case = case.shrunk(same);
                    let path = out.join(format!("{}-{}.toml", kind.replace(' ', "-"), case.name));
                    std::fs::write(&path, case.written(&format!("{kind} in {stage}: {why}")))?;
                    println!("{}: {kind} in {stage}: {why}", path.display());
                }
            }
        }
        if said.elapsed() > SAY {
            said = Instant::now();
            println!(
                "{number} cases, {} faults, {} s",
                faults.values().sum::<usize>(),
                begin.elapsed().as_secs()
            );
        }
    }
    println!("{number} cases of seed {seed}: {answered} answered, {refused} refused");
    faults.iter().for_each(|(what, count)| println!("{count:8} {what}"));
    Ok(faults.values().sum())
}

/// The beginning of a text with its numbers left out: faults that differ in them alone are alike.
fn without_numbers(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    let mut out = String::new();
    for word in line.split_whitespace().take(8) {
        let number = word.trim_matches(|c: char| !c.is_ascii_digit()).parse::<f64>().is_ok();
        out += if number && !word.contains(".rs") { "#" } else { word };
        out.push(' ');
    }
    out.trim_end().to_string()
}
