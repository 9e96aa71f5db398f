//! `[populations]`: who there is, with time constants, transfer functions and constant inputs.

use super::bare;
use super::column::{self, Among};
use super::crowd::Crowd;
use super::cursor::Cursor;
use super::keys::nearest;
use super::label::{check_distinct, label};
use super::like::Resolved;
use super::membranes::{membrane_of, without_membrane};
use super::pair_table::is_table;
use super::quantity::{per_unit, quantity};
use super::reader::Reader;
use super::refractory::{floor_of, floored, refractory};
use super::slow;
use super::source::is_change;
use super::times::{Usual, check_all};
use super::value::{Node, Value};
use crate::lif::sigma_from_membrane_sd;
use crate::model::membrane::Membrane;
use crate::model::transfer::{KINDS, Quantity, Range, Transfer, reads};
use crate::model::unit::Unit;
use crate::model::{CellKind, Form, Population};
use neurate_numerics::budget;
use neurate_numerics::error::{Error, Result};

/// The largest population.
const MAX_SIZE: i128 = 10_000_000;

/// Bytes for each unit of a circuit: time constant, input and rate, as read, as built and in a run.
const BYTES_OF_UNIT: u64 = 64;

/// Reads all populations.
pub(super) fn read(reader: &Reader, resolved: &[Resolved]) -> Result<Crowd> {
    let place = resolved[0].place.clone();
    let mut among = Among::new(resolved, reader.mean_field);
    let units = among.units(MAX_SIZE as usize);
    budget::require(units, "units", BYTES_OF_UNIT, "make the populations smaller")
        .map_err(|e| e.at(place.clone()))?;
    let mut crowd = Crowd { populations: Vec::new(), place, neurons: Vec::new(), first: vec![0] };
    for (k, r) in resolved.iter().enumerate() {
        let what = format!("population {}", r.name);
        let mut c = Cursor::new(&r.node, &what, &format!("populations.{}", r.name), &reader.log)?;
        c.place = r.place.clone();
        among.own = k;
        let (population, neurons) =
            population(reader, &c, &r.name, &among).map_err(|e| e.at(r.place.clone()))?;
        check_distinct(&crowd.populations, &population, r)?;
        let n = crowd.n() + population.size;
        if n > usize::try_from(u32::MAX).unwrap_or(usize::MAX) {
            return Err(Error::unsupported(format!("{n} units are too many"))
                .with_help("make the populations smaller")
                .at(r.place.clone()));
        }
        crowd.first.push(n);
        crowd.neurons.push(neurons);
        crowd.populations.push(population);
    }
    Ok(crowd)
}

fn population(reader: &Reader, c: &Cursor, name: &str, among: &Among) -> Result<(Population, usize)> {
    let units = &reader.units;
    c.quietly("like");
    let label = label(c, name)?;
    let kinds = [CellKind::Excitatory, CellKind::Inhibitory, CellKind::Unconstrained].map(|k| (k.name(), k));
    c.get_or("kind", "\"unconstrained\"");
    let kind = c.word("kind", &kinds)?.unwrap_or(CellKind::Unconstrained);
    let size_node = if reader.mean_field { c.get("size") } else { c.get_or("size", "1") };
    let neurons = match size_node {
        None => 1,
        Some(n) => match n.value {
            Value::Integer(i) if (1..=MAX_SIZE).contains(&i) => i as usize,
            _ => {
                return Err(n
                    .error(format!("size must be a whole number from 1 to {MAX_SIZE}"))
                    .with_help("write the number of its units without quotes: size = 100"));
            }
        },
    };
    // A mean-field population is one unit, however many neurons it stands for.
    let size = if reader.mean_field { 1 } else { neurons };
    // All keys are asked for before any is missed, so that a misspelled one is found out as such.
    let (f, h, sigma) = (c.quietly("f"), c.get_or("h", "0.0"), c.get("sigma"));
    let membrane_sd = c.get("membrane_sd");
    let sigma = match (sigma, membrane_sd) {
        (Some(_), Some(node)) => {
            return Err(node
                .error("sigma and membrane_sd are the same quantity in two conventions")
                .with_help("membrane_sd is the standard deviation of the potential without threshold, sigma/sqrt(2); leave one out"));
        }
        (sigma, membrane_sd) => sigma.or(membrane_sd),
    };
    let conductance = reader.form == Form::Conductance;
    let membrane_node = if conductance { c.quietly("membrane") } else { None };
    let reversal = if conductance { c.get("reversal") } else { None };
    let slow = slow::states(reader, c, name)?;
    c.quietly(Transfer::REFRACTORY);
    let tau_node = if conductance { c.quietly("tau") } else { c.get("tau") };

    let transfer = match f {
        None => transfer(reader, c, None)?,
        Some(node) => transfer(reader, c, Some(node)).map_err(|e| e.at(node.place.clone()))?,
    };
    let transfer = refractory(reader, c, name, transfer)?;
    if let Some(node) = c.quietly("plasticity") {
        slow.check_transfer(name, &transfer).map_err(|e| e.at(node.place.clone()))?;
    }
    let h = match h {
        None => vec![0.0; size],
        Some(n) => numbers(reader, c, among, ("h", n), units.drive.as_ref(), size)?,
    };
    let fluctuations = sigma_of(reader, c, name, &transfer, (sigma, membrane_sd.is_some()))?;
    let membrane = match conductance {
        true => Some(membrane_of(reader, c, name, membrane_node, reversal)?),
        false => None,
    };
    let tau = tau_of(reader, c, among, (membrane.as_ref(), &transfer), tau_node, size)?;
    if !conductance {
        without_membrane(c)?;
    }
    if reader.mean_field {
        of_neurons(c, name, size_node, f, &transfer)?;
    }
    c.finish()?;
    let population = Population {
        name: name.to_string(),
        label,
        kind,
        size,
        tau,
        h,
        sigma: fluctuations,
        transfer,
        membrane,
        slow,
    };
    Ok((population, neurons))
}

/// One value for all units, a list, or a column of a table.
fn numbers(
    reader: &Reader,
    c: &Cursor,
    among: &Among,
    (key, node): (&str, &Node),
    unit: Option<&Unit>,
    size: usize,
) -> Result<Vec<f64>> {
    let what = format!("{key} of {}", among.name());
    let file = bare::of_file(node);
    let node = file.as_ref().unwrap_or(node);
    if !is_table(node) {
        return per_unit(node, &what, unit, size);
    }
    let numbers = column::read(reader, among, &c.below(key, node, &what)?, (key, &what), unit)?;
    let one = numbers.iter().all(|x| *x == numbers[0]);
    c.note(c.address(key), || {
        let value = if one { Value::Float(numbers[0]) } else { numbers.clone().into() };
        Some(Node::from(value).shown())
    });
    Ok(numbers)
}

/// The standard deviation of the input's fluctuations; `given`: its value, and whether in the other convention.
fn sigma_of(
    reader: &Reader,
    c: &Cursor,
    name: &str,
    transfer: &Transfer,
    (given, membrane_sd): (Option<&Node>, bool),
) -> Result<f64> {
    let key = if membrane_sd { "membrane_sd" } else { "sigma" };
    let Some(n) = given else {
        if !transfer.uses_sigma() || reader.mean_field {
            return Ok(0.0);
        }
        return Err(c.missing_with(
            "sigma",
            "the standard deviation of the input's fluctuations",
            "write sigma = 5, in Brunel's convention: tau dV/dt = mu - V + sigma sqrt(tau) xi; membrane_sd = sigma/sqrt(2) is the other one",
        ));
    };
    let given = quantity(n, &format!("{key} of {name}"), reader.units.input.as_ref())?;
    if given < 0.0 {
        return Err(n
            .error(format!("{key} of {name} is {given}; a standard deviation is never negative"))
            .with_help("write a positive number, or 0 for an input without fluctuations"));
    }
    if !transfer.uses_sigma() {
        let text = format!("{} does not use {key}; {name} behaves as if it were 0", transfer.name());
        let help = "leave it out, or write f = { kind = \"lif\", ... }; noise that changes in time stands in [noise]";
        reader.warn(Error::warning(text).with_help(help), &n.place);
    }
    Ok(if membrane_sd { sigma_from_membrane_sd(given) } else { given })
}

/// The time constants of its units.
fn tau_of(
    reader: &Reader,
    c: &Cursor,
    among: &Among,
    (membrane, transfer): (Option<&Membrane>, &Transfer),
    node: Option<&Node>,
    size: usize,
) -> Result<Vec<f64>> {
    match (membrane, node) {
        (Some(_), Some(node)) => Err(node
            .error("a membrane has no tau of its own in form = \"conductance\"")
            .with_help("leave it out: tau is the capacitance over the conductance")),
        // Capacitances are kept in conductance times time.
        (Some(m), None) => Ok(vec![m.resting_tau(); size]),
        (None, Some(node)) => {
            let tau = numbers(reader, c, among, ("tau", node), Some(&reader.units.time), size)?;
            check_tau(reader, &tau, node, among.name())?;
            Ok(tau)
        }
        // The membrane's own time constant is the default where f has one.
        (None, None) => match transfer.parameters().iter().find(|(key, _)| key == "tau_m") {
            Some((_, tau_m)) => Ok(vec![*tau_m; size]),
            None => Err(c.missing_with("tau", "its time constant", "tau = 20, or tau = \"20 ms\"")),
        },
    }
}

/// What a population of spiking neurons needs besides.
fn of_neurons(
    c: &Cursor,
    name: &str,
    size: Option<&Node>,
    f: Option<&Node>,
    transfer: &Transfer,
) -> Result<()> {
    if size.is_none() {
        return Err(c.missing_with("size", "the number of its neurons", "size = 10000"));
    }
    if transfer.lif().is_some() {
        return Ok(());
    }
    let place = f.map_or(&c.place, |n| &n.place);
    Err(Error::invalid(format!("[synapses] drive integrate-and-fire neurons, and f of {name} is {}", transfer.name()))
        .with_help("f = { kind = \"lif\", tau_m = 20, tau_ref = 2, threshold = 20, reset = 10 }, or [W] instead of [synapses]")
        .at(place.clone()))
}

fn check_tau(reader: &Reader, tau: &[f64], node: &Node, name: &str) -> Result<()> {
    let text = &reader.units.time.text;
    if let Some(bad) = tau.iter().find(|t| **t <= 0.0) {
        return Err(node
            .error(format!("tau of {name} is {bad} {text}; a time constant is positive"))
            .with_help("write tau = 20, or tau = \"20 ms\""));
    }
    check_all(reader, node, &format!("tau of {name}"), tau, Usual::TAU);
    Ok(())
}

/// The transfer function: a word, or a table with its parameters.
fn transfer(reader: &Reader, c: &Cursor, node: Option<&Node>) -> Result<Transfer> {
    let empty = Node { value: Value::Table(Vec::new()), place: c.place.clone() };
    let what = format!("f of {}", c.what);
    let (kind, table) = match node {
        None => ("linear", &empty),
        Some(n) => match (&n.value, n.get("kind")) {
            (Value::Text(kind), _) => (kind.as_str(), &empty),
            (_, Some(kind)) => {
                let word = || {
                    kind.error(format!("the kind of {what} must be a text"))
                        .with_help(format!("kind = one of: {}", names()))
                };
                (kind.text().ok_or_else(word)?, n)
            }
            (Value::Table(_), None) if is_change(&n.place) => ("linear", n),
            (Value::Table(_), None) => {
                return Err(n
                    .error(format!("{what} lacks its kind"))
                    .with_help(format!("kind = one of: {}", names())));
            }
            _ => {
                return Err(n
                    .error(format!("{what} must be a text or a table, not {}", n.value.sort()))
                    .with_help("f = \"threshold-linear\", or f = { kind = \"power\", k = 0.04, n = 2 }"));
            }
        },
    };
    let f = c.below("f", table, &what)?;
    f.get_or("kind", &format!("\"{kind}\""));
    let kind_place = node.map(|n| n.get("kind").unwrap_or(n).place.clone());
    let at_kind = |e: Error| kind_place.clone().map_or(e.clone(), |p| e.at(p));
    let floor = floor_of(&f, kind);
    if kind == Transfer::EXPRESSION {
        return expression(&f).map_err(at_kind).and_then(|law| floored(reader, law, floor));
    }
    let Some(law) = Transfer::kind(kind) else {
        let all = KINDS.iter().map(|k| k.name).chain([Transfer::EXPRESSION]);
        let help = match nearest(kind, all) {
            Some(meant) => format!("did you mean \"{meant}\"? One of: {}", names()),
            None => format!("one of: {}", names()),
        };
        return Err(at_kind(
            Error::invalid(format!("there is no transfer function \"{kind}\"")).with_help(help),
        ));
    };
    let mut given = Vec::new();
    let values: Vec<_> = law
        .parameters
        .iter()
        .map(|p| match p.default {
            Some(_) if p.range == Range::Flag => f.get_or(p.key, "false"),
            Some(d) => f.get_or(p.key, &format!("{d:?}")),
            None => f.get(p.key),
        })
        .collect();
    for (p, node) in law.parameters.iter().zip(values) {
        let Some(node) = node else {
            if p.default.is_none() {
                let help = format!("give {} = VALUE in f; {kind} is {}", p.key, law.equation);
                return Err(f.missing_with(p.key, p.meaning, &help));
            }
            continue;
        };
        let value = match reader.units.parameter(p.quantity) {
            _ if p.range == Range::Flag => f64::from(u8::from(f.boolean_or(p.key, false)?)),
            Ok(unit) => quantity(node, p.key, unit.as_ref())?,
            Err(()) if node.text().is_some() && p.quantity == Quantity::Free => {
                return Err(node
                    .error(format!("{} takes a bare number, without quotes", p.key))
                    .with_help(format!("{}; in the circuit's units", p.meaning)));
            }
            Err(()) => quantity(node, p.key, Some(&Unit::number()))?,
        };
        p.check(law.name, value).map_err(|e| e.at(node.place.clone()))?;
        if p.quantity == Quantity::Time {
            check_parameter(
                reader,
                node,
                &format!("{} of {}", p.key, c.what.trim_start_matches("population ")),
                (p.key, value),
            );
        }
        given.push((p.key, value));
    }
    f.finish()?;
    let law = Transfer::new(kind, &given, reader.units.rate_times_time()).map_err(at_kind)?;
    floored(reader, law, floor)
}

/// Warns of a time of a transfer function that looks like one in another unit.
fn check_parameter(reader: &Reader, node: &Node, what: &str, (key, time): (&str, f64)) {
    let usual = match key {
        "tau_ref" => Usual::REFRACTORY,
        "tau_s" => Usual::CURRENT,
        _ => Usual::TAU,
    };
    check_all(reader, node, what, &[time], usual);
}

fn names() -> String {
    KINDS.iter().map(|k| k.name).chain([Transfer::EXPRESSION]).collect::<Vec<_>>().join(", ")
}

/// A user's own expression; every key besides `kind` and `formula` is a constant of it.
fn expression(f: &Cursor) -> Result<Transfer> {
    let formula_node = f.require("formula", "an expression in x, such as \"log(1 + exp(a*x))/a\"")?;
    let formula = formula_node.text().ok_or_else(|| {
        formula_node
            .error("formula must be a text")
            .with_help("write it in quotes: formula = \"log(1 + exp(a*x))/a\"")
    })?;
    let mut constants = Vec::new();
    let mut unread = None;
    for e in f.unused().collect::<Vec<_>>() {
        let node = f.get(&e.key).expect("the entry is there");
        constants.push((e.key.clone(), node.number(&format!("the constant {}", e.key))?));
        unread = unread.or((!reads(formula, &e.key)).then_some(&e.place));
    }
    // A constant that nothing reads is shown where it stands; every other mistake is one of the formula.
    Transfer::expression(formula, &constants).map_err(|e| match unread {
        Some(place) if e.message().contains("does not use") => e.at(place.clone()),
        _ => e.at(formula_node.place.clone()),
    })
}
