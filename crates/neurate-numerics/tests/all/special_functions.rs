//! The error functions against mpmath (`reference/special_functions.py` says how).

use neurate_numerics::special::{dawson, erf, erfc, erfcx};

#[test]
fn against_mpmath() {
    let mut worst = [0.0f64; 4];
    for line in include_str!("../../../neurate/tests/reference/special_functions.csv").lines().skip(1) {
        let row: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
        let ours = [erf(row[0]), erfc(row[0]), erfcx(row[0]), dawson(row[0])];
        for i in 0..4 {
            // relative, except where the exact value is zero or subnormal
            let exact = row[1 + i];
            if exact.is_normal() {
                worst[i] = worst[i].max((ours[i] / exact - 1.0).abs());
            } else {
                assert!((ours[i] - exact).abs() < 1e-307);
            }
        }
    }
    println!("{worst:?}");
    assert!(worst.iter().all(|w| *w < 2e-15), "{worst:?}");
}
