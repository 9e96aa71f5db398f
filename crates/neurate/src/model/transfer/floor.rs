//! A floor under a rate: `max(f, floor)`.

use super::jet::Jet;
use super::law::{AffinePiece, Law, Slopes};
use std::sync::Arc;

/// A law that is never below a floor.
#[derive(Debug)]
pub(super) struct Floored {
    law: Arc<dyn Law>,
    floor: f64,
}

impl Floored {
    pub fn new(law: Arc<dyn Law>, floor: f64) -> Floored {
        Floored { law, floor }
    }

    /// Where a law that rises crosses the floor: the first input at which it is above; None if it never does, always
    /// is, or is not known to rise.
    fn crossing(&self) -> Option<f64> {
        self.law.slope_bounds(0.0, 0.0)?;
        let above = |x: f64| self.law.rate(x, 0.0) > self.floor;
        // Doublings from an input of ordinary size outwards, on both sides.
        let end = |sign: f64| (-20..=60).map(|k| sign * 2f64.powi(k)).find(|&x| above(x) == (sign > 0.0));
        let (mut low, mut high) = (end(-1.0)?, end(1.0)?);
        while let middle = 0.5 * (low + high)
            && low < middle
            && middle < high
        {
            *(if above(middle) { &mut high } else { &mut low }) = middle;
        }
        Some(high)
    }
}

impl Law for Floored {
    fn rate(&self, mu: f64, sigma: f64) -> f64 {
        above(self.law.rate(mu, sigma), self.floor)
    }
    fn rates(&self, mu: &[f64], sigma: f64, out: &mut [f64]) {
        self.law.rates(mu, sigma, out);
        out.iter_mut().for_each(|rate| *rate = above(*rate, self.floor));
    }
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        let s = self.law.slopes(mu, sigma);
        if s.rate < self.floor { Slopes { rate: self.floor, d_mu: 0.0, d_sigma: 0.0 } } else { s }
    }
    fn jet(&self, mu: f64, sigma: f64) -> Jet {
        let jet = self.law.jet(mu, sigma);
        if jet[0] < self.floor { [self.floor, 0.0, 0.0, 0.0] } else { jet }
    }
    fn kinks(&self) -> Vec<f64> {
        let mut kinks: Vec<f64> =
            self.law.kinks().into_iter().filter(|&k| self.law.rate(k, 0.0) >= self.floor).collect();
        kinks.extend(self.crossing());
        kinks.sort_by(f64::total_cmp);
        kinks.dedup();
        kinks
    }
    fn corners(&self) -> Vec<f64> {
        let mut corners: Vec<f64> =
            self.law.corners().into_iter().filter(|&k| self.law.rate(k, 0.0) >= self.floor).collect();
        corners.extend(self.crossing());
        corners.sort_by(f64::total_cmp);
        corners.dedup();
        corners
    }
    fn pieces(&self) -> Option<Vec<AffinePiece>> {
        let mut all: Vec<AffinePiece> = Vec::new();
        let mut add = |from: f64, to: f64, slope: f64, offset: f64| {
            if from >= to {
                return;
            }
            match all.last_mut() {
                Some(last) if last.slope == slope && last.offset == offset => last.to = to,
                _ => all.push(AffinePiece { from, to, slope, offset }),
            }
        };
        for AffinePiece { from, to, slope, offset } in self.law.pieces()? {
            let crossing = (self.floor - offset) / slope;
            if slope == 0.0 {
                add(from, to, 0.0, offset.max(self.floor));
            } else if slope > 0.0 {
                add(from, to.min(crossing), 0.0, self.floor);
                add(from.max(crossing), to, slope, offset);
            } else {
                add(from, to.min(crossing), slope, offset);
                add(from.max(crossing), to, 0.0, self.floor);
            }
        }
        Some(all)
    }
    fn bound(&self) -> Option<f64> {
        // Of a floor below the function the modulus is still that of the function.
        self.law.bound().map(|bound| bound.max(self.floor))
    }
    fn lowest(&self) -> Option<f64> {
        Some(self.law.lowest().map_or(self.floor, |low| low.max(self.floor)))
    }
    fn slope_bounds(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        let (low, high) = self.law.slope_bounds(from, to)?;
        if self.law.rate(to, 0.0) < self.floor {
            Some((0.0, 0.0))
        } else if self.law.rate(from, 0.0) < self.floor {
            Some((0.0, high))
        } else {
            Some((low, high))
        }
    }
    fn ratio_beyond(&self, x: f64) -> (f64, f64) {
        // floor/|y| lies between 0 and floor/|x|, and the larger of two ratios counts.
        let (low, high) = self.law.ratio_beyond(x);
        let floor = self.floor / x.abs();
        (low.max(floor.min(0.0)), high.max(floor.max(0.0)))
    }
    fn uses_sigma(&self) -> bool {
        self.law.uses_sigma()
    }
}

/// The larger of a rate and the floor; what is not a number stays that.
fn above(rate: f64, floor: f64) -> f64 {
    if rate < floor { floor } else { rate }
}

#[cfg(test)]
mod tests {
    use super::super::Transfer;

    #[test]
    fn pieces_and_kinks_are_those_of_the_floored_function() {
        for (kind, given, floor) in [
            ("linear", vec![("gain", 2.0), ("threshold", 1.0)], 3.0),
            ("linear", vec![("gain", -0.5)], -2.0),
            ("threshold-linear", vec![("threshold", 1.0)], 0.25),
            ("threshold-linear", vec![("threshold", 1.0)], -1.0),
        ] {
            let f = Transfer::new(kind, &given, 1e-3).unwrap().with_floor(floor).unwrap();
            let pieces = f.pieces().unwrap();
            assert!(pieces.windows(2).all(|p| p[0].to == p[1].from), "{pieces:?}");
            assert_eq!((pieces[0].from, pieces[pieces.len() - 1].to), (f64::NEG_INFINITY, f64::INFINITY));
            for k in -400..=400 {
                let x = 0.025 * f64::from(k);
                let piece = pieces.iter().find(|p| p.from <= x && x <= p.to).unwrap();
                assert!((piece.slope * x + piece.offset - f.rate(x, 0.0)).abs() < 1e-14, "{kind} {x}");
                assert!(f.rate(x, 0.0) >= floor);
            }
        }
        // logistic(x) = 1/4 at x = -ln 3
        let f = Transfer::new("logistic", &[], 1e-3).unwrap().with_floor(0.25).unwrap();
        assert!((f.kinks()[0] + 3f64.ln()).abs() < 1e-14);
        assert_eq!(f.slope_bounds(-5.0, -2.0), Some((0.0, 0.0)));
        assert_eq!(f.slope_bounds(-5.0, 1.0).unwrap().0, 0.0);
        assert!(f.slope_bounds(-1.0, 0.0).unwrap().0 > 0.0);
    }
}
