//! Inputs over time: a waveform along a pattern of units.

use super::form::Form;
use super::population::Population;
use neurate_numerics::error::{Error, Result};

/// An input `pattern * waveform(t)`, on top of the constant `h`.
#[derive(Clone, Debug, PartialEq)]
pub struct Stimulus {
    /// Its name.
    pub name: String,
    /// Weight of each unit: 1 for every unit of the target population, or a given pattern.
    pub pattern: Vec<f64>,
    /// Its course in time.
    pub waveform: Waveform,
}

/// A course in time; amplitudes in the circuit's unit of drive, times in its unit of time.
#[derive(Clone, Debug, PartialEq)]
pub enum Waveform {
    /// `area * delta(t - at)`: a jump of the state by `area / tau`.
    Impulse {
        /// When.
        at: f64,
        /// Integral over time.
        area: f64,
    },
    /// `amplitude` from `at` until `until`.
    Step {
        /// From.
        at: f64,
        /// Until (infinity: for good).
        until: f64,
        /// How much.
        amplitude: f64,
    },
    /// `slope * (t - at)` from `at` until `until`, then what was reached is held.
    Ramp {
        /// From.
        at: f64,
        /// Until (infinity: for good).
        until: f64,
        /// Rise per unit of time.
        slope: f64,
    },
    /// `amplitude * sin(omega (t - at) + phase)` from `at` until `until`.
    Sinusoid {
        /// From.
        at: f64,
        /// Until (infinity: for good).
        until: f64,
        /// Peak.
        amplitude: f64,
        /// Angular frequency, radians per unit of time.
        omega: f64,
        /// Phase at `at`, radians.
        phase: f64,
    },
    /// Samples joined by straight lines; zero before the first and from the last on: like every
    /// other course it holds from its start until just before its end.
    Samples {
        /// Times, rising.
        times: Vec<f64>,
        /// Values, as many.
        values: Vec<f64>,
    },
}

impl Waveform {
    /// The value at time `t` (an impulse has none: 0).
    pub fn value(&self, t: f64) -> f64 {
        match self {
            Waveform::Impulse { .. } => 0.0,
            Waveform::Step { at, until, amplitude } => {
                if t >= *at && t < *until {
                    *amplitude
                } else {
                    0.0
                }
            }
            Waveform::Ramp { at, until, slope } => {
                if t < *at {
                    0.0
                } else {
                    slope * (t.min(*until) - at)
                }
            }
            Waveform::Sinusoid { at, until, amplitude, omega, phase } => {
                if t >= *at && t < *until {
                    amplitude * (omega * (t - at) + phase).sin()
                } else {
                    0.0
                }
            }
            Waveform::Samples { times, values } => {
                let k = times.partition_point(|&s| s <= t);
                if k == 0 || k == times.len() {
                    0.0
                } else {
                    let x = (t - times[k - 1]) / (times[k] - times[k - 1]);
                    values[k - 1] + x * (values[k] - values[k - 1])
                }
            }
        }
    }

    /// Times at which the course is not smooth: an integrator stops there.
    pub fn breakpoints(&self) -> Vec<f64> {
        let ends = match self {
            Waveform::Impulse { at, .. } => vec![*at],
            Waveform::Step { at, until, .. }
            | Waveform::Ramp { at, until, .. }
            | Waveform::Sinusoid { at, until, .. } => vec![*at, *until],
            Waveform::Samples { times, .. } => times.clone(),
        };
        ends.into_iter().filter(|t| t.is_finite()).collect()
    }

    /// The time from which on it does not change any more; infinite if it always does.
    pub fn constant_from(&self) -> f64 {
        match self {
            Waveform::Impulse { at, .. } => *at,
            // For good it is constant from its begin.
            Waveform::Step { at, until, .. } => {
                if until.is_finite() {
                    *until
                } else {
                    *at
                }
            }
            Waveform::Ramp { until, .. } | Waveform::Sinusoid { until, .. } => *until,
            Waveform::Samples { times, .. } => times.last().copied().unwrap_or(f64::NEG_INFINITY),
        }
    }
}

impl Stimulus {
    /// Refuses what a circuit of these populations cannot get.
    pub(crate) fn check(&self, form: Form, populations: &[Population]) -> Result<()> {
        self.check_numbers(populations.iter().map(|p| p.size).sum())?;
        if form == Form::Rate && matches!(self.waveform, Waveform::Impulse { .. }) {
            self.check_impulse(populations)?;
        }
        Ok(())
    }

    /// An instantaneous pulse jumps the state by `area / tau`: exact wherever the input stands outside `f`, or `f` is linear;
    /// inside a nonlinear `f` it has no meaning.
    fn check_impulse(&self, populations: &[Population]) -> Result<()> {
        let mut first = 0;
        for p in populations {
            let reached = self.pattern[first..first + p.size].iter().any(|a| *a != 0.0);
            first += p.size;
            if reached && !p.transfer.is_affine() {
                return Err(Error::invalid(format!(
                    "stimulus {}: an instantaneous pulse inside the nonlinear f of {} has no meaning",
                    self.name, p.name
                ))
                .with_help("give it a duration: { area = ..., duration = \"5 ms\" }, or an amplitude"));
            }
        }
        Ok(())
    }

    fn check_numbers(&self, n: usize) -> Result<()> {
        let name = &self.name;
        let error = |what: &str| Error::invalid(format!("stimulus {name}: {what}"));
        let fail = |what: &str| Err(error(what));
        if self.pattern.len() != n {
            return fail(&format!("its pattern has {} values for {n} units", self.pattern.len()));
        }
        if self.pattern.iter().any(|x| !x.is_finite()) {
            return fail("its pattern holds a value that is not finite");
        }
        let (numbers, from, until) = match &self.waveform {
            Waveform::Impulse { at, area } => (vec![*area], *at, f64::INFINITY),
            Waveform::Step { at, until, amplitude } => (vec![*amplitude], *at, *until),
            Waveform::Ramp { at, until, slope } => (vec![*slope], *at, *until),
            Waveform::Sinusoid { at, until, amplitude, omega, phase } => {
                (vec![*amplitude, *omega, *phase], *at, *until)
            }
            Waveform::Samples { times, values } => {
                if times.is_empty() || times.len() != values.len() {
                    return fail("it needs as many times as values, at least one");
                }
                if times.windows(2).any(|w| w[0] >= w[1] || w[0].is_nan() || w[1].is_nan()) {
                    return fail("its times must rise");
                }
                (values.clone(), times[0], f64::INFINITY)
            }
        };
        if numbers.iter().any(|x| !x.is_finite()) || !from.is_finite() || until.is_nan() {
            return Err(error("it holds a number that is not finite")
                .with_help("write smaller numbers: an area over a duration, too, is at most 1.8e308"));
        }
        if until <= from {
            return Err(error(&format!("it ends at {until}, not after its start at {from}"))
                .with_help("give a longer duration; too short a pulse is lost in the rounding of times"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waveforms_have_their_values() {
        let ramp = Waveform::Ramp { at: 1.0, until: 3.0, slope: 2.0 };
        assert_eq!([ramp.value(0.5), ramp.value(2.0), ramp.value(9.0)], [0.0, 2.0, 4.0]);
        let samples = Waveform::Samples { times: vec![0.0, 2.0], values: vec![1.0, 3.0] };
        assert_eq!(samples.value(1.0), 2.0);
        assert!((samples.value(2.0f64.next_down()) - 3.0).abs() < 1e-15);
        assert_eq!(samples.value(2.0), 0.0);
        let step = Waveform::Step { at: 0.0, until: f64::INFINITY, amplitude: 5.0 };
        assert_eq!(step.breakpoints(), vec![0.0]);
        assert_eq!([step.value(-1e-9), step.value(0.0)], [0.0, 5.0]);
    }
}
