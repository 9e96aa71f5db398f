//! A writer of SVG: elements with their attributes written out, nothing else.

use super::color::{Color, Theme};
use super::text::SIZE;
use std::fmt::Write;

/// A point.
pub(super) type Point = (f64, f64);

/// How a shape is painted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    fill: Option<Color>,
    stroke: Option<(Color, f64)>,
    dash: &'static str,
    opacity: f64,
    round: bool,
    crisp: bool,
}

impl Paint {
    const NONE: Paint =
        Paint { fill: None, stroke: None, dash: "", opacity: 1.0, round: false, crisp: false };
    /// A filled shape.
    pub(super) fn fill(c: Color) -> Paint {
        Paint { fill: Some(c), ..Self::NONE }
    }
    /// A line.
    pub(super) fn stroke(c: Color, width: f64) -> Paint {
        Paint { stroke: Some((c, width)), ..Self::NONE }
    }
    /// With an outline too.
    pub(super) fn outlined(self, c: Color, width: f64) -> Paint {
        Paint { stroke: Some((c, width)), ..self }
    }
    pub(super) fn dash(self, dash: &'static str) -> Paint {
        Paint { dash, ..self }
    }
    pub(super) fn opacity(self, opacity: f64) -> Paint {
        Paint { opacity, ..self }
    }
    pub(super) fn round(self, round: bool) -> Paint {
        Paint { round, ..self }
    }
    /// Edges on whole pixels: neighboring bars and cells leave no seams.
    pub(super) fn crisp(self, crisp: bool) -> Paint {
        Paint { crisp, ..self }
    }
    fn written(&self, theme: Theme) -> String {
        let mut out = format!("fill=\"{}\"", self.fill.map_or("none".into(), |c| c.written(theme)));
        if let Some((c, w)) = self.stroke {
            let _ = write!(out, " stroke=\"{}\" stroke-width=\"{}\"", c.written(theme), n(w));
        }
        if !self.dash.is_empty() {
            let _ = write!(out, " stroke-dasharray=\"{}\"", self.dash);
        }
        if self.opacity < 1.0 {
            let _ = write!(out, " opacity=\"{}\"", n(self.opacity));
        }
        out += if self.round { " stroke-linecap=\"round\"" } else { "" };
        out + if self.crisp { " shape-rendering=\"crispEdges\"" } else { "" }
    }
}

/// Where a text begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) anchor: Anchor,
    pub(super) bold: bool,
    pub(super) color: Color,
    /// A rim of the background's color, so that lines do not cross the words.
    pub(super) halo: bool,
    pub(super) upright: bool,
}

impl Type {
    /// Ordinary words, from their start.
    pub(super) const PLAIN: Type = Type {
        size: SIZE,
        anchor: Anchor::Start,
        bold: false,
        color: Color::Ink,
        halo: false,
        upright: false,
    };
    pub(super) const MIDDLE: Type = Type { anchor: Anchor::Middle, ..Self::PLAIN };
    pub(super) const END: Type = Type { anchor: Anchor::End, ..Self::PLAIN };
    pub(super) fn soft(self) -> Type {
        Type { color: Color::Soft, ..self }
    }
    pub(super) fn color(self, color: Color) -> Type {
        Type { color, ..self }
    }
    pub(super) fn size(self, size: f64) -> Type {
        Type { size, ..self }
    }
    pub(super) fn bold(self) -> Type {
        Type { bold: true, ..self }
    }
    pub(super) fn halo(self) -> Type {
        Type { halo: true, ..self }
    }
    /// Read from below.
    pub(super) fn upright(self) -> Type {
        Type { upright: true, ..self }
    }
}

/// A drawing that grows.
#[derive(Clone, Debug)]
pub(super) struct Svg {
    theme: Theme,
    out: String,
}

impl Svg {
    pub(super) fn new(theme: Theme) -> Svg {
        Svg { theme, out: String::new() }
    }
    /// What was drawn.
    pub(super) fn into_text(self) -> String {
        self.out
    }
    /// An empty one of the same theme.
    pub(super) fn like(&self) -> Svg {
        Svg::new(self.theme)
    }
    /// Lays another drawing on top.
    pub(super) fn append(&mut self, other: Svg) {
        self.out += &other.out;
    }
    pub(super) fn rect(&mut self, x: f64, y: f64, w: f64, h: f64, radius: f64, paint: Paint) {
        let rx = if radius > 0.0 { format!(" rx=\"{}\"", n(radius)) } else { String::new() };
        let (w, h) = (n(w.max(0.0)), n(h.max(0.0)));
        let paint = paint.written(self.theme);
        let _ = writeln!(
            self.out,
            "<rect x=\"{}\" y=\"{}\" width=\"{w}\" height=\"{h}\"{rx} {paint}/>",
            n(x),
            n(y)
        );
    }
    pub(super) fn line(&mut self, a: Point, b: Point, paint: Paint) {
        self.path(&format!("M{} {}L{} {}", n(a.0), n(a.1), n(b.0), n(b.1)), paint);
    }
    pub(super) fn circle(&mut self, c: Point, r: f64, paint: Paint) {
        let paint = paint.written(self.theme);
        let _ = writeln!(self.out, "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {paint}/>", n(c.0), n(c.1), n(r));
    }
    pub(super) fn path(&mut self, d: &str, paint: Paint) {
        let _ = writeln!(self.out, "<path d=\"{d}\" {}/>", paint.written(self.theme));
    }
    /// Points joined by lines; what is no number parts the pieces.
    pub(super) fn polyline(&mut self, points: &[Point], paint: Paint) {
        let d = route(points);
        if !d.is_empty() {
            let paint = paint.written(self.theme);
            let _ = writeln!(self.out, "<path d=\"{d}\" stroke-linejoin=\"round\" {paint}/>");
        }
    }
    pub(super) fn text(&mut self, words: &str, x: f64, y: f64, t: Type) {
        let (x, y) = (n(x), n(y));
        let anchor = ["start", "middle", "end"][t.anchor as usize];
        let mut style = format!("font-size=\"{}\" text-anchor=\"{anchor}\"", n(t.size));
        let _ = write!(style, " fill=\"{}\"", t.color.written(self.theme));
        style += if t.bold { " font-weight=\"bold\"" } else { "" };
        if t.upright {
            let _ = write!(style, " transform=\"rotate(-90 {x} {y})\"");
        }
        if t.halo {
            let rim = Color::Background.written(self.theme);
            let _ = write!(
                style,
                " stroke=\"{rim}\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\""
            );
        }
        let _ = writeln!(self.out, "<text x=\"{x}\" y=\"{y}\" {style}>{}</text>", escape(words));
    }
    /// A picture of colored cells, as a PNG inside.
    pub(super) fn cells(&mut self, x: f64, y: f64, w: f64, h: f64, png: &str) {
        let _ = writeln!(
            self.out,
            "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             image-rendering=\"optimizeSpeed\" style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{png}\"/>",
            n(x),
            n(y),
            n(w),
            n(h)
        );
    }
    /// Elements that belong together, moved to `at`, with words under the pointer.
    pub(super) fn group(&mut self, at: Point, opacity: f64, tip: &str, inside: impl FnOnce(&mut Svg)) {
        self.out += "<g";
        if at != (0.0, 0.0) {
            let _ = write!(self.out, " transform=\"translate({} {})\"", n(at.0), n(at.1));
        }
        if opacity < 1.0 {
            let _ = write!(self.out, " opacity=\"{}\"", n(opacity));
        }
        self.out += ">\n";
        if !tip.is_empty() {
            let _ = writeln!(self.out, "<title>{}</title>", escape(tip));
        }
        inside(self);
        self.out += "</g>\n";
    }
    /// What is drawn inside has words under the pointer; in the page only.
    pub(super) fn tipped(&mut self, tip: &str, inside: impl FnOnce(&mut Svg)) {
        match self.theme {
            Theme::Page => self.group((0.0, 0.0), 1.0, tip, inside),
            Theme::Print => inside(self),
        }
    }
    /// Words under the pointer in a place where nothing is drawn; in the page only.
    pub(super) fn hint(&mut self, [l, t, r, b]: [f64; 4], tip: &str) {
        if self.theme == Theme::Page {
            self.group((0.0, 0.0), 1.0, tip, |g| g.rect(l, t, r - l, b - t, 0.0, Paint::fill(Color::Clear)));
        }
    }
    /// The place and the scales of the data, for the page's script to find the values under the pointer.
    pub(super) fn glass(&mut self, [l, t, r, b]: [f64; 4], scales: &str) {
        if self.theme == Theme::Page {
            let (w, h) = (n((r - l).max(0.0)), n((b - t).max(0.0)));
            let _ = writeln!(
                self.out,
                "<rect class=\"glass\" x=\"{}\" y=\"{}\" width=\"{w}\" height=\"{h}\" fill=\"transparent\" {scales}/>",
                n(l),
                n(t)
            );
        }
    }
}

/// A path through points. What lies nearer than can be seen to the last one is left out.
pub(super) fn route(points: &[Point]) -> String {
    const SEEN: f64 = 0.25;
    let mut d = String::new();
    let mut last: Option<Point> = None;
    for (i, &(x, y)) in points.iter().enumerate() {
        if !(x.is_finite() && y.is_finite()) {
            last = None;
            continue;
        }
        let ends = points.get(i + 1).is_none_or(|p| !(p.0.is_finite() && p.1.is_finite()));
        match last {
            Some((a, b)) if !ends && (x - a).hypot(y - b) < SEEN => continue,
            _ => {
                let _ = write!(d, "{}{} {}", if last.is_some() { 'L' } else { 'M' }, n(x), n(y));
            }
        }
        last = Some((x, y));
    }
    d
}

/// A coordinate: two decimals are a fiftieth of a millimeter.
pub(super) fn n(v: f64) -> String {
    if !v.is_finite() {
        return "0".into();
    }
    let text = format!("{v:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// Text made safe between tags and inside double quotes; control characters become U+FFFD.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            '\r' => {}
            // XML knows neither of the last two, in any writing.
            c if c.is_control() || ('\u{fffe}'..='\u{ffff}').contains(&c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
