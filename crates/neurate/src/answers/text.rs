//! Numbers as text, for the few fields of answers that are text, and for all that is told.

/// Four significant digits, plain between 1e-3 and 1e6, else with an exponent.
pub fn number(x: f64) -> String {
    if x == 0.0 {
        return "0".into();
    }
    if !x.is_finite() {
        return if x.is_nan() {
            "undefined".into()
        } else {
            format!("{}infinity", if x < 0.0 { "-" } else { "" })
        };
    }
    let exponent = x.abs().log10().floor() as i32;
    let text = if (-3..6).contains(&exponent) {
        format!("{:.*}", (3 - exponent).max(0) as usize, x)
    } else {
        return format!("{x:.3e}");
    };
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

/// A share in percent, with what is rounding called so.
pub fn percent(share: f64) -> String {
    if share.abs() < 1e-12 { "0 % (to rounding)".into() } else { format!("{} %", number(100.0 * share)) }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn four_significant_digits() {
        let cases =
            [(2.79327, "2.793"), (16.0, "16"), (0.0012345, "0.001234"), (-0.5, "-0.5"), (123456.7, "123457")];
        for (x, text) in cases {
            assert_eq!(number(x), text);
        }
        assert_eq!(number(1e-9), "1.000e-9");
        assert_eq!(number(f64::INFINITY), "infinity");
    }
}
