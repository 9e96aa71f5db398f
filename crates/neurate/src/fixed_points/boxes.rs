//! A proof that no fixed point of three or four populations is missing: the space of rates is cut into boxes, until in each
//! the rates that its inputs allow lie outside of it, or Krawczyk's test shows that it has none or exactly one.
//!
//! In a box `X` about `m`, `K = m - Y F(m) + (1 - Y F'(X)) (X - m)` holds every zero of `F` in `X`, for any matrix `Y` (one near the
//! inverse of `F'(m)` serves best); if `K` lies inside `X`, there is exactly one (Krawczyk 1969; Neumaier 1990).

use super::equations::Equations;
use super::newton::{Newton, Solution};
use super::small::Small;
use super::unit::ROUNDING;
use neurate_numerics::interval::Interval;

/// Most populations.
const MAX_UNITS: usize = 4;
/// Boxes after which a proof is given up: a count, so that a circuit has the same answer on every machine.
const MAX_BOXES: usize = 200_000;
/// Width of a box, relative to all, at which it is not cut any more: rounding hides what it holds.
const NARROW: f64 = 1e-10;
/// Factors of ten by which the range of rates that are not bounded is widened before it is given up.
const DECADES: i32 = 7;

/// Rates, between bounds for each unit.
type Rates = [Interval; MAX_UNITS];

/// How a proof ended.
pub(super) struct Proof {
    /// Whether there are no other points.
    pub complete: bool,
    /// Boxes that were looked at.
    pub boxes: usize,
    /// Points that were not known before.
    pub new: Vec<Solution>,
}

/// Tries to show that these points are all; None for units that it is not for.
pub(super) fn prove(small: &Small, points: &[&[f64]]) -> Option<Proof> {
    let n = small.n();
    let rises = small.units().iter().all(|u| u.law.rises());
    if !small.of_rates() || n > MAX_UNITS || !rises {
        return None;
    }
    let mut search =
        Search { small, boxes: 0, settled: vec![], points: vec![], new: vec![], all: [ZERO; MAX_UNITS] };
    search.all = search.range(points)?;
    let complete = points.iter().all(|p| search.settle(p)) && search.cut();
    Some(Proof { complete, boxes: search.boxes, new: search.new })
}

const ZERO: Interval = Interval { lo: 0.0, hi: 0.0 };

struct Search<'s, 'a> {
    small: &'s Small<'a>,
    boxes: usize,
    /// Boxes that have exactly one point each.
    settled: Vec<Rates>,
    points: Vec<Vec<f64>>,
    new: Vec<Solution>,
    /// All rates that fixed points can have.
    all: Rates,
}

impl Search<'_, '_> {
    fn n(&self) -> usize {
        self.small.n()
    }

    /// Bounds of the input to unit `i`.
    fn input(&self, x: &Rates, i: usize) -> Interval {
        let h = self.small.units()[i].h;
        let (mut sum, mut size) = (Interval::point(h), h.abs());
        for j in 0..self.n() {
            let term = x[j].scaled(self.small.weight(i, j));
            sum = sum.plus(term);
            size += term.size();
        }
        sum.widened(ROUNDING * size)
    }

    /// Rates that no fixed point leaves: those of bounded laws, or where beyond a largest rate growth excludes points.
    fn range(&mut self, points: &[&[f64]]) -> Option<Rates> {
        let units = self.small.units();
        if units.iter().all(|u| u.law.bound().is_some()) {
            let of =
                |i: usize| units.get(i).and_then(|u| u.law.bound()).map_or(ZERO, |b| Interval::new(-b, b));
            return Some(std::array::from_fn(of));
        }
        // Rates below zero that grow without bound are not for this.
        if units.iter().any(|u| u.rate(-1e6) < 0.0 && u.law.bound().is_none()) {
            return None;
        }
        let bounds = units.iter().filter_map(|u| u.law.bound());
        let largest =
            points.iter().copied().flatten().copied().chain(bounds).fold(1.0, |m: f64, r| m.max(r.abs()));
        for decade in 0..DECADES {
            let most = 4.0 * largest * 10f64.powi(decade);
            if self.is_clear_beyond(most)? {
                return Some(std::array::from_fn(|i| match units.get(i).map(|u| u.law.bound()) {
                    Some(Some(b)) => Interval::new(-b, b),
                    Some(None) => Interval::new(0.0, most),
                    None => ZERO,
                }));
            }
        }
        None
    }

    /// Whether no fixed point has a rate above `most`, which is above all bounds: with all rates in units of the largest
    /// one, which is at least `most`, what each unit gives is limited by how its law grows. None if that took too many boxes.
    fn is_clear_beyond(&mut self, most: f64) -> Option<bool> {
        let n = self.n();
        let tries = self.boxes + MAX_BOXES / 20;
        let unbounded = |i: &usize| self.small.units()[*i].law.bound().is_none();
        for face in (0..n).filter(unbounded) {
            let share = |i: usize| match self.small.units().get(i) {
                Some(_) if i == face => Interval::point(1.0),
                Some(u) => Interval::new(u.law.bound().map_or(0.0, |b| -b / most), 1.0),
                None => ZERO,
            };
            let mut rest: Vec<Rates> = vec![std::array::from_fn(share)];
            while let Some(x) = rest.pop() {
                self.boxes += 1;
                if self.boxes > MAX_BOXES {
                    return None;
                }
                if self.boxes > tries {
                    return Some(false);
                }
                if (0..n).any(|i| self.leaves(&x, i, most)) {
                    continue;
                }
                let widest = (0..n).fold(0, |w, i| if width(&x[i]) > width(&x[w]) { i } else { w });
                if width(&x[widest]) < 1e-3 {
                    return Some(false);
                }
                rest.extend(halves(&x, widest));
            }
        }
        Some(true)
    }

    /// Whether unit `i` cannot have its share of a largest rate of at least `most`, with these shares of all.
    fn leaves(&self, x: &Rates, i: usize, most: f64) -> bool {
        let unit = &self.small.units()[i];
        let (mut v, mut size) = (Interval::between(0.0, unit.h / most), 0.0);
        for j in 0..self.n() {
            let term = x[j].scaled(self.small.weight(i, j));
            v = v.plus(term);
            size += term.size();
        }
        let v = v.widened(ROUNDING * (size + v.size()));
        if v.lo > 0.0 {
            let ratio = unit.ratio(v.lo * most);
            return ratio.lo * v.lo > x[i].hi || ratio.hi * v.hi < x[i].lo;
        }
        let highest = if v.hi <= 0.0 { Some(unit.rate(0.0)) } else { unit.law.bound() };
        highest.is_some_and(|r| r.max(0.0) / most < x[i].lo)
    }

    /// The largest box about a point in which it is alone; false if there is none, as at a fold.
    fn settle(&mut self, point: &[f64]) -> bool {
        let n = self.n();
        for k in 1..24 {
            let part = 0.5f64.powi(k);
            let about = |i: usize| {
                if i >= n {
                    return ZERO;
                }
                // Small against all rates, and not smaller than what rounding leaves of the point.
                let radius = part * width(&self.all[i]) * 0.5 + 1e-13 * point[i].abs();
                Interval::point(point[i]).widened(radius)
            };
            let x: Rates = std::array::from_fn(about);
            self.boxes += 1;
            if self.krawczyk(&x).is_some_and(|k| (0..n).all(|i| inside(&k[i], &x[i]))) {
                self.settled.push(x);
                self.points.push(point.to_vec());
                return true;
            }
        }
        false
    }

    /// Cuts boxes until each is empty or within one that is settled; false if it takes too many, or rounding hides what
    /// one holds.
    fn cut(&mut self) -> bool {
        let n = self.n();
        let mut rest = vec![self.all];
        while let Some(mut x) = rest.pop() {
            self.boxes += 1;
            if self.boxes > MAX_BOXES {
                return false;
            }
            let before = x;
            if !self.contract(&mut x) || self.is_settled(&x) {
                continue;
            }
            if let Some(k) = self.krawczyk(&x) {
                let alone = (0..n).all(|i| inside(&k[i], &x[i]));
                let Some(both) = intersection(&x, &k, n) else { continue };
                if alone {
                    match self.point_in(&x) {
                        Some(true) => continue,
                        Some(false) => return false,
                        None => {}
                    }
                }
                x = both;
            }
            let relative = |x: &Rates, i: usize| width(&x[i]) / width(&self.all[i]).max(f64::MIN_POSITIVE);
            let widest = (0..n).fold(0, |w, i| if relative(&x, i) > relative(&x, w) { i } else { w });
            if relative(&x, widest) < NARROW {
                return false;
            }
            // A box that has become much smaller by itself is looked at again before it is cut.
            if (0..n).any(|i| width(&x[i]) < 0.3 * width(&before[i])) {
                rest.push(x);
            } else {
                rest.extend(halves(&x, widest));
            }
        }
        true
    }

    /// A box with exactly one point: whether that one is now known and settled; None if it was not reached.
    fn point_in(&mut self, x: &Rates) -> Option<bool> {
        let n = self.n();
        let holds = |p: &[f64]| (0..n).all(|i| x[i].lo <= p[i] && p[i] <= x[i].hi);
        if self.points.iter().any(|p| holds(p)) {
            return Some(true);
        }
        let middle: Vec<f64> = (0..n).map(|i| 0.5 * (x[i].lo + x[i].hi)).collect();
        let mut newton = Newton::of(Equations::of_units(self.small));
        let found = newton.solve(&middle, &[]).filter(|s| holds(&s.state))?;
        if !self.settle(&found.state) {
            return Some(false);
        }
        self.new.push(found);
        Some(true)
    }

    fn is_settled(&self, x: &Rates) -> bool {
        self.settled.iter().any(|s| (0..self.n()).all(|i| s[i].lo <= x[i].lo && x[i].hi <= s[i].hi))
    }

    /// Leaves of a box the rates that inputs from it give; false if none.
    fn contract(&self, x: &mut Rates) -> bool {
        for _ in 0..3 {
            let mut shrunk = false;
            for i in 0..self.n() {
                let rates = self.small.units()[i].rates(self.input(x, i));
                let both = common(&rates, &x[i]);
                if both.lo > both.hi {
                    return false;
                }
                shrunk |= width(&both) < 0.8 * width(&x[i]);
                // A bound that is not a number bounds nothing.
                if !(both.lo.is_nan() || both.hi.is_nan()) {
                    x[i] = both;
                }
            }
            if !shrunk {
                break;
            }
        }
        true
    }

    /// Krawczyk's operator; None if slopes are infinite, or the middle's Jacobian is singular.
    fn krawczyk(&self, x: &Rates) -> Option<Rates> {
        let n = self.n();
        let middle: Rates = std::array::from_fn(|i| Interval::point(0.5 * (x[i].lo + x[i].hi)));
        let mut slopes = [[ZERO; MAX_UNITS]; MAX_UNITS];
        let mut function = [ZERO; MAX_UNITS];
        let mut center = [[0.0; MAX_UNITS]; MAX_UNITS];
        for i in 0..n {
            let gains = self.small.units()[i].slopes(self.input(x, i));
            if !(gains.lo.is_finite() && gains.hi.is_finite()) {
                return None;
            }
            // Bounds of a slope are computed, too.
            let gains = gains.widened(2.0 * ROUNDING * gains.size());
            for j in 0..n {
                let own = Interval::point(f64::from(u8::from(i == j)));
                let slope = gains.scaled(self.small.weight(i, j));
                slopes[i][j] = slope.minus(own).widened(ROUNDING * (1.0 + slope.size()));
                center[i][j] = 0.5 * (slopes[i][j].lo + slopes[i][j].hi);
            }
            let rate = self.small.units()[i].rates(self.input(&middle, i));
            function[i] = rate.minus(middle[i]).widened(ROUNDING * (rate.size() + middle[i].size()));
        }
        let y = inverse(center, n)?;
        let mut k = [ZERO; MAX_UNITS];
        for i in 0..n {
            let (mut sum, mut size) = (middle[i], middle[i].size());
            for j in 0..n {
                let newton = function[j].scaled(y[i][j]);
                let mut rest = Interval::point(f64::from(u8::from(i == j)));
                let mut terms = 1.0;
                for l in 0..n {
                    let term = slopes[l][j].scaled(y[i][l]);
                    terms += term.size();
                    rest = rest.minus(term);
                }
                let spread = rest.widened(ROUNDING * terms).times(x[j].minus(middle[j]));
                sum = sum.minus(newton).plus(spread);
                size += newton.size() + spread.size();
            }
            k[i] = sum.widened(ROUNDING * size);
            if k[i].lo.is_nan() || k[i].hi.is_nan() {
                return None;
            }
        }
        Some(k)
    }
}

fn width(x: &Interval) -> f64 {
    x.hi - x.lo
}

fn inside(a: &Interval, b: &Interval) -> bool {
    a.lo > b.lo && a.hi < b.hi
}

/// What two intervals have in common; the upper end is below the lower one if that is nothing.
fn common(a: &Interval, b: &Interval) -> Interval {
    Interval::new(a.lo.max(b.lo), a.hi.min(b.hi))
}

fn intersection(a: &Rates, b: &Rates, n: usize) -> Option<Rates> {
    let both: Rates = std::array::from_fn(|i| common(&a[i], &b[i]));
    (0..n).all(|i| both[i].lo <= both[i].hi).then_some(both)
}

/// Two halves, nearly: points like to be at round numbers.
fn halves(x: &Rates, i: usize) -> [Rates; 2] {
    let middle = x[i].lo + 0.503_131 * width(&x[i]);
    let (mut low, mut high) = (*x, *x);
    low[i].hi = middle;
    high[i].lo = middle;
    [low, high]
}

/// The inverse, by elimination with pivots; None if it is singular.
fn inverse(mut a: [[f64; MAX_UNITS]; MAX_UNITS], n: usize) -> Option<[[f64; MAX_UNITS]; MAX_UNITS]> {
    let mut y = [[0.0; MAX_UNITS]; MAX_UNITS];
    (0..n).for_each(|i| y[i][i] = 1.0);
    for k in 0..n {
        let pivot = (k..n).fold(k, |p, i| if a[i][k].abs() > a[p][k].abs() { i } else { p });
        if a[pivot][k] == 0.0 || !a[pivot][k].is_finite() {
            return None;
        }
        a.swap(k, pivot);
        y.swap(k, pivot);
        let scale = 1.0 / a[k][k];
        (0..n).for_each(|j| {
            a[k][j] *= scale;
            y[k][j] *= scale;
        });
        for i in (0..n).filter(|&i| i != k) {
            let factor = a[i][k];
            for j in 0..n {
                a[i][j] -= factor * a[k][j];
                y[i][j] -= factor * y[k][j];
            }
        }
    }
    Some(y)
}
