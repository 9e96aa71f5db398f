//! What the verdict says of every example: the claims and numbers that a reader should find first.

use crate::files::example_file;
use neurate::prelude::*;
use neurate::report::{QUESTIONS, Report, question_named};
use std::path::Path;

fn study(example: &str) -> Study {
    let spec = file::read(&example_file(example), &[]).unwrap();
    Study::new(spec.build().unwrap(), Choices::default()).described_by(spec)
}

fn sentences(study: &Study) -> Vec<String> {
    let section = (question_named("verdict").unwrap().section)(study).unwrap();
    assert!((1..=5).contains(&section.verdict.len()), "{:#?}", section.verdict);
    for sentence in &section.verdict {
        assert!(
            sentence.ends_with('.') && !sentence.contains("e-") && !sentence.contains("  "),
            "{sentence}"
        );
        let hyphen = sentence.split([' ', '(']).any(|w| w.starts_with('-'));
        assert!(!hyphen, "one minus sign: {sentence}");
    }
    section.verdict
}

#[track_caller]
fn says(example: &str, phrases: &[&str]) {
    let told = sentences(&study(example)).join("\n");
    for phrase in phrases {
        assert!(told.contains(phrase), "{example}: \"{phrase}\" is missing in\n{told}");
    }
}

#[test]
fn two_circuits_in_one_file_have_two_verdicts() {
    says(
        "murphy-miller",
        &[
            "H amplifies constant input 4-fold and is 4× slower than an isolated unit (80 ms): Hebbian amplification.",
            "The E/I pair amplifies E − I imbalances 2.8-fold into E + I activity within 16 ms, although none of its own modes is slower than 20 ms: balanced amplification.",
            "The weight matrix of the E/I pair is strongly non-normal: 99.8 % of its squared norm is feedforward",
            "Inhibition-stabilized (ISN)",
            "Paradoxical response: I decreases when I is driven (−2.3), provided more than 30 % of the I cells are stimulated.",
        ],
    );
    let verdict = study("murphy-miller").ask::<answers::Verdict>().unwrap();
    let [h, pair] = &verdict.components[..] else { panic!("{:?}", verdict.components) };
    assert_eq!(
        (h.kind, pair.kind),
        (Some(answers::ComponentKind::Hebbian), Some(answers::ComponentKind::Balanced))
    );
    let slowest = h.slowest.as_ref().unwrap();
    assert!((slowest.tau - 80.0).abs() < 1e-9 && (slowest.static_gain - 4.0).abs() < 1e-12);
    let a = pair.amplification.as_ref().unwrap();
    // The closed form of the lecture, as in the tests of transient amplification.
    assert!((a.max - 2.793_279_594_78).abs() < 1e-9 && (a.time / 20.0 - 0.801_745_639).abs() < 1e-5);
    // 81 of 2 (w_E² + w_I²), with w_E = 30/7, w_I = 33/7.
    let squared = 2.0 * ((30.0f64 / 7.0).powi(2) + (33.0f64 / 7.0).powi(2));
    assert!((pair.feedforward_share.unwrap() - 81.0 / squared).abs() < 1e-12);
    // H by itself has no inhibition that could stabilize it.
    assert_eq!(h.isn, Some(answers::InhibitionStabilization::NoSuchCells));
    assert_eq!(pair.isn, Some(answers::InhibitionStabilization::Stabilized));
}

#[test]
fn a_condition_changes_the_sign_of_a_response() {
    // From the steady-state equations with f's slopes, solved by another program: −0.2420 and 0.8436 Hz/pA.
    says(
        "garcia-del-molino-2017",
        &[
            "when VIP is driven, SST decreases here (−0.242 Hz/pA) and increases in the condition active (0.844 Hz/pA)",
            "Not an ISN",
        ],
    );
    let first = sentences(&study("garcia-del-molino-2017")).remove(0);
    assert!(first.starts_with("The operating point decides the sign"), "{first}");
    let verdict = study("garcia-del-molino-2017").ask::<answers::Verdict>().unwrap();
    let [active] = &verdict.conditions[..] else { panic!("{:?}", verdict.conditions) };
    let rates = active.rates.as_ref().unwrap().data().to_vec();
    for (found, expected) in rates.iter().zip([30.0, 50.0, 30.0, 20.0]) {
        assert!((found - expected).abs() < 1e-6, "{rates:?}");
    }
    // Under the condition itself there is nothing to compare with.
    let spec = file::read(&example_file("garcia-del-molino-2017"), &[]).unwrap().under("active").unwrap();
    let there = Study::new(spec.build().unwrap(), Choices::default()).described_by(spec);
    assert!(there.ask::<answers::Verdict>().unwrap().conditions.is_empty());
    // Nor without the description.
    let alone = Study::new(study("garcia-del-molino-2017").circuit().clone(), Choices::default());
    assert!(alone.ask::<answers::Verdict>().unwrap().sign_changes.is_empty());
}

#[test]
fn standard_errors_say_how_sure_the_verdict_is() {
    says(
        "measured-weights",
        &[
            "The circuit is probably an ISN (P = 0.93): without inhibitory feedback the excitatory subnetwork is unstable",
            "PV decreases when PV is driven (−0.403 Hz",
            "P = 0.82",
            "more than 76 % of the PV cells",
            "Most of the uncertainty of PV's response (76 %) comes from W_EE.",
            "PV is necessary and sufficient to stabilize E; SST is not needed.",
        ],
    );
}

#[test]
fn random_networks_say_how_much_is_feedforward_and_name_no_link() {
    says(
        "random-dale",
        &[
            "The slowest mode of the circuit amplifies constant input 3.6-fold and is 3.6× slower than an isolated unit (72 ms): Hebbian amplification.",
            "77 % of the squared norm of W is feedforward",
            "2,764 of 5,764 links carry 90 % of it",
        ],
    );
    says("low-rank", &["amplifies constant input 6-fold and is 6× slower than an isolated unit (120 ms)"]);
    says("orientation-ring", &["3.8-fold and is 3.8× slower than an isolated unit (76 ms)", "(ISN)"]);
}

#[test]
fn balanced_amplification_is_called_so() {
    says(
        "balanced",
        &[
            "The E/I pair amplifies E − I imbalances 1.6-fold into E + I activity within 17 ms, although none of its modes is slower than 20 ms: balanced amplification.",
        ],
    );
    says(
        "brunel",
        &[
            "E − I imbalances 3.4-fold into E + I activity within 12 ms",
            "none of its modes is slower than 20 ms",
        ],
    );
    says(
        "lif",
        &[
            "E − I imbalances 1.7-fold into E + I activity within 6.9 ms",
            "none of its modes is slower than 10 ms",
        ],
    );
    says(
        "microcircuit",
        &[
            "amplifies imbalances of excitation and inhibition 2.1-fold within 2 ms",
            "L4I and L5I are necessary and sufficient to stabilize the excitatory populations",
        ],
    );
    // Both at once, and from which input on it is an ISN: h = 7.8425 of 20 mV, as the example says.
    says(
        "ssn",
        &[
            "E − I imbalances 2.6-fold into E + I activity within 16 ms, although its slowest mode (42 ms) is only 2.1× slower than its slowest isolated unit: balanced amplification.",
            "That slowest mode also amplifies constant input 3.1-fold (Hebbian amplification).",
            "it is one from 39 % of its constant input on",
            "I decreases when I is driven (−11.3 Hz/mV), provided more than 21 % of the I cells are stimulated.",
        ],
    );
    let share = study("ssn").ask::<answers::Verdict>().unwrap().isn_from_share.unwrap();
    assert!((20.0 * share - 7.8425).abs() < 1e-3, "{share}");
}

#[test]
fn weak_recurrence_is_told_with_what_inhibition_does() {
    says(
        "isn-paradox",
        &[
            "Recurrence causes little amplification: no pattern is amplified more than 1.2-fold",
            "Inhibition-stabilized (ISN): without inhibitory feedback the excitatory subnetwork is unstable",
            "Paradoxical response: I decreases when I is driven (−0.333), provided more than 75 % of the I cells are stimulated.",
            "The circuit leaves the ISN regime when the input to I rises by 1.4 Hz.",
        ],
    );
    says("conductance", &["no pattern is amplified transiently", "Not an ISN"]);
    says(
        "slow-states",
        &["With its slow states, the slowest mode decays with the time constant 126 ms", "Not an ISN"],
    );
}

#[test]
fn several_states_or_none_come_first() {
    let first = |example: &str| sentences(&study(example)).remove(0);
    let told = first("bistable");
    assert!(
        told.starts_with("The circuit is bistable: 2 of the 3 fixed points") && told.contains("S 3.73"),
        "{told}"
    );
    says("bistable", &["S + N − I imbalances 4.3-fold into S + N + I activity within 18 ms"]);
    let told = first("wong-wang-2006");
    assert!(told.starts_with("The circuit is multistable: 3 of the 5 fixed points"), "{told}");
    says(
        "wong-wang-2006",
        &["The slowest mode (A − B) of the circuit amplifies constant input 4.9-fold and is 4.9× slower"],
    );
    // The period by another program: 40.0273 ms, E between 0.1015 and 0.2715, I between 0.0214 and 0.1974.
    let told = first("wilson-cowan-1972");
    assert!(told.contains("limit cycle of period 40 ms (25 Hz), E between 0.102 and 0.271 Hz"), "{told}");
    says("wilson-cowan-1972", &["There is no stable fixed point, so modes and responses were not computed."]);
    let cycle = study("wilson-cowan-1972").ask::<answers::Verdict>().unwrap().limit_cycle.clone().unwrap();
    assert!((cycle.period - 40.02729).abs() < 1e-3, "{}", cycle.period);
}

fn parsed(text: &str) -> Study {
    let spec = file::parse(text, "verdict.toml", Path::new("."), &[]).unwrap();
    Study::new(spec.build().unwrap(), Choices::default()).described_by(spec)
}

#[test]
fn links_between_components_are_feedforward() {
    let chain = parsed(
        "neurate = 1\n[populations]\nA = { tau = 10 }\nB = { tau = 20 }\nC = { tau = 20 }\n[W]\ndefault = 0\n\
         \"A <- A\" = 0.75\n\"B <- A\" = 3\n\"C <- B\" = 1\n\"B <- B\" = 0.1\n",
    );
    let told = sentences(&chain).join("\n");
    assert!(
        told.contains("A amplifies constant input 4-fold and is 4× slower than an isolated unit (40 ms)"),
        "{told}"
    );
    assert!(told.contains("A drives B and B drives C; nothing feeds back."), "{told}");
    let verdict = chain.ask::<answers::Verdict>().unwrap();
    let kinds: Vec<_> = verdict.components.iter().map(|c| c.kind.unwrap()).collect();
    use answers::ComponentKind::{Hebbian, Isolated, Weak};
    assert_eq!(kinds, [Hebbian, Weak, Isolated]);
    assert_eq!(verdict.components[2].driven_by, [2]);
}

#[test]
fn components_that_do_little_are_told_together() {
    let of = |weights: &str| {
        let text = format!(
            "neurate = 1\n[populations]\nA = {{ tau = 10 }}\nB = {{ tau = 20 }}\n[W]\ndefault = 0\n{weights}\n"
        );
        sentences(&parsed(&text)).join("\n")
    };
    let told = of("\"B <- A\" = 0.5");
    assert!(
        told.contains("There is no recurrence") && told.contains("A drives B; nothing feeds back."),
        "{told}"
    );
    let told = of("\"A <- A\" = 0.2\n\"B <- B\" = 0.1");
    assert!(told.contains("no component amplifies any pattern transiently"), "{told}");
    assert!(told.contains("A and B do not act on each other."), "{told}");
}

/// Linear units with `tau = 20` and these weights.
fn linear(units: &str, weights: &[&str]) -> String {
    let populations: String = units.chars().map(|name| format!("{name} = {{ tau = 20 }}\n")).collect();
    let weights = weights.join("\n");
    let text = format!("neurate = 1\n[populations]\n{populations}[W]\ndefault = 0\n{weights}\n");
    sentences(&parsed(&text)).join("\n")
}

#[test]
fn the_most_remarkable_components_are_told() {
    let told =
        linear("ABCD", &["\"A <- A\" = 0.4", "\"B <- B\" = 0.5", "\"C <- C\" = 0.6", "\"D <- D\" = 0.9"]);
    assert!(told.contains("D amplifies constant input 10-fold") && !told.contains("A amplifies"), "{told}");
    assert!(told.find("C amplifies") < told.find("D amplifies"), "{told}");
    assert!(told.contains("4 components that do not act on each other."), "{told}");
}

#[test]
fn links_between_components_amplify() {
    // exp(−t) (5t + √(25t² + 4))/2 is largest, 1.9161, at t = √21/5 time constants.
    let told = linear("AB", &["\"B <- A\" = 5"]);
    let between = "The feedforward links between components amplify some patterns 1.9-fold within 18 ms, although no mode is slower than 20 ms.";
    assert!(told.contains(between), "{told}");
    let few = linear("AB", &["\"B <- A\" = 0.5", "\"A <- A\" = 0.8"]);
    assert!(!few.contains("links between components amplify"), "{few}");
    // A mode that is slower than links amplify is no cost to be praised for.
    let slow = linear("AB", &["\"B <- A\" = 3", "\"A <- A\" = 0.8"]);
    assert!(slow.contains("links between components amplify some patterns"), "{slow}");
    assert!(!slow.contains("although"), "{slow}");
    let chain = ["\"B <- A\" = 0.1", "\"C <- B\" = 0.1", "\"D <- C\" = 0.1", "\"F <- D\" = 0.1"];
    let told = linear("ABCDF", &chain);
    let links = "The circuit consists of 5 strongly connected components without feedback between them; the largest has 1 of its 5 units.";
    assert!(told.contains(links), "{told}");
}

/// A population of `n` linear units with these entries of its weight matrix (row, column, weight).
fn one_population(n: usize, entries: &[(usize, usize, f64)]) -> String {
    let value = |i, j| entries.iter().find(|e| (e.0, e.1) == (i, j)).map_or(0.0, |e| e.2);
    let row = |i| (0..n).map(|j| format!("{:?}", value(i, j))).collect::<Vec<_>>().join(", ");
    let rows = (0..n).map(|i| format!("[{}]", row(i))).collect::<Vec<_>>().join(",\n");
    let text = format!(
        "neurate = 1\n[populations]\nA = {{ size = {n}, tau = 20 }}\n[W]\n\"A <- A\" = [\n{rows}\n]\n"
    );
    sentences(&parsed(&text)).join("\n")
}

#[test]
fn components_of_one_population_have_different_names() {
    let told = one_population(4, &[(0, 1, 0.6), (1, 0, 0.6), (2, 3, 0.7), (3, 2, 0.7)]);
    assert!(told.contains("of the pair A[0], A[1] amplifies"), "{told}");
    assert!(told.contains("of the pair A[2], A[3] amplifies"), "{told}");
    let ring = |from: usize| (0..3).map(move |k| (from + k, from + (k + 1) % 3, 0.7));
    let told = one_population(6, &ring(0).chain(ring(3)).collect::<Vec<_>>());
    assert!(told.contains("of component 1 (3 units of A) amplifies"), "{told}");
    assert!(told.contains("Component 1 (3 units of A) and component 2 (3 units of A) do not act"), "{told}");
}

#[test]
fn components_that_are_not_listed_are_told() {
    // 30 units, of which the last acts on itself.
    let told = one_population(30, &[(29, 29, 0.75)]);
    assert!(told.contains("A[29] amplifies constant input 4-fold"), "{told}");
    let pairs: Vec<_> = (0..30).flat_map(|k| [(2 * k, 2 * k + 1, 0.1), (2 * k + 1, 2 * k, 0.1)]).collect();
    let told = one_population(60, &pairs);
    assert!(told.contains("none of the components that were analyzed amplifies any pattern"), "{told}");
    assert!(told.contains("time constant 22 ms"), "{told}");
    assert!(told.contains("Only the 24 largest of 30 components were analyzed."), "{told}");
}

#[test]
fn silence_is_named_as_the_reason() {
    let of = |h: f64| {
        let text = format!(
            "neurate = 1\n[populations]\nE = {{ kind = \"excitatory\", tau = 10, h = {h}, f = \"threshold-linear\" }}\n\
             I = {{ kind = \"inhibitory\", tau = 10, h = 2, f = \"threshold-linear\" }}\n\
             [W]\n\"E <- E\" = 1.5\n\"E <- I\" = -2\n\"I <- E\" = 2\n\"I <- I\" = -1\n"
        );
        sentences(&parsed(&text)).join("\n")
    };
    let told = of(-1.0);
    assert!(told.contains("Not an ISN: E is silent here (gain 0)"), "{told}");
    assert!(!told.contains("There is no recurrence"), "{told}");
    assert!(!of(3.0).contains("silent"), "{}", of(3.0));
}

#[test]
fn a_runaway_and_an_integrator_are_named() {
    let away = parsed(
        "neurate = 1\n[populations]\nE = { kind = \"excitatory\", tau = 10, h = 1, f = \"threshold-linear\" }\n[W]\n\"E <- E\" = 1.5\n",
    );
    let told = sentences(&away).join("\n");
    assert!(told.contains("The circuit runs away"), "{told}");
    let keeps = parsed("neurate = 1\n[populations]\nA = { tau = 10 }\n[W]\n\"A <- A\" = 1\n");
    let told = sentences(&keeps).join("\n");
    assert!(told.contains("integrates") && told.contains("marginal"), "{told}");
}

#[test]
fn the_summary_of_a_report_is_its_verdict() {
    assert_eq!(QUESTIONS[0].name, "verdict");
    let study = study("isn-paradox");
    let report = Report::full(&study, "isn-paradox.toml", "", &mut |_, _, _| ()).unwrap();
    assert_eq!(report.sections[0].name, "verdict");
    assert_eq!(report.summary, report.sections[0].verdict);
    let ids: Vec<&str> = report.sections.iter().flat_map(|s| &s.figures).map(|f| f.id()).collect();
    assert_eq!(report.sections[0].figures[0].id(), "circuit");
    // The figure that the verdict borrows is there, once.
    let shown = report.sections[0].shows.clone().expect("a figure");
    assert_eq!(ids.iter().filter(|id| **id == shown).count(), 1, "{shown} in {ids:?}");
}

#[test]
fn the_gain_of_a_slow_unit_beside_fast_ones_is_its_own() {
    // (1 - W)^-1 gives E's own response 1/0.61 = 1.639; 1/|1 - lambda| with the geometric mean of 100 and 1 ms would give 16.
    let text = "neurate = 1\n[populations]\nE = { kind = \"excitatory\", tau = 100, f = \"linear\" }\nI = { kind = \"inhibitory\", tau = 1, f = \"linear\" }\n[W]\ndefault = 0\n\"E <- E\" = 0.4\n\"E <- I\" = -0.1\n\"I <- E\" = 0.1\n";
    let circuit = file::parse(text, "gain.toml", Path::new("."), &[]).unwrap().build().unwrap();
    let verdict = Study::new(circuit, Choices::default()).ask::<answers::Verdict>().unwrap();
    let gain = verdict.components[0].slowest.as_ref().unwrap().static_gain;
    assert!((gain - 1.647_454_415).abs() < 1e-8, "{gain}");
}
