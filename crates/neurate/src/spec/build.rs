//! From the tree of values to the circuit.

use super::changes::{LateChange, Overrides};
use super::cursor::{Address, Cursor, Log};
use super::declared::Declared;
use super::populations::{self, Crowd, Resolved};
use super::quantity::{self, read_seed};
use super::reader::Reader;
use super::sweep::{self, SweepTable};
use super::value::{Node, Source, Value};
use super::{noise, run, slow, space, standard_errors, stimuli, synapses, weights};
use crate::file::{Document, text as tree};
use crate::model::{Circuit, Form, Parameter, Parts, Weights};
use neurate_numerics::error::{Error, Place, Result};
use std::cell::RefCell;

/// The version of the format that this program reads.
pub const VERSION: i128 = 1;

/// All that a document says.
pub(crate) struct Parsed {
    pub circuit: Circuit,
    pub addresses: Vec<Address>,
    pub sweep: Option<SweepTable>,
}

pub(crate) fn parse_with(document: &Document) -> Result<Parsed> {
    let text = document.text.as_str();
    let source = Source::new(&document.name, text);
    let start = source.place(0..0);
    if text.trim().is_empty() {
        return Err(Error::invalid("the file is empty")
            .with_help("`neurate new ei` writes one to start from")
            .at(start));
    }
    let mut root = tree::parse(&source)?;
    root.place = start.clone();
    check_version(&root)?;
    let late = Overrides::new(&document.sets)?.apply(&mut root)?;
    check_version(&root)?;
    read_tree(&root, document, &late).map_err(|e| e.at(start))
}

fn check_version(root: &Node) -> Result<()> {
    let Some(node) = root.get("neurate") else {
        return Err(Error::invalid("the file does not say which version of the format it has")
            .with_help(format!("write neurate = {VERSION} at its top"))
            .at(root.place.clone()));
    };
    match node.value {
        Value::Integer(VERSION) => Ok(()),
        Value::Integer(v) => Err(Error::unsupported(format!(
            "the file has version {v} of the format; this program reads version {VERSION}"
        ))
        .at(node.place.clone())),
        _ => Err(node.error(format!("the version of the format must be {VERSION}, a whole number"))),
    }
}

fn read_tree(root: &Node, document: &Document, late: &[LateChange]) -> Result<Parsed> {
    let log = Log::default();
    let top = Cursor::new(root, "the file", "", &log)?;
    top.quietly("neurate");
    let title = top.get_or("title", "\"\"");
    let form = top.get_or("form", "\"rate\"");
    let seed = top.get("seed");
    let tables = ["units", "populations", "W", "G", "connect", "stimuli", "run"].map(|key| top.quietly(key));
    let [units, populations, w, g, connect, stimuli, run] = tables;
    let [synapses, external] = ["synapses", "external"].map(|key| top.quietly(key));
    let [noise, se] = ["noise", "se"].map(|key| top.quietly(key));
    let delays = top.quietly("delays");
    let [low_rank, space_node] = ["low_rank", "space"].map(|key| top.quietly(key));
    let sweep = top.quietly("sweep");
    top.finish()?;

    let title = match title {
        None => String::new(),
        Some(n) => n.text().ok_or_else(|| n.error("title must be a text"))?.to_string(),
    };
    let form = match form {
        None => Form::Rate,
        Some(_) => {
            let all = [Form::Rate, Form::Voltage, Form::Conductance].map(|f| (f.name(), f));
            top.word("form", &all)?.unwrap_or(Form::Rate)
        }
    };
    let seed = seed.map(read_seed).transpose()?;
    let Some(populations) = populations else {
        return Err(top.missing_with(
            "populations",
            "a circuit is made of populations",
            "[populations]\nE = { kind = \"excitatory\", tau = 20, f = \"linear\" }",
        ));
    };
    let (described, populations) = (populations, populations::resolve(populations)?);
    let units = Declared::read(units, form, &populations, &top)?;
    let mean_field = synapses.is_some();
    let reader = Reader { document, form, mean_field, units, log: log.clone(), warnings: RefCell::default() };
    let sweep = sweep::read(&reader, sweep)?;
    let crowd = populations::read(&reader, &populations)?;
    if let (Some(_), Some(node)) = (synapses, low_rank.or(space_node)) {
        return Err(node
            .error("[synapses] are given pair by pair: no patterns, no space")
            .with_help("leave out this table, or give weights in [W]"));
    }
    let delays = slow::delays(&reader, &crowd, delays)?;
    let space = space::read(space_node, &log)?;
    let tables = weights::Tables { w, g, connect, low_rank, space: space.as_ref(), seed, top: &top };
    let kernel = |t: &Node| t.entries().is_some_and(|all| all.iter().any(|e| e.node.entries().is_some()));
    let weights_vary = tables.connect.is_none() && tables.low_rank.is_none() && !tables.w.is_some_and(kernel);
    let mean_field = synapses::read(&reader, &crowd, synapses, external, &tables)?;
    let weights = match &mean_field {
        Some(m) => m.mean().clone().into(),
        None => weights::read(&reader, &crowd, tables)?,
    };
    warn_of_idle(&reader, &crowd, &weights, &populations);
    let stimuli = stimuli::read(&reader, &crowd, stimuli)?;
    let noise = noise::read(&reader, &crowd, noise)?;
    let groups: Vec<_> = (0..crowd.populations.len()).map(|p| crowd.range(p)).collect();
    let means = || weights.mean_totals(&groups);
    let standard_errors = standard_errors::read(&reader, &crowd, se, &means)?;
    let run = run::read(&reader, &crowd, run, delays.is_some())?;

    let places = stimuli.iter().map(|(s, p)| (format!("stimulus {}: ", s.name), p.clone()));
    let of_noise = noise.iter().map(|(s, p)| (format!("noise {}: ", s.name), p.clone()));
    let places: Vec<(String, Place)> = places.chain(of_noise).collect();
    let follows = populations::follows(described, &crowd);
    let circuit = Circuit::new(Parts {
        title,
        form,
        populations: crowd.populations,
        weights,
        mean_field,
        delays,
        space,
        stimuli: stimuli.into_iter().map(|(s, _)| s).collect(),
        noise: noise.into_iter().map(|(s, _)| s).collect(),
        standard_errors,
        run,
        units: reader.units.names(form),
        seed,
        warnings: reader.warnings.take(),
        follows,
        weights_vary,
    })
    .map_err(|e| match places.into_iter().find(|(lead, _)| e.message().starts_with(lead.as_str())) {
        Some((_, place)) => e.at(place),
        None => e,
    })?;
    let circuit = late_changes(&reader, circuit, late)?;
    drop(top);
    Ok(Parsed { circuit, addresses: log.take(), sweep })
}

/// Changes of weights that stand in a matrix.
fn late_changes(reader: &Reader, circuit: Circuit, late: &[LateChange]) -> Result<Circuit> {
    let unit = reader.units.weight(reader.form);
    let mut values = Vec::with_capacity(late.len());
    for change in late {
        let value =
            quantity::quantity(&change.value, &format!("the weight {}", change.address), unit.as_ref())?;
        let parameter = Parameter::from(change.address.clone());
        circuit.targets(&change.address).map_err(|e| e.at(change.key.clone()))?;
        values.push((parameter, value));
    }
    let Some(last) = late.last() else { return Ok(circuit) };
    let borrowed: Vec<(&Parameter, f64)> = values.iter().map(|(p, v)| (p, *v)).collect();
    circuit.with(&borrowed).map_err(|e| e.at(last.value.place.clone()))
}

/// A population that neither sends nor receives is probably a slip.
fn warn_of_idle(reader: &Reader, crowd: &Crowd, weights: &Weights, resolved: &[Resolved]) {
    let mut idle = vec![resolved.len() > 1; resolved.len()];
    let groups: Vec<_> = (0..resolved.len()).map(|p| crowd.range(p)).collect();
    weights.representatives(&groups, |to, from, w| {
        if w != 0.0 {
            idle[crowd.population_of(to)] = false;
            idle[crowd.population_of(from)] = false;
        }
    });
    for (r, _) in resolved.iter().zip(idle).filter(|(_, idle)| *idle) {
        let text = format!("{} neither sends nor receives: all its weights are 0", r.name);
        reader.warn(Error::warning(text), &r.place);
    }
}
