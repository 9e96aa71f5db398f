//! A rate with its first three derivatives, and what is calculated with such.

/// A value and its first three derivatives over one variable.
pub type Jet = [f64; 4];

/// `outer(inner)`, where `outer` holds the derivatives at the inner value.
pub(super) fn compose(outer: Jet, inner: Jet) -> Jet {
    let [value, f, ff, fff] = outer;
    let [_, a, b, c] = inner;
    // A slope that is infinite where its argument does not move adds nothing.
    let times = |x: f64, y: f64| if x == 0.0 || y == 0.0 { 0.0 } else { x * y };
    [
        value,
        times(f, a),
        times(ff, a * a) + times(f, b),
        times(fff, a * a * a) + 3.0 * times(ff, a * b) + times(f, c),
    ]
}

/// The product.
pub(super) fn product(x: Jet, y: Jet) -> Jet {
    [
        x[0] * y[0],
        x[1] * y[0] + x[0] * y[1],
        x[2] * y[0] + 2.0 * x[1] * y[1] + x[0] * y[2],
        x[3] * y[0] + 3.0 * (x[2] * y[1] + x[1] * y[2]) + x[0] * y[3],
    ]
}

/// The derivatives of `x^n` at `x`; 0 where a factor of the exponent is.
pub(super) fn power(x: f64, n: f64) -> Jet {
    let term = |factor: f64, n: f64| if factor == 0.0 { 0.0 } else { factor * x.powf(n) };
    [x.powf(n), term(n, n - 1.0), term(n * (n - 1.0), n - 2.0), term(n * (n - 1.0) * (n - 2.0), n - 3.0)]
}

/// The derivatives of `1/(1 + exp(-u))`, without cancellation on either side.
pub(super) fn logistic(u: f64) -> Jet {
    let e = (-u.abs()).exp();
    let slope = e / ((1.0 + e) * (1.0 + e));
    let value = (if u > 0.0 { 1.0 } else { e }) / (1.0 + e);
    // 1 - 2 value
    let bend = ((1.0 - e) / (1.0 + e)).copysign(-u);
    [value, slope, slope * bend, slope * (1.0 - 6.0 * slope)]
}

/// The derivatives of `tanh u`.
pub(super) fn tanh(u: f64) -> Jet {
    let (t, sech) = (u.tanh(), 1.0 / u.cosh());
    let slope = sech * sech;
    [t, slope, -2.0 * t * slope, slope * (4.0 - 6.0 * slope)]
}

/// From slopes around `x`, by differences of fourth order at distances of `step`: of a slope that is known to `error`
/// (relative), f'' is known to about `error/step`, and f''' to `error/step^2`.
pub(super) fn by_differences(value: f64, slope: impl Fn(f64) -> f64, step: f64) -> Jet {
    let [a, b, c, d, e] = [-2.0, -1.0, 0.0, 1.0, 2.0].map(|k| slope(k * step));
    [
        value,
        c,
        (a - 8.0 * b + 8.0 * d - e) / (12.0 * step),
        (-a + 16.0 * b - 30.0 * c + 16.0 * d - e) / (12.0 * step * step),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::Transfer;

    /// Second and third derivatives against differences of the exact slopes, for every kind, floor and fraction.
    #[test]
    fn jets_are_the_derivatives_of_the_rates() {
        for f in Transfer::examples() {
            let sigma = if f.uses_sigma() { 2.5 } else { 0.0 };
            let corners: Vec<f64> = [f.kinks(), vec![0.0, -1.0, 1.0]].concat();
            for x in [-3.1, -0.37, 0.41, 1.7, 2.9, 8.3, 17.3] {
                if corners.iter().any(|k| (k - x).abs() < 0.3) {
                    continue;
                }
                let step = if f.uses_sigma() { 0.05 } else { 2e-3 };
                let expected = super::by_differences(0.0, |d| f.slopes(x + d, sigma).d_mu, step);
                let jet = f.jet(x, sigma);
                let size = 1e-9 + jet.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
                let s = f.slopes(x, sigma);
                assert!(
                    (jet[0] - s.rate).abs() < 1e-13 * size && (jet[1] - s.d_mu).abs() < 1e-12 * size,
                    "{f:?} {x}"
                );
                for k in [2, 3] {
                    assert!(
                        (jet[k] - expected[k]).abs() < 2e-6 * size,
                        "{f:?} at {x}: {jet:?}, not {expected:?}"
                    );
                }
            }
        }
    }

    /// Closed forms: 1/4 is the steepest slope of the logistic, where f'' = 0 and f''' = -1/8.
    #[test]
    fn jets_of_known_functions() {
        let f = Transfer::new("logistic", &[("width", 2.0), ("midpoint", 1.0)], 1e-3).unwrap();
        assert_eq!(f.jet(1.0, 0.0), [0.5, 0.125, -0.0, -0.125 / 8.0]);
        let g = Transfer::new("power", &[("k", 2.0), ("n", 2.0)], 1e-3).unwrap();
        assert_eq!(g.jet(3.0, 0.0), [18.0, 12.0, 4.0, 0.0]);
        assert_eq!(g.jet(-3.0, 0.0), [0.0; 4]);
        // The same function as an expression, with and without a refractory fraction.
        let e = Transfer::expression("1/(1 + exp(-(x - 1)/2))", &[]).unwrap();
        for x in [-60.0, -4.0, 0.3, 5.0, 900.0] {
            let pairs = [
                (f.clone(), e.clone()),
                (f.clone().with_refractory(0.7).unwrap(), e.clone().with_refractory(0.7).unwrap()),
            ];
            for (f, e) in pairs {
                let (a, b) = (f.jet(x, 0.0), e.jet(x, 0.0));
                assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-14), "{x} {a:?} {b:?}");
            }
        }
        let tanh = Transfer::expression("tanh(x)", &[]).unwrap().jet(0.7, 0.0);
        let own = Transfer::new("tanh", &[], 1e-3).unwrap().jet(0.7, 0.0);
        assert!(tanh.iter().zip(own).all(|(a, b)| (a - b).abs() < 1e-14));
    }
}
