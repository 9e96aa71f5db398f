//! Handles: every scalar parameter, its value, unit and the range over which a slider goes.

use crate::model::transfer::{Quantity, Range, Transfer};
use crate::model::{Address, CellKind, Circuit, Form};
use crate::spec::{Setting, Spec};
use neurate_numerics::error::Result;
use serde::Serialize;
use std::collections::HashMap;

/// A parameter that can be moved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Handle {
    /// Its address, as a change names it: `W.E<-I`.
    pub address: String,
    /// What sort of parameter it is, as a heading.
    pub group: Group,
    /// The populations that it is about, the receiver first; empty for what is about none, or about all.
    pub populations: Vec<String>,
    /// Its value, in `unit`.
    pub value: f64,
    /// The unit that a value is shown with; empty: none.
    pub unit: String,
    /// What follows a number in a change, so that it has the unit in which the file gives it: ` mV`; empty for bare numbers.
    pub suffix: String,
    /// The lower end of a slider.
    pub low: f64,
    /// The upper end of a slider.
    pub high: f64,
    /// The smallest value that is allowed; null: there is none. `positive` excludes it.
    pub least: Option<f64>,
    /// The largest value that is allowed; null: there is none.
    pub most: Option<f64>,
    /// Whether it is above zero by what it is; a slider is logarithmic then.
    pub positive: bool,
    /// Whether it is a whole number.
    pub whole: bool,
}

/// Sorts of parameters, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Weights, conductances, synapses and what is drawn of them.
    Weights,
    /// Constant inputs and their fluctuations.
    Inputs,
    /// Time constants and delays.
    Times,
    /// Parameters of transfer functions and membranes.
    Transfer,
    /// Slow states.
    Slow,
    /// Stimuli.
    Stimuli,
    /// Noise.
    Noise,
    /// Sizes, seeds, standard errors, and how it is run.
    Other,
}

/// The handles of a description whose circuit is `circuit`: every address with one number for a value. Ranges depend on the
/// values, so they are asked for once, of the description as it was opened.
///
/// # Errors
/// As [`Spec::addresses`].
pub fn handles(spec: &Spec, circuit: &Circuit) -> Result<Vec<Handle>> {
    let settings = spec.addresses()?;
    let kinds: HashMap<String, String> = settings
        .iter()
        .filter_map(|s| match &s.address {
            Address::Transfer { of, key } if key == "kind" => {
                Some((of.clone(), unquoted(s.value.as_deref()?)))
            }
            _ => None,
        })
        .collect();
    let reader = Reader { circuit, kinds, like: largest(&settings) };
    let mut all: Vec<Handle> = settings.iter().filter_map(|s| reader.handle(s)).collect();
    all.sort_by_key(|h| h.group);
    Ok(all)
}

fn unquoted(text: &str) -> String {
    text.trim_matches('"').to_string()
}

/// `"5 mV"` or `5`: the number, and its unit if it is written with one. None: it is no number.
fn number(text: &str) -> Option<(f64, String)> {
    let quoted = text.starts_with('"');
    let inner = text.trim_matches('"').trim();
    let end = inner.find(|c: char| c.is_whitespace() || c == '%').unwrap_or(inner.len());
    let value: f64 = inner[..end].replace('_', "").parse().ok().filter(|x: &f64| x.is_finite())?;
    let unit = inner[end..].trim();
    // A text without a unit is a word, as "1" would be.
    if quoted && unit.is_empty() { None } else { Some((value, unit.to_string())) }
}

/// The last key of an address, and what stands before it: alike are addresses of the same key.
fn key(address: &Address) -> String {
    match address {
        Address::Weight { .. } | Address::Entry { .. } => "W".into(),
        Address::Pair { table, keys, .. } => keys.last().unwrap_or(table).clone(),
        other => other.path().pop().unwrap_or_default(),
    }
}

/// The largest modulus among parameters of the same key: the scale of one that is zero.
fn largest(settings: &[Setting]) -> HashMap<String, f64> {
    let mut all: HashMap<String, f64> = HashMap::new();
    for s in settings {
        if let Some((value, _)) = s.value.as_deref().and_then(number) {
            let known = all.entry(key(&s.address)).or_default();
            *known = known.max(value.abs());
        }
    }
    all
}

/// What values are allowed.
#[derive(Clone, Copy, PartialEq)]
enum Allowed {
    Any,
    NotNegative,
    NotPositive,
    Positive,
    /// From zero to one.
    Share,
    /// From minus one to one.
    Correlation,
}

struct Reader<'a> {
    circuit: &'a Circuit,
    /// Kinds of transfer functions by population.
    kinds: HashMap<String, String>,
    like: HashMap<String, f64>,
}

impl Reader<'_> {
    fn handle(&self, setting: &Setting) -> Option<Handle> {
        let (value, written) = number(setting.value.as_deref()?)?;
        let address = &setting.address;
        // The version of the format is no parameter.
        if *address == Address::Top("neurate".into()) {
            return None;
        }
        let key = key(address);
        let (group, unit, allowed) = self.meaning(address, &key);
        let unit = if written.is_empty() { unit } else { written.clone() };
        let whole =
            matches!(key.as_str(), "size" | "seed") || (key == "K" && value.fract() == 0.0 && value > 1.0);
        let positive = allowed == Allowed::Positive && value > 0.0;
        let (low, high) = self.range(address, &key, value, allowed, written.is_empty());
        let (least, most) = match allowed {
            Allowed::Any => (None, None),
            Allowed::NotNegative | Allowed::Positive => (Some(0.0), None),
            Allowed::NotPositive => (None, Some(0.0)),
            Allowed::Share => (Some(0.0), Some(1.0)),
            Allowed::Correlation => (Some(-1.0), Some(1.0)),
        };
        Some(Handle {
            address: address.to_string(),
            group,
            populations: self.populations(address),
            value,
            unit,
            suffix: if written.is_empty() { written } else { format!(" {written}") },
            low,
            high,
            least,
            most,
            positive,
            whole,
        })
    }

    fn populations(&self, address: &Address) -> Vec<String> {
        let named: &[&String] = match address {
            Address::Population { of, .. } | Address::Transfer { of, .. } | Address::State { of, .. } => {
                &[of]
            }
            Address::Weight { to, from } | Address::Pair { to, from, .. } => &[to, from],
            _ => &[],
        };
        named.iter().filter(|name| **name != "*").map(|name| (*name).clone()).collect()
    }

    /// Sort, unit of bare numbers, and allowed values.
    fn meaning(&self, address: &Address, key: &str) -> (Group, String, Allowed) {
        let u = self.circuit.units();
        match address {
            Address::Top(_) => (Group::Other, String::new(), Allowed::NotNegative),
            Address::Population { .. } => self.of_population(key),
            Address::Transfer { of, .. } => self.of_transfer(of, key),
            Address::State { state, .. } if state == "membrane" => {
                let (unit, allowed) = self.of_membrane(key);
                (Group::Transfer, unit, allowed)
            }
            Address::State { .. } => match key {
                "U" => (Group::Slow, String::new(), Allowed::Share),
                "strength" if u.drive.is_empty() => (Group::Slow, String::new(), Allowed::NotNegative),
                "strength" => (Group::Slow, per(&u.drive, &u.rate), Allowed::NotNegative),
                _ => (Group::Slow, u.time.clone(), Allowed::Positive),
            },
            Address::Weight { from, .. } => (Group::Weights, u.weight.clone(), self.sign(from)),
            Address::Entry { from, .. } => {
                let sender = &self.circuit.populations()[self.circuit.population_of(*from)];
                (Group::Weights, u.weight.clone(), self.sign(&sender.name))
            }
            Address::Pair { table, from, .. } => self.of_pair(table, from, key),
            Address::Key { table, keys } => self.of_table(table, keys, key),
        }
    }

    fn of_population(&self, key: &str) -> (Group, String, Allowed) {
        let u = self.circuit.units();
        match key {
            "h" => (Group::Inputs, u.drive.clone(), Allowed::Any),
            "sigma" | "membrane_sd" => (Group::Inputs, u.input.clone(), Allowed::NotNegative),
            "tau" => (Group::Times, u.time.clone(), Allowed::Positive),
            "size" => (Group::Other, String::new(), Allowed::Positive),
            "reversal" => (Group::Transfer, u.input.clone(), Allowed::Any),
            "refractory" => (Group::Transfer, u.time.clone(), Allowed::NotNegative),
            _ => (Group::Other, String::new(), Allowed::Any),
        }
    }

    fn of_transfer(&self, of: &str, key: &str) -> (Group, String, Allowed) {
        let u = self.circuit.units();
        if key == Transfer::FLOOR {
            return (Group::Transfer, u.rate.clone(), Allowed::NotNegative);
        }
        let kind = self.kinds.get(of).and_then(|name| Transfer::kind(name));
        let Some(p) = kind.and_then(|k| k.parameters.iter().find(|p| p.key == key)) else {
            return (Group::Transfer, String::new(), Allowed::Any);
        };
        let unit = match p.quantity {
            Quantity::Input => u.input.clone(),
            Quantity::Rate => u.rate.clone(),
            Quantity::Time => u.time.clone(),
            Quantity::RatePerInput => per(&u.rate, &u.input),
            Quantity::Number | Quantity::Free => String::new(),
        };
        let allowed = match p.range {
            Range::Any => Allowed::Any,
            Range::Positive => Allowed::Positive,
            Range::NonNegative => Allowed::NotNegative,
            Range::Flag => Allowed::Share,
        };
        (Group::Transfer, unit, allowed)
    }

    fn of_membrane(&self, key: &str) -> (String, Allowed) {
        let u = self.circuit.units();
        match key {
            "E_leak" | "E" => (u.input.clone(), Allowed::Any),
            // A conductance is a current per voltage; the circuit has no name for it.
            _ => (String::new(), Allowed::Positive),
        }
    }

    fn of_pair(&self, table: &str, from: &str, key: &str) -> (Group, String, Allowed) {
        let u = self.circuit.units();
        match (table, key) {
            ("delays", _) => (Group::Times, u.time.clone(), Allowed::NotNegative),
            ("se", _) => (Group::Other, String::new(), Allowed::NotNegative),
            ("G", _) => (Group::Weights, u.weight.clone(), Allowed::NotNegative),
            (_, "delay" | "delay_sd") => (Group::Times, u.time.clone(), Allowed::NotNegative),
            ("synapses", "J") => (Group::Weights, u.input.clone(), self.sign(from)),
            (_, "K") => (Group::Weights, String::new(), Allowed::Positive),
            (_, "p") => (Group::Weights, String::new(), Allowed::Share),
            (_, "reciprocity") => (Group::Weights, String::new(), Allowed::Correlation),
            (_, "mean" | "peak" | "total") => (Group::Weights, u.weight.clone(), self.sign(from)),
            (_, "sd" | "g") => (Group::Weights, u.weight.clone(), Allowed::NotNegative),
            (_, "cv") => (Group::Weights, String::new(), Allowed::NotNegative),
            (_, "width" | "sigma") => (Group::Weights, String::new(), Allowed::Positive),
            _ => (Group::Weights, String::new(), Allowed::Any),
        }
    }

    fn of_table(&self, table: &str, keys: &[String], key: &str) -> (Group, String, Allowed) {
        let u = self.circuit.units();
        let of_drive = |unit: String| if u.drive.is_empty() { String::new() } else { unit };
        match (table, key) {
            ("delays", _) => (Group::Times, u.time.clone(), Allowed::NotNegative),
            ("stimuli", "at" | "until") => (Group::Stimuli, u.time.clone(), Allowed::Any),
            ("stimuli", "duration") => (Group::Stimuli, u.time.clone(), Allowed::Positive),
            ("stimuli", "amplitude") => (Group::Stimuli, u.drive.clone(), Allowed::Any),
            ("stimuli", "area") => {
                (Group::Stimuli, of_drive(format!("{} {}", u.drive, u.time)), Allowed::Any)
            }
            ("stimuli", "slope") => (Group::Stimuli, of_drive(per(&u.drive, &u.time)), Allowed::Any),
            ("stimuli", "frequency") => (Group::Stimuli, u.rate.clone(), Allowed::Positive),
            ("stimuli", _) => (Group::Stimuli, String::new(), Allowed::Any),
            ("noise", "time") => (Group::Noise, u.time.clone(), Allowed::Positive),
            ("noise", "sd") => (Group::Noise, u.drive.clone(), Allowed::NotNegative),
            ("noise", "intensity") => {
                (Group::Noise, of_drive(format!("{}^2 {}", u.drive, u.time)), Allowed::NotNegative)
            }
            ("noise", "correlation") => (Group::Noise, String::new(), Allowed::Correlation),
            ("noise", _) => (Group::Noise, String::new(), Allowed::Any),
            ("external", "rate") => (Group::Inputs, u.rate.clone(), Allowed::NotNegative),
            ("external", "J") => (Group::Inputs, u.input.clone(), Allowed::Any),
            ("external", "K") => (Group::Inputs, String::new(), Allowed::Positive),
            ("external", _) => (Group::Inputs, String::new(), Allowed::Any),
            ("low_rank", _) => (Group::Weights, String::new(), Allowed::Any),
            ("se", _) => (Group::Other, String::new(), Allowed::NotNegative),
            ("run", "duration" | "dt" | "every") => (Group::Other, u.time.clone(), Allowed::Positive),
            ("run", "seed") => (Group::Other, String::new(), Allowed::NotNegative),
            ("run", "atol" | "steady" | "ceiling") => (Group::Other, self.state_unit(), Allowed::Positive),
            ("run", _) => (Group::Other, String::new(), Allowed::Positive),
            _ if keys.is_empty() => (Group::Other, String::new(), Allowed::Any),
            _ => (Group::Other, String::new(), Allowed::Any),
        }
    }

    fn state_unit(&self) -> String {
        self.circuit.units().state.clone()
    }

    /// By Dale's principle.
    fn sign(&self, from: &str) -> Allowed {
        let kinds: Vec<CellKind> = self
            .circuit
            .populations()
            .iter()
            .filter(|p| from == "*" || p.name == from)
            .map(|p| p.kind)
            .collect();
        let all = |kind| !kinds.is_empty() && kinds.iter().all(|k| *k == kind);
        match () {
            () if self.circuit.form() == Form::Conductance || all(CellKind::Excitatory) => {
                Allowed::NotNegative
            }
            () if all(CellKind::Inhibitory) => Allowed::NotPositive,
            () => Allowed::Any,
        }
    }

    /// The ends of a slider: it begins about the middle, and zero is among them where it is allowed.
    fn range(&self, address: &Address, key: &str, value: f64, allowed: Allowed, bare: bool) -> (f64, f64) {
        let time_of_stimulus = matches!(address, Address::Key { table, .. } if table == "stimuli")
            && matches!(key, "at" | "until");
        let same_unit = bare || value == 0.0;
        let like = self.like.get(key).copied().filter(|x| *x > 0.0 && same_unit);
        let scale = if value == 0.0 { like.unwrap_or(self.usual(key)) } else { value.abs() };
        match allowed {
            Allowed::Share => (0.0, 1.0),
            Allowed::Correlation => (-1.0, 1.0),
            Allowed::Positive if value > 0.0 => {
                // An exponent of 20 is no transfer function.
                let factor = if key == "n" { 3.0 } else { 10.0 };
                let (low, high) = (value / factor, value * factor);
                if key == "size" { (low.max(1.0).round(), high.round()) } else { (low, high) }
            }
            Allowed::NotNegative | Allowed::Positive => (0.0, 3.0 * scale),
            Allowed::NotPositive => (-3.0 * scale, 0.0),
            Allowed::Any if time_of_stimulus => {
                let whole = self.circuit.run().duration.filter(|d| *d >= value).unwrap_or(3.0 * scale);
                (0.0, whole)
            }
            Allowed::Any if key == "h" && value > 0.0 => (-scale, 3.0 * scale),
            Allowed::Any if value == 0.0 => (-scale, scale),
            Allowed::Any => (value - 2.0 * scale, value + 2.0 * scale),
        }
    }

    /// The scale of what is zero, and so are all like it.
    fn usual(&self, key: &str) -> f64 {
        let tau = self.circuit.time_scales().1;
        match key {
            "tau_s" | "delay" | "delay_sd" | "refractory" | "default" => 0.2 * tau,
            "at" | "until" => 10.0 * tau,
            "h" | "threshold" | "amplitude" => 10.0,
            _ => 1.0,
        }
    }
}

fn per(a: &str, b: &str) -> String {
    match (a, b) {
        (a, b) if a == b => String::new(),
        ("", b) => format!("1/{b}"),
        (a, "") => a.to_string(),
        (a, b) => format!("{a}/{b}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{change, read};
    use std::path::{Path, PathBuf};

    fn examples() -> Vec<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
        let mut all: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        all.retain(|p| p.extension().is_some_and(|e| e == "toml"));
        all.sort();
        all
    }

    /// What the circuit is, without the texts that led to it: constants of an expression stand in any order.
    fn parts(c: &Circuit) -> String {
        let of = |p: &crate::model::Population| {
            let mut constants = p.transfer.parameters().to_vec();
            constants.sort_by(|a, b| a.0.cmp(&b.0));
            let (f, slow) = (p.transfer.formula(), &p.slow);
            format!(
                "{} {:?} {} {:?} {:?} {} {:?} {slow:?} {f} {constants:?}",
                p.name, p.kind, p.size, p.tau, p.h, p.sigma, p.membrane
            )
        };
        let populations: Vec<String> = c.populations().iter().map(of).collect();
        format!("{populations:?} {:?} {:?} {:?} {:?}", c.stimuli(), c.noise(), c.delays(), c.run())
    }

    /// A value written in the handle's unit is the value that stands there: units and addresses are right, for every handle of every
    /// example with few units.
    #[test]
    fn a_handle_sets_what_it_shows() {
        let mut seen = 0;
        for path in examples() {
            let spec = read(&path, &[]).unwrap();
            let c = spec.build().unwrap();
            if c.n() > 40 {
                continue;
            }
            for h in handles(&spec, &c).unwrap() {
                seen += 1;
                let about = format!("{}: {h:?}", path.display());
                assert!(h.low < h.high && h.low <= h.value && h.value <= h.high, "{about}");
                assert!(!h.positive || h.low > 0.0, "{about}");
                let ends =
                    [h.low, h.high].map(|x| h.least.is_none_or(|l| l <= x) && h.most.is_none_or(|m| x <= m));
                assert_eq!(ends, [true, true], "{about}");
                if h.address.starts_with("se.") {
                    continue;
                }
                let number = if h.whole { format!("{}", h.value) } else { format!("{:?}", h.value) };
                // Per rate are weights whose input has no unit: it is shown, and a file writes them bare.
                let bare = h.unit.is_empty() || c.units().input.is_empty() && h.unit.starts_with("1/");
                let unit = if bare { String::new() } else { format!(" {}", h.unit) };
                for text in
                    [format!("{}={number}{}", h.address, h.suffix), format!("{}={number}{unit}", h.address)]
                {
                    let same = spec.with([change(&text).unwrap()]).and_then(|s| s.build());
                    let same = same.unwrap_or_else(|e| panic!("{text}: {e}\n{about}"));
                    assert_eq!(parts(&same), parts(&c), "{text}");
                    assert_eq!(same.dense_weights().ok(), c.dense_weights().ok(), "{text}");
                }
            }
        }
        assert!(seen > 300, "{seen}");
    }

    #[test]
    fn signs_follow_dale_and_time_constants_are_positive() {
        let spec = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/ssn.toml"), &[]).unwrap();
        let all = handles(&spec, &spec.build().unwrap()).unwrap();
        let of = |a: &str| all.iter().find(|h| h.address == a).unwrap();
        assert_eq!(
            (of("W.E<-I").most, of("W.E<-I").high, of("W.E<-I").unit.as_str()),
            (Some(0.0), 0.0, "mV/Hz")
        );
        assert_eq!(
            (of("W.I<-E").least, of("W.I<-E").populations.as_slice()),
            (Some(0.0), &["I".into(), "E".into()][..])
        );
        assert!(of("E.tau").positive && of("E.tau").unit == "ms");
        assert_eq!((of("stimuli.more.amplitude").suffix.as_str(), of("E.h").unit.as_str()), (" mV", "mV"));
        assert_eq!((of("stimuli.more.until").low, of("stimuli.more.until").high), (0.0, 450.0));
        assert!(all.iter().all(|h| h.address != "neurate" && h.address != "title"));
    }
}
