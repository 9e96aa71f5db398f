//! Figures as SVG: one drawing of each kind, for the report's page and for files.
//!
//! A drawing is laid out in units of which 360 make a journal's column of 85 mm; ordinary words are 12 units, 8 pt,
//! high. Nothing is measured by a browser: widths of words are Arial's, from a table.

mod areas;
mod axes;
mod branches;
mod chain;
mod circuit;
mod color;
mod intervals;
mod lines;
mod links;
mod matrix;
mod patterns;
mod phase_plane;
mod place;
mod plane;
mod regimes;
mod svg;
mod text;
mod widths;

pub use color::Theme;
pub(crate) use svg::escape;
pub(crate) use text::{joined, number, superscript, trimmed};

use crate::report::limits::WRITTEN_CELLS;
use crate::report::section::{Figure, Section};
use color::{Color, Palette};
use svg::{Paint, Svg, n};

/// Width of a column in the drawing's units; a wide figure takes two.
const COLUMN: f64 = 360.0;
/// The same on screen: the page's columns are wider.
const PAGE_COLUMN: f64 = 440.0;
/// Cells of a matrix's row whose numbers have room there.
const PAGE_CELLS: usize = 8;
/// Pixels of a unit at which the smallest words have nine.
const LEGIBLE: f64 = 0.84;
/// Millimeters of a column.
const COLUMN_MM: f64 = 85.0;
/// Rim of a figure in a file.
const MARGIN: f64 = 6.0;

/// Draws the figures of one report: the same name has the same color in all of them.
pub struct Artist {
    palette: Palette,
}

impl Artist {
    /// For the figures of these sections.
    pub fn new(sections: &[Section]) -> Artist {
        Artist { palette: Palette::of(sections) }
    }

    /// The figure as an SVG file that stands alone: fonts named with those to take instead, nothing from
    /// outside, print colors on white, 85 mm wide, or 170 mm for a figure with much in it. Title and
    /// caption are inside as `title` and `desc`, not drawn.
    pub fn file(&self, figure: &Figure) -> String {
        let (body, w, h) =
            self.body(figure, Theme::Print, if is_wide(figure) { 2.0 * COLUMN } else { COLUMN });
        let (w, h) = (w + 2.0 * MARGIN, h + 2.0 * MARGIN);
        // A drawing of many parts is wider than two columns: it is made smaller to fit.
        let mm = if is_wide(figure) { 2.0 * COLUMN_MM } else { COLUMN_MM };
        let mut svg = Svg::new(Theme::Print);
        svg.rect(0.0, 0.0, w, h, 0.0, Paint::fill(Color::Background));
        svg.group((MARGIN, MARGIN), 1.0, "", |g| g.append(body));
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" \
             width=\"{}mm\" height=\"{}mm\" viewBox=\"0 0 {} {}\" font-family=\"{}\">\n\
             <title>{}</title>\n<desc>{}</desc>\n{}</svg>\n",
            n(mm),
            n(mm * h / w),
            n(w),
            n(h),
            text::FONT,
            escape(figure.title()),
            escape(figure.caption()),
            svg.into_text()
        )
    }

    /// The figure as an element of the report's page, in the page's colors. Of a wide one there are two drawings: the page
    /// shows the one of a column where it has no more room (`page.css`), so that words stay legible.
    pub(crate) fn inline(&self, figure: &Figure) -> String {
        if !is_wide_on_page(figure) {
            return self.element(figure, PAGE_COLUMN, "");
        }
        let [wide, narrow] = [(2.0 * PAGE_COLUMN, "for-wide"), (PAGE_COLUMN, "for-narrow")];
        self.element(figure, wide.0, wide.1) + &self.element(figure, narrow.0, narrow.1)
    }

    fn element(&self, figure: &Figure, width: f64, class: &str) -> String {
        let (body, w, h) = self.body(figure, Theme::Page, width);
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        // What is wider than its column is moved under it rather than made illegible.
        let least = if w > width + 0.5 && !class.is_empty() {
            format!(" style=\"min-width:{}px\"", n((w * LEGIBLE).round()))
        } else {
            String::new()
        };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\"{class}{least} width=\"{}\" height=\"{}\" viewBox=\"0 0 {0} {1}\" \
             font-family=\"{}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n",
            n(w),
            n(h),
            text::FONT,
            escape(figure.title()),
            body.into_text()
        )
    }

    fn body(&self, figure: &Figure, theme: Theme, width: f64) -> (Svg, f64, f64) {
        let mut svg = Svg::new(theme);
        let palette = &self.palette;
        let height = match figure {
            Figure::Lines { x, y, series, marks, .. } => {
                lines::draw(&mut svg, width, palette, (x, y), series, marks)
            }
            Figure::Areas { x, y, series, total, .. } => {
                areas::draw(&mut svg, width, palette, (x, y), series, total.as_ref())
            }
            Figure::Intervals { x, y, categories, sets, reference, .. } => {
                let drawing = intervals::Intervals { x, y, categories, sets, reference: *reference };
                drawing.draw(&mut svg, width, palette)
            }
            Figure::Plane { x, y, clouds, curves, border, circles, .. } => {
                plane::Plane { x, y, clouds, curves, border: *border, circles }.draw(&mut svg, width, palette)
            }
            Figure::Matrix {
                rows_are, columns_are, row_names, column_names, values, unit, outlined, ..
            } => matrix::Matrix { rows_are, columns_are, row_names, column_names, values, unit, outlined }
                .draw(&mut svg, width),
            Figure::Chain { time_unit, units, nodes, links, .. } => {
                let (w, h) = chain::Chain { time_unit, units, nodes, links }.draw(&mut svg, width, palette);
                return (svg, w, h);
            }
            Figure::Circuit { nodes, links, .. } => circuit::draw(&mut svg, width, palette, nodes, links),
            Figure::PhasePlane {
                x,
                y,
                x_range,
                y_range,
                nullclines,
                driven,
                series,
                manifolds,
                cycles,
                flow,
                points,
                ..
            } => phase_plane::PhasePlane {
                x,
                y,
                ranges: [*x_range, *y_range],
                nullclines,
                driven,
                courses: series,
                manifolds,
                cycles,
                flow,
                points,
            }
            .draw(&mut svg, width, palette),
            Figure::Branches {
                x, y, x_range, branches, cycles, period, points, regimes, isn, own, ..
            } => branches::Branches {
                x,
                y,
                range: *x_range,
                branches,
                cycles,
                period,
                points,
                regimes,
                isn: isn.as_deref(),
                own: *own,
            }
            .draw(&mut svg, width, palette),
            Figure::Regimes { x, y, x_range, y_range, areas, lines, points, own, .. } => {
                let ranges = [*x_range, *y_range];
                regimes::Regimes { x, y, ranges, areas, lines, points, own: *own }.draw(&mut svg, width)
            }
            Figure::Patterns { units, roles, patterns, .. } => {
                patterns::draw(&mut svg, width, palette, units, roles, patterns)
            }
        };
        (svg, width, height)
    }
}

/// Whether a figure takes the page's whole width: columns there are wider than in print, and hold matrices of eight.
pub(crate) fn is_wide_on_page(figure: &Figure) -> bool {
    match figure {
        Figure::Matrix { values, .. } if values.first().is_some_and(|row| row.len() <= PAGE_CELLS) => false,
        _ => is_wide(figure),
    }
}

/// Whether a figure needs two columns: numbers in the cells of a middling matrix, drawings of many parts.
fn is_wide(figure: &Figure) -> bool {
    match figure {
        Figure::Lines { .. } | Figure::Plane { .. } | Figure::Areas { .. } | Figure::PhasePlane { .. } => {
            false
        }
        Figure::Branches { .. } | Figure::Regimes { .. } => true,
        Figure::Circuit { nodes, .. } => nodes.len() > 5,
        Figure::Matrix { values, .. } => (8..=WRITTEN_CELLS).contains(&values.first().map_or(0, Vec::len)),
        Figure::Chain { nodes, .. } => nodes.len() > 2,
        Figure::Patterns { patterns, .. } => patterns.len() > 6,
        Figure::Intervals { categories, sets, .. } => categories.len() * sets.len() > 24,
    }
}
