//! From the tree of values to the circuit.

use super::changes::Change;
use super::conditions;
use super::crowd::Crowd;
use super::cursor::{Cursor, Log};
use super::declared::Declared;
use super::diagram;
use super::hints;
use super::like::{self, Resolved};
use super::populations;
use super::quantity::{quantity, read_seed};
use super::reader::Reader;
use super::sweep;
use super::table::Files;
use super::value::{Entry, Node, Value};
use super::{noise, run, slow, space, standard_errors, stimuli, synapses, weights};
use crate::model::{Circuit, Delays, FeatureSpace, Form, MeanField, Parameter, Parts, Signs, Weights};
use neurate_numerics::error::{Error, Place, Result};
use std::cell::RefCell;

/// The version of the format that this program reads.
pub const VERSION: i128 = 1;

/// Refuses a description of another version.
pub(super) fn check_version(root: &Node) -> Result<()> {
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
        .with_help(match v > VERSION {
            true => format!("write neurate = {VERSION}, or use a version of the program that reads {v}"),
            false => format!("write neurate = {VERSION}"),
        })
        .at(node.place.clone())),
        _ => Err(node
            .error(format!("the version of the format must be {VERSION}, a whole number"))
            .with_help(format!("write neurate = {VERSION}"))),
    }
}

/// What stands at the top of a description.
struct Top<'a> {
    cursor: Cursor<'a>,
    title: String,
    form: Form,
    seed: Option<u64>,
    populations: &'a Node,
    tables: Tables<'a>,
}

/// Its other tables.
struct Tables<'a> {
    units: Option<&'a Node>,
    w: Option<&'a Node>,
    g: Option<&'a Node>,
    connect: Option<&'a Node>,
    low_rank: Option<&'a Node>,
    space: Option<&'a Node>,
    delays: Option<&'a Node>,
    synapses: Option<&'a Node>,
    external: Option<&'a Node>,
    stimuli: Option<&'a Node>,
    noise: Option<&'a Node>,
    se: Option<&'a Node>,
    run: Option<&'a Node>,
    sweep: Option<&'a Node>,
    diagram: Option<&'a Node>,
}

impl<'a> Top<'a> {
    fn read(root: &'a Node, log: &Log) -> Result<Top<'a>> {
        let cursor = Cursor::new(root, "the file", "", log)?;
        cursor.quietly("neurate");
        let title = cursor.get_or("title", "\"\"");
        let form = cursor.get_or("form", "\"rate\"");
        let seed = cursor.get("seed");
        let of = |key| cursor.quietly(key);
        let (units, populations) = (of("units"), of("populations"));
        let tables = Tables {
            units,
            w: of("W"),
            g: of("G"),
            connect: of("connect"),
            stimuli: of("stimuli"),
            run: of("run"),
            synapses: of("synapses"),
            external: of("external"),
            noise: of("noise"),
            se: of("se"),
            delays: of("delays"),
            low_rank: of("low_rank"),
            space: of("space"),
            sweep: of("sweep"),
            diagram: of("diagram"),
        };
        of("conditions");
        cursor.finish()?;
        let title = match title {
            None => String::new(),
            Some(n) => n
                .text()
                .ok_or_else(|| n.error("title must be a text").with_help("write it in quotes"))?
                .to_string(),
        };
        let form = match form {
            None => Form::Rate,
            Some(_) => {
                let all = [Form::Rate, Form::Voltage, Form::Conductance].map(|f| (f.name(), f));
                cursor.word("form", &all)?.unwrap_or(Form::Rate)
            }
        };
        let seed = seed.map(read_seed).transpose()?;
        let Some(populations) = populations else {
            return Err(cursor.missing_with(
                "populations",
                "a circuit is made of populations",
                "[populations]\nE = { kind = \"excitatory\", tau = 20, f = \"linear\" }",
            ));
        };
        Ok(Top { cursor, title, form, seed, populations, tables })
    }
}

/// Builds what is described; `late` are changes of weights that stand in a matrix.
pub(super) fn circuit(root: &Node, late: &[Change], files: Option<&dyn Files>, log: &Log) -> Result<Circuit> {
    let top = Top::read(root, log)?;
    let (form, tables) = (top.form, &top.tables);
    let resolved = like::resolve(top.populations)?;
    let units = Declared::read(tables.units, form, &resolved, &top.cursor)?;
    let mean_field = tables.synapses.is_some();
    let reader = Reader { files, form, mean_field, units, log: log.clone(), warnings: RefCell::default() };
    sweep::read(tables.sweep, log)?;
    diagram::read(tables.diagram, log)?;
    conditions::all(root)?;
    let crowd = populations::read(&reader, &resolved)?;
    let connected = Connected::read(&reader, &crowd, &top)?;
    let Connected { weights, mean_field, delays, space, vary } = connected;
    let signs = crowd.signs(&weights);
    warn_of_idle(&reader, &signs, &resolved);
    hints::warn_of_names(&reader, &crowd, &signs, &resolved);
    let stimuli = stimuli::read(&reader, &crowd, tables.stimuli)?;
    let noise = noise::read(&reader, &crowd, tables.noise)?;
    let groups: Vec<_> = (0..crowd.populations.len()).map(|p| crowd.range(p)).collect();
    let means = || weights.mean_totals(&groups);
    let standard_errors = standard_errors::read(&reader, &crowd, tables.se, &means)?;
    let run = run::read(&reader, &crowd, tables.run, delays.is_some())?;

    // Here it is known where each stands.
    for (s, place) in &stimuli {
        s.check(form, &crowd.populations).map_err(|e| e.at(place.clone()))?;
    }
    for (s, place) in &noise {
        s.check(crowd.n()).map_err(|e| e.at(place.clone()))?;
    }
    let follows = like::follows(top.populations, &crowd);
    let circuit = Circuit::new(Parts {
        title: top.title,
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
        seed: top.seed,
        warnings: reader.warnings.take(),
        follows,
        weights_vary: vary,
    })?;
    late_changes(&reader, circuit, late)
}

/// The circuit of a description that differs from `before`, that of `built`, in `[run]` alone: everything else is shared.
pub(super) fn run_otherwise(
    root: &Node,
    files: Option<&dyn Files>,
    log: &Log,
    (before, built): (&Node, &Circuit),
) -> Result<Circuit> {
    let top = Top::read(root, log)?;
    let resolved = like::resolve(top.populations)?;
    let units = Declared::read(top.tables.units, top.form, &resolved, &top.cursor)?;
    let mean_field = top.tables.synapses.is_some();
    let warnings = RefCell::default();
    let reader = Reader { files, form: top.form, mean_field, units, log: log.clone(), warnings };
    let crowd = populations::read(&reader, &resolved)?;
    // What there was to say of the rest was said when it was built.
    reader.warnings.take();
    let run = run::read(&reader, &crowd, top.tables.run, built.delays().is_some())?;
    let of_run = |w: &Error| w.place().is_some_and(|p| before.get("run").is_some_and(|run| holds(run, p)));
    let kept = built.warnings().iter().filter(|w| !of_run(w)).cloned();
    let warnings = kept.chain(reader.warnings.take()).collect();
    Ok(built.with_run(run)?.with_warnings(warnings))
}

/// Whether a value, or one inside it, stands at a place.
fn holds(node: &Node, place: &Place) -> bool {
    let entry = |e: &Entry| e.place == *place || holds(&e.node, place);
    match &node.value {
        _ if node.place == *place => true,
        Value::Table(entries) => entries.iter().any(entry),
        Value::List(items) => items.iter().any(|item| holds(item, place)),
        _ => false,
    }
}

/// How the populations are connected.
struct Connected {
    weights: Weights,
    mean_field: Option<MeanField>,
    delays: Option<Delays>,
    space: Option<FeatureSpace>,
    /// Whether the weights between populations are numbers that the built circuit can vary.
    vary: bool,
}

impl Connected {
    fn read(reader: &Reader, crowd: &Crowd, top: &Top) -> Result<Connected> {
        let all = &top.tables;
        if let (Some(_), Some(node)) = (all.synapses, all.low_rank.or(all.space)) {
            return Err(node
                .error("[synapses] are given pair by pair: no patterns, no space")
                .with_help("leave out this table, or give weights in [W]"));
        }
        let delays = slow::delays(reader, crowd, all.delays)?;
        let space = space::read(crowd, all.space, &reader.log)?;
        let tables = weights::Tables {
            w: all.w,
            g: all.g,
            connect: all.connect,
            low_rank: all.low_rank,
            space: space.as_ref(),
            seed: top.seed,
            top: &top.cursor,
        };
        let kernel = |t: &Node| t.entries().is_some_and(|all| all.iter().any(|e| e.node.entries().is_some()));
        let vary = all.connect.is_none() && all.low_rank.is_none() && !all.w.is_some_and(kernel);
        let mean_field = synapses::read(reader, crowd, all.synapses, all.external, &tables)?;
        let weights = match &mean_field {
            Some(m) => m.mean().clone().into(),
            None => weights::read(reader, crowd, tables)?,
        };
        let space = space.map(|grid| grid.space);
        Ok(Connected { weights, mean_field, delays, space, vary })
    }
}

/// Changes of weights that stand in a matrix.
fn late_changes(reader: &Reader, circuit: Circuit, late: &[Change]) -> Result<Circuit> {
    let unit = reader.units.weight(reader.form);
    let mut values = Vec::with_capacity(late.len());
    for change in late {
        let value = quantity(change.node(), &format!("the weight {}", change.address()), unit.as_ref())?;
        let parameter = Parameter::from(change.address().clone());
        circuit.targets(change.address()).map_err(|e| e.at(change.place().clone()))?;
        values.push((parameter, value));
    }
    let Some(last) = late.last() else { return Ok(circuit) };
    let borrowed: Vec<(&Parameter, f64)> = values.iter().map(|(p, v)| (p, *v)).collect();
    circuit.with(&borrowed).map_err(|e| e.at(last.node().place.clone()))
}

/// A population that neither sends nor receives is probably a slip.
fn warn_of_idle(reader: &Reader, signs: &Signs, resolved: &[Resolved]) {
    if resolved.len() == 1 {
        return;
    }
    for (_, r) in resolved.iter().enumerate().filter(|(p, _)| signs.is_silent(*p)) {
        let text = format!("{} neither sends nor receives: all its weights are 0", r.name);
        let help = "give it a weight, or leave the population out";
        reader.warn(Error::warning(text).with_help(help), &r.place);
    }
}
