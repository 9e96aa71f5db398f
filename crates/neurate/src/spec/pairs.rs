//! Keys `"to <- from"`: which entry holds for which pair of populations.

use super::crowd::Crowd;
use super::cursor::Cursor;
use super::keys::{nearest, split_arrow};
use super::reader::Reader;
use super::source::is_change;
use super::value::Entry;
use crate::model::{Form, sign_allows};
use neurate_numerics::error::{Error, Place, Result};

/// The error for pairs that are not given; a misspelled key is the better one.
pub(super) fn missing_pairs(
    crowd: &Crowd,
    key: &str,
    given: &dyn Fn(usize, usize) -> bool,
    slip: Error,
) -> Error {
    if slip.message().starts_with("unknown") {
        return slip;
    }
    let mut missing = Vec::new();
    for (i, to) in crowd.names().into_iter().enumerate() {
        for (j, from) in crowd.names().into_iter().enumerate() {
            if !given(i, j) {
                missing.push(format!("\"{to} <- {from}\""));
            }
        }
    }
    let (count, shown) = (missing.len(), missing.len().min(9));
    let more = if count > shown { format!(" and {} more", count - shown) } else { String::new() };
    let place = slip.place().cloned().unwrap_or_else(|| crowd.place.clone());
    Error::invalid(format!("[{key}] lacks {}{more}", missing[..shown].join(", ")))
        .with_help(if key == "synapses" {
            "give every pair, or write default = 0: pairs left out are not connected"
        } else {
            "give every pair, 0 where there is no connection, or write default = 0"
        })
        .at(place)
}

/// `default = 0`: pairs that are not given are not connected.
pub(super) fn default_zero(c: &Cursor) -> Result<bool> {
    match c.quietly("default") {
        None => Ok(false),
        Some(n) if n.number("default").is_ok_and(|x| x == 0.0) => Ok(true),
        Some(n) => Err(n
            .error("default can only be 0: pairs that are not given are not connected")
            .with_help("one weight for many pairs: \"* <- E\" = 1.2")),
    }
}

/// Which entry holds for each pair of populations; `what` they give, for messages.
pub(super) fn choose<'a>(crowd: &Crowd, c: &Cursor<'a>, what: &str) -> Result<Vec<Option<&'a Entry>>> {
    let p = crowd.populations.len();
    let mut chosen: Vec<Option<(u8, &Entry)>> = vec![None; p * p];
    for e in c.entries() {
        let Some((to, from)) = pair(e)? else { continue };
        c.quietly(&e.key);
        let stars = u8::from(to == "*") + u8::from(from == "*");
        for i in which(crowd, to, e)? {
            for j in which(crowd, from, e)? {
                let slot = &mut chosen[i * p + j];
                match slot {
                    Some((s, _)) if *s < stars => {}
                    Some((s, old)) if *s == stars => {
                        let names = crowd.names();
                        return Err(Error::invalid(format!(
                            "\"{}\" and \"{}\" both give the {what} to {} from {}",
                            old.key, e.key, names[i], names[j]
                        ))
                        .with_help(
                            "an exact pair counts before one with *; two of a sort contradict each other",
                        )
                        .at(e.place.clone()));
                    }
                    _ => *slot = Some((stars, e)),
                }
            }
        }
    }
    Ok(chosen.into_iter().map(|s| s.map(|(_, e)| e)).collect())
}

/// Receiver and sender of a key, if it is a pair.
fn pair(e: &Entry) -> Result<Option<(&str, &str)>> {
    if let Some((to, from)) = split_arrow(&e.key) {
        return Ok(Some((to, from)));
    }
    if let Some((a, b)) = e.key.split_once("->") {
        let (a, b) = (a.trim(), b.trim());
        return Err(Error::invalid(format!("\"{}\": weights are written \"to <- from\"", e.key))
            .with_help(format!("you probably mean \"{b} <- {a}\""))
            .at(e.place.clone()));
    }
    Ok(None)
}

fn which(crowd: &Crowd, name: &str, e: &Entry) -> Result<Vec<usize>> {
    if name == "*" {
        return Ok((0..crowd.populations.len()).collect());
    }
    if let Some(p) = crowd.find(name) {
        return Ok(vec![p]);
    }
    if is_change(&e.place) {
        let help = match nearest(name, crowd.names().into_iter()) {
            Some(meant) => format!("did you mean {meant}? `neurate params FILE` lists all"),
            None => "`neurate params FILE` lists all".to_string(),
        };
        return Err(Error::invalid(format!("there is no population \"{name}\""))
            .with_help(help)
            .at(e.place.clone()));
    }
    Err(crowd.unknown(name, &e.place))
}

/// Refuses a weight against its sender's kind.
pub(super) fn check_sign(
    reader: &Reader,
    crowd: &Crowd,
    w: f64,
    (to, from): (usize, usize),
    place: &Place,
) -> Result<()> {
    let (sender, receiver) = (&crowd.populations[from], &crowd.populations[to].name);
    let name = &sender.name;
    let error = if reader.form == Form::Conductance {
        if sign_allows(reader.form, sender.kind, w) {
            return Ok(());
        }
        Error::invalid(format!(
            "the conductance to {receiver} from {name} is {w}: a conductance is never negative"
        ))
        .with_help(format!("write {:?}; inhibition comes from {name}'s reversal potential", -w))
    } else {
        if sign_allows(reader.form, sender.kind, w) {
            return Ok(());
        }
        Error::invalid(format!("{name} is {} but its weight onto {receiver} is {w:+}", sender.kind.name()))
            .with_help(format!("write {}, or set {name}'s kind to \"unconstrained\"", -w))
    };
    Err(error.at(place.clone()))
}
