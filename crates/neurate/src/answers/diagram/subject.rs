//! What a diagram is drawn along: which parameters are asked for, what they move, and the circuit at each of their values.

use super::types::{DiagramParameter, JointPart};
use crate::branch::CircuitFamily;
use crate::model::{Address, Circuit, Parameter};
use crate::spec::{Change, Setting, Spec};
use crate::study::{Along, Study};
use neurate_numerics::error::{Error, Result};

/// The parameters that are asked for: those of the choices, else those of the file.
///
/// # Errors
/// The file's table breaks a rule.
pub(super) fn asked(study: &Study) -> Result<Vec<Along>> {
    let chosen = &study.choices().along;
    if !chosen.is_empty() {
        return Ok(chosen.clone());
    }
    let Some(table) = study.description().map(Spec::diagram).transpose()?.flatten() else {
        return Ok(Vec::new());
    };
    let read = |(text, place): &(String, _)| Along::parse(text).map_err(|e: Error| e.at(Clone::clone(place)));
    let mut all: Vec<Along> = table.along.iter().map(read).collect::<Result<_>>()?;
    if !table.drive.is_empty() {
        all = Along::driven(all, &table.drive)?;
    }
    Ok(all)
}

/// The population whose state is shown first.
pub(super) fn shown(study: &Study) -> Result<String> {
    let of_file = || Ok(study.description().map(Spec::diagram).transpose()?.flatten().and_then(|t| t.show));
    let wanted: Option<String> = match &study.choices().show {
        Some(name) => Some(name.clone()),
        None => of_file()?,
    };
    let names: Vec<&str> = study.circuit().populations().iter().map(|p| p.name.as_str()).collect();
    match wanted {
        None => Ok(names[0].to_string()),
        Some(name) if names.contains(&name.as_str()) => Ok(name),
        Some(name) => Err(Error::invalid(format!("there is no population \"{name}\" to show"))
            .with_help(format!("there are: {}", names.join(", ")))),
    }
}

/// How a circuit at a value is made.
enum Way<'a> {
    /// From the built circuit.
    Direct(&'a Circuit, Parameter),
    /// From the description: addresses with gains, and what a joint parameter adds to.
    Described(&'a Spec, Vec<(Address, f64, f64)>),
}

/// A circuit over a parameter.
pub(super) struct Subject<'a> {
    along: Along,
    way: Way<'a>,
    parts: Vec<JointPart>,
    own: Option<f64>,
    unit: String,
}

impl<'a> Subject<'a> {
    /// The study's circuit over this parameter.
    ///
    /// # Errors
    /// An address names nothing, no number, or what a diagram cannot be drawn along.
    pub(super) fn new(study: &'a Study, along: &Along) -> Result<Subject<'a>> {
        along.check()?;
        let circuit = study.circuit();
        let settings = study.description().map(Spec::addresses).transpose()?;
        let mut addresses: Vec<(Address, f64)> = Vec::new();
        for (text, gain) in &along.parts {
            let address = address_of(text, along, study)?;
            if addresses.iter().any(|(other, _)| *other == address) {
                return Err(Error::invalid(format!("{address} stands twice in {}", along.name)));
            }
            addresses.push((address, *gain));
        }
        let direct = addresses.iter().all(|(a, _)| circuit.varies(a));
        let owns: Vec<Option<f64>> = addresses
            .iter()
            .map(|(a, _)| own_value(a, circuit, settings.as_deref(), along.joint))
            .collect::<Result<_>>()?;
        let unit = unit_of(circuit, &addresses, along);
        let way = match study.description() {
            _ if direct => {
                let parameter = match along.joint {
                    true => Parameter::joint(&along.name, &addresses),
                    false => Parameter::from(addresses[0].0.clone()),
                };
                Way::Direct(circuit, parameter.in_unit(&along.unit))
            }
            Some(spec) => {
                let all = addresses.iter().zip(&owns);
                Way::Described(spec, all.map(|((a, g), own)| (a.clone(), *g, own.unwrap_or(0.0))).collect())
            }
            None => {
                let missing = addresses.iter().find(|(a, _)| !circuit.varies(a)).map(|(a, _)| a.to_string());
                let name = missing.unwrap_or_default();
                return Err(Error::invalid(format!("{name} is no number that this circuit can vary")));
            }
        };
        let parts = if along.joint {
            let all = addresses.iter().zip(&owns);
            all.map(|((a, gain), own)| JointPart {
                address: a.to_string(),
                gain: *gain,
                own: own.unwrap_or(0.0),
            })
            .collect()
        } else {
            Vec::new()
        };
        let own =
            if along.joint { Some(0.0) } else { in_unit(owns[0], &addresses[0].0, circuit, &along.unit) };
        Ok(Subject { along: along.clone(), way, parts, own, unit })
    }

    pub(super) fn name(&self) -> &str {
        &self.along.name
    }
    /// The range that was asked for.
    pub(super) fn range(&self) -> Option<(f64, f64)> {
        self.along.range
    }
    /// The file's own value.
    pub(super) fn own(&self) -> Option<f64> {
        self.own
    }

    /// The circuit at a value.
    ///
    /// # Errors
    /// The value breaks a rule.
    pub(super) fn circuit(&self, p: f64) -> Result<Circuit> {
        match &self.way {
            Way::Direct(circuit, parameter) => circuit.with(&[(parameter, p)]),
            Way::Described(spec, _) => spec.with(self.changes(p))?.build(),
        }
    }

    /// What a value changes in the description.
    fn changes(&self, p: f64) -> Vec<Change> {
        let Way::Described(_, parts) = &self.way else { return Vec::new() };
        let change = |(address, gain, own): &(Address, f64, f64)| {
            let value = if self.along.joint { own + gain * p } else { p };
            match self.along.unit.as_str() {
                "" => Change::new(address, value),
                unit => Change::new(address, format!("{value:?} {unit}")),
            }
        };
        parts.iter().map(change).collect()
    }

    /// The family between two values.
    ///
    /// # Errors
    /// As [`CircuitFamily::of`].
    pub(super) fn family(&self, window: (f64, f64)) -> Result<CircuitFamily<'_>> {
        CircuitFamily::of(self.name(), Box::new(|p| self.circuit(p)), window)
    }

    /// As data.
    pub(super) fn described(&self) -> DiagramParameter {
        DiagramParameter {
            name: self.along.name.clone(),
            unit: self.unit.clone(),
            own: self.own,
            joint: self.parts.clone(),
        }
    }
}

/// The circuit at values of two parameters that move different numbers.
///
/// # Errors
/// The values break a rule.
pub(super) fn circuit_of_two(one: &Subject, other: &Subject, p: f64, q: f64) -> Result<Circuit> {
    match (&one.way, &other.way) {
        (Way::Direct(circuit, first), Way::Direct(_, second)) => circuit.with(&[(first, p), (second, q)]),
        (_, Way::Direct(_, second)) => one.circuit(p)?.with(&[(second, q)]),
        (Way::Direct(_, first), _) => other.circuit(q)?.with(&[(first, p)]),
        (Way::Described(spec, _), Way::Described(..)) => {
            spec.with(one.changes(p).into_iter().chain(other.changes(q)))?.build()
        }
    }
}

/// The address, if a diagram can be drawn along it.
fn address_of(text: &str, along: &Along, study: &Study) -> Result<Address> {
    const LIST: &str =
        "`neurate params FILE` lists the parameters; a diagram is drawn along one that is a number";
    let address: Address = text.parse()?;
    let refuse = |why: String, help: &str| Err(Error::invalid(why).with_help(help));
    match &address {
        Address::Top(key) => {
            let known = ["title", "form", "seed", "neurate"].contains(&key.as_str());
            if !known && !along.joint && study.choices().along.contains(along) {
                let help =
                    format!("--drive says what a joint parameter moves: --drive 'E.h=1,I.h=1'; {LIST}");
                return refuse(format!("no such parameter: {key}"), &help);
            }
            refuse(format!("{key} is no number of the circuit's equations"), LIST)
        }
        Address::Key { table, .. } if table == "stimuli" => refuse(
            format!("{address}: a diagram is that of the constant input, without stimuli"),
            "draw it along h, the constant input: E.h",
        ),
        Address::Key { table, .. } if table == "noise" => {
            refuse(format!("{address}: a diagram is that of the circuit without noise"), LIST)
        }
        Address::Key { table, .. }
            if ["run", "se", "units", "sweep", "diagram", "conditions", "space"]
                .contains(&table.as_str()) =>
        {
            refuse(format!("{address} does not enter the circuit's equations"), LIST)
        }
        Address::Pair { table, .. } if table == "se" => {
            refuse(format!("{address} does not enter the circuit's equations"), LIST)
        }
        Address::Pair { table, .. } if table == "connect" => refuse(
            format!("{address} draws the weights anew at each value: there is no branch to follow"),
            "draw it along the total weight, W.E<-I, of weights that are given",
        ),
        Address::Population { field, .. } if field == "size" => {
            refuse(format!("{address} changes the number of states: there is no branch to follow"), LIST)
        }
        _ => Ok(address),
    }
}

/// The file's own value in the circuit's unit; None where the file does not give one.
fn own_value(
    address: &Address,
    circuit: &Circuit,
    settings: Option<&[Setting]>,
    joint: bool,
) -> Result<Option<f64>> {
    if circuit.varies(address) {
        return match circuit.value(address) {
            Some(value) => Ok(Some(value)),
            None => Err(Error::invalid(format!("{address} has no one value: it differs between units or populations"))
                .with_help("draw a diagram along one of them, or along a joint parameter that adds to each: --along 'drive=0:10' --drive 'E.h=1,I.h=1'")),
        };
    }
    let Some(settings) = settings else { return Ok(None) };
    let Some(setting) = settings.iter().find(|s| s.address == *address) else {
        let near = |s: &&Setting| s.address.path().last() == address.path().last();
        let closest: Vec<String> =
            settings.iter().filter(near).map(|s| s.address.to_string()).take(6).collect();
        let mut help = String::new();
        if !closest.is_empty() {
            help = format!("closest: {}; ", closest.join(", "));
        }
        return Err(Error::invalid(format!("no such parameter: {address}"))
            .with_help(help + "`neurate params FILE` lists all"));
    };
    let Some(text) = &setting.value else {
        return match joint {
            false => Ok(None),
            true => {
                Err(Error::invalid(format!("{address} is not set in the file: there is nothing to add to"))
                    .with_help("set it: --set"))
            }
        };
    };
    let bare = text.trim_matches('"');
    let number = bare.split(' ').next().and_then(|n| n.parse::<f64>().ok());
    match number {
        Some(value) if !text.starts_with('[') && !text.starts_with('{') => Ok(Some(value)),
        _ => Err(Error::invalid(format!("{address} is {text}, not a number")).with_help(
            "`neurate params FILE` lists the parameters; a diagram is drawn along one that is a number",
        )),
    }
}

/// The unit of the parameter's values: the one that was given, else that of the addresses.
fn unit_of(circuit: &Circuit, addresses: &[(Address, f64)], along: &Along) -> String {
    if !along.unit.is_empty() {
        return along.unit.clone();
    }
    let first = circuit.unit_of(&addresses[0].0);
    if addresses.iter().all(|(a, _)| circuit.unit_of(a) == first) { first } else { String::new() }
}

/// A value of the circuit in the unit that was given.
fn in_unit(own: Option<f64>, address: &Address, circuit: &Circuit, unit: &str) -> Option<f64> {
    let factor = circuit.convert(address, 1.0, unit).ok().filter(|f| *f != 0.0)?;
    own.map(|own| own / factor)
}
