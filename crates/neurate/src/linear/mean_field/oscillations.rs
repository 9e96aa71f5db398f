//! Stability of a stationary state against the growth of oscillations, with the neurons' dynamics
//! and the delays: zeros of `D(s) = det(1 - P(s))`.

use super::delayed_loop::DelayedLoop;

use super::working_points::{neuron_of, working_points};
use crate::fixed_points::FixedPoint;
use crate::model::Circuit;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::nyquist::{
    MOST_POINTS, Walk, count, gain_bound, growing, newton, note, remaining_angle,
};
use neurate_numerics::linalg::{Complex, ComplexLu};
use std::f64::consts::{PI, TAU};

/// What the characteristic equation says of a stationary state.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DelayedStability {
    /// Zeros of `D` with a positive real part, by Nyquist's criterion; each of a conjugate pair
    /// counts. None if they could not be counted.
    pub unstable: Option<usize>,
    /// Modes found by Newton's method from the axis, per unit of time, rightmost first; of a
    /// conjugate pair the one with the positive imaginary part.
    pub modes: Vec<Complex>,
    /// Frequencies (angular, per unit of time) at which `D` was computed.
    pub omegas: Vec<f64>,
    /// `D(i omega)` there.
    pub determinant: Vec<Complex>,
    /// Number of modes in `modes` with a positive real part, as `unstable` counts.
    pub found_unstable: usize,
    /// Why `unstable` is None.
    pub undecided: Option<Undecided>,
}

/// Why the growing modes could not be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undecided {
    /// The loop's gain does not fall below one, up to the highest frequency that was tried.
    GainAtHighFrequencies,
    /// `D` passes through zero, or too close to tell on which side.
    OnTheBorder,
    /// Delays so long that `D` turns too often to be followed.
    DelaysTooLong,
}

impl DelayedStability {
    /// Whether the state is stable; None if that could not be decided.
    pub fn stable(&self) -> Option<bool> {
        match (self.unstable, self.found_unstable) {
            (_, k) if k > 0 => Some(false),
            (Some(n), _) => Some(n == 0),
            (None, _) => None,
        }
    }
    /// The rightmost oscillating mode.
    pub fn critical(&self) -> Option<Complex> {
        self.modes.iter().copied().find(|s| s.im > 0.0)
    }
}

/// Points of the first grid for each decade of frequency.
const PER_DECADE: usize = 40;
/// Modes are sought up to this angular frequency, times the slowest time constant: 1.6 kHz for
/// 20 ms. Faster ones, an infinite ladder from every delay, are counted but not listed.
const FASTEST: f64 = 200.0;
/// Multiples of the firing rates about which the grid is finer.
const RESONANCES: usize = 5;

/// Decides the stability of a stationary state of a mean-field circuit against oscillations.
///
/// Nyquist's criterion counts the zeros of `D` on the right: `D` has no poles there, and tends to 1,
/// or to a circle around 1 that does not reach zero. Half the imaginary axis is followed, with steps
/// in which `D` turns by less than about 12 degrees and no delay by more than a third of a radian, beyond
/// the neurons' resonances and until the loop's gain is below one.
///
/// # Errors
/// The circuit is no mean-field circuit, or a neuron has no linear response at the fixed point.
pub fn delayed_stability(circuit: &Circuit, point: &FixedPoint) -> Result<DelayedStability> {
    let open = DelayedLoop::new(circuit, point)?;
    // The neurons' own times, not the rate equation's: it is their dynamics that count here.
    let slowest = (0..point.rates.len()).map(|p| neuron_of(circuit, p).neuron.tau_m).fold(0.0, f64::max);
    let d =
        |omega: f64| -> Result<Complex> { Ok(ComplexLu::new(&open.open(Complex::new(0.0, omega))?)?.det()) };
    let (grid, far) = frequencies(circuit, point, slowest)?;
    // What turns with a delay must not turn by more than a third of a radian between two points.
    let longest = open.field.synapses.iter().map(|s| s.delay).fold(0.0, f64::max)
        + (0..point.rates.len()).map(|p| neuron_of(circuit, p).neuron.tau_ref).fold(0.0, f64::max);
    let mut walk = Walk::new(d(0.0)?, 0.3 / longest);
    let mut undecided = Some(Undecided::GainAtHighFrequencies);
    let mut rest = 0.0;
    let gave_up = |omega: f64| {
        if omega > 10.0 * far { Undecided::GainAtHighFrequencies } else { Undecided::DelaysTooLong }
    };
    for omega in grid {
        if (omega - walk.last().0) / walk.stride > (MOST_POINTS - walk.omegas.len()) as f64 {
            undecided = Some(gave_up(walk.last().0));
            break;
        }
        let value = d(omega)?;
        walk.to(&d, (omega, value))?;
        // Beyond the neurons' resonances the gain only falls: once it is below one, no mode can cross.
        if omega >= far {
            let gain = open.gain(Complex::new(0.0, omega))?;
            if gain_bound(&gain) < 1.0 {
                undecided = None;
                rest = remaining_angle(&gain)?;
                break;
            }
        }
        if walk.omegas.len() >= MOST_POINTS {
            undecided = Some(gave_up(walk.last().0));
            break;
        }
    }
    let Walk { omegas, values, .. } = walk;
    let mut unstable = if undecided.is_none() { count(&values, rest) } else { None };
    let modes = modes(&open, &omegas, &values, slowest, unstable)?;
    let found_unstable = growing(&modes);
    // A count below what was found has missed a turn.
    unstable = unstable.filter(|n| *n >= found_unstable);
    if unstable.is_none() && undecided.is_none() {
        undecided = Some(Undecided::OnTheBorder);
    }
    Ok(DelayedStability { unstable, modes, omegas, determinant: values, found_unstable, undecided })
}

/// The first grid, rising, and where all resonances lie behind: eight decades from far below every rate
/// of the circuit, and finer about the multiples of the firing rates.
fn frequencies(circuit: &Circuit, point: &FixedPoint, slowest: f64) -> Result<(Vec<f64>, f64)> {
    let low = 1e-3 / slowest;
    let mut grid: Vec<f64> =
        (0..=8 * PER_DECADE).map(|k| low * 10f64.powf(k as f64 / PER_DECADE as f64)).collect();
    let resonances = resonances(circuit, point)?;
    let far = resonances.iter().fold(100.0 / slowest, |far, omega| far.max(1.1 * omega));
    grid.extend(resonances);
    grid.retain(|omega| *omega > 0.0);
    grid.sort_by(f64::total_cmp);
    Ok((grid, far))
}

/// Angular frequencies about the first multiples of the firing rates, where regular neurons resonate: at
/// the k-th with a relative width of `pi k CV^2`.
pub(super) fn resonances(circuit: &Circuit, point: &FixedPoint) -> Result<Vec<f64>> {
    let mut all = Vec::new();
    for w in working_points(circuit, point)? {
        for k in 1..=RESONANCES {
            let center = k as f64 * TAU * w.rate * circuit.units().rate_times_time;
            let width = PI * k as f64 * w.cv * w.cv;
            all.push(center);
            // Wider ones show on any grid.
            if width < 0.2 {
                all.extend([-4.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 4.0].map(|x| center * (1.0 + x * width)));
            }
        }
    }
    Ok(all)
}

/// Zeros of `D` near the axis, from its local minima along it; more starts to the right if the
/// count says that some are missing.
fn modes(
    open: &DelayedLoop,
    omegas: &[f64],
    values: &[Complex],
    slowest: f64,
    unstable: Option<usize>,
) -> Result<Vec<Complex>> {
    let mut starts = vec![Complex::new(0.0, 0.0)];
    for k in 1..values.len().saturating_sub(1) {
        if omegas[k] > FASTEST / slowest {
            break;
        }
        if values[k].norm() <= values[k - 1].norm() && values[k].norm() <= values[k + 1].norm() {
            starts.push(Complex::new(0.0, omegas[k]));
        }
    }
    let d = |s: Complex| Some(ComplexLu::new(&open.open(s).ok()?).ok()?.det());
    let mut found = Vec::new();
    for start in starts {
        note(&mut found, newton(&d, start, slowest, &[]));
    }
    if let Some(n) = unstable {
        let top = omegas.last().copied().unwrap_or(1.0);
        'search: for i in 0..12 {
            let re = 0.02 * 2f64.powi(i) / slowest;
            for k in 0..40 {
                if growing(&found) >= n {
                    break 'search;
                }
                let im = if k == 0 { 0.0 } else { top * 10f64.powf(-4.0 + 4.0 * k as f64 / 39.0) };
                let root = newton(&d, Complex::new(re, im), slowest, &found);
                note(&mut found, root);
            }
        }
    }
    found.sort_by(|a, b| b.re.total_cmp(&a.re));
    Ok(found)
}
