//! Oscillations of a mean-field circuit: stability with the neurons' dynamics and the delays, and
//! the spectra of the population rates.

use super::Tell;
use super::words::{amount, digits, factor, heading, role};
use crate::answers::{MeanField, Oscillations, RateCrossSpectrum, RateSpectrumPeak, slowest_membrane};
use crate::linear::mean_field::{DelayedStability, Undecided};
use crate::model::{CellKind, Circuit};
use crate::report::layout::Open;
use crate::report::limits::ROOT_ROWS;
use crate::report::section::{Axis, Cell, Figure, Mark, Role, Section, Series, Stroke, Table};
use crate::study::{Array, Study};
use neurate_numerics::error::Result;
use std::f64::consts::TAU;

impl Tell for Oscillations {
    const TITLE: &'static str = "Oscillations";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let Some(d) = study.delayed_stability()? else { return Ok(()) };
        s.verdict.push(verdict(c, d));
        if !self.modes.is_empty() {
            s.tables.push(self.table(c));
        }
        s.open = Open::new(2, 0, 0);
        if let Some(power) = Power::of(self) {
            self.tell_spectra(study, &power, s)?;
        }
        s.figures.push(nyquist(c, d));
        s.trust.push("P(s) is the loop of the circuit at exp(st): the linear response of Ricciardi's neuron to μ and to σ, the synaptic currents' filter, and the delays. The number of growing modes is counted by Nyquist's criterion along the imaginary axis; the modes themselves are found by Newton's method from the places where det(1 − P(iω)) is small, up to 200/τ, and not farther left than 0.75/τ_m.".into());
        s.trust.push("Where an oscillation grows, linear theory gives its frequency at onset, but neither its amplitude nor the change of the mean rates. The spectra follow from linear theory as well: the circuit filters Poisson spikes of each neuron (r/N). They are two-sided and per neuron.".into());
        s.sources = vec![
            "Brunel & Hakim 1999",
            "Brunel 2000",
            "Lindner & Schimansky-Geier 2001",
            "Lindner, Doiron & Longtin 2005",
            "Bos, Diesmann & Helias 2016",
        ];
        Ok(())
    }
}

impl Oscillations {
    fn table(&self, c: &Circuit) -> Table {
        let u = c.units();
        let mut t = Table::new(
            "Modes of the spiking circuit, det(1 − P(s)) = 0",
            &[
                &heading("frequency", &u.rate),
                &heading("growth rate", &format!("1/{}", u.time)),
                &heading("time constant", &u.time),
                "grows",
            ],
        );
        for mode in self.modes.iter().take(ROOT_ROWS) {
            t.rows.push(vec![
                Cell::Number(mode.frequency),
                Cell::Number(mode.growth_rate),
                Cell::Number(1.0 / mode.growth_rate.abs()),
                Cell::Flag(mode.growth_rate > 0.0),
            ]);
        }
        t
    }

    fn tell_spectra(&self, study: &Study, power: &Power, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let highest = self.peaks.iter().max_by(|a, b| a.over_independent.total_cmp(&b.over_independent));
        if let Some(p) = highest.filter(|p| p.over_independent > 2.0) {
            s.verdict.push(format!(
                "The spectra show a damped oscillation: the power of {} peaks at {}, at {} times that of independent spikes.",
                c.populations()[p.population].shown(),
                amount(p.frequency, &c.units().rate),
                factor(p.over_independent)
            ));
        }
        let cv = study.ask::<MeanField>()?.populations.iter().map(|w| w.cv).fold(f64::INFINITY, f64::min);
        if cv < 0.7 {
            s.verdict.push(format!(
                "The spectra assume Poisson spikes, but spikes are more regular here (CV from {}), so the spectra are too high at frequencies up to about the firing rates.",
                digits((cv * 100.0).round() / 100.0)
            ));
        }
        if !self.peaks.is_empty() {
            s.tables.push(peak_table(c, &self.peaks));
        }
        s.figures.push(power.figure(c));
        if c.n() > 1 {
            s.figures.extend(power.coherence_figure(c));
        }
        Ok(())
    }
}

/// The first sentence.
fn verdict(c: &Circuit, d: &DelayedStability) -> String {
    let u = c.units();
    let growing = d.modes.iter().find(|z| z.re > 0.0);
    match (d.stable(), growing) {
        (Some(true), _) => {
            "The asynchronous state is stable: with the dynamics of the neurons and the delays, no mode grows.".into()
        }
        (Some(false), Some(z)) if z.im > 0.0 => format!(
            "The asynchronous state is unstable: an oscillation of {} grows with the time constant {}. The spiking circuit oscillates about this point, and its mean rates may differ.",
            amount(z.im / TAU / u.rate_times_time, &u.rate),
            amount(1.0 / z.re, &u.time)
        ),
        (Some(false), Some(z)) => format!(
            "The stationary state is unstable: rates leave it with the time constant {}.",
            amount(1.0 / z.re, &u.time)
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
                    "the loop's gain does not fall below one at high frequencies (jumps without delay spread, and little external noise)",
            }
        ),
    }
}

/// What must be said wherever the operating point is taken for a state of the spiking circuit.
pub(super) fn caveat(study: &Study) -> Result<Option<String>> {
    let Some(d) = study.delayed_stability()?.filter(|d| d.stable() == Some(false)) else { return Ok(None) };
    let u = study.circuit().units();
    Ok(Some(match d.modes.iter().find(|z| z.re > 0.0).filter(|z| z.im > 0.0) {
        Some(z) => format!(
            "This holds in the rate equation: the asynchronous state is unstable, and the spiking circuit oscillates about it at {}.",
            amount(z.im / TAU / u.rate_times_time, &u.rate)
        ),
        None => {
            "This holds in the rate equation: the stationary state of the spiking circuit is unstable.".into()
        }
    }))
}

fn peak_table(c: &Circuit, peaks: &[RateSpectrumPeak]) -> Table {
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
            Cell::Text(c.populations()[p.population].shown().into()),
            Cell::Number(p.frequency),
            Cell::Number(p.power),
            Cell::Number(p.over_independent),
        ]);
    }
    t
}

pub(super) fn line(c: &Circuit, p: usize, x: &[f64], y: Vec<f64>) -> Series {
    let q = &c.populations()[p];
    Series { name: q.shown().into(), role: role(q.kind), stroke: Stroke::Solid, x: x.to_vec(), y }
}

/// The spectra, where there are any.
struct Power<'a> {
    frequencies: &'a [f64],
    power: &'a Array,
    cross: &'a [RateCrossSpectrum],
}

impl<'a> Power<'a> {
    fn of(o: &'a Oscillations) -> Option<Power<'a>> {
        Some(Power {
            frequencies: o.frequencies.as_ref()?.data(),
            power: o.power.as_ref()?,
            cross: o.cross.as_deref()?,
        })
    }

    fn figure(&self, c: &Circuit) -> Figure {
        let u = c.units();
        Figure::Lines {
            id: "power_spectra".into(),
            title: "Power spectra of the population rates".into(),
            caption: "Two-sided, of the spikes per neuron of a population of its size. Far to the right it is the rate over the number of neurons.".into(),
            x: Axis::new("frequency", &u.rate),
            y: Axis::new("power", format!("{}²/{}", u.rate, u.rate)).logarithmic(),
            series: (0..c.n())
                .map(|p| line(c, p, self.frequencies, self.power.row(p).to_vec()))
                .collect(),
            marks: vec![],
        }
    }

    fn coherence_figure(&self, c: &Circuit) -> Option<Figure> {
        let first = c.populations().iter().position(|p| p.kind == CellKind::Excitatory)?;
        let (name, shown) = (&c.populations()[first].name, c.populations()[first].shown());
        // The cross-spectra are in the order of their pairs, so those with one population are in the order of the others.
        let with = self.cross.iter().filter(|pair| pair.a == *name || pair.b == *name);
        let others = (0..c.n()).filter(|p| *p != first);
        Some(Figure::Lines {
            id: "coherence".into(),
            title: format!("Coherence with {shown}"),
            caption:
                "Squared coherence of the population rates: 1 where one is a filtered copy of the other."
                    .into(),
            x: Axis::new("frequency", &c.units().rate),
            y: Axis::new("coherence", ""),
            series: others
                .zip(with)
                .map(|(p, pair)| line(c, p, self.frequencies, self.coherence(first, p, pair)))
                .collect(),
            marks: vec![],
        })
    }

    /// The squared coherence of two populations: 0 to 1.
    fn coherence(&self, a: usize, b: usize, pair: &RateCrossSpectrum) -> Vec<f64> {
        let cross = pair.re.data().iter().zip(pair.im.data()).map(|(re, im)| re * re + im * im);
        let powers = self.power.row(a).iter().zip(self.power.row(b));
        cross.zip(powers).map(|(s, (a, b))| s / (a * b)).collect()
    }
}

/// `det(1 - P(i omega))` in the plane: stable if it does not go around zero.
fn nyquist(c: &Circuit, d: &DelayedStability) -> Figure {
    let end = 200.0 / slowest_membrane(c);
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
