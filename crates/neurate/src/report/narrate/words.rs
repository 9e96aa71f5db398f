//! Numbers and lists in words.

pub use crate::answers::text::number;
pub(super) use crate::answers::text::percent;

use crate::model::{CellKind, Circuit};
use crate::report::section::{Cell, Role};
use neurate_numerics::linalg::Complex;

/// A number with its unit.
pub(super) fn quantity(x: f64, unit: &str) -> String {
    if unit.is_empty() { number(x) } else { format!("{} {unit}", number(x)) }
}

/// A heading with its unit: `tau (ms)`.
pub(super) fn heading(name: &str, unit: &str) -> String {
    if unit.is_empty() { name.to_string() } else { format!("{name} ({unit})") }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => "none".into(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `1 mode`, `2 modes`.
pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
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
        Cell::Text(format!("{} ± {}i", number(z.re), number(z.im.abs())))
    }
}

/// A complex number in words.
pub(super) fn complex(z: Complex) -> String {
    if z.im == 0.0 {
        return number(z.re);
    }
    format!("{} {} {}i", number(z.re), if z.im < 0.0 { "-" } else { "+" }, number(z.im.abs()))
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

/// A pattern over units in words: the populations that take part, with signs, by their mean.
pub(super) fn pattern(circuit: &Circuit, v: &[f64]) -> String {
    let means = circuit.population_means(v);
    let top = means.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    let spread = v.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    if top < 0.1 * spread {
        return "small mean in every population".into();
    }
    let named: Vec<(f64, &str)> = means
        .iter()
        .enumerate()
        .filter(|(_, x)| x.abs() > 0.05 * top)
        .map(|(p, x)| (*x, circuit.populations()[p].shown()))
        .collect();
    sum(&named)
}

/// `0.78 E − 0.62 I`: a sum of names with their factors.
pub(super) fn sum(terms: &[(f64, &str)]) -> String {
    let mut text = String::new();
    for (k, (x, name)) in terms.iter().enumerate() {
        text += &match (k, *x < 0.0) {
            (0, _) => format!("{} {name}", number(*x)),
            (_, true) => format!(" − {} {name}", number(-x)),
            (_, false) => format!(" + {} {name}", number(*x)),
        };
    }
    text
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
