//! A regime map: regions filled and labeled in words, curves by their kind, lettered points.

use super::axes::{BELOW, Panel, RIGHT, Scale, left_of};
use super::color::Color;
use super::place::{Entry, Frame, Legend, Sign, dashes, place, shape, trace};
use super::svg::{Paint, Point, Svg, Type, n};
use super::text::{LEAST, SIZE, number, width as text_width};
use crate::report::section::{Axis, MapArea, MapLine, MapLineKind, MapMark, Stroke};

/// What is drawn.
pub(super) struct Regimes<'a> {
    pub(super) x: &'a Axis,
    pub(super) y: &'a Axis,
    pub(super) ranges: [(f64, f64); 2],
    pub(super) areas: &'a [MapArea],
    pub(super) lines: &'a [MapLine],
    pub(super) points: &'a [MapMark],
    pub(super) own: Option<(f64, f64)>,
}

/// Space between hatch lines.
const HATCH: f64 = 7.0;
/// Height of a line of words beneath the map.
const ROW: f64 = 16.0;

impl Regimes<'_> {
    /// Draws it; the drawing's height.
    pub(super) fn draw(&self, svg: &mut Svg, width: f64) -> f64 {
        let inner = (0.62 * width).clamp(200.0, 420.0).round();
        let y = Scale::new(self.ranges[1], inner);
        let left = left_of(&y);
        let legend = Legend::new(self.entries(), left, width - RIGHT);
        legend.draw(svg);
        let top = legend.height + 8.0;
        let frame = [left, top, width - RIGHT, top + inner];
        let panel = Panel { frame, x: Scale::new(self.ranges[0], width - RIGHT - left), y };
        for area in self.areas {
            fill(svg, &panel, area);
        }
        let mut obstacles = Vec::new();
        for line in self.lines {
            let points = panel.points(&line.x, &line.y);
            svg.polyline(&points, paint(line));
            obstacles.extend(trace(&points));
        }
        let mut taken: Vec<Frame> = Vec::new();
        self.marks(svg, &panel, &mut taken, &obstacles);
        let listed = self.words(svg, &panel, &mut taken, &obstacles);
        panel.axes(svg, self.x, self.y);
        svg.glass(panel.frame, &panel.scales());
        list(svg, &listed, (left, width - RIGHT), top + inner + BELOW + 12.0)
    }

    fn entries(&self) -> Vec<Entry> {
        let of = |kind: MapLineKind, name: &str| {
            let line = self.lines.iter().find(|l| l.kind == kind && !l.faint)?;
            Some(Entry { name: name.into(), color: color(line), sign: Sign::Line(stroke(line)) })
        };
        let faint = self.lines.iter().find(|l| l.faint).map(|_| Entry {
            name: "the same of unstable states".into(),
            color: Color::Guide,
            sign: Sign::Thin,
        });
        let own = self.own.map(|_| Entry {
            name: "this circuit".into(),
            color: Color::Unstable,
            sign: Sign::Shape(0),
        });
        [
            of(MapLineKind::Fold, "fold"),
            of(MapLineKind::Supercritical, "Hopf, supercritical"),
            of(MapLineKind::Subcritical, "Hopf, subcritical"),
            faint,
            own,
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Lettered points, and the circuit's own place.
    fn marks(&self, svg: &mut Svg, panel: &Panel, taken: &mut Vec<Frame>, obstacles: &[Point]) {
        let places: Vec<Point> = self.points.iter().map(|m| panel.at(m.x, m.y)).collect();
        let own = self.own.map(|(x, y)| panel.at(x, y));
        taken.extend(places.iter().chain(&own).map(|p| [p.0 - 5.0, p.1 - 5.0, p.0 + 5.0, p.1 + 5.0]));
        if let Some(at) = own {
            let tip = "this circuit";
            svg.group((0.0, 0.0), 1.0, tip, |g| {
                g.path(&shape(0, at, 60.0), Paint::fill(Color::Unstable).outlined(Color::Background, 1.2));
            });
        }
        for (m, &at) in self.points.iter().zip(&places) {
            let tip = format!("{}\n{}, {}", m.note, number(m.x, 8), number(m.y, 8));
            svg.group((0.0, 0.0), 1.0, &tip, |g| {
                g.path(&shape(0, at, 38.0), Paint::fill(Color::Ink).outlined(Color::Background, 1.0));
            });
        }
        for (m, &(px, py)) in self.points.iter().zip(&places) {
            let w = text_width(&m.label, SIZE, true) + 4.0;
            let spots = [
                (6.0, -17.0),
                (-w - 6.0, -17.0),
                (6.0, 2.0),
                (-w - 6.0, 2.0),
                (12.0, -30.0),
                (-w - 12.0, 16.0),
            ];
            let corners: Vec<Point> = spots.iter().map(|(a, b)| (px + a, py + b)).collect();
            let ((x, y), _) = place(&corners, (w, 15.0), taken, obstacles, panel.frame);
            svg.text(&m.label, x + 2.0, y + 12.0, Type::PLAIN.bold().halo());
        }
    }

    /// The regions' words, where there is room for them; else a number, whose words are returned.
    fn words(
        &self,
        svg: &mut Svg,
        panel: &Panel,
        taken: &mut Vec<Frame>,
        obstacles: &[Point],
    ) -> Vec<(usize, String)> {
        let mut listed: Vec<(usize, String)> = Vec::new();
        for area in self.areas.iter().filter(|a| !a.label.is_empty()) {
            let at = panel.at(area.at.0, area.at.1);
            let room = across(panel, area, at);
            let w = text_width(&area.label, SIZE, false) + 8.0;
            let spots: Vec<Point> = [0.0, -18.0, 18.0, -36.0, 36.0]
                .iter()
                .map(|dy| {
                    let middle = 0.5 * (room.0 + room.1);
                    (middle - 0.5 * w, at.1 - 8.0 + dy)
                })
                .collect();
            let mut trial = taken.clone();
            let (spot, cost) = place(&spots, (w, 16.0), &mut trial, obstacles, panel.frame);
            if w < room.1 - room.0 && cost < 9.0 {
                *taken = trial;
                svg.text(&area.label, spot.0 + 4.0, spot.1 + 12.0, Type::PLAIN.halo());
                continue;
            }
            let known = listed.iter().find(|l| l.1 == area.label).map(|l| l.0);
            let number = known.unwrap_or_else(|| {
                listed.push((listed.len() + 1, area.label.clone()));
                listed.len()
            });
            let word = number.to_string();
            let w = text_width(&word, SIZE, true) + 2.0;
            let near =
                [(0.0, 0.0), (-9.0, 0.0), (9.0, 0.0), (0.0, -10.0), (0.0, 10.0), (-16.0, -8.0), (16.0, 8.0)];
            let corners: Vec<Point> =
                near.iter().map(|(a, b)| (at.0 - 0.5 * w + a, at.1 - 8.0 + b)).collect();
            let ((x, y), _) = place(&corners, (w, 15.0), taken, &[], panel.frame);
            svg.text(&word, x + 1.0, y + 12.0, Type::PLAIN.bold().halo());
        }
        listed
    }
}

/// How far a region goes to both sides of a place, on the page.
fn across(panel: &Panel, area: &MapArea, at: Point) -> (f64, f64) {
    let mut cuts = crossings(panel, area, |p| p.1 - at.1, |p| p.0);
    cuts.sort_by(f64::total_cmp);
    let before = cuts.iter().copied().filter(|c| *c <= at.0).fold(panel.frame[0], f64::max);
    let after = cuts.iter().copied().filter(|c| *c > at.0).fold(panel.frame[2], f64::min);
    (before, after)
}

/// Where a line, on which a number of points is zero, crosses the outline of a region: another number of these points.
fn crossings(
    panel: &Panel,
    area: &MapArea,
    side: impl Fn(Point) -> f64,
    of: impl Fn(Point) -> f64,
) -> Vec<f64> {
    let mut cuts = Vec::new();
    for ring in &area.rings {
        let points: Vec<Point> = ring.iter().map(|(x, y)| panel.at(*x, *y)).collect();
        for k in 0..points.len() {
            let (a, b) = (points[k], points[(k + 1) % points.len()]);
            let (u, v) = (side(a), side(b));
            if (u > 0.0) != (v > 0.0) {
                let share = u / (u - v);
                cuts.push(of(a) + share * (of(b) - of(a)));
            }
        }
    }
    cuts
}

/// A region: pale where it rests, colored where it oscillates, hatched where the initial state decides.
fn fill(svg: &mut Svg, panel: &Panel, area: &MapArea) {
    let ring = |ring: &Vec<(f64, f64)>| {
        let corner = |(x, y): &(f64, f64)| {
            let p = panel.at(*x, *y);
            format!("{} {}", n(p.0), n(p.1))
        };
        format!("M{}Z", ring.iter().map(corner).collect::<Vec<_>>().join("L"))
    };
    let path: String = area.rings.iter().map(ring).collect();
    let (color, strength) = match (area.moves, area.leaves) {
        (_, true) => (Color::Unstable, 0.16),
        (true, false) => (Color::Other(0), 0.24),
        (false, false) if area.stable > 1 => (Color::Guide, 0.2),
        _ => (Color::Guide, 0.07),
    };
    svg.group((0.0, 0.0), 1.0, &area.note, |g| {
        g.path(&path, Paint::fill(color).opacity(strength));
        if area.several {
            g.path(&hatch(panel, area), Paint::stroke(Color::Soft, 0.7).opacity(0.55));
        }
    });
}

/// Slanted lines within a region.
fn hatch(panel: &Panel, area: &MapArea) -> String {
    let [l, t, r, b] = panel.frame;
    let mut way = String::new();
    let mut sum = l + t + 0.5 * HATCH;
    while sum < r + b {
        let mut cuts = crossings(panel, area, |p| p.0 + p.1 - sum, |p| p.0);
        cuts.sort_by(f64::total_cmp);
        for pair in cuts.chunks_exact(2) {
            way += &format!("M{} {}L{} {}", n(pair[0]), n(sum - pair[0]), n(pair[1]), n(sum - pair[1]));
        }
        sum += HATCH;
    }
    way
}

fn color(line: &MapLine) -> Color {
    match (line.faint, line.kind) {
        (true, _) => Color::Guide,
        (_, MapLineKind::Fold) => Color::Ink,
        _ => Color::Other(0),
    }
}

fn stroke(line: &MapLine) -> Stroke {
    if line.kind == MapLineKind::Subcritical { Stroke::Dashed } else { Stroke::Solid }
}

fn paint(line: &MapLine) -> Paint {
    Paint::stroke(color(line), if line.faint { 1.0 } else { 2.0 }).dash(dashes(stroke(line)))
}

/// Numbers with their words; the height of all that is drawn.
fn list(svg: &mut Svg, listed: &[(usize, String)], (left, right): (f64, f64), top: f64) -> f64 {
    let (mut x, mut y) = (left, top);
    for (number, words) in listed {
        let number = format!("{number} ");
        let (a, b) = (text_width(&number, LEAST, true), text_width(words, LEAST, false));
        if x > left && x + a + b > right {
            (x, y) = (left, y + ROW);
        }
        svg.text(&number, x, y, Type::PLAIN.size(LEAST).bold());
        svg.text(words, x + a + 2.0, y, Type::PLAIN.size(LEAST));
        x += a + b + 18.0;
    }
    if listed.is_empty() { top - 12.0 } else { y + 6.0 }
}

#[cfg(test)]
mod tests {
    use super::super::color::Theme;
    use super::*;

    fn area(label: &str, stable: usize, moves: bool, (from, to): (f64, f64)) -> MapArea {
        MapArea {
            label: label.into(),
            note: format!("{label} at length"),
            stable,
            moves,
            leaves: false,
            several: stable > 1,
            at: (0.5 * (from + to), 5.0),
            rings: vec![vec![(from, 0.0), (to, 0.0), (to, 10.0), (from, 10.0)]],
        }
    }

    fn line(kind: MapLineKind, faint: bool, x: f64) -> MapLine {
        MapLine { kind, faint, x: vec![x, x], y: vec![0.0, 10.0] }
    }

    fn drawn(areas: &[MapArea], lines: &[MapLine]) -> String {
        let (x, y) = (Axis::new("E.h", "mV"), Axis::new("I.h", ""));
        let points = [MapMark { x: 4.0, y: 5.0, label: "BT".into(), note: "Bogdanov-Takens".into() }];
        let ranges = [(0.0, 10.0), (0.0, 10.0)];
        let mut svg = Svg::new(Theme::Print);
        let map = Regimes { x: &x, y: &y, ranges, areas, lines, points: &points, own: Some((2.0, 2.0)) };
        assert!(map.draw(&mut svg, 720.0) > 300.0);
        svg.into_text()
    }

    /// Words stand in wide regions and beneath the map for narrow ones; subcritical lines alone are dashed.
    #[test]
    fn regions_have_words_and_lines_their_kind() {
        let areas = [
            area("one steady state", 1, false, (0.0, 4.0)),
            area("oscillates", 0, true, (4.0, 9.8)),
            area("bistable", 2, false, (9.8, 10.0)),
        ];
        let solid = [line(MapLineKind::Fold, false, 4.0), line(MapLineKind::Supercritical, false, 9.8)];
        let text = drawn(&areas, &solid);
        for words in [
            "one steady state",
            "oscillates",
            "bistable",
            "BT",
            "this circuit",
            "Hopf, supercritical",
            "Bogdanov-Takens",
        ] {
            assert!(text.contains(words), "{words}");
        }
        assert!(!text.contains("stroke-dasharray") && !text.contains("Hopf, subcritical"));
        let dashed = drawn(&areas, &[line(MapLineKind::Subcritical, false, 4.0)]);
        assert!(dashed.contains("stroke-dasharray") && dashed.contains("Hopf, subcritical"));
        let faint = drawn(&areas, &[line(MapLineKind::Fold, true, 4.0)]);
        assert!(faint.contains("the same of unstable states") && !faint.contains(">fold<"));
    }

    /// Hatch lines end on the outline, and leave a hole out.
    #[test]
    fn hatching_stays_inside() {
        let mut outer = area("bistable", 2, false, (0.0, 10.0));
        outer.rings.push(vec![(4.0, 4.0), (6.0, 4.0), (6.0, 6.0), (4.0, 6.0)]);
        let panel =
            Panel { frame: [0.0, 0.0, 100.0, 100.0], x: Scale::bare(0.0, 10.0), y: Scale::bare(0.0, 10.0) };
        let mut cuts = crossings(&panel, &outer, |p| p.0 + p.1 - 100.0, |p| p.0);
        cuts.sort_by(f64::total_cmp);
        let expected = [0.0, 40.0, 60.0, 100.0];
        assert!(cuts.len() == 4 && cuts.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{cuts:?}");
        let (low, high) = across(&panel, &outer, (20.0, 50.0));
        assert!((low - 0.0).abs() < 1e-9 && (high - 40.0).abs() < 1e-9);
    }
}
