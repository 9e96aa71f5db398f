//! The verdict in a few sentences, the drawn circuit, and the one figure that shows it.

mod components;
mod figures;
mod links;
mod patterns;
mod responses;
mod sentences;
mod state;

use super::Tell;
use super::words::heading;
use crate::answers::{ComponentKind, Verdict};
use crate::report::layout::Open;
use crate::report::section::{Cell, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

impl Tell for Verdict {
    const TITLE: &'static str = "Verdict";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let mut all = state::tell(self, study)?;
        if !self.components.is_empty() {
            // Where recurrence does little, what inputs do comes first.
            let (claims, details): (Vec<_>, Vec<_>) =
                components::tell(self, study)?.into_iter().partition(|x| !x.is_detail());
            all.extend(claims);
            all.extend(responses::tell(self, study)?);
            all.extend(details);
        }
        s.verdict = sentences::chosen(all);
        s.figures.extend(figures::circuit(study)?);
        figures::showing(self, study, s)?;
        if self.component_count > 1 {
            s.tables.push(table(self, study));
        }
        s.open = Open::new(s.verdict.len(), s.figures.len(), 0);
        s.trust = trust(self);
        s.sources = vec!["Murphy & Miller 2009", "Tsodyks et al. 1997", "Ozeki et al. 2009"];
        Ok(())
    }
}

fn trust(verdict: &Verdict) -> Vec<String> {
    let mut trust = Vec::new();
    if verdict.component_count > 0 {
        trust.push("Strongly connected components of the effective weights at the operating point; links within rounding of zero do not count. Links between components are feedforward and change neither the eigenvalues nor the amplification inside one.".into());
        trust.push("Balanced: transient amplification (largest norm of a pattern of norm one) above 1.5 and above the slowdown of the slowest mode. Hebbian: the slowest mode is more than 1.5× slower than the slowest isolated unit of the component.".into());
    }
    if verdict.limit_cycle.is_some() {
        trust.push("The run from rest was followed for 200 of the slowest time constants; periods and rates are those of the second half, where they agree within 2 %.".into());
    }
    trust
}

fn table(verdict: &Verdict, study: &Study) -> Table {
    let time = &study.circuit().units().time;
    let mut t = Table::new(
        "Strongly connected components, senders first",
        &[
            "component",
            "driven by",
            "kind",
            &heading("slowest mode", time),
            "× isolated unit",
            "static gain",
            "transient",
            &heading("at", time),
        ],
    );
    for k in &verdict.components {
        let number = |x: Option<f64>| x.filter(|x| x.is_finite()).map_or(Cell::Empty, Cell::Number);
        let slowest = k.slowest.as_ref();
        let amplification = k.amplification.as_ref();
        let drivers: Vec<String> = k.driven_by.iter().map(usize::to_string).collect();
        t.rows.push(vec![
            Cell::Text(format!("{}: {}", k.number, patterns::called(study.circuit(), k, false))),
            Cell::Text(drivers.join(", ")),
            Cell::Text(k.kind.map_or("not available", kind).into()),
            number(slowest.map(|m| m.tau)),
            number(slowest.map(|m| m.slowdown)),
            number(slowest.map(|m| m.static_gain)),
            number(amplification.map(|a| a.max)),
            number(amplification.map(|a| a.time)),
        ]);
    }
    t
}

fn kind(kind: ComponentKind) -> &'static str {
    match kind {
        ComponentKind::Isolated => "isolated",
        ComponentKind::Hebbian => "Hebbian",
        ComponentKind::Balanced => "balanced",
        ComponentKind::Oscillating => "oscillating",
        ComponentKind::Weak => "weak",
        ComponentKind::Integrating => "integrating",
        ComponentKind::Unstable => "unstable",
    }
}
