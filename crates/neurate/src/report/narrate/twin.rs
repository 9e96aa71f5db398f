//! The rate-form twin of a voltage-form circuit.

use super::words::quantity;
use super::{Analysis, slow};
use crate::dynamics::{CircuitDynamics, Dynamics, RateTwin, naive_twin_error};
use crate::model::{Circuit, Form};
use crate::report::section::{Cell, Section, Table};
use crate::simulate::{Method, Protocol, simulate};
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use serde_json::json;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "twin",
    about: "what the rate-form twin of a voltage-form circuit is",
    applies: |s| s.circuit().form() == Form::Voltage,
    run,
};

fn run(study: &Study) -> Result<Section> {
    if !study.circuit().is_plain() {
        return Ok(slow::refusal(ANALYSIS.name, "The rate-form twin", "the twin is that of voltages alone"));
    }
    let c = study.circuit();
    let time = &c.units().time;
    let twin = RateTwin::new(c)?;
    let naive = naive_twin_error(c);
    let mut s = Section::new(ANALYSIS.name, "The rate-form twin");
    match &naive {
        Ok(()) => s.verdict.push(format!(
            "Its twin in rate form is τ dr/dt = −r + f(W r + J) with the same W, τ and f, and its input low-passed, τ dJ/dt = −J + h; then V = W r + J at all times, from J(0) = V(0) − W r(0).{}",
            if c.stimuli().is_empty() { " The input is constant, so J = h in the long run." } else { "" }
        )),
        Err(e) => {
            s.verdict.push(format!("There is no rate form with the same W: {}.", reason(e.message())));
            s.verdict.push(format!(
                "The exact twin keeps {} filtered copies of the rates, one for each time constant: {} states instead of {}.",
                twin.copies(),
                twin.dim(),
                c.n()
            ));
        }
    }
    s.verdict
        .push("Fixed points, stability and the spectrum of the Jacobian are the same in both forms.".into());
    // Both, simulated: the difference is the integrators' error, or the price of the naive twin.
    let protocol = study.protocol()?;
    let method = Method::Adaptive { rtol: 1e-10, atol: 1e-12 };
    let ceiling = c.run().ceiling;
    let v = simulate(&CircuitDynamics::new(c), &protocol.start, &protocol.times, method, ceiling)?;
    let r0 = CircuitDynamics::new(c).rates(&protocol.start);
    let t = simulate(&twin, &twin.state(&protocol.start, &r0), &protocol.times, method, f64::INFINITY)?;
    let exact = difference(&v.states, &t.states, |row| twin.voltages(row));
    let mut table =
        Table::new("Largest difference of the voltages along the run", &["twin", "states", "difference"]);
    let unit = &c.units().state;
    table.rows.push(vec![
        Cell::Text("exact".into()),
        Cell::Number(twin.dim() as f64),
        Cell::Text(quantity(exact, unit)),
    ]);
    let mut naive_difference = None;
    if naive.is_err() {
        let d = naive_run(c, protocol, &v.states, &r0, method)?;
        table.rows.push(vec![
            Cell::Text("naive (same W; refused)".into()),
            Cell::Number(2.0 * c.n() as f64),
            Cell::Text(quantity(d, unit)),
        ]);
        naive_difference = Some(d);
    }
    s.tables.push(table);
    s.trust.push(format!(
        "Both forms were integrated with tolerances 1e-10 over {}; the exact twin's difference is the integrators' error.",
        quantity(protocol.times[protocol.times.len() - 1] - protocol.times[0], time)
    ));
    s.sources = vec!["Miller & Fumarola 2012"];
    s.data = json!({
        "naive_twin_exists": naive.is_ok(),
        "copies": twin.copies(),
        "states": twin.dim(),
        "difference": exact,
        "naive_difference": naive_difference,
    });
    Ok(s)
}

fn reason(message: &str) -> &str {
    message.split_once(": ").map_or(message, |(_, r)| r)
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
