//! How a circuit is run: the `[run]` table.

use super::readout::Readout;

/// Where a run starts.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// Not given: at the operating point if the circuit has stimuli and such a point, at rest otherwise.
    Default,
    /// At the operating point: the stable fixed point that the circuit reaches from rest, or the one asked for.
    FixedPoint,
    /// All rates zero; in voltage forms, all voltages at what the input alone gives.
    Rest,
    /// A given state, one value per unit.
    State(Vec<f64>),
}

/// How the circuit is run: the `[run]` table of a circuit file.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// How long, in the time unit; `None`: ten times the slowest time constant after the last event.
    pub duration: Option<f64>,
    /// Where from.
    pub start: Start,
    /// Integrator by name, of [`Method::NAMES`](crate::simulate::Method::NAMES); `None`: `adaptive`, and
    /// `exponential-euler` with noise.
    pub method: Option<String>,
    /// Whether a run has the circuit's noise.
    pub noise: bool,
    /// Seed of the noise; `None`: that of the circuit's weights, if it has one.
    pub seed: Option<u64>,
    /// Step of the fixed-step methods; `None`: a twentieth of the shortest time constant.
    pub dt: Option<f64>,
    /// Relative tolerance of the adaptive method.
    pub rtol: f64,
    /// Absolute tolerance of the adaptive method, in units of the state.
    pub atol: f64,
    /// Time between recorded states; `None`: 400 of them.
    pub every: Option<f64>,
    /// A run ends once no state is further than this from what it relaxes to; `None`: it goes on.
    pub steady: Option<f64>,
    /// Dense and sparse weights in single precision, where a run reads them.
    pub single: bool,
    /// What a run writes; empty: the state of every unit.
    pub record: Vec<Readout>,
    /// A unit that passes this size has run away.
    pub ceiling: f64,
}

impl Default for Run {
    fn default() -> Self {
        Run {
            duration: None,
            start: Start::Default,
            method: None,
            noise: true,
            seed: None,
            dt: None,
            rtol: 1e-8,
            atol: 1e-10,
            every: None,
            steady: None,
            single: false,
            record: Vec::new(),
            ceiling: 1e6,
        }
    }
}
