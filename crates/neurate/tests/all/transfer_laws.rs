//! Every transfer function obeys the same laws.

use neurate::model::transfer::{KINDS, Transfer};

/// Inputs from far below to far above every example's range.
fn inputs() -> impl Iterator<Item = f64> {
    (-200..=400).map(|i| 0.1237 * f64::from(i) + 0.003)
}

#[test]
fn the_gain_is_the_slope() {
    for f in Transfer::examples() {
        let sigma = if f.uses_sigma() { 4.0 } else { 0.0 };
        for x in inputs() {
            // Powers are not smooth at their threshold: keep the stencil away from it.
            let threshold = f.parameters().iter().find(|p| p.0 == "threshold").map_or(0.0, |p| p.1);
            if !f.uses_sigma() && (x - threshold).abs() < 0.15 {
                continue;
            }
            let s = f.slopes(x, sigma);
            assert_eq!(s.rate, f.rate(x, sigma), "{f:?} at {x}");
            // Five-point rule with h = 1e-3: truncation h^4 f'''''/30, rounding eps |f| / h. The
            // steepest example has fifth derivatives of order 1e2.
            let h = 1e-3;
            let d = |k: f64| f.rate(x + k * h, sigma);
            let slope = (d(-2.0) - 8.0 * d(-1.0) + 8.0 * d(1.0) - d(2.0)) / (12.0 * h);
            let scale = 1e-9 * (1.0 + s.rate.abs() + s.d_mu.abs());
            assert!((slope - s.d_mu).abs() <= scale, "{f:?} at {x}: {} against {slope}", s.d_mu);
        }
    }
}

#[test]
fn slices_equal_scalars_and_nan_stays_alone() {
    for f in Transfer::examples() {
        let x = [1.0, f64::NAN, 3.0];
        let mut out = [0.0; 3];
        f.rates(&x, 2.0, &mut out);
        assert!(out[1].is_nan(), "{f:?}");
        assert_eq!([out[0], out[2]], [f.rate(1.0, 2.0), f.rate(3.0, 2.0)]);
    }
}

/// Against the standard library's functions, which round within one unit in the last place.
#[test]
fn rates_are_right_to_a_few_last_places() {
    let f = |kind: &str, given: &[(&str, f64)]| Transfer::new(kind, given, 1e-3).unwrap();
    let power = |n: f64| f("power", &[("k", 0.04), ("n", n), ("threshold", 1.0)]);
    let naka = |n: f64| f("naka-rushton", &[("max", 50.0), ("half", 5.0), ("n", n)]);
    let logistic = f("logistic", &[("max", 100.0), ("width", 2.0), ("midpoint", 5.0)]);
    let tanh = f("tanh", &[("max", 20.0), ("width", 4.0), ("midpoint", -1.0)]);
    type Formula = Box<dyn Fn(f64) -> f64>;
    let mut cases: Vec<(Transfer, Formula)> = vec![
        (logistic, Box::new(|x| 100.0 / (1.0 + (-(x - 5.0) / 2.0).exp()))),
        (tanh, Box::new(|x| 20.0 * ((x + 1.0) / 4.0).tanh())),
    ];
    for n in [0.5, 1.0, 1.5, 2.0, 2.2, 3.0, 3.7, 4.0, 5.5] {
        cases.push((power(n), Box::new(move |x| 0.04 * (x - 1.0).max(0.0).powf(n))));
        cases
            .push((naka(n), Box::new(move |x| if x > 0.0 { 50.0 / (1.0 + (5.0 / x).powf(n)) } else { 0.0 })));
    }
    // Longer than the widest vectors, and no multiple of them.
    let near = |k: i32| f64::from(k).powi(3) * 1e-7;
    let x: Vec<f64> = inputs().chain((-100..100).map(near)).chain([-600.0, 600.0, 1e-300, 1e5]).collect();
    for (f, exact) in &cases {
        let mut out = vec![0.0; x.len()];
        f.rates(&x, 0.0, &mut out);
        for (x, ours) in x.iter().zip(&out) {
            let exact = exact(*x);
            // Two of ours, and as much for the composed reference: 4 units; far out on the logistic's left
            // the reference's argument is rounded, too.
            assert!(
                (ours - exact).abs() <= 4.0 * f64::EPSILON * exact.abs(),
                "{f:?} at {x}: {ours}, {exact}"
            );
            assert_eq!(*ours, f.rate(*x, 0.0), "{f:?} at {x}: alone as among others");
        }
    }
}

#[test]
fn pieces_agree_with_the_function() {
    for f in Transfer::examples() {
        let Some(pieces) = f.pieces() else { continue };
        for x in inputs() {
            let p = pieces.iter().find(|p| p.from <= x && x < p.to).expect("pieces cover the line");
            assert!(
                (p.slope * x + p.offset - f.rate(x, 0.0)).abs() <= 1e-13 * (1.0 + x.abs()),
                "{f:?} at {x}"
            );
        }
    }
}

#[test]
fn no_two_kinds_share_a_name_and_bad_parameters_are_named() {
    for (i, k) in KINDS.iter().enumerate() {
        assert!(KINDS[..i].iter().all(|j| j.name != k.name));
        for p in k.parameters {
            let error = Transfer::new(k.name, &[(p.key, f64::NAN)], 1e-3).unwrap_err().to_string();
            let first_missing = k.parameters.iter().find(|q| q.default.is_none() && q.key != p.key);
            let named = [Some(p.key), first_missing.map(|q| q.key)];
            assert!(named.iter().flatten().any(|key| error.contains(key)), "{}: {error}", k.name);
        }
        assert!(Transfer::new(k.name, &[("nonsense", 1.0)], 1e-3).is_err());
    }
    assert!(Transfer::new("nonsense", &[], 1e-3).unwrap_err().to_string().contains("threshold-linear"));
}
