//! `[connect]`: connections drawn at random, pair by pair.

use super::crowd::Crowd;
use super::cursor::{Cursor, Log};
use super::keys::squeeze;
use super::pair_table;
use super::pairs::choose;
use super::quantity::quantity;
use super::reader::Reader;
use super::value::{Entry, Node};
use crate::model::unit::Unit;
use crate::model::{CellKind, Form, RandomBlock, random_weights};
use neurate_numerics::error::{Error, Result};

/// Reads the blocks to draw.
pub(super) fn read(
    reader: &Reader,
    crowd: &Crowd,
    node: Option<&Node>,
    unit: Option<&Unit>,
) -> Result<Vec<RandomBlock>> {
    let Some(node) = node else { return Ok(Vec::new()) };
    let read = pair_table::resolved(reader, crowd, node, "connect")?;
    let node = read.as_ref().unwrap_or(node);
    let c = Cursor::new(node, "[connect]", "connect", &reader.log)?;
    let chosen = choose(crowd, &c, "weights")?;
    if let Some(e) = c.unused().next() {
        return Err(Error::invalid(format!("\"{}\" is no pair of populations", e.key))
            .with_help("write \"to <- from\" = { p = 0.2, mean = 1.5 }")
            .at(e.place.clone()));
    }
    let p = crowd.populations.len();
    let mut blocks = Vec::new();
    // In the order of the file: each block has its own stream of random numbers.
    for e in c.entries() {
        let what = format!("the connection \"{}\"", e.key);
        let of_entry = |(k, chosen): (usize, &Option<&Entry>)| {
            chosen.is_some_and(|chosen| std::ptr::eq(chosen, e)).then_some((k / p, k % p))
        };
        let pairs: Vec<(usize, usize)> = chosen.iter().enumerate().filter_map(of_entry).collect();
        if !pair_table::has_tables(e) {
            let cell = Cursor::new(&e.node, &what, &c.address(&squeeze(&e.key)), &reader.log)?;
            add_blocks(reader, crowd, &cell, &pairs, unit, &mut blocks)?;
            continue;
        }
        for &pair in &pairs {
            let exact = pair_table::entry_of_pair(crowd, e, pair);
            Cursor::new(&exact.node, &what, "", &Log::default())
                .and_then(|cell| add_blocks(reader, crowd, &cell, &[pair], unit, &mut blocks))
                .map_err(|error| pair_table::explain(error, crowd, e, pair))?;
        }
        pair_table::note(crowd, &c, e, &pairs);
    }
    Ok(blocks)
}

/// Reads what stands in an entry, and adds a block for each of its pairs.
fn add_blocks(
    reader: &Reader,
    crowd: &Crowd,
    cell: &Cursor,
    pairs: &[(usize, usize)],
    unit: Option<&Unit>,
    blocks: &mut Vec<RandomBlock>,
) -> Result<()> {
    let drawn = match cell.quietly("g") {
        Some(node) => gaussian(cell, node, crowd.n(), unit)?,
        None => strength(cell, unit)?,
    };
    let self_connections = cell.boolean_or("self", drawn.gaussian)?;
    let exact_row_sums = cell.boolean_or("exact_row_sums", false)?;
    let reciprocity = match cell.get_or("reciprocity", "0.0") {
        Some(n) => {
            let r = quantity(n, "reciprocity", Some(&Unit::number()))?;
            if !(-1.0..=1.0).contains(&r) {
                return Err(n
                    .error(format!("reciprocity is {r}; a correlation is between -1 and 1"))
                    .with_help("reciprocity = 0 draws opposite weights independently, 1 makes them equal"));
            }
            r
        }
        None => 0.0,
    };
    cell.finish()?;
    let (mean, mean_node) = (drawn.mean, drawn.node);
    for &(to, from) in pairs {
        // Conductances are never negative, whatever the sender's kind.
        let kind = match reader.form {
            Form::Conductance => CellKind::Excitatory,
            _ => crowd.populations[from].kind,
        };
        let sender = &crowd.populations[from].name;
        let (to, from) = (crowd.range(to), crowd.range(from));
        let block = RandomBlock {
            to: to.clone(),
            from: from.clone(),
            kind,
            p: drawn.p,
            mean,
            sd: drawn.sd,
            self_connections,
            exact_row_sums,
            reciprocity,
        };
        // Drawing nothing checks all the rest.
        let within = to == from;
        let nothing = RandomBlock { to: 0..0, from: if within { 0..0 } else { 1..1 }, ..block.clone() };
        random_weights(&[nothing], 0).map_err(|e| {
            if reader.form == Form::Conductance && mean < 0.0 {
                Error::invalid(format!("mean is {mean}; a conductance is never negative")).with_help(
                    "inhibition comes from the sender's reversal potential: write the mean without a sign",
                )
            } else if mean_against(kind, mean) {
                Error::invalid(format!("{sender} is {} but its mean weight is {mean:+}", kind.name()))
                    .with_help(format!("write {}, or set {sender}'s kind to \"unconstrained\"", -mean))
            } else {
                e
            }
            .at(mean_node.place.clone())
        })?;
        blocks.push(block);
    }
    Ok(())
}

/// What `p`, `mean` and the spread say.
struct Drawn<'a> {
    p: f64,
    mean: f64,
    sd: f64,
    gaussian: bool,
    node: &'a Node,
}

fn strength<'a>(cell: &Cursor<'a>, unit: Option<&Unit>) -> Result<Drawn<'a>> {
    let (cv, sd) = (cell.get("cv"), cell.get("sd"));
    cell.quietly("mean");
    let Some(p_node) = cell.get("p") else {
        let help = "write p = 0.1; or g = 0.8 in place of p and mean, for all to all with mean 0";
        return Err(cell.missing_with("p", "the probability of a connection", help));
    };
    let p = quantity(p_node, "p", Some(&Unit::number()))?;
    if !(0.0..=1.0).contains(&p) {
        return Err(p_node
            .error(format!("p is {p}; a probability is between 0 and 1"))
            .with_help("for a tenth of all possible connections, write p = 0.1"));
    }
    let node = cell.require("mean", "the mean weight of a connection")?;
    let mean = quantity(node, "mean", unit)?;
    let spread = cv.or(sd);
    let sd = match (cv, sd) {
        (Some(n), Some(_)) => {
            return Err(n.error("cv and sd both give the spread").with_help("leave one out"));
        }
        (Some(n), None) => quantity(n, "cv", Some(&Unit::number()))? * mean.abs(),
        (None, Some(n)) => quantity(n, "sd", unit)?,
        (None, None) => 0.0,
    };
    if let Some(n) = spread.filter(|_| sd < 0.0) {
        return Err(n
            .error("a spread is never negative")
            .with_help("sd is a standard deviation, cv its ratio to the mean; 0 means equal weights"));
    }
    Ok(Drawn { p, mean, sd, gaussian: false, node })
}

/// `g`: all to all, mean 0, standard deviation `g / sqrt N`, N all units of the circuit.
fn gaussian<'a>(cell: &Cursor<'a>, node: &'a Node, n: usize, unit: Option<&Unit>) -> Result<Drawn<'a>> {
    cell.get("g");
    let g = quantity(node, "g", unit)?;
    if g < 0.0 {
        return Err(node
            .error("g is a spread, and never negative")
            .with_help("weights have the standard deviation g/sqrt(N): write a positive number"));
    }
    if let Some(other) = ["p", "mean", "sd", "cv"].iter().find_map(|k| cell.quietly(k)) {
        return Err(other.error("g says all of p, mean and sd").with_help(
            "g stands for p = 1, mean = 0, sd = g/sqrt(N), N the number of all units; leave it or this out",
        ));
    }
    Ok(Drawn { p: 1.0, mean: 0.0, sd: g / (n as f64).sqrt(), gaussian: true, node })
}

fn mean_against(kind: CellKind, mean: f64) -> bool {
    matches!((kind, mean < 0.0), (CellKind::Excitatory, true)) || (kind == CellKind::Inhibitory && mean > 0.0)
}
