//! Beside the measured spectrum: what a random matrix with these block statistics would have.

use super::words::{complex, count, digits, list, number, pair_cell};
use crate::answers::RandomMatrixComparison;
use crate::linear::Linearization;
use crate::linear::modes::{BEYOND, FEWEST_UNITS};
use crate::model::Circuit;
use crate::report::limits::{NAMED_OUTLIERS, RANDOM_MATRIX_REMARK_FROM};
use crate::report::section::{Cell, Cloud, Role, Section, Series, Stroke, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

/// What the spectrum figure draws.
#[derive(Default)]
pub(super) struct Drawn {
    pub curves: Vec<Series>,
    pub circles: Vec<(f64, f64, f64, String)>,
    pub clouds: Vec<Cloud>,
    pub caption: &'static str,
}

/// Adds the predictions to the section, or a remark why there are none; what to draw.
pub(super) fn tell(
    compared: Option<&RandomMatrixComparison>,
    study: &Study,
    s: &mut Section,
) -> Result<Drawn> {
    let Some(r) = compared else {
        s.trust.extend(remark(study.circuit(), study.linearization()?));
        return Ok(Drawn::default());
    };
    if !r.applies {
        s.trust.push(format!("Random-matrix theory makes no prediction: {}.", list(&r.obstacles)));
        return Ok(Drawn::default());
    }
    verdict(r, s);
    s.tables.push(table(r));
    s.trust.push("Predictions from random matrices are limits of many units, from the measured mean and variance of each block of M; entries are assumed independent, except for reciprocal pairs. Ranges contain 90 % of matrices of this size with normally distributed entries.".into());
    s.sources.extend([
        "Girko 1984; Sommers et al. 1988 (ellipse)",
        "Rajan & Abbott 2006; Aljadeff et al. 2015 (blocks)",
        "Cook et al. 2018 (density inside)",
        "O'Rourke & Renfrew 2014; Mastrogiuseppe & Ostojic 2018 (outliers)",
    ]);
    Ok(drawn(r))
}

/// Why there is no prediction.
fn remark(c: &Circuit, l: &Linearization) -> Option<String> {
    let n = l.dim();
    if n < RANDOM_MATRIX_REMARK_FROM {
        None
    } else if n < FEWEST_UNITS {
        Some(format!(
            "Random-matrix theory gives limits for many units and makes no prediction for fewer than {FEWEST_UNITS}; the circuit has {n}."
        ))
    } else if !c.is_plain() {
        Some(
            "Random-matrix theory makes no prediction, because M contains slow states besides weights."
                .into(),
        )
    } else {
        Some("Random-matrix theory makes no prediction, because different time constants scale the rows of M and change its diagonal.".into())
    }
}

/// The half axes of the ellipse, where the prediction is one.
fn axes(r: &RandomMatrixComparison) -> Option<(f64, f64)> {
    r.half_axes.as_ref().map(|a| (a.data()[0], a.data()[1]))
}

fn verdict(r: &RandomMatrixComparison, s: &mut Section) {
    let form = match axes(r) {
        Some((a, b)) => format!("an ellipse with the half axes {} and {}", digits(a), digits(b)),
        None => format!("a disc of radius {}", digits(r.radius)),
    };
    let beyond = match (axes(r), r.measured.beyond) {
        (Some(_), _) => String::new(),
        (None, 0) => format!("; no eigenvalue lies beyond {BEYOND} times that radius"),
        (None, k) => format!(
            "; {} {} beyond {BEYOND} times that radius, {} expected",
            k,
            if k == 1 { "lies" } else { "lie" },
            digits(r.expected_beyond)
        ),
    };
    s.verdict.push(format!(
        "For a random matrix with these block statistics, theory predicts the eigenvalues in {form}{beyond}."
    ));
    if !r.outliers.is_empty() {
        let named: Vec<String> =
            r.outliers.iter().take(NAMED_OUTLIERS).map(|o| complex(o.predicted.0)).collect();
        let found: Vec<String> =
            r.outliers.iter().take(NAMED_OUTLIERS).map(|o| complex(o.measured.0)).collect();
        s.verdict.push(format!(
            "From its mean part, theory predicts {} at {}; measured: {}.",
            count(r.outliers.len(), "outlier"),
            list(&named),
            list(&found)
        ));
    }
    if r.row_sums < 1e-6 && r.mean_size > 0.0 {
        s.verdict.push("All units of a population receive the same total weight (zero-row-sum condition), so the mean part adds feedforward weight without scattering eigenvalues.".into());
    }
}

fn table(r: &RandomMatrixComparison) -> Table {
    let (m, measured_axes) = (&r.measured, r.measured.half_axes.data());
    let mut t = Table::new(
        "Beside a random matrix with the same block statistics",
        &["quantity", "predicted", "at this size", "measured"],
    );
    let mut row = |what: &str, predicted: Cell, range: String, measured: Cell| {
        t.rows.push(vec![Cell::Text(what.into()), predicted, Cell::Text(range), measured]);
    };
    let [low, high] = [0, 1].map(|k| r.radius_range.data()[k] / r.radius);
    let about = |x: f64| format!("{} to {}", number(low * x), number(high * x));
    match axes(r) {
        Some((a, b)) => {
            row("half axis of the ellipse, real", Cell::Number(a), about(a), Cell::Number(measured_axes[0]));
            row(
                "half axis of the ellipse, imaginary",
                Cell::Number(b),
                about(b),
                Cell::Number(measured_axes[1]),
            );
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
    for o in r.outliers.iter().filter(|o| o.predicted.0.im >= 0.0) {
        let range = if o.sd.is_finite() { format!("± {}", number(2.0 * o.sd)) } else { String::new() };
        row("outlier", pair_cell(o.predicted.0), range, pair_cell(o.measured.0));
    }
    row(
        "share of eigenvalues within half of it",
        Cell::Number(r.within_half),
        String::new(),
        Cell::Number(m.within_half),
    );
    row(
        "feedforward share of ‖M‖²",
        Cell::Number(r.feedforward_share),
        String::new(),
        Cell::Number(m.feedforward_share),
    );
    row(
        "correlation of reciprocal connections",
        Cell::Number(0.0),
        String::new(),
        Cell::Number(r.reciprocity),
    );
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

fn drawn(r: &RandomMatrixComparison) -> Drawn {
    let mut d = Drawn {
        caption: " Dashed: boundary of the eigenvalues of a random matrix with the same block statistics.",
        ..Drawn::default()
    };
    match axes(r) {
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
            x: r.outliers.iter().map(|o| o.predicted.0.re).collect(),
            y: r.outliers.iter().map(|o| o.predicted.0.im).collect(),
        });
        d.caption = " Dashed: boundary of the eigenvalues of a random matrix with the same block statistics; hollow: outliers predicted from its mean part.";
    }
    d
}
