//! Measurements, not checks: `cargo test --release -p neurate --test all special_measure -- --ignored
//! --nocapture` prints the time of one evaluation of Ricciardi's function and its largest errors, by
//! regime. `benches/run` measures more, and beside others.

use neurate::lif::{
    LifNeuron, LifResponder, RicciardiSlices, ricciardi, ricciardi_cv, ricciardi_slices_with,
};
use neurate_numerics::special::instructions::Instructions;
use num_complex::Complex64;
use std::hint::black_box;
use std::time::Instant;

fn nanoseconds(points: &[(LifNeuron, f64, f64)], f: impl Fn(&LifNeuron, f64, f64) -> f64) -> f64 {
    let rounds = 1 + 200_000 / points.len();
    let start = Instant::now();
    let mut sum = 0.0;
    for _ in 0..rounds {
        for (neuron, mu, sigma) in points {
            sum += f(black_box(neuron), *mu, *sigma);
        }
    }
    black_box(sum);
    start.elapsed().as_secs_f64() * 1e9 / (rounds * points.len()) as f64
}

#[test]
#[ignore = "a measurement"]
fn time_per_evaluation() {
    let file: Vec<_> = include_str!("../reference/siegert_reference_A.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let row: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect();
            let neuron = LifNeuron::new(row[0], row[1], row[2], row[3]).unwrap();
            (neuron, row[4], row[5])
        })
        .collect();
    let cortical = |gap: f64, low: f64, high: f64| -> Vec<_> {
        let neuron = LifNeuron::new(20.0, 2.0, 20.0, 20.0 - gap).unwrap();
        (0..1000).map(|i| (neuron, low + (high - low) * i as f64 / 1000.0, 4.0)).collect()
    };
    for (name, points) in [
        ("reference file", file),
        ("cortical, mu 5 to 25", cortical(10.0, 5.0, 25.0)),
        ("below reset", cortical(10.0, -20.0, 10.0)),
        ("above threshold", cortical(10.0, 20.0, 50.0)),
        ("narrow gap", cortical(0.1, 5.0, 25.0)),
    ] {
        println!(
            "{name}: value and slopes {:.0} ns, CV {:.0} ns",
            nanoseconds(&points, |n, mu, sigma| ricciardi(n, mu, sigma).rate),
            nanoseconds(&points, ricciardi_cv),
        );
    }
}

/// Times of the linear response, by frequency, over the working points of its reference file.
#[test]
#[ignore = "a measurement"]
fn time_per_response() {
    let points: Vec<_> = include_str!("../reference/lif_response_reference.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let row: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect();
            let neuron = LifNeuron::new(row[0], row[1], row[2], row[3]).unwrap();
            LifResponder::new(&neuron, row[4], row[5]).unwrap()
        })
        .collect();
    for hertz in [1e-3, 1.0, 10.0, 100.0, 1e3, 1e4, 1e6] {
        let s = Complex64::new(0.0, 2e-3 * std::f64::consts::PI * hertz);
        let start = Instant::now();
        let rounds = 100;
        for _ in 0..rounds {
            for point in &points {
                black_box(black_box(point).at(s).unwrap());
            }
        }
        let each = start.elapsed().as_secs_f64() * 1e6 / (rounds * points.len()) as f64;
        println!("{hertz} Hz: {each:.1} microseconds");
    }
}

/// The table in the documentation of the room `special`.
#[test]
#[ignore = "a measurement"]
fn largest_errors() {
    type Inside = fn(f64, f64, f64) -> bool;
    let regimes: [(&str, Inside); 6] = [
        ("above threshold, y_t <= 1/4", |_, b, _| b <= 0.25),
        ("below, 1/4 < y_t <= 7, y_r <= 0", |a, b, _| b > 0.25 && b <= 7.0 && a <= 0.0),
        ("below, 1/4 < y_t <= 7, y_r > 0", |a, b, _| b > 0.25 && b <= 7.0 && a > 0.0),
        ("far below, y_t > 7", |_, b, _| b > 7.0),
        ("narrow, y_t - y_r < 0.01", |_, _, gap| gap < 0.01),
        ("all", |_, _, _| true),
    ];
    let rows = include_str!("../reference/siegert_reference_A.csv").lines().skip(1);
    let rows: Vec<Vec<f64>> = rows.map(|l| l.split(',').map(|x| x.parse().unwrap()).collect()).collect();
    for instructions in Instructions::available() {
        println!("{instructions:?}");
        for (name, inside) in regimes {
            let (mut worst, mut count) = ([0.0f64; 4], 0);
            for row in &rows {
                let (sigma, gap) = (row[5], (row[2] - row[3]) / row[5]);
                if !inside((row[3] - row[4]) / sigma, (row[2] - row[4]) / sigma, gap) {
                    continue;
                }
                count += 1;
                let neuron = LifNeuron::new(row[0], row[1], row[2], row[3]).unwrap();
                let mut ours = [[0.0]; 4];
                let [rate, d_mu, d_sigma, log_rate] = &mut ours;
                let out = RicciardiSlices {
                    rate: Some(rate),
                    d_mu: Some(d_mu),
                    d_sigma: Some(d_sigma),
                    log_rate: Some(log_rate),
                    ..RicciardiSlices::default()
                };
                ricciardi_slices_with(instructions, &neuron, &row[4..5], &row[5..6], out).unwrap();
                let log = (row[6] * 1e-3).ln();
                for i in 0..4 {
                    let exact = if i == 3 { log } else { row[6 + i] * 1e-3 };
                    // of the logarithm the absolute error, below 1 in size
                    let scale = if i == 3 { exact.abs().max(1.0) } else { exact.abs() };
                    if exact.is_normal() && (row[6] * 1e-3).is_normal() {
                        worst[i] = worst[i].max((ours[i][0] - exact).abs() / scale);
                    }
                }
            }
            println!("| {name} | {count} | {} |", worst.map(|w| format!("{w:.1e}")).join(" | "));
        }
    }
}
