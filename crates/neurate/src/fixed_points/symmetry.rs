//! Symmetries of the equations: exchanges of units that leave them as they are, and a change of all signs. The image of a
//! fixed point is a fixed point. (Time constants do not matter to that.)

use super::small::Small;

/// Units up to which exchanges are sought.
const MAX_UNITS: usize = 48;
/// Comparisons before the rest of the exchanges is left out.
const MAX_COMPARISONS: usize = 400_000;
/// Weights and inputs that differ by less, relative to the largest, are alike; images are polished and checked.
const ALIKE: f64 = 1e-12;

/// Exchanges that generate all others, and whether all signs can be changed.
#[derive(Default)]
pub(super) struct Symmetries {
    /// Where each unit goes.
    exchanges: Vec<Vec<usize>>,
    signs: bool,
}

impl Symmetries {
    /// Those of units by themselves, in rate form.
    pub fn of(small: &Small) -> Symmetries {
        let n = small.n();
        if !small.of_rates() || n > MAX_UNITS {
            return Symmetries::default();
        }
        let signs = small.units().iter().all(|unit| {
            unit.h == 0.0
                && [0.25, 1.0, 3.5].iter().all(|&x| unit.rate(x) == -unit.rate(-x))
                && unit.rate(0.0) == 0.0
        });
        let mut search = Exchanges::new(small);
        let mut exchanges = Vec::new();
        // Those that leave the first units where they are: together they generate all.
        for fixed in 0..n {
            for to in fixed + 1..n {
                if search.alike(fixed, to) {
                    let mut map: Vec<usize> = (0..fixed).collect();
                    map.push(to);
                    if search.fits(&map) && search.extend(&mut map) {
                        exchanges.push(map);
                    }
                }
            }
        }
        Symmetries { exchanges, signs }
    }

    /// The images of a state under each generator.
    pub fn images(&self, x: &[f64]) -> Vec<Vec<f64>> {
        let exchanged = self.exchanges.iter().map(|map| {
            let mut image = vec![0.0; x.len()];
            map.iter().zip(x).for_each(|(&to, &x)| image[to] = x);
            image
        });
        let negative = self.signs.then(|| x.iter().map(|x| -x).collect());
        exchanged.chain(negative).collect()
    }
}

/// The search for exchanges: unit by unit, back where none fits.
struct Exchanges<'s> {
    small: &'s Small<'s>,
    /// What an exchange cannot change about a unit: input, own weight, weights in and out by size.
    signatures: Vec<Vec<f64>>,
    tolerance: f64,
    comparisons: usize,
}

impl<'s> Exchanges<'s> {
    fn new(small: &'s Small<'s>) -> Self {
        let n = small.n();
        let signature = |i: usize| {
            let mut incoming: Vec<f64> = (0..n).map(|j| small.weight(i, j)).collect();
            let mut outgoing: Vec<f64> = (0..n).map(|j| small.weight(j, i)).collect();
            incoming.sort_by(f64::total_cmp);
            outgoing.sort_by(f64::total_cmp);
            [vec![small.units()[i].h, small.weight(i, i)], incoming, outgoing].concat()
        };
        let signatures: Vec<Vec<f64>> = (0..n).map(signature).collect();
        let largest = signatures.iter().flatten().fold(0.0, |m: f64, v| m.max(v.abs()));
        Exchanges { small, signatures, tolerance: ALIKE * largest, comparisons: 0 }
    }

    fn near(&self, a: f64, b: f64) -> bool {
        (a - b).abs() <= self.tolerance
    }

    /// Whether one unit may take the other's place, as far as one sees from them alone.
    fn alike(&self, i: usize, j: usize) -> bool {
        let [a, b] = [i, j].map(|i| &self.small.units()[i]);
        a.same_law(b) && self.signatures[i].iter().zip(&self.signatures[j]).all(|(a, b)| self.near(*a, *b))
    }

    /// Whether the last unit placed fits to those before it.
    fn fits(&mut self, map: &[usize]) -> bool {
        let Some((&to, before)) = map.split_last() else { return true };
        let i = before.len();
        self.comparisons += map.len();
        map.iter().enumerate().all(|(j, &from)| {
            self.near(self.small.weight(i, j), self.small.weight(to, from))
                && self.near(self.small.weight(j, i), self.small.weight(from, to))
        })
    }

    /// Places the units that are left; false if they cannot be, or it takes too long to find out.
    fn extend(&mut self, map: &mut Vec<usize>) -> bool {
        let (i, n) = (map.len(), self.small.n());
        if i == n {
            return true;
        }
        // Most units stay where they are, or follow their neighbor.
        let next = map.last().map_or(0, |to| (to + 1) % n);
        let order = [i, next].into_iter().chain(0..n);
        for (k, to) in order.enumerate() {
            let tried = (k == 1 && to == i) || (k > 1 && (to == i || to == next));
            if tried || map.contains(&to) || !self.alike(i, to) {
                continue;
            }
            if self.comparisons > MAX_COMPARISONS {
                return false;
            }
            map.push(to);
            if self.fits(map) && self.extend(map) {
                return true;
            }
            map.pop();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::unit::Unit;
    use super::*;
    use crate::model::transfer::Transfer;

    fn orbit(symmetries: &Symmetries, x: &[f64]) -> usize {
        let mut all = vec![x.to_vec()];
        let mut k = 0;
        while k < all.len() {
            for image in symmetries.images(&all[k].clone()) {
                if !all.contains(&image) {
                    all.push(image);
                }
            }
            k += 1;
        }
        all.len()
    }

    #[test]
    fn symmetries_of_rings_pairs_and_equals() {
        let law = Transfer::new("tanh", &[], 1e-3).unwrap();
        let small = |n: usize, h: &[f64], w: &dyn Fn(usize, usize) -> f64| {
            let units = h.iter().map(|&h| Unit::new(&law, 0.0, 0.0, h)).collect();
            Small::of_rate_units(units, (0..n * n).map(|k| w(k / n, k % n)).collect(), vec![10.0; n])
        };
        let distinct = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
        // All alike: every order of six numbers, and with odd laws and no input both signs.
        let equal = |i: usize, j: usize| if i == j { 2.0 } else { -0.5 };
        assert_eq!(orbit(&Symmetries::of(&small(6, &[0.3; 6], &equal)), &distinct), 720);
        assert_eq!(orbit(&Symmetries::of(&small(6, &[0.0; 6], &equal)), &distinct), 1440);
        // A ring: six shifts and their mirror images; with a direction the shifts only.
        let ring = |i: usize, j: usize| [1.0, 0.5, 0.2, 0.1, 0.2, 0.5][(i + 6 - j) % 6];
        assert_eq!(orbit(&Symmetries::of(&small(6, &[0.3; 6], &ring)), &distinct), 12);
        let turning = |i: usize, j: usize| [1.0, 0.5, 0.2, 0.1, 0.2, 0.4][(i + 6 - j) % 6];
        assert_eq!(orbit(&Symmetries::of(&small(6, &[0.3; 6], &turning)), &distinct), 6);
        // Three pairs that can be exchanged as pairs only.
        let pairs = |i: usize, j: usize| match (i / 2 == j / 2, j % 2) {
            (true, 0) => 2.0 + (i % 2) as f64,
            (true, _) => -1.0 - (i % 2) as f64,
            (false, 0) => 0.1,
            (false, _) => -0.2,
        };
        let h = [0.1, 0.2, 0.1, 0.2, 0.1, 0.2];
        assert_eq!(orbit(&Symmetries::of(&small(6, &h, &pairs)), &distinct), 6);
        // One other input: the two pairs that are left.
        let h = [0.1, 0.2, 0.1, 0.2, 0.1, 0.3];
        assert_eq!(orbit(&Symmetries::of(&small(6, &h, &pairs)), &distinct), 2);
    }
}
