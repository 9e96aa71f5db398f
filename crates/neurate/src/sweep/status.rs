//! How a cell ended.

/// How a cell ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[non_exhaustive]
pub enum Status {
    /// Not computed yet.
    Missing = 0,
    /// One stable fixed point was found.
    Stable = 1,
    /// Several: which one a circuit is in depends on where it comes from.
    SeveralStable = 2,
    /// Fixed points were found, none of them stable.
    NoneStable = 3,
    /// No fixed point was found.
    NoneFound = 4,
    /// Nothing stable was found, and a run from rest runs away.
    RanAway = 5,
    /// It could not be computed; the store says why.
    Failed = 6,
    /// One stable fixed point was found, but the indices show that the list is not complete: there may be other stable
    /// ones.
    AtLeastOneStable = 7,
}

impl Status {
    /// The words, by number.
    pub const WORDS: &'static [&'static str] = &[
        "missing",
        "stable",
        "several stable",
        "none stable",
        "none found",
        "ran away",
        "error",
        "at least one stable",
    ];
}
