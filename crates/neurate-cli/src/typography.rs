//! Numbers as they are printed for readers: one minus sign, and powers of ten with raised exponents.

/// A text with `−` before numbers in place of a hyphen, and `3 × 10⁻¹²` in place of `3.000e-12`. Hyphens in words, options and
/// ranges stay.
pub fn typeset(text: &str) -> String {
    let all: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut k = 0;
    while k < all.len() {
        let before = k.checked_sub(1).map(|j| all[j]);
        let alone = before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '_' | '-' | '/' | '\\'));
        if alone && let Some((number, length)) = power(&all[k..]) {
            out += &number;
            k += length;
        } else if alone && all[k] == '-' && all.get(k + 1).is_some_and(char::is_ascii_digit) {
            out.push('−');
            k += 1;
        } else {
            out.push(all[k]);
            k += 1;
        }
    }
    out
}

/// A number with an exponent at the beginning of the characters, typeset, and its length.
fn power(all: &[char]) -> Option<(String, usize)> {
    let digits = |from: usize| all[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut k = usize::from(all.first() == Some(&'-'));
    let (sign, begin) = (if k == 1 { "−" } else { "" }, k);
    let whole = digits(k);
    k += whole;
    if whole == 0 {
        return None;
    }
    if all.get(k) == Some(&'.') {
        let part = digits(k + 1);
        if part == 0 {
            return None;
        }
        k += 1 + part;
    }
    let mantissa: String = all[begin..k].iter().collect();
    if all.get(k) != Some(&'e') {
        return None;
    }
    k += 1;
    let negative = all.get(k) == Some(&'-');
    k += usize::from(negative);
    let length = digits(k);
    if length == 0 || all.get(k + length).is_some_and(|c| c.is_alphanumeric()) {
        return None;
    }
    let exponent: String = all[k..k + length].iter().map(|c| raised(*c)).collect();
    let short = if mantissa.contains('.') {
        mantissa.trim_end_matches('0').trim_end_matches('.')
    } else {
        mantissa.as_str()
    };
    Some((format!("{sign}{short} × 10{}{exponent}", if negative { "⁻" } else { "" }), k + length))
}

fn raised(digit: char) -> char {
    match digit {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::typeset;

    #[test]
    fn numbers_are_typeset_and_words_are_not() {
        for (plain, set) in [
            ("-11.35 Hz", "−11.35 Hz"),
            ("(-1)", "(−1)"),
            ("ν = 1.403, above 3.000e-12", "ν = 1.403, above 3 × 10⁻¹²"),
            ("-1.500e7", "−1.5 × 10⁷"),
            ("0.5 - 0.25i", "0.5 - 0.25i"),
            ("sum-first, --at 1, 2017-01-02, E-I", "sum-first, --at 1, 2017-01-02, E-I"),
            ("tests/1e-9.toml and 1e-9", "tests/1e-9.toml and 1 × 10⁻⁹"),
            ("E[3] 2e", "E[3] 2e"),
            ("", ""),
        ] {
            assert_eq!(typeset(plain), set);
        }
    }
}
