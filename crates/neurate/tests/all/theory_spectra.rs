//! Power and cross-spectra of simulated noise against those of the linear theory.

use neurate::dynamics::CircuitDynamics;
use neurate::file;
use neurate::fixed_points::{SearchOptions, fixed_points};
use neurate::linalg::{CMatrix, Complex, Matrix};
use neurate::linear::Linearization;
use neurate::linear::response::{Noise, fluctuations};
use neurate::model::Circuit;
use neurate::progress::Progress;
use neurate::simulate::{Method, TrialOptions, trials};
use std::f64::consts::TAU;

/// A damped oscillation of 18 Hz.
const PAIR: &str = r#"
neurate = 1
form = "voltage"
seed = 7
[populations]
E = { kind = "excitatory", tau = 20, f = "linear" }
I = { kind = "inhibitory", tau = 10, f = "linear" }
[W]
"E <- E" = 1.5
"E <- I" = -2
"I <- E" = 2
"I <- I" = -0.5
[noise]
"#;
const WHITE: &str = "s = { to = \"*\", kind = \"white\", intensity = 8, correlation = 0.4 }\n";
const COLORED: &str = "s = { to = \"*\", kind = \"ou\", sd = 1, time = 6, correlation = -0.3 }\n\
                        t = { to = \"E\", kind = \"ou\", sd = 0.7, time = 40 }\n";

/// Samples of a segment, and the time between them.
const SAMPLES: usize = 256;
const APART: f64 = 2.0;
/// Segments: so many trials, each long after its start.
const SEGMENTS: usize = 512;
const FORGOTTEN: f64 = 250.0;
/// Every fourth bin: those of Hann's window are nearly independent then.
const BINS: std::ops::Range<usize> = 2..64;
const STRIDE: usize = 4;

fn circuit(text: &str) -> Circuit {
    file::parse(text, "test.toml", ".".as_ref(), &[])
        .and_then(|spec| spec.build())
        .unwrap_or_else(|e| panic!("{e}"))
}

fn operating(c: &Circuit) -> Linearization {
    // Linear: there is one.
    Linearization::new(c, &fixed_points(c, &SearchOptions::default()).unwrap().points[0]).unwrap()
}

fn zeros() -> CMatrix {
    CMatrix::from_fn(2, 2, |_, _| Complex::new(0.0, 0.0))
}

fn hann(k: usize) -> f64 {
    0.5 - 0.5 * (TAU * k as f64 / SAMPLES as f64).cos()
}

/// The spectra of a circuit's two units at the bins, over independent segments (Welch 1967).
fn welch(c: &Circuit, start: &[f64], dt: f64) -> Vec<CMatrix> {
    let d = CircuitDynamics::new(c).with_noise(3).unwrap();
    let times: Vec<f64> =
        [0.0].into_iter().chain((0..SAMPLES).map(|k| FORGOTTEN + APART * k as f64)).collect();
    let options = TrialOptions::new(SEGMENTS).threads(2).courses(vec![0, 1]);
    let method = Method::ExponentialEuler { dt };
    let e = trials(&d, start, &times, method, 1e6, &options, &Progress::default()).unwrap();
    let power: f64 = (0..SAMPLES).map(|k| hann(k).powi(2)).sum();
    let one = |bin: usize| {
        let turns: Vec<Complex> = (0..SAMPLES)
            .map(|k| Complex::from_polar(hann(k), -TAU * (bin * k) as f64 / SAMPLES as f64))
            .collect();
        let mut sum = zeros();
        for trial in 0..SEGMENTS {
            let z = [0, 1].map(|i| -> Complex {
                let x = &e.courses[i].row(trial)[1..];
                x.iter().zip(&turns).map(|(x, turn)| turn * (x - start[i])).sum()
            });
            sum = CMatrix::from_fn(2, 2, |i, j| sum[(i, j)] + z[i] * z[j].conj());
        }
        CMatrix::from_fn(2, 2, |i, j| sum[(i, j)] * (APART / power / SEGMENTS as f64))
    };
    BINS.step_by(STRIDE).map(one).collect()
}

/// What Welch's method expects of a spectrum at a bin: sampling folds it, and the window smears it.
fn expected(spectrum: &dyn Fn(f64) -> CMatrix, bin: usize) -> CMatrix {
    let width = 1.0 / (APART * SAMPLES as f64);
    let fine = 4;
    let (mut all, mut total) = (zeros(), 0.0);
    for j in -12..=12 {
        let off = f64::from(j) / f64::from(fine);
        let kernel: Complex =
            (0..SAMPLES).map(|k| Complex::from_polar(hann(k), TAU * off * k as f64 / SAMPLES as f64)).sum();
        let weight = kernel.norm_sqr();
        total += weight;
        for fold in -20..=20 {
            let s = spectrum((bin as f64 + off) * width + f64::from(fold) / APART);
            all = CMatrix::from_fn(2, 2, |i, j| all[(i, j)] + s[(i, j)] * weight);
        }
    }
    CMatrix::from_fn(2, 2, |i, j| all[(i, j)] / total)
}

/// Every entry at every bin, in its standard errors; none far off, all of them together as chance has them, and no
/// bias of more than the step's.
fn agree(measured: &[CMatrix], spectrum: &dyn Fn(f64) -> CMatrix, step: f64, what: &str) {
    // Powers, and the real and the imaginary part of the cross-spectrum.
    let (mut sums, mut squares) = ([0.0; 4], [0.0; 4]);
    for (m, bin) in measured.iter().zip(BINS.step_by(STRIDE)) {
        let s = expected(spectrum, bin);
        let (aa, bb, ab) = (s[(0, 0)].re, s[(1, 1)].re, s[(0, 1)]);
        let half =
            |sign: f64| ((aa * bb + sign * (ab.re * ab.re - ab.im * ab.im)) / (2.0 * SEGMENTS as f64)).sqrt();
        let of_power = (SEGMENTS as f64).sqrt();
        let z = [
            (m[(0, 0)].re - aa) / aa * of_power,
            (m[(1, 1)].re - bb) / bb * of_power,
            (m[(0, 1)].re - ab.re) / half(1.0),
            (m[(0, 1)].im - ab.im) / half(-1.0),
        ];
        for (k, z) in z.into_iter().enumerate() {
            assert!(z.abs() < 4.5, "{what}: entry {k} at bin {bin} is off by {z:.1} standard errors");
            sums[k] += z;
            squares[k] += z * z;
        }
    }
    let bins = measured.len() as f64;
    for k in 0..4 {
        let bias = sums[k] / bins;
        let allowed = 4.0 / bins.sqrt() + step * (SEGMENTS as f64).sqrt();
        assert!(bias.abs() < allowed, "{what}: entry {k} is off by {bias:.2} standard errors on average");
        let chance = 4.0 * (2.0 / bins).sqrt();
        assert!((squares[k] / bins - 1.0).abs() < chance, "{what}: entry {k}: {:.2}", squares[k] / bins);
    }
}

#[test]
fn simulated_noise_has_the_spectra_of_the_theory() {
    let rate = PAIR
        .replace("\"voltage\"", "\"rate\"")
        .replace("f = \"linear\"", "f = { kind = \"linear\", gain = 0.9 }");
    for (text, noise, what) in [
        (PAIR, WHITE, "white noise in voltages"),
        (PAIR, COLORED, "colored noise in voltages"),
        (&rate, COLORED, "colored noise in rates"),
    ] {
        let c = circuit(&format!("{text}{noise}"));
        let l = operating(&c);
        let f = fluctuations(&l, &Noise::of_sources(c.noise())).unwrap().unwrap();
        let spectra = f.spectra(&Matrix::identity(2));
        // A step of 1 % of the shorter time constant.
        agree(&welch(&c, &l.state, 0.1), &|f| spectra.at(f), 0.01, what);
    }
}

/// With delays, and a slow state: spectra by an LU decomposition at each frequency.
#[test]
fn with_delays_too() {
    let delayed = PAIR.replace("[noise]", "[delays]\n\"* <- E\" = 0.6\n\"* <- I\" = 1.3\n[noise]");
    let slow = delayed.replace("tau = 10, f", "tau = 10, synapse = { tau = 1 }, f");
    for (text, noise, dt, what) in [
        (&delayed, WHITE, 0.1, "white noise and delays"),
        (&delayed, COLORED, 0.1, "colored noise and delays"),
        (&slow, COLORED, 0.2, "colored noise, delays and filters"),
    ] {
        let c = circuit(&format!("{text}{noise}"));
        let l = operating(&c);
        let f = fluctuations(&l, &Noise::of_sources(c.noise())).unwrap().unwrap();
        let spectra = f.spectra(&Matrix::identity(2));
        // Twice what is allowed of units: near its instability a loop makes more of a step.
        let start = CircuitDynamics::new(&c).complete(&l.state);
        agree(&welch(&c, &start, dt), &|f| spectra.at(f), 0.2 * dt, what);
    }
}

/// The covariance as the spectra's integral: of the delayed Langevin equation (Kuechler & Mensch 1992), also near its
/// instability; and of delays near nothing, where it is Lyapunov's.
#[test]
fn with_delays_the_covariance_is_the_integral_of_the_spectra() {
    let langevin = |w: f64, delay: f64| {
        circuit(&format!(
            "neurate = 1\nform = \"voltage\"\n[populations]\nx = {{ kind = \"unconstrained\", tau = 10, f = \"linear\" }}\n\
             [W]\n\"x <- x\" = {w}\n[delays]\n\"x <- x\" = {delay}\n"
        ))
    };
    for (w, delay) in [
        (0.6, 7.0),
        (0.99, 20.0),
        (-0.8, 5.0),
        (-0.8, 100.0),
        (-1.6, 6.0),
        (-1.6, 17.8),
        (-1.6, 17.97),
        (-5.0, 0.02),
    ] {
        let f = fluctuations(&operating(&langevin(w, delay)), &Noise::private(&[8.0])).unwrap().unwrap();
        let (a, b, sigma2) = (-0.1_f64, 0.1 * w, 0.08_f64);
        let l = (a * a - b * b).abs().sqrt();
        let (s, c) = if w.abs() < 1.0 {
            ((l * delay).sinh(), (l * delay).cosh())
        } else {
            ((l * delay).sin(), (l * delay).cos())
        };
        let exact = sigma2 * (b * s - l) / (2.0 * l * (a + b * c));
        let off = (f.covariance[(0, 0)] / exact - 1.0).abs();
        assert!(
            off < f.residual && f.residual < 1e-5,
            "w = {w}, d = {delay}: {off:e}, estimated {:e}",
            f.residual
        );
    }
    // Past the instability there is none.
    assert!(fluctuations(&operating(&langevin(-1.6, 18.0)), &Noise::private(&[8.0])).unwrap().is_none());

    let pair = |delays: &str, noise: &str| circuit(&format!("{}{noise}", PAIR.replace("[noise]", delays)));
    for noise in [WHITE, COLORED] {
        let (none, short) = (pair("[noise]", noise), pair("[delays]\ndefault = 1e-4\n[noise]", noise));
        let of = |c: &Circuit| fluctuations(&operating(c), &Noise::of_sources(c.noise())).unwrap().unwrap();
        let (a, b) = (of(&none), of(&short));
        let off = a.covariance.sub(&b.covariance).max_abs() / a.covariance.max_abs();
        assert!(off < 1e-4, "{off:e}, estimated {:e}", b.residual);
        assert!(b.lagged(&Matrix::identity(2), 1.0, 1).unwrap_err().help().is_some());
    }
}
