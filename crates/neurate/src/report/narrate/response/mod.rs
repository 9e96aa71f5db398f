//! Responses to inputs: response matrix, inhibition stabilization, paradox; by frequency, of parts of
//! populations, and to inputs that are not small.

mod finite;
mod frequency;
mod partial;

use super::Analysis;
use super::fixed_points::kink;
use super::oscillations::caveat;
use super::words::{heading, list, number, quantity, response_unit};
use crate::linear::response::{Isn, MAX_OTHERS, SubsetStability, Verdicts};
use crate::model::{CellKind, Circuit, Form};
use crate::report::section::{Cell, Figure, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use serde_json::json;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "response",
    about: "response matrix, frequencies, inhibition stabilization, paradoxical responses",
    applies: Study::has_operating_point,
    run,
};

fn run(study: &Study) -> Result<Section> {
    let c = study.circuit();
    let l = study.linearization()?;
    let v = study.verdicts()?;
    let names: Vec<String> = c.populations().iter().map(|p| p.name.clone()).collect();
    let unit = response_unit(c);
    let mut s = Section::new(ANALYSIS.name, "Responses to input");
    s.verdict = words(c, v, &unit);
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
        s.tables.push(self_table(c, v, &unit));
    }
    if v.subsets.len() > 1 && c.populations().len() > 1 {
        s.tables.push(subset_table(c, v));
    }
    let mut extra = Extra::default();
    if v.stable() {
        extra.frequency = frequency::course(c, l)?;
        extra.finite = finite::curves(study, v)?;
        if let Some(r) = &v.unit_response {
            extra.parts = Some(partial::parts(study, l, r)?);
        }
    } else if let Some(text) = study.choices().perturb.first() {
        s.verdict.push(format!("--perturb {text} has no answer: only a stable operating point responds."));
    }
    extra.tell(&mut s, study, v, &unit);
    s.trust.push(format!("Exact for small inputs: R = {} at the operating point. A large input moves the gains, and with them these numbers. Verdicts are given only where the whole circuit is stable.", match c.form() {
        Form::Conductance => "G (1 − M)⁻¹ / g_total, M the effective weights of the reduced circuit (a current acts through the total conductance)",
        _ if !c.is_plain() => "(1 − M)⁻¹ G, with slow states at their steady values in M,",
        _ if c.mean_field().is_some() => "(1 − M)⁻¹ G (to the mean input; M carries the effect of rates through σ as well)",
        _ => "(1 − GW)⁻¹ G",
    }));
    s.sources = vec![
        "Tsodyks et al. 1997",
        "Ozeki et al. 2009",
        "Miller & Palmigiano 2020",
        "Sadeh et al. 2017 (partial perturbation)",
    ];
    s.data = data(c, v, &extra);
    Ok(s)
}

/// What is known of a stable operating point besides the matrix.
#[derive(Default)]
struct Extra {
    frequency: Option<frequency::Course>,
    parts: Option<partial::Parts>,
    finite: Vec<finite::Curve>,
}

impl Extra {
    fn tell(&self, s: &mut Section, study: &Study, v: &Verdicts, unit: &str) {
        let c = study.circuit();
        if let (Some(parts), Some(r)) = (&self.parts, &v.unit_response) {
            s.verdict.extend(parts.words(c, unit));
            s.tables.extend(parts.tables(c, unit));
            s.figures.extend(parts.figures(c, r, unit));
        }
        match &self.frequency {
            Some(f) => {
                s.verdict.extend(f.words(c, v, unit));
                s.figures.extend(f.figures(c, v, unit));
                s.trust.push(f.trust(c, unit));
            }
            None if v.stable() => s.trust.push(frequency::left_out(c)),
            None => {}
        }
        for curve in &self.finite {
            s.verdict.extend(curve.words(c));
            s.figures.push(curve.figure(c, v));
        }
    }
}

fn words(c: &Circuit, v: &Verdicts, unit: &str) -> Vec<String> {
    let mut out = Vec::new();
    let name = |p: usize| c.populations()[p].name.clone();
    out.push(match v.isn {
        Isn::Stabilized => "Inhibition-stabilized: excitation alone is unstable, and inhibition holds it.".into(),
        Isn::NotNeeded => "Not inhibition-stabilized: excitation is stable by itself.".into(),
        Isn::Marginal => "At the border of inhibition stabilization: excitation alone has an eigenvalue at zero.".into(),
        Isn::CircuitUnstable => "The operating point is unstable, so there is no verdict on stabilization or paradox.".into(),
        Isn::CircuitMarginal => "The operating point is marginal (an eigenvalue at zero to rounding), so there is no verdict on stabilization or paradox.".into(),
        Isn::NoSuchCells => "Stabilization by inhibition is not defined: the circuit needs excitatory and inhibitory populations.".into(),
    });
    out.extend(stabilizers(c, v));
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

/// Who holds excitation, where more than one could.
fn stabilizers(c: &Circuit, v: &Verdicts) -> Option<String> {
    let name =
        |set: &Vec<usize>| list(&set.iter().map(|&p| c.populations()[p].name.clone()).collect::<Vec<_>>());
    let sets: Vec<String> = v.minimal_stabilizers.iter().map(name).collect();
    if sets.is_empty() || v.subsets.len() < 4 {
        return None;
    }
    let which = match &sets[..] {
        [one] => format!(
            "Excitation is stable with {one} at work and every other interneuron held still; no smaller set does that, and every set that does has it."
        ),
        _ => format!(
            "Excitation is stable with any of these at work and the rest held still, and with none smaller: {}.",
            sets.join("; ")
        ),
    };
    let tested = if v.every_subset {
        ""
    } else {
        " (Not every set was tested: each population alone, and all but each.)"
    };
    Some(which + tested)
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
    let caption = if v.every_subset {
        "Who stabilizes excitation: parts of the circuit, the rest held still".to_string()
    } else {
        format!(
            "Who stabilizes excitation: parts of the circuit, the rest held still (with more than {MAX_OTHERS} populations besides the excitatory ones: none, each, all but each, all)"
        )
    };
    let eigenvalue = heading("rightmost eigenvalue", &format!("1/{}", c.units().time));
    let mut t = Table::new(caption, &["part", "stable", &eigenvalue, "real / complex unstable modes"]);
    for s in &v.subsets {
        t.rows.push(vec![
            Cell::Text(subset_name(c, s)),
            Cell::Flag(s.stable()),
            Cell::Number(s.abscissa),
            Cell::Text(format!("{} / {}", s.unstable_real, s.unstable_complex)),
        ]);
    }
    t
}

fn data(c: &Circuit, v: &Verdicts, extra: &Extra) -> serde_json::Value {
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
            Isn::Stabilized => "stabilized",
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
        "every_subset": v.every_subset,
        "minimal_stabilizers": v.minimal_stabilizers.iter()
            .map(|set| set.iter().map(|&p| name(p)).collect::<Vec<_>>()).collect::<Vec<_>>(),
        "frequency": extra.frequency.as_ref().map(|f| f.data(c)),
        "partial": extra.parts.as_ref().map(|p| p.data(c)),
        "finite": extra.finite.iter().map(|f| f.data(c)).collect::<Vec<_>>(),
    })
}
