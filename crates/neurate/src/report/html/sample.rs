//! A report with figures of every kind, for tests and to look at. `tests/all/golden_figures.rs` compiles it, too, and keeps
//! the text of every figure: so it uses public names only.

use crate::report::{
    Alternatives, Axis, BranchMark, BranchSign, Cell, ChainNode, CircuitNode, Cloud, CycleBand, Figure,
    IntervalSet, Link, Mark, Open, Part, PlaneMark, PlaneSign, RegimeStretch, Role, Section, Series, Stroke,
    Table,
};
use crate::report::{Report, SCHEMA_VERSION};
use serde_json::json;

pub(super) fn series(name: &str, role: Role, stroke: Stroke, x: &[f64], y: impl Fn(f64) -> f64) -> Series {
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
                    vec![std::f64::consts::FRAC_1_SQRT_2, [1.0, -1.0][k] * std::f64::consts::FRAC_1_SQRT_2]
                },
            })
            .collect(),
        links: (0..n)
            .flat_map(|from| (0..from).map(move |to| (to, from)))
            .map(|(to, from)| Link { to, from, weight: if many { 3.0 * random() } else { 9.0 } })
            .collect(),
    }
}

pub(super) fn matrix(id: &str, title: &str, labels: &[&str], values: Vec<Vec<f64>>, unit: &str) -> Figure {
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

/// A supralinear stabilized network (THEORY.md, S11) run by Euler steps.
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
    let plane =
        |id: &str, title: &str, clouds: Vec<Cloud>, circles: Vec<(f64, f64, f64, String)>| Figure::Plane {
            id: id.into(),
            title: title.into(),
            caption: "Eigenvalues right of the line would grow.".into(),
            x: Axis::new("Re λ", ""),
            y: Axis::new("Im λ", ""),
            clouds,
            curves: vec![],
            border: Some(1.0),
            circles,
        };
    let cloud = |name: &str, x: Vec<f64>, y: Vec<f64>| Cloud { name: name.into(), role: Role::Other, x, y };
    vec![
        plane(
            "spectrum",
            "Spectrum of W",
            vec![cloud("eigenvalues of W", x, y), cloud("outliers", vec![-1.6, 0.4], vec![0.0, f64::NAN])],
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
            "Response of a supralinear stabilized network to a step",
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
                series("sum (exact)", Other, Dashed, &axis, |t| 9.1 * (t / 20.0) * (-t / 16.0).exp() + 0.02),
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
            "logarithmic",
            "Amplitude of the response, by frequency",
            Axis::new("frequency", "Hz").logarithmic(),
            Axis::new("|R|", "Hz/mV").logarithmic(),
            ["E", "I"]
                .iter()
                .zip([Excitatory, Inhibitory])
                .map(|(name, role)| {
                    let x: Vec<f64> = (0..=60).map(|k| 0.1 * 10_f64.powf(f64::from(k) / 15.0)).collect();
                    series(name, role, Solid, &x, |f| 4.0 / (1.0 + f * f / 900.0))
                })
                .collect(),
            vec![mark(30.0, Some(2.0), "30 Hz", Excitatory)],
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

/// Three fixed points, and a stimulus that leaves one of them.
fn phase_plane() -> Figure {
    let axis: Vec<f64> = (0..=100).map(|k| f64::from(k) * 0.4).collect();
    let cubic = |lift: f64| Series {
        name: if lift == 0.0 { "nullcline of E".into() } else { "E under the stimulus".into() },
        role: Role::Excitatory,
        stroke: Stroke::Solid,
        x: axis.clone(),
        y: axis.iter().map(|v| 20.0 + 0.9 * (v - 20.0) - 0.003 * (v - 20.0).powi(3) + lift).collect(),
    };
    let point = |x: f64, sign, label: &str, driven| PlaneMark {
        x,
        y: 0.5 * x + 10.0,
        sign,
        label: label.into(),
        driven,
    };
    let field =
        |x: f64, y: f64| (20.0 + 0.9 * (x - 20.0) - 0.003 * (x - 20.0).powi(3) - y, 0.5 * x + 10.0 - y);
    Figure::PhasePlane {
        id: "phase_plane".into(),
        title: "Phase plane of E and I".into(),
        caption: "Where lines cross nothing changes.".into(),
        x: Axis::new("rate of E", "Hz"),
        y: Axis::new("rate of I", "Hz"),
        x_range: (-2.0, 42.0),
        y_range: (-2.0, 42.0),
        nullclines: vec![
            cubic(0.0),
            series("nullcline of I", Role::Inhibitory, Stroke::Solid, &axis, |v| 0.5 * v + 10.0),
        ],
        driven: vec![cubic(6.0)],
        series: vec![
            series("from rest", Role::Guide, Stroke::Solid, &[0.0, 2.0, 6.0, 8.4], |x| {
                0.3 * x * (9.0 - x).max(0.0) + 1.7 * x
            }),
            series("under the stimulus", Role::Guide, Stroke::Solid, &[8.4, 15.0, 30.0, 34.0], |x| {
                0.5 * x + 10.0
            }),
        ],
        manifolds: vec![
            series("unstable manifold", Role::Other, Stroke::Solid, &[20.0, 14.0, 8.45], |x| 0.5 * x + 10.5),
            series("stable manifold", Role::Other, Stroke::Dashed, &[14.0, 18.0, 20.0], |x| 60.0 - 2.0 * x),
        ],
        cycles: vec![Series {
            name: "stable limit cycle".into(),
            role: Role::Guide,
            stroke: Stroke::Solid,
            x: (0..=40).map(|k| 31.55 + 5.0 * (f64::from(k) * 0.05 * std::f64::consts::PI).cos()).collect(),
            y: (0..=40).map(|k| 25.8 + 4.0 * (f64::from(k) * 0.05 * std::f64::consts::PI).sin()).collect(),
        }],
        flow: (0..100)
            .map(|k| (f64::from(k % 10) * 4.0 + 2.0, f64::from(k / 10) * 4.0 + 2.0))
            .map(|(x, y)| (x, y, field(x, y).0, field(x, y).1))
            .collect(),
        points: vec![
            point(8.45, PlaneSign::Filled, "stable node", false),
            point(20.0, PlaneSign::Half, "saddle", false),
            point(31.55, PlaneSign::Hollow, "unstable focus", false),
            point(34.0, PlaneSign::Filled, "stable node", true),
            point(3.0, PlaneSign::Cross, "not decided", true),
        ],
    }
}

/// A folded branch, a Hopf point with stable cycles, a subcritical one with unstable cycles, and every sign.
fn branches() -> Figure {
    let piece = |stable: bool, low: f64, high: f64| {
        let y: Vec<f64> = (0..=40).map(|k| low + (high - low) * f64::from(k) / 40.0).collect();
        Series {
            name: format!("{} steady state of E", if stable { "stable" } else { "unstable" }),
            role: Role::Excitatory,
            stroke: if stable { Stroke::Solid } else { Stroke::Dashed },
            x: y.iter().map(|y| 4.0 * (y - 0.5).powi(3) * 4.0 - 1.5 * (y - 0.5) + 1.0 + 2.0 * y).collect(),
            y,
        }
    };
    // Rounded: words beside a point have all its digits.
    let at = |y: f64| ((16.0 * (y - 0.5).powi(3) - 1.5 * (y - 0.5) + 1.0 + 2.0 * y) * 1e3).round() / 1e3;
    let band = |stable: bool, from: f64, to: f64, size: f64| {
        let x: Vec<f64> = (0..=30).map(|k| from + (to - from) * f64::from(k) / 30.0).collect();
        let wide = |x: &f64| size * ((x - from).abs()).sqrt();
        CycleBand {
            stable,
            high: x.iter().map(|x| 0.7 + 0.1 * (x - from) + wide(x)).collect(),
            low: x.iter().map(|x| 0.7 + 0.1 * (x - from) - wide(x)).collect(),
            period: x.iter().map(|x| 25.0 + 12.0 * (x - from).abs()).collect(),
            x,
        }
    };
    let point = |x: f64, y: f64, sign, label: &str| BranchMark { x, y, sign, label: label.into() };
    let stretch = |from: f64, to: f64, label: &str, stable, oscillates| RegimeStretch {
        from,
        to,
        label: label.into(),
        stable,
        oscillates,
    };
    Figure::Branches {
        id: "branches".into(),
        title: "rate of E along E.h".into(),
        caption: "Steady states of E: solid where stable, dashed where unstable.".into(),
        x: Axis::new("E.h", "mV"),
        y: Axis::new("rate of E", "Hz"),
        x_range: (0.0, 4.0),
        branches: vec![piece(true, -0.02, 0.32), piece(false, 0.32, 0.72), piece(true, 0.72, 1.0)],
        cycles: vec![band(true, at(0.72), 0.4, 0.3), band(false, at(0.72), 3.3, 0.25)],
        period: Axis::new("period", "ms"),
        points: vec![
            point(at(0.32), 0.32, BranchSign::Fold, "fold"),
            point(at(0.72), 0.72, BranchSign::Hopf, "Hopf, supercritical"),
            point(at(0.85), 0.85, BranchSign::SubcriticalHopf, "Hopf, subcritical"),
            point(at(0.5), 0.5, BranchSign::Crossing, "transcritical"),
            point(at(0.1), 0.1, BranchSign::Kink, "kink of f"),
            point(3.3, 1.0, BranchSign::Cycle, "fold of cycles"),
            point(0.4, 1.1, BranchSign::InfinitePeriod, "homoclinic"),
            point(at(0.6), 0.6, BranchSign::Unresolved, "not resolved"),
            point(at(1.0), 1.0, BranchSign::Unfinished, "unfinished"),
        ],
        regimes: vec![
            stretch(0.0, 0.4, "steady", 1, false),
            stretch(0.4, at(0.72), "oscillates", 0, true),
            stretch(at(0.72), 3.0, "oscillates or steady", 1, true),
            stretch(3.0, 3.1, "bistable", 2, false),
            stretch(3.1, 4.0, "no steady state", 0, false),
        ],
        isn: Some(vec![(0.3, 2.0)]),
        own: Some(1.5),
    }
}

fn shares() -> Vec<Figure> {
    let axis: Vec<f64> = (0..=120).map(f64::from).collect();
    let wave = |a: f64, tau: f64, period: f64| {
        move |t: f64| a * (-t / tau).exp() * (std::f64::consts::TAU * t / period).cos()
    };
    let part =
        |k: usize, f: &dyn Fn(f64) -> f64| series(&format!("mode {k}"), Role::Other, Stroke::Solid, &axis, f);
    let waves = [wave(2.0, 40.0, 1e9), wave(-1.2, 15.0, 1e9), wave(0.8, 60.0, 45.0)];
    vec![
        Figure::Areas {
            id: "shares".into(),
            title: "Contributions of the modes".into(),
            caption: "Bands: what each mode adds to the rate of E.".into(),
            x: Axis::new("time", "ms"),
            y: Axis::new("rate of E", "Hz"),
            series: waves.iter().enumerate().map(|(k, f)| part(k + 1, f)).collect(),
            total: Some(series("rate of E", Role::Excitatory, Stroke::Solid, &axis, |t| {
                waves.iter().map(|f| f(t)).sum()
            })),
        },
        Figure::Intervals {
            id: "intervals".into(),
            title: "Responses with their uncertainty".into(),
            caption: "Points: median. Bars: 95 % of the draws.".into(),
            x: Axis::new("input to", ""),
            y: Axis::new("response of PV", "Hz/mV"),
            categories: names(&["E", "PV", "SST", "VIP"]),
            sets: ["at rest", "driven"]
                .iter()
                .enumerate()
                .map(|(k, name)| IntervalSet {
                    name: (*name).into(),
                    role: Role::Other,
                    low: vec![0.5 + k as f64, -1.2, f64::NAN, -0.4],
                    center: vec![1.0 + k as f64, -0.7, 0.2, 0.1],
                    high: vec![1.8 + k as f64, 0.1, f64::NAN, 0.9],
                })
                .collect(),
            reference: Some(0.0),
        },
    ]
}

/// Each section in a part of the page, and something of most of them open.
fn lay_out(sections: &mut [Section]) {
    for s in sections {
        (s.part, s.open) = match s.name {
            "circuit" => (Part::Verdict, Open::new(2, 1, 0)),
            "time" => (Part::TimeCourse, Open::new(1, 1, 0)),
            "circuits" => (Part::OperatingPoint, Open::new(1, 0, 0)),
            "shares" => (Part::Responses, Open::new(0, 1, 0)),
            "spectrum" => (Part::Modes, Open::new(1, 2, 0)),
            "matrices" => (Part::Modes, Open::new(1, 1, 0)),
            "patterns" => (Part::Noise, Open::new(1, 1, 0)),
            _ => (Part::Details, Open::default()),
        };
        if s.name == "circuit" {
            s.shows = Some("r2".into());
        }
        if s.name == "time" {
            let switch = Alternatives::new("Time course in").or("units", ["ssn"]).or("modes", ["modes"]);
            s.alternatives = vec![switch.or("the plane", ["nullclines", "tiny"])];
        }
    }
}

/// All kinds of figures, small and large.
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
            format!("{title} say: a difference pattern feeds a sum pattern with weight 9."),
            format!("{title} say: the largest effective time constant is 20 ms."),
        ];
        s.trust = vec![format!("{title}: Schur residual 2.2e-16."), format!("{title}: condition 42.02.")];
        s.sources = vec!["Murphy & Miller 2009, Neuron 61:635", "Trefethen & Embree 2005, ch. 14"];
        s.data = json!({"x": [1.0, 2.5]});
        s.figures = figures;
        s.tables = tables;
        parts.push(s);
    };
    part("circuit", "The circuit", vec![circuit("c2", 2), circuit("c4", 4)], tables());
    part("circuits", "More circuits", vec![circuit("c8", 8), circuit("c1", 1), circuit("c3", 3)], vec![]);
    part("time", "Time courses", line_figures(), vec![]);
    part("phase_plane", "Phase plane", vec![phase_plane()], vec![]);
    part("branches", "Branches", vec![branches()], vec![]);
    part("shares", "Contributions and intervals", shares(), vec![]);
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
                &["L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I", "Thalamus", "VIP", "SST", "NDNF"],
                dozen,
                "",
            ),
        ],
        vec![],
    );
    part("schur", "Schur modes", vec![chain("chain2", 2), chain("chain6", 6)], vec![]);
    let small = |name: &str, a, b| (name.to_string(), vec![a, b]);
    let wave = |k: usize| (format!("mode {k}"), (0..200).map(|i| (0.03 * (i * k) as f64).cos()).collect());
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
    let mut absent = Section::new("delayed", "Delays");
    absent.available = false;
    absent.verdict = vec!["There are no delays.".into()];
    parts.push(absent);
    lay_out(&mut parts);
    Report {
        unfinished: vec![],
        schema_version: SCHEMA_VERSION,
        neurate_version: "0.1.0",
        title: "Balanced amplification in two populations".into(),
        source: "balanced.toml --set 'W.E<-E=4.2857'".into(),
        circuit_text: "neurate = 1\n[populations]\nE = { kind = \"excitatory\", tau = 20 }\n\n[W]\n\"E <- E\" = 4.2857\n".into(),
        summary: vec![
            "Amplifies sum-like patterns 2.8-fold within 16 ms with no slow mode: balanced amplification.".into(),
            "An inhibition-stabilized network: E alone would run away.".into(),
        ],
        warnings: vec!["The eigenbasis is ill-conditioned (42): trust the Schur modes.".into()],
        sections: parts,
    }
}
