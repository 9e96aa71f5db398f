//! The conductance-based membrane in words.

use super::Tell;
use super::words::{amount, digits, heading, role, share, unit_names};
use crate::answers::Membranes;
use crate::model::Circuit;
use crate::report::limits::{DRAWN_UNITS, NAMED_UNITS, TABLE_ROWS};
use crate::report::section::{Axis, Cell, Figure, Section, Series, Stroke, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

impl Tell for Membranes {
    const TITLE: &'static str = "From conductances to weights";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let u = c.units();
        let run = match self.probe {
            None => "under the stimuli".to_string(),
            Some(amplitude) => {
                format!("under a step of {} to {}", amount(amplitude, &u.drive), c.populations()[0].shown())
            }
        };
        s.verdict.push(format!(
            "The membrane time constants at the operating point are {}, instead of {} at rest without synaptic input.",
            span(self.tau.data(), &u.time),
            span(self.tau_at_rest.data(), &u.time)
        ));
        s.verdict.push(format!(
            "With total conductances held fixed, voltages {run} differ by at most {} from those of the full membrane ({} of the largest deviation); the total conductance changes by up to {}.",
            amount(self.reduction_error, &u.state),
            share(self.reduction_error / self.largest_deviation.max(f64::MIN_POSITIVE)),
            share(self.conductance_change)
        ));
        s.tables.push(self.table(c));
        if c.n() <= DRAWN_UNITS {
            s.figures.push(self.weights_figure(c));
        }
        s.figures.push(self.reduction_figure(c));
        s.trust.push("At the operating point the reduced and the full circuit have the same Jacobian; away from it the error is of second order in the change of total conductance. The error is measured by simulating both (tolerances 10⁻⁹).".into());
        s.sources = vec![
            "Dayan & Abbott 2001, section 7.2",
            "Destexhe, Rudolph & Paré 2003 (high-conductance state)",
        ];
        Ok(())
    }
}

fn span(values: &[f64], unit: &str) -> String {
    let (low, high) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &v| (a.min(v), b.max(v)));
    if low == high { amount(low, unit) } else { format!("{} to {}", digits(low), amount(high, unit)) }
}

impl Membranes {
    fn table(&self, c: &Circuit) -> Table {
        let u = c.units();
        let mut t = Table::new(
            "Units at the operating point",
            &[
                "unit",
                &heading("V*", &u.state),
                "total conductance (nS or as declared)",
                &heading("τ = C/G", &u.time),
                &heading("τ at rest", &u.time),
            ],
        );
        for i in 0..c.n().min(TABLE_ROWS) {
            let numbers = [&self.voltage, &self.total_conductance, &self.tau, &self.tau_at_rest]
                .map(|of| Cell::Number(of.data()[i]));
            t.rows.push([Cell::Text(c.unit_shown(i))].into_iter().chain(numbers).collect());
        }
        t
    }

    fn weights_figure(&self, c: &Circuit) -> Figure {
        let names = if c.n() <= NAMED_UNITS { unit_names(c) } else { vec![] };
        Figure::Matrix {
            id: "reduced_weights".into(),
            title: "Weights of the reduced circuit".into(),
            caption: "w = ĝ (E_sender − V*_receiver) / G_receiver: the driving force gives the sign.".into(),
            rows_are: "to".into(),
            columns_are: "from".into(),
            row_names: names.clone(),
            column_names: names,
            values: (0..c.n()).map(|i| self.weights.row(i).to_vec()).collect(),
            unit: format!("{}/{}", c.units().input, c.units().rate),
            outlined: vec![],
        }
    }

    fn reduction_figure(&self, c: &Circuit) -> Figure {
        let mut series = Vec::new();
        for (p, q) in c.populations().iter().enumerate() {
            for (run, stroke, what) in
                [(&self.full, Stroke::Solid, "conductances"), (&self.reduced, Stroke::Dashed, "weights")]
            {
                series.push(Series {
                    name: format!("{}, {what}", q.shown()),
                    role: role(q.kind),
                    stroke,
                    x: run.times.clone(),
                    y: run.populations[p].clone(),
                });
            }
        }
        Figure::Lines {
            id: "reduction".into(),
            title: "Conductances against weights".into(),
            caption: "Solid: the full membrane; dashed: every total conductance held at its value at the operating point.".into(),
            x: Axis::new("time", &c.units().time),
            y: Axis::new("voltage", &c.units().state),
            series,
            marks: vec![],
        }
    }
}
