//! `[low_rank]`: weights `m n^T / N` from patterns.

use super::crowd::Crowd;
use super::cursor::Cursor;
use super::quantity::{per_unit, quantity};
use super::reader::Reader;
use super::value::Node;
use crate::model::unit::Unit;
use crate::model::{CellKind, Form, LowRankPattern};
use neurate_numerics::error::{Error, Result};

/// Reads the patterns.
pub(super) fn read(
    reader: &Reader,
    crowd: &Crowd,
    node: Option<&Node>,
    unit: Option<&Unit>,
) -> Result<Vec<LowRankPattern>> {
    let Some(node) = node else { return Ok(Vec::new()) };
    if reader.form == Form::Conductance {
        return Err(node
            .error("patterns have weights of both signs; a conductance is never negative")
            .with_help("form = \"rate\" or \"voltage\" takes [low_rank]"));
    }
    if let Some(p) = crowd.populations.iter().find(|p| p.kind != CellKind::Unconstrained) {
        return Err(node
            .error(format!("patterns have weights of both signs, but {} is {}", p.name, p.kind.name()))
            .with_help("set its kind to \"unconstrained\""));
    }
    let all = Cursor::new(node, "[low_rank]", "low_rank", &reader.log)?;
    let mut patterns = Vec::new();
    for e in all.entries() {
        all.quietly(&e.key);
        let c = all.below(&e.key, &e.node, &format!("pattern {}", e.key))?;
        let vectors = (c.quietly("m"), c.quietly("n"));
        let pattern = match vectors {
            (None, None) => {
                let node =
                    c.require("overlap", "the eigenvalue that the pattern alone gives (or m and n)")?;
                let overlap = quantity(node, "overlap", unit)?;
                let n_rms = c.quantity_or("n_rms", "n_rms", unit, overlap.abs())?;
                if n_rms < overlap.abs() {
                    return Err(Error::invalid(format!(
                        "n_rms of pattern {} is {n_rms}: with the overlap {overlap} it is at least {}",
                        e.key,
                        overlap.abs()
                    ))
                    .with_help("a vector's projection is never longer than the vector: write a larger n_rms, or leave it out")
                    .at(c.get("n_rms").map_or(node.place.clone(), |n| n.place.clone())));
                }
                LowRankPattern::Drawn { overlap, n_rms }
            }
            (Some(m), Some(n)) => LowRankPattern::Given {
                m: per_unit(m, "m", Some(&Unit::number()), crowd.n())?,
                n: per_unit(n, "n", unit, crowd.n())?,
            },
            (Some(n), None) | (None, Some(n)) => {
                return Err(n.error(format!("pattern {} needs both m and n", e.key)).with_help(
                    "m: its output pattern; n: the input pattern that drives it; one number for each unit",
                ));
            }
        };
        c.finish()?;
        patterns.push(pattern);
    }
    Ok(patterns)
}
