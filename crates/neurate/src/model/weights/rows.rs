//! Compressed rows, the columns in blocks: on the way to a sparse matrix.

use super::piece::Piece;
use neurate_numerics::error::{Error, Result};
use std::ops::Range;

/// For each block of columns, the entries of each row, one after the other.
pub(super) struct Rows {
    n: usize,
    /// First entry of each block.
    bases: Vec<usize>,
    /// For each block, where each of the `n` rows starts in it, and its end: counted from its base.
    starts: Vec<u32>,
    /// Of each entry, within its block; rising in each row of a block.
    pub columns: Vec<u16>,
    pub values: Vec<f64>,
}

impl Rows {
    /// By counting, not by comparing: where each entry goes is known after one pass over the list.
    ///
    /// # Errors
    /// More than 4e9 entries in a block.
    pub fn from_pieces(n: usize, width: usize, pieces: Vec<Piece>) -> Result<Rows> {
        let entries: usize = pieces.iter().map(|p| p.to.len()).sum();
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
        let mut rows = Rows { n, bases, starts, columns, values };
        rows.tidy();
        Ok(rows)
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

    /// Number of blocks.
    pub fn blocks(&self) -> usize {
        self.bases.len() - 1
    }
    /// The entries of row `i` in a block.
    pub fn range(&self, block: usize, i: usize) -> Range<usize> {
        let starts = &self.starts[block * (self.n + 1) + i..];
        self.bases[block] + starts[0] as usize..self.bases[block] + starts[1] as usize
    }
}
