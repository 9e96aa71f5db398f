//! `[synapses]` and `[external]`: in-degrees, jumps and delays of integrate-and-fire populations.

use super::crowd::Crowd;
use super::cursor::Cursor;
use super::keys::{nearest, split_arrow, squeeze};
use super::pair_table;
use super::pairs::{check_sign, choose, default_zero, missing_pairs};
use super::quantity::quantity;
use super::reader::Reader;
use super::times::{self, Usual};
use super::value::{Entry, Node, Value};
use super::weights::Tables;
use crate::model::unit::Unit;
use crate::model::{Form, MeanField, PoissonDrive, Synapses};
use neurate_numerics::error::{Error, Result};

/// Reads both tables; None if there are no synapses.
pub(super) fn read(
    reader: &Reader,
    crowd: &Crowd,
    synapses: Option<&Node>,
    external: Option<&Node>,
    weights: &Tables,
) -> Result<Option<MeanField>> {
    let Some(node) = synapses else {
        return match external {
            None => Ok(None),
            Some(node) => Err(node
                .error("[external] drives populations of spiking neurons, which [synapses] describe")
                .with_help(
                    "add [synapses] (default = 0 if there are none), or give h and sigma in the populations",
                )),
        };
    };
    for (key, table) in [("W", weights.w), ("G", weights.g), ("connect", weights.connect)] {
        if let Some(table) = table {
            return Err(table
                .error(format!("[{key}] and [synapses] both give the weights"))
                .with_help("in-degrees and jumps make them: tau_m K J for each pair; leave one table out"));
        }
    }
    if reader.form != Form::Rate {
        return Err(node
            .error(format!("[synapses] does not belong to form = \"{}\"", reader.form.name()))
            .with_help("mean-field input needs form = \"rate\": sigma depends on the rates"));
    }
    let read = pair_table::resolved(reader, crowd, node, "synapses")?;
    let node = read.as_ref().unwrap_or(node);
    let c = Cursor::new(node, "[synapses]", "synapses", &reader.log)?;
    let synapses = pairs(reader, crowd, &c)?;
    let drives = match external {
        Some(node) => drives(reader, crowd, &Cursor::new(node, "[external]", "external", &reader.log)?)?,
        None => Vec::new(),
    };
    let tau_m: Vec<f64> =
        crowd.populations.iter().filter_map(|p| p.transfer.lif()).map(|l| l.neuron.tau_m).collect();
    let rate_times_time = reader.units.rate_times_time();
    MeanField::new(crowd.neurons.clone(), &tau_m, synapses, drives, rate_times_time)
        .map(Some)
        .map_err(|e| e.at(node.place.clone()))
}

fn pairs(reader: &Reader, crowd: &Crowd, c: &Cursor) -> Result<Vec<Synapses>> {
    let p = crowd.populations.len();
    let default = default_zero(c)?;
    let chosen = choose(crowd, c, "weights")?;
    c.finish()?;
    if !default && chosen.iter().any(Option::is_none) {
        let slip = Error::invalid("pairs are missing").at(c.place.clone());
        return Err(missing_pairs(crowd, "synapses", &|to, from| chosen[to * p + from].is_some(), slip));
    }
    let mut all = Vec::new();
    let mut used: Vec<*const Entry> = Vec::new();
    for (k, entry) in chosen.iter().enumerate() {
        let Some(e) = entry else { continue };
        used.push(*e);
        let pair_of = (k / p, k % p);
        let (entry, donors) = completed(crowd, c, e, pair_of);
        used.extend(donors);
        if !pair_table::has_tables(&entry) {
            all.push(pair(reader, crowd, c, &entry, pair_of)?);
            continue;
        }
        let exact = pair_table::entry_of_pair(crowd, &entry, pair_of);
        // A table has a number for every pair: where it is 0 there are no synapses.
        let none = |key: &str| pair_table::is_zero(&entry, &exact, key);
        if !none("K") && !none("p") {
            let of_pair = pair(reader, crowd, c, &exact, pair_of);
            all.push(of_pair.map_err(|error| pair_table::explain(error, crowd, &entry, pair_of))?);
        }
    }
    if let Some(e) =
        c.entries().iter().find(|e| split_arrow(&e.key).is_some() && !used.contains(&std::ptr::from_ref(*e)))
    {
        return Err(Error::invalid(format!(
            "nothing comes of \"{}\": for each of its pairs another entry holds",
            e.key
        ))
        .with_help("an exact pair counts before one with *; change that one, or leave one of them out")
        .at(e.place.clone()));
    }
    Ok(all)
}

/// The entry with the keys that it lacks from less exact ones for the same pair, so that `"E <- I"` may
/// change one number of `"* <- I"`. And which those were.
fn completed(crowd: &Crowd, c: &Cursor, e: &Entry, (to, from): (usize, usize)) -> (Entry, Vec<*const Entry>) {
    let stars = |key: &str| key.matches('*').count();
    let fits = |name: &str, p: usize| name == "*" || name == crowd.populations[p].name;
    let mut others: Vec<&Entry> = c
        .entries()
        .iter()
        .filter(|o| split_arrow(&o.key).is_some_and(|(a, b)| fits(a, to) && fits(b, from)))
        .filter(|o| stars(&o.key) > stars(&e.key))
        .collect();
    others.sort_by_key(|o| stars(&o.key));
    let mut entry = e.clone();
    let mut donors = Vec::new();
    let Value::Table(own) = &mut entry.node.value else { return (entry, donors) };
    // K and p say the same thing: one of one's own replaces either.
    let degree = own.iter().any(|k| k.key == "K" || k.key == "p");
    for other in others {
        for key in other.node.entries().unwrap_or_default() {
            let replaced = degree && (key.key == "K" || key.key == "p");
            if !replaced && own.iter().all(|k| k.key != key.key) {
                own.push(key.clone());
                donors.push(std::ptr::from_ref(other));
            }
        }
    }
    (entry, donors)
}

fn pair(
    reader: &Reader,
    crowd: &Crowd,
    table: &Cursor,
    e: &Entry,
    (to, from): (usize, usize),
) -> Result<Synapses> {
    let what = format!("the entry \"{}\"", e.key);
    if e.node.entries().is_none() {
        return Err(e
            .node
            .error(format!("{what} must be a table, not {}", e.node.value.sort()))
            .with_help("{ K = 1000, J = 0.1, delay = 1.5 }: in-degree, jump, delay"));
    }
    let c = Cursor::new(&e.node, &what, &table.address(&squeeze(&e.key)), &reader.log)?;
    let [k, p] = ["K", "p"].map(|key| c.quietly(key));
    let jump_node = c.require("J", "by how much one spike moves the potential")?;
    let jump = quantity(jump_node, "J", reader.units.input.as_ref())?;
    check_sign(reader, crowd, jump, (to, from), &jump_node.place)?;
    let time = Some(&reader.units.time);
    let lasting = |key: &str, unit: Option<&Unit>| -> Result<f64> {
        let value = c.quantity_or(key, key, unit, 0.0)?;
        match c.quietly(key) {
            Some(node) if value < 0.0 => Err(node
                .error(format!("{key} is {value}; it is never negative"))
                .with_help(format!("write a positive number, or leave {key} out for 0"))),
            _ => Ok(value),
        }
    };
    let delay = lasting("delay", time)?;
    let delay_sd = lasting("delay_sd", time)?;
    if let Some(node) = c.quietly("delay") {
        times::check(reader, node, &format!("delay of {}", c.what), delay, Usual::DELAY);
    }
    if let Some(node) = c.quietly("delay_sd").filter(|_| delay_sd > 0.0 && delay == 0.0) {
        return Err(node
            .error(format!(
                "delay_sd is {delay_sd}, but the delay is 0: delays are never negative, so none can vary"
            ))
            .with_help("give the mean delay as well: delay = 1.5"));
    }
    if let Some(node) = c.quietly("delay_sd").filter(|_| delay_sd > delay) {
        return Err(node.error(format!("delay_sd is {delay_sd}, more than the delay, {delay}")).with_help(
            "at delay_sd = delay the delays are exponential; a wider spread means that nearly all are 0",
        ));
    }
    let jump_cv = lasting("cv", Some(&Unit::number()))?;
    let multapses = c.boolean_or("multapses", false)?;
    let in_degree = in_degree(&c, crowd, k, p, (to, from), multapses)?;
    c.finish()?;
    Ok(Synapses { to, from, in_degree, jump, jump_cv, delay, delay_sd })
}

/// The in-degree, from `K`, from a probability, or from both if they agree.
fn in_degree(
    c: &Cursor,
    crowd: &Crowd,
    k: Option<&Node>,
    p: Option<&Node>,
    (to, from): (usize, usize),
    multapses: bool,
) -> Result<f64> {
    let (senders, sender) = (crowd.neurons[from] as f64, &crowd.populations[from].name);
    let number = |node: &Node, key: &str| quantity(node, key, Some(&Unit::number()));
    // Which of the two is there is the parameter that --set takes.
    for (key, node) in [("K", k), ("p", p)] {
        if node.is_some() {
            c.get(key);
        }
    }
    let by_probability = match p {
        None => None,
        Some(node) => {
            let p = number(node, "p")?;
            if !(p > 0.0 && p <= 1.0) {
                return Err(node
                    .error(format!("p is {p}; the probability of a connection is above 0, and at most 1"))
                    .with_help("leave the pair out and write default = 0 if there are no synapses"));
            }
            Some(p * senders)
        }
    };
    let Some(node) = k else {
        return by_probability.ok_or_else(|| {
            c.missing_with("K", "the number of synapses that each receiver has", "K = 1000, or p = 0.1")
        });
    };
    let k = number(node, "K")?;
    if k <= 0.0 {
        return Err(node
            .error(format!("K is {k}; an in-degree is positive"))
            .with_help("leave the pair out and write default = 0 if there are no synapses"));
    }
    if let Some(expected) = by_probability.filter(|e| (e / k - 1.0).abs() > 1e-6) {
        return Err(node
            .error(format!("K is {k}, but p times the {senders} neurons of {sender} make {expected}"))
            .with_help("leave K or p out"));
    }
    if k > senders && !multapses {
        let receiver = &crowd.populations[to].name;
        return Err(node
            .error(format!(
                "each neuron of {receiver} has {k} synapses from {sender}, which has {senders} neurons"
            ))
            .with_help("make the population larger, or write multapses = true: one neuron may send several synapses to another"));
    }
    Ok(k)
}

fn drives(reader: &Reader, crowd: &Crowd, c: &Cursor) -> Result<Vec<PoissonDrive>> {
    let mut all = Vec::new();
    for e in c.entries() {
        let node = c.quietly(&e.key).expect("the entry is there");
        let what = format!("the drive {}", e.key);
        if node.entries().is_none() {
            return Err(node
                .error(format!("{what} must be a table, not {}", node.value.sort()))
                .with_help("drive = { to = \"*\", kind = \"poisson\", rate = 20000, J = 0.1 }"));
        }
        let d = c.below(&e.key, node, &what)?;
        let to = receivers(crowd, d.require("to", "the population that it drives, or \"*\" for all")?)?;
        d.word("kind", &[("poisson", ())])?;
        let rate_node = d.require("rate", "the rate of the outside spikes")?;
        let rate = quantity(rate_node, "rate", Some(&reader.units.rate))?;
        if rate < 0.0 {
            return Err(rate_node
                .error(format!("rate is {rate}; a rate is never negative"))
                .with_help("inhibition from outside is a negative jump: J = -0.1"));
        }
        let jump = quantity(
            d.require("J", "by how much one spike moves the potential")?,
            "J",
            reader.units.input.as_ref(),
        )?;
        let in_degree = d.quantity_or("K", "K", Some(&Unit::number()), 1.0)?;
        if in_degree < 0.0 {
            let node = d.quietly("K").unwrap_or(node);
            return Err(node
                .error(format!("K is {in_degree}; an in-degree is never negative"))
                .with_help("inhibition from outside is a negative jump: J = -0.1"));
        }
        d.finish()?;
        all.extend(to.into_iter().map(|to| PoissonDrive { name: e.key.clone(), to, in_degree, rate, jump }));
    }
    Ok(all)
}

/// `"*"`, a name, or a list of names.
fn receivers(crowd: &Crowd, node: &Node) -> Result<Vec<usize>> {
    let find = |node: &Node| -> Result<usize> {
        let name = node.text().ok_or_else(|| {
            node.error(format!(
                "to must be a population's name, a list of them, or \"*\", not {}",
                node.value.sort()
            ))
            .with_help(format!("there are: {}", crowd.names().join(", ")))
        })?;
        crowd.find(name).ok_or_else(|| {
            let error = node.error(format!("there is no population \"{name}\""));
            match nearest(name, crowd.names().into_iter()) {
                Some(meant) => error.with_help(format!("did you mean {meant}?")),
                None => error.with_help(format!("there are: {}", crowd.names().join(", "))),
            }
        })
    };
    match &node.value {
        Value::Text(all) if all == "*" => Ok((0..crowd.populations.len()).collect()),
        Value::List(names) if names.is_empty() => {
            Err(node.error("to names no population").with_help("a name, a list of names, or \"*\" for all"))
        }
        Value::List(names) => {
            let mut all = Vec::new();
            for name in names.iter() {
                let p = find(name)?;
                if all.contains(&p) {
                    return Err(name
                        .error(format!("{} stands twice in to", crowd.populations[p].name))
                        .with_help("leave one of them out; a stronger drive has a larger K or rate"));
                }
                all.push(p);
            }
            Ok(all)
        }
        _ => Ok(vec![find(node)?]),
    }
}
