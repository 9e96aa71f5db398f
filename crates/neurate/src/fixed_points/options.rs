//! How hard to search.

use neurate_numerics::error::{Error, Result};

/// Random starts at most: of the smallest circuit some minutes'.
const MAX_STARTS: usize = 10_000_000;

/// How hard to search.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SearchOptions {
    /// Number of random starts; None: by the circuit's size.
    pub starts: Option<usize>,
    /// Seed of the starts.
    pub seed: u64,
    /// Whether to try to prove that no fixed point of three or four populations is missing: up to 200,000 boxes are
    /// looked at, which takes about a second. Off unless somebody asks.
    pub prove: bool,
}

impl Default for SearchOptions {
    fn default() -> Self {
        SearchOptions { starts: None, seed: 1, prove: false }
    }
}

impl SearchOptions {
    /// The number of random starts.
    #[must_use]
    pub fn starts(mut self, starts: impl Into<Option<usize>>) -> SearchOptions {
        self.starts = starts.into();
        self
    }
    /// Refuses more starts than anybody waits for.
    pub(super) fn check(&self) -> Result<()> {
        match self.starts {
            Some(starts) if starts > MAX_STARTS => Err(Error::invalid(format!(
                "a search makes at most {MAX_STARTS} random starts, not {starts}"
            ))
            .with_help("a few hundred find what is not rare; leave it out for a number by size")),
            _ => Ok(()),
        }
    }
    /// The seed of the starts.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> SearchOptions {
        self.seed = seed;
        self
    }
    /// Whether to try a proof that none is missing.
    #[must_use]
    pub fn prove(mut self, prove: bool) -> SearchOptions {
        self.prove = prove;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_have_a_bound() {
        assert!(SearchOptions::default().starts(MAX_STARTS).check().is_ok());
        let e = SearchOptions::default().starts(usize::MAX).check().unwrap_err();
        assert!(e.message().contains("at most 10000000 random starts"), "{e}");
    }
}
