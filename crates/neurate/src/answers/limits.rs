//! The sizes above which an answer, or a part of it, is not computed, and why: what a part would cost there.
//!
//! A circuit above one of them gets all other parts. Fields that are null for their size state it in their
//! documentation. Measured times are those of one thread of a machine with AVX-512 (`ARCHITECTURE.md`). Sizes at which
//! a report draws or lists less than it has are the report's own.

use crate::linear::response;

// Whole answers.

/// Units up to which [`Structure`](super::Structure) has an answer: its feedforward weights need a Schur form, which
/// takes 3.3 s for 2,000 units and grows as n^2.8, to about 23 s here.
pub const STRUCTURE_UNITS: usize = 4000;
/// Units up to which [`Pseudospectra`](super::Pseudospectra) have an answer, which takes half a minute here.
pub const PSEUDOSPECTRA_UNITS: usize = 2000;
/// Units up to which [`Fluctuations`](super::Fluctuations) are computed: two decompositions of the size of a Schur form
/// and their products. A Lyapunov equation takes 0.8 s for 1,000 units and grows with the third power, to about 3 s
/// here.
pub const NOISE_UNITS: usize = 1500;

// Parts of answers, by units.

/// Units up to which the signs of all weights are looked at, in [`Description`](super::Description): of so many units
/// the dense weights take 32 MB.
pub const SIGN_UNITS: usize = 2000;
/// Units up to which [`Trials`](super::Trials) have a covariance, which takes 32 MB here.
pub const TRIAL_COVARIANCE_UNITS: usize = 2000;
/// States up to which [`Diagram`](super::Diagram) looks for limit cycles: a step along a branch of them solves hundreds of
/// blocks of that size.
pub const CYCLE_STATES: usize = 400;
/// States up to which [`Diagram`](super::Diagram) has the eigenvalues at every point: above, their table has more numbers than
/// anybody reads.
pub const SPECTRUM_STATES: usize = 60;
/// States up to which [`NearestChanges`](super::NearestChanges) follows the operating point: a step has the eigenvalues of two points,
/// and there are some hundred steps for each parameter.
pub const CHANGES_STATES: usize = 200;
/// Units up to which [`Amplification`](super::Amplification) has the energies of initial patterns: a Lyapunov equation,
/// whose cost grows with the third power.
pub const ENERGY_UNITS: usize = 1500;
/// Units up to which [`Responses`](super::Responses) has those to sinusoidal inputs: two decompositions and a few
/// hundred substitutions.
pub const FREQUENCY_UNITS: usize = 1500;
/// Units up to which a run is compared with the linearization, in [`TimeCourses`](super::TimeCourses) and
/// [`Trials`](super::Trials). The comparison needs the operating point, and above this size the search for it costs
/// more than the run.
pub const COMPARED_UNITS: usize = 1000;
/// Units up to which [`Pseudospectra`](super::Pseudospectra) have the Kreiss constant: it takes six searches along
/// lines, whose cost grows with the third power each.
pub const KREISS_UNITS: usize = 600;
/// Units up to which [`NoisePairs`](super::NoisePairs) have covariances by lag: they take exponentials of matrices of
/// up to twice the circuit's size.
pub const LAGGED_UNITS: usize = 400;
/// Units up to which the modes of a time course are taken apart, in [`TimeCourses`](super::TimeCourses): all parts are
/// solved as one linear system of that size and more.
pub const FED_UNITS: usize = 400;
/// Units up to which all sign changes of a response and the bound of its largest gain are computed, by eigenvalues, in
/// [`FrequencyResponses`](super::FrequencyResponses); above, a grid of frequencies shows them.
pub const CERTIFIED_RESPONSE_UNITS: usize = response::MAX_CERTIFIED_RESPONSE;
/// Units up to which Gram-Schmidt is done on the eigenvectors, in [`SchurModes`](super::SchurModes): its cost grows
/// with the third power, to seconds at 1,000 units.
pub const GRAM_SCHMIDT_UNITS: usize = 200;
/// Units up to which [`Responses`](super::Responses) has those to inputs that are not small: each of a hundred steps
/// solves the circuit again.
pub const FINITE_INPUT_UNITS: usize = 120;
/// Units up to which [`Amplification`](super::Amplification) has that from each population to each: as many searches as
/// there are pairs.
pub const AMPLIFICATION_BETWEEN_UNITS: usize = 60;
/// Units of a strongly connected component up to which [`Verdict`](super::Verdict) has its modes and amplification, where it
/// is a part of the circuit only: they take decompositions of its own.
pub const COMPONENT_UNITS: usize = 600;
/// Units up to which [`Verdict`](super::Verdict) compares other conditions: each takes a search for fixed points.
pub const CONDITION_UNITS: usize = 200;
/// Units from which [`Verdict`](super::Verdict) counts the links that carry the feedforward weight: fewer can be seen.
pub const LINKED_FROM: usize = 20;
/// Units of a population from which its single units are counted, in [`PartialResponses`](super::PartialResponses): a
/// share of fewer says little.
pub const SINGLE_UNITS_FROM: usize = 8;

// Parts of answers, by populations.

/// Populations up to which there is a curve for each pair of them: responses to sinusoidal inputs in
/// [`Responses`](super::Responses), where a frequency costs a substitution for every population; coherence and lagged
/// covariance in [`Fluctuations`](super::Fluctuations); and in JSON the cross-spectra of
/// [`Oscillations`](super::Oscillations). So many have 144 ordered pairs.
pub const PAIRED_POPULATIONS: usize = 12;
/// Populations up to which [`Amplification`](super::Amplification) has that from each to each, a search for each of the
/// 36 pairs.
pub const AMPLIFICATION_BETWEEN_POPULATIONS: usize = 6;
/// Populations besides the excitatory ones up to which [`Responses`](super::Responses) has every part of the circuit:
/// 64 parts, whose eigenvalues are computed. Above, it has those without any of them, with one, with all but one, and
/// with all.
pub const SUBSET_POPULATIONS: usize = response::MAX_OTHERS;
/// Populations up to which the resonance of every pair is sought, in [`FrequencyResponses`](super::FrequencyResponses):
/// each takes a few hundred substitutions. Above, only those of a population's response to its own input are.
pub const RESONANT_PAIR_POPULATIONS: usize = 4;
/// Populations whose inputs that are not small are followed, in [`Responses`](super::Responses): each input takes the
/// hundred steps of [`FINITE_INPUT_UNITS`].
pub const FINITE_INPUT_POPULATIONS: usize = 2;

// Lengths of lists.

/// Numbers of a run up to which the units' states are kept, in [`TimeCourses`](super::TimeCourses), of a circuit that
/// is not compared with its linearization: 160 MB.
pub const KEPT_NUMBERS: usize = 20_000_000;
/// Strongly connected components that [`Verdict`](super::Verdict) lists, the largest.
pub const LISTED_COMPONENTS: usize = 24;
/// Conditions that it compares, the first of the file.
pub const LISTED_CONDITIONS: usize = 8;
/// Feedforward links that [`SchurModes`](super::SchurModes) lists, the strongest. `T` has all.
pub const LISTED_LINKS: usize = 10;
/// Principal components that [`Fluctuations`](super::Fluctuations) lists, the strongest. The covariance has all.
pub const NOISE_PATTERNS: usize = 3;
/// Modes that are taken apart, in [`TimeCourses`](super::TimeCourses), the largest: the parts of each are further states
/// of that linear system.
pub const FED_MODES: usize = 3;
/// Modes that are listed as sources of each of these; all others count together.
pub const FEEDING_MODES: usize = 4;
/// Eigenmodes that have their vectors in JSON, in [`Eigenmodes`](super::Eigenmodes), if those of all have more than
/// [`MAX_ENTRIES_IN_JSON`](crate::study::MAX_ENTRIES_IN_JSON) numbers. Python has all.
pub const VECTORS_IN_JSON: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::*;
    use schemars::{JsonSchema, schema_for};

    /// The schema, descriptions included, with every description on one line.
    fn schema<A: JsonSchema>() -> String {
        serde_json::to_string(&schema_for!(A)).expect("a schema is JSON").replace("\\n", " ")
    }

    /// `4,000`; small numbers in words, as the documentation has them.
    fn words(n: usize) -> String {
        let small =
            ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
        match n {
            0..=1 | 13..=999 => n.to_string(),
            2..=12 => small[n - 2].into(),
            1000..=999_999 => format!("{},{:03}", n / 1000, n % 1000),
            _ => format!("{} million", n / 1_000_000),
        }
    }

    #[test]
    fn documentation_states_the_limits() {
        let above = |n: usize| format!("above {} units", words(n));
        let above_states = |n: usize| format!("above {} states", words(n));
        let (responses, amplification) = (schema::<Responses>(), schema::<Amplification>());
        let (courses, noise, spectra) =
            (schema::<TimeCourses>(), schema::<Fluctuations>(), schema::<Pseudospectra>());
        let (verdict, diagram) = (schema::<Verdict>(), schema::<Diagram>());
        let stated = [
            (diagram.clone(), above_states(SPECTRUM_STATES)),
            (diagram, above_states(CYCLE_STATES)),
            (schema::<NearestChanges>(), above_states(CHANGES_STATES)),
            (schema::<Structure>(), format!("Of circuits of 2 to {} units", words(STRUCTURE_UNITS))),
            (include_str!("structure.rs").into(), format!("a size of at most {STRUCTURE_UNITS} units")),
            (spectra.clone(), above(PSEUDOSPECTRA_UNITS)),
            (spectra, above(KREISS_UNITS)),
            (noise.clone(), above(NOISE_UNITS)),
            (noise.clone(), above(LAGGED_UNITS)),
            (noise.clone(), format!("above {PAIRED_POPULATIONS} populations")),
            (noise, format!("The {} strongest principal components", words(NOISE_PATTERNS))),
            (schema::<Description>(), above(SIGN_UNITS)),
            (schema::<Trials>(), above(TRIAL_COVARIANCE_UNITS)),
            (schema::<Trials>(), above(COMPARED_UNITS)),
            (courses.clone(), above(COMPARED_UNITS)),
            (courses.clone(), above(FED_UNITS)),
            (courses, format!("above {} numbers", words(KEPT_NUMBERS))),
            (schema::<SchurModes>(), above(GRAM_SCHMIDT_UNITS)),
            (schema::<SchurModes>(), format!("The {} strongest links", words(LISTED_LINKS))),
            (amplification.clone(), above(ENERGY_UNITS)),
            (
                amplification,
                format!(
                    "Of two to {} populations with up to {AMPLIFICATION_BETWEEN_UNITS} units",
                    words(AMPLIFICATION_BETWEEN_POPULATIONS)
                ),
            ),
            (responses.clone(), format!("{} or {PAIRED_POPULATIONS} populations", above(FREQUENCY_UNITS))),
            (responses.clone(), above(CERTIFIED_RESPONSE_UNITS)),
            (responses.clone(), above(FINITE_INPUT_UNITS)),
            (responses.clone(), format!("at most {} populations", words(FINITE_INPUT_POPULATIONS))),
            (responses.clone(), format!("up to {} other populations", words(SUBSET_POPULATIONS))),
            (responses, format!("populations of {} units or more", words(SINGLE_UNITS_FROM))),
            (schema::<Oscillations>(), format!("in JSON above {PAIRED_POPULATIONS} populations")),
            (verdict.clone(), above(COMPONENT_UNITS)),
            (verdict.clone(), above(CONDITION_UNITS)),
            (verdict.clone(), above(FINITE_INPUT_UNITS)),
            (verdict.clone(), format!("one component of {LINKED_FROM} units or more")),
            (verdict.clone(), format!("up to {} units", words(STRUCTURE_UNITS))),
            (verdict.clone(), format!("The {LISTED_COMPONENTS} with the most units")),
            (verdict, format!("up to {} of them", words(LISTED_CONDITIONS))),
            (schema::<Eigenmodes>(), format!("only the first {}", words(VECTORS_IN_JSON))),
        ];
        for (text, limit) in stated {
            assert!(text.contains(&limit), "\"{limit}\" stands nowhere in {text}");
        }
    }
}
