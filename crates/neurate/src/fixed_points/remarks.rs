//! What a reader should know of fixed points besides their numbers, in words.

use super::point::{FixedPoint, Multiplicity};
use super::stability::Stability;
use crate::model::Circuit;

/// Units named in a remark.
const MAX_NAMED: usize = 6;

/// What a reader should know of a point that rounding may have made one of several, or of none.
pub(super) fn unclear(circuit: &Circuit, point: &FixedPoint) -> Option<String> {
    let (what, how_many, within) = match point.multiplicity {
        Multiplicity::Double(within) => {
            ("a double root (a fold)", "one semi-stable fixed point, two, or none", within)
        }
        Multiplicity::Triple(within) => {
            ("a triple root (a pitchfork or a cusp)", "one fixed point, or three", within)
        }
        Multiplicity::One | Multiplicity::Line => return None,
    };
    // At a kink each side has eigenvalues of its own, and none of them is zero.
    let zero = if point.has_zero_eigenvalue() {
        format!(". Its eigenvalue is zero within {}/{}", about(point.rounding), circuit.units().time)
    } else {
        String::new()
    };
    let meet = if circuit.populations().len() > 2 { "fixed points meet" } else { "the nullclines touch" };
    Some(format!(
        "at rates {} {meet} to within rounding, {what}: {how_many}, all within a share of {} of the rates{zero}; it is not linearized",
        rates_at(circuit, point),
        about(within)
    ))
}

/// The mean rate of every population at a point: `E 1.250000, I 2.500000`.
fn rates_at(circuit: &Circuit, point: &FixedPoint) -> String {
    let rates = circuit.population_means(&point.rates);
    let rates = rates.iter().zip(circuit.populations()).map(|(r, p)| format!("{} {r:.6}", p.shown()));
    rates.collect::<Vec<_>>().join(", ")
}

/// A small number, to one digit: `3 × 10⁻⁸`.
pub(crate) fn about(x: f64) -> String {
    let text = format!("{x:.0e}");
    let Some((digit, exponent)) = text.split_once('e') else { return text };
    let raised = exponent.chars().map(|c| match c {
        '-' => '⁻',
        '0'..='9' => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][c as usize - '0' as usize],
        other => other,
    });
    format!("{digit} × 10{}", raised.collect::<String>())
}

/// What a reader should know of a point where gains are infinite.
pub(super) fn infinite_gain(circuit: &Circuit, point: &FixedPoint) -> Option<String> {
    let steep = point.at_infinite_gain();
    if steep.is_empty() {
        return None;
    }
    let names: Vec<String> = steep.iter().take(MAX_NAMED).map(|&i| circuit.unit_shown(i)).collect();
    let more = if steep.len() > MAX_NAMED { " and others" } else { "" };
    let what = match point.stability {
        Stability::Unstable(_) => "it is unstable, because excitation feeds back to them with this gain",
        Stability::Stable => "it is nevertheless stable, because they do not excite themselves",
        Stability::Marginal => {
            "excitation and inhibition feed back to them with this gain, and linearization does not decide"
        }
    };
    Some(format!(
        "at rates {} the gain of {}{more} is infinite: {what}. It has no eigenvalues and is not linearized",
        rates_at(circuit, point),
        names.join(", ")
    ))
}
