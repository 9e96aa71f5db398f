//! Stability-optimized circuits: inhibition tuned until a random network is stable.

use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{Lyapunov, Matrix, eigenvalues, matmul};
use neurate_numerics::progress::Progress;
use std::ops::Range;

/// How inhibition is optimized (Hennequin, Vogels & Gerstner 2014, supplementary).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stabilize {
    /// Spectral abscissa of W at which to stop (1 is the border of stability of linear units).
    pub target: f64,
    /// Size of a step along the gradient.
    pub rate: f64,
    /// Largest share of the possible inhibitory connections that may be there.
    pub density: f64,
    /// Most steps.
    pub steps: usize,
}

impl Default for Stabilize {
    fn default() -> Self {
        Stabilize { target: 0.2, rate: 10.0, density: 0.4, steps: 3000 }
    }
}

/// An optimized weight matrix, and how it came about.
#[derive(Clone, Debug)]
pub struct Stabilized {
    /// The weights.
    pub weights: Matrix,
    /// Spectral abscissa of W before.
    pub before: f64,
    /// Spectral abscissa of W after.
    pub after: f64,
    /// Steps taken.
    pub steps: usize,
    /// Whether `after` is at most the target.
    pub reached: bool,
}

/// Lowers the spectral abscissa of `w` by changing its inhibitory weights only.
///
/// Each step goes down the gradient of the smoothed abscissa: with `A = W - s`, s beyond the abscissa
/// (the larger of 1.5 times it and 0.2 more), `A^T Q + Q A = -2` and `A P + P A^T = -2`, it is
/// `Q P / tr(Q P)` (Vanbiervliet et al. 2009). Then weights that became positive are 0, of each block
/// only the strongest connections up to `density` stay, and each block is scaled to its mean weight of
/// before, so that the balance of excitation and inhibition is not changed. No unit inhibits itself.
///
/// `groups` are the populations' units, `inhibitory` says which of them are.
///
/// # Errors
/// No inhibitory weights, or one that is positive; options out of range; a decomposition did not
/// converge. Not reaching the target is no error: [`Stabilized::reached`].
pub fn stabilize(
    w: &Matrix,
    groups: &[Range<usize>],
    inhibitory: &[bool],
    options: &Stabilize,
    progress: &Progress,
) -> Result<Stabilized> {
    options.check()?;
    let blocks = blocks(w, groups, inhibitory)?;
    let mut weights = w.clone();
    let before = eigenvalues(w)?.first().map_or(0.0, |z| z.re);
    let mut best = Stabilized { weights: w.clone(), before, after: before, steps: 0, reached: false };
    let mut abscissa = before;
    let mut steps = 0;
    while abscissa > options.target && steps < options.steps {
        // The Schur form at the last step's abscissa gives the new one too: one for each step.
        let (solver, shift) = shifted(&weights, abscissa)?;
        abscissa = solver.abscissa() + shift;
        if abscissa < best.after {
            best = Stabilized { weights: weights.clone(), after: abscissa, steps, ..best };
        }
        if abscissa <= options.target {
            break;
        }
        progress.at(steps, options.steps)?;
        let n = weights.rows();
        let two = Matrix::identity(n).scale(2.0);
        let (q, p) = (solver.solve_transposed(&two)?.x, solver.solve(&two)?.x);
        let gradient = matmul(&q, &p);
        let trace: f64 = (0..n).map(|i| gradient[(i, i)]).sum();
        let step = options.rate / trace;
        for b in &blocks {
            b.descend(&mut weights, &gradient, step, options.density);
        }
        steps += 1;
    }
    if steps == options.steps {
        // The last step has not been looked at.
        let last = eigenvalues(&weights)?[0].re;
        if last < best.after {
            best = Stabilized { weights, after: last, steps, ..best };
        }
    }
    best.reached = best.after <= options.target;
    Ok(best)
}

impl Stabilize {
    fn check(&self) -> Result<()> {
        if !(self.target.is_finite() && self.rate.is_finite() && self.rate > 0.0) {
            return Err(Error::invalid(format!(
                "the target {} must be a number, the rate {} a positive one",
                self.target, self.rate
            )));
        }
        if !(self.density > 0.0 && self.density <= 1.0) {
            return Err(Error::invalid(format!("a density of {} is not between 0 and 1", self.density)));
        }
        Ok(())
    }
}

/// The solver for `W - s` with an s that is beyond the abscissa; near the last one.
fn shifted(w: &Matrix, last: f64) -> Result<(Lyapunov, f64)> {
    let n = w.rows();
    let mut shift = (1.5 * last).max(last + 0.2);
    for _ in 0..60 {
        let a = Matrix::from_fn(n, n, |i, j| w[(i, j)] - if i == j { shift } else { 0.0 });
        let solver = Lyapunov::new(&a)?;
        let margin = -solver.abscissa();
        // A step that raised the abscissa: twice as far.
        if margin > 0.02 * shift.abs().max(1.0) {
            return Ok((solver, shift));
        }
        shift = 2.0 * (shift - margin.min(0.0)) + 0.2;
    }
    Err(Error::not_converged("stability optimization: the abscissa runs away"))
}

/// Inhibitory weights onto one population.
struct Block {
    to: Range<usize>,
    from: Range<usize>,
    mean: f64,
}

fn blocks(w: &Matrix, groups: &[Range<usize>], inhibitory: &[bool]) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    for (from, _) in groups.iter().zip(inhibitory).filter(|(_, i)| **i) {
        for to in groups {
            let mut sum = 0.0;
            for i in to.clone() {
                for j in from.clone() {
                    if w[(i, j)] > 0.0 {
                        return Err(Error::invalid(format!(
                            "the weight to unit {i} from the inhibitory unit {j} is {:+}",
                            w[(i, j)]
                        )));
                    }
                    sum += w[(i, j)];
                }
            }
            let mean = sum / (to.len() * from.len()) as f64;
            blocks.push(Block { to: to.clone(), from: from.clone(), mean });
        }
    }
    if blocks.iter().all(|b| b.mean == 0.0) {
        return Err(Error::invalid("there is no inhibition to optimize")
            .with_help("it needs a population of kind \"inhibitory\" with weights"));
    }
    Ok(blocks)
}

impl Block {
    fn descend(&self, w: &mut Matrix, gradient: &Matrix, step: f64, density: f64) {
        let mut strengths = Vec::new();
        let mut possible = 0;
        for i in self.to.clone() {
            for j in self.from.clone() {
                if i == j {
                    continue;
                }
                possible += 1;
                let x = (w[(i, j)] - step * gradient[(i, j)]).min(0.0);
                w[(i, j)] = x;
                if x < 0.0 {
                    strengths.push(-x);
                }
            }
        }
        let keep = (density * possible as f64).round() as usize;
        let weakest = if strengths.len() > keep && keep > 0 {
            *strengths.select_nth_unstable_by(keep - 1, |a, b| b.total_cmp(a)).1
        } else {
            0.0
        };
        let mut sum = 0.0;
        for i in self.to.clone() {
            for j in self.from.clone() {
                if -w[(i, j)] < weakest {
                    w[(i, j)] = 0.0;
                }
                sum += w[(i, j)];
            }
        }
        let mean = sum / (self.to.len() * self.from.len()) as f64;
        if mean < 0.0 {
            let scale = self.mean / mean;
            for i in self.to.clone() {
                w.row_mut(i)[self.from.clone()].iter_mut().for_each(|x| *x *= scale);
            }
        }
    }
}
