//! Noisy trials for `benches/run dynamics J8`: `noisy trials steps threads` runs the supralinear network of two
//! populations in voltage form under white noise by exponential Euler, and says what it measured; `noisy limits` how many
//! normal numbers the machine makes in a second.

use neurate::dynamics::CircuitDynamics;
use neurate::file;
use neurate::progress::Progress;
use neurate::random::Stream;
use neurate::simulate::{Method, TrialOptions, trials};
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

/// The same numbers as in `peers/noisy.py`.
const CIRCUIT: &str = r#"
neurate = 1
form = "voltage"
[populations]
E = { kind = "excitatory", tau = 20, h = 6, f = { kind = "power", k = 0.04, n = 2 } }
I = { kind = "inhibitory", tau = 10, h = 6, f = { kind = "power", k = 0.04, n = 2 } }
[W]
"E <- E" = 1.25
"E <- I" = -0.65
"I <- E" = 1.2
"I <- I" = -0.5
[noise]
private = { to = "*", kind = "white", intensity = 20 }
"#;
const DT: f64 = 0.5;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words[0] == "limits" {
        limits();
        return Ok(());
    }
    let (count, steps, threads) = (words[0].parse()?, words[1].parse::<usize>()?, words[2].parse()?);
    let circuit = file::parse(CIRCUIT, "J8", ".".as_ref(), &[])?.build()?;
    let dynamics = CircuitDynamics::new(&circuit).with_noise(1)?;
    let options = TrialOptions::new(count).threads(threads);
    let times = [0.0, DT * steps as f64];
    let method = Method::ExponentialEuler { dt: DT };
    let (begin, processor) = (Instant::now(), processor_seconds());
    let all = trials(&dynamics, &[0.0, 0.0], &times, method, 1e6, &options, &Progress::default())?;
    println!("seconds: {}\nprocessor: {}", begin.elapsed().as_secs_f64(), processor_seconds() - processor);
    let covariance = &all.covariances.as_ref().ok_or("two states have covariances")?[1];
    println!("mean_E: {}\nmean_I: {}", all.mean[(1, 0)], all.mean[(1, 1)]);
    println!("EE: {}\nEI: {}\nII: {}", covariance[(0, 0)], covariance[(0, 1)], covariance[(1, 1)]);
    Ok(())
}

/// Processor seconds of the process: other processes do not count.
#[cfg(unix)]
fn processor_seconds() -> f64 {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    t.tv_sec as f64 + 1e-9 * t.tv_nsec as f64
}

/// Not measured elsewhere.
#[cfg(not(unix))]
fn processor_seconds() -> f64 {
    f64::NAN
}

/// Normal numbers in slices that stay in the first cache: the best of several.
fn limits() {
    let (rounds, lanes) = (4096u32, 256);
    let mut rows = [(); 4].map(|()| vec![0.0; lanes]);
    let stream = Stream::new(1);
    let mut best = f64::INFINITY;
    for _ in 0..20 {
        let begin = Instant::now();
        for step in 0..rounds {
            stream.normals([step, 0, 0, 0], 2, rows.each_mut().map(|r| &mut r[..]));
        }
        best = best.min(begin.elapsed().as_secs_f64());
    }
    println!("normals: {}", 4.0 * f64::from(rounds) * lanes as f64 / best);
}
