//! A user's own expression. `exmex` parses and evaluates it over any number type; over the dual
//! numbers of `num-dual` one evaluation gives the value and the exact derivative.

use super::expression_jet::Derivatives;
use super::extent::{excess, shown};
use super::jet::{Jet, by_differences};
use super::law::{AffinePiece, Law, Slopes};
use super::notation::{FUNCTIONS, standard_precedence, unknown_call};
use super::straight_lines::straight_lines;
use exmex::{BinOp, Express, FlatEx, MakeOperators, Operator};
use neurate_numerics::error::{Error, Result};
use num_dual::{Dual64, DualNum};
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

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

fn constant(x: f64) -> Number {
    Number(Dual64::from_re(x))
}

/// The larger of two: of two equal ones the first, whose slope counts at the kink.
fn larger(a: Number, b: Number) -> Number {
    if a.0.re >= b.0.re { a } else { b }
}

/// A function's value and its slope times that of its argument. A constant stays one even where the slope is infinite, as
/// that of a root at 0 is.
fn chain(a: Number, value: f64, slope: f64) -> Number {
    Number(Dual64::new(value, if a.0.eps == 0.0 { 0.0 } else { a.0.eps * slope }))
}

fn power(a: Number, b: Number) -> Number {
    if b.0.eps == 0.0 {
        // A constant exponent: defined at a base of zero, where exp(b ln a) is not.
        let (base, exponent) = (a.0.re, b.0.re);
        let slope = if exponent == 0.0 { 0.0 } else { exponent * base.powf(exponent - 1.0) };
        chain(a, base.powf(exponent), slope)
    } else {
        Number(a.0.powd(b.0))
    }
}

/// A quotient; what is divided by infinity is 0, and stays there: `1/(1 + exp(-x))` far to the left.
fn quotient(a: Number, b: Number) -> Number {
    if b.0.re.is_infinite() && a.0.re.is_finite() { constant(a.0.re / b.0.re) } else { Number(a.0 / b.0) }
}

fn tanh(a: Number) -> Number {
    let value = a.0.re.tanh();
    let cosh = a.0.re.cosh();
    chain(a, value, 1.0 / (cosh * cosh))
}

impl MakeOperators<Number> for Operators {
    fn make<'a>() -> Vec<Operator<'a, Number>> {
        let bin = |apply, prio| BinOp { apply, prio, is_commutative: false };
        vec![
            Operator::make_bin("^", bin(power, 4)),
            Operator::make_bin("*", bin(|a, b| Number(a.0 * b.0), 2)),
            Operator::make_bin("/", bin(quotient, 3)),
            Operator::make_bin_unary("+", bin(|a, b| Number(a.0 + b.0), 0), |a| a),
            Operator::make_bin_unary("-", bin(|a, b| Number(a.0 - b.0), 1), |a| Number(-a.0)),
            Operator::make_bin("max", bin(larger, 0)),
            Operator::make_bin("min", bin(|a, b| if a.0.re <= b.0.re { a } else { b }, 0)),
            Operator::make_unary("exp", |a| Number(a.0.exp())),
            Operator::make_unary("log", |a| Number(a.0.ln())),
            Operator::make_unary("ln", |a| Number(a.0.ln())),
            Operator::make_unary("sqrt", |a| chain(a, a.0.re.sqrt(), 0.5 / a.0.re.sqrt())),
            Operator::make_unary("tanh", tanh),
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
    /// The same as the parser reads it.
    standard: String,
    /// Its straight lines, once somebody asks.
    lines: OnceLock<Option<Vec<AffinePiece>>>,
    /// The same over values with derivatives, once somebody asks.
    derivatives: OnceLock<Derivatives>,
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
    let wrong = |what: String| Error::invalid(format!("the expression \"{}\" {what}", shown(formula)));
    if let Some(what) = excess(formula) {
        return Err(wrong(what).with_help("write it shorter"));
    }
    if let Some(name) = unknown_call(formula) {
        return Err(wrong(format!("calls {name}, which is no function here"))
            .with_help(format!("functions: {}", FUNCTIONS.join(", "))));
    }
    if let Some((name, _)) = constants.iter().find(|(n, _)| n == "x" || FUNCTIONS.contains(&n.as_str())) {
        return Err(wrong(format!("cannot have a constant named {name}: that name is taken"))
            .with_help(format!("call it otherwise, such as {name}_0")));
    }
    if formula.contains("**") {
        return Err(wrong("writes a power as **".into())
            .with_help(format!("a power is ^: \"{}\"", formula.replace("**", "^"))));
    }
    let standard = standard_precedence(formula).map_err(|what| {
        wrong(what).with_help("write it in x, with every bracket closed and every argument given")
    })?;
    let parsed = FlatEx::<Number, Operators>::parse(&standard).map_err(|e| {
        wrong(format!("cannot be read: {}", e.msg()))
            .with_help("write it in x, for example \"log(1 + exp(a*x))/a\"")
    })?;
    let mut values = Vec::new();
    let mut x = None;
    for (i, name) in parsed.var_names().iter().enumerate() {
        if name == "x" {
            x = Some(i);
            values.push(constant(0.0));
        } else if let Some((_, v)) = constants.iter().find(|(n, _)| n == name) {
            values.push(constant(*v));
        } else {
            return Err(wrong(format!("uses {name}, which has no value")).with_help(without_value(name)));
        }
    }
    if let Some((name, _)) = constants.iter().find(|(name, _)| !parsed.var_names().contains(name)) {
        return Err(wrong(format!("does not use the constant {name}")).with_help(match name.as_str() {
            "pi" => "pi is 3.14159... by itself: leave it out",
            _ => "leave it out, or use it in the formula",
        }));
    }
    Ok(Arc::new(Expression {
        formula: formula.to_string(),
        standard,
        lines: OnceLock::new(),
        derivatives: OnceLock::new(),
        parsed,
        values,
        x,
    }))
}

/// What to do about a name without a value. A rate, a time or an input as a constant would be another model than the
/// one that was meant.
fn without_value(name: &str) -> String {
    let why = match name {
        "X" => "the input is x, in lower case",
        "r" | "rate" | "nu" => {
            "f is a function of the input x alone; Wilson and Cowan's factor (1 - r) is the population's refractory = 1, with the formula without it"
        }
        "t" | "time" => {
            "f is a function of the input x alone; an input that changes in time stands in [stimuli]"
        }
        "V" | "v" | "u" | "h" | "W" | "I" => {
            "f is a function of x, which is all of the input: W r + h in form \"rate\", and the voltage in the others"
        }
        "e" => "Euler's number is exp(1)",
        _ => {
            return format!(
                "the input is x; if {name} is a constant, give its value in the same table: {name} = VALUE"
            );
        }
    };
    why.to_string()
}

impl Expression {
    fn lines(&self) -> Option<&[AffinePiece]> {
        let values = || -> Vec<Option<f64>> {
            (0..self.values.len()).map(|i| (Some(i) != self.x).then(|| self.values[i].0.re)).collect()
        };
        self.lines.get_or_init(|| straight_lines(&self.standard, &values())).as_deref()
    }
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
            let or = |own: f64, limit: f64| if own.is_nan() { limit } else { own };
            return Dual64::new(or(d.re, 0.5 * (a.re + b.re)), or(d.eps, 0.5 * (a.eps + b.eps)));
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
        // At a kink the slope from the right, whichever way `max` and `min` are written.
        let right = self.lines().and_then(|lines| lines.iter().find(|p| p.from == mu));
        Slopes { rate: d.re, d_mu: right.map_or(d.eps, |p| p.slope), d_sigma: 0.0 }
    }
    fn jet(&self, mu: f64, sigma: f64) -> Jet {
        let s = self.slopes(mu, sigma);
        let mut values: Vec<f64> = self.values.iter().map(|v| v.0.re).collect();
        if let Some(x) = self.x {
            values[x] = mu;
        }
        let derivatives = self.derivatives.get_or_init(|| Derivatives::new(&self.standard));
        match derivatives.at(&values, self.x) {
            Some([_, _, ff, fff]) => [s.rate, s.d_mu, ff, fff],
            // Where the formula is 0/0: slopes around it.
            None => {
                let step = 1e-3 * (1.0 + mu.abs());
                by_differences(s.rate, |d| self.slopes(mu + d, sigma).d_mu, step)
            }
        }
    }
    fn kinks(&self) -> Vec<f64> {
        self.lines().map_or_else(Vec::new, |lines| lines.iter().skip(1).map(|p| p.from).collect())
    }
    fn pieces(&self) -> Option<Vec<AffinePiece>> {
        self.lines().map(<[AffinePiece]>::to_vec)
    }
    fn bound(&self) -> Option<f64> {
        let [first, .., last] = self.lines()? else { return None };
        let bounded = first.slope == 0.0 && last.slope == 0.0;
        let ends = self.lines()?.iter().skip(1).map(|p| (p.slope * p.from + p.offset).abs());
        bounded.then(|| ends.fold(first.offset.abs(), f64::max))
    }
}

#[cfg(test)]
mod tests {
    use super::super::reads;
    use super::*;

    fn law(formula: &str) -> Arc<dyn Law> {
        let constants: &[(String, f64)] = &[("a".into(), 2.0)];
        build(formula, if reads(formula, "a") { constants } else { &[] }).unwrap()
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
        for bad in
            ["2^x^2", "x^-a^2", "(x", "x)", "x))^2", "max(x)", "min(max(x), 2)", "max(x, 2))", "min((x, 2)"]
        {
            assert!(build(bad, &[("a".into(), 2.0)]).is_err(), "{bad}");
        }
    }

    #[test]
    fn straight_lines_are_known() {
        let pieces = |f: &str| law(f).pieces();
        let slopes = |f: &str| pieces(f).unwrap().iter().map(|p| p.slope).collect::<Vec<_>>();
        assert_eq!(slopes("x"), [1.0]);
        assert_eq!(slopes("abs(x)"), [-1.0, 1.0]);
        assert_eq!(slopes("a*(x - 1)/4 + exp(0)"), [0.5]);
        assert_eq!(slopes("min(1, max(0, x - a))"), [0.0, 1.0, 0.0]);
        assert_eq!(slopes("-relu(-x)"), [1.0, 0.0]);
        assert_eq!(slopes("relu(x)^1 + 2^a*x"), [4.0, 5.0]);
        for other in ["x^2", "exp(x)", "x*x", "1/x", "a^x", "tanh(x)", "relu(x)^a", "x/0"] {
            assert!(pieces(other).is_none(), "{other}");
        }
        // Pieces are the function; at kinks the slope is that from the right.
        for f in ["abs(x - a)", "max(0, x)", "min(1, max(0, x - a))", "2 - min(x, 1) + abs(abs(x) - 3)"] {
            let law = law(f);
            let all = law.pieces().unwrap();
            assert_eq!(law.kinks().len(), all.len() - 1);
            for p in &all {
                for x in [p.from, 0.3 * p.from + 0.7 * p.to].into_iter().filter(|x| x.is_finite()) {
                    let s = law.slopes(x, 0.0);
                    assert!((s.rate - (p.slope * x + p.offset)).abs() < 1e-14, "{f} {x}");
                    assert_eq!(s.d_mu, p.slope, "{f} {x}");
                }
            }
        }
        assert_eq!(law("min(1, max(0, x - a))").bound(), Some(1.0));
        assert!(law("relu(x)").bound().is_none() && law("x").bound().is_none());
    }

    #[test]
    fn calls_stand_within_calls() {
        let at = |f: &str, x: f64| law(f).rate(x, 0.0);
        for x in [-3.0, -0.5, 0.25, 4.0, 30.0] {
            assert_eq!(at("min(10, max(x, 0))", x), x.clamp(0.0, 10.0));
            assert_eq!(
                at("max (min(a + 1, max(-x, 0.5))*2, 1)^2", x),
                (-x).clamp(0.5, 3.0).mul_add(2.0, 0.0).max(1.0).powi(2)
            );
            assert_eq!(at("max(x, -x, 1 + a)", x), x.abs().max(3.0));
            assert_eq!(at("-max(x, 1)*-min(2, -x^2)", x), x.max(1.0) * (-x * x).min(2.0));
        }
    }

    #[test]
    fn slopes_are_numbers_where_a_formula_is_flat() {
        for (formula, x) in [
            ("tanh(x)", -1e4),
            ("1/(1 + exp(-x))", -1e4),
            ("sqrt(relu(x))", -3.0),
            ("(max(x, 1) - 1)^1.5", -1e4),
            ("a*relu(x)^0.5", -1.0),
        ] {
            let s = law(formula).slopes(x, 0.0);
            assert!(s.rate.abs() <= 1.0 && s.d_mu == 0.0, "{formula} at {x}: {s:?}");
        }
        let s = law("tanh(x)").slopes(0.5, 0.0);
        assert!((s.d_mu - (1.0 - 0.5f64.tanh().powi(2))).abs() < 1e-15, "{s:?}");
        assert!((law("sqrt(x)").slopes(4.0, 0.0).d_mu - 0.25).abs() < 1e-15);
        assert!((law("x^2.5").slopes(2.0, 0.0).d_mu - 2.5 * 2f64.powf(1.5)).abs() < 1e-14);
        assert!(law("sqrt(x)").slopes(0.0, 0.0).d_mu.is_infinite(), "a root starts vertically");
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
        let message = |f: &str, constants: &[&str]| {
            let constants: Vec<_> = constants.iter().map(|c| (c.to_string(), 1.0)).collect();
            build(f, &constants).unwrap_err().to_string()
        };
        assert!(message("b*x", &["a", "b"]).contains("does not use the constant a\n  help: leave it out"));
        assert!(message("sin(pi*x)", &["pi"]).contains("pi is 3.14159... by itself"));
        assert!(message("relu(x)**2", &[]).contains("a power is ^: \"relu(x)^2\""));
    }

    #[test]
    fn no_help_makes_another_model_than_was_meant() {
        let help = |f: &str| build(f, &[]).unwrap_err().help().unwrap_or("").to_string();
        assert!(help("(1 - r)/(1 + exp(-x))").contains("refractory = 1"));
        assert!(help("x + sin(t)").contains("[stimuli]"));
        assert!(help("x + h").contains("W r + h"));
        for name in ["r", "rate", "t", "V", "h", "q"] {
            assert!(!help(&format!("{name}*x")).contains("= 1.0"), "{name}");
        }
        assert!(help("q*x").contains("q = VALUE"));
    }
}
