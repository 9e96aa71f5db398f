//! `[populations]`: who there is, with time constants, transfer functions and constant inputs.

use super::crowd::Crowd;
use super::cursor::{Cursor, Log};
use super::keys::nearest;
use super::like::Resolved;
use super::quantity::{per_unit, quantity};
use super::reader::Reader;
use super::slow;
use super::source::is_change;
use super::value::{Node, Value};
use crate::lif::sigma_from_membrane_sd;
use crate::model::membrane::{Channel, Membrane};
use crate::model::transfer::{KINDS, Quantity, Transfer};
use crate::model::unit::{Unit, scale};
use crate::model::{CellKind, Form, Population};
use neurate_numerics::error::{Error, Place, Result};

/// The largest population.
const MAX_SIZE: i128 = 10_000_000;

/// Reads all populations.
pub(super) fn read(reader: &Reader, resolved: &[Resolved]) -> Result<Crowd> {
    let place = resolved[0].place.clone();
    let mut crowd = Crowd { populations: Vec::new(), place, neurons: Vec::new(), first: vec![0] };
    for r in resolved {
        let what = format!("population {}", r.name);
        let mut c = Cursor::new(&r.node, &what, &format!("populations.{}", r.name), &reader.log)?;
        c.place = r.place.clone();
        let (population, neurons) = population(reader, &c, &r.name).map_err(|e| e.at(r.place.clone()))?;
        let n = crowd.n() + population.size;
        if n > usize::try_from(u32::MAX).unwrap_or(usize::MAX) {
            return Err(Error::unsupported(format!("{n} units are too many")).at(r.place.clone()));
        }
        crowd.first.push(n);
        crowd.neurons.push(neurons);
        crowd.populations.push(population);
    }
    Ok(crowd)
}

fn population(reader: &Reader, c: &Cursor, name: &str) -> Result<(Population, usize)> {
    let units = &reader.units;
    c.quietly("like");
    let kinds = [CellKind::Excitatory, CellKind::Inhibitory, CellKind::Unconstrained].map(|k| (k.name(), k));
    c.get_or("kind", "\"unconstrained\"");
    let kind = c.word("kind", &kinds)?.unwrap_or(CellKind::Unconstrained);
    let size_node = if reader.mean_field { c.get("size") } else { c.get_or("size", "1") };
    let neurons = match size_node {
        None => 1,
        Some(n) => match n.value {
            Value::Integer(i) if (1..=MAX_SIZE).contains(&i) => i as usize,
            _ => return Err(n.error(format!("size must be a whole number from 1 to {MAX_SIZE}"))),
        },
    };
    // A mean-field population is one unit, however many neurons it stands for.
    let size = if reader.mean_field { 1 } else { neurons };
    let what = |key: &str| format!("{key} of {name}");
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
    let tau_node = if conductance { c.quietly("tau") } else { c.get("tau") };

    let transfer = match f {
        None => transfer(reader, c, None)?,
        Some(node) => transfer(reader, c, Some(node)).map_err(|e| e.at(node.place.clone()))?,
    };
    if let Some(node) = c.quietly("plasticity") {
        slow.check_transfer(name, &transfer).map_err(|e| e.at(node.place.clone()))?;
    }
    let h = match h {
        None => vec![0.0; size],
        Some(n) => per_unit(n, &what("h"), units.drive.as_ref(), size)?,
    };
    let fluctuations = sigma_of(reader, c, name, &transfer, (sigma, membrane_sd.is_some()))?;
    let membrane = match conductance {
        true => Some(membrane_of(reader, c, name, membrane_node, reversal)?),
        false => None,
    };
    let tau = tau_of(reader, c, name, (membrane.as_ref(), &transfer), tau_node, size)?;
    if !conductance {
        without_membrane(c)?;
    }
    if reader.mean_field {
        of_neurons(c, name, size_node, f, &transfer)?;
    }
    c.finish()?;
    let population = Population {
        name: name.to_string(),
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
            "sigma follows Brunel's convention: tau dV/dt = mu - V + sigma sqrt(tau) xi; membrane_sd = sigma/sqrt(2) is the other one",
        ));
    };
    let given = quantity(n, &format!("{key} of {name}"), reader.units.input.as_ref())?;
    if given < 0.0 {
        return Err(n.error(format!("{key} of {name} is {given}; a standard deviation is never negative")));
    }
    if !transfer.uses_sigma() {
        let text = format!("{} does not use {key}; {name} behaves as if it were 0", transfer.name());
        reader.warn(Error::warning(text), &n.place);
    }
    Ok(if membrane_sd { sigma_from_membrane_sd(given) } else { given })
}

/// The membrane of a conductance-based population.
fn membrane_of(
    reader: &Reader,
    c: &Cursor,
    name: &str,
    node: Option<&Node>,
    reversal: Option<&Node>,
) -> Result<Membrane> {
    let Some(node) = node else {
        return Err(c.missing_with(
            "membrane",
            "the capacitance, leak and background of its membrane",
            "membrane = { C = 200, g_leak = 10, E_leak = -70 }",
        ));
    };
    let Some(reversal) = reversal else {
        return Err(c.missing("reversal", "the reversal potential of the synapses it makes"));
    };
    let reversal = quantity(reversal, &format!("reversal of {name}"), Some(&reader.units.voltage))?;
    membrane(
        reader,
        &Cursor::new(node, &format!("membrane of {name}"), &c.address("membrane"), &reader.log)?,
        reversal,
    )
}

/// The time constants of its units.
fn tau_of(
    reader: &Reader,
    c: &Cursor,
    name: &str,
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
            let tau = per_unit(node, &format!("tau of {name}"), Some(&reader.units.time), size)?;
            check_tau(reader, &tau, node, name)?;
            Ok(tau)
        }
        // The membrane's own time constant is the default where f has one.
        (None, None) => match transfer.parameters().iter().find(|(key, _)| key == "tau_m") {
            Some((_, tau_m)) => Ok(vec![*tau_m; size]),
            None => Err(c.missing_with("tau", "its time constant", "tau = 20, or tau = \"20 ms\"")),
        },
    }
}

/// Refuses keys of conductance-based populations.
fn without_membrane(c: &Cursor) -> Result<()> {
    let Some(key) = ["membrane", "reversal"].into_iter().find(|k| c.unused().any(|e| e.key == *k)) else {
        return Ok(());
    };
    let node = c.quietly(key).expect("an entry has it");
    Err(node
        .error(format!("{key} belongs to conductance-based circuits"))
        .with_help("write form = \"conductance\" at the top, or leave it out"))
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
        return Err(node.error(format!("tau of {name} is {bad} {text}; a time constant is positive")));
    }
    let ms = |t: f64| scale(t, reader.units.time.exponent + 3);
    if let Some(&t) = tau.iter().find(|t| ms(**t) < 0.1) {
        let warning =
            Error::warning(format!("tau of {name} is {t} {text}, a thousandth of what cortex shows"))
                .with_help(format!("seconds? Write \"{} ms\"", t * 1e3));
        reader.warn(warning, &node.place);
    } else if let Some(&t) = tau.iter().find(|t| ms(**t) > 1e4) {
        let warning =
            Error::warning(format!("tau of {name} is {t} {text}, hundreds of times what cortex shows"))
                .with_help(format!("milliseconds? Write \"{t} ms\""));
        reader.warn(warning, &node.place);
    }
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
                (kind.text().ok_or_else(|| kind.error(format!("the kind of {what} must be a text")))?, n)
            }
            (Value::Table(_), None) if is_change(&n.place) => ("linear", n),
            (Value::Table(_), None) => {
                return Err(n
                    .error(format!("{what} lacks its kind"))
                    .with_help(format!("kind = one of: {}", names())));
            }
            _ => return Err(n.error(format!("{what} must be a text or a table, not {}", n.value.sort()))),
        },
    };
    let f = c.below("f", table, &what)?;
    f.get_or("kind", &format!("\"{kind}\""));
    let kind_place = node.map(|n| n.get("kind").unwrap_or(n).place.clone());
    let at_kind = |e: Error| kind_place.clone().map_or(e.clone(), |p| e.at(p));
    if kind == Transfer::EXPRESSION {
        return expression(&f).map_err(at_kind);
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
            Some(d) => f.get_or(p.key, &format!("{d:?}")),
            None => f.get(p.key),
        })
        .collect();
    for (p, node) in law.parameters.iter().zip(values) {
        let Some(node) = node else {
            if p.default.is_none() {
                return Err(f.missing_with(p.key, p.meaning, &format!("{kind}: {}", law.equation)));
            }
            continue;
        };
        let value = match reader.units.parameter(p.quantity) {
            Ok(unit) => quantity(node, p.key, unit.as_ref())?,
            Err(()) if node.text().is_some() && p.quantity == Quantity::Free => {
                return Err(node
                    .error(format!("{} takes a bare number, without quotes", p.key))
                    .with_help(format!("{}; in the circuit's units", p.meaning)));
            }
            Err(()) => quantity(node, p.key, Some(&Unit::number()))?,
        };
        p.check(law.name, value).map_err(|e| e.at(node.place.clone()))?;
        given.push((p.key, value));
    }
    f.finish()?;
    Transfer::new(kind, &given, reader.units.rate_times_time()).map_err(at_kind)
}

fn names() -> String {
    KINDS.iter().map(|k| k.name).chain([Transfer::EXPRESSION]).collect::<Vec<_>>().join(", ")
}

/// A user's own expression; every key besides `kind` and `formula` is a constant of it.
fn expression(f: &Cursor) -> Result<Transfer> {
    let formula_node = f.require("formula", "an expression in x, such as \"log(1 + exp(a*x))/a\"")?;
    let formula = formula_node.text().ok_or_else(|| formula_node.error("formula must be a text"))?;
    let mut constants = Vec::new();
    for e in f.unused().collect::<Vec<_>>() {
        let node = f.get(&e.key).expect("the entry is there");
        constants.push((e.key.clone(), node.number(&format!("the constant {}", e.key))?));
    }
    Transfer::expression(formula, &constants).map_err(|e| e.at(formula_node.place.clone()))
}

fn membrane(reader: &Reader, c: &Cursor, synapse_reversal: f64) -> Result<Membrane> {
    let units = &reader.units;
    let need = |key: &str, meaning: &str, unit: &Unit| -> Result<(f64, Place)> {
        let node = c.require(key, meaning)?;
        Ok((quantity(node, key, Some(unit))?, node.place.clone()))
    };
    for key in ["C", "g_leak", "E_leak", "background"] {
        c.quietly(key);
    }
    let (capacitance, at) = need("C", "the capacitance", &units.capacitance)?;
    if capacitance <= 0.0 {
        return Err(Error::invalid(format!("C is {capacitance}; a capacitance is positive")).at(at));
    }
    let own = units.conductance.times(&units.time);
    let capacitance = scale(capacitance, units.capacitance.exponent - own.exponent);
    let (g, at) = need("g_leak", "the leak conductance", &units.conductance)?;
    if g <= 0.0 {
        return Err(Error::invalid(format!("g_leak is {g}; the leak conductance is positive")).at(at));
    }
    let (reversal, _) = need("E_leak", "the reversal potential of the leak", &units.voltage)?;
    let mut background = Vec::new();
    if let Some(node) = c.get("background") {
        let Value::List(items) = &node.value else {
            return Err(node.error("background must be a list").with_help("background = [{ g = 5, E = 0 }]"));
        };
        for item in items.iter() {
            // Entries of a list have no address.
            let b = Cursor::new(item, "an entry of background", "-", &Log::default())?;
            let g = b.require("g", "a conductance")?;
            let value = quantity(g, "g", Some(&units.conductance))?;
            if value < 0.0 {
                return Err(g.error(format!("g is {value}; a conductance is never negative")));
            }
            let e = quantity(b.require("E", "a reversal potential")?, "E", Some(&units.voltage))?;
            b.finish()?;
            background.push(Channel { g: value, reversal: e });
        }
    }
    c.finish()?;
    Ok(Membrane { capacitance, leak: Channel { g, reversal }, background, synapse_reversal })
}
