//! How sure the verdicts are, in words.

use super::Tell;
use super::words::{
    amount, count, heading, list, parameter, percent, probability, response_unit, role, share, sure,
};
use crate::answers::{SampledProbability, SampledUncertainty, Uncertainty};
use crate::linear::Linearization;
use crate::linear::response::{Isn, Probability, quantile};
use crate::model::Circuit;
use crate::report::layout::Open;
use crate::report::limits::{NAMED_CAUSES, UNCERTAIN_PAIR_POPULATIONS};
use crate::report::section::{Axis, Cell, Figure, Mark, Role, Section, Series, Stroke, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;

/// What is told, beside what it is about.
struct Told<'a> {
    answer: &'a SampledUncertainty,
    circuit: &'a Circuit,
    /// Of the circuit itself.
    response: &'a Matrix,
    isn: bool,
    unit: String,
}

impl Tell for Uncertainty {
    const TITLE: &'static str = "Uncertain parameters";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        s.sources = vec!["propagation of errors to first order, and by sampling"];
        let v = study.verdicts()?;
        let (Uncertainty::Sampled(answer), Some(response)) = (self, &v.response) else {
            s.verdict
                .push("Probabilities are not available, because the operating point is not stable.".into());
            s.sources.clear();
            s.available = false;
            return Ok(());
        };
        let circuit = study.circuit();
        let unit = response_unit(circuit);
        let told = Told { answer, circuit, response, isn: v.isn == Isn::Stabilized, unit };
        s.verdict = told.words();
        s.open = Open::new(2, 1, 0);
        s.tables.push(told.verdict_table());
        if circuit.populations().len() <= UNCERTAIN_PAIR_POPULATIONS {
            s.tables.push(told.entry_table());
        }
        s.tables.extend(told.cause_table());
        s.figures.push(told.sign_figure());
        s.figures.extend(told.density_figure());
        s.trust = trust(study.linearization()?, answer, study.choices().seed);
        Ok(())
    }
}

impl Told<'_> {
    fn words(&self) -> Vec<String> {
        let a = self.answer;
        let mut out = Vec::new();
        out.push(format!(
            "Given the standard errors, the operating point is stable with probability {}.",
            probability(a.draws.probability(|s| s.stable).value)
        ));
        if a.lost > 0 {
            out.push(format!(
                "In {} of the samples the operating point disappears in a bifurcation.",
                share(a.lost as f64 / a.samples as f64)
            ));
        }
        out.push(self.isn_words());
        for (p, q) in self.circuit.populations().iter().enumerate() {
            let values = a.draws.entry(p, p);
            if values.is_empty() {
                continue;
            }
            let negative = Probability::negative(&values).value;
            let own = self.response[(p, p)];
            let (sign, here) = if own < 0.0 { ("negative", negative) } else { ("positive", 1.0 - negative) };
            let how = match sure(here) {
                Some(how) => format!("is {how} {sign}"),
                None => format!("is {sign} at the values of the file, but probably not in the circuit"),
            };
            out.push(format!(
                "The response of {} to its own input ({}) {how} (P = {} where the circuit is stable).{}",
                q.shown(),
                amount(own, &self.unit),
                probability(here),
                self.causes(p).map_or(String::new(), |x| format!(" {x}"))
            ));
        }
        out
    }

    fn isn_words(&self) -> String {
        let draws = &self.answer.draws;
        let p = draws.probability(|s| s.stable && s.isn == self.isn).value;
        let what = if self.isn { "an ISN" } else { "not an ISN" };
        match sure(p) {
            Some(how) => format!("The circuit is {how} {what} (P = {}).", probability(p)),
            None => format!(
                "The circuit is {what} at the values of the file, but probably not in general (P = {}).",
                probability(p)
            ),
        }
    }

    /// An uncertain parameter, with the populations as they are shown.
    fn parameter(&self, k: usize) -> String {
        let c = self.circuit;
        c.standard_errors()[k].parameter.words(|p| c.populations()[p].shown())
    }

    /// The parameters with most of the first-order variance of a population's response to its own input.
    fn causes(&self, p: usize) -> Option<String> {
        let parameters = &self.answer.parameters;
        let mut shares = parameters
            .iter()
            .map(|x| Some((parameter(&x.parameter, self.circuit), x.variance_shares.as_ref()?[(p, p)])))
            .collect::<Option<Vec<_>>>()?;
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        if let Some((first, most)) = shares.first()
            && *most > 0.5
        {
            return Some(format!("Most of its uncertainty ({}) comes from {first}.", share(*most)));
        }
        let largest: Vec<String> = shares
            .iter()
            .take(NAMED_CAUSES)
            .filter(|(_, part)| *part > 0.1)
            .map(|(first, part)| format!("{first} ({})", share(*part)))
            .collect();
        (!largest.is_empty()).then(|| format!("Its uncertainty comes mainly from {}.", list(&largest)))
    }

    fn verdict_table(&self) -> Table {
        let mut t = Table::new(
            "How sure the verdicts are",
            &["verdict", "probability", "standard error of sampling"],
        );
        let mut add = |what: String, p: SampledProbability| {
            t.rows.push(vec![Cell::Text(what), Cell::Number(p.value), Cell::Number(p.se)]);
        };
        add("stable".into(), self.answer.probability_stable);
        add("stable and inhibition-stabilized".into(), self.answer.probability_isn);
        for x in &self.answer.probability_paradoxical {
            add(format!("stable and {} paradoxical", self.circuit.shown(&x.population)), x.probability);
        }
        t
    }

    fn entry_table(&self) -> Table {
        let a = self.answer;
        let mut t = Table {
            caption: "The response matrix and its uncertainty: first-order standard errors, and quantiles of the stable samples"
                .into(),
            columns: vec![
                "response of".into(),
                "input to".into(),
                heading("R", &self.unit),
                "first-order SE".into(),
                "2.5 %".into(),
                "median".into(),
                "97.5 %".into(),
                "P(R < 0)".into(),
            ],
            rows: vec![],
        };
        let some = |x: f64| if x.is_finite() { Cell::Number(x) } else { Cell::Empty };
        let quantiles = || a.quantiles.iter().filter(|q| [0.025, 0.5, 0.975].contains(&q.share));
        for (i, to) in self.circuit.populations().iter().enumerate() {
            for (j, from) in self.circuit.populations().iter().enumerate() {
                let mut row = vec![
                    Cell::Text(to.shown().into()),
                    Cell::Text(from.shown().into()),
                    Cell::Number(self.response[(i, j)]),
                    a.first_order_se.as_ref().map_or(Cell::Empty, |se| some(se[(i, j)])),
                ];
                row.extend(quantiles().map(|q| some(q.response_matrix[(i, j)])));
                row.push(some(a.probability_negative[(i, j)]));
                t.rows.push(row);
            }
        }
        t
    }

    fn cause_table(&self) -> Option<Table> {
        self.answer.first_order_se.as_ref()?;
        let mut columns = vec!["uncertain".to_string(), "value".into(), "standard error".into()];
        columns.extend(self.circuit.populations().iter().map(|p| format!("share in {0} to {0}", p.shown())));
        let mut t = Table {
            caption:
                "Where the uncertainty of the self-responses comes from: shares of the first-order variance"
                    .into(),
            columns,
            rows: vec![],
        };
        for (k, x) in self.answer.parameters.iter().enumerate() {
            let mut row = vec![Cell::Text(self.parameter(k)), Cell::Number(x.mean), Cell::Number(x.se)];
            for p in 0..self.circuit.populations().len() {
                let share = x.variance_shares.as_ref().map(|shares| shares[(p, p)]);
                row.push(match share.filter(|share| share.is_finite()) {
                    Some(share) => Cell::Text(percent(share)),
                    None => Cell::Empty,
                });
            }
            t.rows.push(row);
        }
        Some(t)
    }

    fn sign_figure(&self) -> Figure {
        let p = self.circuit.populations().len();
        let names: Vec<String> = self.circuit.populations().iter().map(|q| q.shown().to_string()).collect();
        let negative = |a: usize, b: usize| self.response[(a, b)] < 0.0;
        let sureness = |a: usize, b: usize| {
            let p = self.answer.probability_negative[(a, b)];
            if negative(a, b) { p } else { 1.0 - p }
        };
        let open = |a: usize, b: usize| sureness(a, b) < 0.95;
        let signed = |a: usize, b: usize| if negative(a, b) { -sureness(a, b) } else { sureness(a, b) };
        let cells = (0..p).flat_map(|a| (0..p).map(move |b| (a, b)));
        Figure::Matrix {
            id: "sign_sureness".into(),
            title: "Probability of the sign of every response".into(),
            caption: "Probability, over the stable samples, that a response has the sign that it has at the values of the file; with a minus where that sign is negative.".into(),
            rows_are: "response of".into(),
            columns_are: "input to".into(),
            row_names: names.clone(),
            column_names: names,
            values: (0..p).map(|a| (0..p).map(|b| signed(a, b)).collect()).collect(),
            unit: String::new(),
            outlined: cells.filter(|&(a, b)| open(a, b)).map(|(a, b)| (a, b, "the probability of this sign is below 0.95".into())).collect(),
        }
    }

    /// Smoothed densities of the populations' responses to their own input.
    fn density_figure(&self) -> Option<Figure> {
        let mut series = Vec::new();
        let mut marks = vec![Mark { x: 0.0, y: None, label: "zero".into(), role: Role::Guide }];
        for (p, q) in self.circuit.populations().iter().enumerate() {
            let values = self.answer.draws.entry(p, p);
            let own = self.response[(p, p)];
            let Some((x, y, at_own)) = density(&values, own) else { continue };
            marks.push(Mark { x: own, y: Some(at_own), label: q.shown().into(), role: role(q.kind) });
            series.push(Series { name: q.shown().into(), role: role(q.kind), stroke: Stroke::Solid, x, y });
        }
        let unit = &self.unit;
        let per = if unit.is_empty() { String::new() } else { format!("1/({unit})") };
        (!series.is_empty()).then(|| Figure::Lines {
            id: "response_density".into(),
            title: "Responses to own input, with their uncertainty".into(),
            caption: "Density of each population's response to its own input over the stable samples (smoothed). Points: the values of the file. Responses below zero are paradoxical.".into(),
            x: Axis::new("response to own input", unit),
            y: Axis::new("density", per),
            series,
            marks,
        })
    }
}

/// A smoothed density of sorted values as a curve, and its height at `own`; None of few values, or of equal ones.
fn density(values: &[f64], own: f64) -> Option<(Vec<f64>, Vec<f64>, f64)> {
    let spread = quantile(values, 0.75) - quantile(values, 0.25);
    if values.len() < 20 || spread <= 0.0 || spread.is_nan() {
        return None;
    }
    // Silverman's width; heavy tails are left out of the picture, not of the numbers.
    let width = 0.9 * spread / 1.349 * (values.len() as f64).powf(-0.2);
    let (low, high) = (quantile(values, 0.01), quantile(values, 0.99));
    let x: Vec<f64> =
        (0..=120).map(|k| low - 3.0 * width + (high - low + 6.0 * width) * f64::from(k) / 120.0).collect();
    let height = |x: f64| {
        let kernel = |v: &f64| (-0.5 * ((x - v) / width).powi(2)).exp();
        values.iter().map(kernel).sum::<f64>() / (values.len() as f64 * width * std::f64::consts::TAU.sqrt())
    };
    let y = x.iter().map(|&x| height(x)).collect();
    Some((x, y, height(own)))
}

fn trust(l: &Linearization, a: &SampledUncertainty, seed: u64) -> Vec<String> {
    let mut out = vec![format!(
        "{} with seed {seed}: all parameters independent; weights of excitatory and inhibitory senders and time constants log-normal with the given mean and standard error (which keeps signs and moments), others normal. A weight between populations is scaled as a whole.",
        count(a.samples, "sample")
    )];
    out.push("In every sample the operating point is continued from that of the file, and inhibition stabilization and paradoxical responses are decided only where it is stable. The tables give the standard error of sampling of each probability.".into());
    if a.first_order_se.is_none() {
        out.push("First-order errors are not defined here, because the operating point disappears under arbitrarily small changes.".into());
    }
    if !l.at_kink.is_empty() {
        out.push("A unit lies at a kink of its transfer function, so first-order errors use the mean of two slopes.".into());
    }
    out
}
