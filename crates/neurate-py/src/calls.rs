//! How Python waits for the library: without its lock, looking for Ctrl-C, telling how far it is.

use crate::error::raise;
use neurate::progress::Progress;
use pyo3::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Stack of a computation's thread: what the main thread has.
const STACK: usize = 8 << 20;
/// Between two looks at signals, and two reports of progress.
const LOOK: Duration = Duration::from_millis(40);

/// Runs `work` without the interpreter's lock, so that other threads go on.
///
/// It has a thread of its own: Ctrl-C returns at once, whatever the computation does. It is stopped where it next
/// reports its progress, and what it would have given is dropped.
pub fn free<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce() -> neurate::Result<T> + Send + 'static,
) -> PyResult<T> {
    watched(py, |_, _| Ok(()), move |_| work())
}

/// [`free`] for work that reports its progress: `listener` hears the share that is done now and then, and when all is; it
/// may raise to stop the work. It is called on Python's own thread.
pub fn watched<T: Send + 'static>(
    py: Python<'_>,
    mut listener: impl FnMut(Python<'_>, f64) -> PyResult<()>,
    work: impl FnOnce(Progress) -> neurate::Result<T> + Send + 'static,
) -> PyResult<T> {
    let (stop, share) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let (stopped, reported) = (stop.clone(), share.clone());
    let progress = Progress::new(move |share| {
        reported.store(share.to_bits(), Ordering::Relaxed);
        !stopped.load(Ordering::Relaxed)
    });
    let (sender, receiver) = channel();
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        // Nobody listens any more after Ctrl-C.
        let _ = sender.send(work(progress));
    });
    let worker = match worker {
        Ok(worker) => worker,
        Err(e) => return Err(raise(neurate::Error::io(format!("the system gives no thread: {e}")))),
    };
    let receiver = std::sync::Mutex::new(receiver);
    loop {
        let answer = py.detach(|| receiver.lock().expect("one thread waits").recv_timeout(LOOK));
        let mut look = || -> PyResult<()> {
            py.check_signals()?;
            listener(py, f64::from_bits(share.load(Ordering::Relaxed)))
        };
        match answer {
            Ok(result) => {
                look()?;
                return result.map_err(raise);
            }
            Err(RecvTimeoutError::Timeout) => look().inspect_err(|_| stop.store(true, Ordering::Relaxed))?,
            Err(RecvTimeoutError::Disconnected) => {
                // The computation broke off: a mistake of ours, with its own words.
                return match worker.join() {
                    Err(panic) => std::panic::resume_unwind(panic),
                    Ok(()) => Err(raise(neurate::Error::io("the computation gave no answer"))),
                };
            }
        }
    }
}

/// A listener that calls a Python function, if there is one, with the share of what is done.
pub fn share_to(progress: Option<Py<PyAny>>) -> impl FnMut(Python<'_>, f64) -> PyResult<()> {
    rising(move |py, share| progress.as_ref().map_or(Ok(()), |p| p.call1(py, (share,)).map(|_| ())))
}

/// A listener that calls a Python function, if there is one, with what is done, and of how many: `all`, once that is known
/// (not 0).
pub fn counts_to(
    progress: Option<Py<PyAny>>,
    all: Arc<AtomicUsize>,
) -> impl FnMut(Python<'_>, f64) -> PyResult<()> {
    rising(move |py, share| {
        let of = all.load(Ordering::Relaxed);
        match &progress {
            Some(p) if of > 0 => p.call1(py, ((share * of as f64).round() as usize, of)).map(|_| ()),
            _ => Ok(()),
        }
    })
}

/// A listener that hears of every share once.
fn rising(
    mut listener: impl FnMut(Python<'_>, f64) -> PyResult<()>,
) -> impl FnMut(Python<'_>, f64) -> PyResult<()> {
    let mut last = -1.0;
    move |py, share| {
        if share <= last {
            return Ok(());
        }
        last = share;
        listener(py, share)
    }
}
