//! Contributions to a sum, stacked over a common axis: positive ones upwards, negative ones downwards.

use super::axes::{BELOW, Panel, RIGHT, Scale, extent, left_of, padded};
use super::color::{Color, Palette};
use super::place::{Entry, Legend, Sign};
use super::svg::{Paint, Svg};
use crate::report::section::{Axis, Series, Stroke};

/// Draws them; the drawing's height.
pub(super) fn draw(
    svg: &mut Svg,
    width: f64,
    palette: &Palette,
    (fx, fy): (&Axis, &Axis),
    series: &[Series],
    total: Option<&Series>,
) -> f64 {
    let items: Vec<_> = series.iter().map(|s| (s.name.as_str(), s.role)).collect();
    let colors = palette.colors(&items);
    let bands = stacked(series);
    let values = bands.iter().flat_map(|b| b.iter().flat_map(|(low, high)| [*low, *high]));
    let values: Vec<f64> =
        values.chain(total.iter().flat_map(|t| t.y.iter().copied())).chain([0.0]).collect();
    let inner = (0.56 * width).min(270.0).round() - BELOW;
    let y = Scale::new(padded(extent(values.iter()), 0.05), inner);
    let left = left_of(&y);
    let mut entries: Vec<Entry> = series
        .iter()
        .zip(&colors)
        .map(|(s, &color)| Entry { name: s.name.clone(), color, sign: Sign::Area })
        .collect();
    entries.extend(total.map(|t| Entry {
        name: t.name.clone(),
        color: Color::Ink,
        sign: Sign::Line(Stroke::Solid),
    }));
    let legend = Legend::new(entries, left, width - RIGHT);
    legend.draw(svg);
    let top = legend.height + 8.0;
    let xs = extent(series.iter().flat_map(|s| &s.x));
    let x = Scale::new(padded(xs, 0.01), width - left - RIGHT);
    let panel = Panel { frame: [left, top, width - RIGHT, top + inner], x, y };
    panel.grid(svg);
    for ((s, band), &color) in series.iter().zip(&bands).zip(&colors) {
        let there = s.x.iter().zip(band).map(|(x, (_, high))| panel.at(*x, *high));
        let back = s.x.iter().zip(band).rev().map(|(x, (low, _))| panel.at(*x, *low));
        svg.polyline(&there.chain(back).collect::<Vec<_>>(), Paint::fill(color).opacity(0.75));
    }
    panel.zero_lines(svg, false);
    if let Some(t) = total {
        svg.polyline(&panel.points(&t.x, &t.y), Paint::stroke(Color::Ink, 1.8));
    }
    panel.axes(svg, fx, fy);
    svg.glass(panel.frame, &panel.scales());
    top + inner + BELOW
}

/// The lower and upper edge of every series' band. A value that is no number adds nothing.
fn stacked(series: &[Series]) -> Vec<Vec<(f64, f64)>> {
    let points = series.iter().map(|s| s.y.len()).max().unwrap_or(0);
    let (mut up, mut down) = (vec![0.0; points], vec![0.0; points]);
    let band = |s: &Series| {
        s.y.iter()
            .enumerate()
            .map(|(k, &v)| {
                let v = if v.is_finite() { v } else { 0.0 };
                let edge: &mut f64 = if v >= 0.0 { &mut up[k] } else { &mut down[k] };
                let from = *edge;
                *edge += v;
                (from.min(*edge), from.max(*edge))
            })
            .collect()
    };
    series.iter().map(band).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::section::Role;

    #[test]
    fn bands_of_a_sign_lie_on_each_other() {
        let one = |y: &[f64]| Series {
            name: String::new(),
            role: Role::Other,
            stroke: Stroke::Solid,
            x: vec![0.0, 1.0],
            y: y.to_vec(),
        };
        let bands = stacked(&[one(&[1.0, -1.0]), one(&[2.0, 3.0]), one(&[f64::NAN, -2.0])]);
        assert_eq!(bands[0], [(0.0, 1.0), (-1.0, 0.0)]);
        assert_eq!(bands[1], [(1.0, 3.0), (0.0, 3.0)]);
        assert_eq!(bands[2], [(3.0, 3.0), (-3.0, -1.0)]);
    }
}
