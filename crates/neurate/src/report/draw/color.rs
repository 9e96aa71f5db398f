//! Colors: by role, the same for the same thing in all figures of a report.
//!
//! Red and blue of the roles differ in lightness too; the free colors are Okabe and Ito's (2008), told
//! apart by readers with any color vision.

use crate::report::section::{Figure, Role, Section, Stroke};
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

/// The page's variables and the print colors; `page.css` has the same.
const EXCITATORY: [(&str, &str); 4] = [
    ("var(--exc)", "#c8442d"),
    ("var(--exc-2)", "#84210f"),
    ("var(--exc-3)", "#ee9b83"),
    ("var(--exc-4)", "#d98c1f"),
];
const INHIBITORY: [(&str, &str); 4] = [
    ("var(--inh)", "#2b6cb0"),
    ("var(--inh-2)", "#123f70"),
    ("var(--inh-3)", "#7db2e0"),
    ("var(--inh-4)", "#1f9aa8"),
];
const UNCONSTRAINED: [(&str, &str); 4] = [
    ("var(--unc)", "#7b7394"),
    ("var(--unc-2)", "#4b4563"),
    ("var(--unc-3)", "#b2abc6"),
    ("var(--unc-4)", "#c2a3b8"),
];
const OTHER: [(&str, &str); 6] = [
    ("var(--other-1)", "#009e73"),
    ("var(--other-2)", "#e69f00"),
    ("var(--other-3)", "#cc79a7"),
    ("var(--other-4)", "#56b4e9"),
    ("var(--other-5)", "#5b3f99"),
    ("var(--other-6)", "#8a7a1f"),
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
            Color::Guide => ("var(--guide)", "#8d96a3"),
            Color::Excitatory(k) => EXCITATORY[k % 4],
            Color::Inhibitory(k) => INHIBITORY[k % 4],
            Color::Unconstrained(k) => UNCONSTRAINED[k % 4],
            Color::Other(k) => OTHER[k % OTHER.len()],
            Color::Clear => ("transparent", "none"),
            Color::Rgb(r, g, b) => return format!("#{r:02x}{g:02x}{b:02x}"),
        };
        if theme == Theme::Page { page } else { print }.to_string()
    }
}

/// The first color of a role.
pub(super) fn of_role(role: Role) -> Color {
    match role {
        Role::Excitatory => Color::Excitatory(0),
        Role::Inhibitory => Color::Inhibitory(0),
        Role::Unconstrained => Color::Unconstrained(0),
        Role::Other => Color::Other(0),
        Role::Guide => Color::Guide,
    }
}

/// Who has which color in a report.
pub(super) struct Palette {
    free: HashMap<String, usize>,
    units: HashMap<String, Role>,
}

/// What is to be colored: name, role, and how it is drawn (a dashed curve takes the shade of its solid
/// fellow).
pub(super) type Item<'a> = (&'a str, Role, Option<Stroke>);

impl Palette {
    /// Names of free colors, in the order of the report.
    pub(super) fn of(sections: &[Section]) -> Palette {
        let mut palette = Palette { free: HashMap::new(), units: HashMap::new() };
        for figure in sections.iter().flat_map(|s| &s.figures) {
            if let Figure::Circuit { nodes, .. } = figure {
                palette.units.extend(nodes.iter().map(|n| (n.name.clone(), n.role)));
            }
            let items = items(figure);
            let names: Vec<_> = items.iter().filter(|i| i.1 == Role::Other).map(|i| i.0).collect();
            let places = palette.places(&names);
            for (name, place) in names.into_iter().zip(places) {
                palette.free.entry(name.to_string()).or_insert(place);
            }
        }
        palette
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
        let mut count: HashMap<(String, String), usize> = HashMap::new();
        let mut shade = |role: Role, stroke: &Option<Stroke>| {
            let seen = count.entry((format!("{role:?}"), format!("{stroke:?}"))).or_insert(0);
            *seen += 1;
            *seen - 1
        };
        items
            .iter()
            .map(|(_, role, stroke)| match role {
                Role::Guide => Color::Guide,
                Role::Other => Color::Other(free.next().unwrap_or(0)),
                Role::Excitatory => Color::Excitatory(shade(*role, stroke)),
                Role::Inhibitory => Color::Inhibitory(shade(*role, stroke)),
                Role::Unconstrained => Color::Unconstrained(shade(*role, stroke)),
            })
            .collect()
    }

    /// The color of a unit or population by its name.
    pub(super) fn unit(&self, name: &str) -> Color {
        of_role(self.units.get(name).copied().unwrap_or(Role::Unconstrained))
    }
}

fn items(figure: &Figure) -> Vec<Item<'_>> {
    match figure {
        Figure::Lines { series, .. } | Figure::Areas { series, .. } => {
            series.iter().map(|s| (s.name.as_str(), s.role, Some(s.stroke))).collect()
        }
        Figure::Plane { clouds, .. } => clouds.iter().map(|c| (c.name.as_str(), c.role, None)).collect(),
        Figure::Intervals { sets, .. } => sets.iter().map(|s| (s.name.as_str(), s.role, None)).collect(),
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
