//! Numbers and words of a drawing, and how wide they are.

use super::widths::RUNS;

/// The fonts of a drawing: Arial's widths are those that we measure with, and Liberation Sans and Arimo
/// share them.
pub(super) const FONT: &str = "Arial, 'Liberation Sans', Arimo, Helvetica, 'DejaVu Sans', sans-serif";
/// The ordinary size.
pub(super) const SIZE: f64 = 12.0;
/// The smallest one: 9 pixels where a page of 420 pixels shows a column (of 440 units, on some 366 pixels).
pub(super) const LEAST: f64 = 10.9;

/// Width of a text in the drawing's units.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let one = |c: char| {
        let code = c as u32;
        let run = RUNS.partition_point(|r| r.0 <= code).checked_sub(1).map(|k| &RUNS[k]);
        let found = run.and_then(|(first, regular, heavy)| {
            (if bold { heavy } else { regular }).get((code - first) as usize).copied()
        });
        // What we do not know is taken for wide, as the scripts of East Asia are.
        f64::from(found.unwrap_or(if code < 0x300 { 60 } else { 100 })) / 100.0
    };
    size * text.chars().map(one).sum::<f64>()
}

/// A text cut to the room that there is.
pub(super) fn shorten(text: &str, room: f64, size: f64) -> String {
    if width(text, size, false) <= room {
        return text.to_string();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.len() > 1 && width(&kept.iter().collect::<String>(), size, false) + size > room {
        kept.pop();
    }
    kept.into_iter().collect::<String>().trim_end().to_string() + "…"
}

/// The largest size, up to `size` and down to `least`, at which a text has room; then the text, cut if it
/// must be.
pub(super) fn fitted(text: &str, room: f64, size: f64, least: f64) -> (String, f64) {
    let size = (size * room / width(text, size, false).max(1e-9)).clamp(least, size);
    (shorten(text, room, size), size)
}

/// A number of so many significant digits, trailing zeros dropped: `9`, `−0.4286`, `1.2×10⁻⁹`.
pub(crate) fn number(v: f64, digits: usize) -> String {
    if v.is_nan() {
        return "–".into();
    }
    if v.is_infinite() {
        return if v > 0.0 { "∞" } else { "−∞" }.into();
    }
    if v == 0.0 {
        return "0".into();
    }
    let scientific = format!("{v:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').expect("Rust writes an exponent");
    let exponent: i32 = exponent.parse().expect("Rust writes a whole exponent");
    let text = if (-3..5).contains(&exponent) {
        trimmed(&format!("{v:.*}", (digits as i32 - 1 - exponent).max(0) as usize))
    } else {
        format!("{}×10{}", trimmed(mantissa), superscript(&exponent.to_string()))
    };
    text.replace('-', "−")
}

/// A whole number as an exponent: `⁻⁹` of `-9`.
pub(crate) fn superscript(exponent: &str) -> String {
    let digits = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    exponent.chars().map(|c| c.to_digit(10).map_or('⁻', |d| digits[d as usize])).collect()
}

/// Without zeros at the end, behind a point.
pub(crate) fn trimmed(s: &str) -> String {
    if s.contains('.') { s.trim_end_matches('0').trim_end_matches('.').to_string() } else { s.to_string() }
}

/// A number with its unit.
pub(crate) fn joined(v: &str, unit: &str) -> String {
    if unit.is_empty() { v.to_string() } else { format!("{v} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_arial() {
        // Arial's own: A 667, i 222, digits 556, in thousandths.
        assert!((width("A", 100.0, false) - 66.7).abs() < 0.5);
        assert!((width("i", 100.0, false) - 22.2).abs() < 0.5);
        assert!((width("0123456789", 100.0, false) - 556.0).abs() < 5.0);
        assert!(width("τ λ ⁻³ ≤ ‖", 12.0, true) < 60.0);
        assert!(width("神", 12.0, false) > 11.0);
    }

    #[test]
    fn texts_are_cut_to_their_room() {
        assert_eq!(shorten("short", 100.0, 12.0), "short");
        let cut = shorten("a long name of a population", 60.0, 12.0);
        assert!(cut.ends_with('…') && width(&cut, 12.0, false) <= 60.0, "{cut}");
        let (text, size) = fitted("a long label of an axis (mV/Hz)", 140.0, 12.0, 9.0);
        assert!(size < 12.0 && !text.contains('…') && width(&text, size, false) <= 140.1);
    }

    #[test]
    fn numbers_have_the_digits_asked_for() {
        for (v, digits, text) in [
            (-3.0 / 7.0, 4, "−0.4286"),
            (12_345.6, 3, "12346"),
            (0.001, 3, "0.001"),
            (-1.25e-9, 4, "−1.25×10⁻⁹"),
            (9.999_96, 4, "10"),
            (f64::NAN, 4, "–"),
            (f64::INFINITY, 4, "∞"),
        ] {
            assert_eq!(number(v, digits), text, "{v}");
        }
    }
}
