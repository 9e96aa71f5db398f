//! The rate-form twin of a voltage-form circuit.

use crate::dynamics::{CircuitDynamics, Dynamics, RateTwin, naive_twin_error};
use crate::model::{Circuit, Form};
use crate::simulate::{Method, Protocol, simulate};
use crate::study::{Answer, Applies, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use schemars::JsonSchema;
use serde::Serialize;

/// The rate form of a voltage-form circuit, and both simulated along the circuit's run (Miller & Fumarola 2012).
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Twin {
    /// Whether the naive twin is exact: the rate form with the same `W`, its input low-passed. It is where connected units
    /// have one time constant.
    pub naive_twin_exists: bool,
    /// Number of filtered copies of the rates that the exact twin keeps: one for each distinct time constant.
    pub copies: usize,
    /// Number of states of the exact twin.
    pub states: usize,
    /// Largest difference of the voltages of circuit and exact twin along the run, in the unit of state: the integrators'
    /// error, at tolerances of 1e-10.
    pub difference: f64,
    /// The same for the naive twin; null where that is exact.
    pub naive_difference: Option<f64>,
    /// Why there is no naive twin, where there is none.
    #[serde(skip)]
    pub naive_refusal: Option<String>,
}

impl Answer for Twin {
    const NAME: &'static str = "twin";

    fn applies(study: &Study) -> Applies {
        Applies::yes_if(study.circuit().form() == Form::Voltage, "voltages for its states")
            .of_units_alone(study, "the twin is that of voltages alone")
    }

    fn compute(study: &Study) -> Result<Twin> {
        let c = study.circuit();
        let twin = RateTwin::new(c)?;
        let refusal = naive_twin_error(c).err().map(|e| e.message().to_string());
        // Both, simulated: the difference is the integrators' error, or the price of the naive twin.
        let protocol = study.protocol()?;
        let method = Method::Adaptive { rtol: 1e-10, atol: 1e-12 };
        let ceiling = c.run().ceiling;
        let v = simulate(&CircuitDynamics::new(c), &protocol.start, &protocol.times, method, ceiling)?;
        let r0 = CircuitDynamics::new(c).rates(&protocol.start);
        let start = twin.state(&protocol.start, &r0);
        let t = simulate(&twin, &start, &protocol.times, method, f64::INFINITY)?;
        let naive = refusal.is_some().then(|| naive_run(c, protocol, &v.states, &r0, method));
        Ok(Twin {
            naive_twin_exists: refusal.is_none(),
            copies: twin.copies(),
            states: twin.dim(),
            difference: difference(&v.states, &t.states, |row| twin.voltages(row)),
            naive_difference: naive.transpose()?,
            naive_refusal: refusal,
        })
    }
}

fn difference(v: &Matrix, twin: &Matrix, voltages: impl Fn(&[f64]) -> Vec<f64>) -> f64 {
    let mut worst = 0.0f64;
    for k in 0..v.rows().min(twin.rows()) {
        for (a, b) in v.row(k).iter().zip(voltages(twin.row(k))) {
            worst = worst.max((a - b).abs());
        }
    }
    worst
}

/// What the naive twin would give: the rate form with the same W, each unit with its own time
/// constant, its input low-passed by it.
fn naive_run(c: &Circuit, protocol: &Protocol, v: &Matrix, r0: &[f64], method: Method) -> Result<f64> {
    let naive = Naive { circuit: c };
    let n = c.n();
    let mut recurrent = vec![0.0; n];
    c.weights().apply(r0, &mut recurrent);
    let mut start = r0.to_vec();
    start.extend((0..n).map(|i| protocol.start[i] - recurrent[i]));
    let t = simulate(&naive, &start, &protocol.times, method, f64::INFINITY)?;
    Ok(difference(v, &t.states, |row| {
        let mut w = vec![0.0; n];
        c.weights().apply(&row[..n], &mut w);
        (0..n).map(|i| w[i] + row[n + i]).collect()
    }))
}

struct Naive<'a> {
    circuit: &'a Circuit,
}

impl Dynamics for Naive<'_> {
    fn dim(&self) -> usize {
        2 * self.circuit.n()
    }
    fn relaxation(&self, t: f64, x: &[f64], target: &mut [f64], tau: &mut [f64]) {
        let n = self.circuit.n();
        let mut v = vec![0.0; n];
        self.circuit.weights().apply(&x[..n], &mut v);
        v.iter_mut().zip(&x[n..]).for_each(|(v, j)| *v += j);
        self.circuit.rates(&v, &[], &mut target[..n]);
        target[n..].fill(0.0);
        self.circuit.add_input(t, &mut target[n..]);
        tau[..n].copy_from_slice(self.circuit.tau());
        tau[n..].copy_from_slice(self.circuit.tau());
    }
    fn breakpoints(&self) -> Vec<f64> {
        CircuitDynamics::new(self.circuit).breakpoints()
    }
    fn jumps(&self) -> Vec<(f64, Vec<f64>)> {
        let n = self.circuit.n();
        CircuitDynamics::new(self.circuit)
            .jumps()
            .into_iter()
            .map(|(t, j)| (t, [vec![0.0; n], j].concat()))
            .collect()
    }
}
