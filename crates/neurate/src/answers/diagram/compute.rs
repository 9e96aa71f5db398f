//! How the answer is computed.

use super::cycles::cycles;
use super::parts::{branches, completeness, early_stops, points};
use super::range::Range;
use super::regimes::{isn, regimes};
use super::subject::{Subject, asked, shown};
use super::types::{Diagram, DiagramRemark};
use crate::answers::limits::CYCLE_STATES;
use crate::branch::{AUDIT_VALUES, CircuitFamily, Diagram as Found, DiagramOptions, Family, diagram_of};
use crate::model::{Circuit, Form};
use crate::study::{Answer, Applies, Study};
use neurate_numerics::error::{Error, Result};

impl Answer for Diagram {
    const NAME: &'static str = "diagram";

    fn applies(study: &Study) -> Applies {
        // What is wrong with the file's table is said when it is computed.
        let one = asked(study).map_or(true, |all| all.len() == 1);
        Applies::yes_if(one, "a parameter to be drawn along")
    }

    fn compute(study: &Study) -> Result<Diagram> {
        let asked = asked(study)?;
        let [along] = &asked[..] else {
            return Err(Error::invalid("a diagram is drawn along one parameter")
                .with_help("for example --along E.h=-3:8"));
        };
        let choices = study.choices();
        let show = shown(study)?;
        let subject = Subject::new(study, along)?;
        let wanted = choices.cycles && !is_linear(study.circuit());
        let with_cycles = wanted && study.circuit().states() <= CYCLE_STATES;
        let values = (AUDIT_VALUES - 1) * (1 << (choices.effort.clamp(1, 3) - 1)) + 1;
        let options =
            DiagramOptions::default().search(choices.search.clone()).values(values).cycles(with_cycles);
        let progress = study.progress();
        let start = if subject.range().is_some() { 0.0 } else { 0.4 };
        let range = Range::of(&subject, &options, &progress.part(0.0, start))?;
        let family = subject.family(range.window)?;
        let enters = check_enters(&family)?;
        let found = diagram_of(&family, &options, &progress.part(start, 1.0))?;
        let base = family.circuit(range.window.0)?;
        let branches = branches(&family, &base, &found);
        let points = points(&base, &found);
        let cycles = found.complete.cycles.is_some().then(|| cycles(&found, base.states()));
        let planar = base.states() == 2 && base.delays().is_none() && bounded(&base);
        let all = cycles.as_deref().unwrap_or(&[]);
        Ok(Diagram {
            parameter: subject.described(),
            range: vec![range.window.0, range.window.1].into(),
            range_origin: range.origin,
            looked: range.looked.map(|l| vec![l.0, l.1].into()),
            clipped: range.clipped,
            states: (0..base.states()).map(|i| base.state_name(i)).collect(),
            show,
            regimes: regimes(range.window, &points, &branches, all, planar),
            isn: isn(&branches),
            early_stops: early_stops(&found),
            complete: completeness(&found),
            remarks: remarks(study, &found, enters, wanted),
            points,
            branches,
            cycles,
        })
    }
}

/// Whether all rates are bounded, so that states are.
fn bounded(c: &Circuit) -> bool {
    c.form() != Form::Conductance && c.populations().iter().all(|p| p.transfer.bound().is_some())
}

/// What a parameter changes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Enters {
    /// Where steady states are.
    States,
    /// Their stability alone, as far as can be seen before they are known.
    MaybeStability,
}

/// Refuses a parameter that changes nothing: the equations are compared at states of all sizes, at both ends of the range.
///
/// # Errors
/// It does not enter.
pub(super) fn check_enters(family: &CircuitFamily) -> Result<Enters> {
    let (from, to) = family.window();
    let between = from + 0.618 * (to - from);
    let n = family.dim();
    let mut enters = false;
    let mut rotated = true;
    for size in [0.0, 1e-3, 0.1, 1.0, 10.0, 100.0] {
        for phase in [0.3, 1.1, 2.9] {
            let state = |i: usize| size * (0.6 + (phase + 1.7 * i as f64).sin());
            let x: Vec<f64> = (0..n).map(state).collect();
            let [a, b, c] = [from, between, to].map(|p| family.field(&x, p));
            enters |= a != b || b != c;
            // A time constant scales the field of a unit, and keeps its sign.
            let scaled = |(a, c): (&f64, &f64)| (*a > 0.0) == (*c > 0.0) && (*a < 0.0) == (*c < 0.0);
            rotated &= a.iter().zip(&c).all(scaled);
        }
    }
    let same = |p: f64, q: f64| -> Result<bool> {
        let (a, b) = (family.circuit(p)?, family.circuit(q)?);
        Ok(a.delays() == b.delays())
    };
    if !enters && same(from, to)? && same(from, between)? {
        return Err(Error::invalid(format!(
            "{} does not enter: the equations are the same at every value",
            family.name()
        ))
        .with_help(
            "draw the diagram along a parameter that changes the circuit; `neurate params FILE` lists them",
        ));
    }
    Ok(if rotated { Enters::MaybeStability } else { Enters::States })
}

fn remarks(study: &Study, found: &Found, enters: Enters, cycles: bool) -> Vec<DiagramRemark> {
    let still = enters == Enters::MaybeStability
        && !found.branches.is_empty()
        && found.branches.iter().all(|b| is_straight(&b.states));
    let all = [
        (DiagramRemark::StabilityOnly, still),
        (DiagramRemark::NoCycles, cycles && found.complete.cycles.is_none()),
        (DiagramRemark::NoSteadyState, found.branches.is_empty()),
        (DiagramRemark::Ring, found.places.is_some()),
    ];
    let more = all.into_iter().filter(|(_, holds)| *holds).map(|(remark, _)| remark);
    circuit_remarks(study.circuit()).into_iter().chain(more).collect()
}

/// Whether all its equations are linear: it has no limit cycle of its own then.
fn is_linear(circuit: &Circuit) -> bool {
    circuit.populations().iter().all(|p| p.transfer.is_affine()) && circuit.slow().is_empty()
}

/// What a reader should know of a circuit, whatever the parameters are.
pub(super) fn circuit_remarks(own: &Circuit) -> Vec<DiagramRemark> {
    // A seed that draws nothing is refused when the file is read.
    let all = [
        (DiagramRemark::NoiseIgnored, !own.noise().is_empty()),
        (DiagramRemark::StimuliIgnored, !own.stimuli().is_empty()),
        (DiagramRemark::WeightsDrawn, own.seed().is_some()),
        (DiagramRemark::Linear, is_linear(own)),
    ];
    all.into_iter().filter(|(_, holds)| *holds).map(|(remark, _)| remark).collect()
}

/// Whether a branch has the same state everywhere.
fn is_straight(states: &[Vec<f64>]) -> bool {
    let Some(first) = states.first() else { return true };
    states.iter().all(|x| x.iter().zip(first).all(|(a, b)| (a - b).abs() <= 1e-9 * (1.0 + b.abs())))
}
