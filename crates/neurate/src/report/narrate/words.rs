//! Numbers and lists in words.

pub use crate::answers::text::number;
pub(super) use crate::answers::text::percent;
pub(super) use crate::report::draw::joined;

use crate::linear::Linearization;
use crate::model::{CellKind, Circuit, Form};
use crate::report::draw::{superscript, trimmed};
use crate::report::section::{Cell, Role};
use neurate_numerics::linalg::Complex;

/// A polished value with so many digits, zeros at its end included.
pub(super) fn polished(x: f64, digits: usize) -> String {
    if x.abs() >= 1e7 {
        return crate::report::draw::number(x, digits);
    }
    let whole = x.abs().max(1e-4).log10().floor().max(0.0) as usize;
    format!("{x:.*}", digits.saturating_sub(1 + whole)).replace('-', "−")
}

/// Share of the squared norm from which feedforward weight is called strong.
pub(super) const STRONGLY: f64 = 0.9;

/// A mode that is slower than an isolated unit by less is called no slower.
pub(super) const NO_SLOWER: f64 = 1.02;

/// Populations of a pattern that stand in a sentence.
const MAIN_PARTS: usize = 4;

/// A number with its unit.
pub(super) fn quantity(x: f64, unit: &str) -> String {
    joined(&number(x), unit)
}

/// A heading with its unit: `tau (ms)`.
pub(super) fn heading(name: &str, unit: &str) -> String {
    if unit.is_empty() { name.to_string() } else { format!("{name} ({unit})") }
}

/// A number for a sentence, with its unit: `16 ms`.
pub(super) fn amount(x: f64, unit: &str) -> String {
    joined(&digits(x), unit)
}

/// A share for a sentence, in percent: `77 %`; `100 %` only of all.
pub(super) fn share(x: f64) -> String {
    if x.abs() < 1e-12 {
        return "0 %".into();
    }
    let percent = if x > 0.995 { digits(100.0 * x) } else { factor(100.0 * x) };
    if percent == "100" && x < 1.0 - 1e-9 { "more than 99.9 %".into() } else { format!("{percent} %") }
}

/// A probability: `0.93`; never 1, which no sample shows.
pub(super) fn probability(p: f64) -> String {
    match p {
        _ if p > 0.995 => "above 0.99".into(),
        _ if p < 0.005 => "below 0.01".into(),
        _ => format!("{p:.2}"),
    }
}

/// How sure something of this probability is, as an adverb; None below one half.
pub(super) fn sure(p: f64) -> Option<&'static str> {
    match p {
        _ if p >= 0.99 => Some("almost certainly"),
        _ if p >= 0.75 => Some("probably"),
        _ if p >= 0.5 => Some("perhaps"),
        _ => None,
    }
}

/// `W_EE` of `E <- E`, and `the weight PV ← E` where names are words.
pub(super) fn parameter(name: &str, c: &Circuit) -> String {
    match name.split_once(" <- ") {
        Some((to, from)) if to.chars().count() == 1 && from.chars().count() == 1 => format!("W_{to}{from}"),
        Some((to, from)) => format!("the weight {} ← {}", c.shown(to), c.shown(from)),
        None => match name.split_once(" of ") {
            Some(("tau", p)) => format!("the time constant of {}", c.shown(p)),
            Some(("h", p)) => format!("the input to {}", c.shown(p)),
            Some((what, p)) => format!("the {what} fraction of {}", c.shown(p)),
            None => name.into(),
        },
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => "none".into(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// A list of populations, as they are shown.
pub(super) fn populations(c: &Circuit, names: &[String]) -> String {
    list(&names.iter().map(|name| c.shown(name)).collect::<Vec<_>>())
}

/// The excitatory populations: its name where there is one.
pub(super) fn excitatory(c: &Circuit) -> String {
    let mut all = c.populations().iter().filter(|p| p.kind == CellKind::Excitatory);
    match (all.next(), all.next()) {
        (Some(one), None) => one.shown().to_string(),
        _ => "the excitatory populations".into(),
    }
}

/// Whether the modes' matrix is `W` itself: rates, one time constant, every gain 1.
pub(super) fn modes_are_those_of_weights(c: &Circuit, l: &Linearization) -> bool {
    let plain = c.form() == Form::Rate && c.mean_field().is_none();
    plain && l.uniform_tau() && l.gains.iter().all(|g| *g == 1.0)
}

/// `1 mode`, `2 modes`.
pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// `2,764`.
pub(super) fn thousands(n: usize) -> String {
    let text = n.to_string();
    let mut out = String::new();
    for (k, digit) in text.chars().enumerate() {
        if k > 0 && (text.len() - k).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// 0 for what is zero to rounding.
pub(super) fn or_zero(x: f64, rounding: f64) -> f64 {
    if x.abs() <= rounding { 0.0 } else { x }
}

/// A complex number as a cell: a plain number if it is real.
pub(super) fn complex_cell(z: Complex) -> Cell {
    if z.im == 0.0 { Cell::Number(z.re) } else { Cell::Complex { re: z.re, im: z.im } }
}

/// Rate per input, as a unit.
pub(super) fn response_unit(circuit: &Circuit) -> String {
    let u = circuit.units();
    if u.rate == u.drive {
        String::new()
    } else if u.drive.is_empty() {
        format!("{} per unit of input", u.rate)
    } else {
        format!("{}/{}", u.rate, u.drive)
    }
}

/// An eigenvalue that stands for its conjugate as well: `a ± b i`.
pub(super) fn pair_cell(z: Complex) -> Cell {
    if z.im == 0.0 {
        Cell::Number(z.re)
    } else {
        Cell::Text(format!("{} ± {}i", number(z.re).replace('-', "−"), number(z.im.abs())))
    }
}

/// A complex number for a sentence.
pub(super) fn complex(z: Complex) -> String {
    if z.im == 0.0 {
        return digits(z.re);
    }
    format!("{} {} {}i", digits(z.re), if z.im < 0.0 { "−" } else { "+" }, digits(z.im.abs()))
}

/// The color of a population.
pub(super) fn role(kind: CellKind) -> Role {
    match kind {
        CellKind::Excitatory => Role::Excitatory,
        CellKind::Inhibitory => Role::Inhibitory,
        CellKind::Unconstrained => Role::Unconstrained,
    }
}

/// Names of all units, and their colors.
pub(super) fn unit_names(circuit: &Circuit) -> Vec<String> {
    (0..circuit.n()).map(|i| circuit.unit_shown(i)).collect()
}

/// The color of every unit.
pub(super) fn unit_roles(circuit: &Circuit) -> Vec<Role> {
    (0..circuit.n()).map(|i| role(circuit.populations()[circuit.population_of(i)].kind)).collect()
}

/// Names of all states: units, then slow states.
pub(super) fn state_names(circuit: &Circuit) -> Vec<String> {
    (0..circuit.states()).map(|i| circuit.state_shown(i)).collect()
}

/// The color of every state: its unit's.
pub(super) fn state_roles(circuit: &Circuit) -> Vec<Role> {
    let mut roles = unit_roles(circuit);
    for b in circuit.slow() {
        roles.extend_from_within(circuit.range(b.population));
    }
    roles
}

/// Whether means over populations say anything of a pattern over units.
pub(super) fn has_means(circuit: &Circuit, v: &[f64]) -> bool {
    let largest = |v: &[f64]| v.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    largest(&circuit.population_means(v)) >= 0.1 * largest(v)
}

/// A pattern over units in words: the populations that take part, with signs, by their mean.
pub(super) fn pattern(circuit: &Circuit, v: &[f64]) -> String {
    let means = circuit.population_means(v);
    let top = means.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    if !has_means(circuit, v) {
        return "a pattern of nearly zero mean in every population".into();
    }
    let named: Vec<(f64, &str)> = means
        .iter()
        .enumerate()
        .filter(|(_, x)| x.abs() > 0.05 * top)
        .map(|(p, x)| (*x, circuit.populations()[p].shown()))
        .collect();
    sum(&named)
}

/// The same for a sentence: of many populations those that take part most.
pub(super) fn main_pattern(circuit: &Circuit, v: &[f64]) -> String {
    let means = circuit.population_means(v);
    let mut order: Vec<usize> = (0..means.len()).collect();
    order.sort_by(|&a, &b| means[b].abs().total_cmp(&means[a].abs()));
    let top = order.first().map_or(0.0, |&p| means[p].abs());
    let parts = order.iter().filter(|&&p| means[p].abs() > 0.05 * top).count();
    if parts <= MAIN_PARTS || !has_means(circuit, v) {
        return pattern(circuit, v);
    }
    order.truncate(MAIN_PARTS);
    order.sort_unstable();
    let named: Vec<(f64, &str)> =
        order.iter().map(|&p| (means[p], circuit.populations()[p].shown())).collect();
    format!("mainly {}", sum(&named))
}

/// `0.78 E − 0.62 I`: a sum of names with their factors.
pub(super) fn sum(terms: &[(f64, &str)]) -> String {
    if let [(x, name)] = terms
        && digits(*x) == "1"
    {
        return (*name).to_string();
    }
    let mut text = String::new();
    for (k, (x, name)) in terms.iter().enumerate() {
        text += &match (k, *x < 0.0) {
            (0, _) => format!("{} {name}", digits(*x)),
            (_, true) => format!(" − {} {name}", digits(-x)),
            (_, false) => format!(" + {} {name}", digits(*x)),
        };
    }
    text
}

/// A pattern that is a sum or a difference mode, by that name, and whether its sign is turned to begin with plus:
/// `difference mode (E − I)`. None of others: those of unlike populations, and those that means over populations do not
/// describe.
pub(super) fn sum_or_difference(circuit: &Circuit, v: &[f64]) -> Option<(String, bool)> {
    let means = circuit.population_means(v);
    let top = means.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    let parts: Vec<usize> = (0..means.len()).filter(|&p| means[p].abs() > 0.05 * top).collect();
    let squared = |x: f64| x * x;
    let described: f64 = (0..circuit.n()).map(|i| squared(means[circuit.population_of(i)])).sum();
    let alike = parts.iter().all(|&p| means[p].abs() > 0.85 * top);
    if parts.len() < 2 || !alike || described < 0.8 * v.iter().map(|x| squared(*x)).sum::<f64>() {
        return None;
    }
    let flip = means[parts[0]] < 0.0;
    let positive = |p: usize| (means[p] > 0.0) != flip;
    let excitatory = |p: usize| circuit.populations()[p].kind == CellKind::Excitatory;
    let name = if parts.iter().all(|&p| positive(p)) {
        "sum"
    } else if parts.len() == 2
        || parts.iter().all(|&p| positive(p) == (excitatory(p) == excitatory(parts[0])))
    {
        "difference"
    } else {
        return None;
    };
    let mut terms = String::new();
    for &p in &parts {
        let sign = if positive(p) { " + " } else { " − " };
        terms += if terms.is_empty() { "" } else { sign };
        terms += circuit.populations()[p].shown();
    }
    Some((format!("{name} mode ({terms})"), flip))
}

/// `sum-like`, `difference-like` or nothing, by the signs of the populations' means.
pub(super) fn likeness(circuit: &Circuit, v: &[f64]) -> &'static str {
    let means = circuit.population_means(v);
    let top = means.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    let strong: Vec<f64> = means.iter().copied().filter(|x| x.abs() > 0.2 * top).collect();
    if top == 0.0 || strong.len() < 2 {
        "single-population"
    } else if strong.iter().all(|x| *x > 0.0) || strong.iter().all(|x| *x < 0.0) {
        "sum-like"
    } else {
        "difference-like"
    }
}

/// Three significant digits for a sentence: `2.79`, `−0.4`, `3 × 10⁻¹²`.
pub(super) fn digits(x: f64) -> String {
    rounded(x, 3)
}

/// Two significant digits for a factor: `2.8` in 2.8-fold; whole from 10 on.
pub(super) fn factor(x: f64) -> String {
    rounded(x, 2)
}

/// So many significant digits, whole numbers where those do not reach the units.
fn rounded(x: f64, significant: i32) -> String {
    if x == 0.0 || !x.is_finite() {
        return number(x).replace('-', "−");
    }
    let sign = if x < 0.0 { "−" } else { "" };
    let exponent = x.abs().log10().floor() as i32;
    if (-3..6).contains(&exponent) {
        let decimals = (significant - 1 - exponent).max(0) as usize;
        return sign.to_string() + &trimmed(&format!("{:.decimals$}", x.abs()));
    }
    let text = format!("{:.*e}", significant as usize - 1, x.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    format!("{sign}{} × 10{}", trimmed(mantissa), superscript(exponent))
}

#[cfg(test)]
mod tests {
    use super::{complex, digits, factor, probability, share, thousands};
    use neurate_numerics::linalg::Complex;

    #[test]
    fn thousands_are_parted() {
        assert_eq!([7, 764, 2764, 1_234_567].map(thousands), ["7", "764", "2,764", "1,234,567"]);
    }

    #[test]
    fn shares_are_short_and_100_percent_is_all() {
        for (x, text) in [
            (0.7739, "77 %"),
            (0.9909, "99 %"),
            (0.9981, "99.8 %"),
            (0.99999, "more than 99.9 %"),
            (1.0, "100 %"),
            (0.0123, "1.2 %"),
            (1e-15, "0 %"),
        ] {
            assert_eq!(share(x), text);
        }
        assert_eq!([0.934, 0.999, 0.001].map(probability), ["0.93", "above 0.99", "below 0.01"]);
        assert_eq!(complex(Complex::new(-0.42857, -1.25)), "−0.429 − 1.25i");
    }

    #[test]
    fn numbers_in_sentences_are_short() {
        let three = [
            (2.79328, "2.79"),
            (80.0, "80"),
            (-11.349, "−11.3"),
            (0.0, "0"),
            (0.0012345, "0.00123"),
            (14123.4, "14123"),
        ];
        for (x, text) in three {
            assert_eq!(digits(x), text);
        }
        for (x, text) in [(3e-12, "3 × 10⁻¹²"), (-2.5e7, "−2.5 × 10⁷"), (1.2345e-4, "1.23 × 10⁻⁴")]
        {
            assert_eq!(digits(x), text);
        }
        for (x, text) in
            [(2.79328, "2.8"), (16.03, "16"), (9.97, "10"), (4.0, "4"), (115.6, "116"), (0.42, "0.42")]
        {
            assert_eq!(factor(x), text);
        }
        assert_eq!(digits(f64::NEG_INFINITY), "−infinity");
    }
}
