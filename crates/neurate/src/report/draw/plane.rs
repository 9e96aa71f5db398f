//! Points and curves in a plane with equal scales: spectra.

use super::axes::{BELOW, Panel, RIGHT, Scale, extent, left_of, padded};
use super::color::{Color, Palette, of_role};
use super::place::{Entry, Frame, Legend, Sign, dashes, place, shape, shape_paint};
use super::svg::{Paint, Point, Svg, Type};
use super::text::{SIZE, number, width as text_width};
use crate::report::section::{Axis, Cloud, Role, Series};

/// A circle to compare with: center, radius, name.
type Round = (f64, f64, f64, String);

/// What lies in the plane.
pub(super) struct Plane<'a> {
    pub(super) x: &'a Axis,
    pub(super) y: &'a Axis,
    pub(super) clouds: &'a [Cloud],
    pub(super) curves: &'a [Series],
    pub(super) border: Option<f64>,
    pub(super) circles: &'a [Round],
}

/// Height over width of a plane that holds only real numbers.
const FLATTEST: f64 = 0.4;

impl Plane<'_> {
    fn border(&self) -> Option<f64> {
        self.border.filter(|b| b.is_finite())
    }
    fn rounds(&self) -> impl Iterator<Item = &Round> {
        self.circles.iter().filter(|c| c.0.is_finite() && c.1.is_finite() && c.2.is_finite())
    }

    /// Ranges with equal scales: the shorter side is widened rather than stretched.
    fn ranges(&self) -> [(f64, f64); 2] {
        let span = |pick: fn(&Cloud) -> &Vec<f64>, of: fn(&Series) -> &Vec<f64>, more: &[f64]| {
            let data = self.clouds.iter().flat_map(pick).chain(self.curves.iter().flat_map(of));
            padded(extent(data.chain(more)), 0.08)
        };
        let mut right: Vec<f64> = self.rounds().flat_map(|c| [c.0 - c.2, c.0 + c.2]).collect();
        right.push(0.0);
        right.extend(self.border());
        let mut up: Vec<f64> = self.rounds().flat_map(|c| [c.1 - c.2, c.1 + c.2]).collect();
        up.push(0.0);
        let flat = up.len() == 1
            && self
                .clouds
                .iter()
                .flat_map(|c| &c.y)
                .chain(self.curves.iter().flat_map(|c| &c.y))
                .all(|&v| !v.is_finite() || v == 0.0);
        let mut xs = span(|c| &c.x, |c| &c.x, &right);
        let mut ys = if flat { (0.0, 0.0) } else { span(|c| &c.y, |c| &c.y, &up) };
        if let Some(b) = self.border() {
            xs.1 = xs.1.max(b + 0.25 * (b - xs.0)); // room for the word "unstable"
        }
        let grown =
            |(low, high): (f64, f64), span: f64| ((low + high - span) / 2.0, (low + high + span) / 2.0);
        let (dx, dy) = (xs.1 - xs.0, ys.1 - ys.0);
        if dy < FLATTEST * dx {
            ys = grown(ys, FLATTEST * dx);
        }
        if dy > 0.85 * dx {
            xs = grown(xs, dy / 0.85);
        }
        [xs, ys]
    }

    /// Draws it; the drawing's height.
    pub(super) fn draw(&self, svg: &mut Svg, width: f64, palette: &Palette) -> f64 {
        let items: Vec<_> = self.clouds.iter().map(|c| (c.name.as_str(), c.role)).collect();
        let colors = palette.colors(&items);
        let [xs, ys] = self.ranges();
        let ratio = (ys.1 - ys.0) / (xs.1 - xs.0);
        let y = Scale::new(ys, 0.8 * width * ratio);
        let left = left_of(&y);
        let inner = width - left - RIGHT;
        let legend = Legend::new(self.entries(&colors), left, width - RIGHT);
        legend.draw(svg);
        let top = legend.height + 8.0;
        let frame = [left, top, width - RIGHT, top + inner * ratio];
        let panel = Panel { frame, x: Scale::new(xs, inner), y };
        panel.grid(svg);
        if let Some(b) = self.border() {
            let at = panel.at(b, ys.1);
            let paint = Paint::fill(Color::Unstable).opacity(0.1);
            svg.rect(at.0, at.1, frame[2] - at.0, frame[3] - at.1, 0.0, paint);
        }
        panel.zero_lines(svg, true);
        if let Some(b) = self.border() {
            panel.vertical(svg, b, Paint::stroke(Color::Unstable, 1.4));
        }
        for (k, c) in self.curves.iter().enumerate() {
            let paint = Paint::stroke(curve_color(c), 1.5).dash(dashes(c.stroke));
            svg.polyline(&panel.points(&c.x, &c.y), paint.opacity(self.strength(k)));
        }
        let scale = inner / (xs.1 - xs.0);
        for (cx, cy, r, _) in self.rounds() {
            let ring = Paint::stroke(Color::Guide, 1.4).dash("6 4");
            svg.circle(panel.at(*cx, *cy), r * scale, ring);
        }
        let pixels = self.points(svg, &panel, &colors);
        panel.axes(svg, self.x, self.y);
        self.words(svg, &panel, scale, &pixels);
        frame[3] + BELOW
    }

    /// Levels of one quantity share a color, paler outwards.
    fn strength(&self, k: usize) -> f64 {
        let levels = self.curves.iter().filter(|c| c.role == Role::Other).count();
        match self.curves[k].role {
            Role::Other => 1.0 - 0.55 * (levels.saturating_sub(1 + k)) as f64 / (levels.max(2) - 1) as f64,
            _ => 1.0,
        }
    }

    fn entries(&self, colors: &[Color]) -> Vec<Entry> {
        if self.clouds.len() + self.curves.len() < 2 {
            return Vec::new();
        }
        let clouds = self.clouds.iter().zip(colors).enumerate().map(|(k, (c, &color))| Entry {
            name: c.name.clone(),
            color,
            sign: Sign::Shape(k),
        });
        let curves = self.curves.iter().map(|c| Entry {
            name: c.name.clone(),
            color: curve_color(c),
            sign: Sign::Line(c.stroke),
        });
        clouds.chain(curves).collect()
    }

    /// The clouds' points; where they are.
    fn points(&self, svg: &mut Svg, panel: &Panel, colors: &[Color]) -> Vec<Point> {
        let total: usize = self.clouds.iter().map(|c| c.x.len()).sum();
        let radius: f64 = if total > 60 { 2.2 } else { 4.2 };
        let area = std::f64::consts::PI * radius * radius * 1.1;
        let mut pixels = Vec::new();
        for (k, (c, &color)) in self.clouds.iter().zip(colors).enumerate() {
            let paint = shape_paint(k, color, 0.6).opacity(if total > 60 { 0.8 } else { 0.95 });
            for (&re, &im) in c.x.iter().zip(&c.y).filter(|(x, y)| x.is_finite() && y.is_finite()) {
                let at = panel.at(re, im);
                pixels.push(at);
                if total > 2000 {
                    svg.path(&shape(k, at, area), paint); // words for each would fill the file
                    continue;
                }
                let sign = if im < 0.0 { '−' } else { '+' };
                let unit = &self.x.unit;
                let value = format!("{} {sign} {} i {unit}", number(re, 4), number(im.abs(), 4));
                let tip = format!("{}\n{}", c.name, value.trim_end());
                svg.group((0.0, 0.0), 1.0, &tip, |g| g.path(&shape(k, at, area), paint));
            }
        }
        pixels
    }

    fn words(&self, svg: &mut Svg, panel: &Panel, scale: f64, pixels: &[Point]) {
        let frame: Frame = panel.frame;
        let mut taken = Vec::new();
        if self.border().is_some() {
            let w = text_width("unstable", SIZE, true);
            let x = frame[2] - w - 6.0;
            let spots = [(x, frame[1] + 4.0), (x, frame[3] - 20.0)];
            let ((lx, ly), _) = place(&spots, (w, 15.0), &mut taken, pixels, frame);
            svg.text("unstable", lx, ly + 12.0, Type::PLAIN.bold().color(Color::Unstable).halo());
        }
        for (cx, cy, r, name) in self.rounds() {
            let (w, radius) = (text_width(name, SIZE, false) + 4.0, r * scale);
            let center = panel.at(*cx, *cy);
            let spots: Vec<Point> = [-135.0, -45.0, 135.0, 45.0, -90.0, 90.0, 180.0, 0.0_f64]
                .iter()
                .map(|a| (a.to_radians().cos(), a.to_radians().sin()))
                .flat_map(|u| [8.0, 26.0].map(|d| (u, radius + d)))
                .map(|(u, d)| {
                    // Just outside, on the far side of the word.
                    let px = center.0 + u.0 * d;
                    let x = match u.0 {
                        ux if ux < -0.1 => px - w,
                        ux if ux > 0.1 => px,
                        _ => px - w / 2.0,
                    };
                    (x, center.1 + u.1 * d - 8.0)
                })
                .collect();
            let ((lx, ly), _) = place(&spots, (w, 15.0), &mut taken, pixels, frame);
            svg.text(name, lx + 2.0, ly + 12.0, Type::PLAIN.soft().halo());
        }
    }
}

fn curve_color(c: &Series) -> Color {
    if c.role == Role::Other { Color::Other(1) } else { of_role(c.role) }
}
