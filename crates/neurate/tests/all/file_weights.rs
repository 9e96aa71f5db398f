//! Weights from every file format are the weights written inline; layouts, orders and seeds hold.

use neurate::file::parse;
use neurate::linalg::Matrix;
use neurate::model::{Circuit, Waveform, Weights};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/malformed/weights")
}

fn read(text: &str) -> neurate::Result<Circuit> {
    parse(text, "c.toml", &folder(), &[]).and_then(|spec| spec.build())
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

/// A million units, connected all to all: the populations' equation, whatever the sizes.
#[test]
fn equal_weights_are_kept_as_one_number() {
    let text = |e: usize, i: usize, more: &str| {
        format!(
            "neurate = 1\nseed = 1\n[populations]\nE = {{ kind = \"excitatory\", size = {e}, tau = 20 }}\n\
             I = {{ kind = \"inhibitory\", size = {i}, tau = 10 }}\n[W]\n\"E <- E\" = 4\n\"I <- E\" = 3\n\
             \"E <- I\" = -2\n\"I <- I\" = -1\n{more}"
        )
    };
    let large = read(&text(800_000, 200_000, "")).unwrap();
    assert!(matches!(large.weights(), Weights::Blocks(_)));
    let mut input = vec![0.0; 1_000_000];
    large.weights().apply(&vec![1.0; 1_000_000], &mut input);
    // Sums of ones are exact; each weight is a share, rounded once.
    assert!((input[0] - 2.0).abs() < 1e-15 && (input[999_999] - 2.0).abs() < 1e-15);
    assert!(read(&text(800_000, 200_000, "").replace("= -2", "= 2")).is_err(), "signs are checked");
    // Small ones, and those of the same size that are not uniform, are plain matrices.
    assert!(matches!(read(&text(40, 10, "")).unwrap().weights(), Weights::Dense(_)));
    // Beside drawn connections they add up.
    let more = "[connect]\n\"E <- E\" = { p = 0.01, mean = 0.1 }";
    let (sum, drawn) =
        (read(&text(500, 100, more)).unwrap(), text(500, 100, more).replace("[W]", "[W]\ndefault = 0"));
    assert!(matches!(sum.weights(), Weights::Sum(parts) if parts.len() == 2));
    let drawn: String =
        drawn.lines().filter(|l| !l.contains(" = 4") && !l.contains("= 3")).collect::<Vec<_>>().join("\n");
    let drawn = read(&drawn.replace("= -2", "= 0").replace("= -1", "= 0")).unwrap().dense_weights().unwrap();
    let sum = sum.dense_weights().unwrap();
    for (to, from, share) in [(3, 4, 4.0 / 500.0), (550, 9, 3.0 / 500.0), (7, 520, -0.02), (599, 598, -0.01)]
    {
        assert!((sum[(to, from)] - drawn[(to, from)] - share).abs() < 1e-16, "{to} <- {from}");
    }
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
