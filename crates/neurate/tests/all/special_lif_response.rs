//! The linear response of the leaky integrate-and-fire neuron against reference values, against a
//! solution of the Fokker-Planck equation by finite volumes, and its laws.
//!
//! `reference/lif_response_mp.csv` was made by mpmath: each row computed with 40 and with 65 digits,
//! and kept as they agree to 20. Columns: tau_m, tau_ref, threshold, reset, mu, sigma, re s, im s,
//! re n_mu, im n_mu, re n_sigma, im n_sigma (ms, mV, 1/ms); inputs are exact doubles. Formula:
//! `n_mu = sqrt(2)/sigma r/(1+a) [a Psi(a+1, x_t) - a Psi(a+1, x_r)]/D`,
//! `n_sigma = 2/sigma r/(2+a) [a (a+1) Psi(a+2, x_t) - a (a+1) Psi(a+2, x_r)]/D`,
//! `D = Psi(a, x_t) - exp(-s tau_ref) Psi(a, x_r)`, `a = s tau_m`, `x = sqrt(2) (V - mu)/sigma`;
//! `Psi(a, x) = 2^(-a/2) hyperu(a/2, 1/2, x^2/2)` for `x <= 0`, else `2^(-a/2) sqrt(pi)
//! [1F1(a/2, 1/2, x^2/2)/Gamma((1+a)/2) + sqrt(2) x 1F1((a+1)/2, 3/2, x^2/2)/Gamma(a/2)]`; `r` by
//! quadrature of `exp(y^2) erfc(-y)`.

use neurate::lif::{LifNeuron, LifResponder, lif_response, ricciardi, ricciardi_colored};
use num_complex::Complex64;
use proptest::prelude::*;
use std::f64::consts::{PI, SQRT_2};

fn rows(text: &str) -> Vec<Vec<f64>> {
    text.lines().skip(1).map(|line| line.split(',').map(|field| field.parse().unwrap()).collect()).collect()
}

fn relative(value: Complex64, exact: Complex64) -> f64 {
    (value - exact).norm() / exact.norm()
}

fn oscillation(omega: f64) -> Complex64 {
    Complex64::new(0.0, omega)
}

fn cortical() -> LifNeuron {
    LifNeuron::new(20.0, 2.0, 20.0, 10.0).unwrap()
}

#[test]
fn reference_of_others() {
    let mut worst = [0.0f64; 2];
    for row in rows(include_str!("../reference/lif_response_reference.csv")) {
        let s = oscillation(2e-3 * PI * row[6]);
        for (i, tau_ref) in [row[1], 0.0].into_iter().enumerate() {
            let neuron = LifNeuron::new(row[0], tau_ref, row[2], row[3]).unwrap();
            let mut ours = lif_response(&neuron, row[4], row[5], s).unwrap().to_mu * 1e3;
            if i == 1 {
                // The form without refractoriness has the refractory rate in front, though.
                ours *= row[7] * 1e-3 / ricciardi(&neuron, row[4], row[5]).rate;
            }
            let error = relative(ours, Complex64::new(row[9 + 2 * i], row[10 + 2 * i]));
            worst[i] = worst[i].max(error);
        }
    }
    println!("{worst:?}");
    assert!(worst[0] < 2e-14 && worst[1] < 2e-14);
}

#[test]
fn reference_by_mpmath() {
    let mut worst = [(0.0f64, vec![]), (0.0f64, vec![])];
    for row in rows(include_str!("../reference/lif_response_mp.csv")) {
        let neuron = LifNeuron::new(row[0], row[1], row[2], row[3]).unwrap();
        let s = Complex64::new(row[6], row[7]);
        let ours = lif_response(&neuron, row[4], row[5], s).unwrap();
        // phases of exp(-s tau_ref) and of the passage carry the rounding of s
        let allowed = 3e-14 + 2e-16 * (s * neuron.tau_m).norm();
        for (i, ours) in [ours.to_mu, ours.to_sigma].into_iter().enumerate() {
            let exact = Complex64::new(row[8 + 2 * i], row[9 + 2 * i]);
            let error = relative(ours, exact);
            assert!(error < allowed, "{error:e} {row:?}");
            if error > worst[i].0 {
                worst[i] = (error, row.clone());
            }
        }
    }
    println!("{worst:?}");
}

/// Rate, and its change with `mu` and `sigma`, from the density on cells of width `h` in `x`.
///
/// Flux `J = -x P - P'` at the faces, centered; `P = 0` at the threshold, a face, as is the reset;
/// the returning flux enters half into each cell at the reset. The density at amplitude `r_1` of
/// the rate is linear in `r_1`: two solutions of a tridiagonal system give it.
fn finite_volumes(neuron: &LifNeuron, mu: f64, sigma: f64, s: Complex64, per_gap: usize) -> [Complex64; 2] {
    let x = |v: f64| SQRT_2 * (v - mu) / sigma;
    let (top, reset) = (x(neuron.threshold), x(neuron.reset));
    let h = (top - reset) / per_gap as f64;
    let below = ((reset.min(0.0) + 9.0) / h).ceil().max(1.0) as usize + ((-reset).max(0.0) / h) as usize;
    let n = below + per_gap;
    let face = |i: usize| top - (n - i) as f64 * h; // lower face of cell i
    let a = s * neuron.tau_m;
    // flux through face i = down[i] P_(i-1) + up[i] P_i; none at the lowest
    let (mut down, mut up) = (vec![0.0; n + 1], vec![0.0; n + 1]);
    for i in 1..n {
        down[i] = -0.5 * face(i) + 1.0 / h;
        up[i] = -0.5 * face(i) - 1.0 / h;
    }
    // at the threshold: parabola through 0 and the last two cells
    let out = |p: &[Complex64]| (9.0 * p[n - 1] - p[n - 2]) / (3.0 * h);
    // (a + divergence of J) P = source
    let solve = |a: Complex64, source: &[Complex64]| -> Vec<Complex64> {
        let mut diagonal: Vec<Complex64> = (0..n).map(|i| a + (down[i + 1] - up[i]) / h).collect();
        let mut lower: Vec<f64> = (0..n).map(|i| -down[i] / h).collect();
        diagonal[n - 1] += 9.0 / (3.0 * h * h);
        lower[n - 1] -= 1.0 / (3.0 * h * h);
        let mut p = source.to_vec();
        for i in 1..n {
            let factor = lower[i] / diagonal[i - 1];
            diagonal[i] -= factor * (up[i] / h);
            let before = p[i - 1];
            p[i] -= factor * before;
        }
        p[n - 1] /= diagonal[n - 1];
        for i in (0..n - 1).rev() {
            let after = p[i + 1];
            p[i] = (p[i] - up[i + 1] / h * after) / diagonal[i];
        }
        p
    };
    let mut entry = vec![Complex64::ZERO; n];
    entry[below - 1] = Complex64::from(0.5 / h);
    entry[below] = Complex64::from(0.5 / h);
    // stationary: unit flux, then normalized with those who are refractory; tau r
    let shape = solve(Complex64::ZERO, &entry);
    let mass: f64 = shape.iter().map(|p| p.re * h).sum();
    let flux = 1.0 / (mass + neuron.tau_ref / neuron.tau_m);
    let stationary: Vec<Complex64> = shape.iter().map(|p| p * flux).collect();
    let returned = solve(a, &entry);
    let returning = (-s * neuron.tau_ref).exp() * out(&returned);
    let response = |extra: &dyn Fn(usize) -> Complex64, extra_out: Complex64| {
        let fluxes: Vec<Complex64> = (0..=n)
            .map(|i| {
                if i == 0 {
                    Complex64::ZERO
                } else if i == n {
                    extra_out
                } else {
                    extra(i)
                }
            })
            .collect();
        let source: Vec<Complex64> = (0..n).map(|i| (fluxes[i] - fluxes[i + 1]) / h).collect();
        let driven = solve(a, &source);
        (out(&driven) + extra_out) / (1.0 - returning) / neuron.tau_m
    };
    let p = &stationary;
    // extra flux: sqrt(2)/sigma P_0 for mu, -2/sigma P_0' for sigma
    let to_mu = response(&|i| SQRT_2 / sigma * 0.5 * (p[i - 1] + p[i]), Complex64::ZERO);
    let to_sigma = response(&|i| -2.0 / sigma * (p[i] - p[i - 1]) / h, 2.0 / sigma * out(p));
    [to_mu, to_sigma]
}

#[test]
fn fokker_planck_by_finite_volumes() {
    let mut worst = 0.0f64;
    for (neuron, mu, sigma) in [
        (cortical(), 15.0, 4.0),
        (cortical(), 24.0, 3.0),
        (LifNeuron::new(10.0, 5.0, 15.0, 0.0).unwrap(), 12.0, 8.0),
        (LifNeuron::new(10.0, 0.0, 1.0, 0.0).unwrap(), 2.0, 0.7),
    ] {
        let responder = LifResponder::new(&neuron, mu, sigma).unwrap();
        let at = |re: f64, im: f64| Complex64::new(re, im) / neuron.tau_m;
        for s in [at(0.0, 0.01), at(0.0, 1.0), at(0.0, 5.0), at(0.0, 30.0), at(0.5, 3.0), at(-0.4, 2.0)] {
            let ours = responder.at(s).unwrap();
            // second order: extrapolated to fourth
            let coarse = finite_volumes(&neuron, mu, sigma, s, 500);
            let fine = finite_volumes(&neuron, mu, sigma, s, 1000);
            for (i, ours) in [ours.to_mu, ours.to_sigma].into_iter().enumerate() {
                let limit = (4.0 * fine[i] - coarse[i]) / 3.0;
                assert!(relative(fine[i], ours) < 1e-2);
                worst = worst.max(relative(limit, ours));
            }
        }
    }
    println!("{worst:e}");
    assert!(worst < 1e-5);
}

#[test]
fn slopes_at_zero_frequency() {
    for (mu, sigma) in
        [(15.0, 4.0), (40.0, 1.0), (5.0, 2.0), (19.999, 0.01), (15.0, 1e4), (25.0, 0.0), (21.0, 1e-9)]
    {
        for tau_s in [0.0, 0.5] {
            let responder = LifResponder::colored(&cortical(), tau_s, mu, sigma).unwrap();
            let slopes = ricciardi_colored(&cortical(), tau_s, mu, sigma).unwrap();
            assert_eq!(*responder.stationary(), slopes);
            let exact = responder.at(Complex64::ZERO).unwrap();
            assert_eq!(exact.to_mu, slopes.d_mu.into());
            assert_eq!(exact.to_sigma, slopes.d_sigma.into());
            for s in [1e-12.into(), oscillation(1e-12), oscillation(1e-300), Complex64::new(-1e-13, 1e-12)] {
                let near = responder.at(s).unwrap();
                assert!((near.to_mu - slopes.d_mu).norm() <= 1e-9 * slopes.d_mu, "{mu} {sigma} {s} {near:?}");
                let size = slopes.d_sigma.abs() + 0.3 * slopes.d_mu;
                assert!((near.to_sigma - slopes.d_sigma).norm() <= 1e-9 * size, "{mu} {sigma} {s} {near:?}");
            }
        }
    }
    let response = lif_response(&cortical(), 15.0, 4.0, oscillation(0.3)).unwrap();
    assert_eq!(response.to_variance(4.0), response.to_sigma / 8.0);
}

/// `n_mu -> r sqrt(2/(s tau))/sigma`: 45 degrees behind, like `1/sqrt(omega)`; `n_sigma -> 2 r/sigma`.
#[test]
fn high_frequencies() {
    for (mu, sigma) in [(15.0, 4.0), (30.0, 2.0), (0.0, 5.0)] {
        let rate = ricciardi(&cortical(), mu, sigma).rate;
        for omega in [1e4, 1e6, 1e10] {
            let response = lif_response(&cortical(), mu, sigma, oscillation(omega)).unwrap();
            let limit = rate * (2.0 / (omega * 20.0)).sqrt() / sigma * Complex64::from_polar(1.0, -PI / 4.0);
            let order = 30.0 / (omega * 20.0).sqrt();
            assert!(relative(response.to_mu, limit) < order);
            assert!(relative(response.to_sigma, (2.0 * rate / sigma).into()) < order);
        }
    }
}

/// The limit of little noise, with its resonances at multiples of the rate.
#[test]
fn noise_free_limit() {
    for tau_s in [0.0, 0.5] {
        let none = LifResponder::colored(&cortical(), tau_s, 25.0, 0.0).unwrap();
        let little = LifResponder::colored(&cortical(), tau_s, 25.0, 1e-8).unwrap();
        for s in [oscillation(0.05), oscillation(1.0), Complex64::new(0.02, 3.0), Complex64::new(-0.01, 0.2)]
        {
            let (none, little) = (none.at(s).unwrap(), little.at(s).unwrap());
            assert!(relative(little.to_mu, none.to_mu) < 1e-6);
            if tau_s == 0.0 {
                assert_eq!(none.to_sigma, Complex64::ZERO);
            } else {
                assert!(relative(little.to_sigma, none.to_sigma) < 1e-6);
            }
        }
    }
    let silent = lif_response(&cortical(), 15.0, 0.0, oscillation(1.0)).unwrap();
    assert_eq!((silent.to_mu, silent.to_sigma), (Complex64::ZERO, Complex64::ZERO));
}

/// Anything not finite is an error.
#[test]
fn finite_everywhere() {
    let magnitudes = [1e-300, 1e-100, 1e-20, 1e-8, 1e-3, 1.0, 1e3, 1e8, 1e100];
    for tau_ref in [0.0, 2.0] {
        let neuron = LifNeuron { tau_ref, ..cortical() };
        for mu in magnitudes.iter().flat_map(|m| [*m, -m, 20.0 + m, 20.0 - m, 10.0 + m]) {
            for sigma in magnitudes.into_iter().chain([0.0]) {
                let Ok(responder) = LifResponder::colored(&neuron, 0.0, mu, sigma) else {
                    assert!(sigma == 0.0 && mu == 20.0);
                    continue;
                };
                let shifted = LifResponder::colored(&neuron, 0.7, mu, sigma).unwrap();
                for kilohertz in [0.0, 1e-300, 1e-20, 1e-8, 1e-3, 0.1, 1.0, 30.0, 1e3, 1e20] {
                    for re in [0.0, 1.0, -0.02] {
                        let s = Complex64::new(re, 2.0 * PI * kilohertz);
                        assert!(responder.at(s).is_ok(), "{mu:e} {sigma:e} {s:e}");
                        // which grows with frequency, and with 1/sigma up to overflow
                        assert!(kilohertz > 1e3 || shifted.at(s).is_ok(), "{mu:e} {sigma:e} {s:e}");
                    }
                }
            }
        }
    }
}

#[test]
fn bad_arguments_are_named() {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    for (mu, sigma, s, name) in [
        (nan, 4.0, Complex64::ONE, "`mu`"),
        (inf, 4.0, Complex64::ONE, "`mu`"),
        (15.0, nan, Complex64::ONE, "`sigma`"),
        (15.0, -1.0, Complex64::ONE, "`sigma`"),
        (15.0, inf, Complex64::ONE, "`sigma`"),
        (20.0, 0.0, Complex64::ONE, "`sigma`"),
        (15.0, 4.0, Complex64::new(nan, 1.0), "`s`"),
        (15.0, 4.0, Complex64::new(0.0, inf), "`s`"),
        (15.0, 4.0, Complex64::new(-0.04, 1.0), "`s`"),
        (15.0, 4.0, Complex64::new(0.0, 1e40), "`s`"),
    ] {
        let error = lif_response(&cortical(), mu, sigma, s).unwrap_err();
        assert!(error.message().starts_with(name), "{error}");
    }
    assert!(
        LifResponder::colored(&cortical(), -1.0, 15.0, 4.0).unwrap_err().message().starts_with("`tau_s`")
    );
    let invalid = LifNeuron { tau_m: -1.0, ..cortical() };
    assert!(LifResponder::new(&invalid, 15.0, 4.0).unwrap_err().message().starts_with("`tau_m`"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn conjugate_symmetric(
        y in -30.0..6.0f64, log_gap in -3.0..2.0f64, re in -0.7..2.0f64, log_im in -6.0..5.0f64, tau_ref in 0.0..4.0f64,
    ) {
        let sigma = 3.0;
        let neuron = LifNeuron::new(15.0, tau_ref, 20.0, 20.0 - sigma * 10f64.powf(log_gap)).unwrap();
        let responder = LifResponder::new(&neuron, 20.0 - sigma * y, sigma).unwrap();
        let s = Complex64::new(re, 10f64.powf(log_im)) / 15.0;
        let value = responder.at(s).unwrap();
        let mirrored = responder.at(s.conj()).unwrap();
        prop_assert!(relative(mirrored.to_mu, value.to_mu.conj()) < 1e-15);
        prop_assert!(relative(mirrored.to_sigma, value.to_sigma.conj()) < 1e-15);
    }

    /// Threshold and reset moved by `sigma c` is colored noise, as is the mean moved back.
    #[test]
    fn colored_noise_shifts(mu in 5.0..30.0f64, omega in 1e-3..10.0f64, tau_s in 0.1..2.0f64) {
        let (sigma, s) = (4.0, oscillation(omega));
        let colored = LifResponder::colored(&cortical(), tau_s, mu, sigma).unwrap().at(s).unwrap();
        let shift = 1.032_626_576_115_608_6 * (tau_s / 20.0f64).sqrt();
        let white = lif_response(&cortical(), mu - sigma * shift, sigma, s).unwrap();
        prop_assert!(relative(colored.to_mu, white.to_mu) < 1e-12);
        let to_sigma = white.to_sigma - shift * (1.0 + 20.0 * s) * white.to_mu;
        prop_assert!((colored.to_sigma - to_sigma).norm() < 1e-12 * (white.to_sigma.norm() + to_sigma.norm()));
    }

    /// Only `s tau` and potentials over `sigma` count.
    #[test]
    fn scaling(mu in 5.0..30.0f64, omega in 1e-3..100.0f64, power in -20..20i32) {
        let c = 2f64.powi(power);
        let value = lif_response(&cortical(), mu, 4.0, oscillation(omega)).unwrap();
        let scaled = LifNeuron::new(20.0, 2.0, 20.0 * c, 10.0 * c).unwrap();
        let other = lif_response(&scaled, mu * c, 4.0 * c, oscillation(omega)).unwrap();
        prop_assert_eq!(other.to_mu * c, value.to_mu);
        let slower = LifNeuron::new(20.0 * c, 2.0 * c, 20.0, 10.0).unwrap();
        let other = lif_response(&slower, mu, 4.0, oscillation(omega / c)).unwrap();
        prop_assert!(relative(other.to_sigma * c, value.to_sigma) < 1e-15);
    }
}
