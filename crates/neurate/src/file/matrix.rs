//! A bare matrix as a circuit: linear units, one time constant, kinds read off the signs.

use super::weight_files;
use crate::model::{CellKind, Senders, Signs};
use crate::spec::{Edges, Table, TableOptions, count_lines, identifier, label_of, quote};
use neurate_numerics::error::{Error, Kind, Result};
use std::collections::HashMap;
use std::path::Path;

/// The circuit file that stands for a bare weight matrix: `tau dr/dt = -r + W r` with the time constant
/// `tau` (a number in ms, or a text with its unit). `senders`: which lines send. Left out, columns do (rows receive), and a
/// matrix whose signs fit Dale's principle only in the transpose is refused.
///
/// Units are one population for each name in a `.csv`; else excitatory and inhibitory ones, if all
/// senders of the one sign come first; else one population of no declared sign.
///
/// # Errors
/// The file holds no square matrix, or one that looks transposed.
pub fn circuit_of_matrix(path: &Path, tau: Option<&str>, senders: Option<Senders>) -> Result<String> {
    circuit_of_array(path, None, tau, senders)
}

/// [`circuit_of_matrix`] of one of the arrays in a file that holds several.
///
/// # Errors
/// As [`circuit_of_matrix`]; or there is no such array.
pub fn circuit_of_array(
    path: &Path,
    array: Option<&str>,
    tau: Option<&str>,
    senders: Option<Senders>,
) -> Result<String> {
    let name = file_name(path);
    let table = square_table(path, array, senders)?;
    let Some(tau) = tau else {
        return Err(Error::invalid(format!("{name} is a matrix and has no time constants"))
            .with_help("give the time constant of its units: --tau 20, or --tau \"20 ms\""));
    };
    let signs = Signs::visit(table.rows, table.cols, |note| table.for_each(note));
    // A list of connections says itself who sends.
    if senders.is_none() && table.edges.is_none() {
        signs.check(&name, Senders::Columns).map_err(|e| {
            e.with_help("--from-to: rows send, as the signs suggest; --to-from: rows receive, whatever the signs suggest")
        })?;
    }
    let senders = senders.unwrap_or(Senders::Columns);
    let from_to = senders == Senders::Rows;
    let tau = if tau.parse::<f64>().is_ok() { tau.to_string() } else { quote(tau) };
    let mut text = format!(
        "neurate = 1\ntitle = {}\n\n[populations]\n",
        quote(&format!("{name}, {} receive", if from_to { "columns" } else { "rows" }))
    );
    for Group { name, label, kind, size } in populations(&table, &signs, senders)? {
        let label = label.map_or_else(String::new, |label| format!("label = {}, ", quote(&label)));
        text += &format!(
            "{} = {{ {label}kind = \"{}\", size = {size}, tau = {tau}, f = \"linear\" }}\n",
            quote(&name),
            kind.name()
        );
    }
    text += &format!(
        "\n[W]\nfile = {}\nlayout = \"{}\"\n",
        quote(&name),
        if from_to { "from_to" } else { "to_from" }
    );
    if let Some(array) = array {
        text += &format!("array = {}\n", quote(array));
    }
    Ok(text)
}

/// The square matrix in a file, or one of the arrays in it: as many rows as columns, and no number missing.
///
/// # Errors
/// There is no such matrix; `senders` contradict a list of connections; such a list has numbers for names that may be counted
/// from 0 or from 1.
pub fn square_table(path: &Path, array: Option<&str>, senders: Option<Senders>) -> Result<Table> {
    let name = file_name(path);
    let options = TableOptions::square().array(array);
    let mut table = weight_files::table(path, &name, &options).map_err(|e| match e.kind() {
        // The help there is about names in circuit files.
        Kind::Io => Error::io(format!("{}: {}", path.display(), e.message())),
        _ => e,
    })?;
    table.fill_missing(&name, None)?;
    check_shape(&table, &name, senders)?;
    Ok(table)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Refuses what is no square matrix, and lists of connections that do not say enough.
fn check_shape(table: &Table, name: &str, senders: Option<Senders>) -> Result<()> {
    if table.rows != table.cols || table.rows == 0 {
        let shape =
            format!("{name} is {} x {}; weights among units are a square matrix", table.rows, table.cols);
        return Err(Error::invalid(shape).with_help(if table.cols == 3 {
            "a list of connections needs a first row with the names pre, post, weight"
        } else {
            "every unit has a row and a column; names may stand in the first row and the first column"
        }));
    }
    match table.edges {
        Some(_) if senders == Some(Senders::Rows) => {
            Err(Error::invalid(format!("{name} lists connections: its columns say who sends"))
                .with_help("leave out --from-to; swap the names pre and post if they are wrong"))
        }
        Some(Edges::Numbers { lowest: 1.. }) => Err(Error::invalid(format!(
            "{name} numbers units from 1 or more: they may be counted from 0 or from 1"
        ))
        .with_help("name the units; or write a circuit file with populations, and index = 0 or index = 1 beside file in [W]")),
        _ => Ok(()),
    }
}

/// A population of the units of one name.
struct Group {
    name: String,
    /// Its name in the file, if the circuit's is another.
    label: Option<String>,
    kind: CellKind,
    size: usize,
}

/// The populations: one for each name, or one for each kind.
fn populations(table: &Table, signs: &Signs, senders: Senders) -> Result<Vec<Group>> {
    // The names of the lines that send: those of the others may come in another order.
    let names = match senders {
        Senders::Columns => table.col_names.as_ref().or(table.row_names.as_ref()),
        Senders::Rows => table.row_names.as_ref().or(table.col_names.as_ref()),
    };
    if let Some(names) = names.filter(|all| !count_lines(all)) {
        return by_names(names, signs, senders);
    }
    let kinds = signs.kinds(senders);
    let of = |kind: CellKind| kinds.iter().filter(|k| **k == kind).count();
    Ok([("E", CellKind::Excitatory), ("I", CellKind::Inhibitory), ("unit", CellKind::Unconstrained)]
        .into_iter()
        .map(|(name, kind)| Group { name: name.to_string(), label: None, kind, size: of(kind) })
        .filter(|group| group.size > 0)
        .collect())
}

fn by_names(names: &[String], signs: &Signs, senders: Senders) -> Result<Vec<Group>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
    for (j, name) in names.iter().enumerate() {
        let unit = name.strip_suffix(']').and_then(|n| n.rsplit_once('['));
        let base =
            unit.filter(|(_, k)| k.trim().parse::<usize>().is_ok()).map_or(name.as_str(), |(b, _)| b).trim();
        let place = *places.entry(base).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, members)) => members.push(j),
            None => groups.push((base, vec![j])),
        }
    }
    let mut taken: HashMap<String, &str> = HashMap::new();
    let mut all = Vec::with_capacity(groups.len());
    for (base, members) in groups {
        let name = identifier(base);
        if let Some(other) = taken.insert(name.clone(), base) {
            return Err(Error::invalid(format!(
                "the names \"{other}\" and \"{base}\" would both become {name} in the circuit"
            ))
            .with_help("rename one of them"));
        }
        // A name that does not fit a table or a figure is shown as the circuit has it.
        let label = label_of(base);
        let kind = signs.kind_of(senders, members.iter().copied());
        all.push(Group { name, label, kind, size: members.len() });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::parse;

    #[test]
    fn kinds_come_from_the_signs_of_senders() {
        let folder = std::env::temp_dir().join(format!("neurate-matrix-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let of = |text: &str, senders: Option<Senders>| {
            let circuit = circuit_of_matrix(&write("w.csv", text), Some("20"), senders).unwrap();
            parse(&circuit, "w", &folder, &[])
                .and_then(|spec| spec.build())
                .unwrap_or_else(|e| panic!("{e}\n{circuit}"))
        };
        let c = of("1,2,-3\n1,0,-1\n2,1,-1\n", None);
        let sizes: Vec<_> = c.populations().iter().map(|p| (p.kind.name(), p.size)).collect();
        assert_eq!(sizes, [("excitatory", 2), ("inhibitory", 1)]);
        assert_eq!(c.dense_weights().unwrap()[(0, 2)], -3.0, "W[to, from]");
        // The same numbers read the other way have senders of both signs.
        let c = of("1,2,-3\n1,0,-1\n2,1,-1\n", Some(Senders::Rows));
        assert_eq!((c.populations().len(), c.populations()[0].kind.name()), (1, "unconstrained"));
        assert_eq!(c.dense_weights().unwrap()[(2, 0)], -3.0);
        let c = of("from,PV,E\nPV,-1,2\nE,-2,1\n", None);
        assert_eq!((c.populations()[0].name.as_str(), c.populations()[0].kind.name()), ("PV", "inhibitory"));
        let path = write("bad.csv", "1,2,3\n4,5,6\n");
        assert!(circuit_of_matrix(&path, Some("20"), None).unwrap_err().message().contains("2 x 3"));
        assert!(
            circuit_of_matrix(&write("w.csv", "1\n"), None, None)
                .unwrap_err()
                .help()
                .unwrap()
                .contains("--tau")
        );
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
