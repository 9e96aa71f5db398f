//! Transient amplification: what does the circuit amplify on the way back to rest?

use super::limits::{AMPLIFICATION_BETWEEN_POPULATIONS, AMPLIFICATION_BETWEEN_UNITS, ENERGY_UNITS};
use crate::linear::Linearization;
use crate::linear::modes::{amplification_between_of, amplification_of};
use crate::model::Circuit;
use crate::study::{Answer, Applies, Array, Channels, Study};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use schemars::JsonSchema;
use serde::Serialize;

/// The largest transient of the linearization `dx/dt = A x`: how large a pattern of norm one becomes before it decays.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Amplification {
    /// `max ‖exp(At)‖` over all times; 1 without amplification, infinite (null in JSON) at an unstable operating point.
    /// Accurate to about 1e-9.
    pub max: f64,
    /// No norm at any time is larger: at most 1e-6 (relative) above `max`. Infinite (null in JSON) with `max`, or if the
    /// bound could not be closed. Rigorous but for the rounding of the exponentials.
    pub bound: f64,
    /// When the maximum is reached, in the unit of time; accurate to about 1e-4 (relative). Infinite (null in JSON) with `max`.
    pub time: f64,
    /// The initial pattern over units, of norm one, that is amplified most; empty where `max` is infinite.
    pub input: Array,
    /// The pattern over units, of norm one, that it has become at the maximum.
    pub output: Array,
    /// Numerical abscissa, the initial growth rate, per unit of time: if not positive, no pattern is amplified.
    pub numerical_abscissa: f64,
    /// Spectral abscissa, the long-term growth rate, per unit of time.
    pub spectral_abscissa: f64,
    /// Times of the curve, in the unit of time.
    pub times: Array,
    /// `‖exp(At)‖` at each of them.
    pub norms: Array,
    /// Amplification from the inputs to the outputs that were chosen; None if neither were.
    pub between: Option<ChosenAmplification>,
    /// The largest amplification from each population to each. Of two to six populations with up to 60 units together:
    /// it takes as many searches as there are pairs. None also of an unstable operating point.
    pub between_populations: Option<PopulationAmplification>,
    /// Energy of what follows initial patterns; None at an operating point that is not stable, and above 1,500 units.
    pub energy: Option<PatternEnergies>,
}

/// The largest transient from chosen inputs to chosen outputs: of `‖C exp(At) B‖`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ChosenAmplification {
    /// Names of the inputs, the columns of `B`.
    pub from: Vec<String>,
    /// Names of the outputs, the rows of `C`.
    pub to: Vec<String>,
    /// The largest norm over all times; it may lie at time 0 and below 1.
    pub max: f64,
    /// No norm at any time is larger.
    pub bound: f64,
    /// When the maximum is reached, in the unit of time.
    pub time: f64,
    /// The combination of inputs, of norm one, that reaches it.
    pub input: Array,
    /// The direction over outputs, of norm one, that it becomes.
    pub output: Array,
    /// Times of the curve, in the unit of time.
    pub times: Array,
    /// `‖C exp(At) B‖` at each of them.
    pub norms: Array,
}

/// The largest amplification from any pattern in one population to any in another.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PopulationAmplification {
    /// Names of the populations: of rows and columns.
    pub populations: Vec<String>,
    /// The largest norm: to the population of the row, from that of the column.
    pub max: Array,
    /// When it is reached, in the unit of time.
    pub time: Array,
}

/// The energy `∫|x|² dt` of all that follows an initial pattern of norm one, by the observability Gramian.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PatternEnergies {
    /// Energy of each pattern over that of the slowest isolated unit (half its time constant), largest first.
    pub over_isolated_unit: Array,
    /// How many patterns have more energy than that unit.
    pub patterns_above_one: usize,
    /// Mean of `over_isolated_unit`.
    pub mean: f64,
    /// The orthonormal initial patterns, one a row, over units; the largest entry of each is positive.
    pub patterns: Array,
    /// Relative residual of the Lyapunov equation.
    pub residual: f64,
}

impl Answer for Amplification {
    const NAME: &'static str = "amplification";

    fn applies(study: &Study) -> Applies {
        Applies::at_operating_point(study).of_units_alone(
            study,
            "it measures patterns over units by their norm, and slow states have scales of their own",
        )
    }

    fn compute(study: &Study) -> Result<Amplification> {
        let c = study.circuit();
        let l = study.linearization()?;
        let g = amplification_of(l.jacobian_decomposition(), study.progress())?;
        let stable = g.max.is_finite() && g.spectral_abscissa < 0.0;
        Ok(Amplification {
            between: chosen(study, l)?,
            between_populations: if stable { between_populations(study, l)? } else { None },
            energy: if c.n() <= ENERGY_UNITS { energies(l)? } else { None },
            max: g.max,
            bound: g.bound,
            time: g.time,
            input: g.input.into(),
            output: g.output.into(),
            numerical_abscissa: g.numerical_abscissa,
            spectral_abscissa: g.spectral_abscissa,
            times: g.times.into(),
            norms: g.norms.into(),
        })
    }
}

/// What was chosen with `from` and `to`; None if nothing was.
fn chosen(study: &Study, l: &Linearization) -> Result<Option<ChosenAmplification>> {
    let choices = study.choices();
    if choices.from.is_none() && choices.to.is_none() {
        return Ok(None);
    }
    let c = study.circuit();
    let side = |channels: &Option<Channels>| match channels {
        Some(channels) => (channels.names.clone(), channels.weights.clone()),
        None => ((0..c.n()).map(|i| c.unit_name(i)).collect(), Matrix::identity(c.n())),
    };
    let ((from, begun), (to, seen)) = (side(&choices.from), side(&choices.to));
    let jacobian = l.jacobian_decomposition();
    let g = amplification_between_of(jacobian, &begun.transpose(), &seen, study.progress()).map_err(|e| {
        Error::new(e.kind(), e.message()).with_help("--from and --to ask about a stable operating point")
    })?;
    Ok(Some(ChosenAmplification {
        from,
        to,
        max: g.max,
        bound: g.bound,
        time: g.time,
        input: g.input.into(),
        output: g.output.into(),
        times: g.times.into(),
        norms: g.norms.into(),
    }))
}

/// Every pair of populations; None where there are too many, or one.
fn between_populations(study: &Study, l: &Linearization) -> Result<Option<PopulationAmplification>> {
    let c = study.circuit();
    let count = c.populations().len();
    if !(2..=AMPLIFICATION_BETWEEN_POPULATIONS).contains(&count) || c.n() > AMPLIFICATION_BETWEEN_UNITS {
        return Ok(None);
    }
    let only: Vec<Matrix> = (0..count).map(|p| units_of(c, p)).collect();
    let (mut max, mut time) = (Matrix::zeros(count, count), Matrix::zeros(count, count));
    for to in 0..count {
        for from in 0..count {
            let g = amplification_between_of(
                l.jacobian_decomposition(),
                &only[from].transpose(),
                &only[to],
                study.progress(),
            )?;
            (max[(to, from)], time[(to, from)]) = (g.max, g.time);
        }
    }
    Ok(Some(PopulationAmplification {
        populations: c.populations().iter().map(|p| p.name.clone()).collect(),
        max: (&max).into(),
        time: (&time).into(),
    }))
}

/// The units of a population, one a row.
fn units_of(c: &Circuit, population: usize) -> Matrix {
    let range = c.range(population);
    Matrix::from_fn(range.len(), c.n(), |k, i| f64::from(u8::from(i == range.start + k)))
}

/// The energy of all that follows an initial pattern: the observability Gramian's patterns.
fn energies(l: &Linearization) -> Result<Option<PatternEnergies>> {
    let Some(e) = l.evoked_energy()? else { return Ok(None) };
    // Of a unit without connections the energy is half its time constant; the slowest has most.
    let alone = 0.5 * l.tau.iter().copied().fold(0.0, f64::max);
    let over: Vec<f64> = e.energies.iter().map(|x| x / alone).collect();
    let pattern = |k: usize| {
        let v = e.patterns.col(k);
        let top = v.iter().copied().fold(0.0, |m: f64, x| if x.abs() > m.abs() { x } else { m });
        v.iter().map(|x| x * top.signum()).collect::<Vec<f64>>()
    };
    Ok(Some(PatternEnergies {
        patterns_above_one: over.iter().filter(|x| **x > 1.0 + 1e-9).count(),
        mean: over.iter().sum::<f64>() / over.len() as f64,
        patterns: Array::rows((0..over.len()).map(pattern)),
        over_isolated_unit: over.into(),
        residual: e.residual,
    }))
}
