//! All branches of cycles that are found: from Hopf points, and from runs.

use super::super::circuit_family::CircuitFamily;
use super::super::cycle::{CycleEnd, CycleSearch};
use super::super::diagram::{Branch, SpecialKind, SpecialPoint};
use super::ends::{Known, equilibrium};
use super::loops::Loop;
use super::problem::Problem;
use super::runs::{Attractors, Ended, RUNS, VALUES, run};
use super::start::{HopfStart, from_hopf};
use super::track::{Start, Track, track};
use crate::dynamics::CircuitDynamics;
use neurate_numerics::error::Result;
use neurate_numerics::progress::Progress;

/// Branches after which no others are started.
const MOST_BRANCHES: usize = 40;

/// Runs that explain nothing before others at the same value are left out: they are the longest.
const MOST_OPEN: usize = 3;

/// What was found, in scaled unknowns.
pub(in crate::branch) struct Found {
    pub tracks: Vec<(Origin, Track)>,
    pub search: CycleSearch,
}

/// Where a branch was found.
#[derive(Clone, Copy, Debug)]
pub(in crate::branch) enum Origin {
    Hopf(usize),
    Run(f64),
}

/// Follows cycles from every Hopf point, and then from runs that neither rest nor lie on one of these branches.
pub(in crate::branch) fn find(
    problem: &Problem,
    family: &CircuitFamily,
    branches: &[Branch],
    points: &[SpecialPoint],
    progress: &Progress,
) -> Result<Found> {
    let known = known(problem, points);
    let mut found = Found { tracks: Vec::new(), search: CycleSearch::default() };
    let from = progress.part(0.0, 0.6);
    for (k, hopf) in known.hopf.iter().enumerate() {
        let part = from.part(k as f64 / known.hopf.len() as f64, (k + 1) as f64 / known.hopf.len() as f64);
        if found.tracks.iter().any(|t| t.1.ends.contains(&CycleEnd::Hopf(hopf.point))) {
            continue;
        }
        match from_hopf(problem, hopf) {
            Some(first) => {
                let track = track(problem, &known, Start::Hopf(hopf.point, first), &part)?;
                found.tracks.push((Origin::Hopf(hopf.point), track));
            }
            None => found.search.hopf_without_cycle.push(hopf.point),
        }
    }
    from_runs(problem, family, branches, &known, &mut found, &progress.part(0.6, 1.0))?;
    Ok(found)
}

/// Special points that branches of cycles may begin or end on.
fn known(problem: &Problem, points: &[SpecialPoint]) -> Known {
    let mut known = Known::default();
    for (k, point) in points.iter().enumerate() {
        let (state, place) = (problem.scale(&point.state), problem.place(point.p));
        match point.kind {
            SpecialKind::Hopf { omega, .. } if omega > 0.0 => {
                known.hopf.push(HopfStart { point: k, state, place, omega });
            }
            SpecialKind::Fold { .. } => known.folds.push((k, state, place)),
            _ => {}
        }
    }
    known.slowest = problem.family.time_scales().into_iter().fold(0.0, f64::max);
    known
}

/// Cycles of runs at values of the parameter.
fn from_runs(
    problem: &Problem,
    family: &CircuitFamily,
    branches: &[Branch],
    known: &Known,
    found: &mut Found,
    progress: &Progress,
) -> Result<()> {
    (found.search.runs, found.search.values) = (RUNS, VALUES);
    let (low, high) = spread(branches, problem);
    for k in 0..VALUES {
        let part = progress.part(k as f64 / VALUES as f64, (k + 1) as f64 / VALUES as f64);
        let place = (k as f64 + 0.5) / VALUES as f64;
        let equilibria = equilibria_at(problem, branches, place);
        let stable = |cycles: &[(Origin, Track)]| -> Vec<Loop> {
            let all = cycles.iter().flat_map(|(_, t)| t.at_place(problem, place));
            all.filter(|n| n.multipliers.unstable() == 0).map(|n| n.cycle).collect()
        };
        let mut attractors = Attractors {
            place,
            equilibria: equilibria.iter().filter(|e| e.1).map(|e| e.0.clone()).collect(),
            cycles: stable(&found.tracks),
        };
        let mut open = 0;
        let p = problem.parameter(place);
        for r in 0..=RUNS {
            part.at(r, RUNS + 1)?;
            if open == MOST_OPEN {
                break;
            }
            // The first one is from rest.
            let start = match r.checked_sub(1) {
                None => problem.scale(&CircuitDynamics::at_rest(family.circuit(p)?.as_ref()).rest()),
                Some(r) => start_of(k * RUNS + r, r, &equilibria, (&low, &high)),
            };
            match run(problem, family, &attractors, &start)? {
                Ended::Known => {}
                Ended::Far => {
                    let all = &mut found.search;
                    if all.runaway.last() != Some(&p) {
                        all.runaway.push(p);
                    }
                    if r == 0 {
                        all.runaway_from_rest.push(p);
                    }
                }
                Ended::Unexplained => {
                    open += 1;
                    if found.search.unexplained.last() != Some(&p) {
                        found.search.unexplained.push(p);
                    }
                }
                Ended::Cycle(node) => {
                    let old = found.tracks.iter().any(|(_, t)| t.holds(problem, &node.cycle));
                    if !old && found.tracks.len() < MOST_BRANCHES {
                        let track = track(problem, known, Start::Cycle(*node.clone()), &part)?;
                        found.tracks.push((Origin::Run(p), track));
                    }
                    attractors.cycles.push(node.cycle);
                }
            }
        }
    }
    Ok(())
}

/// The equilibria that branches pass at a place, and whether they are stable.
fn equilibria_at(problem: &Problem, branches: &[Branch], place: f64) -> Vec<(Vec<f64>, bool)> {
    let mut all = Vec::new();
    for b in branches {
        for k in 1..b.p.len() {
            let (p, q) = (problem.place(b.p[k - 1]), problem.place(b.p[k]));
            if (p <= place) == (q <= place) {
                continue;
            }
            let share = (place - p) / (q - p);
            let (x, y) = (problem.scale(&b.states[k - 1]), problem.scale(&b.states[k]));
            let guess: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x + share * (y - x)).collect();
            let stable = b.unstable[k - 1].max(b.unstable[k]) == 0;
            all.push((equilibrium(problem, &guess, place).unwrap_or(guess), stable));
        }
    }
    all
}

/// Between which values the states of all branches lie, scaled.
fn spread(branches: &[Branch], problem: &Problem) -> (Vec<f64>, Vec<f64>) {
    let n = problem.n();
    let (mut low, mut high) = (vec![f64::INFINITY; n], vec![f64::NEG_INFINITY; n]);
    for x in branches.iter().flat_map(|b| &b.states) {
        for (i, y) in problem.scale(x).into_iter().enumerate() {
            low[i] = low[i].min(y);
            high[i] = high[i].max(y);
        }
    }
    (low, high)
}

/// Where a run starts: beside an equilibrium that is not stable, or anywhere between the states of the branches.
fn start_of(
    number: usize,
    run: usize,
    equilibria: &[(Vec<f64>, bool)],
    (low, high): (&[f64], &[f64]),
) -> Vec<f64> {
    // Evenly spread over the box, whatever its dimension (Weyl).
    let share = |i: usize| ((number + 1) as f64 * (2.0 + i as f64).sqrt().fract().max(0.1)).fract();
    let unstable: Vec<&Vec<f64>> = equilibria.iter().filter(|e| !e.1).map(|e| &e.0).collect();
    match unstable.get(run) {
        Some(y) => y.iter().enumerate().map(|(i, y)| y + 0.02 * (share(i) - 0.5)).collect(),
        None => (0..low.len()).map(|i| low[i] + share(i) * (high[i] - low[i])).collect(),
    }
}
