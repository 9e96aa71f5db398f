//! `[se]`: standard errors of weights, time constants and inputs.

use super::crowd::Crowd;
use super::cursor::Cursor;
use super::pairs::choose;
use super::quantity::quantity;
use super::reader::Reader;
use super::value::Node;
use crate::model::transfer::Transfer;
use crate::model::unit::Unit;
use crate::model::{CellKind, Form, StandardError, Uncertain};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;

/// Reads the tables; `weights` are the mean total weights between populations.
pub(super) fn read(
    reader: &Reader,
    crowd: &Crowd,
    node: Option<&Node>,
    weights: &dyn Fn() -> Matrix,
) -> Result<Vec<StandardError>> {
    let Some(node) = node else { return Ok(Vec::new()) };
    let c = Cursor::new(node, "[se]", "se", &reader.log)?;
    let key = if reader.form == Form::Conductance { "G" } else { "W" };
    let (w, tau, h) = (c.quietly(key), c.quietly("tau"), c.quietly("h"));
    let refractory = c.quietly(Transfer::REFRACTORY);
    c.finish()?;
    if reader.mean_field {
        return Err(node
            .error("[se] does not belong to circuits with [synapses]")
            .with_help("vary a jump by hand: --set 'synapses.E<-I.J=-0.6'"));
    }
    let mut all = Vec::new();
    if let Some(node) = w {
        pairs(reader, crowd, &c.below(key, node, &format!("[se.{key}]"))?, &weights(), &mut all)?;
    }
    if let Some(node) = tau {
        let c = c.below("tau", node, "[se.tau]")?;
        if reader.form == Form::Conductance {
            return Err(node
                .error("time constants of a conductance-based circuit follow from its membranes")
                .with_help("leave [se.tau] out"));
        }
        each(
            crowd,
            &c,
            "tau",
            Some(&reader.units.time),
            |p| Some(mean(&crowd.populations[p].tau)),
            Uncertain::Tau,
            &mut all,
        )?;
    }
    if let Some(node) = h {
        let c = c.below("h", node, "[se.h]")?;
        each(
            crowd,
            &c,
            "h",
            reader.units.drive.as_ref(),
            |p| Some(mean(&crowd.populations[p].h)),
            Uncertain::Input,
            &mut all,
        )?;
    }
    if let Some(node) = refractory {
        let c = c.below(Transfer::REFRACTORY, node, "[se.refractory]")?;
        let own = |p: usize| {
            let transfer = &crowd.populations[p].transfer;
            transfer.extras()[1].map(|_| transfer.refractory())
        };
        let unit = Unit::number().per(&reader.units.rate);
        each(crowd, &c, "the refractory fraction", Some(&unit), own, Uncertain::Refractory, &mut all)?;
    }
    Ok(all)
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// `"E <- E" = 0.1`: exact pairs count before those with `*`, as in `[W]`.
fn pairs(
    reader: &Reader,
    crowd: &Crowd,
    c: &Cursor,
    weights: &Matrix,
    all: &mut Vec<StandardError>,
) -> Result<()> {
    let p = crowd.populations.len();
    let unit = reader.units.weight(reader.form);
    let chosen = choose(crowd, c, "standard errors")?;
    c.finish()?;
    for (k, entry) in chosen.iter().enumerate() {
        let Some(e) = entry else { continue };
        let (to, from) = (k / p, k % p);
        let (receiver, sender) = (&crowd.populations[to].name, &crowd.populations[from]);
        c.note(c.address(&format!("{receiver}<-{}", sender.name)), || Some(e.node.render()));
        let mean = weights[(to, from)];
        let se = error_of(&e.node, mean, unit.as_ref())?;
        let signed = reader.form == Form::Conductance || sender.kind != CellKind::Unconstrained;
        // A pattern with * passes over connections that are not there.
        if signed && mean == 0.0 && e.key.contains('*') {
            continue;
        }
        if signed && mean == 0.0 && se > 0.0 {
            return Err(e.node.error(format!("the weight to {receiver} from {} is 0, and keeps its sign: it can have no standard error", sender.name))
                .with_help(format!("give the weight, or set {}'s kind to \"unconstrained\"", sender.name)));
        }
        all.push(StandardError { parameter: Uncertain::Weight { to, from }, mean, se });
    }
    Ok(())
}

/// `E = 2`, or `"*" = "10 %"`. `mean`: None for a population that lacks the parameter, over which `*` passes.
fn each(
    crowd: &Crowd,
    c: &Cursor,
    what: &str,
    unit: Option<&Unit>,
    mean: impl Fn(usize) -> Option<f64>,
    parameter: impl Fn(usize) -> Uncertain,
    all: &mut Vec<StandardError>,
) -> Result<()> {
    let everyone = c.get("*");
    for (p, population) in crowd.populations.iter().enumerate() {
        let own = c.get(&population.name);
        let Some(node) = own.or(everyone) else { continue };
        let Some(mean) = mean(p) else {
            let Some(node) = own else { continue };
            return Err(node
                .error(format!("{} lacks {what}: it can have no standard error", population.name))
                .with_help(format!("give it to the population, or leave {} out here", population.name)));
        };
        let se = error_of(node, mean, unit)?;
        // What keeps its sign has a distribution over positive numbers.
        let signed = !matches!(parameter(p), Uncertain::Input(_));
        if signed && mean == 0.0 && se > 0.0 {
            return Err(node
                .error(format!(
                    "{what} of {} is 0, and keeps its sign: it can have no standard error",
                    population.name
                ))
                .with_help("give it another value, or leave it out here"));
        }
        all.push(StandardError { parameter: parameter(p), mean, se });
    }
    if let Some(e) = c.unused().next() {
        return Err(match crowd.find(&e.key) {
            Some(_) => Error::invalid(format!("{what} of {} is given twice", e.key))
                .with_help("leave one of them out")
                .at(e.place.clone()),
            None => crowd.unknown(&e.key, &e.place),
        });
    }
    Ok(())
}

/// A quantity, or a share of the mean: `"10 %"`.
fn error_of(node: &Node, mean: f64, unit: Option<&Unit>) -> Result<f64> {
    let share = node.text().and_then(|t| t.trim().strip_suffix('%')).map(|t| t.trim().parse::<f64>());
    let se = match share {
        Some(Ok(x)) if x.is_finite() => x / 100.0 * mean.abs(),
        Some(_) => {
            return Err(node
                .error("a standard error in percent is a number and %")
                .with_help("write \"10 %\" for a tenth of the value"));
        }
        None => quantity(node, "a standard error", unit)?,
    };
    if se < 0.0 {
        return Err(node
            .error(format!("a standard error is {se}; it is never negative"))
            .with_help("write a positive number, or a share of the value such as \"10 %\""));
    }
    Ok(se)
}
