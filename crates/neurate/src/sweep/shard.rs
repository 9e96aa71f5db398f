//! Parts of a sweep, for job arrays.

use neurate_numerics::error::{Error, Result};

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
