//! How far a long computation is: it calls now and then, and knows neither clocks nor threads.

use std::fmt;
use std::sync::Arc;

/// Who is told how far a computation is, as a share from 0 to 1. By default nobody.
///
/// Long computations take one and call [`Progress::at`] in their outer loops, every few milliseconds to
/// seconds.
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<dyn Fn(f64) + Send + Sync>>);

impl Progress {
    /// Tells this function.
    pub fn new(told: impl Fn(f64) + Send + Sync + 'static) -> Progress {
        Progress(Some(Arc::new(told)))
    }
    /// `done` of `all` steps are done.
    pub fn at(&self, done: usize, all: usize) {
        if let Some(told) = &self.0 {
            told(done.min(all) as f64 / all.max(1) as f64);
        }
    }
    /// For a part of the computation, between these shares of the whole.
    pub fn part(&self, from: f64, to: f64) -> Progress {
        match &self.0 {
            None => Progress(None),
            Some(told) => {
                let told = told.clone();
                Progress::new(move |share| told(from + share * (to - from)))
            }
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Progress(told)" } else { "Progress(nobody)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn a_part_is_told_as_a_share_of_the_whole() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let list = told.clone();
        let progress = Progress::new(move |share| list.lock().unwrap().push(share));
        progress.part(0.5, 1.0).part(0.0, 0.5).at(1, 2);
        progress.at(3, 0);
        Progress::default().part(0.0, 1.0).at(1, 2);
        assert_eq!(*told.lock().unwrap(), [0.625, 0.0]);
    }
}
