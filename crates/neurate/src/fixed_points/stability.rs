//! Whether a fixed point attracts.

/// Whether a fixed point attracts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stability {
    /// Every eigenvalue of the Jacobian has a negative real part.
    Stable,
    /// This many have a positive one.
    Unstable(usize),
    /// The largest real part is zero to rounding, or an infinite gain leaves it open: linearization does not decide.
    #[default]
    Marginal,
}

impl Stability {
    /// In one word.
    pub fn name(self) -> &'static str {
        match self {
            Stability::Stable => "stable",
            Stability::Unstable(_) => "unstable",
            Stability::Marginal => "marginal",
        }
    }
}
