//! A matrix of signed numbers as a heat map; small ones with the numbers written in.

use super::color::{Color, diverging, is_dark};
use super::svg::{Paint, Point, Svg, Type};
use super::text::{LEAST, SIZE, joined, number, shorten, width as text_width};
use crate::report::limits::{CELL_RECTANGLES, DRAWN_NAMES, WRITTEN_CELLS};
use base64::Engine;

/// A matrix with its names.
pub(super) struct Matrix<'a> {
    pub(super) rows_are: &'a str,
    pub(super) columns_are: &'a str,
    pub(super) row_names: &'a [String],
    pub(super) column_names: &'a [String],
    pub(super) values: &'a [Vec<f64>],
    pub(super) unit: &'a str,
    pub(super) outlined: &'a [(usize, usize, String)],
}

/// Where things are.
struct Layout {
    rows: usize,
    columns: usize,
    cell: f64,
    left: f64,
    top: f64,
    turned: bool,
}

impl Layout {
    fn width(&self) -> f64 {
        self.cell * self.columns as f64
    }
    fn height(&self) -> f64 {
        self.cell * self.rows as f64
    }
    fn corner(&self, i: usize, j: usize) -> Point {
        (self.left + j as f64 * self.cell, self.top + i as f64 * self.cell)
    }
    /// The bottom of the matrix, or of the color bar beside a low one.
    fn end(&self) -> f64 {
        self.top + self.height().max(BAR_LEAST)
    }
}

const BAR_LEAST: f64 = 74.0;

impl Matrix<'_> {
    fn row_name(&self, i: usize) -> String {
        self.row_names.get(i).cloned().unwrap_or_else(|| (i + 1).to_string())
    }
    fn column_name(&self, j: usize) -> String {
        self.column_names.get(j).cloned().unwrap_or_else(|| (j + 1).to_string())
    }
    fn value(&self, i: usize, j: usize) -> f64 {
        self.values[i].get(j).copied().unwrap_or(f64::NAN)
    }
    fn cells(&self, l: &Layout) -> impl Iterator<Item = (usize, usize, f64)> {
        let columns = l.columns;
        (0..l.rows)
            .flat_map(move |i| (0..columns).map(move |j| (i, j)))
            .map(|(i, j)| (i, j, self.value(i, j)))
    }
    /// The largest finite magnitude: the ends of the colors.
    fn top(&self) -> f64 {
        let top =
            self.values.iter().flatten().filter(|v| v.is_finite()).fold(0.0, |a: f64, v| a.max(v.abs()));
        if top > 0.0 { top } else { 1.0 }
    }

    fn layout(&self, width: f64) -> Layout {
        let rows = self.values.len();
        let columns = self.values.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |n: usize, name: &dyn Fn(usize) -> String| {
            named(n).into_iter().map(|k| text_width(&name(k), SIZE, false)).fold(0.0, f64::max)
        };
        let names = widest(rows, &|i| self.row_name(i)).min(100.0);
        let heads = widest(columns, &|j| self.column_name(j)).min(90.0);
        let left = names + 32.0;
        let room = (width - left - self.bar_room()).max(20.0);
        let tall = if columns <= WRITTEN_CELLS { 560.0_f64.min(0.95 * width) } else { 0.95 * width };
        let cell = (room / columns.max(1) as f64).min(tall / rows.max(1) as f64).min(64.0);
        let apart = cell * (columns as f64 / named(columns).len().max(1) as f64).max(1.0);
        let turned = heads > apart - 4.0;
        let shift = ((room - cell * columns as f64) / 2.0).max(0.0);
        let top = 24.0 + if turned { heads + 8.0 } else { 18.0 };
        Layout { rows, columns, cell, left: left + shift, top, turned }
    }

    fn bar_room(&self) -> f64 {
        let numbers = text_width(&number(-self.top(), 3), SIZE, false);
        30.0 + numbers.max(text_width(self.unit, SIZE, false) - 14.0) + 6.0
    }

    /// Draws it; the drawing's height.
    pub(super) fn draw(&self, svg: &mut Svg, width: f64) -> f64 {
        let l = self.layout(width);
        self.names(svg, &l);
        // What is no number stays gray.
        let (x, y) = l.corner(0, 0);
        svg.rect(x, y, l.width(), l.height(), 0.0, Paint::fill(Color::Rule));
        if l.rows * l.columns <= CELL_RECTANGLES {
            self.rectangles(svg, &l);
        } else if let Some(png) = self.picture(&l) {
            svg.cells(x, y, l.width(), l.height(), &png);
            svg.glass(
                [x, y, x + l.width(), y + l.height()],
                &format!("data-rows=\"{}\" data-columns=\"{}\"", l.rows, l.columns),
            );
        }
        svg.rect(x, y, l.width(), l.height(), 0.0, Paint::stroke(Color::Guide, 1.0));
        // Numbers of narrow cells reach to their edges.
        let rim = (l.cell / 4.0).min(if l.cell < 45.0 { 1.8 } else { 2.6 });
        for (i, j, _) in self.outlined.iter().filter(|o| o.0 < l.rows && o.1 < l.columns) {
            let (x, y) = l.corner(*i, *j);
            let inner = (l.cell - rim).max(0.8);
            svg.rect(x + rim / 2.0, y + rim / 2.0, inner, inner, 0.0, Paint::stroke(DARK, rim));
        }
        self.bar(svg, &l);
        self.reasons(svg, &l, width)
    }

    fn names(&self, svg: &mut Svg, l: &Layout) {
        let (x, y) = l.corner(0, 0);
        svg.text(self.columns_are, x + l.width() / 2.0, 12.0, Type::MIDDLE.soft());
        let names = named(l.rows).into_iter().map(|i| text_width(&self.row_name(i), SIZE, false));
        let room = names.fold(0.0, f64::max).min(100.0);
        svg.text(self.rows_are, x - room - 18.0, y + l.height() / 2.0, Type::MIDDLE.soft().upright());
        for j in named(l.columns) {
            let at = x + (j as f64 + 0.5) * l.cell;
            if l.turned {
                let name = shorten(&self.column_name(j), 90.0, SIZE);
                svg.text(&name, at + 4.0, y - 6.0, Type::PLAIN.upright());
            } else {
                svg.text(&self.column_name(j), at, y - 6.0, Type::MIDDLE);
            }
        }
        for i in named(l.rows) {
            let name = shorten(&self.row_name(i), 100.0, SIZE);
            svg.text(&name, x - 6.0, y + (i as f64 + 0.5) * l.cell + 4.0, Type::END);
        }
    }

    fn rectangles(&self, svg: &mut Svg, l: &Layout) {
        let top = self.top();
        let written = l.rows <= WRITTEN_CELLS && l.columns <= WRITTEN_CELLS;
        let short = self.short_numbers(top);
        let longest = self
            .cells(l)
            .filter(|c| c.2.is_finite())
            .map(|c| text_width(&short(c.2), 10.0, false))
            .fold(1.0, f64::max);
        let size = (10.0 * (l.cell - 5.0) / longest).min(14.0).min(0.5 * l.cell);
        for (i, j, v) in self.cells(l).filter(|c| c.2.is_finite()) {
            let (x, y) = l.corner(i, j);
            let color = diverging(v / top);
            let cell = Paint::fill(color);
            let reason = self.outlined.iter().find(|o| (o.0, o.1) == (i, j));
            let tip = format!(
                "{} {}, {} {}\n{}{}",
                self.rows_are,
                self.row_name(i),
                self.columns_are,
                self.column_name(j),
                joined(&number(v, 4), self.unit),
                reason.map_or(String::new(), |r| format!("\n{}", r.2)),
            );
            svg.group((0.0, 0.0), 1.0, &tip, |g| {
                if written {
                    g.rect(x, y, l.cell, l.cell, 0.0, cell.outlined(Color::Background, 1.2));
                } else {
                    g.rect(x, y, l.cell, l.cell, 0.0, cell.crisp(true));
                }
                if written && size >= LEAST {
                    let ink = if is_dark(color) { Color::Rgb(255, 255, 255) } else { DARK };
                    let at = (x + l.cell / 2.0, y + l.cell / 2.0 + 0.36 * size);
                    g.text(&short(v), at.0, at.1, Type::MIDDLE.size(size).color(ink));
                }
            });
        }
    }

    /// As many decimals as give the largest number three digits; a number lost by that keeps one.
    fn short_numbers(&self, top: f64) -> impl Fn(f64) -> String {
        let places = 10_f64.powf((2.0 - top.log10().floor()).clamp(0.0, 300.0));
        move |v: f64| {
            let rounded = (v * places).round() / places;
            let text = if rounded == 0.0 { number(v, 1) } else { number(rounded, 4) };
            if text.contains('×') && top >= 1e-2 { "≈0".into() } else { text }
        }
    }

    /// The cells as one PNG of 255 shades (index 255 is no number), in base 64.
    fn picture(&self, l: &Layout) -> Option<String> {
        let top = self.top();
        let mut palette = Vec::with_capacity(768);
        for k in 0..255 {
            if let Color::Rgb(r, g, b) = diverging((f64::from(k) - 127.0) / 127.0) {
                palette.extend([r, g, b]);
            }
        }
        palette.extend([0xd9, 0xde, 0xe5]);
        let shade = |v: f64| if v.is_finite() { (127.0 + (127.0 * v / top).round()) as u8 } else { 255 };
        let pixels: Vec<u8> = self.cells(l).map(|c| shade(c.2)).collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, l.columns as u32, l.rows as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette);
        encoder.write_header().ok()?.write_image_data(&pixels).ok()?;
        Some(base64::engine::general_purpose::STANDARD.encode(bytes))
    }

    /// The colors' bar, as high as the matrix within reason, zero in the middle.
    fn bar(&self, svg: &mut Svg, l: &Layout) {
        const STEPS: usize = 60;
        let height = l.height().clamp(BAR_LEAST - 14.0, 180.0);
        let x = l.left + l.width() + 16.0;
        let y = l.top + (l.height().max(BAR_LEAST) - height) / 2.0;
        for k in 0..STEPS {
            let color = diverging(1.0 - 2.0 * (k as f64 + 0.5) / STEPS as f64);
            let (step, at) = (height / STEPS as f64, k as f64 / STEPS as f64);
            svg.rect(x, y + at * height, 11.0, step + 0.3, 0.0, Paint::fill(color).crisp(true));
        }
        let top = self.top();
        for (v, at) in [(top, 0.0), (0.0, 0.5), (-top, 1.0)] {
            svg.text(&number(v, 3), x + 16.0, y + at * height + 4.0, Type::PLAIN);
        }
        svg.text(self.unit, x, y - 9.0, Type::PLAIN.soft());
    }

    /// Why cells are outlined; the drawing's height.
    fn reasons(&self, svg: &mut Svg, l: &Layout, width: f64) -> f64 {
        let mut reasons: Vec<&str> = Vec::new();
        for (_, _, reason) in self.outlined {
            if !reasons.contains(&reason.as_str()) && reasons.len() < 4 {
                reasons.push(reason);
            }
        }
        let mut y = l.end() + 10.0;
        for reason in reasons {
            svg.rect(4.0, y, 10.0, 10.0, 0.0, Paint::stroke(Color::Ink, 2.0));
            for line in wrapped(reason, width - 24.0) {
                svg.text(&line, 22.0, y + 9.0, Type::PLAIN);
                y += 16.0;
            }
        }
        y
    }
}

const DARK: Color = Color::Rgb(0x1b, 0x21, 0x2c);

/// Which rows are named: all of a few, else about every fifth of the range.
fn named(n: usize) -> Vec<usize> {
    if n <= DRAWN_NAMES {
        return (0..n).collect();
    }
    let step =
        [10, 20, 50, 100, 200, 500, 1000, 2000, 5000].into_iter().find(|s| n / s <= 6).unwrap_or(10_000);
    std::iter::once(0).chain((step..=n).step_by(step).map(|k| k - 1)).collect()
}

/// Words in lines of this width.
pub(super) fn wrapped(text: &str, room: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is one");
        let joined = if line.is_empty() { word.to_string() } else { format!("{line} {word}") };
        if line.is_empty() || text_width(&joined, SIZE, false) <= room {
            *line = joined;
        } else {
            lines.push(word.to_string());
        }
    }
    lines
}
