//! Ricciardi's function over slices: the numbers of single calls, wherever an element stands.

use neurate::lif::{
    LifNeuron, RicciardiSlices, RicciardiValue, ricciardi, ricciardi_cv, ricciardi_rate, ricciardi_slices,
    ricciardi_slices_with, try_ricciardi,
};
use neurate_numerics::special::instructions::Instructions;
use proptest::prelude::*;

fn neuron() -> LifNeuron {
    LifNeuron::new(20.0, 2.0, 20.0, 10.0).unwrap()
}

/// Inputs of all regimes, extremes and invalid ones among them, in a fixed disorder.
fn inputs() -> (Vec<f64>, Vec<f64>) {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let strange = [
        (nan, 1.0),
        (15.0, nan),
        (15.0, -1.0),
        (inf, inf),
        (15.0, 0.0),
        (20.0, 0.0),
        (25.0, 0.0),
        (inf, 1.0),
        (-inf, 1.0),
        (15.0, inf),
        (1e300, 1.0),
        (-1e300, 1.0),
        (20.0, 5e-324),
        (20.0, 1e300),
        (-1e40, 1.0),
    ];
    let ordinary = (0..985).map(|i| {
        let (i, j) = (f64::from(i * 7919 % 985), f64::from(i * 104_729 % 985));
        (-60.0 + 0.12 * i, 0.1 * 1.01f64.powf(0.5 * j))
    });
    let mut all: Vec<(f64, f64)> = strange.into_iter().chain(ordinary).collect();
    for i in 0..all.len() {
        let j = i * 7907 % all.len();
        all.swap(i, j);
    }
    all.into_iter().unzip()
}

/// All four results at once, one value an element.
fn evaluate(
    instructions: Instructions,
    neuron: &LifNeuron,
    mu: &[f64],
    sigma: &[f64],
) -> Vec<RicciardiValue> {
    let [mut rate, mut d_mu, mut d_sigma, mut log_rate] = [(); 4].map(|()| vec![f64::NAN; mu.len()]);
    let out = RicciardiSlices {
        rate: Some(&mut rate),
        d_mu: Some(&mut d_mu),
        d_sigma: Some(&mut d_sigma),
        log_rate: Some(&mut log_rate),
        ..RicciardiSlices::default()
    };
    // an error if an element is invalid; the others are there all the same
    let _ = ricciardi_slices_with(instructions, neuron, mu, sigma, out);
    (0..mu.len())
        .map(|i| RicciardiValue { rate: rate[i], d_mu: d_mu[i], d_sigma: d_sigma[i], log_rate: log_rate[i] })
        .collect()
}

fn fields(v: &RicciardiValue) -> [f64; 4] {
    [v.rate, v.d_mu, v.d_sigma, v.log_rate]
}

/// To the bit, with any NaN equal to any other.
fn same(x: &RicciardiValue, y: &RicciardiValue) -> bool {
    fields(x).iter().zip(fields(y)).all(|(x, y)| x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan())
}

/// To rounding: only portable code without fused multiply-adds differs at all.
fn close(x: &RicciardiValue, y: &RicciardiValue) -> bool {
    let scales = [x.rate, x.d_mu, x.d_sigma, x.log_rate.abs().max(1.0)];
    fields(x).iter().zip(fields(y)).zip(scales).all(|((x, y), scale)| {
        let allowed = if scale.is_normal() { 2e-14 * scale.abs() } else { 1e-307 };
        *x == y || (x - y).abs() <= allowed || x.is_nan() && y.is_nan()
    })
}

fn agrees(instructions: Instructions, x: &RicciardiValue, y: &RicciardiValue) -> bool {
    if matches!(instructions, Instructions::Portable) { close(x, y) } else { same(x, y) }
}

#[test]
fn slices_are_single_calls() {
    let (mu, sigma) = inputs();
    for instructions in Instructions::available() {
        let values = evaluate(instructions, &neuron(), &mu, &sigma);
        for (i, value) in values.iter().enumerate() {
            let single = ricciardi(&neuron(), mu[i], sigma[i]);
            let place = format!("{instructions:?} {} {}: {value:?} {single:?}", mu[i], sigma[i]);
            assert!(agrees(instructions, value, &single), "{place}");
        }
    }
}

#[test]
fn reference_rows() {
    for line in include_str!("../reference/siegert_reference_A.csv").lines().skip(1) {
        let row: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect();
        let neuron = LifNeuron::new(row[0], row[1], row[2], row[3]).unwrap();
        for instructions in Instructions::available() {
            let [value] = evaluate(instructions, &neuron, &row[4..5], &row[5..6])[..] else { unreachable!() };
            assert!(agrees(instructions, &value, &ricciardi(&neuron, row[4], row[5])), "{line}");
            for (ours, exact) in fields(&value).into_iter().zip(&row[6..9]) {
                let exact = exact * 1e-3; // Hz -> 1/ms
                assert!(!exact.is_normal() || (ours / exact - 1.0).abs() < 2e-14, "{line}: {value:?}");
            }
        }
    }
}

/// Every length up to five vectors, and around the size of a chunk: same bits, nothing beyond.
#[test]
fn any_length_and_position() {
    let (mu, sigma) = inputs();
    for instructions in Instructions::available() {
        let whole = evaluate(instructions, &neuron(), &mu, &sigma);
        for length in (0..=40).chain(250..=260).chain([511, 512, 513]) {
            for start in [0, 1, 5, 300] {
                let range = start..start + length;
                let part = evaluate(instructions, &neuron(), &mu[range.clone()], &sigma[range.clone()]);
                assert!(part.iter().zip(&whole[range]).all(|(x, y)| same(x, y)), "{instructions:?} {length}");
            }
        }
        // backwards: every neighbor another one
        let reversed = |x: &[f64]| x.iter().rev().copied().collect::<Vec<_>>();
        let backwards = evaluate(instructions, &neuron(), &reversed(&mu), &reversed(&sigma));
        assert!(backwards.iter().rev().zip(&whole).all(|(x, y)| same(x, y)));
        // alone among invalid ones
        for (i, value) in whole.iter().enumerate().step_by(13) {
            let (mut m, mut s) = ([f64::NAN; 9], [-1.0; 9]);
            (m[i % 9], s[i % 9]) = (mu[i], sigma[i]);
            assert!(same(&evaluate(instructions, &neuron(), &m, &s)[i % 9], value));
        }
    }
}

#[test]
fn only_what_is_asked_for() {
    let (mut mu, mut sigma) = inputs();
    (mu, sigma) = mu.into_iter().zip(sigma).filter(|(m, s)| try_ricciardi(&neuron(), *m, *s).is_ok()).unzip();
    let all = evaluate(Instructions::available()[0], &neuron(), &mu, &sigma);
    for chosen in 0..4 {
        let mut out = vec![0.0; mu.len()];
        let mut slices = RicciardiSlices::default();
        *[&mut slices.rate, &mut slices.d_mu, &mut slices.d_sigma, &mut slices.log_rate][chosen] =
            Some(&mut out);
        ricciardi_slices(&neuron(), &mu, &sigma, slices).unwrap();
        assert!(out.iter().zip(&all).all(|(x, y)| x.to_bits() == fields(y)[chosen].to_bits()));
    }
    for (i, value) in all.iter().enumerate() {
        assert_eq!(ricciardi_rate(&neuron(), mu[i], sigma[i]), value.rate);
    }
    ricciardi_slices(&neuron(), &mu, &sigma, RicciardiSlices::default()).unwrap();
    let mut cv = vec![0.0; mu.len()];
    let out = RicciardiSlices { cv: Some(&mut cv), ..RicciardiSlices::default() };
    ricciardi_slices(&neuron(), &mu, &sigma, out).unwrap();
    assert!((0..mu.len()).all(|i| cv[i].to_bits() == ricciardi_cv(&neuron(), mu[i], sigma[i]).to_bits()));
}

#[test]
fn bad_arguments_are_named_and_spoil_nothing_else() {
    let nan = f64::NAN;
    for (mu, sigma, message) in [
        ([15.0, nan, 25.0], [4.0; 3], "`mu[1]` is NaN"),
        ([15.0; 3], [4.0, 4.0, nan], "`sigma[2]` is NaN"),
        ([15.0; 3], [-4.0, nan, 4.0], "`sigma[0]` is -4, negative"),
        ([15.0, 15.0, f64::INFINITY], [4.0, 4.0, f64::INFINITY], "`mu[2]` is inf while `sigma` is inf"),
    ] {
        let mut rate = [0.0; 3];
        let out = RicciardiSlices { rate: Some(&mut rate), ..Default::default() };
        let error = ricciardi_slices(&neuron(), &mu, &sigma, out).unwrap_err();
        assert_eq!(error.message(), message);
        for i in 0..3 {
            match try_ricciardi(&neuron(), mu[i], sigma[i]) {
                Ok(value) => assert_eq!(rate[i], value.rate),
                Err(error) => assert!(rate[i].is_nan() && error.message().starts_with(&message[..3])),
            }
        }
    }
    let mut rate = [7.0; 3];
    for (sigma, length) in [(&[4.0; 2][..], 3), (&[4.0; 3][..], 2)] {
        let out = RicciardiSlices { rate: Some(&mut rate[..length]), ..Default::default() };
        let error = ricciardi_slices(&neuron(), &[15.0; 3], sigma, out).unwrap_err();
        assert!(error.message().ends_with("has 2 elements, but `mu` has 3"), "{error}");
    }
    let invalid = LifNeuron { reset: 30.0, ..neuron() };
    let out = RicciardiSlices { rate: Some(&mut rate), ..Default::default() };
    assert!(
        ricciardi_slices(&invalid, &[15.0; 3], &[4.0; 3], out).unwrap_err().message().starts_with("`reset`")
    );
    assert_eq!(rate, [7.0; 3]);
    assert!(try_ricciardi(&invalid, 15.0, 4.0).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Rates never fall as `mu` grows, and gains are positive, also where formulas change.
    #[test]
    fn monotone(log_gap in -4.0..2.0f64, log_sigma in -2.0..2.0f64, start in -20.0..5.0f64, log_step in -9.0..0.0f64) {
        let neuron = LifNeuron::new(20.0, 2.0, 20.0, 20.0 - 10f64.powf(log_gap)).unwrap();
        let s = 10f64.powf(log_sigma);
        let mu: Vec<f64> = (0..200).map(|i| 20.0 + s * (start + 10f64.powf(log_step) * f64::from(i))).collect();
        let values = evaluate(Instructions::available()[0], &neuron, &mu, &vec![s; mu.len()]);
        for pair in values.windows(2) {
            prop_assert!(pair[1].rate >= pair[0].rate * (1.0 - 1e-14), "{pair:?}");
            prop_assert!(pair[0].d_mu > 0.0);
        }
    }

    /// The derivative by the variance, against differences.
    #[test]
    fn by_variance(mu in 10.0..30.0f64, sigma in 2.0..8.0f64) {
        let at = |variance: f64| ricciardi_rate(&neuron(), mu, variance.sqrt());
        let h = 1e-4;
        let numeric = (at(sigma * sigma + h) - at(sigma * sigma - h)) / (2.0 * h);
        let ours = ricciardi(&neuron(), mu, sigma).d_variance(sigma);
        prop_assert!((numeric - ours).abs() < 1e-7 * ours.abs() + 1e-12);
    }
}
