//! Addresses: every parameter that a circuit has, and the only grammar of its text.
//!
//! `--set`, the axes of sweeps and ensembles, and the list of parameters all use it.

use neurate_numerics::error::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// The name of one parameter, or of the same one of several populations (`*`).
///
/// ```
/// use neurate::model::Address;
/// let h: Address = "populations.E.h".parse()?;
/// assert_eq!(h, "E.h".parse()?);
/// assert_eq!(h.to_string(), "E.h");
/// assert_eq!("W.E <- I".parse::<Address>()?, Address::Weight { to: "E".into(), from: "I".into() });
/// assert_eq!("W[3,7]".parse::<Address>()?, Address::Entry { to: 3, from: 7 });
/// # Ok::<(), neurate::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Address {
    /// A key at the top: `seed` (of what is drawn), `title`, `form`.
    Top(String),
    /// A key of a population: `E.h`, `E.tau`, `E.size`; `h`, `tau` and `sigma` alone are those of all populations.
    Population {
        /// The population; `*` means every one.
        of: String,
        /// The key.
        field: String,
    },
    /// A parameter of a transfer function: `E.f.k`.
    Transfer {
        /// The population.
        of: String,
        /// The parameter.
        key: String,
    },
    /// A key of a table of a population: `E.membrane.C`, `E.adaptation.tau`, `E.synapse.tau`.
    State {
        /// The population.
        of: String,
        /// The table: the membrane, or a slow state.
        state: String,
        /// The key.
        key: String,
    },
    /// The total weight that a unit of one population gets from another: `W.E<-I`.
    Weight {
        /// Receiver.
        to: String,
        /// Sender.
        from: String,
    },
    /// The weight between two units, counted from 0: `W[3,7]`.
    Entry {
        /// Receiver.
        to: usize,
        /// Sender.
        from: usize,
    },
    /// Something between two populations that is not a single weight: `connect.E<-I.p`, `delays.E<-I`, `synapses.E<-I.J`,
    /// `G.E<-I`, `W.E<-I.total` (a kernel).
    Pair {
        /// The table.
        table: String,
        /// Receiver.
        to: String,
        /// Sender.
        from: String,
        /// Keys below, outermost first; none for a value of its own.
        keys: Vec<String>,
    },
    /// A key of any other table: `stimuli.kick.area`, `noise.x.sd`, `run.duration`, `units.time`.
    Key {
        /// The table.
        table: String,
        /// Keys below, outermost first.
        keys: Vec<String>,
    },
}

/// Tables of a circuit file: a population of the same name needs the long address.
const TABLES: [&str; 17] = [
    "populations",
    "W",
    "G",
    "connect",
    "delays",
    "low_rank",
    "space",
    "stimuli",
    "noise",
    "se",
    "run",
    "units",
    "sweep",
    "diagram",
    "synapses",
    "external",
    "conditions",
];

/// What holds for every population when it stands alone.
const OF_ALL: [&str; 3] = ["h", "tau", "sigma"];

impl Address {
    /// Whether a circuit file has a table of this name.
    pub fn is_table(name: &str) -> bool {
        TABLES.contains(&name)
    }

    /// The keys that lead to it in a circuit file, outermost first; a pair is one key, `E<-I`. An entry of the weight
    /// matrix is no key of a file.
    pub fn path(&self) -> Vec<String> {
        let of = |of: &str, rest: &[&str]| {
            let mut path = vec!["populations".to_string(), of.to_string()];
            path.extend(rest.iter().map(|s| (*s).to_string()));
            path
        };
        match self {
            Address::Top(key) => vec![key.clone()],
            Address::Population { of: p, field } => of(p, &[field]),
            Address::Transfer { of: p, key } => of(p, &["f", key]),
            Address::State { of: p, state, key } => of(p, &[state, key]),
            Address::Weight { to, from } => vec!["W".into(), format!("{to}<-{from}")],
            Address::Entry { to, from } => vec![format!("W[{to},{from}]")],
            Address::Pair { table, to, from, keys } => {
                [table.clone(), format!("{to}<-{from}")].into_iter().chain(keys.iter().cloned()).collect()
            }
            Address::Key { table, keys } => {
                std::iter::once(table.clone()).chain(keys.iter().cloned()).collect()
            }
        }
    }
}

/// `to` and `from` of `E <- I`.
fn arrow(text: &str) -> Option<(String, String)> {
    let (to, from) = text.split_once("<-")?;
    Some((to.trim().to_string(), from.trim().to_string()))
}

impl FromStr for Address {
    type Err = Error;

    /// Reads `E.h`, `populations.E.h`, `W.E<-I`, `W[3,7]`, `stimuli.kick.area`. Whether a circuit has it is not asked.
    fn from_str(text: &str) -> Result<Address> {
        let bad = || {
            Error::invalid(format!("\"{text}\" is no address of a parameter"))
                .with_help("for example W.E<-E, W[3,7], E.tau, E.f.k, h, stimuli.kick.amplitude")
        };
        if let Some(inside) = text.trim().strip_prefix("W[").and_then(|t| t.strip_suffix(']')) {
            let (to, from) = inside.split_once(',').ok_or_else(bad)?;
            let index = |s: &str| s.trim().parse::<usize>().map_err(|_| bad());
            return Ok(Address::Entry { to: index(to)?, from: index(from)? });
        }
        let mut path: Vec<String> = text.split('.').map(|s| s.trim().to_string()).collect();
        if path.iter().any(String::is_empty) {
            return Err(bad());
        }
        if path.len() == 1 {
            let key = path.remove(0);
            return Ok(match OF_ALL.contains(&key.as_str()) {
                true => Address::Population { of: "*".into(), field: key },
                false => Address::Top(key),
            });
        }
        if !Address::is_table(&path[0]) {
            path.insert(0, "populations".into());
        }
        let table = path.remove(0);
        if let Some((to, from)) = arrow(&path[0]) {
            let keys = path.split_off(1);
            return Ok(match (table.as_str(), keys.is_empty()) {
                ("W", true) => Address::Weight { to, from },
                _ => Address::Pair { table, to, from, keys },
            });
        }
        if table == "populations" && path.len() > 1 {
            let (of, field) = (path.remove(0), path.remove(0));
            return Ok(match (field.as_str(), path.len()) {
                (_, 0) => Address::Population { of, field },
                ("f", 1) => Address::Transfer { of, key: path.remove(0) },
                _ => Address::State { of, state: field, key: path.join(".") },
            });
        }
        Ok(Address::Key { table, keys: path })
    }
}

impl fmt::Display for Address {
    /// The shortest text that is read as this address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |of: &str| if Address::is_table(of) { format!("populations.{of}") } else { of.to_string() };
        match self {
            Address::Population { of: p, field } if p == "*" && OF_ALL.contains(&field.as_str()) => {
                f.write_str(field)
            }
            Address::Population { of: p, field } => write!(f, "{}.{field}", of(p)),
            Address::Transfer { of: p, key } => write!(f, "{}.f.{key}", of(p)),
            Address::State { of: p, state, key } => write!(f, "{}.{state}.{key}", of(p)),
            _ => f.write_str(&self.path().join(".")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            "seed",
            "h",
            "E.h",
            "*.size",
            "E.f.k",
            "E.f",
            "E.membrane.C",
            "E.adaptation.tau",
            "W.E<-I",
            "W.*<-E",
            "W[3,7]",
            "W.E<-I.orientation.gaussian",
            "G.E<-I",
            "connect.E<-I.p",
            "delays.E<-I",
            "delays.default",
            "synapses.*<-E.J",
            "stimuli.kick.area",
            "run.duration",
            "units.time",
            "low_rank.pattern.strength",
            "populations.W.tau",
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
            assert_eq!(address.path().join(".").parse::<Address>().unwrap(), address, "{text}");
        }
        assert_eq!("populations.*.tau".parse::<Address>().unwrap().to_string(), "tau");
        for bad in ["", ".", "E.", "W[1]", "W[a,2]", "W[-1,2]", "E..tau"] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }
}
