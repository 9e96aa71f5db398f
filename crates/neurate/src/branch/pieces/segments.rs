//! Pieces of branches, each on one combination of pieces of the transfer functions, between the ends that inequalities give it.

use super::numbers::{Line, Numbers};
use super::solution::{Equations, Solution, Straight};

/// How near to the end of a piece an input is there.
const ON: f64 = 1e-9;
/// A movement that is rounding.
const STILL: f64 = 1e-12;
/// How far a branch without an end is followed: so many times the inputs on it, and to this share of its length beside a pole.
const FAR: f64 = 1e3;
/// Where it is looked whether an input stays at the end of its piece.
const LOOKS: [f64; 3] = [0.2113, 0.5131, 0.7887];

/// Why a segment ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Units come to an end of their pieces.
    Border,
    /// The window ends.
    Edge,
    /// It has no end.
    Far,
}

/// An end of a segment.
#[derive(Clone, Debug)]
pub(super) struct Tip {
    /// The place in the window.
    pub s: f64,
    /// Inputs of all units.
    pub x: Vec<f64>,
    /// Units at an end of their pieces.
    pub units: Vec<usize>,
    pub stop: Stop,
    /// The place at which there is no equilibrium, if it ends near one.
    pub pole: Option<f64>,
}

/// Equilibria on one combination.
#[derive(Debug)]
pub(super) struct Segment {
    /// Which piece each unit is on.
    pub chosen: Vec<usize>,
    /// Combinations that have the same equilibria, because units stay at an end of their pieces.
    pub others: Vec<Vec<usize>>,
    pub tips: [Tip; 2],
    /// None where it is straight.
    curve: Option<Equations>,
}

impl Segment {
    /// Place and inputs at a share of the way from its first tip to its second.
    pub fn at(&self, share: f64) -> Option<(f64, Vec<f64>)> {
        let [a, b] = &self.tips;
        if share == 0.0 || share == 1.0 {
            let tip = &self.tips[usize::from(share == 1.0)];
            return Some((tip.s, tip.x.clone()));
        }
        let between = |a: f64, b: f64| a + share * (b - a);
        let s = between(a.s, b.s);
        match &self.curve {
            Some(equations) => Some((s, equations.at(s)?.0)),
            None => Some((s, a.x.iter().zip(&b.x).map(|(a, b)| between(*a, *b)).collect())),
        }
    }
    /// Goes on towards a pole while what is found there is `small`.
    pub fn extend(&mut self, tip: usize, small: impl Fn(f64, &[f64]) -> bool) {
        let (Some(pole), Some(curve)) = (self.tips[tip].pole, &self.curve) else { return };
        let mut s = self.tips[tip].s;
        for _ in 0..40 {
            let Some((x, _)) = curve.at(s) else { return };
            let go_on = small(s, &x);
            (self.tips[tip].s, self.tips[tip].x) = (s, x);
            if !go_on {
                return;
            }
            s = pole + 0.5 * (s - pole);
        }
    }
    /// Whether it is straight.
    pub fn is_straight(&self) -> bool {
        self.curve.is_none()
    }
    /// Inputs where it passes a place; None where it does not, or runs along it.
    pub fn passes(&self, s: f64) -> Option<Vec<f64>> {
        let [a, b] = [self.tips[0].s, self.tips[1].s];
        if s < a.min(b) || s > a.max(b) || a == b {
            return None;
        }
        self.at((s - a) / (b - a)).map(|at| at.1)
    }
}

/// All segments; None where equilibria fill a plane, or a line that rounding hides.
pub(super) fn segments(numbers: &Numbers) -> Option<Vec<Segment>> {
    let mut all: Vec<Segment> = Vec::new();
    for number in 0..numbers.combinations {
        let chosen = numbers.chosen(number);
        let equations = Equations::new(numbers, &chosen);
        if !numbers.straight {
            all.extend(curved(numbers, &chosen, equations)?);
            continue;
        }
        match equations.straight() {
            Solution::Line(line) => all.extend(straight(numbers, &chosen, &line)),
            Solution::None => {}
            Solution::Plane => return None,
        }
    }
    Some(all)
}

/// The ends of a unit's piece, and on which side of them it is: 1 above, -1 below.
fn borders(numbers: &Numbers, chosen: &[usize], i: usize) -> impl Iterator<Item = (Line, f64)> {
    let piece = numbers.pieces[i][chosen[i]];
    [(piece.from, 1.0), (piece.to, -1.0)].into_iter().filter(|(l, _)| l.start.is_finite())
}

fn largest(v: &[f64]) -> f64 {
    v.iter().fold(0.0, |m: f64, v| m.max(v.abs()))
}

fn straight(numbers: &Numbers, chosen: &[usize], line: &Straight) -> Option<Segment> {
    let n = chosen.len();
    let (start, along) = (&line.start, &line.along);
    let (size, speed) = (1.0 + largest(&start[..n]), largest(along));
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut bound = |value: f64, slope: f64, size: f64| {
        if slope.abs() <= STILL * speed {
            return value >= -ON * size;
        }
        let t = -value / slope;
        if slope > 0.0 {
            low = low.max(t)
        } else {
            high = high.min(t)
        }
        true
    };
    // How far an input is inside an end, and how that changes along the line.
    let inside = |i: usize, (end, side): (Line, f64)| {
        let value = side * (start[i] - end.start - end.change * start[n]);
        (value, side * (along[i] - end.change * along[n]))
    };
    for i in 0..n {
        for border in borders(numbers, chosen, i) {
            let (value, slope) = inside(i, border);
            if !bound(value, slope, size + border.0.start.abs()) {
                return None;
            }
        }
    }
    if !bound(start[n], along[n], 1.0) || !bound(1.0 - start[n], -along[n], 1.0) {
        return None;
    }
    let far = FAR * size / speed;
    let (from, to) = (low.max(-far), high.min(far));
    if from >= to {
        return None;
    }
    let tip = |t: f64, open: bool| {
        let at = |k: usize| start[k] + t * along[k];
        let s = at(n);
        let edge = [0.0, 1.0].into_iter().find(|e| (s - e).abs() < STILL && along[n] != 0.0);
        let here = |i: &usize| {
            borders(numbers, chosen, *i).any(|border| {
                let (value, slope) = inside(*i, border);
                (value + t * slope).abs() <= ON * (size + at(*i).abs())
            })
        };
        let stop = match edge {
            _ if open => Stop::Far,
            Some(_) => Stop::Edge,
            None => Stop::Border,
        };
        let units = (0..n).filter(here).collect();
        Tip { s: edge.unwrap_or(s), x: (0..n).map(at).collect(), units, stop, pole: None }
    };
    let tips = [tip(from, low < from), tip(to, high > to)];
    Some(Segment { chosen: chosen.to_vec(), others: vec![], tips, curve: None })
}

/// The segments of a combination whose weights or slopes move: between the places where a unit comes to an end of its piece, or
/// where there is no equilibrium.
fn curved(numbers: &Numbers, chosen: &[usize], equations: Equations) -> Option<Vec<Segment>> {
    let n = chosen.len();
    let looks: Vec<Vec<f64>> = LOOKS.iter().filter_map(|s| Some(equations.at(*s)?.0)).collect();
    if looks.len() < LOOKS.len() {
        return LOOKS.iter().all(|s| !equations.is_solvable_at(*s)).then(Vec::new);
    }
    let stays = |i: usize, end: Line| {
        let off = |(s, x): (&f64, &Vec<f64>)| (x[i] - end.at(*s)).abs() > ON * (1.0 + end.start.abs());
        !LOOKS.iter().zip(&looks).any(off)
    };
    let poles = equations.poles();
    let within = |s: &f64| (0.0..=1.0).contains(s);
    if poles.iter().filter(|s| within(s)).any(|s| equations.is_solvable_at(*s)) {
        return None;
    }
    let mut places = vec![0.0, 1.0];
    places.extend(poles.iter().copied());
    for i in 0..n {
        for (end, _) in borders(numbers, chosen, i) {
            if !stays(i, end) {
                places.extend(equations.places_of(i, end));
            }
        }
    }
    places.retain(within);
    places.sort_by(f64::total_cmp);
    places.dedup_by(|a, b| (*a - *b).abs() < STILL);
    let valid = |s: f64| {
        let Some((x, _)) = equations.at(s) else { return false };
        (0..n).all(|i| {
            borders(numbers, chosen, i).all(|(end, side)| side * (x[i] - end.at(s)) >= 0.0 || stays(i, end))
        })
    };
    let is_pole = |s: f64| poles.iter().any(|p| (p - s).abs() < 1e-10);
    let mut intervals: Vec<(f64, f64)> = Vec::new();
    for pair in places.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if !valid(a + 0.5137 * (b - a)) {
            continue;
        }
        match intervals.last_mut() {
            Some(last) if last.1 == a && !is_pole(a) => last.1 = b,
            _ => intervals.push((a, b)),
        }
    }
    let tip = |s: f64, other: f64| -> Option<Tip> {
        let pole = is_pole(s).then_some(s);
        let s = pole.map_or(s, |pole| pole + (other - pole) / FAR);
        let (x, _) = equations.at(s)?;
        let here = |i: &usize| {
            let near =
                |end: Line| (x[*i] - end.at(s)).abs() <= 1e2 * ON * (1.0 + end.start.abs() + largest(&x));
            borders(numbers, chosen, *i).any(|(end, _)| near(end))
        };
        let stop = match s {
            _ if pole.is_some() => Stop::Far,
            0.0 | 1.0 => Stop::Edge,
            _ => Stop::Border,
        };
        let units = (0..n).filter(here).collect();
        Some(Tip { s, x, units, stop, pole })
    };
    intervals
        .into_iter()
        .map(|(a, b)| {
            let tips = [tip(a, b)?, tip(b, a)?];
            let curve = Some(Equations::new(numbers, chosen));
            Some(Segment { chosen: chosen.to_vec(), others: vec![], tips, curve })
        })
        .collect()
}
