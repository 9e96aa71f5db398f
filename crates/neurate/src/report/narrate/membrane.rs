//! The conductance-based membrane: effective time constants and weights, and what it costs to hold
//! the total conductance constant.

use super::words::{heading, number, percent, quantity, role, unit_names};
use super::{Analysis, slow};
use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::linear::Linearization;
use crate::model::{Circuit, Form, Stimulus, Waveform};
use crate::report::section::{Axis, Cell, Figure, Section, Series, Stroke, Table};
use crate::simulate::{Method, Protocol, Trajectory, simulate};
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use serde_json::json;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "membrane",
    about: "conductances reduced to weights, and the cost of holding the total conductance constant",
    applies: |s| s.circuit().form() == Form::Conductance && s.has_operating_point(),
    run,
};

fn run(study: &Study) -> Result<Section> {
    if !study.circuit().is_plain() {
        return Ok(slow::refusal(
            ANALYSIS.name,
            "From conductances to weights",
            "the reduction is compared with the circuit of membranes alone",
        ));
    }
    let c = study.circuit();
    let u = c.units();
    let point = study.point()?;
    let l = study.linearization()?;
    let reduced = c.reduced_at(&point.state)?;
    let g = c.total_conductance(&point.rates)?;
    let w = reduced.dense_weights()?;
    let (probed, protocol, probe_words) = probe(study, l)?;
    let cost = Cost::measure(c, &probed, &point.state, &protocol)?;

    let mut s = Section::new(ANALYSIS.name, "From conductances to weights");
    s.verdict.push(format!(
        "At the operating point the membranes' time constants are {} (at rest, without synapses: {}).",
        span(&l.tau, &u.time),
        span(c.tau(), &u.time)
    ));
    s.verdict.push(format!(
        "Holding every total conductance constant costs at most {} {probe_words}: {} of the largest deviation, while the total conductance changes by up to {}.",
        quantity(cost.error, &u.state),
        percent(cost.error / cost.deviation.max(f64::MIN_POSITIVE)),
        percent(cost.conductance_change)
    ));
    let mut t = Table::new(
        "Units at the operating point",
        &[
            "unit",
            &heading("V*", &u.state),
            "total conductance (nS or as declared)",
            &heading("τ = C/G", &u.time),
            &heading("τ at rest", &u.time),
        ],
    );
    for i in 0..c.n().min(12) {
        t.rows.push(vec![
            Cell::Text(c.unit_name(i)),
            Cell::Number(point.state[i]),
            Cell::Number(g[i]),
            Cell::Number(l.tau[i]),
            Cell::Number(c.tau()[i]),
        ]);
    }
    s.tables.push(t);
    if c.n() <= 400 {
        let names = if c.n() <= 40 { unit_names(c) } else { vec![] };
        s.figures.push(Figure::Matrix {
            id: "reduced_weights".into(),
            title: "Weights of the reduced circuit".into(),
            caption: "w = ĝ (E_sender − V*_receiver) / G_receiver: the driving force gives the sign.".into(),
            rows_are: "to".into(),
            columns_are: "from".into(),
            row_names: names.clone(),
            column_names: names,
            values: (0..w.rows()).map(|i| w.row(i).to_vec()).collect(),
            unit: reduced.units().weight.clone(),
            outlined: vec![],
        });
    }
    s.figures.push(cost.figure(c));
    s.trust.push("At the operating point the reduced circuit has the full one's Jacobian exactly; away from it the error is of second order in the change of total conductance. It is measured here by integrating both, with tolerances 1e-9.".into());
    s.sources =
        vec!["Dayan & Abbott 2001, section 7.2", "Destexhe, Rudolph & Paré 2003 (high-conductance state)"];
    s.data = json!({
        "voltage": point.state,
        "total_conductance": g,
        "tau": l.tau,
        "tau_at_rest": c.tau(),
        "weights": (c.n() <= 60).then(|| (0..w.rows()).map(|i| w.row(i).to_vec()).collect::<Vec<_>>()),
        "reduction_error": cost.error,
        "largest_deviation": cost.deviation,
        "conductance_change": cost.conductance_change,
        "jacobian_difference": jacobian_difference(&reduced, l),
    });
    Ok(s)
}

fn span(values: &[f64], unit: &str) -> String {
    let (low, high) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &v| (a.min(v), b.max(v)));
    if low == high { quantity(low, unit) } else { format!("{} to {}", number(low), quantity(high, unit)) }
}

fn jacobian_difference(reduced: &Circuit, l: &Linearization) -> f64 {
    CircuitDynamics::at_rest(reduced).jacobian(0.0, &l.state).sub(&l.jacobian).max_abs()
}

/// The course along which the reduction is judged: the file's own stimuli, from the operating point;
/// without any, a current that moves the first population by about one unit of voltage.
fn probe(study: &Study, l: &Linearization) -> Result<(Circuit, Protocol, String)> {
    let c = study.circuit();
    let mut protocol = study.protocol()?.clone();
    protocol.start.clone_from(&l.state);
    if !c.stimuli().is_empty() {
        return Ok((c.clone(), protocol, "under the stimuli".into()));
    }
    let mut parts = c.to_parts();
    let first = c.range(0);
    let pattern: Vec<f64> = (0..c.n()).map(|i| f64::from(u8::from(first.contains(&i)))).collect();
    // G dV = dI, the recurrent part left out.
    let amplitude = 1.0 / (l.input_gain[0] * l.tau[0]);
    parts.stimuli.push(Stimulus {
        name: "probe".into(),
        pattern,
        waveform: Waveform::Step { at: 0.0, until: f64::INFINITY, amplitude },
    });
    let words =
        format!("under a step of {} to {}", quantity(amplitude, &c.units().drive), c.populations()[0].name);
    Ok((Circuit::new(parts)?, protocol, words))
}

/// Full and reduced circuit along one course.
struct Cost {
    full: Trajectory,
    reduced: Trajectory,
    error: f64,
    deviation: f64,
    conductance_change: f64,
}

impl Cost {
    fn measure(c: &Circuit, probed: &Circuit, v: &[f64], protocol: &Protocol) -> Result<Cost> {
        let method = Method::Adaptive { rtol: 1e-9, atol: 1e-9 };
        let ceiling = c.run().ceiling;
        let reduced_circuit = probed.reduced_at(v)?;
        let full = simulate(&CircuitDynamics::new(probed), v, &protocol.times, method, ceiling)?;
        let reduced = simulate(&CircuitDynamics::new(&reduced_circuit), v, &protocol.times, method, ceiling)?;
        let conductance = |row: &[f64]| -> Result<Vec<f64>> {
            let mut r = vec![0.0; row.len()];
            c.rates(row, &[], &mut r);
            c.total_conductance(&r)
        };
        let g0 = conductance(v)?;
        let (mut error, mut deviation, mut change) = (0.0f64, 0.0f64, 0.0f64);
        for k in 0..full.times.len().min(reduced.times.len()) {
            let g = conductance(full.states.row(k))?;
            for i in 0..v.len() {
                error = error.max((full.states[(k, i)] - reduced.states[(k, i)]).abs());
                deviation = deviation.max((full.states[(k, i)] - v[i]).abs());
                change = change.max((g[i] / g0[i] - 1.0).abs());
            }
        }
        Ok(Cost { full, reduced, error, deviation, conductance_change: change })
    }

    fn figure(&self, c: &Circuit) -> Figure {
        let mean = |m: &Matrix, p: usize| -> Vec<f64> {
            (0..m.rows()).map(|k| c.population_means(m.row(k))[p]).collect()
        };
        let mut series = Vec::new();
        for (p, q) in c.populations().iter().enumerate() {
            for (t, stroke, what) in
                [(&self.full, Stroke::Solid, "conductances"), (&self.reduced, Stroke::Dashed, "weights")]
            {
                series.push(Series {
                    name: format!("{}, {what}", q.name),
                    role: role(q.kind),
                    stroke,
                    x: t.times.clone(),
                    y: mean(&t.states, p),
                });
            }
        }
        Figure::Lines {
            id: "reduction".into(),
            title: "Conductances against weights".into(),
            caption: "Solid: the full membrane; dashed: every total conductance held at its value at the operating point.".into(),
            x: Axis::new("time", &c.units().time),
            y: Axis::new("voltage", &c.units().state),
            series,
            marks: vec![],
        }
    }
}
