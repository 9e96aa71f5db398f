//! Powers of two, by which matrices are scaled without rounding.

/// The exponent `e` with `0.5 <= |x| 2^-e < 1` (0 for x = 0).
pub(super) fn exponent_of(x: f64) -> i32 {
    if x == 0.0 || !x.is_finite() {
        return 0;
    }
    let bits = (x.to_bits() >> 52) & 0x7ff;
    if bits == 0 { exponent_of(x * 2f64.powi(64)) - 64 } else { bits as i32 - 1022 }
}

/// `x 2^e`, without overflow on the way.
#[inline]
pub(super) fn ldexp(x: f64, e: i32) -> f64 {
    let mut x = x;
    let mut e = e;
    while e > 1000 {
        x *= power_of_two(1000);
        e -= 1000;
    }
    while e < -1000 {
        x *= power_of_two(-1000);
        e += 1000;
    }
    x * power_of_two(e)
}

/// `2^e` for an exponent in the range of normal numbers: its bits, since a call for each entry of a matrix would be most
/// of the work of scaling it.
#[inline]
fn power_of_two(e: i32) -> f64 {
    debug_assert!((-1022..=1023).contains(&e));
    f64::from_bits(((e + 1023) as u64) << 52)
}
