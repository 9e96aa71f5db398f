//! A growing list of connections, on the way to a sparse matrix.

use super::piece::Piece;
use neurate_numerics::error::{Error, Result};

/// Connections in a list: 16 bytes each while it grows, given back piece by piece as the sparse matrix takes
/// them up.
#[derive(Clone, Debug)]
pub struct Connections {
    pub(super) n: usize,
    pub(super) pieces: Vec<Piece>,
}

/// Connections of one piece: large enough that the system takes its memory back at once.
const PIECE: usize = 1 << 20;

impl Connections {
    /// None yet, between `n` units.
    ///
    /// # Errors
    /// More than 4e9 units.
    pub fn new(n: usize) -> Result<Connections> {
        if u32::try_from(n).is_err() {
            return Err(Error::unsupported(format!("{n} units are too many for a sparse matrix")));
        }
        Ok(Connections { n, pieces: Vec::new() })
    }
    /// Number of units.
    pub fn n(&self) -> usize {
        self.n
    }
    /// Number of connections so far.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(|p| p.to.len()).sum()
    }
    /// Whether there are none yet.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
    /// One more. Panics if a unit is not there.
    pub fn add(&mut self, to: usize, from: usize, weight: f64) {
        assert!(to < self.n && from < self.n, "({to}, {from}) lies outside a {0} x {0} matrix", self.n);
        if self.pieces.last().is_none_or(|p| p.to.len() == PIECE) {
            self.pieces.push(Piece::default());
        }
        let piece = self.pieces.last_mut().expect("one was pushed");
        piece.to.push(to as u32);
        piece.from.push(from as u32);
        piece.weight.push(weight);
    }
}
