//! Every transfer function obeys the same laws.

use neurate::transfer::{KINDS, Transfer};

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
