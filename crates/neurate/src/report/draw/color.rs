//! Colors: by role, the same for the same thing in all figures of a report.
//!
//! Every population has a color of its own, wherever it is shown: its place among the populations of its kind says which.

use crate::report::section::{Figure, Role, Section};
use std::collections::HashMap;

/// Where a drawing is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// In the report's page: colors are the page's variables, light or dark.
    Page,
    /// On paper: colors are written out.
    Print,
}

/// A color by its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Color {
    Background,
    Ink,
    Soft,
    Rule,
    Panel,
    Upon,
    Unstable,
    Guide,
    Excitatory(usize),
    Inhibitory(usize),
    Unconstrained(usize),
    Other(usize),
    /// A color of its own: a cell of a heat map.
    Rgb(u8, u8, u8),
    /// Nothing, that can be pointed at all the same.
    Clear,
}

/// The page's variables and the print colors; `page.css` has the same, and Python's `_palette.py` the print colors.
///
/// A kind has one range of hues: excitation reds to yellows, inhibition blues, what is neither violets and greens. The eight of
/// a kind were chosen one after the other, each the farthest from those before it, in OKLab as seen with normal, red-blind and
/// green-blind eyes, among colors with a contrast of 3:1 and more to the page, in the light and the dark theme at once.
const EXCITATORY: [(&str, &str); 8] = [
    ("var(--exc-1)", "#c8442d"),
    ("var(--exc-2)", "#5d2700"),
    ("var(--exc-3)", "#ae848a"),
    ("var(--exc-4)", "#9a2344"),
    ("var(--exc-5)", "#ce7d01"),
    ("var(--exc-6)", "#a65d6c"),
    ("var(--exc-7)", "#9e360c"),
    ("var(--exc-8)", "#d3655c"),
];
const INHIBITORY: [(&str, &str); 8] = [
    ("var(--inh-1)", "#2b6cb0"),
    ("var(--inh-2)", "#0e327b"),
    ("var(--inh-3)", "#6885f6"),
    ("var(--inh-4)", "#362ebe"),
    ("var(--inh-5)", "#444d70"),
    ("var(--inh-6)", "#3a5be6"),
    ("var(--inh-7)", "#5393b4"),
    ("var(--inh-8)", "#1b3c55"),
];
const UNCONSTRAINED: [(&str, &str); 8] = [
    ("var(--unc-1)", "#7b7394"),
    ("var(--unc-2)", "#1d4502"),
    ("var(--unc-3)", "#4e119d"),
    ("var(--unc-4)", "#4aa302"),
    ("var(--unc-5)", "#a06afc"),
    ("var(--unc-6)", "#4e6f29"),
    ("var(--unc-7)", "#5b4566"),
    ("var(--unc-8)", "#804db7"),
];
const OTHER: [(&str, &str); 6] = [
    ("var(--other-1)", "#00795a"),
    ("var(--other-2)", "#af66fc"),
    ("var(--other-3)", "#0c3f26"),
    ("var(--other-4)", "#481c8e"),
    ("var(--other-5)", "#7f9c1b"),
    ("var(--other-6)", "#7469ae"),
];

impl Color {
    /// As SVG writes it.
    pub(super) fn written(self, theme: Theme) -> String {
        let (page, print) = match self {
            Color::Background => ("var(--bg)", "#ffffff"),
            Color::Ink => ("var(--ink)", "#1b212c"),
            Color::Soft => ("var(--soft)", "#5c6675"),
            Color::Rule => ("var(--rule)", "#d9dee5"),
            Color::Panel => ("var(--panel)", "#f5f7f9"),
            Color::Upon => ("var(--on-color)", "#ffffff"),
            Color::Unstable => ("var(--unstable)", "#c8442d"),
            Color::Guide => ("var(--guide)", "#838c99"),
            Color::Excitatory(k) => EXCITATORY[k % EXCITATORY.len()],
            Color::Inhibitory(k) => INHIBITORY[k % INHIBITORY.len()],
            Color::Unconstrained(k) => UNCONSTRAINED[k % UNCONSTRAINED.len()],
            Color::Other(k) => OTHER[k % OTHER.len()],
            Color::Clear => ("transparent", "none"),
            Color::Rgb(r, g, b) => return format!("#{r:02x}{g:02x}{b:02x}"),
        };
        if theme == Theme::Page { page } else { print }.to_string()
    }
}

/// The k-th color of a role.
fn shade(role: Role, k: usize) -> Color {
    match role {
        Role::Excitatory => Color::Excitatory(k),
        Role::Inhibitory => Color::Inhibitory(k),
        Role::Unconstrained => Color::Unconstrained(k),
        Role::Other => Color::Other(k),
        Role::Guide => Color::Guide,
    }
}

/// The first color of a role.
pub(super) fn of_role(role: Role) -> Color {
    shade(role, 0)
}

/// A population of the report's circuit.
struct Known {
    name: String,
    role: Role,
    /// Its place among the populations of its kind.
    place: usize,
}

/// Who has which color in a report.
pub(super) struct Palette {
    free: HashMap<String, usize>,
    known: Vec<Known>,
}

/// What is to be colored: name and role. How it is drawn does not matter: a dashed curve has the color of its solid fellow.
pub(super) type Item<'a> = (&'a str, Role);

impl Palette {
    /// Populations in the circuit's order, and names of free colors in that of the report.
    pub(super) fn of(sections: &[Section]) -> Palette {
        let mut palette = Palette { free: HashMap::new(), known: Vec::new() };
        let figures = || sections.iter().flat_map(|s| &s.figures);
        for figure in figures() {
            if let Figure::Circuit { nodes, .. } = figure {
                nodes.iter().for_each(|n| palette.learn(&n.name, n.role));
            }
        }
        // Circuits of many populations are not drawn, but described.
        for s in sections {
            for p in s.data["populations"].as_array().into_iter().flatten() {
                let role = match p["kind"].as_str() {
                    Some("excitatory") => Role::Excitatory,
                    Some("inhibitory") => Role::Inhibitory,
                    Some("unconstrained") => Role::Unconstrained,
                    _ => continue,
                };
                if let Some(name) = p["name"].as_str() {
                    palette.learn(name, role);
                }
            }
        }
        for figure in figures() {
            let items = items(figure);
            // Without a description the curves that are named first come first.
            for (name, role) in &items {
                if !matches!(role, Role::Other | Role::Guide) && palette.find(name, Some(*role)).is_none() {
                    palette.learn(name, *role);
                }
            }
            let names: Vec<_> = items.iter().filter(|i| i.1 == Role::Other).map(|i| i.0).collect();
            let places = palette.places(&names);
            for (name, place) in names.into_iter().zip(places) {
                palette.free.entry(name.to_string()).or_insert(place);
            }
        }
        palette
    }

    fn learn(&mut self, name: &str, role: Role) {
        if self.known.iter().any(|k| k.name == name) {
            return;
        }
        let place = self.known.iter().filter(|k| k.role == role).count();
        self.known.push(Known { name: name.to_string(), role, place });
    }

    /// The population that words are about, the one with the longest name in them, and which of its units: `E[3]`.
    fn find(&self, words: &str, role: Option<Role>) -> Option<(&Known, usize)> {
        let known = self.known.iter().filter(|k| role.is_none_or(|r| r == k.role));
        let found = known.filter_map(|k| Some((k, after(words, &k.name)?)));
        let (known, rest) = found.max_by_key(|(k, _)| k.name.len())?;
        let unit = rest.strip_prefix('[').and_then(|r| r.split_once(']')).and_then(|(k, _)| k.parse().ok());
        Some((known, unit.unwrap_or(0)))
    }

    /// The color of what words are about. Units of a population have colors that no other population of its kind has, while
    /// there are enough.
    fn named(&self, words: &str, role: Option<Role>) -> Option<Color> {
        let (known, unit) = self.find(words, role)?;
        let of_kind = self.known.iter().filter(|k| k.role == known.role).count();
        Some(shade(known.role, known.place + unit % 1000 * of_kind))
    }

    /// The free colors of these names: the one that a name has in other figures, unless this figure has
    /// given it away.
    fn places(&self, names: &[&str]) -> Vec<usize> {
        let mut used: Vec<usize> = Vec::new();
        let place = |name: &&str| {
            let mut k = self.free.get(*name).copied().unwrap_or(0);
            while used.len() < OTHER.len() && used.contains(&k) {
                k = (k + 1) % OTHER.len();
            }
            if !used.contains(&k) {
                used.push(k);
            }
            k
        };
        names.iter().map(place).collect()
    }

    /// Colors of the things in one figure.
    pub(super) fn colors(&self, items: &[Item]) -> Vec<Color> {
        let names: Vec<_> = items.iter().filter(|i| i.1 == Role::Other).map(|i| i.0).collect();
        let mut free = self.places(&names).into_iter();
        items
            .iter()
            .map(|(name, role)| match role {
                Role::Guide => Color::Guide,
                Role::Other => Color::Other(free.next().unwrap_or(0)),
                _ => self.named(name, Some(*role)).unwrap_or(of_role(*role)),
            })
            .collect()
    }

    /// The color of a unit or population by its name.
    pub(super) fn unit(&self, name: &str) -> Color {
        self.named(name, None).unwrap_or(Color::Unconstrained(0))
    }

    /// The color of a unit or population of this role, whose name may be missing.
    pub(super) fn of_kind(&self, name: Option<&str>, role: Role) -> Color {
        name.and_then(|n| self.named(n, Some(role))).unwrap_or(of_role(role))
    }

    /// The color of a marked point. Its label may be a number; then it has a color only where one population can be meant.
    pub(super) fn mark(&self, label: &str, role: Role) -> Color {
        if matches!(role, Role::Guide | Role::Other) {
            return of_role(role);
        }
        let one = self.known.iter().filter(|k| k.role == role).count() <= 1;
        self.named(label, Some(role)).unwrap_or(if one { of_role(role) } else { Color::Ink })
    }
}

/// What follows the first place where a name stands as a word.
fn after<'a>(words: &'a str, name: &str) -> Option<&'a str> {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    words
        .match_indices(name)
        .map(|(at, _)| (&words[..at], &words[at + name.len()..]))
        .find_map(|(before, rest)| (!before.ends_with(inside) && !rest.starts_with(inside)).then_some(rest))
}

fn items(figure: &Figure) -> Vec<Item<'_>> {
    match figure {
        Figure::Lines { series, .. } | Figure::Areas { series, .. } => {
            series.iter().map(|s| (s.name.as_str(), s.role)).collect()
        }
        Figure::PhasePlane { nullclines, .. } => {
            nullclines.iter().map(|s| (s.name.as_str(), s.role)).collect()
        }
        Figure::Branches { branches, .. } => branches.iter().map(|s| (s.name.as_str(), s.role)).collect(),
        Figure::Plane { clouds, .. } => clouds.iter().map(|c| (c.name.as_str(), c.role)).collect(),
        Figure::Intervals { sets, .. } => sets.iter().map(|s| (s.name.as_str(), s.role)).collect(),
        _ => Vec::new(),
    }
}

/// Blue below zero, red above, white between; `v` in [-1, 1]. Straight lines in CIELAB between seven
/// colors of nearly even steps of lightness.
pub(super) fn diverging(v: f64) -> Color {
    const STOPS: [[f64; 3]; 7] = [
        [36.1, 5.1, -39.2],
        [59.4, -1.9, -35.0],
        [83.7, -3.9, -14.8],
        [97.6, -0.0, 0.0],
        [82.0, 17.0, 14.3],
        [61.8, 36.3, 29.0],
        [42.8, 50.6, 43.2],
    ];
    let at = ((v.clamp(-1.0, 1.0) + 1.0) * 3.0).clamp(0.0, 6.0);
    let k = (at as usize).min(5);
    let mix = |i: usize| STOPS[k][i] + (at - k as f64) * (STOPS[k + 1][i] - STOPS[k][i]);
    rgb([mix(0), mix(1), mix(2)])
}

/// sRGB of a color in CIELAB (white D65).
fn rgb([l, a, b]: [f64; 3]) -> Color {
    let y = (l + 16.0) / 116.0;
    let linear =
        |t: f64| if t > 6.0 / 29.0 { t.powi(3) } else { 3.0 * (6.0_f64 / 29.0).powi(2) * (t - 4.0 / 29.0) };
    let (x, y, z) = (0.950_47 * linear(y + a / 500.0), linear(y), 1.088_83 * linear(y - b / 200.0));
    let channel = |v: f64| {
        let v = if v <= 0.003_130_8 { 12.92 * v } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
        (255.0 * v).round().clamp(0.0, 255.0) as u8
    };
    Color::Rgb(
        channel(3.240_454 * x - 1.537_138 * y - 0.498_531 * z),
        channel(-0.969_266 * x + 1.876_011 * y + 0.041_556 * z),
        channel(0.055_643 * x - 0.204_026 * y + 1.057_225 * z),
    )
}

/// Whether white or dark words are read better on a cell: WCAG's contrast.
pub(super) fn is_dark(c: Color) -> bool {
    let Color::Rgb(r, g, b) = c else { return false };
    let linear = |v: u8| (f64::from(v) / 255.0).powf(2.2);
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) < 0.19
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::section::CircuitNode;

    fn palette() -> Palette {
        let node = |name: &str, role| CircuitNode { name: name.into(), role, size: 1, note: String::new() };
        let mut s = Section::new("circuit", "");
        s.figures.push(Figure::Circuit {
            id: String::new(),
            title: String::new(),
            caption: String::new(),
            nodes: vec![
                node("E", Role::Excitatory),
                node("PV", Role::Inhibitory),
                node("L2 E", Role::Excitatory),
                node("SST", Role::Inhibitory),
            ],
            links: vec![],
        });
        Palette::of(&[s])
    }

    #[test]
    fn a_population_has_one_color_everywhere() {
        let p = palette();
        let inhibitory = |name: &str| p.colors(&[(name, Role::Inhibitory)])[0];
        for name in ["SST", "mean of SST", "SST (linear)", "adaptation of SST", "SST under the stimulus"] {
            assert_eq!(inhibitory(name), Color::Inhibitory(1), "{name}");
        }
        assert_eq!(inhibitory("PV, not stimulated"), Color::Inhibitory(0));
        assert_eq!(p.colors(&[("L2 E", Role::Excitatory)])[0], Color::Excitatory(1));
        assert_eq!(p.colors(&[("SST to E", Role::Excitatory)])[0], Color::Excitatory(0));
        assert_eq!(p.unit("SST"), Color::Inhibitory(1));
        // Names inside words are none; units take colors of no other population.
        assert_eq!(p.find("EPV", None).map(|f| f.1), None);
        assert_eq!(inhibitory("PV[2]"), Color::Inhibitory(4));
        assert_eq!(
            (p.mark("SST", Role::Inhibitory), p.mark("12", Role::Inhibitory)),
            (Color::Inhibitory(1), Color::Ink)
        );
    }

    /// WCAG's relative luminance.
    fn luminance(hex: &str) -> f64 {
        let channel = |k: usize| {
            let v = f64::from(u8::from_str_radix(&hex[k..k + 2], 16).unwrap()) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn lines_stand_out_from_both_pages() {
        let css = include_str!("../page/page.css");
        let (light, dark) = css.split_once("prefers-color-scheme: dark").unwrap();
        let value = |css: &'static str, name: &str| {
            let rest = css.split_once(&format!("{name}: ")).unwrap_or_else(|| panic!("{name}")).1;
            rest.split_once(';').unwrap().0
        };
        for all in [&EXCITATORY[..], &INHIBITORY, &UNCONSTRAINED, &OTHER] {
            for (variable, print) in all {
                let name = variable.strip_prefix("var(").unwrap().strip_suffix(')').unwrap();
                assert_eq!(value(light, name), *print, "{name} is on paper as on the light page");
                for css in [light, dark] {
                    let (a, b) = (luminance(value(css, name)), luminance(value(css, "--bg")));
                    assert!((a.max(b) + 0.05) / (a.min(b) + 0.05) >= 3.0, "{name}");
                }
            }
        }
    }
}
