//! The circuit: populations on a circle, many on an ellipse, links between them.

use super::color::{Color, Palette, of_role};
use super::links::{Head, along, draw_head, link, plate};
use super::place::{COVERED, EVERYWHERE, Entry, Frame, Legend, Sign, place};
use super::svg::{Paint, Point, Svg, Type, n};
use super::text::{LEAST, fitted, number, width as text_width};
use crate::report::limits::CIRCUIT_NUMBERS;
use crate::report::section::{CircuitNode, Link, Role};
use std::f64::consts::PI;

/// How far a self-loop stands out.
const LOOP: f64 = 38.0;

/// Where the populations stand.
struct Layout {
    count: usize,
    radius: f64,
    /// Half the width of the ring, and half its height.
    ring: Point,
    center: Point,
}

impl Layout {
    fn new(count: usize, width: f64, top: f64) -> (Layout, f64) {
        let radius = match count {
            0..=2 => 38.0,
            3..=4 => 35.0,
            _ => 31.0,
        };
        let side = radius + LOOP + 40.0;
        let half = width / 2.0 - side;
        let round = |r: f64| (r, r);
        let ring = match count {
            0 | 1 => round(0.0),
            2 => round(half.min(120.0)),
            3 => round((1.15 * half).min(146.0)),
            4 => round((1.414 * half + 24.0).min(165.0)),
            // Many populations take the width rather than the height that there is.
            _ => (half.min(95.0 + 27.0 * count as f64), half.min(40.0 + 13.0 * count as f64)),
        };
        let around = ring.1 + radius + LOOP + 20.0;
        let (middle, height) = match count {
            0 | 1 => (118.0, 200.0),
            2 => (72.0, 150.0),
            3 => (around, around + ring.1 / 2.0 + radius + 44.0),
            4 => (0.71 * ring.1 + radius + LOOP + 8.0, 1.42 * ring.1 + 2.0 * (radius + LOOP) + 24.0),
            _ => (around, 2.0 * around),
        };
        (Layout { count, radius, ring, center: (width / 2.0, top + middle) }, top + height)
    }
    /// More than can carry a number at every link.
    fn dense(&self) -> bool {
        self.count > 5
    }
    /// The direction outwards at a population.
    fn out(&self, i: usize) -> Point {
        let k = i as f64;
        let angle = match self.count {
            1 => -PI / 2.0,
            2 => PI * (1.0 - k),
            4 => -0.75 * PI + PI / 2.0 * k,
            count => -PI / 2.0 + 2.0 * PI * k / count as f64,
        };
        (angle.cos(), angle.sin())
    }
    fn at(&self, i: usize) -> Point {
        let u = self.out(i);
        (self.center.0 + self.ring.0 * u.0, self.center.1 + self.ring.1 * u.1)
    }
}

/// Draws it; the drawing's height.
pub(super) fn draw(
    svg: &mut Svg,
    width: f64,
    palette: &Palette,
    nodes: &[CircuitNode],
    links: &[Link],
) -> f64 {
    let kinds = [(Head::Arrow, Role::Excitatory, "excitatory"), (Head::Ball, Role::Inhibitory, "inhibitory")];
    let entries = kinds
        .into_iter()
        .filter(|k| nodes.iter().any(|d| d.role == k.1))
        .map(|(head, role, name)| Entry { name: name.into(), color: of_role(role), sign: Sign::Link(head) });
    let legend = Legend::new(entries.collect(), 0.0, width);
    legend.draw(svg);
    let (l, height) = Layout::new(nodes.len(), width, legend.height);
    let mut links: Vec<&Link> = links
        .iter()
        .filter(|k| k.weight.is_finite() && k.weight != 0.0 && k.to.max(k.from) < nodes.len())
        .collect();
    links.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    let most = links.first().map_or(1.0, |k| k.weight.abs());
    let r = l.radius;
    let mut taken: Vec<Frame> =
        (0..nodes.len()).map(|i| l.at(i)).map(|(x, y)| [x - r, y - r, x + r, y + r]).collect();
    let mut words = svg.like();
    for (rank, k) in links.iter().enumerate() {
        let share = (k.weight / most).abs();
        let from = &nodes[k.from];
        // A conductance is positive whoever sends it: the sender's kind says what it does.
        let head = match from.role {
            Role::Inhibitory => Head::Ball,
            Role::Excitatory => Head::Arrow,
            _ => Head::of(k.weight),
        };
        let thick = 1.0 + if l.dense() { 3.0 } else { 4.2 } * share;
        let opacity = if l.dense() { 0.3 + 0.7 * share } else { 1.0 };
        let color = palette.of_kind(Some(&from.name), from.role);
        let (text, size) = (number(k.weight, 3), if l.dense() { 11.0 } else { 12.5 });
        let (w, h) = (text_width(&text, size, true) + 4.0, size + 1.0);
        let tip = format!("{} → {}: {}", from.name, nodes[k.to].name, number(k.weight, 4));
        let mut spots = Vec::new();
        svg.group((0.0, 0.0), opacity, &tip, |g| {
            spots = if k.from == k.to {
                self_link(g, &l, k.from, thick, color, head)
            } else {
                one_link(g, &l, (k.from, k.to), thick, color, head)
            };
        });
        let corners: Vec<Point> = match k.from == k.to {
            true => {
                let out = l.out(k.from);
                spots.iter().map(|s| (s.0 - w / 2.0 + w / 2.0 * out.0, s.1 - h / 2.0 + 7.0 * out.1)).collect()
            }
            false => spots.iter().map(|s| (s.0 - w / 2.0, s.1 - h / 2.0)).collect(),
        };
        let ((x, y), cost) = place(&corners, (w, h), &mut taken, &[], EVERYWHERE);
        if cost < COVERED && (!l.dense() || rank < CIRCUIT_NUMBERS) {
            words.tipped(&tip, |g| plate(g, &text, (x + w / 2.0, y + h / 2.0), size, color));
        } else {
            taken.pop(); // no room: the number is in the table, and under the pointer
        }
    }
    for (i, d) in nodes.iter().enumerate() {
        population(svg, &l, palette, i, d);
    }
    svg.append(words);
    if l.dense() && links.len() > CIRCUIT_NUMBERS {
        let note = format!("numbers at the {CIRCUIT_NUMBERS} strongest links");
        svg.text(&note, width, 16.0, Type::END.size(11.0).soft());
    }
    height
}

/// From one side of the outward direction round to the other; where its number may stand.
fn self_link(g: &mut Svg, l: &Layout, i: usize, thick: f64, color: Color, head: Head) -> Vec<Point> {
    let (at, r) = (l.at(i), l.radius);
    let t = l.out(i).1.atan2(l.out(i).0);
    let on = |s: f64, d: f64| (at.0 + d * (t + s).cos(), at.1 + d * (t + s).sin());
    let size = head.size(thick);
    let tip = on(0.5, r + 2.0);
    let u = (-(t + 0.62).cos(), -(t + 0.62).sin());
    let end = (tip.0 - 0.9 * size * u.0, tip.1 - 0.9 * size * u.1);
    let (a, b, c) = (on(-0.45, r), on(-0.68, r + LOOP + 14.0), on(0.62, r + LOOP + 18.0));
    let way = format!(
        "M{} {}C{} {} {} {} {} {}",
        n(a.0),
        n(a.1),
        n(b.0),
        n(b.1),
        n(c.0),
        n(c.1),
        n(end.0),
        n(end.1)
    );
    g.path(&way, Paint::stroke(color, thick));
    draw_head(g, tip, u, size, color, head);
    vec![on(0.0, 0.24 * r + 0.6 * (r + LOOP + 16.0) + 8.0)] // just beyond the bend
}

/// A link bent to the right of its way, so that a pair of links parts; where its number may stand.
fn one_link(
    g: &mut Svg,
    l: &Layout,
    (from, to): (usize, usize),
    thick: f64,
    color: Color,
    head: Head,
) -> Vec<Point> {
    let (a, b) = (l.at(from), l.at(to));
    let d = (b.0 - a.0).hypot(b.1 - a.1).max(1e-9);
    let u = ((b.0 - a.0) / d, (b.1 - a.1) / d);
    let bend = d * if l.count == 2 { 0.36 } else { 0.2 };
    let c = ((a.0 + b.0) / 2.0 - u.1 * bend, (a.1 + b.1) / 2.0 + u.0 * bend);
    let edge = |p: Point, gap: f64| {
        let e = (c.0 - p.0).hypot(c.1 - p.1).max(1e-9);
        (p.0 + (c.0 - p.0) / e * (l.radius + gap), p.1 + (c.1 - p.1) / e * (l.radius + gap))
    };
    let curve = [edge(a, 0.0), c, edge(b, 2.0)];
    link(g, curve, thick, color, head);
    [0.5, 0.6, 0.4, 0.68, 0.32, 0.75, 0.25].iter().map(|t| along(curve, *t)).collect()
}

fn population(svg: &mut Svg, l: &Layout, palette: &Palette, i: usize, d: &CircuitNode) {
    let ((x, y), r) = (l.at(i), l.radius);
    let mut notes: Vec<String> = Vec::new();
    if d.size > 1 {
        notes.push(format!("n = {}", d.size));
    }
    if !d.note.is_empty() {
        notes.push(d.note.clone());
    }
    let count = notes.len() as f64;
    let inside =
        !notes.is_empty() && 12.0 * count < r && notes.iter().all(|t| text_width(t, LEAST, false) < 1.75 * r);
    let hint = [vec![d.name.clone()], notes.clone()].concat().join("\n");
    svg.group((0.0, 0.0), 1.0, &hint, |g| {
        g.circle((x, y), r, Paint::fill(palette.of_kind(Some(&d.name), d.role)));
        let (name, size) = fitted(&d.name, 1.65 * r, 16.0, LEAST);
        let lift = if inside { -4.0 * (count - 1.0) } else { 5.0 };
        g.text(&name, x, y + lift, Type::MIDDLE.size(size).bold().color(Color::Upon));
        for (k, note) in notes.iter().enumerate() {
            let k = k as f64;
            if inside {
                let words = Type::MIDDLE.size(LEAST).color(Color::Upon);
                g.text(note, x, y + 13.0 - 4.0 * (count - 1.0) + 11.0 * k, words);
            } else {
                g.text(note, x, y + r + 14.0 + 13.0 * k, Type::MIDDLE.size(11.0).halo());
            }
        }
    });
}
