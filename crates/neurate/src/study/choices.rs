//! What a user may choose about the analyses.

use super::along::Along;
use super::part::Part;
use super::patterns::Channels;
use crate::fixed_points::SearchOptions;
use crate::linear::modes::Order;
use crate::simulate::RunOptions;

/// What a user may choose about the analyses: the default, and what differs from it.
///
/// ```
/// use neurate::prelude::*;
/// let choices = Choices::default().at(2).order(Order::SlowFirst).search(SearchOptions::default().starts(100));
/// assert_eq!((choices.at, choices.search.starts), (Some(2), Some(100)));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Choices {
    /// The fixed point to analyze, by its position in the list (from 1); None: the one that a run
    /// from rest reaches, else the stable one of lowest rates.
    pub at: Option<usize>,
    /// Order of the Schur modes.
    pub order: Order,
    /// Where deviations begin whose amplification is asked for; None: anywhere. [`channels`](super::channels) reads it from
    /// text, for [`Side::From`](super::Side::From).
    pub from: Option<Channels>,
    /// Where they are seen, for [`Side::To`](super::Side::To); None: everywhere. With neither there is no such question.
    pub to: Option<Channels>,
    /// The search for fixed points.
    pub search: SearchOptions,
    /// What runs are asked for; reports are about the circuit without its noise.
    pub run: RunOptions,
    /// Whether runs are compared with the linearization, for which fixed points are sought.
    pub compare: bool,
    /// Number of noisy runs at once.
    pub trials: Option<usize>,
    /// Parts of populations to stimulate.
    pub perturb: Vec<Part>,
    /// Seed of what analyses draw: parts of populations, samples of uncertain parameters.
    pub seed: u64,
    /// Number of samples of uncertain parameters; None: by the circuit's size.
    pub samples: Option<usize>,
    /// The parameters that a diagram is drawn along; empty: those of the file.
    pub along: Vec<Along>,
    /// The population whose state a diagram shows first; None: the file's choice, else the first population.
    pub show: Option<String>,
    /// How hard a diagram is looked for, 1 to 3: at 33, 65 or 129 values of the parameter.
    pub effort: usize,
    /// Whether a diagram has limit cycles.
    pub cycles: bool,
    /// The two states of a phase plane: populations, units or slow states; None: the circuit's own two, if it has no more.
    pub plane: Option<(String, String)>,
    /// Whether the nearest changes of the operating point are asked for: what a diagram without a parameter is.
    pub nearest_changes: bool,
}

impl Default for Choices {
    fn default() -> Self {
        Choices {
            at: None,
            order: Order::SumFirst,
            from: None,
            to: None,
            search: SearchOptions::default(),
            run: RunOptions::default(),
            compare: true,
            trials: None,
            perturb: vec![],
            seed: 1,
            samples: None,
            along: vec![],
            show: None,
            effort: 1,
            cycles: true,
            plane: None,
            nearest_changes: false,
        }
    }
}

impl Choices {
    /// The fixed point to analyze, by its position from 1.
    #[must_use]
    pub fn at(mut self, at: impl Into<Option<usize>>) -> Choices {
        self.at = at.into();
        self
    }
    /// The order of the Schur modes.
    #[must_use]
    pub fn order(mut self, order: Order) -> Choices {
        self.order = order;
        self
    }
    /// Where deviations begin whose amplification is asked for.
    #[must_use]
    pub fn from(mut self, from: impl Into<Option<Channels>>) -> Choices {
        self.from = from.into();
        self
    }
    /// Where they are seen.
    #[must_use]
    pub fn to(mut self, to: impl Into<Option<Channels>>) -> Choices {
        self.to = to.into();
        self
    }
    /// The search for fixed points.
    #[must_use]
    pub fn search(mut self, search: SearchOptions) -> Choices {
        self.search = search;
        self
    }
    /// What runs are asked for.
    #[must_use]
    pub fn run(mut self, run: RunOptions) -> Choices {
        self.run = run;
        self
    }
    /// Whether runs are compared with the linearization.
    #[must_use]
    pub fn compare(mut self, compare: bool) -> Choices {
        self.compare = compare;
        self
    }
    /// The number of noisy runs at once.
    #[must_use]
    pub fn trials(mut self, trials: impl Into<Option<usize>>) -> Choices {
        self.trials = trials.into();
        self
    }
    /// The parts of populations to stimulate.
    #[must_use]
    pub fn perturb(mut self, perturb: Vec<Part>) -> Choices {
        self.perturb = perturb;
        self
    }
    /// The seed of what analyses draw.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Choices {
        self.seed = seed;
        self
    }
    /// The number of samples of uncertain parameters.
    #[must_use]
    pub fn samples(mut self, samples: impl Into<Option<usize>>) -> Choices {
        self.samples = samples.into();
        self
    }
    /// The parameters that a diagram is drawn along.
    #[must_use]
    pub fn along(mut self, along: Vec<Along>) -> Choices {
        self.along = along;
        self
    }
    /// The population whose state a diagram shows first.
    #[must_use]
    pub fn show(mut self, show: impl Into<Option<String>>) -> Choices {
        self.show = show.into();
        self
    }
    /// How hard a diagram is looked for, 1 to 3.
    #[must_use]
    pub fn effort(mut self, effort: usize) -> Choices {
        self.effort = effort.clamp(1, 3);
        self
    }
    /// The two states of a phase plane.
    #[must_use]
    pub fn plane(mut self, plane: impl Into<Option<(String, String)>>) -> Choices {
        self.plane = plane.into();
        self
    }
    /// Whether the nearest changes of the operating point are asked for.
    #[must_use]
    pub fn nearest_changes(mut self, asked: bool) -> Choices {
        self.nearest_changes = asked;
        self
    }
    /// Whether a diagram has limit cycles.
    #[must_use]
    pub fn cycles(mut self, cycles: bool) -> Choices {
        self.cycles = cycles;
        self
    }
}

/// Words that have become others: what used to be asked for by the first is now called the second.
const RENAMED: [(&str, &str); 3] =
    [("growth", "amplification"), ("linearisation", "linearization"), ("stabilise", "stabilize")];

/// The word that took the place of another one.
pub fn renamed(old: &str) -> Option<&'static str> {
    RENAMED.iter().find(|(word, _)| *word == old).map(|(_, new)| *new)
}
