//! The numbers of a piecewise-linear circuit, all of which move with the parameter in straight lines.

use crate::branch::circuit_family::CircuitFamily;
use crate::model::transfer::AffinePiece;
use crate::model::{Circuit, Form, SlowKind};
use neurate_numerics::linalg::Matrix;
use std::sync::Arc;

/// Combinations of pieces up to which all are solved, as `fixed_points/pieces.rs` has them.
const MOST_COMBINATIONS: usize = 4_096;
/// Where between the ends of the window it is looked whether numbers move in straight lines, as a share of the way.
const BETWEEN: f64 = 0.37;

/// A number over the window: at its beginning, and how much it changes up to its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    pub start: f64,
    pub change: f64,
}

impl Line {
    /// From values at the beginning, between and at the end; None if they are not on a line.
    fn through([a, m, b]: [f64; 3]) -> Option<Line> {
        if a == b && a == m {
            return Some(Line { start: a, change: 0.0 });
        }
        let straight = (a + BETWEEN * (b - a) - m).abs() <= 1e-13 * a.abs().max(b.abs()).max(m.abs());
        straight.then_some(Line { start: a, change: b - a })
    }
    /// At a share of the way along the window.
    pub fn at(self, s: f64) -> f64 {
        if self.change == 0.0 { self.start } else { self.start + s * self.change }
    }
}

/// A piece of a transfer function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub from: Line,
    pub to: Line,
    pub slope: Line,
    pub offset: Line,
}

/// A circuit whose transfer functions are straight lines between kinks, over the window.
#[derive(Debug)]
pub(super) struct Numbers {
    /// At the beginning of the window, and their change over it; what adaptation takes is on the diagonal.
    pub w: [Matrix; 2],
    pub h: Vec<Line>,
    /// Of every unit, from left to right.
    pub pieces: Vec<Vec<Piece>>,
    /// How many ways there are to choose pieces.
    pub combinations: usize,
    /// Whether weights and slopes stay: then equilibria move in straight lines.
    pub straight: bool,
    /// Whether time constants stay, too: then eigenvalues do on each combination.
    pub constant: bool,
}

impl Numbers {
    /// None if the circuit is not piecewise linear, has too many combinations of pieces, or moves in another way.
    pub fn of(family: &CircuitFamily) -> Option<Numbers> {
        let (from, to) = family.window();
        let all = [from, from + BETWEEN * (to - from), to].map(|p| family.circuit(p).ok());
        let [Some(base), Some(middle), Some(end)] = all else { return None };
        let circuits = [&*base, &*middle, &*end];
        let mut pieces = Vec::with_capacity(base.n());
        let mut combinations = 1usize;
        for i in 0..base.n() {
            let own = pieces_of(circuits, i)?;
            combinations = combinations.saturating_mul(own.len());
            pieces.push(own);
        }
        if combinations > MOST_COMBINATIONS || !circuits.iter().all(|c| is_covered(c)) {
            return None;
        }
        let [a, m, b] = circuits.map(weights);
        let line = |k: usize| Line::through([a.data()[k], m.data()[k], b.data()[k]]);
        let lines: Option<Vec<Line>> = (0..a.data().len()).map(line).collect();
        let change = Matrix::from_vec(a.rows(), a.cols(), lines?.iter().map(|l| l.change).collect());
        let h: Option<Vec<Line>> = (0..base.n()).map(|i| Line::through(circuits.map(|c| c.h()[i]))).collect();
        let slopes_stay = pieces.iter().flatten().all(|p| p.slope.change == 0.0);
        let weights_stay = change.max_abs() == 0.0;
        // Their product is no straight line.
        if !slopes_stay && !weights_stay {
            return None;
        }
        let straight = slopes_stay && weights_stay;
        let same_times = |c: &Arc<Circuit>| c.tau() == base.tau() && c.slow() == base.slow();
        let constant = straight && same_times(&middle) && same_times(&end);
        Some(Numbers { w: [a, change], h: h?, pieces, combinations, straight, constant })
    }
    /// Which piece of each unit the combination of this number has.
    pub fn chosen(&self, number: usize) -> Vec<usize> {
        let mut rest = number;
        self.pieces
            .iter()
            .map(|p| {
                let k = rest % p.len();
                rest /= p.len();
                k
            })
            .collect()
    }
}

/// Whether what arrives is linear in the rates, at once.
fn is_covered(c: &Circuit) -> bool {
    c.form() != Form::Conductance
        && c.delays().is_none()
        && c.populations().iter().all(|p| p.slow.plasticity.is_none())
}

fn pieces_of(circuits: [&Circuit; 3], i: usize) -> Option<Vec<Piece>> {
    let [a, m, b] = circuits.map(|c| c.populations()[c.population_of(i)].transfer.pieces());
    let (a, m, b) = (a?, m?, b?);
    if a.len() != m.len() || a.len() != b.len() {
        return None;
    }
    let piece = |k: usize| {
        let line = |of: fn(&AffinePiece) -> f64| Line::through([of(&a[k]), of(&m[k]), of(&b[k])]);
        Some(Piece {
            from: line(|p| p.from)?,
            to: line(|p| p.to)?,
            slope: line(|p| p.slope)?,
            offset: line(|p| p.offset)?,
        })
    };
    (0..a.len()).map(piece).collect()
}

/// Weights, with what adaptation takes at its steady value.
fn weights(c: &Circuit) -> Matrix {
    let mut w = c.weights().to_dense();
    for i in 0..c.n() {
        if let Some(a) = c.populations()[c.population_of(i)].slow.adaptation {
            w[(i, i)] -= a.strength;
        }
    }
    w
}

/// The Jacobian of a circuit whose units have these slopes: units first, then slow states.
pub(super) fn jacobian(c: &Circuit, slopes: &[f64]) -> Matrix {
    let n = c.n();
    let mut j = Matrix::zeros(c.states(), c.states());
    // How a unit's state moves with its input, and what it sends with its state.
    let rate = c.form() == Form::Rate;
    let gain = |i: usize| if rate { slopes[i] } else { 1.0 };
    let sent = |i: usize| if rate { 1.0 } else { slopes[i] };
    let mut sender: Vec<usize> = (0..n).collect();
    for block in c.slow() {
        for (k, i) in c.range(block.population).enumerate() {
            let state = block.first + k;
            j[(state, state)] = -1.0 / block.tau;
            j[(state, i)] = sent(i) / block.tau;
            match block.kind {
                SlowKind::Adaptation => {
                    let strength =
                        c.populations()[block.population].slow.adaptation.map_or(0.0, |a| a.strength);
                    j[(i, state)] = -gain(i) * strength / c.tau()[i];
                }
                _ => sender[i] = state,
            }
        }
    }
    let w = c.weights().to_dense();
    for i in 0..n {
        for k in 0..n {
            let per_state = if sender[k] == k { sent(k) } else { 1.0 };
            j[(i, sender[k])] += gain(i) * w[(i, k)] * per_state / c.tau()[i];
        }
        j[(i, i)] -= 1.0 / c.tau()[i];
    }
    j
}
