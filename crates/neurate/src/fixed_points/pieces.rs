//! Fixed points of piecewise-linear circuits: one linear system for each choice of pieces.

use super::found::{Coverage, Search};
use crate::model::transfer::AffinePiece;
use crate::model::{Circuit, Form};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Lu, Matrix, svd};

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
    if circuit.populations().iter().any(|p| p.slow.plasticity.is_some()) {
        return Ok(None); // what arrives is no longer linear in the rates
    }
    let mut w = circuit.dense_weights()?;
    for i in 0..circuit.n() {
        if let Some(a) = circuit.populations()[circuit.population_of(i)].slow.adaptation {
            w[(i, i)] -= a.strength;
        }
    }
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
            Solved::Singular(point) => {
                remarks.push(singular_remark(circuit, &chosen, point.is_some()));
                found.extend(point.map(|x| (x, f64::EPSILON)));
            }
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
        Coverage::AllBut(format!(
            "every combination of pieces ({combinations}) was solved but {}, where 1 − W f' is singular",
            remarks.len()
        ))
    };
    let points = found
        .into_iter()
        .map(|(x, error)| super::point::classify(circuit, x, error))
        .collect::<Result<_>>()?;
    remarks.truncate(3);
    Ok(Some(Search { points, coverage, remarks, runaway: None }))
}

fn unit_pieces(circuit: &Circuit) -> Option<Vec<Vec<AffinePiece>>> {
    (0..circuit.n()).map(|i| circuit.populations()[circuit.population_of(i)].transfer.pieces()).collect()
}

enum Solved {
    Point(Vec<f64>, f64),
    Outside,
    /// No unique solution; with the one of smallest norm, if there are any on these pieces.
    Singular(Option<Vec<f64>>),
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
    let unique = if lu.reciprocal_condition() < 1e-14 { None } else { lu.solve(&b) };
    let singular = unique.is_none();
    let Some(x) = unique.map_or_else(|| smallest_solution(&m, &b), |x| Ok(Some(x)))? else {
        return Ok(Solved::Singular(None));
    };
    let slack = |v: f64| 1e-12 * (1.0 + v.abs());
    let inside = pieces.iter().zip(&x).all(|(p, &x)| x >= p.from - slack(p.from) && x <= p.to + slack(p.to));
    if !inside {
        return Ok(if singular { Solved::Singular(None) } else { Solved::Outside });
    }
    let error = f64::EPSILON / lu.reciprocal_condition();
    let state = match circuit.form() {
        Form::Rate => pieces.iter().zip(&x).map(|(p, x)| p.slope * x + p.offset).collect(),
        _ => x,
    };
    Ok(if singular { Solved::Singular(Some(state)) } else { Solved::Point(state, error) })
}

/// The solution of smallest norm of a singular system, if it has any.
fn smallest_solution(m: &Matrix, b: &[f64]) -> Result<Option<Vec<f64>>> {
    let n = b.len();
    let s = svd(m)?;
    let mut x = vec![0.0; n];
    for k in 0..n {
        if s.s[k] > 1e-13 * s.s[0].max(1.0) {
            let along: f64 = (0..n).map(|i| s.u[(i, k)] * b[i]).sum::<f64>() / s.s[k];
            (0..n).for_each(|i| x[i] += along * s.v[(i, k)]);
        }
    }
    let size = b.iter().fold(1.0, |m: f64, v| m.max(v.abs()));
    let solved = m.mul_vec(&x).iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-10 * size);
    Ok(solved.then_some(x))
}

fn singular_remark(circuit: &Circuit, pieces: &[AffinePiece], any: bool) -> String {
    let active: Vec<String> =
        (0..circuit.n()).filter(|&i| pieces[i].slope != 0.0).map(|i| circuit.unit_name(i)).collect();
    let which = if any {
        "a line of fixed points, of which the one of smallest norm is listed"
    } else {
        "without a fixed point there under this input"
    };
    format!("with {} active, 1 − W f' is singular: an integrator, {which}", active.join(", "))
}
