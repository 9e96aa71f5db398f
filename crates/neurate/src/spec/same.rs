//! Whether two trees of values say the same.

use super::keys::squeeze;
use super::value::{Entry, Node, Value};

/// Whether two values are the same, wherever they stand: 2 and 2.0 are, a list of numbers and an array of them too, and
/// tables with the same keys in any order. The order of populations counts, since it is that of the units.
pub(super) fn same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::Table(x), Value::Table(y)) => same_table(x, y),
        (Value::Text(x), Value::Text(y)) => x == y,
        (Value::Boolean(x), Value::Boolean(y)) => x == y,
        (Value::Vector(x), Value::Vector(y)) => x == y,
        (Value::Matrix(x), Value::Matrix(y)) => x == y,
        (x, y) => match (number(x), number(y)) {
            (Some(x), Some(y)) => x == y,
            (None, None) => same_list(a, b),
            _ => false,
        },
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(i) => Some(*i as f64),
        Value::Float(x) => Some(*x),
        _ => None,
    }
}

fn same_list(a: &Node, b: &Node) -> bool {
    let (Some(x), Some(y)) = (a.items(), b.items()) else { return false };
    x.len() == y.len() && x.iter().zip(y.iter()).all(|(x, y)| same(&x, &y))
}

fn same_table(a: &[Entry], b: &[Entry]) -> bool {
    let in_order = |key: &str, x: &Node, y: &Node| {
        let names = |n: &Node| n.entries().map(|all| all.iter().map(|e| e.key.clone()).collect::<Vec<_>>());
        key != "populations" || names(x) == names(y)
    };
    let sorted = |all: &[Entry]| {
        let mut keys: Vec<(String, usize)> =
            all.iter().enumerate().map(|(k, e)| (squeeze(&e.key), k)).collect();
        keys.sort();
        keys
    };
    a.len() == b.len()
        && sorted(a).iter().zip(&sorted(b)).all(|((key, i), (other, j))| {
            let (x, y) = (&a[*i].node, &b[*j].node);
            key == other && in_order(key, x, y) && same(x, y)
        })
}

#[cfg(test)]
mod tests {
    use crate::file::parse;
    use crate::model::Address;
    use crate::spec::Spec;

    fn spec(text: &str) -> Spec {
        parse(&format!("neurate = 1\n{text}"), "test", "".as_ref(), &[]).unwrap()
    }

    #[test]
    fn the_same_in_other_words() {
        let a = "title = 'a'\n[populations]\nE = { tau = 20, h = [1, 2], size = 2 }\nI = { tau = 5 }\n[W]\n'E <- I' = -1\ndefault = 0\n";
        let b = "[W]\ndefault = 0.0\n'E<-I' = -1.0\n[populations]\nE = { h = [1.0, 2], size = 2, tau = 20.0 }\nI = { tau = 5 }\n";
        let b = format!("title = 'a' # the same\n{b}");
        assert!(spec(a).same(&spec(&b)) && spec(&b).same(&spec(a)));
        for (old, new) in [
            ("= -1", "= -2"),
            ("'a'", "'b'"),
            ("[1, 2]", "[1, 3]"),
            ("[1, 2]", "1"),
            ("tau = 5", "tau = '5 ms'"),
            ("tau = 5", "tau = 5, h = 0"),
        ] {
            assert!(!spec(a).same(&spec(&a.replacen(old, new, 1))), "{old} -> {new}");
        }
        let swapped = a.replace("E = {", "X = {").replace("I = {", "E = {").replace("X = {", "I = {");
        assert!(!spec(a).same(&spec(&swapped)), "the order of populations is that of the units");
    }

    #[test]
    fn changes_count_by_what_they_lead_to() {
        let net = spec("[populations]\nE = { tau = 20 }\n[W]\n'E <- E' = 0.5\n");
        let h: Address = "E.h".parse().unwrap();
        let with = |values: &[f64]| {
            let mut changed = net.clone();
            values.iter().for_each(|x| changed.set(&h, *x).unwrap());
            changed
        };
        assert!(with(&[3.0, 5.0]).same(&with(&[5.0])) && !with(&[5.0]).same(&net));
    }
}
