//! A case asked: is it a circuit, where are its fixed points, what are modes and responses there, and how does it run?
//! What must never be wrong with an answer is looked for.

use super::case::Case;
use super::change::{FOLD, WEIGHT_OF_ONE, number_and_unit, with_unit};
use super::finite::not_finite;
use neurate::dynamics::{CircuitDynamics, Dynamics};
use neurate::error::{Error, Kind};
use neurate::file;
use neurate::fixed_points::{FixedPoint, Search, SearchOptions, fixed_points};
use neurate::model::{Address, Circuit};
use neurate::report::QUESTIONS;
use neurate::simulate::{Outcome, Protocol, RunOptions, simulate};
use neurate::spec::Spec;
use neurate::study::{Applies, Choices, Study};
use std::collections::BTreeSet;

/// Random starts of a search.
const STARTS: usize = 4;
/// Units above which only the file is checked and run: reports of large circuits take their time.
const UNITS: usize = 40;
/// Units above which costly analyses are left out.
const FEW_UNITS: usize = 12;
/// Recorded times of a run, and steps of a method with fixed ones between two of them.
const RECORDED: usize = 20;
const STEPS: f64 = 10.0;
/// Halvings on the way to a fold.
const HALVINGS: usize = 45;

/// What is wrong with an answer: its kind, and the rest.
pub type Fault = (&'static str, String);

/// Hears where the case is, and its changes once they are numbers.
pub trait Listener {
    /// What is asked next.
    fn stage(&mut self, name: &str);
    /// The changes, where some had to be found first.
    fn resolved(&mut self, sets: &[String]);
}

fn spec_of(case: &Case) -> neurate::Result<Spec> {
    file::parse(&case.text, &format!("{}.toml", case.name), ".".as_ref(), &case.sets)
}

fn options() -> SearchOptions {
    SearchOptions::default().starts(STARTS)
}

/// Asks everything. None if it was refused, and that in words.
pub fn answer(case: &Case, listener: &mut dyn Listener) -> Result<Option<()>, Fault> {
    let mut case = case.clone();
    if case.sets.iter().any(|s| s.ends_with(WEIGHT_OF_ONE) || s.ends_with(FOLD)) {
        listener.stage("fold");
        resolve(&mut case);
        listener.resolved(&case.sets);
    }
    listener.stage("check");
    let circuit = match spec_of(&case).and_then(|spec| spec.build()) {
        Ok(circuit) => circuit,
        Err(e) => return refused(&e).map(|()| None),
    };
    if circuit.n() <= UNITS {
        listener.stage("fixed-points");
        let study = Study::new(circuit.clone(), Choices::default().search(options()).seed(1).samples(4));
        match study.fixed_points() {
            Ok(search) => points_are_right(&circuit, search)?,
            Err(e) => failed(&e)?,
        }
        questions(&circuit, &study, listener)?;
    }
    listener.stage("run");
    run(&circuit)?;
    Ok(Some(()))
}

/// A refusal says what is wrong, and where.
fn refused(e: &Error) -> Result<(), Fault> {
    failed(e)?;
    match e.place() {
        Some(place) if place.span.start <= place.text.len() => Ok(()),
        _ => Err(("no place", format!("an error without a place: {e}"))),
    }
}

/// An error is words, and none of ours.
fn failed(e: &Error) -> Result<(), Fault> {
    if e.message().trim().is_empty() || e.kind() == Kind::Stopped || e.kind() == Kind::Warning {
        return Err(("no words", format!("an error that says nothing: {e:?}")));
    }
    Ok(())
}

fn points_are_right(circuit: &Circuit, search: &Search) -> Result<(), Fault> {
    for (k, p) in search.points.iter().enumerate() {
        let numbers =
            p.state.iter().chain(&p.input).chain(&p.rates).chain([&p.residual, &p.error, &p.rounding]);
        if let Some(x) = numbers.into_iter().find(|x| !x.is_finite()) {
            return Err(("not finite", format!("fixed point {} has {x}: {p:?}", k + 1)));
        }
        if p.gains.iter().any(|g| g.is_nan())
            || p.eigenvalues.iter().any(|l| !l.re.is_finite() || !l.im.is_finite())
        {
            return Err(("not finite", format!("gains or eigenvalues of fixed point {}: {p:?}", k + 1)));
        }
        if p.stable() {
            stable_is_right(circuit, p).map_err(|why| ("stable", format!("fixed point {}: {why}", k + 1)))?;
        }
    }
    Ok(())
}

/// A stable point is one: the equation holds there, as far as rounding lets it, and nothing grows.
fn stable_is_right(circuit: &Circuit, p: &FixedPoint) -> Result<(), String> {
    if let Some(l) = p.eigenvalues.iter().find(|l| l.re > 0.0) {
        return Err(format!("it is called stable with the eigenvalue {l}"));
    }
    let dynamics = CircuitDynamics::at_rest(circuit);
    let x = dynamics.complete(&p.state);
    let target = |x: &[f64]| {
        let (mut target, mut tau) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        dynamics.relaxation(0.0, x, &mut target, &mut tau);
        target
    };
    let there = target(&x);
    let far = |to: &[f64], from: &[f64]| {
        let each = to.iter().zip(from).zip(&x).map(|((a, b), x)| (a - b).abs() / (1.0 + x.abs()));
        // Not f64::max, which would lose a NaN.
        each.fold(0.0, |far: f64, d| if d > far || d.is_nan() { d } else { far })
    };
    let residual = far(&there, &x);
    // How far targets move with the last digits of the states.
    let moved = |sign: fn(usize) -> f64| {
        let near: Vec<f64> = x.iter().enumerate().map(|(i, x)| x * (1.0 + 1e-13 * sign(i))).collect();
        far(&target(&near), &there)
    };
    let rounding = moved(|_| 1.0).max(moved(|i| if i % 2 == 0 { 1.0 } else { -1.0 }));
    if residual <= 1e-6 || residual <= 10.0 * rounding {
        return Ok(());
    }
    Err(format!("it is called stable with the residual {residual:e} (rounding {rounding:e}): {:?}", p.state))
}

/// Modes, responses and noise at the first fixed point that has a linearization.
fn questions(circuit: &Circuit, study: &Study, listener: &mut dyn Listener) -> Result<(), Fault> {
    let Ok(search) = study.fixed_points() else { return Ok(()) };
    let at = search.points.iter().position(FixedPoint::has_linearization).map(|k| k + 1);
    let choices = study.choices().clone().at(at);
    let at_point = Study::new(circuit.clone(), choices);
    for q in QUESTIONS {
        let costly = circuit.n() > FEW_UNITS && q.cost > 3.0;
        if costly || q.verbs.is_empty() || q.verbs.contains(&"simulate") {
            continue;
        }
        listener.stage(q.name);
        if (q.applies)(&at_point) != Applies::Yes {
            continue;
        }
        match (q.answer)(&at_point) {
            Err(e) => failed(&e)?,
            Ok(answer) => {
                let wrong: BTreeSet<String> = not_finite(&*answer).into_iter().collect();
                if !wrong.is_empty() {
                    return Err(("not finite", wrong.into_iter().collect::<Vec<_>>().join("; ")));
                }
            }
        }
    }
    Ok(())
}

/// The circuit's run, but of a fixed number of steps.
fn run(circuit: &Circuit) -> Result<(), Fault> {
    let options = RunOptions::default().noisy(true).seed(1);
    let start = || {
        Ok(fixed_points(circuit, &SearchOptions::default().starts(STARTS))?
            .points
            .first()
            .map(|p| p.state.clone()))
    };
    let mut protocol = match Protocol::new(circuit, &options, start) {
        Ok(protocol) => protocol,
        Err(e) => return failed(&e),
    };
    let (begin, end) = (protocol.times[0], protocol.times[protocol.times.len() - 1]);
    let (fastest, slowest) = circuit.time_scales();
    let span = match protocol.method.dt() {
        Some(dt) => STEPS * RECORDED as f64 * dt,
        None => (20.0 * slowest).min(1e3 * fastest),
    };
    protocol.times = neurate::simulate::time_grid(begin, (begin + span).min(end), RECORDED);
    let done = protocol.dynamics(circuit).and_then(|dynamics| {
        simulate(&dynamics, &protocol.start, &protocol.times, protocol.method, circuit.run().ceiling)
    });
    match done {
        Err(e) => failed(&e),
        Ok(done) => {
            let states = done.states.data();
            if let Some(x) = states.iter().find(|x| !x.is_finite()) {
                return Err((
                    "not finite",
                    format!("a run that is called {:?} has the state {x}", done.outcome),
                ));
            }
            match done.outcome {
                Outcome::Completed if done.times.len() != protocol.times.len() => Err((
                    "cut",
                    format!("a completed run has {} of {} rows", done.times.len(), protocol.times.len()),
                )),
                _ => Ok(()),
            }
        }
    }
}

/// Finds the numbers of changes that depend on the circuit: the weight that makes a loop's gain one, and the value of a parameter
/// at which the number of fixed points changes.
fn resolve(case: &mut Case) {
    for k in 0..case.sets.len() {
        let Some((address, mark)) = case.sets[k].split_once('=').map(|(a, b)| (a.to_string(), b.to_string()))
        else {
            continue;
        };
        let others = |value: Option<&str>| {
            let mut other = case.clone();
            other.sets.retain(|s| !s.contains('@'));
            other.sets.extend(value.map(|v| format!("{address}={v}")));
            other
        };
        let found = match mark.as_str() {
            WEIGHT_OF_ONE => weight_of_one(&others(None), &address),
            FOLD => fold(&others, &address),
            _ => continue,
        };
        case.sets[k] = format!("{address}={}", found.unwrap_or_else(|| "1".into()));
    }
}

fn weight_of_one(case: &Case, address: &str) -> Option<String> {
    let circuit = spec_of(case).ok()?.build().ok().filter(|c| c.n() <= UNITS)?;
    let Ok(Address::Weight { to, from }) = address.parse() else { return None };
    let p = circuit.populations().iter().position(|p| p.name == to)?;
    let from = circuit.populations().iter().find(|p| p.name == from)?;
    let point = fixed_points(&circuit, &options()).ok()?.points.into_iter().next()?;
    let gain = point.gains[circuit.range(p)].first().copied().filter(|g| *g != 0.0 && g.is_finite())?;
    let sign = if from.kind.name() == "inhibitory" { -1.0 } else { 1.0 };
    Some(format!("{:?}", sign / gain))
}

fn fold(others: &dyn Fn(Option<&str>) -> Case, address: &str) -> Option<String> {
    let spec = spec_of(&others(None)).ok()?;
    let small = spec.build().ok()?.n() <= 2;
    let setting = spec.addresses().ok()?.into_iter().find(|s| s.address.to_string() == address)?;
    let text = setting.value?;
    let (number, unit) = number_and_unit(&text);
    let x: f64 = number.parse().ok()?;
    let written = |x: f64| with_unit(&format!("{x:?}"), unit);
    let count = |x: f64| {
        let circuit = spec_of(&others(Some(&written(x)))).ok()?.build().ok()?;
        Some(fixed_points(&circuit, &options()).ok()?.points.len())
    };
    let (mut a, mut b) = (x, if x == 0.0 { 10.0 } else { 4.0 * x });
    let first = count(a)?;
    if small && count(b)? != first {
        for _ in 0..HALVINGS {
            let middle = 0.5 * (a + b);
            if count(middle)? == first { a = middle } else { b = middle }
        }
    }
    Some(written(b))
}
