//! What a step works in.

/// Buffers, so that a step allocates nothing.
#[derive(Default)]
pub(super) struct Work {
    pub a: Vec<f64>,
    pub b: Vec<f64>,
    pub c: Vec<f64>,
    pub d: Vec<f64>,
    pub y: Vec<f64>,
    pub tau: Vec<f64>,
    /// The step and the time constants that `approach`, the share of the way to the target, is for.
    pub step: f64,
    pub taus: Vec<f64>,
    pub approach: Vec<f64>,
    /// With delays: the slope at the end of the step before, if it is that of the next one's begin.
    pub last: Vec<f64>,
    pub slope_known: bool,
}

impl Work {
    pub fn resize(&mut self, n: usize) {
        let Work { a, b, c, d, y, tau, taus, approach, last, .. } = self;
        [a, b, c, d, y, tau, taus, approach, last].into_iter().for_each(|v| v.resize(n, 0.0));
    }
}
