//! Normal forms at special points, from the multilinear forms of the field: Kuznetsov's formulas.

use super::family::Family;
use super::polish::{ZeroPoint, null_vectors, square};
use super::scaled::{Scaled, dot, norm, plus, solve};
use neurate_numerics::linalg::{CMatrix, Complex, ComplexLu, Lu, Matrix};

/// Which entry of a vector is largest.
fn largest(v: &[f64]) -> f64 {
    v.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(0.0)
}

/// The vectors of the zero eigenvalue in the state's own units: `q.q = 1` with its largest entry positive, and `w.q = 1`.
fn own_vectors(problem: &Scaled, at: &ZeroPoint) -> (Vec<f64>, Vec<f64>) {
    let mut q: Vec<f64> = at.right.iter().zip(&problem.unit).map(|(q, u)| q * u).collect();
    let mut w: Vec<f64> = (0..q.len()).map(|i| at.left[i] * problem.row(i)).collect();
    let size = norm(&q) * largest(&q).signum();
    q.iter_mut().for_each(|q| *q /= size);
    let product = dot(&w, &q);
    w.iter_mut().for_each(|w| *w /= product);
    (q, w)
}

/// The coefficients of a fold, `a = 1/2 <w, B(q, q)>` and `b = <w, F_p>`: along q the state obeys `y' = b dp + a y^2`.
pub(super) fn at_fold(problem: &Scaled, at: &ZeroPoint) -> (f64, f64) {
    let (q, w) = own_vectors(problem, at);
    let (x, p) = problem.own(&at.y);
    let along = [&q[..], &[0.0]].concat();
    let a = 0.5 * dot(&w, &problem.family.second(&x, p, &along, &along));
    (a, dot(&w, &problem.family.d_dp(&x, p)))
}

/// What happens where branches cross.
#[derive(Clone, Debug)]
pub(super) struct Crossing {
    /// The coefficient of the cube along q, scaled.
    pub cubic: f64,
    /// Tangents of the branches that cross, scaled, of length 1.
    pub tangents: Vec<Vec<f64>>,
    /// Whether the quadratic term along q is zero to rounding.
    pub symmetric: bool,
    /// Whether all states along q are equilibria, as in linear circuits: then no branch crosses here.
    pub line: bool,
}

/// How far along q, scaled, states of a line are looked at.
const LOOKS: [f64; 4] = [-1.0, -0.3, 0.3, 1.0];

/// Whether all states along a direction are equilibria at this value of the parameter.
fn is_line(problem: &Scaled, y: &[f64], q: &[f64]) -> bool {
    let along: Vec<f64> = q.iter().copied().chain([0.0]).collect();
    LOOKS.iter().all(|s| norm(&problem.residual(&plus(y, *s, &along))) < 1e-9)
}

/// Tangents and coefficients where branches cross; None if no two directions do.
pub(super) fn at_crossing(problem: &Scaled, at: &ZeroPoint) -> Option<Crossing> {
    let n = problem.n();
    let m = problem.matrix(&at.y);
    let a = square(&m);
    let (q, mut w) = (at.right.clone(), at.left.clone());
    // Along q time has the sign of w.q.
    if dot(&w, &q) < 0.0 {
        w.iter_mut().for_each(|w| *w = -*w);
    }
    // [A w; q' 0] is regular.
    let framed = Matrix::from_fn(n + 1, n + 1, |i, j| match (i < n, j < n) {
        (true, true) => a[(i, j)],
        (true, false) => w[i],
        (false, true) => q[j],
        _ => 0.0,
    });
    let solved = |right: Vec<f64>| -> Option<Vec<f64>> {
        let mut s = solve(&framed, &[&right[..], &[0.0]].concat())?;
        s.truncate(n);
        Some(s)
    };
    let v = solved(m.col(n).iter().map(|d| -d).collect())?;
    let (along_q, along_v) = ([&q[..], &[0.0]].concat(), [&v[..], &[1.0]].concat());
    let second = |u: &[f64], v: &[f64]| problem.second(&at.y, u, v);
    let of_qq = second(&along_q, &along_q);
    let (qq, qv) = (dot(&w, &of_qq), dot(&w, &second(&along_q, &along_v)));
    let vv = dot(&w, &second(&along_v, &along_v));
    let h = solved(of_qq.iter().map(|b| -b).collect())?;
    let (x, p) = problem.own(&at.y);
    let d = problem.direction(&along_q);
    let cube = problem.scaled_rows(problem.family.third(&x, p, &d, &d, &d));
    let bent = second(&along_q, &[&h[..], &[0.0]].concat());
    let cubic = (dot(&w, &cube) + 3.0 * dot(&w, &bent)) / 6.0;
    let line = is_line(problem, &at.y, &at.right);
    let symmetric = qq.abs() < 1e-6 * (qv.abs() + cubic.abs());
    let discriminant = qv * qv - qq * vv;
    if discriminant <= 0.0 || qv == 0.0 && qq == 0.0 {
        return None;
    }
    // s q + (v, 1): s of both roots; one of them is q itself where its quadratic term vanishes.
    let far = -qv - discriminant.sqrt().copysign(qv);
    let combined = |s: f64, one: f64| -> Vec<f64> {
        let t: Vec<f64> = (0..=n).map(|i| s * along_q[i] + one * along_v[i]).collect();
        let length = norm(&t);
        t.iter().map(|t| t / length).collect()
    };
    let near = if far == 0.0 { 0.0 } else { vv / far };
    let first = if symmetric { combined(1.0, 0.0) } else { combined(far / qq, 1.0) };
    Some(Crossing { cubic, tangents: vec![first, combined(near, 1.0)], symmetric, line })
}

/// What happens at a Hopf point.
#[derive(Clone, Debug)]
pub(super) struct HopfForm {
    /// The first Lyapunov coefficient.
    pub l1: f64,
    /// How the real part of the pair moves with the parameter.
    pub crossing: f64,
    /// The moduli of the eigenvector's entries.
    pub shape: Vec<f64>,
}

type C = Complex;

/// A vector of complex numbers in real and imaginary parts, with a place for the parameter behind.
struct Parts {
    re: Vec<f64>,
    im: Vec<f64>,
}

impl Parts {
    fn of(v: &[C]) -> Parts {
        let part = |f: fn(&C) -> f64| v.iter().map(f).chain([0.0]).collect();
        Parts { re: part(|z| z.re), im: part(|z| z.im) }
    }
}

/// The vector that `a - at` takes to zero, of norm 1, by inverse iteration beside the eigenvalue.
fn null_of(a: &Matrix, at: C) -> Option<Vec<C>> {
    let n = a.rows();
    let beside = at + C::new(1e-9 * at.norm(), 0.0);
    let m = CMatrix::from_fn(n, n, |i, j| {
        C::new(a[(i, j)], 0.0) - if i == j { beside } else { C::new(0.0, 0.0) }
    });
    let lu = ComplexLu::new(&m).ok()?;
    let mut v = CMatrix::from_fn(n, 1, |i, _| C::new(1.0 + 0.37 * i as f64, 0.61 - 0.23 * i as f64));
    for _ in 0..4 {
        let next = lu.solve_matrix(&v)?;
        let length = next.data().iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
        v = next.map(|z| z / length);
    }
    v.data().iter().all(|z| z.is_finite()).then(|| v.data().to_vec())
}

/// Conjugates the first.
fn product(a: &[C], b: &[C]) -> C {
    a.iter().zip(b).map(|(a, b)| a.conj() * b).sum()
}

fn complex(re: &[f64], im: &[f64]) -> Vec<C> {
    re.iter().zip(im).map(|(r, i)| C::new(*r, *i)).collect()
}

fn sum(terms: &[(f64, &[f64])]) -> Vec<f64> {
    (0..terms[0].1.len()).map(|i| terms.iter().map(|(s, v)| s * v[i]).sum()).collect()
}

/// Kuznetsov's first Lyapunov coefficient at a point with eigenvalues `+- i omega`, with `<q, q> = <p, q> = 1`; its size depends
/// on the state's units, its sign does not.
pub(super) fn at_hopf(family: &dyn Family, x: &[f64], p: f64, omega: f64) -> Option<HopfForm> {
    let n = x.len();
    let a = family.jacobian(x, p);
    let q = null_of(&a, C::new(0.0, omega))?;
    let adjoint = null_of(&a.transpose(), C::new(0.0, -omega))?;
    let overlap = product(&adjoint, &q);
    // <left, q> = 1
    let left: Vec<C> = adjoint.iter().map(|z| z / overlap.conj()).collect();
    let Parts { re, im } = Parts::of(&q);
    let b = |u: &[f64], v: &[f64]| family.second(x, p, u, v);
    let c = |u: &[f64], v: &[f64], w: &[f64]| family.third(x, p, u, v, w);
    let (rr, ri, ii) = (b(&re, &re), b(&re, &im), b(&im, &im));
    // C(q, q, conj q)
    let cube = complex(
        &sum(&[(1.0, &c(&re, &re, &re)), (1.0, &c(&re, &im, &im))]),
        &sum(&[(1.0, &c(&re, &re, &im)), (1.0, &c(&im, &im, &im))]),
    );
    // B(q, A^-1 B(q, conj q))
    let lu = Lu::new(&a).ok()?;
    let steady = lu.solve(&sum(&[(1.0, &rr), (1.0, &ii)]))?;
    let steady = [&steady[..], &[0.0]].concat();
    let shifted = complex(&b(&re, &steady), &b(&im, &steady));
    // B(conj q, (2 i omega - A)^-1 B(q, q))
    let twice = complex(&sum(&[(1.0, &rr), (-1.0, &ii)]), &sum(&[(2.0, &ri)]));
    let resolvent = CMatrix::from_fn(n, n, |i, j| C::new(-a[(i, j)], if i == j { 2.0 * omega } else { 0.0 }));
    let g = ComplexLu::new(&resolvent).ok()?.solve_matrix(&CMatrix::from_vec(n, 1, twice))?;
    let g = Parts::of(g.data());
    let doubled = complex(
        &sum(&[(1.0, &b(&re, &g.re)), (1.0, &b(&im, &g.im))]),
        &sum(&[(1.0, &b(&re, &g.im)), (-1.0, &b(&im, &g.re))]),
    );
    let all = product(&left, &cube) - 2.0 * product(&left, &shifted) + product(&left, &doubled);
    let l1 = all.re / (2.0 * omega);
    // Along the branch the Jacobian moves with state and parameter.
    let moves: Vec<f64> = lu.solve(&family.d_dp(x, p))?.iter().map(|v| -v).collect();
    let along = [&moves[..], &[1.0]].concat();
    let crossing = product(&left, &complex(&b(&re, &along), &b(&im, &along))).re;
    let shape = q.iter().map(|z| z.norm()).collect();
    (l1.is_finite() && crossing.is_finite()).then_some(HopfForm { l1, crossing, shape })
}

/// The number of eigenvalues that are zero to rounding, by the scaled matrix's singular values.
pub(super) fn kernel_dimension(problem: &Scaled, y: &[f64], tolerance: f64) -> usize {
    let a = square(&problem.matrix(y));
    neurate_numerics::linalg::singular_values(&a)
        .map_or(0, |s| s.iter().filter(|s| **s < tolerance * s.max(1.0)).count())
}

/// Whether branches may cross here rather than turn: the parameter hardly drives the state along the zero eigenvalue.
pub(super) fn crosses(problem: &Scaled, y: &[f64]) -> bool {
    let m = problem.matrix(y);
    null_vectors(&square(&m)).is_some_and(|(_, w, _)| {
        let by_p = m.col(problem.n());
        dot(&w, &by_p).abs() < 1e-2 * norm(&by_p)
    })
}
