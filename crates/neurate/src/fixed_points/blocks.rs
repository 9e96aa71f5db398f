//! Circuits taken apart: every strongly connected component is solved for every state of those that act on it. Numbers of
//! fixed points multiply, and where every component is settled by bounds the circuit is.

use super::boxes;
use super::equations::Equations;
use super::options::SearchOptions;
use super::planar;
use super::reduce::{Component, Reduced, components};
use super::sample::{Sample, Task, default_starts, sample};
use super::small::Small;
use super::starts::Starts;
use super::symmetry::Symmetries;
use super::unit::Unit;
use neurate_numerics::error::Result;
use neurate_numerics::progress::Progress;
use std::collections::HashMap;

/// Work on components that are sampled, each for every state of those before it: products of a weight and a rate.
const MAX_WORK: usize = 2_000_000_000;

/// What is known of the fixed points of all components.
#[derive(Default)]
pub(super) struct Joined {
    /// Rates of the different units at each point.
    pub points: Vec<Vec<f64>>,
    /// How many components there are.
    pub components: usize,
    /// Whether rounding hides how many points there are somewhere.
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

/// The fixed points of one component.
struct Solved {
    points: Vec<Vec<f64>>,
    undecided: bool,
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
    let mut joined = Joined { components: all.len(), points: vec![vec![f64::NAN; n]], ..Joined::default() };
    for component in &all {
        // The same inputs have the same points.
        let mut known: HashMap<Vec<u64>, Solved> = HashMap::new();
        let mut next = Vec::new();
        for rates in std::mem::take(&mut joined.points) {
            let h: Vec<f64> = component.units.iter().map(|&i| input(small, component, i, &rates)).collect();
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
                let mut rates = rates.clone();
                component.units.iter().zip(point).for_each(|(&i, r)| rates[i] = *r);
                next.push(rates);
            }
        }
        joined.points = next;
    }
    Ok(joined)
}

/// The input to a unit from outside its component.
fn input(small: &Small, component: &Component, i: usize, rates: &[f64]) -> f64 {
    let from = component.from.iter().map(|&j| small.weight(i, j) * rates[j]);
    small.units()[i].h + from.sum::<f64>()
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
            return Ok(Solved { points: vec![vec![unit.rate(unit.h)]], undecided: false });
        }
        [unit] if unit.law.rises() => planar::single(unit),
        [first, second] if first.law.rises() && second.law.rises() => {
            planar::pair([first, second], [cross(0, 1), cross(1, 0)])
        }
        _ => None,
    };
    if let Some(enclosed) = enclosed {
        let decided = enclosed.found.iter().filter(|f| f.simple());
        let points = decided.map(|f| f.rates[..m].to_vec()).collect();
        return Ok(Solved { points, undecided: !enclosed.complete() });
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
    Ok(Solved { points, undecided: false })
}
