//! Nullclines of a circuit of two units: where one of them does not move.
//!
//! In rate form the input `u` to a unit says where its nullcline is: `r = f(u)`, and the other unit's rate is
//! `(u - w r - h)/w'`, with the weight `w` from itself and `w'` from the other. So the whole nullcline is one curve over
//! `u`, however often it folds, and every point of it is exact. Elsewhere (in voltage form, where the fluctuations depend
//! on the rates, without a weight from the other) the sign of the unit's own field is taken on a grid, and each crossing
//! of an edge is found by bisection.

use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::model::{Circuit, Form};
use neurate_numerics::contours::contours;
use neurate_numerics::linalg::Matrix;

/// A point of the plane: states of the first and of the second unit.
pub type PlanePoint = [f64; 2];

/// A part of the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// The least states.
    pub low: PlanePoint,
    /// The largest states.
    pub high: PlanePoint,
}

impl Window {
    /// Whether a point is inside, rim included.
    pub fn contains(&self, p: PlanePoint) -> bool {
        (0..2).all(|k| p[k] >= self.low[k] && p[k] <= self.high[k])
    }
    /// Distance of two points, in sizes of the window.
    fn distance(&self, p: PlanePoint, q: PlanePoint) -> f64 {
        ((p[0] - q[0]) / (self.high[0] - self.low[0])).hypot((p[1] - q[1]) / (self.high[1] - self.low[1]))
    }
}

/// Points from which a curve over an input is refined.
const FIRST: usize = 256;
/// Distance of neighboring points, in sizes of the window.
const NEAR: f64 = 0.004;
/// Halvings of a piece.
const HALVINGS: usize = 40;
/// Points of a side of the grid.
const GRID: usize = 161;
/// Residual of a point, in sizes of the window, above which it is none: f jumps there.
const JUMP: f64 = 1e-6;

/// The nullclines of both units of a circuit of two under its constant input, inside a window: of each its branches, as
/// points one after the other; a closed one ends where it began. Points `through` which are fixed points become points of both.
///
/// # Panics
/// The circuit has not two units, or has slow states, delays or conductances.
pub fn nullclines(circuit: &Circuit, window: Window, through: &[PlanePoint]) -> [Vec<Vec<PlanePoint>>; 2] {
    assert!(
        circuit.n() == 2 && circuit.is_plain() && circuit.form() != Form::Conductance,
        "nullclines are those of two units"
    );
    let w = circuit.weights().dense();
    let exact =
        |a: usize| circuit.form() == Form::Rate && circuit.mean_field().is_none() && w[(a, 1 - a)] != 0.0;
    let away = |p: PlanePoint| distances(circuit, p);
    let grid = (!exact(0) || !exact(1)).then(|| Grid::new(&away, window));
    let of = |a: usize| {
        let mut branches = match &grid {
            Some(grid) if !exact(a) => grid.branches(a),
            _ => Course { circuit, window, a, own: w[(a, a)], other: w[(a, 1 - a)] }.branches(through),
        };
        thread(&mut branches, window, through);
        branches
    };
    [of(0), of(1)]
}

/// The nullclines of any field of two equations in a window: where either component of `away` is zero, which says how far a state is from
/// where it relaxes to. Points `through` become points of both; a piece smaller than a cell of the grid (1/160 of the window) is missed.
pub fn zero_lines(
    away: &dyn Fn(PlanePoint) -> PlanePoint,
    window: Window,
    through: &[PlanePoint],
) -> [Vec<Vec<PlanePoint>>; 2] {
    let grid = Grid::new(away, window);
    [0, 1].map(|a| {
        let mut branches = grid.branches(a);
        thread(&mut branches, window, through);
        branches
    })
}

/// A nullcline over the input to its unit `a`.
struct Course<'a> {
    circuit: &'a Circuit,
    window: Window,
    a: usize,
    own: f64,
    other: f64,
}

impl Course<'_> {
    fn at(&self, u: f64) -> PlanePoint {
        let population = &self.circuit.populations()[self.circuit.population_of(self.a)];
        let rate = population.transfer.rate(u, population.sigma);
        let sender = (u - self.own * rate - self.circuit.h()[self.a]) / self.other;
        if self.a == 0 { [rate, sender] } else { [sender, rate] }
    }
    fn inside(&self, u: f64) -> bool {
        self.window.contains(self.at(u))
    }
    /// The input at a state.
    fn input(&self, p: PlanePoint) -> f64 {
        self.own * p[self.a] + self.other * p[1 - self.a] + self.circuit.h()[self.a]
    }

    /// Pieces inside the window, whose ends are on its rim.
    fn branches(&self, through: &[PlanePoint]) -> Vec<Vec<PlanePoint>> {
        let Window { low, high } = self.window;
        // The input is linear in both states, so that the corners bound it.
        let corners = [low, high, [low[0], high[1]], [high[0], low[1]]].map(|p| self.input(p));
        let (from, to) =
            corners.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), u| (a.min(*u), b.max(*u)));
        let mut inputs: Vec<f64> =
            (0..=FIRST).map(|k| from + (to - from) * k as f64 / FIRST as f64).collect();
        let population = &self.circuit.populations()[self.circuit.population_of(self.a)];
        inputs.extend(population.transfer.kinks());
        inputs.extend(through.iter().map(|p| self.input(*p)));
        inputs.retain(|u| *u >= from && *u <= to);
        inputs.sort_by(f64::total_cmp);
        inputs.dedup();
        let mut branches = Vec::new();
        let mut now: Vec<PlanePoint> = Vec::new();
        let mut end = |now: &mut Vec<PlanePoint>| {
            if now.len() > 1 {
                branches.push(std::mem::take(now));
            }
            now.clear();
        };
        for pair in inputs.windows(2) {
            for [u, v] in self.refined(pair[0], pair[1]) {
                match (self.inside(u), self.inside(v)) {
                    (true, inside) => {
                        if now.is_empty() {
                            now.push(self.at(u));
                        }
                        now.push(self.at(if inside { v } else { self.rim(u, v) }));
                        if !inside {
                            end(&mut now);
                        }
                    }
                    (false, true) => {
                        end(&mut now);
                        now.extend([self.at(self.rim(v, u)), self.at(v)]);
                    }
                    (false, false) => end(&mut now),
                }
            }
        }
        end(&mut now);
        branches
    }

    /// The last input inside on the way to one outside.
    fn rim(&self, mut inside: f64, mut outside: f64) -> f64 {
        for _ in 0..60 {
            let middle = 0.5 * (inside + outside);
            if self.inside(middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        inside
    }

    /// An interval in pieces over which the nullcline moves no further than can be seen, where it is in the window.
    fn refined(&self, from: f64, to: f64) -> Vec<[f64; 2]> {
        let mut pieces = Vec::new();
        let mut left = vec![(from, to, 0)];
        while let Some((u, v, depth)) = left.pop() {
            let middle = 0.5 * (u + v);
            let [p, q, m] = [u, v, middle].map(|u| self.at(u));
            let seen = [p, q, m].iter().any(|p| self.window.contains(*p));
            let far = self.window.distance(p, m).max(self.window.distance(m, q)) > NEAR;
            if depth < HALVINGS && seen && far && u < middle && middle < v {
                left.extend([(middle, v, depth + 1), (u, middle, depth + 1)]);
            } else {
                pieces.push([u, v]);
            }
        }
        pieces
    }
}

/// Fields of both units on a grid over the window.
struct Grid<'a> {
    away: &'a dyn Fn(PlanePoint) -> PlanePoint,
    window: Window,
    at: [Vec<f64>; 2],
    /// Target less state of each unit; rows by the second state.
    values: [Matrix; 2],
}

impl<'a> Grid<'a> {
    fn new(away: &'a dyn Fn(PlanePoint) -> PlanePoint, window: Window) -> Grid<'a> {
        let side = |k: usize| -> Vec<f64> {
            let (low, high) = (window.low[k], window.high[k]);
            (0..GRID).map(|i| low + (high - low) * i as f64 / (GRID - 1) as f64).collect()
        };
        let at = [side(0), side(1)];
        let mut values = [Matrix::zeros(GRID, GRID), Matrix::zeros(GRID, GRID)];
        for i in 0..GRID {
            for j in 0..GRID {
                let off = away([at[0][j], at[1][i]]);
                (0..2).for_each(|a| values[a][(i, j)] = off[a]);
            }
        }
        Grid { away, window, at, values }
    }

    fn branches(&self, a: usize) -> Vec<Vec<PlanePoint>> {
        let curves = contours(&self.at[0], &self.at[1], &self.values[a], 0.0);
        let mut branches = Vec::new();
        for curve in curves {
            let mut now = Vec::new();
            for p in curve.into_iter().map(|(x, y)| self.refined(a, [x, y])) {
                match p {
                    Some(p) => now.push(p),
                    None => branches.push(std::mem::take(&mut now)),
                }
            }
            branches.push(now);
        }
        branches.retain(|b| b.len() > 1);
        branches
    }

    /// The zero on the edge of the grid on which a point is; None where the sign changes in a jump.
    fn refined(&self, a: usize, p: PlanePoint) -> Option<PlanePoint> {
        // One of the coordinates is the grid's, exactly.
        let node = |k: usize| self.at[k].iter().position(|v| *v == p[k]);
        let along = match (node(0), node(1)) {
            (Some(_), Some(_)) => return self.accepted(a, p),
            (Some(_), None) => 1,
            _ => 0,
        };
        let above = self.at[along].partition_point(|v| *v <= p[along]).clamp(1, GRID - 1);
        let at = |v: f64| {
            let mut q = p;
            q[along] = v;
            q
        };
        let value = |v: f64| (self.away)(at(v))[a];
        let (mut low, mut high) = (self.at[along][above - 1], self.at[along][above]);
        let positive = value(high) > 0.0;
        for _ in 0..80 {
            let middle = 0.5 * (low + high);
            if !(low < middle && middle < high) {
                break;
            }
            if (value(middle) > 0.0) == positive {
                high = middle;
            } else {
                low = middle;
            }
        }
        let best = if value(low).abs() < value(high).abs() { low } else { high };
        self.accepted(a, at(best))
    }

    fn accepted(&self, a: usize, p: PlanePoint) -> Option<PlanePoint> {
        let size = self.window.high[a] - self.window.low[a];
        ((self.away)(p)[a].abs() <= JUMP * size).then_some(p)
    }
}

/// How far each unit is from what it relaxes to.
fn distances(circuit: &Circuit, p: PlanePoint) -> PlanePoint {
    let (mut target, mut tau) = ([0.0; 2], [0.0; 2]);
    CircuitDynamics::at_rest(circuit).relaxation(0.0, &p, &mut target, &mut tau);
    [target[0] - p[0], target[1] - p[1]]
}

/// Makes points on a curve points of it: each goes into the segment that it is nearest to.
fn thread(branches: &mut [Vec<PlanePoint>], window: Window, points: &[PlanePoint]) {
    for &p in points.iter().filter(|p| window.contains(**p)) {
        let mut best = (0.02, 0, 0);
        for (b, branch) in branches.iter().enumerate() {
            for (k, pair) in branch.windows(2).enumerate() {
                let [q, r] = [pair[0], pair[1]];
                let around = window.distance(q, p) + window.distance(p, r) - window.distance(q, r);
                if around < best.0 {
                    best = (around, b, k + 1);
                }
            }
        }
        if best.2 > 0 {
            branches[best.1].insert(best.2, p);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::transfer::Transfer;

    fn pair(form: Form, w: [[f64; 2]; 2], f: &Transfer, h: [f64; 2]) -> Circuit {
        let w = Matrix::from_rows(&w);
        Circuit::from_weights(w)
            .form(form)
            .taus(&[20.0, 10.0])
            .transfer(f.clone())
            .inputs(&h)
            .build()
            .unwrap()
    }

    #[test]
    fn straight_lines_of_a_linear_pair() {
        // r_1 = 2 r_1 - 3 r_2 + 1 and r_2 = 2.5 r_1 - 2 r_2 - 1: slopes 1/3 and 2.5/3.
        for form in [Form::Rate, Form::Voltage] {
            let c = pair(form, [[2.0, -3.0], [2.5, -2.0]], &Transfer::identity(), [1.0, -1.0]);
            let window = Window { low: [-4.0, -4.0], high: [4.0, 4.0] };
            let [first, second] = nullclines(&c, window, &[[4.0 / 3.0, 7.0 / 9.0]]);
            for (branches, line) in [(first, [1.0 / 3.0, 1.0 / 3.0]), (second, [2.5 / 3.0, -1.0 / 3.0])] {
                assert_eq!(branches.len(), 1, "{form:?}");
                assert!(branches[0].iter().all(|p| (line[0] * p[0] + line[1] - p[1]).abs() < 1e-9));
                // From rim to rim.
                for end in [branches[0][0], branches[0][branches[0].len() - 1]] {
                    assert!(end.iter().any(|v| (v.abs() - 4.0).abs() < 1e-9), "{end:?}");
                }
                assert!(branches[0].contains(&[4.0 / 3.0, 7.0 / 9.0]));
            }
        }
    }

    #[test]
    fn folds_are_followed() {
        // A bistable unit: three rates of the first for one of the second.
        let f = Transfer::new("logistic", &[("max", 1.0), ("width", 1.0), ("midpoint", 0.0)], 1e-3).unwrap();
        let c = pair(Form::Rate, [[12.0, -4.0], [13.0, 11.0]], &f, [-4.0, -9.0]);
        let window = Window { low: [0.0, 0.0], high: [1.0, 1.0] };
        let [first, _] = nullclines(&c, window, &[]);
        let crossings = |level: f64| {
            let sides =
                first.iter().flat_map(|b| b.windows(2)).filter(|s| (s[0][1] > level) != (s[1][1] > level));
            sides.count()
        };
        assert_eq!(crossings(0.5), 3);
        let steps = first.iter().flat_map(|b| b.windows(2)).map(|s| window.distance(s[0], s[1]));
        assert!(steps.fold(0.0, f64::max) < 0.01);
    }

    #[test]
    fn a_unit_that_nothing_comes_to_has_straight_lines() {
        // r = f(12 r - 6): at 1/2, and near 0 and 1.
        let f = Transfer::new("logistic", &[("max", 1.0), ("width", 1.0), ("midpoint", 0.0)], 1e-3).unwrap();
        let c = pair(Form::Rate, [[12.0, 0.0], [1.0, 0.0]], &f, [-6.0, 0.0]);
        let window = Window { low: [-0.1, 0.0], high: [1.1, 1.0] };
        let [first, second] = nullclines(&c, window, &[]);
        assert_eq!((first.len(), second.len()), (3, 1));
        for branch in first {
            let r = branch[0][0];
            assert!((r - f.rate(12.0 * r - 6.0, 0.0)).abs() < 1e-12);
            assert!(branch.iter().all(|p| (p[0] - r).abs() < 1e-12));
        }
    }
}
