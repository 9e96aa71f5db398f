//! A state over a parameter: branches, cycles as bands, named points, periods, and the regimes beneath.

use super::axes::{BELOW, Panel, RIGHT, Scale, extent, left_of, padded};
use super::color::{Color, Palette, of_role};
use super::place::{Entry, Frame, Legend, Sign, band, dashes, place, shape, trace};
use super::svg::{Paint, Point, Svg, Type, n};
use super::text::{LEAST, SIZE, number, width as text_width};
use crate::report::section::{Axis, BranchMark, BranchSign, CycleBand, RegimeStretch, Role, Series, Stroke};

/// What is drawn.
pub(super) struct Branches<'a> {
    pub(super) x: &'a Axis,
    pub(super) y: &'a Axis,
    pub(super) range: (f64, f64),
    pub(super) branches: &'a [Series],
    pub(super) cycles: &'a [CycleBand],
    pub(super) period: &'a Axis,
    pub(super) points: &'a [BranchMark],
    pub(super) regimes: &'a [RegimeStretch],
    pub(super) isn: Option<&'a [(f64, f64)]>,
    pub(super) own: Option<f64>,
}

/// Height of the strip of regimes, and of that of inhibition stabilization.
const STRIP: f64 = 22.0;
const THIN: f64 = 9.0;
/// Space between panels.
const GAP: f64 = 10.0;
/// Periods beyond this many times the shortest are cut off: they grow without bound where cycles end.
const LONG: f64 = 8.0;

/// Points up to which each has its name beside it.
const MOST_NAMED: usize = 10;

impl Branches<'_> {
    /// Draws it; the drawing's height.
    pub(super) fn draw(&self, svg: &mut Svg, width: f64, palette: &Palette) -> f64 {
        let inner = (0.42 * width).clamp(170.0, 290.0).round();
        let bands = self.cycles.iter().flat_map(|b| b.high.iter().chain(&b.low));
        let values: Vec<f64> = self.branches.iter().flat_map(|s| &s.y).chain(bands).copied().collect();
        let y = Scale::new(padded(extent(values.iter()), 0.08), inner);
        let periods = self.period_scale();
        let left = left_of(&y).max(periods.as_ref().map_or(0.0, left_of));
        let legend = Legend::new(self.entries(palette), left, width - RIGHT);
        legend.draw(svg);
        let top = legend.height + 8.0;
        let (l, r) = (left, width - RIGHT);
        let x = || Scale::new(self.range, r - l);
        let panel = Panel { frame: [l, top, r, top + inner], x: x(), y };
        panel.grid(svg);
        panel.zero_lines(svg, false);
        if let Some(own) = self.own.filter(|p| *p > self.range.0 && *p < self.range.1) {
            panel.vertical(svg, own, Paint::stroke(Color::Guide, 1.0).dash("2 3"));
        }
        let drawn = self.curves(svg, &panel, palette);
        self.marks(svg, &panel, &drawn);
        let mut below = top + inner;
        if let Some(scale) = periods {
            below += GAP;
            let height = 0.32 * inner;
            let small = Panel { frame: [l, below, r, below + height], x: x(), y: scale };
            small.grid(svg);
            self.periods(svg, &small, palette);
            small.axes_without_x(svg, self.period);
            below += height;
        }
        panel.axes_without_x(svg, self.y);
        below += 6.0;
        self.strip(svg, &panel, below);
        below += STRIP;
        if self.isn.is_some() {
            self.isn_strip(svg, &panel, below + 3.0);
            below += THIN + 3.0;
        }
        panel.x_axis_at(svg, self.x, below + 4.0);
        svg.glass(panel.frame, &panel.scales());
        below + 4.0 + BELOW
    }

    fn color(&self, palette: &Palette) -> Color {
        let first = self.branches.first().map(|s| (s.name.as_str(), s.role));
        first.and_then(|item| palette.colors(&[item]).first().copied()).unwrap_or(of_role(Role::Other))
    }

    fn entries(&self, palette: &Palette) -> Vec<Entry> {
        let color = self.color(palette);
        let entry = |name: &str, sign| Entry { name: name.into(), color, sign };
        let has = |stroke: Stroke| self.branches.iter().any(|s| s.stroke == stroke);
        let mut all = Vec::new();
        if has(Stroke::Solid) {
            all.push(entry("stable steady state", Sign::Line(Stroke::Solid)));
        }
        if has(Stroke::Dashed) {
            all.push(entry("unstable steady state", Sign::Line(Stroke::Dashed)));
        }
        if self.cycles.iter().any(|b| b.stable) {
            all.push(entry("stable cycle, smallest to largest", Sign::Line(Stroke::Band)));
        }
        if self.cycles.iter().any(|b| !b.stable) {
            all.push(entry("unstable cycle", Sign::Line(Stroke::Dotted)));
        }
        all
    }

    /// Bands, then branches; where they run, for labels to keep away from.
    fn curves(&self, svg: &mut Svg, panel: &Panel, palette: &Palette) -> Vec<Point> {
        let color = self.color(palette);
        let mut obstacles = Vec::new();
        for b in self.cycles {
            let (high, low) = (panel.points(&b.x, &b.high), panel.points(&b.x, &b.low));
            if b.stable {
                let edge: Vec<Point> = high.iter().chain(low.iter().rev()).copied().collect();
                svg.polyline(&edge, band(color));
            }
            let dash = if b.stable { "" } else { dashes(Stroke::Dotted) };
            for line in [&high, &low] {
                svg.polyline(line, Paint::stroke(color, 1.3).dash(dash).round(!b.stable));
                obstacles.extend(trace(line));
            }
        }
        for s in self.branches {
            let points = panel.points(&s.x, &s.y);
            let (thick, dash) =
                if s.stroke == Stroke::Solid { (2.6, "") } else { (1.8, dashes(Stroke::Dashed)) };
            svg.polyline(&points, Paint::stroke(color, thick).dash(dash));
            obstacles.extend(trace(&points));
        }
        obstacles
    }

    /// Named points with their words.
    fn marks(&self, svg: &mut Svg, panel: &Panel, obstacles: &[Point]) {
        let frame: Frame = panel.frame;
        let places: Vec<Point> = self.points.iter().map(|m| panel.at(m.x, m.y)).collect();
        let inside = |p: &Point| {
            p.0 >= frame[0] - 1.0 && p.0 <= frame[2] + 1.0 && p.1 >= frame[1] - 1.0 && p.1 <= frame[3] + 1.0
        };
        let mut taken: Vec<Frame> =
            places.iter().map(|p| [p.0 - 5.0, p.1 - 5.0, p.0 + 5.0, p.1 + 5.0]).collect();
        for (m, &at) in self.points.iter().zip(&places).filter(|(_, p)| inside(p)) {
            let tip = format!("{}\n{} {}", m.label, self.x.label, number(m.x, 8));
            svg.group((0.0, 0.0), 1.0, &tip, |g| mark(g, m.sign, at));
        }
        // Many points have no room for words: the first of each name says what the sign means, the table has the rest.
        let crowded = places.iter().filter(|p| inside(p)).count() > MOST_NAMED;
        let mut named: Vec<&str> = Vec::new();
        for (m, &(px, py)) in self.points.iter().zip(&places).filter(|(_, p)| inside(p)) {
            if crowded && named.contains(&m.label.as_str()) {
                continue;
            }
            named.push(&m.label);
            let w = text_width(&m.label, SIZE, false) + 4.0;
            let corners: Vec<Point> = [
                (8.0, -17.0),
                (-w - 8.0, -17.0),
                (8.0, 3.0),
                (-w - 8.0, 3.0),
                (-w / 2.0, -25.0),
                (-w / 2.0, 10.0),
                (14.0, -32.0),
                (-w - 14.0, -32.0),
                (14.0, 18.0),
                (-w - 14.0, 18.0),
            ]
            .iter()
            .map(|(a, b)| (px + a, py + b))
            .collect();
            let ((lx, ly), _) = place(&corners, (w, 15.0), &mut taken, obstacles, frame);
            svg.text(&m.label, lx + 2.0, ly + 12.0, Type::PLAIN.halo());
        }
    }

    /// The scale of periods; None without cycles.
    fn period_scale(&self) -> Option<Scale> {
        let all: Vec<f64> = self.cycles.iter().flat_map(|b| &b.period).copied().collect();
        let (low, high) = extent(all.iter())?;
        Some(Scale::new(padded(Some((0.0_f64.min(low), high.min(LONG * low))), 0.04), 70.0))
    }

    fn periods(&self, svg: &mut Svg, panel: &Panel, palette: &Palette) {
        let color = self.color(palette);
        for b in self.cycles {
            let seen = |(x, y): (&f64, &f64)| {
                if *y <= panel.y.high { panel.at(*x, *y) } else { (f64::NAN, f64::NAN) }
            };
            let points: Vec<Point> = b.x.iter().zip(&b.period).map(seen).collect();
            let dash = if b.stable { "" } else { dashes(Stroke::Dotted) };
            svg.polyline(&points, Paint::stroke(color, 1.8).dash(dash).round(!b.stable));
        }
    }

    /// The regimes: a frame with as many lines as stable steady states and a wave for oscillation, and its word where there is
    /// room.
    fn strip(&self, svg: &mut Svg, panel: &Panel, top: f64) {
        for r in self.regimes {
            let (a, b) = (panel.at(r.from, panel.y.low).0, panel.at(r.to, panel.y.low).0);
            let tip = format!("{}\n{} to {}", r.label, number(r.from, 5), number(r.to, 5));
            svg.group((0.0, 0.0), 1.0, &tip, |g| {
                g.rect(a, top, b - a, STRIP, 0.0, Paint::fill(Color::Panel).outlined(Color::Guide, 0.8));
                glyph(g, r, (a, b), top);
            });
            let w = text_width(&r.label, LEAST, false);
            if w + 30.0 < b - a {
                svg.text(&r.label, 0.5 * (a + b) + 10.0, top + 15.0, Type::MIDDLE.size(LEAST));
            }
        }
    }

    fn isn_strip(&self, svg: &mut Svg, panel: &Panel, top: f64) {
        let [l, _, r, _] = panel.frame;
        svg.line((l, top + THIN), (r, top + THIN), Paint::stroke(Color::Rule, 0.8));
        for &(from, to) in self.isn.unwrap_or(&[]) {
            let (a, b) = (panel.at(from, panel.y.low).0, panel.at(to, panel.y.low).0);
            svg.group((0.0, 0.0), 1.0, "inhibition-stabilized (ISN)", |g| {
                g.rect(a, top, b - a, THIN, 0.0, Paint::fill(Color::Inhibitory(0)).opacity(0.25));
                let mut x = a;
                while x < b {
                    let end = (x + THIN).min(b);
                    g.line(
                        (x, top + THIN),
                        (end, top + THIN - (end - x)),
                        Paint::stroke(Color::Inhibitory(0), 0.9),
                    );
                    x += 5.0;
                }
            });
        }
        svg.text("ISN", l - 5.0, top + THIN - 0.5, Type::END.size(LEAST));
    }
}

/// Lines and a wave at the left end of a stretch, or in the middle of one that has no room for more.
fn glyph(g: &mut Svg, r: &RegimeStretch, (a, b): (f64, f64), top: f64) {
    let middle = top + 0.5 * STRIP;
    let w = 16.0_f64.min(b - a - 3.0);
    if w < 3.0 {
        return;
    }
    let words = text_width(&r.label, LEAST, false) + 30.0 < b - a;
    let left =
        if words { 0.5 * (a + b - text_width(&r.label, LEAST, false)) - 14.0 } else { 0.5 * (a + b - w) };
    let count = r.stable.min(3) + usize::from(r.oscillates);
    for k in 0..count {
        let y = middle + 5.0 * (k as f64 - 0.5 * (count as f64 - 1.0));
        if k < r.stable.min(3) {
            g.line((left, y), (left + w, y), Paint::stroke(Color::Ink, 1.6));
        } else {
            let wave: Vec<Point> = (0..=16)
                .map(|i| {
                    let s = f64::from(i) / 16.0;
                    (left + w * s, y - 2.2 * (2.0 * std::f64::consts::TAU * s).sin())
                })
                .collect();
            g.polyline(&wave, Paint::stroke(Color::Ink, 1.3));
        }
    }
}

/// The sign of a named point.
fn mark(g: &mut Svg, sign: BranchSign, at: Point) {
    let filled = || Paint::fill(Color::Ink).outlined(Color::Background, 0.8);
    let hollow = || Paint::fill(Color::Background).outlined(Color::Ink, 1.5);
    match sign {
        BranchSign::Fold => g.path(&shape(3, at, 46.0), filled()),
        BranchSign::Hopf => g.path(&shape(0, at, 52.0), filled()),
        BranchSign::SubcriticalHopf => g.path(&shape(0, at, 46.0), hollow()),
        BranchSign::Crossing => g.path(&shape(1, at, 52.0), filled()),
        BranchSign::Kink => g.path(&shape(2, at, 52.0), filled()),
        BranchSign::Unresolved => g.path(&shape(2, at, 52.0), hollow()),
        BranchSign::Cycle => g.path(&shape(3, at, 42.0), hollow()),
        BranchSign::InfinitePeriod => g.path(&star(at), filled()),
        BranchSign::Unfinished => {
            for (dx, dy) in [(4.5, 4.5), (4.5, -4.5)] {
                g.line((at.0 - dx, at.1 - dy), (at.0 + dx, at.1 + dy), Paint::stroke(Color::Unstable, 2.4));
            }
        }
    }
}

fn star((x, y): Point) -> String {
    let corner = |k: u32| {
        let r = if k.is_multiple_of(2) { 6.0 } else { 2.5 };
        let angle = std::f64::consts::PI * (f64::from(k) / 5.0 - 0.5);
        format!("{} {}", n(x + r * angle.cos()), n(y + r * angle.sin()))
    };
    format!("M{}Z", (0..10).map(corner).collect::<Vec<_>>().join("L"))
}
