//! The straight lines that an expression is made of: it is evaluated over functions of straight lines instead of numbers.

use super::law::AffinePiece;
use super::piecewise::Piecewise;
use exmex::{BinOp, Express, FlatEx, MakeOperators, Operator};
use std::str::FromStr;

/// A number that may be a function of straight lines; None if it is another function.
#[derive(Clone, Debug)]
struct Lines(Option<Piecewise>);

impl Default for Lines {
    fn default() -> Self {
        Lines(Some(Piecewise::constant(0.0)))
    }
}

impl FromStr for Lines {
    type Err = std::num::ParseFloatError;
    fn from_str(s: &str) -> std::result::Result<Self, Self::Err> {
        Ok(Lines(Some(Piecewise::constant(s.parse()?))))
    }
}

/// What an operator makes of functions of straight lines: `of` where that is one, else the operator itself, of constants.
fn lines(a: &Lines, b: &Lines, of: fn(&Piecewise, &Piecewise) -> Option<Piecewise>) -> Lines {
    Lines(a.0.as_ref().zip(b.0.as_ref()).and_then(|(a, b)| of(a, b)))
}

fn of_constants(a: &Lines, of: fn(f64) -> f64) -> Lines {
    Lines(a.0.as_ref().and_then(Piecewise::value).map(|a| Piecewise::constant(of(a))))
}

#[derive(Clone, Debug)]
struct LineOperators;

impl MakeOperators<Lines> for LineOperators {
    fn make<'a>() -> Vec<Operator<'a, Lines>> {
        let bin = |apply, prio| BinOp { apply, prio, is_commutative: false };
        vec![
            Operator::make_bin(
                "^",
                bin(
                    |a, b| {
                        lines(&a, &b, |a, b| match (a.value(), b.value()?) {
                            (Some(a), b) => Some(Piecewise::constant(a.powf(b))),
                            (None, 1.0) => Some(a.clone()),
                            _ => None,
                        })
                    },
                    4,
                ),
            ),
            Operator::make_bin(
                "*",
                bin(
                    |a, b| {
                        lines(&a, &b, |a, b| match (a.value(), b.value()) {
                            (Some(a), _) => Some(b.scaled(a)),
                            (None, Some(b)) => Some(a.scaled(b)),
                            (None, None) => None,
                        })
                    },
                    2,
                ),
            ),
            Operator::make_bin("/", bin(|a, b| lines(&a, &b, |a, b| Some(a.scaled(1.0 / b.value()?))), 3)),
            Operator::make_bin_unary("+", bin(|a, b| lines(&a, &b, Piecewise::plus), 0), |a| a),
            Operator::make_bin_unary(
                "-",
                bin(|a, b| lines(&a, &b, |a, b| a.plus(&b.scaled(-1.0))), 1),
                |a| Lines(a.0.map(|a| a.scaled(-1.0))),
            ),
            Operator::make_bin("max", bin(|a, b| lines(&a, &b, Piecewise::larger), 0)),
            Operator::make_bin("min", bin(|a, b| lines(&a, &b, smaller), 0)),
            Operator::make_unary("exp", |a| of_constants(&a, f64::exp)),
            Operator::make_unary("log", |a| of_constants(&a, f64::ln)),
            Operator::make_unary("ln", |a| of_constants(&a, f64::ln)),
            Operator::make_unary("sqrt", |a| of_constants(&a, f64::sqrt)),
            Operator::make_unary("tanh", |a| of_constants(&a, f64::tanh)),
            Operator::make_unary("sinh", |a| of_constants(&a, f64::sinh)),
            Operator::make_unary("cosh", |a| of_constants(&a, f64::cosh)),
            Operator::make_unary("sin", |a| of_constants(&a, f64::sin)),
            Operator::make_unary("cos", |a| of_constants(&a, f64::cos)),
            Operator::make_unary("tan", |a| of_constants(&a, f64::tan)),
            Operator::make_unary("atan", |a| of_constants(&a, f64::atan)),
            Operator::make_unary("abs", |a| Lines(a.0.and_then(|a| a.larger(&a.scaled(-1.0))))),
            Operator::make_unary("relu", |a| Lines(a.0.and_then(|a| a.larger(&Piecewise::constant(0.0))))),
            Operator::make_constant("pi", Lines(Some(Piecewise::constant(std::f64::consts::PI)))),
        ]
    }
}

fn smaller(a: &Piecewise, b: &Piecewise) -> Option<Piecewise> {
    Some(a.scaled(-1.0).larger(&b.scaled(-1.0))?.scaled(-1.0))
}

/// The straight lines that an expression is made of; None if it is another function. `values` are those of its variables in
/// the parser's order, None for `x`.
pub(super) fn straight_lines(formula: &str, values: &[Option<f64>]) -> Option<Vec<AffinePiece>> {
    let parsed = FlatEx::<Lines, LineOperators>::parse(formula).ok()?;
    let value = |v: &Option<f64>| Lines(Some(v.map_or_else(Piecewise::identity, Piecewise::constant)));
    let values: Vec<Lines> = values.iter().map(value).collect();
    parsed.eval(&values).ok()?.0?.pieces()
}
