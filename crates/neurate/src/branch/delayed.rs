//! Hopf points of circuits with delays: roots of the characteristic equation on the imaginary axis, and the normal form there.

use super::family::Family;
use super::normal_forms::HopfForm;
use super::polish::{HopfPoint, newton};
use super::scaled::{Node, Scaled};
use crate::dynamics::DelayedJacobian;
use neurate_numerics::linalg::{CMatrix, Complex, ComplexLu, Matrix};

type C = Complex;

/// Steps of derivatives by differences: an error in them slows Newton's method a little, and moves its solution not at all.
const STEP: f64 = 1e-6;

/// The vector that a matrix takes nearest to zero, of norm 1, by inverse iteration.
fn null_of(a: &CMatrix) -> Option<Vec<C>> {
    let n = a.rows();
    let lu = ComplexLu::new(a).ok()?;
    let mut v = CMatrix::from_fn(n, 1, |i, _| C::new(1.0 + 0.37 * i as f64, 0.61 - 0.23 * i as f64));
    for _ in 0..4 {
        let next = lu.solve_matrix(&v)?;
        let length = next.data().iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
        v = next.map(|z| z / length);
    }
    v.data().iter().all(|z| z.is_finite()).then(|| v.data().to_vec())
}

/// The product without conjugation.
fn product(a: &[C], b: &[C]) -> C {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// A frequency next to `omega`, so that the matrix there can be inverted.
fn beside(omega: f64) -> C {
    C::new(1e-9 * omega, omega)
}

/// The Hopf point next to a point of a branch: `G = 0`, `Delta(i omega) q = 0`, `c.q = 1`, with `Delta` the characteristic matrix.
pub(super) fn delayed_hopf(problem: &Scaled, near: &Node) -> Option<HopfPoint> {
    let (n, time) = (problem.n(), problem.time);
    let parts = |y: &[f64]| {
        let (x, p) = problem.own(y);
        problem.family.delayed(&x, p)
    };
    let root =
        near.eigenvalues.iter().filter(|l| l.im > 0.0).min_by(|a, b| a.re.abs().total_cmp(&b.re.abs()))?;
    let first = parts(&near.y)?;
    let c = null_of(&first.characteristic(*root + C::new(1e-9 * root.norm(), 0.0)))?;
    let mut start = near.y.clone();
    start.extend(c.iter().map(|z| z.re).chain(c.iter().map(|z| z.im)));
    start.push(root.im * time);
    let system = |z: &[f64]| -> Option<Vec<f64>> {
        let y = &z[..=n];
        let q: Vec<C> = (0..n).map(|i| C::new(z[n + 1 + i], z[2 * n + 1 + i])).collect();
        let parts = parts(y)?;
        let at = parts.characteristic(C::new(0.0, z[3 * n + 1] / time)).mul_vec(&q);
        let mut f = problem.residual(y);
        f.extend((0..n).map(|i| parts.tau[i] * at[i].re));
        f.extend((0..n).map(|i| parts.tau[i] * at[i].im));
        let conjugate: Vec<C> = c.iter().map(|z| z.conj()).collect();
        let length = product(&conjugate, &q);
        f.extend([length.re - 1.0, length.im]);
        f.iter().all(|v| v.is_finite()).then_some(f)
    };
    let size = 3 * n + 2;
    let (z, residual) = newton(start, |z| {
        let f = system(z)?;
        let mut all = Matrix::zeros(size, size);
        for k in 0..size {
            let mut moved = z.to_vec();
            moved[k] = z[k] + STEP;
            let ahead = system(&moved)?;
            moved[k] = z[k] - STEP;
            let behind = system(&moved)?;
            (0..size).for_each(|i| all[(i, k)] = (ahead[i] - behind[i]) / (2.0 * STEP));
        }
        Some((f, all))
    })?;
    let omega = z[3 * n + 1];
    let positive = (omega > 1e-7).then_some(omega / time);
    Some(HopfPoint { y: z[..=n].to_vec(), omega: positive, residual })
}

/// A direction of the state that was `q exp(s t)` for ever: now and each delay ago, in real and imaginary parts.
struct Past {
    re: Vec<Vec<f64>>,
    im: Vec<Vec<f64>>,
}

impl Past {
    fn of(q: &[C], s: C, parts: &DelayedJacobian) -> Past {
        let ago = |d: f64| q.iter().map(|q| q * (-s * d).exp()).collect::<Vec<C>>();
        let all: Vec<Vec<C>> = parts.parts.iter().map(|(d, _)| ago(*d)).collect();
        let part = |f: fn(&C) -> f64| all.iter().map(|v| v.iter().map(f).collect()).collect();
        Past { re: part(|z| z.re), im: part(|z| z.im) }
    }
    fn conjugate(&self) -> Past {
        let minus = |v: &Vec<f64>| v.iter().map(|x| -x).collect();
        Past { re: self.re.clone(), im: self.im.iter().map(minus).collect() }
    }
}

/// A family at a point, whose forms are asked for.
struct At<'a> {
    family: &'a dyn Family,
    x: &'a [f64],
    p: f64,
}

impl At<'_> {
    /// `B(u, v)`
    fn second(&self, u: &Past, v: &Past) -> Option<Vec<C>> {
        let b = |u: &[Vec<f64>], v: &[Vec<f64>]| self.family.second_delayed(self.x, self.p, u, v);
        let (rr, ii) = (b(&u.re, &v.re)?, b(&u.im, &v.im)?);
        let (ri, ir) = (b(&u.re, &v.im)?, b(&u.im, &v.re)?);
        Some((0..rr.len()).map(|i| C::new(rr[i] - ii[i], ri[i] + ir[i])).collect())
    }
    /// `C(u, u, conj u)`
    fn cube(&self, u: &Past) -> Option<Vec<C>> {
        let c = |a: &[Vec<f64>], b: &[Vec<f64>], d: &[Vec<f64>]| {
            self.family.third_delayed(self.x, self.p, [a, b, d])
        };
        let (rrr, rii) = (c(&u.re, &u.re, &u.re)?, c(&u.re, &u.im, &u.im)?);
        let (rri, iii) = (c(&u.re, &u.re, &u.im)?, c(&u.im, &u.im, &u.im)?);
        Some((0..rrr.len()).map(|i| C::new(rrr[i] + rii[i], rri[i] + iii[i])).collect())
    }
}

/// The first Lyapunov coefficient of an equation with delays, on its center manifold (Faria & Magalhaes 1995): that of
/// `z' = i omega z + omega l1 z |z|^2`, where `x = q z + conj q conj z` and `q.q = 1`. Without delays it is Kuznetsov's.
pub(super) fn at_delayed_hopf(
    family: &dyn Family,
    x: &[f64],
    p: f64,
    (omega, parts): (f64, &DelayedJacobian),
) -> Option<HopfForm> {
    let s = C::new(0.0, omega);
    let delta = parts.characteristic(beside(omega));
    let (q, left) = (null_of(&delta)?, null_of(&delta.transpose())?);
    // Delta' = 1 + sum d A exp(-s d)
    let slope = |v: &[C]| -> Vec<C> {
        let mut sum = v.to_vec();
        for (d, part) in &parts.parts {
            let factor = (-s * *d).exp() * *d;
            for (i, sum) in sum.iter_mut().enumerate() {
                *sum += factor * (0..v.len()).map(|j| v[j] * part[(i, j)]).sum::<C>();
            }
        }
        sum
    };
    let overlap = product(&left, &slope(&q));
    let left: Vec<C> = left.iter().map(|z| z / overlap).collect();
    let at = At { family, x, p };
    let wave = Past::of(&q, s, parts);
    let back = wave.conjugate();
    let solved = |s: C, right: Vec<C>| -> Option<Vec<C>> {
        let column = CMatrix::from_vec(right.len(), 1, right);
        let lu = ComplexLu::new(&parts.characteristic(s)).ok()?;
        Some(lu.solve_matrix(&column)?.data().to_vec())
    };
    let zero = C::new(0.0, 0.0);
    let steady = Past::of(&solved(zero, at.second(&wave, &back)?)?, zero, parts);
    let twice = Past::of(&solved(2.0 * s, at.second(&wave, &wave)?)?, 2.0 * s, parts);
    let sum = product(&left, &at.cube(&wave)?)
        + 2.0 * product(&left, &at.second(&wave, &steady)?)
        + product(&left, &at.second(&back, &twice)?);
    let l1 = 0.5 * sum.re / omega;
    let crossing = crossing_of(&at, s, (&q, &left))?;
    let shape = q.iter().map(|z| z.norm()).collect();
    (l1.is_finite() && crossing.is_finite()).then_some(HopfForm { l1, crossing, shape })
}

/// How the real part of the root moves along the branch: `-left Delta_p q`, by differences.
fn crossing_of(at: &At, s: C, (q, left): (&[C], &[C])) -> Option<f64> {
    let lu = neurate_numerics::linalg::Lu::new(&at.family.jacobian(at.x, at.p)).ok()?;
    let along: Vec<f64> = lu.solve(&at.family.d_dp(at.x, at.p))?.iter().map(|v| -v).collect();
    let step = 1e-5 * at.family.parameter_scale();
    let moved = |by: f64| -> Option<C> {
        let x: Vec<f64> = at.x.iter().zip(&along).map(|(x, v)| x + by * v).collect();
        let parts = at.family.delayed(&x, at.p + by)?;
        Some(product(left, &parts.characteristic(s).mul_vec(q)))
    };
    Some(-(moved(step)? - moved(-step)?).re / (2.0 * step))
}
