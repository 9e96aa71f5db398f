//! The report as one HTML file that needs nothing else: words and tables are written here, so that
//! they can be read, searched and printed without JavaScript; figures are drawn in the page from
//! the report's JSON, which is embedded (`page/*.js`).

use super::Report;
use crate::analysis::{Cell, Figure, Section, Table};
use std::fmt::Write;

/// The whole page. The same report gives the same bytes.
pub fn html(report: &Report) -> String {
    let json = serde_json::to_string(report).expect("a report is plain data");
    let contents = report.sections.iter().fold(String::new(), |mut out, s| {
        let _ = writeln!(out, "<li><a href=\"#s-{}\">{}</a></li>", escape(s.name), escape(&s.title));
        out
    });
    let sections: String = report.sections.iter().enumerate().map(|(i, s)| section(i, s)).collect();
    fill(
        include_str!("page/template.html"),
        &[
            ("version", &escape(report.neurate_version)),
            ("title", &escape(&report.title)),
            ("source", &escape(&report.source)),
            ("css", include_str!("page/page.css")),
            (
                "contents",
                &format!(
                    "<li><a href=\"#top\">Summary</a></li>\n{contents}\
                     <li><a href=\"#circuit-file\">Circuit file</a></li>\n"
                ),
            ),
            ("summary", &message_box("summary", "In short", &report.summary)),
            ("warnings", &message_box("warnings", "Look at this", &report.warnings)),
            ("sections", &sections),
            ("circuit", &escape(&report.circuit_text)),
            // Inside a script element only `<` can end it or change how it is read.
            ("json", &json.replace('<', "\\u003c")),
            ("licences", include_str!("page/vendor/LICENCES.txt")),
            ("d3", include_str!("page/vendor/d3.min.js")),
            ("plot", include_str!("page/vendor/plot.umd.min.js")),
            ("common", include_str!("page/common.js")),
            ("figures", include_str!("page/figures.js")),
            ("page", include_str!("page/page.js")),
        ],
    )
}

/// Replaces every `{{name}}` of the template in one pass: what is put in is never looked at again.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").expect("the template closes its braces");
        let (_, value) = values.iter().find(|(n, _)| *n == name).expect("the template names what there is");
        out.push_str(before);
        out.push_str(value);
        rest = after;
    }
    out + rest
}

/// Text made safe between tags and inside double quotes; control characters become U+FFFD.
fn escape(text: &str) -> String {
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
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn list<S: AsRef<str>>(items: &[S]) -> String {
    let items: String = items.iter().map(|i| format!("<li>{}</li>\n", escape(i.as_ref()))).collect();
    format!("<ul>\n{items}</ul>\n")
}

fn message_box(class: &str, heading: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    format!("<aside class=\"box {class}\">\n<h2>{heading}</h2>\n{}</aside>\n", list(items))
}

fn section(position: usize, s: &Section) -> String {
    let mut out = format!(
        "<section id=\"s-{}\">\n<h2>{}</h2>\n<div class=\"verdict\">\n",
        escape(s.name),
        escape(&s.title)
    );
    for sentence in &s.verdict {
        let _ = writeln!(out, "<p>{}</p>", escape(sentence));
    }
    out.push_str("</div>\n");
    if !s.figures.is_empty() {
        out.push_str("<div class=\"figures\">\n");
        for (i, f) in s.figures.iter().enumerate() {
            out.push_str(&figure(position, i, f));
        }
        out.push_str("</div>\n");
    }
    s.tables.iter().for_each(|t| out.push_str(&table(t)));
    if !s.trust.is_empty() || !s.sources.is_empty() {
        out.push_str("<div class=\"notes\">\n");
        if !s.trust.is_empty() {
            let _ = write!(out, "<div><h3>How far to trust this</h3>\n{}</div>\n", list(&s.trust));
        }
        if !s.sources.is_empty() {
            let _ = write!(out, "<div><h3>Sources</h3>\n{}</div>\n", list(&s.sources));
        }
        out.push_str("</div>\n");
    }
    out + "</section>\n"
}

/// The figure's words and the place where the page draws it.
fn figure(section: usize, position: usize, f: &Figure) -> String {
    let (id, title, caption, wide) = match f {
        Figure::Lines { id, title, caption, .. } | Figure::Plane { id, title, caption, .. } => {
            (id, title, caption, false)
        }
        // Numbers in the cells of a middling matrix, and drawings of many nodes, need the width.
        Figure::Circuit { id, title, caption, nodes, .. } => (id, title, caption, nodes.len() > 5),
        Figure::Matrix { id, title, caption, values, .. } => {
            (id, title, caption, (8..=12).contains(&values.first().map_or(0, Vec::len)))
        }
        Figure::Chain { id, title, caption, nodes, .. } => (id, title, caption, nodes.len() > 3),
        Figure::Patterns { id, title, caption, patterns, .. } => (id, title, caption, patterns.len() > 6),
    };
    format!(
        "<figure id=\"f-{}\" data-section=\"{section}\" data-figure=\"{position}\"{}>\n\
         <div class=\"figure-title\">{}</div>\n<div class=\"drawing\"></div>\n\
         <figcaption>{}</figcaption>\n</figure>\n",
        escape(id),
        if wide { " class=\"wide\"" } else { "" },
        escape(title),
        escape(caption)
    )
}

fn table(t: &Table) -> String {
    let columns = t.columns.len();
    // A column of numbers stands right; a column of long words may break its lines.
    let numeric = |j: usize| {
        let mut filled = t.rows.iter().filter_map(|r| r.get(j)).filter(|c| **c != Cell::Empty).peekable();
        filled.peek().is_some() && filled.all(|c| matches!(c, Cell::Number(_) | Cell::Complex { .. }))
    };
    let class: Vec<&str> = (0..columns)
        .map(|j| {
            let long = |r: &Vec<Cell>| matches!(r.get(j), Some(Cell::Text(s)) if s.chars().count() > 28);
            match () {
                () if numeric(j) => " class=\"number\"",
                () if t.rows.iter().any(long) => " class=\"words\"",
                () => "",
            }
        })
        .collect();
    // Digits after the point in the longest number of a column: the others are filled up to it.
    let places: Vec<usize> = (0..columns)
        .map(|j| t.rows.iter().filter_map(|r| r.get(j)).map(|c| decimals(&cell(c))).max().unwrap_or(0))
        .collect();

    let mut out = format!(
        "<div class=\"table\">\n<p class=\"caption\">{}</p>\n<div class=\"scroll\"><table>\n<thead><tr>",
        escape(&t.caption)
    );
    for (name, class) in t.columns.iter().zip(&class) {
        let _ = write!(out, "<th scope=\"col\"{class}>{}</th>", escape(name));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &t.rows {
        out.push_str("<tr>");
        for (j, (value, class)) in row.iter().zip(&class).enumerate() {
            let mut text = cell(value);
            if matches!(value, Cell::Number(v) if v.is_finite()) && !text.contains('×') {
                text.push_str(&decimal_fill(decimals(&text), places[j]));
            }
            let _ = write!(out, "<td{class}>{}</td>", escape(&text));
        }
        out.push_str("</tr>\n");
    }
    out + "</tbody>\n</table></div>\n</div>\n"
}

/// How many digits follow the point in a plain number.
fn decimals(text: &str) -> usize {
    if text.contains(['×', 'i']) { 0 } else { text.split_once('.').map_or(0, |(_, d)| d.len()) }
}

/// Blanks as wide as the missing point and digits, so that points stand under each other.
fn decimal_fill(have: usize, want: usize) -> String {
    let point = if have == 0 && want > 0 { "\u{2008}" } else { "" };
    point.to_string() + &"\u{2007}".repeat(want.saturating_sub(have))
}

fn cell(c: &Cell) -> String {
    match c {
        Cell::Text(s) => s.clone(),
        Cell::Number(v) => number(*v),
        Cell::Complex { re, im } if *im == 0.0 => number(*re),
        Cell::Complex { re, im } => {
            format!("{} {} {} i", number(*re), if *im < 0.0 { '−' } else { '+' }, number(im.abs()))
        }
        Cell::Flag(true) => "yes".into(),
        Cell::Flag(false) => "no".into(),
        Cell::Empty => String::new(),
    }
}

/// Four significant digits, trailing zeros dropped: `9`, `−0.4286`, `1.2×10⁻⁹`.
fn number(v: f64) -> String {
    if v.is_nan() {
        return "–".into();
    }
    if v.is_infinite() {
        return if v > 0.0 { "∞" } else { "−∞" }.into();
    }
    if v == 0.0 {
        return "0".into();
    }
    let scientific = format!("{v:.3e}");
    let (mantissa, exponent) = scientific.split_once('e').expect("Rust writes an exponent");
    let exponent: i32 = exponent.parse().expect("Rust writes a whole exponent");
    let trim = |s: &str| {
        if s.contains('.') {
            s.trim_end_matches('0').trim_end_matches('.').to_string()
        } else {
            s.to_string()
        }
    };
    let text = if (-3..5).contains(&exponent) {
        trim(&format!("{v:.*}", (3 - exponent).max(0) as usize))
    } else {
        let superscript: String = exponent
            .to_string()
            .chars()
            .map(|c| {
                c.to_digit(10)
                    .map_or('⁻', |d| ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][d as usize])
            })
            .collect();
        format!("{}×10{superscript}", trim(mantissa))
    };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Axis, ChainNode, CircuitNode, Cloud, Link, Mark, Role, Series, Stroke};
    use crate::report::SCHEMA_VERSION;
    use serde_json::json;

    fn series(name: &str, role: Role, stroke: Stroke, x: &[f64], y: impl Fn(f64) -> f64) -> Series {
        Series { name: name.into(), role, stroke, x: x.to_vec(), y: x.iter().map(|&t| y(t)).collect() }
    }

    /// Numbers in [-1, 1) that look random and are the same every time.
    fn noise() -> impl FnMut() -> f64 {
        let mut state = 1_u64;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        }
    }

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|s| (*s).to_string()).collect()
    }

    fn circuit(id: &str, n: usize) -> Figure {
        let kinds = [Role::Excitatory, Role::Inhibitory, Role::Inhibitory, Role::Unconstrained];
        let word = ["E", "PV", "SST", "VIP", "L5", "L6", "Ndnf", "Th"];
        let role = |i: usize| if n == 2 { kinds[i] } else { kinds[i % 4] };
        let mut random = noise();
        let mut links = vec![];
        for from in 0..n {
            for to in 0..n {
                let size = if n == 2 { [4.2857, 4.7143][from] } else { (random() + 1.1) * 1.5 };
                let weight = if role(from) == Role::Inhibitory { -size } else { size };
                links.push(Link { to, from, weight });
            }
        }
        Figure::Circuit {
            id: id.into(),
            title: format!("The circuit ({n} populations)"),
            caption: "Width and number: weight. Arrows excite, balls inhibit.".into(),
            nodes: (0..n)
                .map(|i| CircuitNode {
                    name: if n == 2 { ["E", "I"][i].into() } else { word[i].into() },
                    role: role(i),
                    size: if n == 4 { 80 } else { 1 },
                    note: "τ = 20 ms".into(),
                })
                .collect(),
            links,
        }
    }

    fn chain(id: &str, n: usize) -> Figure {
        let many = n > 3;
        let mut random = noise();
        Figure::Chain {
            id: id.into(),
            title: "Schur modes as a feedforward chain".into(),
            caption: "Arrows: feedforward weights between orthogonal patterns; activity flows to the right."
                .into(),
            time_unit: "ms".into(),
            units: if many { vec![] } else { names(&["E", "I"]) },
            nodes: (0..n)
                .map(|k| ChainNode {
                    name: if many { format!("mode {}", k + 1) } else { ["sum", "difference"][k].into() },
                    re: if many { 0.4 - 0.3 * k as f64 } else { [-0.4286, 0.0][k] },
                    im: if k == 4 { 0.71 } else { 0.0 },
                    tau: if many { 20.0 / (0.6 + 0.3 * k as f64) } else { [14.0, 20.0][k] },
                    pattern: if many {
                        (0..40).map(|i| (0.2 * i as f64 * (k + 1) as f64).sin() + 0.2 * random()).collect()
                    } else {
                        vec![
                            std::f64::consts::FRAC_1_SQRT_2,
                            [1.0, -1.0][k] * std::f64::consts::FRAC_1_SQRT_2,
                        ]
                    },
                })
                .collect(),
            links: (0..n)
                .flat_map(|from| (0..from).map(move |to| (to, from)))
                .map(|(to, from)| Link { to, from, weight: if many { 3.0 * random() } else { 9.0 } })
                .collect(),
        }
    }

    fn matrix(id: &str, title: &str, labels: &[&str], values: Vec<Vec<f64>>, unit: &str) -> Figure {
        Figure::Matrix {
            id: id.into(),
            title: title.into(),
            caption: "Row: who responds. Column: who is driven.".into(),
            rows_are: if unit.is_empty() { "to" } else { "response of" }.into(),
            columns_are: if unit.is_empty() { "from" } else { "input to" }.into(),
            row_names: names(labels),
            column_names: names(labels),
            outlined: if unit.is_empty() {
                vec![]
            } else {
                vec![(1, 1, "paradoxical: more input, less rate".into())]
            },
            values,
            unit: unit.into(),
        }
    }

    fn tables() -> Vec<Table> {
        let mut modes = Table::new("Eigenmodes of W", &["mode", "λ", "τ_eff (ms)", "stable", "gain", "note"]);
        let text = |s: &str| Cell::Text(s.into());
        modes.rows = vec![
            vec![
                text("1"),
                Cell::Complex { re: -0.4286, im: 1.2 },
                Cell::Number(14.0),
                Cell::Flag(true),
                Cell::Number(123.456_7),
                text("sum-like: both populations rise and fall together, as in balanced amplification"),
            ],
            vec![
                text("2"),
                Cell::Complex { re: -0.4286, im: -1.2 },
                Cell::Number(20.123_4),
                Cell::Flag(false),
                Cell::Number(-1.25e-9),
                Cell::Empty,
            ],
            vec![
                text("3"),
                Cell::Number(0.0),
                Cell::Number(f64::INFINITY),
                Cell::Flag(true),
                Cell::Number(0.5),
                Cell::Empty,
            ],
        ];
        let columns: Vec<String> = (0..22).map(|j| format!("quantity {j} (Hz)")).collect();
        let mut wide = Table::new("A wide table", &columns.iter().map(String::as_str).collect::<Vec<_>>());
        wide.rows = (0..3)
            .map(|i| (0..22).map(|j| Cell::Number((i as f64 - 1.0) * (j as f64 + 0.37) * 1.7)).collect())
            .collect();
        vec![modes, wide]
    }

    /// A supralinear stabilised network (THEORY.md, S11) run by Euler steps.
    fn ssn() -> (Vec<f64>, [Vec<f64>; 2]) {
        let (mut r, mut t, mut rates) = ([0.0_f64; 2], vec![], [vec![], vec![]]);
        for step in 0..2000 {
            let time = f64::from(step) * 0.1;
            let h = if time > 20.0 { 20.0 } else { 2.0 };
            t.push(time);
            (0..2).for_each(|i| rates[i].push(r[i]));
            let x = [1.25 * r[0] - 0.65 * r[1] + h, 1.2 * r[0] - 0.5 * r[1] + h];
            (0..2).for_each(|i| r[i] += 0.1 / [20.0, 10.0][i] * (0.04 * x[i].max(0.0).powi(2) - r[i]));
        }
        (t, rates)
    }

    fn spectra() -> Vec<Figure> {
        let mut random = noise();
        let (mut x, mut y) = (vec![], vec![]);
        for _ in 0..100 {
            let (r, a) = (0.8 * ((random() + 1.0) / 2.0).sqrt(), std::f64::consts::PI * random());
            x.extend([r * a.cos(), r * a.cos()]);
            y.extend([r * a.sin(), -r * a.sin()]);
        }
        let plane = |id: &str, title: &str, clouds: Vec<Cloud>, circles: Vec<(f64, f64, f64, String)>| {
            Figure::Plane {
                id: id.into(),
                title: title.into(),
                caption: "Eigenvalues right of the line would grow.".into(),
                x: Axis::new("Re λ", ""),
                y: Axis::new("Im λ", ""),
                clouds,
                curves: vec![],
                border: Some(1.0),
                circles,
            }
        };
        let cloud =
            |name: &str, x: Vec<f64>, y: Vec<f64>| Cloud { name: name.into(), role: Role::Other, x, y };
        vec![
            plane(
                "spectrum",
                "Spectrum of W",
                vec![
                    cloud("eigenvalues of W", x, y),
                    cloud("outliers", vec![-1.6, 0.4], vec![0.0, f64::NAN]),
                ],
                vec![(0.0, 0.0, 0.8, "circular law".into()), (0.0, 0.0, 1.1, "bound ‖W‖".into())],
            ),
            plane(
                "spectrum2",
                "Spectrum of W (two modes)",
                vec![cloud("W", vec![-0.4286, 0.0], vec![0.0, 0.0])],
                vec![],
            ),
        ]
    }

    fn line_figures() -> Vec<Figure> {
        use Role::{Excitatory, Guide, Inhibitory, Other};
        use Stroke::{Dashed, Dotted, Solid};
        let (t, [e, i]) = ssn();
        let peak = (0..e.len()).max_by(|&a, &b| e[a].total_cmp(&e[b])).unwrap();
        let mark = |x: f64, y: Option<f64>, label: &str, role: Role| Mark { x, y, label: label.into(), role };
        let lines =
            |id: &str, title: &str, x: Axis, y: Axis, series: Vec<Series>, marks: Vec<Mark>| Figure::Lines {
                id: id.into(),
                title: title.into(),
                caption: "How to read it: solid is simulated, dashed exact.".into(),
                x,
                y,
                series,
                marks,
            };
        let curve = |name: &str, role, x: &[f64], y: &[f64]| Series {
            name: name.into(),
            role,
            stroke: Solid,
            x: x.to_vec(),
            y: y.to_vec(),
        };
        let axis: Vec<f64> = (0..=200).map(|k| f64::from(k) * 0.2).collect();
        let time = || Axis::new("time", "ms");
        vec![
            lines(
                "ssn",
                "Response of a supralinear stabilised network to a step",
                time(),
                Axis::new("rate", "Hz"),
                vec![curve("E", Excitatory, &t, &e), curve("I", Inhibitory, &t, &i)],
                vec![
                    mark(t[peak], Some(e[peak]), &format!("peak {:.1} Hz", e[peak]), Excitatory),
                    mark(20.0, None, "step on", Guide),
                    mark(26.0, None, "input doubled", Guide),
                ],
            ),
            lines(
                "modes",
                "Time course in the Schur modes",
                time(),
                Axis::new("amplitude", ""),
                vec![
                    series("sum (simulated)", Other, Solid, &axis, |t| 9.0 * (t / 20.0) * (-t / 16.0).exp()),
                    series("sum (exact)", Other, Dashed, &axis, |t| {
                        9.1 * (t / 20.0) * (-t / 16.0).exp() + 0.02
                    }),
                    series("difference", Other, Solid, &axis, |t| (-t / 20.0).exp()),
                    series("difference without feedforward weight", Other, Dotted, &axis, |t| {
                        (-t / 30.0).exp() - 0.2
                    }),
                    series("bound", Guide, Dashed, &axis, |_| 2.793),
                ],
                vec![],
            ),
            lines(
                "nullclines",
                "Nullclines",
                Axis::new("rate of E", "Hz"),
                Axis::new("rate of I", "Hz"),
                vec![
                    Series {
                        name: "dE/dt = 0".into(),
                        role: Excitatory,
                        stroke: Solid,
                        x: axis.iter().map(|v| 14.0 * (v * 0.16).sin() + 14.0).collect(),
                        y: axis.clone(),
                    },
                    series("dI/dt = 0", Inhibitory, Solid, &axis, |v| 1.1 * v),
                    series("identity", Guide, Dashed, &[0.0, 40.0], |v| v),
                ],
                vec![
                    mark(22.7, Some(24.9), "stable", Excitatory),
                    mark(0.0, Some(0.0), "origin", Guide),
                    mark(39.0, Some(39.0), "far corner", Guide),
                ],
            ),
            lines(
                "tiny",
                "Small numbers, one curve, gaps",
                Axis::new("input", "mV"),
                Axis::new("gain", "Hz/mV"),
                vec![series("f'", Other, Solid, &axis, |v| {
                    if v > 15.0 && v < 18.0 { f64::NAN } else { 2e-5 * v * v }
                })],
                vec![mark(20.0, Some(0.008), "operating point", Other)],
            ),
        ]
    }

    /// All six kinds of figures, small and large.
    pub(super) fn sample() -> Report {
        let mut random = noise();
        let big: Vec<Vec<f64>> = (0..200)
            .map(|_| (0..200).map(|j| (random() + 1.0) * if j < 160 { 0.05 } else { -0.2 }).collect())
            .collect();
        let dozen: Vec<Vec<f64>> = (0..12)
            .map(|i| {
                (0..12).map(|j| if i == j { f64::NAN } else { 0.83 * random() * [3.0, 0.1][j % 2] }).collect()
            })
            .collect();
        let mut parts = vec![];
        let mut part = |name: &'static str, title: &str, figures: Vec<Figure>, tables: Vec<Table>| {
            let mut s = Section::new(name, title);
            s.verdict = vec![
                "W is not normal: a difference pattern feeds a sum pattern with weight 9.".into(),
                "Nothing is slow: the largest effective time constant is 20 ms.".into(),
            ];
            s.trust = vec!["Schur residual 2.2e-16.".into(), "Eigenbasis condition 42.02.".into()];
            s.sources = vec!["Murphy & Miller 2009, Neuron 61:635", "Trefethen & Embree 2005, ch. 14"];
            s.data = json!({"x": [1.0, 2.5]});
            s.figures = figures;
            s.tables = tables;
            parts.push(s);
        };
        part("circuit", "The circuit", vec![circuit("c2", 2), circuit("c4", 4)], tables());
        part("circuits", "More circuits", vec![circuit("c8", 8), circuit("c1", 1), circuit("c3", 3)], vec![]);
        part("time", "Time courses", line_figures(), vec![]);
        part("spectrum", "Spectrum", spectra(), vec![]);
        let mm = vec![vec![4.2857, -4.7143], vec![4.2857, -4.7143]];
        part(
            "matrices",
            "Matrices",
            vec![
                matrix("w2", "Weights", &["E", "I"], mm, ""),
                matrix("r2", "Response matrix", &["E", "I"], vec![vec![4.0, -3.3], vec![3.0, -2.3]], "Hz/mV"),
                matrix("w200", "Weights of 200 units", &[], big, ""),
                matrix(
                    "w12",
                    "A dozen populations",
                    &[
                        "L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I", "Thalamus", "VIP", "SST",
                        "NDNF",
                    ],
                    dozen,
                    "",
                ),
            ],
            vec![],
        );
        part("schur", "Schur modes", vec![chain("chain2", 2), chain("chain6", 6)], vec![]);
        let small = |name: &str, a, b| (name.to_string(), vec![a, b]);
        let wave =
            |k: usize| (format!("mode {k}"), (0..200).map(|i| (0.03 * (i * k) as f64).cos()).collect());
        let of = |units: Vec<String>, roles: Vec<Role>, patterns: Vec<(String, Vec<f64>)>, id: &str| {
            Figure::Patterns {
                id: id.into(),
                title: "Patterns".into(),
                caption: "Bars: each unit's part in the pattern.".into(),
                units,
                roles,
                patterns,
            }
        };
        part(
            "patterns",
            "Patterns",
            vec![
                of(
                    names(&["E", "I"]),
                    vec![Role::Excitatory, Role::Inhibitory],
                    vec![
                        small("sum", 0.707, 0.707),
                        small("difference", 0.707, -0.707),
                        small("most amplified input", 0.782, -0.623),
                        small("what it becomes", 0.811, 0.585),
                    ],
                    "p2",
                ),
                of(
                    vec![],
                    (0..200).map(|i| if i < 160 { Role::Excitatory } else { Role::Inhibitory }).collect(),
                    (1..=4).map(wave).collect(),
                    "p200",
                ),
            ],
            vec![],
        );
        Report {
            schema_version: SCHEMA_VERSION,
            neurate_version: "0.1.0",
            title: "Balanced amplification in two populations".into(),
            source: "balanced.toml --set 'W.E<-E=4.2857'".into(),
            circuit_text: "neurate = 1\n[populations]\nE = { kind = \"excitatory\", tau = 20 }\n\n[W]\n\"E <- E\" = 4.2857\n".into(),
            summary: vec![
                "Amplifies sum-like patterns 2.8-fold within 16 ms with no slow mode: balanced amplification.".into(),
                "An inhibition-stabilised network: E alone would run away.".into(),
            ],
            warnings: vec!["The eigenbasis is ill-conditioned (42): trust the Schur modes.".into()],
            sections: parts,
        }
    }

    /// What stands between the tags `start` and `end` of the page.
    fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
        let rest = page.split_once(start).unwrap().1;
        rest.split_once(end).unwrap().0
    }

    const HOSTILE: &str =
        "</script><script>alert(1)</script><!-- <b>\"it's\" & {{json}} \u{0}\u{202e}\u{fffd}é🧠 ]]>";

    fn hostile() -> Report {
        let mut report = sample();
        let mut s = Section::new("hostile", HOSTILE);
        s.verdict = vec![HOSTILE.into()];
        s.trust = vec![HOSTILE.into()];
        let mut table = Table::new(HOSTILE, &[HOSTILE]);
        table.rows.push(vec![Cell::Text(HOSTILE.into())]);
        s.tables.push(table);
        s.figures.push(Figure::Lines {
            id: HOSTILE.into(),
            title: HOSTILE.into(),
            caption: HOSTILE.into(),
            x: Axis::new(HOSTILE, ""),
            y: Axis::new("y", HOSTILE),
            series: vec![series(HOSTILE, Role::Other, Stroke::Solid, &[0.0, 1.0], |x| x)],
            marks: vec![],
        });
        s.data = json!({ HOSTILE: HOSTILE });
        report.sections.push(s);
        report.title = HOSTILE.into();
        report.source = HOSTILE.into();
        report.circuit_text = HOSTILE.into();
        report.summary = vec![HOSTILE.into()];
        report.warnings = vec![HOSTILE.into()];
        report
    }

    #[test]
    fn hostile_text_stays_text() {
        let page = html(&hostile());
        let (plain, scripts) =
            (page.matches("</script>").count(), html(&sample()).matches("</script>").count());
        assert_eq!(plain, scripts, "no text may end a script");
        assert!(!page.contains("<!--") && !page.contains("<b>") && !page.contains("alert(1)</script"));
        assert!(!page.contains('\0'), "control characters are replaced");
        // Template words inside a text are not filled in.
        assert_eq!(page.matches("id=\"report-json\"").count(), 1);
        let title = between(&page, "<h1>", "</h1>");
        assert!(title.starts_with("&lt;/script&gt;&lt;script&gt;alert(1)"), "{title}");
        assert!(title.contains("&quot;it&#39;s&quot; &amp; {{json}} \u{fffd}\u{202e}"), "{title}");
        // And the JSON still says what the report said.
        let text = between(&page, "id=\"report-json\">", "</script>");
        let back: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(back["title"], HOSTILE);
        let last = |v: &serde_json::Value| v["sections"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last(&back), last(&serde_json::to_value(hostile()).unwrap()));
    }

    #[test]
    fn nothing_is_loaded_from_outside() {
        let page = html(&sample());
        let own = page.replace(include_str!("page/vendor/d3.min.js"), "");
        let own = own.replace(include_str!("page/vendor/plot.umd.min.js"), "");
        for word in ["src=", "@import", "<link", "<iframe", "fetch(", "XMLHttpRequest"] {
            assert!(!own.contains(word), "{word}");
        }
        // Links go to places in the page; url() is not used.
        assert!(own.match_indices("href=\"").all(|(i, m)| own[i + m.len()..].starts_with('#')));
        assert!(!own.contains("url("));
        // The browser is told to refuse what the libraries might try.
        assert!(page.contains("content=\"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:\""));
    }

    #[test]
    fn same_report_same_bytes() {
        assert_eq!(html(&hostile()), html(&hostile()));
    }

    #[test]
    fn missing_numbers_become_null() {
        let mut report = sample();
        report.sections[0].figures = vec![matrix(
            "bad",
            "bad",
            &["a", "b", "c"],
            vec![vec![f64::NAN, f64::INFINITY, -f64::INFINITY], vec![], vec![1.0, 2.0, 3.0]],
            "",
        )];
        let page = html(&report);
        let text = between(&page, "id=\"report-json\">", "</script>");
        let back: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(back["sections"][0]["figures"][0]["values"][0], json!([null, null, null]));
    }

    #[test]
    fn words_are_there_without_javascript() {
        let page = html(&sample());
        let body = between(&page, "<body>", "<script");
        for s in &sample().sections {
            assert!(
                body.contains(&format!("id=\"s-{}\"", s.name)) && body.contains(&format!("#s-{}\"", s.name))
            );
            assert!(s.verdict.iter().chain(&s.trust).all(|v| body.contains(&escape(v))));
        }
        assert_eq!(
            body.matches("<figure ").count(),
            sample().sections.iter().map(|s| s.figures.len()).sum::<usize>()
        );
        assert!(body.contains("<td class=\"number\">−0.4286 + 1.2 i</td>") && body.contains("<td>yes</td>"));
    }

    #[test]
    fn numbers_have_four_digits() {
        for (v, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (9.0, "9"),
            (-3.0 / 7.0, "−0.4286"),
            (123.456_7, "123.5"),
            (12_345.6, "12346"),
            (0.001, "0.001"),
            (-1.25e-9, "−1.25×10⁻⁹"),
            (6.022e23, "6.022×10²³"),
            (9.999_96, "10"),
            (100.0, "100"),
            (f64::NAN, "–"),
            (f64::NEG_INFINITY, "−∞"),
        ] {
            assert_eq!(number(v), text, "{v}");
        }
    }

    #[test]
    fn points_stand_under_each_other() {
        assert_eq!(decimal_fill(0, 2), "\u{2008}\u{2007}\u{2007}");
        assert_eq!(decimal_fill(1, 3), "\u{2007}\u{2007}");
        assert_eq!(decimal_fill(0, 0), "");
    }

    /// `cargo test -p neurate --lib report::html -- --ignored` writes pages to look at.
    #[test]
    #[ignore = "writes a file to look at"]
    fn write_sample() {
        std::fs::write(std::env::temp_dir().join("neurate-sample.html"), html(&sample())).unwrap();
        std::fs::write(std::env::temp_dir().join("neurate-hostile.html"), html(&hostile())).unwrap();
    }
}
