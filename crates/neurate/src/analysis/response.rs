//! Responses to constant inputs: response matrix, inhibition stabilisation, paradox.

use super::fixed_points::kink;
use super::oscillations::caveat;
use super::section::{Axis, Cell, Figure, Role, Section, Series, Stroke, Table};
use super::words::{heading, list, number, quantity, response_unit, role};
use super::{Analysis, Study};
use crate::circuit::{CellKind, Circuit, Form};
use crate::error::Result;
use crate::linalg::Matrix;
use crate::linearisation::Linearisation;
use crate::response::{Isn, SubsetStability, Verdicts, by_population, frequency_response, verdicts};
use serde_json::json;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "response",
    about: "response matrix, inhibition stabilisation, paradoxical responses",
    applies: Study::has_operating_point,
    run,
};

/// Units up to which the frequency response is computed (each frequency costs a solve of twice the
/// circuit's size).
const MAX_FREQUENCY: usize = 120;

fn run(study: &Study) -> Result<Section> {
    let c = study.circuit();
    let l = study.linear()?;
    let v = verdicts(c, l)?;
    let names: Vec<String> = c.populations().iter().map(|p| p.name.clone()).collect();
    let unit = response_unit(c);
    let mut s = Section::new(ANALYSIS.name, "Responses to input");
    s.verdict = words(c, &v, &unit);
    s.verdict.extend(caveat(study)?);
    if let Some(units) = kink(c, study.point()?) {
        s.verdict.push(format!(
            "Half of the story: {units} at a kink of the transfer function. Every number and verdict here takes the gain to the right of it; where an input there falls, the answer is another."
        ));
    }
    if let Some(r) = &v.response {
        s.figures.push(Figure::Matrix {
            id: "response".into(),
            title: "Response matrix".into(),
            caption: "Change of the row's mean rate per constant input to every unit of the column. Outlined: a population whose own response is paradoxical.".into(),
            rows_are: "response of".into(),
            columns_are: "input to".into(),
            row_names: names.clone(),
            column_names: names.clone(),
            values: (0..r.rows()).map(|i| r.row(i).to_vec()).collect(),
            unit: unit.clone(),
            outlined: v
                .self_responses
                .iter()
                .filter(|p| p.paradoxical == Some(true))
                .map(|p| (p.population, p.population, format!("{} responds paradoxically", names[p.population])))
                .collect(),
        });
        if names.len() <= 10 {
            s.tables.push(matrix_table(r, &names, &unit));
        }
        s.tables.push(self_table(c, &v, &unit));
    }
    if v.subsets.len() > 1 && c.populations().len() > 1 {
        s.tables.push(subset_table(c, &v));
    }
    if v.stable() && c.n() <= MAX_FREQUENCY {
        s.figures.extend(frequency_figure(c, l, &v, &unit)?);
    }
    s.trust.push(format!("Exact for small inputs: R = {} at the operating point. A large input moves the gains, and with them these numbers. Verdicts are given only where the whole circuit is stable.", match c.form() {
        Form::Conductance => "G (1 − M)⁻¹ / g_total, M the effective weights of the reduced circuit (a current acts through the total conductance)",
        _ if c.mean_field().is_some() => "(1 − M)⁻¹ G (to the mean input; M carries the effect of rates through σ as well)",
        _ => "(1 − GW)⁻¹ G",
    }));
    s.sources = vec![
        "Tsodyks et al. 1997",
        "Ozeki et al. 2009",
        "Miller & Palmigiano 2020",
        "Sadeh et al. 2017 (partial perturbation)",
    ];
    s.data = data(c, &v);
    Ok(s)
}

fn words(c: &Circuit, v: &Verdicts, unit: &str) -> Vec<String> {
    let mut out = Vec::new();
    let name = |p: usize| c.populations()[p].name.clone();
    out.push(match v.isn {
        Isn::Stabilised => "Inhibition-stabilised: excitation alone is unstable, and inhibition holds it.".into(),
        Isn::NotNeeded => "Not inhibition-stabilised: excitation is stable by itself.".into(),
        Isn::Marginal => "At the border of inhibition stabilisation: excitation alone has an eigenvalue at zero.".into(),
        Isn::CircuitUnstable => "The operating point is unstable, so there is no verdict on stabilisation or paradox.".into(),
        Isn::CircuitMarginal => "The operating point is marginal (an eigenvalue at zero to rounding), so there is no verdict on stabilisation or paradox.".into(),
        Isn::NoSuchCells => "Stabilisation by inhibition is not defined: the circuit needs excitatory and inhibitory populations.".into(),
    });
    let Some(_) = &v.response else {
        out.push("A direction integrates: the response to a constant input grows without bound.".into());
        return out;
    };
    let paradoxical: Vec<_> = v.self_responses.iter().filter(|s| s.paradoxical == Some(true)).collect();
    for s in &paradoxical {
        let partial = match s.critical_fraction {
            Some(f) if c.populations()[s.population].kind == CellKind::Inhibitory => {
                format!(
                    " In a large population, more than {} % of it must be driven to see it.",
                    number(100.0 * f)
                )
            }
            _ => String::new(),
        };
        out.push(format!(
            "Paradoxical: drive {0}, and {0} goes down ({1}).{partial}",
            name(s.population),
            quantity(s.response, unit)
        ));
    }
    if v.stable() && paradoxical.is_empty() {
        out.push("No population responds paradoxically to its own input.".into());
    }
    out
}

fn subset_name(c: &Circuit, s: &SubsetStability) -> String {
    if s.populations.is_empty() {
        return "nothing".into();
    }
    list(&s.populations.iter().map(|&p| c.populations()[p].name.clone()).collect::<Vec<_>>())
}

fn matrix_table(r: &Matrix, names: &[String], unit: &str) -> Table {
    let mut columns = vec![heading("response of", unit)];
    columns.extend(names.iter().map(|n| format!("input to {n}")));
    let rows = (0..r.rows())
        .map(|i| {
            let values = r.row(i).iter().map(|x| Cell::Number(*x));
            std::iter::once(Cell::Text(names[i].clone())).chain(values).collect()
        })
        .collect();
    Table { caption: "Response matrix".into(), columns, rows }
}

fn self_table(c: &Circuit, v: &Verdicts, unit: &str) -> Table {
    let mut t = Table::new(
        "Each population's response to its own input",
        &[
            "population",
            &heading("response", unit),
            "paradoxical",
            "the circuit without it is",
            "real / complex unstable modes there",
            "critical fraction",
        ],
    );
    for s in &v.self_responses {
        t.rows.push(vec![
            Cell::Text(c.populations()[s.population].name.clone()),
            Cell::Number(s.response),
            s.paradoxical.map_or(Cell::Text("no verdict".into()), Cell::Flag),
            Cell::Text(if s.without.stable() { "stable" } else { "unstable" }.into()),
            Cell::Text(format!("{} / {}", s.without.unstable_real, s.without.unstable_complex)),
            s.critical_fraction.map_or(Cell::Empty, Cell::Number),
        ]);
    }
    t
}

fn subset_table(c: &Circuit, v: &Verdicts) -> Table {
    let mut t = Table::new(
        "Who stabilises excitation: parts of the circuit, the rest held still",
        &["part", "stable", &heading("rightmost eigenvalue", &format!("1/{}", c.units().time))],
    );
    for s in &v.subsets {
        t.rows.push(vec![Cell::Text(subset_name(c, s)), Cell::Flag(s.stable()), Cell::Number(s.abscissa)]);
    }
    t
}

/// Real part of every population's response to its own input, against frequency: the paradox is a
/// thing of low frequencies.
fn frequency_figure(c: &Circuit, l: &Linearisation, v: &Verdicts, unit: &str) -> Result<Option<Figure>> {
    let u = c.units();
    let fastest = l.tau.iter().copied().fold(f64::INFINITY, f64::min);
    let slowest = l.tau.iter().copied().fold(0.0, f64::max);
    let (low, high) = (0.01 / slowest, 10.0 / fastest);
    let count = 61;
    let omegas: Vec<f64> =
        (0..count).map(|k| low * f64::powf(high / low, k as f64 / (count - 1) as f64)).collect();
    let mut courses = vec![Vec::with_capacity(count); c.populations().len()];
    for &omega in &omegas {
        let Some(r) = frequency_response(l, omega)? else { return Ok(None) };
        let real = by_population(c, &r.map(|z| z.re));
        for (p, course) in courses.iter_mut().enumerate() {
            course.push(real[(p, p)]);
        }
    }
    // Cycles per unit of time, in units of rate: Hz for ms.
    let x: Vec<f64> =
        omegas.iter().map(|w| (w / std::f64::consts::TAU / u.rate_times_time).log10()).collect();
    let paradoxical = v.self_responses.iter().any(|s| s.paradoxical == Some(true));
    let zero = Series {
        name: "zero".into(),
        role: Role::Guide,
        stroke: Stroke::Dotted,
        x: vec![x[0], x[count - 1]],
        y: vec![0.0, 0.0],
    };
    let mut series: Vec<Series> = courses
        .into_iter()
        .zip(c.populations())
        .map(|(y, p)| Series {
            name: p.name.clone(),
            role: role(p.kind),
            stroke: Stroke::Solid,
            x: x.clone(),
            y,
        })
        .collect();
    series.push(zero);
    Ok(Some(Figure::Lines {
        id: "frequency_response".into(),
        title: "Response to its own input, by frequency".into(),
        caption: format!(
            "In-phase response of each population to a sinusoidal input to itself{}.",
            if paradoxical {
                "; where it is negative the response is paradoxical, at low frequencies only"
            } else {
                ""
            }
        ),
        x: Axis::new("log₁₀ frequency", u.rate.clone()),
        y: Axis::new("Re R", unit),
        series,
        marks: vec![],
    }))
}

fn data(c: &Circuit, v: &Verdicts) -> serde_json::Value {
    let name = |p: usize| c.populations()[p].name.clone();
    let subset = |s: &SubsetStability| {
        json!({
            "populations": s.populations.iter().map(|&p| name(p)).collect::<Vec<_>>(),
            "stable": s.stable(), "abscissa": s.abscissa,
            "unstable_real": s.unstable_real, "unstable_complex": s.unstable_complex,
        })
    };
    json!({
        "stable": v.stable(),
        "isn": match v.isn {
            Isn::Stabilised => "stabilised",
            Isn::NotNeeded => "not_needed",
            Isn::Marginal => "marginal",
            Isn::CircuitUnstable => "circuit_unstable",
            Isn::CircuitMarginal => "circuit_marginal",
            Isn::NoSuchCells => "no_such_cells",
        },
        "isn_index": v.isn_index,
        "response_matrix": v.response.as_ref().map(|r| (0..r.rows()).map(|i| r.row(i).to_vec()).collect::<Vec<_>>()),
        "populations": v.self_responses.iter().map(|s| json!({
            "population": name(s.population),
            "self_response": s.response,
            "paradoxical": s.paradoxical,
            "critical_fraction": s.critical_fraction,
            "without": subset(&s.without),
        })).collect::<Vec<_>>(),
        "subsets": v.subsets.iter().map(subset).collect::<Vec<_>>(),
    })
}
