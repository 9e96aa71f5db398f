//! What the theory tests share: reference data, builders of circuits, a generator of matrices.
#![allow(dead_code)]

use neurate::fixed_points::{FixedPoint, Search, SearchOptions, fixed_points};
use neurate::linalg::{Complex, Matrix, eigenvalues, matmul, svd};
use neurate::linear::Linearization;
use neurate::model::transfer::Transfer;
use neurate::model::{CellKind, Circuit, Form, Parts, Population, Run, SlowStates, Stimulus, Units, Weights};
use serde_json::Value;
use std::path::PathBuf;

/// Two populations in conductance form: a file's text, to which noise and delays are added.
pub const CONDUCTANCE: &str = r#"
neurate = 1
form = "conductance"
seed = 1
[populations.E]
kind = "excitatory"
f = { kind = "power", k = 0.01, n = 2, threshold = -65 }
membrane = { C = 200, g_leak = 10, E_leak = -60 }
reversal = 0
[populations.I]
kind = "inhibitory"
f = { kind = "power", k = 0.01, n = 2, threshold = -65 }
membrane = { C = 100, g_leak = 10, E_leak = -60 }
reversal = -75
[G]
"E <- E" = 0.2
"E <- I" = 2
"I <- E" = 0.3
"I <- I" = 1
"#;

/// A file of `tests/reference`.
pub fn reference(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

pub fn json(name: &str) -> Value {
    serde_json::from_str(&reference(name)).unwrap()
}

/// A number, written as such or as a string of 20 digits.
pub fn number(v: &Value) -> f64 {
    match v {
        Value::String(s) => s.parse().unwrap(),
        _ => v.as_f64().unwrap_or_else(|| panic!("{v} is no number")),
    }
}

pub fn text(v: &Value) -> &str {
    v.as_str().unwrap()
}

pub fn items(v: &Value) -> &[Value] {
    v.as_array().unwrap()
}

pub fn numbers(v: &Value) -> Vec<f64> {
    items(v).iter().map(number).collect()
}

pub fn matrix(v: &Value) -> Matrix {
    Matrix::from_rows(&items(v).iter().map(numbers).collect::<Vec<_>>())
}

/// `{re: [..], im: [..]}`, or a plain list of real numbers.
pub fn complex_numbers(v: &Value) -> Vec<Complex> {
    if v.is_array() {
        return numbers(v).into_iter().map(|x| Complex::new(x, 0.0)).collect();
    }
    numbers(&v["re"]).into_iter().zip(numbers(&v["im"])).map(|(a, b)| Complex::new(a, b)).collect()
}

/// The weights of a case of `random_open.json`: written out, or in a file of their own.
pub fn case_matrix(case: &Value) -> Matrix {
    let Some(name) = case.get("W_file") else { return matrix(&case["W"]) };
    let rows: Vec<Vec<f64>> =
        reference(text(name)).lines().map(|l| l.split(',').map(|x| x.parse().unwrap()).collect()).collect();
    Matrix::from_rows(&rows)
}

#[track_caller]
pub fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found} is not {expected} to {tolerance:e}");
}

#[track_caller]
pub fn all_near(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        near(*f, *e, tolerance, &format!("{what}[{i}]"));
    }
}

/// Every expected value has its partner: orders of equal real parts are chance.
#[track_caller]
pub fn same_set(found: &[Complex], expected: &[Complex], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let mut left = expected.to_vec();
    for z in found {
        let d = |e: &Complex| (e - z).norm();
        let k = (0..left.len()).min_by(|&a, &b| d(&left[a]).total_cmp(&d(&left[b]))).unwrap();
        assert!(d(&left[k]) <= tolerance, "{what}: {z} against {}", left[k]);
        left.remove(k);
    }
}

pub fn population(name: &str, kind: CellKind, tau: &[f64], h: &[f64], transfer: Transfer) -> Population {
    Population {
        name: name.into(),
        label: None,
        kind,
        size: tau.len(),
        tau: tau.to_vec(),
        h: h.to_vec(),
        sigma: 0.0,
        transfer,
        membrane: None,
        slow: SlowStates::default(),
    }
}

pub fn parts(form: Form, populations: Vec<Population>, w: &Matrix) -> Parts {
    Parts {
        title: "test".into(),
        form,
        populations,
        weights: Weights::from(w.clone()),
        mean_field: None,
        delays: None,
        space: None,
        stimuli: vec![],
        noise: vec![],
        standard_errors: vec![],
        run: Run::default(),
        units: Units::default(),
        seed: None,
        warnings: vec![],
        follows: vec![],
        weights_vary: true,
    }
}

/// A circuit of single units, all with one transfer function; signs as they come.
pub fn circuit(form: Form, w: &Matrix, tau: &[f64], h: &[f64], transfer: &Transfer) -> Circuit {
    let populations = (0..tau.len())
        .map(|i| {
            population(&format!("x{i}"), CellKind::Unconstrained, &tau[i..=i], &h[i..=i], transfer.clone())
        })
        .collect();
    Circuit::new(parts(form, populations, w)).unwrap()
}

/// A linear rate circuit of single units: the first `excitatory` are so, the others inhibitory.
/// The transfer function of each has the given gain.
pub fn dale_linear(names: &[&str], excitatory: usize, w: &Matrix, tau: &[f64], gain: &[f64]) -> Circuit {
    let populations = (0..names.len())
        .map(|i| {
            let kind = if i < excitatory { CellKind::Excitatory } else { CellKind::Inhibitory };
            let f = Transfer::new("linear", &[("gain", gain[i])], 1e-3).unwrap();
            population(names[i], kind, &tau[i..=i], &[0.0], f)
        })
        .collect();
    Circuit::new(parts(Form::Rate, populations, w)).unwrap()
}

pub fn with_stimuli(circuit: &Circuit, stimuli: Vec<Stimulus>) -> Circuit {
    let mut parts = circuit.to_parts();
    parts.stimuli = stimuli;
    Circuit::new(parts).unwrap()
}

pub fn power(k: f64, n: f64) -> Transfer {
    Transfer::new("power", &[("k", k), ("n", n)], 1e-3).unwrap()
}

pub fn search(circuit: &Circuit) -> Search {
    fixed_points(circuit, &SearchOptions::default()).unwrap()
}

/// The one fixed point of a circuit and its linearization there.
pub fn linearize(circuit: &Circuit) -> (FixedPoint, Linearization) {
    let points = search(circuit).points;
    assert_eq!(points.len(), 1);
    let l = Linearization::new(circuit, &points[0]).unwrap();
    (points[0].clone(), l)
}

/// `(W - 1) / tau`.
pub fn jacobian(w: &Matrix, tau: f64) -> Matrix {
    w.sub(&Matrix::identity(w.rows())).scale(1.0 / tau)
}

/// Gauss-Legendre quadrature with 20 nodes on each of `panels` panels: exact to rounding for the
/// exponentials and lines of these tests.
pub fn integral(f: impl Fn(f64) -> f64, from: f64, to: f64, panels: usize) -> f64 {
    const N: usize = 20;
    let mut sum = 0.0;
    let width = (to - from) / panels as f64;
    for k in 0..N {
        let mut x = (std::f64::consts::PI * (k as f64 + 0.75) / (N as f64 + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..50 {
            let (mut p, mut q) = (1.0, 0.0);
            for j in 0..N {
                let j = j as f64;
                (p, q) = (((2.0 * j + 1.0) * x * p - j * q) / (j + 1.0), p);
            }
            slope = N as f64 * (x * p - q) / (x * x - 1.0);
            let step = p / slope;
            x -= step;
            if step.abs() < 1e-16 {
                break;
            }
        }
        let weight = 2.0 / ((1.0 - x * x) * slope * slope);
        for panel in 0..panels {
            let left = from + width * panel as f64;
            sum += 0.5 * width * weight * f(left + 0.5 * width * (x + 1.0));
        }
    }
    sum
}

/// A generator that is the same on every machine.
pub struct Rng(u64);
impl Rng {
    pub fn new(seed: u64) -> Self {
        Rng(seed.wrapping_add(7).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
    pub fn uniform(&mut self) -> f64 {
        for _ in 0..2 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
        }
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
    pub fn between(&mut self, a: f64, b: f64) -> f64 {
        a + (b - a) * self.uniform()
    }
    pub fn normal(&mut self) -> f64 {
        let (u, v) = (self.uniform().max(1e-300), self.uniform());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
    pub fn vector(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.normal()).collect()
    }
    pub fn matrix(&mut self, n: usize, size: f64) -> Matrix {
        Matrix::from_fn(n, n, |_, _| size * self.normal())
    }
    pub fn orthogonal(&mut self, n: usize) -> Matrix {
        svd(&self.matrix(n, 1.0)).unwrap().u
    }
    /// `Q a Q^T` with a random orthogonal Q.
    pub fn rotated(&mut self, a: &Matrix) -> Matrix {
        let q = self.orthogonal(a.rows());
        matmul(&matmul(&q, a), &q.transpose())
    }
}

/// The classes of matrices that laws are tested on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Random,
    Symmetric,
    /// Normal and not symmetric: rotations and stretches in random planes.
    Normal,
    /// Columns of one sign.
    Dale,
    /// Defective: a chain of equal modes.
    Chain,
    /// The same, hidden by a rotation.
    HiddenChain,
    /// Of size 1e-8 and 1e8.
    Tiny,
    Large,
    /// Equal rows: nilpotent or of rank one.
    Balanced,
    /// A hidden chain whose eigenvalues are 1e-7 apart.
    NearlyDefective,
    /// Random and far from stable.
    Strong,
    /// Normal: every row the one above, turned by one.
    Circulant,
}

impl Class {
    pub const ALL: [Class; 12] = [
        Class::Random,
        Class::Symmetric,
        Class::Normal,
        Class::Dale,
        Class::Chain,
        Class::HiddenChain,
        Class::Tiny,
        Class::Large,
        Class::Balanced,
        Class::NearlyDefective,
        Class::Strong,
        Class::Circulant,
    ];

    /// Whether eigenvalues may coincide with too few eigenvectors, to rounding.
    pub fn defective(self) -> bool {
        matches!(self, Class::Chain | Class::HiddenChain | Class::Balanced | Class::NearlyDefective)
    }

    pub fn normal(self) -> bool {
        matches!(self, Class::Symmetric | Class::Normal | Class::Circulant)
    }

    /// A matrix of the class.
    pub fn make(self, n: usize, seed: u64) -> Matrix {
        let mut r = Rng::new(seed * 31 + self as u64);
        let g = 0.8 / (n as f64).sqrt();
        let chain = |gap: f64| {
            Matrix::from_fn(n, n, |i, j| match j.wrapping_sub(i) {
                0 => 0.3 + gap * i as f64,
                1 => 1.2,
                _ => 0.0,
            })
        };
        match self {
            Class::Random => r.matrix(n, g),
            Class::Symmetric => {
                let a = r.matrix(n, g);
                a.add(&a.transpose()).scale(0.5)
            }
            Class::Normal => {
                let mut b = Matrix::zeros(n, n);
                for i in (0..n).step_by(2) {
                    let (x, y) = (r.between(-0.9, 0.9), r.between(0.1, 2.0));
                    b[(i, i)] = x;
                    if i + 1 < n {
                        (b[(i + 1, i + 1)], b[(i, i + 1)], b[(i + 1, i)]) = (x, -y, y);
                    }
                }
                r.rotated(&b)
            }
            Class::Dale => {
                Matrix::from_fn(n, n, |_, j| r.normal().abs() * g * if 2 * j < n { 1.0 } else { -1.3 })
            }
            Class::Chain => chain(0.0),
            Class::HiddenChain => r.rotated(&chain(0.0)),
            Class::NearlyDefective => r.rotated(&chain(1e-7)),
            Class::Tiny => r.matrix(n, 1e-8),
            Class::Large => r.matrix(n, 1e8),
            Class::Balanced => Matrix::from_fn(n, n, |_, j| if 2 * j < n { 1.0 } else { -1.0 }),
            Class::Strong => r.matrix(n, 1.5),
            Class::Circulant => {
                let row = r.vector(n);
                Matrix::from_fn(n, n, |i, j| g * row[(n + j - i) % n])
            }
        }
    }

    /// Shifted left of its spectrum, so stable for sure, then scaled.
    pub fn stable(self, n: usize, seed: u64, scale: f64) -> Matrix {
        let w = self.make(n, seed);
        let right = eigenvalues(&w).unwrap()[0].re.max(0.5);
        w.sub(&Matrix::identity(n).scale(right + 0.2)).scale(scale)
    }
}
