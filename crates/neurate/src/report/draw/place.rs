//! Labels that keep out of each other's way, and legends.

use super::color::Color;
use super::links::{Head, link};
use super::svg::{Paint, Point, Svg, Type};
use super::text::{SIZE, shorten, width};
use crate::report::section::Stroke;

/// A box: left, top, right, bottom.
pub(super) type Frame = [f64; 4];
/// Where anything goes.
pub(super) const EVERYWHERE: Frame = [-1e9, -1e9, 1e9, 1e9];
/// What a label costs that covers another.
pub(super) const COVERED: f64 = 300.0;

/// Where a label of this size goes: the first of the candidate corners that is cheapest in crossed
/// curves, covered labels and clipped edges; and its cost. `taken` gets the new box.
pub(super) fn place(
    corners: &[Point],
    (w, h): Point,
    taken: &mut Vec<Frame>,
    obstacles: &[Point],
    frame: Frame,
) -> (Point, f64) {
    let mut best = ((0.0, 0.0), f64::INFINITY);
    for (i, &(x, y)) in corners.iter().enumerate() {
        let over = |[l, t, r, b]: Frame| x < r && x + w > l && y < b && y + h > t;
        let outside = (frame[0] - x).max(0.0)
            + (frame[1] - y).max(0.0)
            + (x + w - frame[2]).max(0.0)
            + (y + h - frame[3]).max(0.0);
        let covered = taken.iter().filter(|t| over(**t)).count() as f64;
        let near = |p: &&Point| p.0 > x - 2.0 && p.0 < x + w + 2.0 && p.1 > y - 2.0 && p.1 < y + h + 2.0;
        let crossed = obstacles.iter().filter(near).count() as f64;
        let cost = 0.6 * i as f64 + 20.0 * outside + COVERED * covered + 3.0 * crossed;
        if cost < best.1 {
            best = ((x, y), cost);
        }
    }
    let (x, y) = best.0;
    taken.push([x, y, x + w, y + h]);
    best
}

/// A curve as points a few units apart, for labels to keep away from.
pub(super) fn trace(points: &[Point]) -> Vec<Point> {
    let mut out = Vec::new();
    for (i, &(x, y)) in points.iter().enumerate() {
        let (a, b) = if i == 0 { (x, y) } else { points[i - 1] };
        let steps = ((x - a).hypot(y - b) / 5.0).ceil();
        let steps = if steps.is_finite() { (steps as usize).clamp(1, 200) } else { 1 };
        for k in 1..=steps {
            let t = k as f64 / steps as f64;
            let p = (a + t * (x - a), b + t * (y - b));
            if p.0.is_finite() && p.1.is_finite() {
                out.push(p);
            }
        }
    }
    out
}

/// The dashes of a line.
pub(super) fn dashes(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Solid | Stroke::Band | Stroke::Pale => "",
        Stroke::Dashed => "7 4",
        Stroke::Dotted => "1.5 4",
    }
}

/// How a band is filled: so that curves and other bands are seen through it.
pub(super) fn band(color: Color) -> Paint {
    Paint::fill(color).opacity(0.22)
}

/// What is only there for a while: a nullcline under a stimulus.
pub(super) fn pale(paint: Paint) -> Paint {
    paint.opacity(0.5)
}

/// A thing's sign in a legend.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sign {
    Line(Stroke),
    Thin,
    Pale,
    Shape(usize),
    Link(Head),
    Area,
}

/// One entry of a legend.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) color: Color,
    pub(super) sign: Sign,
}

/// A legend in rows, laid out from `left` to `right`.
pub(super) struct Legend {
    entries: Vec<(Entry, Point)>,
    /// What it takes from the top of the drawing.
    pub(super) height: f64,
}

const SWATCH: f64 = 26.0;
const ROW: f64 = 18.0;

impl Legend {
    pub(super) fn new(mut entries: Vec<Entry>, left: f64, right: f64) -> Legend {
        let mut seen: Vec<String> = Vec::new();
        entries.retain(|e| {
            !seen.contains(&e.name) && {
                seen.push(e.name.clone());
                true
            }
        });
        let (mut x, mut y) = (left, 0.0);
        let mut placed = Vec::new();
        for mut e in entries {
            e.name = shorten(&e.name, right - left - SWATCH, SIZE);
            let w = SWATCH + width(&e.name, SIZE, false);
            if x > left && x + w > right {
                (x, y) = (left, y + ROW);
            }
            placed.push((e, (x, y + 12.0)));
            x += w + 16.0;
        }
        let height = if placed.is_empty() { 0.0 } else { y + ROW + 6.0 };
        Legend { entries: placed, height }
    }

    pub(super) fn draw(&self, svg: &mut Svg) {
        for (e, at) in &self.entries {
            svg.group(*at, 1.0, "", |g| {
                match e.sign {
                    Sign::Line(Stroke::Pale) => {
                        g.line((0.0, 0.0), (20.0, 0.0), pale(Paint::stroke(e.color, 1.4)));
                    }
                    Sign::Line(Stroke::Band) => g.rect(2.0, -5.0, 18.0, 10.0, 1.0, band(e.color)),
                    Sign::Line(s) => g.line(
                        (0.0, 0.0),
                        (20.0, 0.0),
                        Paint::stroke(e.color, 2.2).dash(dashes(s)).round(s == Stroke::Dotted),
                    ),
                    Sign::Thin => g.line((0.0, 0.0), (20.0, 0.0), Paint::stroke(e.color, 1.4)),
                    Sign::Pale => g.line((0.0, 0.0), (20.0, 0.0), pale(Paint::stroke(e.color, 1.8))),
                    Sign::Shape(k) => g.path(&shape(k, (11.0, 0.0), 55.0), shape_paint(k, e.color, 1.6)),
                    Sign::Link(head) => {
                        link(g, [(0.0, 0.0), (10.0, 0.0), (21.0, 0.0)], 2.0, e.color, head);
                    }
                    Sign::Area => g.rect(3.0, -5.0, 15.0, 10.0, 1.0, Paint::fill(e.color).opacity(0.75)),
                }
                g.text(&e.name, SWATCH, 4.0, Type::PLAIN);
            });
        }
    }
}

/// The k-th shape of points, of this area: circle, diamond, triangle, square.
pub(super) fn shape(k: usize, (x, y): Point, area: f64) -> String {
    use super::svg::n;
    let polygon = |corners: &[Point]| {
        let p: Vec<String> = corners.iter().map(|(a, b)| format!("{} {}", n(x + a), n(y + b))).collect();
        format!("M{}Z", p.join("L"))
    };
    match k % 4 {
        0 => {
            let r = (area / std::f64::consts::PI).sqrt();
            let (r, left, d) = (n(r), n(x - r), n(2.0 * r));
            format!("M{left} {}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0Z", n(y))
        }
        1 => {
            let t = (1.0_f64 / 3.0).sqrt();
            let h = (area / (2.0 * t)).sqrt();
            polygon(&[(0.0, -h), (h * t, 0.0), (0.0, h), (-h * t, 0.0)])
        }
        2 => {
            let s = 3.0_f64.sqrt();
            let h = (area / (3.0 * s)).sqrt();
            polygon(&[(0.0, -2.0 * h), (s * h, h), (-s * h, h)])
        }
        _ => {
            let h = area.sqrt() / 2.0;
            polygon(&[(-h, -h), (h, -h), (h, h), (-h, h)])
        }
    }
}

/// Every second shape is hollow.
pub(super) fn shape_paint(k: usize, color: Color, rim: f64) -> Paint {
    if k % 2 == 1 {
        Paint::fill(Color::Clear).outlined(color, 1.4)
    } else {
        Paint::fill(color).outlined(Color::Background, rim.min(0.6))
    }
}
