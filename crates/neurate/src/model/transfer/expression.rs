//! A user's own expression. `exmex` parses and evaluates it over any number type; over the dual
//! numbers of `num-dual` one evaluation gives the value and the exact derivative.

use super::law::{Law, Slopes};
use exmex::{BinOp, Express, FlatEx, MakeOperators, Operator};
use neurate_numerics::error::{Error, Result};
use num_dual::{Dual64, DualNum};
use std::str::FromStr;
use std::sync::Arc;

/// A dual number that `exmex` can read.
#[derive(Clone, Copy, Debug)]
struct Number(Dual64);

impl Default for Number {
    fn default() -> Self {
        constant(0.0)
    }
}

impl FromStr for Number {
    type Err = std::num::ParseFloatError;
    fn from_str(s: &str) -> std::result::Result<Self, Self::Err> {
        Ok(Number(Dual64::from_re(s.parse()?)))
    }
}

#[derive(Clone, Debug)]
struct Operators;

/// Names that an expression may call.
const FUNCTIONS: &[&str] = &[
    "exp", "log", "ln", "sqrt", "tanh", "sinh", "cosh", "sin", "cos", "tan", "atan", "abs", "max", "min",
    "relu",
];

fn constant(x: f64) -> Number {
    Number(Dual64::from_re(x))
}

/// The larger of two: of two equal ones the first, whose slope counts at the kink.
fn larger(a: Number, b: Number) -> Number {
    if a.0.re >= b.0.re { a } else { b }
}

fn power(a: Number, b: Number) -> Number {
    if b.0.eps == 0.0 {
        // A constant exponent: defined at a base of zero, where exp(b ln a) is not.
        Number(a.0.powf(b.0.re))
    } else {
        Number(a.0.powd(b.0))
    }
}

impl MakeOperators<Number> for Operators {
    fn make<'a>() -> Vec<Operator<'a, Number>> {
        let bin = |apply, prio| BinOp { apply, prio, is_commutative: false };
        vec![
            Operator::make_bin("^", bin(power, 4)),
            Operator::make_bin("*", bin(|a, b| Number(a.0 * b.0), 2)),
            Operator::make_bin("/", bin(|a, b| Number(a.0 / b.0), 3)),
            Operator::make_bin_unary("+", bin(|a, b| Number(a.0 + b.0), 0), |a| a),
            Operator::make_bin_unary("-", bin(|a, b| Number(a.0 - b.0), 1), |a| Number(-a.0)),
            Operator::make_bin("max", bin(larger, 0)),
            Operator::make_bin("min", bin(|a, b| if a.0.re <= b.0.re { a } else { b }, 0)),
            Operator::make_unary("exp", |a| Number(a.0.exp())),
            Operator::make_unary("log", |a| Number(a.0.ln())),
            Operator::make_unary("ln", |a| Number(a.0.ln())),
            Operator::make_unary("sqrt", |a| Number(a.0.sqrt())),
            Operator::make_unary("tanh", |a| Number(a.0.tanh())),
            Operator::make_unary("sinh", |a| Number(a.0.sinh())),
            Operator::make_unary("cosh", |a| Number(a.0.cosh())),
            Operator::make_unary("sin", |a| Number(a.0.sin())),
            Operator::make_unary("cos", |a| Number(a.0.cos())),
            Operator::make_unary("tan", |a| Number(a.0.tan())),
            Operator::make_unary("atan", |a| Number(a.0.atan())),
            Operator::make_unary("abs", |a| Number(if a.0.re < 0.0 { -a.0 } else { a.0 })),
            Operator::make_unary("relu", |a| larger(a, constant(0.0))),
            Operator::make_constant("pi", constant(std::f64::consts::PI)),
        ]
    }
}

struct Expression {
    formula: String,
    parsed: FlatEx<Number, Operators>,
    /// Values of the variables in the parser's order, and the place of `x` among them.
    values: Vec<Number>,
    x: Option<usize>,
}

impl std::fmt::Debug for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.formula)
    }
}

/// Parses `formula` in `x` and the given constants.
pub(super) fn build(formula: &str, constants: &[(String, f64)]) -> Result<Arc<dyn Law>> {
    let fail = |what: String| Err(Error::invalid(format!("the expression \"{formula}\" {what}")));
    if let Some(name) = unknown_call(formula) {
        return fail(format!("calls {name}, which is no function here"))
            .map_err(|e: Error| e.with_help(format!("functions: {}", FUNCTIONS.join(", "))));
    }
    if let Some((name, _)) = constants.iter().find(|(n, _)| n == "x" || FUNCTIONS.contains(&n.as_str())) {
        return fail(format!("cannot have a constant named {name}: that name is taken"));
    }
    let standard = match standard_precedence(formula) {
        Ok(standard) => standard,
        Err(what) => return fail(what),
    };
    let parsed = match FlatEx::<Number, Operators>::parse(&standard) {
        Ok(parsed) => parsed,
        Err(e) => {
            return fail(format!("cannot be read: {}", e.msg()))
                .map_err(|e: Error| e.with_help("write it in x, for example \"log(1 + exp(a*x))/a\""));
        }
    };
    let mut values = Vec::new();
    let mut x = None;
    for (i, name) in parsed.var_names().iter().enumerate() {
        if name == "x" {
            x = Some(i);
            values.push(constant(0.0));
        } else if let Some((_, v)) = constants.iter().find(|(n, _)| n == name) {
            values.push(constant(*v));
        } else {
            return fail(format!("uses {name}, which has no value")).map_err(|e: Error| {
                e.with_help(format!("the input is x; give constants in the same table: {name} = 1.0"))
            });
        }
    }
    Ok(Arc::new(Expression { formula: formula.to_string(), parsed, values, x }))
}

/// A name followed by `(` that is no function: the parser's own message would not say so.
fn unknown_call(formula: &str) -> Option<String> {
    let bytes = formula.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i].is_ascii_alphabetic() || bytes[i] == b'_' {
            let start = i;
            while i < bytes.len() && (bytes[i].is_ascii_alphanumeric() || bytes[i] == b'_') {
                i += 1;
            }
            let name = &formula[start..i];
            let next = formula[i..].trim_start().chars().next();
            if next == Some('(') && !FUNCTIONS.contains(&name) {
                return Some(name.to_string());
            }
        } else {
            i += 1;
        }
    }
    None
}

/// The formula with every minus sign binding as in mathematics. The parser's unary minus binds
/// tighter than a power, `-x^2 = (-x)^2`; Python, MATLAB and paper say `-(x^2)`. So a sign is
/// written as `0 -` where a term begins, and as a factor `(0-1)` after `*` and `/`. Chained powers,
/// on which programs disagree, are refused.
fn standard_precedence(formula: &str) -> std::result::Result<String, String> {
    let chars: Vec<char> = formula.chars().collect();
    let mut out = String::new();
    // What the last token was: an operator, an opening bracket, or nothing at all.
    let mut before = '(';
    // At each bracket depth, whether a power was the last operator.
    let mut power = vec![false];
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c.is_ascii_digit() || c == '.' {
            let start = i;
            while i < chars.len() && (chars[i].is_ascii_digit() || chars[i] == '.') {
                i += 1;
            }
            let sign = usize::from(matches!(chars.get(i + 1), Some('+' | '-')));
            if matches!(chars.get(i), Some('e' | 'E'))
                && chars.get(i + 1 + sign).is_some_and(char::is_ascii_digit)
            {
                i += 1 + sign;
                while i < chars.len() && chars[i].is_ascii_digit() {
                    i += 1;
                }
            }
            // The parser knows no exponents: write the number out.
            let number: String = chars[start..i].iter().collect();
            let value: f64 = number.parse().map_err(|_| format!("holds {number}, which is no number"))?;
            out.push_str(&value.to_string());
            before = 'a';
            continue;
        }
        match c {
            '-' | '+' if "(,".contains(before) => out.push_str(if c == '-' { "0-" } else { "" }),
            '-' if "*/".contains(before) => {
                out.push_str("(0-1)");
                out.push(before);
            }
            '-' if "+-".contains(before) => out.push_str("(0-1)*"),
            '^' if power.last() == Some(&true) => {
                return Err("chains powers: write a^(b^c) or (a^b)^c".to_string());
            }
            _ => out.push(c),
        }
        match c {
            '(' => power.push(false),
            ')' => drop(power.pop()),
            '^' => *power.last_mut().ok_or("has a bracket too many")? = true,
            '+' | '-' if before == '^' => {}
            '+' | '-' | '*' | '/' | ',' => *power.last_mut().ok_or("has a bracket too many")? = false,
            _ => {}
        }
        if !c.is_whitespace() {
            before = c;
        }
        i += 1;
    }
    Ok(out)
}

impl Expression {
    fn dual(&self, x: f64) -> Dual64 {
        let mut values = self.values.clone();
        if let Some(i) = self.x {
            values[i] = Number(Dual64::new(x, 1.0));
        }
        self.parsed.eval(&values).map_or(Dual64::new(f64::NAN, f64::NAN), |n| n.0)
    }

    /// Value and slope. Where the formula is 0/0, as `x/(1 - exp(-x))` is at 0, both are the limit,
    /// taken from the two sides at a distance at which a smooth function's error (second order)
    /// and the formula's own rounding are both near 1e-10.
    fn at(&self, x: f64) -> Dual64 {
        let d = self.dual(x);
        if (d.re.is_nan() || d.eps.is_nan()) && x.is_finite() {
            let step = 1e-5 * (1.0 + x.abs());
            let (a, b) = (self.dual(x - step), self.dual(x + step));
            return Dual64::new(0.5 * (a.re + b.re), 0.5 * (a.eps + b.eps));
        }
        d
    }
}

impl Law for Expression {
    fn rate(&self, mu: f64, _sigma: f64) -> f64 {
        self.at(mu).re
    }
    fn slopes(&self, mu: f64, _sigma: f64) -> Slopes {
        let d = self.at(mu);
        Slopes { rate: d.re, d_mu: d.eps, d_sigma: 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law(formula: &str) -> Arc<dyn Law> {
        build(formula, &[("a".into(), 2.0)]).unwrap()
    }

    #[test]
    fn values_and_derivatives() {
        let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-14 * (1.0 + b.abs()), "{a} {b}");
        let s = law("a*x^3 - max(x, 0)").slopes(2.0, 0.0);
        close(s.rate, 14.0);
        close(s.d_mu, 23.0);
        let s = law("1/(1+exp(-(x-a)))").slopes(2.0, 0.0);
        close(s.rate, 0.5);
        close(s.d_mu, 0.25);
        close(law("relu(x-a)^2").slopes(5.0, 0.0).d_mu, 6.0);
        close(law("relu(x-a)^2").slopes(1.0, 0.0).d_mu, 0.0);
        close(law("2^x").slopes(3.0, 0.0).d_mu, 8.0 * 2f64.ln());
    }

    #[test]
    fn signs_and_powers_bind_as_in_mathematics() {
        let at = |f: &str| law(f).rate(3.0, 0.0);
        assert_eq!(at("-x^2"), -9.0);
        assert_eq!(at("exp(-x^2)"), (-9f64).exp());
        assert_eq!(at("max(-x^2, -a)"), -2.0);
        assert_eq!(at("a*-x^2"), -18.0);
        assert_eq!(at("18/-x^2"), -2.0);
        assert!((at("a^-x") - 0.125).abs() < 1e-15);
        assert_eq!(at("1 - -x^2"), 10.0);
        assert_eq!(at("1 + -x^2"), -8.0);
        assert_eq!(at("1e-3*x - 2E+1 - 1"), 3e-3 - 21.0);
        assert_eq!(at("1 - x - a*x^2/a"), -11.0);
        assert_eq!(at("2 - -x"), 5.0);
        assert_eq!(at("6/a*x"), 9.0);
        for bad in ["2^x^2", "x^-a^2", "(x", "x)", "x))^2"] {
            assert!(build(bad, &[("a".into(), 2.0)]).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_removable_singularity_has_its_limit() {
        let s = law("x/(1-exp(-x))").slopes(0.0, 0.0);
        assert!((s.rate - 1.0).abs() < 1e-9 && (s.d_mu - 0.5).abs() < 1e-5, "{s:?}");
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let message = |f: &str| build(f, &[]).unwrap_err().to_string();
        assert!(message("foo(x)").contains("calls foo"));
        assert!(message("x + q").contains("uses q, which has no value"));
        assert!(message("1 + ").contains("cannot be read"));
        assert!(message("").contains("cannot be read"));
        assert!(build("x", &[("x".into(), 1.0)]).is_err());
    }
}
