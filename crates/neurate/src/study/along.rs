//! A parameter that a diagram is drawn along: what it moves, and how far.

use neurate_numerics::error::{Error, Result};

/// A parameter that a diagram is drawn along.
///
/// ```
/// use neurate::study::Along;
/// let along = Along::parse("E.h=-3:8")?;
/// assert_eq!((along.name.as_str(), along.range), ("E.h", Some((-3.0, 8.0))));
/// let drive = Along::parse("drive=0:60")?.joint(Along::gains("E.h=1, I.h=1.1")?);
/// assert_eq!(drive.parts, [("E.h".to_string(), 1.0), ("I.h".to_string(), 1.1)]);
/// # Ok::<(), neurate::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Along {
    /// Its name: the address itself, or that of a joint parameter.
    pub name: String,
    /// The addresses that it moves. One with the gain 1 takes the parameter's value; of a joint parameter the value times each
    /// gain is *added* to what the circuit has there.
    pub parts: Vec<(String, f64)>,
    /// Whether it is a joint parameter.
    pub joint: bool,
    /// The values between which it is looked at; None: they are grown from the circuit's own.
    pub range: Option<(f64, f64)>,
    /// Unit of these values; empty: that of bare numbers in the file.
    pub unit: String,
}

const FORMS: &str = "write an address and two numbers, 'E.h=-3:8'; a unit may follow, 'E.tau=5:40 ms'; without numbers the range is found";

impl Along {
    /// The parameter of one address, or of a name that [`Along::joint`] gives a meaning.
    pub fn of(name: &str, range: Option<(f64, f64)>) -> Along {
        let name = squeezed(name);
        Along { parts: vec![(name.clone(), 1.0)], name, joint: false, range, unit: String::new() }
    }

    /// Reads `E.h`, `E.h=-3:8`, `E.tau=5:40 ms`.
    ///
    /// # Errors
    /// The range is none: not two finite numbers, the smaller one first.
    pub fn parse(text: &str) -> Result<Along> {
        let Some((name, range)) = text.split_once('=') else {
            return match text.trim() {
                "" => Err(Error::invalid("there is no parameter to draw a diagram along").with_help(FORMS)),
                name => Ok(Along::of(name, None)),
            };
        };
        let bad = |what: String| Error::invalid(format!("{}: {what}", name.trim())).with_help(FORMS);
        let Some((from, rest)) = range.split_once(':') else {
            return Err(bad(format!("\"{}\" is no range", range.trim())));
        };
        // The unit begins at the first letter that belongs to no number.
        let rest = rest.trim();
        let end = (0..=rest.len())
            .rev()
            .filter(|&k| rest.is_char_boundary(k))
            .find(|&k| rest[..k].trim().parse::<f64>().is_ok())
            .unwrap_or(0);
        let number =
            |s: &str| s.trim().parse::<f64>().map_err(|_| bad(format!("\"{}\" is no number", s.trim())));
        let ends = (number(from)?, number(if end > 0 { &rest[..end] } else { rest })?);
        let mut along = Along::of(name, Some(ends));
        along.unit = rest[end..].trim().to_string();
        along.check()?;
        Ok(along)
    }

    /// Refuses a range that is none.
    ///
    /// # Errors
    /// Its ends are not finite, equal, or in the wrong order.
    pub fn check(&self) -> Result<()> {
        let Some((from, to)) = self.range else { return Ok(()) };
        let name = &self.name;
        if !(from.is_finite() && to.is_finite()) {
            return Err(Error::invalid(format!(
                "{name} from {from} to {to}: the ends of a range must be finite"
            ))
            .with_help(FORMS));
        }
        if from == to {
            return Err(Error::invalid(format!("{name} from {from} to {to} is one value, not a range"))
                .with_help("give two different numbers; `neurate fixed-points` looks at one value"));
        }
        if from > to {
            return Err(Error::invalid(format!("{name} from {from} to {to}: the smaller value comes first"))
                .with_help(format!("write {name}={to}:{from}")));
        }
        Ok(())
    }

    /// The same as a joint parameter: its value times each gain is added to what the circuit has there.
    #[must_use]
    pub fn joint(self, parts: Vec<(String, f64)>) -> Along {
        Along { parts, joint: true, ..self }
    }

    /// Gives the one of several parameters that has a name of its own what it moves.
    ///
    /// # Errors
    /// There is none, or there are two; the gains are none.
    pub fn driven(all: Vec<Along>, parts: &[(String, f64)]) -> Result<Vec<Along>> {
        check_gains(parts)?;
        if all.iter().filter(|a| a.is_name()).count() != 1 {
            return Err(Error::invalid("a joint parameter needs a name of its own, which one parameter has")
                .with_help("for example --along drive=0:60 --drive 'E.h=1,I.h=1.1'"));
        }
        Ok(all.into_iter().map(|a| if a.is_name() { a.joint(parts.to_vec()) } else { a }).collect())
    }

    /// Whether its name may be that of a joint parameter: it has no dot, so it is the address of no population's number.
    pub fn is_name(&self) -> bool {
        !self.name.contains(['.', '[', '<'])
    }

    /// Reads `E.h=1, I.h=1.1`.
    ///
    /// # Errors
    /// A part is no address with a finite number that is not 0; an address stands twice.
    pub fn gains(text: &str) -> Result<Vec<(String, f64)>> {
        let help = "write addresses with their gains: 'E.h=1,I.h=1.1'";
        let mut parts: Vec<(String, f64)> = Vec::new();
        for part in text.split(',') {
            let read = part.rsplit_once('=').and_then(|(a, g)| Some((squeezed(a), g.trim().parse().ok()?)));
            let Some((address, gain)) = read else {
                return Err(
                    Error::invalid(format!("\"{}\" is no address with a gain", part.trim())).with_help(help)
                );
            };
            parts.push((address, gain));
        }
        check_gains(&parts)?;
        Ok(parts)
    }
}

/// Refuses gains that move nothing, or an address twice.
///
/// # Errors
/// As said.
fn check_gains(parts: &[(String, f64)]) -> Result<()> {
    let help = "write addresses with their gains: 'E.h=1,I.h=1.1'";
    if parts.is_empty() {
        return Err(Error::invalid("a joint parameter moves at least one address").with_help(help));
    }
    for (k, (address, gain)) in parts.iter().enumerate() {
        if !gain.is_finite() || *gain == 0.0 {
            return Err(Error::invalid(format!("the gain {gain} of {address} moves nothing")).with_help(help));
        }
        if parts[..k].iter().any(|(other, _)| other == address) {
            return Err(
                Error::invalid(format!("{address} stands twice in a joint parameter")).with_help(help)
            );
        }
    }
    Ok(())
}

/// The shortest spelling: `populations.E.h` is `E.h`. What is no address stays as it is, for whoever looks it up.
fn squeezed(address: &str) -> String {
    match address.parse::<crate::model::Address>() {
        Ok(known) => known.to_string(),
        Err(_) => address.trim().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        let along = Along::parse(" populations.E.h = -3 : 8e0 ").unwrap();
        assert_eq!((along.name.as_str(), along.range, along.unit.as_str()), ("E.h", Some((-3.0, 8.0)), ""));
        let along = Along::parse("E.tau=5:40 ms").unwrap();
        assert_eq!((along.range, along.unit.as_str()), (Some((5.0, 40.0)), "ms"));
        assert_eq!(Along::parse("W.E <- I").unwrap().name, "W.E<-I");
        for (bad, said) in [
            ("E.h=1:1", "one value"),
            ("E.h=2:1", "the smaller value comes first"),
            ("E.h=1:inf", "must be finite"),
            ("E.h=nan:1", "must be finite"),
            ("E.h=1", "is no range"),
            ("E.h=a:1", "\"a\" is no number"),
            ("E.h=1:", "\"\" is no number"),
            ("", "no parameter"),
        ] {
            let e = Along::parse(bad).unwrap_err();
            assert!(e.message().contains(said) && e.help().is_some(), "{bad}: {e}");
        }
    }

    #[test]
    fn gains_are_read() {
        assert_eq!(Along::gains("E.h=1,W.E<-I = -0.5").unwrap()[1], ("W.E<-I".to_string(), -0.5));
        for (bad, said) in [
            ("E.h", "no address with a gain"),
            ("E.h=0", "moves nothing"),
            ("E.h=1,E.h=2", "stands twice"),
            ("", "no address"),
        ] {
            assert!(Along::gains(bad).unwrap_err().message().contains(said), "{bad}");
        }
    }
}
