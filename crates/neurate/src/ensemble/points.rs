//! All fixed points of every member.

use super::{Ensemble, in_chunks, scalars};
use crate::circuit::Form;
use crate::error::Result;
use crate::fixed_point::{Coverage, PlanarUnit, SearchOptions, Stability, enclose_pair, fixed_points};
use crate::linalg::Complex;
use crate::transfer::Transfer;
use std::ops::Range;

/// The fixed points of all members, one after another: those of member `e` are `first[e]..first[e + 1]`, by rising
/// total rate.
#[derive(Clone, Debug, Default)]
pub struct MemberPoints {
    /// Where the points of each member begin; one more at the end.
    pub first: Vec<usize>,
    /// Rates, one for each unit, point by point.
    pub rates: Vec<f64>,
    /// Stability of each point.
    pub stability: Vec<Stability>,
    /// The Jacobian's rightmost eigenvalue at each point, per unit of time; of a pair the one above the axis.
    pub eigenvalues: Vec<Complex>,
    /// The largest `|target - x|` over `1 + |x|` at each point.
    pub residuals: Vec<f64>,
    /// For each member whether every fixed point was found.
    pub all: Vec<bool>,
}

/// A point of a pair, before it has its place.
struct Point {
    rates: [f64; 2],
    stability: Stability,
    eigenvalue: Complex,
    residual: f64,
}

impl Ensemble {
    /// All fixed points of every member and their stability, under the constant input. For two units the points are
    /// enclosed, so that all are found; other members are searched as circuits of their own, with `starts` random
    /// starts where one is not settled otherwise.
    ///
    /// # Errors
    /// As [`fixed_points`].
    pub fn fixed_points(&self, starts: usize, threads: usize) -> Result<MemberPoints> {
        let parts = in_chunks(self.members, threads, &|chunk| self.points_of(chunk, starts))?;
        let mut all = MemberPoints::default();
        for part in parts {
            let offset = all.stability.len();
            all.first.extend(part.first.iter().map(|f| f + offset));
            all.rates.extend(part.rates);
            all.stability.extend(part.stability);
            all.eigenvalues.extend(part.eigenvalues);
            all.residuals.extend(part.residuals);
            all.all.extend(part.all);
        }
        all.first.push(all.stability.len());
        Ok(all)
    }

    fn points_of(&self, chunk: Range<usize>, starts: usize) -> Result<MemberPoints> {
        let mut out = MemberPoints::default();
        for e in chunk {
            out.first.push(out.stability.len());
            match self.enclosed(e)? {
                Some(points) => {
                    out.all.push(true);
                    for p in points {
                        out.rates.extend(p.rates);
                        out.stability.push(p.stability);
                        out.eigenvalues.push(p.eigenvalue);
                        out.residuals.push(p.residual);
                    }
                }
                None => {
                    let search =
                        fixed_points(&self.member(e)?, &SearchOptions { starts: Some(starts), seed: 1 })?;
                    out.all.push(matches!(search.coverage, Coverage::All(_)));
                    for p in search.points {
                        out.rates.extend(p.rates);
                        out.stability.push(p.stability);
                        let top = p.eigenvalues.first().copied().unwrap_or(Complex::new(f64::NAN, 0.0));
                        out.eigenvalues.push(Complex::new(top.re, top.im.abs()));
                        out.residuals.push(p.residual);
                    }
                }
            }
        }
        Ok(out)
    }

    /// The fixed points of a member of two units; None if it is not that, or rounding hides how many there are.
    fn enclosed(&self, e: usize) -> Result<Option<Vec<Point>>> {
        let circuit = &self.circuit;
        if circuit.n() != 2 || circuit.populations().len() != 2 {
            return Ok(None);
        }
        let mut own: [Option<Transfer>; 2] = [None, None];
        for (p, law) in own.iter_mut().enumerate() {
            let parameters = self.parameters(p);
            if parameters.iter().any(|s| s.common().is_none()) {
                let values: Vec<f64> = parameters.iter().map(|s| s.of(e)).collect();
                let like = &circuit.populations()[p].transfer;
                *law = Some(scalars::transfer(like, &values, circuit.units().rate_times_time)?);
            }
        }
        let law = |p: usize| own[p].as_ref().unwrap_or(&circuit.populations()[p].transfer);
        let w = |i: usize, j: usize| self.weight(i, j).of(e);
        let units = [0, 1].map(|p| PlanarUnit::new(law(p), self.sigma(p).of(e), w(p, p), self.h(p).of(e)));
        let Some(found) = enclose_pair(units, [w(0, 1), w(1, 0)]).filter(|f| f.iter().all(|p| p.simple))
        else {
            return Ok(None);
        };
        let pair = Pair {
            units,
            w: [[w(0, 0), w(0, 1)], [w(1, 0), w(1, 1)]],
            tau: [self.tau(0).of(e), self.tau(1).of(e)],
            form: circuit.form(),
        };
        let mut points: Vec<Point> = found.iter().map(|f| pair.classify(f.input)).collect();
        points.sort_by(|a, b| (a.rates[0] + a.rates[1]).total_cmp(&(b.rates[0] + b.rates[1])));
        Ok(Some(points))
    }
}

struct Pair<'a> {
    units: [PlanarUnit<'a>; 2],
    w: [[f64; 2]; 2],
    tau: [f64; 2],
    form: Form,
}

impl Pair<'_> {
    /// A Newton step for the last digits; eigenvalues of the Jacobian by the formula for two.
    fn classify(&self, mut x: [f64; 2]) -> Point {
        let Pair { units, w, tau, form } = self;
        let slopes = |x: &[f64; 2]| [0, 1].map(|i| units[i].law.slopes(x[i], units[i].sigma));
        let input = |r: &[f64; 2]| [0, 1].map(|i| w[i][0] * r[0] + w[i][1] * r[1] + units[i].h);
        let mut s = slopes(&x);
        let wanted = input(&[s[0].rate, s[1].rate]);
        let away = [wanted[0] - x[0], wanted[1] - x[1]];
        // (1 - W G) step = away
        let m = |i: usize, j: usize| f64::from(u8::from(i == j)) - w[i][j] * s[j].d_mu;
        let det = m(0, 0) * m(1, 1) - m(0, 1) * m(1, 0);
        let step =
            [(m(1, 1) * away[0] - m(0, 1) * away[1]) / det, (m(0, 0) * away[1] - m(1, 0) * away[0]) / det];
        let relative = |i: usize| step[i].abs() / (1.0 + x[i].abs());
        let mut error = relative(0).max(relative(1)).max(f64::EPSILON);
        if error < 1e-6 {
            (0..2).for_each(|i| x[i] += step[i]);
            s = slopes(&x);
        } else {
            error = 1e-6;
        }
        let rates = [s[0].rate, s[1].rate];
        let back = input(&rates);
        let residual = (0..2).fold(0.0, |worst: f64, i| {
            let (target, state) = match form {
                Form::Rate => (units[i].law.rate(back[i], units[i].sigma), rates[i]),
                _ => (back[i], x[i]),
            };
            worst.max((target - state).abs() / (1.0 + state.abs()))
        });
        let a = |i: usize, j: usize| {
            let gain = if *form == Form::Rate { s[i].d_mu } else { s[j].d_mu };
            (gain * w[i][j] - f64::from(u8::from(i == j))) / tau[i]
        };
        let (half, off) = (0.5 * (a(0, 0) + a(1, 1)), a(0, 1) * a(1, 0));
        let difference = 0.5 * (a(0, 0) - a(1, 1));
        let square = difference * difference + off;
        let root = square.abs().sqrt();
        let (eigenvalue, other) = if square < 0.0 {
            (Complex::new(half, root), Complex::new(half, -root))
        } else {
            // The smaller one by the determinant, so that nothing cancels.
            let large = half + root.copysign(half);
            let small = if large == 0.0 { 0.0 } else { (a(0, 0) * a(1, 1) - off) / large };
            (Complex::new(large.max(small), 0.0), Complex::new(large.min(small), 0.0))
        };
        let scale =
            (0..4).map(|k| a(k / 2, k % 2).powi(2)).sum::<f64>().sqrt() + (1.0 / tau[0]).max(1.0 / tau[1]);
        // As for a circuit by itself.
        let rounding = scale * (2e-12f64).max(10.0 * error);
        let stability = if eigenvalue.re < -rounding {
            Stability::Stable
        } else if eigenvalue.re > rounding {
            Stability::Unstable(1 + usize::from(other.re > rounding))
        } else {
            Stability::Marginal
        };
        Point { rates, stability, eigenvalue, residual }
    }
}
