//! The search: pieces or bounds where they settle it, else runs, starts and deflation.

use super::found::{Coverage, Search};
use super::newton::{self, Known, Newton, Solution};
use super::point::{FixedPoint, Stability, classify};
use super::run::{Basin, End, passage, run};
use super::small::{MAX, Small};
use super::{pieces, planar};
use crate::dynamics::CircuitDynamics;
use crate::model::{Circuit, Form};
use crate::simulate::{Method, Outcome, simulate, time_grid};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use neurate_numerics::progress::Progress;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How hard to search.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SearchOptions {
    /// Number of random starts; None: by the circuit's size.
    pub starts: Option<usize>,
    /// Seed of the starts.
    pub seed: u64,
}

impl Default for SearchOptions {
    fn default() -> Self {
        SearchOptions { starts: None, seed: 1 }
    }
}

impl SearchOptions {
    /// The number of random starts.
    #[must_use]
    pub fn starts(mut self, starts: impl Into<Option<usize>>) -> SearchOptions {
        self.starts = starts.into();
        self
    }
    /// The seed of the starts.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> SearchOptions {
        self.seed = seed;
        self
    }
}

/// Finds the fixed points of a circuit under its constant input.
///
/// Finding none is a result, not an error.
///
/// # Errors
/// The circuit is too large for a dense Jacobian.
pub fn fixed_points(circuit: &Circuit, options: &SearchOptions) -> Result<Search> {
    fixed_points_watched(circuit, options, &Progress::default())
}

/// [`fixed_points`], telling how far the search is.
///
/// # Errors
/// As [`fixed_points`].
pub fn fixed_points_watched(
    circuit: &Circuit,
    options: &SearchOptions,
    progress: &Progress,
) -> Result<Search> {
    // Fixed points are those of the units with slow states settled; the run from rest has both.
    let dynamics = CircuitDynamics::settled(circuit);
    circuit.require_dense()?;
    let exact = match pieces::enumerate(circuit)? {
        Some(search) => Some(search),
        None => planar::enumerate(circuit, &dynamics)?,
    };
    let settled = settle(circuit, exact.as_ref().map_or(&[], |search| &search.points))?;
    let mut search = match exact {
        Some(search) => search,
        None => sample(circuit, &dynamics, &settled, options, progress)?,
    };
    search.remarks.extend(settled.remark.clone());
    search.runaway = settled.runaway;
    if let Some(end) = &settled.end {
        if let Some(p) = search.points.iter_mut().find(|p| p.stable() && near(p, end)) {
            p.reached_from_rest = true;
            search.remarks.retain(|r| settled.remark.as_ref() != Some(r));
        } else if search.points.iter().any(|p| matches!(p.stability, Stability::Unstable(_)) && near(p, end))
        {
            search.remarks.push(
                "a run from rest ends at an unstable fixed point: by symmetry, nothing pushes it off".into(),
            );
        }
    }
    sort(&mut search.points);
    Ok(search)
}

/// The stable fixed point that a run from rest reaches, without a search for others: the operating point of a run. None if
/// that run settles at no stable point; there may be others.
///
/// # Errors
/// The circuit is too large for a dense Jacobian; its eigenvalues did not converge.
pub fn operating_point(circuit: &Circuit, progress: &Progress) -> Result<Option<FixedPoint>> {
    circuit.require_dense()?;
    progress.at(0, 2)?;
    let Some(end) = settle(circuit, &[])?.end else { return Ok(None) };
    progress.at(1, 2)?;
    let Some(solution) = newton::solve(&CircuitDynamics::settled(circuit), &end) else {
        return Ok(None);
    };
    let mut point = classify(circuit, solution.state, solution.step)?;
    point.reached_from_rest = point.stable() && near(&point, &end);
    Ok(Some(point).filter(|p| p.reached_from_rest))
}

/// Whether a run that ended here ended at the point: the integrator's tolerance, times a steep slope, keeps it from the
/// last digits.
fn near(point: &FixedPoint, end: &[f64]) -> bool {
    point.state.iter().zip(end).all(|(a, b)| (a - b).abs() <= 1e-4 * (1.0 + a.abs()))
}

/// By rising total rate. Equal totals, as of winners that take all, differ by rounding only, which
/// depends on the way to the point: among them the one with the higher first rate comes first.
fn sort(points: &mut [FixedPoint]) {
    let total = |p: &FixedPoint| p.rates.iter().sum::<f64>();
    points.sort_by(|a, b| total(a).total_cmp(&total(b)));
    let size = |p: &FixedPoint| 1.0 + p.rates.iter().map(|r| r.abs()).sum::<f64>();
    for group in points.chunk_by_mut(|a, b| total(b) - total(a) <= 1e-9 * size(a)) {
        group.sort_by(|a, b| {
            let differ = |(x, y): &(&f64, &f64)| (*x - *y).abs() > 1e-6 * (1.0 + x.abs());
            match a.rates.iter().zip(&b.rates).find(differ) {
                Some((x, y)) => y.total_cmp(x),
                None => std::cmp::Ordering::Equal,
            }
        });
    }
}

/// Where a run from rest ends.
struct Settled {
    end: Option<Vec<f64>>,
    remark: Option<String>,
    runaway: Option<f64>,
}

/// Steps of a run from rest with delays.
const MAX_DELAYED_STEPS: f64 = 2e6;

/// Times that a run from rest is looked at, a quarter of a hundred of the slowest time constants after each other.
const QUARTERS: usize = 12;

/// What becomes of a run from rest of a few units, without delays: by a method that ends as soon as that is known. None
/// where details of the run decide, as at a saddle, or are asked for, as when it runs away.
fn settle_small(circuit: &Circuit, points: &[FixedPoint]) -> Result<Option<Settled>> {
    let Some(small) = Small::new(circuit).filter(|_| circuit.is_plain()) else { return Ok(None) };
    let rest = CircuitDynamics::settled(circuit).rest();
    let ceiling = circuit.run().ceiling;
    let basin = |(k, p)| Some((k, Basin::new(&small, p, &rest, ceiling)?));
    let basins: Vec<(usize, Basin)> = points.iter().enumerate().filter_map(basin).collect();
    let time = QUARTERS as f64 * quarter(circuit);
    let end = match run(&small, &rest, time, ceiling, &basins) {
        End::Basin(k) => points[k].state.clone(),
        End::Rest(x) => {
            let x = &x[..circuit.n()];
            let Some(s) = newton::solve(&CircuitDynamics::settled(circuit), x) else { return Ok(None) };
            let point = classify(circuit, s.state, s.step)?;
            let settled = point.stable() && point.at_kink.is_empty() && near(&point, x);
            return Ok(settled.then(|| Settled { end: Some(x.to_vec()), remark: None, runaway: None }));
        }
        End::Moving(x) => {
            let x = &x[..circuit.n()];
            let clear = newton::residual(&CircuitDynamics::settled(circuit), x) > 1e-3;
            return Ok(clear.then(|| not_settled(circuit, x.to_vec())));
        }
        End::Unclear => return Ok(None),
    };
    Ok(Some(Settled { end: Some(end), remark: None, runaway: None }))
}

/// A run that is somewhere after all quarters.
fn not_settled(circuit: &Circuit, mut x: Vec<f64>) -> Settled {
    let elapsed: f64 = [quarter(circuit); QUARTERS].iter().sum();
    let unit = &circuit.units().time;
    let remark =
        format!("a run from rest has not settled after {elapsed} {unit}: it oscillates, or is very slow");
    x.truncate(circuit.n());
    Settled { end: Some(x), remark: Some(remark), runaway: None }
}

/// A quarter of a hundred of the slowest time constants.
fn quarter(circuit: &Circuit) -> f64 {
    let units = circuit.tau().iter().copied().fold(0.0, f64::max);
    // Slow states may be a hundred times slower than the units: not a hundred of their time constants.
    25.0 * units.max(0.1 * circuit.time_scales().1)
}

/// Runs from rest for a hundred of the slowest time constants; more if it has not settled. `points` are fixed points that
/// are known.
fn settle(circuit: &Circuit, points: &[FixedPoint]) -> Result<Settled> {
    if let Some(settled) = settle_small(circuit, points)? {
        return Ok(settled);
    }
    let dynamics = &CircuitDynamics::at_rest(circuit);
    let quarter = quarter(circuit);
    let fastest = circuit.time_scales().0;
    let ceiling = circuit.run().ceiling;
    let unit = &circuit.units().time;
    // Large circuits: the cheap method; the end is polished by Newton's method anyway.
    let method = if circuit.n() > 100 {
        Method::ExponentialEuler { dt: 0.1 * fastest }
    } else if circuit.delays().is_some() {
        Method::Rk4 { dt: 0.2 * fastest }
    } else {
        Method::Adaptive { rtol: 1e-6, atol: 1e-8 }
    };
    // A step is never longer than the shortest delay.
    let shortest = circuit.delays().map_or(f64::INFINITY, |d| d.distinct()[0]);
    if 4.0 * quarter / shortest > MAX_DELAYED_STEPS {
        let remark =
            Some(format!("no run from rest was made: a delay of {shortest} {unit} asks for too many steps"));
        return Ok(Settled { end: None, remark, runaway: None });
    }
    let mut x = dynamics.rest();
    let mut elapsed = 0.0;
    for k in 1..=QUARTERS {
        let run = match simulate(dynamics, &x, &[0.0, quarter], method, ceiling) {
            Ok(run) => run,
            Err(e) => {
                let remark = Some(format!("the run from rest was given up: {}", e.message()));
                return Ok(Settled { end: None, remark, runaway: None });
            }
        };
        if let Outcome::RanAway { time, name, .. } = run.outcome {
            let remark = Some(format!(
                "a run from rest runs away: {name} passes {ceiling:e} {} at {:.4} {unit}",
                super::point::state_unit(circuit),
                elapsed + time
            ));
            return Ok(Settled { end: None, remark, runaway: Some(elapsed + time) });
        }
        x = run.last().to_vec();
        elapsed += quarter;
        // Mostly it rests long before a hundred of the slowest time constants; a slow passage does not look like that.
        let rests = newton::residual(dynamics, &x) < if k % 4 == 0 { 1e-5 } else { 1e-8 };
        if rests {
            x.truncate(circuit.n());
            return Ok(Settled { end: Some(x), remark: None, runaway: None });
        }
    }
    Ok(not_settled(circuit, x))
}

/// Most times that random starts are tried again while they find points, or the indices say that one is missing.
const ROUNDS: usize = 8;
/// Stable points between which edges are sought; twice as many where runs are cheap.
const MAX_EDGE_POINTS: usize = 4;
/// Units up to which runs start with one of them at its highest rate.
const MAX_CORNERS: usize = 20;

/// Newton's method with deflation: from rest, from the ends of runs, and from random starts over
/// six decades.
fn sample(
    circuit: &Circuit,
    dynamics: &'_ CircuitDynamics<'_>,
    settled: &Settled,
    options: &SearchOptions,
    progress: &Progress,
) -> Result<Search> {
    let n = circuit.n();
    let starts = options.starts.unwrap_or(match n {
        0..=10 => 200,
        11..=50 => 60,
        51..=300 => 12,
        _ => 4,
    });
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let mut uniform = move || (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let rest = dynamics.rest();
    let bounds = bounds(circuit);
    let mut sampler = Sampler {
        circuit,
        newton: Newton::new(dynamics),
        known: vec![],
        points: vec![],
        starts: 0,
        repeats: 0,
    };
    sampler.try_from(settled.end.as_deref().unwrap_or(&rest))?;
    sampler.try_from(&rest)?;
    if let Some(bounds) = bounds.as_ref().filter(|_| circuit.form() == Form::Rate && n <= MAX_CORNERS) {
        for start in corner_runs(circuit, dynamics, bounds)? {
            sampler.try_from(&start)?;
        }
    }
    let mut done = Vec::new();
    for _ in 0..ROUNDS {
        let mut early = 0;
        for k in 0..starts {
            progress.at(k, starts)?;
            if 2 * k <= starts {
                early = sampler.points.len();
            }
            let start = match &bounds {
                Some(bounds) if circuit.form() == Form::Rate => {
                    let start = bounded_start(bounds, k, &mut uniform);
                    sampler.wait(start, k)
                }
                // The voltages that such rates give.
                Some(bounds) if k % 2 == 0 => {
                    let rates = bounded_start(bounds, k / 2, &mut uniform);
                    let mut start = vec![0.0; n];
                    dynamics.weights().apply(&rates, &mut start);
                    start.iter_mut().zip(circuit.h()).for_each(|(v, h)| *v += h);
                    sampler.wait(start, k / 2)
                }
                _ => open_start(circuit, &rest, k, &mut uniform),
            };
            sampler.try_from(&start)?;
        }
        // Not for large circuits, where a round is long and may find nothing.
        let missing = bounds.is_some() && sampler.index_sum().is_some_and(|sum| sum != 1);
        // Where the second half of the starts still found points there may be more.
        let finding = n <= MAX && sampler.points.len() > early;
        if !(missing || finding) || n > 50 {
            break;
        }
        // Between two stable states lies a saddle.
        if missing {
            for start in edges(circuit, dynamics, &sampler.points, &mut done) {
                sampler.try_from(&start)?;
            }
        }
    }
    let index_sum = if bounds.is_some() { sampler.index_sum() } else { None };
    let failures = sampler.starts - sampler.repeats - sampler.points.len();
    let coverage =
        Coverage::Sampled { starts: sampler.starts, repeats: sampler.repeats, failures, index_sum };
    Ok(Search { points: sampler.points, coverage, remarks: vec![], runaway: None })
}

/// What has been found so far.
struct Sampler<'a> {
    circuit: &'a Circuit,
    newton: Newton<'a>,
    known: Vec<Known>,
    points: Vec<FixedPoint>,
    starts: usize,
    repeats: usize,
}

impl Sampler<'_> {
    /// Newton's method from a start, and, where it leads to a point already known, again with those kept away.
    fn try_from(&mut self, start: &[f64]) -> Result<()> {
        self.starts += 1;
        let plain = self.newton.solve(start, &[]);
        let is_known = |s: &Solution, known: &[Known]| known.iter().any(|k| same(&k.state, &s.state));
        let repeats = plain.as_ref().is_some_and(|s| is_known(s, &self.known));
        let found = match plain.filter(|_| !repeats) {
            None if !self.known.is_empty() => self.newton.solve(start, &self.known),
            found => found,
        };
        match found.filter(|s| !is_known(s, &self.known)) {
            Some(solution) => {
                self.known.push(Known::new(solution.state.clone()));
                self.points.push(classify(self.circuit, solution.state, solution.step)?);
            }
            None => self.repeats += usize::from(repeats),
        }
        Ok(())
    }
    /// Every fourth start is where a run from it is later, which stable states draw near.
    fn wait(&self, start: Vec<f64>, k: usize) -> Vec<f64> {
        let Some(small) = self.newton.small().filter(|_| k % 4 == 3) else { return start };
        let slowest = small.tau().iter().copied().fold(0.0, f64::max);
        let later = passage(small, &start, 10.0 * slowest, self.circuit.run().ceiling);
        later.map_or(start, |(end, _)| end)
    }
    /// None if the index of a point is not decided.
    fn index_sum(&self) -> Option<i64> {
        let indices: Vec<i64> = self.points.iter().map(FixedPoint::index).collect();
        (!indices.contains(&0)).then(|| indices.iter().sum())
    }
}

/// The largest rate of every unit, if all rates are bounded. Not for conductances, whose target may
/// have a vanishing denominator.
fn bounds(circuit: &Circuit) -> Option<Vec<f64>> {
    if circuit.form() == Form::Conductance {
        return None;
    }
    (0..circuit.n()).map(|i| circuit.populations()[circuit.population_of(i)].transfer.bound()).collect()
}

/// Ends of runs that start with one unit, or all, at the highest rate: where several states are
/// stable, most of them are the end of one.
fn corner_runs(circuit: &Circuit, dynamics: &CircuitDynamics, bounds: &[f64]) -> Result<Vec<Vec<f64>>> {
    let n = bounds.len();
    let slowest = circuit.tau().iter().copied().fold(0.0, f64::max);
    let method = Method::Adaptive { rtol: 1e-6, atol: 1e-8 };
    let small = Small::new(circuit);
    let mut ends = Vec::new();
    for corner in 0..=n {
        let start: Vec<f64> =
            (0..n).map(|i| if corner == n || corner == i { bounds[i] } else { 0.0 }).collect();
        // A run that fails is no start, and no error: others will serve.
        if let Some(small) = &small {
            ends.extend(passage(small, &start, 30.0 * slowest, circuit.run().ceiling).map(|(end, _)| end));
            continue;
        }
        let times = time_grid(0.0, 30.0 * slowest, 2);
        if let Ok(run) = simulate(dynamics, &start, &times, method, circuit.run().ceiling) {
            ends.push(run.last().to_vec());
        }
    }
    Ok(ends)
}

/// States near the edge between the basins of two stable points, where trajectories linger at a
/// saddle: bisection of the segment between them by where runs end. One for each pair that is not `done`.
fn edges(
    circuit: &Circuit,
    dynamics: &CircuitDynamics,
    points: &[FixedPoint],
    done: &mut Vec<(usize, usize)>,
) -> Vec<Vec<f64>> {
    let slowest = circuit.tau().iter().copied().fold(0.0, f64::max);
    let times = time_grid(0.0, 30.0 * slowest, 121);
    let method = Method::Adaptive { rtol: 1e-6, atol: 1e-8 };
    let stable: Vec<(usize, &FixedPoint)> = points.iter().enumerate().filter(|(_, p)| p.stable()).collect();
    let distance = |x: &[f64], p: &FixedPoint| -> f64 {
        x.iter().zip(&p.state).map(|(a, b)| ((a - b) / (1.0 + b.abs())).powi(2)).sum()
    };
    let small = Small::new(circuit);
    let ceiling = circuit.run().ceiling;
    // The end of a run, and where it lingered.
    let passage = |x: &[f64]| match &small {
        Some(small) => passage(small, x, 30.0 * slowest, ceiling),
        None => {
            let run = simulate(dynamics, x, &times, method, ceiling).ok()?;
            Some((run.last().to_vec(), lingering(&run.states, dynamics)))
        }
    };
    let mut starts = Vec::new();
    let most = if small.is_some() { 2 * MAX_EDGE_POINTS } else { MAX_EDGE_POINTS };
    for (k, &(i, a)) in stable.iter().enumerate().take(most) {
        for &(j, b) in stable.iter().take(most).skip(k + 1) {
            if done.contains(&(i, j)) {
                continue;
            }
            done.push((i, j));
            let (mut low, mut high) = (0.0, 1.0);
            for _ in 0..40 {
                let middle = 0.5 * (low + high);
                let x: Vec<f64> = a.state.iter().zip(&b.state).map(|(a, b)| a + middle * (b - a)).collect();
                let Some((end, lingered)) = passage(&x) else { break };
                if distance(&end, a) < distance(&end, b) {
                    low = middle
                } else {
                    high = middle
                }
                // The nearer the bisection has come to the edge, the longer the run stays near a saddle.
                if high - low < 1e-3 {
                    starts.extend(lingered);
                }
            }
        }
    }
    starts
}

/// The state of a run at which it changes least before it moves on: a local minimum of the residual.
fn lingering(states: &Matrix, dynamics: &CircuitDynamics) -> Option<Vec<f64>> {
    let residuals: Vec<f64> = (0..states.rows()).map(|t| newton::residual(dynamics, states.row(t))).collect();
    let t = (1..residuals.len() - 1)
        .rfind(|&t| residuals[t] <= residuals[t - 1] && residuals[t] < residuals[t + 1])?;
    Some(states.row(t).to_vec())
}

/// Rates between nothing and the highest: one size for all, each unit its own, or anything.
fn bounded_start(bounds: &[f64], k: usize, uniform: &mut impl FnMut() -> f64) -> Vec<f64> {
    let common = 10f64.powf(-5.0 * uniform());
    let mut share = || match k % 4 {
        0 => common * uniform(),
        1 => 10f64.powf(-5.0 * uniform()),
        _ => uniform(),
    };
    bounds.iter().map(|b| b * share()).collect()
}

/// One size for all units, and each unit's own share of it: lows, highs, and mixtures.
fn open_start(circuit: &Circuit, rest: &[f64], k: usize, uniform: &mut impl FnMut() -> f64) -> Vec<f64> {
    let scale = rest.iter().chain(circuit.h()).fold(1.0, |m: f64, x| m.max(x.abs()));
    let size = scale * 10f64.powf(-3.0 + 6.0 * uniform());
    let rates = circuit.form() == Form::Rate;
    let signed = rates && (k + 2).is_multiple_of(3);
    rest.iter()
        .map(|r| {
            let u = uniform();
            let share = if signed { 2.0 * u - 1.0 } else { u };
            if rates { size * share } else { r + size.min(200.0) * (2.0 * share - 1.0) }
        })
        .collect()
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-6 * (1.0 + a.abs().max(b.abs())))
}
