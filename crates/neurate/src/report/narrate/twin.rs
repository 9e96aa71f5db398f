//! The rate-form twin in words.

use super::Tell;
use super::words::{amount, quantity};
use crate::answers::Twin;
use crate::report::section::{Cell, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

impl Tell for Twin {
    const TITLE: &'static str = "The rate-form twin";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        match &self.naive_refusal {
            None => s.verdict.push(format!(
                "Its twin in rate form is τ dr/dt = −r + f(W r + J) with the same W, τ and f, and its input low-passed, τ dJ/dt = −J + h; then V = W r + J at all times, from J(0) = V(0) − W r(0).{}",
                if c.stimuli().is_empty() { " The input is constant, so J approaches h." } else { "" }
            )),
            Some(why) => {
                s.verdict.push(format!("There is no rate form with the same W: {}.", reason(why)));
                s.verdict.push(format!(
                    "The exact twin keeps {} filtered copies of the rates, one for each time constant: {} states instead of {}.",
                    self.copies,
                    self.states,
                    c.n()
                ));
            }
        }
        s.verdict.push(
            "Fixed points, stability and the spectrum of the Jacobian are the same in both forms.".into(),
        );
        let mut table =
            Table::new("Largest difference of the voltages along the run", &["twin", "states", "difference"]);
        let mut row = |twin: &str, states: usize, difference: f64| {
            table.rows.push(vec![
                Cell::Text(twin.into()),
                Cell::Number(states as f64),
                Cell::Text(quantity(difference, &c.units().state)),
            ]);
        };
        row("exact", self.states, self.difference);
        if let Some(d) = self.naive_difference {
            row("naive (same W; refused)", 2 * c.n(), d);
        }
        s.tables.push(table);
        let times = &study.protocol()?.times;
        s.trust.push(format!(
            "Both forms were simulated with tolerances 10⁻¹⁰ over {}; the difference of the exact twin is integration error.",
            amount(times[times.len() - 1] - times[0], &c.units().time)
        ));
        s.sources = vec!["Miller & Fumarola 2012"];
        Ok(())
    }
}

fn reason(message: &str) -> &str {
    message.split_once(": ").map_or(message, |(_, r)| r)
}
