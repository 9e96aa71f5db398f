//! Ensembles for `benches/run dynamics J2 J7`.
//!
//! `ensembles steady IN members threads OUT`: supralinear pairs with the six rows of `IN` (weights to E from E, from I,
//! to I, then the two inputs) to rest at 1e-8, dt = 1; the states to `OUT`.
//! `ensembles points IN members threads OUT`: all fixed points of pairs with the two rows of `IN` (weight to E from E,
//! common input); to `OUT` member, rates, rightmost eigenvalue, and 1 if stable, for each point.
//! `ensembles sweep side threads FOLDER`: a sweep of the same grid with all that a map of it needs, into a new store.
//! `ensembles limits`: fused multiply-adds that one thread does in a second, in registers.
//!
//! Files are little-endian f64, row by row.

use neurate::file::parse;
use neurate::fixed_points::{SearchOptions, Stability};
use neurate::sweep::ensemble::{Ending, Ensemble, SettleOptions};
use neurate::sweep::{Axis, Plan, Shard, Store, run};
use rustix::time::{ClockId, clock_gettime};
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

const TEXT: &str = include_str!("../../../examples/ssn.toml");

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words[0] == "limits" {
        limits();
        return Ok(());
    }
    if words[0] == "sweep" {
        return sweep(words[1].parse()?, words[2].parse()?, words[3].as_ref());
    }
    let values: Vec<f64> =
        std::fs::read(&words[1])?.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect();
    let (members, threads) = (words[2].parse::<usize>()?, words[3].parse::<usize>()?);
    let addresses: &[&str] = match words[0].as_str() {
        "steady" => &["W.E<-E", "W.E<-I", "W.I<-E", "W.I<-I", "populations.E.h", "populations.I.h"],
        _ => &["W.E<-E", "h"],
    };
    let varied: Vec<Axis> = addresses
        .iter()
        .zip(values.chunks(members))
        .map(|(a, v)| Axis { address: (*a).into(), values: v.to_vec(), unit: String::new() })
        .collect();
    let spec = parse(TEXT, "ssn.toml", "".as_ref(), &[])?;
    let begin = Instant::now();
    let ensemble = Ensemble::new(&spec, &varied)?;
    println!("build: {}", begin.elapsed().as_secs_f64());
    let (begin, cpu_begin) = (Instant::now(), cpu());
    let out: Vec<f64> = if words[0] == "steady" {
        let options = SettleOptions::default().dt(1.0).threads(threads);
        let settled = ensemble.steady_states(&options)?;
        println!("cpu: {}", cpu() - cpu_begin);
        println!("seconds: {}", begin.elapsed().as_secs_f64());
        println!("steps: {}", settled.steps.iter().sum::<u64>());
        println!("others: {}", settled.endings.iter().filter(|e| **e != Ending::Converged).count());
        settled.states
    } else {
        let points = ensemble.fixed_points(30, threads)?;
        println!("cpu: {}", cpu() - cpu_begin);
        println!("seconds: {}", begin.elapsed().as_secs_f64());
        println!("enclosed: {}", points.completeness.iter().filter(|c| c.is_whole()).count());
        let mut out = Vec::new();
        for e in 0..members {
            for k in points.first[e]..points.first[e + 1] {
                let stable = f64::from(u8::from(points.stability[k] == Stability::Stable));
                let top = points.eigenvalues[k];
                out.extend([e as f64, points.rates[2 * k], points.rates[2 * k + 1], top.re, top.im, stable]);
            }
        }
        out
    };
    std::fs::write(&words[4], out.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>())?;
    Ok(())
}

fn sweep(side: usize, threads: usize, store: &std::path::Path) -> Result<(), Failure> {
    let spec = parse(TEXT, "ssn.toml", "".as_ref(), &[])?;
    let axis = |address: &str, from: f64, to: f64| Axis::parse(address, &format!("{from}:{to}:{side}"));
    let axes = vec![axis("W.E<-E", 0.2, 1.6)?, axis("h", 1.0, 40.0)?];
    let find: Vec<String> = ["fixed points", "stability", "isn", "paradoxical"].map(String::from).to_vec();
    let (begin, cpu_begin) = (Instant::now(), cpu());
    let plan = Plan::new(spec, axes, &find, SearchOptions::default(), None)?;
    run(
        &Store::open_or_create(store, plan)?,
        threads,
        Shard::WHOLE,
        &neurate::progress::Progress::default(),
    )?;
    println!("cpu: {}", cpu() - cpu_begin);
    println!("seconds: {}", begin.elapsed().as_secs_f64());
    Ok(())
}

/// The best of several runs: twelve vectors of eight doubles, so that none waits for another.
fn limits() {
    let mut best = f64::INFINITY;
    let mut total = 0.0;
    let rounds = 2_000_000;
    for _ in 0..10 {
        let begin = cpu();
        total += widest(Chains(rounds));
        best = best.min(cpu() - begin);
    }
    assert!(total != 0.0);
    println!("fma: {}", rounds as f64 * 96.0 / best);
}

/// Seconds of processor time of all threads.
fn cpu() -> f64 {
    let t = clock_gettime(ClockId::ProcessCPUTime);
    t.tv_sec as f64 + 1e-9 * t.tv_nsec as f64
}

/// With the machine's widest vector instructions.
fn widest(chains: Chains) -> f64 {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(token) = pulp::x86::V4::try_new() {
            return token.vectorize(chains);
        }
        if let Some(token) = pulp::x86::V3::try_new() {
            return token.vectorize(chains);
        }
    }
    pulp::NullaryFnOnce::call(chains)
}

/// So many rounds.
struct Chains(usize);

impl pulp::NullaryFnOnce for Chains {
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        let mut x = [[1.0f64; 8]; 12];
        for k in 0..12 {
            (0..8).for_each(|l| x[k][l] += (k * 8 + l) as f64);
        }
        let (a, b) = (std::hint::black_box(0.999), std::hint::black_box(0.5));
        for _ in 0..self.0 {
            for k in 0..12 {
                for l in 0..8 {
                    x[k][l] = x[k][l].mul_add(a, b);
                }
            }
        }
        let mut sum = 0.0;
        for k in 0..12 {
            for l in 0..8 {
                sum += x[k][l];
            }
        }
        sum
    }
}
