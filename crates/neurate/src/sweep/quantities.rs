//! What a sweep can find at every cell. One list, [`QUANTITIES`]: a new one is an entry.

use crate::fixed_points::{Completeness, FixedPoint};
use crate::linear::modes::{amplification, normality};
use crate::linear::response::Isn;
use crate::model::Circuit;
use crate::study::Study;
use neurate_numerics::error::{Error, Result};

/// An array of the result: the sweep's axes, and perhaps more dimensions behind them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Variable {
    /// Its name in the store.
    pub name: &'static str,
    /// What it is, for people.
    pub about: &'static str,
    /// Its unit, empty if it has none.
    pub unit: String,
    /// Dimensions behind the axes: name and labels.
    pub dims: Vec<(&'static str, Vec<String>)>,
    /// Whether it holds words by number: the meanings of 0, 1, ...; -1 means "not decided". Else it holds numbers,
    /// NaN where there is none.
    pub flags: Option<&'static [&'static str]>,
}

impl Variable {
    /// Values for each cell.
    pub fn len(&self) -> usize {
        self.dims.iter().map(|(_, labels)| labels.len()).product()
    }
    /// Never: a variable has values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The value where there is none.
    pub fn fill(&self) -> f64 {
        if self.flags.is_some() { -1.0 } else { f64::NAN }
    }
}

/// Something to find.
#[non_exhaustive]
pub struct Quantity {
    /// Its word in `find`.
    pub name: &'static str,
    /// One line on what it gives.
    pub about: &'static str,
    /// Its arrays.
    pub variables: fn(&Circuit) -> Vec<Variable>,
    /// Appends the values of all its arrays. Called only where there is an operating point, unless `always`.
    pub compute: fn(&Study, &mut Vec<f64>) -> Result<()>,
    /// Whether it has values without an operating point.
    pub always: bool,
    /// Whether it is of circuits of units alone: not found with slow states or delays.
    pub of_units: bool,
}

/// Fixed points that are written for each cell.
const MAX_POINTS: usize = 5;

/// All that a sweep can find.
pub static QUANTITIES: &[&Quantity] =
    &[&FIXED_POINTS, &STABILITY, &ISN, &PARADOXICAL, &RESPONSE, &AMPLIFICATION, &NORMALITY];

/// What every cell has, whatever is sought: [`Completeness`], by number.
pub(super) fn completeness() -> Variable {
    Variable {
        flags: Some(Completeness::WORDS),
        ..number("completeness", "what is known of the completeness of the list of fixed points", "")
    }
}

fn populations(c: &Circuit) -> Vec<String> {
    c.populations().iter().map(|p| p.name.clone()).collect()
}

fn number(name: &'static str, about: &'static str, unit: impl Into<String>) -> Variable {
    Variable { name, about, unit: unit.into(), dims: vec![], flags: None }
}

fn flag(decided: Option<bool>) -> f64 {
    decided.map_or(-1.0, |yes| f64::from(u8::from(yes)))
}

const NO_YES: &[&str] = &["no", "yes"];

static FIXED_POINTS: Quantity = Quantity {
    name: "fixed points",
    about: "rates at the operating point and at the other fixed points found, up to five",
    variables: |c| {
        let rate = &c.units().rate;
        let points: Vec<String> = (1..=MAX_POINTS).map(|k| k.to_string()).collect();
        vec![
            Variable {
                dims: vec![("population", populations(c))],
                ..number("r", "mean rates at the operating point", rate)
            },
            Variable {
                dims: vec![("point", points.clone()), ("population", populations(c))],
                ..number("points_r", "mean rates at the fixed points, by rising total", rate)
            },
            Variable {
                dims: vec![("point", points)],
                flags: Some(NO_YES),
                ..number("points_stable", "whether each fixed point is stable", "")
            },
            number("points_found", "number of fixed points found", ""),
            number("stable_found", "number of stable ones among them", ""),
            number("residual", "largest |target - x| / (1 + |x|) at the operating point", ""),
        ]
    },
    compute: |study, out| {
        let c = study.circuit();
        let p = c.populations().len();
        let means = |point: &FixedPoint| c.population_means(&point.rates);
        let points = &study.fixed_points()?.points;
        let here = study.operating_point()?;
        out.extend(here.map_or(vec![f64::NAN; p], means));
        for k in 0..MAX_POINTS {
            out.extend(points.get(k).map_or(vec![f64::NAN; p], means));
        }
        out.extend((0..MAX_POINTS).map(|k| flag(points.get(k).map(FixedPoint::stable))));
        out.push(points.len() as f64);
        out.push(points.iter().filter(|p| p.stable()).count() as f64);
        out.push(here.map_or(f64::NAN, |p| p.residual));
        Ok(())
    },
    always: true,
    of_units: false,
};

static STABILITY: Quantity = Quantity {
    name: "stability",
    about: "the rightmost eigenvalue at the operating point",
    variables: |c| {
        let per_time = format!("1/{}", c.units().time);
        vec![
            number("abscissa", "real part of the Jacobian's rightmost eigenvalue", per_time.clone()),
            number("frequency", "its imaginary part over 2 pi", per_time),
        ]
    },
    compute: |study, out| {
        let top = study.operating_point()?.and_then(|p| p.eigenvalues.first());
        out.push(top.map_or(f64::NAN, |l| l.re));
        out.push(top.map_or(f64::NAN, |l| l.im.abs() / std::f64::consts::TAU));
        Ok(())
    },
    always: false,
    of_units: false,
};

static ISN: Quantity = Quantity {
    name: "isn",
    about: "whether inhibition stabilizes excitation",
    variables: |_| {
        vec![
            Variable { flags: Some(NO_YES), ..number("isn", "whether inhibition stabilizes excitation", "") },
            number("isn_index", "largest effective eigenvalue of the excitatory subnetwork, less one", ""),
        ]
    },
    compute: |study, out| {
        let v = study.verdicts()?;
        out.push(match v.isn {
            Isn::Stabilized => 1.0,
            Isn::NotNeeded => 0.0,
            _ => -1.0,
        });
        out.push(v.isn_index.unwrap_or(f64::NAN));
        Ok(())
    },
    always: false,
    of_units: false,
};

static PARADOXICAL: Quantity = Quantity {
    name: "paradoxical",
    about: "whether each population decreases when it is driven",
    variables: |c| {
        vec![Variable {
            dims: vec![("population", populations(c))],
            flags: Some(NO_YES),
            ..number("paradoxical", "whether a population decreases when it is driven", "")
        }]
    },
    compute: |study, out| {
        let v = study.verdicts()?;
        let of = |p: usize| v.self_responses.iter().find(|s| s.population == p).and_then(|s| s.paradoxical);
        out.extend((0..study.circuit().populations().len()).map(|p| flag(of(p))));
        Ok(())
    },
    always: false,
    of_units: false,
};

static RESPONSE: Quantity = Quantity {
    name: "response",
    about: "the static response matrix over populations",
    variables: |c| {
        let u = c.units();
        let unit = if u.rate == u.drive { String::new() } else { format!("{}/({})", u.rate, u.drive) };
        vec![Variable {
            dims: vec![("population", populations(c)), ("input_to", populations(c))],
            ..number("response", "change of mean rate per constant input; of stable circuits only", unit)
        }]
    },
    compute: |study, out| {
        let v = study.verdicts()?;
        let p = study.circuit().populations().len();
        let stable = study.operating_point()?.is_some_and(FixedPoint::stable);
        match v.response.as_ref().filter(|_| stable) {
            Some(r) => out.extend_from_slice(r.data()),
            None => out.extend(vec![f64::NAN; p * p]),
        }
        Ok(())
    },
    always: false,
    of_units: false,
};

fn of_units(study: &Study) -> Result<()> {
    if study.circuit().is_plain() {
        return Ok(());
    }
    Err(Error::unsupported("norms over units say little of circuits with slow states or delays"))
}

static AMPLIFICATION: Quantity = Quantity {
    name: "amplification",
    about: "the largest transient amplification and its time",
    variables: |c| {
        vec![
            number("amplification", "largest norm of an initial pattern of norm one", ""),
            number("amplification_time", "when it is reached", c.units().time.clone()),
        ]
    },
    compute: |study, out| {
        of_units(study)?;
        let g = amplification(&study.linearization()?.jacobian)?;
        out.extend([g.max, g.time]);
        Ok(())
    },
    always: false,
    of_units: true,
};

static NORMALITY: Quantity = Quantity {
    name: "normality",
    about: "feedforward weights and the distance from normal",
    variables: |_| {
        vec![
            number(
                "feedforward",
                "root of the feedforward weights' sum of squares (Henrici's departure)",
                "",
            ),
            number("nu", "norm of the commutator over the squared norm", ""),
        ]
    },
    compute: |study, out| {
        of_units(study)?;
        let n = normality(&study.linearization()?.modes_matrix())?;
        out.extend([n.departure, n.nu]);
        Ok(())
    },
    always: false,
    of_units: true,
};
