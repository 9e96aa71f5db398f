//! Ensembles for `benches/run dynamics J2 J7`.
//!
//! `ensembles steady IN members threads OUT`: supralinear pairs with the six rows of `IN` (weights to E from E, from I,
//! to I, then the two inputs) to rest at 1e-8, dt = 1; the states to `OUT`.
//! `ensembles points IN members threads OUT`: all fixed points of pairs with the two rows of `IN` (weight to E from E,
//! common input); to `OUT` member, rates, rightmost eigenvalue, and 1 if stable, for each point.
//! `ensembles limits`: fused multiply-adds that one thread does in a second, in registers.
//!
//! Files are little-endian f64, row by row.

use neurate::ensemble::{Ending, Ensemble, SettleOptions, Varied};
use neurate::file::Document;
use neurate::fixed_point::Stability;
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

const TEXT: &str = include_str!("../../../examples/ssn.toml");

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words[0] == "limits" {
        limits();
        return Ok(());
    }
    let values: Vec<f64> =
        std::fs::read(&words[1])?.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect();
    let (members, threads) = (words[2].parse::<usize>()?, words[3].parse::<usize>()?);
    let addresses: &[&str] = match words[0].as_str() {
        "steady" => &["W.E<-E", "W.E<-I", "W.I<-E", "W.I<-I", "populations.E.h", "populations.I.h"],
        _ => &["W.E<-E", "h"],
    };
    let varied = addresses
        .iter()
        .zip(values.chunks(members))
        .map(|(a, v)| Varied { address: (*a).into(), values: v.to_vec(), unit: String::new() })
        .collect();
    let document = Document { text: TEXT.into(), name: "ssn.toml".into(), ..Document::default() };
    let begin = Instant::now();
    let ensemble = Ensemble::new(&document, varied)?;
    println!("build: {}", begin.elapsed().as_secs_f64());
    let begin = Instant::now();
    let out: Vec<f64> = if words[0] == "steady" {
        let options = SettleOptions { dt: Some(1.0), threads, ..SettleOptions::default() };
        let settled = ensemble.steady_states(&options)?;
        println!("seconds: {}", begin.elapsed().as_secs_f64());
        println!("steps: {}", settled.steps.iter().sum::<u64>());
        println!("others: {}", settled.endings.iter().filter(|e| **e != Ending::Converged).count());
        settled.states
    } else {
        let points = ensemble.fixed_points(30, threads)?;
        println!("seconds: {}", begin.elapsed().as_secs_f64());
        println!("enclosed: {}", points.all.iter().filter(|all| **all).count());
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

/// The best of several runs: twelve vectors of eight doubles, so that none waits for another.
fn limits() {
    let mut best = f64::INFINITY;
    let mut total = 0.0;
    let rounds = 2_000_000;
    for _ in 0..10 {
        let begin = Instant::now();
        total += pulp::Arch::new().dispatch(|| chains(rounds));
        best = best.min(begin.elapsed().as_secs_f64());
    }
    assert!(total != 0.0);
    println!("fma: {}", rounds as f64 * 96.0 / best);
}

#[inline(always)]
fn chains(rounds: usize) -> f64 {
    let mut x = [[1.0f64; 8]; 12];
    for k in 0..12 {
        (0..8).for_each(|l| x[k][l] += (k * 8 + l) as f64);
    }
    let (a, b) = (std::hint::black_box(0.999), std::hint::black_box(0.5));
    for _ in 0..rounds {
        for k in 0..12 {
            for l in 0..8 {
                x[k][l] = x[k][l].mul_add(a, b);
            }
        }
    }
    x.iter().flatten().sum()
}
