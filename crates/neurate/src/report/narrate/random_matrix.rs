//! Beside the measured spectrum: what a random matrix with these block statistics would have.

use super::Study;
use super::words::{complex, count, list, number, pair_cell, percent};
use crate::linear::modes::{BEYOND, FEWEST_INPUTS, FEWEST_UNITS, Obstacle, RandomMatrix, random_matrix};
use crate::report::section::{Cell, Cloud, Role, Section, Series, Stroke, Table};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Complex, Matrix};
use serde_json::json;
use std::ops::Range;

/// Units from which a remark says why there is no prediction: smaller circuits expect none.
const REMARK_FROM: usize = 20;

/// What the spectrum figure draws.
#[derive(Default)]
pub(super) struct Drawn {
    pub curves: Vec<Series>,
    pub circles: Vec<(f64, f64, f64, String)>,
    pub clouds: Vec<Cloud>,
    pub caption: &'static str,
}

/// Adds the predictions to the section; what to draw; the numbers.
pub(super) fn compare(
    study: &Study,
    m: &Matrix,
    values: &[Complex],
    s: &mut Section,
) -> Result<(Drawn, serde_json::Value)> {
    let (c, n) = (study.circuit(), m.rows());
    if n < FEWEST_UNITS {
        if n >= REMARK_FROM {
            s.trust.push(format!(
                "No prediction from random matrices: they are limits of many units, and {n} are fewer than {FEWEST_UNITS}."
            ));
        }
        return Ok((Drawn::default(), serde_json::Value::Null));
    }
    if !c.is_plain() {
        s.trust.push("No prediction from random matrices: M holds slow states besides weights.".into());
        return Ok((Drawn::default(), serde_json::Value::Null));
    }
    if !study.linearization()?.uniform_tau() {
        s.trust.push("No prediction from random matrices: with different time constants M is more than weights, its rows are scaled and its diagonal differs between populations.".into());
        return Ok((Drawn::default(), serde_json::Value::Null));
    }
    let groups: Vec<Range<usize>> = (0..c.populations().len()).map(|p| c.range(p)).collect();
    let r = random_matrix(m, &groups)?;
    let measured = Measured::new(m, values, &r);
    let data = data(&r, &measured);
    if !r.obstacles.is_empty() {
        let reasons: Vec<String> = r.obstacles.iter().map(reason).collect();
        s.trust.push(format!("No prediction from random matrices: {}.", list(&reasons)));
        return Ok((Drawn::default(), data));
    }
    verdict(&r, &measured, s);
    s.tables.push(table(&r, &measured));
    s.trust.push("Predictions from random matrices are limits of many units, from the measured mean and variance of each block of M; entries are taken for independent of each other, but for those of opposite direction. Ranges hold nine of ten matrices of this size with normal entries.".into());
    s.sources.extend([
        "Girko 1984; Sommers et al. 1988 (ellipse)",
        "Rajan & Abbott 2006; Aljadeff et al. 2015 (blocks)",
        "Cook et al. 2018 (density inside)",
        "O'Rourke & Renfrew 2014; Mastrogiuseppe & Ostojic 2018 (outliers)",
    ]);
    Ok((drawn(&r), data))
}

fn reason(o: &Obstacle) -> String {
    match o {
        Obstacle::FewUnits(n) => format!("{n} units are fewer than {FEWEST_UNITS}"),
        Obstacle::FewInputs(k) => {
            format!(
                "units have {} inputs on average, too few (under {FEWEST_INPUTS}) for sums over them to be near normal",
                number(*k)
            )
        }
        Obstacle::Structured(share) => {
            format!(
                "the weights have structure beyond their blocks' means: {} of the squared rest is in a few patterns",
                percent(*share)
            )
        }
        Obstacle::NoSpread => "the blocks are uniform, nothing is random".into(),
    }
}

/// The same quantities of the matrix itself.
struct Measured {
    largest: f64,
    beyond: usize,
    within_half: f64,
    share: f64,
    axes: (f64, f64),
    /// The eigenvalue nearest to each predicted outlier.
    outliers: Vec<Complex>,
}

impl Measured {
    fn new(m: &Matrix, values: &[Complex], r: &RandomMatrix) -> Measured {
        let total = m.frobenius().powi(2);
        let sum: f64 = values.iter().map(|z| z.norm_sqr()).sum();
        let nearest = |o: Complex| {
            let far = |z: &&Complex| (**z - o).norm();
            *values.iter().min_by(|a, b| far(a).total_cmp(&far(b))).expect("there are eigenvalues")
        };
        let outliers: Vec<Complex> = r.outliers.iter().map(|o| nearest(o.value)).collect();
        // The bulk: without the outliers that were foreseen.
        let bulk: Vec<Complex> = values.iter().copied().filter(|z| !outliers.contains(z)).collect();
        let (a, b) = r.ellipse.unwrap_or((r.radius, r.radius));
        let top = |f: &dyn Fn(&Complex) -> f64| bulk.iter().map(f).fold(0.0, f64::max);
        let half = |z: &Complex| (z.re / a).hypot(z.im / b) < 0.5;
        Measured {
            largest: top(&|z| z.norm()),
            beyond: values.iter().filter(|z| z.norm() > BEYOND * r.radius).count(),
            within_half: values.iter().filter(|z| half(z)).count() as f64 / values.len() as f64,
            share: if total > 0.0 { 1.0 - sum / total } else { 0.0 },
            axes: (top(&|z| z.re.abs()), top(&|z| z.im.abs())),
            outliers,
        }
    }
}

fn verdict(r: &RandomMatrix, m: &Measured, s: &mut Section) {
    let form = match r.ellipse {
        Some((a, b)) => format!("an ellipse with the half axes {} and {}", number(a), number(b)),
        None => format!("a disc of radius {}", number(r.radius)),
    };
    let beyond = match (r.ellipse, m.beyond) {
        (Some(_), _) => String::new(),
        (None, 0) => ", and so they do".into(),
        (None, k) => format!(
            "; {} {} beyond {BEYOND} times that, {} expected",
            k,
            if k == 1 { "lies" } else { "lie" },
            number(r.expected_beyond)
        ),
    };
    s.verdict.push(format!(
        "As a random matrix with these block statistics, M would have its eigenvalues in {form}{beyond}."
    ));
    if !r.outliers.is_empty() {
        let named: Vec<String> = r.outliers.iter().take(4).map(|o| complex(o.value)).collect();
        let found: Vec<String> = m.outliers.iter().take(4).map(|z| complex(*z)).collect();
        s.verdict.push(format!(
            "Its mean part should make {} at {}; measured: {}.",
            count(r.outliers.len(), "outlier"),
            list(&named),
            list(&found)
        ));
    }
    if r.row_sums < 1e-6 && r.mean_size > 0.0 {
        s.verdict.push("Each unit's weights sum up to the same: the mean part adds feedforward weight and scatters no eigenvalues (the zero-row-sum condition holds).".into());
    }
}

fn table(r: &RandomMatrix, m: &Measured) -> Table {
    let mut t = Table::new(
        "Beside a random matrix with the same block statistics",
        &["quantity", "predicted", "at this size", "measured"],
    );
    let mut row = |what: &str, predicted: Cell, range: String, measured: Cell| {
        t.rows.push(vec![Cell::Text(what.into()), predicted, Cell::Text(range), measured]);
    };
    let (low, high) = (r.radius_range.0 / r.radius, r.radius_range.1 / r.radius);
    let about = |x: f64| format!("{} to {}", number(low * x), number(high * x));
    match r.ellipse {
        Some((a, b)) => {
            row("half axis of the ellipse, real", Cell::Number(a), about(a), Cell::Number(m.axes.0));
            row("half axis of the ellipse, imaginary", Cell::Number(b), about(b), Cell::Number(m.axes.1));
        }
        None => {
            row(
                "radius of the disc (largest |λ| but for outliers)",
                Cell::Number(r.radius),
                about(r.radius),
                Cell::Number(m.largest),
            );
            let scatter = format!("{} ± {}", number(r.expected_beyond), number(r.expected_beyond.sqrt()));
            row(
                &format!("eigenvalues beyond {BEYOND} × radius"),
                Cell::Number(r.expected_beyond),
                scatter,
                Cell::Number(m.beyond as f64),
            );
        }
    }
    for (o, found) in r.outliers.iter().zip(&m.outliers).filter(|(o, _)| o.value.im >= 0.0) {
        let range = if o.sd.is_finite() { format!("± {}", number(2.0 * o.sd)) } else { String::new() };
        row("outlier", pair_cell(o.value), range, pair_cell(*found));
    }
    row(
        "share of eigenvalues within half of it",
        Cell::Number(r.within_half),
        String::new(),
        Cell::Number(m.within_half),
    );
    row("feedforward share of ‖M‖²", Cell::Number(r.feedforward_share), String::new(), Cell::Number(m.share));
    row("correlation of opposite connections", Cell::Number(0.0), String::new(), Cell::Number(r.reciprocity));
    row(
        "mean part ‖mean‖ / √N, against the radius",
        Cell::Empty,
        String::new(),
        Cell::Number(r.mean_size / r.radius),
    );
    row(
        "row sums of the random part, against chance (0: zero-row-sum condition)",
        Cell::Number(1.0),
        String::new(),
        Cell::Number(r.row_sums),
    );
    t
}

fn drawn(r: &RandomMatrix) -> Drawn {
    let mut d = Drawn {
        caption: " Dashed: where a random matrix with the same block statistics has them.",
        ..Drawn::default()
    };
    match r.ellipse {
        Some((a, b)) => {
            let angles = (0..=180).map(|k| k as f64 * std::f64::consts::TAU / 180.0);
            d.curves.push(Series {
                name: "ellipse of a random matrix".into(),
                role: Role::Guide,
                stroke: Stroke::Dashed,
                x: angles.clone().map(|t| a * t.cos()).collect(),
                y: angles.map(|t| b * t.sin()).collect(),
            });
        }
        None => d.circles.push((0.0, 0.0, r.radius, "random matrix".into())),
    }
    if !r.outliers.is_empty() {
        d.clouds.push(Cloud {
            name: "outliers predicted".into(),
            role: Role::Guide,
            x: r.outliers.iter().map(|o| o.value.re).collect(),
            y: r.outliers.iter().map(|o| o.value.im).collect(),
        });
        d.caption = " Dashed: where a random matrix with the same block statistics has them; hollow: outliers that its mean part makes.";
    }
    d
}

fn data(r: &RandomMatrix, m: &Measured) -> serde_json::Value {
    let reasons: Vec<String> = r.obstacles.iter().map(reason).collect();
    json!({
        "applies": r.obstacles.is_empty(), "obstacles": reasons,
        "radius": r.radius, "radius_range": [r.radius_range.0, r.radius_range.1],
        "reciprocity": r.reciprocity,
        "half_axes": r.ellipse.map(|(a, b)| [a, b]),
        "outliers": r.outliers.iter().zip(&m.outliers).map(|(o, found)| json!({
            "predicted": {"re": o.value.re, "im": o.value.im}, "sd": o.sd,
            "measured": {"re": found.re, "im": found.im},
        })).collect::<Vec<_>>(),
        "patterns": r.patterns, "mean_size": r.mean_size, "row_sums": r.row_sums,
        "expected_beyond": r.expected_beyond, "within_half": r.within_half,
        "feedforward_share": r.feedforward_share,
        "measured": {
            "largest": m.largest, "half_axes": [m.axes.0, m.axes.1], "beyond": m.beyond,
            "within_half": m.within_half, "feedforward_share": m.share,
        },
    })
}
