//! Parameters of a circuit that can be varied without describing it anew.

use super::address::Address;
use super::circuit::{Circuit, Parts};
use super::form::Form;
use super::run::Run;
use super::transfer::{Quantity, Transfer};
use super::unit::{Unit, scale};
use super::weights::{Blocks, Connections, Weights};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::ops::Range;
use std::sync::Arc;

/// One number that is varied: an address, in the circuit's own unit or another one; or several addresses that move
/// together (a joint parameter).
///
/// ```
/// use neurate::model::{Address, Parameter};
/// let tau = Parameter::from("E.tau".parse::<Address>()?).in_unit("s");
/// assert_eq!(tau.to_string(), "E.tau");
/// let drive = Parameter::joint("drive", &[("E.h".parse()?, 1.0), ("I.h".parse()?, 1.1)]);
/// assert_eq!(drive.to_string(), "drive");
/// # Ok::<(), neurate::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    name: String,
    unit: String,
    parts: Vec<(Address, f64)>,
    joint: bool,
}

impl From<Address> for Parameter {
    fn from(address: Address) -> Self {
        Parameter {
            name: address.to_string(),
            unit: String::new(),
            parts: vec![(address, 1.0)],
            joint: false,
        }
    }
}

impl Parameter {
    /// Several addresses that move together: the parameter's value times each gain is *added* to what the circuit has there.
    #[must_use]
    pub fn joint(name: &str, parts: &[(Address, f64)]) -> Parameter {
        Parameter { name: name.to_string(), unit: String::new(), parts: parts.to_vec(), joint: true }
    }
    /// The same with values in this unit (`s`); empty: the circuit's own.
    #[must_use]
    pub fn in_unit(mut self, unit: &str) -> Parameter {
        self.unit = unit.trim().to_string();
        self
    }
    /// The unit of its values; empty: the circuit's own.
    pub fn unit(&self) -> &str {
        &self.unit
    }
    /// The addresses that it sets.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.parts.iter().map(|(address, _)| address)
    }
}

impl std::fmt::Display for Parameter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

/// Where a number of a circuit stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// Weights to all units of one population from all of another.
    Block(usize, usize),
    /// The weight to one unit from another.
    Entry(usize, usize),
    /// Constant input of all units of a population.
    H(usize),
    /// Their time constants.
    Tau(usize),
    /// Standard deviation of their input.
    Sigma(usize),
    /// A number of their transfer function, by its position: a parameter, the floor, the refractory fraction.
    Transfer(usize, usize),
}

/// A place and the factor between an address' value and the number there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Target {
    pub place: Place,
    pub divisor: f64,
}

impl Circuit {
    /// The circuit with other values of some parameters. Nothing is read again, and weights that do not change are
    /// shared. What follows from a parameter (a population that is `like` another one, a time constant that is its
    /// membrane's) follows here too.
    ///
    /// ```
    /// use neurate::prelude::*;
    /// let circuit = file::parse(&file::template("ssn").unwrap(), "ssn", ".".as_ref(), &[])?.build()?;
    /// let h = "E.h".parse::<Address>()?.into();
    /// assert_eq!(circuit.with(&[(&h, 7.5)])?.h()[0], 7.5);
    /// # Ok::<(), neurate::Error>(())
    /// ```
    ///
    /// # Errors
    /// An address that the circuit does not have, or of which only the description knows the meaning (what draws or
    /// resizes: `connect`, `size`, seeds; kernels, stimuli, noise): those go through [`Spec`](crate::spec::Spec). A value
    /// that breaks a rule of the circuit.
    pub fn with(&self, values: &[(&Parameter, f64)]) -> Result<Circuit> {
        let mut parts = self.to_parts();
        let mut weights_changed = false;
        for (parameter, value) in values {
            for (address, gain) in &parameter.parts {
                let mut value = self.convert(address, *value, &parameter.unit)?;
                if parameter.joint {
                    let own = self.value(address).ok_or_else(|| no_value(address))?;
                    value = own + gain * value;
                }
                for target in self.targets(address)? {
                    weights_changed |= matches!(target.place, Place::Block(..) | Place::Entry(..));
                    put(self, &mut parts, target, value)?;
                }
            }
        }
        Circuit::assemble(parts, !weights_changed)
    }

    /// The same circuit, run otherwise; weights are shared.
    ///
    /// # Errors
    /// The start has another number of units.
    pub fn with_run(&self, run: Run) -> Result<Circuit> {
        Circuit::assemble(Parts { run, ..self.parts.clone() }, true)
    }

    /// The same with other things to say of it.
    pub(crate) fn with_warnings(mut self, warnings: Vec<Error>) -> Circuit {
        self.parts.warnings = warnings;
        self
    }

    /// Whether [`Circuit::with`] can vary an address.
    pub fn varies(&self, address: &Address) -> bool {
        self.targets(address).is_ok()
    }

    /// The value of an address that can be varied: of a weight, the mean total that a unit of the receiving population
    /// gets from the sending one. None where the populations that are meant differ, or units of one population.
    pub fn value(&self, address: &Address) -> Option<f64> {
        let mut values = self.targets(address).ok()?.into_iter().map(|t| {
            let alike = |own: &[f64]| own.iter().all(|x| *x == own[0]).then_some(own[0]);
            match t.place {
                Place::Block(to, from) => Some(self.mean_totals()[(to, from)]),
                Place::Entry(i, j) => self.entry(i, j),
                Place::H(p) => alike(&self.populations()[p].h),
                Place::Tau(p) => alike(&self.populations()[p].tau),
                Place::Sigma(p) => Some(self.populations()[p].sigma * t.divisor),
                Place::Transfer(p, k) => Some(self.populations()[p].transfer.numbers()[k].1),
            }
        });
        let first = values.next()??;
        values.all(|v| v == Some(first)).then_some(first)
    }

    /// The unit of an address' values; empty for pure numbers and for what has none.
    pub fn unit_of(&self, address: &Address) -> String {
        let u = self.units();
        match address {
            Address::Weight { .. } | Address::Entry { .. } => u.weight.clone(),
            Address::Population { field, .. } => match field.as_str() {
                "h" => u.drive.clone(),
                "tau" => u.time.clone(),
                "sigma" | "membrane_sd" => u.input.clone(),
                Transfer::REFRACTORY if !u.rate.is_empty() => format!("1/{}", u.rate),
                _ => String::new(),
            },
            Address::Transfer { of, key } => {
                let law = self.populations().iter().find(|p| *of == "*" || p.name == *of);
                let kind = law.and_then(|p| Transfer::kind(p.transfer.name()));
                // A formula may have a constant of this name, whose unit is not known.
                if key == Transfer::FLOOR && law.is_some_and(|p| p.transfer.floor().is_some()) {
                    return u.rate.clone();
                }
                let quantity =
                    kind.and_then(|k| k.parameters.iter().find(|p| p.key == key)).map(|p| p.quantity);
                match quantity {
                    Some(Quantity::Input) => u.input.clone(),
                    Some(Quantity::Rate) => u.rate.clone(),
                    Some(Quantity::Time) => u.time.clone(),
                    Some(Quantity::RatePerInput) if u.input != u.rate && !u.input.is_empty() => {
                        format!("{}/{}", u.rate, u.input)
                    }
                    _ => String::new(),
                }
            }
            _ => String::new(),
        }
    }

    /// A value in some unit in the circuit's own.
    pub(crate) fn convert(&self, address: &Address, value: f64, unit: &str) -> Result<f64> {
        if unit.is_empty() {
            return Ok(value);
        }
        let own = self.unit_of(address);
        let parse = |text: &str| Unit::parse(text).map_err(|e| Error::invalid(format!("{address}: {e}")));
        let (given, own) = (parse(unit)?, parse(&own)?);
        if given.dimension != own.dimension {
            return Err(Error::invalid(format!(
                "{address} is {}; \"{unit}\" is the unit of {}",
                own.dimension.describe(),
                given.dimension.describe()
            ))
            .with_help(match own.text.as_str() {
                "" => "write numbers without a unit".to_string(),
                unit => format!("write numbers in {unit}"),
            }));
        }
        Ok(scale(value, given.exponent - own.exponent))
    }

    /// The numbers that an address sets.
    pub(crate) fn targets(&self, address: &Address) -> Result<Vec<Target>> {
        let mut targets = Vec::new();
        let mut addresses = vec![address];
        let mut next = 0;
        while next < addresses.len() {
            self.add_targets(addresses[next], &mut targets)?;
            for (leader, follower) in &self.parts.follows {
                if same_parameter(leader, addresses[next]) && !addresses.contains(&follower) {
                    addresses.push(follower);
                }
            }
            next += 1;
        }
        Ok(targets)
    }

    fn add_targets(&self, address: &Address, targets: &mut Vec<Target>) -> Result<()> {
        let one = |place| Target { place, divisor: 1.0 };
        // Conductances, spiking neurons: one number of the description is several of the circuit.
        let plain = self.form() != Form::Conductance && self.mean_field().is_none();
        match address {
            Address::Weight { to, from } if plain && self.parts.weights_vary => {
                for i in self.named(to, address)? {
                    for j in self.named(from, address)? {
                        let place = Place::Block(i, j);
                        if !matches!(
                            self.weights(),
                            Weights::Blocks(_) | Weights::Dense(_) | Weights::Sparse(_)
                        ) {
                            return Err(not_direct(address));
                        }
                        targets.push(Target { place, divisor: self.range(j).len() as f64 });
                    }
                }
            }
            Address::Entry { to, from } if plain => {
                let n = self.n();
                if *to >= n || *from >= n {
                    return Err(Error::invalid(format!(
                        "there is no weight {address}: the circuit has {n} units"
                    ))
                    .with_help("units count from 0; W[to,from]"));
                }
                if !matches!(self.weights(), Weights::Dense(_)) {
                    return Err(Error::unsupported(format!(
                        "{address}: the weights of this circuit do not stand one by one"
                    ))
                    .with_help("W.E<-I is the total weight from one population to another"));
                }
                targets.push(one(Place::Entry(*to, *from)));
            }
            Address::Population { of, field } if plain => {
                for p in self.named(of, address)? {
                    targets.push(match field.as_str() {
                        "h" => one(Place::H(p)),
                        "tau" => one(Place::Tau(p)),
                        "sigma" => one(Place::Sigma(p)),
                        // The standard deviation of the potential without threshold is sigma / sqrt(2).
                        "membrane_sd" => {
                            Target { place: Place::Sigma(p), divisor: std::f64::consts::FRAC_1_SQRT_2 }
                        }
                        Transfer::REFRACTORY => {
                            let [_, refractory] = self.populations()[p].transfer.extras();
                            one(Place::Transfer(p, refractory.ok_or_else(|| not_direct(address))?))
                        }
                        _ => return Err(not_direct(address)),
                    });
                }
            }
            Address::Transfer { of, key } if plain => {
                for p in self.named(of, address)? {
                    let parameters = self.populations()[p].transfer.parameters();
                    let Some(k) = parameters.iter().position(|q| q.0 == *key) else {
                        return Err(not_direct(address));
                    };
                    targets.push(one(Place::Transfer(p, k)));
                }
            }
            _ => return Err(not_direct(address)),
        }
        Ok(())
    }

    /// The populations of a name; `*` means all.
    fn named(&self, name: &str, address: &Address) -> Result<Vec<usize>> {
        let all = 0..self.populations().len();
        let found: Vec<usize> = all.filter(|&p| name == "*" || self.populations()[p].name == name).collect();
        if found.is_empty() {
            let names: Vec<&str> = self.populations().iter().map(|p| p.name.as_str()).collect();
            return Err(Error::invalid(format!("no such parameter: {address}"))
                .with_help(format!("there are the populations {}", names.join(", "))));
        }
        Ok(found)
    }

    fn entry(&self, i: usize, j: usize) -> Option<f64> {
        match self.weights() {
            Weights::Dense(w) => Some(w[(i, j)]),
            _ => None,
        }
    }

    /// The mean total weight that a unit of each population (row) gets from each (column).
    pub(crate) fn mean_totals(&self) -> Matrix {
        self.weights().mean_totals(&self.ranges())
    }

    fn ranges(&self) -> Vec<Range<usize>> {
        (0..self.populations().len()).map(|p| self.range(p)).collect()
    }
}

/// Whether two addresses name the same parameter of the same population.
fn same_parameter(a: &Address, b: &Address) -> bool {
    let meets = |x: &str, y: &str| x == y || y == "*";
    match (a, b) {
        (Address::Population { of: x, field: f }, Address::Population { of: y, field: g }) => {
            f == g && meets(x, y)
        }
        (Address::Transfer { of: x, key: f }, Address::Transfer { of: y, key: g }) => f == g && meets(x, y),
        _ => false,
    }
}

fn not_direct(address: &Address) -> Error {
    Error::unsupported(format!("{address} is no number that a built circuit can vary"))
        .with_help("change the description of the circuit and build it anew")
}

fn no_value(address: &Address) -> Error {
    Error::invalid(format!("{address} has no one value that a joint parameter could add to"))
        .with_help("vary it by itself, or one population at a time")
}

/// Puts a number where it belongs.
fn put(circuit: &Circuit, parts: &mut Parts, target: Target, value: f64) -> Result<()> {
    let number = value / target.divisor;
    match target.place {
        Place::H(p) => parts.populations[p].h.fill(number),
        Place::Tau(p) => parts.populations[p].tau.fill(number),
        Place::Sigma(p) => parts.populations[p].sigma = number,
        Place::Transfer(p, k) => {
            let population = &mut parts.populations[p];
            let mut values: Vec<f64> = population.transfer.numbers().iter().map(|q| q.1).collect();
            values[k] = number;
            population.transfer = population.transfer.with_values(&values, parts.units.rate_times_time)?;
        }
        Place::Entry(i, j) => {
            if let Weights::Dense(w) = &mut parts.weights {
                Arc::make_mut(w)[(i, j)] = number;
            }
        }
        Place::Block(to, from) => {
            let (rows, columns) = (circuit.range(to), circuit.range(from));
            match &mut parts.weights {
                Weights::Blocks(b) => {
                    let sizes: Vec<usize> = circuit.populations().iter().map(|p| p.size).collect();
                    let mut w = b.weights().clone();
                    w[(to, from)] = number;
                    *b = Blocks::new(&sizes, w)?;
                }
                Weights::Dense(w) => fill_block(Arc::make_mut(w), (rows, columns), value, number),
                Weights::Sparse(_) => {
                    // What other changes of the same call have left there.
                    let weights = parts.weights.clone();
                    let own = weights.mean_totals(&circuit.ranges())[(to, from)];
                    if own == 0.0 {
                        return Err(Error::invalid(
                            "there are no connections between these populations to scale".to_string(),
                        )
                        .with_help("vary weights that are not zero, or describe the connection first"));
                    }
                    let mut all = Connections::new(circuit.n())?;
                    weights.for_each(|i, j, w| {
                        let inside = rows.contains(&i) && columns.contains(&j);
                        all.add(i, j, if inside { w * (value / own) } else { w });
                    });
                    parts.weights = all.into_sparse()?.into();
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Equal weights become another weight; weights of a structure of their own are scaled, so that a unit gets `total` in the
/// mean.
fn fill_block(w: &mut Matrix, (rows, columns): (Range<usize>, Range<usize>), total: f64, each: f64) {
    let own = scaled_total(w, &rows, &columns);
    for i in rows {
        for x in &mut w.row_mut(i)[columns.clone()] {
            *x = own.map_or(each, |own| *x * (total / own));
        }
    }
}

/// The mean total of a block that is scaled to take another one; None where its weights are equal, or add up to nothing, and
/// all take the same new value.
pub(crate) fn scaled_total(w: &Matrix, rows: &Range<usize>, columns: &Range<usize>) -> Option<f64> {
    let block = || rows.clone().map(|i| &w.row(i)[columns.clone()]);
    let first = w[(rows.start, columns.start)];
    let equal = block().all(|row| row.iter().all(|x| *x == first));
    let own = block().map(|row| row.iter().sum::<f64>()).sum::<f64>() / rows.len() as f64;
    (!equal && own != 0.0).then_some(own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CellKind, Connections};

    /// Four units of E, two of I, every other connection there, all different.
    fn circuit(sparse: bool) -> Circuit {
        let w = Matrix::from_fn(6, 6, |i, j| {
            let size = f64::from((i + 2 * j) as u32 % 5) * 0.1 * f64::from((i + j) as u32 % 2);
            if j < 4 { size } else { -size }
        });
        let weights: Weights = if sparse {
            let mut all = Connections::new(6).unwrap();
            (0..6).for_each(|i| (0..6).filter(|&j| w[(i, j)] != 0.0).for_each(|j| all.add(i, j, w[(i, j)])));
            all.into_sparse().unwrap().into()
        } else {
            w.into()
        };
        let populations = [("E", CellKind::Excitatory, 4), ("I", CellKind::Inhibitory, 2)];
        Circuit::from_weights(weights).populations(&populations).build().unwrap()
    }

    #[test]
    fn several_blocks_change_in_one_call() {
        let parameter = |text: &str| Parameter::from(text.parse::<Address>().unwrap());
        let (ee, ei) = (parameter("W.E<-E"), parameter("W.E<-I"));
        let dense = circuit(false).with(&[(&ee, 1.5), (&ei, -0.7)]).unwrap();
        let sparse = circuit(true).with(&[(&ee, 1.5), (&ei, -0.7)]).unwrap();
        for c in [&dense, &sparse] {
            let totals = c.mean_totals();
            assert!((totals[(0, 0)] - 1.5).abs() < 1e-14 && (totals[(0, 1)] + 0.7).abs() < 1e-14);
            // What was not named stays, and what was zero.
            assert_eq!(totals.row(1), circuit(false).mean_totals().row(1));
        }
        let (a, b) = (dense.dense_weights().unwrap(), sparse.dense_weights().unwrap());
        assert!(a.sub(&b).max_abs() < 1e-15);
        assert!(
            (0..6).all(|i| (0..6).all(|j| (a[(i, j)] == 0.0) == ((i + j) % 2 == 0 || (i + 2 * j) % 5 == 0)))
        );
    }
}
