//! Names of the units in which a circuit's numbers are, for axes and tables.

/// The units of a circuit. Numbers are kept in the units that the user declared, never converted
/// behind their back; only [`Units::rate_times_time`] connects two of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Units {
    /// Unit of time: `ms`.
    pub time: String,
    /// Unit of rates: `Hz`.
    pub rate: String,
    /// Unit of what a transfer function takes, and of `h`: `mV`, `Hz`, or empty. In
    /// [`Form::Conductance`](super::Form), `h` is a current and [`Units::drive`] names it.
    pub input: String,
    /// Unit of `h` and of stimuli: as `input`, but a current in conductance-based circuits.
    pub drive: String,
    /// Unit of the state: `rate` in rate form, `input` otherwise.
    pub state: String,
    /// Unit of a weight: `input` per `rate` (empty when they are the same), or nS/Hz.
    pub weight: String,
    /// One unit of rate times one unit of time, a pure number: 0.001 for Hz and ms.
    pub rate_times_time: f64,
}

impl Default for Units {
    /// Milliseconds and hertz, weights and inputs without a unit of their own.
    fn default() -> Self {
        Units {
            time: "ms".into(),
            rate: "Hz".into(),
            input: "Hz".into(),
            drive: "Hz".into(),
            state: "Hz".into(),
            weight: String::new(),
            rate_times_time: 1e-3,
        }
    }
}
