//! THEORY T6: circuits on rings and tori, and their Fourier blocks.

use crate::common::{all_near, items, json, near, number, numbers, same_set};
use neurate::file::parse;
use neurate::linalg::{Complex, Matrix, eigenvalues, schur_real};
use neurate::linear::modes::{SpatialMode, spatial_modes};
use neurate::model::Circuit;
use std::path::Path;

fn read(text: &str) -> Circuit {
    parse(text, "test", Path::new("."), &[])
        .and_then(|spec| spec.build())
        .unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Eigenvalues of all blocks, each as often as it occurs; and the sum of their feedforward weights.
fn together(modes: &[SpatialMode]) -> (Vec<Complex>, f64) {
    let mut values = Vec::new();
    let mut feedforward = 0.0;
    for m in modes {
        for _ in 0..m.copies() {
            values.extend(m.eigenvalues().unwrap());
            feedforward += m.feedforward_squared().unwrap();
        }
    }
    (values, feedforward)
}

#[track_caller]
fn blocks_are_the_whole(w: &Matrix, types: usize, shape: &[usize]) -> Vec<SpatialMode> {
    let modes = spatial_modes(w, types, shape).expect("invariant");
    let (values, feedforward) = together(&modes);
    // Rounding of an n x n eigenproblem, worse for slanted eigenvectors.
    same_set(&values, &eigenvalues(w).unwrap(), 1e-9 * w.frobenius(), "eigenvalues");
    let whole = schur_real(w).unwrap().feedforward_sum_of_squares();
    near(feedforward, whole, 1e-11 * w.frobenius().powi(2), "feedforward");
    modes
}

const RING: &str = r#"
neurate = 1
[space]
orientation = { period = 180, points = 180 }
[populations]
E = { kind = "excitatory", size = 180, tau = 20 }
I = { kind = "inhibitory", size = 180, tau = 20 }
[W]
"E <- E" = { peak = 0.044, orientation = { gaussian = 32 } }
"E <- I" = { peak = -0.023, orientation = { gaussian = 32 } }
"I <- E" = { peak = 0.042, orientation = { gaussian = 32 } }
"I <- I" = { peak = -0.018, orientation = { gaussian = 32 } }
"#;

#[test]
fn the_ring_of_rubin() {
    let reference = json("ssn_open.json");
    let reference = &reference["ring_fourier_modes"];
    let w = read(RING).dense_weights().unwrap();
    let modes = spatial_modes(&w, 2, &[180]).unwrap();
    assert_eq!(modes.len(), 91);
    let kernel = numbers(&reference["kernel_modes_0_to_5"]);
    for case in items(&reference["two_by_two_blocks"]) {
        let m = number(&case["m"]) as usize;
        let block = modes[m].real().expect("an even kernel");
        let expected = crate::common::matrix(&case["W_m"]);
        all_near(block.data(), expected.data(), 1e-12, "block");
        near(block[(0, 0)] / 0.044, kernel[m], 1e-10, "kernel");
        let values = crate::common::complex_numbers(&case["eig"]);
        same_set(&modes[m].eigenvalues().unwrap(), &values, 1e-12, "eigenvalues");
        assert_eq!(modes[m].copies(), if m == 0 { 1 } else { 2 });
    }
    // W[to, from]: the transposed circuit has other blocks.
    let turned = spatial_modes(&w.transpose(), 2, &[180]).unwrap();
    assert!((turned[1].block[(0, 1)] - modes[1].block[(0, 1)]).norm() > 0.1);
}

#[test]
fn blocks_have_the_eigenvalues_of_the_whole() {
    let ring =
        read(&RING.replace("180, points = 180", "180, points = 20").replace("size = 180", "size = 20"));
    let modes = blocks_are_the_whole(&ring.dense_weights().unwrap(), 2, &[20]);
    // Even kernels: real, also where the transform is all but zero.
    assert!(modes.iter().all(|m| m.real().is_some() && m.copies() == if m.paired { 2 } else { 1 }));
    let torus = read(
        r#"
        neurate = 1
        [space]
        place = { period = 1, points = 4 }
        orientation = { period = 180, points = 5 }
        [populations]
        E = { kind = "excitatory", size = 20, tau = 20 }
        PV = { kind = "inhibitory", size = 20, tau = 20 }
        SST = { kind = "inhibitory", size = 20, tau = 20 }
        [W]
        default = 0
        "* <- E" = { total = 2, place = { gaussian = 0.2 }, orientation = { von-mises = 1.5 } }
        "E <- PV" = { total = -1.5, orientation = { cosine = 0.8 } }
        "PV <- PV" = -1
        "E <- SST" = { total = -1, place = { gaussian = 0.4 } }
        "PV <- SST" = { peak = -0.1, place = { cosine = 1 }, orientation = { gaussian = 20 } }
        "#,
    );
    let w = torus.dense_weights().unwrap();
    let modes = blocks_are_the_whole(&w, 3, &[4, 5]);
    // Totals are the uniform mode's block; a plain number is a flat kernel.
    let uniform = modes[0].real().unwrap();
    assert_eq!(modes[0].wave, [0, 0]);
    near(uniform[(2, 0)], 2.0, 1e-13, "total");
    near(uniform[(1, 1)], -1.0, 1e-13, "flat");
    assert!(spatial_modes(&w, 3, &[5, 4]).is_none(), "another torus");
    // A kernel that is not even: complex blocks, which stand for both waves.
    let n = 12;
    let w = Matrix::from_fn(2 * n, 2 * n, |i, j| {
        let d = (i % n + n - j % n) % n;
        (0.3 + (i / n) as f64) * (-(d as f64) / 3.0).exp() * if j < n { 1.0 } else { -1.4 }
    });
    let modes = blocks_are_the_whole(&w, 2, &[n]);
    assert!(modes[1].real().is_none() && modes[1].copies() == 1);
    assert!(modes[0].real().is_some() && modes[6].real().is_some());
    let mut broken = w;
    broken[(3, 4)] += 1e-6;
    assert!(spatial_modes(&broken, 2, &[n]).is_none());
}

#[test]
fn low_rank_circuits_have_their_outlier() {
    let c = read(
        r#"
        neurate = 1
        seed = 5
        [populations]
        x = { size = 300, tau = 20 }
        [connect]
        "x <- x" = { g = 0.6 }
        [low_rank]
        memory = { overlap = 1.6, n_rms = 2 }
        "#,
    );
    let values = eigenvalues(&c.dense_weights().unwrap()).unwrap();
    // Mastrogiuseppe & Ostojic 2018: the overlap; noise moves it by g |m| |n| / (overlap N^1/2) = 0.04.
    near(values[0].re, 1.6, 0.15, "outlier");
    let second = values[1..].iter().map(|z| z.norm()).fold(0.0, f64::max);
    near(second, 0.6, 0.06, "radius");
}
