//! Fixed points of piecewise-linear circuits: one linear system for each choice of pieces.

use super::{Coverage, Search};
use crate::circuit::{Circuit, Form};
use crate::error::Result;
use crate::linalg::{Lu, Matrix};
use crate::transfer::AffinePiece;

/// Combinations of pieces up to which all are solved (twelve threshold-linear units).
const MAX_COMBINATIONS: usize = 4096;

/// All fixed points of a circuit whose transfer functions are all piecewise affine; None if they
/// are not, or the pieces combine in too many ways.
pub(super) fn enumerate(circuit: &Circuit) -> Result<Option<Search>> {
    if circuit.form() == Form::Conductance {
        return Ok(None);
    }
    let Some(pieces) = unit_pieces(circuit) else { return Ok(None) };
    let mut combinations = 1usize;
    for p in &pieces {
        combinations = combinations.saturating_mul(p.len());
        if combinations > MAX_COMBINATIONS {
            return Ok(None);
        }
    }
    let w = circuit.dense_weights()?;
    let mut found: Vec<(Vec<f64>, f64)> = Vec::new();
    let mut remarks = Vec::new();
    for combination in 0..combinations {
        let mut rest = combination;
        let chosen: Vec<AffinePiece> = pieces
            .iter()
            .map(|p| {
                let piece = p[rest % p.len()];
                rest /= p.len();
                piece
            })
            .collect();
        match solve(circuit, &w, &chosen)? {
            Solved::Point(x, error) => {
                let known =
                    |y: &Vec<f64>| x.iter().zip(y).all(|(a, b)| (a - b).abs() <= 1e-9 * (1.0 + a.abs()));
                if !found.iter().any(|(y, _)| known(y)) {
                    found.push((x, error));
                }
            }
            Solved::Outside => {}
            Solved::Singular => remarks.push(singular_remark(circuit, &chosen)),
        }
    }
    let reason = if combinations == 1 {
        "the circuit is linear: one linear system".to_string()
    } else {
        format!("the circuit is piecewise linear: all {combinations} combinations of pieces were solved")
    };
    let coverage = if remarks.is_empty() {
        Coverage::All(reason)
    } else {
        Coverage::Sampled { starts: combinations, repeats: 0, failures: remarks.len() }
    };
    let points =
        found.into_iter().map(|(x, error)| super::classify(circuit, x, error)).collect::<Result<_>>()?;
    remarks.truncate(3);
    Ok(Some(Search { points, coverage, remarks }))
}

fn unit_pieces(circuit: &Circuit) -> Option<Vec<Vec<AffinePiece>>> {
    (0..circuit.n()).map(|i| circuit.populations()[circuit.population_of(i)].transfer.pieces()).collect()
}

enum Solved {
    Point(Vec<f64>, f64),
    Outside,
    Singular,
}

/// The fixed point on one choice of pieces, if it lies on them.
fn solve(circuit: &Circuit, w: &Matrix, pieces: &[AffinePiece]) -> Result<Solved> {
    let n = circuit.n();
    let h = circuit.h();
    // Unknown: the input x of every unit, x = W (slope x + offset) + h; the same in both forms.
    let m = Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) - w[(i, j)] * pieces[j].slope);
    let offset: Vec<f64> = pieces.iter().map(|p| p.offset).collect();
    let recurrent = w.mul_vec(&offset);
    let b: Vec<f64> = (0..n).map(|i| recurrent[i] + h[i]).collect();
    let lu = Lu::new(&m)?;
    if lu.reciprocal_condition() < 1e-14 {
        return Ok(Solved::Singular);
    }
    let Some(x) = lu.solve(&b) else { return Ok(Solved::Singular) };
    let slack = |v: f64| 1e-12 * (1.0 + v.abs());
    let inside = pieces.iter().zip(&x).all(|(p, &x)| x >= p.from - slack(p.from) && x <= p.to + slack(p.to));
    if !inside {
        return Ok(Solved::Outside);
    }
    let error = f64::EPSILON / lu.reciprocal_condition();
    let state = match circuit.form() {
        Form::Rate => pieces.iter().zip(&x).map(|(p, x)| p.slope * x + p.offset).collect(),
        _ => x,
    };
    Ok(Solved::Point(state, error))
}

fn singular_remark(circuit: &Circuit, pieces: &[AffinePiece]) -> String {
    let active: Vec<String> =
        (0..circuit.n()).filter(|&i| pieces[i].slope != 0.0).map(|i| circuit.unit_name(i)).collect();
    format!(
        "with {} active, 1 - W f' is singular: an integrator, with a line of fixed points or none",
        active.join(", ")
    )
}
