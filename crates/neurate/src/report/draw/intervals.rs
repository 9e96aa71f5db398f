//! Points with intervals, by category.

use super::axes::{BELOW, Panel, RIGHT, Scale, extent, label, left_of, padded};
use super::color::{Color, Palette};
use super::place::{Entry, Legend, Sign, shape, shape_paint};
use super::svg::{Paint, Svg, Type};
use super::text::{LEAST, SIZE, fitted, joined, number, shorten, width as text_width};
use crate::report::section::{Axis, IntervalSet};

/// What is compared.
pub(super) struct Intervals<'a> {
    pub(super) x: &'a Axis,
    pub(super) y: &'a Axis,
    pub(super) categories: &'a [String],
    pub(super) sets: &'a [IntervalSet],
    pub(super) reference: Option<f64>,
}

impl Intervals<'_> {
    /// Draws them; the drawing's height.
    pub(super) fn draw(&self, svg: &mut Svg, width: f64, palette: &Palette) -> f64 {
        let items: Vec<_> = self.sets.iter().map(|s| (s.name.as_str(), s.role)).collect();
        let colors = palette.colors(&items);
        let inner = (0.56 * width).min(270.0).round() - BELOW;
        let reference = self.reference.filter(|r| r.is_finite());
        let values = self.sets.iter().flat_map(|s| s.low.iter().chain(&s.center).chain(&s.high));
        let y = Scale::new(padded(extent(values.chain(&reference)), 0.06), inner);
        let left = left_of(&y);
        let several = self.sets.len() > 1;
        let entries = self.sets.iter().zip(&colors).enumerate().filter(|_| several);
        let entries =
            entries.map(|(k, (s, &color))| Entry { name: s.name.clone(), color, sign: Sign::Shape(k) });
        let legend = Legend::new(entries.collect(), left, width - RIGHT);
        legend.draw(svg);
        let top = legend.height + 8.0;
        let n = self.categories.len().max(1) as f64;
        let frame = [left, top, width - RIGHT, top + inner];
        let panel = Panel { frame, x: Scale::bare(0.0, n), y };
        panel.grid(svg);
        panel.zero_lines(svg, false);
        if let Some(r) = reference {
            panel.horizontal(svg, r, Paint::stroke(Color::Unstable, 1.2).dash("5 3"));
        }
        let step = 0.6 / self.sets.len().max(1) as f64;
        for (k, (s, &color)) in self.sets.iter().zip(&colors).enumerate() {
            for (i, category) in self.categories.iter().enumerate() {
                let of = |v: &[f64]| v.get(i).copied().unwrap_or(f64::NAN);
                let (low, center, high) = (of(&s.low), of(&s.center), of(&s.high));
                let x = i as f64 + 0.5 + step * (k as f64 - 0.5 * (self.sets.len() as f64 - 1.0));
                let range = format!("{} to {}", number(low, 4), number(high, 4));
                let value = format!("{} ({range})", number(center, 4));
                let tip = format!("{} {category}\n{}", s.name, joined(&value, &self.y.unit));
                svg.group((0.0, 0.0), 1.0, &tip, |g| {
                    if low.is_finite() && high.is_finite() {
                        let (a, b) = (panel.at(x, low), panel.at(x, high));
                        let paint = Paint::stroke(color, 1.6);
                        g.line(a, b, paint);
                        for p in [a, b] {
                            g.line((p.0 - 3.0, p.1), (p.0 + 3.0, p.1), paint);
                        }
                    }
                    if center.is_finite() {
                        g.path(&shape(k, panel.at(x, center), 40.0), shape_paint(k, color, 0.6));
                    }
                });
            }
        }
        panel.axes(svg, &Axis::new("", ""), self.y);
        self.names(svg, &panel) + 8.0
    }

    /// Names of the categories, upright where they have no room; where they end.
    fn names(&self, svg: &mut Svg, panel: &Panel) -> f64 {
        let [l, _, r, b] = panel.frame;
        let room = (r - l) / self.categories.len().max(1) as f64;
        let widest = self.categories.iter().map(|c| text_width(c, SIZE, false)).fold(0.0, f64::max);
        let upright = widest > room - 4.0;
        // A name for every category only while they can be read.
        let every = (13.0 / room).ceil().max(1.0) as usize;
        for (i, name) in self.categories.iter().enumerate().step_by(if upright { every } else { 1 }) {
            let x = l + (i as f64 + 0.5) * room;
            if upright {
                svg.text(&shorten(name, 90.0, SIZE), x + 4.0, b + 7.0, Type::END.upright());
            } else {
                svg.text(name, x, b + 16.0, Type::MIDDLE);
            }
        }
        let end = b + if upright { widest.min(90.0) + 10.0 } else { 20.0 };
        let (words, size) = fitted(&label(self.x), r - l, SIZE, LEAST);
        if words.is_empty() {
            return end;
        }
        svg.text(&words, (l + r) / 2.0, end + 12.0, Type::MIDDLE.size(size));
        end + 16.0
    }
}
