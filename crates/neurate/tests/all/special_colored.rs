//! The rate in colored noise against reference values (mpmath, 30 digits; times in ms, rates in
//! Hz), and its laws.

use neurate::lif::{LifNeuron, ricciardi, ricciardi_colored, ricciardi_colored_taylor};
use proptest::prelude::*;

fn relative(value: f64, exact: f64) -> f64 {
    (value / exact - 1.0).abs()
}

#[test]
fn reference() {
    let (mut shifted, mut first_order, mut counted) = (0.0f64, 0.0f64, 0);
    for line in include_str!("../reference/siegert_colored_reference.csv").lines().skip(1) {
        let row: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect();
        let neuron = LifNeuron::new(row[0], row[1], row[3], row[4]).unwrap();
        let (tau_s, mu, sigma) = (row[2], row[5], row[6]);
        let value = ricciardi_colored(&neuron, tau_s, mu, sigma).unwrap();
        let taylor = ricciardi_colored_taylor(&neuron, tau_s, mu, sigma).unwrap();
        if (row[7] * 1e-3).is_normal() {
            counted += 1;
            shifted = shifted.max(relative(value.rate * 1e3, row[7]));
            assert!((value.log_rate - (row[7] * 1e-3).ln()).abs() < 1e-12);
        }
        // The two terms of the first order may cancel: they are right to rounding, so the error is
        // a fraction of the larger one, which is the white-noise rate unless both are of its size.
        let white = ricciardi(&neuron, mu, sigma).rate;
        if (white * 1e3).is_normal() {
            let error = (taylor * 1e3 - row[8]).abs();
            let larger = white * 1e3 + (white * 1e3 - row[8]).abs();
            first_order = first_order.max(error / larger);
        }
    }
    println!("{shifted:e} {first_order:e} {counted}");
    assert!(counted > 190);
    assert!(shifted < 1e-13 && first_order < 1e-14);
}

#[test]
fn white_noise_is_the_limit() {
    let neuron = LifNeuron::new(20.0, 2.0, 20.0, 10.0).unwrap();
    for (mu, sigma) in [(15.0, 4.0), (25.0, 0.1), (-30.0, 3.0), (20.0, 0.0), (25.0, 0.0), (1e300, 1.0)] {
        let white = ricciardi(&neuron, mu, sigma);
        assert_eq!(ricciardi_colored(&neuron, 0.0, mu, sigma).unwrap(), white);
        assert_eq!(ricciardi_colored_taylor(&neuron, 0.0, mu, sigma).unwrap(), white.rate);
        let near = ricciardi_colored(&neuron, 1e-24, mu, sigma).unwrap();
        assert!(white.rate == near.rate || relative(near.rate, white.rate) < 1e-11);
    }
    // noise-free above threshold: the limit of the slope from small noise
    let none = ricciardi_colored(&neuron, 0.5, 25.0, 0.0).unwrap();
    let little = ricciardi_colored(&neuron, 0.5, 25.0, 1e-7).unwrap();
    assert!(relative(little.d_sigma, none.d_sigma) < 1e-6 && none.d_sigma < 0.0);
}

#[test]
fn bad_arguments() {
    let neuron = LifNeuron::new(20.0, 2.0, 20.0, 10.0).unwrap();
    for tau_s in [-1e-300, f64::NAN, f64::INFINITY] {
        let error = ricciardi_colored(&neuron, tau_s, 15.0, 4.0).unwrap_err();
        assert!(error.message().starts_with("`tau_s`"));
        assert!(ricciardi_colored_taylor(&neuron, tau_s, 15.0, 4.0).is_err());
    }
    assert!(ricciardi_colored(&neuron, 1.0, f64::NAN, 4.0).unwrap().rate.is_nan());
    let magnitudes = [0.0, 1e-300, 1e-8, 1.0, 1e8, 1e100, 1e300];
    for mu in magnitudes.iter().flat_map(|m| [*m, -m, 20.0 + m, 20.0 - m]) {
        for sigma in magnitudes {
            let value = ricciardi_colored(&neuron, 1.0, mu, sigma).unwrap();
            let place = format!("{mu} {sigma} {value:?}");
            assert!((0.0..=0.5000000000000002).contains(&value.rate) && value.d_mu >= 0.0, "{place}");
            assert!(!value.d_sigma.is_nan() && !value.log_rate.is_nan(), "{place}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    /// Fourth-order differences, at fixed threshold and `tau_s`.
    #[test]
    fn slopes_are_those_of_the_rate(y in -6.0..6.0f64, gap in 0.5..10.0f64, tau_s in 0.0..2.0f64) {
        let neuron = LifNeuron::new(20.0, 2.0, 20.0, 20.0 - gap).unwrap();
        let (mu, sigma) = (20.0 - 4.0 * y, 4.0);
        let value = ricciardi_colored(&neuron, tau_s, mu, sigma).unwrap();
        let rate = |mu, sigma| ricciardi_colored(&neuron, tau_s, mu, sigma).unwrap().rate;
        let fourth = |f: &dyn Fn(f64) -> f64, h: f64| {
            (8.0 * (f(h) - f(-h)) - (f(2.0 * h) - f(-2.0 * h))) / (12.0 * h)
        };
        let h = 1e-2 / (1.0 + y * y);
        let allowed = 1e-8 * (value.rate * (1.0 + y * y) + value.d_mu);
        prop_assert!((fourth(&|h| rate(mu + h, sigma), h) - value.d_mu).abs() < allowed);
        prop_assert!((fourth(&|h| rate(mu, sigma + h), h) - value.d_sigma).abs() < allowed);
    }

    /// The shifted rate and its first order agree to second order in the shift.
    #[test]
    fn first_order_agrees(y in -6.0..4.0f64, tau_s in 1e-6..1e-2f64) {
        let neuron = LifNeuron::new(20.0, 2.0, 20.0, 10.0).unwrap();
        let mu = 20.0 - 4.0 * y;
        let shifted = ricciardi_colored(&neuron, tau_s, mu, 4.0).unwrap().rate;
        let taylor = ricciardi_colored_taylor(&neuron, tau_s, mu, 4.0).unwrap();
        let white = ricciardi(&neuron, mu, 4.0).rate;
        let square = tau_s / 20.0 * (1.0 + y.max(0.0)).powi(2);
        prop_assert!((shifted - taylor).abs() < 5.0 * square * white && shifted < white);
    }
}
