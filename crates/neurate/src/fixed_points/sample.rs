//! Sampling: Newton's method from random states, short runs and deflation, for as long as new points keep coming.

use super::equations::Equations;
use super::newton::{Known, Newton, Solution};
use super::relax::Runner;
use super::starts::Starts;
use super::symmetry::Symmetries;
use neurate_numerics::error::Result;
use neurate_numerics::progress::Progress;

/// Starts between two looks at whether to go on.
const BATCH: usize = 16;
/// Times the least number of starts that are made while new points keep coming.
const MOST: usize = 20;
/// Times the least number where a point was met once or never.
const RARE: usize = 3;
/// Times the least number while the indices say that a point is missing.
const MOST_MISSING: usize = 8;
/// Every so many starts is tried again with known points kept away; while the indices say that a point is missing, every one.
const DEFLATED: usize = 8;
/// Slowest time constants of a run from a random start, and from beside a point or a corner.
const SHORT: f64 = 10.0;
const LONG: f64 = 30.0;
/// Part of the range by which a run starts beside a point.
const BESIDE: f64 = 0.01;
/// Points beside which runs are made.
const MAX_EXPLORED: usize = 400;
/// Points that are listed.
pub(super) const MAX_POINTS: usize = 4096;
/// Ends of runs between which edges are sought.
const MAX_EDGE_POINTS: usize = 8;
/// Middles between two points from which Newton's method starts at a time, and cubes of sizes.
const MAX_MIDPOINTS: usize = 5000;
const MAX_MIDPOINT_WORK: usize = 200_000_000;
/// Points with a singular Jacobian, after which it is a line of points that is listed in vain.
const MAX_SINGULAR: usize = 16;
/// Units up to which more starts are made than were asked for.
const MAX_ADAPTIVE: usize = 64;

/// What is sought, and how hard.
pub(super) struct Task<'t> {
    /// Starts that are tried first: rest, the end of a run from rest.
    pub first: Vec<Vec<f64>>,
    /// Exchanges that leave the equations as they are.
    pub symmetries: Symmetries,
    /// Least number of random starts.
    pub starts: usize,
    /// Whether all rates are bounded, so that indices add up to 1.
    pub bounded: bool,
    /// What no state exceeds in a run.
    pub ceiling: f64,
    /// Who hears how far it is.
    pub progress: &'t Progress,
}

/// What was found, and how often.
pub(super) struct Sample {
    pub points: Vec<Solution>,
    pub starts: usize,
    pub failures: usize,
    /// For each point, or points that are alike by symmetry, how many random starts led there.
    pub hits: Vec<usize>,
    /// Sum of indices; None where one is not decided, or rates are not bounded.
    pub index_sum: Option<i64>,
    /// How often the equations were looked at.
    pub evaluations: usize,
}

/// The number of random starts, by size.
pub(super) fn default_starts(n: usize) -> usize {
    match n {
        0..=50 => 200,
        51..=100 => 60,
        101..=300 => 12,
        _ => 4,
    }
}

/// Samples the fixed points.
///
/// # Errors
/// Whoever listens wants it to end.
pub(super) fn sample<'a>(equations: Equations<'a>, starts: Starts<'a>, task: &Task) -> Result<Sample> {
    let n = equations.n();
    let mut sampler = Sampler {
        runner: Runner::new(n),
        newton: Newton::of(equations),
        draw: starts,
        task,
        known: vec![],
        points: vec![],
        unexplored: vec![],
        attractors: vec![],
        hits: vec![],
        starts: 0,
        last_new: 0,
        failures: 0,
        missing: false,
    };
    sampler.all()?;
    let index_sum = sampler.index_sum();
    let Sampler { newton, runner, points, starts, failures, hits, .. } = sampler;
    let evaluations = newton.evaluations + runner.evaluations;
    let points = points.into_iter().map(|p| p.solution).collect();
    Ok(Sample { points, starts, failures, hits, index_sum, evaluations })
}

struct Point {
    solution: Solution,
    /// Points that are images of each other have the same.
    orbit: usize,
    index: i64,
}

struct Sampler<'a, 't> {
    newton: Newton<'a>,
    runner: Runner,
    draw: Starts<'a>,
    task: &'t Task<'t>,
    known: Vec<Known>,
    points: Vec<Point>,
    /// Points whose neighborhood was not looked at.
    unexplored: Vec<usize>,
    /// Points at which runs ended.
    attractors: Vec<usize>,
    hits: Vec<usize>,
    starts: usize,
    /// How many starts had been made when the last point was found.
    last_new: usize,
    failures: usize,
    /// Whether the indices said that a point is missing when they were last asked.
    missing: bool,
}

impl Sampler<'_, '_> {
    fn all(&mut self) -> Result<()> {
        for start in &self.task.first {
            self.from(start, true);
        }
        self.corners();
        self.explore();
        let (least, n) = (self.task.starts, self.newton.equations().n());
        let (mut edges, mut between) = (Vec::new(), 0);
        let mut x = vec![0.0; n];
        loop {
            for _ in 0..BATCH.min(least.max(1)) {
                self.task.progress.at(self.starts.min(least), least)?;
                self.random(&mut x);
            }
            self.explore();
            let singular = self.points.iter().filter(|p| p.index == 0).count() > MAX_SINGULAR;
            let enough = singular || n > MAX_ADAPTIVE;
            if self.points.len() >= MAX_POINTS || (self.starts >= least && enough) {
                return Ok(());
            }
            let missing = self.is_missing();
            if missing && self.starts >= least / 2 {
                self.midpoints(&mut between);
                if self.is_missing() {
                    self.edges(&mut edges);
                }
                self.explore();
            }
            self.missing = missing;
            // As many starts again as it took to find the last point, and no sign that others are missing; more where a
            // point was met once or never.
            let rare = self.hits.len() > 1 && self.hits.iter().any(|h| *h <= 1);
            let patience = if rare { RARE } else { 1 };
            let quiet = self.starts >= (patience * least).max(2 * self.last_new) && chao(&self.hits) < 0.5;
            if quiet && !missing && between < self.points.len() {
                // What lies between known points, before the list counts as all that is easy to find.
                let known = self.points.len();
                self.midpoints(&mut between);
                self.explore();
                if self.points.len() > known {
                    continue;
                }
            }
            let most = if missing && quiet { MOST_MISSING } else { MOST } * least;
            if (quiet && !missing) || self.starts >= most {
                return Ok(());
            }
        }
    }

    /// One random start, every other one where a run from it ends.
    fn random(&mut self, x: &mut [f64]) {
        let k = self.starts;
        self.starts += 1;
        self.draw.draw(k / 2, x);
        let ran = k % 2 == 1;
        if ran && !self.runner.run(self.newton.equations(), x, SHORT, self.task.ceiling) {
            self.failures += 1;
            return;
        }
        let known = self.points.len();
        let found = match self.newton.solve(x, &[]) {
            None if x.len() <= MAX_ADAPTIVE => self.newton.wander(x),
            found => found,
        };
        match found {
            Some(solution) => {
                let point = self.add(solution);
                self.hits[self.points[point].orbit] += 1;
                if ran {
                    self.attracts(point);
                }
            }
            None => self.failures += 1,
        }
        if self.points.len() == known && (self.missing || k.is_multiple_of(DEFLATED)) {
            self.deflated(x);
        }
    }

    fn attracts(&mut self, point: usize) {
        if !self.attractors.contains(&point) {
            self.attractors.push(point);
        }
    }

    /// Newton's method from a start that is not random, and, if asked, with known points kept away.
    fn from(&mut self, start: &[f64], deflated: bool) -> Option<usize> {
        let found = self.newton.solve(start, &[]).map(|solution| self.add(solution));
        if deflated && !self.known.is_empty() {
            self.deflated(start);
        }
        found
    }

    fn deflated(&mut self, start: &[f64]) {
        if let Some(solution) = self.newton.solve(start, &self.known) {
            self.add(solution);
        }
    }

    /// The number of a point, which is new or known; of a new one the images, too.
    fn add(&mut self, solution: Solution) -> usize {
        if let Some(known) = self.number(&solution.state) {
            return known;
        }
        let first = self.points.len();
        let orbit = self.hits.len();
        self.hits.push(0);
        self.push(solution, orbit);
        // Images of images, until there are no others.
        let mut next = first;
        while next < self.points.len() {
            for image in self.task.symmetries.images(&self.points[next].solution.state) {
                if self.points.len() >= MAX_POINTS {
                    return first;
                }
                if self.number(&image).is_some() {
                    continue;
                }
                // Nearly exchangeable is not exchangeable: the image must be a point as it is.
                let polished = self.newton.solve(&image, &[]).filter(|s| same(&s.state, &image));
                if let Some(polished) = polished.filter(|s| self.number(&s.state).is_none()) {
                    self.push(polished, orbit);
                }
            }
            next += 1;
        }
        first
    }

    fn number(&self, state: &[f64]) -> Option<usize> {
        self.known.iter().position(|k| same(&k.state, state))
    }

    fn push(&mut self, solution: Solution, orbit: usize) {
        let index = self.newton.equations().index(&solution.state);
        self.known.push(Known::new(solution.state.clone()));
        self.unexplored.push(self.points.len());
        self.last_new = self.starts;
        self.points.push(Point { solution, orbit, index });
    }

    /// Runs on both sides of points that are new, along what grows there; deflation beside them, where the other point
    /// of a pair is.
    fn explore(&mut self) {
        let n = self.newton.equations().n();
        let mut explored = vec![false; self.hits.len()];
        while let Some(point) = self.unexplored.pop() {
            let orbit = self.points[point].orbit;
            explored.resize(self.hits.len(), false);
            // One of those that are alike serves for all.
            if std::mem::replace(&mut explored[orbit], true) || point >= MAX_EXPLORED {
                continue;
            }
            let at = self.points[point].solution.state.clone();
            let aside: Vec<f64> = (0..n)
                .map(|i| BESIDE * self.draw.reach(i, &at) * (2.0 * self.draw.uniform() - 1.0))
                .collect();
            for sign in [1.0, -1.0] {
                let mut x: Vec<f64> = at.iter().zip(&aside).map(|(x, d)| x + sign * d).collect();
                if sign > 0.0 {
                    self.deflated(&x);
                }
                self.run_to_point(&mut x);
            }
        }
    }

    /// Where a run from here ends.
    fn run_to_point(&mut self, x: &mut [f64]) -> Option<usize> {
        if !self.runner.run(self.newton.equations(), x, LONG, self.task.ceiling) {
            return None;
        }
        let end = self.from(x, false)?;
        self.attracts(end);
        Some(end)
    }

    /// Runs that start with one unit, or all, at the highest rate: where several states are stable, most of them are the
    /// end of one.
    fn corners(&mut self) {
        for mut x in self.draw.corners() {
            self.run_to_point(&mut x);
        }
    }

    /// Sum of indices; None where one is not decided, or rates are not bounded.
    fn index_sum(&self) -> Option<i64> {
        let decided = self.task.bounded && self.points.iter().all(|p| p.index != 0);
        decided.then(|| self.points.iter().map(|p| p.index).sum())
    }

    /// Whether the indices say that a point is missing.
    fn is_missing(&self) -> bool {
        self.index_sum().is_some_and(|sum| sum != 1)
    }

    /// Newton's method from the middle between two points: of states that differ in one unit the saddle between them is
    /// near. For pairs with a point that came after the first `done`.
    fn midpoints(&mut self, done: &mut usize) {
        let n = self.newton.equations().n();
        let most = (MAX_MIDPOINT_WORK / n.pow(3)).clamp(16, MAX_MIDPOINTS);
        let (first, last) = (*done, self.points.len());
        let pairs = (first..last).flat_map(|j| (0..j).map(move |i| (i, j))).take(most);
        for (i, j) in pairs {
            let [a, b] = [i, j].map(|k| &self.points[k].solution.state);
            let middle: Vec<f64> = a.iter().zip(b).map(|(a, b)| 0.5 * (a + b)).collect();
            self.from(&middle, false);
        }
        *done = last;
    }

    /// Starts near the edge between the basins of two points, where runs linger at a saddle: bisection of the segment
    /// between them by where runs end. For pairs that are not `done`.
    fn edges(&mut self, done: &mut Vec<(usize, usize)>) {
        let ends: Vec<usize> = self.attractors.iter().copied().take(MAX_EDGE_POINTS).collect();
        for (k, &i) in ends.iter().enumerate() {
            for &j in &ends[k + 1..] {
                if done.contains(&(i, j)) {
                    continue;
                }
                done.push((i, j));
                self.edge(i, j);
            }
        }
    }

    fn edge(&mut self, i: usize, j: usize) {
        let [a, b] = [i, j].map(|k| self.points[k].solution.state.clone());
        let distance = |x: &[f64], p: &[f64]| -> f64 {
            x.iter().zip(p).map(|(a, b)| ((a - b) / (1.0 + b.abs())).powi(2)).sum()
        };
        let (mut low, mut high) = (0.0, 1.0);
        let mut lingered = Vec::new();
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            let mut x: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a + middle * (b - a)).collect();
            if !self.runner.run(self.newton.equations(), &mut x, LONG, self.task.ceiling) {
                break;
            }
            if distance(&x, &a) < distance(&x, &b) {
                low = middle
            } else {
                high = middle
            }
            // The nearer the bisection has come to the edge, the longer the run stays near a saddle.
            if high - low < 1e-3 {
                lingered.extend(self.runner.lingered().map(<[f64]>::to_vec));
            }
            // A third state: its own edges are others.
            if distance(&x, &a).min(distance(&x, &b)) > 1e-2 {
                self.run_to_point(&mut x);
            }
        }
        for start in lingered {
            self.from(&start, true);
        }
    }
}

/// The lower estimate of what is missing from how many were met once and twice (Chao 1984, without bias).
pub(super) fn chao(hits: &[usize]) -> f64 {
    let met = |times: usize| hits.iter().filter(|h| **h == times).count() as f64;
    if met(1) < 2.0 { 0.0 } else { 0.5 * met(1) * (met(1) - 1.0) / (met(2) + 1.0) }
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-6 * (1.0 + a.abs().max(b.abs())))
}

#[cfg(test)]
mod tests;
