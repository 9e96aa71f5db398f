//! The parts of a diagram as the answer has them: branches with rates, points with periods, cycles, early stops.

use super::types::{
    CompletenessWord, CycleSearch, DiagramBranch, DiagramCompleteness, DiagramCriticality, DiagramEnd,
    DiagramEndKind, DiagramPoint, DiagramPointKind, DiagramSide, EarlyStop,
};
use crate::answers::limits::SPECTRUM_STATES;
use crate::branch::CircuitFamily;
use crate::branch::{
    Branch, Completeness, CycleEnd, Diagram as Found, End, Family, KinkKind, SpecialKind, SpecialPoint,
};
use crate::dynamics::CircuitDynamics;
use crate::fixed_points::spectrum;
use crate::model::{CellKind, Circuit};
use crate::study::{Array, ComplexArray, ComplexList};
use neurate_numerics::linalg::{Complex, Matrix};
use std::f64::consts::TAU;

/// The branches, with the excitatory units' own stability where there are both kinds.
pub(super) fn branches(family: &CircuitFamily, base: &Circuit, found: &Found) -> Vec<DiagramBranch> {
    found.branches.iter().map(|b| branch(family, base, b)).collect()
}

fn branch(family: &CircuitFamily, base: &Circuit, b: &Branch) -> DiagramBranch {
    let (points, n) = (b.p.len(), base.states());
    let rates = |(p, x): (&f64, &Vec<f64>)| match family.circuit(*p) {
        Ok(circuit) => CircuitDynamics::at_rest(&circuit).rates(x),
        Err(_) => vec![f64::NAN; base.n()],
    };
    let r = b.p.iter().zip(&b.states).flat_map(rates).collect();
    let eigenvalues = (n <= SPECTRUM_STATES && b.eigenvalues.iter().all(|e| e.len() == n))
        .then(|| ComplexArray::new(&[points, n], b.eigenvalues.concat()));
    let excitatory = excitatory_states(base).map(|units| {
        let own = |(p, x): (&f64, &Vec<f64>)| abscissa_of(&family.jacobian(x, *p), &units);
        b.p.iter().zip(&b.states).map(own).collect()
    });
    let end = |(end, p): (&End, Option<&f64>)| DiagramEnd {
        kind: match end {
            End::LowerEdge => DiagramEndKind::LowerEdge,
            End::UpperEdge => DiagramEndKind::UpperEdge,
            End::Closed => DiagramEndKind::Closed,
            End::Crossing => DiagramEndKind::Crossing,
            End::Runaway => DiagramEndKind::Runaway,
            End::Unfinished { .. } => DiagramEndKind::Unfinished,
            End::Budget { .. } => DiagramEndKind::Budget,
        },
        p: p.copied().unwrap_or(f64::NAN),
        step: if let End::Unfinished { step } = end { Some(*step) } else { None },
        points: if let End::Budget { points } = end { Some(*points) } else { None },
    };
    DiagramBranch {
        p: b.p.as_slice().into(),
        states: Array::courses(points, n, b.states.concat()),
        r: Array::courses(points, base.n(), r),
        eigenvalues,
        unstable: b.unstable.iter().map(|u| *u as f64).collect(),
        ends: b.ends.iter().zip([b.p.first(), b.p.last()]).map(end).collect(),
        special: b.special.iter().map(|s| s.0).collect(),
        special_points: b.special.iter().map(|s| s.1).collect(),
        excitatory,
        images: b.images,
        drift: b.drift,
    }
}

/// The states of the excitatory units, slow ones included; None where there are not both kinds.
fn excitatory_states(base: &Circuit) -> Option<Vec<usize>> {
    let of_kind = |kind: CellKind| -> Vec<usize> {
        (0..base.populations().len()).filter(|&p| base.populations()[p].kind == kind).collect()
    };
    let excitatory = of_kind(CellKind::Excitatory);
    if excitatory.is_empty() || of_kind(CellKind::Inhibitory).is_empty() {
        return None;
    }
    let slow = base.slow().iter().filter(|b| excitatory.contains(&b.population));
    let slow = slow.flat_map(|b| b.first..b.first + base.range(b.population).len());
    Some(excitatory.iter().flat_map(|&p| base.range(p)).chain(slow).collect())
}

/// The largest real part of the eigenvalues of a part of a Jacobian.
fn abscissa_of(jacobian: &Matrix, part: &[usize]) -> f64 {
    let own = Matrix::from_fn(part.len(), part.len(), |i, j| jacobian[(part[i], part[j])]);
    spectrum(&own).ok().and_then(|e| e.first().map(|l| l.re)).unwrap_or(f64::NAN)
}

/// The special points.
pub(super) fn points(base: &Circuit, found: &Found) -> Vec<DiagramPoint> {
    let snic = |k: usize| {
        let ends = found.cycles.iter().flat_map(|c| &c.ends);
        ends.into_iter().any(|e| matches!(e, CycleEnd::Snic { fold, .. } if *fold == k))
    };
    let ring = found.places.is_some();
    found
        .points
        .iter()
        .enumerate()
        .map(|(k, p)| DiagramPoint { snic: snic(k), ..point(base, p, ring) })
        .collect()
}

/// How many eigenvalues vanish where branches cross, if more than one does.
fn several(eigenvalues: &[Complex]) -> Option<usize> {
    let size = eigenvalues.iter().fold(0.0, |m: f64, l| m.max(l.norm()));
    Some(eigenvalues.iter().filter(|l| l.norm() < 1e-7 * size).count()).filter(|count| *count > 1)
}

fn side(above: bool) -> DiagramSide {
    if above { DiagramSide::Above } else { DiagramSide::Below }
}

/// `ring`: a pattern can stand anywhere; elsewhere a second vanishing eigenvalue is an accident.
fn point(base: &Circuit, p: &SpecialPoint, ring: bool) -> DiagramPoint {
    let of_cycles = p.kind.is_of_cycles();
    let mut point = DiagramPoint {
        kind: DiagramPointKind::Unresolved,
        p: p.p,
        state: p.state.as_slice().into(),
        eigenvalues: (!of_cycles && p.state.len() <= SPECTRUM_STATES)
            .then(|| p.eigenvalues.iter().copied().collect()),
        residual: p.residual,
        branches: p.branches.clone(),
        exist: None,
        a: None,
        omega: None,
        frequency: None,
        period: None,
        l1: None,
        criticality: None,
        crossing: None,
        amplitude: None,
        cycle_exists: None,
        snic: false,
        kernel: None,
        units: Vec::new(),
        multipliers: None,
        angle: None,
    };
    let critical = |super_: bool| {
        Some(if super_ { DiagramCriticality::Supercritical } else { DiagramCriticality::Subcritical })
    };
    let list = |all: &[neurate_numerics::linalg::Complex]| -> Option<ComplexList> {
        Some(all.iter().copied().collect())
    };
    match &p.kind {
        SpecialKind::Fold { a, above } => {
            point.kind = DiagramPointKind::Fold;
            (point.a, point.exist) = (Some(*a), Some(side(*above)));
        }
        SpecialKind::Hopf { omega, l1, crossing, amplitude } => {
            point.kind = DiagramPointKind::Hopf;
            (point.omega, point.period, point.l1) = (Some(*omega), Some(TAU / omega), *l1);
            point.crossing = Some(*crossing).filter(|c| c.is_finite());
            point.amplitude = amplitude.as_ref().map(|a| a.as_slice().into());
            point.criticality = l1.filter(|l| *l != 0.0).and_then(|l| critical(l < 0.0));
            // (i omega + crossing dp) + omega l1 |w|^2 = i omega: dp has the sign of -l1/crossing.
            let leans = l1.zip(point.crossing).map(|(l, c)| -l * c).filter(|s| *s != 0.0);
            point.cycle_exists = leans.map(|s| side(s > 0.0));
        }
        SpecialKind::Transcritical => {
            point.kind = DiagramPointKind::Transcritical;
            point.kernel = several(&p.eigenvalues).filter(|_| ring);
        }
        SpecialKind::Pitchfork { supercritical } => {
            point.kind = DiagramPointKind::Pitchfork;
            point.criticality = critical(*supercritical);
            point.kernel = several(&p.eigenvalues).filter(|_| ring);
        }
        SpecialKind::Line => point.kind = DiagramPointKind::Line,
        SpecialKind::Degenerate { kernel } => {
            point.kind = DiagramPointKind::Degenerate;
            point.kernel = Some(*kernel);
        }
        SpecialKind::Kink { units, kind, .. } => {
            point.kind = match kind {
                KinkKind::Fold { .. } => DiagramPointKind::KinkFold,
                KinkKind::Hopf => DiagramPointKind::KinkHopf,
                KinkKind::Crossing { .. } => DiagramPointKind::KinkCrossing,
                KinkKind::Persistence | KinkKind::Other => DiagramPointKind::Kink,
            };
            point.exist = if let KinkKind::Fold { above } = kind { Some(side(*above)) } else { None };
            point.units = units.iter().map(|&i| base.unit_name(i)).collect();
        }
        SpecialKind::CycleFold { period, above, multipliers } => {
            point.kind = DiagramPointKind::CycleFold;
            (point.period, point.exist) = (Some(*period), Some(side(*above)));
            point.multipliers = list(multipliers);
        }
        SpecialKind::PeriodDoubling { period, multipliers } => {
            point.kind = DiagramPointKind::PeriodDoubling;
            (point.period, point.multipliers) = (Some(*period), list(multipliers));
        }
        SpecialKind::Torus { period, angle, multipliers } => {
            point.kind = DiagramPointKind::Torus;
            (point.period, point.angle, point.multipliers) = (Some(*period), Some(*angle), list(multipliers));
        }
        SpecialKind::CycleCrossing { period, multipliers } => {
            point.kind = DiagramPointKind::CycleCrossing;
            (point.period, point.multipliers) = (Some(*period), list(multipliers));
        }
        SpecialKind::CycleUnresolved { period } => {
            point.kind = DiagramPointKind::CycleUnresolved;
            point.period = Some(*period);
        }
        SpecialKind::Unresolved => {}
    }
    point.frequency = point.period.map(|t| 1.0 / (t * base.units().rate_times_time));
    point
}

/// Branches that were left inside the range.
pub(super) fn early_stops(found: &Found) -> Vec<EarlyStop> {
    let stop = |branch, p| EarlyStop { cycles: false, branch, p, step: None, points: None, period: None };
    let own = found.early_stops().into_iter().map(|(branch, p, end)| match end {
        End::Unfinished { step } => EarlyStop { step: Some(step), ..stop(branch, p) },
        End::Budget { points } => EarlyStop { points: Some(points), ..stop(branch, p) },
        _ => stop(branch, p),
    });
    let of_cycles = found.cycles.iter().enumerate().flat_map(|(k, c)| {
        let places = [c.cycles.first(), c.cycles.last()];
        let ends = c.ends.iter().zip(places).filter(|(e, _)| e.is_early());
        ends.map(move |(end, cycle)| {
            let early = EarlyStop { cycles: true, ..stop(k, cycle.map_or(f64::NAN, |c| c.p)) };
            match end {
                CycleEnd::Unfinished { step } => EarlyStop { step: Some(*step), ..early },
                CycleEnd::Budget { cycles } => EarlyStop { points: Some(*cycles), ..early },
                CycleEnd::LongPeriod { period } => EarlyStop { period: Some(*period), ..early },
                _ => early,
            }
        })
    });
    own.chain(of_cycles).collect()
}

pub(super) fn word(c: Completeness) -> CompletenessWord {
    match c {
        Completeness::Sampled => CompletenessWord::Sampled,
        Completeness::Audited => CompletenessWord::Audited,
        Completeness::Exact => CompletenessWord::Exact,
        Completeness::Proved => CompletenessWord::Proved,
    }
}

/// How complete the lists are.
pub(super) fn completeness(found: &Found) -> DiagramCompleteness {
    let sums: Vec<Option<i64>> = found.audit.iter().map(|a| a.index_sum).collect();
    let known = sums.iter().flatten();
    let search = found.complete.cycles.as_ref();
    let largest = |of_cycles: bool| {
        let own = found.points.iter().filter(|p| p.kind.is_of_cycles() == of_cycles);
        own.map(|p| p.residual).filter(|r| r.is_finite()).reduce(f64::max)
    };
    DiagramCompleteness {
        equilibria: word(found.complete.equilibria),
        special: word(found.complete.special),
        cycles: search.map(|_| CompletenessWord::Sampled),
        values: found.audit.len(),
        agree: found.audit.iter().filter(|a| a.agrees()).count(),
        exhaustive: found.audit.iter().filter(|a| a.exhaustive).count(),
        index_sum_right: (sums.iter().any(Option::is_some)).then(|| known.clone().all(|s| *s == 1)),
        open: Array::rows(found.complete.open.iter().map(|o| vec![o.0, o.1])),
        largest_residual: largest(false),
        largest_cycle_residual: largest(true),
        cycle_search: search.map(|s| CycleSearch {
            values: s.values,
            runs: s.runs,
            hopf_without_cycle: s.hopf_without_cycle.clone(),
            unexplained: s.unexplained.as_slice().into(),
            runaway: s.runaway.as_slice().into(),
            runaway_from_rest: s.runaway_from_rest.as_slice().into(),
        }),
    }
}
