//! An expression's derivatives up to the third: it is evaluated over a value and three derivatives instead of a number.

use super::jet::{Jet, compose, power, product, tanh};
use exmex::{BinOp, Express, FlatEx, MakeOperators, Operator};
use std::str::FromStr;

/// A value with its derivatives over `x`.
#[derive(Clone, Copy, Debug, Default)]
struct Value(Jet);

impl FromStr for Value {
    type Err = std::num::ParseFloatError;
    fn from_str(s: &str) -> std::result::Result<Self, Self::Err> {
        Ok(constant(s.parse()?))
    }
}

fn constant(x: f64) -> Value {
    Value([x, 0.0, 0.0, 0.0])
}

fn is_constant(a: &Value) -> bool {
    a.0[1..] == [0.0; 3]
}

fn chain(a: Value, outer: Jet) -> Value {
    Value(compose(outer, a.0))
}

fn sum(a: Value, b: Value, sign: f64) -> Value {
    Value(std::array::from_fn(|k| a.0[k] + sign * b.0[k]))
}

fn reciprocal(a: Value) -> Value {
    let r = 1.0 / a.0[0];
    chain(a, [r, -r * r, 2.0 * r * r * r, -6.0 * r * r * r * r])
}

/// As `quotient` in `expression.rs`: what is divided by infinity is 0, and stays there.
fn quotient(a: Value, b: Value) -> Value {
    if b.0[0].is_infinite() && a.0[0].is_finite() {
        return constant(a.0[0] / b.0[0]);
    }
    Value(product(a.0, reciprocal(b).0))
}

fn exp(a: Value) -> Value {
    chain(a, [a.0[0].exp(); 4])
}

fn ln(a: Value) -> Value {
    let r = 1.0 / a.0[0];
    chain(a, [a.0[0].ln(), r, -r * r, 2.0 * r * r * r])
}

fn raised(a: Value, b: Value) -> Value {
    if is_constant(&b) { chain(a, power(a.0[0], b.0[0])) } else { exp(Value(product(b.0, ln(a).0))) }
}

fn sine(a: Value, shift: f64) -> Value {
    let (s, c) = (a.0[0] + shift).sin_cos();
    chain(a, [s, c, -s, -c])
}

fn atan(a: Value) -> Value {
    let x = a.0[0];
    let r = 1.0 / (1.0 + x * x);
    chain(a, [x.atan(), r, -2.0 * x * r * r, (6.0 * x * x - 2.0) * r * r * r])
}

#[derive(Clone, Debug)]
struct Operators;

impl MakeOperators<Value> for Operators {
    fn make<'a>() -> Vec<Operator<'a, Value>> {
        let bin = |apply, prio| BinOp { apply, prio, is_commutative: false };
        vec![
            Operator::make_bin("^", bin(raised, 4)),
            Operator::make_bin("*", bin(|a, b| Value(product(a.0, b.0)), 2)),
            Operator::make_bin("/", bin(quotient, 3)),
            Operator::make_bin_unary("+", bin(|a, b| sum(a, b, 1.0), 0), |a| a),
            Operator::make_bin_unary("-", bin(|a, b| sum(a, b, -1.0), 1), |a| Value(a.0.map(|v| -v))),
            Operator::make_bin("max", bin(|a, b| if a.0[0] >= b.0[0] { a } else { b }, 0)),
            Operator::make_bin("min", bin(|a, b| if a.0[0] <= b.0[0] { a } else { b }, 0)),
            Operator::make_unary("exp", exp),
            Operator::make_unary("log", ln),
            Operator::make_unary("ln", ln),
            Operator::make_unary("sqrt", |a| chain(a, power(a.0[0], 0.5))),
            Operator::make_unary("tanh", |a| chain(a, tanh(a.0[0]))),
            Operator::make_unary("sinh", |a| {
                let (s, c) = (a.0[0].sinh(), a.0[0].cosh());
                chain(a, [s, c, s, c])
            }),
            Operator::make_unary("cosh", |a| {
                let (s, c) = (a.0[0].sinh(), a.0[0].cosh());
                chain(a, [c, s, c, s])
            }),
            Operator::make_unary("sin", |a| sine(a, 0.0)),
            Operator::make_unary("cos", |a| sine(a, std::f64::consts::FRAC_PI_2)),
            Operator::make_unary("tan", |a| quotient(sine(a, 0.0), sine(a, std::f64::consts::FRAC_PI_2))),
            Operator::make_unary("atan", atan),
            Operator::make_unary("abs", |a| if a.0[0] < 0.0 { Value(a.0.map(|v| -v)) } else { a }),
            Operator::make_unary("relu", |a| if a.0[0] >= 0.0 { a } else { constant(0.0) }),
            Operator::make_constant("pi", constant(std::f64::consts::PI)),
        ]
    }
}

/// The expression over values with derivatives.
#[derive(Clone, Debug)]
pub(super) struct Derivatives(Option<FlatEx<Value, Operators>>);

impl Derivatives {
    /// Of a formula that has been parsed over numbers.
    pub fn new(formula: &str) -> Derivatives {
        Derivatives(FlatEx::parse(formula).ok())
    }
    /// At values of its variables in the parser's order; the one at `x` is the variable. None where the formula is no number.
    pub fn at(&self, values: &[f64], x: Option<usize>) -> Option<Jet> {
        let mut all: Vec<Value> = values.iter().map(|v| constant(*v)).collect();
        if let Some(x) = x {
            all[x].0[1] = 1.0;
        }
        let jet = self.0.as_ref()?.eval(&all).ok()?.0;
        jet.iter().all(|v| v.is_finite()).then_some(jet)
    }
}
