//! Tables and figures of the section on noise.

use super::super::oscillations::line;
use super::super::words::{heading, percent, unit_names, unit_roles};
use super::{Facts, MAX_PATTERNS, MAX_WRITTEN, rows, squared};
use crate::linear::Linearization;
use crate::model::{Circuit, Form, NoiseSource};
use crate::report::section::{Axis, Cell, Figure, Table};

pub(super) fn population_table(c: &Circuit, l: &Linearization, facts: &Facts) -> Table {
    let u = c.units();
    let rates = c.form() != Form::Rate;
    let mut columns = vec![
        "population".to_string(),
        heading("sd", &u.state),
        heading("sd unconnected", &u.state),
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
    for (p, q) in c.populations().iter().enumerate() {
        let (variance, alone) = facts.variances(c, p);
        let mut row = vec![
            Cell::Text(q.name.clone()),
            Cell::Number(variance.sqrt()),
            Cell::Number(alone.sqrt()),
            if alone > 0.0 { Cell::Number(variance / alone) } else { Cell::Empty },
        ];
        if rates {
            let rate = |i: usize| (l.rate_per_state[i] * facts.sd[i]).powi(2);
            row.push(Cell::Number((c.range(p).map(rate).sum::<f64>() / q.size as f64).sqrt()));
        }
        if large {
            row.push(Cell::Number(facts.sd_of_means[p]));
            row.push(facts.within(c, p).map_or(Cell::Empty, Cell::Number));
        }
        t.rows.push(row);
    }
    t
}

pub(super) fn correlation_table(c: &Circuit, facts: &Facts) -> Table {
    let mut columns = vec!["correlation of means"];
    columns.extend(c.populations().iter().map(|p| p.name.as_str()));
    let mut t = Table::new("Correlations between populations", &columns);
    for (p, q) in c.populations().iter().enumerate() {
        let cells = facts.correlations.row(p).iter();
        let cells = cells.map(|&r| if r.is_finite() { Cell::Number(r) } else { Cell::Empty });
        t.rows.push(std::iter::once(Cell::Text(q.name.clone())).chain(cells).collect());
    }
    t
}

/// Of the units, where there are few enough or only one population; else of the populations.
pub(super) fn correlation_figure(c: &Circuit, facts: &Facts) -> Figure {
    let by_unit = c.n() <= MAX_WRITTEN || c.populations().len() == 1;
    let (values, names) = if by_unit {
        (facts.between.clone(), if c.n() <= MAX_WRITTEN { unit_names(c) } else { vec![] })
    } else {
        (facts.correlations.clone(), c.populations().iter().map(|p| p.name.clone()).collect())
    };
    Figure::Matrix {
        id: "noise_correlations".into(),
        title: "Correlations of the fluctuations".into(),
        caption: format!(
            "Of the {}, at the same time. {}",
            if by_unit { "units" } else { "populations' means" },
            if c.noise().iter().all(NoiseSource::private) {
                "The noise itself is independent: what is off the diagonal is the connections' work."
            } else {
                "What is off the diagonal is the work of the connections, and of noise that units share."
            }
        ),
        rows_are: "between".into(),
        columns_are: "and".into(),
        row_names: names.clone(),
        column_names: names,
        values: rows(&values),
        unit: String::new(),
        outlined: vec![],
    }
}

pub(super) fn pattern_figure(c: &Circuit, facts: &Facts) -> Figure {
    let mut patterns: Vec<(String, Vec<f64>)> = (0..c.n().min(MAX_PATTERNS))
        .filter(|&k| facts.share(k) > 0.005)
        .map(|k| (format!("noise {}: {}", k + 1, percent(facts.share(k))), facts.patterns.patterns.col(k)))
        .collect();
    patterns.extend(facts.energy.as_ref().map(|e| ("most energy from".into(), e.patterns.col(0))));
    Figure::Patterns {
        id: "noise_patterns".into(),
        title: "The patterns of noise".into(),
        caption: "The strongest patterns of the fluctuations, with their shares of the variance; and the initial pattern that brings about most activity. Each of norm one.".into(),
        units: if c.n() <= 12 { unit_names(c) } else { vec![] },
        roles: unit_roles(c),
        patterns,
    }
}

pub(super) fn power_figure(c: &Circuit, facts: &Facts) -> Figure {
    let x: Vec<f64> = facts.frequencies.iter().map(|f| f.log10()).collect();
    let u = c.units();
    let series = facts.power.iter().enumerate();
    Figure::Lines {
        id: "noise_power".into(),
        title: "Power spectra of the populations".into(),
        caption: "Of each population's mean, log₁₀ of the two-sided power. A unit alone is flat up to 1/(2πτ) and falls with the square of the frequency; what rises above that at low frequencies is slow, a peak is a rhythm.".into(),
        x: Axis::new("log₁₀ frequency", &u.rate),
        y: Axis::new("log₁₀ power", squared(&u.state, &u.time)),
        series: series
            .filter(|(p, _)| facts.sd_of_means[*p] > 0.0)
            .map(|(p, power)| line(c, p, &x, power.iter().map(|y| y.log10()).collect()))
            .collect(),
        marks: vec![],
    }
}
