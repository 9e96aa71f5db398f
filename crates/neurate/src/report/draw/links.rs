//! Links with heads.

use super::color::Color;
use super::svg::{Paint, Point, Svg, Type, n};
use super::text::width;

/// The end of a link: what it does to the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// Excites.
    Arrow,
    /// Inhibits.
    Ball,
}

impl Head {
    pub(super) fn of(weight: f64) -> Head {
        if weight < 0.0 { Head::Ball } else { Head::Arrow }
    }
    /// Its size on a link of this width.
    pub(super) fn size(self, width: f64) -> f64 {
        match self {
            Head::Arrow => 6.0 + 1.7 * width,
            Head::Ball => 3.4 + 0.9 * width,
        }
    }
}

/// A curved link along a quadratic curve with a head at its end.
pub(super) fn link(svg: &mut Svg, [a, c, b]: [Point; 3], width: f64, color: Color, head: Head) {
    let d = (b.0 - c.0).hypot(b.1 - c.1).max(1e-9);
    let u = ((b.0 - c.0) / d, (b.1 - c.1) / d);
    let size = head.size(width);
    let end = (b.0 - 0.9 * size * u.0, b.1 - 0.9 * size * u.1);
    let way = format!("M{} {}Q{} {} {} {}", n(a.0), n(a.1), n(c.0), n(c.1), n(end.0), n(end.1));
    svg.path(&way, Paint::stroke(color, width));
    draw_head(svg, b, u, size, color, head);
}

/// A head with its tip at `b`, pointing along `u`.
pub(super) fn draw_head(svg: &mut Svg, b: Point, u: Point, size: f64, color: Color, head: Head) {
    match head {
        Head::Ball => svg.circle((b.0 - u.0 * size, b.1 - u.1 * size), size, Paint::fill(color)),
        Head::Arrow => {
            let p = |s: f64, t: f64| format!("{} {}", n(b.0 - u.0 * s - u.1 * t), n(b.1 - u.1 * s + u.0 * t));
            let wing = 0.48 * size;
            let d = format!("M{}L{}L{}L{}Z", p(0.0, 0.0), p(size, wing), p(0.8 * size, 0.0), p(size, -wing));
            svg.path(&d, Paint::fill(color));
        }
    }
}

/// A point of a quadratic curve.
pub(super) fn along([a, c, b]: [Point; 3], t: f64) -> Point {
    let mix = |a: f64, c: f64, b: f64| (1.0 - t).powi(2) * a + 2.0 * t * (1.0 - t) * c + t * t * b;
    (mix(a.0, c.0, b.0), mix(a.1, c.1, b.1))
}

/// A number on a link, on a patch that hides the link behind it.
pub(super) fn plate(svg: &mut Svg, text: &str, (x, y): Point, size: f64, color: Color) {
    let w = width(text, size, true) + 6.0;
    let patch = Paint::fill(Color::Background).opacity(0.9);
    svg.rect(x - w / 2.0, y - size / 2.0 - 1.0, w, size + 2.0, 4.0, patch);
    svg.text(text, x, y + 0.36 * size, Type::MIDDLE.size(size).bold().color(color));
}
