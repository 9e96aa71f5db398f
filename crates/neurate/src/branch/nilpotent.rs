//! Numbers with three infinitesimal parts: one evaluation of a formula over them has its directional derivatives, up to the
//! third and mixed, without differences.

use crate::model::transfer::Jet;

/// `sum of c_m e_m` over the subsets `m` of three infinitesimals with `e_k^2 = 0`, as bits: `c_0` is the number itself,
/// `c_1`, `c_2`, `c_4` its derivatives along three directions, `c_3`, `c_5`, `c_6` the second ones along pairs of them,
/// `c_7` the third one along all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Nilpotent(pub [f64; 8]);

impl Nilpotent {
    /// A number that does not move.
    pub fn constant(x: f64) -> Nilpotent {
        let mut c = [0.0; 8];
        c[0] = x;
        Nilpotent(c)
    }
    /// A number that moves along three directions.
    pub fn moving(x: f64, along: [f64; 3]) -> Nilpotent {
        let mut c = [0.0; 8];
        (c[0], c[1], c[2], c[4]) = (x, along[0], along[1], along[2]);
        Nilpotent(c)
    }
    /// The number itself.
    pub fn value(self) -> f64 {
        self.0[0]
    }
    /// The sum.
    pub fn plus(self, o: Nilpotent) -> Nilpotent {
        Nilpotent(std::array::from_fn(|m| self.0[m] + o.0[m]))
    }
    /// The difference.
    pub fn minus(self, o: Nilpotent) -> Nilpotent {
        Nilpotent(std::array::from_fn(|m| self.0[m] - o.0[m]))
    }
    /// Times a number.
    pub fn scaled(self, by: f64) -> Nilpotent {
        Nilpotent(self.0.map(|c| c * by))
    }
    /// The product: each subset is shared out between the factors.
    pub fn times(self, o: Nilpotent) -> Nilpotent {
        let (a, b) = (self.0, o.0);
        Nilpotent(std::array::from_fn(|m| {
            (0..=m).filter(|part| part & m == *part).map(|part| a[part] * b[m ^ part]).sum()
        }))
    }
    /// A function of it, whose derivatives at its value are given.
    pub fn through(self, f: Jet) -> Nilpotent {
        let x = self.0;
        let [value, f1, f2, f3] = f;
        let pair = |i: usize, j: usize| f1 * x[i | j] + f2 * x[i] * x[j];
        let triple = f1 * x[7] + f2 * (x[1] * x[6] + x[2] * x[5] + x[4] * x[3]) + f3 * x[1] * x[2] * x[4];
        Nilpotent([value, f1 * x[1], f1 * x[2], pair(1, 2), f1 * x[4], pair(1, 4), pair(2, 4), triple])
    }
    /// Its reciprocal.
    pub fn reciprocal(self) -> Nilpotent {
        let r = 1.0 / self.value();
        self.through([r, -r * r, 2.0 * r * r * r, -6.0 * r * r * r * r])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of `x^2 y` along x, y and x again: 2 y u w in the third place, by hand.
    #[test]
    fn parts_are_directional_derivatives() {
        let x = Nilpotent::moving(3.0, [1.0, 0.0, 2.0]);
        let y = Nilpotent::moving(5.0, [0.0, 1.0, 0.0]);
        let z = x.times(x).times(y);
        // value, d/dx, d/dy, dxy, 2 d/dx, 2 dxx, 2 dxy, 2 dxxy
        assert_eq!(z.0, [45.0, 30.0, 9.0, 6.0, 60.0, 20.0, 12.0, 4.0]);
        let one = x.times(x.reciprocal());
        assert!((one.0[0] - 1.0).abs() < 1e-15 && one.0[1..].iter().all(|c| c.abs() < 1e-15));
        // x^3 by its derivatives is the product.
        let cube = x.through([27.0, 27.0, 18.0, 6.0]);
        assert_eq!(cube, x.times(x).times(x));
    }
}
