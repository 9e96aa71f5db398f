//! Running a sweep: chunks that are missing, on several threads.

use super::shard::Shard;
use super::store::{ChunkState, Store};
use neurate_numerics::error::{Kind, Result};
use neurate_numerics::progress::Progress;
use neurate_numerics::workers;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Chunks that were computed now.
    pub computed: usize,
    /// Chunks that had been finished before.
    pub found: usize,
    /// What was wrong with chunks that had been finished before, and were damaged since: they were computed again.
    pub damaged: Vec<String>,
    /// Whether it was asked to stop before it was through.
    pub stopped: bool,
}

/// Computes the missing chunks of a shard on `threads` threads and writes each when it is through. `progress`
/// hears of the shard's finished cells after every chunk, and at the start; where it stops the run, that ends after the
/// chunks that are under way.
///
/// # Errors
/// The store is shared out in another number of parts ([`Store::share`]); a chunk cannot be written: then no further one is
/// begun.
pub fn run(store: &Store, threads: usize, shard: Shard, progress: &Progress) -> Result<Summary> {
    store.share(shard)?;
    let plan = store.plan();
    let own: Vec<usize> = (0..plan.chunks()).filter(|&k| shard.holds(k)).collect();
    let (mut done, mut missing, mut damaged) = (Vec::new(), Vec::new(), Vec::new());
    for &k in &own {
        match store.state(k)? {
            ChunkState::Finished => done.push(k),
            ChunkState::Missing => missing.push(k),
            ChunkState::Damaged(why) => {
                missing.push(k);
                damaged.push(why);
            }
        }
    }
    let cells = |chunks: &[usize]| chunks.iter().map(|&k| plan.cells_of(k)).sum::<usize>();
    let total = cells(&own);
    let (finished, computed) = (AtomicUsize::new(cells(&done)), AtomicUsize::new(0));
    let chunk = |m: usize| {
        let k = missing[m];
        store.write(k, &plan.compute(k))?;
        computed.fetch_add(1, Ordering::Relaxed);
        progress.at(finished.fetch_add(plan.cells_of(k), Ordering::Relaxed) + plan.cells_of(k), total)
    };
    let ended = progress
        .at(finished.load(Ordering::Relaxed), total)
        .and_then(|()| workers::each(threads, missing.len(), &Progress::default(), chunk));
    let stopped = match ended {
        Ok(_) => false,
        Err(e) if e.kind() == Kind::Stopped => true,
        Err(e) => return Err(e),
    };
    let computed = computed.into_inner();
    store.tidy();
    Ok(Summary { computed, found: done.len(), damaged, stopped: stopped && computed < missing.len() })
}
