//! Fixed points: all that were found, which one is analyzed, and why.

use super::Tell;
use super::words::{amount, complex_cell, count, heading, list};
use crate::answers::FixedPoints;
use crate::fixed_points::{FixedPoint, Multiplicity, Search, Stability, about};
use crate::model::{Circuit, Form};
use crate::report::layout::Open;
use crate::report::limits::{FIXED_POINT_COLUMNS, FIXED_POINTS_IN_COLUMNS, NAMED_AT_KINK, TABLE_ROWS};
use crate::report::section::{Cell, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

/// Populations whose rates stand in a sentence.
const NAMED_RATES: usize = 4;

impl Tell for FixedPoints {
    const TITLE: &'static str = "Fixed points";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let search = study.fixed_points()?;
        let operating = study.operating_index()?;
        s.verdict.push(self.found(c, search));
        if let Some(k) = operating {
            s.verdict.push(chosen(study, k, &search.points[k]));
        } else if !search.points.is_empty() {
            s.verdict.push(match study.without_linearization() {
                Some(why) => format!("Modes and responses are {why}."),
                None => "There is no stable fixed point, so modes and responses were not computed; --at N analyzes an unstable one.".into(),
            });
        }
        s.verdict.extend(self.remarks.iter().map(|r| format!("Note: {r}.")));
        // Many populations have rows, with few points all that is compared.
        let rows = c.populations().len() > most_columns(c) && !search.points.is_empty();
        if !rows || search.points.len() > FIXED_POINTS_IN_COLUMNS {
            s.tables.push(table(c, &search.points, operating));
        }
        if rows {
            s.tables.push(row_table(c, &search.points));
        }
        if !search.points.is_empty() {
            s.tables.push(numerics(c, &search.points, operating));
        }
        // Several fixed points are compared in the table; of one the sentence says all.
        s.open = Open::new(2, 0, usize::from(search.points.len() > 1));
        s.trust.push(search.coverage.to_string());
        s.trust.push("Residual: the largest |target − x| / (1 + |x|). Error: the last Newton step, relative. From rest: whether a run from rest reaches it. Stability follows from the eigenvalues μ of the Jacobian (the rightmost is shown); a fixed point whose rightmost eigenvalue is zero to rounding is called marginal.".into());
        if !c.is_plain() {
            s.trust.push("Slow states have their steady values at each fixed point; stability includes rates, slow states and delays.".into());
        }
        if c.mean_field().is_some() {
            s.trust.push("Stability here is that of the rate equation, which includes neither delays nor the dynamics of the neurons; the section on oscillations includes both.".into());
        }
        s.sources = vec!["Farrell, Birkisson & Funke 2015 (deflation)"];
        // It belongs into the first words, as the list is wrong without it.
        if let Some(k) = self.index_sum.filter(|k| *k != 1) {
            s.verdict.insert(
                1,
                format!("The list is incomplete, because the indices of the fixed points add up to {k} instead of 1."),
            );
            s.open.sentences += 1;
        }
        Ok(())
    }
}

impl FixedPoints {
    /// How many were found, and how many of them are stable.
    fn found(&self, c: &Circuit, search: &Search) -> String {
        let stable = search.points.iter().filter(|p| p.stable()).count();
        let all = self.exhaustive;
        let words = match (search.points.len(), stable) {
            (0, _) if all => "The circuit has no fixed point under its constant input.".into(),
            (0, _) => "No fixed point was found under the constant input.".into(),
            (1, _) if all => {
                format!("The circuit has one fixed point, and it is {}.", stability(&search.points[0]))
            }
            (1, _) => format!("One fixed point was found, and it is {}.", stability(&search.points[0])),
            (n, k) if all => format!("The circuit has {}, {k} of them stable.", count(n, "fixed point")),
            (n, k) => format!("{} were found, {k} of them stable.", count(n, "fixed point")),
        };
        if c.mean_field().is_some() && stable > 0 {
            words.replace("stable.", "stable in the rate equation.")
        } else {
            words
        }
    }
}

/// Which point is analyzed, and why.
fn chosen(study: &Study, k: usize, p: &FixedPoint) -> String {
    let c = study.circuit();
    let why = if study.choices().at.is_some() {
        "as asked"
    } else if !p.stable() {
        "no fixed point is stable, and this one is marginal"
    } else if p.reached_from_rest {
        "a run from rest reaches it"
    } else {
        "the stable one with the lowest rates, because no run from rest reached one"
    };
    let kink = match kink(c, p) {
        Some(units) => format!(
            " It lies at a kink of the transfer function of {units}; gains there are the slopes to the right."
        ),
        None => String::new(),
    };
    format!("Analyzed here: fixed point {} ({why}), at {}.{kink}", k + 1, rates(c, p))
}

fn stability(p: &FixedPoint) -> String {
    let infinite = p.gains.iter().any(|g| g.is_infinite());
    match (p.stability, p.multiplicity) {
        (Stability::Unstable(_), _) if infinite => "unstable (infinite gain)".into(),
        (Stability::Marginal, _) if infinite => "not decided (infinite gain)".into(),
        (Stability::Stable, _) => "stable".into(),
        (Stability::Unstable(k), _) => format!("unstable ({})", count(k, "direction")),
        (Stability::Marginal, Multiplicity::Double(_)) => "a double root (semi-stable)".into(),
        (Stability::Marginal, Multiplicity::Triple(_)) => "a triple root".into(),
        (Stability::Marginal, Multiplicity::Line) => "marginal (one of a line)".into(),
        (Stability::Marginal, Multiplicity::One) => "marginal".into(),
    }
}

/// The rightmost eigenvalue; what is not known is said.
fn rightmost(p: &FixedPoint) -> Cell {
    let unclear = matches!(p.multiplicity, Multiplicity::Double(_) | Multiplicity::Triple(_));
    match p.eigenvalues.first() {
        None => Cell::Text("none".into()),
        Some(_) if unclear && p.stability == Stability::Marginal => {
            Cell::Text(format!("0 ± {}", about(p.rounding)))
        }
        Some(z) => complex_cell(*z),
    }
}

/// The units at a kink, in words.
pub(super) fn kink(c: &Circuit, p: &FixedPoint) -> Option<String> {
    match p.at_kink.len() {
        0 => None,
        1..=NAMED_AT_KINK => Some(list(&p.at_kink.iter().map(|&i| c.unit_shown(i)).collect::<Vec<_>>())),
        n => Some(count(n, "unit")),
    }
}

/// Mean rates of the populations, in words; of many the lowest and the highest.
fn rates(c: &Circuit, p: &FixedPoint) -> String {
    let all = c.population_means(&p.rates);
    if all.len() > NAMED_RATES {
        let name = |k: usize| c.populations()[k].shown();
        let by_rate = |a: &usize, b: &usize| all[*a].total_cmp(&all[*b]);
        let ends = [(0..all.len()).min_by(by_rate), (0..all.len()).max_by(by_rate)];
        let said = ends.map(|k| {
            k.map_or(String::new(), |k| format!("{} ({})", amount(all[k], &c.units().rate), name(k)))
        });
        return format!("rates from {} to {}", said[0], said[1]);
    }
    let means: Vec<String> = all
        .iter()
        .zip(c.populations())
        .map(|(r, q)| format!("{} {}", q.shown(), amount(*r, &c.units().rate)))
        .collect();
    means.join(", ")
}

/// Units or populations that have columns of their own: two where each has a rate and a voltage.
fn most_columns(c: &Circuit) -> usize {
    if c.form() == Form::Rate { FIXED_POINT_COLUMNS } else { FIXED_POINT_COLUMNS / 2 }
}

/// What a reader compares: rates, stability, and which one runs from rest reach.
fn table(c: &Circuit, points: &[FixedPoint], chosen: Option<usize>) -> Table {
    let u = c.units();
    let mut columns = vec!["".to_string()];
    let few = c.n() <= most_columns(c);
    let named = few || c.populations().len() <= most_columns(c);
    let names: Vec<String> = if few {
        (0..c.n()).map(|i| c.unit_shown(i)).collect()
    } else if named {
        c.populations().iter().map(|p| format!("mean {}", p.shown())).collect()
    } else {
        vec![]
    };
    columns.extend(names.iter().map(|n| heading(&format!("rate {n}"), &u.rate)));
    let voltage = c.form() != Form::Rate;
    if voltage {
        columns.extend(names.iter().map(|n| heading(&format!("V {n}"), &u.state)));
    }
    columns.extend(["stability".to_string(), "from rest".into()]);
    let shown = |v: &[f64]| match (few, named) {
        (true, _) => v.to_vec(),
        (false, true) => c.population_means(v),
        (false, false) => vec![],
    };
    let rows = points.iter().enumerate().map(|(k, p)| {
        let mut row = vec![number(k, chosen)];
        row.extend(shown(&p.rates).into_iter().map(Cell::Number));
        if voltage {
            row.extend(shown(&p.state).into_iter().map(Cell::Number));
        }
        row.extend([Cell::Text(stability(p)), Cell::Flag(p.reached_from_rest)]);
        row
    });
    Table { caption: CAPTION.into(), columns, rows: rows.collect() }
}

const CAPTION: &str = "Fixed points (* analyzed below)";

/// A point's number, marked if it is analyzed.
fn number(k: usize, chosen: Option<usize>) -> Cell {
    let mark = if chosen == Some(k) { " *" } else { "" };
    Cell::Text(format!("{}{mark}", k + 1))
}

/// How stable, and how exact.
fn numerics(c: &Circuit, points: &[FixedPoint], chosen: Option<usize>) -> Table {
    let rightmost_mu = heading("rightmost μ", &format!("1/{}", c.units().time));
    let mut t = Table::new("Stability and accuracy", &["", &rightmost_mu, "residual", "error"]);
    t.rows.extend(points.iter().enumerate().map(|(k, p)| {
        vec![
            number(k, chosen),
            rightmost(p),
            Cell::Text(if p.residual == 0.0 { "0".into() } else { format!("{:.1e}", p.residual) }),
            Cell::Text(format!("{:.1e}", p.error)),
        ]
    }));
    t
}

/// Stability, and rates (and voltages) with a row for each unit or population, where there are too many for columns.
fn row_table(c: &Circuit, points: &[FixedPoint]) -> Table {
    let u = c.units();
    let shown = points.len().min(FIXED_POINTS_IN_COLUMNS);
    let units = c.n() <= TABLE_ROWS;
    let names: Vec<String> = if units {
        (0..c.n()).map(|i| c.unit_shown(i)).collect()
    } else {
        c.populations().iter().map(|p| p.shown().to_string()).collect()
    };
    let of = |v: &[f64]| if units { v.to_vec() } else { c.population_means(v) };
    let mut columns = vec![if units { "unit" } else { "population (mean)" }.to_string()];
    let mut values: Vec<Vec<f64>> = Vec::new();
    for (k, p) in points.iter().take(shown).enumerate() {
        columns.push(heading(&format!("rate at {}", k + 1), &u.rate));
        values.push(of(&p.rates));
        if c.form() != Form::Rate {
            columns.push(heading(&format!("V at {}", k + 1), &u.state));
            values.push(of(&p.state));
        }
    }
    let voltage = c.form() != Form::Rate;
    let of_points = |name: &str, cell: fn(&FixedPoint) -> Cell| {
        let cells = points.iter().take(shown).flat_map(|p| {
            let second = voltage.then_some(Cell::Empty);
            std::iter::once(cell(p)).chain(second)
        });
        std::iter::once(Cell::Text(name.into())).chain(cells).collect::<Vec<Cell>>()
    };
    let mut rows = vec![
        of_points("stability", |p| Cell::Text(stability(p))),
        of_points("from rest", |p| Cell::Flag(p.reached_from_rest)),
    ];
    rows.extend(names.into_iter().enumerate().map(|(i, name)| {
        std::iter::once(Cell::Text(name)).chain(values.iter().map(|v| Cell::Number(v[i]))).collect()
    }));
    let rest = if points.len() > shown { format!(" (the first {shown})") } else { String::new() };
    Table { caption: format!("Rates at the fixed points{rest}"), columns, rows }
}
