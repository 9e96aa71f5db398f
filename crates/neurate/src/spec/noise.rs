//! `[noise]`: noise in the inputs of the units, on top of the constant `h`.

use super::crowd::Crowd;
use super::cursor::Cursor;
use super::quantity::quantity;
use super::reader::Reader;
use super::stimuli::{targets, weights};
use super::times::{Usual, check};
use super::value::Node;
use crate::model::unit::Unit;
use crate::model::{Color, Correlation, NoiseSource};
use neurate_numerics::error::{Error, Place, Result};
use neurate_numerics::linalg::Matrix;

#[derive(Clone, Copy)]
enum Kind {
    White,
    OrnsteinUhlenbeck,
}

const KINDS: [(&str, Kind); 2] = [("white", Kind::White), ("ou", Kind::OrnsteinUhlenbeck)];

/// Reads all sources, each with its place.
pub(super) fn read(reader: &Reader, crowd: &Crowd, node: Option<&Node>) -> Result<Vec<(NoiseSource, Place)>> {
    let Some(node) = node else { return Ok(Vec::new()) };
    let all = Cursor::new(node, "[noise]", "noise", &reader.log)?;
    let mut sources = Vec::new();
    for e in all.entries() {
        let mut c = all.below(&e.key, &e.node, &format!("noise {}", e.key))?;
        c.place = e.place.clone();
        let (to, pattern) = (c.get("to"), c.get("pattern"));
        let Some(kind) = c.word("kind", &KINDS)? else {
            return Err(c.missing_with(
                "kind",
                "its kind of time course",
                "\"white\", with an intensity; or \"ou\" (Ornstein-Uhlenbeck), with an sd and a time",
            ));
        };
        let (size, color) = strength(reader, &c, kind)?;
        let correlation = c.get_or("correlation", "0.0");
        let (pattern, groups) = match (to, pattern) {
            (Some(to), None) => (targets(crowd, to)?, groups_of(crowd, to)?),
            (None, Some(p)) => (weights(crowd, &c, p)?, groups_of_pattern(crowd, p)),
            (Some(_), Some(p)) => {
                return Err(p.error("to and pattern both say whom it reaches").with_help("leave one out"));
            }
            (None, None) => {
                return Err(c.missing_with(
                    "to",
                    "the population, unit or list of them that it reaches",
                    "write to = \"E\", or how much each population gets: pattern = { E = 1, I = 0.5 }",
                ));
            }
        };
        c.finish()?;
        let correlation = match correlation {
            None => Correlation::Uniform(0.0),
            Some(n) => alike(crowd, n, groups)?,
        };
        let amplitude = pattern.iter().map(|x| x * size).collect();
        sources.push((NoiseSource { name: e.key.clone(), color, amplitude, correlation }, e.place.clone()));
    }
    Ok(sources)
}

/// The amplitude (the root of the intensity, or the standard deviation), and the course.
fn strength(reader: &Reader, c: &Cursor, kind: Kind) -> Result<(f64, Color)> {
    let drive = reader.units.drive.as_ref();
    let (intensity, sd, time) = (c.get("intensity"), c.get("sd"), c.get("time"));
    let not_negative = |node: &Node, key: &str, unit: Option<&Unit>| -> Result<f64> {
        let x = quantity(node, key, unit)?;
        if x >= 0.0 {
            return Ok(x);
        }
        Err(node
            .error(format!("{key} is {x}; it is never negative"))
            .with_help("write a positive number; a sign belongs into pattern or correlation"))
    };
    match kind {
        Kind::White => {
            if let Some(n) = sd.or(time) {
                return Err(n
                    .error("white noise has an intensity; sd and time are those of colored noise")
                    .with_help("its variance is infinite: write intensity, or kind = \"ou\""));
            }
            let unit = drive.map(|d| squared(d).times(&reader.units.time));
            let node = match intensity {
                Some(n) => n,
                None => return Err(c.missing("intensity", "input squared times time")),
            };
            let intensity = not_negative(node, "intensity", unit.as_ref())?;
            Ok((intensity.sqrt(), Color::White))
        }
        Kind::OrnsteinUhlenbeck => {
            if let Some(n) = intensity {
                return Err(n
                    .error("colored noise has an sd and a time, not an intensity")
                    .with_help("an intensity D and a time t make the sd sqrt(D / (2 t))"));
            }
            let Some(sd) = sd else { return Err(c.missing("sd", "its standard deviation")) };
            let Some(time) = time else { return Err(c.missing("time", "its correlation time")) };
            let sd = not_negative(sd, "sd", drive)?;
            let value = quantity(time, "time", Some(&reader.units.time))?;
            if value <= 0.0 {
                return Err(time
                    .error(format!("time is {value}; a correlation time is positive"))
                    .with_help("noise without a memory: kind = \"white\""));
            }
            check(reader, time, &format!("time of {}", c.what), value, Usual::CORRELATION);
            Ok((sd, Color::OrnsteinUhlenbeck { time: value }))
        }
    }
}

fn squared(unit: &Unit) -> Unit {
    Unit { text: format!("{}^2", unit.text), ..unit.times(unit) }
}

/// The groups that rows of a correlation matrix stand for: the items of `to`.
fn groups_of(crowd: &Crowd, to: &Node) -> Result<Vec<Vec<usize>>> {
    let items = to.one_or_more();
    if items.iter().any(|i| i.text() == Some("*")) {
        return Ok((0..crowd.populations.len()).map(|p| crowd.range(p).collect()).collect());
    }
    let reached = |item: &Node| -> Result<Vec<usize>> {
        let pattern = targets(crowd, item)?;
        Ok((0..pattern.len()).filter(|&i| pattern[i] != 0.0).collect())
    };
    items.iter().map(reached).collect()
}

/// Those of a pattern: its populations, or its units.
fn groups_of_pattern(crowd: &Crowd, pattern: &Node) -> Vec<Vec<usize>> {
    match pattern.entries() {
        Some(entries) => {
            entries.iter().filter_map(|e| crowd.find(&e.key)).map(|p| crowd.range(p).collect()).collect()
        }
        None => (0..crowd.n()).map(|i| vec![i]).collect(),
    }
}

/// `correlation`: one number for any two units, or a matrix over the groups.
fn alike(crowd: &Crowd, node: &Node, groups: Vec<Vec<usize>>) -> Result<Correlation> {
    let in_range = |node: &Node| -> Result<f64> {
        let c = node.number("correlation")?;
        if (-1.0..=1.0).contains(&c) {
            return Ok(c);
        }
        Err(node
            .error(format!("correlation is {c}; it is between -1 and 1"))
            .with_help("0 is noise of its own for every unit, 1 the same noise for all"))
    };
    let Some(rows) = node.items() else { return Ok(Correlation::Uniform(in_range(node)?)) };
    let k = groups.len();
    let shape = |node: &Node, got: String| {
        node.error(format!(
            "correlation must be one number, or {k} x {k} (what the noise reaches, in that order); {got}"
        ))
        .with_help(
            "0 is noise of its own for every unit, 1 the same noise for all; a matrix is a list of rows",
        )
    };
    if rows.len() != k {
        return Err(shape(node, format!("there are {} rows", rows.len())));
    }
    let mut between = Matrix::zeros(k, k);
    for (a, row) in rows.iter().enumerate() {
        let Some(items) = row.items() else { return Err(shape(&row, "a row is a list".into())) };
        if items.len() != k {
            return Err(shape(&row, format!("this row has {} numbers", items.len())));
        }
        for (b, item) in items.iter().enumerate() {
            between[(a, b)] = in_range(&item)?;
            if b < a && between[(a, b)] != between[(b, a)] {
                return Err(item
                    .error(format!(
                        "the correlations are not symmetric: {} here, {} opposite",
                        between[(a, b)],
                        between[(b, a)]
                    ))
                    .with_help("what a has in common with b, b has with a"));
            }
        }
        if groups[a].len() == 1 && between[(a, a)] != 1.0 {
            let name = crowd.unit_name(groups[a][0]);
            return Err(items
                .get(a)
                .error(format!("{name} is one unit: its correlation with itself is 1"))
                .with_help("on the diagonal stands the correlation between two units of one population"));
        }
    }
    let mut group = vec![None; crowd.n()];
    for (g, units) in groups.iter().enumerate() {
        for &i in units {
            if group[i].replace(g).is_some() {
                return Err(Error::invalid(format!("{} is reached twice", crowd.unit_name(i)))
                    .with_help("with a matrix of correlations every unit belongs to one row")
                    .at(node.place.clone()));
            }
        }
    }
    Ok(Correlation::Groups { group, between })
}
