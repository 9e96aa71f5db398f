//! All curves over two parameters: seeds from diagrams along lines through the plane, curves from seeds and from special points
//! of other curves, and the audit both ways.

use super::super::build::{DiagramOptions, Seeds, traced, units};
use super::super::diagram::Completeness;
use super::super::events::Found;
use super::circuit_plane::CircuitPlane;
use super::defining::Defined;
use super::describe::describe;
use super::diagram::{AuditLine, PlaneDiagram, PlaneKind};
use super::family::PlaneFamily;
use super::scaled::Scaled;
use super::trace::{Trace, trace};
use crate::model::{Circuit, Parameter};
use neurate_numerics::error::Result;
use neurate_numerics::progress::Progress;

/// Values of each parameter at which diagrams along the other one give seeds.
pub const LINES: usize = 17;
/// Values of the parameter at which each of these diagrams searches.
const SEARCHES: usize = 17;
/// Curves after which no others are started.
const MOST_CURVES: usize = 100;

/// A point that is known to lie on a curve: what it is, the state and the parameters, and the angular frequency.
struct Seed {
    defined: Defined,
    state: Vec<f64>,
    at: [f64; 2],
    omega: f64,
}

/// A line through the plane, and what lies on it.
struct Line {
    along: usize,
    at: f64,
    seeds: Vec<Seed>,
    others: usize,
}

/// Curves of folds and of Hopf points of a circuit over two of its parameters, with their special points.
///
/// ```
/// use neurate::branch::plane_diagram;
/// use neurate::prelude::*;
///
/// // Hoppensteadt & Izhikevich's Wilson-Cowan pair over both inputs
/// let circuit = Circuit::from_weights(Matrix::from_rows(&[[10.0, -10.0], [10.0, 2.0]]))
///     .populations(&[("E", CellKind::Unconstrained, 1), ("I", CellKind::Unconstrained, 1)])
///     .tau(1.0)
///     .transfer(Transfer::new("logistic", &[], 1e-3)?)
///     .inputs(&[-12.0, -4.0])
///     .build()?;
/// let of = |name: &str| name.parse::<Address>().map(Into::into);
/// let d = plane_diagram(&circuit, [&of("E.h")?, &of("I.h")?], [(-20.0, 20.0), (-20.0, 12.0)])?;
/// assert_eq!((d.points_of("BT").count(), d.points_of("CP").count(), d.points_of("GH").count()), (4, 2, 2));
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// As [`CircuitPlane::new`]; a search at a value of the parameters fails.
pub fn plane_diagram(
    circuit: &Circuit,
    parameters: [&Parameter; 2],
    windows: [(f64, f64); 2],
) -> Result<PlaneDiagram> {
    let plane = CircuitPlane::new(circuit, parameters, windows)?;
    plane_diagram_of(&plane, &DiagramOptions::default(), &Progress::default())
}

/// [`plane_diagram`] of any circuit over two parameters, telling how far it is. Of the options only how searches are made counts.
///
/// # Errors
/// A search at a value of the parameters fails; somebody asks it to stop.
pub fn plane_diagram_of(
    plane: &CircuitPlane,
    options: &DiagramOptions,
    progress: &Progress,
) -> Result<PlaneDiagram> {
    let (lines, searched) = lines(plane, options, &progress.part(0.0, 0.7))?;
    let problem = Scaled::new(plane, units(plane.dim(), &searched), plane.windows());
    let mut traces: Vec<Trace> = Vec::new();
    let all: Vec<&Seed> = lines.iter().flat_map(|l| &l.seeds).collect();
    for (k, seed) in all.iter().enumerate() {
        progress.part(0.7, 1.0).at(k, all.len())?;
        let y = problem.scale(&seed.state, seed.at);
        let kappa = (seed.omega * problem.time).powi(2);
        start(&problem, (seed.defined, &y, kappa), &mut traces);
    }
    let audit: Vec<AuditLine> = lines.iter().map(|line| audit(&problem, line, &traces)).collect();
    let (curves, points) = describe(&problem, &traces);
    let whole = curves.iter().all(|c| !c.ends.iter().any(|e| e.is_early()));
    let agree = whole && audit.iter().all(AuditLine::agrees);
    let base = plane.circuit(plane.windows().map(|w| w.0))?;
    Ok(PlaneDiagram {
        parameters: plane.names().clone(),
        windows: plane.windows(),
        names: (0..plane.dim()).map(|i| base.state_name(i)).collect(),
        curves,
        points,
        audit,
        complete: if agree { Completeness::Audited } else { Completeness::Sampled },
    })
}

/// Folds and Hopf points on lines through the plane, in both directions, and all that searches found there.
fn lines(
    plane: &CircuitPlane,
    options: &DiagramOptions,
    progress: &Progress,
) -> Result<(Vec<Line>, Vec<Seeds>)> {
    let options = options.clone().values(SEARCHES);
    let (mut lines, mut searched) = (Vec::new(), Vec::new());
    for k in 0..2 * LINES {
        progress.at(k, 2 * LINES)?;
        let (along, place) = (k / LINES, k % LINES);
        let (from, to) = plane.windows()[1 - along];
        // Not at round numbers, where a symmetric circuit has its special points.
        let part = match place {
            0 => 0.0,
            _ if place + 1 == LINES => 1.0,
            _ => (place as f64 + 0.0137) / (LINES - 1) as f64,
        };
        let at = from + part * (to - from);
        let family = plane.line(along, at)?;
        let (problem, traces, found) = traced(&family, &options, &Progress::default())?;
        let mut line = Line { along, at, seeds: vec![], others: 0 };
        let mut known: Vec<Vec<f64>> = Vec::new();
        for event in traces.iter().flat_map(|t| &t.events) {
            let y = event.found.y();
            if known.iter().any(|k| super::super::scaled::distance(k, y) < 1e-6) {
                continue;
            }
            known.push(y.to_vec());
            let (state, p) = problem.own(y);
            let at = if along == 0 { [p, at] } else { [at, p] };
            match &event.found {
                Found::Fold(_) => line.seeds.push(Seed { defined: Defined::Fold, state, at, omega: 0.0 }),
                Found::Hopf(h) => {
                    let omega = h.omega.unwrap_or(0.0);
                    line.seeds.push(Seed { defined: Defined::Hopf, state, at, omega });
                }
                _ => line.others += 1,
            }
        }
        lines.push(line);
        searched.extend(found);
    }
    Ok((lines, searched))
}

/// Starts a curve at a point that lies on none yet, and those that leave its special points.
fn start(problem: &Scaled, from: (Defined, &[f64], f64), traces: &mut Vec<Trace>) {
    let mut waiting = vec![(from.0, from.1.to_vec(), from.2)];
    while let Some((defined, y, kappa)) = waiting.pop() {
        let known = traces.iter().any(|t| t.defined == defined && t.holds(problem, &y, kappa));
        if known || traces.len() >= MOST_CURVES {
            continue;
        }
        let Some(new) = trace(problem, defined, &y, kappa) else { continue };
        for s in &new.special {
            let square = |omega: f64| (omega * problem.time).powi(2);
            let y = s.node.y.clone();
            waiting.extend(match s.kind {
                PlaneKind::BogdanovTakens { .. } if defined == Defined::Fold => Some((Defined::Hopf, y, 0.0)),
                PlaneKind::ZeroHopf { omega } if defined == Defined::Fold => {
                    Some((Defined::Hopf, y, square(omega)))
                }
                PlaneKind::BogdanovTakens { .. } | PlaneKind::ZeroHopf { .. } => {
                    Some((Defined::Fold, y, 0.0))
                }
                PlaneKind::HopfHopf { omega } => {
                    let own = s.node.double.sqrt();
                    let other = omega.map(|w| w * problem.time);
                    let away = |w: &f64| (w - own).abs();
                    let other = if away(&other[0]) > away(&other[1]) { other[0] } else { other[1] };
                    Some((Defined::Hopf, y, other * other))
                }
                _ => None,
            });
        }
        traces.push(new);
    }
}

/// Compares a diagram along a line and the curves.
fn audit(problem: &Scaled, line: &Line, traces: &[Trace]) -> AuditLine {
    let off = |seed: &&Seed| {
        let y = problem.scale(&seed.state, seed.at);
        let kappa = (seed.omega * problem.time).powi(2);
        !traces.iter().any(|t| t.defined == seed.defined && t.holds(problem, &y, kappa))
    };
    let (n, other) = (problem.n(), 1 - line.along);
    let corner = vec![0.0; n];
    let mut at = [0.0; 2];
    at[other] = line.at;
    let place = problem.scale(&corner, at)[n + other];
    AuditLine {
        along: line.along,
        at: line.at,
        found: line.seeds.len(),
        passed: traces.iter().map(|t| t.passes(n + other, place)).sum(),
        off_curves: line.seeds.iter().filter(off).count(),
        others: line.others,
    }
}
