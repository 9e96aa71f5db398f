//! All fixed points of many pairs of populations with square laws, side by side.
//!
//! The same equation and the same bounds as in `planar.rs`, for laws `k (x - threshold)^2` above a threshold: the most
//! common ones, and the ones that are scanned over grids. Without branches, the intervals of many pairs are looked at in
//! vector instructions, level by level: what is neither empty nor monotone is cut in two and waits for the next level.

use neurate_numerics::special::instructions::{Compute, Instructions};

/// Two populations: the first one's input is followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SquarePair {
    /// Factors and thresholds of the laws.
    pub k: [f64; 2],
    pub threshold: [f64; 2],
    /// Weight of each to itself.
    pub own: [f64; 2],
    /// To the first from the second, and back.
    pub cross: [f64; 2],
    pub h: [f64; 2],
}

/// What was found in many pairs.
#[derive(Debug, Default)]
pub(crate) struct SquarePoints {
    /// The pair and the inputs of each simple fixed point, in no order.
    pub found: Vec<(u32, [f64; 2])>,
    /// Of each pair whether these are all. Where they are not, zeros are so near each other that a closer look is
    /// needed, or the pair is not one that this method knows.
    pub all: Vec<bool>,
}

/// Pairs side by side.
const SIDE: usize = 8;
/// Levels, and intervals cut, after which a pair is given up: rounding has the last word, or its curve is nearly zero
/// along a line, or its numbers overflow.
const LEVELS: usize = 48;
const MOST_CUTS: u16 = 2000;
/// Rounding of a sum of a few products, relative to the largest of them; as in `planar.rs`.
const ROUNDING: f64 = 8.0 * f64::EPSILON;

/// The numbers of one curve, `g(v(u)) - p(u)`, ready to use.
#[derive(Clone, Copy, Debug, Default)]
struct Curve {
    own: f64,
    h: f64,
    k: f64,
    threshold: f64,
    /// 1 over the weight to the first from the second.
    inverse: f64,
    from_first: f64,
    second_own: f64,
    second_h: f64,
    second_k: f64,
    second_threshold: f64,
}

/// What an interval is.
const EMPTY: f64 = 0.0;
const SIMPLE: f64 = 1.0;
const TO_CUT: f64 = 2.0;
const UNCLEAR: f64 = 3.0;

#[inline(always)]
fn min(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

#[inline(always)]
fn max(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

impl Curve {
    /// With the inputs exchanged or not; None for pairs that this method does not know.
    fn new(pair: &SquarePair) -> Option<(Curve, bool)> {
        // The one whose input from the other is larger is followed: what divides must not be small.
        let swap = pair.cross[1].abs() > pair.cross[0].abs();
        let (i, j) = if swap { (1, 0) } else { (0, 1) };
        let curve = Curve {
            own: pair.own[i],
            h: pair.h[i],
            k: pair.k[i],
            threshold: pair.threshold[i],
            inverse: 1.0 / pair.cross[i],
            from_first: pair.cross[j],
            second_own: pair.own[j],
            second_h: pair.h[j],
            second_k: pair.k[j],
            second_threshold: pair.threshold[j],
        };
        let usable = pair.k[0] > 0.0 && pair.k[1] > 0.0 && curve.inverse.is_finite();
        usable.then_some((curve, swap))
    }

    /// Inputs between which all zeros lie. As both laws are squares and no rate is negative, everything far out is told by
    /// the leading powers; None where those cancel.
    fn range(&self) -> Option<[f64; 2]> {
        let Curve { own, h, k, threshold, inverse, .. } = *self;
        let e = self.second_h - self.second_threshold;
        // Below the threshold the second rate is p = (u - h)/b, and never negative.
        let low = if inverse > 0.0 {
            h
        } else if self.second_own <= 0.0 {
            h + self.second_k * max(e, 0.0).powi(2) / inverse
        } else {
            let (d, k) = (self.second_own, self.second_k);
            h + roots_within(k * d * d, 2.0 * k * d * e - 1.0, k * e * e) / inverse
        };
        let low = min(low, threshold);
        // Above it, with s = u - threshold: p and v are polynomials of degree 2.
        let p = [(threshold - h) * inverse, inverse, -own * k * inverse];
        let along = self.from_first - self.second_own * own * inverse;
        if along.abs() <= 1e-9 * (self.from_first.abs() + (self.second_own * own * inverse).abs()) {
            return None;
        }
        let q = [e + self.second_own * p[0], self.second_own * inverse, k * along];
        let leading = if own == 0.0 { p[1] } else { p[2] };
        let beyond_p = if own == 0.0 { (p[0] / p[1]).abs() } else { roots_within(p[2], p[1], p[0]) };
        let high = if leading < 0.0 {
            // The second rate would be negative.
            beyond_p
        } else if along < 0.0 {
            // The second one is silent.
            max(beyond_p, roots_within(q[2], q[1], q[0]))
        } else {
            // v - threshold is at least half its leading term, and its square grows beyond p.
            let share = 12.0 / (self.second_k * q[2] * q[2]);
            let fourth = max((share * p[2].abs()).sqrt(), (share * p[0].abs()).sqrt().sqrt());
            max(roots_within(0.5 * q[2], q[1], q[0]), max(fourth, (share * p[1].abs()).cbrt()))
        };
        // Room at both ends: zeros like to lie at them.
        let low = low - 0.1 * (h.abs() + threshold.abs() + low.abs()) - f64::MIN_POSITIVE;
        let high = threshold + 1.1 * high + 0.1 * threshold.abs() + f64::MIN_POSITIVE;
        (low.is_finite() && high.is_finite()).then_some([low, high])
    }

    /// The second one's rate and input, if the first has this input and this rate.
    #[inline(always)]
    fn second(&self, u: f64, rate: f64) -> (f64, f64) {
        let p = (u - self.h - self.own * rate) * self.inverse;
        (p, self.second_h + self.from_first * rate + self.second_own * p)
    }

    /// Value and slope.
    #[inline(always)]
    fn at(&self, u: f64) -> (f64, f64) {
        let s = max(u - self.threshold, 0.0);
        let (f, f_slope) = (self.k * s * s, 2.0 * self.k * s);
        let (p, v) = self.second(u, f);
        let p_slope = (1.0 - self.own * f_slope) * self.inverse;
        let v_slope = self.from_first * f_slope + self.second_own * p_slope;
        let t = max(v - self.second_threshold, 0.0);
        (self.second_k * t * t - p, 2.0 * self.second_k * t * v_slope - p_slope)
    }

    /// What the interval from `lo` to `hi` is: bounds of the value and of the slope, as in `planar.rs`, and those of the
    /// value by its ends and the slope.
    #[inline(always)]
    fn look(&self, lo: f64, hi: f64) -> f64 {
        let (s_lo, s_hi) = (max(lo - self.threshold, 0.0), max(hi - self.threshold, 0.0));
        let (f_lo, f_hi) = (self.k * s_lo * s_lo, self.k * s_hi * s_hi);
        let (g_lo, g_hi) = (2.0 * self.k * s_lo, 2.0 * self.k * s_hi);
        let inverse = self.inverse;
        // Slopes of p and v are linear in that of f.
        let (a, b) = ((1.0 - self.own * g_lo) * inverse, (1.0 - self.own * g_hi) * inverse);
        let (dp_lo, dp_hi) = (min(a, b), max(a, b));
        let along = self.from_first - self.second_own * self.own * inverse;
        let rest = self.second_own * inverse;
        let (a, b) = (along * g_lo + rest, along * g_hi + rest);
        let (dv_lo, dv_hi) = (min(a, b), max(a, b));
        // Where p and v are monotone, their ends bound them.
        let ((p0, v0), (p1, v1)) = (self.second(lo, f_lo), self.second(hi, f_hi));
        let (a, b) = (self.own * f_lo, self.own * f_hi);
        let (a, b) = ((lo - self.h - max(a, b)) * inverse, (hi - self.h - min(a, b)) * inverse);
        let wide = dp_lo <= 0.0 && dp_hi >= 0.0;
        let (p_lo, p_hi) =
            (if wide { min(a, b) } else { min(p0, p1) }, if wide { max(a, b) } else { max(p0, p1) });
        let constant = self.second_h - self.second_own * self.h * inverse;
        let (a, b, c, d) = (along * f_lo, along * f_hi, lo * rest, hi * rest);
        let wide = dv_lo <= 0.0 && dv_hi >= 0.0;
        let v_lo = if wide { min(a, b) + min(c, d) + constant } else { min(v0, v1) };
        let v_hi = if wide { max(a, b) + max(c, d) + constant } else { max(v0, v1) };
        // Rounding.
        let size = max(lo.abs(), hi.abs()) + self.h.abs() + (self.own * f_hi).abs();
        let p_error = ROUNDING * size * inverse.abs();
        let p_size = max(p_lo.abs(), p_hi.abs());
        let v_error = ROUNDING * (self.second_h.abs() + constant.abs() + (self.from_first * f_hi).abs())
            + self.second_own.abs() * (p_error + ROUNDING * p_size);
        let t_lo = max(v_lo - v_error - self.second_threshold, 0.0);
        let t_hi = max(v_hi + v_error - self.second_threshold, 0.0);
        let (rate_lo, rate_hi) = (self.second_k * t_lo * t_lo, self.second_k * t_hi * t_hi);
        let (gain_lo, gain_hi) = (2.0 * self.second_k * t_lo, 2.0 * self.second_k * t_hi);
        let slope_lo = min(gain_lo * dv_lo, gain_hi * dv_lo) - dp_hi;
        let slope_hi = max(gain_lo * dv_hi, gain_hi * dv_hi) - dp_lo;
        // The ends' own values, with what rounding leaves of them.
        let error = p_error + ROUNDING * rate_hi + gain_hi * v_error;
        let (t0, t1) = (max(v0 - self.second_threshold, 0.0), max(v1 - self.second_threshold, 0.0));
        let (y0, y1) = (self.second_k * t0 * t0 - p0, self.second_k * t1 * t1 - p1);
        let width = (hi - lo) * (1.0 + ROUNDING);
        let (fall, rise) = (min(slope_lo, 0.0) * width, max(slope_hi, 0.0) * width);
        let lowest = max(rate_lo - p_hi, max(y0 + fall, y1 - rise)) - error;
        let highest = min(rate_hi - p_lo, min(y0 + rise, y1 - fall)) + error;
        // Comparisons so that what is not a number excludes nothing.
        let empty = lowest > 0.0 || highest < 0.0;
        let (dp, dv) = (max(dp_lo.abs(), dp_hi.abs()), max(dv_lo.abs(), dv_hi.abs()));
        let terms = (self.from_first.abs() + (self.second_own * self.own * inverse).abs()) * g_hi;
        let slope_error = ROUNDING * (dp + gain_hi * (dv + terms));
        let monotone = slope_lo > slope_error || slope_hi < -slope_error;
        let (above0, above1, below0, below1) = (y0 > error, y1 > error, y0 < -error, y1 < -error);
        let crosses = (above0 && below1) || (below0 && above1);
        let apart = (above0 && above1) || (below0 && below1);
        let of_monotone = if crosses { SIMPLE } else { UNCLEAR };
        let of_monotone = if apart { EMPTY } else { of_monotone };
        let verdict = if monotone { of_monotone } else { TO_CUT };
        if empty { EMPTY } else { verdict }
    }

    /// One step of Newton's method for the zero of a monotone function, kept between the ends `lo` and `hi`: the new
    /// ends and guess.
    #[inline(always)]
    fn step(&self, lo: f64, hi: f64, rising: f64, guess: f64) -> (f64, f64, f64) {
        let (value, slope) = self.at(guess);
        let right = value * rising > 0.0;
        let (new_lo, new_hi) = (if right { lo } else { guess }, if right { guess } else { hi });
        let newton = guess - value / slope;
        let inside = newton > new_lo && newton < new_hi;
        let next = if inside { newton } else { 0.5 * (new_lo + new_hi) };
        (new_lo, new_hi, if value == 0.0 { guess } else { next })
    }
}

/// A bound of the moduli of the zeros of `a s^2 + b s + c`, `a` not zero, with room for rounding.
fn roots_within(a: f64, b: f64, c: f64) -> f64 {
    let (a, b, c) = (a.abs(), b.abs(), c.abs());
    (b + (b * b + 4.0 * a * c).sqrt()) / (2.0 * a) * (1.0 + 1e-12)
}

/// Intervals of some pair's curve.
#[derive(Clone, Copy, Debug, Default)]
struct Task {
    pair: u32,
    lo: f64,
    hi: f64,
}

/// Looks at all tasks.
struct Level<'a> {
    curves: &'a [Curve],
    tasks: &'a [Task],
    verdicts: &'a mut [f64],
}

impl Compute for Level<'_> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        let Level { curves, tasks, verdicts } = self;
        for (tasks, verdicts) in tasks.chunks(SIDE).zip(verdicts.chunks_mut(SIDE)) {
            let mut side = Side::default();
            let (mut lo, mut hi, mut out) = ([0.0; SIDE], [0.0; SIDE], [0.0; SIDE]);
            for (l, task) in tasks.iter().enumerate() {
                side.put(l, &curves[task.pair as usize]);
                (lo[l], hi[l]) = (task.lo, task.hi);
            }
            for l in 0..SIDE {
                out[l] = side.get(l).look(lo[l], hi[l]);
            }
            verdicts.copy_from_slice(&out[..verdicts.len()]);
        }
    }
}

/// Finds the zeros in intervals where the curve is monotone and changes its sign, to `lo`.
struct Refine<'a> {
    curves: &'a [Curve],
    zeros: &'a mut [Task],
}

impl Compute for Refine<'_> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        let Refine { curves, zeros } = self;
        for zeros in zeros.chunks_mut(SIDE) {
            let mut side = Side::default();
            let (mut lo, mut hi) = ([0.0; SIDE], [0.0; SIDE]);
            let (mut guess, mut rising) = ([0.0; SIDE], [0.0; SIDE]);
            for (l, zero) in zeros.iter().enumerate() {
                side.put(l, &curves[zero.pair as usize]);
                (lo[l], hi[l]) = (zero.lo, zero.hi);
            }
            for l in 0..SIDE {
                let curve = side.get(l);
                // A line through the ends: nearer than their middle.
                let (at_lo, at_hi) = (curve.at(lo[l]).0, curve.at(hi[l]).0);
                let along = at_lo / (at_lo - at_hi);
                guess[l] = if along > 0.0 && along < 1.0 {
                    lo[l] + along * (hi[l] - lo[l])
                } else {
                    0.5 * (lo[l] + hi[l])
                };
                rising[l] = if at_hi >= at_lo { 1.0 } else { -1.0 };
            }
            for _ in 0..100 {
                let mut moving = false;
                for l in 0..SIDE {
                    let (a, b, next) = side.get(l).step(lo[l], hi[l], rising[l], guess[l]);
                    // Of a step so small the next would be its square.
                    let near = (next - guess[l]).abs() <= 1e-9 * guess[l].abs();
                    moving |= !near;
                    (lo[l], hi[l], guess[l]) = (a, b, next);
                }
                if !moving {
                    break;
                }
            }
            for (l, zero) in zeros.iter_mut().enumerate() {
                zero.lo = guess[l];
            }
        }
    }
}

/// Curves side by side.
#[derive(Default)]
struct Side {
    numbers: [[f64; SIDE]; 10],
}

impl Side {
    #[inline(always)]
    fn put(&mut self, l: usize, c: &Curve) {
        let n = &mut self.numbers;
        (n[0][l], n[1][l], n[2][l], n[3][l], n[4][l]) = (c.own, c.h, c.k, c.threshold, c.inverse);
        (n[5][l], n[6][l], n[7][l]) = (c.from_first, c.second_own, c.second_h);
        (n[8][l], n[9][l]) = (c.second_k, c.second_threshold);
    }
    #[inline(always)]
    fn get(&self, l: usize) -> Curve {
        let n = &self.numbers;
        Curve {
            own: n[0][l],
            h: n[1][l],
            k: n[2][l],
            threshold: n[3][l],
            inverse: n[4][l],
            from_first: n[5][l],
            second_own: n[6][l],
            second_h: n[7][l],
            second_k: n[8][l],
            second_threshold: n[9][l],
        }
    }
}

/// All fixed points of each pair.
pub(crate) fn square_pairs(pairs: &[SquarePair]) -> SquarePoints {
    let mut all = vec![true; pairs.len()];
    let mut curves = Vec::with_capacity(pairs.len());
    let mut swapped = Vec::with_capacity(pairs.len());
    let mut tasks = Vec::with_capacity(4 * pairs.len());
    for (k, pair) in pairs.iter().enumerate() {
        let known = Curve::new(pair).and_then(|(curve, swap)| Some((curve, swap, curve.range()?)));
        all[k] = known.is_some();
        let (curve, swap, [lo, hi]) = known.unwrap_or_default();
        curves.push(curve);
        swapped.push(swap);
        if all[k] {
            // Apart where the first law has its kink.
            let middle = curve.threshold;
            tasks.push(Task { pair: k as u32, lo, hi: middle });
            tasks.push(Task { pair: k as u32, lo: middle, hi });
        }
    }
    let set = Instructions::widest();
    let mut cuts = vec![0; pairs.len()];
    let (mut next, mut zeros, mut verdicts) = (Vec::with_capacity(tasks.len()), Vec::new(), Vec::new());
    for level in 0.. {
        verdicts.resize(tasks.len(), EMPTY);
        set.run(Level { curves: &curves, tasks: &tasks, verdicts: &mut verdicts });
        for (task, verdict) in tasks.iter().zip(&verdicts) {
            let pair = task.pair as usize;
            if !all[pair] {
                continue;
            }
            if *verdict == TO_CUT && level < LEVELS && cuts[pair] < MOST_CUTS {
                cuts[pair] += 1;
                // Not half-way: zeros like to be at round numbers, where rounding would hide the sign.
                let middle = task.lo + 0.503_131 * (task.hi - task.lo);
                next.push(Task { hi: middle, ..*task });
                next.push(Task { lo: middle, ..*task });
            } else if *verdict == SIMPLE {
                zeros.push(*task);
            } else if *verdict != EMPTY {
                all[pair] = false;
            }
        }
        std::mem::swap(&mut tasks, &mut next);
        next.clear();
        if tasks.is_empty() {
            break;
        }
    }
    set.run(Refine { curves: &curves, zeros: &mut zeros });
    let found = zeros.iter().filter(|z| all[z.pair as usize]).map(|z| {
        let curve = &curves[z.pair as usize];
        let s = max(z.lo - curve.threshold, 0.0);
        let v = curve.second(z.lo, curve.k * s * s).1;
        (z.pair, if swapped[z.pair as usize] { [v, z.lo] } else { [z.lo, v] })
    });
    SquarePoints { found: found.collect(), all }
}

#[cfg(test)]
mod tests;
