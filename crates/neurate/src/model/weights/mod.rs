//! Weights between units, and their product with the rates: each structure has a product of its own.

mod blocks;
mod circulant;
mod connections;

mod low_rank;
mod piece;
mod rows;
mod signs;
mod single;
mod sparse;
mod structure;
mod threads;

pub use blocks::Blocks;
pub use circulant::Circulant;
pub use connections::Connections;

pub use low_rank::LowRank;
pub use signs::{Senders, Signs};
pub use single::Single;
pub use sparse::Sparse;

use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{Matrix, add_mul_vec};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use structure::Structure;

/// Weights `W[to, from]`, cheap to copy: large ones are shared. With `n` units, a product `W r` costs:
///
/// | structure | operations | memory |
/// |---|---|---|
/// | dense | `n^2` | `8 n^2`; in single precision `4 n^2` |
/// | sparse | entries | 10 bytes an entry; in single precision 6 |
/// | blocks of `p` populations | `n + p^2` | `8 p^2` |
/// | low rank `k` | `2 k n` | `16 k n` |
/// | circulant, `t` types of unit at each place | `n (log n + t)` | `16 t n` |
/// | sum | that of its parts | that of its parts |
#[derive(Clone, Debug, PartialEq)]
pub enum Weights {
    /// A square matrix.
    Dense(Arc<Matrix>),
    /// A square matrix in single precision: what a run makes of a dense one if asked.
    Single(Arc<Single>),
    /// A sparse square matrix.
    Sparse(Arc<Sparse>),
    /// One weight for each pair of populations.
    Blocks(Blocks),
    /// `U V^T` with few columns.
    LowRank(LowRank),
    /// Weights on a ring or a torus that depend on the distance only.
    Circulant(Circulant),
    /// The sum of several, made by [`Weights::sum`].
    Sum(Vec<Weights>),
}

impl Structure for Vec<Weights> {
    fn n(&self) -> usize {
        self.first().map_or(0, Weights::n)
    }
    fn add_product(&self, r: &[f64], out: &mut [f64]) {
        self.iter().for_each(|part| part.structure().add_product(r, out));
    }
    fn add_products(&self, r: &[f64], lanes: usize, out: &mut [f64]) {
        self.iter().for_each(|part| part.structure().add_products(r, lanes, out));
    }
    fn for_each(&self, f: &mut dyn FnMut(usize, usize, f64)) {
        self.iter().for_each(|part| part.structure().for_each(f));
    }
    fn representatives(&self, groups: &[Range<usize>], f: &mut dyn FnMut(usize, usize, f64)) {
        self.iter().for_each(|part| part.structure().representatives(groups, f));
    }
    fn nonzeros(&self) -> u64 {
        self.iter().map(|part| part.structure().nonzeros()).sum()
    }
    fn memory(&self) -> usize {
        self.iter().map(Weights::memory).sum()
    }
    fn in_large_pages(&self) {
        self.iter().for_each(Weights::in_large_pages);
    }
}

impl From<Matrix> for Weights {
    fn from(w: Matrix) -> Weights {
        Weights::Dense(Arc::new(w))
    }
}

impl From<Sparse> for Weights {
    fn from(w: Sparse) -> Weights {
        Weights::Sparse(Arc::new(w))
    }
}

impl Weights {
    fn structure(&self) -> &dyn Structure {
        match self {
            Weights::Dense(w) => &**w,
            Weights::Single(w) => &**w,
            Weights::Sparse(w) => &**w,
            Weights::Blocks(w) => w,
            Weights::LowRank(w) => w,
            Weights::Circulant(w) => w,
            Weights::Sum(parts) => parts,
        }
    }
    /// The sum of weights between the same units. Sums among them are opened up; one alone stays what it is.
    ///
    /// # Errors
    /// None at all, or different numbers of units.
    pub fn sum(parts: Vec<Weights>) -> Result<Weights> {
        let mut all = Vec::new();
        for part in parts {
            match part {
                Weights::Sum(parts) => all.extend(parts),
                part => all.push(part),
            }
        }
        let Some(first) = all.first() else { return Err(Error::invalid("a sum of weights needs parts")) };
        if let Some(other) = all.iter().find(|part| part.n() != first.n()) {
            let (a, b) = (first.n(), other.n());
            return Err(Error::invalid(format!("weights between {a} and between {b} units cannot be added")));
        }
        Ok(if all.len() == 1 { all.swap_remove(0) } else { Weights::Sum(all) })
    }
    /// Number of units.
    pub fn n(&self) -> usize {
        self.structure().n()
    }
    /// `out = W r`.
    pub fn apply(&self, r: &[f64], out: &mut [f64]) {
        assert_eq!((r.len(), out.len()), (self.n(), self.n()), "one rate per unit");
        out.fill(0.0);
        self.structure().add_product(r, out);
    }
    /// [`Weights::apply`] on up to `threads` threads: the same bits for any number of them, as each unit's sum is
    /// one thread's. Dense and sparse weights are shared out from 2,097,152 entries on; below, starting a thread
    /// takes longer than it saves. Without the feature `threads` there is one.
    pub fn apply_on(&self, threads: usize, r: &[f64], out: &mut [f64]) {
        assert_eq!((r.len(), out.len()), (self.n(), self.n()), "one rate per unit");
        out.fill(0.0);
        let parts = if let Weights::Sum(parts) = self { &parts[..] } else { std::slice::from_ref(self) };
        for part in parts {
            match part {
                Weights::Dense(w) => threads::share_rows(threads, w.data().len(), out, |rows, out| {
                    add_mul_vec(&w.data()[rows.start * r.len()..rows.end * r.len()], r, out);
                }),
                Weights::Single(w) => threads::share_rows(threads, r.len() * r.len(), out, |rows, out| {
                    add_mul_vec(w.rows(rows), r, out);
                }),
                Weights::Sparse(w) => {
                    threads::share_rows(threads, w.entries(), out, |rows, out| {
                        w.add_rows(rows.start, r, out)
                    });
                }
                part => part.structure().add_product(r, out),
            }
        }
    }
    /// Some rows of the product: `out = (W r)[rows]`, computed alone where the structure allows.
    ///
    /// # Panics
    /// The sizes do not fit.
    pub fn apply_rows(&self, threads: usize, rows: Range<usize>, r: &[f64], out: &mut [f64]) {
        assert_eq!((r.len(), out.len()), (self.n(), rows.len()), "one rate per unit, one value per row");
        if rows.len() == self.n() {
            return self.apply_on(threads, r, out);
        }
        out.fill(0.0);
        let parts = if let Weights::Sum(parts) = self { &parts[..] } else { std::slice::from_ref(self) };
        for part in parts {
            match part {
                Weights::Dense(w) => {
                    add_mul_vec(&w.data()[rows.start * r.len()..rows.end * r.len()], r, out);
                }
                Weights::Single(w) => add_mul_vec(w.rows(rows.clone()), r, out),
                Weights::Sparse(w) => w.add_rows(rows.start, r, out),
                part => {
                    let mut all = vec![0.0; r.len()];
                    part.structure().add_product(r, &mut all);
                    out.iter_mut().zip(&all[rows.clone()]).for_each(|(o, x)| *o += x);
                }
            }
        }
    }
    /// `OUT = W R` for `lanes` vectors of rates side by side: unit `j` of vector `e` is `r[j * lanes + e]`, so
    /// that what the vectors need of one unit lies together. Several vectors cost little more than one.
    pub fn apply_many(&self, r: &[f64], lanes: usize, out: &mut [f64]) {
        out.fill(0.0);
        self.add_many(r, lanes, out);
    }
    /// `OUT += W R`; see [`Weights::apply_many`].
    pub fn add_many(&self, r: &[f64], lanes: usize, out: &mut [f64]) {
        let size = self.n() * lanes;
        assert_eq!((r.len(), out.len()), (size, size), "one rate per unit and vector");
        if lanes == 1 {
            self.structure().add_product(r, out);
        } else if lanes > 0 {
            self.structure().add_products(r, lanes, out);
        }
    }
    /// The same with all dense and sparse matrices in single precision.
    #[must_use]
    pub fn single(&self) -> Weights {
        match self {
            Weights::Dense(w) => Weights::Single(Arc::new(Single::new(w))),
            Weights::Sparse(w) => w.single().into(),
            Weights::Sum(parts) => Weights::Sum(parts.iter().map(Weights::single).collect()),
            other => other.clone(),
        }
    }
    /// As a dense matrix, copied.
    pub fn to_dense(&self) -> Matrix {
        self.dense().into_owned()
    }
    /// As a dense matrix; a copy only if they are not dense already.
    pub fn dense(&self) -> Cow<'_, Matrix> {
        if let Weights::Dense(w) = self {
            return Cow::Borrowed(w);
        }
        let mut m = Matrix::zeros(self.n(), self.n());
        self.for_each(|i, j, w| m[(i, j)] += w);
        Cow::Owned(m)
    }
    /// Visits every stored weight: to, from, value. A sum's parts come one after the other, and their weights
    /// between the same two units add up.
    pub fn for_each(&self, mut f: impl FnMut(usize, usize, f64)) {
        self.structure().for_each(&mut f);
    }
    /// The mean total weight that a unit of each of the `groups` (row) gets from each (column); the groups are all units.
    pub fn mean_totals(&self, groups: &[Range<usize>]) -> Matrix {
        let p = groups.len();
        if let Weights::Blocks(b) = self
            && b.weights().rows() == p
            && (0..p).all(|k| b.range(k) == groups[k])
        {
            return Matrix::from_fn(p, p, |x, y| b.weights()[(x, y)] * groups[y].len() as f64);
        }
        let group = |unit: usize| groups.partition_point(|g| g.end <= unit);
        let mut sums = Matrix::zeros(p, p);
        self.for_each(|to, from, w| sums[(group(to), group(from))] += w);
        Matrix::from_fn(p, p, |x, y| sums[(x, y)] / groups[x].len() as f64)
    }
    /// Visits some of the weights: of those from each of the `groups` of units to each, every value once or
    /// more often. Where the structure says that many are equal, that is soon done.
    pub fn representatives(&self, groups: &[Range<usize>], mut f: impl FnMut(usize, usize, f64)) {
        self.structure().representatives(groups, &mut f);
    }
    /// Number of weights that are not zero; in a sum, of every part.
    pub fn nonzeros(&self) -> u64 {
        self.structure().nonzeros()
    }
    /// Asks the system to keep large arrays of weights in large pages, which a [`Circuit`](super::Circuit) does by itself.
    /// They are read up to 1.4 times as fast then (Linux; elsewhere nothing happens).
    pub fn in_large_pages(&self) {
        self.structure().in_large_pages();
    }
    /// Bytes that the weights take.
    pub fn memory(&self) -> usize {
        self.structure().memory()
    }
}

#[cfg(test)]
mod tests;
