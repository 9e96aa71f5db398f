//! `ricciardi POINTS RESULTS`: times Ricciardi's function over the points of a file (all `mu`, then all
//! `sigma`, as little-endian doubles), prints `name: nanoseconds per value`, and writes rate, `d_mu`,
//! `d_sigma` and logarithm in the same form. `benches/run ricciardi` drives it.

use neurate::lif::{LifNeuron, RicciardiSlices, ricciardi, ricciardi_rate, ricciardi_slices_with};
use neurate_numerics::special::instructions::Instructions;
use std::hint::black_box;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [points, results] = &arguments[..] else { return Err("usage: ricciardi POINTS RESULTS".into()) };
    let doubles: Vec<f64> = std::fs::read(points)?
        .chunks_exact(8)
        .map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight bytes")))
        .collect();
    let (mu, sigma) = doubles.split_at(doubles.len() / 2);
    let neuron = LifNeuron::new(20.0, 2.0, 20.0, 10.0)?;
    let count = mu.len();
    let mut columns = [const { Vec::new() }; 4].map(|_: Vec<f64>| vec![0.0; count]);
    let [rate, d_mu, d_sigma, log_rate] = &mut columns;

    for instructions in Instructions::available() {
        let name = format!("{instructions:?}").split('(').next().unwrap_or_default().to_lowercase();
        for threads in [1, 2] {
            let part = count.div_ceil(threads);
            let mut evaluate = |slopes: bool, logarithm: bool| {
                median(|| {
                    std::thread::scope(|scope| {
                        let inputs = mu.chunks(part).zip(sigma.chunks(part));
                        let slopes_out = d_mu.chunks_mut(part).zip(d_sigma.chunks_mut(part));
                        let outputs = rate.chunks_mut(part).zip(log_rate.chunks_mut(part)).zip(slopes_out);
                        for ((mu, sigma), ((rate, log_rate), (d_mu, d_sigma))) in inputs.zip(outputs) {
                            let mut run = move || {
                                let out = RicciardiSlices {
                                    rate: Some(rate),
                                    d_mu: slopes.then_some(d_mu),
                                    d_sigma: slopes.then_some(d_sigma),
                                    log_rate: logarithm.then_some(log_rate),
                                    cv: None,
                                };
                                ricciardi_slices_with(instructions, &neuron, mu, sigma, out)
                                    .expect("valid points")
                            };
                            if threads == 1 {
                                run();
                            } else {
                                scope.spawn(run);
                            }
                        }
                    })
                }) / count as f64
            };
            for (what, slopes, logarithm) in
                [("rate", false, false), ("rate, slopes", true, false), ("rate, slopes, log", true, true)]
            {
                println!("{name}, {threads} thread(s), {what}: {}", evaluate(slopes, logarithm));
            }
        }
    }
    let scalar = |f: fn(&LifNeuron, f64, f64) -> f64| {
        median(|| {
            black_box(mu.iter().zip(sigma).map(|(mu, sigma)| f(&neuron, *mu, *sigma)).sum::<f64>());
        }) / count as f64
    };
    println!("one call a value, rate: {}", scalar(ricciardi_rate));
    let all = |n: &LifNeuron, mu, sigma| {
        let v = ricciardi(n, mu, sigma);
        v.rate + v.d_mu + v.d_sigma + v.log_rate
    };
    println!("one call a value, rate, slopes, log: {}", scalar(all));
    let floor = |_: &LifNeuron, mu: f64, sigma: f64| (-0.01 * mu * mu).exp() + sigma.ln();
    println!("one call a value, one exp and one ln (std): {}", scalar(floor));

    let bytes: Vec<u8> = columns.iter().flatten().flat_map(|x| x.to_le_bytes()).collect();
    std::fs::write(results, bytes)?;
    Ok(())
}

/// Median nanoseconds of nine runs.
fn median(mut run: impl FnMut()) -> f64 {
    let mut times = [0.0; 9].map(|_: f64| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64() * 1e9
    });
    times.sort_by(f64::total_cmp);
    times[4]
}
