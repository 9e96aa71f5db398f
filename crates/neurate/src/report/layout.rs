//! What of a section stands where on the page: the part it belongs to, what stands open, and figures that are shown one at a
//! time. Data, so that every reader of a report finds the same order.

use schemars::JsonSchema;
use serde::Serialize;

/// A part of a report's page, in the order of the page.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What the circuit does and why.
    Verdict,
    /// What it does under its stimuli.
    TimeCourse,
    /// Fixed points, transfer functions, slow states, the mean field.
    OperatingPoint,
    /// Responses to inputs, and how certain they are.
    Responses,
    /// Eigenmodes, Schur modes, transient amplification.
    Modes,
    /// What noisy inputs become.
    Noise,
    /// Numerics, robustness and conversions: everything in it is folded.
    Details,
}

impl Part {
    /// All of them, in the order of the page.
    pub const ALL: [Part; 7] = [
        Part::Verdict,
        Part::TimeCourse,
        Part::OperatingPoint,
        Part::Responses,
        Part::Modes,
        Part::Noise,
        Part::Details,
    ];

    /// Machine name: `time_course`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Part::Verdict => "verdict",
            Part::TimeCourse => "time_course",
            Part::OperatingPoint => "operating_point",
            Part::Responses => "responses",
            Part::Modes => "modes",
            Part::Noise => "noise",
            Part::Details => "details",
        }
    }

    /// Heading on the page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Part::Verdict => "Verdict",
            Part::TimeCourse => "Time course",
            Part::OperatingPoint => "Operating point",
            Part::Responses => "Responses",
            Part::Modes => "Modes",
            Part::Noise => "Noise",
            Part::Details => "Details",
        }
    }
}

/// How much of a section stands open on the page; the rest is folded. So what matters most comes first in each list.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct Open {
    /// How many of its first sentences.
    pub sentences: usize,
    /// How many of its first figures; figures of one [`Alternatives`] count as one, which stands where its first figure does.
    pub figures: usize,
    /// How many of its first tables.
    pub tables: usize,
}

impl Open {
    /// So many sentences, figures and tables.
    #[must_use]
    pub const fn new(sentences: usize, figures: usize, tables: usize) -> Open {
        Open { sentences, figures, tables }
    }
}

impl Default for Open {
    /// One sentence.
    fn default() -> Open {
        Open::new(1, 0, 0)
    }
}

/// Figures of a section that are shown one choice at a time.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Alternatives {
    /// What is chosen, a phrase: `Response by frequency`.
    pub title: String,
    /// The choices; the first is shown first.
    pub choices: Vec<Alternative>,
}

/// One choice of [`Alternatives`].
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Alternative {
    /// Its name, a word or two: `input to E`.
    pub label: String,
    /// Machine names of its figures, which are shown together.
    pub figures: Vec<String>,
}

impl Alternatives {
    /// Without choices yet.
    pub fn new(title: impl Into<String>) -> Alternatives {
        Alternatives { title: title.into(), choices: vec![] }
    }

    /// With one choice more.
    #[must_use]
    pub fn or<S: Into<String>>(
        mut self,
        label: impl Into<String>,
        figures: impl IntoIterator<Item = S>,
    ) -> Alternatives {
        self.choices.push(Alternative {
            label: label.into(),
            figures: figures.into_iter().map(Into::into).collect(),
        });
        self
    }

    /// Itself, if there is something to choose.
    #[must_use]
    pub fn of_several(self) -> Option<Alternatives> {
        (self.choices.len() > 1).then_some(self)
    }
}
