//! Schur modes as a feedforward chain: the last mode, the source, at the left; the first, driven one at
//! the right.

use super::color::{Color, Palette};
use super::links::{Head, along, draw_head, link, plate};
use super::patterns::{bars, largest};
use super::place::{COVERED, EVERYWHERE, place};
use super::svg::{Paint, Svg, Type, n};
use super::text::{LEAST, SIZE, fitted, joined, number, width as text_width};
use crate::report::section::{ChainNode, Link};

/// The modes and what they are made of.
pub(super) struct Chain<'a> {
    pub(super) time_unit: &'a str,
    pub(super) units: &'a [String],
    pub(super) nodes: &'a [ChainNode],
    pub(super) links: &'a [Link],
}

const GAP_LEAST: f64 = 52.0;
/// Units up to which their names stand under the bars.
const NAMES: usize = 4;
/// A box is made no wider for them.
const WIDEST_BOX: f64 = 160.0;

/// Where the boxes stand.
struct Layout {
    box_width: f64,
    box_height: f64,
    pitch: f64,
    first: f64,
    count: usize,
    top: f64,
}

impl Layout {
    fn x(&self, i: usize) -> f64 {
        self.first + (self.count - 1 - i) as f64 * self.pitch
    }
    /// How high a link over `span` boxes rises.
    fn lift(span: usize) -> f64 {
        26.0 + 30.0 * (span as f64 - 1.0)
    }
}

impl Chain<'_> {
    fn tau(&self, d: &ChainNode) -> String {
        let tau = if d.tau.is_finite() { number(d.tau, 3) } else { "∞".into() };
        format!("τ = {}", joined(&tau, self.time_unit))
    }
    fn named(&self) -> bool {
        (1..=12).contains(&self.units.len())
    }

    /// Width of a box in which the names of few units stand whole.
    fn names_room(&self) -> f64 {
        let count = self.units.len();
        if !self.named() || count > NAMES {
            return 0.0;
        }
        let widest = self.units.iter().map(|u| text_width(u, LEAST, false)).fold(0.0, f64::max);
        (count as f64 * (widest + 5.0) + 16.0).min(WIDEST_BOX)
    }

    /// Draws it; the drawing's width, which many modes make larger, and height.
    pub(super) fn draw(&self, svg: &mut Svg, width: f64, palette: &Palette) -> (f64, f64) {
        let count = self.nodes.len();
        if count == 0 {
            return (width, 20.0);
        }
        let links: Vec<&Link> = self
            .links
            .iter()
            .filter(|l| l.weight.is_finite() && l.weight != 0.0 && l.to != l.from && l.to.max(l.from) < count)
            .collect();
        let words = self.nodes.iter().map(|d| {
            text_width(&d.name, 13.0, true).min(150.0).max(text_width(&self.tau(d), SIZE, false)) + 18.0
        });
        let least = words.fold(if count <= 3 { 104.0 } else { 92.0 }, f64::max);
        let all = |box_width: f64| count as f64 * box_width + (count as f64 - 1.0) * GAP_LEAST + 16.0;
        let named = least.max(self.names_room());
        let box_width = if all(named) <= width { named } else { least };
        let wide = width.max(all(box_width));
        let pitch = if count > 1 {
            ((wide - 16.0 - box_width) / (count as f64 - 1.0)).min(box_width + 170.0)
        } else {
            0.0
        };
        let forth = links.iter().filter(|l| l.from > l.to).map(|l| l.from - l.to).max().unwrap_or(1);
        let l = Layout {
            box_width,
            box_height: if self.named() && self.units.len() <= NAMES { 116.0 } else { 104.0 },
            pitch,
            first: (wide - box_width - pitch * (count as f64 - 1.0)) / 2.0,
            count,
            top: if forth > 1 { Layout::lift(forth) + 14.0 } else { 8.0 },
        };
        let back = links.iter().any(|k| k.from < k.to);
        let height = l.top + l.box_height + 52.0 + if back { 22.0 } else { 0.0 };
        let top = largest(self.nodes.iter().map(|d| &d.pattern));
        for (i, d) in self.nodes.iter().enumerate() {
            let hint = format!("{}: {}, {}", d.name, lambda(d), self.tau(d));
            svg.group((l.x(i), l.top), 1.0, &hint, |g| self.mode(g, d, &l, palette, top));
        }
        self.links(svg, links, &l);
        (wide, height)
    }

    fn mode(&self, g: &mut Svg, d: &ChainNode, l: &Layout, palette: &Palette, top: f64) {
        let (w, h) = (l.box_width, l.box_height);
        // The self-loop first, under the box: the mode's own eigenvalue.
        let (a, b) = (w / 2.0, h + 34.0);
        let way = format!(
            "M{} {}C{} {b} {} {b} {} {}",
            n(a - 17.0),
            n(h),
            n(a - 30.0),
            n(a + 30.0),
            n(a + 19.0),
            n(h + 8.0)
        );
        g.path(&way, Paint::stroke(Color::Soft, 1.4));
        draw_head(g, (a + 17.0, h + 1.0), (-0.25, -0.97), 8.0, Color::Soft, Head::Arrow);
        g.text(&lambda(d), a, h + 43.0, Type::MIDDLE.halo());
        g.rect(0.0, 0.0, w, h, 7.0, Paint::fill(Color::Panel).outlined(Color::Guide, 1.1));
        let (name, size) = fitted(&d.name, w - 8.0, 13.0, LEAST);
        g.text(&name, a, 18.0, Type::MIDDLE.size(size).bold());
        let inner = (w - 16.0, 46.0);
        let color = |i: usize| palette.unit(self.units.get(i).map_or("", String::as_str));
        g.group((8.0, 26.0), 1.0, "", |g| {
            bars(g, &d.pattern, color, inner, top, self.named());
            let room = inner.0 / self.units.len().max(1) as f64;
            if self.named() && self.units.len() <= NAMES {
                for (k, u) in self.units.iter().enumerate() {
                    let x = (k as f64 + 0.5) * room;
                    let (name, size) = fitted(u, room - 1.0, LEAST, LEAST);
                    g.text(&name, x, inner.1 + 12.0, Type::MIDDLE.size(size).soft());
                }
            }
        });
        g.text(&self.tau(d), a, h - 10.0, Type::MIDDLE);
    }

    fn links(&self, svg: &mut Svg, mut links: Vec<&Link>, l: &Layout) {
        links.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
        let most = links.first().map_or(1.0, |l| l.weight.abs());
        let mut taken = Vec::new();
        let mut words = svg.like();
        for k in links {
            let thick = 1.0 + 4.0 * (k.weight / most).abs();
            let (from, to) = (l.x(k.from), l.x(k.to));
            let (curve, label) = if k.from == k.to + 1 {
                let y = l.top + 49.0;
                let curve = [
                    (from + l.box_width + 3.0, y),
                    (from / 2.0 + l.box_width / 2.0 + to / 2.0, y),
                    (to - 4.0, y),
                ];
                (curve, ((from + l.box_width + to) / 2.0, y - 9.0 - thick / 2.0))
            } else {
                let up = k.from > k.to;
                let edge = if up { l.top - 3.0 } else { l.top + l.box_height + 3.0 };
                let dip = 2.0 * if up { -Layout::lift(k.from - k.to) } else { 44.0 };
                let share = if up { (0.62, 0.38) } else { (0.3, 0.7) };
                let curve = [
                    (from + share.0 * l.box_width, edge),
                    ((from + to + l.box_width) / 2.0, edge + dip),
                    (to + share.1 * l.box_width, edge),
                ];
                let at = along(curve, 0.5);
                (curve, (at.0, at.1 + if up { 4.0 } else { 12.0 }))
            };
            let text = number(k.weight, 3);
            let tip =
                format!("{} → {}: {}", self.nodes[k.from].name, self.nodes[k.to].name, number(k.weight, 4));
            svg.group((0.0, 0.0), 1.0, &tip, |g| link(g, curve, thick, Color::Ink, Head::Arrow));
            let w = text_width(&text, SIZE, true) + 6.0;
            let corner = [(label.0 - w / 2.0, label.1 - 10.0)];
            if place(&corner, (w, 13.0), &mut taken, &[], EVERYWHERE).1 < COVERED {
                plate(&mut words, &text, (label.0, label.1 - 4.0), SIZE, Color::Ink);
            } else {
                taken.pop(); // no room: the number is in the table, and under the pointer
            }
        }
        svg.append(words);
    }
}

fn lambda(d: &ChainNode) -> String {
    let imaginary = match d.im {
        im if !im.is_finite() || im == 0.0 => String::new(),
        im => format!(" {} {}i", if im < 0.0 { '−' } else { '+' }, number(im.abs(), 3)),
    };
    format!("λ = {}{imaginary}", number(d.re, 3))
}
