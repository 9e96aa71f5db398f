//! Weights from every file format are the weights written inline; layouts, orders and seeds hold.

use neurate::circuit::{Circuit, Waveform, Weights};
use neurate::file::parse;
use neurate::linalg::Matrix;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/malformed/weights")
}

fn read(text: &str) -> neurate::Result<Circuit> {
    parse(text, "c.toml", &folder(), &[])
}

fn two(weights: &str) -> Circuit {
    let text = format!(
        "neurate = 1\n[populations]\nE = {{ kind = \"excitatory\", size = 2, tau = 20 }}\n\
         I = {{ kind = \"inhibitory\", tau = 10 }}\n[W]\n{weights}"
    );
    read(&text).unwrap_or_else(|e| panic!("{weights}: {e}"))
}

fn free(weights: &str) -> Matrix {
    let text = format!("neurate = 1\n[populations]\nA = {{ size = 3, tau = 20 }}\n[W]\n{weights}");
    read(&text).unwrap_or_else(|e| panic!("{weights}: {e}")).dense_weights().unwrap()
}

fn inline() -> Matrix {
    let c = two(
        "\"E <- E\" = [[1, 2], [4, 0]]\n\"E <- I\" = [[-3], [-6]]\n\"I <- E\" = [[7, 8.5]]\n\"I <- I\" = -9",
    );
    c.dense_weights().unwrap()
}

#[test]
fn every_format_gives_the_inline_matrix() {
    let expected = inline();
    assert_eq!(expected, Matrix::from_rows(&[[1.0, 2.0, -3.0], [4.0, 0.0, -6.0], [7.0, 8.5, -9.0]]));
    for file in [
        "file = \"c.npy\"",
        "file = \"fortran.npy\"",
        "file = \"single.npy\"",
        "file = \"big_endian.npy\"",
        "file = \"one.npz\"",
        "file = \"two.npz\"\narray = \"W\"",
        "file = \"plain.csv\"",
        "file = \"header.csv\"",
        "file = \"named.csv\"",
        "file = \"coordinate.mtx\"",
        "file = \"array.mtx\"",
        "file = \"reordered.npy\"\norder = [\"I\", \"E\"]",
    ] {
        let c = two(&format!("{file}\nlayout = \"to_from\""));
        assert_eq!(c.dense_weights().unwrap(), expected, "{file}");
    }
    let transposed = two("file = \"transposed.npy\"\nlayout = \"from_to\"");
    assert_eq!(transposed.dense_weights().unwrap(), expected);
}

#[test]
fn the_other_layout_is_the_transpose() {
    for file in ["c.npy", "plain.csv", "array.mtx", "coordinate.mtx"] {
        let a = free(&format!("file = \"{file}\"\nlayout = \"to_from\""));
        let b = free(&format!("file = \"{file}\"\nlayout = \"from_to\""));
        assert_eq!(a, b.transpose());
        assert_ne!(a, b);
    }
}

#[test]
fn matrix_market_symmetries() {
    let symmetric = Matrix::from_rows(&[[1.5, 2.0, 0.0], [2.0, 0.0, 4.0], [0.0, 4.0, 0.0]]);
    assert_eq!(free("file = \"symmetric.mtx\"\nlayout = \"to_from\""), symmetric);
    assert_eq!(free("file = \"symmetric_array.mtx\"\nlayout = \"to_from\""), symmetric);
    let skew = Matrix::from_rows(&[[0.0, -1.0, -2.0], [1.0, 0.0, -3.0], [2.0, 3.0, 0.0]]);
    assert_eq!(free("file = \"skew.mtx\"\nlayout = \"to_from\""), skew);
    let pattern = Matrix::from_rows(&[[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]);
    assert_eq!(free("file = \"pattern.mtx\"\nlayout = \"to_from\""), pattern);
}

#[test]
fn a_sparse_file_stays_sparse() {
    let text = "neurate = 1\n[populations]\nA = { size = 3, tau = 20 }\n[W]\nfile = \"pattern.mtx\"\nlayout = \"to_from\"";
    assert!(matches!(read(text).unwrap().weights(), Weights::Sparse(w) if w.entries() == 2));
}

#[test]
fn a_number_is_the_total_from_the_population() {
    let w = two("\"E <- *\" = 0\n\"I <- E\" = 3\n\"I <- I\" = -1").dense_weights().unwrap();
    assert_eq!((w[(2, 0)], w[(2, 1)], w[(2, 2)]), (1.5, 1.5, -1.0));
}

#[test]
fn units_beside_a_file_convert() {
    let text = |units| {
        format!(
            "neurate = 1\nform = \"voltage\"\n[populations]\nA = {{ size = 3, tau = 20 }}\n\
             [W]\nfile = \"c.npy\"\nlayout = \"to_from\"\nunits = \"{units}\""
        )
    };
    let (a, b) = (read(&text("mV/Hz")).unwrap(), read(&text("V/Hz")).unwrap());
    assert_eq!(b.dense_weights().unwrap()[(0, 1)], 1000.0 * a.dense_weights().unwrap()[(0, 1)]);
    assert_eq!(a.units().weight, "mV/Hz");
}

fn random(seed: u64, p: f64, extra: &str) -> Circuit {
    read(&format!(
        "neurate = 1\nseed = {seed}\n[populations]\nE = {{ kind = \"excitatory\", size = 40, tau = 20 }}\n\
         I = {{ kind = \"inhibitory\", size = 10, tau = 10 }}\n[connect]\n\
         \"* <- E\" = {{ p = {p}, mean = 0.02, cv = 0.5 }}\n\"E <- I\" = {{ p = {p}, mean = -0.08, sd = 0.02 }}\n{extra}"
    ))
    .unwrap()
}

#[test]
fn seeds_reproduce_and_density_decides() {
    let (a, b, c) = (random(1, 0.1, ""), random(1, 0.1, ""), random(2, 0.1, ""));
    assert_eq!(a.weights(), b.weights());
    assert_ne!(a.weights(), c.weights());
    assert_eq!(a.seed(), Some(1));
    assert!(matches!(a.weights(), Weights::Sparse(_)));
    assert!(matches!(random(1, 0.5, "").weights(), Weights::Dense(_)));
    // Drawn connections and given weights add up.
    let both = random(1, 0.1, "[W]\ndefault = 0\n\"I <- I\" = -1\n\"E <- E\" = 4\n");
    let (drawn, sum) = (a.dense_weights().unwrap(), both.dense_weights().unwrap());
    assert!((sum[(0, 1)] - drawn[(0, 1)] - 0.1).abs() < 1e-15);
    assert_eq!(sum[(45, 46)], -0.1);
}

#[test]
fn samples_come_from_tables() {
    let expected = Waveform::Samples { times: vec![0.0, 10.0, 20.0], values: vec![1.0, 2.0, 0.0] };
    for source in [
        "file = \"samples.csv\"",
        "file = \"samples.npy\"",
        "times = [0, 10, \"0.02 s\"], values = [1, 2, 0]",
    ] {
        let text = format!(
            "neurate = 1\n[populations]\nA = {{ tau = 20 }}\n[stimuli]\ns = {{ to = \"A\", kind = \"samples\", {source} }}"
        );
        assert_eq!(read(&text).unwrap().stimuli()[0].waveform, expected, "{source}");
    }
}
