//! The spiking neurons behind a mean-field circuit: where they work, and what the theory assumes.

use super::Tell;
use super::words::{count, digits, heading, list, number, quantity};
use crate::answers;
use crate::model::{Circuit, MeanField, Synapses};
use crate::report::layout::Open;
use crate::report::limits::{SYNAPSE_ROW_PAIRS, SYNAPSE_ROWS};
use crate::report::section::{Cell, Figure, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

/// What is doubtful where an assumption does not hold, in the order of the answer's assumptions.
const DOUBTS: [&str; 5] = [
    "single spikes change the potential strongly, unlike in a diffusion",
    "some neurons receive few input spikes, so their input is not Gaussian",
    "neurons share much of their input, so their spikes are correlated",
    "spikes are more regular than Poisson, so the variance of the recurrent input is overestimated",
    "synaptic currents are slow relative to the membrane, beyond the first order in √(τ_s/τ_m)",
];

impl Tell for answers::MeanField {
    const TITLE: &'static str = "Mean field of the spiking neurons";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let Some(m) = c.mean_field() else { return Ok(()) };
        s.sources = vec![
            "Amit & Brunel 1997",
            "Brunel 2000, eqs. 3-5, 21",
            "Fourcaud & Brunel 2002 (synaptic currents)",
        ];
        s.trust.push("μ = h + τ Σ K J r, σ² = σ₀² + τ Σ K J² r (Brunel's σ: without threshold the potential has the variance σ²/2), rates follow from both by Ricciardi's function. The effective weights include both paths: ∂r_a/∂r_b = f_μ τKJ + f_σ τKJ²/(2σ).".into());
        if self.populations.is_empty() {
            s.verdict.push(
                "There is no operating point, so the input statistics of the neurons are not available."
                    .into(),
            );
            connections(c, m, s);
            return Ok(());
        }
        s.open = Open::new(2, 0, 0);
        s.tables.push(self.neurons(c));
        s.verdict.push(self.regime(c));
        s.verdict.extend(self.care(c));
        s.tables.push(self.table_of_assumptions());
        connections(c, m, s);
        s.trust.push("The limits in the table of assumptions are rules of thumb: jumps of at most 5 % of the way from reset to threshold, 100 input spikes in a membrane time constant, at most a tenth of a population as common senders, CV at least 0.7 (where the circuit's own spikes make up a fifth of the variance or more), τ_s at most a tenth of τ_m. Several synapses from one sender to one receiver count as independent. The theory also assumes a stationary state: see the section on oscillations.".into());
        Ok(())
    }
}

impl answers::MeanField {
    fn neurons(&self, c: &Circuit) -> Table {
        let u = c.units();
        let mut t = Table::new(
            "The neurons at the operating point",
            &[
                "population",
                "neurons",
                &heading("rate", &u.rate),
                &heading("μ", &u.input),
                &heading("σ", &u.input),
                "(θ − μ)/σ",
                "CV",
                &heading("∂f/∂μ", &format!("{}/{}", u.rate, u.input)),
                &heading("∂f/∂σ", &format!("{}/{}", u.rate, u.input)),
            ],
        );
        for (p, w) in self.populations.iter().enumerate() {
            t.rows.push(vec![
                Cell::Text(c.shown(&w.name)),
                Cell::Number(w.neurons as f64),
                Cell::Number(w.rate),
                Cell::Number(w.mu),
                Cell::Number(w.sigma),
                Cell::Number((threshold(c, p) - w.mu) / w.sigma),
                Cell::Number(w.cv),
                Cell::Number(w.gain_mu),
                Cell::Number(w.gain_sigma),
            ]);
        }
        t
    }

    /// Driven by the mean, or by fluctuations.
    fn regime(&self, c: &Circuit) -> String {
        let points = &self.populations;
        let names = |of: &[usize]| list(&of.iter().map(|&p| c.shown(&points[p].name)).collect::<Vec<_>>());
        let (silent, active): (Vec<usize>, Vec<usize>) =
            (0..points.len()).partition(|&p| self.is_silent(c, p));
        if active.is_empty() {
            return "The circuit is silent: less than one spike in a million membrane time constants.".into();
        }
        let but = if silent.is_empty() {
            String::new()
        } else {
            format!(" Silent (less than one spike in a million membrane time constants): {}.", names(&silent))
        };
        let (below, above): (Vec<usize>, Vec<usize>) =
            active.iter().copied().partition(|&p| points[p].mu < threshold(c, p));
        let cv = active.iter().map(|&p| points[p].cv);
        let (low, high) = (cv.clone().fold(f64::INFINITY, f64::min), cv.fold(0.0, f64::max));
        let shown = |cv: f64| digits((cv * 100.0).round() / 100.0);
        let cv = if high - low < 0.005 {
            format!("CV {}", shown(low))
        } else {
            format!("CV {} to {}", shown(low), shown(high))
        };
        match (below.is_empty(), above.is_empty()) {
            (false, true) => {
                format!(
                    "Spiking is fluctuation-driven: the mean input is below threshold in every population ({cv}).{but}"
                )
            }
            (true, _) if silent.is_empty() => {
                format!(
                    "Spiking is mean-driven: the mean input is above threshold in every population ({cv})."
                )
            }
            (true, _) => format!("The mean input is above threshold in {} ({cv}).{but}", names(&above)),
            _ => format!(
                "The mean input is below threshold in {}, where spiking is fluctuation-driven, and above threshold in {} ({cv}).{but}",
                names(&below),
                names(&above)
            ),
        }
    }

    /// Whether a population hardly ever spikes.
    fn is_silent(&self, c: &Circuit, p: usize) -> bool {
        let tau = c.populations()[p].transfer.lif().map_or(0.0, |l| l.neuron.tau_m);
        self.populations[p].rate * tau * c.units().rate_times_time < 1e-6
    }

    /// Which assumptions do not hold; None if nothing spikes.
    fn care(&self, c: &Circuit) -> Option<String> {
        if (0..self.populations.len()).all(|p| self.is_silent(c, p)) {
            return None;
        }
        let doubtful: Vec<&str> =
            self.assumptions.iter().zip(DOUBTS).filter(|(k, _)| !k.holds).map(|(_, doubt)| doubt).collect();
        Some(if doubtful.is_empty() {
            "The assumptions of mean-field theory hold here, as far as these numbers show.".into()
        } else {
            format!("Some assumptions of mean-field theory are doubtful here: {}.", doubtful.join("; "))
        })
    }

    fn table_of_assumptions(&self) -> Table {
        let mut t = Table::new("What mean-field theory assumes", &["assumption", "here", "holds"]);
        for k in &self.assumptions {
            t.rows.push(vec![
                Cell::Text(k.assumption.into()),
                Cell::Text(k.here.clone()),
                Cell::Flag(k.holds),
            ]);
        }
        t
    }
}

/// The threshold of a population's neurons.
fn threshold(c: &Circuit, p: usize) -> f64 {
    c.populations()[p].transfer.lif().map_or(f64::NAN, |l| l.neuron.threshold)
}

/// What makes the neurons' input.
fn connections(c: &Circuit, m: &MeanField, s: &mut Section) {
    if m.synapses.len() <= SYNAPSE_ROWS {
        s.tables.push(synapses(c, m));
    } else {
        s.tables.push(kinds_of_synapses(c, m));
        let names: Vec<String> = c.populations().iter().map(|p| p.shown().to_string()).collect();
        s.figures.push(Figure::Matrix {
            id: "in_degrees".into(),
            title: "In-degrees K".into(),
            caption: "Number of synapses that each neuron of the row's population receives from the column's population.".into(),
            rows_are: "to".into(),
            columns_are: "from".into(),
            row_names: names.clone(),
            column_names: names,
            values: (0..c.n())
                .map(|to| (0..c.n()).map(|from| m.between(to, from).map_or(0.0, |s| s.in_degree)).collect())
                .collect(),
            unit: String::new(),
            outlined: vec![],
        });
    }
    if !m.drives.is_empty() {
        s.tables.push(drives(c, m));
    }
}

fn delay(s: &Synapses) -> Cell {
    if s.delay_sd == 0.0 {
        Cell::Number(s.delay)
    } else {
        Cell::Text(format!("{} ± {}", number(s.delay), number(s.delay_sd)))
    }
}

/// The distinct jumps and delays, and between whom.
fn kinds_of_synapses(c: &Circuit, m: &MeanField) -> Table {
    let u = c.units();
    let mut t = Table::new(
        "Synapses by jump and delay",
        &[&heading("jump J", &u.input), "spread (CV)", &heading("delay", &u.time), "between"],
    );
    let key = |s: &Synapses| [s.jump, s.jump_cv, s.delay, s.delay_sd];
    let mut kinds: Vec<(&Synapses, Vec<String>)> = Vec::new();
    for s in &m.synapses {
        let name = format!("{} <- {}", c.populations()[s.to].shown(), c.populations()[s.from].shown());
        match kinds.iter_mut().find(|(k, _)| key(k) == key(s)) {
            Some((_, pairs)) => pairs.push(name),
            None => kinds.push((s, vec![name])),
        }
    }
    for (s, pairs) in kinds {
        let between = if pairs.len() > SYNAPSE_ROW_PAIRS { count(pairs.len(), "pair") } else { list(&pairs) };
        t.rows.push(vec![Cell::Number(s.jump), Cell::Number(s.jump_cv), delay(s), Cell::Text(between)]);
    }
    t
}

fn synapses(c: &Circuit, m: &MeanField) -> Table {
    let u = c.units();
    let mut t = Table::new(
        "Synapses",
        &[
            "to",
            "from",
            "in-degree K",
            &heading("jump J", &u.input),
            &heading("delay", &u.time),
            &heading("weight τKJ", &u.weight),
        ],
    );
    let name = |p: usize| c.populations()[p].shown().to_string();
    for s in &m.synapses {
        t.rows.push(vec![
            Cell::Text(name(s.to)),
            Cell::Text(name(s.from)),
            Cell::Number(s.in_degree),
            Cell::Number(s.jump),
            delay(s),
            Cell::Number(m.mean()[(s.to, s.from)]),
        ]);
    }
    if m.synapses.is_empty() {
        t.caption = format!("Synapses: {}", count(0, "connection"));
    }
    t
}

fn drives(c: &Circuit, m: &MeanField) -> Table {
    let u = c.units();
    let mut t = Table::new(
        "External spikes (an independent Poisson process for each neuron)",
        &[
            "drive",
            "to",
            "K",
            &heading("rate", &u.rate),
            &heading("jump J", &u.input),
            "its mean, its part of σ",
        ],
    );
    for d in &m.drives {
        let tau = c.populations()[d.to].transfer.lif().map_or(0.0, |l| l.neuron.tau_m);
        let spikes = tau * u.rate_times_time * d.in_degree * d.rate;
        t.rows.push(vec![
            Cell::Text(d.name.clone()),
            Cell::Text(c.populations()[d.to].shown().into()),
            Cell::Number(d.in_degree),
            Cell::Number(d.rate),
            Cell::Number(d.jump),
            Cell::Text(format!(
                "{}, {}",
                quantity(spikes * d.jump, &u.input),
                quantity(spikes.sqrt() * d.jump.abs(), &u.input)
            )),
        ]);
    }
    t
}
