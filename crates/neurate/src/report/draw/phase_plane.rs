//! A phase plane: flow under nullclines, manifolds, cycles and courses over them, fixed points on top.

use super::axes::{BELOW, Panel, RIGHT, Scale, left_of};
use super::color::{Color, Palette};
use super::links::{Head, draw_head};
use super::place::{Entry, Legend, Sign, dashes, pale};
use super::svg::{Paint, Point, Svg, n};
use super::text::number;
use crate::report::section::{Axis, PlaneMark, PlaneSign, Series, Stroke};

/// What lies in the plane.
pub(super) struct PhasePlane<'a> {
    pub(super) x: &'a Axis,
    pub(super) y: &'a Axis,
    pub(super) ranges: [(f64, f64); 2],
    pub(super) nullclines: &'a [Series],
    pub(super) driven: &'a [Series],
    pub(super) courses: &'a [Series],
    pub(super) manifolds: &'a [Series],
    pub(super) cycles: &'a [Series],
    pub(super) flow: &'a [(f64, f64, f64, f64)],
    pub(super) points: &'a [PlaneMark],
}

/// Length of an arrow of the flow.
const ARROW: f64 = 10.0;
/// Color of a saddle's manifolds: no population's.
const MANIFOLD: Color = Color::Other(0);
/// Shades of the flow, each one element.
const SHADES: usize = 5;
/// Radius of a fixed point.
const RADIUS: f64 = 4.6;

impl PhasePlane<'_> {
    /// Draws it; the drawing's height.
    pub(super) fn draw(&self, svg: &mut Svg, width: f64, palette: &Palette) -> f64 {
        let inner = (0.74 * width).min(340.0).round() - BELOW;
        let range = |(low, high): (f64, f64)| if low < high { (low, high) } else { (low - 1.0, low + 1.0) };
        let y = Scale::new(range(self.ranges[1]), inner);
        let left = left_of(&y);
        let legend = Legend::new(self.entries(palette), left, width - RIGHT);
        legend.draw(svg);
        let top = legend.height + 8.0;
        let x = Scale::new(range(self.ranges[0]), width - left - RIGHT);
        let panel = Panel { frame: [left, top, width - RIGHT, top + inner], x, y };
        self.flow(svg, &panel);
        panel.zero_lines(svg, true);
        for (all, paint) in [
            (self.driven, (|c| pale(Paint::stroke(c, 1.8))) as fn(Color) -> Paint),
            (self.nullclines, |c| Paint::stroke(c, 2.6)),
        ] {
            for (s, color) in all.iter().zip(colors(palette, all)) {
                svg.polyline(&panel.points(&s.x, &s.y), paint(color));
            }
        }
        for s in self.manifolds {
            orbit(svg, &panel, s, (MANIFOLD, 1.5));
        }
        for s in self.cycles {
            orbit(svg, &panel, s, (Color::Ink, 2.2));
        }
        for (k, s) in self.courses.iter().enumerate() {
            self.course(svg, &panel, s, self.course_color(k));
        }
        // Those that last lie on top.
        for p in self.points.iter().filter(|p| p.driven).chain(self.points.iter().filter(|p| !p.driven)) {
            self.point(svg, &panel, p);
        }
        panel.axes(svg, self.x, self.y);
        svg.glass(panel.frame, &panel.scales());
        top + inner + BELOW
    }

    /// The last course, that of the circuit's own run if there is one, is the darkest.
    fn course_color(&self, k: usize) -> Color {
        if k + 1 == self.courses.len() { Color::Ink } else { Color::Guide }
    }

    fn entries(&self, palette: &Palette) -> Vec<Entry> {
        let entry = |s: &Series, color, sign| Entry { name: s.name.clone(), color, sign };
        let mut all: Vec<Entry> = Vec::new();
        let solid = self.nullclines.iter().zip(colors(palette, self.nullclines));
        all.extend(solid.map(|(s, c)| entry(s, c, Sign::Line(Stroke::Solid))));
        let driven = self.driven.iter().zip(colors(palette, self.driven));
        all.extend(driven.map(|(s, c)| entry(s, c, Sign::Pale)));
        let manifolds = self.manifolds.iter().map(|s| entry(s, MANIFOLD, Sign::Line(s.stroke)));
        all.extend(manifolds.chain(self.cycles.iter().map(|s| entry(s, Color::Ink, Sign::Line(s.stroke)))));
        let courses = self.courses.iter().enumerate();
        all.extend(courses.map(|(k, s)| entry(s, self.course_color(k), Sign::Thin)));
        all
    }

    /// Arrows of one length, the paler the slower.
    fn flow(&self, svg: &mut Svg, panel: &Panel) {
        let [l, t, r, b] = panel.frame;
        let scale = ((r - l) / (panel.x.high - panel.x.low), (b - t) / (panel.y.high - panel.y.low));
        let seen = |&(x, y, dx, dy): &(f64, f64, f64, f64)| {
            let v = (dx * scale.0, -dy * scale.1);
            let speed = v.0.hypot(v.1);
            (speed.is_finite() && speed > 0.0).then(|| (panel.at(x, y), (v.0 / speed, v.1 / speed), speed))
        };
        let arrows: Vec<(Point, Point, f64)> = self.flow.iter().filter_map(seen).collect();
        let mut speeds: Vec<f64> = arrows.iter().map(|a| a.2).collect();
        speeds.sort_by(f64::total_cmp);
        // A few fast corners do not make all else pale.
        let Some(&fast) = speeds.get(speeds.len() * 9 / 10) else { return };
        let mut shades = vec![String::new(); SHADES];
        for (at, u, speed) in arrows {
            let shade = ((speed / fast).sqrt().min(1.0) * (SHADES - 1) as f64).round() as usize;
            let p = |along: f64, across: f64| {
                let (a, c) = (along * ARROW, across * ARROW);
                format!("{} {}", n(at.0 + a * u.0 - c * u.1), n(at.1 + a * u.1 + c * u.0))
            };
            shades[shade] += &format!(
                "M{}L{}M{}L{}L{}",
                p(-0.5, 0.0),
                p(0.5, 0.0),
                p(0.15, -0.22),
                p(0.5, 0.0),
                p(0.15, 0.22)
            );
        }
        for (k, way) in shades.iter().enumerate().filter(|(_, w)| !w.is_empty()) {
            let share = k as f64 / (SHADES - 1) as f64;
            svg.path(way, Paint::stroke(Color::Guide, 0.9).opacity(0.3 + 0.6 * share));
        }
    }

    /// A course, with a ring at its start and heads on its way.
    fn course(&self, svg: &mut Svg, panel: &Panel, s: &Series, color: Color) {
        let points = clipped(panel, &s.x, &s.y);
        svg.polyline(&points, Paint::stroke(Color::Background, 3.2).opacity(0.7));
        svg.polyline(&points, Paint::stroke(color, 1.4));
        for share in [0.3, 0.7] {
            if let Some((tip, u)) = along(&points, share) {
                draw_head(svg, tip, u, 8.0, color, Head::Arrow);
            }
        }
        if let Some(start) = points.first().filter(|p| p.0.is_finite()) {
            svg.rect(start.0 - 3.0, start.1 - 3.0, 6.0, 6.0, 0.0, Paint::fill(color));
        }
    }

    fn point(&self, svg: &mut Svg, panel: &Panel, p: &PlaneMark) {
        let at = panel.at(p.x, p.y);
        let [l, t, r, b] = panel.frame;
        if !(at.0 >= l && at.0 <= r && at.1 >= t && at.1 <= b) {
            return;
        }
        let place = format!("{}, {}", number(p.x, 4), number(p.y, 4));
        let tip = format!("{}{}\n{place}", p.label, if p.driven { ", under the stimulus" } else { "" });
        let rim = |paint: Paint| paint.outlined(Color::Ink, 1.6);
        svg.group((0.0, 0.0), if p.driven { 0.55 } else { 1.0 }, &tip, |g| match p.sign {
            PlaneSign::Filled => {
                g.circle(at, RADIUS + 0.8, Paint::fill(Color::Ink).outlined(Color::Background, 1.2));
            }
            PlaneSign::Hollow => g.circle(at, RADIUS, rim(Paint::fill(Color::Background))),
            PlaneSign::Half => {
                g.circle(at, RADIUS, rim(Paint::fill(Color::Background)));
                let (top, down, r) = (n(at.1 - RADIUS), n(2.0 * RADIUS), n(RADIUS));
                g.path(&format!("M{} {top}a{r} {r} 0 0 0 0 {down}Z", n(at.0)), Paint::fill(Color::Ink));
            }
            PlaneSign::Cross => {
                let (a, d) = (Paint::stroke(Color::Ink, 1.8), RADIUS);
                g.line((at.0 - d, at.1 - d), (at.0 + d, at.1 + d), a);
                g.line((at.0 - d, at.1 + d), (at.0 + d, at.1 - d), a);
            }
        });
    }
}

/// The points of a curve that lie in the frame; NaN where it leaves it.
fn clipped(panel: &Panel, x: &[f64], y: &[f64]) -> Vec<Point> {
    let inside =
        |x: f64, y: f64| x >= panel.x.low && x <= panel.x.high && y >= panel.y.low && y <= panel.y.high;
    let point = |(x, y): (&f64, &f64)| {
        if inside(*x, *y) { panel.at(*x, *y) } else { (f64::NAN, f64::NAN) }
    };
    x.iter().zip(y).map(point).collect()
}

/// Manifolds or cycles, each piece with a head in the middle.
fn orbit(svg: &mut Svg, panel: &Panel, s: &Series, (color, width): (Color, f64)) {
    let points = clipped(panel, &s.x, &s.y);
    let dash = dashes(s.stroke);
    svg.polyline(&points, Paint::stroke(Color::Background, width + 1.8).opacity(0.7));
    svg.polyline(&points, Paint::stroke(color, width).dash(dash));
    for piece in points.split(|p| !p.0.is_finite()) {
        if let Some((tip, u)) = along(piece, 0.5) {
            draw_head(svg, tip, u, 8.0, color, Head::Arrow);
        }
    }
}

fn colors(palette: &Palette, all: &[Series]) -> Vec<Color> {
    let items: Vec<_> = all.iter().map(|s| (s.name.as_str(), s.role)).collect();
    palette.colors(&items)
}

/// The place at a share of a curve's length, and its direction; None of a curve that is too short for a head.
fn along(points: &[Point], share: f64) -> Option<(Point, Point)> {
    let length = |p: &[Point]| {
        let d = (p[1].0 - p[0].0).hypot(p[1].1 - p[0].1);
        if d.is_finite() { d } else { 0.0 }
    };
    let whole: f64 = points.windows(2).map(length).sum();
    if whole < 40.0 {
        return None;
    }
    let mut left = share * whole;
    for p in points.windows(2) {
        let d = length(p);
        if d >= left && d > 0.0 {
            let u = ((p[1].0 - p[0].0) / d, (p[1].1 - p[0].1) / d);
            return Some(((p[0].0 + left * u.0, p[0].1 + left * u.1), u));
        }
        left -= d;
    }
    None
}
