//! Patterns over units as bars, one small panel each.

use super::color::{Color, Palette};
use super::svg::{Paint, Point, Svg, Type};
use super::text::{LEAST, fitted, number, width as text_width};
use crate::report::limits::{DRAWN_NAMES, POINTED_UNITS};
use crate::report::section::Role;

/// The largest finite magnitude of several lists; 1 if there is none.
pub(super) fn largest<'a>(lists: impl Iterator<Item = &'a Vec<f64>>) -> f64 {
    let top = lists.flatten().filter(|v| v.is_finite()).fold(0.0, |a: f64, v| a.max(v.abs()));
    if top > 0.0 { top } else { 1.0 }
}

/// Bars of one pattern in a box of this size; names under them part the bars.
pub(super) fn bars(
    svg: &mut Svg,
    values: &[f64],
    color: impl Fn(usize) -> Color,
    (w, h): Point,
    top: f64,
    named: bool,
) {
    let step = w / values.len().max(1) as f64;
    let wide = if named { (0.75 * step).max(step - 6.0).min(24.0) } else { step.max(0.4) };
    let y = |v: f64| h / 2.0 * (1.0 - v / top);
    svg.line((0.0, h / 2.0), (w, h / 2.0), Paint::stroke(Color::Guide, 0.8));
    for (i, &v) in values.iter().enumerate().filter(|(_, v)| v.is_finite()) {
        let x = (i as f64 + 0.5) * step - wide / 2.0;
        let (from, to) = (y(v.max(0.0)), y(v.min(0.0)));
        svg.rect(x, from, wide, to - from, 0.0, Paint::fill(color(i)).crisp(!named));
    }
}

/// Names under bars, upright where they have no room.
fn names_below(units: &[String], w: f64) -> (f64, bool, f64) {
    let room = w / units.len().max(1) as f64;
    let widest = units.iter().map(|u| text_width(u, NAME, false)).fold(0.0, f64::max);
    let upright = widest > room - 2.0;
    (room, upright, if upright { widest.min(64.0) + 6.0 } else { 16.0 })
}
const NAME: f64 = LEAST;

/// Draws the panels; the drawing's height.
pub(super) fn draw(
    svg: &mut Svg,
    width: f64,
    palette: &Palette,
    units: &[String],
    roles: &[Role],
    patterns: &[(String, Vec<f64>)],
) -> f64 {
    let n = patterns.len().max(1);
    let count = patterns.iter().map(|p| p.1.len()).max().unwrap_or(0);
    let named = count <= DRAWN_NAMES && units.len() == count;
    let top = largest(patterns.iter().map(|p| &p.1));
    let scale = number(top, 2);
    let left = text_width(&format!("−{scale}"), 11.0, false) + 9.0;
    let title = patterns.iter().map(|p| text_width(&p.0, 12.0, true)).fold(0.0, f64::max).min(190.0) + 6.0;
    let room = title.max(if named { (13.0 * count as f64).max(90.0) } else { 140.0 });
    let gap = 16.0;
    let fit = ((width - left + gap) / (room + gap)).floor().clamp(1.0, n as f64) as usize;
    let columns = n.div_ceil(n.div_ceil(fit)); // rows of one length, as far as can be
    let w = (width - left - gap * (columns - 1) as f64) / columns as f64;
    let (_, _, below) = if named { names_below(units, w) } else { (0.0, false, 4.0) };
    let h = 78.0;
    let row = 22.0 + h + below + 10.0;
    let color = |i: usize| {
        let role = roles.get(i).copied().unwrap_or(Role::Unconstrained);
        palette.of_kind(units.get(i).map(String::as_str), role)
    };
    for (k, (name, values)) in patterns.iter().enumerate() {
        let at = (left + (k % columns) as f64 * (w + gap), (k / columns) as f64 * row + 22.0);
        svg.group(at, 1.0, "", |g| {
            let (words, size) = fitted(name, w, 12.0, LEAST);
            g.text(&words, 0.0, -8.0, Type::PLAIN.size(size).bold());
            g.rect(0.0, 0.0, w, h, 0.0, Paint::fill(Color::Panel));
            bars(g, values, color, (w, h), 1.08 * top, named);
            if k % columns == 0 {
                for (t, word) in [(top, scale.clone()), (0.0, "0".into()), (-top, format!("−{scale}"))] {
                    let y = h / 2.0 * (1.0 - t / (1.08 * top)) + 4.0;
                    g.text(&word, -5.0, y, Type::END.size(11.0).soft());
                }
            }
            if named {
                write_names(g, units, (w, h));
            }
            hints(g, name, units, values, (w, h));
        });
    }
    n.div_ceil(columns) as f64 * row
}

fn write_names(g: &mut Svg, units: &[String], (w, h): Point) {
    let (room, upright, _) = names_below(units, w);
    for (i, u) in units.iter().enumerate() {
        let x = (i as f64 + 0.5) * room;
        let (words, size) = fitted(u, if upright { 64.0 } else { room }, NAME, LEAST);
        if upright {
            g.text(&words, x + 3.5, h + 4.0, Type::END.size(size).soft().upright());
        } else {
            g.text(&words, x, h + 12.0, Type::MIDDLE.size(size).soft());
        }
    }
}

/// Words under the pointer, for as many units as can be pointed at.
fn hints(g: &mut Svg, name: &str, units: &[String], values: &[f64], (w, h): Point) {
    if values.len() > POINTED_UNITS {
        return;
    }
    let step = w / values.len().max(1) as f64;
    for (i, v) in values.iter().enumerate() {
        let unit = units.get(i).cloned().unwrap_or_else(|| format!("unit {}", i + 1));
        g.hint(
            [i as f64 * step, 0.0, (i + 1) as f64 * step, h],
            &format!("{name}\n{unit}: {}", number(*v, 4)),
        );
    }
}
