//! Verbs that ask questions of one circuit: which questions, and which options mean something to them, follows from the
//! library's list of questions.

use crate::args::{Cli, Study};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, CommandFactory, FromArgMatches};
use neurate::report::{Choice, QUESTIONS, Question};
use neurate::{Error, Result};

/// A verb that asks questions of one circuit.
pub struct Verb {
    /// What is typed.
    pub name: &'static str,
    about: &'static str,
    examples: &'static str,
}

/// All of them, in the order of the help. `report` asks every question; the list of questions names the others' verbs.
pub static VERBS: [Verb; 10] = [
    Verb {
        name: "report",
        about: "Everything about a circuit, in one self-contained HTML page",
        examples: "neurate report circuit.toml -o circuit.html\nneurate report circuit.toml --json > circuit.json\n\
            neurate report circuit.toml --figures figures/",
    },
    Verb {
        name: "simulate",
        about: "Run the circuit under its stimuli and noise",
        examples: "neurate simulate circuit.toml -o run.csv\n\
            neurate simulate circuit.toml --set 'run.duration=1 s' --json\n\
            neurate simulate circuit.toml --trials 200 --set run.seed=3",
    },
    Verb {
        name: "fixed-points",
        about: "Find fixed points, with residuals, gains and stability",
        examples: "neurate fixed-points circuit.toml --set 'E.h=12'",
    },
    Verb {
        name: "diagram",
        about: "Steady states and limit cycles along a parameter: bifurcations, regimes, how complete they are; without one, which parameter is nearest to a change",
        examples: "neurate diagram circuit.toml --along 'E.h=-3:8'\n\
            neurate diagram circuit.toml\n\
            neurate diagram circuit.toml --along E.h\n\
            neurate diagram circuit.toml --along drive=0:60 --drive 'E.h=1,I.h=1.1'\n\
            neurate diagram circuit.toml --along 'W.E<-E=0.5:3' --show I -o diagram.svg",
    },
    Verb {
        name: "phase-plane",
        about: "Two states against each other: nullclines, flow, fixed points, manifolds of saddles, limit cycles",
        examples: "neurate phase-plane circuit.toml -o plane.svg\n\
            neurate phase-plane circuit.toml --x E --y I --json\n\
            neurate phase-plane circuit.toml --x E --y 'adaptation of E'",
    },
    Verb {
        name: "modes",
        about: "Eigenmodes, normality, Schur modes, transient amplification, pseudospectra",
        examples: "neurate modes circuit.toml\nneurate modes circuit.toml --order 1,0 --json\n\
            neurate modes circuit.toml --figures figures/\nneurate modes circuit.toml --figure spectrum -o spectrum.png\n\
            neurate modes W.npy --tau 20\nneurate modes circuit.toml --from E --to mean",
    },
    Verb {
        name: "response",
        about: "Response matrix, frequencies, inhibition stabilization, paradoxical responses; uncertain weights",
        examples: "neurate response circuit.toml\nneurate response circuit.toml --perturb I:0.3 -o response.html",
    },
    Verb {
        name: "noise",
        about: "What noisy inputs become: variance, correlations, dominant patterns, power spectra",
        examples: "neurate noise circuit.toml\nneurate noise circuit.toml -o noise.html",
    },
    Verb {
        name: "transfer",
        about: "Transfer functions and their gains at the operating point",
        examples: "neurate transfer circuit.toml --json\nneurate transfer circuit.toml -o transfer.html",
    },
    Verb {
        name: "mean-field",
        about: "Integrate-and-fire circuits: input, irregularity, oscillations, spectra, what the theory assumes",
        examples: "neurate mean-field brunel.toml --set 'synapses.*<-I.J=-0.45'\nneurate mean-field brunel.toml -o brunel.html",
    },
];

impl Verb {
    /// The verb of this name.
    pub fn named(name: &str) -> Option<&'static Verb> {
        VERBS.iter().find(|v| v.name == name)
    }

    /// The questions that it asks.
    pub fn questions(&self) -> Vec<&'static Question> {
        QUESTIONS.iter().filter(|q| self.name == "report" || q.verbs.contains(&self.name)).collect()
    }

    /// Whether an option changes one of its answers.
    fn takes(&self, choice: Choice) -> bool {
        // A report compares anyway.
        let implied = self.name == "report" && choice == Choice::Compare;
        !implied && self.questions().iter().any(|q| q.choices.contains(&choice))
    }

    /// The options that mean nothing to it.
    fn foreign(&self) -> Vec<&'static str> {
        let takes = |id: &str| OPTIONS.iter().any(|(choice, ids)| ids.contains(&id) && self.takes(*choice));
        let mut all: Vec<&str> = OPTIONS.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
        all.retain(|id| !takes(id));
        all
    }

    fn command(&self) -> Command {
        let examples: Vec<String> = self.examples.lines().map(|l| format!("  {l}")).collect();
        let title = if examples.len() > 1 { "Examples" } else { "Example" };
        let mut command = Study::augment_args(Command::new(self.name))
            .about(self.about)
            .long_about(None)
            .after_help(format!("{title}:\n{}", examples.join("\n")));
        for id in self.foreign() {
            command = command.mut_arg(id, |arg| arg.hide(true));
        }
        command
    }

    /// Its options, if all of those given mean something to it.
    pub fn read(&self, matches: &ArgMatches) -> Result<Study> {
        for id in self.foreign() {
            if matches.value_source(id) == Some(ValueSource::CommandLine) {
                let option = format!("--{}", id.replace('_', "-"));
                let others: Vec<String> = VERBS
                    .iter()
                    .filter(|v| !v.foreign().contains(&id))
                    .map(|v| format!("`neurate {}`", v.name))
                    .collect();
                return Err(Error::invalid(format!("{option} means nothing to `neurate {}`", self.name))
                    .with_help(format!("leave it out; it is an option of {}", others.join(", "))));
            }
        }
        Study::from_arg_matches(matches).map_err(|e| Error::invalid(e.to_string()))
    }
}

/// Which options make which choice.
const OPTIONS: &[(Choice, &[&str])] = &[
    (Choice::At, &["at"]),
    (Choice::Search, &["search_seed", "starts"]),
    (Choice::Order, &["order"]),
    (Choice::Between, &["from", "to"]),
    (Choice::Trials, &["trials"]),
    (Choice::Compare, &["compare"]),
    (Choice::Threads, &["threads"]),
    (Choice::Perturb, &["perturb", "seed"]),
    (Choice::Samples, &["seed", "samples"]),
    (Choice::Diagram, &["along", "drive", "show", "effort", "no_cycles"]),
    (Choice::Plane, &["x", "y"]),
];

/// The whole command line: these verbs, and those that ask nothing.
pub fn command() -> Command {
    // Between `params` and `sweep`, as one works: look, ask, vary.
    let mut command = Cli::command();
    for (k, verb) in VERBS.iter().enumerate() {
        command = command.subcommand(verb.command().display_order(10 + k));
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn every_question_has_its_verb_and_every_verb_its_questions() {
        for q in QUESTIONS {
            for verb in q.verbs {
                assert!(Verb::named(verb).is_some(), "{} is asked by {verb}, which is no verb", q.name);
            }
        }
        for verb in &VERBS {
            assert!(!verb.questions().is_empty(), "{} asks nothing", verb.name);
        }
    }

    #[test]
    fn a_verb_takes_what_changes_its_answers_and_nothing_else() {
        for verb in &VERBS {
            for (choice, ids) in OPTIONS {
                for id in *ids {
                    let option = format!("--{}", id.replace('_', "-"));
                    let mut line = vec!["neurate", verb.name, "circuit.toml", &option];
                    if !matches!(*id, "compare" | "no_cycles") {
                        line.push("1");
                    }
                    let matches = command().try_get_matches_from(line).expect("it parses");
                    let (_, matches) = matches.subcommand().expect("a verb");
                    let means = OPTIONS.iter().any(|(c, all)| all.contains(id) && verb.takes(*c));
                    assert_eq!(verb.read(matches).is_ok(), means, "{} {option} ({choice:?})", verb.name);
                }
            }
        }
        let modes = Verb::named("modes").expect("a verb");
        assert!(modes.takes(Choice::Order) && !modes.takes(Choice::Trials));
    }
}
