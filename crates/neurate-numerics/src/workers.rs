//! Work shared out to threads, in one place. Results never depend on how many there are. Threads are started for a piece
//! of work and end with it: no pool, nothing that spins. Without the feature `threads` everything runs on the caller's.

use crate::error::Result;
use crate::progress::Progress;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

/// Threads for each core, beyond which more only take memory.
const MOST_A_CORE: usize = 16;

/// As many threads of those that were asked for as are of use.
fn useful(threads: usize) -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    let cores = CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZeroUsize::get));
    threads.min(cores.saturating_mul(MOST_A_CORE))
}

/// Calls `work` for every `k` below `count`, on up to `threads` threads, the caller's among them, and gives the results in
/// their order. `progress` hears of pieces that are done, from any thread.
///
/// A system that refuses a thread is asked for no more: the work is done by those that there are.
///
/// # Errors
/// The first error that a piece gives, or that `progress` stopped it: then no further piece is begun.
pub fn each<T: Send>(
    threads: usize,
    count: usize,
    progress: &Progress,
    work: impl Fn(usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let (next, done, stop) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let results = Mutex::new(Vec::with_capacity(count));
    let failure = Mutex::new(None);
    let one = |k: usize| -> Result<()> {
        let result = work(k)?;
        results.lock().expect("no thread panics while it holds the lock").push((k, result));
        progress.at(done.fetch_add(1, Ordering::Relaxed) + 1, count)
    };
    let run = || {
        while !stop.load(Ordering::Relaxed) {
            let k = next.fetch_add(1, Ordering::Relaxed);
            if k >= count {
                return;
            }
            if let Err(e) = one(k) {
                failure.lock().expect("no thread panics while it holds the lock").get_or_insert(e);
                stop.store(true, Ordering::Relaxed);
            }
        }
    };
    progress.at(0, count)?;
    let others = if cfg!(feature = "threads") { useful(threads).clamp(1, count.max(1)) - 1 } else { 0 };
    std::thread::scope(|scope| {
        for _ in 0..others {
            if std::thread::Builder::new().spawn_scoped(scope, run).is_err() {
                break;
            }
        }
        run();
    });
    if let Some(e) = failure.into_inner().expect("all threads are through") {
        return Err(e);
    }
    let mut results = results.into_inner().expect("all threads are through");
    results.sort_by_key(|(k, _)| *k);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// Calls `work` for ranges of rows and their part of `out`, each on a thread of its own, up to `threads` of them. What a
/// system that refuses a thread leaves is done by the caller's.
pub fn rows(threads: usize, out: &mut [f64], work: impl Fn(Range<usize>, &mut [f64]) + Sync) {
    if threads <= 1 || !cfg!(feature = "threads") {
        return work(0..out.len(), out);
    }
    let share = out.len().div_ceil(useful(threads)).max(1);
    let count = out.len().div_ceil(share);
    let parts = Mutex::new(out.chunks_mut(share).enumerate());
    let next = || parts.lock().expect("no thread panics while it holds the lock").next();
    let run = || {
        while let Some((k, part)) = next() {
            work(k * share..k * share + part.len(), part);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..count {
            if std::thread::Builder::new().spawn_scoped(scope, run).is_err() {
                break;
            }
        }
        run();
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Kind};

    #[test]
    fn results_stand_in_order_on_any_number_of_threads() {
        for threads in [0, 1, 2, 7] {
            let squares = each(threads, 20, &Progress::default(), |k| Ok(k * k)).unwrap();
            assert_eq!(squares, (0..20).map(|k| k * k).collect::<Vec<_>>());
        }
        assert!(each(3, 0, &Progress::default(), |_| Ok(())).unwrap().is_empty());
    }

    #[test]
    fn it_ends_at_the_first_error_and_when_it_is_stopped() {
        let done = AtomicUsize::new(0);
        let work = |k: usize| {
            done.fetch_add(1, Ordering::Relaxed);
            if k == 3 { Err(Error::invalid("three")) } else { Ok(()) }
        };
        assert_eq!(each(2, 1000, &Progress::default(), work).unwrap_err().message(), "three");
        assert!(done.load(Ordering::Relaxed) < 10);
        let stopped = each(1, 10, &Progress::new(|share| share < 0.45), Ok).unwrap_err();
        assert_eq!(stopped.kind(), Kind::Stopped);
    }

    #[test]
    fn rows_are_shared_out() {
        for threads in [0, 1, 3, 10, 1_000_000] {
            let mut out = vec![0.0; 10];
            rows(threads, &mut out, |range, part| {
                part.iter_mut().zip(range).for_each(|(o, i)| *o = i as f64)
            });
            assert_eq!(out, (0..10).map(f64::from).collect::<Vec<_>>());
        }
        rows(4, &mut [], |_, _| panic!("there is nothing to do"));
    }
}
