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

/// The axes, and how many units each population has along them.
pub(super) struct Grid {
    pub space: FeatureSpace,
    /// For each axis; None where the axis' own number holds for all.
    own: Vec<Option<Vec<Option<usize>>>>,
}

impl Grid {
    /// Units of a population along each axis; None if a table gives those of others alone.
    fn shape(&self, population: usize) -> Option<Vec<usize>> {
        let along = |(axis, own): (&FeatureAxis, &Option<Vec<Option<usize>>>)| match own {
            None => Some(axis.points),
            Some(own) => own[population],
        };
        self.space.axes().iter().zip(&self.own).map(along).collect()
    }
}

/// Reads the axes.
pub(super) fn read(crowd: &Crowd, node: Option<&Node>, log: &Log) -> Result<Option<Grid>> {
    let Some(node) = node else { return Ok(None) };
    let all = Cursor::new(node, "[space]", "space", log)?;
    let (mut axes, mut own) = (Vec::new(), Vec::new());
    for e in all.entries() {
        all.quietly(&e.key);
        if ["peak", "total"].contains(&e.key.as_str()) {
            return Err(Error::invalid(format!("no axis can be named {}: a kernel has that key", e.key))
                .with_help("name it after the feature, such as orientation")
                .at(e.place.clone()));
        }
        let c = all.below(&e.key, &e.node, &format!("axis {}", e.key))?;
        let period = c.require("period", "its length, such as 180 for orientation in degrees")?;
        let node = c.require("points", "how many points, evenly spaced")?;
        let by_population = match node.entries() {
            Some(_) => {
                Some(by_population(crowd, &c.below("points", node, &format!("points of {}", e.key))?)?)
            }
            None => None,
        };
        let count = match &by_population {
            Some(all) => all.iter().flatten().copied().max().unwrap_or(0),
            None => points(node)?,
        };
        let length = quantity(period, "period", Some(&Unit::number()))?;
        if length <= 0.0 {
            return Err(period
                .error(format!("the period is {length}; it is a positive number"))
                .with_help("write period = 180 for orientation in degrees"));
        }
        c.finish()?;
        axes.push(FeatureAxis { name: e.key.clone(), period: length, points: count });
        own.push(by_population);
    }
    let help = "write orientation = { period = 180, points = 60 }";
    let space = FeatureSpace::new(axes).map_err(|e| e.with_help(help).at(node.place.clone()))?;
    Ok(Some(Grid { space, own }))
}

fn points(node: &Node) -> Result<usize> {
    let count = match node.value {
        Value::Integer(k) => usize::try_from(k).ok().filter(|k| (2..=MAX_POINTS).contains(k)),
        _ => None,
    };
    count.ok_or_else(|| {
        node.error(format!("points must be a whole number from 2 to {MAX_POINTS}"))
            .with_help("write points = 60, or points = { E = 60, I = 20 }")
    })
}

/// `points = { E = 60, I = 20 }`.
fn by_population(crowd: &Crowd, c: &Cursor) -> Result<Vec<Option<usize>>> {
    if let Some(e) = c.entries().iter().find(|e| crowd.find(&e.key).is_none()) {
        return Err(crowd.unknown(&e.key, &e.place));
    }
    let all: Vec<Option<usize>> =
        crowd.names().into_iter().map(|name| c.get(name).map(points).transpose()).collect::<Result<_>>()?;
    if all.iter().all(Option::is_none) {
        let help = format!("{} = 60", crowd.populations[0].name);
        return Err(Error::invalid("points names no population").with_help(help).at(c.place.clone()));
    }
    Ok(all)
}

/// The weights of one pair of populations whose entry is a kernel, row by row.
pub(super) fn kernel(
    reader: &Reader,
    crowd: &Crowd,
    e: &Entry,
    (to, from): (usize, usize),
    grid: Option<&Grid>,
    table: &Cursor,
    unit: Option<&Unit>,
) -> Result<Vec<f64>> {
    let Some(grid) = grid else {
        return Err(e
            .node
            .error(format!("\"{}\" is a kernel, but the file has no [space] for distances", e.key))
            .with_help("[space]\norientation = { period = 180, points = 60 }"));
    };
    let space = &grid.space;
    let shapes = [shape(crowd, e, grid, to)?, shape(crowd, e, grid, from)?];
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
    let equal = shapes.iter().all(|shape| *shape == space.shape());
    let weights = match equal {
        true => space.kernel(&falloffs, size),
        false => space.block_between(&falloffs, size, &shapes[0], &shapes[1]),
    };
    let weights = weights.map_err(|err| err.at(e.node.place.clone()))?;
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
    Ok(if equal { space.block(&weights) } else { weights })
}

/// Units of a population along each axis: one on each point.
fn shape(crowd: &Crowd, e: &Entry, grid: &Grid, p: usize) -> Result<Vec<usize>> {
    let (name, size) = (&crowd.populations[p].name, crowd.populations[p].size);
    let axis = &grid.space.axes()[0].name;
    let Some(shape) = grid.shape(p) else {
        return Err(Error::invalid(format!(
            "\"{}\" is a kernel, but points do not say how many {name} has",
            e.key
        ))
        .with_help(format!(
            "add {name} to points, along each axis: {axis} = {{ ..., points = {{ {name} = {size}, ... }} }}"
        ))
        .at(e.place.clone()));
    };
    let points: usize = shape.iter().product();
    if size == points {
        return Ok(shape);
    }
    let names: Vec<String> = crowd.populations.iter().map(|p| format!("{} = {}", p.name, p.size)).collect();
    Err(Error::invalid(format!(
        "{name} has {size} units, but the space has {points} points for it: a kernel joins populations with one unit on each \
         point"
    ))
    .with_help(if crowd.populations.iter().all(|p| p.size == size) {
        format!("write points = {size} on a ring, or size = {points}")
    } else if grid.space.axes().len() == 1 {
        format!("populations of different sizes share a ring with points = {{ {} }}", names.join(", "))
    } else {
        format!("size is the product of points along the axes, which may differ: points = {{ {name} = 20, ... }}")
    })
    .at(e.place.clone()))
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
                return Err(node
                    .error("the width of a gaussian is a positive number, in the axis' own unit")
                    .with_help("write { gaussian = 20 }"));
            }
            Ok(f)
        }
        _ => Err(node.error(format!("the fall-off along {axis} must be one of gaussian, von-mises, cosine")).with_help(
            "{ gaussian = width }, { von-mises = kappa } or { cosine = modulation }; leave the axis out for none",
        )),
    }
}
