//! Special points to the last digits: each is a regular solution of a larger system, solved by Newton's method.

use super::scaled::{Scaled, axis, distance, dot, norm, plus, solve};
use neurate_numerics::linalg::{Matrix, matmul, svd};

/// Newton steps before a point is given up.
const MAX_ITERATIONS: usize = 15;
/// A last step that is small enough, in scaled unknowns.
const SMALL_STEP: f64 = 1e-9;

/// The largest entry.
fn size(v: &[f64]) -> f64 {
    v.iter().fold(0.0, |m: f64, x| m.max(x.abs()))
}

/// Newton's method for a system with its matrix: the solution, and what is left of the system.
pub(super) fn newton(
    mut z: Vec<f64>,
    system: impl Fn(&[f64]) -> Option<(Vec<f64>, Matrix)>,
) -> Option<(Vec<f64>, f64)> {
    let mut before = f64::INFINITY;
    for _ in 0..MAX_ITERATIONS {
        let (f, m) = system(&z)?;
        let right: Vec<f64> = f.iter().map(|f| -f).collect();
        let step = solve(&m, &right)?;
        z = plus(&z, 1.0, &step);
        let length = norm(&step);
        if length > 1e3 {
            return None;
        }
        let done = length < SMALL_STEP && (length > 0.1 * before || length < 1e-13);
        before = length;
        if done {
            let (f, _) = system(&z)?;
            return Some((z, size(&f)));
        }
    }
    (before < SMALL_STEP).then(|| system(&z)).flatten().map(|(f, _)| (z, size(&f)))
}

/// The vectors that a square matrix, and its transpose, take nearest to zero; and how near.
pub(super) fn null_vectors(a: &Matrix) -> Option<(Vec<f64>, Vec<f64>, f64)> {
    let n = a.rows();
    let parts = svd(a).ok()?;
    Some((parts.v.col(n - 1), parts.u.col(n - 1), parts.s[n - 1]))
}

/// The first columns of a matrix: derivatives over the states alone.
pub(super) fn square(m: &Matrix) -> Matrix {
    Matrix::from_fn(m.rows(), m.rows(), |i, j| m[(i, j)])
}

/// A point at which an eigenvalue is zero, and what that eigenvalue's vectors are, scaled.
#[derive(Clone, Debug)]
pub(super) struct ZeroPoint {
    pub y: Vec<f64>,
    pub right: Vec<f64>,
    pub left: Vec<f64>,
    pub residual: f64,
}

/// The fold next to a guess: `G = 0`, `G_x q = 0`, `q.q = 1`.
pub(super) fn fold(problem: &Scaled, guess: &[f64]) -> Option<ZeroPoint> {
    let n = problem.n();
    let (q, _, _) = null_vectors(&square(&problem.matrix(guess)))?;
    let start = [guess, &q].concat();
    let (z, residual) = newton(start, |z| {
        let (y, q) = (&z[..=n], &z[n + 1..]);
        let m = problem.matrix(y);
        let a = square(&m);
        let mut f = problem.residual(y);
        f.extend(a.mul_vec(q));
        f.push(0.5 * (dot(q, q) - 1.0));
        let bends: Vec<Vec<f64>> = (0..=n).map(|k| problem.second(y, q, &axis(n + 1, k))).collect();
        let all = Matrix::from_fn(2 * n + 1, 2 * n + 1, |i, j| match (i, j) {
            _ if i < n && j <= n => m[(i, j)],
            _ if i < n => 0.0,
            _ if i < 2 * n && j <= n => bends[j][i - n],
            _ if i < 2 * n => a[(i - n, j - n - 1)],
            _ if j > n => q[j - n - 1],
            _ => 0.0,
        });
        Some((f, all))
    })?;
    let y = z[..=n].to_vec();
    let (right, left, _) = null_vectors(&square(&problem.matrix(&y)))?;
    Some(ZeroPoint { y, right, left, residual })
}

/// The point next to a guess at which branches cross: `G + b w = 0`, `G_x' w = 0`, `G_p . w = 0`, `w.w = 1`. With it `b`,
/// which is zero where they do.
pub(super) fn crossing(problem: &Scaled, guess: &[f64]) -> Option<(ZeroPoint, f64)> {
    let n = problem.n();
    let (_, w, _) = null_vectors(&square(&problem.matrix(guess)))?;
    let start = [guess, &[0.0], &w].concat();
    let (z, residual) = newton(start, |z| {
        let (y, b, w) = (&z[..=n], z[n + 1], &z[n + 2..]);
        let m = problem.matrix(y);
        let m_t = m.transpose();
        let mut f = plus(&problem.residual(y), b, w);
        f.extend(m_t.mul_vec(w));
        f.push(0.5 * (dot(w, w) - 1.0));
        // By differences: an error here slows Newton's method a little, and moves its solution not at all.
        let step = 1e-5;
        let bends: Vec<Vec<f64>> = (0..=n)
            .map(|k| {
                let e = axis(n + 1, k);
                let at = |s: f64| problem.matrix(&plus(y, s, &e)).transpose().mul_vec(w);
                plus(&at(step), -1.0, &at(-step)).iter().map(|v| v / (2.0 * step)).collect()
            })
            .collect();
        let size = 2 * n + 2;
        let all = Matrix::from_fn(size, size, |i, j| match (i, j) {
            _ if i < n && j <= n => m[(i, j)],
            _ if i < n && j == n + 1 => w[i],
            _ if i < n => b * f64::from(u8::from(j - n - 2 == i)),
            _ if i < 2 * n + 1 && j <= n => bends[j][i - n],
            _ if i < 2 * n + 1 && j == n + 1 => 0.0,
            _ if i < 2 * n + 1 => m_t[(i - n, j - n - 2)],
            _ if j > n + 1 => w[j - n - 2],
            _ => 0.0,
        });
        Some((f, all))
    })?;
    let y = z[..=n].to_vec();
    let (right, left, _) = null_vectors(&square(&problem.matrix(&y)))?;
    Some((ZeroPoint { y, right, left, residual }, z[n + 1]))
}

/// A Hopf point.
#[derive(Clone, Debug)]
pub(super) struct HopfPoint {
    pub y: Vec<f64>,
    /// Angular frequency; None where `J^2 + kappa` is singular at a `kappa` that is not positive: a neutral saddle.
    pub omega: Option<f64>,
    pub residual: f64,
}

/// The Hopf point next to a guess: `G = 0`, `(M^2 + kappa) q = 0`, `c.q = 0`, `q.q = 1`, with `M` the Jacobian in scaled units.
pub(super) fn hopf(problem: &Scaled, guess: &[f64]) -> Option<HopfPoint> {
    let n = problem.n();
    let time = problem.time;
    let jacobian = |y: &[f64]| {
        let (x, p) = problem.own(y);
        let j = problem.family.jacobian(&x, p);
        Matrix::from_fn(n, n, |i, k| time * j[(i, k)] * problem.unit[k] / problem.unit[i])
    };
    let bend = |y: &[f64], u: &[f64], k: usize| -> Vec<f64> {
        let b = problem.second(y, u, &axis(n + 1, k));
        b.iter().enumerate().map(|(i, b)| b * time / (problem.unit[i] * problem.row(i))).collect()
    };
    // The pair nearest to the axis gives kappa, and its plane the vectors.
    let m = jacobian(guess);
    let near = neurate_numerics::linalg::eigenvalues(&m)
        .ok()?
        .into_iter()
        .filter(|l| l.im > 0.0)
        .min_by(|a, b| a.re.abs().total_cmp(&b.re.abs()))?;
    let square_of = |m: &Matrix, kappa: f64| {
        let mm = matmul(m, m);
        Matrix::from_fn(n, n, |i, k| mm[(i, k)] + if i == k { kappa } else { 0.0 })
    };
    let kappa = near.im * near.im;
    let parts = svd(&square_of(&m, kappa)).ok()?;
    let (q, other) = (parts.v.col(n - 1), parts.v.col(n.checked_sub(2)?));
    let start = [guess, &q, &[kappa]].concat();
    let (z, residual) = newton(start, |z| {
        let (y, q, kappa) = (&z[..=n], &z[n + 1..=2 * n], z[2 * n + 1]);
        let (g, m) = (problem.matrix(y), jacobian(y));
        let mq = m.mul_vec(q);
        let mm = square_of(&m, kappa);
        let mut f = problem.residual(y);
        f.extend(mm.mul_vec(q));
        f.push(dot(&other, q));
        f.push(0.5 * (dot(q, q) - 1.0));
        let moved: Vec<Vec<f64>> =
            (0..=n).map(|k| plus(&bend(y, &mq, k), 1.0, &m.mul_vec(&bend(y, q, k)))).collect();
        let all = Matrix::from_fn(2 * n + 2, 2 * n + 2, |i, j| {
            let of_q = (n + 1..=2 * n).contains(&j);
            match i {
                _ if i < n && j <= n => g[(i, j)],
                _ if i < n => 0.0,
                _ if i < 2 * n && j <= n => moved[j][i - n],
                _ if i < 2 * n && of_q => mm[(i - n, j - n - 1)],
                _ if i < 2 * n => q[i - n],
                _ if i == 2 * n && of_q => other[j - n - 1],
                _ if i == 2 * n + 1 && of_q => q[j - n - 1],
                _ => 0.0,
            }
        });
        Some((f, all))
    })?;
    let kappa = z[2 * n + 1];
    let omega = (kappa > 1e-14).then(|| kappa.sqrt() / time);
    Some(HopfPoint { y: z[..=n].to_vec(), omega, residual })
}

/// Whether a point lies on the piece between two others.
pub(super) fn lies_between(y: &[f64], a: &[f64], b: &[f64]) -> bool {
    let length = distance(a, b);
    let along = a.iter().zip(b).zip(y).map(|((a, b), y)| (b - a) * (y - a)).sum::<f64>() / (length * length);
    let foot: Vec<f64> = a.iter().zip(b).map(|(a, b)| a + along * (b - a)).collect();
    (-0.02..=1.02).contains(&along) && distance(y, &foot) < 0.5 * length + 1e-9
}
