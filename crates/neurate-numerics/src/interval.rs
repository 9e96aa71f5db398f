//! Intervals, and all zeros of a function that can be bounded over them.

/// The numbers from `lo` to `hi`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
}

impl Interval {
    /// From `lo` to `hi`.
    pub fn new(lo: f64, hi: f64) -> Interval {
        Interval { lo, hi }
    }
    /// One number.
    pub fn point(x: f64) -> Interval {
        Interval { lo: x, hi: x }
    }
    /// Between two numbers in either order.
    pub fn between(a: f64, b: f64) -> Interval {
        if a <= b { Interval::new(a, b) } else { Interval::new(b, a) }
    }
    /// Whether `x` lies in it; a bound that is NaN excludes nothing.
    pub fn contains(self, x: f64) -> bool {
        // A bound that is not a number excludes nothing.
        !(x < self.lo || x > self.hi)
    }
    /// The sum.
    pub fn plus(self, o: Interval) -> Interval {
        Interval::new(self.lo + o.lo, self.hi + o.hi)
    }
    /// The difference.
    pub fn minus(self, o: Interval) -> Interval {
        Interval::new(self.lo - o.hi, self.hi - o.lo)
    }
    /// Times a number; zero times infinity is zero.
    pub fn scaled(self, by: f64) -> Interval {
        if by == 0.0 { Interval::point(0.0) } else { Interval::between(self.lo * by, self.hi * by) }
    }
    /// The product; zero times infinity is zero.
    pub fn times(self, o: Interval) -> Interval {
        let [a, b] = [self.scaled(o.lo), self.scaled(o.hi)];
        Interval::new(a.lo.min(b.lo), a.hi.max(b.hi))
    }
    /// The smallest interval that holds both.
    pub fn hull(self, o: Interval) -> Interval {
        Interval::new(self.lo.min(o.lo), self.hi.max(o.hi))
    }
    /// Wider by `by` on both sides.
    pub fn widened(self, by: f64) -> Interval {
        Interval::new(self.lo - by, self.hi + by)
    }
    /// The largest modulus.
    pub fn size(self) -> f64 {
        self.lo.abs().max(self.hi.abs())
    }
}

/// A function of one variable with bounds over intervals.
pub trait Curve {
    /// Bounds of its value, rounding included, and of its slope.
    fn over(&self, x: Interval) -> (Interval, Interval);
    /// Its value and slope.
    fn at(&self, x: f64) -> (f64, f64);
}

/// How many zeros there are in an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// Exactly one: proved, because the function is monotone on each side of it.
    Simple,
    /// The function comes so near to zero that rounding hides whether it touches: a double zero, two or none. Its signs
    /// at both ends are the same.
    Even,
    /// The function crosses zero so flatly that rounding hides how often: a triple zero, one or three. Its signs at the
    /// ends are different.
    Odd,
}

/// Where a zero is.
#[derive(Clone, Copy, Debug)]
pub struct Zero {
    /// Between these.
    pub within: Interval,
    /// Best guess.
    pub at: f64,
    /// How many there are.
    pub root: Root,
}

impl Zero {
    /// Whether exactly one zero is proved.
    pub fn simple(&self) -> bool {
        self.root == Root::Simple
    }
}

/// All zeros of a curve.
#[derive(Clone, Debug, Default)]
pub struct Zeros {
    /// From left to right.
    pub found: Vec<Zero>,
    /// Where the curve was not looked at to the end, because the intervals were too many; zeros there are not in the list.
    pub left: Option<Interval>,
    /// How many intervals were looked at.
    pub looked: usize,
}

/// Intervals looked at before the rest is given up. The largest number needed by thousands of random pairs of populations
/// is below 1,000.
const MAX_INTERVALS: usize = 6_000;
/// Where an interval is cut. Not half-way at first: zeros like to be at round numbers, where rounding hides the sign; then
/// the next one is tried.
const CUTS: [f64; 7] = [0.503_131, 0.382_917, 0.617_083, 0.271_353, 0.728_647, 0.150_719, 0.849_281];

/// A point, with bounds of the value there.
#[derive(Clone, Copy, Debug)]
struct End {
    x: f64,
    value: Interval,
    /// Whether the value is zero exactly.
    zero: bool,
}

impl End {
    fn new(curve: &impl Curve, x: f64) -> End {
        End { x, value: curve.over(Interval::point(x)).0, zero: false }
    }
    /// 1 or -1, or 0 where rounding hides it.
    fn sign(&self) -> i8 {
        if self.value.contains(0.0) { 0 } else { self.value.lo.signum() as i8 }
    }
}

/// What an interval is found to be.
enum Verdict {
    Empty,
    Simple,
    Unclear,
    Cut(End),
}

/// All zeros of the curve in an interval, from left to right.
///
/// `known` are points at which the curve is zero exactly, without rounding. An interval is cut until the curve is away from
/// zero on it, or monotone: then the signs at its ends tell whether it holds a zero. Cuts are made where the sign is
/// known, so that no zero hides at one; where there is no such point left, the interval holds one [`Root::Even`] or
/// [`Root::Odd`], which is as wide as rounding makes it.
pub fn zeros(curve: &impl Curve, all: Interval, known: &[f64]) -> Zeros {
    let mut ends = vec![End::new(curve, all.lo)];
    let mut inside: Vec<f64> = known.iter().copied().filter(|x| *x > all.lo && *x < all.hi).collect();
    inside.sort_by(f64::total_cmp);
    inside.dedup();
    ends.extend(inside.iter().map(|&x| End { x, value: Interval::point(0.0), zero: true }));
    ends.push(End::new(curve, all.hi));
    let mut rest: Vec<[End; 2]> = ends.windows(2).rev().map(|e| [e[0], e[1]]).collect();
    let mut out = Zeros::default();
    // Pieces that hold a zero, from left to right.
    let mut pieces: Vec<([End; 2], Root)> = Vec::new();
    while let Some(piece) = rest.pop() {
        if out.looked == MAX_INTERVALS {
            out.left = Some(Interval::new(piece[0].x, all.hi));
            break;
        }
        out.looked += 1;
        match look(curve, &piece) {
            Verdict::Empty => {}
            Verdict::Simple => pieces.push((piece, Root::Simple)),
            Verdict::Unclear => {
                let odd = piece[0].sign() * piece[1].sign() < 0;
                pieces.push((piece, if odd { Root::Odd } else { Root::Even }));
            }
            Verdict::Cut(end) => {
                rest.push([end, piece[1]]);
                rest.push([piece[0], end]);
            }
        }
    }
    out.found = gather(curve, &pieces, &inside, out.left);
    out
}

fn look(curve: &impl Curve, [a, b]: &[End; 2]) -> Verdict {
    let x = Interval::new(a.x, b.x);
    let (value, slope) = curve.over(x);
    let width = (b.x - a.x) * (1.0 + 4.0 * f64::EPSILON);
    // From each end the value moves by no more than the slope allows.
    let (fall, rise) = (slope.lo.min(0.0) * width, slope.hi.max(0.0) * width);
    let from_ends =
        Interval::new((a.value.lo + fall).max(b.value.lo - rise), (a.value.hi + rise).min(b.value.hi - fall));
    // A bound that is not a number bounds nothing.
    let lo = if from_ends.lo > value.lo { from_ends.lo } else { value.lo };
    let hi = if from_ends.hi < value.hi { from_ends.hi } else { value.hi };
    if lo > 0.0 || hi < 0.0 {
        return Verdict::Empty;
    }
    if !slope.contains(0.0) {
        return match (a.zero || b.zero, a.sign() * b.sign()) {
            // The end is the zero.
            (true, _) if a.zero != b.zero => Verdict::Empty,
            (false, -1) => Verdict::Simple,
            (false, 1) => Verdict::Empty,
            _ => Verdict::Unclear,
        };
    }
    // Nothing but rounding, everywhere.
    let known = |e: &End| if e.zero { 0.0 } else { e.value.hi - e.value.lo };
    if Interval::new(lo, hi).size() <= 2.0 * known(a).max(known(b)) || width <= 4.0 * f64::EPSILON * x.size()
    {
        return Verdict::Unclear;
    }
    let cuts = CUTS.iter().map(|part| cut(x, *part)).filter(|m| *m > x.lo && *m < x.hi);
    match cuts.map(|m| End::new(curve, m)).find(|end| end.sign() != 0) {
        Some(end) => Verdict::Cut(end),
        None => Verdict::Unclear,
    }
}

/// A point that divides an interval; by orders of magnitude where its ends differ by many.
fn cut(x: Interval, part: f64) -> f64 {
    let (lo, hi) = (x.lo.abs().min(x.hi.abs()), x.size());
    if x.lo.signum() == x.hi.signum() && lo > 0.0 && hi > 64.0 * lo {
        let part = if x.lo > 0.0 { part } else { 1.0 - part };
        return (lo * (hi / lo).powf(part)).copysign(x.lo);
    }
    x.lo + part * (x.hi - x.lo)
}

/// The zeros, from the pieces that hold one and the points that are one.
fn gather(
    curve: &impl Curve,
    pieces: &[([End; 2], Root)],
    known: &[f64],
    left: Option<Interval>,
) -> Vec<Zero> {
    let mut found: Vec<Zero> = Vec::new();
    let unclear = |x: f64, side: usize| {
        pieces.iter().find(|(ends, root)| *root != Root::Simple && ends[side].x == x).map(|p| p.0)
    };
    for &x in known.iter().filter(|x| left.is_none_or(|left| !left.contains(**x))) {
        let (before, after) = (unclear(x, 1), unclear(x, 0));
        let within = Interval::new(before.map_or(x, |e| e[0].x), after.map_or(x, |e| e[1].x));
        let root = match (before, after) {
            (None, None) => Root::Simple,
            _ => {
                let sign = |x: f64, piece: Option<[End; 2]>, end: usize, step: f64| match piece {
                    Some(ends) => ends[end].sign(),
                    // The curve is monotone on this side: a little further its sign is known.
                    None => End::new(curve, x + step * (1e-3 * (1.0 + x.abs()))).sign(),
                };
                if sign(x, before, 0, -1.0) * sign(x, after, 1, 1.0) < 0 { Root::Odd } else { Root::Even }
            }
        };
        found.push(Zero { within, at: x, root });
    }
    for (ends, root) in pieces {
        // Those beside a point that is a zero are that zero's.
        if !(ends[0].zero || ends[1].zero) {
            let within = Interval::new(ends[0].x, ends[1].x);
            let at = match root {
                Root::Even => nearest(curve, within),
                Root::Simple | Root::Odd => refine(curve, within),
            };
            found.push(Zero { within, at, root: *root });
        }
    }
    found.sort_by(|a, b| a.at.total_cmp(&b.at));
    found
}

/// Where a curve that touches zero, or nearly, comes nearest: its slope changes its sign there.
fn nearest(curve: &impl Curve, mut x: Interval) -> f64 {
    let rises = curve.at(x.hi).1 > 0.0;
    for _ in 0..60 {
        let middle = 0.5 * (x.lo + x.hi);
        let slope = curve.at(middle).1;
        if slope == 0.0 {
            return middle;
        }
        if (slope > 0.0) == rises { x.hi = middle } else { x.lo = middle }
    }
    0.5 * (x.lo + x.hi)
}

/// The zero of a monotone function: Newton's method, kept between the ends.
fn refine(curve: &impl Curve, mut x: Interval) -> f64 {
    let rising = curve.at(x.hi).0 >= curve.at(x.lo).0;
    let mut guess = cut(x, 0.5);
    for _ in 0..200 {
        let (value, slope) = curve.at(guess);
        if value == 0.0 {
            return guess;
        }
        if (value > 0.0) == rising {
            x.hi = guess
        } else {
            x.lo = guess
        }
        let next = guess - value / slope;
        let next = if next > x.lo && next < x.hi { next } else { cut(x, 0.5) };
        if (next - guess).abs() <= 2.0 * f64::EPSILON * guess.abs() {
            return next;
        }
        guess = next;
    }
    guess
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(x - 1)(x - 2)(x - 2 - gap)` by its coefficients.
    struct Cubic {
        gap: f64,
    }

    impl Curve for Cubic {
        fn over(&self, x: Interval) -> (Interval, Interval) {
            let factors = [1.0, 2.0, 2.0 + self.gap].map(|z| x.minus(Interval::point(z)));
            let [a, b, c] = factors;
            let value = a.times(b).times(c);
            let slope = a.times(b).plus(a.times(c)).plus(b.times(c));
            (value.widened(1e-15 * (1.0 + value.size())), slope)
        }
        fn at(&self, x: f64) -> (f64, f64) {
            let [a, b, c] = [x - 1.0, x - 2.0, x - 2.0 - self.gap];
            (a * b * c, a * b + a * c + b * c)
        }
    }

    #[test]
    fn zeros_of_a_cubic() {
        for gap in [1.0, 0.1, 1e-3, 1e-5] {
            let found = zeros(&Cubic { gap }, Interval::new(-7.0, 11.0), &[]).found;
            assert_eq!(found.len(), 3, "{gap}");
            for (z, expected) in found.iter().zip([1.0, 2.0, 2.0 + gap]) {
                // The value is known to 1e-15, the slope is about the gap.
                assert!(z.simple() && (z.at - expected).abs() < 4e-15 / gap.min(1.0), "{gap} {z:?}");
            }
        }
        assert!(zeros(&Cubic { gap: 1.0 }, Interval::new(4.0, 100.0), &[]).found.is_empty());
    }

    #[test]
    fn zeros_that_rounding_hides() {
        // A double zero: found, and said to be undecided; its interval is as wide as rounding makes it.
        for gap in [0.0, 1e-16, 1e-9] {
            let all = zeros(&Cubic { gap }, Interval::new(-7.0, 11.0), &[]);
            assert_eq!(all.found.len(), 2, "{gap} {all:?}");
            let [single, double] = all.found[..] else { unreachable!() };
            assert!(single.simple() && (single.at - 1.0).abs() < 1e-14);
            assert_eq!(double.root, Root::Even);
            assert!((double.at - 2.0).abs() < 1e-7 && double.within.contains(2.0), "{double:?}");
            let width = double.within.hi - double.within.lo;
            assert!(width > 1e-8 && width < 1e-6 && all.looked < 500, "{width} {}", all.looked);
        }
        // Known points: one that is crossed is alone, one that is touched has its interval.
        let all = zeros(&Cubic { gap: 0.0 }, Interval::new(-7.0, 11.0), &[1.0, 2.0]);
        let roots: Vec<_> = all.found.iter().map(|z| (z.at, z.root)).collect();
        assert_eq!(roots, [(1.0, Root::Simple), (2.0, Root::Even)]);
        let width = all.found[1].within.hi - all.found[1].within.lo;
        assert!(width > 1e-8 && width < 1e-6, "{width}");
    }

    /// `x^3` shifted by 1, known to 1e-15.
    struct Flat;

    impl Curve for Flat {
        fn over(&self, x: Interval) -> (Interval, Interval) {
            let [lo, hi] = [x.lo - 1.0, x.hi - 1.0];
            let steepest = 3.0 * lo.abs().max(hi.abs()).powi(2);
            let flattest = if lo * hi <= 0.0 { 0.0 } else { 3.0 * lo.abs().min(hi.abs()).powi(2) };
            (Interval::new(lo.powi(3) - 1e-15, hi.powi(3) + 1e-15), Interval::new(flattest - 1e-15, steepest))
        }
        fn at(&self, x: f64) -> (f64, f64) {
            ((x - 1.0).powi(3), 3.0 * (x - 1.0).powi(2))
        }
    }

    #[test]
    fn a_triple_zero() {
        for known in [&[][..], &[1.0]] {
            let all = zeros(&Flat, Interval::new(-3.0, 2.0), known);
            let [zero] = all.found[..] else { panic!("{all:?}") };
            assert_eq!(zero.root, Root::Odd);
            let width = zero.within.hi - zero.within.lo;
            assert!((zero.at - 1.0).abs() < 1e-4 && width > 1e-5 && width < 1e-3, "{zero:?}");
            assert!(all.looked < 200, "{}", all.looked);
        }
    }

    /// Zero along a line: nothing but rounding.
    struct Nothing;

    impl Curve for Nothing {
        fn over(&self, _: Interval) -> (Interval, Interval) {
            (Interval::new(-1e-16, 1e-16), Interval::new(-1.0, 1.0))
        }
        fn at(&self, _: f64) -> (f64, f64) {
            (0.0, 0.0)
        }
    }

    /// Bounds that do not shrink.
    struct Loose;

    impl Curve for Loose {
        fn over(&self, x: Interval) -> (Interval, Interval) {
            let here = if x.lo == x.hi { Interval::point(1.0) } else { Interval::new(-1.0, 2.0) };
            (here, Interval::new(f64::NEG_INFINITY, f64::INFINITY))
        }
        fn at(&self, _: f64) -> (f64, f64) {
            (1.0, 0.0)
        }
    }

    #[test]
    fn what_cannot_be_decided_ends() {
        let all = zeros(&Nothing, Interval::new(-7.0, 11.0), &[]);
        assert!(all.found.len() == 1 && all.found[0].root == Root::Even && all.looked == 1, "{all:?}");
        let all = zeros(&Loose, Interval::new(-7.0, 11.0), &[]);
        assert_eq!(all.looked, MAX_INTERVALS);
        let left = all.left.unwrap();
        assert!(left.lo < 0.0 && left.hi == 11.0, "{left:?}");
    }
}
