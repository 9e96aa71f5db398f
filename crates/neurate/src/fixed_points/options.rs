//! How hard to search.

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
