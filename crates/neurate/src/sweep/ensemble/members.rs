//! One circuit and its members.

use super::scalars::{Layout, allows, circuit as member_circuit, positions, scalars as numbers_of};
use crate::model::Circuit;
use crate::spec::Spec;
use crate::sweep::axis::Axis;
use neurate_numerics::budget;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::progress::Progress;
use neurate_numerics::workers;

/// One number of the circuit: the same in all members, or each member's own.
#[derive(Clone, Debug)]
pub(super) enum Scalar {
    Same(f64),
    Each(Vec<f64>),
}

impl Scalar {
    pub(super) fn of(&self, member: usize) -> f64 {
        match self {
            Scalar::Same(v) => *v,
            Scalar::Each(v) => v[member],
        }
    }
    pub(super) fn common(&self) -> Option<f64> {
        match self {
            Scalar::Same(v) => Some(*v),
            Scalar::Each(_) => None,
        }
    }
}

/// One circuit and its members, which differ in the values of some addresses.
#[derive(Clone, Debug)]
pub struct Ensemble {
    pub(super) circuit: Circuit,
    pub(super) layout: Layout,
    pub(super) scalars: Vec<Scalar>,
    pub(super) members: usize,
}

impl Ensemble {
    /// Member `e` is the described circuit with value `e` of every axis. Numbers of the built circuit are varied there;
    /// other addresses go through the description, member by member. Every member obeys the file format's rules.
    ///
    /// # Errors
    /// No axes, or different numbers of values, or more than there is memory for; an address that there is not; a member that breaks a rule; a
    /// circuit with conductances, spiking neurons, more than 64 units, or weights that are not simply given.
    pub fn new(spec: &Spec, axes: &[Axis]) -> Result<Ensemble> {
        let members = axes.first().map_or(0, |v| v.values.len());
        if members == 0 {
            return Err(Error::invalid("an ensemble needs a parameter with values")
                .with_help("for example \"h\" with an array of inputs"));
        }
        if let Some(v) = axes.iter().find(|v| v.values.len() != members) {
            return Err(Error::invalid(format!(
                "{} has {} values, {} has {members}: each member takes one of each",
                v.address,
                v.values.len(),
                axes[0].address
            )));
        }
        let read = |e: usize| spec.with(axes.iter().map(|v| v.change(e)))?.build();
        let circuit = read(0)?;
        let Some((layout, first)) = numbers_of(&circuit) else {
            return Ensemble::read_all(members, &read);
        };
        let mut scalars: Vec<Scalar> = first.into_iter().map(Scalar::Same).collect();
        let mut varied = 0;
        for axis in axes {
            let address = axis.address.parse()?;
            let Ok(own) = positions(&circuit, &layout, &address) else {
                return Ensemble::read_all(members, &read);
            };
            // What differs between members, and a state and how it ended for each.
            varied += own.len();
            let each = budget::product(&[varied + circuit.n() + 4, size_of::<f64>()]);
            budget::require(members as u64, "members", each, "take fewer members at a time")?;
            let refused = |e: usize, why: Error| of_member(e, read(e).err().unwrap_or(why));
            let mut given = Vec::with_capacity(members);
            for (e, x) in axis.values.iter().enumerate() {
                given.push(circuit.convert(&address, *x, &axis.unit).map_err(|why| refused(e, why))?);
            }
            for (s, share) in own {
                let values: Vec<f64> = given.iter().map(|x| share.of(*x)).collect();
                if let Some(e) = values.iter().position(|x| !allows(&circuit, &layout, s, *x)) {
                    let why = Error::invalid(format!("{} cannot be {}", axis.address, axis.values[e]));
                    return Err(refused(e, why));
                }
                scalars[s] = Scalar::Each(values);
            }
        }
        Ok(Ensemble { circuit, layout, scalars, members })
    }

    /// By reading every member.
    fn read_all(members: usize, read: &dyn Fn(usize) -> Result<Circuit>) -> Result<Ensemble> {
        let unsupported = || {
            Error::unsupported(
                "an ensemble is of rate or voltage circuits of up to 64 units with weights that are given, without slow states and delays",
            )
            .with_help("a sweep takes every circuit")
        };
        let circuit = read(0)?;
        let (layout, first) = numbers_of(&circuit).ok_or_else(unsupported)?;
        let mut columns: Vec<Vec<f64>> = first.iter().map(|v| vec![*v]).collect();
        for e in 1..members {
            let member = read(e).map_err(|why| of_member(e, why))?;
            let (l, values) = numbers_of(&member).ok_or_else(unsupported)?;
            if l != layout {
                return Err(of_member(e, Error::invalid("it is another circuit, not one of other numbers")));
            }
            columns.iter_mut().zip(values).for_each(|(column, v)| column.push(v));
        }
        let scalar = |c: Vec<f64>| {
            if c.iter().all(|v| v.to_bits() == c[0].to_bits()) { Scalar::Same(c[0]) } else { Scalar::Each(c) }
        };
        let scalars = columns.into_iter().map(scalar).collect();
        Ok(Ensemble { circuit, layout, scalars, members })
    }

    /// Number of members.
    pub fn members(&self) -> usize {
        self.members
    }
    /// The circuit of the first values: names, units, form, and all that the members share.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }
    /// The circuit of a member, for anything that is done with one.
    ///
    /// # Errors
    /// There is no such member.
    pub fn member(&self, e: usize) -> Result<Circuit> {
        if e >= self.members {
            return Err(Error::invalid(format!("there is no member {e}: the ensemble has {}", self.members)));
        }
        let values: Vec<f64> = self.scalars.iter().map(|s| s.of(e)).collect();
        member_circuit(&self.circuit, &self.layout, &values)
    }
    /// The weight to unit `i` from unit `j`, in the list of numbers.
    pub(super) fn weight(&self, i: usize, j: usize) -> &Scalar {
        let (i, j) = if self.layout.rows == self.circuit.n() {
            (i, j)
        } else {
            (self.circuit.population_of(i), self.circuit.population_of(j))
        };
        &self.scalars[self.layout.weights.start + i * self.layout.rows + j]
    }
    pub(super) fn h(&self, i: usize) -> &Scalar {
        &self.scalars[self.layout.h.start + i]
    }
    pub(super) fn tau(&self, i: usize) -> &Scalar {
        &self.scalars[self.layout.tau.start + i]
    }
    pub(super) fn sigma(&self, population: usize) -> &Scalar {
        &self.scalars[self.layout.sigma.start + population]
    }
    pub(super) fn parameters(&self, population: usize) -> &[Scalar] {
        &self.scalars[self.layout.parameters[population].clone()]
    }
}

fn of_member(e: usize, why: Error) -> Error {
    why.map_message(|what| format!("member {e}: {what}"))
}

/// Members of a piece of work.
const CHUNK: usize = 4096;

/// Computes chunks of members on up to `threads` threads, and gives them in order: the same for any number.
pub(super) fn in_chunks<T: Send>(
    members: usize,
    threads: usize,
    work: &(dyn Fn(std::ops::Range<usize>) -> Result<T> + Sync),
) -> Result<Vec<T>> {
    workers::each(threads, members.div_ceil(CHUNK), &Progress::default(), |k| {
        work(k * CHUNK..((k + 1) * CHUNK).min(members))
    })
}
