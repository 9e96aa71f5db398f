//! Enclosures against scans, and how many intervals they take.

use super::*;
use crate::model::transfer::Transfer;

/// A generator that is the same everywhere.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
    fn between(&mut self, a: f64, b: f64) -> f64 {
        a + (b - a) * self.uniform()
    }
    fn of(&mut self, values: &[f64]) -> f64 {
        values[(self.uniform() * values.len() as f64) as usize]
    }
    /// Any law with parameters over orders of magnitude, thresholds at zero half of the time.
    fn law(&mut self) -> Transfer {
        let size = 10f64.powf(self.between(-1.0, 2.0));
        let width = 10f64.powf(self.between(-1.0, 1.0));
        let place = if self.uniform() < 0.5 { 0.0 } else { self.between(-3.0, 3.0) };
        let new = |kind: &str, given: &[(&str, f64)]| Transfer::new(kind, given, 1e-3).unwrap();
        match (self.uniform() * 5.0) as usize {
            0 => {
                let n = self.of(&[0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.2, 3.0]);
                new("power", &[("k", 0.1 * size), ("n", n), ("threshold", place)])
            }
            1 => new("logistic", &[("max", size), ("width", width), ("midpoint", place)]),
            2 => new("tanh", &[("max", size), ("width", width), ("midpoint", place)]),
            3 => {
                let n = self.of(&[0.5, 0.8, 1.0, 2.0, 3.4]);
                new("naka-rushton", &[("max", size), ("half", width), ("n", n)])
            }
            _ => new("threshold-linear", &[("gain", width.min(2.0)), ("threshold", place)]),
        }
    }
    /// A weight or an input: any size, round numbers and nothing now and then.
    fn number(&mut self, size: f64) -> f64 {
        match self.uniform() {
            u if u < 0.08 => 0.0,
            u if u < 0.16 => self.of(&[1.0, -1.0, 0.5, 2.0]),
            _ => size * self.between(-1.0, 1.0),
        }
    }
}

struct Case {
    laws: [Transfer; 2],
    own: [f64; 2],
    cross: [f64; 2],
    h: [f64; 2],
}

impl Case {
    fn random(random: &mut Random) -> Case {
        let laws = [random.law(), random.law()];
        let (w, h) = (10f64.powf(random.between(-1.0, 1.5)), 10f64.powf(random.between(-1.0, 1.5)));
        let mut two = |size: f64| [random.number(size), random.number(size)];
        Case { laws, own: two(w), cross: two(w), h: two(h) }
    }
    fn units(&self) -> [Unit<'_>; 2] {
        [0, 1].map(|i| Unit::new(&self.laws[i], 0.0, self.own[i], self.h[i]))
    }
}

/// Thousands of pairs with any laws: none takes long, nearly all are enclosed, and rounding hides next to nothing.
#[test]
fn no_pair_takes_many_intervals() {
    let mut random = Random(88_172_645_463_325_252);
    let count = 6000;
    let (mut most, mut open, mut unclear, mut all) = (0, 0, 0, 0);
    for _ in 0..count {
        let case = Case::random(&mut random);
        let Some(found) = pair(case.units(), case.cross) else {
            open += 1;
            continue;
        };
        assert!(found.left.is_none(), "{:?} {:?} {:?} {:?}", case.laws, case.own, case.cross, case.h);
        most = most.max(found.looked);
        all += found.looked;
        unclear += usize::from(!found.complete());
    }
    // 369 in 200,000 pairs; 7 on average.
    assert!(most < 600, "{most}");
    assert!(all < 40 * count, "{all}");
    assert!(open < count / 200 && unclear < count / 400, "{open} {unclear}");
}

/// Wherever the curve changes its sign on a scan there are as many zeros as that needs.
#[test]
fn every_crossing_is_found() {
    let mut random = Random(362_436_069);
    let (mut crossings, mut several) = (0, 0);
    for _ in 0..1500 {
        let case = Case::random(&mut random);
        if case.cross.contains(&0.0) {
            continue;
        }
        let Some(found) = pair(case.units(), case.cross) else { continue };
        let [first, second] = case.units();
        let followed = found.found.first().map_or(0, |f| f.followed);
        let curve = match followed {
            0 => Pair { first, second, from_second: case.cross[0], from_first: case.cross[1], silent: false },
            _ => Pair {
                first: second,
                second: first,
                from_second: case.cross[1],
                from_first: case.cross[0],
                silent: false,
            },
        };
        // From everywhere between the sizes that matter, finer near nothing.
        let scan =
            |k: i32| f64::from(k.signum()) * (f64::from(k.abs()) / 60.0).exp_m1() * 1e-2 + curve.first.h;
        let sign = |u: f64| {
            let value = curve.over(Interval::point(u)).0;
            if value.contains(0.0) { 0.0 } else { value.lo.signum() }
        };
        let mut before = (scan(-900), sign(scan(-900)));
        for k in -899..=900 {
            let here = (scan(k), sign(scan(k)));
            if here.1 == 0.0 {
                continue;
            }
            if before.1 != 0.0 && here.1 != before.1 {
                let between = |f: &&Found| f.input[followed] >= before.0 && f.input[followed] <= here.0;
                let here_found: Vec<&Found> = found.found.iter().filter(between).collect();
                let zeros = here_found.iter().filter(|f| f.root != Root::Even).count();
                // At rest the curve may touch zero, where a gain is infinite.
                let rest = here_found.iter().any(|f| f.input == case.h);
                assert!(
                    zeros % 2 == 1 || (rest && zeros > 0),
                    "{zeros} in {before:?} {here:?}: {:?} {:?} {:?} {:?}",
                    case.laws,
                    case.own,
                    case.cross,
                    case.h
                );
                crossings += 1;
            }
            before = here;
        }
        several += usize::from(found.found.len() > 1);
        // Each is a fixed point: inputs and rates agree.
        for f in &found.found {
            let (units, [r, s]) = (case.units(), f.rates);
            let input = [
                units[0].h + units[0].own * r + case.cross[0] * s,
                units[1].h + units[1].own * s + case.cross[1] * r,
            ];
            let size = 1.0 + input.iter().chain(&f.rates).fold(0.0, |m: f64, x| m.max(x.abs()));
            let weights = 1.0 + case.own.iter().chain(&case.cross).fold(0.0, |m: f64, x| m.max(x.abs()));
            for i in 0..2 {
                assert!((input[i] - f.input[i]).abs() <= 1e-9 * size * weights, "{input:?} {f:?}");
            }
        }
    }
    assert!(crossings > 1000 && several > 200, "{crossings} {several}");
}

/// Gains without bounds: what they say of the slope.
#[test]
fn determinants_of_infinite_gains() {
    let inf = f64::INFINITY;
    // a f + d g + both f g - 1
    for (of, f, g, lo, hi) in [
        ([2.0, 3.0, 4.0], 1.0, 1.0, 8.0, 8.0),
        ([2.0, 3.0, 0.0], inf, 1.0, inf, inf),
        ([-2.0, 3.0, 1.0], inf, 1.0, -inf, -inf),
        ([-2.0, 3.0, 1.0], inf, 3.0, inf, inf),
        ([0.0, 3.0, 0.0], inf, 1.0, 2.0, 2.0),
        ([1.0, -1.0, 0.0], inf, inf, -inf, inf),
        ([1.0, 1.0, -1.0], inf, inf, -inf, -inf),
    ] {
        let found = determinant(of, f, g);
        let near = |a: f64, b: f64| a == b || (a - b).abs() < 1e-13;
        assert!(near(found.lo, lo) && near(found.hi, hi), "{of:?} {f} {g}: {found:?}");
    }
}
