//! What sections say is true in circuits that meet the condition of a remark in odd ways: delays without slow states,
//! unequal time constants, unstable operating points, gains of zero, runs that end otherwise than in their last time.

use neurate::prelude::*;
use neurate::report::{Report, question_named};
use neurate::simulate::RunOptions;
use std::path::Path;

/// All sentences of a section.
fn words(text: &str, question: &str, choices: Choices) -> String {
    let circuit = file::parse(text, "remarks.toml", Path::new("."), &[]).and_then(|s| s.build()).unwrap();
    let study = Study::new(circuit, choices);
    let question = question_named(question).unwrap();
    let report = Report::new(&study, &[question], "remarks.toml", text, &mut |_, _, _| ()).unwrap();
    let section = &report.sections[0];
    [section.verdict.join("\n"), section.trust.join("\n")].join("\n")
}

/// Holds that the words contain the one and not the other.
fn says(words: &str, right: &str, wrong: &str) {
    assert!(words.contains(right), "\"{right}\" is missing in: {words}");
    assert!(!words.contains(wrong), "\"{wrong}\" stands in: {words}");
}

fn circuit(populations: &str, weights: &str, rest: &str) -> String {
    format!("neurate = 1\n[populations]\n{populations}\n[W]\ndefault = 0\n{weights}\n{rest}\n")
}

#[test]
fn delays_are_no_slow_states() {
    let text = circuit(
        "I = { kind = \"inhibitory\", tau = 10, h = 20 }",
        "\"I <- I\" = -3.9",
        "[delays]\n\"I <- I\" = 5.5",
    );
    let at = || Choices::default().at(1);
    // w = 3.9, tau = 10: unstable from d = (pi - atan(omega tau))/omega = 4.85 on, omega tau = sqrt(w^2 - 1).
    says(&words(&text, "slow_states", at()), "Without delays it would be stable.", "slow states that follow");
    says(&words(&text, "slow_states", at()), "Delays change no fixed point", "every slow state");
    says(&words(&text, "linearization", at()), "for constant inputs", "T dx/dt");
    says(&words(&text, "linearization", at()), "delay", "slow states");
}

#[test]
fn modes_of_unequal_units_are_not_slowed() {
    let alone = circuit("a = { tau = 10 }\nb = { tau = 40 }", "", "");
    // Nothing is connected: the slowest mode is b by itself.
    let mean = "as fast as the slowest isolated unit";
    says(&words(&alone, "eigenmodes", Choices::default()), mean, "slower than");
    let equal = circuit("a = { tau = 10 }\nb = { tau = 10 }", "\"a <- a\" = 0.5", "");
    says(&words(&equal, "eigenmodes", Choices::default()), "2× slower than an isolated unit", "geometric");
}

#[test]
fn oscillations_that_grow_do_not_decay() {
    let pair = |ee: f64| {
        circuit(
            "E = { kind = \"excitatory\", tau = 10, h = 1 }\nI = { kind = \"inhibitory\", tau = 10 }",
            &format!("\"E <- E\" = {ee}\n\"E <- I\" = -5\n\"I <- E\" = 5\n\"I <- I\" = -1"),
            "",
        )
    };
    // Eigenvalues (w - 1)/2 +- i sqrt(25 - ((w + 1)/2)^2).
    let of = |ee| words(&pair(ee), "eigenmodes", Choices::default().at(1));
    says(&of(4.0), "and grows with the time constant 20 ms", "decays");
    says(&of(3.0), "neither grows nor decays", "integrates");
    says(&of(2.0), "and decays with the time constant 20 ms", "grows");
    let unstable = words(&pair(4.0), "amplification", Choices::default().at(1));
    assert!(!unstable.contains("computed until") && !unstable.contains("no higher peak"), "{unstable}");
}

#[test]
fn noise_that_does_not_come_through_has_its_reason() {
    let text = |sd: f64| {
        circuit(
            "E = { tau = 10, f = \"threshold-linear\", h = -3 }\nI = { tau = 10, f = \"threshold-linear\", h = 1 }",
            "",
            &format!("[noise]\nx = {{ to = \"E\", kind = \"ou\", sd = {sd}, time = 5 }}"),
        )
    };
    // The gain of I is 1.
    let none = "the gain of every unit that it reaches is zero";
    says(&words(&text(1.0), "noise", Choices::default()), none, "every gain is zero");
    says(&words(&text(0.0), "noise", Choices::default()), "has the strength zero", "gain of every unit");
}

fn noisy(trials: usize) -> Choices {
    Choices::default().trials(trials).run(RunOptions::default().noisy(true).seed(1))
}

#[test]
fn a_theory_without_fluctuations_does_not_predict_them() {
    let text = circuit(
        "E = { tau = 10, f = \"threshold-linear\", h = -0.5 }",
        "",
        "[noise]\nx = { to = \"E\", kind = \"ou\", sd = 2, time = 5 }\n[run]\nduration = 100",
    );
    // Below threshold the gain is zero; noise of four times the distance crosses it.
    says(
        &words(&text, "trials", noisy(50)),
        "it predicts no fluctuations where there are some",
        "within chance",
    );
    let linear = text.replace("threshold-linear", "linear");
    says(&words(&linear, "trials", noisy(400)), "to within chance", "does not predict");
}

#[test]
fn trials_that_all_run_away_have_no_mean_at_the_end() {
    let text = circuit(
        "E = { tau = 10, h = 1 }",
        "\"E <- E\" = 3",
        "[noise]\nx = { to = \"E\", kind = \"ou\", sd = 1, time = 5 }\n[run]\nstart = \"rest\"\nduration = 500\nceiling = 1000",
    );
    let told = words(&text, "trials", noisy(5));
    says(&told, "5 of 5 trials ran away", "NaN");
    assert!(!told.contains("After"), "{told}");
}

#[test]
fn a_run_that_ends_early_says_how() {
    let run = |f: &str, h: f64, w: f64| {
        let text = circuit(
            &format!("E = {{ tau = 10, f = {f}, h = {h} }}"),
            &format!("\"E <- E\" = {w}"),
            "[run]\nstart = \"rest\"\nmethod = \"exponential-euler\"\nceiling = 1000",
        );
        let choices = Choices::default().compare(false);
        words(&text, "time_courses", choices)
    };
    says(&run("\"linear\"", -1.0, 3.0), "E passes −1", "stops being a number");
    says(&run("\"linear\"", 1.0, 3.0), "E passes 1", "−1");
    let logarithm = "{ kind = \"expression\", formula = \"log(x)\" }";
    says(&run(logarithm, -1.0, 0.0), "E stops being a number", "passes");
}

#[test]
fn a_linearization_that_is_far_off_does_not_predict() {
    let text = circuit(
        "E = { tau = 10, f = { kind = \"power\", k = 0.04, n = 2 }, h = 5 }",
        "",
        "[stimuli]\noff = { to = \"E\", kind = \"step\", amplitude = -50, until = 100 }",
    );
    // The rate falls by at most 1; its linearization, of gain 0.4, by 20.
    says(&words(&text, "time_courses", Choices::default()), "does not predict this time course", "to within");
}

#[test]
fn a_missing_operating_point_has_a_way_on() {
    let text = circuit("E = { tau = 10, h = 1 }", "\"E <- E\" = 2", "");
    let circuit = file::parse(&text, "remarks.toml", Path::new("."), &[]).and_then(|s| s.build()).unwrap();
    let study = Study::new(circuit, Choices::default());
    for question in neurate::report::QUESTIONS {
        if let Err(e) = (question.applies)(&study).check(question.name) {
            assert!(
                e.help().is_some() || e.message().contains("size") || e.message().contains("second"),
                "{e}"
            );
        }
    }
}
