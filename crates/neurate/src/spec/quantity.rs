//! Quantities such as `"20 ms"`.

use super::value::{Node, Value};
use crate::model::unit::{Unit, scale};
use neurate_numerics::error::Result;

/// Splits `"20 ms"` into 20 and `ms`.
fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-' | 'e' | 'E' | '_');
    let mut end = text.find(|c: char| !number(c)).unwrap_or(text.len());
    loop {
        let digits = text[..end].replace('_', "");
        if let Ok(x) = digits.parse::<f64>() {
            return Some((x, text[end..].trim()));
        }
        end = text[..end].char_indices().next_back()?.0;
    }
}

/// Reads a quantity in the unit `target`: a bare number, or a text with a unit of its dimension.
/// Without a target (an input that has no unit), only bare numbers.
pub(super) fn quantity(node: &Node, what: &str, target: Option<&Unit>) -> Result<f64> {
    let example = match target {
        Some(u) if !u.text.is_empty() => format!("a number, or a text such as \"20 {}\"", u.text),
        _ => "a number without quotes".to_string(),
    };
    let Value::Text(text) = &node.value else {
        if matches!(node.value, Value::Integer(_) | Value::Float(_)) {
            return node.number(what);
        }
        return Err(node
            .error(format!("{what} must be a number or a text with a unit, not {}", node.value.sort()))
            .with_help(example));
    };
    let Some((x, unit)) = split(text) else {
        return Err(node.error(format!("{what} is \"{text}\", which is no quantity")).with_help(example));
    };
    if !x.is_finite() {
        return Err(node
            .error(format!("{what} is {x}; every number here must be finite"))
            .with_help("write a finite number, or leave the key out if it has a default"));
    }
    let unit =
        Unit::parse(unit).map_err(|e| node.error(format!("{what}: {e}")).with_help(example.clone()))?;
    let Some(target) = target else {
        if unit.text.is_empty() {
            return Ok(x);
        }
        return Err(node.error(format!("{what} has no unit in this circuit; \"{text}\" has one")).with_help(
            "declare what the transfer functions take: units = { input = \"mV\" }, or write a bare number",
        ));
    };
    if unit.dimension != target.dimension {
        return Err(node
            .error(format!(
                "{what} is {}; \"{text}\" is {}",
                target.dimension.describe(),
                unit.dimension.describe()
            ))
            .with_help(if target.text.is_empty() {
                example
            } else {
                format!("{example}; in units of {}", target.text)
            }));
    }
    let value = scale(x, unit.exponent - target.exponent);
    if value.is_finite() {
        Ok(value)
    } else {
        Err(node
            .error(format!("{what} overflows in units of {}", target.text))
            .with_help("write a smaller number; the largest is 1.8e308"))
    }
}

/// One value for all units, or a list of one for each.
pub(super) fn per_unit(node: &Node, what: &str, unit: Option<&Unit>, size: usize) -> Result<Vec<f64>> {
    let Some(items) = node.items() else { return Ok(vec![quantity(node, what, unit)?; size]) };
    if items.len() != size {
        return Err(node
            .error(format!("{what} has {} values for {size} units", items.len()))
            .with_help(format!("write one number for all units, or a list of {size}")));
    }
    items.iter().map(|n| quantity(&n, what, unit)).collect()
}

/// A seed of random numbers.
pub(super) fn read_seed(node: &Node) -> Result<u64> {
    match node.value {
        Value::Integer(i) => u64::try_from(i).ok(),
        _ => None,
    }
    .ok_or_else(|| {
        node.error("seed must be a whole number from 0 to 18446744073709551615").with_help("write seed = 1")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_split_from_units() {
        assert_eq!(split("20 ms"), Some((20.0, "ms")));
        assert_eq!(split("-1.5e-3mV"), Some((-1.5e-3, "mV")));
        assert_eq!(split("1/ms"), Some((1.0, "/ms")));
        assert_eq!(split("1 e"), Some((1.0, "e")));
        assert_eq!(split("ms"), None);
        assert_eq!(split(""), None);
        assert_eq!(split("µ"), None);
    }
}
