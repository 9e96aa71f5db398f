//! Times that look as if they were in another unit: a bare 0.02 that means 20 ms.

use super::reader::Reader;
use super::value::Node;
use crate::model::unit::scale;
use neurate_numerics::error::Error;

/// Between which times, in milliseconds, a kind of time is not suspicious. A time meant in seconds is a thousandth of what
/// was meant: the lower end lies between the shortest that somebody wants and a thousandth of the longest.
#[derive(Clone, Copy)]
pub(super) struct Usual {
    low: f64,
    high: f64,
}

impl Usual {
    /// Time constants of units and membranes: a few milliseconds to some hundred. (1 is common where time has no unit.)
    pub const TAU: Usual = Usual { low: 0.1, high: 1e4 };
    /// Absolute refractory times: 1 to 5 ms, in models down to a tenth; those of 20 ms in seconds are 0.02.
    pub const REFRACTORY: Usual = Usual { low: 0.02, high: 1e3 };
    /// Synaptic currents of integrate-and-fire neurons: 0.1 ms to the 100 ms of NMDA, of which this sees up to 50 ms.
    pub const CURRENT: Usual = Usual { low: 0.05, high: 1e4 };
    /// Synapses as slow states: AMPA's 1 ms to NMDA's 100 ms. Faster ones than the units need no state of their own.
    pub const SYNAPSE: Usual = Usual { low: 0.2, high: 1e4 };
    /// Adaptation, facilitation and depression: 10 ms to 10 s.
    pub const SLOW: Usual = Usual { low: 1.0, high: 1e6 };
    /// Axons and synapses take 0.1 to 50 ms.
    pub const DELAY: Usual = Usual { low: 0.05, high: 1e3 };
    /// Correlation times of noise: short ones stand for white noise.
    pub const CORRELATION: Usual = Usual { low: 0.05, high: 1e6 };
    /// Instantaneous pulses are drawn as short ones.
    pub const PULSE: Usual = Usual { low: 0.05, high: f64::INFINITY };

    /// Nothing happens in less than such a share of the shortest time constant, given in the circuit's unit.
    pub fn of_share(reader: &Reader, share: f64, shortest: f64) -> Usual {
        Usual { low: share * scale(shortest, reader.units.time.exponent + 3), high: f64::INFINITY }
    }
}

/// Warns of a bare number of the circuit's unit of time that is out of the usual. A text with a unit says what is meant,
/// and zero is no time.
pub(super) fn check(reader: &Reader, node: &Node, what: &str, time: f64, usual: Usual) {
    check_all(reader, node, what, &[time], usual);
}

/// The first of several times that is out of the usual.
pub(super) fn check_all(reader: &Reader, node: &Node, what: &str, times: &[f64], usual: Usual) {
    let unit = &reader.units.time;
    let guess = |time: f64| {
        let ms = scale(time, unit.exponent + 3);
        if ms == 0.0 || !ms.is_finite() {
            None
        } else if ms < usual.low {
            Some((time, "a thousandth of what is usual", time * 1e3, "seconds"))
        } else if ms > usual.high {
            Some((time, "hundreds of times what is usual", time, "milliseconds"))
        } else {
            None
        }
    };
    if node.text().is_some() {
        return;
    }
    let Some((time, how_far, meant, other)) = times.iter().find_map(|t| guess(*t)) else { return };
    let warning = Error::warning(format!("{what} is {} {}, {how_far}", short(time), unit.text));
    // An entry with * is read for every pair.
    if reader.warnings.borrow().iter().any(|w| w.message() == warning.message()) {
        return;
    }
    reader.warn(warning.with_help(format!("{other}? Write \"{} ms\"", short(meant))), &node.place);
}

/// A number in at most twelve digits, with an exponent where it would be long.
fn short(x: f64) -> String {
    let rounded: f64 = format!("{x:.11e}").parse().unwrap_or(x);
    if (1e-4..1e9).contains(&rounded.abs()) { rounded.to_string() } else { format!("{rounded:e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(short(0.02 * 1e3), "20");
        assert_eq!(short(0.0033 * 1e3), "3.3");
        assert_eq!(short(1e-300), "1e-300");
        assert_eq!(short(2e5), "200000");
    }
}
