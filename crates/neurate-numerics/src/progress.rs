//! How far a long computation is, and how it is stopped. It calls now and then, and knows neither clocks nor threads.

use crate::error::{Error, Result};
use std::fmt;
use std::sync::Arc;

/// Hears how far a computation is, as a share from 0 to 1, and answers whether it goes on.
type Listener = dyn Fn(f64) -> bool + Send + Sync;

/// Who listens to a computation. By default nobody, and it runs to its end.
///
/// Long computations take one and call [`Progress::at`] in their outer loops, every few milliseconds to
/// seconds. Whoever listens may answer "stop": the call is then an error, which ends the computation.
///
/// ```
/// use neurate_numerics::{error::Kind, progress::Progress};
/// let patient = Progress::new(|share| share < 0.5);
/// assert!(patient.at(4, 10).is_ok());
/// assert_eq!(patient.at(5, 10).unwrap_err().kind(), Kind::Stopped);
/// ```
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<Listener>>);

impl Progress {
    /// Reports to this function, from any thread; the computation ends where it answers false.
    #[must_use]
    pub fn new(listener: impl Fn(f64) -> bool + Send + Sync + 'static) -> Progress {
        Progress(Some(Arc::new(listener)))
    }

    /// `done` of `all` steps are done.
    ///
    /// # Errors
    /// [`Kind::Stopped`](crate::error::Kind::Stopped): the listener wants it to stop.
    pub fn at(&self, done: usize, all: usize) -> Result<()> {
        match &self.0 {
            Some(listener) if !listener(done.min(all) as f64 / all.max(1) as f64) => Err(Error::stopped()),
            _ => Ok(()),
        }
    }

    /// For a part of the computation, between these shares of the whole.
    #[must_use]
    pub fn part(&self, from: f64, to: f64) -> Progress {
        match self.0.clone() {
            None => Progress(None),
            Some(listener) => Progress::new(move |share| listener(from + share * (to - from))),
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Progress(listener)" } else { "Progress(nobody)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use std::sync::Mutex;

    #[test]
    fn a_part_reports_its_share_of_the_whole() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let list = heard.clone();
        let progress = Progress::new(move |share| {
            list.lock().unwrap().push(share);
            share < 0.6
        });
        progress.part(0.5, 1.0).part(0.0, 0.5).at(1, 4).unwrap();
        assert_eq!(progress.at(3, 2).unwrap_err().kind(), Kind::Stopped);
        Progress::default().part(0.0, 1.0).at(1, 2).unwrap();
        assert_eq!(*heard.lock().unwrap(), [0.5625, 1.0]);
    }
}
