//! Tables and figures of the section on noise.

use super::super::oscillations::line;
use super::super::words::{heading, share, unit_names, unit_roles};
use crate::answers::StationaryFluctuations;
use crate::linear::Linearization;
use crate::linear::response::{correlations, standard_deviations};
use crate::model::{Circuit, Form, NoiseSource};
use crate::report::limits::{NAMED_PATTERN_UNITS, NAMED_UNITS};
use crate::report::section::{Axis, Cell, Figure, Table};
use crate::study::Array;
use neurate_numerics::linalg::Matrix;

/// Unit of a square times time.
pub(super) fn squared(unit: &str, time: &str) -> String {
    if unit.is_empty() { time.to_string() } else { format!("{unit}² {time}") }
}

pub(super) fn matrix(a: &Array) -> Matrix {
    let &[rows, cols] = a.shape() else { return Matrix::zeros(0, 0) };
    Matrix::from_vec(rows, cols, a.data().to_vec())
}

pub(super) fn population_table(
    c: &Circuit,
    l: &Linearization,
    answer: &StationaryFluctuations,
    covariance: &Matrix,
) -> Table {
    let u = c.units();
    let sd = standard_deviations(covariance);
    let rates = c.form() != Form::Rate;
    let mut columns = vec![
        "population".to_string(),
        heading("sd", &u.state),
        heading("sd isolated", &u.state),
        "variance ratio".to_string(),
    ];
    if rates {
        columns.push(heading("sd of rate", &u.rate));
    }
    let large = c.n() > c.populations().len();
    if large {
        columns.push(heading("sd of mean", &u.state));
        columns.push("correlation within".to_string());
    }
    let mut t = Table {
        caption: "Fluctuations of the units about the operating point, root mean square over a population"
            .into(),
        columns,
        rows: vec![],
    };
    for (p, q) in answer.populations.iter().enumerate() {
        let mut row = vec![
            Cell::Text(c.shown(&q.population)),
            Cell::Number(q.sd),
            Cell::Number(q.sd_isolated),
            if q.sd_isolated > 0.0 { Cell::Number((q.sd / q.sd_isolated).powi(2)) } else { Cell::Empty },
        ];
        if rates {
            let rate = |i: usize| (l.rate_per_state[i] * sd[i]).powi(2);
            let size = c.populations()[p].size as f64;
            row.push(Cell::Number((c.range(p).map(rate).sum::<f64>() / size).sqrt()));
        }
        if large {
            row.push(Cell::Number(q.sd_of_mean));
            row.push(q.mean_correlation.map_or(Cell::Empty, Cell::Number));
        }
        t.rows.push(row);
    }
    t
}

pub(super) fn correlation_table(c: &Circuit, answer: &StationaryFluctuations) -> Table {
    let mut columns = vec!["correlation of means"];
    columns.extend(c.populations().iter().map(|p| p.shown()));
    let mut t = Table::new("Correlations between populations", &columns);
    for (p, q) in c.populations().iter().enumerate() {
        let cells = answer.correlations.row(p).iter();
        let cells = cells.map(|&r| if r.is_finite() { Cell::Number(r) } else { Cell::Empty });
        t.rows.push(std::iter::once(Cell::Text(q.shown().into())).chain(cells).collect());
    }
    t
}

/// Of the units, where there are few enough or only one population; else of the populations. None where nothing is
/// correlated.
pub(super) fn correlation_figure(
    c: &Circuit,
    answer: &StationaryFluctuations,
    covariance: &Matrix,
) -> Option<Figure> {
    let by_unit = c.n() <= NAMED_UNITS || c.populations().len() == 1;
    let (values, names) = if by_unit {
        (correlations(covariance), if c.n() <= NAMED_UNITS { unit_names(c) } else { vec![] })
    } else {
        (matrix(&answer.correlations), c.populations().iter().map(|p| p.shown().to_string()).collect())
    };
    // Without correlations it would be the identity.
    let off = |i: usize, j: usize| i != j && values[(i, j)].abs() > 1e-9;
    if !(0..values.rows()).any(|i| (0..values.cols()).any(|j| off(i, j))) {
        return None;
    }
    Some(Figure::Matrix {
        id: "noise_correlations".into(),
        title: "Correlations of the fluctuations".into(),
        caption: format!(
            "Correlations of the {}, at zero lag. {}",
            if by_unit { "units" } else { "populations' means" },
            if c.noise().iter().all(NoiseSource::private) {
                "The noise itself is independent, so off-diagonal correlations are due to recurrence."
            } else {
                "Off-diagonal correlations are due to recurrence and to noise that units share."
            }
        ),
        rows_are: "between".into(),
        columns_are: "and".into(),
        row_names: names.clone(),
        column_names: names,
        values: (0..values.rows()).map(|i| values.row(i).to_vec()).collect(),
        unit: String::new(),
        outlined: vec![],
    })
}

pub(super) fn pattern_figure(c: &Circuit, answer: &StationaryFluctuations) -> Figure {
    let mut patterns = Vec::new();
    for (k, p) in answer.patterns.iter().enumerate() {
        if let Some(part) = p.share.filter(|part| *part > 0.005) {
            patterns.push((format!("noise {}: {}", k + 1, share(part)), p.pattern.data().to_vec()));
        }
    }
    patterns.extend(answer.energy.as_ref().map(|e| ("most energy from".into(), e.pattern.data().to_vec())));
    Figure::Patterns {
        id: "noise_patterns".into(),
        title: "Patterns of the fluctuations".into(),
        caption: "The strongest patterns of the fluctuations, with their shares of the variance; and the initial pattern that evokes most activity. Each has norm one.".into(),
        units: if c.n() <= NAMED_PATTERN_UNITS { unit_names(c) } else { vec![] },
        roles: unit_roles(c),
        patterns,
    }
}

pub(super) fn power_figure(c: &Circuit, answer: &StationaryFluctuations) -> Figure {
    let x = answer.frequencies.data();
    let u = c.units();
    Figure::Lines {
        id: "noise_power".into(),
        title: "Power spectra of the populations".into(),
        caption: "Two-sided power spectra of the population means. The spectrum of an isolated unit is flat up to 1/(2πτ) and then falls with the square of the frequency; excess power at low frequencies is slow activity, and a peak is a rhythm.".into(),
        x: Axis::new("frequency", &u.rate).logarithmic(),
        y: Axis::new("power", squared(&u.state, &u.time)).logarithmic(),
        series: answer
            .fluctuating()
            .map(|(p, power)| line(c, p, x, power.to_vec()))
            .collect(),
        marks: vec![],
    }
}
