//! Everyday files with their right values: matrices of other programs, recordings, lists of connections, missing numbers.

use crate::files::{everyday, folder};
use neurate::file::{circuit_of_array, circuit_of_matrix, is_matrix, parse, read};
use neurate::linalg::{Matrix, eigenvalues};
use neurate::model::{Circuit, Senders, Waveform};
use neurate::study::{Choices, Study};
use std::path::Path;

/// The circuit of a bare matrix.
fn bare(path: &Path) -> neurate::Result<Circuit> {
    let text = circuit_of_matrix(path, Some("20"), None)?;
    parse(&text, "bare", path.parent().unwrap(), &[])?.build()
}

fn built(text: &str, folder: &Path) -> neurate::Result<Circuit> {
    parse(&format!("neurate = 1\n{text}"), "c.toml", folder, &[])?.build()
}

fn warned(c: &Circuit) -> String {
    c.warnings().iter().map(|w| format!("{w} {}\n", w.help().unwrap_or(""))).collect()
}

/// `05_W.npy`.
fn w() -> Matrix {
    Matrix::from_rows(&[
        [0.2, 0.1, 0.3, 0.1, -0.5, -0.4],
        [0.1, 0.2, 0.1, 0.2, -0.3, -0.6],
        [0.3, 0.1, 0.1, 0.2, -0.4, -0.4],
        [0.1, 0.3, 0.2, 0.1, -0.6, -0.3],
        [0.4, 0.3, 0.2, 0.5, -0.3, -0.2],
        [0.2, 0.5, 0.4, 0.3, -0.2, -0.4],
    ])
}

fn names(c: &Circuit) -> Vec<&str> {
    c.populations().iter().map(|p| p.name.as_str()).collect()
}

#[test]
fn every_program_writes_the_same_matrix() {
    for file in [
        "05_W.npy",
        "06_tabs.csv",
        "06_pandas_default.csv",
        "06_scipy_sparse.npz",
        "06_names_with_spaces.csv",
        "06_matlab_v5.mat",
        "05_rows_reordered.csv",
    ] {
        let c = bare(&everyday().join(file)).unwrap_or_else(|e| panic!("{file}: {e} {:?}", e.help()));
        assert_eq!(c.dense_weights().unwrap(), w(), "{file}");
        let right = eigenvalues(&c.dense_weights().unwrap()).unwrap()[0].re;
        assert!((right - 0.19188).abs() < 5e-6, "{file}: {right}");
        let reordered = file.starts_with("05_rows");
        assert_eq!(warned(&c).contains("different orders"), reordered, "{file}: {}", warned(&c));
    }
    let pandas = bare(&everyday().join("06_pandas_default.csv")).unwrap();
    assert_eq!(names(&pandas), ["E", "I"], "labels that count are no names");
}

#[test]
fn names_of_data_become_identifiers() {
    let path = everyday().join("06_names_with_spaces.csv");
    let all = ["L2_3_E_a", "L2_3_E_b", "L4_E", "L5_E", "PV_basket", "SST_Martinotti"];
    assert_eq!(names(&bare(&path).unwrap()), all);
    assert!(circuit_of_matrix(&path, Some("20"), None).unwrap().contains("label = \"L2/3 E a\", "));
    // A circuit whose populations are called so takes the file as it is.
    let populations: String = all.iter().map(|n| format!("{n} = {{ tau = 20 }}\n")).collect();
    let text = format!(
        "[populations]\n{populations}[W]\nfile = \"06_names_with_spaces.csv\"\nlayout = \"to_from\"\n"
    );
    assert_eq!(built(&text, &everyday()).unwrap().dense_weights().unwrap(), w());
    // Two names that would become one are not one.
    let files = folder(&[("W.csv", ",L2/3 E,L2-3 E\nL2/3 E,1,2\nL2-3 E,3,4\n")]);
    let e = bare(&files.path().join("W.csv")).unwrap_err();
    assert!(e.message().contains("L2/3 E") && e.message().contains("L2-3 E"), "{e}");
    // Names unlike any population: both lists.
    let text =
        "[populations]\nA = { tau = 20 }\nB = { tau = 20 }\n[W]\nfile = \"W.csv\"\nlayout = \"to_from\"\n";
    let e = built(text, files.path()).unwrap_err();
    assert!(e.to_string().contains("L2/3 E") && e.help().unwrap().contains("A, B"), "{e} {:?}", e.help());
}

#[test]
fn missing_numbers_are_refused_or_filled() {
    let files = folder(&[("W.csv", ",E,I\nE,1,NA\nI,,-1\n"), ("one.tsv", "1\tNaN\n2\t-1\n")]);
    let text = |more: &str| {
        format!(
            "[populations]\nE = {{ tau = 20 }}\nI = {{ tau = 20 }}\n[W]\nfile = \"W.csv\"\nlayout = \"to_from\"\n{more}"
        )
    };
    let e = built(&text(""), files.path()).unwrap_err();
    let what = "W.csv lacks 2 of its 4 numbers (empty cells, NA or NaN), the first in line 2, row 1 (\"E\"), column 2 (\"I\")";
    assert_eq!(e.message(), what);
    assert!(e.help().unwrap().contains("missing = 0") && e.place().is_some());
    let c = built(&text("missing = 0\n"), files.path()).unwrap();
    assert_eq!(c.dense_weights().unwrap(), Matrix::from_rows(&[[1.0, 0.0], [0.0, -1.0]]));
    let e = bare(&files.path().join("one.tsv")).unwrap_err();
    assert!(
        e.message().starts_with("one.tsv lacks one of its 4 numbers")
            && e.message().contains("line 1, row 1, column 2"),
        "{e}"
    );
    // The key belongs to a file.
    let e = built("[populations]\nA = { tau = 20 }\n[W]\n\"A <- A\" = 1\nmissing = 0\n", files.path())
        .unwrap_err();
    assert!(e.message().contains("belongs to weights from a file"), "{e}");
}

#[test]
fn lists_of_connections_are_weights() {
    let files = folder(&[
        ("totals.csv", "pre,post,weight\nE,E,1.5\nI,E,-1\nE,I,1.2\n"),
        ("units.csv", "post,pre,weight\nE[1],E[0],2\nI,E[1],3\nE[0],I,-1\n"),
        ("zero.tsv", "source\ttarget\tweight\n0\t1\t2\n1\t2\t3\n2\t0\t-1\n"),
        ("one.tsv", "source\ttarget\tweight\n1\t2\t2\n2\t3\t3\n3\t1\t-1\n"),
        ("some.tsv", "source\ttarget\tweight\n1\t2\t2\n"),
    ]);
    let text = |file: &str, more: &str| {
        format!(
            "[populations]\nE = {{ kind = \"excitatory\", size = 2, tau = 20 }}\n\
             I = {{ kind = \"inhibitory\", tau = 20 }}\n[W]\nfile = \"{file}\"\n{more}"
        )
    };
    let weights = |file: &str, more: &str| {
        built(&text(file, more), files.path())
            .unwrap_or_else(|e| panic!("{file}: {e} {:?}", e.help()))
            .dense_weights()
            .unwrap()
    };
    let units = Matrix::from_rows(&[[0.0, 0.0, -1.0], [2.0, 0.0, 0.0], [0.0, 3.0, 0.0]]);
    for file in ["units.csv", "zero.tsv", "one.tsv"] {
        assert_eq!(weights(file, ""), units, "{file}");
    }
    // Names of populations: totals, as in [W].
    let totals = Matrix::from_rows(&[[0.75, 0.75, -1.0], [0.75, 0.75, -1.0], [0.6, 0.6, 0.0]]);
    assert_eq!(weights("totals.csv", ""), totals);
    // Units 1 and 2 of three may be counted from 0 or from 1.
    let e = built(&text("some.tsv", ""), files.path()).unwrap_err();
    assert!(e.message().contains("from 0 or from 1") && e.help().unwrap().contains("index = 0"), "{e}");
    assert_eq!(weights("some.tsv", "index = 1\n")[(1, 0)], 2.0);
    // Counted from 0 unit 1 is the second, and sends to I.
    assert_eq!(weights("some.tsv", "index = 0\n")[(2, 1)], 2.0);
    let e = built(&text("one.tsv", "index = 0\n"), files.path()).unwrap_err();
    assert!(e.message().contains("1 to 3; there are 0 to 2"), "{e}");
    let e = built(&text("units.csv", "layout = \"from_to\"\n"), files.path()).unwrap_err();
    assert!(e.message().contains("say who receives"), "{e}");
    // A bare list.
    let c = bare(&files.path().join("totals.csv")).unwrap();
    assert_eq!(c.dense_weights().unwrap(), Matrix::from_rows(&[[1.5, -1.0], [1.2, 0.0]]));
    assert!(bare(&files.path().join("one.tsv")).unwrap_err().help().unwrap().contains("index = 0"));
}

const LIGHT: &str =
    "[populations]\nE = { tau = 20, f = \"threshold-linear\" }\n[W]\n\"E <- E\" = 0.5\n[stimuli]\n";

fn samples(stimulus: &str, folder: &Path) -> neurate::Result<(Vec<f64>, Vec<f64>, String)> {
    let c = built(&format!("{LIGHT}s = {{ to = \"E\", kind = \"samples\", {stimulus} }}\n"), folder)?;
    match &c.stimuli()[0].waveform {
        Waveform::Samples { times, values } => Ok((times.clone(), values.clone(), warned(&c))),
        other => panic!("{other:?}"),
    }
}

/// 40 ms dr/dt = -r + 2 s(t), with s rising to 1 within 100 ms and staying there.
#[test]
fn seconds_in_a_heading_are_seconds() {
    let circuit = read(&everyday().join("02_light_seconds.toml"), &[]).unwrap().build().unwrap();
    assert_eq!(warned(&circuit), "");
    let study = Study::new(circuit, Choices::default());
    let last = study.trajectory().unwrap().last().unwrap()[0];
    assert!((last - 1.939722359).abs() < 1e-6, "{last}");
}

#[test]
fn recordings_by_column_and_unit() {
    let files = folder(&[
        ("plain.csv", "0,1\n100,2\n200,0\n"),
        ("three.csv", "0,1,5\n100,2,6\n200,0,7\n"),
        ("named.csv", "time (s),led,ball (mm)\n0,1,5\n0.1,2,6\n0.2,0,7\n"),
        ("bracket.tsv", "t [ms]\tled\n0\t1\n100\t2\n200\t0\n"),
        ("suffix.csv", "frame,time_s,led\n0,0,1\n1,0.1,2\n2,0.2,0\n"),
        ("numpy.txt", "# time (s) led\n0 1\n0.1 2\n0.2 0\n"),
        ("blanks.dat", "t [ms] led (Hz)\n0 1\n100 2\n200 0\n"),
        ("silent.csv", "time,led\n0,1\n0.1,2\n0.2,0\n"),
        ("index.csv", ",led\n0.0,1\n100.0,2\n200.0,0\n"),
        ("minutes.csv", "time (min),led\n0,1\n1,2\n"),
        ("gap.csv", "time (ms),led\n0,1\n100,\n200,0\n"),
        ("flat.csv", "1\n2\n0\n"),
        ("turned.csv", "0,1,2,3,4,5,6,7,8,9\n0,1,2,3,4,5,6,7,8,9\n"),
        ("kilo.csv", "time (ms),rate (kHz)\n0,0.001\n100,0.002\n200,0\n"),
        ("volt.csv", "time (ms),led (mV)\n0,1\n100,2\n200,0\n"),
    ]);
    let right = (vec![0.0, 100.0, 200.0], vec![1.0, 2.0, 0.0]);
    let at = |stimulus: &str| {
        samples(stimulus, files.path()).unwrap_or_else(|e| panic!("{stimulus}: {e} {:?}", e.help()))
    };
    for stimulus in [
        "file = \"plain.csv\"",
        "file = \"three.csv\", column = 2",
        "file = \"named.csv\", column = \"led\"",
        "file = \"bracket.tsv\"",
        "file = \"suffix.csv\", column = \"led\"",
        "file = \"numpy.txt\"",
        "file = \"blanks.dat\"",
        "file = \"silent.csv\", time_unit = \"s\"",
        "file = \"index.csv\"",
        "file = \"kilo.csv\"",
        "file = \"gap.csv\", missing = 2",
    ] {
        let (times, values, warnings) = at(stimulus);
        assert_eq!((times, values), right.clone(), "{stimulus}");
        assert_eq!(warnings, "", "{stimulus}");
    }
    let (times, _, warnings) = at("file = \"silent.csv\"");
    assert_eq!(times, [0.0, 0.1, 0.2]);
    assert!(
        warnings.contains("does not say the unit of its times") && warnings.contains("time_unit = \"s\""),
        "{warnings}"
    );
    assert_eq!(at("file = \"silent.csv\", time_unit = \"ms\"").2, "");
    assert!(at("file = \"volt.csv\"").2.contains("\"mV\", but inputs of this circuit are Hz"));
    let (_, values, _) = samples("file = \"06_recording_with_index.csv\"", &everyday()).unwrap();
    assert_eq!(values, [0.0, 1.0, 1.0]);
    for (stimulus, words) in [
        ("file = \"three.csv\"", "column = one of 2, 3"),
        ("file = \"named.csv\"", "column = one of \"led\", \"ball (mm)\""),
        ("file = \"named.csv\", column = \"lamp\"", "\"led\""),
        ("file = \"minutes.csv\"", "time_unit = \"s\""),
        ("file = \"plain.csv\", time_unit = \"mV\"", "a unit of time"),
        ("file = \"gap.csv\"", "missing = 0"),
        ("file = \"flat.csv\"", "add a column"),
        ("file = \"turned.csv\"", "transpose it"),
    ] {
        let e = samples(stimulus, files.path()).expect_err(stimulus);
        assert!(e.help().unwrap_or("").contains(words), "{stimulus}: {e} {:?}", e.help());
        assert!(e.place().is_some(), "{stimulus}");
    }
}

/// Files that other libraries wrote: `tests/data/formats/make.py`.
#[test]
fn formats_of_other_libraries() {
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats");
    let mut expected = w();
    (expected[(0, 3)], expected[(4, 1)]) = (0.0, 0.0);
    for file in [
        "csr.npz",
        "csc.npz",
        "coo.npz",
        "full.mat",
        "sparse.mat",
        "sparse_plain.mat",
        "zstd.zarr",
        "crc.zarr",
        "turned.zarr",
        "version2.zarr",
        "group.zarr",
    ] {
        let c = bare(&formats.join(file)).unwrap_or_else(|e| panic!("{file}: {e} {:?}", e.help()));
        assert_eq!(c.dense_weights().unwrap(), expected, "{file}");
    }
    let integers = bare(&formats.join("integers.mat")).unwrap().dense_weights().unwrap();
    assert_eq!(integers, expected.map(|x| (10.0 * x).round()));
    let text =
        circuit_of_array(&formats.join("two.mat"), Some("V"), Some("20"), Some(Senders::Rows)).unwrap();
    let c = parse(&text, "bare", &formats, &[]).unwrap().build().unwrap();
    assert_eq!(c.dense_weights().unwrap(), expected);
    for (file, words) in [
        ("bsr.npz", "csr, csc and coo"),
        ("none.npz", "numpy.savez"),
        ("two.mat", "array = one of W (6 x 6), V (6 x 6)"),
        ("complex.mat", "real(W)"),
        ("version4.mat", "-v7"),
        ("shards.zarr", "gzip, Zstandard or plain"),
    ] {
        let e = bare(&formats.join(file)).expect_err(file);
        assert!(e.help().unwrap_or("").contains(words), "{file}: {e} {:?}", e.help());
    }
    // A damaged chunk is no matrix of other numbers.
    let copy = folder(&[]);
    std::fs::create_dir_all(copy.path().join("crc.zarr/c/0")).unwrap();
    for part in ["zarr.json", "c/0/0", "c/0/1"] {
        std::fs::copy(formats.join("crc.zarr").join(part), copy.path().join("crc.zarr").join(part)).unwrap();
    }
    let chunk = copy.path().join("crc.zarr/c/0/1");
    let mut bytes = std::fs::read(&chunk).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&chunk, bytes).unwrap();
    let e = bare(&copy.path().join("crc.zarr")).unwrap_err();
    assert!(e.message().contains("chunk c/0/1 is damaged"), "{e}");
}

#[test]
fn arrays_among_several() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/malformed/weights/two.npz");
    let e = circuit_of_matrix(&path, Some("20"), None).unwrap_err();
    assert!(e.help().unwrap().contains("array = one of"), "{e}");
    let text = circuit_of_array(&path, Some("W"), Some("20"), None).unwrap();
    let c = parse(&text, "bare", path.parent().unwrap(), &[]).unwrap().build().unwrap();
    assert_eq!(c.n(), 3);
    assert!(circuit_of_array(&path, Some("V"), Some("20"), None).is_err());
}

#[test]
fn text_may_be_a_circuit_or_a_matrix() {
    let files = folder(&[("c.txt", "# mine\nneurate = 1\n"), ("w.txt", "1 2\n3 4\n")]);
    assert!(!is_matrix(&files.path().join("c.txt")) && is_matrix(&files.path().join("w.txt")));
    assert!(is_matrix(Path::new("W.MAT")) && !is_matrix(Path::new("c.toml")));
    for (name, words) in [("model.ode", "XPPAUT"), ("net.nml", "NeuroML"), ("W.xlsx", "spreadsheet")] {
        let e = read(&files.path().join(name), &[]).unwrap_err();
        assert!(e.message().contains(words) && e.help().is_some(), "{e}");
    }
}
