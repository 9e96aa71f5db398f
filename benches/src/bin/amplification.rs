//! Times of transient amplification and pseudospectra, for `benches/run amplification`.
//!
//! Arguments: a matrix (little-endian f64, row by row), its size, where to write results: the curve's
//! times and norms, then the grid's x, y and smallest singular values, each after its length.

use neurate::linalg::Matrix;
use neurate::linear::modes::{amplification, distance_to_instability, pseudospectra};
use std::time::Instant;

/// Seconds that this process has had of a processor (Linux), or seconds of the clock.
fn seconds(start: Instant) -> f64 {
    let used = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanoseconds = used.and_then(|s| s.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |ns| 1e-9 * ns)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let n: usize = arguments[2].parse()?;
    let bytes = std::fs::read(&arguments[1])?;
    let entries: Vec<f64> = bytes.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect();
    let a = Matrix::from_vec(n, n, entries);

    let clock = Instant::now();
    let mut start = seconds(clock);
    let mut lap = || {
        let now = seconds(clock);
        now - std::mem::replace(&mut start, now)
    };
    let g = amplification(&a)?;
    println!("amplification: {}", lap());
    println!("times: {}", g.times.len());
    println!("max: {}", g.max);
    println!("bound: {}", g.bound);
    lap();
    let p = pseudospectra(&a, 100, &[])?;
    println!("pseudospectra: {}", lap());
    // The lower half is a mirror image and costs nothing.
    println!("points: {}", p.x.len() * (p.y.len() / 2 + 1));
    lap();
    let d = distance_to_instability(&a)?;
    println!("distance: {}", lap());
    println!("distance value: {}", d.distance.upper);

    let mut out = Vec::new();
    for list in [&g.times[..], &g.norms, &p.x, &p.y, p.s_min.data()] {
        out.extend((list.len() as f64).to_le_bytes());
        out.extend(list.iter().flat_map(|x| x.to_le_bytes()));
    }
    std::fs::write(&arguments[3], out)?;
    Ok(())
}
