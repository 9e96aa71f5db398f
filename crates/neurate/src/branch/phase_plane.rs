//! Orbits in a plane: manifolds of saddles and limit cycles of two equations, integrated in arclength.
//!
//! Lengths are in sizes of the window. The field is taken at speed 1, so that nothing is slow near a fixed point and nothing is stiff
//! in time; steps of Dormand and Prince's pair keep the error.

use crate::fixed_points::{PlanePoint, Window};

/// Error of a step, and its longest and shortest length, in sizes of the window.
const TOLERANCE: f64 = 1e-9;
const LONGEST: f64 = 0.01;
const SHORTEST: f64 = 1e-11;
/// Steps after which an orbit is given up.
const MOST_STEPS: usize = 20_000;
/// So many steps must lead so far, in sizes of the window: where time constants are far apart, steps across the slow direction are
/// as short as the fast one asks.
const LOOK: usize = 1_000;
const FAR_ENOUGH: f64 = 0.01;
/// How near to a fixed point that attracts an orbit ends.
const ARRIVED: f64 = 1e-4;
/// How far from a saddle its manifolds begin, along its eigenvectors.
const BESIDE: f64 = 1e-4;
/// How far from a fixed point runs to a limit cycle begin.
const START: f64 = 1e-3;
/// Maxima of a coordinate in one turn of a limit cycle, at most.
const MOST_MAXIMA: usize = 6;
/// How near an orbit comes to a limit cycle, of the cycle's extent.
const ON_CYCLE: f64 = 1e-6;
/// How much further than the window limit cycles are sought, in sizes of the window.
const AROUND: f64 = 1.0;

/// A field of two equations, in a window.
pub struct PlaneField<'a> {
    /// Velocity at a point.
    pub field: &'a dyn Fn(PlanePoint) -> PlanePoint,
    /// What is shown.
    pub window: Window,
    /// The fixed points in it.
    pub rests: Vec<PlaneRest>,
}

/// A fixed point of a field in the plane.
#[derive(Clone, Copy, Debug)]
pub struct PlaneRest {
    /// Where.
    pub at: PlanePoint,
    /// The derivatives of the field there: rows are components.
    pub jacobian: [[f64; 2]; 2],
}

/// What an orbit comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrbitEnd {
    /// The edge of the window.
    Window,
    /// A fixed point: its position in the list.
    Rest(usize),
    /// A limit cycle.
    Cycle,
    /// None of these in 20,000 steps, or steps hardly lead on.
    Unfinished,
}

/// An orbit, along the direction in which it was followed.
#[derive(Clone, Debug)]
pub struct PlaneOrbit {
    /// Time since its start; positive backward, too.
    pub times: Vec<f64>,
    /// Points.
    pub points: Vec<PlanePoint>,
    /// What it comes to.
    pub end: OrbitEnd,
    /// Where the last turn of the limit cycle begins, where it comes to one.
    turn: usize,
}

/// One of the four manifolds of a saddle.
#[derive(Clone, Debug)]
pub struct Manifold {
    /// The saddle: its position in the list of fixed points.
    pub saddle: usize,
    /// Whether it is a stable one, which leads to the saddle.
    pub stable: bool,
    /// From the saddle outwards; of a stable one against the flow.
    pub orbit: PlaneOrbit,
}

/// A limit cycle.
#[derive(Clone, Debug)]
pub struct LimitCycle {
    /// Its period.
    pub period: f64,
    /// Whether it attracts.
    pub stable: bool,
    /// One turn in the direction of the flow; the last point is the first.
    pub points: Vec<PlanePoint>,
    /// Time since the first point.
    pub times: Vec<f64>,
}

impl PlaneRest {
    fn trace(&self) -> f64 {
        self.jacobian[0][0] + self.jacobian[1][1]
    }
    fn determinant(&self) -> f64 {
        let [[a, b], [c, d]] = self.jacobian;
        a * d - b * c
    }
    /// Whether nearby orbits come to it, forward or backward.
    fn attracts(&self, backward: bool) -> bool {
        self.determinant() > 0.0 && if backward { self.trace() > 0.0 } else { self.trace() < 0.0 }
    }
    fn is_saddle(&self) -> bool {
        self.determinant() < 0.0
    }
}

/// Scaled position, and time.
type State = [f64; 3];

impl PlaneField<'_> {
    fn size(&self, k: usize) -> f64 {
        self.window.high[k] - self.window.low[k]
    }
    fn scaled(&self, p: PlanePoint) -> PlanePoint {
        [0, 1].map(|k| (p[k] - self.window.low[k]) / self.size(k))
    }
    fn own(&self, z: &State) -> PlanePoint {
        [0, 1].map(|k| self.window.low[k] + z[k] * self.size(k))
    }

    /// The field at speed 1, and time per length. NaN at rest.
    fn direction(&self, z: &State, backward: bool) -> State {
        let v = (self.field)(self.own(z));
        let v = [0, 1].map(|k| v[k] / self.size(k));
        let speed = v[0].hypot(v[1]);
        let sign = if backward { -1.0 } else { 1.0 };
        [sign * v[0] / speed, sign * v[1] / speed, 1.0 / speed]
    }

    /// A step of Dormand and Prince's pair: the end, and the error of its position.
    fn step(&self, z: &State, h: f64, backward: bool) -> (State, f64) {
        const A: [&[f64]; 6] = [
            &[1.0 / 5.0],
            &[3.0 / 40.0, 9.0 / 40.0],
            &[44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0],
            &[19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0],
            &[9017.0 / 3168.0, -355.0 / 33.0, 46732.0 / 5247.0, 49.0 / 176.0, -5103.0 / 18656.0],
            &[35.0 / 384.0, 0.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0],
        ];
        const E: [f64; 7] = [
            71.0 / 57600.0,
            0.0,
            -71.0 / 16695.0,
            71.0 / 1920.0,
            -17253.0 / 339_200.0,
            22.0 / 525.0,
            -1.0 / 40.0,
        ];
        let mut k = [[0.0; 3]; 7];
        k[0] = self.direction(z, backward);
        let mut end = *z;
        for (stage, row) in A.iter().enumerate() {
            end = [0, 1, 2].map(|c| z[c] + h * row.iter().zip(&k).map(|(a, k)| a * k[c]).sum::<f64>());
            k[stage + 1] = self.direction(&end, backward);
        }
        let off = [0, 1].map(|c| h * E.iter().zip(&k).map(|(e, k)| e * k[c]).sum::<f64>());
        (end, off[0].hypot(off[1]))
    }

    /// The orbit through a point, forward or backward, until it leaves the window, widened by so many sizes on each side.
    fn orbit(&self, start: PlanePoint, backward: bool, around: f64) -> PlaneOrbit {
        let start = self.scaled(start);
        let mut z = [start[0], start[1], 0.0];
        let rests: Vec<(usize, PlanePoint)> =
            self.rests.iter().map(|r| self.scaled(r.at)).enumerate().collect();
        let mut path = Path { states: vec![z], maxima: vec![] };
        let mut h = 1e-4;
        let inside = |z: &State| (0..2).all(|k| z[k] >= -around && z[k] <= 1.0 + around);
        let mut length = 0.0;
        for k in 1..=MOST_STEPS {
            if k % LOOK == 0 && std::mem::take(&mut length) < FAR_ENOUGH {
                break;
            }
            let (end, error) = self.step(&z, h, backward);
            if error.is_nan() || error > TOLERANCE {
                h *= 0.5;
                if h < SHORTEST {
                    break;
                }
                continue;
            }
            if !inside(&end) {
                // The last point inside, by halving the step.
                let (mut low, mut high) = (0.0, h);
                for _ in 0..50 {
                    let middle = 0.5 * (low + high);
                    if inside(&self.step(&z, middle, backward).0) { low = middle } else { high = middle }
                }
                path.states.push(self.step(&z, low, backward).0);
                return self.described(path, OrbitEnd::Window, 0);
            }
            length += h;
            let before = z;
            z = end;
            let near = |(k, at): &&(usize, PlanePoint)| {
                (at[0] - z[0]).hypot(at[1] - z[1]) < ARRIVED && self.rests[*k].attracts(backward)
            };
            if let Some((k, at)) = rests.iter().find(near) {
                path.states.push([at[0], at[1], z[2]]);
                return self.described(path, OrbitEnd::Rest(*k), 0);
            }
            if let Some(top) = self.maximum(&before, h, &z, backward) {
                path.states.push(top);
                path.maxima.push(path.states.len() - 1);
                if let Some(turn) = path.turn() {
                    return self.described(path, OrbitEnd::Cycle, turn);
                }
            }
            path.states.push(z);
            if error < 0.02 * TOLERANCE {
                h = (1.6 * h).min(LONGEST);
            }
        }
        self.described(path, OrbitEnd::Unfinished, 0)
    }

    /// The point of a step at which the second coordinate is largest, if there is one.
    fn maximum(&self, from: &State, h: f64, to: &State, backward: bool) -> Option<State> {
        let rising = |z: &State| self.direction(z, backward)[1] > 0.0;
        if !rising(from) || rising(to) {
            return None;
        }
        let (mut low, mut high) = (0.0, h);
        for _ in 0..50 {
            let middle = 0.5 * (low + high);
            if rising(&self.step(from, middle, backward).0) { low = middle } else { high = middle }
        }
        Some(self.step(from, high, backward).0)
    }

    fn described(&self, path: Path, end: OrbitEnd, turn: usize) -> PlaneOrbit {
        PlaneOrbit {
            times: path.states.iter().map(|z| z[2]).collect(),
            points: path.states.iter().map(|z| self.own(z)).collect(),
            end,
            turn,
        }
    }

    /// The manifolds of all saddles: of each two that lead away from it and two that lead to it, until they leave the window.
    pub fn manifolds(&self) -> Vec<Manifold> {
        let mut all = Vec::new();
        for (saddle, rest) in self.rests.iter().enumerate().filter(|(_, r)| r.is_saddle()) {
            let (half, off) = (0.5 * rest.trace(), -rest.determinant());
            let root = (half * half + off).sqrt();
            for (eigenvalue, stable) in [(half + root, false), (half - root, true)] {
                let v = self.eigenvector(rest, eigenvalue);
                for side in [1.0, -1.0] {
                    let start = [0, 1].map(|k| rest.at[k] + side * BESIDE * v[k] * self.size(k));
                    let mut orbit = self.orbit(start, stable, 0.0);
                    orbit.points.insert(0, rest.at);
                    orbit.times.insert(0, 0.0);
                    all.push(Manifold { saddle, stable, orbit });
                }
            }
        }
        all
    }

    /// The eigenvector in scaled coordinates, of length 1.
    fn eigenvector(&self, rest: &PlaneRest, eigenvalue: f64) -> PlanePoint {
        let [[a, b], [c, d]] = rest.jacobian;
        let (b, c) = (b * self.size(1) / self.size(0), c * self.size(0) / self.size(1));
        let [first, second] = [[b, eigenvalue - a], [eigenvalue - d, c]];
        let long = |v: &PlanePoint| v[0].hypot(v[1]);
        let v = if long(&first) > long(&second) { first } else { second };
        let length = long(&v);
        [v[0] / length, v[1] / length]
    }

    /// The limit cycles that orbits come to: forward from beside fixed points that repel, backward from beside those that attract,
    /// both ways along the manifolds of saddles and from `others`. A cycle between two others that attract and repel is found from
    /// neither side; such a list is not complete.
    pub fn cycles(&self, others: &[PlanePoint]) -> Vec<LimitCycle> {
        let beside = |p: PlanePoint| [p[0] + START * self.size(0), p[1] + 0.3 * START * self.size(1)];
        let mut starts: Vec<(PlanePoint, bool)> = Vec::new();
        for rest in &self.rests {
            for backward in [false, true] {
                if rest.attracts(!backward) {
                    starts.push((beside(rest.at), backward));
                }
                if rest.is_saddle() {
                    let (half, off) = (0.5 * rest.trace(), -rest.determinant());
                    let root = (half * half + off).sqrt();
                    let v = self.eigenvector(rest, if backward { half - root } else { half + root });
                    for side in [BESIDE, -BESIDE] {
                        starts.push(([0, 1].map(|k| rest.at[k] + side * v[k] * self.size(k)), backward));
                    }
                }
            }
        }
        starts.extend(others.iter().map(|p| (*p, false)));
        let mut all: Vec<LimitCycle> = Vec::new();
        for (start, backward) in starts {
            let orbit = self.orbit(start, backward, AROUND);
            if orbit.end == OrbitEnd::Cycle {
                let cycle = orbit.last_turn(backward);
                if !all.iter().any(|known| self.same(known, &cycle)) {
                    all.push(cycle);
                }
            }
        }
        all
    }

    /// Whether two cycles are one: both begin at a maximum of the second coordinate, which may be another one of the same turn.
    fn same(&self, a: &LimitCycle, b: &LimitCycle) -> bool {
        let first = self.scaled(b.points[0]);
        let near = |p: &PlanePoint| {
            let z = self.scaled(*p);
            (z[0] - first[0]).hypot(z[1] - first[1]) < 2.0 * LONGEST
        };
        (a.period / b.period - 1.0).abs() < 1e-3 && a.points.iter().any(near)
    }
}

impl PlaneOrbit {
    /// The turn on the limit cycle, along the flow.
    fn last_turn(&self, backward: bool) -> LimitCycle {
        let last = self.points.len() - 1;
        let period = self.times[last] - self.times[self.turn];
        let mut points = self.points[self.turn..=last].to_vec();
        let mut times: Vec<f64> =
            self.times[self.turn..=last].iter().map(|t| t - self.times[self.turn]).collect();
        if backward {
            points.reverse();
            times = times.iter().rev().map(|t| period - t).collect();
        }
        // It differs from the first by less than anybody sees.
        let first = points[0];
        points[last - self.turn] = first;
        LimitCycle { period, stable: !backward, points, times }
    }
}

/// An orbit in the making, and which of its points are maxima of the second coordinate.
struct Path {
    states: Vec<State>,
    maxima: Vec<usize>,
}

impl Path {
    /// Where the last turn begins, if the orbit has come to a limit cycle: maxima come back to the same place, nearer with every turn.
    fn turn(&self) -> Option<usize> {
        let count = self.maxima.len();
        (1..=MOST_MAXIMA).filter(|m| 2 * m < count).find_map(|m| {
            let [last, before, first] = [1, 1 + m, 1 + 2 * m].map(|k| self.maxima[count - k]);
            let away = |i: usize, j: usize| {
                let (a, b) = (self.states[i], self.states[j]);
                (a[0] - b[0]).hypot(a[1] - b[1])
            };
            let extent = (before..last).map(|i| away(i, last)).fold(0.0, f64::max);
            let (older, newer) = (away(before, first), away(last, before));
            // What is left of a geometric series; of a spiral into a fixed point that is the radius itself.
            let left = if newer < older { newer / (1.0 - newer / older) } else { f64::INFINITY };
            let there = left < ON_CYCLE * extent || newer.max(older) < 0.1 * ON_CYCLE * extent;
            (extent > 10.0 * ARRIVED && there).then_some(before)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(size: f64) -> Window {
        Window { low: [-size, -size], high: [size, size] }
    }

    /// `x' = x`, `y' = -y + x^2`: the unstable manifold is `y = x^2/3`, the stable one the axis.
    #[test]
    fn manifolds_are_those_of_a_closed_form() {
        let field = |p: PlanePoint| [p[0], -p[1] + p[0] * p[0]];
        let rest = PlaneRest { at: [0.0, 0.0], jacobian: [[1.0, 0.0], [0.0, -1.0]] };
        let plane = PlaneField { field: &field, window: window(1.5), rests: vec![rest] };
        let all = plane.manifolds();
        assert_eq!(all.iter().filter(|m| m.stable).count(), 2);
        for m in &all {
            assert_eq!((m.saddle, m.orbit.end), (0, OrbitEnd::Window));
            for p in &m.orbit.points {
                let off = if m.stable { p[0] } else { p[1] - p[0] * p[0] / 3.0 };
                assert!(off.abs() < 1e-7, "{p:?}");
            }
            let last = m.orbit.points[m.orbit.points.len() - 1];
            assert!((last[usize::from(m.stable)].abs() - 1.5).abs() < 1e-9, "{last:?}");
        }
    }

    /// `r' = r (1 - r^2)(4 - r^2)/4` with angular velocity 2: a stable cycle at 1, an unstable one at 2, both of period pi.
    #[test]
    fn cycles_of_both_kinds_are_found_with_their_period() {
        let field = |p: PlanePoint| {
            let r = p[0] * p[0] + p[1] * p[1];
            let s = 0.25 * (1.0 - r) * (4.0 - r);
            [s * p[0] - 2.0 * p[1], s * p[1] + 2.0 * p[0]]
        };
        let rest = PlaneRest { at: [0.0, 0.0], jacobian: [[1.0, -2.0], [2.0, 1.0]] };
        let plane = PlaneField { field: &field, window: window(3.0), rests: vec![rest] };
        let all = plane.cycles(&[]);
        assert_eq!(all.len(), 1);
        assert!(all[0].stable && (all[0].period - std::f64::consts::PI).abs() < 1e-5, "{}", all[0].period);
        assert!(all[0].points.iter().all(|p| (p[0].hypot(p[1]) - 1.0).abs() < 1e-5));
        // From outside the other one, which no fixed point leads to.
        assert_eq!(plane.cycles(&[[0.0, 1.9]]).len(), 1);
        // Backward, the middle attracts: x' = -x etc. leads out to the first cycle.
        let reversed = |p: PlanePoint| field(p).map(|v| -v);
        let rest = PlaneRest { jacobian: [[-1.0, 2.0], [-2.0, -1.0]], ..rest };
        let plane = PlaneField { field: &reversed, window: window(3.0), rests: vec![rest] };
        let all = plane.cycles(&[[0.0, 1.9]]);
        assert_eq!(all.iter().map(|c| c.stable).collect::<Vec<_>>(), [false, true]);
        assert!(all.iter().all(|c| (c.period - std::f64::consts::PI).abs() < 1e-5));
        // Along the flow: clockwise here.
        let turns = |c: &LimitCycle| c.points[0][0] * c.points[5][1] - c.points[0][1] * c.points[5][0];
        assert!(all.iter().all(|c| turns(c) < 0.0));
    }

    /// A weak focus is no cycle, although one turn is nearly the next.
    #[test]
    fn a_spiral_into_a_point_is_none() {
        let field = |p: PlanePoint| [-0.002 * p[0] - p[1], p[0] - 0.002 * p[1]];
        let rest = PlaneRest { at: [0.0, 0.0], jacobian: [[-0.002, -1.0], [1.0, -0.002]] };
        let plane = PlaneField { field: &field, window: window(1.0), rests: vec![rest] };
        let end = plane.orbit([0.02, 0.0], false, 0.0).end;
        assert!(matches!(end, OrbitEnd::Rest(0) | OrbitEnd::Unfinished), "{end:?}");
        assert!(plane.cycles(&[[0.5, 0.0]]).is_empty());
    }
}
