//! The QR iteration: a Hessenberg matrix to real Schur form.
//!
//! The small-bulge multishift QR algorithm with aggressive early deflation of Braman, Byers &
//! Mathias (SIAM J. Matrix Anal. Appl. 23, 929 and 948, 2002), the method of LAPACK's `dlaqr0` to
//! `dlaqr5`; small problems by the double-shift iteration. Written anew here.
//!
//! Conventions: ranges are half-open; the orthogonal factor is held transposed (`qt`: row j is
//! Schur vector j), so that every update runs along rows in memory.

use super::double_shift::{
    Reflection, SMALL_SIZE, Shifts, double_shift, nearer, negligible, shift_column, shifts_of,
    step_reflection,
};
use super::early_deflation::{early_deflation, shifts_in};
use super::matrix::Matrix;
use super::window::{carry, vectorized, window};
use std::ops::Range;

/// Bulges that move through one window together: within windows of many, windows of few. The step by step
/// work is done in the innermost, which fits the fastest cache.
const GROUPS: [usize; 2] = [8, 32];

/// The chain of bulges that one sweep chases through rows and columns `lo..hi` of a Hessenberg matrix.
struct Chain<'a> {
    shifts: &'a [Shifts],
    lo: usize,
    hi: usize,
    /// The next step of each bulge: step 0 creates it, step k clears column `lo + k - 1`.
    at: Vec<usize>,
}

impl Chain<'_> {
    fn steps(&self) -> usize {
        self.hi - self.lo - 1
    }

    /// Moves `bulges` to their `goals` in `h`, whose first row is row `first` of the whole matrix; what is
    /// outside of a window changes within `reach`. Windows of `groups`, the last first.
    fn advance(
        &mut self,
        h: &mut Matrix,
        qt: &mut Matrix,
        first: usize,
        reach: Range<usize>,
        bulges: Range<usize>,
        goals: &[usize],
        groups: &[usize],
    ) {
        let Some((&size, inner)) = groups.split_last() else {
            vectorized(Steps { chain: self, h, ut: qt, first, bulges, goals });
            return;
        };
        for from in bulges.clone().step_by(size) {
            let group = from..(from + size).min(bulges.end);
            let offset = bulges.start;
            while let Some(leader) = group.clone().find(|&b| self.at[b] < goals[b - offset]) {
                let near = self.near_goals(leader, &group, &goals[group.start - offset..group.end - offset]);
                // What the moving ones touch.
                let start = self.lo + self.at[group.end - 1].saturating_sub(1);
                let end = self.hi.min(self.lo + near[leader - group.start] + 3);
                let mut w = window(h, start - first..end - first);
                let mut u = Matrix::identity(end - start);
                let all = 0..w.rows();
                self.advance(&mut w, &mut u, start, all, group.clone(), &near, inner);
                carry(h, qt, start - first, &w, &u, reach.clone());
            }
        }
    }

    /// How far the bulges of a group go in the next window: the leader by the length of the chain, the others
    /// three rows behind one another.
    fn near_goals(&self, leader: usize, group: &Range<usize>, goals: &[usize]) -> Vec<usize> {
        let stride = (3 * group.len()).max(8);
        let farthest = self.at[leader] + stride;
        let mut ahead = usize::MAX;
        group
            .clone()
            .zip(goals)
            .map(|(b, &goal)| {
                let near = goal.min(farthest).min(ahead.saturating_sub(3)).max(self.at[b]);
                ahead = if near >= self.steps() { usize::MAX } else { near };
                near
            })
            .collect()
    }
}

/// The steps themselves, within one window `h` and its factor `ut`.
struct Steps<'a, 'b> {
    chain: &'a mut Chain<'b>,
    h: &'a mut Matrix,
    ut: &'a mut Matrix,
    first: usize,
    bulges: Range<usize>,
    goals: &'a [usize],
}

impl pulp::NullaryFnOnce for Steps<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let Steps { chain, h, ut, first, bulges, goals } = self;
        let n = h.rows();
        for (b, &goal) in bulges.zip(goals) {
            for step in chain.at[b]..goal {
                let len = 3.min(chain.steps() + 1 - step);
                let k = chain.lo + step - first;
                let r = if step == 0 {
                    Reflection::new(shift_column(h, k, chain.shifts[b]), len)
                } else {
                    step_reflection(h, k - 1, len)
                };
                r.on_rows(h, k, k..n);
                r.on_columns(h, k, 0..(k + 4).min(n));
                r.on_rows(ut, k, 0..ut.cols());
            }
            chain.at[b] = goal;
        }
    }
}

/// Chases the bulges of `shifts` through `h[lo..hi, lo..hi]`.
fn sweep(h: &mut Matrix, qt: &mut Matrix, active: Range<usize>, reach: Range<usize>, shifts: &[Shifts]) {
    let mut chain = Chain { shifts, lo: active.start, hi: active.end, at: vec![0; shifts.len()] };
    let goals = vec![chain.steps(); shifts.len()];
    chain.advance(h, qt, 0, reach, 0..shifts.len(), &goals, &GROUPS);
}

/// Shifts per sweep and size of the deflation window for a block of size `n` (LAPACK's `iparmq`).
fn tuning(n: usize) -> (usize, usize) {
    let shifts = match n {
        0..30 => 2,
        30..60 => 4,
        60..150 => 10,
        150..590 => ((n as f64 / (n as f64).log2()) as usize).max(10),
        590..3000 => 64,
        _ => 128,
    };
    let shifts = shifts / 2 * 2;
    (shifts, if n <= 500 { shifts } else { 3 * shifts / 2 })
}

/// Brings the Hessenberg matrix `h` to real Schur form and `qt` along with it. Returns 0 when
/// done, otherwise the index from which on the form is reached.
///
/// With `whole` false only the diagonal blocks of the result are right: eigenvalues need no more, and
/// the work is less than half.
///
/// The largest entry of `h` should be near 1 (thresholds near underflow are absolute).
pub(super) fn iterate(h: &mut Matrix, qt: &mut Matrix, whole: bool) -> usize {
    let n = h.rows();
    if n <= SMALL_SIZE {
        return double_shift(h, qt, whole);
    }
    let mut hi = n;
    let mut stalled = 0usize;
    let mut size = 0;
    for _ in 0..30 * n {
        for i in 1..hi {
            if h[(i, i - 1)] != 0.0 && negligible(h, i) {
                h[(i, i - 1)] = 0.0;
            }
        }
        while hi > 0 && (hi == 1 || h[(hi - 1, hi - 2)] == 0.0) {
            hi -= 1;
        }
        if hi == 0 {
            return 0;
        }
        let lo = (1..hi).rev().find(|&i| h[(i, i - 1)] == 0.0).unwrap_or(0);
        let active = hi - lo;
        let reach = if whole { 0..n } else { lo..hi };
        let (wanted, deflation) = tuning(active);
        size = if active <= SMALL_SIZE {
            active
        } else if stalled < 5 {
            deflation.min(active)
        } else {
            (2 * size).min(active / 2)
        };
        let top = hi - size;
        if top > lo + 1 && h[(top, top - 1)].abs() > h[(top - 1, top - 2)].abs() {
            size += 1;
        }
        let (mut shifts, converged) = early_deflation(h, qt, lo..hi, reach.clone(), size, iterate);
        hi -= converged;
        if converged > 0 {
            stalled = 0;
        }
        if hi <= lo || (converged > 0 && (100 * converged > 14 * size || hi - lo <= SMALL_SIZE)) {
            continue;
        }
        stalled += 1;
        let last = hi - 1;
        if stalled.is_multiple_of(6) {
            shifts.clear();
            let mut i = last;
            while i >= lo + 2 && shifts.len() < wanted / 2 {
                let s = h[(i, i - 1)].abs() + h[(i - 1, i - 2)].abs();
                let d = 0.75 * s + h[(i, i)];
                shifts.push(shifts_of(d, s, -0.4375 * s, d));
                i -= 2;
            }
        } else if shifts.len() <= wanted / 4 {
            let k = wanted.min(hi - lo);
            let mut w = window(h, hi - k..hi);
            let mut none = Matrix::zeros(k, 0);
            let unsettled = double_shift(&mut w, &mut none, false);
            shifts = shifts_in(&w, unsettled, k);
        }
        if shifts.is_empty() {
            shifts.push(shifts_of(
                h[(last - 1, last - 1)],
                h[(last - 1, last)],
                h[(last, last - 1)],
                h[(last, last)],
            ));
        }
        let most = (wanted / 2).min(((hi - lo) / 6).max(1));
        if shifts.len() > most {
            shifts.drain(..shifts.len() - most);
        }
        if let [only] = &mut shifts[..] {
            *only = nearer(*only, h[(last, last)]);
        }
        sweep(h, qt, lo..hi, reach, &shifts);
    }
    hi
}
