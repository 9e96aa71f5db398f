//! Numbers in messages: as many digits as one reads.

use std::borrow::Cow;

/// Digits that a shortened number keeps.
const SIGNIFICANT: usize = 6;
/// Numbers with more digits than this were computed, or have an exponent that Rust writes out: nobody typed them.
const MOST_DIGITS: usize = 15;
/// Whole numbers are shortened above this: no seed, size or count has more digits.
const MOST_OF_WHOLE: usize = 21;

/// A number with six significant digits, or all digits before the point; `1e-300` where it would be long.
///
/// ```
/// use neurate_numerics::digits::short;
/// assert_eq!(short(0.1 + 0.2), "0.3");
/// assert_eq!(short(1e-300), "1e-300");
/// assert_eq!(short(123456789.125), "123456789");
/// ```
pub fn short(x: f64) -> String {
    if !x.is_finite() || x == 0.0 {
        return format!("{x}");
    }
    let rounded = format!("{x:.*e}", SIGNIFICANT - 1);
    let (mantissa, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text.to_string(),
    };
    if !(-5..MOST_DIGITS as i32).contains(&exponent) {
        return format!("{}e{exponent}", trimmed(mantissa));
    }
    let decimals = (SIGNIFICANT as i32 - 1 - exponent).max(0) as usize;
    trimmed(&format!("{x:.decimals$}"))
}

/// A text in which no number has more digits than one reads: messages are put together in many places, and Rust writes a
/// number such as 1e-300 with all its zeros.
///
/// ```
/// use neurate_numerics::digits::shortened;
/// let text = format!("tau is {} ms, below {}", 1e-300, 0.1);
/// assert_eq!(shortened(text), "tau is 1e-300 ms, below 0.1");
/// ```
pub fn shortened(text: String) -> String {
    // Most messages have no long number.
    match shorten(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(short) => short,
    }
}

fn shorten(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let digits = |from: usize| from + bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut out = String::new();
    let (mut at, mut copied) = (0, 0);
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        let whole = digits(at);
        let point = bytes.get(whole) == Some(&b'.') && bytes.get(whole + 1).is_some_and(u8::is_ascii_digit);
        at = if point { digits(whole + 1) } else { whole };
        // Part of a name, of a version, or with an exponent.
        let inside =
            start > 0 && (bytes[start - 1].is_ascii_alphanumeric() || b"_.".contains(&bytes[start - 1]));
        let goes_on = bytes.get(at).is_some_and(|b| b"eE_".contains(b));
        let significant =
            text[start..at].trim_start_matches(['0', '.']).bytes().filter(u8::is_ascii_digit).count();
        let long = if point {
            significant > MOST_DIGITS || at - start > MOST_OF_WHOLE
        } else {
            at - start > MOST_OF_WHOLE
        };
        if !long || inside || goes_on {
            continue;
        }
        if let Ok(x) = text[start..at].parse::<f64>() {
            out.push_str(&text[copied..start]);
            out.push_str(&short(x));
            copied = at;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_or_an_exponent() {
        for (x, text) in [
            (20.0, "20"),
            (-0.5, "-0.5"),
            (1.0 / 3.0, "0.333333"),
            (2.0 / 3e5, "6.66667e-6"),
            (1e-5, "0.00001"),
            (999_999.96, "1000000"),
            (1e14, "100000000000000"),
            (1e15, "1e15"),
            (f64::MIN_POSITIVE, "2.22507e-308"),
            (5e-324, "4.94066e-324"),
            (f64::MAX, "1.79769e308"),
            (0.0, "0"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(short(x), text);
        }
    }

    #[test]
    fn long_numbers_alone_are_shortened() {
        for same in [
            "",
            "tau is 0.125 ms",
            "seed must be a whole number from 0 to 18446744073709551615",
            "W[3,7] of E12345678901234567890123456 stays",
            "version 1.2.3",
            "x is 1e-300",
            "at most 0.00001",
            "0.123456789012345",
        ] {
            assert_eq!(shortened(same.to_string()), same);
        }
        assert_eq!(shortened(format!("a {} b {}.", 1e300, -1e-300)), "a 1e300 b -1e-300.");
        assert_eq!(shortened(format!("p makes {}", 0.1 * 3.0)), "p makes 0.3");
        assert_eq!(shortened(format!("{} µ {}", 1.0 / 3.0, 2.0)), "0.333333 µ 2");
        assert_eq!(shortened(format!("write \"{} ms\"", 1e-297)), "write \"1e-297 ms\"");
    }
}
