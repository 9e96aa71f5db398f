//! Circuits side by side: one formula for all, its parameters and everything else different in each.
//!
//! Value `k` of circuit `l` stands at `k * LANES + l`, so that vector instructions go across the circuits. A pair of
//! units stays in registers for as many steps as are asked for.

use super::formula::{Formula, MAX_PARAMETERS};
use neurate_numerics::special::elementary::mul_add;
use neurate_numerics::special::instructions::{Compute, Instructions};

/// Circuits of a block: four vectors of eight doubles, so that no operation waits for the one before.
pub(crate) const LANES: usize = 32;
const WIDTH: usize = 8;
const VECTORS: usize = LANES / WIDTH;

type Vector = [f64; WIDTH];
type Vectors = [Vector; VECTORS];

/// A block of circuits of two units in rate form.
pub(crate) struct Pairs<'a> {
    /// Four weights: to the first from the first, from the second, to the second.
    pub weights: &'a [f64],
    /// Two inputs.
    pub h: &'a [f64],
    /// For each unit the share of the way to its target that a step makes.
    pub approach: &'a [f64],
    /// The parameters of the first unit's formula, then those of the second.
    pub parameters: &'a [f64],
    /// Two rates.
    pub rates: &'a mut [f64],
    /// The larger `|target - rate|` before the last step.
    pub distance: &'a mut [f64],
}

/// What a formula can do with circuits side by side.
#[derive(Clone, Copy)]
pub(crate) struct LaneKernels {
    /// So many steps of exponential Euler for pairs of units that share the formula.
    pub steps: fn(Pairs<'_>, usize),
    /// Rates of one unit in all circuits of a block: parameters, inputs, rates.
    pub rates: fn(&[f64], &[f64], &mut [f64]),
}

impl LaneKernels {
    pub(super) const fn of<F: Formula>() -> LaneKernels {
        LaneKernels { steps: steps::<F>, rates: rates::<F> }
    }
}

fn steps<F: Formula>(pairs: Pairs<'_>, count: usize) {
    Instructions::widest().run(Steps::<F> { pairs, count, formula: std::marker::PhantomData });
}

fn rates<F: Formula>(parameters: &[f64], input: &[f64], out: &mut [f64]) {
    Instructions::widest().run(Rates::<F> { parameters, input, out, formula: std::marker::PhantomData });
}

struct Rates<'a, F> {
    parameters: &'a [f64],
    input: &'a [f64],
    out: &'a mut [f64],
    formula: std::marker::PhantomData<F>,
}

impl<F: Formula> Compute for Rates<'_, F> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        for v in 0..VECTORS {
            let x = vector(self.input, 0, v);
            let p = parameters_of::<F>(self.parameters, 0, v);
            for l in 0..WIDTH {
                let formula = F::of([p[0][l], p[1][l], p[2][l], p[3][l]]);
                self.out[v * WIDTH + l] = formula.at::<FMA>(x[l]);
            }
        }
    }
}

struct Steps<'a, F> {
    pairs: Pairs<'a>,
    count: usize,
    formula: std::marker::PhantomData<F>,
}

impl<F: Formula> Compute for Steps<'_, F> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        let Steps { pairs, count, .. } = self;
        if count == 0 {
            return;
        }
        let mut rates = [[[0.0; WIDTH]; VECTORS]; 2];
        for i in 0..2 {
            for v in 0..VECTORS {
                rates[i][v] = vector(pairs.rates, i, v);
            }
        }
        for _ in 1..count {
            step::<F, FMA>(&pairs, &mut rates);
        }
        let away = step::<F, FMA>(&pairs, &mut rates);
        for v in 0..VECTORS {
            let to = v * WIDTH..(v + 1) * WIDTH;
            pairs.rates[to.clone()].copy_from_slice(&rates[0][v]);
            pairs.rates[LANES + to.start..LANES + to.end].copy_from_slice(&rates[1][v]);
            for l in 0..WIDTH {
                let (a, b) = (away[0][v][l].abs(), away[1][v][l].abs());
                // What is not a number stays that.
                pairs.distance[to.start + l] = if a <= b || b.is_nan() { b } else { a };
            }
        }
    }
}

/// One step; gives `target - rate` of before.
#[inline(always)]
fn step<F: Formula, const FMA: bool>(pairs: &Pairs<'_>, rates: &mut [Vectors; 2]) -> [Vectors; 2] {
    let mut away = [[[0.0; WIDTH]; VECTORS]; 2];
    for i in 0..2 {
        for v in 0..VECTORS {
            let mut x = vector(pairs.h, i, v);
            for j in 0..2 {
                let w = vector(pairs.weights, 2 * i + j, v);
                for l in 0..WIDTH {
                    x[l] = mul_add::<FMA>(w[l], rates[j][v][l], x[l]);
                }
            }
            let p = parameters_of::<F>(pairs.parameters, i * F::PARAMETERS, v);
            for l in 0..WIDTH {
                let formula = F::of([p[0][l], p[1][l], p[2][l], p[3][l]]);
                away[i][v][l] = formula.at::<FMA>(x[l]) - rates[i][v][l];
            }
        }
    }
    for i in 0..2 {
        for v in 0..VECTORS {
            let approach = vector(pairs.approach, i, v);
            for l in 0..WIDTH {
                rates[i][v][l] = mul_add::<FMA>(approach[l], away[i][v][l], rates[i][v][l]);
            }
        }
    }
    away
}

/// Vector `v` of value `k`. Plain loops, here and above: a closure would lose the instructions that it is compiled for.
#[inline(always)]
fn vector(values: &[f64], k: usize, v: usize) -> Vector {
    let at = k * LANES + v * WIDTH;
    let mut out = [0.0; WIDTH];
    out.copy_from_slice(&values[at..at + WIDTH]);
    out
}

#[inline(always)]
fn parameters_of<F: Formula>(values: &[f64], first: usize, v: usize) -> [Vector; MAX_PARAMETERS] {
    let mut p = [[0.0; WIDTH]; MAX_PARAMETERS];
    for q in 0..F::PARAMETERS {
        p[q] = vector(values, first + q, v);
    }
    p
}
