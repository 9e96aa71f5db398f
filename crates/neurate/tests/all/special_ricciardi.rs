//! Ricciardi's function against reference values made in high precision, and its laws.
//!
//! The references in `reference/` were made by others than the code they check: rates by mpmath
//! with 30 digits or more, times in ms, potentials in mV, rates in Hz.

use neurate::lif::{LifNeuron, ricciardi, ricciardi_cv, ricciardi_rate, sigma_from_membrane_sd};
use proptest::prelude::*;

fn rows(text: &str) -> Vec<Vec<f64>> {
    text.lines().skip(1).map(|line| line.split(',').map(|field| field.parse().unwrap()).collect()).collect()
}

/// The largest errors so far, and where.
#[derive(Default)]
struct Worst(Vec<(f64, String)>);

impl Worst {
    fn note(&mut self, column: usize, error: f64, place: impl Fn() -> String) {
        self.0.resize_with(self.0.len().max(column + 1), Default::default);
        // NaN counts as worst
        if error.is_nan() || error > self.0[column].0 {
            self.0[column] = (error, place());
        }
    }
    fn check(&self, tolerances: &[f64]) {
        println!("{:#?}", self.0);
        for (worst, tolerance) in self.0.iter().zip(tolerances) {
            assert!(worst.0 <= *tolerance, "{worst:?}, allowed {tolerance}");
        }
    }
}

fn relative(value: f64, exact: f64) -> f64 {
    (value / exact - 1.0).abs()
}

#[test]
fn siegert_reference() {
    let mut worst = Worst::default();
    let mut counted = [0; 3];
    for row in rows(include_str!("../reference/siegert_reference_A.csv")) {
        let neuron = LifNeuron::new(row[0], row[1], row[2], row[3]).unwrap();
        let value = ricciardi(&neuron, row[4], row[5]);
        // Hz -> 1/ms
        for (i, ours) in [value.rate, value.d_mu, value.d_sigma].into_iter().enumerate() {
            if (row[6 + i] * 1e-3).is_normal() {
                counted[i] += 1;
                worst.note(i, relative(ours * 1e3, row[6 + i]), || format!("{row:?}"));
            }
        }
        // the logarithm where the rate is representable: below 1 absolute, as rates near 1/ms have ln ~ 0
        if (row[6] * 1e-3).is_normal() {
            let exact = (row[6] * 1e-3).ln();
            let error = (value.log_rate - exact).abs() / exact.abs().max(1.0);
            worst.note(3, error, || format!("{row:?}"));
        }
    }
    println!("{counted:?}");
    assert!(counted[0] > 1900);
    worst.check(&[5e-15, 1e-14, 1e-14, 5e-15]);
}

#[test]
fn logarithm_far_below_threshold() {
    let mut worst = Worst::default();
    for row in rows(include_str!("../reference/siegert_log_extreme.csv")) {
        let neuron = LifNeuron::new(row[0], row[1], row[2], row[3]).unwrap();
        let value = ricciardi(&neuron, row[4], row[5]);
        let log_hz = value.log_rate + 1000f64.ln();
        worst.note(0, relative(log_hz, row[6]), || format!("{row:?}"));
        if value.rate.is_normal() && value.d_sigma.is_normal() {
            worst.note(1, relative(value.d_mu / value.rate, row[7]), || format!("{row:?}"));
            worst.note(2, relative(value.d_sigma / value.rate, row[8]), || format!("{row:?}"));
        }
    }
    worst.check(&[1e-15, 1e-14, 1e-14]);
}

#[test]
fn open_reference() {
    let json: serde_json::Value =
        serde_json::from_str(include_str!("../reference/ricciardi_open.json")).unwrap();
    let mut worst = Worst::default();
    for row in json["rows"].as_array().unwrap() {
        let get = |key: &str| row[key].as_str().unwrap().parse::<f64>().unwrap();
        // in seconds, as the file: multiplying by 1000 would round
        let neuron =
            LifNeuron::new(get("tau_m_s"), get("tau_ref_s"), get("theta_mV"), get("V_reset_mV")).unwrap();
        let (mu, sigma) = (get("mu_mV"), get("sigma_mV"));
        let value = ricciardi(&neuron, mu, sigma);
        worst.note(0, relative(value.rate, get("rate_Hz")), || row.to_string());
        worst.note(1, relative(value.d_mu, get("d_rate_d_mu")), || row.to_string());
        worst.note(2, relative(value.d_sigma, get("d_rate_d_sigma")), || row.to_string());
        if !row["CV"].is_null() {
            let cv = ricciardi_cv(&neuron, mu, sigma);
            worst.note(3, relative(cv, get("CV")), || row.to_string());
        }
        if !row["noise_free_limit_Hz"].is_null() {
            let limit = ricciardi_rate(&neuron, mu, 0.0);
            worst.note(4, relative(limit, get("noise_free_limit_Hz")), || row.to_string());
        }
    }
    // The file's decimals (sigma = 0.8) are not doubles: rounding an input by 1e-16 moves a rate
    // by 2 y^2 times that, here 2e-14 at y = 12.5. The other files' inputs are exact doubles.
    worst.check(&[5e-14, 5e-14, 5e-14, 1e-13, 1e-14]);
}

#[test]
fn cv_reference() {
    let mut worst = Worst::default();
    for row in rows(include_str!("../reference/ricciardi_cv.csv")) {
        let neuron = LifNeuron::new(1.0, 0.0, row[1], row[0]).unwrap();
        let cv = ricciardi_cv(&neuron, 0.0, 1.0);
        worst.note(0, relative(cv, row[2]), || format!("{row:?}"));
    }
    worst.check(&[1e-11]);
}

#[test]
fn known_values() {
    let neuron = LifNeuron::new(20.0, 2.0, 20.0, 10.0).unwrap();
    for (mu, sigma, hertz) in
        [(15.0, 4.0, 5.892520886123), (20.0, 3.0, 21.67414929501), (25.0, 5.0, 47.21744330413)]
    {
        assert!(relative(ricciardi_rate(&neuron, mu, sigma) * 1e3, hertz) < 1e-12);
    }
    // NEST's own test, whose sigma is sqrt(1.5) in our convention
    let neuron = LifNeuron::new(10.0, 2.0, 15.0, 0.0).unwrap();
    let sigma = sigma_from_membrane_sd(0.75f64.sqrt());
    assert!(relative(ricciardi_rate(&neuron, 15.0, sigma) * 1e3, 27.1095934379) < 1e-11);
}

#[test]
fn bad_arguments_are_named() {
    let nan = f64::NAN;
    for (arguments, name) in [
        ([0.0, 2.0, 20.0, 10.0], "`tau_m`"),
        ([-1.0, 2.0, 20.0, 10.0], "`tau_m`"),
        ([nan, 2.0, 20.0, 10.0], "`tau_m`"),
        ([f64::INFINITY, 2.0, 20.0, 10.0], "`tau_m`"),
        ([20.0, -2.0, 20.0, 10.0], "`tau_ref`"),
        ([20.0, nan, 20.0, 10.0], "`tau_ref`"),
        ([20.0, 2.0, nan, 10.0], "`threshold`"),
        ([20.0, 2.0, f64::INFINITY, 10.0], "`threshold`"),
        ([20.0, 2.0, 20.0, nan], "`reset`"),
        ([20.0, 2.0, 20.0, f64::NEG_INFINITY], "`reset`"),
        ([20.0, 2.0, 20.0, 20.0], "`reset`"),
        ([20.0, 2.0, 20.0, 21.0], "`reset`"),
        ([20.0, 2.0, 1e308, -1e308], "`threshold - reset`"),
    ] {
        let [tau_m, tau_ref, threshold, reset] = arguments;
        let error = LifNeuron::new(tau_m, tau_ref, threshold, reset).unwrap_err();
        assert_eq!(error.kind(), neurate::error::Kind::Invalid);
        assert!(error.message().starts_with(name), "{error}");
    }
}

#[test]
fn corners() {
    let neuron = LifNeuron::new(20.0, 2.0, 20.0, 10.0).unwrap();
    let bare = LifNeuron { tau_ref: 0.0, ..neuron };
    let inf = f64::INFINITY;
    for (mu, sigma) in [(f64::NAN, 1.0), (1.0, f64::NAN), (1.0, -1e-300), (inf, inf), (-inf, inf)] {
        let value = ricciardi(&neuron, mu, sigma);
        assert!(value.rate.is_nan() && value.d_mu.is_nan());
        assert!(value.d_sigma.is_nan() && value.log_rate.is_nan());
        assert!(ricciardi_cv(&neuron, mu, sigma).is_nan());
    }
    let invalid = LifNeuron { reset: 30.0, ..neuron };
    assert!(ricciardi_rate(&invalid, 15.0, 4.0).is_nan());

    // without noise
    let silent = ricciardi(&neuron, 19.0, 0.0);
    assert_eq!((silent.rate, silent.d_mu, silent.d_sigma), (0.0, 0.0, 0.0));
    assert_eq!(silent.log_rate, -inf);
    let critical = ricciardi(&neuron, 20.0, 0.0);
    assert_eq!((critical.rate, critical.d_mu, critical.d_sigma), (0.0, inf, inf));
    let driven = ricciardi(&neuron, 25.0, 0.0);
    let rate = 1.0 / (2.0 + 20.0 * 3f64.ln());
    assert!(relative(driven.rate, rate) < 1e-15);
    assert!(relative(driven.d_mu, rate * rate * 20.0 * (1.0 / 5.0 - 1.0 / 15.0)) < 1e-14);
    assert_eq!(driven.d_sigma, 0.0);

    // without bound
    assert_eq!(ricciardi_rate(&neuron, inf, 1.0), 0.5);
    assert_eq!(ricciardi(&neuron, inf, 1.0).d_mu, 0.0);
    assert_eq!(ricciardi_rate(&neuron, -inf, 1.0), 0.0);
    assert_eq!(ricciardi_rate(&neuron, 3.0, inf), 0.5);
    assert_eq!(ricciardi_rate(&bare, inf, 0.0), inf);
    for (mu, sigma) in [(1e15, 1.0), (0.0, 1e15)] {
        let limit = if sigma > mu { (0.0, inf) } else { (inf, 1.0) };
        let (near, far) = (ricciardi(&bare, mu, sigma), ricciardi(&bare, limit.0, limit.1));
        assert!(relative(near.d_mu, far.d_mu) < 1e-12);
        if sigma > mu {
            assert!(relative(near.d_sigma, far.d_sigma) < 1e-12);
        }
    }

    // nothing but finite, ordered values anywhere on a grid of magnitudes
    let magnitudes = [0.0, 5e-324, 1e-300, 1e-100, 1e-8, 1.0, 1e8, 1e100, 1e300, f64::MAX];
    for neuron in [neuron, bare] {
        for mu in magnitudes.iter().flat_map(|m| [*m, -m, 20.0 + m, 20.0 - m, 10.0 + m]) {
            for sigma in magnitudes {
                let value = ricciardi(&neuron, mu, sigma);
                let cv = ricciardi_cv(&neuron, mu, sigma);
                let place = format!("{neuron:?} {mu:e} {sigma:e}: {value:?} {cv}");
                assert!(value.rate >= 0.0 && value.rate <= 1.0 / neuron.tau_ref, "{place}");
                assert!(!value.d_mu.is_nan() && value.d_mu >= 0.0, "{place}");
                assert!(!value.d_sigma.is_nan(), "{place}");
                assert!(!value.log_rate.is_nan() && cv >= 0.0, "{place}");
            }
        }
    }
}

/// At threshold the integral grows like `ln(1/sigma)`, also where `1/sigma` overflows.
#[test]
fn logarithmic_at_threshold() {
    let neuron = LifNeuron::new(20.0, 0.0, 20.0, 10.0).unwrap();
    // 1/r = tau (ln(2 x) + gamma/2), x = 10/sigma
    for sigma in [1e-100, 1e-307, 5e-324f64] {
        let log = 20f64.ln() - sigma.ln() + 0.288_607_832_450_766_4;
        assert!(relative(ricciardi_rate(&neuron, 20.0, sigma), 1.0 / (20.0 * log)) < 1e-14);
    }
}

/// `ISI` moments: without noise regular, far below threshold Poisson, dead time makes regular.
#[test]
fn cv_limits() {
    let neuron = LifNeuron::new(20.0, 2.0, 20.0, 10.0).unwrap();
    assert_eq!(ricciardi_cv(&neuron, 25.0, 0.0), 0.0);
    assert_eq!(ricciardi_cv(&neuron, 20.0, 0.0), 0.0);
    assert_eq!(ricciardi_cv(&neuron, 15.0, 0.0), 1.0);
    assert!((ricciardi_cv(&neuron, -100.0, 1.0) - 1.0).abs() < 1e-12);
    // proportional to sigma for small noise, and continuous where formulas change
    let slope = |sigma: f64| ricciardi_cv(&neuron, 25.0, sigma) / sigma;
    for sigma in [5.0 / 20.000001, 5.0 / 19.999999] {
        assert!(relative(slope(sigma), slope(5.0 / 20.0)) < 1e-8);
    }
    assert!(relative(slope(5.0 / 0.9999e8), slope(5.0 / 1.0001e8)) < 1e-12);
}

/// Neurons and inputs over the physiological range and well beyond.
fn point() -> impl Strategy<Value = (LifNeuron, f64, f64)> {
    (1.0..50.0, 0.0..5.0, -60.0..20.0, -3.0..2.0, -1.0..1.0, -3.0..2.0).prop_map(
        |(tau_m, tau_ref, threshold, log_gap, drive, log_sigma): (f64, f64, f64, f64, f64, f64)| {
            let reset = threshold - 10f64.powf(log_gap);
            let sigma = 10f64.powf(log_sigma);
            // from 24 sigma below threshold to far above
            let mu = threshold + sigma * if drive < 0.0 { 24.0 * drive } else { 1e4 * drive.powi(4) };
            (LifNeuron::new(tau_m, tau_ref, threshold, reset).unwrap(), mu, sigma)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn bounded_monotone_and_consistent((neuron, mu, sigma) in point(), step in 1e-3..1.0f64) {
        let value = ricciardi(&neuron, mu, sigma);
        prop_assert!(value.rate > 0.0 && value.rate <= 1.0 / neuron.tau_ref);
        prop_assert!(value.d_mu > 0.0);
        prop_assert!((value.log_rate - value.rate.ln()).abs() < 1e-12);
        let more = ricciardi_rate(&neuron, mu + step * sigma, sigma);
        prop_assert!(more >= value.rate * (1.0 - 1e-14));
        prop_assert_eq!(ricciardi_rate(&neuron, mu, sigma), value.rate);
    }

    /// Central differences of the logarithm, fourth order.
    #[test]
    fn slopes_are_those_of_the_rate((neuron, mu, sigma) in point()) {
        let value = ricciardi(&neuron, mu, sigma);
        let log = |mu, sigma| ricciardi(&neuron, mu, sigma).log_rate;
        let fourth = |f: &dyn Fn(f64) -> f64, h: f64| {
            (8.0 * (f(h) - f(-h)) - (f(2.0 * h) - f(-2.0 * h))) / (12.0 * h)
        };
        let y = (neuron.threshold - mu) / sigma;
        let scale = if y < -1.0 { -y } else { 1.0 / (1.0 + y.abs()) };
        let h = 1e-3 * sigma * scale;
        let roundoff = 3e-15 * (1.0 + y.max(0.0).powi(2) + value.log_rate.abs()) / h;
        let numeric = fourth(&|x| log(mu + x, sigma), h);
        prop_assert!(
            (numeric - value.d_mu / value.rate).abs() <= 1e-8 * numeric.abs() + roundoff + 1e-15 * mu.abs() * numeric.abs() / h,
            "d_mu {} {}", numeric, value.d_mu / value.rate
        );
        let h = 1e-3 * sigma / (1.0 + y.max(0.0));
        let roundoff = 3e-15 * (1.0 + y.max(0.0).powi(2) + value.log_rate.abs()) / h;
        let numeric = fourth(&|x| log(mu, sigma + x), h);
        prop_assert!(
            (numeric - value.d_sigma / value.rate).abs() <= 1e-7 * numeric.abs() + roundoff,
            "d_sigma {} {}", numeric, value.d_sigma / value.rate
        );
    }

    /// The rate depends on potentials only through differences over `sigma`; on times through
    /// their ratio. By powers of two, and by shifts that are exact, to the last digit.
    #[test]
    fn scaling((neuron, mu, sigma) in point(), power in -20..20i32) {
        let c = 2f64.powi(power);
        let value = ricciardi(&neuron, mu, sigma);
        let scaled = LifNeuron::new(neuron.tau_m, neuron.tau_ref, c * neuron.threshold, c * neuron.reset).unwrap();
        let other = ricciardi(&scaled, c * mu, c * sigma);
        prop_assert_eq!(other.rate, value.rate);
        prop_assert_eq!(other.d_mu * c, value.d_mu);
        let slower = LifNeuron::new(c * neuron.tau_m, c * neuron.tau_ref, neuron.threshold, neuron.reset).unwrap();
        prop_assert!(relative(ricciardi_rate(&slower, mu, sigma) * c, value.rate) < 1e-15);
        prop_assert!(relative(ricciardi_cv(&scaled, c * mu, c * sigma), ricciardi_cv(&neuron, mu, sigma)) < 1e-15);
    }

    /// The limit of small noise is approached with error `O(sigma^2)`.
    #[test]
    fn small_noise_limit(threshold in -50.0..20.0f64, gap in 0.1..30.0f64, above in 0.1..50.0f64) {
        let neuron = LifNeuron::new(20.0, 2.0, threshold, threshold - gap).unwrap();
        let mu = threshold + above;
        let limit = ricciardi(&neuron, mu, 0.0);
        for relative_sigma in [1e-2, 1e-4, 0.99e-8, 1.01e-8, 1e-20] {
            let value = ricciardi(&neuron, mu, relative_sigma * above);
            let allowed = relative_sigma * relative_sigma + 1e-14;
            prop_assert!(relative(value.rate, limit.rate) < allowed);
            prop_assert!(relative(value.d_mu, limit.d_mu) < 10.0 * allowed);
            prop_assert!(value.d_sigma > 0.0);
        }
        prop_assert_eq!(ricciardi_rate(&neuron, threshold - above, 1e-4 * above), 0.0);
    }

    /// The CV is smooth where its formulas change: compare with its neighbors.
    #[test]
    fn cv_is_smooth((neuron, mu, sigma) in point()) {
        let cv = ricciardi_cv(&neuron, mu, sigma);
        prop_assert!(cv > 0.0 && cv.is_finite());
        let y = (neuron.threshold - mu) / sigma;
        let h = 1e-4 * sigma * if y < -1.0 { -y } else { 1.0 / (1.0 + y.abs()) };
        let at = |k: f64| ricciardi_cv(&neuron, mu + k * h, sigma);
        let interpolated = (4.0 * (at(1.0) + at(-1.0)) - (at(2.0) + at(-2.0))) / 6.0;
        prop_assert!(relative(interpolated, cv) < 1e-9, "{} {}", interpolated, cv);
    }
}
