//! The conductance-based membrane: effective time constants and weights, and what it costs to hold the total conductance
//! constant.

use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::linear::Linearization;
use crate::model::{Circuit, Form, Stimulus, Waveform};
use crate::simulate::{Method, Protocol, Trajectory, simulate};
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

/// A conductance-based circuit reduced to weights: every total conductance held at its value at the operating point
/// (Dayan & Abbott 2001, section 7.2; Destexhe, Rudolph & Paré 2003).
///
/// At the operating point the reduced circuit has the full one's Jacobian exactly; away from it the error is of second
/// order in the change of total conductance. It is measured by integrating both, with tolerances 1e-9: along the
/// circuit's own stimuli, from the operating point; without any, under a step of current to the first population.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Membranes {
    /// Voltage of each unit at the operating point, in the unit of state.
    pub voltage: Array,
    /// Total conductance of each unit there, leak, background and synapses, in the circuit's unit of conductance.
    pub total_conductance: Array,
    /// Time constant of each unit there, capacitance over total conductance, in the unit of time.
    pub tau: Array,
    /// The same without synapses.
    pub tau_at_rest: Array,
    /// Weights of the reduced circuit, in the unit of input per that of rate: `ĝ (E_sender − V_receiver) / G_receiver`;
    /// rows receive.
    pub weights: Array,
    /// Largest difference of full and reduced voltages, in the unit of state.
    pub reduction_error: f64,
    /// Largest deviation of the full voltages from the operating point, in the unit of state.
    pub largest_deviation: f64,
    /// Largest relative change of a total conductance.
    pub conductance_change: f64,
    /// Largest difference of an entry of the two Jacobians at the operating point, in 1 per unit of time: rounding.
    pub jacobian_difference: f64,
    /// Step of current to the first population under which both were integrated, in the unit of drive; None: they were
    /// integrated under the circuit's own stimuli.
    #[serde(skip)]
    pub probe: Option<f64>,
    /// Mean voltages of the populations of the full circuit.
    #[serde(skip)]
    pub full: MeanVoltages,
    /// Those of the reduced one.
    #[serde(skip)]
    pub reduced: MeanVoltages,
}

/// Mean voltages of populations over time.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MeanVoltages {
    /// Times.
    pub times: Vec<f64>,
    /// For each population its mean voltage at each time, in the unit of state.
    pub populations: Vec<Vec<f64>>,
}

impl Answer for Membranes {
    const NAME: &'static str = "membrane";

    fn applies(study: &Study) -> Applies {
        if study.circuit().form() != Form::Conductance {
            return Applies::No("conductances");
        }
        Applies::at_operating_point(study)
            .of_units_alone(study, "the reduction is compared with the circuit of membranes alone")
    }

    fn compute(study: &Study) -> Result<Membranes> {
        let c = study.circuit();
        let point = study.point()?;
        let l = study.linearization()?;
        let reduced = c.reduced_at(&point.state)?;
        let (probed, protocol, probe) = probe(study, l)?;
        let cost = Cost::measure(c, &probed, &point.state, &protocol)?;
        Ok(Membranes {
            voltage: point.state.as_slice().into(),
            total_conductance: c.total_conductance(&point.rates)?.into(),
            tau: l.tau.as_slice().into(),
            tau_at_rest: c.tau().into(),
            weights: (&*reduced.weights().dense()).into(),
            reduction_error: cost.error,
            largest_deviation: cost.deviation,
            conductance_change: cost.conductance_change,
            jacobian_difference: CircuitDynamics::at_rest(&reduced)
                .jacobian(0.0, &l.state)
                .sub(&l.jacobian)
                .max_abs(),
            probe,
            full: MeanVoltages::new(c, cost.full),
            reduced: MeanVoltages::new(c, cost.reduced),
        })
    }
}

/// The time course along which the reduction is judged: the file's own stimuli, from the operating point; without any, a
/// current that moves the first population by about one unit of voltage, and its amplitude.
fn probe(study: &Study, l: &Linearization) -> Result<(Circuit, Protocol, Option<f64>)> {
    let c = study.circuit();
    let mut protocol = study.protocol()?.clone();
    protocol.start.clone_from(&l.state);
    if !c.stimuli().is_empty() {
        return Ok((c.clone(), protocol, None));
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
    Ok((Circuit::new(parts)?, protocol, Some(amplitude)))
}

/// Full and reduced circuit along one time course.
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
}

impl MeanVoltages {
    fn new(c: &Circuit, run: Trajectory) -> MeanVoltages {
        let mut populations = vec![Vec::with_capacity(run.times.len()); c.populations().len()];
        for k in 0..run.states.rows() {
            let means = c.population_means(run.states.row(k));
            populations.iter_mut().zip(means).for_each(|(course, mean)| course.push(mean));
        }
        MeanVoltages { times: run.times, populations }
    }
}
