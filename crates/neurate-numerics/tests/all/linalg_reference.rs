//! `linalg` against values made independently of it (`reference/`, made with NumPy and SciPy).

use neurate_numerics::linalg::{
    Complex, Matrix, commutator_norm, eigen, eigenvalues, schur_complex, schur_real,
};
use serde_json::Value;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../neurate/tests/reference")
}

fn json(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder().join(name)).unwrap()).unwrap()
}

fn list(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn matrix(v: &Value) -> Matrix {
    let rows: Vec<Vec<f64>> = v.as_array().unwrap().iter().map(list).collect();
    Matrix::from_rows(&rows)
}

fn case_matrix(case: &Value) -> Matrix {
    if let Some(name) = case.get("W_file") {
        let text = std::fs::read_to_string(folder().join(name.as_str().unwrap())).unwrap();
        let rows: Vec<Vec<f64>> =
            text.lines().map(|l| l.split(',').map(|x| x.parse().unwrap()).collect()).collect();
        Matrix::from_rows(&rows)
    } else {
        matrix(&case["W"])
    }
}

fn complex_list(v: &Value) -> Vec<Complex> {
    list(&v["re"]).into_iter().zip(list(&v["im"])).map(|(re, im)| Complex::new(re, im)).collect()
}

#[test]
fn random_and_structured_matrices() {
    let data = json("random_open.json");
    let cases = data["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 14);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let w = case_matrix(case);
        let n = w.rows() as f64;
        let value = |key: &str| case[key].as_f64().unwrap();
        let size = value("frobenius2");
        // Summing n^2 squares in another order.
        assert!((w.frobenius().powi(2) - size).abs() < 1e-14 * n * size, "{name}");
        let nu = commutator_norm(&w) / size;
        assert!((nu - value("commutator_fro_rel")).abs() < 1e-14 * n, "{name} {nu}");

        let real = schur_real(&w).unwrap();
        let complex = schur_complex(&w).unwrap();
        assert!(real.residual(&w) < 2e-15 * n.max(10.0), "{name}");
        assert!(complex.residual(&w) < 2e-15 * n.max(10.0), "{name}");
        assert!(real.orthogonality() < 2e-15 * n.max(10.0), "{name}");
        assert!(complex.orthogonality() < 2e-15 * n.max(10.0), "{name}");

        // An eigenvalue moves by rounding times its condition (here at most that of the basis,
        // < 150), that of the Jordan block of six by the sixth root of rounding: 2.5e-3, and the
        // sum of squares by rounding to a power in between.
        let jordan = name.starts_with("defective");
        let condition = value("condition_number_unit_eigenvectors");
        let tolerance = if jordan { 1e-2 } else { 1e-14 * n * condition.max(10.0) };
        let expected = complex_list(&case["eigenvalues"]);
        let found = eigenvalues(&w).unwrap();
        assert_eq!(expected.len(), found.len());
        if jordan {
            assert!(found.iter().all(|z| (z - 0.4).norm() < tolerance), "{name} {found:?}");
        } else {
            // Where real parts agree to rounding the reference's order is chance: match greedily.
            let mut left = expected.clone();
            for z in &found {
                let (k, d) = left
                    .iter()
                    .enumerate()
                    .map(|(k, e)| (k, (e - z).norm()))
                    .min_by(|a, b| a.1.total_cmp(&b.1))
                    .unwrap();
                assert!(d < tolerance, "{name}: {z} is off by {d:e}");
                left.remove(k);
            }
        }
        let sum = value("sum_abs2_WFF_complex_schur");
        let tolerance = if jordan { 3e-4 } else { 1e-13 * n * size };
        for found in [real.feedforward_sum_of_squares(), complex.feedforward_sum_of_squares()] {
            assert!((found - sum).abs() < tolerance, "{name}: {found} {sum}");
            assert!((found - value("henrici2")).abs() < tolerance, "{name}: {found}");
        }
        let e = eigen(&w).unwrap();
        if jordan {
            assert!(e.condition > 1e9, "{}", e.condition);
        } else {
            // The condition number itself moves by rounding times its square.
            let tolerance = 1e-13 * n * condition.max(1.0);
            assert!((e.condition / condition - 1.0).abs() < tolerance, "{name} {}", e.condition);
        }
    }
}

#[test]
fn schur_forms_in_three_orders() {
    let data = &json("extras_open.json")["gram_schmidt_schur"];
    let w = matrix(&data["W"]);
    let values = eigenvalues(&w).unwrap();
    let rows = data["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    for row in rows {
        let mut s = schur_complex(&w).unwrap();
        let at = |z: Complex| {
            (0..4)
                .min_by(|&i, &j| {
                    let d = |k: usize| (s.t[(k, k)] - z).norm();
                    d(i).total_cmp(&d(j))
                })
                .unwrap()
        };
        let order: Vec<usize> = row["order"]
            .as_array()
            .unwrap()
            .iter()
            .map(|k| at(values[k.as_u64().unwrap() as usize]))
            .collect();
        s.reorder(&order).unwrap();
        let links = matrix(&row["abs_upper"]);
        for (i, z) in complex_list(&row["diag"]).into_iter().enumerate() {
            assert!((s.t[(i, i)] - z).norm() < 1e-13);
            for j in i + 1..4 {
                // Single links depend on the order; the reference is good to about 3e-15. A
                // transposed W has the same eigenvalues and other links.
                assert!((s.t[(i, j)].norm() - links[(i, j)]).abs() < 5e-14, "{i} {j}");
            }
        }
        let sum = row["sum_abs2"].as_f64().unwrap();
        assert!((s.feedforward_sum_of_squares() - sum).abs() < 1e-13);
        assert!((sum - 12.415_392_177_405_2).abs() < 1e-12);
        assert!(s.residual(&w) < 5e-15);
    }
}
