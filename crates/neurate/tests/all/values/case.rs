//! One circuit and its changes: as a file that is a circuit and can be replayed.

use super::change::changes;
use super::circuits::{Base, known, random};
use super::dice::Dice;
use neurate::file;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Marks a line of a kept file that is a change.
const SET: &str = "#: set ";
/// Of every three cases, so many are of random circuits; the others are of known ones.
const RANDOM_OF_THREE: usize = 2;

/// A circuit file's text, and the changes made to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Where it comes from.
    pub name: String,
    /// The circuit.
    pub text: String,
    /// The changes, as `--set` takes them.
    pub sets: Vec<String>,
}

impl Case {
    /// Case `number` of a seed.
    pub fn new(seed: u64, number: u64) -> Case {
        let mut dice = Dice::new(seed, number);
        let base = if dice.below(3) < RANDOM_OF_THREE {
            random(&mut dice)
        } else {
            let mut all = known();
            let k = dice.below(all.len());
            all.swap_remove(k)
        };
        let Base { name, text } = base;
        // An unchanged circuit that is none is a mistake of the generator, or a random circuit that is rightly refused.
        let settings = catch_unwind(AssertUnwindSafe(|| {
            file::parse(&text, &name, ".".as_ref(), &[]).and_then(|spec| spec.addresses())
        }));
        let sets = match settings {
            Ok(Ok(settings)) => changes(&mut dice, &settings),
            _ => Vec::new(),
        };
        Case { name: format!("{name}-{seed}-{number}"), text, sets }
    }

    /// The case of a kept file: a circuit, with its changes in comments.
    pub fn read(path: &Path) -> std::io::Result<Case> {
        let all = std::fs::read_to_string(path)?;
        let sets = all.lines().filter_map(|l| l.strip_prefix(SET)).map(str::to_string).collect();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = all.lines().filter(|l| !l.starts_with('#')).map(|l| format!("{l}\n")).collect();
        Ok(Case { name, text, sets })
    }

    /// As a file that [`Case::read`] reads; `why` says what is wrong with it.
    pub fn written(&self, why: &str) -> String {
        let why: String = why.lines().take(3).map(|l| format!("# {l}\n")).collect();
        let sets: String = self.sets.iter().map(|s| format!("{SET}{s}\n")).collect();
        let text: String =
            self.text.lines().filter(|l| !l.starts_with('#')).map(|l| format!("{l}\n")).collect();
        format!("{why}{sets}{text}")
    }

    /// The same with fewer changes, as long as `fails` holds of it.
    pub fn shrunk(mut self, mut fails: impl FnMut(&Case) -> bool) -> Case {
        let mut k = 0;
        while k < self.sets.len() {
            let mut fewer = self.clone();
            fewer.sets.remove(k);
            if fails(&fewer) {
                self = fewer;
            } else {
                k += 1;
            }
        }
        self
    }
}
