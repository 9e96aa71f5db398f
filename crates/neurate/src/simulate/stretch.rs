//! A stretch of a run that is integrated at once.

use super::method::Outcome;

/// A stretch of time without events.
pub(super) struct Stretch<'t> {
    pub from: f64,
    pub to: f64,
    /// The input at the next event belongs to what follows: a stage that falls on it means this time, just before.
    pub limit: f64,
    /// Recorded times in it, the last of them `to`; or none.
    pub at: &'t [f64],
}

impl Stretch<'_> {
    /// Number of recorded times before its end.
    pub fn inside(&self) -> usize {
        self.at.len().saturating_sub(1)
    }
}

/// What a stretch gave.
pub(super) struct Passed {
    /// States at the recorded times, one after the other; of a run that ran away those before.
    pub recorded: Vec<f64>,
    /// The state at its end.
    pub state: Vec<f64>,
    /// How the run ended within it.
    pub end: Option<Outcome>,
}

/// States ahead of the run.
pub(super) struct Ahead {
    /// The state at the start of the stretch, and the evaluations before.
    pub start: Vec<f64>,
    pub evaluations: u64,
    pub passed: Passed,
    /// Number of recorded times in the stretch, and of those that have been taken.
    pub count: usize,
    pub taken: usize,
}

impl Ahead {
    /// What a checkpoint needs: how many of its states have been taken, and from where to integrate again.
    pub fn memory(&self) -> (u64, u64, &[f64]) {
        (self.taken as u64, self.evaluations, &self.start)
    }
}
