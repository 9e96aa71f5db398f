//! A fixed point, and what is known of it.

use super::infinite_gain;
use super::newton;
use super::stability::Stability;
use crate::dynamics::{CircuitDynamics, DelayedJacobian, Dynamics};
use crate::model::{Circuit, Form};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Complex, Matrix, eigenvalues};

/// How many fixed points there are where one is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Multiplicity {
    /// One, as far as its eigenvalues tell.
    #[default]
    One,
    /// A double root to within rounding, as at a fold: one fixed point, two, or none. Two would be nearer to each other than
    /// this share of `1 + |x|`.
    Double(f64),
    /// A triple root to within rounding, as at a pitchfork or a cusp: one fixed point, or three that are as near.
    Triple(f64),
    /// One of a line of fixed points.
    Line,
}

impl Multiplicity {
    /// In one word.
    pub fn name(self) -> &'static str {
        match self {
            Multiplicity::One => "one",
            Multiplicity::Double(_) => "double",
            Multiplicity::Triple(_) => "triple",
            Multiplicity::Line => "line",
        }
    }
}

/// A fixed point and what is known of it; by default one of which nothing is known.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct FixedPoint {
    /// The units' state: rates in rate form, voltages otherwise. Slow states are at their steady values,
    /// [`CircuitDynamics::complete`].
    pub state: Vec<f64>,
    /// The input to every transfer function.
    pub input: Vec<f64>,
    /// The rates.
    pub rates: Vec<f64>,
    /// The gains there. At a kink, the slope from the right.
    pub gains: Vec<f64>,
    /// The largest `|target - x|` over `1 + |x|`.
    pub residual: f64,
    /// Length of the last Newton step over `1 + |x|`: an estimate of the error of the state.
    pub error: f64,
    /// Eigenvalues of the Jacobian, slow states included, per unit of time, rightmost first; with delays, the
    /// rightmost roots of the characteristic equation. None where a gain is infinite.
    pub eigenvalues: Vec<Complex>,
    /// Stability.
    pub stability: Stability,
    /// Real parts of eigenvalues smaller than this are zero to rounding, per unit of time.
    pub rounding: f64,
    /// How many fixed points there are here.
    pub multiplicity: Multiplicity,
    /// Units that stand at a kink of their transfer function: there the Jacobian is one-sided.
    pub at_kink: Vec<usize>,
    /// Whether a run from rest settles here.
    pub reached_from_rest: bool,
    /// Whether `eigenvalues` are roots of a characteristic equation with delays.
    pub delayed: bool,
}

impl FixedPoint {
    /// Its index, `sign det(-J)`: -1 for an odd number of real growing modes; 0 where it is not
    /// decided (a marginal point, one at a kink, or with an infinite gain).
    pub fn index(&self) -> i64 {
        let smooth = self.at_kink.is_empty() && self.gains.iter().all(|g| g.is_finite());
        if self.stability == Stability::Marginal || !smooth || self.multiplicity != Multiplicity::One {
            return 0;
        }
        let growing = match (self.delayed, self.stability) {
            // Not every root is in the list; complex ones come in pairs.
            (true, Stability::Unstable(all)) => all,
            _ => self.eigenvalues.iter().filter(|l| l.im == 0.0 && l.re > 0.0).count(),
        };
        if growing % 2 == 0 { 1 } else { -1 }
    }
    /// Whether it attracts.
    pub fn stable(&self) -> bool {
        self.stability == Stability::Stable
    }
    /// Whether an eigenvalue is zero to within its error.
    pub(super) fn has_zero_eigenvalue(&self) -> bool {
        self.eigenvalues.iter().any(|l| l.norm() <= self.rounding)
    }
    /// Units whose gain is infinite here, as a power law's with an exponent below 1 at its threshold.
    pub fn at_infinite_gain(&self) -> Vec<usize> {
        (0..self.gains.len()).filter(|&i| self.gains[i].is_infinite()).collect()
    }
    /// Whether the circuit has a linearization here: no gain is infinite, and the point is not a double or triple root, whose
    /// state and zero eigenvalue are known to half or a third of the digits.
    pub fn has_linearization(&self) -> bool {
        let single = matches!(self.multiplicity, Multiplicity::One | Multiplicity::Line);
        single && self.gains.iter().all(|g| g.is_finite())
    }
}

/// The fixed point that Newton's method reaches from a state; None if it does not converge. For
/// following a point that moves with a parameter: `reached_from_rest` is not asked, and false.
///
/// # Errors
/// The circuit is too large for a dense Jacobian; its eigenvalues did not converge.
pub fn nearest_fixed_point(circuit: &Circuit, start: &[f64]) -> Result<Option<FixedPoint>> {
    circuit.require_dense()?;
    match newton::solve(&CircuitDynamics::settled(circuit), start) {
        Some(s) => Ok(Some(classify(circuit, s.state, s.step)?)),
        None => Ok(None),
    }
}

/// Makes a [`FixedPoint`] of a state: gains, Jacobian, stability.
pub(super) fn classify(circuit: &Circuit, state: Vec<f64>, error: f64) -> Result<FixedPoint> {
    let dynamics = CircuitDynamics::settled(circuit);
    let input = dynamics.input(&state);
    let rates = dynamics.rates(&state);
    let gains = circuit.gains(&input, &rates);
    let residual = newton::residual(&dynamics, &state);
    let mut at_kink = Vec::new();
    for (p, population) in circuit.populations().iter().enumerate() {
        let kinks = population.transfer.kinks();
        let near = |i: &usize| kinks.iter().any(|k| (k - input[*i]).abs() <= 1e-9 * (1.0 + k.abs()));
        at_kink.extend(circuit.range(p).filter(near));
    }
    let mut point = FixedPoint {
        state,
        input,
        rates,
        gains,
        residual,
        error,
        eigenvalues: vec![],
        stability: Stability::Marginal,
        rounding: 0.0,
        multiplicity: Multiplicity::One,
        at_kink,
        reached_from_rest: false,
        delayed: circuit.delays().is_some(),
    };
    if point.gains.iter().any(|g| g.is_infinite()) {
        point.stability = infinite_gain::stability(circuit, &point.gains)?;
        return Ok(point);
    }
    find_stability(circuit, &dynamics, &mut point)?;
    Ok(point)
}

/// Eigenvalues and stability of a point whose gains are finite.
fn find_stability(circuit: &Circuit, dynamics: &CircuitDynamics, point: &mut FixedPoint) -> Result<()> {
    let (size, eigenvalues, counted) = if circuit.is_plain() {
        let jacobian = dynamics.jacobian(0.0, &point.state);
        (jacobian.frobenius(), spectrum(&jacobian)?, None)
    } else {
        let full = DelayedJacobian::new(circuit, &CircuitDynamics::at_rest(circuit).complete(&point.state))?;
        let roots = full.roots()?;
        let size = full.parts.iter().map(|(_, part)| part.frobenius()).sum();
        (size, roots.roots, circuit.delays().map(|_| roots.unstable))
    };
    // Not the size of the Jacobian alone: at a fold of one unit that is itself the difference of two
    // rates of 1/tau, and zero.
    let n = point.state.len();
    let (mut target, mut tau) = (vec![0.0; n], vec![0.0; n]);
    dynamics.relaxation(0.0, &point.state, &mut target, &mut tau);
    let scale = size + tau.iter().fold(0.0, |m: f64, t| m.max(1.0 / t));
    let top = eigenvalues.first().map_or(f64::NEG_INFINITY, |l| l.re);
    // Eigenvalues of a matrix are known to about n eps ||A|| where they are well conditioned; the
    // state's own error moves them as well.
    let tolerance = scale * (1e-12 * circuit.states() as f64).max(10.0 * point.error);
    point.stability = if let Some(counted) = counted {
        match counted {
            // On the axis to rounding, or not to be told from it.
            _ if top.abs() <= tolerance => Stability::Marginal,
            None if top < 0.0 => Stability::Marginal,
            None => Stability::Unstable(eigenvalues.iter().filter(|l| l.re > 0.0).count()),
            Some(0) => Stability::Stable,
            Some(k) => Stability::Unstable(k),
        }
    } else if top < -tolerance {
        Stability::Stable
    } else if top > tolerance {
        Stability::Unstable(eigenvalues.iter().filter(|l| l.re > tolerance).count())
    } else {
        Stability::Marginal
    };
    point.eigenvalues = eigenvalues;
    point.rounding = tolerance;
    Ok(())
}

/// A place at which rounding hides how many fixed points there are: they lie between the states `ends`. `odd`: one or three,
/// and not two or none.
pub(super) fn classify_unclear(
    circuit: &Circuit,
    state: Vec<f64>,
    ends: [Vec<f64>; 2],
    odd: bool,
) -> Result<FixedPoint> {
    let [lo, hi] = &ends;
    let apart = lo.iter().zip(hi).map(|(a, b)| (a - b).abs() / (1.0 + a.abs().max(b.abs())));
    let within = apart.fold(f64::EPSILON, f64::max);
    let mut point = classify(circuit, state, within)?;
    point.multiplicity = if odd { Multiplicity::Triple(within) } else { Multiplicity::Double(within) };
    if point.eigenvalues.is_empty() {
        return Ok(point);
    }
    // The eigenvalue that vanishes is known as well as the ends tell.
    let nearest = |p: &FixedPoint| p.eigenvalues.iter().map(|l| l.norm()).fold(f64::INFINITY, f64::min);
    let mut error = nearest(&point);
    for end in ends {
        let end = classify(circuit, end, within)?;
        if !end.eigenvalues.is_empty() {
            error = error.max(nearest(&end));
        }
    }
    point.rounding = error.max(scale_of_rounding(&point));
    let growing = point.eigenvalues.iter().filter(|l| l.re > point.rounding).count();
    point.stability = if growing > 0 { Stability::Unstable(growing) } else { Stability::Marginal };
    Ok(point)
}

/// What rounding alone leaves of an eigenvalue.
fn scale_of_rounding(point: &FixedPoint) -> f64 {
    point.eigenvalues.iter().fold(0.0, |m: f64, l| m.max(l.norm())) * 1e-12
}

/// The eigenvalues of a Jacobian, rightmost first; of one or two units in closed form.
///
/// # Errors
/// An entry is not finite; the iteration did not converge.
pub fn spectrum(a: &Matrix) -> Result<Vec<Complex>> {
    let size = a.max_abs();
    // Squares must neither overflow nor vanish.
    let safe = size == 0.0 || (1e-100..1e100).contains(&size);
    match a.rows() {
        1 if safe => Ok(vec![Complex::new(a[(0, 0)], 0.0)]),
        2 if safe => {
            let [a, b, c, d] = [a[(0, 0)], a[(0, 1)], a[(1, 0)], a[(1, 1)]];
            let half = 0.5 * (a - d);
            let squared = half * half + b * c;
            if squared < 0.0 {
                let (re, im) = (0.5 * (a + d), (-squared).sqrt());
                return Ok(vec![Complex::new(re, im), Complex::new(re, -im)]);
            }
            // Of the two the one that does not cancel; the other has what is left of the product.
            let far = half + squared.sqrt().copysign(half);
            let (one, other) = (d + far, if far == 0.0 { d } else { d - b * c / far });
            Ok(vec![Complex::new(one.max(other), 0.0), Complex::new(one.min(other), 0.0)])
        }
        _ => eigenvalues(a),
    }
}

/// The unit of the state, for messages.
pub(super) fn state_unit(circuit: &Circuit) -> &str {
    match circuit.form() {
        Form::Rate => &circuit.units().rate,
        _ => &circuit.units().input,
    }
}
