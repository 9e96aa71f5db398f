//! Many noisy runs: what varies between them, and what does the linear theory of noise predict?

use super::limits::TRIAL_COVARIANCE_UNITS;
use super::time_courses::comparable;
use crate::fixed_points::Stability;
use crate::linear::response::{Noise, fluctuations};
use crate::model::Stimulus;
use crate::simulate::Trials as Runs;
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Matrix, matmul};
use schemars::JsonSchema;
use serde::Serialize;

/// Moments over many runs that differ by their noise. A run that ran away counts up to then.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Trials {
    /// Number of runs.
    pub trials: usize,
    /// Seed of the noise: run `k` has the same noise in any number of runs.
    pub seed: u64,
    /// Recorded times, in the unit of time.
    pub times: Array,
    /// Number of runs that had not run away, at each time.
    pub counts: Vec<usize>,
    /// Names of the units: of the columns of what follows.
    pub units: Vec<String>,
    /// Mean state over runs, in the unit of the state: one row a time, one column a unit.
    pub mean: Array,
    /// Standard deviation over runs, of the same shape. Its own relative standard error is `1/√(2 (count − 1))`; not a
    /// number (null in JSON) for fewer than two runs.
    pub sd: Array,
    /// Covariance over runs at the last time, in the squared unit of the state: units by units. None above 2,000 units,
    /// where it would have more than 32 MB.
    pub covariance: Option<Array>,
    /// Stationary standard deviation of each unit at the operating point by linear theory. None without a stable
    /// operating point, where a stimulus lasts to the end, and above 1,000 units, whose operating point is not sought.
    pub sd_predicted: Option<Array>,
    /// Runs that ran away, in their order.
    pub runaways: Vec<RunawayTrial>,
}

/// A run that ran away.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct RunawayTrial {
    /// Which run, counted from 0.
    pub trial: usize,
    /// When it passed the ceiling, to a step, in the unit of time.
    pub time: f64,
    /// Name of the state that did.
    pub unit: String,
    /// Its value there.
    pub value: f64,
}

impl Answer for Trials {
    const NAME: &'static str = "trials";

    fn applies(study: &Study) -> Applies {
        Applies::yes_if(study.choices().trials.is_some(), "a number of trials")
    }

    fn compute(study: &Study) -> Result<Trials> {
        let c = study.circuit();
        let seed = study.protocol()?.noise.unwrap_or(0);
        let e = study.trials()?;
        let end = e.times.len() - 1;
        Ok(Trials {
            trials: e.last.rows(),
            seed,
            times: e.times.as_slice().into(),
            counts: e.counts.clone(),
            units: (0..c.n()).map(|i| c.unit_name(i)).collect(),
            mean: of_units(&e.mean, e.times.len(), c.n(), |x| x),
            sd: of_units(&e.variance, e.times.len(), c.n(), f64::sqrt),
            covariance: covariance(e, c.n()),
            sd_predicted: prediction(study, e.times[end])?.map(Array::from),
            runaways: e
                .runaways
                .iter()
                .map(|r| RunawayTrial {
                    trial: r.trial,
                    time: r.time,
                    unit: c.state_name(r.index),
                    value: r.value,
                })
                .collect(),
        })
    }
}

/// The first columns of the first rows; slow states stand behind the units.
fn of_units(m: &Matrix, rows: usize, n: usize, f: fn(f64) -> f64) -> Array {
    Array::courses(rows, n, (0..rows).flat_map(|k| &m.row(k)[..n]).map(|x| f(*x)).collect())
}

/// Over trials at the end: kept of few states, of more by the last states.
fn covariance(e: &Runs, n: usize) -> Option<Array> {
    if n > TRIAL_COVARIANCE_UNITS {
        return None;
    }
    let end = e.times.len() - 1;
    if let Some(kept) = &e.covariances {
        return Some(of_units(&kept[end], n, n, |x| x));
    }
    let mean = e.mean.row(end);
    let alive: Vec<&[f64]> = (0..e.last.rows()).map(|k| e.last.row(k)).filter(|x| !x[0].is_nan()).collect();
    let less = if alive.len() > 1 { alive.len() as f64 - 1.0 } else { f64::NAN };
    let deviations = Matrix::from_fn(alive.len(), n, |k, i| alive[k][i] - mean[i]);
    let products = matmul(&deviations.transpose(), &deviations);
    Some((&products.map(|x| x / less)).into())
}

/// Stationary standard deviations of the units by linear theory, where there are any.
fn prediction(study: &Study, end: f64) -> Result<Option<Vec<f64>>> {
    let c = study.circuit();
    if !comparable(study) {
        return Ok(None);
    }
    let l = study.linearization()?;
    // While a stimulus lasts the state is not that of the operating point; a sinusoid lasts where it passes zero, too.
    let lasts = |s: &Stimulus| s.waveform.value(end) != 0.0 || s.waveform.constant_from() > end;
    if l.stability != Stability::Stable || c.stimuli().iter().any(lasts) {
        return Ok(None);
    }
    let Some(f) = fluctuations(l, &Noise::of_sources(c.noise()))? else { return Ok(None) };
    Ok(Some((0..c.n()).map(|i| f.covariance[(i, i)].max(0.0).sqrt()).collect()))
}
