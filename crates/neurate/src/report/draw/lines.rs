//! Curves over a common axis.

use super::axes::{BELOW, Panel, RIGHT, Scale, extent, left_of};
use super::color::{Color, Palette};
use super::place::{Entry, Frame, Legend, Sign, band, dashes, pale, place, trace};
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
    let items: Vec<_> = series.iter().map(|s| (s.name.as_str(), s.role)).collect();
    let colors = palette.colors(&items);
    // What has no point on the scales is not drawn.
    let shown = |axis: &Axis, v: f64| v.is_finite() && (!axis.logarithmic || v > 0.0);
    let drawn = |s: &Series| s.x.iter().zip(&s.y).any(|(x, y)| shown(fx, *x) && shown(fy, *y));
    let entries = series.iter().zip(&colors).filter(|(s, _)| drawn(s)).map(|(s, &color)| Entry {
        name: s.name.clone(),
        color,
        sign: match (s.role, s.stroke) {
            (Role::Guide, Stroke::Solid) => Sign::Thin,
            _ => Sign::Line(s.stroke),
        },
    });
    let heights: Vec<f64> = marks.iter().filter_map(|m| m.y).collect();
    let mut values: Vec<f64> = series.iter().flat_map(|s| &s.y).chain(&heights).copied().collect();
    if !fy.logarithmic
        && let Some((low, high)) = extent(values.iter())
        && low > 0.0
        && low < 0.4 * high
    {
        values.push(0.0); // rates are read against zero
    }
    let inner = (0.56 * width).min(270.0).round() - BELOW;
    // Points with a word to them need some room above.
    let y = Scale::over(fy, values.iter(), if heights.is_empty() { 0.05 } else { 0.1 }, inner);
    let left = left_of(&y);
    let entries = if series.len() > 1 { twins_as_one(entries.collect()) } else { vec![] };
    let legend = Legend::new(entries, left, width - RIGHT);
    legend.draw(svg);
    let top = legend.height + 8.0;
    let places: Vec<f64> = marks.iter().map(|m| m.x).collect();
    let xs = series.iter().flat_map(|s| &s.x).chain(&places);
    let x = Scale::over(fx, xs, 0.01, width - left - RIGHT);
    let panel = Panel { frame: [left, top, width - RIGHT, top + inner], x, y };
    panel.grid(svg);
    panel.zero_lines(svg, false);
    for m in marks.iter().filter(|m| !m.y.is_some_and(f64::is_finite)) {
        panel.vertical(svg, m.x, Paint::stroke(palette.mark(&m.label, m.role), 1.0));
    }
    let mut drawn: Vec<Vec<Point>> = Vec::new();
    for k in order(series) {
        let points = panel.points(&series[k].x, &series[k].y);
        if series[k].stroke == Stroke::Band {
            svg.polyline(&points, band(colors[k]));
            continue;
        }
        curve(svg, &points, series, k, colors[k]);
        drawn.push(points);
    }
    panel.axes(svg, fx, fy);
    label_marks(svg, &panel, palette, marks, &drawn);
    svg.glass(panel.frame, &panel.scales());
    top + inner + BELOW
}

/// Where several curves have a twin in another stroke, `E` and `E (linear)`, one entry says what that stroke means.
fn twins_as_one(entries: Vec<Entry>) -> Vec<Entry> {
    let twin = |e: &Entry| -> Option<(Stroke, String)> {
        let Sign::Line(stroke @ (Stroke::Dashed | Stroke::Dotted)) = e.sign else { return None };
        let of = entries.iter().filter(|o| matches!(o.sign, Sign::Line(Stroke::Solid)) && o.color == e.color);
        let rest = of.filter_map(|o| e.name.strip_prefix(o.name.as_str())).min_by_key(|rest| rest.len())?;
        let word = rest.strip_prefix(", ").or(rest.strip_prefix(" (").and_then(|r| r.strip_suffix(')')))?;
        Some((stroke, word.to_string()))
    };
    let twins: Vec<Option<(Stroke, String)>> = entries.iter().map(twin).collect();
    let mut words: Vec<&(Stroke, String)> = Vec::new();
    for word in twins.iter().flatten() {
        if !words.contains(&word) && twins.iter().flatten().filter(|w| *w == word).count() > 1 {
            words.push(word);
        }
    }
    let own = entries.iter().zip(&twins).filter(|(_, t)| !t.as_ref().is_some_and(|t| words.contains(&t)));
    let mut out: Vec<Entry> = own.map(|(e, _)| e.clone()).collect();
    out.extend(words.into_iter().map(|(stroke, word)| Entry {
        name: word.clone(),
        color: Color::Soft,
        sign: Sign::Line(*stroke),
    }));
    out
}

/// In which order curves are drawn: bands lie under guides, those under what is solid, and theory on top.
fn order(series: &[Series]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..series.len()).collect();
    order.sort_by_key(|&k| {
        let s = &series[k];
        let theory = matches!(s.stroke, Stroke::Dashed | Stroke::Dotted);
        (s.stroke != Stroke::Band, s.role != Role::Guide, theory)
    });
    order
}

/// One curve, so that it is seen where another one has the same course: theory is thin, its gaps show what is below it;
/// of solid curves the earlier one is thicker.
fn curve(svg: &mut Svg, points: &[Point], series: &[Series], k: usize, color: Color) {
    let s = &series[k];
    if s.role == Role::Guide {
        let paint = Paint::stroke(color, 1.2).dash(dashes(s.stroke));
        return svg.polyline(points, paint.round(s.stroke == Stroke::Dotted));
    }
    match s.stroke {
        Stroke::Dashed | Stroke::Dotted => {
            let dash = dashes(s.stroke);
            svg.polyline(points, Paint::stroke(Color::Background, 3.8).dash(dash));
            svg.polyline(points, Paint::stroke(color, 1.8).dash(dash).round(s.stroke == Stroke::Dotted));
        }
        Stroke::Pale => svg.polyline(points, pale(Paint::stroke(color, 1.4))),
        Stroke::Solid | Stroke::Band => {
            let covering =
                series[k + 1..].iter().filter(|o| o.stroke == Stroke::Solid && coincide(s, o)).count();
            let thick = 2.2 + 2.2 * covering.min(2) as f64;
            svg.polyline(points, Paint::stroke(color, thick).round(false));
        }
    }
}

/// Whether two curves over the same abscissae cannot be told apart along most of them.
fn coincide(a: &Series, b: &Series) -> bool {
    if b.role == Role::Guide || a.y.len() != b.y.len() || a.x != b.x {
        return false;
    }
    let Some((low, high)) = extent(a.y.iter().chain(&b.y)) else { return false };
    let close = a.y.iter().zip(&b.y).filter(|(p, q)| (*p - *q).abs() <= 0.006 * (high - low)).count();
    2 * close > a.y.len()
}

/// Marked points and lines with their words, where they cover least.
fn label_marks(svg: &mut Svg, panel: &Panel, palette: &Palette, marks: &[Mark], drawn: &[Vec<Point>]) {
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
        svg.circle(
            (px, py),
            4.0,
            Paint::fill(palette.mark(&m.label, m.role)).outlined(Color::Background, 1.2),
        );
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
