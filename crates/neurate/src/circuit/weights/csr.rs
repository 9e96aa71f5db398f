//! Sparse weights in compressed rows, the columns in blocks.
//!
//! A product is bound by fetching the rates of the senders from all over the vector, and by reading the
//! entries. So columns stand in blocks of at most 65,536, whose rates stay in a near cache and whose column
//! numbers take two bytes: 10 bytes an entry instead of 12 or 16.

use super::connections::Piece;
use super::{Connections, Structure, lane};
use crate::error::{Error, Result};
use crate::special::elementary::mul_add;
use crate::special::instructions::{Compute, Instructions};
use std::ops::Range;

/// A square sparse matrix; row `i` holds what unit `i` receives.
#[derive(Clone, Debug, PartialEq)]
pub struct Csr {
    n: usize,
    /// Columns in a block.
    width: usize,
    /// First entry of each block.
    bases: Vec<usize>,
    /// For each block, where each of the `n` rows starts in it, and its end: counted from its base.
    starts: Vec<u32>,
    /// Of each entry, within its block; rising in each row of a block.
    columns: Vec<u16>,
    values: Vec<f64>,
}

/// All the columns that two bytes can number.
const WIDEST: usize = 1 << 16;
/// Rates of so many senders stay in a near cache.
const NARROWEST: usize = 1 << 13;
/// A row of a block has so many entries, if its blocks need not be wider for that: else the work of
/// finding the rows would not be small beside that of the entries.
const ROW: usize = 32;
/// Vectors side by side: what one line of the cache holds.
const LANES: usize = 8;

impl Csr {
    /// From triplets (to, from, value); values of one entry given twice are added. Large matrices are better
    /// made from [`Connections`], which take less memory.
    ///
    /// # Errors
    /// An index outside `n`, or more than 4e9 units.
    pub fn from_triplets(n: usize, triplets: Vec<(usize, usize, f64)>) -> Result<Csr> {
        if let Some((i, j, _)) = triplets.iter().find(|(i, j, _)| *i >= n || *j >= n) {
            return Err(Error::invalid(format!("entry ({i}, {j}) lies outside a {n} x {n} matrix")));
        }
        let mut connections = Connections::new(n)?;
        triplets.into_iter().for_each(|(i, j, v)| connections.add(i, j, v));
        connections.into_csr()
    }

    /// By counting, not by comparing: where each entry goes is known after one pass over the list.
    pub(super) fn from_pieces(n: usize, pieces: Vec<Piece>) -> Result<Csr> {
        let entries: usize = pieces.iter().map(|p| p.to.len()).sum();
        let wanted = (ROW * n).saturating_mul(n) / entries.max(1);
        let width = wanted.clamp(NARROWEST, WIDEST).next_power_of_two();
        let blocks = n.div_ceil(width);
        let slot = |to: u32, from: u32| from as usize / width * (n + 1) + to as usize;
        // Counts, one place further on; then where rows start; then where the next entry goes.
        let mut starts = vec![0u32; blocks * (n + 1)];
        for piece in &pieces {
            for (&to, &from) in piece.to.iter().zip(&piece.from) {
                starts[slot(to, from) + 1] += 1;
            }
        }
        let mut bases = vec![0];
        for block in starts.chunks_exact_mut(n + 1) {
            let mut end = 0usize;
            for start in block {
                end += *start as usize;
                *start = u32::try_from(end)
                    .map_err(|_| Error::unsupported("4e9 connections are too many for a sparse matrix"))?;
            }
            bases.push(bases[bases.len() - 1] + end);
        }
        let (mut columns, mut values) = (vec![0u16; entries], vec![0.0; entries]);
        for piece in pieces {
            for ((to, from), weight) in piece.to.into_iter().zip(piece.from).zip(piece.weight) {
                let next = &mut starts[slot(to, from)];
                let at = bases[from as usize / width] + *next as usize;
                *next += 1;
                columns[at] = (from as usize % width) as u16;
                values[at] = weight;
            }
        }
        // Each row's end stands where its start belongs.
        for block in starts.chunks_exact_mut(n + 1) {
            block.copy_within(..n, 1);
            block[0] = 0;
        }
        let mut csr = Csr { n, width, bases, starts, columns, values };
        csr.tidy();
        Ok(csr)
    }

    /// Sorts each row of each block by column, and adds what is there twice.
    fn tidy(&mut self) {
        let mut written = 0;
        let mut row: Vec<(u16, f64)> = Vec::new();
        for block in 0..self.blocks() {
            let base = self.bases[block];
            self.bases[block] = written;
            let mut start = 0;
            for i in 0..self.n {
                let at = block * (self.n + 1) + i + 1;
                let range = base + start..base + self.starts[at] as usize;
                start = self.starts[at] as usize;
                if self.columns[range.clone()].is_sorted_by(|a, b| a < b) {
                    self.columns.copy_within(range.clone(), written);
                    self.values.copy_within(range.clone(), written);
                    written += range.len();
                } else {
                    row.clear();
                    row.extend(range.map(|k| (self.columns[k], self.values[k])));
                    row.sort_by_key(|e| e.0);
                    row.dedup_by(|next, kept| {
                        let same = next.0 == kept.0;
                        kept.1 += if same { next.1 } else { 0.0 };
                        same
                    });
                    for (k, (column, value)) in row.iter().enumerate() {
                        self.columns[written + k] = *column;
                        self.values[written + k] = *value;
                    }
                    written += row.len();
                }
                self.starts[at] = (written - self.bases[block]) as u32;
            }
        }
        let blocks = self.blocks();
        self.bases[blocks] = written;
        self.columns.truncate(written);
        self.values.truncate(written);
    }

    fn blocks(&self) -> usize {
        self.bases.len() - 1
    }
    /// Number of stored entries.
    pub fn entries(&self) -> usize {
        self.values.len()
    }
    /// Row `i`: senders, rising, and weights.
    pub fn row(&self, i: usize) -> impl Iterator<Item = (usize, f64)> {
        (0..self.blocks()).flat_map(move |block| {
            let starts = &self.starts[block * (self.n + 1) + i..];
            let range = self.bases[block] + starts[0] as usize..self.bases[block] + starts[1] as usize;
            let columns = self.columns[range.clone()].iter();
            columns.zip(&self.values[range]).map(move |(c, v)| (block * self.width + usize::from(*c), *v))
        })
    }
    /// The columns of a block.
    fn senders(&self, block: usize) -> Range<usize> {
        block * self.width..((block + 1) * self.width).min(self.n)
    }
    /// `out += W r` for the rows from `first` on, as many as `out` has elements.
    pub(super) fn add_rows(&self, first: usize, r: &[f64], out: &mut [f64]) {
        // Wider instructions would only gather, which is slower than loads one by one.
        Instructions::narrow().run(One { csr: self, first, r, out });
    }
    /// Where `rows` start in a block, and their end; the block's columns and values.
    #[inline(always)]
    fn rows_of(&self, block: usize, rows: Range<usize>) -> (&[u32], &[u16], &[f64]) {
        let starts = &self.starts[block * (self.n + 1)..][rows.start..=rows.end];
        let entries = self.bases[block]..self.bases[block + 1];
        (starts, &self.columns[entries.clone()], &self.values[entries])
    }
}

/// `out += W r` for some rows.
struct One<'a> {
    csr: &'a Csr,
    first: usize,
    r: &'a [f64],
    out: &'a mut [f64],
}

impl Compute for One<'_> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        let One { csr, first, r, out } = self;
        let rows = first..first + out.len();
        // Loops, not closures: what is not made part of this function has no vector instructions.
        if csr.blocks() == 1 {
            let (starts, columns, values) = csr.rows_of(0, rows);
            for (out, ends) in out.iter_mut().zip(starts.windows(2)) {
                let range = ends[0] as usize..ends[1] as usize;
                *out += dot::<FMA>(&columns[range.clone()], &values[range], r);
            }
            return;
        }
        // As long as two bytes can reach, so that no index needs a check; what is not used costs nothing.
        let mut near = vec![0.0; WIDEST];
        for block in 0..csr.blocks() {
            let senders = csr.senders(block);
            near[..senders.len()].copy_from_slice(&r[senders]);
            let near: &[f64; WIDEST] = near.first_chunk().expect("it is as long");
            let (starts, columns, values) = csr.rows_of(block, rows.clone());
            for (out, ends) in out.iter_mut().zip(starts.windows(2)) {
                let range = ends[0] as usize..ends[1] as usize;
                *out += dot::<FMA>(&columns[range.clone()], &values[range], near);
            }
        }
    }
}

/// The sum of `values` times the rates at `columns`.
#[inline(always)]
fn dot<const FMA: bool>(columns: &[u16], values: &[f64], r: &[f64]) -> f64 {
    let (columns, last_columns) = columns.as_chunks::<4>();
    let (values, last_values) = values.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (c, v) in columns.iter().zip(values) {
        for l in 0..4 {
            sums[l] = mul_add::<FMA>(v[l], r[usize::from(c[l])], sums[l]);
        }
    }
    for (c, v) in last_columns.iter().zip(last_values) {
        sums[0] = mul_add::<FMA>(*v, r[usize::from(*c)], sums[0]);
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3])
}

/// `OUT += W R` for as many vectors as a line of the cache holds.
struct Eight<'a> {
    csr: &'a Csr,
    r: &'a [[f64; LANES]],
    out: &'a mut [[f64; LANES]],
}

impl Compute for Eight<'_> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        let Eight { csr, r, out } = self;
        for block in 0..csr.blocks() {
            let near = &r[csr.senders(block)];
            let (starts, columns, values) = csr.rows_of(block, 0..csr.n);
            for (out, ends) in out.iter_mut().zip(starts.windows(2)) {
                let range = ends[0] as usize..ends[1] as usize;
                // Two sums at once, as one would wait for itself.
                let (columns, last_columns) = columns[range.clone()].as_chunks::<2>();
                let (values, last_values) = values[range].as_chunks::<2>();
                let (mut even, mut odd) = (*out, [0.0; LANES]);
                for (c, v) in columns.iter().zip(values) {
                    axpy::<FMA>(v[0], &near[usize::from(c[0])], &mut even);
                    axpy::<FMA>(v[1], &near[usize::from(c[1])], &mut odd);
                }
                for (c, v) in last_columns.iter().zip(last_values) {
                    axpy::<FMA>(*v, &near[usize::from(*c)], &mut even);
                }
                for l in 0..LANES {
                    out[l] = even[l] + odd[l];
                }
            }
        }
    }
}

/// `y += a x`.
#[inline(always)]
fn axpy<const FMA: bool>(a: f64, x: &[f64; LANES], y: &mut [f64; LANES]) {
    for l in 0..LANES {
        y[l] = mul_add::<FMA>(a, x[l], y[l]);
    }
}

impl Structure for Csr {
    fn n(&self) -> usize {
        self.n
    }
    fn add_product(&self, r: &[f64], out: &mut [f64]) {
        self.add_rows(0, r, out);
    }
    fn add_products(&self, r: &[f64], lanes: usize, out: &mut [f64]) {
        if lanes == LANES {
            let (r, out) = (r.as_chunks().0, out.as_chunks_mut().0);
            return Instructions::widest().run(Eight { csr: self, r, out });
        }
        // Eight at a time, side by side; the last ones beside zeros.
        let (mut near, mut sums) = (vec![[0.0; LANES]; self.n], vec![[0.0; LANES]; self.n]);
        for first in (0..lanes).step_by(LANES) {
            sums.fill([0.0; LANES]);
            let count = LANES.min(lanes - first);
            for e in 0..LANES {
                if e < count {
                    near.iter_mut().zip(lane(r, lanes, first + e)).for_each(|(near, r)| near[e] = r);
                } else {
                    near.iter_mut().for_each(|near| near[e] = 0.0);
                }
            }
            Instructions::widest().run(Eight { csr: self, r: &near, out: &mut sums });
            for (out, sums) in out.chunks_exact_mut(lanes).zip(&sums) {
                out[first..first + count].iter_mut().zip(sums).for_each(|(out, sum)| *out += sum);
            }
        }
    }
    fn for_each(&self, f: &mut dyn FnMut(usize, usize, f64)) {
        for i in 0..self.n {
            self.row(i).for_each(|(j, w)| f(i, j, w));
        }
    }
    fn nonzeros(&self) -> u64 {
        self.values.iter().filter(|v| **v != 0.0).count() as u64
    }
    fn memory(&self) -> usize {
        size_of_val(&self.values[..]) + size_of_val(&self.columns[..]) + size_of_val(&self.starts[..])
    }
}
