//! One job of `benches/run linalg`, as often as asked.
//!
//! Arguments: the job, a matrix (little-endian f64, row by row), its size, where to write results. Every line on standard input runs the job once and answers its processor seconds; at the end the peak memory in KiB is
//! printed and the last result written: matrices row by row, complex numbers as pairs.

use neurate::Error;
use neurate::linalg::{
    CMatrix, Complex, Lyapunov, Matrix, RealSchur, eigen, eigenvalues, schur_complex, schur_real,
};
use std::io::{BufRead, Write};

/// What a job makes; flattened only after its time was taken.
enum Made {
    Real(Vec<Matrix>),
    Complex(Vec<CMatrix>),
    Values(Vec<Complex>),
}

fn run(job: &str, a: &Matrix) -> Result<Made, Error> {
    let real = |s: RealSchur| Made::Real(vec![s.t, s.q]);
    Ok(match job {
        "schur" => real(schur_real(a)?),
        "right half first" => real(right_half_first(schur_real(a)?)?),
        "rightmost first" => real(rightmost_first(schur_real(a)?)?),
        "complex schur" => {
            let s = schur_complex(a)?;
            Made::Complex(vec![s.t, s.u])
        }
        "eigenvalues" => Made::Values(eigenvalues(a)?),
        "eigen" => {
            let e = eigen(a)?;
            let values = CMatrix::from_vec(1, a.rows(), e.values);
            Made::Complex(vec![values, e.right, e.left.unwrap_or_else(|| CMatrix::identity(0))])
        }
        "lyapunov" => Made::Real(vec![Lyapunov::new(a)?.solve(&Matrix::identity(a.rows()))?.x]),
        _ => return Err(Error::invalid(format!("no job {job}"))),
    })
}

/// As `scipy.linalg.schur(a, sort=...)`: the chosen first, each part in the order in which it was.
fn right_half_first(mut s: RealSchur) -> Result<RealSchur, Error> {
    let n = s.t.rows();
    let mut rates: Vec<f64> = (0..n).map(|i| s.t[(i, i)]).collect();
    rates.sort_by(f64::total_cmp);
    // In the widest gap near the median.
    let gap = |&k: &usize| rates[k + 1] - rates[k];
    let k = (2 * n / 5..3 * n / 5 + 1).max_by(|x, y| gap(x).total_cmp(&gap(y))).unwrap_or(0);
    let middle = 0.5 * (rates[k] + rates[k + 1]);
    let blocks = s.blocks();
    let (mut order, rest): (Vec<usize>, Vec<usize>) =
        (0..blocks.len()).partition(|&b| s.t[(blocks[b].0, blocks[b].0)] > middle);
    order.extend(rest);
    s.reorder(&order)?;
    Ok(s)
}

fn rightmost_first(mut s: RealSchur) -> Result<RealSchur, Error> {
    let blocks = s.blocks();
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    let rate = |b: usize| s.t[(blocks[b].0, blocks[b].0)];
    order.sort_by(|&x, &y| rate(y).total_cmp(&rate(x)));
    s.reorder(&order)?;
    Ok(s)
}

fn flat(made: &Made) -> Vec<f64> {
    let pairs = |z: &[Complex]| z.iter().flat_map(|z| [z.re, z.im]).collect::<Vec<f64>>();
    match made {
        Made::Real(list) => list.iter().flat_map(|m| m.data().to_vec()).collect(),
        Made::Complex(list) => list.iter().flat_map(|m| pairs(m.data())).collect(),
        Made::Values(values) => pairs(values),
    }
}

/// Seconds that this thread has had a processor: other work on the machine does not count.
#[cfg(unix)]
fn processor_seconds() -> f64 {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    t.tv_sec as f64 + 1e-9 * t.tv_nsec as f64
}

/// Seconds on the clock, elsewhere.
#[cfg(not(unix))]
fn processor_seconds() -> f64 {
    std::time::UNIX_EPOCH.elapsed().map_or(f64::NAN, |t| t.as_secs_f64())
}

/// The peak resident memory in KiB, where the system tells (Linux).
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse().ok())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let n: usize = arguments[3].parse()?;
    let bytes = std::fs::read(&arguments[2])?;
    let entries: Vec<f64> = bytes.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect();
    drop(bytes);
    let a = Matrix::from_vec(n, n, entries);
    let mut last = Made::Values(Vec::new());
    for line in std::io::stdin().lock().lines() {
        line?;
        drop(last);
        let start = processor_seconds();
        last = run(&arguments[1], &a)?;
        println!("{}", processor_seconds() - start);
        std::io::stdout().flush()?;
    }
    println!("{}", peak_memory().unwrap_or(f64::NAN));
    std::fs::write(&arguments[4], flat(&last).iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>())?;
    Ok(())
}
