//! Sorting the diagonal blocks of a Schur form by swaps of neighbors, in windows: few blocks are sorted at a
//! time, and the rest of the form follows by matrix products (after Kressner, ACM Trans. Math. Softw. 32, 521,
//! 2006).

use super::matrix::Mat;
use super::window::{carry, window};
use crate::error::Result;
use faer::traits::ComplexField;

/// Half of the blocks of a window.
const HALF: usize = 16;

/// A diagonal block: the place where it belongs among all, and its size.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub(super) rank: usize,
    pub(super) size: usize,
}

/// Sorts `blocks`, all the diagonal blocks of `t`, by rank. `swap(t, qt, row, n1, n2)` swaps the two neighbors
/// of these sizes that start at `row`. No more swaps than an insertion sort makes.
pub(super) fn sort<T: ComplexField + Copy>(
    t: &mut Mat<T>,
    qt: &mut Mat<T>,
    blocks: &mut [Block],
    identity: impl Fn(usize) -> Mat<T>,
    swap: impl Fn(&mut Mat<T>, &mut Mat<T>, usize, usize, usize) -> Result<()>,
) -> Result<()> {
    if blocks.len() <= 2 * HALF {
        return insert(t, qt, blocks, &swap);
    }
    // Odd-even merging: windows that share halves with those of the round before.
    let mut offset = 0;
    let mut quiet = 0;
    while quiet < 2 {
        quiet += 1;
        let mut start: usize = blocks[..offset].iter().map(|b| b.size).sum();
        for group in blocks[offset..].chunks_mut(2 * HALF) {
            let rows: usize = group.iter().map(|b| b.size).sum();
            if !group.is_sorted_by_key(|b| b.rank) {
                quiet = 0;
                let mut w = window(t, start..start + rows);
                let mut u = identity(rows);
                insert(&mut w, &mut u, group, &swap)?;
                let all = 0..t.cols();
                carry(t, qt, start, &w, &u, all);
            }
            start += rows;
        }
        offset = HALF - offset;
    }
    Ok(())
}

fn insert<T: ComplexField + Copy>(
    t: &mut Mat<T>,
    qt: &mut Mat<T>,
    blocks: &mut [Block],
    swap: &impl Fn(&mut Mat<T>, &mut Mat<T>, usize, usize, usize) -> Result<()>,
) -> Result<()> {
    for sorted in 1..blocks.len() {
        let mut row = blocks[..sorted].iter().map(|b| b.size).sum();
        for at in (1..=sorted).rev() {
            let (n1, n2) = (blocks[at - 1].size, blocks[at].size);
            if blocks[at - 1].rank < blocks[at].rank {
                break;
            }
            row -= n1;
            swap(t, qt, row, n1, n2)?;
            blocks.swap(at - 1, at);
        }
    }
    Ok(())
}
