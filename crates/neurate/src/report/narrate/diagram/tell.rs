//! The section.

use super::complete::{remarks, trust};
use super::figures::{by_population, growth, rotation};
use super::points;
use super::regimes::{oscillating, place, stretches, words};
use crate::answers::Diagram;
use crate::model::Circuit;
use crate::report::draw::number;
use crate::report::layout::{Alternatives, Open};
use crate::report::narrate::Tell;
use crate::report::narrate::words::{count, heading, list};
use crate::report::section::{Cell, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

impl Tell for Diagram {
    const TITLE: &'static str = "Diagram along a parameter";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        s.title = format!("Diagram along {}", self.range_words());
        s.verdict.push(self.headline(c));
        s.verdict.extend(remarks(self));
        let name = heading(&self.parameter.name, &self.parameter.unit);
        let mut regimes = Table::new("Regimes", &[&name, "the circuit"]);
        for stretch in stretches(self) {
            let row = vec![Cell::Text(place(&stretch, self)), Cell::Text(words(&stretch, self, c))];
            regimes.rows.push(row);
        }
        s.tables = vec![regimes, points::table(self, c)];
        let figures = by_population(self, c);
        let shown = if figures.len() > 1 {
            let choose = |all: Alternatives, (name, figure): &(String, _)| {
                let figure: &crate::report::section::Figure = figure;
                all.or(name.clone(), [figure.id()])
            };
            s.alternatives.push(figures.iter().fold(Alternatives::new("State of"), choose));
            1
        } else {
            figures.len()
        };
        s.figures = figures.into_iter().map(|f| f.1).collect();
        s.figures.extend(growth(self, c));
        s.figures.extend(rotation(self, c));
        s.open = Open::new(s.verdict.len(), shown, 2);
        s.trust = trust(self);
        s.sources = vec![
            "Kuznetsov 2004, Elements of Applied Bifurcation Theory (normal forms)",
            "Doedel, Keller & Kernevez 1991 (branches in arclength)",
        ];
        Ok(())
    }
}

impl Diagram {
    /// `E.h from −3 to 8`.
    fn range_words(&self) -> String {
        let (from, to) = (self.range.data()[0], self.range.data()[1]);
        let unit =
            if self.parameter.unit.is_empty() { String::new() } else { format!(" {}", self.parameter.unit) };
        format!("{} from {} to {}{unit}", self.parameter.name, number(from, 4), number(to, 4))
    }

    /// How many regimes there are, where the circuit oscillates, and what it does at the file's own value.
    fn headline(&self, c: &Circuit) -> String {
        let all = stretches(self);
        let name = &self.parameter.name;
        if let [one] = &all[..] {
            return format!("{}: {} throughout.", self.range_words(), words(one, self, c));
        }
        let mut said = format!("{name} moves the circuit through {}", count(all.len(), "regime"));
        let oscillating = oscillating(&all, self);
        if !oscillating.is_empty() && oscillating.len() <= 3 {
            said += &format!("; it oscillates for {name} {}", list(&oscillating));
        }
        let own = self
            .parameter
            .own
            .and_then(|own| Some((own, all.iter().find(|s| s.from() < own && own < s.to())?)));
        match own {
            Some((own, s)) => {
                let what = words(s, self, c);
                let at = if self.parameter.joint.is_empty() {
                    format!("the file's value, {}", number(own, 4))
                } else {
                    "the file's own input".into()
                };
                said + &format!(". At {at}: {what}.")
            }
            None => said + ".",
        }
    }
}
