//! What a circuit is, to the last bit.

use super::bare;
use super::value::{Entry, Node, Value};
use crate::model::{Circuit, Weights};
use sha2::{Digest, Sha256};

/// A text, the texts of changes, the arrays in the tree, and the weights that came out (from files too).
pub(super) fn fingerprint<'a>(
    text: &str,
    changes: impl Iterator<Item = &'a str>,
    root: &Node,
    circuit: &Circuit,
) -> String {
    let mut hash = Sha256::new();
    hash.update(text.as_bytes());
    for change in changes {
        hash.update(change.as_bytes());
        hash.update([0]);
    }
    add_arrays("", root, &mut hash);
    add_listed(circuit.weights(), &mut hash);
    circuit.h().iter().chain(circuit.tau()).for_each(|x| hash.update(x.to_le_bytes()));
    if takes_file(root, |_| true) {
        add_numbers_of_pairs(circuit, &mut hash);
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// Whether any table takes numbers from a file; of what stands at the key, `counts` says whether it is one.
fn takes_file(node: &Node, counts: fn(&Value) -> bool) -> bool {
    let named = |e: &Entry| e.node.get("file").is_some_and(|file| counts(&file.value));
    let bare = |e: &Entry| bare::of_file(&e.node).is_some();
    node.entries().is_some_and(|all| all.iter().any(|e| named(e) || bare(e) || takes_file(&e.node, counts)))
}

/// Whether it takes numbers from a file that has a name: not from an array that stands where the name would.
pub(super) fn names_file_outside(node: &Node) -> bool {
    takes_file(node, |file| matches!(file, Value::Text(_)))
}

/// What files may give for pairs of populations, and weights of units do not show.
fn add_numbers_of_pairs(circuit: &Circuit, hash: &mut Sha256) {
    if let Weights::Blocks(blocks) = circuit.weights() {
        blocks.weights().data().iter().for_each(|w| hash.update(w.to_le_bytes()));
    }
    if let Some(delays) = circuit.delays() {
        hash.update(format!("{delays:?}").as_bytes());
    }
    if let Some(mean_field) = circuit.mean_field() {
        hash.update(format!("{mean_field:?}").as_bytes());
    }
}

/// Arrays, each with the key that it stands at.
fn add_arrays(key: &str, node: &Node, hash: &mut Sha256) {
    let mut add = |numbers: &[f64]| {
        hash.update(key.as_bytes());
        numbers.iter().for_each(|x| hash.update(x.to_le_bytes()));
    };
    match &node.value {
        Value::Vector(x) => add(x),
        Value::Matrix(m) => add(m.data()),
        Value::Table(entries) => entries.iter().for_each(|e| add_arrays(&e.key, &e.node, hash)),
        Value::List(items) => items.iter().for_each(|n| add_arrays(key, n, hash)),
        _ => {}
    }
}

/// Weights one by one where each may be anything; those that follow from a few numbers follow from the text.
fn add_listed(weights: &Weights, hash: &mut Sha256) {
    match weights {
        Weights::Dense(w) => w.data().iter().for_each(|w| hash.update(w.to_le_bytes())),
        Weights::Sparse(_) => weights.for_each(|to, from, w| {
            hash.update((to as u64).to_le_bytes());
            hash.update((from as u64).to_le_bytes());
            hash.update(w.to_le_bytes());
        }),
        Weights::Single(_) => weights.for_each(|_, _, w| hash.update(w.to_le_bytes())),
        Weights::Sum(parts) => parts.iter().for_each(|part| add_listed(part, hash)),
        Weights::Blocks(_) | Weights::LowRank(_) | Weights::Circulant(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::file::parse;
    use crate::spec::{Change, Spec, Value};
    use neurate_numerics::linalg::Matrix;

    #[test]
    fn files_with_names_are_not_arrays_in_their_place() {
        let text = "neurate = 1\n[populations]\nE = { size = 2, tau = 20 }\n[W]\nfile = 'W.npy'\nlayout = 'to_from'\n";
        let named = parse(text, "test", "".as_ref(), &[]).unwrap();
        assert!(named.names_files());
        let array = named.with([Change::of("W.file", Value::from(Matrix::zeros(2, 2)))]).unwrap();
        assert!(!array.names_files());
        let plain = "neurate = 1\n[populations]\nE = { tau = 20 }\n";
        assert!(!parse(plain, "test", "".as_ref(), &[]).unwrap().names_files());
        // A name that stands alone is one, too.
        let bare = "neurate = 1\ndelays = 'd.csv'\n[populations]\nE = { tau = 20 }\n";
        assert!(parse(bare, "test", "".as_ref(), &[]).unwrap().names_files());
    }

    #[test]
    fn numbers_in_a_file_that_is_named_alone_are_a_part_of_the_circuit() {
        let folder = tempfile::tempdir().unwrap();
        let text = "neurate = 1\ndelays = 'd.csv'\n[populations]\nE = { tau = 20 }\nI = { tau = 10 }\n[W]\ndefault = 0\n'E <- I' = -0.5\n";
        let of = |numbers: &str| {
            std::fs::write(folder.path().join("d.csv"), format!("pre,post,value\nE,I,{numbers}\nI,E,3\n"))
                .unwrap();
            let spec: Spec = parse(text, "test", folder.path(), &[]).unwrap();
            spec.fingerprint(&spec.build().unwrap())
        };
        assert_eq!(of("2"), of("2"));
        assert_ne!(of("2"), of("4"));
    }

    /// Who makes a change again from its address and value gives it its own words, too: they are a part of what the
    /// circuit is.
    #[test]
    fn a_change_keeps_its_words() {
        let text = "neurate = 1\n[populations]\nE = { tau = 20 }\n[conditions.x]\n'populations.E.h' = 3\n";
        let spec: Spec = parse(text, "test", "".as_ref(), &[]).unwrap();
        let changed = spec.under("x").unwrap();
        let circuit = changed.build().unwrap();
        let c = &changed.changes()[0];
        let again = Change::of(&c.address().to_string(), c.value().clone());
        assert_ne!(again.text(), c.text());
        let again = spec.with([again.worded(c.text())]).unwrap();
        assert_eq!(again.fingerprint(&circuit), changed.fingerprint(&circuit));
    }
}
