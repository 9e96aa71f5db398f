//! A value that each key may have, for the help of messages.

/// A value of a key as a file may write it; None for a key that a user names.
pub(super) fn example(key: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(k, _)| *k == key).map(|(_, value)| *value)
}

const EXAMPLES: &[(&str, &str)] = &[
    // The top of the file.
    ("neurate", "1"),
    ("title", "\"balanced amplification\""),
    ("form", "\"rate\""),
    ("seed", "1"),
    // Populations.
    ("label", "\"L2/3 E\""),
    ("kind", "\"excitatory\""),
    ("size", "100"),
    ("tau", "20"),
    ("h", "0"),
    ("sigma", "5"),
    ("like", "\"E\""),
    ("f", "\"threshold-linear\""),
    ("formula", "\"log(1 + exp(a*x))/a\""),
    ("membrane", "{ C = 200, g_leak = 10, E_leak = -70 }"),
    ("reversal", "0"),
    ("C", "200"),
    ("g_leak", "10"),
    ("E_leak", "-70"),
    ("g", "0.8"),
    ("E", "0"),
    ("synapse", "{ tau = 5 }"),
    ("adaptation", "{ tau = 100, strength = 0.5 }"),
    ("plasticity", "{ U = 0.2, tau_f = 600, tau_d = 200 }"),
    ("strength", "0.5"),
    ("U", "0.3"),
    ("tau_f", "400"),
    ("tau_d", "150"),
    // Weights, delays, synapses.
    ("W", "{ default = 0, \"E <- E\" = 0.5 }"),
    ("G", "{ default = 0, \"E <- E\" = 0.3 }"),
    ("file", "\"W.csv\""),
    ("array", "\"W\""),
    ("layout", "\"to_from\""),
    ("order", "[\"E\", \"I\"]"),
    ("p", "0.1"),
    ("mean", "0.02"),
    ("sd", "1"),
    ("cv", "0.5"),
    ("self", "false"),
    ("exact_row_sums", "true"),
    ("multapses", "true"),
    ("overlap", "1.5"),
    ("n_rms", "2"),
    ("period", "180"),
    ("points", "60"),
    ("K", "1000"),
    ("J", "0.1"),
    ("delay", "1.5"),
    ("rate", "20"),
    // Stimuli, noise.
    ("to", "\"E\""),
    ("pattern", "{ E = 1, I = -1 }"),
    ("at", "50"),
    ("until", "150"),
    ("area", "20"),
    ("amplitude", "2"),
    ("duration", "100"),
    ("slope", "0.1"),
    ("frequency", "10"),
    ("phase", "90"),
    ("times", "[0, 10, 20]"),
    ("values", "[0, 1, 0]"),
    ("intensity", "4"),
    ("time", "50"),
    ("correlation", "0.3"),
    // Runs, sweeps, units.
    ("start", "\"rest\""),
    ("method", "\"adaptive\""),
    ("noise", "false"),
    ("precision", "\"single\""),
    ("record", "[\"E\", \"mean *\"]"),
    ("name", "\"difference\""),
    ("axes", "{ \"W.E<-E\" = \"0.2:1.6:200\" }"),
    ("along", "\"E.h=-3:8\""),
    ("drive", "{ \"E.h\" = 1, \"I.h\" = 1.1 }"),
    ("show", "\"E\""),
    ("find", "[\"fixed points\", \"isn\"]"),
    ("input", "\"mV\""),
    ("voltage", "\"mV\""),
    ("units", "\"mV/Hz\""),
    ("conductance", "\"nS\""),
    ("capacitance", "\"pF\""),
    ("current", "\"pA\""),
];

#[cfg(test)]
mod tests {
    use super::EXAMPLES;

    #[test]
    fn every_example_is_a_value_of_a_key_of_its_own() {
        for (k, (key, value)) in EXAMPLES.iter().enumerate() {
            assert!(EXAMPLES[..k].iter().all(|(other, _)| other != key), "{key} stands twice");
            let text = format!("{key} = {value}");
            assert!(toml::de::DeTable::parse(&text).is_ok(), "{text}");
        }
    }
}
