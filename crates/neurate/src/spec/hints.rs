//! Names of cell types that inhibit, beside weights that do not.

use super::crowd::Crowd;
use super::like::Resolved;
use super::reader::Reader;
use crate::model::{CellKind, Form, Senders, Signs};
use neurate_numerics::error::Error;

/// Words for inhibitory neurons, in small letters.
const INHIBITORY: [&str; 14] = [
    "pv",
    "pvalb",
    "sst",
    "som",
    "vip",
    "inh",
    "inhib",
    "inhibitory",
    "inhibition",
    "interneuron",
    "gaba",
    "gabaergic",
    "ndnf",
    "lamp5",
];

/// Hints at populations that are named after inhibitory neurons and send positive weights alone: by convention an inhibitory
/// weight is negative. In conductance-based circuits it is not.
pub(super) fn warn_of_names(reader: &Reader, crowd: &Crowd, signs: &Signs, resolved: &[Resolved]) {
    if reader.form == Form::Conductance {
        return;
    }
    let names = crowd.names();
    let suspect = |q: &usize| {
        signs.kind_of(Senders::Columns, [*q]) == CellKind::Excitatory
            && crowd.populations[*q].kind != CellKind::Inhibitory
            && names_inhibition(names[*q], &names)
    };
    let found: Vec<usize> = (0..names.len()).filter(suspect).collect();
    let Some(&first) = found.first() else { return };
    let list = match &found[..] {
        [one] => format!("{} is", names[*one]),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(|q| names[*q]).collect();
            format!("{} and {} are", most.join(", "), names[*last])
        }
        [] => return,
    };
    let text = format!(
        "{list} named after inhibitory neurons, but all weights from there are positive: they excite"
    );
    let name = names[first];
    reader.warn(
        Error::warning(text).with_help(format!(
            "an inhibitory weight is negative here: \"TO <- {name}\" = -1; kind = \"inhibitory\" in {name} refuses any other \
             sign, and turns none"
        )),
        &resolved[first].place,
    );
}

/// Whether a population is named after inhibitory neurons: `PV`, `L4_SST`, `inh`, `I2`, `In`.
fn names_inhibition(name: &str, all: &[&str]) -> bool {
    words(name).iter().any(|word| {
        let small = word.to_lowercase();
        let single = small.strip_suffix('s').unwrap_or(&small);
        // A small i may be an index: it is a kind only beside an e. `in` is an input as often as not.
        let one_letter =
            word == "I" || (word == "i" && all.iter().any(|n| words(n).iter().any(|w| w == "e")));
        one_letter
            || ["In", "IN", "INs"].contains(&word.as_str())
            || INHIBITORY.contains(&single)
            || INHIBITORY.contains(&small.as_str())
    })
}

/// The words in a name: letters between digits, other characters, and where small letters end (`PvInh`).
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for (k, c) in name.char_indices() {
        let last = words.len() - 1;
        // A digit that belongs to the word: Lamp5.
        if c.is_ascii_digit() && words[last].eq_ignore_ascii_case("lamp") {
            words[last].push(c);
        } else if !c.is_alphabetic() {
            words.push(String::new());
        } else if before.is_lowercase() && c.is_uppercase() && k > 0 {
            words.push(c.to_string());
        } else {
            words[last].push(c);
        }
        before = c;
    }
    words.retain(|w| !w.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_word_by_word() {
        for yes in [
            "PV",
            "pv",
            "SST",
            "VIP",
            "PVs",
            "inh",
            "Inh",
            "I",
            "In",
            "INs",
            "I2",
            "L4I",
            "L2/3 SST",
            "PvInh",
            "L5_PV",
            "interneurons",
            "Lamp5",
            "I_",
            "i",
        ] {
            assert!(names_inhibition(yes, &["e", yes]), "{yes}");
        }
        for no in
            ["E", "in", "input", "i", "Pyr", "PVN", "Vippo", "Inputs", "unit", "x", "L4E", "Sample", "III"]
        {
            assert!(!names_inhibition(no, &["E", no]), "{no}");
        }
    }
}
