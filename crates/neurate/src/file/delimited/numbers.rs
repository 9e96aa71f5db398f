//! Cells as numbers.

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    Number(f64),
    /// Empty, or a word for what is missing.
    Missing,
    Text,
}

/// What programs write where a number is missing, beside nothing.
const MISSING: [&str; 12] =
    ["na", "n/a", "#n/a", "nan", "-nan", "null", "none", "nil", "missing", ".", "-", "?"];

/// What a cell is, with `,` or `.` as the decimal mark.
pub(super) fn cell(text: &str, decimal_comma: bool) -> Cell {
    if text.is_empty() || MISSING.iter().any(|m| m.eq_ignore_ascii_case(text)) {
        return Cell::Missing;
    }
    match number(text, decimal_comma) {
        Some(x) if x.is_nan() => Cell::Missing,
        Some(x) => Cell::Number(x),
        None => Cell::Text,
    }
}

fn number(text: &str, decimal_comma: bool) -> Option<f64> {
    if let Ok(x) = text.parse() {
        // With decimal commas a point would group thousands; nobody writes both.
        return (!decimal_comma || !text.contains('.')).then_some(x);
    }
    // The minus sign of typesetting.
    if let Some(rest) = text.strip_prefix('\u{2212}') {
        return number(&format!("-{rest}"), decimal_comma);
    }
    if decimal_comma && is_comma_number(text) { text.replacen(',', ".", 1).parse().ok() } else { None }
}

/// Whether it is a number with a decimal comma: `0,5`, `-1,5e-3`.
pub(super) fn is_comma_number(text: &str) -> bool {
    text.matches(',').count() == 1 && !text.contains('.') && text.replacen(',', ".", 1).parse::<f64>().is_ok()
}

/// Whether a comma in it may as well group thousands: `1,234`.
pub(super) fn may_be_thousands(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    let Some((whole, rest)) = digits.split_once(',') else { return false };
    let all_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    (1..=3).contains(&whole.len())
        && rest.len() == 3
        && all_digits(whole)
        && all_digits(rest)
        && !whole.starts_with('0')
}
