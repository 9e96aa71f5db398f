//! A bare matrix as a circuit: linear units, one time constant, kinds read off the signs.

use super::weight_files;
use crate::spec::{Table, quote};
use neurate_numerics::error::{Error, Kind, Result};
use std::path::Path;

/// Endings of files that hold a matrix instead of a circuit.
pub const MATRIX_ENDINGS: [&str; 4] = ["npy", "npz", "csv", "mtx"];

/// The circuit file that stands for a bare weight matrix: `tau dr/dt = -r + W r` with the time constant
/// `tau` (a number in ms, or a text with its unit). Rows receive, or columns do if `from_to`.
///
/// Units are one population for each name in a `.csv`; else excitatory and inhibitory ones, if all
/// senders of the one sign come first; else one population of no declared sign.
///
/// # Errors
/// The file holds no square matrix.
pub fn circuit_of_matrix(path: &Path, tau: Option<&str>, from_to: bool) -> Result<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let table = weight_files::table(path, &name, None).map_err(|e| match e.kind() {
        // The help there is about names in circuit files.
        Kind::Io => Error::io(format!("{}: {}", path.display(), e.message())),
        _ => e,
    })?;
    if table.rows != table.cols || table.rows == 0 {
        return Err(Error::invalid(format!(
            "{name} is {} x {}; weights among units are a square matrix",
            table.rows, table.cols
        )));
    }
    let Some(tau) = tau else {
        return Err(Error::invalid(format!("{name} is a matrix, which knows no time"))
            .with_help("give the time constant of its units: --tau 20, or --tau \"20 ms\""));
    };
    let tau = if tau.parse::<f64>().is_ok() { tau.to_string() } else { quote(tau) };
    let mut text = format!(
        "neurate = 1\ntitle = {}\n\n[populations]\n",
        quote(&format!("{name}, {} receive", if from_to { "columns" } else { "rows" }))
    );
    for (population, kind, size) in populations(&table, from_to) {
        text += &format!(
            "{} = {{ kind = \"{kind}\", size = {size}, tau = {tau}, f = \"linear\" }}\n",
            quote(&population)
        );
    }
    text += &format!(
        "\n[W]\nfile = {}\nlayout = \"{}\"\n",
        quote(&name),
        if from_to { "from_to" } else { "to_from" }
    );
    Ok(text)
}

/// Name, kind and size of each population.
fn populations(table: &Table, from_to: bool) -> Vec<(String, &'static str, usize)> {
    let n = table.rows;
    let (mut positive, mut negative) = (vec![false; n], vec![false; n]);
    let mut note = |i: usize, j: usize, w: f64| {
        let sender = if from_to { i } else { j };
        positive[sender] |= w > 0.0;
        negative[sender] |= w < 0.0;
    };
    table.for_each(&mut note);
    let kind = |members: &[usize]| match (
        members.iter().any(|&j| positive[j]),
        members.iter().any(|&j| negative[j]),
    ) {
        (true, false) => "excitatory",
        (false, true) => "inhibitory",
        _ => "unconstrained",
    };
    if let Some(names) = table.row_names.as_ref().or(table.col_names.as_ref()) {
        let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
        for (j, name) in names.iter().enumerate() {
            let base = name.split('[').next().unwrap_or(name);
            match groups.iter_mut().find(|(g, _)| g == base) {
                Some((_, members)) => members.push(j),
                None => groups.push((base.to_string(), vec![j])),
            }
        }
        return groups.into_iter().map(|(g, members)| (g, kind(&members), members.len())).collect();
    }
    // Senders without any weight go with those before them.
    let excitatory = (0..n).find(|&j| negative[j]).unwrap_or(n);
    let (first, second): (Vec<usize>, Vec<usize>) = (0..n).partition(|&j| j < excitatory);
    match (kind(&first), kind(&second)) {
        ("excitatory", "inhibitory") => {
            vec![("E".into(), "excitatory", first.len()), ("I".into(), "inhibitory", second.len())]
        }
        ("excitatory", _) if second.is_empty() => vec![("E".into(), "excitatory", n)],
        (_, "inhibitory") if first.is_empty() => vec![("I".into(), "inhibitory", n)],
        _ => vec![("unit".into(), "unconstrained", n)],
    }
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
        let of = |text: &str, from_to: bool| {
            let circuit = circuit_of_matrix(&write("w.csv", text), Some("20"), from_to).unwrap();
            parse(&circuit, "w", &folder, &[])
                .and_then(|spec| spec.build())
                .unwrap_or_else(|e| panic!("{e}\n{circuit}"))
        };
        let c = of("1,2,-3\n1,0,-1\n2,1,-1\n", false);
        let sizes: Vec<_> = c.populations().iter().map(|p| (p.kind.name(), p.size)).collect();
        assert_eq!(sizes, [("excitatory", 2), ("inhibitory", 1)]);
        assert_eq!(c.dense_weights().unwrap()[(0, 2)], -3.0, "W[to, from]");
        // The same numbers read the other way have senders of both signs.
        let c = of("1,2,-3\n1,0,-1\n2,1,-1\n", true);
        assert_eq!((c.populations().len(), c.populations()[0].kind.name()), (1, "unconstrained"));
        assert_eq!(c.dense_weights().unwrap()[(2, 0)], -3.0);
        let c = of("from,PV,E\nPV,-1,2\nE,-2,1\n", false);
        assert_eq!((c.populations()[0].name.as_str(), c.populations()[0].kind.name()), ("PV", "inhibitory"));
        let path = write("bad.csv", "1,2,3\n4,5,6\n");
        assert!(circuit_of_matrix(&path, Some("20"), false).unwrap_err().message().contains("2 x 3"));
        assert!(
            circuit_of_matrix(&write("w.csv", "1\n"), None, false)
                .unwrap_err()
                .help()
                .unwrap()
                .contains("--tau")
        );
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
