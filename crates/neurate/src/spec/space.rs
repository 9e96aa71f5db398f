//! `[space]`: a ring or torus of features, and `[W]` entries that are kernels on it.

use super::crowd::Crowd;
use super::cursor::{Cursor, Log};
use super::keys::squeeze;
use super::pairs::check_sign;
use super::quantity::quantity;
use super::reader::Reader;
use super::value::{Entry, Node, Value};
use crate::model::unit::Unit;
use crate::model::{Falloff, FeatureAxis, FeatureSpace, KernelSize};
use neurate_numerics::error::{Error, Result};

/// Most points: the weights between two populations are all written out.
const MAX_POINTS: usize = 20_000;

/// Reads the axes.
pub(super) fn read(node: Option<&Node>, log: &Log) -> Result<Option<FeatureSpace>> {
    let Some(node) = node else { return Ok(None) };
    let all = Cursor::new(node, "[space]", "space", log)?;
    let mut axes = Vec::new();
    for e in all.entries() {
        all.quietly(&e.key);
        if ["peak", "total"].contains(&e.key.as_str()) {
            return Err(Error::invalid(format!("no axis can be named {}: a kernel has that key", e.key))
                .at(e.place.clone()));
        }
        let c = all.below(&e.key, &e.node, &format!("axis {}", e.key))?;
        let period = c.require("period", "its length, such as 180 for orientation in degrees")?;
        let points = c.require("points", "how many points, evenly spaced")?;
        let count = match points.value {
            Value::Integer(k) => usize::try_from(k).ok().filter(|k| (2..=MAX_POINTS).contains(k)),
            _ => None,
        };
        let Some(count) = count else {
            return Err(points.error(format!("points must be a whole number from 2 to {MAX_POINTS}")));
        };
        let length = quantity(period, "period", Some(&Unit::number()))?;
        if length <= 0.0 {
            return Err(period.error(format!("the period is {length}; it is a positive number")));
        }
        c.finish()?;
        axes.push(FeatureAxis { name: e.key.clone(), period: length, points: count });
    }
    let help = "write orientation = { period = 180, points = 60 }";
    FeatureSpace::new(axes).map(Some).map_err(|e| e.with_help(help).at(node.place.clone()))
}

/// The weights of one pair of populations whose entry is a kernel, row by row.
pub(super) fn kernel(
    reader: &Reader,
    crowd: &Crowd,
    e: &Entry,
    (to, from): (usize, usize),
    space: Option<&FeatureSpace>,
    table: &Cursor,
    unit: Option<&Unit>,
) -> Result<Vec<f64>> {
    let Some(space) = space else {
        return Err(e
            .node
            .error(format!("\"{}\" is a kernel, but the file has no [space] for distances", e.key))
            .with_help("[space]\norientation = { period = 180, points = 60 }"));
    };
    for p in [to, from] {
        let q = &crowd.populations[p];
        if q.size != space.points() {
            return Err(Error::invalid(format!(
                "{} has {} units, but the space has {} points: a kernel joins populations with one unit on each point",
                q.name,
                q.size,
                space.points()
            ))
            .at(e.place.clone()));
        }
    }
    let c = Cursor::new(
        &e.node,
        &format!("the kernel \"{}\"", e.key),
        &table.address(&squeeze(&e.key)),
        &reader.log,
    )?;
    let size = match (c.quietly("peak"), c.quietly("total")) {
        (Some(n), None) => {
            c.get("peak");
            KernelSize::Peak(quantity(n, "peak", unit)?)
        }
        (None, Some(n)) => {
            c.get("total");
            KernelSize::Total(quantity(n, "total", unit)?)
        }
        (Some(_), Some(n)) => {
            return Err(n
                .error("peak and total both give the kernel's size")
                .with_help("peak: the weight at distance zero; total: the sum over the senders"));
        }
        (None, None) => {
            return Err(c.missing_with(
                "peak",
                "or total",
                "peak = the weight at distance zero (not normalized); total = the sum over the senders",
            ));
        }
    };
    let mut falloffs = Vec::new();
    for axis in space.axes() {
        falloffs.push(match c.quietly(&axis.name) {
            None => Falloff::Flat,
            Some(node) => falloff(&c, &axis.name, node)?,
        });
    }
    c.finish()?;
    let weights = space.kernel(&falloffs, size).map_err(|err| err.at(e.node.place.clone()))?;
    let both_signs = weights.iter().any(|w| *w > 0.0) && weights.iter().any(|w| *w < 0.0);
    for &w in &weights {
        check_sign(reader, crowd, w, (to, from), &e.node.place).map_err(|err| {
            if both_signs {
                Error::invalid(err.message())
                    .with_help("this kernel has weights of both signs; with a modulation between -1 and 1 it has one")
                    .at(e.node.place.clone())
            } else {
                err
            }
        })?;
    }
    Ok(space.block(&weights))
}

type MakeFalloff = fn(f64) -> Falloff;
const FALLOFFS: [(&str, MakeFalloff); 3] =
    [("gaussian", Falloff::Gaussian), ("von-mises", Falloff::VonMises), ("cosine", Falloff::Cosine)];

/// `{ gaussian = 20 }`, `{ von-mises = 2 }`, `{ cosine = 0.5 }`.
fn falloff(kernel: &Cursor, axis: &str, node: &Node) -> Result<Falloff> {
    let c = kernel.below(axis, node, &format!("the fall-off along {axis}"))?;
    let number = Unit::number();
    let mut found = Vec::new();
    for (key, make) in FALLOFFS {
        if let Some(node) = c.quietly(key) {
            c.get(key);
            found.push(make(quantity(node, key, Some(&number))?));
        }
    }
    c.finish()?;
    match found[..] {
        [f] => {
            if matches!(f, Falloff::Gaussian(w) if w <= 0.0) {
                return Err(node.error("the width of a gaussian is a positive number, in the axis' own unit"));
            }
            Ok(f)
        }
        _ => Err(node.error(format!("the fall-off along {axis} must be one of gaussian, von-mises, cosine")).with_help(
            "{ gaussian = width }, { von-mises = kappa } or { cosine = modulation }; leave the axis out for none",
        )),
    }
}
