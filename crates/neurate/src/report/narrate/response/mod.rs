//! Responses to inputs, in words: response matrix, inhibition stabilization, paradox; by frequency, of parts of
//! populations, and to inputs that are not small.

mod finite;
mod frequency;
mod index;
mod partial;

use super::Tell;
use super::fixed_points::kink;
use super::oscillations::caveat;
use super::silent::why_not_isn;
use super::words::{amount, excitatory, factor, heading, list, populations, response_unit};
use crate::answers::limits::SUBSET_POPULATIONS;
use crate::answers::{InhibitionStabilization, Responses, SubsetVerdict, Uncertainty};
use crate::model::{CellKind, Circuit, Form, Population};
use crate::report::layout::{Alternatives, Open};
use crate::report::limits::TABLE_COLUMNS;
use crate::report::section::{Cell, Figure, Section, Table};
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::Result;

/// Figures that stand open: the matrix, and the responses to inputs of any size and to parts of populations. Those by
/// frequency are folded.
const OPEN_FIGURES: usize = 2;

impl Tell for Responses {
    const TITLE: &'static str = "Responses to input";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let names: Vec<String> = c.populations().iter().map(|p| p.shown().to_string()).collect();
        let unit = response_unit(c);
        s.verdict = words(study, self, &unit)?;
        s.verdict.extend(caveat(study)?);
        if let Some(units) = kink(c, study.point()?) {
            s.verdict.push(format!(
                "The operating point of {units} lies at a kink of the transfer function. All numbers here use the gain to the right of the kink; responses to decreasing input differ."
            ));
        }
        // Verdicts stand open, with the matrix and the inputs of any size; beside uncertain signs, the matrix.
        let figures = match Uncertainty::applies(study) {
            Applies::Yes => 1,
            Applies::No(_) | Applies::Unavailable(_) => OPEN_FIGURES,
        };
        s.open = Open::new(s.verdict.len(), figures, 0);
        if let Some(r) = &self.response_matrix {
            s.figures.push(matrix_figure(self, r, &names, &unit));
            s.tables.push(self_table(c, self, &unit));
            if names.len() <= TABLE_COLUMNS {
                s.tables.push(matrix_table(r, &names, &unit));
            }
        }
        if self.subsets.len() > 1 && c.populations().len() > 1 {
            s.tables.push(subset_table(c, self));
        }
        if let Some(part) = study.choices().perturb.first().filter(|_| !self.stable) {
            s.verdict.push(format!(
                "--perturb {} was not computed, because the operating point is not stable.",
                part.text(c)?
            ));
        }
        self.tell_more(study, s, &unit)?;
        s.trust.push(format!("Exact for small inputs: R = {} at the operating point. Large inputs change the gains, and therefore these numbers. Inhibition stabilization and paradoxical responses are decided only where the whole circuit is stable.", match c.form() {
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
        Ok(())
    }
}

impl Responses {
    /// What is known of a stable operating point besides the matrix.
    fn tell_more(&self, study: &Study, s: &mut Section, unit: &str) -> Result<()> {
        let c = study.circuit();
        // Inputs to a whole population, of any size, then to a part of one: one figure with a switch.
        let mut switch = Alternatives::new("Input");
        for curve in &self.finite_inputs {
            if let Some(figure) = finite::figure(curve, c, self.response_matrix.as_ref()) {
                switch = switch.or(format!("to {}", curve.population), [figure.id()]);
                s.figures.push(figure);
            }
        }
        if let (Some(parts), Some(r)) = (&self.partial, &study.verdicts()?.unit_response) {
            s.verdict.extend(partial::words(parts, c, unit));
            s.tables.extend(partial::tables(parts, c, unit));
            for (label, figure) in partial::figures(parts, c, r, unit) {
                switch = switch.or(label, [figure.id()]);
                s.figures.push(figure);
            }
        }
        s.alternatives.extend(switch.of_several());
        match &self.frequency {
            Some(f) => {
                s.verdict.extend(frequency::words(f, self, c, unit));
                frequency::figures(f, self, c, unit, s);
                s.trust.push(frequency::trust(f, c, unit));
            }
            None if self.stable => s.trust.push(frequency::left_out(c)),
            None => {}
        }
        for curve in &self.finite_inputs {
            s.verdict.extend(finite::words(curve, c, self.is_isn()));
        }
        Ok(())
    }

    fn is_isn(&self) -> Option<bool> {
        match self.isn {
            InhibitionStabilization::Stabilized => Some(true),
            InhibitionStabilization::NotNeeded => Some(false),
            _ => None,
        }
    }

    /// Populations that respond paradoxically, by their indices.
    fn paradoxical(&self) -> impl Iterator<Item = usize> {
        self.populations.iter().enumerate().filter(|(_, s)| s.paradoxical == Some(true)).map(|(p, _)| p)
    }
}

fn matrix_figure(answer: &Responses, r: &Array, names: &[String], unit: &str) -> Figure {
    Figure::Matrix {
        id: "response".into(),
        title: "Response matrix".into(),
        caption: "Change of the row's mean rate per constant input to every unit of the column.".into(),
        rows_are: "response of".into(),
        columns_are: "input to".into(),
        row_names: names.to_vec(),
        column_names: names.to_vec(),
        values: (0..names.len()).map(|i| r.row(i).to_vec()).collect(),
        unit: unit.into(),
        outlined: answer
            .paradoxical()
            .map(|p| (p, p, format!("{} responds paradoxically", names[p])))
            .collect(),
    }
}

fn words(study: &Study, v: &Responses, unit: &str) -> Result<Vec<String>> {
    let c = study.circuit();
    let mut out = Vec::new();
    out.push(match v.isn {
        InhibitionStabilization::Stabilized => "Inhibition-stabilized (ISN): without inhibitory feedback the excitatory subnetwork is unstable.".into(),
        InhibitionStabilization::NotNeeded => format!("Not an ISN: {}.", why_not_isn(study)?),
        InhibitionStabilization::Marginal => "The circuit is at the boundary of the ISN regime: the excitatory subnetwork has an eigenvalue at zero.".into(),
        InhibitionStabilization::CircuitUnstable => "The operating point is unstable, so inhibition stabilization and paradoxical responses are not defined.".into(),
        InhibitionStabilization::CircuitMarginal => "The operating point is marginal (an eigenvalue is zero to rounding), so inhibition stabilization and paradoxical responses are not decided.".into(),
        InhibitionStabilization::NoSuchCells => "Inhibition stabilization is not defined, because the circuit lacks excitatory or inhibitory populations.".into(),
    });
    out.extend(stabilizers(c, v));
    if v.response_matrix.is_none() {
        out.push("One mode integrates, so the response to constant input grows without bound.".into());
        return Ok(out);
    }
    let paradoxical: Vec<usize> = v.paradoxical().collect();
    out.extend(paradox(c, v, &paradoxical, unit));
    if v.stable && paradoxical.is_empty() {
        out.push("No population responds paradoxically to its own input.".into());
    }
    Ok(out)
}

/// Which populations respond paradoxically, and how many of their cells it takes.
fn paradox(c: &Circuit, v: &Responses, paradoxical: &[usize], unit: &str) -> Option<String> {
    let part = |p: usize| {
        let fraction = v.populations[p].critical_fraction;
        fraction.filter(|_| c.populations()[p].kind == CellKind::Inhibitory)
    };
    let size = |p: usize| amount(v.populations[p].self_response, unit);
    let name = |p: usize| c.shown(&v.populations[p].population);
    match paradoxical {
        [] => None,
        [p] => {
            let (name, size) = (name(*p), size(*p));
            let partial = part(*p).map_or(String::new(), |f| {
                format!(", provided more than {} % of the {name} cells are stimulated", factor(100.0 * f))
            });
            Some(format!("Paradoxical response: {name} decreases when {name} is driven ({size}){partial}."))
        }
        several => {
            let one = |&p: &usize| {
                let partial = part(p)
                    .map_or(String::new(), |f| format!("; more than {} % of its cells", factor(100.0 * f)));
                format!("{} ({}{partial})", name(p), size(p))
            };
            let all: Vec<String> = several.iter().map(one).collect();
            Some(format!("Paradoxical responses: {} decrease when each is driven.", list(&all)))
        }
    }
}

/// Which populations stabilize excitation, where more than one could.
fn stabilizers(c: &Circuit, v: &Responses) -> Option<String> {
    let sets = &v.minimal_stabilizers;
    if sets.is_empty() || v.subsets.len() < 4 {
        return None;
    }
    let excitatory = excitatory(c);
    let which = match &sets[..] {
        [one] => {
            let other = |p: &&Population| p.kind == CellKind::Inhibitory && !one.contains(&p.name);
            let others = c.populations().iter().filter(other);
            let others: Vec<String> = others.map(|p| p.shown().to_string()).collect();
            let are = |n: usize| if n == 1 { "is" } else { "are" };
            let rest = match others.len() {
                0 => String::new(),
                n => format!("; {} {} not needed", list(&others), are(n)),
            };
            format!(
                "{} {} necessary and sufficient to stabilize {excitatory}{rest}.",
                populations(c, one),
                are(one.len())
            )
        }
        several => {
            let several: Vec<String> = several.iter().map(|set| populations(c, set)).collect();
            format!(
                "Each of these sets is sufficient to stabilize {excitatory}, and no smaller set is: {}.",
                several.join("; ")
            )
        }
    };
    let tested = if v.every_subset {
        ""
    } else {
        " (Not every set was tested: each population alone, and all but one.)"
    };
    Some(which + tested)
}

fn subset_name(c: &Circuit, s: &SubsetVerdict) -> String {
    if s.populations.is_empty() { "nothing".into() } else { populations(c, &s.populations) }
}

fn matrix_table(r: &Array, names: &[String], unit: &str) -> Table {
    let mut columns = vec![heading("response of", unit)];
    columns.extend(names.iter().map(|n| format!("input to {n}")));
    let rows = (0..names.len())
        .map(|i| {
            let values = r.row(i).iter().map(|x| Cell::Number(*x));
            std::iter::once(Cell::Text(names[i].clone())).chain(values).collect()
        })
        .collect();
    Table { caption: "Response matrix".into(), columns, rows }
}

fn self_table(c: &Circuit, v: &Responses, unit: &str) -> Table {
    let mut t = Table::new(
        "Each population's response to its own input",
        &[
            "population",
            &heading("response", unit),
            "paradoxical",
            "critical fraction",
            "the circuit without it is",
            "real / complex unstable modes there",
        ],
    );
    for s in &v.populations {
        t.rows.push(vec![
            Cell::Text(c.shown(&s.population)),
            Cell::Number(s.self_response),
            s.paradoxical.map_or(Cell::Text("no verdict".into()), Cell::Flag),
            s.critical_fraction.map_or(Cell::Empty, Cell::Number),
            Cell::Text(if s.without.stable { "stable" } else { "unstable" }.into()),
            Cell::Text(format!("{} / {}", s.without.unstable_real, s.without.unstable_complex)),
        ]);
    }
    t
}

fn subset_table(c: &Circuit, v: &Responses) -> Table {
    let caption = if v.every_subset {
        "Which populations stabilize excitation: parts of the circuit, the rest clamped".to_string()
    } else {
        format!(
            "Which populations stabilize excitation: parts of the circuit, the rest clamped (with more than {SUBSET_POPULATIONS} populations besides the excitatory ones: none, each, all but each, all)"
        )
    };
    let eigenvalue = heading("rightmost eigenvalue", &format!("1/{}", c.units().time));
    let mut t = Table::new(caption, &["part", "stable", &eigenvalue, "real / complex unstable modes"]);
    for s in &v.subsets {
        t.rows.push(vec![
            Cell::Text(subset_name(c, s)),
            Cell::Flag(s.stable),
            Cell::Number(s.abscissa.unwrap_or(f64::NEG_INFINITY)),
            Cell::Text(format!("{} / {}", s.unstable_real, s.unstable_complex)),
        ]);
    }
    t
}
