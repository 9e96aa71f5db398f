//! Cycles with closed forms.

use super::super::cycle::CycleEnd;
use super::super::family::Family;
use super::ends::Known;
use super::problem::Problem;
use super::special::Kind;
use super::start::{HopfStart, from_hopf};
use super::track::{Start, Track, track};
use neurate_numerics::linalg::Matrix;
use neurate_numerics::progress::Progress;
use std::f64::consts::{PI, TAU};

/// A rotation at constant speed with radius `r`, `r' = r g(r^2, p)`, and two states `u` about it that grow and rotate, or that
/// turn by half while the rotation turns once.
struct Rotation {
    omega: f64,
    radial: fn(f64, f64) -> f64,
    /// At this value of the parameter the two states begin to grow: with this frequency, or by halves.
    grows_at: f64,
    second: Option<f64>,
}

impl Family for Rotation {
    fn dim(&self) -> usize {
        4
    }
    fn field(&self, s: &[f64], p: f64) -> Vec<f64> {
        let [x, y, u, v] = [s[0], s[1], s[2], s[3]];
        let (r2, rate) = (x * x + y * y, p - self.grows_at);
        let g = (self.radial)(r2, p);
        let (du, dv) = match self.second {
            Some(frequency) => (rate * u - frequency * v, frequency * u + rate * v),
            None => {
                // Rates of the two axes of a frame that turns by half: R diag(rate, -1) R^T + omega/2 J.
                let (mean, half) = (0.5 * (rate - 1.0), 0.5 * (rate + 1.0));
                let r = r2.sqrt().max(1e-300);
                let (c, s) = (x / r, y / r);
                let turn = 0.5 * self.omega;
                (mean * u + half * (c * u + s * v) - turn * v, mean * v + half * (s * u - c * v) + turn * u)
            }
        };
        vec![g * x - self.omega * y, g * y + self.omega * x, du, dv]
    }
    fn jacobian(&self, s: &[f64], p: f64) -> Matrix {
        let size = 1e-3 * (s[0].hypot(s[1])).max(1e-6);
        let column = |k: usize| {
            let at = |h: f64| {
                let mut moved = s.to_vec();
                moved[k] += h * size;
                self.field(&moved, p)
            };
            let [a, b, c, d] = [-2.0, -1.0, 1.0, 2.0].map(at);
            (0..4).map(|i| (a[i] - 8.0 * b[i] + 8.0 * c[i] - d[i]) / (12.0 * size)).collect::<Vec<_>>()
        };
        let columns: Vec<Vec<f64>> = (0..4).map(column).collect();
        Matrix::from_fn(4, 4, |i, k| columns[k][i])
    }
    fn time_scales(&self) -> Vec<f64> {
        vec![1.0; 4]
    }
    fn parameter_scale(&self) -> f64 {
        1.0
    }
}

fn follow(family: &Rotation, window: (f64, f64)) -> (Problem<'_>, Track) {
    let problem = Problem::new(family, vec![1.0; 4], window);
    let place = problem.place(0.0);
    let hopf = HopfStart { point: 0, state: vec![0.0; 4], place, omega: family.omega };
    let known = Known { hopf: vec![hopf.clone()], folds: vec![], slowest: 1.0 };
    let first = from_hopf(&problem, &hopf).unwrap();
    let track = track(&problem, &known, Start::Hopf(0, first), &Progress::default()).unwrap();
    (problem, track)
}

fn near(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() < tolerance, "{a}, not {b}");
}

/// `r' = r (p - r^2)`: radius, period and the radial multiplier at every point, and a torus where the pair begins to grow.
#[test]
fn a_rotation_has_its_radius_multipliers_and_torus() {
    let family = Rotation { omega: 3.0, radial: |r2, p| p - r2, grows_at: 0.4, second: Some(1.1) };
    let (problem, track) = follow(&family, (-0.5, 1.0));
    assert_eq!(track.ends, [CycleEnd::Hopf(0), CycleEnd::UpperEdge]);
    let period = TAU / 3.0;
    for n in &track.nodes {
        let p = problem.parameter(n.cycle.place);
        near(n.cycle.period(), period, 1e-9);
        let (max, min) = n.cycle.extrema();
        near(max[0], p.sqrt(), 1e-6);
        near(min[1], -p.sqrt(), 1e-6);
        let mut expected = vec![-2.0 * p * period, (p - 0.4) * period, (p - 0.4) * period];
        expected.sort_by(|a, b| b.total_cmp(a));
        for (m, e) in n.multipliers.others.iter().zip(expected) {
            near(m.log_modulus, e, 1e-6);
        }
    }
    let [s] = &track.specials[..] else {
        panic!("{:?}", track.specials.iter().map(|s| s.kind).collect::<Vec<_>>())
    };
    let Kind::Torus(angle) = s.kind else { panic!("{:?}", s.kind) };
    near(problem.parameter(s.node.cycle.place), 0.4, 1e-8);
    near(angle, (1.1 * period).rem_euclid(TAU), 1e-7);
}

/// The frame of the two other states turns by half in a period: both multipliers are negative, and a cycle of twice the period is
/// born where one is -1.
#[test]
fn a_frame_that_turns_by_half_doubles_the_period() {
    let family = Rotation { omega: 3.0, radial: |r2, p| p - r2, grows_at: 0.4, second: None };
    let problem = Problem::new(&family, vec![1.0; 4], (0.1, 1.0));
    // At r = 0 the frame has no angle: started on the cycle.
    let mesh: Vec<f64> = (0..=30).map(|j| f64::from(j) / 30.0).collect();
    let round = |s: f64| vec![0.55 * (TAU * s).cos(), 0.55 * (TAU * s).sin(), 0.0, 0.0];
    let guess = super::loops::Loop::of(4, mesh, (TAU / 3.0).ln(), problem.place(0.3), round);
    let axis = super::correct::along_parameter(&guess);
    let first = super::node::node_at_place(&problem, &guess, &axis).unwrap();
    near(first.multipliers.others[0].angle.abs(), PI, 1e-12);
    let known = Known { slowest: 1.0, ..Known::default() };
    let track = track(&problem, &known, Start::Cycle(first), &Progress::default()).unwrap();
    assert_eq!(track.ends, [CycleEnd::LowerEdge, CycleEnd::UpperEdge]);
    let [s] = &track.specials[..] else {
        panic!("{:?}", track.specials.iter().map(|s| s.kind).collect::<Vec<_>>())
    };
    assert_eq!(s.kind, Kind::Doubling);
    near(problem.parameter(s.node.cycle.place), 0.4, 1e-8);
}

/// `r' = r (p + r^2 - r^4)`: subcritical, with a fold of cycles at -1/4 where `r^2 = 1/2`.
#[test]
fn a_subcritical_cycle_turns_at_its_fold() {
    let family = Rotation { omega: 2.0, radial: |r2, p| p + r2 - r2 * r2, grows_at: 2.0, second: Some(0.7) };
    let (problem, track) = follow(&family, (-1.0, 1.0));
    let [s] = &track.specials[..] else {
        panic!("{:?}", track.specials.iter().map(|s| s.kind).collect::<Vec<_>>())
    };
    assert_eq!(s.kind, Kind::Fold(true));
    near(problem.parameter(s.node.cycle.place), -0.25, 1e-9);
    near(s.node.cycle.extrema().0[0], 0.5f64.sqrt(), 1e-5);
    let unstable: Vec<usize> = track.nodes.iter().map(|n| n.multipliers.unstable()).collect();
    assert_eq!((unstable[0], unstable[unstable.len() - 1]), (1, 0));
}
