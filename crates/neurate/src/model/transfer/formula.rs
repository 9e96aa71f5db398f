//! Formulas without branches, for one input and for many: the same bits.

use neurate_numerics::special::instructions::{Compute, Instructions};

/// Most parameters of a formula.
pub(super) const MAX_PARAMETERS: usize = 4;

/// A rate as a formula that becomes vector instructions in a loop.
pub(super) trait Formula: Copy {
    /// Number of parameters.
    const PARAMETERS: usize;
    /// From its parameters, in the order of its kind, and zeros behind. To be `#[inline(always)]`.
    fn of(parameters: [f64; MAX_PARAMETERS]) -> Self;
    /// The rate at an input. To be `#[inline(always)]`.
    fn at<const FMA: bool>(&self, x: f64) -> f64;
}

/// At one input.
pub(super) fn one<F: Formula>(formula: &F, x: f64) -> f64 {
    Instructions::narrow().run(One(formula, x))
}

/// At many inputs, with the machine's widest vector instructions.
pub(super) fn many<F: Formula>(formula: &F, x: &[f64], out: &mut [f64]) {
    Instructions::widest().run(Many { formula, x, out });
}

struct One<'a, F>(&'a F, f64);

impl<F: Formula> Compute for One<'_, F> {
    type Output = f64;

    #[inline(always)]
    fn compute<const FMA: bool>(self) -> f64 {
        self.0.at::<FMA>(self.1)
    }
}

struct Many<'a, F> {
    formula: &'a F,
    x: &'a [f64],
    out: &'a mut [f64],
}

impl<F: Formula> Compute for Many<'_, F> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        let Many { formula, x, out } = self;
        // A copy, so that parameters stay in registers: behind a reference they could lie in `out`, and a loop that must
        // look again is no vector loop.
        let formula = *formula;
        // A plain loop: over chunks of eight it is the outer loop that becomes vectors, which gather and scatter.
        for (out, x) in out.iter_mut().zip(x) {
            *out = formula.at::<FMA>(*x);
        }
    }
}
