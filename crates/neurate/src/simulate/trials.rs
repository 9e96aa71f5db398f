//! Many noisy runs of one circuit at once: trials side by side, in chunks that stay in cache, on several threads.

use super::fixed_step::count;
use super::history::{History, check_delays, events};
use super::method::Method;
use super::stochastic::Stochastic;
use super::times::{check, check_steps, ran_away};
use crate::dynamics::Dynamics;
use neurate_numerics::budget;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use neurate_numerics::progress::Progress;
use neurate_numerics::workers;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Trials whose moments are taken together: chunks are whole multiples, so that sums have one order.
const BLOCK: usize = 64;
/// Lanes times states of a chunk: with its noise it stays in the second cache.
const CHUNK: usize = 1024;
/// States up to which lanes do not depend on those beside them, so that chunks may be of any size.
const FEW: usize = neurate_numerics::linalg::FEW;
/// States up to which covariances are kept.
pub const MAX_COVARIANCES: usize = 32;

/// How many trials, and what is kept of them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TrialOptions {
    /// Number of trials: 0, 1, ... of the noise's seed.
    pub count: usize,
    /// Threads; results do not depend on them.
    pub threads: usize,
    /// States whose whole courses are kept.
    pub courses: Vec<usize>,
}

impl TrialOptions {
    /// This many trials on one thread; no whole courses are kept.
    #[must_use]
    pub fn new(count: usize) -> TrialOptions {
        TrialOptions { count, threads: 1, courses: vec![] }
    }
    /// Threads.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> TrialOptions {
        self.threads = threads;
        self
    }
    /// The states whose whole courses are kept.
    #[must_use]
    pub fn courses(mut self, courses: Vec<usize>) -> TrialOptions {
        self.courses = courses;
        self
    }
}

/// A trial that ran away.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Runaway {
    /// Which trial.
    pub trial: usize,
    /// When, to a step.
    pub time: f64,
    /// Which state.
    pub index: usize,
    /// Its value there.
    pub value: f64,
}

/// Many trials: moments over trials at the recorded times, and last states. A trial that ran away counts up to then.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trials {
    /// Recorded times.
    pub times: Vec<f64>,
    /// Number of trials that had not run away, at each time.
    pub counts: Vec<usize>,
    /// Mean of each state: a row for each time. At a jump, after it.
    pub mean: Matrix,
    /// Variance, over the count less one; not a number for fewer than two trials.
    pub variance: Matrix,
    /// Covariances over states at each time, up to 32 states.
    pub covariances: Option<Vec<Matrix>>,
    /// Last state of each trial, a row each; not a number where it ran away.
    pub last: Matrix,
    /// Of each state asked for: a row for each trial, a column for each time.
    pub courses: Vec<Matrix>,
    /// Trials that ran away, in their order.
    pub runaways: Vec<Runaway>,
}

/// What trials with delays may keep of their past, in gigabytes.
const MOST_PAST: f64 = 8.0;

/// Bytes of what is known of the way from one recorded time to the next.
const LEG: u64 = size_of::<Leg>() as u64;

/// An interval of equal steps, and what comes at its end.
struct Leg {
    from: f64,
    h: f64,
    steps: u64,
    /// Times are kept below it: the input at an event belongs to what follows.
    limit: f64,
    jumps: Vec<Vec<f64>>,
    record: bool,
}

/// Integrates `options.count` trials from `x0` at `times[0]`, each with noise of its own, and records at every one of
/// the rising `times`, as [`simulate`](super::simulate) does.
///
/// A trial's numbers do not depend on the number of trials or threads; trial 0 is the run of `simulate`, to rounding.
///
/// # Errors
/// As `simulate`; dynamics without noise; no trials, or a state that is not there; `progress` stopped it.
pub fn trials(
    dynamics: &(dyn Dynamics + Sync),
    x0: &[f64],
    times: &[f64],
    method: Method,
    ceiling: f64,
    options: &TrialOptions,
    progress: &Progress,
) -> Result<Trials> {
    let n = dynamics.dim();
    check(n, x0, times)?;
    let Some(noise) = dynamics.noise() else {
        return Err(Error::invalid("without noise all trials are the same")
            .with_help("add a source of noise, or make one run"));
    };
    if options.count == 0 || options.count > u32::MAX as usize {
        return Err(Error::invalid(format!("there cannot be {} trials", options.count))
            .with_help("ask for 1 to 4294967295"));
    }
    if let Some(i) = options.courses.iter().find(|&&i| i >= n) {
        return Err(Error::invalid(format!("there is no state {i}: there are {n}"))
            .with_help("states are counted from 0: units first, then slow states"));
    }
    let Some(dt) = method.dt() else {
        // Says what would be right.
        Stochastic::new(noise, method, 0, 1, n)?;
        return Err(Error::invalid("trials need a fixed step")
            .with_help("method = \"exponential-euler\" or \"euler-maruyama\""));
    };
    let length = times[times.len() - 1] - times[0];
    check_delays(dynamics, method, length)?;
    check_steps(length, dt)?;
    check_room(n, times.len(), options)?;
    let legs = legs(dynamics, times, dynamics.delays().first().map_or(dt, |shortest| dt.min(*shortest)));
    let blocks = options.count.div_ceil(BLOCK);
    let size =
        if n <= FEW { (CHUNK / (n * BLOCK)).min(blocks.div_ceil(options.threads.max(1))).max(1) } else { 1 };
    let chunks = blocks.div_ceil(size);
    let threads = options.threads.clamp(1, chunks);
    let delays = dynamics.delays();
    if let (Some(shortest), Some(longest)) = (delays.first(), delays.last()) {
        // A step keeps its two ends.
        let steps = longest / dt.min(*shortest);
        let gigabytes = steps * (16 * n * size * BLOCK * threads) as f64 / 1e9;
        if gigabytes > MOST_PAST {
            return Err(Error::unsupported(format!(
                "trials side by side would keep {gigabytes:.0} GB of their past: {steps:.0} steps of {n} states in the longest delay"
            ))
            .with_help("take longer steps (dt), or fewer threads"));
        }
    }

    let done = AtomicUsize::new(0);
    let chunk = |k: usize| -> Result<Vec<Block>> {
        let first = k * size;
        let lanes = BLOCK * size.min(blocks - first);
        let x: Vec<f64> = x0.iter().flat_map(|x| std::iter::repeat_n(*x, lanes)).collect();
        let history = History::new(dynamics, method, times[0], &x);
        let mut chunk = Chunk::new(n, first * BLOCK, options, x, history);
        let mut noise = Stochastic::new(noise, method, (first * BLOCK) as u32, lanes, n)?;
        for leg in &legs {
            chunk.run(dynamics, &mut noise, leg, ceiling);
            progress.at(done.fetch_add(1, Ordering::Relaxed) + 1, legs.len() * chunks)?;
        }
        Ok(chunk.finish())
    };
    let all = workers::each(threads, chunks, &Progress::default(), chunk)?;
    Ok(gather(times, n, options, all.into_iter().flatten().collect()))
}

/// Refuses trials whose numbers do not fit into memory.
fn check_room(n: usize, rows: usize, options: &TrialOptions) -> Result<()> {
    let size = size_of::<f64>();
    let covariances = if n <= MAX_COVARIANCES { n * n } else { n };
    // Each trial: its last state, and its courses, both in blocks and gathered.
    let courses = budget::product(&[options.courses.len(), rows, 2 * size]);
    let each = budget::product(&[n, 2 * size]).saturating_add(courses);
    budget::require(
        options.count as u64,
        "trials",
        each,
        "take fewer at a time, or record less often (every)",
    )?;
    // Each time: its moments, of every block and of all.
    let blocks = options.count.div_ceil(BLOCK).saturating_add(2);
    let each = budget::product(&[blocks, n + covariances + 1, size]).saturating_add(LEG);
    budget::require(
        rows as u64,
        "recorded times of trials",
        each,
        "record less often (every), or fewer trials",
    )
}

/// The intervals between events and recorded times; the first records the start.
fn legs(dynamics: &(dyn Dynamics + Sync), times: &[f64], dt: f64) -> Vec<Leg> {
    let (start, end) = (times[0], times[times.len() - 1]);
    let all_jumps = dynamics.jumps();
    let jumps_at =
        |t: f64| all_jumps.iter().filter(|j| j.0 == t).map(|j| j.1.clone()).collect::<Vec<Vec<f64>>>();
    let mut legs =
        vec![Leg { from: start, h: 0.0, steps: 0, limit: start, jumps: jumps_at(start), record: true }];
    let mut from = start;
    let mut recorded = times[1..].iter().copied().peekable();
    for event in events(dynamics, start, end) {
        while from < event {
            let to = recorded.peek().map_or(event, |t| t.min(event));
            let record = recorded.peek() == Some(&to);
            if record {
                recorded.next();
            }
            let steps = count(from, to, dt);
            let jumps = if to == event { jumps_at(to) } else { Vec::new() };
            legs.push(Leg {
                from,
                h: (to - from) / steps as f64,
                steps,
                limit: event.next_down(),
                jumps,
                record,
            });
            from = to;
        }
    }
    legs
}

/// Moments and courses of the trials of one block.
struct Block {
    /// For each time: number, means, and sums of products of deviations (the upper triangle's rows, or the diagonal).
    counts: Vec<usize>,
    means: Vec<f64>,
    products: Vec<f64>,
    /// Of each course: a row for each time, the block's lanes side by side.
    courses: Vec<Vec<f64>>,
    last: Vec<f64>,
    runaways: Vec<Runaway>,
}

struct Chunk<'a> {
    n: usize,
    lanes: usize,
    first: usize,
    options: &'a TrialOptions,
    x: Vec<f64>,
    /// With delays: the past of all lanes.
    history: Option<History>,
    alive: Vec<bool>,
    dead: usize,
    blocks: Vec<Block>,
}

impl<'a> Chunk<'a> {
    fn new(
        n: usize,
        first: usize,
        options: &'a TrialOptions,
        x: Vec<f64>,
        history: Option<History>,
    ) -> Chunk<'a> {
        let lanes = x.len() / n;
        let block = || Block {
            counts: Vec::new(),
            means: Vec::new(),
            products: Vec::new(),
            courses: vec![Vec::new(); options.courses.len()],
            last: Vec::new(),
            runaways: Vec::new(),
        };
        Chunk {
            n,
            lanes,
            first,
            options,
            x,
            history,
            // The last block is filled up with trials that nobody asked for.
            alive: (0..lanes).map(|e| first + e < options.count).collect(),
            dead: 0,
            blocks: (0..lanes / BLOCK).map(|_| block()).collect(),
        }
    }

    fn run(&mut self, dynamics: &(dyn Dynamics + Sync), noise: &mut Stochastic, leg: &Leg, ceiling: f64) {
        for k in 0..leg.steps {
            let now = leg.from + leg.h * k as f64;
            let times = (now, leg.limit, leg.h);
            let beyond = noise.step(dynamics, self.history.as_mut(), &mut self.x, times, ceiling);
            if beyond as usize > self.n * self.dead {
                self.bury(now + leg.h, ceiling);
            }
        }
        for jump in &leg.jumps {
            for (x, jump) in self.x.chunks_exact_mut(self.lanes).zip(jump) {
                x.iter_mut().for_each(|x| *x += jump);
            }
        }
        if !leg.jumps.is_empty() {
            self.bury(leg.from + leg.h * leg.steps as f64, ceiling);
        }
        if leg.record {
            self.record();
        }
    }

    /// Sets trials aside that have run away: all their states are no numbers from then on.
    fn bury(&mut self, time: f64, ceiling: f64) {
        for e in 0..self.lanes {
            let state: Vec<f64> = self.x.iter().skip(e).step_by(self.lanes).copied().collect();
            let Some(index) = ran_away(&state, ceiling) else { continue };
            if self.alive[e] {
                let trial = self.first + e;
                self.blocks[e / BLOCK].runaways.push(Runaway { trial, time, index, value: state[index] });
            }
            self.alive[e] = false;
            self.x.iter_mut().skip(e).step_by(self.lanes).for_each(|x| *x = f64::NAN);
        }
        self.dead = self.x[..self.lanes].iter().filter(|x| x.is_nan()).count();
    }

    fn record(&mut self) {
        let n = self.n;
        for (b, block) in self.blocks.iter_mut().enumerate() {
            let lanes = b * BLOCK..(b + 1) * BLOCK;
            let alive = &self.alive[lanes.clone()];
            let state = |i: usize| &self.x[i * self.lanes + lanes.start..i * self.lanes + lanes.end];
            for (course, &i) in block.courses.iter_mut().zip(&self.options.courses) {
                course.extend_from_slice(state(i));
            }
            let count = alive.iter().filter(|a| **a).count();
            block.counts.push(count);
            let mut deviations = Vec::with_capacity(n * BLOCK);
            for i in 0..n {
                let living = || state(i).iter().zip(alive).filter(|(_, alive)| **alive).map(|(x, _)| *x);
                let mean = if count > 0 { living().sum::<f64>() / count as f64 } else { 0.0 };
                block.means.push(mean);
                // Those set aside deviate by nothing.
                deviations
                    .extend(state(i).iter().zip(alive).map(|(x, alive)| if *alive { x - mean } else { 0.0 }));
            }
            let row = |i: usize| &deviations[i * BLOCK..(i + 1) * BLOCK];
            for i in 0..n {
                for j in columns(n, i) {
                    block.products.push(row(i).iter().zip(row(j)).map(|(a, b)| a * b).sum());
                }
            }
        }
    }

    fn finish(mut self) -> Vec<Block> {
        for (b, block) in self.blocks.iter_mut().enumerate() {
            for e in (b * BLOCK..(b + 1) * BLOCK).filter(|e| self.first + e < self.options.count) {
                block.last.extend((0..self.n).map(|i| self.x[i * self.lanes + e]));
            }
        }
        self.blocks
    }
}

/// The states with which the covariance of state `i` is kept.
fn columns(n: usize, i: usize) -> std::ops::Range<usize> {
    if n <= MAX_COVARIANCES { i..n } else { i..i + 1 }
}

/// All blocks as one, in their order (Chan, Golub & LeVeque 1983).
fn gather(times: &[f64], n: usize, options: &TrialOptions, blocks: Vec<Block>) -> Trials {
    let wide: usize = (0..n).map(|i| columns(n, i).len()).sum();
    let mut e = Trials {
        times: times.to_vec(),
        counts: Vec::new(),
        mean: Matrix::zeros(times.len(), n),
        variance: Matrix::zeros(times.len(), n),
        covariances: (n <= MAX_COVARIANCES).then(Vec::new),
        last: Matrix::zeros(options.count, n),
        courses: vec![Matrix::zeros(options.count, times.len()); options.courses.len()],
        runaways: Vec::new(),
    };
    for t in 0..times.len() {
        let (mut count, mut mean, mut products) = (0, vec![0.0; n], vec![0.0; wide]);
        for block in blocks.iter().filter(|b| b.counts[t] > 0) {
            let (had, more) = (count as f64, block.counts[t] as f64);
            let share = more / (had + more);
            let apart: Vec<f64> = (0..n).map(|i| block.means[t * n + i] - mean[i]).collect();
            let theirs = &block.products[t * wide..(t + 1) * wide];
            let pairs = (0..n).flat_map(|i| columns(n, i).map(move |j| (i, j)));
            for ((p, q), (i, j)) in products.iter_mut().zip(theirs).zip(pairs) {
                *p += q + apart[i] * apart[j] * had * share;
            }
            mean.iter_mut().zip(&apart).for_each(|(m, a)| *m += a * share);
            count += block.counts[t];
        }
        let less = if count > 1 { count as f64 - 1.0 } else { f64::NAN };
        let mut covariance = Matrix::zeros(if e.covariances.is_some() { n } else { 0 }, n);
        let mut k = 0;
        for i in 0..n {
            e.mean[(t, i)] = if count > 0 { mean[i] } else { f64::NAN };
            e.variance[(t, i)] = products[k] / less;
            for j in columns(n, i) {
                if e.covariances.is_some() {
                    covariance[(i, j)] = products[k] / less;
                    covariance[(j, i)] = products[k] / less;
                }
                k += 1;
            }
        }
        e.counts.push(count);
        e.covariances.iter_mut().for_each(|all| all.push(covariance.clone()));
    }
    for (b, block) in blocks.into_iter().enumerate() {
        for (l, state) in block.last.chunks_exact(n).enumerate() {
            e.last.row_mut(b * BLOCK + l).copy_from_slice(state);
            for (all, course) in e.courses.iter_mut().zip(&block.courses) {
                (0..times.len()).for_each(|t| all[(b * BLOCK + l, t)] = course[t * BLOCK + l]);
            }
        }
        e.runaways.extend(block.runaways);
    }
    e
}
