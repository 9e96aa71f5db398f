//! Branches of a piecewise-linear circuit as data.

use super::join::{Arm, Chain, Meeting, chains, meetings, partners};
use super::numbers::Numbers;
use super::points::{hopf, kink, order_of};
use super::segments::{Segment, Stop, Tip, segments};
use super::window::{Window, state};
use crate::branch::circuit_family::CircuitFamily;
use crate::branch::diagram::{Branch, End, SpecialPoint};
use crate::branch::scaled::{Scaled, distance, minus, norm};

/// Points of a straight segment, and the most and the fewest pieces of a curved one.
const POINTS: usize = 9;
const MOST_POINTS: usize = 400;
/// How far a curve may be from its chords, scaled.
const CHORD: f64 = 1e-3;
/// A branch without an end is followed until a scaled state is so large.
const FAR: f64 = 1e3;
/// A segment that is shorter than this, scaled, is rounding.
const SHORTEST: f64 = 1e-9;

/// All equilibria of a piecewise-linear circuit.
#[derive(Debug)]
pub(in crate::branch) struct Exact {
    pub branches: Vec<Branch>,
    pub points: Vec<SpecialPoint>,
    /// Whether all special points are known: eigenvalues do not move along any segment.
    pub special: bool,
    /// Where several combinations that share an equilibrium differ in its stability.
    pub unclear: bool,
    segments: Vec<Segment>,
    numbers: Numbers,
}

/// All equilibria of a piecewise-linear circuit along its window; None if it is none, has too many combinations of pieces, or
/// moves in another way than in straight lines.
pub(in crate::branch) fn exact(family: &CircuitFamily, problem: &Scaled) -> Option<Exact> {
    let numbers = Numbers::of(family)?;
    let mut segments = segments(&numbers)?;
    let window = Window { family, problem, numbers: &numbers };
    for segment in &mut segments {
        let chosen = segment.chosen.clone();
        let small = |s: f64, x: &[f64]| {
            let state = window.state(&chosen, s, x).unwrap_or_default();
            window.problem.scale(&state, window.p(s)).iter().all(|y| y.abs() < FAR)
        };
        (0..2).for_each(|tip| segment.extend(tip, small));
    }
    segments = distinct(&window, segments)?;
    let arms: Option<Vec<Arm>> = (0..2 * segments.len()).map(|k| arm(&window, &segments, k)).collect();
    let arms = arms?;
    let meetings = meetings(&arms).into_iter().filter(|m| stops(&segments, &arms, m)).collect::<Vec<_>>();
    let partner = partners(&arms, &meetings);
    let mut branches = Vec::new();
    let mut points: Vec<SpecialPoint> = Vec::new();
    let mut places = vec![None; arms.len()];
    let chains = chains(segments.len(), &partner);
    let order = order_of(&chains, segments.len());
    for meeting in meetings.iter().filter(|m| m.arms.len() > 1) {
        let point = kink(&window, &segments, &arms, meeting, &order)?;
        meeting.arms.iter().for_each(|a| places[*a] = Some(points.len()));
        points.push(point);
    }
    for (k, chain) in chains.iter().enumerate() {
        branches.push(branch(&window, &segments, chain, (k, &places), &mut points)?);
    }
    sort(&mut branches, &mut points);
    let unclear = segments.iter().any(|s| is_unclear(&window, s));
    let special = numbers.constant;
    Some(Exact { branches, points, special, unclear, segments, numbers })
}

impl Exact {
    /// The states at a value of the parameter.
    pub fn at(&self, family: &CircuitFamily, problem: &Scaled, p: f64) -> Vec<Vec<f64>> {
        let s = if p == family.window().1 { 1.0 } else { problem.place(p) };
        let mut all: Vec<Vec<f64>> = Vec::new();
        let Ok(circuit) = family.circuit(p) else { return all };
        for segment in &self.segments {
            let passed = segment.passes(s);
            let Some(x) = passed.and_then(|x| state(&circuit, &self.numbers, &segment.chosen, s, &x)) else {
                continue;
            };
            let y = problem.scale(&x, p);
            if all.iter().all(|known| distance(known, &y) > 1e-9) {
                all.push(y);
            }
        }
        all
    }
}

/// Segments that are longer than rounding, those that several combinations share once.
fn distinct(window: &Window, segments: Vec<Segment>) -> Option<Vec<Segment>> {
    let mut all: Vec<(Segment, [Vec<f64>; 3])> = Vec::new();
    for segment in segments {
        let looks =
            [window.scaled(&segment, 0.0)?, window.scaled(&segment, 0.5137)?, window.scaled(&segment, 1.0)?];
        if distance(&looks[0], &looks[2]) < SHORTEST {
            continue;
        }
        let same = |other: &&mut (Segment, [Vec<f64>; 3])| {
            other.1.iter().zip(&looks).all(|(a, b)| distance(a, b) < 1e-7)
        };
        match all.iter_mut().find(same) {
            Some((known, _)) => known.others.push(segment.chosen),
            None => all.push((segment, looks)),
        }
    }
    Some(all.into_iter().map(|(s, _)| s).collect())
}

fn arm(window: &Window, segments: &[Segment], k: usize) -> Option<Arm> {
    let segment = &segments[k / 2];
    let (here, beside) = if k.is_multiple_of(2) { (0.0, 1e-3) } else { (1.0, 1.0 - 1e-3) };
    let y = window.scaled(segment, here)?;
    let off = minus(&window.scaled(segment, beside)?, &y);
    let length = norm(&off);
    Some(Arm { segment: k / 2, tip: k % 2, y, away: off.iter().map(|d| d / length).collect() })
}

/// Whether a branch may go on at a place: not where the window ends, or a segment has no end.
fn stops(segments: &[Segment], arms: &[Arm], meeting: &Meeting) -> bool {
    meeting.arms.iter().all(|&a| segments[arms[a].segment].tips[arms[a].tip].stop == Stop::Border)
}

/// Whether combinations that share its equilibria differ in how stable they are.
fn is_unclear(window: &Window, segment: &Segment) -> bool {
    let s = 0.5 * (segment.tips[0].s + segment.tips[1].s);
    let own = window.spectrum(&segment.chosen, s).map(|s| s.unstable);
    segment.others.iter().any(|chosen| window.spectrum(chosen, s).map(|s| s.unstable) != own)
}

/// Shares of the way along a segment at which there are points: where it is curved as many as chords need.
fn shares(window: &Window, segment: &Segment) -> Option<Vec<f64>> {
    let even: Vec<f64> = (0..POINTS).map(|k| k as f64 / (POINTS - 1) as f64).collect();
    if segment.is_straight() {
        return Some(even);
    }
    let mut done = vec![0.0];
    let mut rest: Vec<(f64, f64)> = even.windows(2).rev().map(|w| (w[0], w[1])).collect();
    while let Some((a, b)) = rest.pop() {
        let middle = 0.5 * (a + b);
        let [ya, ym, yb] =
            [window.scaled(segment, a)?, window.scaled(segment, middle)?, window.scaled(segment, b)?];
        let chord: Vec<f64> = ya.iter().zip(&yb).map(|(a, b)| 0.5 * (a + b)).collect();
        let bent = distance(&ym, &chord) > CHORD.max(0.02 * distance(&ya, &yb));
        if bent && done.len() + rest.len() < MOST_POINTS {
            rest.push((middle, b));
            rest.push((a, middle));
        } else {
            done.push(b);
        }
    }
    Some(done)
}

/// A branch in its own units, with the Hopf points on its segments.
fn branch(
    window: &Window,
    segments: &[Segment],
    chain: &Chain,
    (number, places): (usize, &[Option<usize>]),
    points: &mut Vec<SpecialPoint>,
) -> Option<Branch> {
    let mut b = Branch {
        p: vec![],
        states: vec![],
        eigenvalues: vec![],
        unstable: vec![],
        ends: [End::Closed, End::Closed],
        special: vec![],
        images: 1,
        drift: None,
    };
    for (position, &(k, turned)) in chain.parts.iter().enumerate() {
        let segment = &segments[k];
        let mut shares = shares(window, segment)?;
        if turned {
            shares.reverse();
        }
        let mut before: Option<(f64, usize)> = None;
        for share in shares {
            let (s, x) = segment.at(share)?;
            let spectrum = window.of(segment, s)?;
            if let Some((from, unstable)) = before
                && unstable.abs_diff(spectrum.unstable) == 2
                && let Some(point) = hopf(window, segment, [from, share], unstable, number)
            {
                b.special.push((b.p.len(), points.len()));
                push(&mut b, &point, unstable.min(spectrum.unstable));
                points.push(point);
            }
            before = Some((share, spectrum.unstable));
            let end = share == 0.0 || share == 1.0;
            let place = if end { places[2 * k + usize::from(share == 1.0)] } else { None };
            // Two segments share the point at which they meet.
            let shared = position > 0 && before_is_start(share, turned);
            if shared && place.is_some() {
                if let Some(last) = b.unstable.last_mut() {
                    *last = spectrum.unstable.min(*last);
                }
                continue;
            }
            b.special.extend(place.map(|i| (b.p.len(), i)));
            b.p.push(window.p(s));
            b.states.push(window.state(&segment.chosen, s, &x)?);
            b.eigenvalues.push(spectrum.all);
            b.unstable.push(spectrum.unstable);
        }
    }
    if !chain.closed {
        let tip_of = |(k, turned): (usize, bool), last: bool| &segments[k].tips[usize::from(turned != last)];
        let end = |tip: &Tip| match tip.stop {
            Stop::Far => End::Runaway,
            Stop::Edge if tip.s == 0.0 => End::LowerEdge,
            Stop::Edge => End::UpperEdge,
            Stop::Border => End::Unfinished { step: 0.0 },
        };
        b.ends = [end(tip_of(*chain.parts.first()?, false)), end(tip_of(*chain.parts.last()?, true))];
    } else if let Some(first) = b.unstable.first().copied() {
        // The start is the end.
        let last = b.unstable.len() - 1;
        let both = first.min(b.unstable[last]);
        (b.unstable[0], b.unstable[last]) = (both, both);
    }
    Some(b)
}

fn before_is_start(share: f64, turned: bool) -> bool {
    share == if turned { 1.0 } else { 0.0 }
}

fn push(b: &mut Branch, point: &SpecialPoint, unstable: usize) {
    b.p.push(point.p);
    b.states.push(point.state.clone());
    b.eigenvalues.push(point.eigenvalues.clone());
    b.unstable.push(unstable);
}

/// Special points by rising parameter.
fn sort(branches: &mut [Branch], points: &mut Vec<SpecialPoint>) {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| points[a].p.total_cmp(&points[b].p));
    let mut rank = vec![0; points.len()];
    order.iter().enumerate().for_each(|(k, &i)| rank[i] = k);
    branches.iter_mut().flat_map(|b| &mut b.special).for_each(|s| s.1 = rank[s.1]);
    let mut sorted: Vec<Option<SpecialPoint>> = std::mem::take(points).into_iter().map(Some).collect();
    points.extend(order.into_iter().filter_map(|i| sorted[i].take()));
}
