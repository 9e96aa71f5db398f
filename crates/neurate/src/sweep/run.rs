//! Running a sweep: chunks that are missing, on several threads.

use super::store::{ChunkState, Store};
use neurate_numerics::error::{Error, Kind, Result};
use neurate_numerics::progress::Progress;
use neurate_numerics::workers;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A part of a sweep: every `count`-th chunk from the `index`-th on, counted from 1. `3/64` is the third of 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    pub index: usize,
    /// Of how many.
    pub count: usize,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Shard = Shard { index: 1, count: 1 };

    /// Reads `3/64`.
    ///
    /// # Errors
    /// Not two whole numbers, the first from 1 to the second.
    pub fn parse(text: &str) -> Result<Shard> {
        let parts =
            text.split_once('/').and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
        match parts {
            Some((index, count)) if (1..=count).contains(&index) => Ok(Shard { index, count }),
            _ => Err(Error::invalid(format!("\"{text}\" is no shard"))
                .with_help("write K/N with K from 1 to N, such as 3/64: the third of 64 parts")),
        }
    }

    /// Whether chunk `k` is of this part.
    pub fn holds(self, k: usize) -> bool {
        k % self.count == self.index - 1
    }
}

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
/// A chunk cannot be written: then no further one is begun.
pub fn run(store: &Store, threads: usize, shard: Shard, progress: &Progress) -> Result<Summary> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_share_all_chunks() {
        let shards: Vec<Shard> = (1..=3).map(|i| Shard::parse(&format!("{i}/3")).unwrap()).collect();
        for k in 0..20 {
            assert_eq!(shards.iter().filter(|s| s.holds(k)).count(), 1);
        }
        for bad in ["0/3", "4/3", "3", "a/b", "1/0", "-1/2"] {
            assert!(Shard::parse(bad).is_err(), "{bad}");
        }
    }
}
