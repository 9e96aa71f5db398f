//! Points of a curve: found by Newton's method, with all numbers whose zeros are special points.

use super::super::normal_forms::at_hopf;
use super::super::scaled::{axis, bordered, dot, minus, norm, plus, solve};
use super::defining::{Defined, Frame, equations};
use super::family::Line;
use super::scaled::Scaled;
use crate::fixed_points::spectrum;
use neurate_numerics::linalg::Complex;

/// Newton steps of a corrector before it is given up, and the step after which a point is accepted.
const MAX_ITERATIONS: usize = 10;
const SMALL_STEP: f64 = 1e-10;
/// What is left of the scaled equations then.
const SMALL_RESIDUAL: f64 = 1e-9;

/// A point on a curve.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub y: Vec<f64>,
    /// The tangent, of length 1.
    pub tangent: Vec<f64>,
    pub frame: Frame,
    /// Rightmost first, per unit of time.
    pub eigenvalues: Vec<Complex>,
    /// The other eigenvalues: without the zero one, or without the pair.
    pub others: Vec<Complex>,
    /// `w.q` at a fold, the squared frequency at a Hopf point: zero where both kinds of curves touch.
    pub double: f64,
    /// The fold's quadratic coefficient, scaled, or the first Lyapunov coefficient; NaN where there is none.
    pub form: f64,
}

impl Node {
    /// How many of the other eigenvalues are unstable.
    pub fn unstable(&self) -> usize {
        self.others.iter().filter(|l| l.re > 0.0).count()
    }
    /// How many of the other eigenvalues are real and unstable.
    pub fn growing_real(&self) -> usize {
        self.others.iter().filter(|l| l.im == 0.0 && l.re > 0.0).count()
    }
    /// The other real eigenvalue that is nearest to zero.
    pub fn nearest_real(&self) -> f64 {
        nearest(self.others.iter().filter(|l| l.im == 0.0))
    }
    /// The real part of the other complex pair that is nearest to the axis.
    pub fn nearest_pair(&self) -> f64 {
        nearest(self.others.iter().filter(|l| l.im > 0.0))
    }
}

fn nearest<'a>(all: impl Iterator<Item = &'a Complex>) -> f64 {
    all.map(|l| l.re).min_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(f64::NAN)
}

/// The point of a curve on the plane through `guess` with this normal. With it the number of steps that it took.
pub(super) fn correct(
    problem: &Scaled,
    guess: &[f64],
    normal: &[f64],
    frame: &Frame,
) -> Option<(Vec<f64>, usize)> {
    let mut y = guess.to_vec();
    let mut before = f64::INFINITY;
    for k in 0..MAX_ITERATIONS {
        let e = equations(problem, &y, frame)?;
        let mut right: Vec<f64> = e.residual.iter().map(|f| -f).collect();
        right.push(-dot(normal, &minus(&y, guess)));
        let step = solve(&bordered(&e.matrix, normal), &right)?;
        let length = norm(&step);
        y = plus(&y, 1.0, &step);
        if length > 2.0 * before || length > 10.0 {
            return None;
        }
        // Where the step no longer falls and is rounding, it is as good as it gets.
        let rounding = length < 1e-7 && length > 0.3 * before;
        before = length;
        if length < SMALL_STEP || rounding {
            let left = equations(problem, &y, frame)?.residual.iter().fold(0.0, |m: f64, f| m.max(f.abs()));
            return (left < SMALL_RESIDUAL && y.iter().all(|v| v.is_finite())).then_some((y, k + 1));
        }
    }
    None
}

/// The point of a curve at which one coordinate has a value, next to a guess.
pub(super) fn at_place(
    problem: &Scaled,
    guess: &[f64],
    (coordinate, place): (usize, f64),
    frame: &Frame,
) -> Option<Vec<f64>> {
    let mut guess = guess.to_vec();
    guess[coordinate] = place;
    let (mut y, _) = correct(problem, &guess, &axis(guess.len(), coordinate), frame)?;
    y[coordinate] = place;
    Some(y)
}

/// Everything about a point; its tangent is turned as `like` is.
pub(super) fn node(problem: &Scaled, y: Vec<f64>, like: &[f64], frame: &Frame) -> Option<Node> {
    let n = problem.n();
    let e = equations(problem, &y, frame)?;
    let t = solve(&bordered(&e.matrix, like), &axis(n + 2, n + 1))?;
    let length = norm(&t);
    let tangent: Vec<f64> = t.iter().map(|t| t / length).collect();
    let (x, at) = problem.own(&y);
    let eigenvalues = spectrum(&problem.family.jacobian(&x, at)).ok()?;
    let mut others = eigenvalues.clone();
    let (double, form) = match &e.frame {
        Frame::Zero(q, w) => {
            remove(&mut others, Complex::new(0.0, 0.0));
            (dot(w, q), dot(w, &problem.second(&y, q, q)))
        }
        Frame::Pair(kappa) => {
            let omega = Complex::new(kappa.abs().sqrt(), 0.0) / problem.time;
            let pair = if *kappa > 0.0 { omega * Complex::new(0.0, 1.0) } else { omega };
            remove(&mut others, pair);
            remove(&mut others, -pair);
            let singular = others.iter().any(|l| l.norm() * problem.time < 1e-9);
            (*kappa, if singular { f64::NAN } else { l1(problem, &x, at, *kappa) })
        }
    };
    Some(Node { y, tangent, frame: e.frame, eigenvalues, others, double, form })
}

/// Takes the eigenvalue next to a number out.
fn remove(all: &mut Vec<Complex>, at: Complex) {
    let away = |l: &Complex| (*l - at).norm();
    if let Some(k) = (0..all.len()).min_by(|&a, &b| away(&all[a]).total_cmp(&away(&all[b]))) {
        all.remove(k);
    }
}

/// The first Lyapunov coefficient; NaN at neutral saddles and where a unit stands at a kink.
fn l1(problem: &Scaled, x: &[f64], at: [f64; 2], kappa: f64) -> f64 {
    if kappa <= 1e-12 || !problem.family.kinks_between((x, at), (x, at)).is_empty() {
        return f64::NAN;
    }
    let line = Line { plane: problem.family, second: at[1] };
    at_hopf(&line, x, at[0], kappa.sqrt() / problem.time).map_or(f64::NAN, |form| form.l1)
}

/// Which curve a frame belongs to.
pub(super) fn defined(frame: &Frame) -> Defined {
    match frame {
        Frame::Zero(..) => Defined::Fold,
        Frame::Pair(_) => Defined::Hopf,
    }
}
