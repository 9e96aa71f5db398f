//! Fixed points of piecewise-linear circuits: one linear system for each choice of pieces.

use super::found::{Coverage, Reason, Search};
use super::point::{FixedPoint, Multiplicity, classify};
use super::stability::Stability;
use crate::model::transfer::AffinePiece;
use crate::model::{Circuit, Form};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Lu, Matrix, svd};

/// Combinations of pieces up to which all are solved (twelve threshold-linear units).
const MAX_COMBINATIONS: usize = 4096;
/// Combinations of pieces that meet at a point, up to which their determinants are compared.
const MAX_BESIDE: usize = 64;
/// A singular value below this share of the weights is zero to rounding.
const SINGULAR: f64 = 1e-14;
/// How well a point of a line or a plane is known to be on its pieces.
const LINE_ERROR: f64 = 1e-12;
/// Projections before a plane of fixed points is taken to miss its pieces.
const MAX_PROJECTIONS: usize = 1000;

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
    let (mut found, mut remarks): (Vec<Place>, Vec<String>) = (Vec::new(), Vec::new());
    for number in 0..combinations {
        let chosen = combination(&pieces, number);
        let chosen: Vec<AffinePiece> = chosen.into_iter().zip(&pieces).map(|(k, p)| p[k]).collect();
        match solve(circuit, &w, &chosen)? {
            Solved::Point(x, error) => add(&mut found, Place { x, error, line: false }),
            Solved::Outside => {}
            Solved::Singular(line) => {
                remarks.push(singular_remark(circuit, &chosen, line.as_ref()));
                if let Some(line) = line {
                    add(&mut found, Place { x: line.x, error: LINE_ERROR, line: true });
                }
            }
        }
    }
    let singular = remarks.len();
    remarks.truncate(3);
    let mut points = Vec::with_capacity(found.len());
    for place in &found {
        let point = classify_place(circuit, &w, &pieces, place)?;
        remarks.extend(super::remarks::unclear(circuit, &point));
        points.push(point);
    }
    let unclear = points.iter().filter(|p| matches!(p.multiplicity, Multiplicity::Double(_))).count();
    let reason = if combinations == 1 {
        "the circuit is linear: one linear system".to_string()
    } else {
        format!("the circuit is piecewise linear: all {combinations} combinations of pieces were solved")
    };
    let coverage = if singular > 0 {
        Coverage::AllBut(format!(
            "every combination of pieces ({combinations}) was solved but {singular}, where 1 − W f' is singular"
        ))
    } else if unclear > 0 {
        Coverage::AllBut(format!(
            "{reason}; where a fixed point is born at a kink, rounding hides how many there are"
        ))
    } else {
        Coverage::All(Reason::exact(reason))
    };
    Ok(Some(Search { points, coverage, remarks, runaway: None }))
}

/// Inputs at a fixed point.
struct Place {
    x: Vec<f64>,
    /// Relative error.
    error: f64,
    /// Whether it is one of a line.
    line: bool,
}

/// Adds a place; one that is known to within rounding, from a piece beside it, is not added twice.
fn add(found: &mut Vec<Place>, new: Place) {
    let same = |old: &Place| {
        let tolerance = 8.0 * (old.error + new.error);
        old.x.iter().zip(&new.x).all(|(a, b)| (a - b).abs() <= tolerance * (1.0 + a.abs()))
    };
    match found.iter_mut().find(|old| same(old)) {
        Some(old) => old.line |= new.line,
        None => found.push(new),
    }
}

/// A place as a fixed point. At kinks the pieces around it tell whether it is a fold, where a change of the input makes two
/// fixed points of it, or none.
fn classify_place(
    circuit: &Circuit,
    w: &Matrix,
    pieces: &[Vec<AffinePiece>],
    place: &Place,
) -> Result<FixedPoint> {
    let slack = |v: f64| 8.0 * place.error * (1.0 + v.abs());
    let beside: Vec<Vec<AffinePiece>> = pieces
        .iter()
        .zip(&place.x)
        .map(|(all, &x)| {
            let near = |p: &&AffinePiece| x >= p.from - slack(p.from) && x <= p.to + slack(p.to);
            all.iter().filter(near).copied().collect()
        })
        .collect();
    let state = match circuit.form() {
        Form::Rate => beside
            .iter()
            .zip(&place.x)
            .map(|(p, x)| p.last().map_or(0.0, |p| p.slope * x + p.offset))
            .collect(),
        _ => place.x.clone(),
    };
    // The gains of a piece are its slopes, whatever the error of the state.
    let mut point = classify(circuit, state, f64::EPSILON)?;
    point.error = place.error.max(point.error);
    if place.line {
        point.multiplicity = Multiplicity::Line;
    } else if degree(w, &beside)? == Some(0) {
        point.multiplicity = Multiplicity::Double(8.0 * place.error);
    }
    if point.multiplicity != Multiplicity::One && point.stability == Stability::Stable {
        point.stability = Stability::Marginal;
    }
    Ok(point)
}

/// The sum of `sign det(1 - W f')` over the fixed points that a small change of the inputs makes of one at which these pieces
/// meet: 0 at a fold, where they are two or none. None away from kinks, and where too many pieces meet.
fn degree(w: &Matrix, beside: &[Vec<AffinePiece>]) -> Result<Option<i32>> {
    let count = beside.iter().fold(1usize, |n, p| n.saturating_mul(p.len()));
    if count <= 1 || count > MAX_BESIDE {
        return Ok(None);
    }
    // A direction that is on no boundary of the cones that the pieces make; the degree does not depend on it.
    let change: Vec<f64> = (0..beside.len()).map(|i| (1.0 + 2.3 * i as f64).sin()).collect();
    let mut degree = 0;
    for number in 0..count {
        let chosen = combination(beside, number);
        let slopes: Vec<f64> = chosen.iter().zip(beside).map(|(&k, p)| p[k].slope).collect();
        let lu = Lu::new(&equations(w, &slopes))?;
        let Some(moved) = lu.solve(&change) else { return Ok(None) };
        // Of two pieces the left one has inputs that fall, the right one inputs that rise.
        let there =
            chosen.iter().zip(beside).zip(&moved).all(|((&k, p), y)| p.len() < 2 || (*y > 0.0) == (k > 0));
        if there {
            degree += lu.sign_log_det().0 as i32;
        }
    }
    Ok(Some(degree))
}

/// Which piece of each unit is in the combination of this number.
fn combination(pieces: &[Vec<AffinePiece>], number: usize) -> Vec<usize> {
    let mut rest = number;
    let digit = |p: &Vec<AffinePiece>| {
        let k = rest % p.len();
        rest /= p.len();
        k
    };
    pieces.iter().map(digit).collect()
}

/// `1 - W f'`.
fn equations(w: &Matrix, slopes: &[f64]) -> Matrix {
    let n = slopes.len();
    Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) - w[(i, j)] * slopes[j])
}

fn unit_pieces(circuit: &Circuit) -> Option<Vec<Vec<AffinePiece>>> {
    (0..circuit.n()).map(|i| circuit.populations()[circuit.population_of(i)].transfer.pieces()).collect()
}

/// A line of fixed points, or a plane.
struct Line {
    /// Inputs at the one of smallest norm.
    x: Vec<f64>,
    /// Inputs at its ends, infinite where it has none; None for a plane.
    ends: Option<[Vec<f64>; 2]>,
}

enum Solved {
    Point(Vec<f64>, f64),
    Outside,
    /// No unique solution; with those there are on these pieces.
    Singular(Option<Line>),
}

/// The fixed point on one choice of pieces, if it lies on them.
fn solve(circuit: &Circuit, w: &Matrix, pieces: &[AffinePiece]) -> Result<Solved> {
    let n = circuit.n();
    let h = circuit.h();
    // Unknown: the input x of every unit, x = W (slope x + offset) + h; the same in both forms.
    let slopes: Vec<f64> = pieces.iter().map(|p| p.slope).collect();
    let m = equations(w, &slopes);
    let offset: Vec<f64> = pieces.iter().map(|p| p.offset).collect();
    let recurrent = w.mul_vec(&offset);
    let b: Vec<f64> = (0..n).map(|i| recurrent[i] + h[i]).collect();
    // Entries are known to rounding of what they are the difference of.
    let scale = 1.0 + Matrix::from_fn(n, n, |i, j| w[(i, j)] * slopes[j]).norm1();
    let lu = Lu::new(&m)?;
    let rcond = lu.reciprocal_condition();
    let unique = if rcond * m.norm1() < SINGULAR * scale { None } else { lu.solve(&b) };
    let Some(x) = unique else { return Ok(Solved::Singular(line(&m, &b, scale, pieces)?)) };
    let error = (f64::EPSILON * scale / (rcond * m.norm1())).max(f64::EPSILON);
    let slack = |v: f64| 8.0 * error * (1.0 + v.abs());
    let inside = pieces.iter().zip(&x).all(|(p, &x)| x >= p.from - slack(p.from) && x <= p.to + slack(p.to));
    Ok(if inside { Solved::Point(x, error) } else { Solved::Outside })
}

/// The solutions of a singular system that lie on these pieces, if there are any.
fn line(m: &Matrix, b: &[f64], scale: f64, pieces: &[AffinePiece]) -> Result<Option<Line>> {
    let n = b.len();
    let s = svd(m)?;
    let (mut x, mut free) = (vec![0.0; n], Vec::new());
    for k in 0..n {
        let direction: Vec<f64> = (0..n).map(|i| s.v[(i, k)]).collect();
        if s.s[k] > 10.0 * SINGULAR * scale {
            let along: f64 = (0..n).map(|i| s.u[(i, k)] * b[i]).sum::<f64>() / s.s[k];
            (0..n).for_each(|i| x[i] += along * direction[i]);
        } else {
            free.push(direction);
        }
    }
    let size = x.iter().chain(b).fold(0.0, |m: f64, v| m.max(v.abs()));
    if m.mul_vec(&x).iter().zip(b).any(|(a, b)| (a - b).abs() > 10.0 * SINGULAR * scale * size) {
        return Ok(None);
    }
    let slack = |v: f64| 10.0 * SINGULAR * (1.0 + v.abs());
    if let [direction] = &free[..] {
        // How far one may go both ways.
        let (mut from, mut to) = (f64::NEG_INFINITY, f64::INFINITY);
        for (i, p) in pieces.iter().enumerate() {
            let d = direction[i];
            if d.abs() < 1e-12 {
                if x[i] < p.from - slack(p.from) || x[i] > p.to + slack(p.to) {
                    return Ok(None);
                }
                continue;
            }
            let (a, c) = ((p.from - x[i]) / d, (p.to - x[i]) / d);
            from = from.max(a.min(c));
            to = to.min(a.max(c));
        }
        if from > to + slack(to) || from == f64::INFINITY || to == f64::NEG_INFINITY {
            return Ok(None);
        }
        let at = |t: f64| -> Vec<f64> {
            (0..n).map(|i| if direction[i].abs() < 1e-12 { x[i] } else { x[i] + t * direction[i] }).collect()
        };
        let nearest = 0f64.max(from).min(to.max(from));
        return Ok(Some(Line { x: at(nearest), ends: Some([at(from), at(to)]) }));
    }
    Ok(nearest_on_plane(&x, &free, pieces).map(|x| Line { x, ends: None }))
}

/// A solution on the pieces, where solutions are a plane through `x` along `free`: by projections on the pieces and on the
/// plane in turn, which come to such a point if there is one.
fn nearest_on_plane(x: &[f64], free: &[Vec<f64>], pieces: &[AffinePiece]) -> Option<Vec<f64>> {
    let mut here = x.to_vec();
    for _ in 0..MAX_PROJECTIONS {
        let on: Vec<f64> = here.iter().zip(pieces).map(|(x, p)| x.clamp(p.from, p.to)).collect();
        let apart = here.iter().zip(&on).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs() / (1.0 + a.abs())));
        if apart <= 1e-12 {
            return Some(here);
        }
        here.copy_from_slice(x);
        for d in free {
            let along: f64 = d.iter().zip(on.iter().zip(x)).map(|(d, (a, b))| d * (a - b)).sum();
            here.iter_mut().zip(d).for_each(|(h, d)| *h += along * d);
        }
    }
    None
}

fn singular_remark(circuit: &Circuit, pieces: &[AffinePiece], line: Option<&Line>) -> String {
    let active: Vec<String> =
        (0..circuit.n()).filter(|&i| pieces[i].slope != 0.0).map(|i| circuit.unit_shown(i)).collect();
    let which = match line {
        None => "without a fixed point there under this input".to_string(),
        Some(Line { ends: None, .. }) => {
            "a plane of fixed points, of which the one of smallest norm is listed".to_string()
        }
        Some(Line { ends: Some(ends), .. }) => {
            let rates = |x: &[f64]| {
                let rate = |i: usize| pieces[i].slope * x[i] + pieces[i].offset;
                let moving = (0..circuit.n()).filter(|&i| pieces[i].slope != 0.0).take(4);
                let shown = moving.map(|i| format!("{} {}", circuit.unit_shown(i), shown(rate(i))));
                shown.collect::<Vec<_>>().join(", ")
            };
            format!(
                "a line of fixed points, from rates {} to {}, of which the one of smallest norm is listed",
                rates(&ends[0]),
                rates(&ends[1])
            )
        }
    };
    format!("with {} active, 1 − W f' is singular: an integrator, {which}", active.join(", "))
}

/// A rate in a remark.
fn shown(rate: f64) -> String {
    match rate {
        f64::INFINITY => "∞".into(),
        f64::NEG_INFINITY => "−∞".into(),
        rate => format!("{:.4}", rate + 0.0).trim_end_matches('0').trim_end_matches('.').replace('-', "−"),
    }
}
