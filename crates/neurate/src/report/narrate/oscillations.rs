//! Oscillations of a mean-field circuit: stability with the neurons' dynamics and the delays, and
//! the spectra of the population rates.

use super::Analysis;
use super::words::{heading, number, quantity, role};
use crate::linear::mean_field::{
    DelayedStability, Spectra, Undecided, spectra, spectral_grid, spectral_peak, working_points,
};
use crate::model::Circuit;
use crate::report::section::{Axis, Cell, Figure, Mark, Role, Section, Series, Stroke, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Complex;
use serde_json::json;
use std::f64::consts::TAU;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "oscillations",
    about: "stability with the neurons' own dynamics and the delays; power spectra at finite size",
    applies: |study| study.circuit().mean_field().is_some() && study.has_operating_point(),
    run,
};

/// Points of a spectrum.
const POINTS: usize = 401;
/// Modes in the table.
const MAX_ROWS: usize = 8;

fn run(study: &Study) -> Result<Section> {
    let c = study.circuit();
    let u = c.units();
    let d = study.delayed_stability()?.expect("the section applies");
    let mut s = Section::new(ANALYSIS.name, "Oscillations");
    s.verdict.push(verdict(c, d));
    let frequency = |z: Complex| z.im / TAU / u.rate_times_time;
    if !d.modes.is_empty() {
        let mut t = Table::new(
            "Modes of the spiking circuit, det(1 − P(s)) = 0",
            &[
                &heading("frequency", &u.rate),
                &heading("growth rate", &format!("1/{}", u.time)),
                &heading("time constant", &u.time),
                "grows",
            ],
        );
        for z in d.modes.iter().take(MAX_ROWS) {
            t.rows.push(vec![
                Cell::Number(frequency(*z)),
                Cell::Number(z.re),
                Cell::Number(1.0 / z.re.abs()),
                Cell::Flag(z.re > 0.0),
            ]);
        }
        s.tables.push(t);
    }
    s.figures.push(nyquist(c, d));
    let mut power = None;
    if d.found_unstable == 0 && d.unstable.is_none_or(|n| n == 0) {
        // Ten cycles of the membrane: 500 Hz for 20 ms.
        let cycles = spectral_grid(c, study.point()?, 10.0 / slowest(c), POINTS)?;
        let rates: Vec<f64> = cycles.iter().map(|f| f / u.rate_times_time).collect();
        let spectrum = spectra(c, study.point()?, &cycles)?;
        let peaks = peaks(study, &spectrum)?;
        let highest = peaks.iter().max_by(|a, b| a.over_independent.total_cmp(&b.over_independent));
        if let Some(p) = highest.filter(|p| p.over_independent > 2.0) {
            s.verdict.push(format!(
                "A damped oscillation shows in the spectra: {} peaks at {}, with {} times the power of independent spikes.",
                c.populations()[p.population].name,
                quantity(p.frequency, &u.rate),
                number(p.over_independent)
            ));
        }
        let cv = working_points(c, study.point()?)?.iter().map(|w| w.cv).fold(f64::INFINITY, f64::min);
        if cv < 0.7 {
            s.verdict.push(format!(
                "The spectra take spikes as those of Poisson processes, but they are more regular here (CV from {}): up to about the firing rates they are too high.",
                number((cv * 100.0).round() / 100.0)
            ));
        }
        if !peaks.is_empty() {
            s.tables.push(peak_table(c, &peaks));
        }
        s.figures.push(power_figure(c, &rates, &spectrum));
        if c.n() > 1 {
            s.figures.extend(coherence_figure(c, &rates, &spectrum));
        }
        power = Some((rates, spectrum));
    }
    s.trust.push("P(s) is the loop of the circuit at exp(st): the linear response of Ricciardi's neuron to μ and to σ, the synaptic currents' filter, and the delays. The number of growing modes is counted by Nyquist's criterion along the imaginary axis; the modes themselves are found by Newton's method from the places where det(1 − P(iω)) is small, up to 200/τ, and not farther left than 0.75/τ_m.".into());
    s.trust.push("Where an oscillation grows, linear theory gives its frequency at onset; how large it gets, and how far the mean rates then move, it does not say. Spectra are linear theory too: each neuron's spikes as Poisson (r/N), filtered by the circuit; two-sided, of the spikes per neuron.".into());
    s.sources = vec![
        "Brunel & Hakim 1999",
        "Brunel 2000",
        "Lindner & Schimansky-Geier 2001",
        "Lindner, Doiron & Longtin 2005",
        "Bos, Diesmann & Helias 2016",
    ];
    let complex = |z: &Complex| json!({"re": z.re, "im": z.im});
    s.data = json!({
        "stable": d.stable(),
        "unstable_modes": d.unstable,
        "modes": d.modes.iter().map(|z| json!({
            "s": complex(z), "frequency": frequency(*z), "growth_rate": z.re,
        })).collect::<Vec<_>>(),
        "frequencies": power.as_ref().map(|p| &p.0),
        "power": power.as_ref().map(|p| (0..c.n()).map(|a| p.1.power(a)).collect::<Vec<_>>()),
        "cross": power.as_ref().filter(|_| c.n() <= 12).map(|p| {
            let pair = |a: usize, b: usize| json!({
                "a": c.populations()[a].name, "b": c.populations()[b].name,
                "re": p.1.matrices.iter().map(|m| m[(a, b)].re).collect::<Vec<_>>(),
                "im": p.1.matrices.iter().map(|m| m[(a, b)].im).collect::<Vec<_>>(),
            });
            (0..c.n()).flat_map(|a| (a + 1..c.n()).map(move |b| (a, b))).map(|(a, b)| pair(a, b)).collect::<Vec<_>>()
        }),
    });
    Ok(s)
}

/// The longest membrane time constant.
fn slowest(c: &Circuit) -> f64 {
    c.populations().iter().filter_map(|p| p.transfer.lif()).map(|l| l.neuron.tau_m).fold(0.0, f64::max)
}

/// The first sentence; the section on responses repeats it where verdicts hang on it.
fn verdict(c: &Circuit, d: &DelayedStability) -> String {
    let u = c.units();
    let growing = d.modes.iter().find(|z| z.re > 0.0);
    match (d.stable(), growing) {
        (Some(true), _) => {
            "Stable against oscillations: with the neurons' dynamics and the delays, no mode grows.".into()
        }
        (Some(false), Some(z)) if z.im > 0.0 => format!(
            "The asynchronous state is unstable: an oscillation of {} grows with the time constant {}. The spiking circuit oscillates about this point, and its mean rates may differ.",
            quantity(z.im / TAU / u.rate_times_time, &u.rate),
            quantity(1.0 / z.re, &u.time)
        ),
        (Some(false), Some(z)) => format!(
            "The stationary state is unstable: rates leave it with the time constant {}.",
            quantity(1.0 / z.re, &u.time)
        ),
        (Some(false), None) => format!(
            "The stationary state is unstable: {} modes grow, by Nyquist's criterion; Newton's method did not find them.",
            d.unstable.unwrap_or(0)
        ),
        (None, _) => format!(
            "No growing mode was found, but there may be one: {}.",
            match d.undecided {
                Some(Undecided::DelaysTooLong) =>
                    "the delays are too long to follow the loop to high frequencies",
                Some(Undecided::OnTheBorder) => "det(1 − P) passes zero too closely to count the modes",
                _ =>
                    "the loop's gain does not fall below one at high frequencies (jumps without delay spread, and little noise from outside)",
            }
        ),
    }
}

/// What else must be said wherever the operating point is taken for a state of the spiking circuit.
pub(super) fn caveat(study: &Study) -> Result<Option<String>> {
    let Some(d) = study.delayed_stability()? else { return Ok(None) };
    Ok((d.stable() == Some(false)).then(|| verdict(study.circuit(), d)))
}

/// The highest point of a population's power spectrum that is a peak.
struct Peak {
    population: usize,
    frequency: f64,
    power: f64,
    /// Over the power of as many independent Poisson processes.
    over_independent: f64,
}

fn peaks(study: &Study, spectrum: &Spectra) -> Result<Vec<Peak>> {
    let c = study.circuit();
    let point = study.point()?;
    let neurons = &c.mean_field().expect("the section applies").neurons;
    let mut peaks = Vec::new();
    for p in 0..c.n() {
        if let Some((frequency, power)) = spectral_peak(c, point, spectrum, p)? {
            let independent = point.rates[p] / neurons[p] as f64;
            peaks.push(Peak {
                population: p,
                frequency: frequency / c.units().rate_times_time,
                power,
                over_independent: power / independent,
            });
        }
    }
    Ok(peaks)
}

fn peak_table(c: &Circuit, peaks: &[Peak]) -> Table {
    let u = c.units();
    let mut t = Table::new(
        "Highest peaks of the power spectra",
        &[
            "population",
            &heading("frequency", &u.rate),
            &heading("power", &format!("{0}²/{0}", u.rate)),
            "over that of independent spikes, r/N",
        ],
    );
    for p in peaks {
        t.rows.push(vec![
            Cell::Text(c.populations()[p.population].name.clone()),
            Cell::Number(p.frequency),
            Cell::Number(p.power),
            Cell::Number(p.over_independent),
        ]);
    }
    t
}

pub(super) fn line(c: &Circuit, p: usize, x: &[f64], y: Vec<f64>) -> Series {
    let q = &c.populations()[p];
    // Eight populations share two colors: the strokes tell them apart.
    let same = c.populations()[..p].iter().filter(|r| r.kind == q.kind).count();
    let stroke = [Stroke::Solid, Stroke::Dashed, Stroke::Dotted][same % 3];
    Series { name: q.name.clone(), role: role(q.kind), stroke, x: x.to_vec(), y }
}

fn power_figure(c: &Circuit, rates: &[f64], spectrum: &Spectra) -> Figure {
    let u = c.units();
    Figure::Lines {
        id: "power_spectra".into(),
        title: "Power spectra of the population rates".into(),
        caption: "Spikes per neuron of a population of its size, log₁₀ of the two-sided power. Far to the right it is the rate over the number of neurons.".into(),
        x: Axis::new("frequency", &u.rate),
        y: Axis::new("log₁₀ power", format!("{}²/{}", u.rate, u.rate)),
        series: (0..c.n())
            .map(|p| line(c, p, rates, spectrum.power(p).into_iter().map(f64::log10).collect()))
            .collect(),
        marks: vec![],
    }
}

fn coherence_figure(c: &Circuit, rates: &[f64], spectrum: &Spectra) -> Option<Figure> {
    let first = c.populations().iter().position(|p| p.kind == crate::model::CellKind::Excitatory)?;
    let others = (0..c.n()).filter(|p| *p != first);
    Some(Figure::Lines {
        id: "coherence".into(),
        title: format!("Coherence with {}", c.populations()[first].name),
        caption: "Squared coherence of the population rates: 1 where one is a filtered copy of the other."
            .into(),
        x: Axis::new("frequency", &c.units().rate),
        y: Axis::new("coherence", ""),
        series: others.map(|p| line(c, p, rates, spectrum.coherence(first, p))).collect(),
        marks: vec![],
    })
}

/// `det(1 - P(i omega))` in the plane: stable if it does not go around zero.
fn nyquist(c: &Circuit, d: &DelayedStability) -> Figure {
    let end = 200.0 / slowest(c);
    let shown = d.omegas.iter().position(|w| *w > end).unwrap_or(d.omegas.len());
    let shown = &d.determinant[..shown];
    Figure::Lines {
        id: "nyquist".into(),
        title: "Nyquist curve".into(),
        caption: "D = det(1 − P(iω)) from ω = 0, where it is real, to 200/τ, as D/(1 + |D|): angles as they are, lengths below 1. The state is stable if the curve and its mirror image do not go around 0.".into(),
        x: Axis::new("Re D/(1 + |D|)", ""),
        y: Axis::new("Im D/(1 + |D|)", ""),
        series: vec![Series {
            name: "D".into(),
            role: Role::Other,
            stroke: Stroke::Solid,
            x: shown.iter().map(|z| z.re / (1.0 + z.norm())).collect(),
            y: shown.iter().map(|z| z.im / (1.0 + z.norm())).collect(),
        }],
        marks: vec![
            Mark { x: 0.0, y: Some(0.0), label: "0".into(), role: Role::Guide },
            Mark {
                x: d.determinant[0].re / (1.0 + d.determinant[0].norm()),
                y: Some(0.0),
                label: "ω = 0".into(),
                role: Role::Other,
            },
        ],
    }
}
