//! The progress line.

use indicatif::{ProgressBar, ProgressStyle};
use neurate::report::Question;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The line that is shown, for an interrupt to clear.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn shown() -> MutexGuard<'static, Option<ProgressBar>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the line off the terminal.
pub fn clear() {
    if let Some(bar) = shown().take() {
        bar.finish_and_clear();
    }
}

/// Says something on standard error without tearing the line.
pub fn aside(words: &str) {
    match &*shown() {
        Some(bar) => bar.suspend(|| anstream::eprintln!("{words}")),
        None => anstream::eprintln!("{words}"),
    }
}

/// The search for fixed points, which comes first, and its cost beside that of questions.
const SEARCH: (&str, f64) = ("fixed_points_search", 10.0);

/// Parts of the whole that the line shows.
const PARTS: f64 = 1000.0;

/// Where the running step lies in the whole, as shares.
#[derive(Clone, Copy)]
struct Step {
    from: f64,
    to: f64,
}

/// A progress line on standard error; silent where that is no terminal, or when asked.
pub struct Progress {
    bar: ProgressBar,
    step: Arc<Mutex<Step>>,
    /// Names and costs of the steps to come, the search for fixed points first.
    plan: Vec<(&'static str, f64)>,
}

impl Progress {
    /// Starts one for the search for fixed points and these questions.
    pub fn new(quiet: bool, questions: &[&'static Question]) -> Progress {
        let mut plan = vec![SEARCH];
        plan.extend(questions.iter().map(|q| (q.name, q.cost)));
        let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new(PARTS as u64) };
        let style = "{spinner} [{bar:24}] {percent:>3} %  {msg}  {elapsed} so far, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style.progress_chars("=> "));
        }
        if !quiet {
            bar.enable_steady_tick(std::time::Duration::from_millis(120));
            *shown() = Some(bar.clone());
        }
        let progress = Progress { bar, step: Arc::new(Mutex::new(Step { from: 0.0, to: 0.0 })), plan };
        progress.begin(SEARCH.0);
        progress
    }

    /// Shows that a step begins.
    pub fn begin(&self, name: &str) {
        let total: f64 = self.plan.iter().map(|s| s.1).sum();
        let before: f64 = self.plan.iter().take_while(|s| s.0 != name).map(|s| s.1).sum();
        let own = self.plan.iter().find(|s| s.0 == name).map_or(0.0, |s| s.1);
        let step = Step { from: before / total, to: (before + own) / total };
        *self.step.lock().unwrap_or_else(PoisonError::into_inner) = step;
        self.bar.set_position((PARTS * step.from).round() as u64);
        self.bar.set_message(match name {
            name if name == SEARCH.0 => "searching fixed points".into(),
            name => name.replace('_', " "),
        });
    }

    /// Shows the share of a computation that is no section, as a count: `12 of 40 cells`.
    pub fn counting(&self, all: usize, what: &'static str) -> neurate::progress::Progress {
        let bar = self.bar.clone();
        neurate::progress::Progress::new(move |share| {
            bar.set_position((PARTS * share).round() as u64);
            bar.set_message(format!("{:.0} of {all} {what}", share * all as f64));
            true
        })
    }

    /// What the library tells how far the running step is.
    pub fn inside(&self) -> neurate::progress::Progress {
        let (bar, step) = (self.bar.clone(), self.step.clone());
        neurate::progress::Progress::new(move |share| {
            let s = *step.lock().unwrap_or_else(PoisonError::into_inner);
            bar.set_position((PARTS * (s.from + share * (s.to - s.from))).round() as u64);
            // Ctrl-C ends the process itself.
            true
        })
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        *shown() = None;
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use neurate::report::question_named;

    #[test]
    fn the_line_never_goes_back() {
        let questions = ["amplification", "noise"].map(|name| question_named(name).expect("a question"));
        let progress = Progress::new(true, &questions);
        let mut last = 0;
        for step in ["amplification", "noise"] {
            progress.begin(step);
            for k in 0..=4 {
                progress.inside().at(k, 4).expect("nobody stops it");
                assert!(progress.bar.position() >= last);
                last = progress.bar.position();
            }
        }
        assert_eq!(last, 1000, "and ends at its end");
    }
}
