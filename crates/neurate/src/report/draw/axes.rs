//! Scales, ticks and the frame of a plot.

use super::color::Color;
use super::place::Frame;
use super::svg::{Paint, Point, Svg, Type};
use super::text::{self, LEAST, SIZE, fitted};
use crate::report::section::Axis;

/// Space under the frame for the ticks' numbers and the label.
pub(super) const BELOW: f64 = 40.0;
/// Space right of it.
pub(super) const RIGHT: f64 = 12.0;

/// One axis: its range, and where its ticks are.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    ticks: Vec<(f64, String)>,
    /// Ticks without numbers.
    minor: Vec<f64>,
    logarithmic: bool,
}

/// Decades of a logarithmic scale: what lies further below its top is cut off.
const DECADES: f64 = 9.0;

impl Scale {
    /// Ticks about every 60 units of length, three at least.
    pub(super) fn new((low, high): (f64, f64), length: f64) -> Scale {
        let wanted = (length / 60.0).round().max(2.0);
        let (step, ticks) = (0..4)
            .map(|k| ticks(low, high, wanted + f64::from(k)))
            .find(|(_, t)| t.len() >= 3)
            .unwrap_or_else(|| ticks(low, high, wanted + 4.0));
        let size = low.abs().max(high.abs());
        let places = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
        let plain = (1e-2..1e5).contains(&size);
        let word = |t: f64| match plain {
            true => format!("{:.places$}", if t == 0.0 { 0.0 } else { t }).replace('-', "−"),
            false => text::number(t, 4),
        };
        let ticks = ticks.into_iter().map(|t| (t, word(t))).collect();
        Scale { low, high, ticks, minor: Vec::new(), logarithmic: false }
    }
    /// The scale of an axis over these values, with a share of room at both ends.
    pub(super) fn over<'a>(
        axis: &Axis,
        values: impl Iterator<Item = &'a f64>,
        share: f64,
        length: f64,
    ) -> Scale {
        if !axis.logarithmic {
            return Scale::new(padded(extent(values), share), length);
        }
        let positive: Vec<f64> = values.filter(|v| **v > 0.0).map(|v| v.log10()).collect();
        let (low, high) = padded(extent(positive.iter()), share);
        Scale::logarithmic((low.max(high - DECADES), high), length)
    }
    /// A logarithmic scale between powers of ten: numbers at the decades, or at 1, 2 and 5 where there are few, ticks without
    /// numbers between.
    fn logarithmic((low, high): (f64, f64), length: f64) -> Scale {
        let decades: Vec<i32> = ((low - 1e-9).floor() as i32..=(high + 1e-9).ceil() as i32).collect();
        let inside = |v: &f64| v.log10() >= low - 1e-9 && v.log10() <= high + 1e-9;
        let at = |factors: &'static [f64]| {
            let all = decades.iter().flat_map(move |d| factors.iter().map(move |f| f * 10_f64.powi(*d)));
            all.filter(inside).collect::<Vec<f64>>()
        };
        let mut numbered = at(&[1.0]);
        for factors in [&[1.0, 2.0, 5.0][..], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]] {
            if numbered.len() < 3 {
                numbered = at(factors);
            }
        }
        // Every second decade, or fewer, where numbers would touch.
        let every = (numbered.len() as f64 * 28.0 / length.max(1.0)).ceil().max(1.0) as usize;
        let minor = at(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        let ticks = numbered.into_iter().step_by(every).map(|t| (t, text::number(t, 3))).collect();
        Scale { low: 10_f64.powf(low), high: 10_f64.powf(high), ticks, minor, logarithmic: true }
    }
    /// A scale with no numbers on it.
    pub(super) fn bare(low: f64, high: f64) -> Scale {
        Scale { low, high, ticks: Vec::new(), minor: Vec::new(), logarithmic: false }
    }
    /// Width of its widest number.
    pub(super) fn room(&self) -> f64 {
        self.ticks.iter().map(|t| text::width(&t.1, SIZE, false)).fold(8.0, f64::max)
    }
    /// Share of the way from low to high.
    fn at(&self, v: f64) -> f64 {
        if self.logarithmic {
            return if v > 0.0 { (v / self.low).ln() / (self.high / self.low).ln() } else { f64::NAN };
        }
        (v - self.low) / (self.high - self.low)
    }
}

/// Round ticks of a range, about `count`: their step and themselves.
fn ticks(low: f64, high: f64, count: f64) -> (f64, Vec<f64>) {
    let raw = (high - low) / count;
    let power = 10_f64.powf(raw.log10().floor());
    let ratio = raw / power;
    // The steps 1, 2, 5, 10, parted at their geometric means.
    let factor = match ratio {
        r if r >= 50_f64.sqrt() => 10.0,
        r if r >= 10_f64.sqrt() => 5.0,
        r if r >= 2_f64.sqrt() => 2.0,
        _ => 1.0,
    };
    let step = factor * power;
    if !(step.is_finite() && step > 0.0) {
        return (1.0, Vec::new());
    }
    let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
    let number = (last - first + 1.0).clamp(0.0, 100.0) as usize;
    (step, (0..number).map(|k| (first + k as f64) * step).collect())
}

/// The range of all finite numbers.
pub(super) fn extent<'a>(values: impl Iterator<Item = &'a f64>) -> Option<(f64, f64)> {
    values.filter(|v| v.is_finite()).fold(None, |range, &v| match range {
        None => Some((v, v)),
        Some((a, b)) => Some((v.min(a), v.max(b))),
    })
}

/// A range with some room around.
pub(super) fn padded(range: Option<(f64, f64)>, share: f64) -> (f64, f64) {
    let Some((low, high)) = range else { return (0.0, 1.0) };
    // Equal but for rounding is equal.
    let span = high - low;
    if span <= 1e-9 * low.abs().max(high.abs()) {
        let room = if low == 0.0 { 1.0 } else { 0.1 * low.abs() };
        return (low - room, high + room);
    }
    (low - share * span, high + share * span)
}

/// A plot's frame with its scales.
pub(super) struct Panel {
    pub(super) frame: Frame,
    pub(super) x: Scale,
    pub(super) y: Scale,
}

impl Panel {
    /// A value's place.
    pub(super) fn at(&self, x: f64, y: f64) -> Point {
        let [l, t, r, b] = self.frame;
        (l + self.x.at(x) * (r - l), b - self.y.at(y) * (b - t))
    }
    /// Places of a curve.
    pub(super) fn points(&self, x: &[f64], y: &[f64]) -> Vec<Point> {
        x.iter().zip(y).map(|(x, y)| self.at(*x, *y)).collect()
    }
    /// A vertical line through the frame.
    pub(super) fn vertical(&self, svg: &mut Svg, x: f64, paint: Paint) {
        let px = self.at(x, self.y.low).0;
        svg.line((px, self.frame[1]), (px, self.frame[3]), paint);
    }
    /// A horizontal one.
    pub(super) fn horizontal(&self, svg: &mut Svg, y: f64, paint: Paint) {
        let py = self.at(self.x.low, y).1;
        svg.line((self.frame[0], py), (self.frame[2], py), paint);
    }
    /// Lines through zero, where it is inside.
    pub(super) fn zero_lines(&self, svg: &mut Svg, both: bool) {
        let paint = Paint::stroke(Color::Guide, 1.0).opacity(0.7);
        if self.y.low < 0.0 && self.y.high > 0.0 {
            self.horizontal(svg, 0.0, paint);
        }
        if both && self.x.low < 0.0 && self.x.high > 0.0 {
            self.vertical(svg, 0.0, paint);
        }
    }
    /// Where the data are, for the page's script.
    pub(super) fn scales(&self) -> String {
        let (x, y) = (&self.x, &self.y);
        let logarithmic = match (x.logarithmic, y.logarithmic) {
            (false, false) => "",
            (true, false) => " data-log=\"x\"",
            (false, true) => " data-log=\"y\"",
            (true, true) => " data-log=\"xy\"",
        };
        format!("data-x=\"{:e} {:e}\" data-y=\"{:e} {:e}\"{logarithmic}", x.low, x.high, y.low, y.high)
    }
    /// The pale lines under the data.
    pub(super) fn grid(&self, svg: &mut Svg) {
        let paint = Paint::stroke(Color::Rule, 0.7);
        self.x.ticks.iter().for_each(|(t, _)| self.vertical(svg, *t, paint));
        self.y.ticks.iter().for_each(|(t, _)| self.horizontal(svg, *t, paint));
    }
    /// Axes with numbers and labels.
    pub(super) fn axes(&self, svg: &mut Svg, x: &Axis, y: &Axis) {
        self.x_axis_at(svg, x, self.frame[3]);
        self.axes_without_x(svg, y);
    }
    /// The horizontal axis with its numbers and label, at this height: beneath strips that share it.
    pub(super) fn x_axis_at(&self, svg: &mut Svg, x: &Axis, b: f64) {
        let [l, _, r, _] = self.frame;
        let paint = Paint::stroke(Color::Ink, 1.0);
        svg.line((l, b), (r, b), paint);
        for v in &self.x.minor {
            let px = self.at(*v, self.y.low).0;
            svg.line((px, b), (px, b + 2.5), paint);
        }
        let mut free = f64::NEG_INFINITY;
        for (v, word) in &self.x.ticks {
            let px = self.at(*v, self.y.low).0;
            svg.line((px, b), (px, b + 4.0), paint);
            let w = text::width(word, SIZE, false);
            // A number that would touch the last one is left out; its tick stays.
            if px - w / 2.0 > free {
                svg.text(word, px, b + 16.0, Type::MIDDLE);
                free = px + w / 2.0 + 4.0;
            }
        }
        let (words, size) = fitted(&label(x), r - l + RIGHT, SIZE, LEAST);
        svg.text(&words, (l + r) / 2.0, b + 33.0, Type::MIDDLE.size(size));
    }
    /// The vertical axis with its numbers and label, and the frame's lower edge.
    pub(super) fn axes_without_x(&self, svg: &mut Svg, y: &Axis) {
        let [l, t, r, b] = self.frame;
        let paint = Paint::stroke(Color::Ink, 1.0);
        svg.line((l, b), (r, b), paint);
        svg.line((l, t), (l, b), paint);
        for v in &self.y.minor {
            let py = self.at(self.x.low, *v).1;
            svg.line((l - 2.5, py), (l, py), paint);
        }
        for (v, word) in &self.y.ticks {
            let py = self.at(self.x.low, *v).1;
            svg.line((l - 4.0, py), (l, py), paint);
            svg.text(word, l - 7.0, py + 4.0, Type::END);
        }
        self.y_label(svg, y);
    }
    /// The vertical axis' label alone.
    pub(super) fn y_label(&self, svg: &mut Svg, y: &Axis) {
        let [_, t, _, b] = self.frame;
        let (words, size) = fitted(&label(y), b - t + 24.0, SIZE, LEAST);
        svg.text(&words, 11.0, (t + b) / 2.0, Type::MIDDLE.size(size).upright());
    }
}

/// Space left of a frame for the numbers and the label.
pub(super) fn left_of(y: &Scale) -> f64 {
    y.room() + 28.0
}

/// `time (ms)`.
pub(super) fn label(a: &Axis) -> String {
    if a.unit.is_empty() { a.label.clone() } else { format!("{} ({})", a.label, a.unit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_three_at_least() {
        for (low, high) in [(0.0, 1.0), (-0.3, 0.3), (-1.7, 2.2), (99.0, 101.0), (1e-7, 4e-7), (-3e6, 8e6)] {
            for length in [60.0, 120.0, 300.0] {
                let s = Scale::new((low, high), length);
                assert!((3..=12).contains(&s.ticks.len()), "{low} {high} {length}: {:?}", s.ticks);
                assert!(s.ticks.iter().all(|t| t.0 >= low - 1e-9 && t.0 <= high * (1.0 + 1e-9)));
                let mut words: Vec<_> = s.ticks.iter().map(|t| &t.1).collect();
                words.dedup();
                assert_eq!(words.len(), s.ticks.len(), "no two ticks say the same: {words:?}");
            }
        }
        let words = |s: &Scale| s.ticks.iter().map(|t| t.1.clone()).collect::<Vec<_>>();
        let axis = Axis::new("frequency", "Hz").logarithmic();
        let s = Scale::over(&axis, [0.0, 0.1, 12.0, 1000.0].iter(), 0.0, 300.0);
        assert_eq!(words(&s), ["0.1", "1", "10", "100", "1000"]);
        assert!((s.at(10.0) - 0.5).abs() < 1e-12 && s.at(0.0).is_nan());
        assert_eq!(words(&Scale::over(&axis, [20.0, 110.0].iter(), 0.0, 300.0)), ["20", "50", "100"]);
        assert_eq!(s.minor.len(), 37, "nine in each of four decades, and the end");
        let far = Scale::over(&axis, [1e-300, 1.0].iter(), 0.0, 300.0);
        assert!((far.low.log10() + DECADES).abs() < 1e-9);
        assert_eq!(Scale::new((0.0, 1.0), 300.0).ticks[1].1, "0.2");
        assert_eq!(Scale::new((-2.0, 2.0), 200.0).ticks[0].1, "−2");
    }
}
