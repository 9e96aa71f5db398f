//! Weights from a file: of all units, or totals between populations; signs.

use super::crowd::Crowd;
use super::cursor::Cursor;
use super::labels::Lines;
use super::reader::Reader;
use super::square::{Square, Wanted, layout};
use super::table::Entries;
use super::value::Node;
use crate::model::unit::Unit;
use crate::model::{CellKind, Form, Population, Signs, sign_allows};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::sync::Arc;

/// What a file gives, to and from, in the circuit's order.
pub(super) enum Given {
    /// A weight for each pair of units.
    Weights(FromFile),
    /// The total that a unit of one population gets from another, as `"E <- I" = -2` gives it.
    Totals(Arc<Matrix>),
}

/// Weights of all units.
pub(super) enum FromFile {
    Dense(Arc<Matrix>),
    Sparse(Vec<(usize, usize, f64)>),
}

impl FromFile {
    pub fn is_sparse(&self) -> bool {
        matches!(self, FromFile::Sparse(_))
    }
    pub fn entries(&self) -> usize {
        match self {
            FromFile::Dense(m) => m.data().len(),
            FromFile::Sparse(t) => t.len(),
        }
    }
}

/// Reads the file that the table names.
pub(super) fn read(reader: &Reader, crowd: &Crowd, c: &Cursor, unit: Option<&Unit>) -> Result<Given> {
    let node = c.require("file", "a file with a matrix")?;
    c.quietly("default");
    let wanted = Wanted { one: "a weight", instead: "W", of_units: true, converts: true };
    let square = Square::read(reader, crowd, c, &wanted, unit)?;
    check_signs(reader, crowd, &square).map_err(|e| e.at(node.place.clone()))?;
    warn_of_transpose(reader, crowd, &square, node);
    if square.lines == Lines::Populations {
        return Ok(Given::Totals(square.matrix()));
    }
    Ok(Given::Weights(match &square.table.entries {
        // One that is in the circuit's own order is used as it is, not copied.
        Entries::Dense(_) => FromFile::Dense(square.matrix()),
        Entries::Sparse(triplets) => FromFile::Sparse(
            triplets
                .iter()
                .map(|&(i, j, v)| {
                    let (to, from) = square.place(i, j);
                    (to, from, v)
                })
                .collect(),
        ),
    }))
}

/// Without declared kinds the signs may still show that the layout is the other one.
fn warn_of_transpose(reader: &Reader, crowd: &Crowd, square: &Square, node: &Node) {
    let declared = |p: &Population| p.kind != CellKind::Unconstrained;
    if reader.form == Form::Conductance || crowd.populations.iter().any(declared) {
        return;
    }
    let signs = Signs::visit(square.table.rows, square.table.cols, |note| square.table.for_each(note));
    if let Err(e) = signs.check(&square.name, square.senders) {
        let other = layout(square.senders.other());
        reader.warn(
            Error::warning(e.message()).with_help(format!(
                "did you mean layout = \"{other}\"? A declared kind is held against each weight"
            )),
            &node.place,
        );
    }
}

/// Holds every weight to its sender's kind.
fn check_signs(reader: &Reader, crowd: &Crowd, square: &Square) -> Result<()> {
    let kind = |line: usize| crowd.populations[square.lines.population(crowd, line)].kind;
    let wrong = |from: usize, v: f64| !sign_allows(reader.form, kind(from), v);
    let (mut bad, mut bad_if_transposed) = (None, false);
    square.table.for_each(|i, j, v| {
        let (to, from) = square.place(i, j);
        if bad.is_none() && wrong(from, v) {
            bad = Some((i, j, v, from, to));
        }
        bad_if_transposed |= wrong(to, v);
    });
    let Some((i, j, v, from, to)) = bad else { return Ok(()) };
    let sender = &crowd.populations[square.lines.population(crowd, from)];
    let [from, to] = [from, to].map(|line| square.lines.name(crowd, line));
    let at = format!("row {}, column {} of {} (counted from 1)", i + 1, j + 1, square.name);
    if reader.form == Form::Conductance {
        return Err(Error::invalid(format!("{at} is {v}: a conductance is never negative")).with_help(
            "inhibition comes from the sender's reversal potential: write the conductance without a sign",
        ));
    }
    let error =
        Error::invalid(format!("{from} is {} but its weight onto {to} is {v:+}: {at}", sender.kind.name()));
    let other = layout(square.senders.other());
    Err(if bad_if_transposed {
        error.with_help(format!("change the weight, or set {}'s kind to \"unconstrained\"", sender.name))
    } else {
        error.with_help(format!("all signs are right in the transpose: did you mean layout = \"{other}\"?"))
    })
}
