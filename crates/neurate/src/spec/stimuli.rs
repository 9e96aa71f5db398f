//! `[stimuli]`: inputs over time, on top of the constant `h`.

use super::crowd::Crowd;
use super::cursor::Cursor;
use super::quantity::quantity;
use super::reader::Reader;
use super::recording;
use super::times::{Usual, check};
use super::value::{Node, Value};
use crate::model::unit::{Unit, scale};
use crate::model::{Stimulus, Waveform};
use neurate_numerics::error::{Error, Place, Result};
use std::f64::consts::PI;

#[derive(Clone, Copy)]
enum Kind {
    Pulse,
    Step,
    Ramp,
    Sinusoid,
    Samples,
}

const KINDS: [(&str, Kind); 5] = [
    ("pulse", Kind::Pulse),
    ("step", Kind::Step),
    ("ramp", Kind::Ramp),
    ("sinusoid", Kind::Sinusoid),
    ("samples", Kind::Samples),
];

/// Reads all stimuli, each with its place.
pub(super) fn read(reader: &Reader, crowd: &Crowd, node: Option<&Node>) -> Result<Vec<(Stimulus, Place)>> {
    let Some(node) = node else { return Ok(Vec::new()) };
    let all = Cursor::new(node, "[stimuli]", "stimuli", &reader.log)?;
    let mut stimuli = Vec::new();
    for e in all.entries() {
        let mut c = all.below(&e.key, &e.node, &format!("stimulus {}", e.key))?;
        c.place = e.place.clone();
        let (to, pattern) = (c.get("to"), c.get("pattern"));
        let Some(kind) = c.word("kind", &KINDS)? else {
            let names: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
            return Err(c.missing_with(
                "kind",
                "its kind of time course",
                &format!("one of: {}", names.join(", ")),
            ));
        };
        let waveform = waveform(reader, crowd, &c, kind)?;
        let pattern = match (to, pattern) {
            (Some(to), None) => targets(crowd, to)?,
            (None, Some(pattern)) => weights(crowd, &c, pattern)?,
            (Some(_), Some(pattern)) => {
                return Err(pattern
                    .error("to and pattern both say whom it reaches")
                    .with_help("leave one out"));
            }
            (None, None) => {
                return Err(c.missing_with(
                    "to",
                    "the population, unit or list of them that it reaches",
                    "write to = \"E\", or how much each population gets: pattern = { E = 1, I = -1 }",
                ));
            }
        };
        c.finish()?;
        warn_of_short(reader, crowd, &c, &waveform);
        stimuli.push((Stimulus { name: e.key.clone(), pattern, waveform }, e.place.clone()));
    }
    Ok(stimuli)
}

fn waveform(reader: &Reader, crowd: &Crowd, c: &Cursor, kind: Kind) -> Result<Waveform> {
    let units = &reader.units;
    let (time, drive) = (&units.time, units.drive.as_ref());
    if let Kind::Samples = kind {
        return samples(reader, crowd, c);
    }
    let at = c.quantity_or("at", "at", Some(time), 0.0)?;
    let until = |c: &Cursor| -> Result<f64> {
        let Some(node) = c.get("until") else { return Ok(f64::INFINITY) };
        let until = quantity(node, "until", Some(time))?;
        if until > at {
            return Ok(until);
        }
        Err(node
            .error(format!("until is {until}, not after its start at {at}"))
            .with_help("until is a time, not a duration; leave it out if the stimulus lasts for good"))
    };
    let need = |key: &str, meaning: &str, unit: Option<&Unit>| -> Result<f64> {
        quantity(c.require(key, meaning)?, key, unit)
    };
    match kind {
        Kind::Pulse => {
            let (area, amplitude) = (c.get("area"), c.get("amplitude"));
            let duration = c.get("duration");
            let value = match duration {
                None => None,
                Some(node) => {
                    let value = quantity(node, "duration", Some(time))?;
                    if value <= 0.0 {
                        return Err(node
                            .error(format!("duration is {value}; it must be positive"))
                            .with_help("a pulse without a duration is instantaneous: { area = ... }"));
                    }
                    Some(value)
                }
            };
            let area_unit = drive.map(|d| d.times(time));
            match (value, area, amplitude) {
                (_, Some(_), Some(n)) => {
                    Err(n.error("area and amplitude both give the pulse's size").with_help("leave one out"))
                }
                (None, Some(n), None) => {
                    Ok(Waveform::Impulse { at, area: quantity(n, "area", area_unit.as_ref())? })
                }
                (Some(d), Some(n), None) => {
                    let amplitude = quantity(n, "area", area_unit.as_ref())? / d;
                    Ok(Waveform::Step { at, until: at + d, amplitude })
                }
                (Some(d), None, Some(n)) => {
                    Ok(Waveform::Step { at, until: at + d, amplitude: quantity(n, "amplitude", drive)? })
                }
                (None, None, Some(_)) => Err(c.missing_with(
                    "duration",
                    "how long the amplitude lasts",
                    "or give its area, for an instantaneous pulse; or kind = \"step\"",
                )),
                (_, None, None) => {
                    Err(c.missing("area", "its integral over time (or amplitude, with a duration)"))
                }
            }
        }
        Kind::Step => {
            let until = until(c)?;
            Ok(Waveform::Step { at, until, amplitude: need("amplitude", "how much", drive)? })
        }
        Kind::Ramp => {
            let until = until(c)?;
            let slope = need("slope", "its rise per time", drive.map(|d| d.per(time)).as_ref())?;
            Ok(Waveform::Ramp { at, until, slope })
        }
        Kind::Sinusoid => {
            let until = until(c)?;
            c.get("frequency");
            let amplitude = need("amplitude", "its peak", drive)?;
            let phase = c.quantity_or("phase", "phase", Some(&Unit::number()), 0.0)? * PI / 180.0;
            let frequency = need("frequency", "cycles per time", Some(&units.rate))?;
            let omega = 2.0 * PI * scale(frequency, units.rate.exponent + time.exponent);
            Ok(Waveform::Sinusoid { at, until, amplitude, omega, phase })
        }
        Kind::Samples => unreachable!("read above"),
    }
}

/// What lasts less than this share of the shortest time constant is no step, ramp or sinusoid that anybody would see.
const SHORT: f64 = 0.05;

/// Warns of bare times that look like seconds: how long the stimulus lasts, or over how long its samples go (those of a
/// file have a heading of their own). All its keys have been read.
fn warn_of_short(reader: &Reader, crowd: &Crowd, c: &Cursor, waveform: &Waveform) {
    let usual = Usual::of_share(reader, SHORT, crowd.shortest_tau());
    let given = |key: &str| c.entries().iter().find(|e| e.key == key).map(|e| &e.node);
    let (node, lasts, usual) = match waveform {
        Waveform::Step { at, until, .. }
        | Waveform::Ramp { at, until, .. }
        | Waveform::Sinusoid { at, until, .. } => {
            // A pulse with an area stands for an instantaneous one.
            let usual = if given("area").is_some() { Usual::PULSE } else { usual };
            (given("duration").or(given("until")), until - at, usual)
        }
        Waveform::Samples { times, .. } => {
            let ends = times.first().zip(times.last()).filter(|_| times.len() > 1);
            (given("times"), ends.map_or(0.0, |(first, last)| last - first), usual)
        }
        _ => return,
    };
    if let Some(node) = node {
        check(reader, node, &format!("the duration of {}", c.what), lasts, usual);
    }
}

fn samples(reader: &Reader, crowd: &Crowd, c: &Cursor) -> Result<Waveform> {
    let (file, times, values) = (c.get("file"), c.get("times"), c.get("values"));
    let (place, times, values) = match (file, times, values) {
        (Some(node), None, None) => {
            let (times, values) = recording::read(reader, crowd, c, node)?;
            (node, times, values)
        }
        (None, Some(t), Some(v)) => {
            let list = |node: &Node, what: &str, unit: Option<&Unit>| -> Result<Vec<f64>> {
                let Some(items) = node.items() else {
                    return Err(node
                        .error(format!("{what} must be a list, not {}", node.value.sort()))
                        .with_help("times = [0, 10, 20], values = [0, 1, 0]"));
                };
                items.iter().map(|n| quantity(&n, what, unit)).collect()
            };
            let times = list(t, "times", Some(&reader.units.time))?;
            let values = list(v, "values", reader.units.drive.as_ref())?;
            if times.len() != values.len() {
                return Err(v
                    .error(format!("there are {} values for {} times", values.len(), times.len()))
                    .with_help("give one value for each time"));
            }
            (t, times, values)
        }
        (Some(n), _, _) => {
            return Err(n
                .error("a file, and times and values, both give the samples")
                .with_help("leave out the file, or times and values"));
        }
        _ => {
            return Err(c.missing_with(
                "file",
                "a table of times and values",
                "write file = \"light.csv\", or times = [0, 10, 20], values = [0, 1, 0]",
            ));
        }
    };
    if times.is_empty() {
        return Err(place
            .error("it has no samples")
            .with_help("give at least one time and its value: times = [0, 10, 20], values = [0, 1, 0]"));
    }
    if let Some(w) = times.windows(2).find(|w| w[0] >= w[1]) {
        return Err(place.error(format!("times must rise; {} follows {}", w[1], w[0])).with_help(
            "sort the samples by time, and give each time once; a jump takes two times close together",
        ));
    }
    Ok(Waveform::Samples { times, values })
}

/// The pattern of a target: 1 for every unit meant.
pub(super) fn targets(crowd: &Crowd, node: &Node) -> Result<Vec<f64>> {
    let mut pattern = vec![0.0; crowd.n()];
    let items = node.one_or_more();
    if items.is_empty() {
        return Err(node.error("it reaches nobody").with_help("to = \"*\" reaches all"));
    }
    for item in items {
        let Some(name) = item.text() else {
            return Err(item
                .error(format!("to must be a population's name, not {}", item.value.sort()))
                .with_help(format!("to = \"*\", or of: {}; several in a list", crowd.names().join(", "))));
        };
        let range = if name == "*" {
            0..crowd.n()
        } else if let Some(p) = crowd.find(name) {
            crowd.range(p)
        } else {
            let unit = unit_of(crowd, name, item)?;
            unit..unit + 1
        };
        pattern[range].fill(1.0);
    }
    Ok(pattern)
}

/// The unit `E[3]`.
pub(super) fn unit_of(crowd: &Crowd, name: &str, node: &Node) -> Result<usize> {
    let parts = name.strip_suffix(']').and_then(|n| n.split_once('['));
    let Some((population, index)) = parts else { return Err(crowd.unknown(name, &node.place)) };
    let Some(p) = crowd.find(population) else { return Err(crowd.unknown(population, &node.place)) };
    let range = crowd.range(p);
    match index.trim().parse::<usize>() {
        Ok(i) if i < range.len() => Ok(range.start + i),
        _ => Err(node
            .error(match range.len() {
                1 => format!("{name}: {population} has one unit"),
                n => format!("{name}: units of {population} are 0 to {}", n - 1),
            })
            .with_help(match range.len() {
                1 => format!("write \"{population}\""),
                _ => format!("units are counted from 0: \"{population}[0]\" is the first"),
            })),
    }
}

/// A pattern: one number per population, or one per unit.
pub(super) fn weights(crowd: &Crowd, c: &Cursor, node: &Node) -> Result<Vec<f64>> {
    if let Some(items) = node.items() {
        if items.len() == crowd.n() {
            return items.iter().map(|n| n.number("a number of the pattern")).collect();
        }
        return Err(node
            .error(format!("the pattern has {} numbers for {} units", items.len(), crowd.n()))
            .with_help(
                "give one number for each unit, or one for each population: pattern = { E = 1, I = -1 }",
            ));
    }
    match &node.value {
        Value::Table(entries) => {
            let cursor = c.below("pattern", node, "the pattern")?;
            let mut pattern = vec![0.0; crowd.n()];
            for e in entries {
                let Some(p) = crowd.find(&e.key) else { return Err(crowd.unknown(&e.key, &e.place)) };
                let value =
                    cursor.get(&e.key).unwrap_or(&e.node).number(&format!("the pattern at {}", e.key))?;
                pattern[crowd.range(p)].fill(value);
            }
            Ok(pattern)
        }
        other => Err(Error::invalid(format!("a pattern is a table or a list, not {}", other.sort()))
            .with_help("pattern = { E = 1, I = -1 }")
            .at(node.place.clone())),
    }
}
