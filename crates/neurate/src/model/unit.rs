//! Units: dimensions, and prefixes as powers of ten.
//!
//! Every prefix is a power of ten, so that a conversion is one exact power and `"0.02 s"` is 20 ms
//! to the last bit.

/// Exponents of the base dimensions: time, voltage, conductance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dimension(pub [i32; 3]);

impl Dimension {
    pub const NUMBER: Dimension = Dimension([0, 0, 0]);
    pub const TIME: Dimension = Dimension([1, 0, 0]);
    pub const RATE: Dimension = Dimension([-1, 0, 0]);
    pub const VOLTAGE: Dimension = Dimension([0, 1, 0]);
    pub const CONDUCTANCE: Dimension = Dimension([0, 0, 1]);
    pub const CURRENT: Dimension = Dimension([0, 1, 1]);
    pub const CAPACITANCE: Dimension = Dimension([1, 0, 1]);

    /// What a quantity of this dimension is called.
    pub fn describe(self) -> String {
        let known = [
            (Self::NUMBER, "a pure number"),
            (Self::TIME, "a time"),
            (Self::RATE, "a rate"),
            (Self::VOLTAGE, "a voltage"),
            (Self::CONDUCTANCE, "a conductance"),
            (Self::CURRENT, "a current"),
            (Self::CAPACITANCE, "a capacitance"),
            (Dimension([1, 1, 0]), "a voltage per rate"),
            (Dimension([-1, 1, 0]), "a voltage per time"),
            (Dimension([-1, -1, 0]), "a rate per voltage"),
            (Dimension([-2, 0, 0]), "a rate per time"),
            (Dimension([1, 1, 1]), "a current times a time"),
        ];
        if let Some((_, name)) = known.iter().find(|(d, _)| *d == self) {
            return (*name).to_string();
        }
        let names = ["time", "voltage", "conductance"];
        let parts: Vec<_> = (0..3)
            .filter(|&i| self.0[i] != 0)
            .map(
                |i| if self.0[i] == 1 { names[i].to_string() } else { format!("{}^{}", names[i], self.0[i]) },
            )
            .collect();
        format!("a {}", parts.join(" "))
    }
}

/// A unit: its dimension, and the power of ten that takes it to seconds, volts and siemens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    pub dimension: Dimension,
    pub exponent: i32,
    /// As it is written.
    pub text: String,
}

impl Unit {
    /// Product with another unit.
    pub fn times(&self, other: &Unit) -> Unit {
        let text = [self.text.as_str(), other.text.as_str()].join(" ").trim().to_string();
        self.combine(other, 1, text)
    }
    /// Quotient by another unit; equal units leave a pure number.
    pub fn per(&self, other: &Unit) -> Unit {
        let text = if self.text == other.text {
            String::new()
        } else if self.text.is_empty() {
            format!("1/{}", other.text)
        } else {
            format!("{}/{}", self.text, other.text)
        };
        self.combine(other, -1, text)
    }
    fn combine(&self, other: &Unit, sign: i32, text: String) -> Unit {
        let d = std::array::from_fn(|i| self.dimension.0[i] + sign * other.dimension.0[i]);
        Unit { dimension: Dimension(d), exponent: self.exponent + sign * other.exponent, text }
    }
    /// The pure number.
    pub fn number() -> Unit {
        Unit { dimension: Dimension::NUMBER, exponent: 0, text: String::new() }
    }
    /// Reads `mV/Hz`, `Hz ms`, `1/ms`, `ms^2`; `Err` is what is wrong.
    pub fn parse(text: &str) -> std::result::Result<Unit, String> {
        let mut unit = Unit { text: text.trim().to_string(), ..Unit::number() };
        let mut sign = 1;
        let mut operator = false;
        let mut rest = text.trim();
        if let Some(r) = rest.strip_prefix("1/") {
            (rest, sign) = (r, -1);
        }
        if rest.is_empty() {
            return if sign == 1 { Ok(unit) } else { Err("\"1/\" lacks a unit".to_string()) };
        }
        while !rest.is_empty() {
            let first = rest.chars().next().unwrap_or(' ');
            if first.is_whitespace() {
                rest = rest.trim_start();
            } else if matches!(first, '*' | '/' | '·') {
                if operator {
                    return Err(format!("\"{}\" has two signs in a row", unit.text));
                }
                sign = if first == '/' { -1 } else { 1 };
                operator = true;
                rest = rest[first.len_utf8()..].trim_start();
            } else {
                let end = rest.find(|c: char| c.is_whitespace() || "*/·".contains(c)).unwrap_or(rest.len());
                let factor = factor(&rest[..end])?;
                unit = unit.combine(&factor, sign, unit.text.clone());
                if unit.exponent.abs() > 300 || unit.dimension.0.iter().any(|d| d.abs() > 30) {
                    return Err(format!("\"{}\" is no unit of a circuit", unit.text));
                }
                (sign, operator) = (1, false);
                rest = &rest[end..];
            }
        }
        if operator { Err(format!("\"{}\" ends where a unit should follow", unit.text)) } else { Ok(unit) }
    }
}

const BASES: [(&str, Dimension); 5] = [
    ("Hz", Dimension::RATE),
    ("s", Dimension::TIME),
    ("V", Dimension::VOLTAGE),
    ("S", Dimension::CONDUCTANCE),
    ("A", Dimension::CURRENT),
];

/// One factor: prefix, base, power.
fn factor(text: &str) -> std::result::Result<Unit, String> {
    let (symbol, power) = match text.split_once('^') {
        Some((symbol, power)) => match power.parse::<i32>() {
            Ok(p) if (-9..=9).contains(&p) => (symbol, p),
            _ => return Err(format!("\"{text}\" has a power that is no small whole number")),
        },
        None => (text, 1),
    };
    let bases = BASES.iter().copied().chain([("F", Dimension::CAPACITANCE)]);
    for (base, d) in bases {
        let Some(prefix) = symbol.strip_suffix(base) else { continue };
        let exponent = match prefix {
            "" => 0,
            "p" => -12,
            "n" => -9,
            "u" | "µ" | "μ" => -6,
            "m" => -3,
            "k" => 3,
            "M" => 6,
            _ => continue,
        };
        let dimension = Dimension(d.0.map(|x| x * power));
        return Ok(Unit { dimension, exponent: exponent * power, text: text.to_string() });
    }
    Err(format!("\"{text}\" is not a unit that neurate reads (s, Hz, V, S, F, A with p n u m k M before it)"))
}

/// `x * 10^k`, exact where it can be.
pub(crate) fn scale(x: f64, k: i32) -> f64 {
    if k >= 0 { x * 10f64.powi(k) } else { x / 10f64.powi(-k) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_combine() {
        let u = |s| Unit::parse(s).unwrap();
        assert_eq!(u("mV/Hz").dimension, Dimension([1, 1, 0]));
        assert_eq!(u("Hz ms").exponent, -3);
        assert_eq!(u("Hz ms").dimension, Dimension::NUMBER);
        assert_eq!(u("nS ms").dimension, u("pF").dimension);
        assert_eq!(u("nS*ms").exponent, u("pF").exponent);
        assert_eq!(u("nS mV").exponent, u("pA").exponent);
        assert_eq!(u("1/ms").dimension, Dimension::RATE);
        assert_eq!(u("1/ms").exponent, u("kHz").exponent);
        assert_eq!(u("s^-1"), Unit { text: "s^-1".into(), ..u("Hz") });
        assert_eq!(u("mV^2/s/Hz").dimension, Dimension([0, 2, 0]));
        assert_eq!(u("µV").exponent, u("uV").exponent);
        for bad in ["min", "mV//Hz", "mV/", "*", "/", "ms^x", "foo", "1/", "ms^99"] {
            assert!(Unit::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn powers_of_ten_are_exact() {
        assert_eq!(scale(0.02, 3), 20.0);
        assert_eq!(scale(1.0, -3), 0.001);
        assert_eq!(scale(20.0, 0), 20.0);
    }
}
