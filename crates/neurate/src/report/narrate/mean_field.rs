//! The spiking neurons behind a mean-field circuit: where they work, and what the theory assumes.

use super::Analysis;
use super::words::{count, heading, list, number, percent, quantity};
use crate::linear::mean_field::{WorkingPoint, working_points};
use crate::model::{Circuit, MeanField, Synapses};
use crate::report::section::{Cell, Figure, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use serde_json::json;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "mean_field",
    about: "the spiking neurons' input and irregularity, and whether mean-field theory may be trusted",
    applies: |study| study.circuit().mean_field().is_some(),
    run,
};

/// Pairs of populations up to which each has a row of its own.
const MAX_ROWS: usize = 16;

fn run(study: &Study) -> Result<Section> {
    let c = study.circuit();
    let u = c.units();
    let m = c.mean_field().expect("the section applies");
    let mut s = Section::new(ANALYSIS.name, "Mean field of the spiking neurons");
    s.sources =
        vec!["Amit & Brunel 1997", "Brunel 2000, eqs. 3-5, 21", "Fourcaud & Brunel 2002 (synaptic currents)"];
    s.trust.push("μ = h + τ Σ K J r, σ² = σ₀² + τ Σ K J² r (Brunel's σ: without threshold the potential has the variance σ²/2), rates by Ricciardi's function at both. The effective weights carry both ways: ∂r_a/∂r_b = f_μ τKJ + f_σ τKJ²/(2σ).".into());
    let Some(point) = study.operating_point()? else {
        s.verdict.push("There is no operating point, hence no working point of the neurons.".into());
        connections(c, m, &mut s);
        return Ok(s);
    };
    let points = working_points(c, point)?;
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
    for (p, w) in points.iter().enumerate() {
        t.rows.push(vec![
            Cell::Text(c.populations()[p].name.clone()),
            Cell::Number(w.neurons as f64),
            Cell::Number(w.rate),
            Cell::Number(w.mu),
            Cell::Number(w.sigma),
            Cell::Number((w.neuron.neuron.threshold - w.mu) / w.sigma),
            Cell::Number(w.cv),
            Cell::Number(w.to_mu),
            Cell::Number(w.to_sigma),
        ]);
    }
    s.tables.push(t);
    s.verdict.push(regime(c, &points));
    let checks = checks(&points);
    let quiet = points.iter().all(|w| silent(c, w));
    let doubtful: Vec<String> = checks.iter().filter(|k| !k.holds).map(|k| k.doubt.into()).collect();
    s.verdict.extend((!quiet).then(|| {
        if doubtful.is_empty() {
            "What mean-field theory assumes holds here, as far as these numbers tell.".into()
        } else {
            format!("To be read with care: {}.", doubtful.join("; "))
        }
    }));
    let mut t = Table::new("What mean-field theory assumes", &["assumption", "here", "holds"]);
    for k in &checks {
        t.rows.push(vec![
            Cell::Text(k.assumption.into()),
            Cell::Text(k.measured.clone()),
            Cell::Flag(k.holds),
        ]);
    }
    s.tables.push(t);
    connections(c, m, &mut s);
    s.trust.push("The limits in the table of assumptions are rules of thumb: jumps of at most 5 % of the way from reset to threshold, 100 input spikes in a membrane time constant, at most a tenth of a population as common senders, CV at least 0.7 (where the circuit's own spikes make up a fifth of the variance or more), τ_s at most a tenth of τ_m. Several synapses from one sender to one receiver count as independent. The theory also assumes a stationary state: see the section on oscillations.".into());
    s.data = json!({
        "populations": points.iter().enumerate().map(|(p, w)| json!({
            "name": c.populations()[p].name, "neurons": w.neurons,
            "mu": w.mu, "sigma": w.sigma, "rate": w.rate, "cv": w.cv,
            "to_mu": w.to_mu, "to_sigma": w.to_sigma,
            "largest_jump": w.largest_jump, "spikes_per_tau": w.spikes_per_tau,
            "shared": w.shared, "recurrent_share": w.recurrent_share,
        })).collect::<Vec<_>>(),
        "assumptions": checks.iter().map(|k| json!({
            "assumption": k.assumption, "here": k.measured, "holds": k.holds,
        })).collect::<Vec<_>>(),
    });
    Ok(s)
}

/// Driven by the mean, or by fluctuations.
fn regime(c: &Circuit, points: &[WorkingPoint]) -> String {
    let name = |p: usize| c.populations()[p].name.clone();
    let names = |of: &[usize]| list(&of.iter().map(|&p| name(p)).collect::<Vec<_>>());
    let (silent, active): (Vec<usize>, Vec<usize>) = (0..points.len()).partition(|&p| silent(c, &points[p]));
    if active.is_empty() {
        return "The circuit is silent: less than one spike in a million membrane time constants.".into();
    }
    let but = if silent.is_empty() {
        String::new()
    } else {
        format!(" Silent (less than one spike in a million membrane time constants): {}.", names(&silent))
    };
    let (below, above): (Vec<usize>, Vec<usize>) =
        active.iter().copied().partition(|&p| points[p].mu < points[p].neuron.neuron.threshold);
    let cv = active.iter().map(|&p| points[p].cv);
    let (low, high) = (cv.clone().fold(f64::INFINITY, f64::min), cv.fold(0.0, f64::max));
    let cv = if high - low < 0.005 {
        format!("CV {}", number((low * 100.0).round() / 100.0))
    } else {
        format!("CV {} to {}", number((low * 100.0).round() / 100.0), number((high * 100.0).round() / 100.0))
    };
    match (below.is_empty(), above.is_empty()) {
        (false, true) => {
            format!(
                "Fluctuations drive the neurons: the mean input stays below threshold in every population ({cv})."
            )
        }
        (true, _) => format!("The mean input is above threshold in every population ({cv})."),
        _ => format!(
            "The mean input is below threshold in {}, where fluctuations drive the neurons, and above it in {} ({cv}).{but}",
            names(&below),
            names(&above)
        ),
    }
}

/// Whether a population hardly ever spikes.
fn silent(c: &Circuit, w: &WorkingPoint) -> bool {
    w.rate * w.neuron.neuron.tau_m * c.units().rate_times_time < 1e-6
}

/// One assumption of the theory, and whether it holds.
struct Check {
    assumption: &'static str,
    measured: String,
    holds: bool,
    doubt: &'static str,
}

fn checks(points: &[WorkingPoint]) -> Vec<Check> {
    let most = |f: &dyn Fn(&WorkingPoint) -> f64| points.iter().map(f).fold(0.0, f64::max);
    let least = |f: &dyn Fn(&WorkingPoint) -> f64| points.iter().map(f).fold(f64::INFINITY, f64::min);
    let jump = most(&|w| w.largest_jump);
    let spikes = least(&|w| w.spikes_per_tau);
    let shared = most(&|w| w.shared);
    let cv = least(&|w| w.cv);
    let own = most(&|w| w.recurrent_share);
    let slow = most(&|w| w.neuron.tau_s / w.neuron.neuron.tau_m);
    vec![
        Check {
            assumption: "small jumps (diffusion): one spike moves the potential by little",
            measured: format!("at most {} of the way from reset to threshold", percent(jump)),
            holds: jump <= 0.05 * (1.0 + 1e-9),
            doubt: "single spikes move the potential far, which a diffusion does not",
        },
        Check {
            assumption: "many input spikes in a membrane time constant",
            measured: format!("at least {}", number(spikes)),
            holds: spikes >= 100.0,
            doubt: "some neurons get few input spikes, whose sum is not Gaussian",
        },
        Check {
            assumption: "independent neurons: few common senders",
            measured: format!("a neuron listens to at most {} of a population", percent(shared)),
            holds: shared <= 0.1 * (1.0 + 1e-9),
            doubt: "neurons share much of their input, so their spikes are correlated",
        },
        Check {
            assumption: "irregular senders: spikes as of a Poisson process (CV 1)",
            measured: format!(
                "CV from {}; {} of the variance, at most, is from the circuit's own spikes",
                number((cv * 100.0).round() / 100.0),
                percent(own)
            ),
            holds: cv >= 0.7 || own < 0.2,
            doubt: "spikes are more regular than Poisson, so the circuit's own share of the variance is overestimated",
        },
        Check {
            assumption: "fast synapses: τ_s short against τ_m",
            measured: if slow == 0.0 {
                "jumps".into()
            } else {
                format!("τ_s/τ_m at most {}", number(slow))
            },
            holds: slow <= 0.1 * (1.0 + 1e-9),
            doubt: "synaptic currents are slow against the membrane, beyond the first order in √(τ_s/τ_m)",
        },
    ]
}

/// What makes the neurons' input.
fn connections(c: &Circuit, m: &MeanField, s: &mut Section) {
    if m.synapses.len() <= MAX_ROWS {
        s.tables.push(synapses(c, m));
    } else {
        s.tables.push(kinds_of_synapses(c, m));
        let names: Vec<String> = c.populations().iter().map(|p| p.name.clone()).collect();
        s.figures.push(Figure::Matrix {
            id: "in_degrees".into(),
            title: "In-degrees K".into(),
            caption: "Synapses that each neuron of the row's population has from the column's.".into(),
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
        let name = format!("{} <- {}", c.populations()[s.to].name, c.populations()[s.from].name);
        match kinds.iter_mut().find(|(k, _)| key(k) == key(s)) {
            Some((_, pairs)) => pairs.push(name),
            None => kinds.push((s, vec![name])),
        }
    }
    for (s, pairs) in kinds {
        let between = if pairs.len() > 3 { count(pairs.len(), "pair") } else { list(&pairs) };
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
    let name = |p: usize| c.populations()[p].name.clone();
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
        "Spikes from outside (Poisson, each neuron's own)",
        &[
            "drive",
            "to",
            "K",
            &heading("rate", &u.rate),
            &heading("jump J", &u.input),
            "mean, and σ from it alone",
        ],
    );
    for d in &m.drives {
        let tau = c.populations()[d.to].transfer.lif().map_or(0.0, |l| l.neuron.tau_m);
        let spikes = tau * u.rate_times_time * d.in_degree * d.rate;
        t.rows.push(vec![
            Cell::Text(d.name.clone()),
            Cell::Text(c.populations()[d.to].name.clone()),
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
