//! The list of questions: names, verbs, sections, shares of the summary, costs, choices, JSON Schema and tests derive from it.

use super::layout::Part;
use super::narrate::{Tell, section_of};
use super::section::Section;
use crate::answers;
use crate::study::{Applies, Study};
use neurate_numerics::error::Result;
use schemars::{Schema, SchemaGenerator};
use std::sync::Arc;

/// An answer whose type is not known here: it can be serialized.
pub type AnyAnswer = Arc<dyn erased_serde::Serialize + Send + Sync>;

/// One question, and all that depends on which it is.
pub struct Question {
    /// Machine name: of the section in JSON, and of the method in Python.
    pub name: &'static str,
    /// Heading of its section.
    pub title: &'static str,
    /// One line on what it answers.
    pub about: &'static str,
    /// The part of the page that it stands in.
    pub part: Part,
    /// Verbs of the command line that ask it, besides `report`.
    pub verbs: &'static [&'static str],
    /// How many of its sentences stand in the summary of a report.
    pub summary: usize,
    /// What it costs beside others, roughly, by the decompositions in it; for estimates of the time left.
    pub cost: f64,
    /// Choices that change its answer.
    pub choices: &'static [Choice],
    /// Whether it can be asked of a study.
    pub applies: fn(&Study) -> Applies,
    /// Its answer, as data.
    pub answer: fn(&Study) -> Result<AnyAnswer>,
    /// Its answer, told.
    pub section: fn(&Study) -> Result<Section>,
    /// JSON Schema of its answer.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

/// What a user may choose; see [`crate::study::Choices`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Which fixed point is analyzed.
    At,
    /// How fixed points are sought: starts and seed.
    Search,
    /// Order of Schur modes.
    Order,
    /// Where transient amplification begins and is seen.
    Between,
    /// Whether runs are compared with the linearization.
    Compare,
    /// Number of noisy runs.
    Trials,
    /// Threads of runs.
    Threads,
    /// Parts of populations to stimulate.
    Perturb,
    /// Seed and number of samples.
    Samples,
    /// Along which parameters a diagram is drawn, and how.
    Diagram,
    /// Which two states a phase plane shows.
    Plane,
}

/// A question before its place in the list is described.
const fn question<A: Tell>() -> Question {
    Question {
        name: A::NAME,
        title: A::TITLE,
        about: "",
        part: Part::Details,
        verbs: &[],
        summary: 0,
        cost: 1.0,
        choices: &[Choice::At, Choice::Search],
        applies: A::applies,
        answer: |study| {
            A::applies(study).check(A::NAME)?;
            Ok(study.ask::<A>()?)
        },
        section: section_of::<A>,
        schema: |generator| generator.subschema_for::<A>(),
    }
}

/// The choices of every question about an operating point.
const POINT: &[Choice] = &[Choice::At, Choice::Search];

/// All questions, in the order in which a report shows them: part by part.
pub static QUESTIONS: &[Question] = &[
    Question {
        about: "what the circuit does and why: components, amplification, inhibition stabilization, conditions",
        part: Part::Verdict,
        verbs: &[],
        summary: 5,
        cost: 5.0,
        choices: &[Choice::At, Choice::Search, Choice::Samples],
        ..question::<answers::Verdict>()
    },
    Question {
        about: "populations, weights, inputs, Dale's principle",
        part: Part::Verdict,
        verbs: &[],
        summary: 0,
        cost: 1.0,
        choices: POINT,
        ..question::<answers::Description>()
    },
    Question {
        about: "the circuit's time course under its stimuli: simulated, and exact in the linearization",
        part: Part::TimeCourse,
        verbs: &["simulate"],
        summary: 0,
        cost: 1.0,
        choices: &[Choice::At, Choice::Search, Choice::Order, Choice::Compare, Choice::Threads],
        ..question::<answers::TimeCourses>()
    },
    Question {
        about: "many runs with noise: mean and standard deviation over trials, beside the linear prediction",
        part: Part::TimeCourse,
        verbs: &["simulate"],
        summary: 0,
        cost: 20.0,
        choices: &[Choice::At, Choice::Search, Choice::Trials, Choice::Compare, Choice::Threads],
        ..question::<answers::Trials>()
    },
    Question {
        about: "two states against each other: nullclines, flow, fixed points, manifolds, limit cycles, time courses",
        part: Part::OperatingPoint,
        verbs: &["phase-plane"],
        summary: 0,
        cost: 1.0,
        choices: &[Choice::At, Choice::Search, Choice::Plane],
        ..question::<answers::PhasePlane>()
    },
    Question {
        about: "every fixed point found, with residual, stability and how exhaustive the search was",
        part: Part::OperatingPoint,
        verbs: &["fixed-points"],
        summary: 2,
        cost: 1.0,
        choices: &[Choice::Search],
        ..question::<answers::FixedPoints>()
    },
    Question {
        about: "steady states and limit cycles along one parameter: bifurcations, regimes, how complete they are",
        part: Part::OperatingPoint,
        verbs: &["diagram"],
        summary: 1,
        cost: 20.0,
        choices: &[Choice::Search, Choice::Diagram],
        ..question::<answers::Diagram>()
    },
    Question {
        about: "what the circuit does over two parameters: regions, bifurcation curves, points where they meet",
        part: Part::OperatingPoint,
        verbs: &["diagram"],
        summary: 1,
        cost: 40.0,
        choices: &[Choice::Search, Choice::Diagram],
        ..question::<answers::RegimeMap>()
    },
    Question {
        about: "which parameter, and how far, brings the operating point to a change of regime: fold, Hopf, crossing",
        part: Part::OperatingPoint,
        verbs: &["diagram"],
        summary: 1,
        cost: 5.0,
        choices: POINT,
        ..question::<answers::NearestChanges>()
    },
    Question {
        about: "each population's transfer function and its gain at the operating point",
        part: Part::OperatingPoint,
        verbs: &["transfer"],
        summary: 0,
        cost: 1.0,
        choices: POINT,
        ..question::<answers::TransferFunctions>()
    },
    Question {
        about: "adaptation, synapses' filters, short-term plasticity, delays: equations, steady values, modes",
        part: Part::OperatingPoint,
        verbs: &["fixed-points", "modes"],
        summary: 2,
        cost: 1.0,
        choices: POINT,
        ..question::<answers::SlowStates>()
    },
    Question {
        about: "the spiking neurons' input and irregularity, and whether mean-field theory may be trusted",
        part: Part::OperatingPoint,
        verbs: &["mean-field"],
        summary: 2,
        cost: 1.0,
        choices: POINT,
        ..question::<answers::MeanField>()
    },
    Question {
        about: "stability with the neurons' own dynamics and the delays; power spectra at finite size",
        part: Part::OperatingPoint,
        verbs: &["mean-field"],
        summary: 1,
        cost: 1.0,
        choices: POINT,
        ..question::<answers::Oscillations>()
    },
    Question {
        about: "response matrix, frequencies, inhibition stabilization, paradoxical responses",
        part: Part::Responses,
        verbs: &["response"],
        summary: 2,
        cost: 3.0,
        choices: &[Choice::At, Choice::Search, Choice::Perturb],
        ..question::<answers::Responses>()
    },
    Question {
        about: "standard errors of weights: how sure is every sign and verdict",
        part: Part::Responses,
        verbs: &["response"],
        summary: 1,
        cost: 3.0,
        choices: &[Choice::At, Choice::Search, Choice::Samples],
        ..question::<answers::Uncertainty>()
    },
    Question {
        about: "eigenvalues, effective time constants, static gains, left and right vectors",
        part: Part::Modes,
        verbs: &["modes"],
        summary: 1,
        cost: 5.0,
        choices: POINT,
        ..question::<answers::Eigenmodes>()
    },
    Question {
        about: "whether the modes are orthogonal, and how far from it",
        part: Part::Modes,
        verbs: &["modes"],
        summary: 1,
        cost: 1.0,
        choices: POINT,
        ..question::<answers::Normality>()
    },
    Question {
        about: "orthogonal modes and the feedforward weights between them",
        part: Part::Modes,
        verbs: &["modes"],
        summary: 1,
        cost: 5.0,
        choices: &[Choice::At, Choice::Search, Choice::Order],
        ..question::<answers::SchurModes>()
    },
    Question {
        about: "the largest transient: how much, when, from which pattern to which",
        part: Part::Modes,
        verbs: &["modes"],
        summary: 2,
        cost: 5.0,
        choices: &[Choice::At, Choice::Search, Choice::Between],
        ..question::<answers::Amplification>()
    },
    Question {
        about: "spatial modes of a ring or torus: their blocks, eigenvalues, feedforward weights, amplification",
        part: Part::Modes,
        verbs: &["modes"],
        summary: 0,
        cost: 1.0,
        choices: POINT,
        ..question::<answers::FourierModes>()
    },
    Question {
        about: "what noisy inputs become: variance, correlations, patterns, power spectra",
        part: Part::Noise,
        verbs: &["noise"],
        summary: 1,
        cost: 3.0,
        choices: POINT,
        ..question::<answers::Fluctuations>()
    },
    Question {
        about: "how far small changes of the weights move the eigenvalues: robustness, resonance, Kreiss constant",
        part: Part::Details,
        verbs: &["modes"],
        summary: 0,
        cost: 10.0,
        choices: POINT,
        ..question::<answers::Pseudospectra>()
    },
    Question {
        about: "effective weights (gain times W), effective time constants, Jacobian",
        part: Part::Details,
        verbs: &["modes"],
        summary: 0,
        cost: 1.0,
        choices: POINT,
        ..question::<answers::Linearized>()
    },
    Question {
        about: "blocks of the weights, signs, sum and difference patterns",
        part: Part::Details,
        verbs: &["modes"],
        summary: 0,
        cost: 1.0,
        choices: POINT,
        ..question::<answers::Structure>()
    },
    Question {
        about: "conductances reduced to weights, and the cost of holding the total conductance constant",
        part: Part::Details,
        verbs: &[],
        summary: 2,
        cost: 1.0,
        choices: POINT,
        ..question::<answers::Membranes>()
    },
    Question {
        about: "what the rate-form twin of a voltage-form circuit is",
        part: Part::Details,
        verbs: &[],
        summary: 1,
        cost: 1.0,
        choices: POINT,
        ..question::<answers::Twin>()
    },
];

/// The question of this name.
pub fn question_named(name: &str) -> Option<&'static Question> {
    QUESTIONS.iter().find(|q| q.name == name)
}
