//! Random numbers that are functions of where they are used: of a seed, a step, a source, a unit and a trial.
//!
//! So a run has the same noise whether its trials run alone or a thousand at once, on one thread or on many,
//! from its start or from where it was cut.

mod normal;
mod philox;

pub use philox::philox;

use crate::special::instructions::Instructions;
use normal::Fill;
pub use normal::ROWS;

/// The numbers of one seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    key: [u32; 2],
}

impl Stream {
    /// Of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Stream {
        Stream { key: [seed as u32, (seed >> 32) as u32] }
    }

    /// Standard normal numbers: `out[r][i]` is the `r`-th of the four of the counter `first` with `i` added to its
    /// word `along`. With the machine's widest vector instructions; all widths with fused multiply-adds give the
    /// same bits.
    ///
    /// Philox4x32-10 gives 64 bits for two numbers, by Box and Muller's method: 40 bits the radius, 24 the angle,
    /// both at the middle of their cell. The largest number is 7.54 (a normal one is beyond in one of 2e13 draws);
    /// angles in equal steps leave all moments below the order 2^24 what they are.
    ///
    /// ```
    /// let stream = neurate_numerics::random::Stream::new(3);
    /// let mut rows = [[0.0; 8]; 4];
    /// stream.normals([0, 0, 0, 0], 2, rows.each_mut().map(|r| &mut r[..]));
    /// // The fifth counter, by itself.
    /// let mut again = [[0.0; 1]; 4];
    /// stream.normals([0, 0, 5, 0], 0, again.each_mut().map(|r| &mut r[..]));
    /// assert_eq!(again[3][0], rows[3][5]);
    /// ```
    ///
    /// # Panics
    /// Rows of different lengths, or no word `along`.
    pub fn normals(&self, first: [u32; 4], along: usize, out: [&mut [f64]; ROWS]) {
        assert!(along < 4 && out.iter().all(|row| row.len() == out[0].len()), "four rows of one length");
        Instructions::widest().run(Fill { first, along, key: self.key, out });
    }
}
