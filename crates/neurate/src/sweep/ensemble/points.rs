//! All fixed points of every member.

use super::members::{Ensemble, in_chunks};
use crate::fixed_points::{
    Completeness, Enclosed, PlanarUnit, SearchOptions, SquarePair, Stability, enclose_pair, fixed_points,
    square_pairs,
};
use crate::model::Form;
use crate::model::transfer::Transfer;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Complex;
use std::ops::Range;

/// The fixed points of all members, one after another: those of member `e` are `first[e]..first[e + 1]`, by rising
/// total rate.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
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
    /// What is known of the completeness of each member's list.
    pub completeness: Vec<Completeness>,
}

impl MemberPoints {
    /// Room for one point of each of so many members, the most common case.
    fn reserve(&mut self, members: usize, units: usize) {
        self.first.reserve(members + 1);
        self.rates.reserve(members * units);
        self.stability.reserve(members);
        self.eigenvalues.reserve(members);
        self.residuals.reserve(members);
        self.completeness.reserve(members);
    }
}

/// Members whose points are looked for together: their intervals stay in the cache.
const TOGETHER: usize = 256;

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
        if threads <= 1 {
            let mut all = self.points_of(0..self.members, starts)?;
            all.first.push(all.stability.len());
            return Ok(all);
        }
        let parts = in_chunks(self.members, threads, &|chunk| self.points_of(chunk, starts))?;
        let mut all = MemberPoints::default();
        all.reserve(self.members, self.circuit.n());
        for part in parts {
            let offset = all.stability.len();
            all.first.extend(part.first.iter().map(|f| f + offset));
            all.rates.extend(part.rates);
            all.stability.extend(part.stability);
            all.eigenvalues.extend(part.eigenvalues);
            all.residuals.extend(part.residuals);
            all.completeness.extend(part.completeness);
        }
        all.first.push(all.stability.len());
        Ok(all)
    }

    fn points_of(&self, chunk: Range<usize>, starts: usize) -> Result<MemberPoints> {
        let mut out = MemberPoints::default();
        out.reserve(chunk.len(), self.circuit.n());
        let mut points = Vec::new();
        for first in chunk.clone().step_by(TOGETHER) {
            let members = first..(first + TOGETHER).min(chunk.end);
            let squares = self.squares(&members).map(|pairs| square_pairs(&pairs)).unwrap_or_default();
            let mut found = squares.found;
            found.sort_unstable_by_key(|(pair, _)| *pair);
            let mut found = found.as_slice();
            for (k, e) in members.enumerate() {
                out.first.push(out.stability.len());
                let here;
                (here, found) = found.split_at(found.iter().take_while(|f| f.0 as usize == k).count());
                let settled = squares.all.get(k) == Some(&true);
                if settled {
                    self.classify(e, here.iter().map(|f| f.1), &mut points)?;
                }
                if settled || self.enclose(e, &mut points)? {
                    out.completeness.push(Completeness::Proved);
                    for p in points.drain(..) {
                        out.rates.extend(p.rates);
                        out.stability.push(p.stability);
                        out.eigenvalues.push(p.eigenvalue);
                        out.residuals.push(p.residual);
                    }
                } else {
                    self.search(e, starts, &mut out)?;
                }
            }
        }
        Ok(out)
    }

    /// A member as a circuit of its own.
    fn search(&self, e: usize, starts: usize, out: &mut MemberPoints) -> Result<()> {
        let search = fixed_points(&self.member(e)?, &SearchOptions::default().starts(starts))?;
        out.completeness.push(search.coverage.completeness());
        for p in search.points {
            out.rates.extend(p.rates);
            out.stability.push(p.stability);
            let top = p.eigenvalues.first().copied().unwrap_or(Complex::new(f64::NAN, 0.0));
            out.eigenvalues.push(Complex::new(top.re, top.im.abs()));
            out.residuals.push(p.residual);
        }
        Ok(())
    }

    fn is_pair(&self) -> bool {
        self.circuit.n() == 2 && self.circuit.populations().len() == 2
    }

    /// Members of two units with square laws; None if some are not that.
    fn squares(&self, members: &Range<usize>) -> Option<Vec<SquarePair>> {
        let laws = self.circuit.populations().iter().map(|p| p.transfer.name());
        if !self.is_pair() || laws.into_iter().any(|name| name != "power") {
            return None;
        }
        let of = |i: usize, j: usize, e: usize| self.weight(i, j).of(e);
        let pair = |e: usize| {
            let mut pair = SquarePair {
                k: [0.0; 2],
                threshold: [0.0; 2],
                own: [of(0, 0, e), of(1, 1, e)],
                cross: [of(0, 1, e), of(1, 0, e)],
                h: [self.h(0).of(e), self.h(1).of(e)],
            };
            for p in 0..2 {
                let [k, n, threshold] = self.parameters(p) else { return None };
                if n.of(e) != 2.0 {
                    return None;
                }
                (pair.k[p], pair.threshold[p]) = (k.of(e), threshold.of(e));
            }
            Some(pair)
        };
        members.clone().map(pair).collect()
    }

    /// The fixed points of a member of two units; false if it is not that, or rounding hides how many there are.
    fn enclose(&self, e: usize, points: &mut Vec<Point>) -> Result<bool> {
        if !self.is_pair() {
            return Ok(false);
        }
        let mut laws = [None, None];
        let pair = self.pair(e, &mut laws)?;
        let found = enclose_pair(pair.units, [pair.w[0][1], pair.w[1][0]]);
        let Some(found) = found.filter(Enclosed::complete) else { return Ok(false) };
        pair.points(found.found.iter().map(|f| f.input), points);
        Ok(true)
    }

    /// A member of two units at these inputs.
    fn classify(
        &self,
        e: usize,
        inputs: impl Iterator<Item = [f64; 2]>,
        points: &mut Vec<Point>,
    ) -> Result<()> {
        let mut laws = [None, None];
        self.pair(e, &mut laws)?.points(inputs, points);
        Ok(())
    }

    /// A member of two units; `laws` keeps those that are its own.
    fn pair<'a>(&'a self, e: usize, laws: &'a mut [Option<Transfer>; 2]) -> Result<Pair<'a>> {
        let circuit = &self.circuit;
        for (p, law) in laws.iter_mut().enumerate() {
            let parameters = self.parameters(p);
            if parameters.iter().any(|s| s.common().is_none()) {
                let values: Vec<f64> = parameters.iter().map(|s| s.of(e)).collect();
                let like = &circuit.populations()[p].transfer;
                *law = Some(like.with_values(&values, circuit.units().rate_times_time)?);
            }
        }
        let law = |p: usize| laws[p].as_ref().unwrap_or(&circuit.populations()[p].transfer);
        let w = |i: usize, j: usize| self.weight(i, j).of(e);
        let unit = |p: usize| PlanarUnit::new(law(p), self.sigma(p).of(e), w(p, p), self.h(p).of(e));
        Ok(Pair {
            units: [unit(0), unit(1)],
            w: [[w(0, 0), w(0, 1)], [w(1, 0), w(1, 1)]],
            tau: [self.tau(0).of(e), self.tau(1).of(e)],
            refractory: [law(0).refractory(), law(1).refractory()],
            form: circuit.form(),
        })
    }
}

struct Pair<'a> {
    units: [PlanarUnit<'a>; 2],
    w: [[f64; 2]; 2],
    /// With no input.
    tau: [f64; 2],
    refractory: [f64; 2],
    form: Form,
}

impl Pair<'_> {
    /// Points by rising total rate.
    fn points(&self, inputs: impl Iterator<Item = [f64; 2]>, points: &mut Vec<Point>) {
        points.extend(inputs.map(|input| self.classify(input)));
        points.sort_by(|a, b| (a.rates[0] + a.rates[1]).total_cmp(&(b.rates[0] + b.rates[1])));
    }
    /// A Newton step for the last digits; eigenvalues of the Jacobian by the formula for two.
    fn classify(&self, mut x: [f64; 2]) -> Point {
        let Pair { units, w, tau, refractory, form } = self;
        // Rate and gain of each.
        let slopes = |x: &[f64; 2]| [units[0].at(x[0]), units[1].at(x[1])];
        let into = |i: usize, r: &[f64; 2]| w[i][0] * r[0] + w[i][1] * r[1] + units[i].h;
        let input = |r: &[f64; 2]| [into(0, r), into(1, r)];
        let mut s = slopes(&x);
        let wanted = input(&[s[0].0, s[1].0]);
        let away = [wanted[0] - x[0], wanted[1] - x[1]];
        // (1 - W G) step = away
        let m = |i: usize, j: usize| f64::from(u8::from(i == j)) - w[i][j] * s[j].1;
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
        let rates = [s[0].0, s[1].0];
        let back = input(&rates);
        let residual = (0..2).fold(0.0, |worst: f64, i| {
            let (target, state) = match form {
                Form::Rate => (units[i].rate(back[i]), rates[i]),
                _ => (back[i], x[i]),
            };
            worst.max((target - state).abs() / (1.0 + state.abs()))
        });
        // At a fixed point 1/(1 + rho f) is 1 - rho r.
        let tau = [0, 1].map(|i| tau[i] * (1.0 - refractory[i] * rates[i]));
        let a = |i: usize, j: usize| {
            let gain = if *form == Form::Rate { s[i].1 } else { s[j].1 };
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
