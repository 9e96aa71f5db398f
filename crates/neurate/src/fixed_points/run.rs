//! Runs of a few units to where they settle: Dormand & Prince's method of order 5 with error estimates of order 4, on the
//! stack, which ends as soon as it is known where the run goes.

use super::newton::relative;
use super::point::FixedPoint;
use super::small::{MAX, Small};
use super::stability::Stability;

const RTOL: f64 = 1e-6;
const ATOL: f64 = 1e-8;
/// Steps before a run is given up: about 10 ms of two units.
const MAX_STEPS: usize = 20_000;
/// After so many steps it is asked whether the run is stiff: whether more than [`STIFF`] steps of the present size are left.
const LOOK_AFTER: usize = 1_000;
const STIFF: f64 = 1e5;
/// A residual below which the run rests.
const AT_REST: f64 = 1e-8;

type State = [f64; MAX];

/// How a run ended.
pub(super) enum End {
    /// In the basin of the fixed point of this number.
    Basin(usize),
    /// It rests, here.
    Rest(State),
    /// The time is over, or the steps are: where it is, and after what time.
    Moving(State, f64),
    /// It ran away, lingered at a saddle, or is not for this method. Whether it is stiff: what is fastest, and no longer
    /// seen, keeps the steps short.
    Unclear { stiff: bool },
}

/// From `x` for up to a time, until it is in a basin or rests.
pub(super) fn run(small: &Small, x: &[f64], time: f64, ceiling: f64, basins: &[(usize, Basin)]) -> End {
    let n = small.n();
    let mut stepper = Stepper::new(small, x);
    let mut lowest = f64::INFINITY;
    for step in 0..MAX_STEPS {
        let stiff = step >= LOOK_AFTER && (time - stepper.t) / stepper.dt > STIFF;
        if let Some((k, _)) = basins.iter().find(|(_, basin)| basin.holds(&stepper.x, time - stepper.t)) {
            return End::Basin(*k);
        }
        let residual = stepper.residual();
        if residual < AT_REST {
            return End::Rest(stepper.x);
        }
        // Which way it leaves a saddle is decided by digits that this method does not have.
        lowest = residual.min(lowest);
        if stiff || (lowest < 1e-4 && residual > 10.0 * lowest) {
            return End::Unclear { stiff };
        }
        if stepper.t >= time {
            return End::Moving(stepper.x, stepper.t);
        }
        if !stepper.advance(time) || stepper.x[..n].iter().any(|x| x.is_nan() || x.abs() > ceiling) {
            return End::Unclear { stiff: false };
        }
    }
    End::Moving(stepper.x, stepper.t)
}

struct Stepper<'a> {
    small: &'a Small<'a>,
    t: f64,
    dt: f64,
    x: State,
    /// The field at `x`.
    field: State,
}

impl<'a> Stepper<'a> {
    fn new(small: &'a Small<'a>, x: &[f64]) -> Self {
        let mut stepper = Stepper { small, t: 0.0, dt: 0.0, x: [0.0; MAX], field: [0.0; MAX] };
        stepper.x[..x.len()].copy_from_slice(x);
        small.field(&stepper.x, &mut stepper.field);
        // A change of the hundredth part of what counts as one.
        let mut speed: f64 = 0.0;
        for i in 0..small.n() {
            speed = speed.max(stepper.field[i].abs() / (1.0 + stepper.x[i].abs()));
        }
        let fastest = small.tau().iter().copied().fold(f64::INFINITY, f64::min);
        stepper.dt = (0.01 / speed).min(0.1 * fastest);
        stepper
    }

    fn residual(&self) -> f64 {
        let n = self.small.n();
        let mut f = self.field;
        f.iter_mut().zip(self.small.tau()).for_each(|(f, tau)| *f *= tau);
        relative(&f[..n], &self.x[..n])
    }

    /// One step that is accurate, not beyond `end`; false if it cannot be made.
    fn advance(&mut self, end: f64) -> bool {
        const A: [[f64; 6]; 6] = [
            [1.0 / 5.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            [3.0 / 40.0, 9.0 / 40.0, 0.0, 0.0, 0.0, 0.0],
            [44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0, 0.0, 0.0, 0.0],
            [19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0, 0.0, 0.0],
            [9017.0 / 3168.0, -355.0 / 33.0, 46732.0 / 5247.0, 49.0 / 176.0, -5103.0 / 18656.0, 0.0],
            [35.0 / 384.0, 0.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0],
        ];
        const E: [f64; 7] = [
            71.0 / 57600.0,
            0.0,
            -71.0 / 16695.0,
            71.0 / 1920.0,
            -17253.0 / 339200.0,
            22.0 / 525.0,
            -1.0 / 40.0,
        ];
        let n = self.small.n();
        // Near rest what counts is the distance from it, which errors of a step would not let shrink.
        let strict = (30.0 * self.residual()).clamp(1e-4, 1.0);
        let mut k = [[0.0; MAX]; 7];
        k[0] = self.field;
        for _ in 0..60 {
            let dt = self.dt.min(end - self.t);
            if dt.is_nan() || dt <= 1e-12 * self.t {
                return false;
            }
            let mut x = [0.0; MAX];
            for stage in 0..6 {
                for i in 0..n {
                    let slope: f64 = (0..=stage).map(|s| A[stage][s] * k[s][i]).sum();
                    x[i] = self.x[i] + dt * slope;
                }
                self.small.field(&x, &mut k[stage + 1]);
            }
            let mut error = 0.0;
            for i in 0..n {
                let e: f64 = dt * (0..7).map(|s| E[s] * k[s][i]).sum::<f64>();
                let scale = strict * (ATOL + RTOL * self.x[i].abs().max(x[i].abs()));
                error += (e / scale) * (e / scale);
            }
            let error = (error / n as f64).sqrt();
            let factor = if error > 0.0 { (0.9 * error.powf(-0.2)).clamp(0.2, 6.0) } else { 6.0 };
            let full = dt == self.dt;
            if error <= 1.0 {
                self.t += dt;
                (self.x, self.field) = (x, k[6]);
                if full || factor < 1.0 {
                    self.dt = dt * factor;
                }
                return true;
            }
            // Not a number: a step too long by far.
            self.dt = if error.is_finite() { dt * factor.min(0.9) } else { 0.1 * dt };
        }
        false
    }
}

/// An ellipse about a stable fixed point of one or two units, `z'Pz < level`, on which all runs go to the point: with the
/// slopes of the laws anywhere in their ranges there, `z'Pz` falls.
pub(super) struct Basin {
    at: [f64; 2],
    p: [f64; 3],
    level: f64,
    /// Time from its border to within rounding, nearly.
    time: f64,
}

/// Ellipses that are tried, each of half the level.
const MAX_LEVELS: usize = 24;

impl Basin {
    /// None if there is none of a useful size, as at a kink of a law, or for more units.
    pub fn new(small: &Small, point: &FixedPoint, from: &[f64], ceiling: f64) -> Option<Basin> {
        let n = small.n();
        // The bounds below are those of constant time constants.
        if n > 2 || small.is_refractory() || point.stability != Stability::Stable || !point.at_kink.is_empty()
        {
            return None;
        }
        // One unit is the first of two that have nothing to do with each other.
        let mut a = [[-1.0 / small.tau()[0], 0.0], [0.0, -1.0 / small.tau()[0]]];
        // What the Jacobian changes by with each slope.
        let mut change = [[[0.0; 2]; 2]; 2];
        for i in 0..n {
            for j in 0..n {
                a[i][j] = small.slope(i, j, &point.gains) / small.tau()[i];
                let of = if small.of_rates() { i } else { j };
                change[of][i][j] = small.weight(i, j) / small.tau()[i];
            }
        }
        let [[a, b], [c, d]] = a;
        // A'P + PA = -1 in closed form.
        let (trace, det) = (a + d, a * d - b * c);
        let scale = -0.5 / (trace * det);
        let p = [scale * (det + c * c + d * d), -scale * (a * c + b * d), scale * (det + a * a + b * b)];
        let p_det = p[0] * p[2] - p[1] * p[1];
        if !(scale > 0.0 && p_det > 0.0 && p_det.is_finite()) {
            return None;
        }
        // P E + E'P of each change.
        let forms = change.map(|[[a, b], [c, d]]| {
            let [p, q, r] = p;
            [2.0 * (p * a + q * c), p * b + q * d + a * q + c * r, 2.0 * (q * b + r * d)]
        });
        let at = [point.state[0], point.state.get(1).copied().unwrap_or(0.0)];
        let start = [from[0] - at[0], from.get(1).copied().unwrap_or(0.0) - at[1]];
        let time = 25.0 / point.eigenvalues[0].re.abs();
        let mut level = form(&p, start);
        for _ in 0..MAX_LEVELS {
            // How far states, inputs and slopes go in it.
            let reach = [(level * p[2] / p_det).sqrt(), (level * p[0] / p_det).sqrt()];
            let mut slopes = [[0.0; 2]; 2];
            for i in 0..n {
                let far: f64 = match small.of_rates() {
                    true => (0..n).map(|j| small.weight(i, j).abs() * reach[j]).sum(),
                    false => reach[i],
                };
                let (lo, hi) = small.units()[i].slope_bounds(point.input[i] - far, point.input[i] + far)?;
                slopes[i] = [lo - point.gains[i], hi - point.gains[i]];
            }
            // d/dt z'Pz is a form in z whose entries are linear in the slopes: the corners tell.
            let falls = |u: f64, v: f64| {
                let [p, q, r] = [0, 1, 2].map(|k| u * forms[0][k] + v * forms[1][k]);
                let (p, r) = (p - 0.9, r - 0.9);
                p < 0.0 && p * r > q * q
            };
            let corners = slopes[0].iter().all(|&u| slopes[1].iter().all(|&v| falls(u, v)));
            if corners && (0..n).all(|i| at[i].abs() + reach[i] < ceiling) {
                return Some(Basin { at, p, level, time });
            }
            level *= 0.5;
        }
        None
    }
    /// Whether a state lies in it, with time enough to go to the point.
    fn holds(&self, x: &State, time: f64) -> bool {
        form(&self.p, [x[0] - self.at[0], x[1] - self.at[1]]) <= self.level && time > self.time
    }
}

fn form(p: &[f64; 3], z: [f64; 2]) -> f64 {
    p[0] * z[0] * z[0] + 2.0 * p[1] * z[0] * z[1] + p[2] * z[1] * z[1]
}
