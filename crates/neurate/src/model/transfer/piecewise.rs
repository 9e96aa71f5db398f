//! Functions that are straight lines between a few inputs, as values with which one can calculate: an expression made of
//! sums, multiples, `max`, `min`, `abs` and `relu` is exactly one of them.

use super::law::AffinePiece;

/// Pieces up to which a function is taken to be piecewise affine.
const MAX_PIECES: usize = 32;

/// Straight lines from left to right: `lines[k]`, slope and offset, up to `ends[k]`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piecewise {
    ends: Vec<f64>,
    lines: Vec<(f64, f64)>,
}

impl Piecewise {
    /// The same value everywhere.
    pub fn constant(value: f64) -> Piecewise {
        Piecewise { ends: vec![], lines: vec![(0.0, value)] }
    }
    /// The input itself.
    pub fn identity() -> Piecewise {
        Piecewise { ends: vec![], lines: vec![(1.0, 0.0)] }
    }
    /// Its value, if it is the same everywhere.
    pub fn value(&self) -> Option<f64> {
        match self.lines[..] {
            [(0.0, value)] => Some(value),
            _ => None,
        }
    }
    /// Pieces as a law has them; None if a number is not finite.
    pub fn pieces(&self) -> Option<Vec<AffinePiece>> {
        let from = std::iter::once(f64::NEG_INFINITY).chain(self.ends.iter().copied());
        let to = self.ends.iter().copied().chain([f64::INFINITY]);
        let piece = |((from, to), &(slope, offset)): ((f64, f64), &(f64, f64))| AffinePiece {
            from,
            to,
            slope,
            offset,
        };
        let finite = self.lines.iter().all(|(s, o)| s.is_finite() && o.is_finite());
        finite.then(|| from.zip(to).zip(&self.lines).map(piece).collect())
    }

    /// With each line replaced.
    fn map(&self, line: impl Fn((f64, f64)) -> (f64, f64)) -> Piecewise {
        let lines = self.lines.iter().map(|l| line(*l)).collect();
        Piecewise { ends: self.ends.clone(), lines }.joined()
    }
    /// Times a number.
    pub fn scaled(&self, by: f64) -> Piecewise {
        self.map(|(s, o)| (s * by, o * by))
    }
    /// The sum.
    pub fn plus(&self, other: &Piecewise) -> Option<Piecewise> {
        self.with(other, |a, b, _| vec![(f64::INFINITY, (a.0 + b.0, a.1 + b.1))])
    }
    /// The larger at each input.
    pub fn larger(&self, other: &Piecewise) -> Option<Piecewise> {
        self.with(other, |a, b, (from, to)| {
            let crossing = (b.1 - a.1) / (a.0 - b.0);
            // Which is larger on the left: the one that rises less.
            let [left, right] = if a.0 < b.0 { [a, b] } else { [b, a] };
            if crossing > from && crossing < to {
                return vec![(crossing, left), (f64::INFINITY, right)];
            }
            let middle = match (from.is_finite(), to.is_finite()) {
                (true, true) => 0.5 * (from + to),
                (true, false) => from + 1.0 + from.abs(),
                (false, true) => to - 1.0 - to.abs(),
                (false, false) => 0.0,
            };
            let at = |l: (f64, f64)| l.0 * middle + l.1;
            vec![(f64::INFINITY, if at(a) >= at(b) { a } else { b })]
        })
    }
    /// On each interval on which both are lines, what `of` makes of them: lines, and up to where each goes.
    fn with(
        &self,
        other: &Piecewise,
        of: impl Fn((f64, f64), (f64, f64), (f64, f64)) -> Vec<(f64, (f64, f64))>,
    ) -> Option<Piecewise> {
        let mut out = Piecewise { ends: vec![], lines: vec![] };
        let (mut i, mut j, mut from) = (0, 0, f64::NEG_INFINITY);
        loop {
            let end = |p: &Piecewise, k: usize| p.ends.get(k).copied().unwrap_or(f64::INFINITY);
            let to = end(self, i).min(end(other, j));
            for (until, line) in of(self.lines[i], other.lines[j], (from, to)) {
                out.lines.push(line);
                out.ends.push(until.min(to));
            }
            if to == f64::INFINITY {
                out.ends.pop();
                let out = out.joined();
                return (out.lines.len() <= MAX_PIECES).then_some(out);
            }
            i += usize::from(end(self, i) == to);
            j += usize::from(end(other, j) == to);
            from = to;
        }
    }
    /// Neighbors on the same line are one.
    fn joined(self) -> Piecewise {
        let mut out = Piecewise { ends: vec![], lines: vec![self.lines[0]] };
        for (end, line) in self.ends.iter().zip(&self.lines[1..]) {
            if out.lines.last() != Some(line) {
                out.ends.push(*end);
                out.lines.push(*line);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_calculated_with() {
        let (x, one) = (Piecewise::identity(), Piecewise::constant(1.0));
        let zero = Piecewise::constant(0.0);
        let relu = x.larger(&zero).unwrap();
        assert_eq!(relu, Piecewise { ends: vec![0.0], lines: vec![(0.0, 0.0), (1.0, 0.0)] });
        // min(1, max(0, x)) = -max(-1, -relu)
        let clipped = one.scaled(-1.0).larger(&relu.scaled(-1.0)).unwrap().scaled(-1.0);
        let at = |p: &Piecewise, x: f64| {
            let k = p.ends.iter().filter(|e| **e <= x).count();
            p.lines[k].0 * x + p.lines[k].1
        };
        for (x, expected) in [(-2.0, 0.0), (0.25, 0.25), (1.0, 1.0), (5.0, 1.0)] {
            assert_eq!(at(&clipped, x), expected);
        }
        assert_eq!(clipped.ends, [0.0, 1.0]);
        // |x| - |x| is nothing.
        let abs = x.larger(&x.scaled(-1.0)).unwrap();
        assert_eq!(abs.plus(&abs.scaled(-1.0)).unwrap().value(), Some(0.0));
        assert_eq!(abs.plus(&x).unwrap().pieces().unwrap().len(), 2);
    }
}
