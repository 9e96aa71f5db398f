//! Curves over a common axis.

use super::axes::{BELOW, Panel, RIGHT, Scale, extent, left_of, padded};
use super::color::{Color, Palette, of_role};
use super::place::{Entry, Frame, Legend, Sign, band, dashes, place, trace};
use super::svg::{Paint, Point, Svg, Type};
use super::text::{SIZE, width as text_width};
use crate::report::section::{Axis, Mark, Role, Series, Stroke};

/// Draws them; the drawing's height.
pub(super) fn draw(
    svg: &mut Svg,
    width: f64,
    palette: &Palette,
    (fx, fy): (&Axis, &Axis),
    series: &[Series],
    marks: &[Mark],
) -> f64 {
    let items: Vec<_> = series.iter().map(|s| (s.name.as_str(), s.role, Some(s.stroke))).collect();
    let colors = palette.colors(&items);
    let entries = series.iter().zip(&colors).map(|(s, &color)| Entry {
        name: s.name.clone(),
        color,
        sign: Sign::Line(s.stroke),
    });
    let heights: Vec<f64> = marks.iter().filter_map(|m| m.y).collect();
    let mut ys = extent(series.iter().flat_map(|s| &s.y).chain(&heights));
    if let Some((low, high)) = &mut ys
        && *low > 0.0
        && *low < 0.4 * *high
    {
        *low = 0.0; // rates are read against zero
    }
    let places: Vec<f64> = marks.iter().map(|m| m.x).collect();
    let xs = extent(series.iter().flat_map(|s| &s.x).chain(&places));
    let inner = (0.56 * width).min(270.0).round() - BELOW;
    // Points with a word to them need some room above.
    let y = Scale::new(padded(ys, if heights.is_empty() { 0.05 } else { 0.1 }), inner);
    let left = left_of(&y);
    let legend = Legend::new(if series.len() > 1 { entries.collect() } else { vec![] }, left, width - RIGHT);
    legend.draw(svg);
    let top = legend.height + 8.0;
    let x = Scale::new(padded(xs, 0.01), width - left - RIGHT);
    let panel = Panel { frame: [left, top, width - RIGHT, top + inner], x, y };
    panel.grid(svg);
    panel.zero_lines(svg, false);
    for m in marks.iter().filter(|m| !m.y.is_some_and(f64::is_finite)) {
        panel.vertical(svg, m.x, Paint::stroke(of_role(m.role), 1.0).dash("4 3"));
    }
    let mut drawn: Vec<Vec<Point>> = Vec::new();
    let mut order: Vec<usize> = (0..series.len()).collect();
    // Bands lie under guides, and those under the curves.
    order.sort_by_key(|&k| (series[k].stroke != Stroke::Band, series[k].role != Role::Guide));
    for k in order {
        let s = &series[k];
        let points = panel.points(&s.x, &s.y);
        if s.stroke == Stroke::Band {
            svg.polyline(&points, band(colors[k]));
            continue;
        }
        let thick = if s.role == Role::Guide { 1.3 } else { 2.0 };
        let paint = Paint::stroke(colors[k], thick).dash(dashes(s.stroke)).round(s.stroke == Stroke::Dotted);
        svg.polyline(&points, paint);
        drawn.push(points);
    }
    panel.axes(svg, fx, fy);
    label_marks(svg, &panel, marks, &drawn);
    svg.glass(panel.frame, &panel.scales());
    top + inner + BELOW
}

/// Marked points and lines with their words, where they cover least.
fn label_marks(svg: &mut Svg, panel: &Panel, marks: &[Mark], drawn: &[Vec<Point>]) {
    let frame: Frame = panel.frame;
    let mut obstacles: Vec<Point> = drawn.iter().flat_map(|p| trace(p)).collect();
    let (points, verticals): (Vec<&Mark>, Vec<&Mark>) =
        marks.iter().filter(|m| m.x.is_finite()).partition(|m| m.y.is_some_and(f64::is_finite));
    for m in &verticals {
        let px = panel.at(m.x, panel.y.low).0;
        obstacles.extend(trace(&[(px, frame[1]), (px, frame[3])]));
    }
    let mut taken: Vec<Frame> = Vec::new();
    for m in &points {
        let (px, py) = panel.at(m.x, m.y.unwrap_or(0.0));
        svg.circle((px, py), 4.0, Paint::fill(of_role(m.role)).outlined(Color::Background, 1.2));
        taken.push([px - 5.0, py - 5.0, px + 5.0, py + 5.0]);
    }
    for m in points.into_iter().chain(verticals).filter(|m| !m.label.is_empty()) {
        let w = text_width(&m.label, SIZE, false) + 4.0;
        let px = panel.at(m.x, panel.y.low).0;
        let corners: Vec<Point> = match m.y.filter(|y| y.is_finite()) {
            Some(y) => {
                let py = panel.at(m.x, y).1;
                let around = [
                    (7.0, -17.0),
                    (-w - 7.0, -17.0),
                    (7.0, 3.0),
                    (-w - 7.0, 3.0),
                    (-w / 2.0, -24.0),
                    (-w / 2.0, 9.0),
                    (12.0, -30.0),
                    (-w - 12.0, -30.0),
                    (12.0, 16.0),
                    (-w - 12.0, 16.0),
                ];
                around.iter().map(|(a, b)| (px + a, py + b)).collect()
            }
            None => (0..8)
                .map(|k| frame[1] + 2.0 + 16.0 * f64::from(k))
                .flat_map(|y| [(px + 4.0, y), (px - w - 4.0, y)])
                .collect(),
        };
        let ((lx, ly), _) = place(&corners, (w, 15.0), &mut taken, &obstacles, frame);
        svg.text(&m.label, lx + 2.0, ly + 12.0, Type::PLAIN.halo());
    }
}
