//! Sentences by rank: a verdict has few, and the least important are the first to go.

/// Sentences of a verdict.
pub(super) const MOST: usize = 5;

/// How much a sentence matters, most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Whether there is an operating point at all.
    State,
    /// What the circuit does.
    Claim,
    /// Why, and how certain.
    Cause,
    /// How far it holds.
    Limit,
    /// What else there is.
    Detail,
}

/// A sentence and its rank.
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    rank: Rank,
    words: String,
}

impl Sentence {
    pub fn new(rank: Rank, words: impl Into<String>) -> Sentence {
        Sentence { rank, words: words.into() }
    }
    /// Whether it may as well stand last.
    pub fn is_detail(&self) -> bool {
        self.rank == Rank::Detail
    }
}

/// The most important sentences, in the order in which they are given; of equal rank the first.
pub(super) fn chosen(all: Vec<Sentence>) -> Vec<String> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|&k| (all[k].rank, k));
    order.truncate(MOST);
    order.sort_unstable();
    order.into_iter().map(|k| all[k].words.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_important_go_first() {
        let ranks =
            [Rank::Detail, Rank::Claim, Rank::Limit, Rank::Cause, Rank::Detail, Rank::Claim, Rank::State];
        let all = ranks.iter().enumerate().map(|(k, r)| Sentence::new(*r, k.to_string())).collect();
        assert_eq!(chosen(all), ["1", "2", "3", "5", "6"]);
    }
}
