//! Diagrams of rings. Where a turn by one place leaves the equations as they are, every state that is no uniform one has images at
//! all places, and along a smooth kernel nearly a circle of them: a search in all states finds each image, and following one is
//! ill-conditioned along the circle. States with a mirror axis obey a circuit of half the size, in which a Turing point, at which two
//! eigenvalues vanish together, is an ordinary pitchfork. So branches are followed there, one for all images; the directions
//! that break the mirror have their eigenvalues from the other half of the Jacobian.

mod mirrored;
mod odd_points;
mod piece;
mod points;
mod symmetry;

use self::mirrored::Mirrored;
use self::odd_points::{OddPoint, odd_points};
use self::piece::{Piece, Whole, pieces};
use self::points::{Points, insert};
use self::symmetry::Ring;
use super::build::{DiagramOptions, Seeds, diagram_of as diagram_of_all, search, units};
use super::circuit_family::CircuitFamily;
use super::diagram::{AuditValue, Complete, Completeness, Diagram};
use super::family::Family;
use super::scaled::middle;
use crate::model::{Circuit, Parameter};
use neurate_numerics::error::Result;
use neurate_numerics::progress::Progress;

/// The most states of a ring in which all states are searched, too.
const MOST_SEARCHED: usize = 60;
/// At which of the audit's values that is done.
const SEARCHES: [f64; 5] = [0.13, 0.31, 0.5, 0.69, 0.87];

/// All equilibria of a circuit over one of its parameters, between two values.
///
/// ```
/// use neurate::branch::{SpecialKind, diagram};
/// use neurate::prelude::*;
///
/// // Hoppensteadt & Izhikevich's Wilson-Cowan pair along the input to E
/// let circuit = Circuit::from_weights(Matrix::from_rows(&[[10.0, -10.0], [10.0, 2.0]]))
///     .populations(&[("E", CellKind::Unconstrained, 1), ("I", CellKind::Unconstrained, 1)])
///     .tau(1.0)
///     .transfer(Transfer::new("logistic", &[], 1e-3)?)
///     .inputs(&[-12.0, -4.0])
///     .build()?;
/// let h: Address = "E.h".parse()?;
/// let all = diagram(&circuit, &h.into(), (-12.0, 15.0))?;
/// assert_eq!(all.folds().count(), 2);
/// let hopf = all.hopf().next().unwrap();
/// assert!((hopf.p + 1.568000981107).abs() < 1e-9);
/// assert!(matches!(hopf.kind, SpecialKind::Hopf { l1: Some(l1), .. } if l1 < 0.0));
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// As [`CircuitFamily::new`]; a search at a value of the parameter fails.
pub fn diagram(circuit: &Circuit, parameter: &Parameter, window: (f64, f64)) -> Result<Diagram> {
    let family = CircuitFamily::new(circuit, parameter, window)?;
    diagram_of(&family, &DiagramOptions::default(), &Progress::default())
}

/// [`diagram`] of any family of circuits, telling how far it is. Of a ring, states with a mirror axis, each once for all of its images.
///
/// # Errors
/// A search at a value of the parameter fails; somebody asks it to stop.
pub fn diagram_of(family: &CircuitFamily, options: &DiagramOptions, progress: &Progress) -> Result<Diagram> {
    match Ring::of(family) {
        Some(ring) => ring_diagram(family, &ring, options, progress),
        None => diagram_of_all(family, options, progress),
    }
}

fn ring_diagram(
    family: &CircuitFamily,
    ring: &Ring,
    options: &DiagramOptions,
    progress: &Progress,
) -> Result<Diagram> {
    let window = family.window();
    let circuit = family.circuit(window.0)?;
    let whole = Whole { ring, circuit: &circuit, time: middle(&family.time_scales()) };
    let mirrored: Vec<Mirrored> =
        ring.mirrors.iter().map(|m| Mirrored::new(family, m)).collect::<Result<_>>()?;
    // Cycles in the half say nothing about directions that break the mirror.
    let of_half = options.clone().cycles(false);
    let (mut all, mut points): (Vec<Piece>, Points) = (Vec::new(), Points::new(family));
    let mut audit: Vec<AuditValue> = Vec::new();
    let mut equilibria = Completeness::Audited;
    for (k, half) in mirrored.iter().enumerate() {
        let share = |k: usize| 0.8 * k as f64 / mirrored.len() as f64;
        let found = diagram_of_all(&half.half, &of_half, &progress.part(share(k), share(k + 1)))?;
        equilibria = equilibria.min(found.complete.equilibria);
        for mut piece in pieces(&whole, half, &found, k == 0).unwrap_or_default() {
            if let Some(known) = all.iter().position(|old| old.has(&whole, &piece)) {
                points.meet(&found, &piece, known);
                continue;
            }
            points.adopt(&found, &mut piece, all.len());
            all.push(piece);
        }
        together(&mut audit, found.audit);
    }
    let seeds: Vec<Seeds> = all
        .iter()
        .map(|p| Seeds { p: window.0, states: p.branch.states.clone(), exhaustive: false })
        .collect();
    let units = units(family.dim(), &seeds);
    for (k, piece) in all.iter_mut().enumerate() {
        let found: Vec<OddPoint> = odd_points(&whole, family, piece, &units);
        for point in found.into_iter().rev() {
            insert(piece, point, k, &mut points);
        }
    }
    if circuit.states() <= MOST_SEARCHED {
        search_whole(family, options, (&whole, &all), &mut audit, &progress.part(0.8, 1.0))?;
    }
    if !audit.iter().all(AuditValue::agrees) {
        equilibria = Completeness::Sampled;
    }
    let mut branches: Vec<_> = all.into_iter().map(|p| p.branch).collect();
    let points = points.sorted(&mut branches);
    Ok(Diagram {
        parameter: family.name().to_string(),
        window,
        names: (0..family.dim()).map(|i| circuit.state_name(i)).collect(),
        branches,
        cycles: vec![],
        points,
        audit,
        complete: Complete { equilibria, open: vec![], special: equilibria, cycles: None },
        places: Some(ring.places),
    })
}

/// What another half says against completeness counts, too.
fn together(all: &mut Vec<AuditValue>, more: Vec<AuditValue>) {
    if all.is_empty() {
        *all = more;
        return;
    }
    for (one, other) in all.iter_mut().zip(more) {
        if !other.agrees() {
            one.off_branches += other.off_branches.max(1);
        }
    }
}

/// Searches in all states at some values: what they find has a mirror axis, or is missing.
fn search_whole(
    family: &CircuitFamily,
    options: &DiagramOptions,
    (whole, pieces): (&Whole, &[Piece]),
    audit: &mut [AuditValue],
    progress: &Progress,
) -> Result<()> {
    for (k, share) in SEARCHES.into_iter().enumerate() {
        progress.at(k, SEARCHES.len())?;
        let at = (share * (audit.len().saturating_sub(1)) as f64).round() as usize;
        let Some(value) = audit.get_mut(at) else { continue };
        let found = search(family, options, value.p)?.0.states;
        let lone = found.iter().filter(|x| pieces.iter().all(|b| !b.holds(whole, x, value.p))).count();
        value.off_branches += lone;
    }
    Ok(())
}
