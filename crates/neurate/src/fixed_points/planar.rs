//! All fixed points of circuits of one or two populations.
//!
//! With inputs `u`, `v` to two populations, `u = a f(u) + b g(v) + h` says which rate the second one must have:
//! `p(u) = (u - a f(u) - h)/b`. Its own equation then gives its input, `v(u) = c f(u) + d p(u) + h'`, and the fixed
//! points are the zeros of one function of one variable, `g(v(u)) - p(u)` (Kraynyukova & Tchumatchenko 2018, for power
//! laws). Bounds of the laws and their slopes over intervals find all of them (`interval.rs`); far out, the laws'
//! growth shows that there are none.

use super::found::{Coverage, Search};
use super::newton::{self, Newton};
use super::point::{FixedPoint, classify};
use super::unit::Unit;
use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::model::{Circuit, Form};
use neurate_numerics::error::Result;
use neurate_numerics::interval::{Curve, Interval, Zero, zeros};

/// Rounding of a sum of a few products, relative to the largest of them.
const ROUNDING: f64 = 8.0 * f64::EPSILON;
/// Doublings of the range before an end of it is given up.
const DOUBLINGS: usize = 512;

/// One population by itself: `own f(x) + h - x`.
struct Single<'a>(Unit<'a>);

impl Curve for Single<'_> {
    fn over(&self, x: Interval) -> (Interval, Interval) {
        let Unit { own, h, .. } = self.0;
        let recurrent = self.0.rates(x).scaled(own);
        let error = ROUNDING * (recurrent.size() + h.abs() + x.size());
        let slope = self.0.slopes(x).scaled(own).minus(Interval::point(1.0));
        let ends = [x.lo, x.hi].map(|x| own * self.0.rate(x) + h - x);
        let value = if slope.contains(0.0) {
            recurrent.plus(Interval::point(h)).minus(x)
        } else {
            Interval::between(ends[0], ends[1])
        };
        (value.widened(error), slope)
    }
    fn at(&self, x: f64) -> (f64, f64) {
        let (rate, slope) = self.0.at(x);
        (self.0.own * rate + self.0.h - x, self.0.own * slope - 1.0)
    }
}

/// Two populations as a function of the first one's input.
struct Pair<'a> {
    first: Unit<'a>,
    second: Unit<'a>,
    /// Weight to the first from the second; not zero.
    from_second: f64,
    /// Weight to the second from the first.
    from_first: f64,
}

impl Pair<'_> {
    /// The second one's rate and input, if the first has this input and this rate.
    fn second(&self, u: f64, rate: f64) -> (f64, f64) {
        let p = (u - self.first.h - self.first.own * rate) / self.from_second;
        (p, self.second.h + self.from_first * rate + self.second.own * p)
    }
}

impl Curve for Pair<'_> {
    fn over(&self, u: Interval) -> (Interval, Interval) {
        let Pair { first, second, from_second, from_first } = self;
        let one = Interval::point(1.0);
        let f = first.rates(u);
        let f_slope = first.slopes(u);
        let p_slope = one.minus(f_slope.scaled(first.own)).scaled(1.0 / from_second);
        // Both terms of v' in one: own p' has f' in it, too.
        let along = from_first - second.own * first.own / from_second;
        let v_slope = f_slope.scaled(along).plus(Interval::point(second.own / from_second));
        let ends = [self.second(u.lo, f.lo), self.second(u.hi, f.hi)];
        // Where p and v are monotone, their ends bound them.
        let p = if p_slope.contains(0.0) {
            u.minus(Interval::point(first.h)).minus(f.scaled(first.own)).scaled(1.0 / from_second)
        } else {
            Interval::between(ends[0].0, ends[1].0)
        };
        let v = if v_slope.contains(0.0) {
            let constant = second.h - second.own * first.h / from_second;
            f.scaled(along).plus(u.scaled(second.own / from_second)).plus(Interval::point(constant))
        } else {
            Interval::between(ends[0].1, ends[1].1)
        };
        let p_error =
            ROUNDING * (u.size() + first.h.abs() + (first.own * f.size()).abs()) / from_second.abs();
        let v_error = ROUNDING * (second.h.abs() + (from_first * f.size()).abs())
            + second.own.abs() * (p_error + ROUNDING * p.size());
        let v = v.widened(v_error);
        let g = second.rates(v);
        let value = g.minus(p).widened(p_error + ROUNDING * g.size());
        let slope = second.slopes(v).times(v_slope).minus(p_slope);
        (value, slope)
    }
    fn at(&self, u: f64) -> (f64, f64) {
        let (f, f_slope) = self.first.at(u);
        let (p, v) = self.second(u, f);
        let (g, g_slope) = self.second.at(v);
        let p_slope = (1.0 - self.first.own * f_slope) / self.from_second;
        let v_slope = self.from_first * f_slope + self.second.own * p_slope;
        (g - p, g_slope * v_slope - p_slope)
    }
}

/// Input, rate and an input from outside, all over a scale that is at least `scale`, for all inputs beyond `x`.
struct Far {
    scale: f64,
    x: Interval,
    rate: Interval,
}

impl Far {
    fn of(unit: &Unit<'_>, x: f64) -> Option<Far> {
        let ratio = unit.ratio(x);
        let sign = Interval::point(x.signum());
        if ratio.hi.is_finite() && ratio.lo.is_finite() {
            return Some(Far { scale: x.abs(), x: sign, rate: ratio });
        }
        // It grows without bound: the rate itself is the scale.
        (ratio.lo > 0.0).then(|| Far {
            scale: ratio.lo * x.abs(),
            x: sign.times(Interval::new(0.0, 1.0 / ratio.lo)),
            rate: Interval::point(1.0),
        })
    }
    fn input(&self, h: f64) -> Interval {
        Interval::between(0.0, h / self.scale)
    }
}

/// Whether a curve has no zero beyond an input.
trait Tail {
    fn is_clear(&self, x: f64) -> bool;
}

impl Tail for Single<'_> {
    fn is_clear(&self, x: f64) -> bool {
        let Some(far) = Far::of(&self.0, x) else { return false };
        !far.rate.scaled(self.0.own).plus(far.input(self.0.h)).minus(far.x).contains(0.0)
    }
}

impl Tail for Pair<'_> {
    fn is_clear(&self, u: f64) -> bool {
        let Pair { first, second, from_second, from_first } = self;
        let Some(far) = Far::of(first, u) else { return false };
        let p = far.x.minus(far.input(first.h)).minus(far.rate.scaled(first.own)).scaled(1.0 / from_second);
        // v = along f + own (u - h)/b + h', as in `over`.
        let along = from_first - second.own * first.own / from_second;
        let constant = second.h - second.own * first.h / from_second;
        let v = far.rate.scaled(along).plus(far.x.scaled(second.own / from_second)).plus(far.input(constant));
        let g = if v.lo > 0.0 {
            second.ratio(v.lo * far.scale).times(v)
        } else if v.hi < 0.0 {
            second.ratio(v.hi * far.scale).times(Interval::new(-v.hi, -v.lo))
        } else {
            match second.law.bound() {
                Some(bound) => Interval::new(-bound / far.scale, bound / far.scale),
                None => return false,
            }
        };
        !g.minus(p).contains(0.0)
    }
}

/// All zeros of a curve; None if they cannot be enclosed.
fn all_zeros<C: Curve + Tail>(curve: &C, h: f64) -> Option<Vec<Zero>> {
    let end = |sign: f64| {
        let mut x = sign * (1.0 + 2.0 * h.abs());
        for _ in 0..DOUBLINGS {
            if curve.is_clear(x) {
                return Some(x);
            }
            x *= 2.0;
        }
        None
    };
    zeros(curve, Interval::new(end(-1.0)?, end(1.0)?))
}

/// A fixed point of two populations: their inputs, and whether it is known to be there, and alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub input: [f64; 2],
    pub simple: bool,
}

/// All fixed points of two populations with weights `cross` to the first from the second, and back; None if they
/// cannot be enclosed. Both laws must be increasing.
pub(crate) fn pair(units: [Unit<'_>; 2], cross: [f64; 2]) -> Option<Vec<Found>> {
    if cross == [0.0, 0.0] {
        let [first, second] = units;
        let others = single(second)?;
        let all = single(first)?.into_iter().flat_map(|z| {
            others.iter().map(move |o| Found { input: [z.at, o.at], simple: z.simple && o.simple })
        });
        return Some(all.collect());
    }
    // The one whose input from the other is larger is followed: what divides must not be small.
    let swap = cross[1].abs() > cross[0].abs();
    let [first, second] = if swap { [units[1], units[0]] } else { units };
    let [from_second, from_first] = if swap { [cross[1], cross[0]] } else { cross };
    let curve = Pair { first, second, from_second, from_first };
    let found = all_zeros(&curve, first.h)?.into_iter().map(|z| {
        let v = curve.second(z.at, first.rate(z.at)).1;
        Found { input: if swap { [v, z.at] } else { [z.at, v] }, simple: z.simple }
    });
    Some(found.collect())
}

/// All fixed points of one population.
fn single(unit: Unit<'_>) -> Option<Vec<Zero>> {
    all_zeros(&Single(unit), unit.h)
}

/// A circuit whose units are all alike within each of up to two populations: their equations.
fn reduce(circuit: &Circuit) -> Option<(Vec<Unit<'_>>, [f64; 2])> {
    let populations = circuit.populations();
    let count = populations.len();
    let other = circuit.form() == Form::Conductance || circuit.mean_field().is_some();
    // Delays do not move fixed points; settled slow states do.
    if count > 2 || other || !circuit.slow().is_empty() {
        return None;
    }
    let mut totals = [[0.0; 2]; 2];
    let weights = circuit.weights();
    let alike = |v: &[f64]| v.iter().all(|x| *x == v[0]);
    if circuit.n() == count {
        weights.for_each(|to, from, w| totals[to][from] += w);
    } else {
        let crate::model::Weights::Blocks(blocks) = weights else { return None };
        for (to, row) in totals.iter_mut().enumerate().take(count) {
            for (from, total) in row.iter_mut().enumerate().take(count) {
                *total = blocks.weights()[(to, from)] * populations[from].size as f64;
            }
        }
    }
    let unit = |p: usize| {
        let population = &populations[p];
        let h = &circuit.h()[circuit.range(p)];
        let fits = alike(h) && population.transfer.slope_bounds(0.0, 0.0).is_some();
        fits.then(|| Unit::new(&population.transfer, population.sigma, totals[p][p], h[0]))
    };
    let units = (0..count).map(unit).collect::<Option<Vec<_>>>()?;
    Some((units, [totals[0][1], totals[1][0]]))
}

/// All fixed points of a circuit of one or two populations of units that are alike; None for any other, and where
/// they cannot be enclosed.
pub(super) fn enumerate(circuit: &Circuit, dynamics: &CircuitDynamics) -> Result<Option<Search>> {
    let Some((units, cross)) = reduce(circuit) else { return Ok(None) };
    let found = match units[..] {
        [unit] => single(unit).map(|all| {
            all.into_iter().map(|z| Found { input: [z.at; 2], simple: z.simple }).collect::<Vec<_>>()
        }),
        [first, second] => pair([first, second], cross),
        _ => None,
    };
    let Some(found) = found.filter(|_| dynamics.dim() == circuit.n()) else { return Ok(None) };
    let mut points: Vec<FixedPoint> = Vec::with_capacity(found.len());
    let mut touching = Vec::new();
    let mut newton = Newton::new(dynamics);
    for Found { input, simple } in found {
        let value = |p: usize| match circuit.form() {
            Form::Rate => units[p].rate(input[p]),
            _ => input[p],
        };
        let state: Vec<f64> = (0..circuit.n()).map(|i| value(circuit.population_of(i))).collect();
        let residual = newton::residual(dynamics, &state);
        // The reduction must be the circuit's own equation.
        if residual > 1e-4 {
            return Ok(None);
        }
        // Newton's method gives the last digits; a zero that is alone in its interval stays the one that it is.
        let polished = newton.solve(&state, &[]).filter(|s| !simple || near(&s.state, &state, 1e-6));
        match polished {
            Some(s) if simple || !points.iter().any(|p| near(&p.state, &s.state, 1e-9)) => {
                points.push(classify(circuit, s.state, s.step)?);
            }
            Some(_) => {}
            None if simple => points.push(classify(circuit, state, residual.max(f64::EPSILON))?),
            None => touching.push(state),
        }
    }
    let how = "every zero of one function of one variable is enclosed, by bounds over intervals";
    let coverage = if touching.is_empty() {
        Coverage::All(how.into())
    } else {
        Coverage::AllBut(format!("{how}, but where the nullclines touch to within rounding"))
    };
    let remarks = touching
        .iter()
        .map(|state| {
            let rates = dynamics.rates(state);
            let rates: Vec<String> =
                (0..units.len()).map(|p| format!("{:.6}", rates[circuit.range(p).start])).collect();
            format!(
                "at rates {} the nullclines touch to within rounding: two fixed points, one or none",
                rates.join(", ")
            )
        })
        .collect();
    Ok(Some(Search { points, coverage, remarks, runaway: None }))
}

fn near(a: &[f64], b: &[f64], tolerance: f64) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance * (1.0 + a.abs()))
}
