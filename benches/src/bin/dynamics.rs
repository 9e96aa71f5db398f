//! Runs and limits for `benches/run dynamics`.
//!
//! `dynamics dense W X f n RUN`: a circuit of `n` units with weights `W` from `X`.
//! `dynamics sparse n inputs RUN`: the same with the random weights of [`entry`].
//! `dynamics drawn n RUN`, `blocks n RUN`, `ring n RUN`: dense weights of [`entry`]; two halves; a kernel on a ring.
//! `dynamics limits n`: bandwidth of reading n x n doubles, by summing them.
//!
//! RUN is `steps threads lanes precision OUT`: so many steps of exponential Euler (tau = 20, dt = 1), the last state to
//! `OUT`; with `lanes` above 1, as many copies side by side; `precision` is `double` or `single`.
//!
//! Files are little-endian f64, row by row.

use neurate::dynamics::CircuitDynamics;
use neurate::linalg::Matrix;
use neurate::model::transfer::Transfer;
use neurate::model::{Blocks, Circuit, Circulant, Connections, Weights};
use neurate::simulate::{Method, simulate};
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

const TAU: f64 = 20.0;
const CEILING: f64 = 1e12;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |k: usize| words[k].parse::<usize>();
    let begin = Instant::now();
    let (weights, transfer, words) = match words[0].as_str() {
        "dense" => {
            let n = number(4)?;
            let weights = Weights::from(Matrix::from_vec(n, n, doubles(&words[1])?));
            let start = doubles(&words[2])?;
            return Job::new(&words[5..])?.course(weights, &start, transfer(&words[3])?);
        }
        "sparse" => {
            let (n, inputs) = (number(1)?, number(2)?);
            let mut connections = Connections::new(n)?;
            for i in 0..n {
                (0..inputs).for_each(|e| {
                    let (j, w) = entry(n, inputs, i, e);
                    connections.add(i, j, w);
                });
            }
            (Weights::from(connections.into_sparse()?), transfer("tanh")?, &words[3..])
        }
        "drawn" => {
            let n = number(1)?;
            let scale = 16.0 / (n as f64).sqrt();
            let w = Matrix::from_fn(n, n, |i, j| scale * entry(n, n, i, j).1);
            (Weights::from(w), transfer("tanh")?, &words[2..])
        }
        "blocks" => {
            let n = number(1)?;
            let totals = Matrix::from_rows(&[[0.5, -0.4], [0.6, -0.3]]);
            (
                Weights::Blocks(Blocks::from_totals(&[n / 2, n - n / 2], &totals)?),
                transfer("tanh")?,
                &words[2..],
            )
        }
        "ring" => {
            let n = number(1)?;
            let kernel =
                (0..n).map(|k| (k as f64 * std::f64::consts::TAU / n as f64).cos() / n as f64).collect();
            (Weights::Circulant(Circulant::ring(vec![kernel])?), transfer("tanh")?, &words[2..])
        }
        "limits" => {
            limits(number(1)?);
            return Ok(());
        }
        other => return Err(format!("no job {other}").into()),
    };
    println!("build: {}", begin.elapsed().as_secs_f64());
    println!("bytes: {}", weights.memory());
    let start: Vec<f64> = (0..weights.n()).map(|i| (i as f64 * 0.1).sin()).collect();
    Job::new(words)?.course(weights, &start, transfer)
}

/// Sender and weight of input `e` of unit `i`; `peers/dynamics.py` has the same.
fn entry(n: usize, inputs: usize, i: usize, e: usize) -> (usize, f64) {
    let mut h = ((i * inputs + e) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    h = (h ^ (h >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    h ^= h >> 32;
    ((h % n as u64) as usize, ((h >> 40) % 1024) as f64 / 8192.0 - 0.0625)
}

fn transfer(name: &str) -> Result<Transfer, neurate::Error> {
    match name {
        "tanh" => Transfer::new("tanh", &[], 1.0),
        _ => Transfer::new("power", &[("k", 0.04), ("n", 2.0)], 1.0),
    }
}

fn doubles(path: &str) -> std::io::Result<Vec<f64>> {
    Ok(std::fs::read(path)?.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect())
}

/// How a run is done.
struct Job<'a> {
    steps: usize,
    threads: usize,
    lanes: usize,
    single: bool,
    out: &'a str,
}

impl Job<'_> {
    fn new(words: &[String]) -> Result<Job<'_>, Failure> {
        let [steps, threads, lanes, precision, out] = words else { return Err("no RUN".into()) };
        let single = precision == "single";
        Ok(Job { steps: steps.parse()?, threads: threads.parse()?, lanes: lanes.parse()?, single, out })
    }

    fn course(&self, weights: Weights, start: &[f64], transfer: Transfer) -> Result<(), Failure> {
        let last = if self.lanes == 1 {
            self.alone(weights, start, transfer)?
        } else {
            self.side_by_side(&weights, start, &transfer)
        };
        std::fs::write(self.out, last.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>())?;
        Ok(())
    }

    fn alone(&self, weights: Weights, start: &[f64], transfer: Transfer) -> Result<Vec<f64>, Failure> {
        let circuit = Circuit::from_weights(weights).tau(TAU).input(1.0).transfer(transfer).build()?;
        let mut dynamics = CircuitDynamics::new(&circuit).on_threads(self.threads);
        if self.single {
            dynamics = dynamics.in_single_precision();
        }
        let times = [0.0, self.steps as f64];
        let begin = Instant::now();
        let run = simulate(&dynamics, start, &times, Method::ExponentialEuler { dt: 1.0 }, CEILING)?;
        println!("seconds: {}", begin.elapsed().as_secs_f64());
        Ok(run.last().ok_or("it ran away at its start")?.to_vec())
    }

    fn side_by_side(&self, weights: &Weights, start: &[f64], transfer: &Transfer) -> Vec<f64> {
        let lanes = self.lanes;
        let single = self.single.then(|| weights.single());
        let weights = single.as_ref().unwrap_or(weights);
        weights.in_large_pages();
        let mut x: Vec<f64> = start.iter().flat_map(|x| vec![*x; lanes]).collect();
        let (mut input, mut rates) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        let approach = -(-1.0 / TAU).exp_m1();
        let begin = Instant::now();
        let mut products = 0.0;
        for _ in 0..self.steps {
            let product = Instant::now();
            weights.apply_many(&x, lanes, &mut input);
            products += product.elapsed().as_secs_f64();
            input.iter_mut().for_each(|x| *x += 1.0);
            transfer.rates(&input, 0.0, &mut rates);
            x.iter_mut().zip(&rates).for_each(|(x, target)| *x += (target - *x) * approach);
        }
        println!("seconds: {}", begin.elapsed().as_secs_f64());
        println!("products: {products}");
        x.iter().step_by(lanes).copied().collect()
    }
}

/// Sums of n x n doubles, in one stream and in four: the better median of about a second of each.
fn limits(n: usize) {
    let matrix = Matrix::from_fn(n, n, |i, j| ((i * n + j) % 17) as f64);
    let weights = Weights::from(matrix);
    weights.in_large_pages();
    let Weights::Dense(matrix) = &weights else { unreachable!() };
    let values = matrix.data();
    let rounds = (4_000_000_000 / values.len()).clamp(50, 10_000);
    let mut taken = [vec![], vec![]];
    let mut total = 0.0;
    for _ in 0..rounds {
        for (k, taken) in taken.iter_mut().enumerate() {
            let begin = Instant::now();
            total += pulp::Arch::new().dispatch(|| if k == 0 { sum::<1>(values) } else { sum::<4>(values) });
            taken.push(begin.elapsed().as_secs_f64());
        }
    }
    assert!(total > 0.0);
    let medians = taken.map(|mut t| {
        t.sort_by(f64::total_cmp);
        t[t.len() / 2]
    });
    println!("bandwidth: {}", size_of_val(values) as f64 / medians[0].min(medians[1]));
}

/// The sum, in `STREAMS` parts side by side.
#[inline(always)]
fn sum<const STREAMS: usize>(values: &[f64]) -> f64 {
    let part = values.len() / STREAMS;
    let parts: [&[[f64; 16]]; STREAMS] =
        std::array::from_fn(|s| &values[s * part..(s + 1) * part].as_chunks::<16>().0[..part / 16]);
    let mut sums = [[0.0; 16]; STREAMS];
    for j in 0..part / 16 {
        for s in 0..STREAMS {
            (0..16).for_each(|l| sums[s][l] += parts[s][j][l]);
        }
    }
    sums.iter().flatten().sum()
}
