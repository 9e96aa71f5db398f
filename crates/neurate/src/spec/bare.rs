//! Numbers that stand alone where a table `{ file = ... }` is meant: an array, rows of numbers, the name of a file.

use super::table::MATRIX_ENDINGS;
use super::value::{Entry, Items, Node, Value};
use neurate_numerics::linalg::Matrix;
use std::sync::Arc;

/// The table that is meant where numbers for each pair are expected: rows of an array receive, as those of `W` do; which axis of a
/// file receives, nobody has said. None if nothing else than what stands there is meant.
pub(super) fn of_pairs(node: &Node) -> Option<Node> {
    let matrix = match &node.value {
        Value::Matrix(m) => m.clone(),
        Value::List(_) => Arc::new(rows(node)?),
        _ => return of_file(node),
    };
    Some(table(node, [("file", Value::Matrix(matrix)), ("layout", "to_from".into())]))
}

/// The table that is meant by the name of a file.
pub(super) fn of_file(node: &Node) -> Option<Node> {
    let name = node.text()?.trim();
    let lower = name.to_ascii_lowercase();
    // One that is packed is refused where it is read, with what to do.
    let (stem, ending) =
        lower.strip_suffix(".mtx.gz").map_or_else(|| lower.rsplit_once('.'), |s| Some((s, "mtx")))?;
    let named = !stem.is_empty() && MATRIX_ENDINGS.contains(&ending);
    named.then(|| table(node, [("file", Value::from(name))]))
}

fn table<const N: usize>(node: &Node, keys: [(&str, Value); N]) -> Node {
    let place = || node.place.clone();
    let entry = |(key, value): (&str, Value)| Entry {
        key: key.to_string(),
        place: place(),
        node: Node { value, place: place() },
    };
    Node { value: Value::Table(keys.into_iter().map(entry).collect()), place: place() }
}

/// The matrix in a list of lists of numbers, all of one length.
fn rows(node: &Node) -> Option<Matrix> {
    let items = node.items()?;
    let numbers = |row: Items<'_>| row.iter().map(|x| x.number("it").ok()).collect::<Option<Vec<f64>>>();
    let rows: Vec<Vec<f64>> = items.iter().map(|row| numbers(row.items()?)).collect::<Option<_>>()?;
    let width = rows.first()?.len();
    (width > 0 && rows.iter().all(|row| row.len() == width)).then(|| Matrix::from_rows(&rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(rows: &[&[f64]]) -> Node {
        Node::from(Value::from(rows.iter().map(|row| Value::from(row.to_vec())).collect::<Vec<_>>()))
    }

    #[test]
    fn arrays_and_files_stand_for_tables() {
        let m = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
        for given in [Node::from(Value::from(m.clone())), list(&[&[1.0, 2.0], &[3.0, 4.0]])] {
            let found = of_pairs(&given).expect("a table");
            assert!(matches!(&found.get("file").unwrap().value, Value::Matrix(x) if x.data() == m.data()));
            assert_eq!(found.get("layout").and_then(Node::text), Some("to_from"));
        }
        let of_text = |text: &str| of_pairs(&Node::from(Value::from(text)));
        let found = of_text("delays/D.CSV").expect("a file");
        assert_eq!(found.get("file").and_then(Node::text), Some("delays/D.CSV"));
        assert!(found.get("layout").is_none(), "which axis receives must be said");
        for other in ["2 ms", ".csv", "csv"] {
            assert!(of_text(other).is_none(), "{other}");
        }
        for other in [
            list(&[&[1.0, 2.0], &[3.0]]),
            Node::from(Value::from(vec![1.0, 2.0])),
            Node::from(Value::from(0.1)),
        ] {
            assert!(of_pairs(&other).is_none());
        }
    }
}
