//! Circuits taken apart: every strongly connected component is solved for every state of those that act on it. Numbers of
//! fixed points multiply, and where every component is settled by bounds the circuit is. Where rounding hides how many points one
//! component has (a fold), the circuit's point is such a place, if the other components are decided.

use super::boxes;
use super::equations::Equations;
use super::options::SearchOptions;
use super::planar::{self, Found};
use super::reduce::{Component, Reduced, components};
use super::sample::{Sample, Task, default_starts, sample};
use super::small::Small;
use super::starts::Starts;
use super::symmetry::Symmetries;
use super::unit::Unit;
use neurate_numerics::error::Result;
use neurate_numerics::interval::Root;
use neurate_numerics::linalg::{Lu, Matrix};
use neurate_numerics::progress::Progress;
use std::collections::HashMap;

/// Work on components that are sampled, each for every state of those before it: products of a weight and a rate.
const MAX_WORK: usize = 2_000_000_000;

/// What is known of the fixed points of all components.
#[derive(Default)]
pub(super) struct Joined {
    /// The points.
    pub points: Vec<JoinedPoint>,
    /// How many components there are.
    pub components: usize,
    /// Whether rounding hides how many points there are somewhere, and none stands for them.
    pub undecided: bool,
    /// Whether there are more points than are listed.
    pub cut: bool,
    /// What was sampled and not proved to be complete; empty if bounds settled everything.
    pub samples: Vec<Sample>,
    /// Products of a weight and a rate in all samples.
    work: usize,
    /// Boxes that were looked at for proofs.
    pub boxes: usize,
}

/// A point of all components, or of those that were solved so far.
#[derive(Clone, Default)]
pub(super) struct JoinedPoint {
    /// Rates of the different units.
    pub rates: Vec<f64>,
    /// Where rounding hides how many points there are.
    pub unclear: Option<Unclear>,
}

/// A place at which rounding hides how many fixed points there are.
#[derive(Clone)]
pub(super) struct Unclear {
    /// Rates between which they lie.
    pub ends: [Vec<f64>; 2],
    /// One or three, and not two or none.
    pub odd: bool,
}

/// The fixed points of one component.
struct Solved {
    /// With the rates of its units alone.
    points: Vec<JoinedPoint>,
    undecided: bool,
}

impl Solved {
    fn decided(points: Vec<Vec<f64>>) -> Solved {
        let point = |rates| JoinedPoint { rates, unclear: None };
        Solved { points: points.into_iter().map(point).collect(), undecided: false }
    }
}

/// What all components share.
pub(super) struct Context<'t> {
    pub options: &'t SearchOptions,
    /// Rates at which to start.
    pub first: Vec<Vec<f64>>,
    pub ceiling: f64,
    /// Points that are listed.
    pub most: usize,
    pub progress: &'t Progress,
}

/// All components of a circuit, one after another.
///
/// # Errors
/// Whoever listens wants it to end.
pub(super) fn solve(reduced: &Reduced, context: &Context) -> Result<Joined> {
    let small = &reduced.small;
    let n = small.n();
    let all = components(small);
    let none = JoinedPoint { rates: vec![f64::NAN; n], unclear: None };
    let mut joined = Joined { components: all.len(), points: vec![none], ..Joined::default() };
    for component in &all {
        // The same inputs have the same points.
        let mut known: HashMap<Vec<u64>, Solved> = HashMap::new();
        let mut next = Vec::new();
        for before in std::mem::take(&mut joined.points) {
            let h = inputs(small, component, &before.rates);
            let key: Vec<u64> = h.iter().map(|h| (h + 0.0).to_bits()).collect();
            if !known.contains_key(&key) {
                if joined.work >= MAX_WORK {
                    joined.cut = true;
                    continue;
                }
                let solved = component_at(small, component, &h, context, &mut joined)?;
                joined.undecided |= solved.undecided;
                known.insert(key.clone(), solved);
            }
            for point in &known[&key].points {
                if next.len() >= context.most {
                    joined.cut = true;
                    break;
                }
                match with_component(small, component, &before, point) {
                    Some(point) => next.push(point),
                    None => joined.undecided = true,
                }
            }
        }
        joined.points = next;
    }
    Ok(joined)
}

/// The inputs to a component's units from outside it.
fn inputs(small: &Small, component: &Component, rates: &[f64]) -> Vec<f64> {
    let input = |&i: &usize| {
        let from = component.from.iter().map(|&j| small.weight(i, j) * rates[j]);
        small.units()[i].h + from.sum::<f64>()
    };
    component.units.iter().map(input).collect()
}

/// A point with one more component. What rounding hides before it moves the component, as far as its slopes say. None where it
/// hides how many points there are twice, or the component answers without bound.
fn with_component(
    small: &Small,
    component: &Component,
    before: &JoinedPoint,
    own: &JoinedPoint,
) -> Option<JoinedPoint> {
    let put = |rates: &[f64], own: &[f64]| {
        let mut rates = rates.to_vec();
        component.units.iter().zip(own).for_each(|(&i, r)| rates[i] = *r);
        rates
    };
    let rates = put(&before.rates, &own.rates);
    let unclear = match (&before.unclear, &own.unclear) {
        (None, None) => None,
        (None, Some(place)) => {
            let [lo, hi] = &place.ends;
            Some(Unclear { ends: [put(&rates, lo), put(&rates, hi)], odd: place.odd })
        }
        (Some(place), None) => {
            let [lo, hi] = &place.ends;
            let end = |end: &[f64]| Some(put(end, &moved(small, component, &rates, end)?));
            Some(Unclear { ends: [end(lo)?, end(hi)?], odd: place.odd })
        }
        (Some(_), Some(_)) => return None,
    };
    Some(JoinedPoint { rates, unclear })
}

/// The rates of a component's units where those before it are at `end`, to first order about `rates`.
fn moved(small: &Small, component: &Component, rates: &[f64], end: &[f64]) -> Option<Vec<f64>> {
    let here = &component.units;
    let (at, there) = (inputs(small, component, rates), inputs(small, component, end));
    let recurrent = |&i: &usize| here.iter().map(|&j| small.weight(i, j) * rates[j]).sum::<f64>();
    let gains: Vec<f64> =
        here.iter().zip(&at).map(|(i, h)| small.units()[*i].at(h + recurrent(i)).1).collect();
    let system = Matrix::from_fn(here.len(), here.len(), |a, b| {
        f64::from(u8::from(a == b)) - gains[a] * small.weight(here[a], here[b])
    });
    let change: Vec<f64> = (0..here.len()).map(|k| gains[k] * (there[k] - at[k])).collect();
    let step = Lu::new(&system).ok()?.solve(&change)?;
    let moved: Vec<f64> = here.iter().zip(&step).map(|(&i, step)| rates[i] + step).collect();
    moved.iter().all(|r| r.is_finite()).then_some(moved)
}

/// The fixed points of one component under these inputs.
fn component_at(
    small: &Small,
    component: &Component,
    h: &[f64],
    context: &Context,
    joined: &mut Joined,
) -> Result<Solved> {
    let here = &component.units;
    let m = here.len();
    let unit = |k: usize| Unit { h: h[k], own: small.weight(here[k], here[k]), ..small.units()[here[k]] };
    let units: Vec<Unit> = (0..m).map(unit).collect();
    let cross = |to: usize, from: usize| small.weight(here[to], here[from]);
    let enclosed = match units[..] {
        // No weight to itself: its rate is what its input gives.
        [unit] if unit.own == 0.0 => {
            return Ok(Solved::decided(vec![vec![unit.rate(unit.h)]]));
        }
        [unit] if unit.law.rises() => planar::single(unit),
        [first, second] if first.law.rises() && second.law.rises() => {
            planar::pair([first, second], [cross(0, 1), cross(1, 0)])
        }
        _ => None,
    };
    if let Some(enclosed) = enclosed {
        let place = |f: &Found| Unclear {
            ends: f.within.map(|input| (0..m).map(|k| units[k].rate(input[k])).collect()),
            odd: f.root == Root::Odd,
        };
        let point = |f: &Found| JoinedPoint {
            rates: f.rates[..m].to_vec(),
            unclear: (!f.simple()).then(|| place(f)),
        };
        let points = enclosed.found.iter().map(point).collect();
        return Ok(Solved { points, undecided: enclosed.left.is_some() });
    }
    let w = (0..m * m).map(|k| cross(k / m, k % m)).collect();
    let tau = here.iter().map(|&i| small.tau()[i]).collect();
    let bounded = units.iter().all(|u| u.law.bound().is_some());
    let part = Small::of_rate_units(units, w, tau);
    let task = Task {
        first: context.first.iter().map(|x| here.iter().map(|&i| x[i]).collect()).collect(),
        symmetries: Symmetries::of(&part),
        starts: context.options.starts.unwrap_or_else(|| default_starts(m)),
        bounded,
        ceiling: context.ceiling,
        progress: context.progress,
    };
    let found = sample(Equations::of_units(&part), Starts::of_units(&part, context.options.seed), &task)?;
    joined.work += found.evaluations * m * m;
    let mut points: Vec<Vec<f64>> = found.points.iter().map(|s| s.state.clone()).collect();
    let tried = context.options.prove.then(|| {
        let known: Vec<&[f64]> = points.iter().map(Vec::as_slice).collect();
        boxes::prove(&part, &known)
    });
    match tried.flatten() {
        Some(proof) => {
            joined.boxes += proof.boxes;
            let new = proof.new.len();
            points.extend(proof.new.into_iter().map(|s| s.state));
            if !proof.complete {
                // No start had led to those.
                let hits = found.hits.iter().copied().chain(std::iter::repeat_n(0, new)).collect();
                let index_sum = if new == 0 { found.index_sum } else { None };
                joined.samples.push(Sample { hits, index_sum, ..found });
            }
        }
        None => joined.samples.push(found),
    }
    Ok(Solved::decided(points))
}
