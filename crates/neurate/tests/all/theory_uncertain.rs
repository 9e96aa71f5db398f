//! Uncertain weights: closed forms, first order against sampling, signs that hold.

use crate::common::*;
use neurate::linalg::Matrix;
use neurate::linear::Linearization;
use neurate::linear::response::{Probability, by_population, first_order, quantile, response_matrix, sample};
use neurate::model::transfer::Transfer;
use neurate::model::{CellKind, Circuit, Form, StandardError, Uncertain};
use std::f64::consts::TAU;

fn with_errors(circuit: &Circuit, errors: &[(Uncertain, f64, f64)]) -> Circuit {
    let mut parts = circuit.to_parts();
    parts.standard_errors =
        errors.iter().map(|&(parameter, mean, se)| StandardError { parameter, mean, se }).collect();
    Circuit::new(parts).unwrap()
}

fn weight(to: usize, from: usize) -> Uncertain {
    Uncertain::Weight { to, from }
}

fn pair(ee: f64, ei: f64, ie: f64, ii: f64) -> Circuit {
    dale_linear(&["E", "I"], 1, &Matrix::from_rows(&[[ee, -ei], [ie, -ii]]), &[10.0; 2], &[1.0; 2])
}

/// The normal distribution function, by quadrature.
fn phi(z: f64) -> f64 {
    0.5 + integral(|x| (-0.5 * x * x).exp() / TAU.sqrt(), 0.0, z, 8)
}

#[test]
fn the_sign_of_the_paradox_in_closed_form() {
    // Stable throughout: paradoxical and ISN if and only if W_EE > 1.
    for (ee, se) in [(1.1, 0.1), (1.05, 0.2), (0.9, 0.1)] {
        let c = with_errors(&pair(ee, 2.0, 2.0, 1.0), &[(weight(0, 0), ee, se)]);
        let (point, _) = linearize(&c);
        let samples = sample(&c, &point, 4000, 7).unwrap();
        let s = (1.0 + (se / ee) * (se / ee)).ln().sqrt();
        let expected = phi((ee.ln() - 0.5 * s * s) / s);
        let stable = samples.probability(|s| s.stable);
        assert!(stable.value > 0.99, "{stable:?}");
        let negative = Probability::negative(&samples.entry(1, 1));
        // Four standard errors.
        near(negative.value, expected, 4.0 * negative.se + 0.01 * (1.0 - stable.value), "P(R_II < 0)");
        let isn = samples.probability(|s| s.isn);
        near(isn.value, expected, 4.0 * isn.se, "P(ISN)");
        assert_eq!(samples, sample(&c, &point, 4000, 7).unwrap(), "the seed is the sample");
        assert_ne!(samples, sample(&c, &point, 4000, 8).unwrap());
    }
}

#[test]
fn stability_in_closed_form() {
    // One unit: stable if and only if w < 1.
    let c = dale_linear(&["E"], 1, &Matrix::from_rows(&[[0.8]]), &[10.0], &[1.0]);
    let c = with_errors(&c, &[(weight(0, 0), 0.8, 0.2)]);
    let (point, _) = linearize(&c);
    let samples = sample(&c, &point, 4000, 3).unwrap();
    let s = (1.0_f64 + 0.0625).ln().sqrt();
    let expected = phi(-(0.8_f64.ln() - 0.5 * s * s) / s);
    let stable = samples.probability(|s| s.stable);
    near(stable.value, expected, 4.0 * stable.se, "P(stable)");
    // Quantiles of 1/(1 - w) among the stable.
    let median = quantile(&samples.entry(0, 0), 0.5);
    let below = |r: f64| phi(((1.0 - 1.0 / r).ln() - 0.8_f64.ln() + 0.5 * s * s) / s) / expected;
    near(below(median), 0.5, 4.0 * 0.5 / (stable.value * 4000.0).sqrt(), "median");
}

#[test]
fn first_order_is_r_dw_r() {
    let mut rng = Rng::new(3);
    for _ in 0..20 {
        let c =
            pair(rng.between(0.5, 1.5), rng.between(1.0, 2.0), rng.between(1.0, 2.0), rng.between(0.2, 1.0));
        let (point, l) = linearize(&c);
        if !point.stable() {
            continue;
        }
        let w = c.dense_weights().unwrap();
        let errors: Vec<_> = [(0, 0), (0, 1), (1, 0), (1, 1)]
            .map(|(a, b)| (weight(a, b), w[(a, b)], 0.07 * w[(a, b)].abs()))
            .to_vec();
        let c = with_errors(&c, &errors);
        let r = response_matrix(&l).unwrap().unwrap();
        let first = first_order(&c, &point).unwrap().unwrap();
        for a in 0..2 {
            for b in 0..2 {
                let mut variance = 0.0;
                for (k, (parameter, _, se)) in errors.iter().enumerate() {
                    let Uncertain::Weight { to, from } = parameter else { panic!() };
                    let expected = (r[(a, *to)] * r[(*from, b)] * se).powi(2);
                    // Differences of a thousandth of an error: 1e-6 of the curvature, squared.
                    near(first.contributions[k][(a, b)], expected, 1e-5 * expected + 1e-18, "dR = R dW R");
                    variance += expected;
                }
                near(first.se[(a, b)], variance.sqrt(), 1e-5 * variance.sqrt(), "standard error");
            }
        }
    }
}

#[test]
fn small_errors_are_the_same_both_ways() {
    // A nonlinear circuit: the operating point moves, and the gains with it.
    let w = Matrix::from_rows(&[[1.25, -0.65], [1.2, -0.5]]);
    let mut parts = circuit(Form::Rate, &w, &[20.0, 10.0], &[10.0, 10.0], &power(0.04, 2.0)).to_parts();
    (parts.populations[0].kind, parts.populations[1].kind) = (CellKind::Excitatory, CellKind::Inhibitory);
    let c = Circuit::new(parts).unwrap();
    let small = 1e-3;
    let errors: Vec<_> = [(0, 0), (0, 1), (1, 0), (1, 1)]
        .map(|(a, b)| (weight(a, b), w[(a, b)], small * w[(a, b)].abs()))
        .into_iter()
        .chain([(Uncertain::Input(0), 10.0, 10.0 * small), (Uncertain::Tau(1), 10.0, 10.0 * small)])
        .collect();
    let c = with_errors(&c, &errors);
    let found = search(&c);
    let point = &found.points[found.operating_point().unwrap()];
    let first = first_order(&c, point).unwrap().unwrap();
    let samples = sample(&c, point, 2000, 5).unwrap();
    let lost: Vec<_> = samples.all.iter().filter(|s| !s.stable).collect();
    assert!(lost.is_empty(), "{} {:?}", lost.len(), lost[0]);
    for a in 0..2 {
        for b in 0..2 {
            let values = samples.entry(a, b);
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let sd = (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
            // The standard error of a standard deviation is 1/sqrt(2 n), 1.6 %.
            near(sd, first.se[(a, b)], 0.064 * sd, "first order against samples");
            // A time constant moves no steady state.
            near(first.contributions[5][(a, b)], 0.0, 1e-12 * first.se[(a, b)].powi(2), "tau");
        }
    }
    // The derivative itself, by a coarser difference of circuits searched from nothing.
    let at = |ee: f64| {
        let mut parts = c.to_parts();
        let mut w = w.clone();
        w[(0, 0)] = ee;
        parts.weights = neurate::model::Weights::from(w);
        let c = Circuit::new(parts).unwrap();
        let s = search(&c);
        let l = Linearization::new(&c, &s.points[s.operating_point().unwrap()]).unwrap();
        by_population(&c, &response_matrix(&l).unwrap().unwrap())
    };
    let h = 1e-4;
    let slope = at(1.25 + h).sub(&at(1.25 - h)).scale(0.5 / h);
    for k in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let expected = (slope[k] * 1.25 * small).powi(2);
        near(first.contributions[0][k], expected, 1e-5 * expected, "through the operating point");
    }
}

#[test]
fn signs_hold_however_large_the_error() {
    // Blocks of several units keep their structure: a factor for all.
    let w = Matrix::from_rows(&[[0.2, 0.4, -0.3], [0.1, 0.3, -0.6], [0.5, 0.2, -0.1]]);
    let populations = vec![
        population("E", CellKind::Excitatory, &[10.0; 2], &[1.0; 2], power(0.1, 2.0)),
        population("I", CellKind::Inhibitory, &[10.0], &[1.0], power(0.1, 2.0)),
    ];
    let c = Circuit::new(parts(Form::Rate, populations, &w)).unwrap();
    let mean_ee = (0.2 + 0.4 + 0.1 + 0.3) / 2.0;
    let c = with_errors(&c, &[(weight(0, 0), mean_ee, 2.0 * mean_ee), (weight(0, 1), -0.45, 0.9)]);
    let found = search(&c);
    let point = &found.points[found.operating_point().unwrap()];
    // A weight of the wrong sign would be refused, an error.
    let samples = sample(&c, point, 500, 1).unwrap();
    assert_eq!(samples.all.len(), 500);
    assert!(samples.all.iter().all(|s| s.response.is_some() == s.stable));
    let p = samples.probability(|s| s.stable);
    assert!(p.value > 0.5 && p.se > 0.0);
    // No error, no spread.
    let c = with_errors(&c, &[(weight(0, 0), mean_ee, 0.0)]);
    let samples = sample(&c, point, 5, 1).unwrap();
    assert!(samples.all.windows(2).all(|s| s[0] == s[1]));
    let first = first_order(&c, point).unwrap().unwrap();
    assert_eq!(first.se.max_abs(), 0.0);
}

#[test]
fn a_refractory_fraction_has_a_standard_error() {
    // One unit alone: R = 1/(1 + rho h)^2, dR/drho = -2 h/(1 + rho h)^3.
    let (rho, h, se) = (0.02, 10.0, 1e-3);
    let f = Transfer::new("threshold-linear", &[], 1e-3).unwrap().with_refractory(rho).unwrap();
    let c = circuit(Form::Rate, &Matrix::zeros(1, 1), &[10.0], &[h], &f);
    let c = with_errors(&c, &[(Uncertain::Refractory(0), rho, se)]);
    let (point, _) = linearize(&c);
    let expected = 2.0 * h / (1.0 + rho * h).powi(3) * se;
    let first = first_order(&c, &point).unwrap().unwrap();
    near(first.se[(0, 0)], expected, 1e-6 * expected, "first order");
    let all = sample(&c, &point, 2000, 5).unwrap();
    let values = all.entry(0, 0);
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let sd = (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
    // Four standard errors of a standard deviation, and what the curvature adds.
    near(sd, expected, 0.07 * expected, "samples");
    let mut parts = c.to_parts();
    parts.populations[0].transfer = Transfer::identity();
    let e = Circuit::new(parts).unwrap_err();
    assert!(e.message().contains("refractory fraction"), "{e}");
}
