//! Sparse weights, laid out so that a product waits for memory only.
//!
//! Three things would hold it up. Rates are fetched from all over the vector: so columns stand in blocks, and the rates
//! of a block's senders stay in the nearest cache. Rows are short in a block, and of many lengths: so within windows of
//! 256 they are sorted by their number of entries in the block, and eight of like length stand side by side, one in each
//! place of a vector (the layout SELL-C-sigma of Kreutzer, Hager, Wellein, Fehske and Bishop 2014, SIAM J Sci Comput 36,
//! C401). Entries are many bytes: so a column's number within its block takes two. They lie in the order in which they
//! are read.

use super::connections::Connections;
use super::piece::Piece;
use super::rows::Rows;
use super::structure::{Structure, lane};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Entry;
use neurate_numerics::memory::{Lines, in_large_pages, lines, repeated};
use neurate_numerics::special::elementary::mul_add;
use neurate_numerics::special::instructions::{Compute, Instructions};
use std::ops::Range;

/// A square sparse matrix; row `i` holds what unit `i` receives.
#[derive(Clone, Debug, PartialEq)]
pub struct Sparse {
    n: usize,
    entries: usize,
    /// Places for the rates of a block: those of its senders, and a zero for the entries that only fill up.
    table: usize,
    /// One for each block and window, block after block.
    tiles: Vec<Tile>,
    /// Of each entry within its block; rising along a row.
    columns: Lines<[u16; SIDE]>,
    values: Values,
}

/// Weights in either precision, eight rows side by side.
#[derive(Clone, Debug, PartialEq)]
enum Values {
    Double(Lines<[f64; SIDE]>),
    Single(Lines<[f32; SIDE]>),
}

/// A window of rows in a block of columns.
#[derive(Clone, Debug, PartialEq)]
struct Tile {
    /// Where its entries begin.
    start: usize,
    /// Entries of the longest row of each group of eight; falling.
    lengths: [u16; WINDOW / SIDE],
    /// Which row of the window stands at each place.
    order: [u8; WINDOW],
}

/// Rows side by side, and vectors side by side: what one vector of AVX-512, and one line of the cache, holds.
const SIDE: usize = 8;
/// Rows that are sorted together: their sums stay in the nearest cache, and a byte numbers them.
const WINDOW: usize = 256;
/// Sizes of a block's table of rates: half of the nearest cache, part of the next, all that two bytes number.
const SMALL: usize = 1 << 11;
const MIDDLE: usize = 1 << 13;
const LARGE: usize = 1 << 16;
/// With how many entries of a row in a block, on average, a smaller table is worth finding the rows again (measured with 100
/// to 1,000 inputs of up to 200,000 units).
const ENOUGH: [(usize, usize); 2] = [(SMALL, 4), (MIDDLE, 6)];

impl Connections {
    /// As a sparse matrix; weights between the same two units are added.
    ///
    /// # Errors
    /// More than 4e9 connections.
    pub fn into_sparse(self) -> Result<Sparse> {
        Sparse::from_pieces(self.n, self.pieces)
    }
}

impl Sparse {
    /// From triplets (to, from, value); values of one entry given twice are added. Large matrices are better
    /// made from [`Connections`], which take less memory.
    ///
    /// # Errors
    /// An index outside `n`, or more than 4e9 units or entries.
    pub fn from_triplets(n: usize, triplets: Vec<(usize, usize, f64)>) -> Result<Sparse> {
        if let Some((i, j, _)) = triplets.iter().find(|(i, j, _)| *i >= n || *j >= n) {
            return Err(Error::invalid(format!("entry ({i}, {j}) lies outside a {n} x {n} matrix")));
        }
        let mut connections = Connections::new(n)?;
        triplets.into_iter().for_each(|(i, j, v)| connections.add(i, j, v));
        connections.into_sparse()
    }

    fn from_pieces(n: usize, pieces: Vec<Piece>) -> Result<Sparse> {
        let entries: usize = pieces.iter().map(|p| p.to.len()).sum();
        let enough = |(table, least): &(usize, usize)| n < *table || entries / n * table / n >= *least;
        let table = ENOUGH.iter().find(|t| enough(t)).map_or(LARGE, |t| t.0);
        Ok(Sparse::pack(n, table, &Rows::from_pieces(n, table - 1, pieces)?))
    }

    /// Puts rows side by side.
    fn pack(n: usize, table: usize, rows: &Rows) -> Sparse {
        let mut tiles = Vec::with_capacity(rows.blocks() * n.div_ceil(WINDOW));
        let mut start = 0;
        for block in 0..rows.blocks() {
            for first in (0..n).step_by(WINDOW) {
                let count = |k: u8| match first + usize::from(k) {
                    i if i < n => rows.range(block, i).len(),
                    _ => 0,
                };
                let mut order: [u8; WINDOW] = std::array::from_fn(|k| k as u8);
                order.sort_by_key(|k| std::cmp::Reverse(count(*k)));
                // At most as many as a table has senders.
                let lengths = std::array::from_fn(|g| count(order[g * SIDE]) as u16);
                tiles.push(Tile { start, lengths, order });
                start += lengths.iter().map(|l| usize::from(*l)).sum::<usize>();
            }
        }
        // What is not written is a zero times a zero.
        let mut columns = repeated([(table - 1) as u16; SIDE], start);
        let mut values = repeated([0.0; SIDE], start);
        let windows = n.div_ceil(WINDOW);
        for (at, tile) in tiles.iter().enumerate() {
            let (block, first) = (at / windows, at % windows * WINDOW);
            let mut start = tile.start;
            for (length, order) in tile.lengths.iter().zip(tile.order.as_chunks::<SIDE>().0) {
                for (l, k) in order.iter().enumerate().filter(|(_, k)| first + usize::from(**k) < n) {
                    let range = rows.range(block, first + usize::from(*k));
                    for (e, entry) in range.enumerate() {
                        columns[start + e][l] = rows.columns[entry];
                        values[start + e][l] = rows.values[entry];
                    }
                }
                start += usize::from(*length);
            }
        }
        Sparse { n, entries: rows.values.len(), table, tiles, columns, values: Values::Double(values) }
    }

    /// The same with values in single precision: 6 bytes an entry. Products still add up in double precision.
    #[must_use]
    pub fn single(&self) -> Sparse {
        let values = match &self.values {
            Values::Double(values) => lines(values.iter().map(|v| v.map(|v| v as f32))),
            Values::Single(values) => values.clone(),
        };
        Sparse {
            values: Values::Single(values),
            columns: self.columns.clone(),
            tiles: self.tiles.clone(),
            ..*self
        }
    }
    /// Number of stored entries.
    pub fn entries(&self) -> usize {
        self.entries
    }
    fn windows(&self) -> usize {
        self.n.div_ceil(WINDOW)
    }
    fn blocks(&self) -> usize {
        self.n.div_ceil(self.table - 1)
    }
    /// The columns of a block.
    fn senders(&self, block: usize) -> Range<usize> {
        let width = self.table - 1;
        block * width..((block + 1) * width).min(self.n)
    }
    /// The groups of eight rows that have entries in a block: columns, values, and which rows of the window they are.
    #[inline(always)]
    fn groups<'a, V>(&'a self, values: &'a [[V; SIDE]], block: usize, window: usize) -> Groups<'a, V> {
        let tile = &self.tiles[block * self.windows() + window];
        let (columns, values) = (&self.columns[tile.start..], &values[tile.start..]);
        Groups { columns, values, lengths: tile.lengths.iter(), order: tile.order.as_chunks().0.iter() }
    }
    /// Entry `at` of the place `l` in its group.
    fn value(&self, at: usize, l: usize) -> f64 {
        match &self.values {
            Values::Double(values) => values[at][l],
            Values::Single(values) => f64::from(values[at][l]),
        }
    }
    /// Row `i`: senders, rising, and weights.
    ///
    /// # Panics
    /// There are not so many rows.
    pub fn row(&self, i: usize) -> impl Iterator<Item = (usize, f64)> {
        assert!(i < self.n, "row {i} of {}", self.n);
        (0..self.blocks()).flat_map(move |block| {
            let tile = &self.tiles[block * self.windows() + i / WINDOW];
            let place = tile.order.iter().position(|k| usize::from(*k) == i % WINDOW).unwrap_or(0);
            let (group, l) = (place / SIDE, place % SIDE);
            let before: usize = tile.lengths[..group].iter().map(|l| usize::from(*l)).sum();
            let first = tile.start + before;
            (first..first + usize::from(tile.lengths[group]))
                .map(move |at| (usize::from(self.columns[at][l]), at))
                .take_while(|(column, _)| *column < self.table - 1)
                .map(move |(column, at)| (block * (self.table - 1) + column, self.value(at, l)))
        })
    }
    /// `out += W r` for the rows from `first` on, as many as `out` has elements.
    pub(super) fn add_rows(&self, first: usize, r: &[f64], out: &mut [f64]) {
        self.add_rows_with(Instructions::widest(), first, r, out);
    }
    pub(super) fn add_rows_with(&self, set: Instructions, first: usize, r: &[f64], out: &mut [f64]) {
        match &self.values {
            Values::Double(values) => self.add_rows_of(values, set, first, r, out),
            Values::Single(values) => self.add_rows_of(values, set, first, r, out),
        }
    }
    fn add_rows_of<V: Entry>(
        &self,
        values: &[[V; SIDE]],
        set: Instructions,
        first: usize,
        r: &[f64],
        out: &mut [f64],
    ) {
        let sparse = self;
        match self.table {
            SMALL => set.run(One::<V, SMALL> { sparse, values, first, r, out }),
            MIDDLE => set.run(One::<V, MIDDLE> { sparse, values, first, r, out }),
            _ => set.run(One::<V, LARGE> { sparse, values, first, r, out }),
        }
    }
    /// `OUT += W R` for eight vectors.
    pub(super) fn add_eight(&self, set: Instructions, r: &[[f64; SIDE]], out: &mut [[f64; SIDE]]) {
        match &self.values {
            Values::Double(values) => self.add_eight_of(values, set, r, out),
            Values::Single(values) => self.add_eight_of(values, set, r, out),
        }
    }
    fn add_eight_of<V: Entry>(
        &self,
        values: &[[V; SIDE]],
        set: Instructions,
        r: &[[f64; SIDE]],
        out: &mut [[f64; SIDE]],
    ) {
        let sparse = self;
        // Sums of eight rows need the registers of AVX-512.
        match (self.table, set.is_wide()) {
            (SMALL, true) => set.run(Eight::<V, SMALL, 8> { sparse, values, r, out }),
            (MIDDLE, true) => set.run(Eight::<V, MIDDLE, 8> { sparse, values, r, out }),
            (_, true) => set.run(Eight::<V, LARGE, 8> { sparse, values, r, out }),
            (SMALL, false) => set.run(Eight::<V, SMALL, 2> { sparse, values, r, out }),
            (MIDDLE, false) => set.run(Eight::<V, MIDDLE, 2> { sparse, values, r, out }),
            (_, false) => set.run(Eight::<V, LARGE, 2> { sparse, values, r, out }),
        }
    }
}

struct Groups<'a, V> {
    columns: &'a [[u16; SIDE]],
    values: &'a [[V; SIDE]],
    lengths: std::slice::Iter<'a, u16>,
    order: std::slice::Iter<'a, [u8; SIDE]>,
}

impl<'a, V> Iterator for Groups<'a, V> {
    type Item = (&'a [[u16; SIDE]], &'a [[V; SIDE]], &'a [u8; SIDE]);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        // They fall: after the first that is zero all are.
        let length = usize::from(*self.lengths.next()?);
        if length == 0 {
            return None;
        }
        let ((columns, values), order) =
            ((self.columns.split_at(length), self.values.split_at(length)), self.order.next()?);
        (self.columns, self.values) = (columns.1, values.1);
        Some((columns.0, values.0, order))
    }
}

/// `out += W r` for some rows.
struct One<'a, V, const TABLE: usize> {
    sparse: &'a Sparse,
    values: &'a [[V; SIDE]],
    first: usize,
    r: &'a [f64],
    out: &'a mut [f64],
}

impl<V: Entry, const TABLE: usize> Compute for One<'_, V, TABLE> {
    type Output = ();

    // Loops, not closures: what is not made part of this function has no vector instructions.
    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        let One { sparse, values, first, r, out } = self;
        let windows = first / WINDOW..(first + out.len()).div_ceil(WINDOW);
        let mut near = vec![0.0; TABLE];
        for block in 0..sparse.blocks() {
            let senders = sparse.senders(block);
            near[..senders.len()].copy_from_slice(&r[senders]);
            let near: &[f64; TABLE] = near.first_chunk().expect("it is as long");
            for window in windows.clone() {
                for (c, v, order) in sparse.groups(values, block, window) {
                    let sums = eight_rows::<FMA, V, TABLE>(c, v, near);
                    for l in 0..SIDE {
                        let row = (window * WINDOW + usize::from(order[l])).wrapping_sub(first);
                        if row < out.len() {
                            out[row] += sums[l];
                        }
                    }
                }
            }
        }
    }
}

/// The sums of eight rows in a block: of even entries, and of odd ones, as one sum would wait for itself.
#[inline(always)]
fn eight_rows<const FMA: bool, V: Entry, const TABLE: usize>(
    columns: &[[u16; SIDE]],
    values: &[[V; SIDE]],
    near: &[f64; TABLE],
) -> [f64; SIDE] {
    let (columns, last_columns) = columns.as_chunks::<2>();
    let (values, last_values) = values.as_chunks::<2>();
    let (mut even, mut odd) = ([0.0; SIDE], [0.0; SIDE]);
    for (c, v) in columns.iter().zip(values) {
        for l in 0..SIDE {
            even[l] = mul_add::<FMA>(v[0][l].double(), near[usize::from(c[0][l]) % TABLE], even[l]);
        }
        for l in 0..SIDE {
            odd[l] = mul_add::<FMA>(v[1][l].double(), near[usize::from(c[1][l]) % TABLE], odd[l]);
        }
    }
    for (c, v) in last_columns.iter().zip(last_values) {
        for l in 0..SIDE {
            even[l] = mul_add::<FMA>(v[l].double(), near[usize::from(c[l]) % TABLE], even[l]);
        }
    }
    for l in 0..SIDE {
        even[l] += odd[l];
    }
    even
}

/// `OUT += W R` for as many vectors as a line of the cache holds, `ROWS` sums at once.
struct Eight<'a, V, const TABLE: usize, const ROWS: usize> {
    sparse: &'a Sparse,
    values: &'a [[V; SIDE]],
    r: &'a [[f64; SIDE]],
    out: &'a mut [[f64; SIDE]],
}

impl<V: Entry, const TABLE: usize, const ROWS: usize> Compute for Eight<'_, V, TABLE, ROWS> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        let Eight { sparse, values, r, out } = self;
        // Several blocks to a window: its sums, a line each, then come and go less often.
        let together = (2 * MIDDLE / TABLE).max(1);
        let mut near = vec![[0.0; SIDE]; TABLE * together];
        for first in (0..sparse.blocks()).step_by(together) {
            let blocks = first..(first + together).min(sparse.blocks());
            for (near, block) in near.chunks_exact_mut(TABLE).zip(blocks.clone()) {
                let senders = sparse.senders(block);
                near[..senders.len()].copy_from_slice(&r[senders]);
            }
            for window in 0..sparse.windows() {
                for (near, block) in near.chunks_exact(TABLE).zip(blocks.clone()) {
                    let near: &[[f64; SIDE]; TABLE] = near.first_chunk().expect("it is as long");
                    for (c, v, order) in sparse.groups(values, block, window) {
                        for part in (0..SIDE).step_by(ROWS) {
                            let sums = eight_vectors::<FMA, V, TABLE, ROWS>(c, v, part, near);
                            for k in 0..ROWS {
                                let row = window * WINDOW + usize::from(order[part + k]);
                                if row < out.len() {
                                    for l in 0..SIDE {
                                        out[row][l] += sums[k][l];
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The sums of `ROWS` rows from place `part` on, for eight vectors.
#[inline(always)]
fn eight_vectors<const FMA: bool, V: Entry, const TABLE: usize, const ROWS: usize>(
    columns: &[[u16; SIDE]],
    values: &[[V; SIDE]],
    part: usize,
    near: &[[f64; SIDE]; TABLE],
) -> [[f64; SIDE]; ROWS] {
    let mut sums = [[0.0; SIDE]; ROWS];
    for (c, v) in columns.iter().zip(values) {
        for k in 0..ROWS {
            let (r, v) = (&near[usize::from(c[part + k]) % TABLE], v[part + k].double());
            for l in 0..SIDE {
                sums[k][l] = mul_add::<FMA>(v, r[l], sums[k][l]);
            }
        }
    }
    sums
}

impl Structure for Sparse {
    fn n(&self) -> usize {
        self.n
    }
    fn add_product(&self, r: &[f64], out: &mut [f64]) {
        self.add_rows(0, r, out);
    }
    fn add_products(&self, r: &[f64], lanes: usize, out: &mut [f64]) {
        if lanes == SIDE {
            return self.add_eight(Instructions::widest(), r.as_chunks().0, out.as_chunks_mut().0);
        }
        // Eight at a time, side by side; the last ones beside zeros.
        let (mut near, mut sums) = (vec![[0.0; SIDE]; self.n], vec![[0.0; SIDE]; self.n]);
        for first in (0..lanes).step_by(SIDE) {
            sums.fill([0.0; SIDE]);
            let count = SIDE.min(lanes - first);
            for e in 0..SIDE {
                if e < count {
                    near.iter_mut().zip(lane(r, lanes, first + e)).for_each(|(near, r)| near[e] = r);
                } else {
                    near.iter_mut().for_each(|near| near[e] = 0.0);
                }
            }
            self.add_eight(Instructions::widest(), &near, &mut sums);
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
        let count: usize = match &self.values {
            Values::Double(values) => values.as_flattened().iter().filter(|v| **v != 0.0).count(),
            Values::Single(values) => values.as_flattened().iter().filter(|v| **v != 0.0).count(),
        };
        count as u64
    }
    fn in_large_pages(&self) {
        in_large_pages(&self.columns);
        match &self.values {
            Values::Double(values) => in_large_pages(values),
            Values::Single(values) => in_large_pages(values),
        }
    }
    fn memory(&self) -> usize {
        let values = match &self.values {
            Values::Double(values) => size_of_val(&values[..]),
            Values::Single(values) => size_of_val(&values[..]),
        };
        values + size_of_val(&self.columns[..]) + size_of_val(&self.tiles[..])
    }
}
