//! The equations.

/// Which equation the circuit obeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `tau dr/dt = -r + f(W r + h)`; the state is the rates.
    Rate,
    /// `tau dV/dt = -V + W f(V) + h`; the state is the voltages.
    Voltage,
    /// `C dV/dt = sum_j g_j (E_j - V) + h` with `g = G f(V)`; the state is the voltages, the
    /// weights are conductances per rate.
    Conductance,
}

impl Form {
    /// The word of the circuit file.
    pub fn name(self) -> &'static str {
        match self {
            Form::Rate => "rate",
            Form::Voltage => "voltage",
            Form::Conductance => "conductance",
        }
    }
    /// The equation, for people.
    pub fn equation(self) -> &'static str {
        match self {
            Form::Rate => "τ dr/dt = −r + f(W r + h)",
            Form::Voltage => "τ dV/dt = −V + W f(V) + h",
            Form::Conductance => "C dV/dt = Σ_j g_j (E_j − V) + h, g = G f(V)",
        }
    }
}
