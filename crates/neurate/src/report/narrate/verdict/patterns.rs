//! Components and patterns over populations by their names.

use super::super::words::list;
use crate::answers::{CircuitComponent, Verdict};
use crate::model::{CellKind, Circuit};

/// Populations that are named; of more the number is given.
const NAMED: usize = 4;
/// A population whose mean is a smaller share of the largest one takes no part in a pattern.
const TAKES_PART: f64 = 0.2;
/// Share of a pattern's squared norm that its means over populations have, from which on they describe it.
const UNIFORM: f64 = 0.5;

/// How a component is called: at the beginning of a sentence, and inside one.
pub(super) struct Name {
    pub start: String,
    pub inside: String,
}

/// Whether a component is one unit of each kind.
fn is_pair(c: &Circuit, component: &CircuitComponent) -> bool {
    component.units.len() == 2 && component.populations.len() == 2 && has_both_kinds(c, component)
}

/// Whether a component has excitatory and inhibitory units.
pub(super) fn has_both_kinds(c: &Circuit, component: &CircuitComponent) -> bool {
    let has = |kind| component.units.iter().any(|&i| c.populations()[c.population_of(i)].kind == kind);
    has(CellKind::Excitatory) && has(CellKind::Inhibitory)
}

/// How a component is called: `the E/I pair`, `H`, `the component of A, B and C`; with its number, as in the table, where another
/// one would be called the same.
pub(super) fn name(c: &Circuit, component: &CircuitComponent, verdict: &Verdict) -> Name {
    let whole = verdict.component_count == 1;
    let own = called(c, component, whole);
    let same = |k: &&CircuitComponent| k.populations == component.populations && called(c, k, whole) == own;
    let inside = match verdict.components.iter().filter(same).count() {
        0 | 1 => own,
        _ => format!(
            "component {} ({})",
            component.number,
            own.strip_prefix("the component ").or(own.strip_prefix("the ")).unwrap_or(&own)
        ),
    };
    Name { start: at_start(&inside), inside }
}

/// What a component is called by its units and populations alone.
pub(super) fn called(c: &Circuit, component: &CircuitComponent, whole: bool) -> String {
    let populations = &component.populations;
    let shown = |names: &[String]| names.iter().map(|name| c.shown(name)).collect::<Vec<_>>();
    if is_pair(c, component) {
        return format!("the {} pair", shown(populations).join("/"));
    }
    if whole {
        return "the circuit".to_string();
    }
    if let [only] = &populations[..] {
        let size = c.populations().iter().find(|p| p.name == *only).map_or(0, |p| p.size);
        return match component.units.len() {
            all if all == size => c.shown(only),
            1 => c.unit_shown(component.units[0]),
            2 => {
                let [a, b] = [0, 1].map(|k| c.unit_shown(component.units[k]));
                format!("the pair {a}, {b}")
            }
            some => format!("{some} units of {}", c.shown(only)),
        };
    }
    let mut named = shown(&populations[..populations.len().min(NAMED)]);
    if populations.len() > NAMED {
        named.push(format!("{} more", populations.len() - NAMED));
    }
    format!("the component of {}", list(&named))
}

/// Words at the beginning of a sentence: a population's name stays as it is, other words do not.
pub(super) fn at_start(words: &str) -> String {
    let article = words.strip_prefix("the ").map(|rest| format!("The {rest}"));
    let number = || words.strip_prefix("component ").map(|rest| format!("Component {rest}"));
    article.or_else(number).unwrap_or_else(|| words.into())
}

/// A pattern over the units of a component as the populations that take part, with their signs: `E − I`. None where means over
/// populations do not describe it, or too many take part.
pub(super) fn signs(c: &Circuit, component: &CircuitComponent, v: &[f64]) -> Option<String> {
    if v.len() != component.units.len() {
        return None;
    }
    let mut all = vec![0.0; c.n()];
    component.units.iter().zip(v).for_each(|(&i, x)| all[i] = *x);
    let means = c.population_means(&all);
    let top = means.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    let squared = |x: f64| x * x;
    let uniform: f64 = component.units.iter().map(|&i| squared(means[c.population_of(i)])).sum();
    if uniform < UNIFORM * v.iter().map(|x| squared(*x)).sum::<f64>() {
        return None;
    }
    let mut parts: Vec<(&str, f64)> = c.populations().iter().map(|p| p.shown()).zip(means).collect();
    parts.retain(|(_, x)| x.abs() > TAKES_PART * top);
    if parts.len() > NAMED {
        return None;
    }
    // The sign of a pattern is free: the first population that takes part is positive.
    let flip = if parts.first().is_some_and(|p| p.1 < 0.0) { -1.0 } else { 1.0 };
    let mut words = String::new();
    for (name, x) in parts {
        match (words.is_empty(), flip * x < 0.0) {
            (true, _) => {}
            (false, true) => words += " − ",
            (false, false) => words += " + ",
        }
        words += name;
    }
    Some(words)
}
