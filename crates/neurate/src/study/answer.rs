//! What can be asked of a study: a question is the type of its answer.

use super::analyses::Study;
use neurate_numerics::error::{Error, Result};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// A question is the type of its answer: numbers, names and verdicts as data, without words, tables or figures.
///
/// Its serialization is the `data` of its section in JSON, and its fields are those of a class in Python.
pub trait Answer: Serialize + JsonSchema + Send + Sync + Sized + 'static {
    /// Machine name of the question, and of its section: `normality`.
    const NAME: &'static str;

    /// Whether the question can be asked of a study.
    fn applies(study: &Study) -> Applies;

    /// Computes the answer; [`Study::ask`] does so once.
    ///
    /// # Errors
    /// A computation does not converge, or is stopped; a choice is invalid.
    fn compute(study: &Study) -> Result<Self>;
}

/// Whether a question can be asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Applies {
    /// It can.
    Yes,
    /// It is none about this circuit, or needs a choice: what it needs.
    No(&'static str),
    /// It would be one about this circuit, but there is no method for it: why.
    Unavailable(String),
}

impl Applies {
    /// Questions about the linearization: yes, where there is an operating point.
    pub fn at_operating_point(study: &Study) -> Applies {
        match study.without_linearization() {
            Some(why) => Applies::Unavailable(why),
            None => Applies::yes_if(study.has_operating_point(), "a stable fixed point"),
        }
    }

    /// Yes, or what the question needs.
    pub fn yes_if(condition: bool, needs: &'static str) -> Applies {
        if condition { Applies::Yes } else { Applies::No(needs) }
    }

    /// The same, but not available for circuits with slow states or delays, for which `why` says why.
    #[must_use]
    pub fn of_units_alone(self, study: &Study, why: &str) -> Applies {
        let c = study.circuit();
        match self {
            Applies::Yes if !c.is_plain() => {
                let with = match (c.slow().is_empty(), c.delays().is_some()) {
                    (false, true) => "slow states and delays",
                    (false, false) => "slow states",
                    _ => "delays",
                };
                Applies::Unavailable(format!("not available with {with}: {why}"))
            }
            applies => applies,
        }
    }

    /// An error unless it is a yes.
    ///
    /// # Errors
    /// The question named `question` cannot be asked.
    pub fn check(self, question: &str) -> Result<()> {
        let question = question.replace('_', " ");
        match self {
            Applies::Yes => Ok(()),
            Applies::No(needs) => {
                let error = Error::unsupported(format!("{question} needs {needs}"));
                Err(match remedy(needs) {
                    Some(help) => error.with_help(help),
                    None => error,
                })
            }
            Applies::Unavailable(why) => Err(Error::unsupported(format!("{question}: {why}"))),
        }
    }
}

/// How a circuit, or a call, gets what a question needs; None for a size.
fn remedy(needs: &str) -> Option<&'static str> {
    Some(match needs {
        "a stable fixed point" => {
            "`neurate fixed-points` lists what was found; --at N analyzes an unstable one"
        }
        "a parameter to be drawn along" => "give one: --along E.h=-3:8, or a table [diagram] in the file",
        "two parameters to be mapped over" => {
            "give two: --along E.h=-3:8 --along I.h=-2:5, or a list of two in the table [diagram] of the file"
        }
        "to be asked for by itself" => "`neurate diagram FILE` without --along, or `net.diagram()` in Python",
        "a number of trials" => "give one: --trials 200",
        "standard errors" => "add a table [se.W] with \"* <- *\" = \"10 %\"",
        "spiking neurons" => "[synapses] in place of [W] describes a circuit of them",
        "conductances" => "write form = \"conductance\" at the top of a circuit with membranes",
        "voltages for its states" => "write form = \"voltage\" at the top",
        "a feature space" => "add a table [space] and weights that are kernels on it",
        "slow states and delays" => {
            "give a population a synapse, adaptation or plasticity, or add a table [delays]"
        }
        "two units, or two populations of like units, without slow states, delays or conductances" => {
            "`neurate phase-plane` shows two states of other circuits, with the others held: --x E --y I"
        }
        _ => return None,
    })
}

impl Study {
    /// The answer to a question, computed when it is first asked for.
    ///
    /// # Errors
    /// As [`Answer::compute`]. Whether the question can be asked is not checked: see [`Answer::applies`].
    pub fn ask<A: Answer>(&self) -> Result<Arc<A>> {
        self.answers.once(|| A::compute(self))
    }
}
