//! A diagram: seeds from searches, branches from seeds, other branches where they cross, and the audit both ways.

use super::certified::{Proof, prove};
use super::circuit_family::CircuitFamily;
use super::cycles::add_cycles;
use super::describe::describe;
use super::diagram::{AuditValue, Complete, Completeness, Diagram, End, count_of};
use super::events::Found;
use super::family::Family;
use super::normal_forms::at_crossing;
use super::pieces::{Exact, exact};
use super::scaled::{Node, Scaled, axis, distance, dot, plus};
use super::trace::{Start, Trace, trace};
use crate::dynamics::CircuitDynamics;
use crate::fixed_points::{Coverage, Multiplicity, SearchOptions, fixed_points, spectrum};
use neurate_numerics::error::Result;
use neurate_numerics::progress::Progress;

/// Values of the parameter at which a search looks for all equilibria.
pub const AUDIT_VALUES: usize = 33;
/// Scaled distance below which two points are one.
const SAME: f64 = 1e-6;
/// Branches after which no others are started.
const MOST_BRANCHES: usize = 200;

/// How far beside special points a search is made, in spacings of the audit's values; and beside how many at most.
const BESIDE: f64 = 0.02;
const MOST_BESIDE: usize = 40;
/// A share of the window that a proof may leave open.
const MOST_OPEN: f64 = 1e-6;

/// How hard to look.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DiagramOptions {
    /// How the searches at values of the parameter are made.
    pub search: SearchOptions,
    /// How many values there are; [`AUDIT_VALUES`] as a rule.
    pub values: usize,
    /// Whether limit cycles are looked for, too; not as a rule, and never where there are delays.
    pub cycles: bool,
}

impl Default for DiagramOptions {
    fn default() -> Self {
        DiagramOptions { search: SearchOptions::default(), values: AUDIT_VALUES, cycles: false }
    }
}

impl DiagramOptions {
    /// How the searches are made.
    #[must_use]
    pub fn search(self, search: SearchOptions) -> Self {
        DiagramOptions { search, ..self }
    }
    /// At how many values.
    #[must_use]
    pub fn values(self, values: usize) -> Self {
        DiagramOptions { values: values.max(2), ..self }
    }
    /// Whether limit cycles are looked for, too.
    #[must_use]
    pub fn cycles(self, cycles: bool) -> Self {
        DiagramOptions { cycles, ..self }
    }
}

/// What a search found at a value of the parameter.
pub(super) struct Seeds {
    pub p: f64,
    /// States, slow ones included.
    pub states: Vec<Vec<f64>>,
    /// Whether no other exists.
    pub exhaustive: bool,
}

/// The diagram of a family in all of its states, telling how far it is.
///
/// # Errors
/// A search at a value of the parameter fails; somebody asks it to stop.
pub(super) fn diagram_of(
    family: &CircuitFamily,
    options: &DiagramOptions,
    progress: &Progress,
) -> Result<Diagram> {
    // Cycles take most of the time where they are looked for.
    let equilibria = if options.cycles { progress.part(0.0, 0.3) } else { progress.clone() };
    let seeds = seeds(family, options, &equilibria.part(0.0, 0.5))?;
    let problem = Scaled::new(family, units(family.dim(), &seeds), family.window());
    let mut diagram = match exact(family, &problem) {
        Some(exact) => exactly(family, &problem, &seeds, exact)?,
        None => followed(family, &problem, &seeds, options, &equilibria.part(0.5, 1.0))?,
    };
    // Cycles of equations with delays are not computed yet.
    if options.cycles && !family.has_delays() {
        add_cycles(family, &problem.unit, &mut diagram, &progress.part(0.3, 1.0))?;
    }
    Ok(diagram)
}

/// The diagram of equilibria that are followed from where searches found them.
fn followed(
    family: &CircuitFamily,
    problem: &Scaled,
    seeds: &[Seeds],
    options: &DiagramOptions,
    progress: &Progress,
) -> Result<Diagram> {
    let window = family.window();
    let mut traces = trace_all(problem, seeds, &progress.part(0.0, 0.9))?;
    // Where branches cross no bound decides, however small the interval.
    let crossed = traces.iter().any(|t| t.crossings().next().is_some());
    let proof = if crossed { None } else { prove(family) };
    let (proved, open) = proof.map_or((false, vec![]), |proof| {
        let proved = agrees_with(family, problem, options, &proof, &mut traces);
        (proved, proof.open)
    });
    if !proved {
        beside_special_points(family, problem, options, &mut traces)?;
    }
    let (branches, points) = describe(problem, &traces);
    let mut audited: Vec<AuditValue> = seeds
        .iter()
        .map(|at| {
            let followed = distinct(problem, problem.place(at.p), &traces);
            audit(family, problem, at, &followed, count_of(&branches, window, at.p))
        })
        .collect();
    audited.sort_by(|a, b| a.p.total_cmp(&b.p));
    let agree = audited.iter().all(AuditValue::agrees);
    let certainty = if agree { Completeness::Audited } else { Completeness::Sampled };
    let left: f64 = open.iter().map(|o| o.1 - o.0).sum();
    let proved = proved && agree && left < MOST_OPEN * (window.1 - window.0);
    let equilibria = if proved { Completeness::Proved } else { certainty };
    let complete =
        Complete { equilibria, open: if proved { open } else { vec![] }, special: certainty, cycles: None };
    let base = family.circuit(window.0)?;
    Ok(Diagram {
        parameter: family.name().to_string(),
        window,
        names: (0..family.dim()).map(|i| base.state_name(i)).collect(),
        branches,
        cycles: vec![],
        points,
        audit: audited,
        complete,
        places: None,
    })
}

/// The diagram of a piecewise-linear circuit: the searches are made for the audit alone.
fn exactly(family: &CircuitFamily, problem: &Scaled, seeds: &[Seeds], exact: Exact) -> Result<Diagram> {
    let window = family.window();
    let counted = |p: f64| count_of(&exact.branches, window, p);
    let mut audited: Vec<AuditValue> = seeds
        .iter()
        .map(|at| audit(family, problem, at, &exact.at(family, problem, at.p), counted(at.p)))
        .collect();
    audited.sort_by(|a, b| a.p.total_cmp(&b.p));
    let agree = audited.iter().all(AuditValue::agrees);
    let whole = agree && exact.branches.iter().all(|b| !b.ends.iter().any(End::is_early));
    let equilibria = if whole { Completeness::Exact } else { Completeness::Sampled };
    let special = match (exact.special && !exact.unclear, agree && !exact.unclear) {
        (true, _) => equilibria,
        (_, true) => Completeness::Audited,
        _ => Completeness::Sampled,
    };
    let base = family.circuit(window.0)?;
    Ok(Diagram {
        parameter: family.name().to_string(),
        window,
        names: (0..family.dim()).map(|i| base.state_name(i)).collect(),
        branches: exact.branches,
        cycles: vec![],
        points: exact.points,
        audit: audited,
        complete: Complete { equilibria, open: vec![], special, cycles: None },
        places: None,
    })
}

/// The branches through what searches found.
fn trace_all(problem: &Scaled, seeds: &[Seeds], progress: &Progress) -> Result<Vec<Trace>> {
    let mut traces: Vec<Trace> = Vec::new();
    for (k, at) in seeds.iter().enumerate() {
        progress.at(k, seeds.len())?;
        start_from(problem, at, &mut traces);
    }
    Ok(traces)
}

/// Branches from searches at values over the window, without proof and audit; with what the searches found.
pub(super) fn traced<'a>(
    family: &'a CircuitFamily,
    options: &DiagramOptions,
    progress: &Progress,
) -> Result<(Scaled<'a>, Vec<Trace>, Vec<Seeds>)> {
    let seeds = seeds(family, options, &progress.part(0.0, 0.5))?;
    let problem = Scaled::new(family, units(family.dim(), &seeds), family.window());
    let traces = trace_all(&problem, &seeds, &progress.part(0.5, 0.95))?;
    Ok((problem, traces, seeds))
}

/// Searches on both sides of special points: what is born there lies near, and may be gone at the next value of the audit.
fn beside_special_points(
    family: &CircuitFamily,
    problem: &Scaled,
    options: &DiagramOptions,
    traces: &mut Vec<Trace>,
) -> Result<()> {
    let places: Vec<f64> = traces.iter().flat_map(|t| &t.events).map(|e| e.found.y()[problem.n()]).collect();
    let step = BESIDE / options.values as f64;
    for place in places.into_iter().take(MOST_BESIDE) {
        for beside in [place - step, place + step] {
            if (0.0..=1.0).contains(&beside) {
                let (seeds, _) = search(family, options, problem.from + beside * problem.width)?;
                start_from(problem, &seeds, traces);
            }
        }
    }
    Ok(())
}

/// Whether as many branches pass every value as are proved to exist there. Where more are proved, a search there starts the
/// missing ones first.
fn agrees_with(
    family: &CircuitFamily,
    problem: &Scaled,
    options: &DiagramOptions,
    proof: &Proof,
    traces: &mut Vec<Trace>,
) -> bool {
    proof.counts.iter().all(|&(p, count)| {
        let place = problem.place(p);
        if distinct(problem, place, traces).len() < count
            && let Ok((seeds, _)) = search(family, options, p)
        {
            start_from(problem, &seeds, traces);
        }
        distinct(problem, place, traces).len() == count
    })
}

/// The points at which branches pass a place in the window.
fn distinct(problem: &Scaled, place: f64, traces: &[Trace]) -> Vec<Vec<f64>> {
    let mut all: Vec<Vec<f64>> = Vec::new();
    for y in traces.iter().flat_map(|t| t.passes(problem, place)) {
        if all.iter().all(|known| distance(known, &y) > 1e-9) {
            all.push(y);
        }
    }
    all
}

/// All equilibria that searches find at values over the window. Where one is a double or triple root, next to that value.
fn seeds(family: &CircuitFamily, options: &DiagramOptions, progress: &Progress) -> Result<Vec<Seeds>> {
    let (from, to) = family.window();
    let count = options.values;
    let mut all = Vec::with_capacity(count);
    for k in 0..count {
        progress.at(k, count)?;
        let spacing = (to - from) / (count - 1) as f64;
        let edge = k == 0 || k + 1 == count;
        let mut p = if k + 1 == count { to } else { from + spacing * k as f64 };
        let mut found = search(family, options, p)?;
        for part in [0.11, -0.17, 0.29] {
            if found.1 || edge {
                break;
            }
            p = from + spacing * (k as f64 + part);
            found = search(family, options, p)?;
        }
        all.push(found.0);
    }
    Ok(all)
}

/// What a search finds, and whether every point is one.
pub(super) fn search(family: &CircuitFamily, options: &DiagramOptions, p: f64) -> Result<(Seeds, bool)> {
    let circuit = family.circuit(p)?;
    let found = fixed_points(&circuit, &options.search)?;
    let dynamics = CircuitDynamics::at_rest(&circuit);
    let clear = found.points.iter().all(|p| p.multiplicity == Multiplicity::One);
    let states = found.points.iter().map(|p| dynamics.complete(&p.state)).collect();
    let exhaustive = matches!(found.coverage, Coverage::All(_));
    Ok((Seeds { p, states, exhaustive }, clear))
}

/// Units of the states: how far they are spread over all that was found.
pub(super) fn units(n: usize, seeds: &[Seeds]) -> Vec<f64> {
    let mut all: Vec<f64> = (0..n)
        .map(|i| {
            let values = || seeds.iter().flat_map(|s| s.states.iter().map(move |x| x[i]));
            let (low, high) =
                values().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
            let size = low.abs().max(high.abs());
            if low.is_finite() { (high - low).max(0.05 * size) } else { 0.0 }
        })
        .collect();
    let largest = all.iter().copied().fold(0.0, f64::max);
    let floor = if largest > 0.0 { 1e-6 * largest } else { 1.0 };
    all.iter_mut().for_each(|u| *u = u.max(floor));
    all
}

/// Follows branches from what lies on none yet, and those that cross them.
fn start_from(problem: &Scaled, at: &Seeds, traces: &mut Vec<Trace>) {
    let n = problem.n();
    let along = axis(n + 1, n);
    for x in &at.states {
        let guess = problem.scale(x, at.p);
        let Some(y) = problem.at_place(&guess, guess[n]) else { continue };
        if distance(&y, &guess) > 1e-3 || traces.iter().any(|t| t.holds(problem, &y, SAME)) {
            continue;
        }
        let Some(node) = problem.node(y, &along) else { continue };
        if traces.len() >= MOST_BRANCHES {
            return;
        }
        let first = traces.len();
        add(problem, trace(problem, &Start::Regular(node)), traces);
        switch(problem, first, traces);
    }
}

/// Adds a branch, unless it is one of those that are there; where it meets another, both know of the crossing.
fn add(problem: &Scaled, new: Trace, traces: &mut Vec<Trace>) {
    let early = |t: &Trace| t.ends.iter().any(End::is_early);
    if let Some(old) = traces.iter_mut().find(|t| t.is(problem, &new) || new.is(problem, t)) {
        if early(old) && !early(&new) {
            *old = new;
        }
    } else {
        traces.push(new);
    }
    let crossings: Vec<Found> = traces.iter().flat_map(|t| t.crossings().map(|e| e.found.clone())).collect();
    for found in &crossings {
        traces.iter_mut().for_each(|t| t.join(found));
    }
}

/// Follows the branches that cross those from `first` on.
fn switch(problem: &Scaled, first: usize, traces: &mut Vec<Trace>) {
    let mut next = first;
    while next < traces.len() && traces.len() < MOST_BRANCHES {
        let starts: Vec<Node> = traces[next]
            .crossings()
            .filter_map(|event| {
                let Found::Crossing(at) = &event.found else { return None };
                let known = traces[next].direction_at(event);
                let crossing = at_crossing(problem, at).filter(|c| !c.line)?;
                // The tangent that is less along this branch.
                let along = |t: &Vec<f64>| dot(t, known).abs();
                let other = crossing.tangents.into_iter().min_by(|a, b| along(a).total_cmp(&along(b)))?;
                problem.node_with(at.y.clone(), other)
            })
            .collect();
        for start in starts {
            let ahead = |s: f64| {
                let guess = plus(&start.y, s, &start.tangent);
                problem.correct(&guess, &start.tangent).map(|c| c.0)
            };
            let known = [0.004, -0.004]
                .into_iter()
                .filter_map(ahead)
                .any(|y| traces.iter().any(|t| t.holds(problem, &y, SAME)));
            // Two branches cross: another one that goes through the point is this one.
            let visited = (0..traces.len()).any(|k| k != next && traces[k].visits(&start.y));
            if !known && !visited && traces.len() < MOST_BRANCHES {
                add(problem, trace(problem, &Start::Crossing(start)), traces);
            }
        }
        next += 1;
    }
}

/// Compares a search and the branches, both ways.
fn audit(
    family: &CircuitFamily,
    problem: &Scaled,
    at: &Seeds,
    followed: &[Vec<f64>],
    counted: usize,
) -> AuditValue {
    let searched: Vec<Vec<f64>> = at.states.iter().map(|x| problem.scale(x, at.p)).collect();
    // Near a fold a search and a branch know a state to half of the digits.
    let lone = |one: &[Vec<f64>], others: &[Vec<f64>]| {
        one.iter().filter(|y| others.iter().all(|o| distance(o, y) > 1e-5)).count()
    };
    AuditValue {
        p: at.p,
        searched: searched.len(),
        followed: followed.len(),
        counted,
        off_branches: lone(&searched, followed),
        not_searched: lone(followed, &searched),
        index_sum: index_sum(family, problem, at.p, followed),
        exhaustive: at.exhaustive,
    }
}

/// The sum of the indices where all rates are bounded; None where rounding hides one of them.
fn index_sum(family: &CircuitFamily, problem: &Scaled, p: f64, points: &[Vec<f64>]) -> Option<i64> {
    let circuit = family.circuit(p).ok()?;
    if circuit.populations().iter().any(|p| p.transfer.bound().is_none()) {
        return None;
    }
    let mut sum = 0;
    for y in points {
        let (x, p) = problem.own(y);
        let eigenvalues = spectrum(&family.jacobian(&x, p)).ok()?;
        let size = eigenvalues.iter().fold(0.0, |m: f64, l| m.max(l.norm()));
        if eigenvalues.iter().any(|l| l.norm() < 1e-9 * size) {
            return None;
        }
        let growing = eigenvalues.iter().filter(|l| l.im == 0.0 && l.re > 0.0).count();
        sum += if growing % 2 == 0 { 1 } else { -1 };
    }
    Some(sum)
}

#[cfg(test)]
mod tests;
