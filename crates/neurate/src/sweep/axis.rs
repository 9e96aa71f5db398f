//! An axis of a sweep: an address, and the values that it takes.

use crate::model::{Address, Parameter};
use crate::spec::Change;
use neurate_numerics::error::{Error, Result};

/// One parameter and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The address, as `--set` takes it: `W.E<-E`, `populations.I.tau`, `h`.
    pub address: String,
    /// The values.
    pub values: Vec<f64>,
    /// Their unit (`ms`); empty: that of bare numbers in the file.
    pub unit: String,
}

/// Values of one axis at most.
const MAX_VALUES: usize = 10_000_000;

const FORMS: &str = "write start:stop:count (\"0.2:1.6:200\"), with \"log \" before it for equal ratios, or values (\"1, 2, 5\"); \
     a unit may follow (\"5:40:8 ms\")";

impl Axis {
    /// Reads `0.2:1.6:200`, `log 0.1:10:20`, `1, 2, 5`, each with or without a unit behind.
    ///
    /// ```
    /// use neurate::sweep::Axis;
    /// let axis = Axis::parse("populations.E.tau", "10:20:3 ms")?;
    /// assert_eq!((axis.values.clone(), axis.set(1)), (vec![10.0, 15.0, 20.0], "populations.E.tau=15.0 ms".into()));
    /// # Ok::<(), neurate::Error>(())
    /// ```
    ///
    /// # Errors
    /// None of these; a count of 0, a number that is not finite, a logarithmic axis through zero.
    pub fn parse(address: &str, text: &str) -> Result<Axis> {
        let bad = |what: String| Err(Error::invalid(format!("axis {address}: {what}")).with_help(FORMS));
        let (text, logarithmic) = match text.trim().strip_prefix("log ") {
            Some(rest) => (rest.trim(), true),
            None => (text.trim(), false),
        };
        // A unit begins at the first letter that is no exponent.
        let letters = |(i, c): &(usize, char)| {
            let exponent = matches!(c, 'e' | 'E')
                && text[..*i].ends_with(|d: char| d.is_ascii_digit() || d == '.')
                && text[i + 1..].starts_with(|d: char| d.is_ascii_digit() || d == '+' || d == '-');
            (c.is_alphabetic() || *c == 'µ') && !exponent
        };
        let split = text.char_indices().find(letters).map_or(text.len(), |(i, _)| i);
        let (numbers, unit) = (text[..split].trim(), text[split..].trim());
        let number = |s: &str| s.trim().parse::<f64>().ok().filter(|x| x.is_finite());
        let parts: Vec<&str> = numbers.split(':').collect();
        let values = if let [start, stop, count] = parts[..] {
            let (Some(start), Some(stop)) = (number(start), number(stop)) else {
                return bad(format!("\"{text}\" does not start and stop at numbers"));
            };
            match count.trim().parse::<usize>() {
                Ok(count @ 1..=MAX_VALUES) if logarithmic => {
                    if start * stop <= 0.0 {
                        return bad("equal ratios need start and stop of one sign, and not zero".into());
                    }
                    spaced(
                        start.abs().ln(),
                        stop.abs().ln(),
                        count,
                        |x| x.exp() * start.signum(),
                        (start, stop),
                    )
                }
                Ok(count @ 1..=MAX_VALUES) => spaced(start, stop, count, |x| x, (start, stop)),
                _ => return bad(format!("the count \"{}\" is not a whole number above 0", count.trim())),
            }
        } else if parts.len() == 1 && !logarithmic {
            match numbers.split(',').map(number).collect::<Option<Vec<f64>>>() {
                Some(values) => values,
                None => return bad(format!("\"{text}\" cannot be read")),
            }
        } else {
            return bad(format!("\"{text}\" cannot be read"));
        };
        Axis::new(address, values, unit)
    }

    /// An axis of given values.
    ///
    /// # Errors
    /// No values, or one that is not finite.
    pub fn new(address: &str, values: Vec<f64>, unit: &str) -> Result<Axis> {
        if values.is_empty() || values.iter().any(|v| !v.is_finite()) {
            return Err(Error::invalid(format!("axis {address} needs values, and all of them finite")));
        }
        Ok(Axis { address: address.trim().to_string(), values, unit: unit.to_string() })
    }

    /// The `--set` text of value `k`.
    pub fn set(&self, k: usize) -> String {
        let space = if self.unit.is_empty() { "" } else { " " };
        format!("{}={:?}{space}{}", self.address, self.values[k], self.unit)
    }

    /// The change to value `k`.
    pub fn change(&self, k: usize) -> Change {
        match self.unit.as_str() {
            "" => Change::of(&self.address, self.values[k]),
            unit => Change::of(&self.address, format!("{:?} {unit}", self.values[k])),
        }
    }

    /// What it varies.
    ///
    /// # Errors
    /// Its address is none.
    pub fn parameter(&self) -> Result<Parameter> {
        Ok(Parameter::from(self.address.parse::<Address>()?).in_unit(&self.unit))
    }

    /// The name of its dimension in a store, of letters that every file system takes: `W_E_from_E`.
    pub fn dimension(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        self.address.replace("<-", "_from_").replace('*', "all").chars().map(plain).collect()
    }
}

/// `count` values with exact ends; between them, to the last bit, those of `numpy.linspace`: a store that was begun in
/// Python goes on here.
fn spaced(a: f64, b: f64, count: usize, f: impl Fn(f64) -> f64, ends: (f64, f64)) -> Vec<f64> {
    let last = count - 1;
    let value = |k: usize| match k {
        0 => ends.0,
        k if k == last => ends.1,
        k => f(k as f64 * ((b - a) / last as f64) + a),
    };
    (0..count).map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_read() {
        let values = |text: &str| Axis::parse("h", text).map(|a| (a.values, a.unit));
        assert_eq!(values("1:3:3").unwrap(), (vec![1.0, 2.0, 3.0], String::new()));
        assert_eq!(values("-1e-2:1e2:2").unwrap().0, vec![-0.01, 100.0]);
        assert_eq!(values("5, 7.5").unwrap().0, vec![5.0, 7.5]);
        assert_eq!(values("2 Hz").unwrap(), (vec![2.0], "Hz".into()));
        let log = values("log 0.1:10:3 mV/Hz").unwrap();
        assert_eq!((log.0[0], log.0[2], log.1.as_str()), (0.1, 10.0, "mV/Hz"));
        assert!((log.0[1] - 1.0).abs() < 1e-15);
        for bad in ["", "1:2", "1:2:0", "1:2:-3", "a:b:3", "log -1:1:3", "1:inf:3", "log 1"] {
            assert!(values(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn dimensions_are_plain_names() {
        let name = |address: &str| Axis::new(address, vec![1.0], "").unwrap().dimension();
        assert_eq!(name("W.E<-E"), "W_E_from_E");
        assert_eq!(name("synapses.*<-I.J"), "synapses_all_from_I_J");
    }
}
