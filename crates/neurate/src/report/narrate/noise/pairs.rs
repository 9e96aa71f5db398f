//! Pairs of populations in noise: coherence and phase by frequency, correlation by lag.

use super::super::oscillations::line;
use super::super::words::{number, quantity};
use crate::linear::response::{CrossSpectra, Fluctuations};
use crate::model::Circuit;
use crate::report::section::{Axis, Figure, Role, Series, Stroke};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{CMatrix, Matrix};
use serde_json::{Value, json};

/// Populations above which pairs are left out.
const MAX_POPULATIONS: usize = 6;
/// Units above which correlation functions are left out: exponentials of twice the size.
const MAX_LAGGED: usize = 400;
/// Lags on one side.
const LAGS: usize = 80;

/// Cross-spectra and correlation functions of the populations' means.
pub(super) struct Pairs {
    /// In the unit of rate.
    frequencies: Vec<f64>,
    spectra: Vec<Pair>,
    cross: Vec<CMatrix>,
    /// Lags from 0, and the covariances of the means there; None of a large circuit, or with delays.
    lagged: Option<(Vec<f64>, Vec<Matrix>)>,
}

/// Two populations, a < b.
struct Pair {
    a: usize,
    b: usize,
    coherence: Vec<f64>,
    /// In degrees.
    phase: Vec<f64>,
}

pub(super) fn pairs(
    c: &Circuit,
    f: &Fluctuations,
    mean: &Matrix,
    cycles: &[f64],
    spectrum: &[CMatrix],
    slowest: f64,
) -> Result<Option<Pairs>> {
    let p = c.populations().len();
    if p > MAX_POPULATIONS {
        return Ok(None);
    }
    let all = (0..p).flat_map(|a| (a + 1..p).map(move |b| (a, b)));
    let spectra = all
        .map(|(a, b)| {
            let values = spectrum.iter().map(|s| CrossSpectra::coherence(s, a, b));
            let (coherence, phase) = values.map(|(x, y)| (x, y.to_degrees())).unzip();
            Pair { a, b, coherence, phase }
        })
        .collect();
    let lagged = if c.n() <= MAX_LAGGED && f.solver().is_some() {
        let step = 5.0 * slowest / LAGS as f64;
        let lags = (0..=LAGS).map(|k| step * k as f64).collect();
        Some((lags, f.lagged(mean, step, LAGS)?))
    } else {
        None
    };
    let hz = 1.0 / c.units().rate_times_time;
    Ok(Some(Pairs {
        frequencies: cycles.iter().map(|x| x * hz).collect(),
        spectra,
        cross: spectrum.to_vec(),
        lagged,
    }))
}

impl Pairs {
    pub(super) fn words(&self, c: &Circuit) -> Vec<String> {
        let name = |p: usize| &c.populations()[p].name;
        let mut out = Vec::new();
        for Pair { a, b, coherence, phase } in &self.spectra {
            let finite = (0..coherence.len()).filter(|&k| coherence[k].is_finite());
            let Some(k) = finite.max_by(|&i, &j| coherence[i].total_cmp(&coherence[j])) else { continue };
            if coherence[k] < 0.1 || self.spectra.len() > 3 {
                continue;
            }
            let at = if k == 0 {
                "at low frequencies".into()
            } else {
                format!("near {}", quantity(round(self.frequencies[k]), &c.units().rate))
            };
            let lead = match phase[k] {
                x if x.abs() < 10.0 => "in phase".to_string(),
                x if x.abs() > 170.0 => "in opposition".to_string(),
                x if x > 0.0 => format!("{} ahead by {}°", name(*a), number(x.round())),
                x => format!("{} ahead by {}°", name(*b), number(-x.round())),
            };
            out.push(format!(
                "{} and {} are most coherent {at} ({}), {lead}.",
                name(*a),
                name(*b),
                number(coherence[k])
            ));
        }
        out
    }

    pub(super) fn figures(&self, c: &Circuit) -> Vec<Figure> {
        let mut figures = Vec::new();
        let x: Vec<f64> = self.frequencies.iter().map(|f| f.log10()).collect();
        if !self.spectra.is_empty() {
            figures.push(self.by_frequency(
                c,
                &x,
                ("noise_coherence", "Coherence between populations"),
                "Of the populations' means: 1 where one follows the other perfectly, 0 where they have nothing in common.",
                Axis::new("coherence", ""),
                &|s| s.coherence.clone(),
            ));
            figures.push(self.by_frequency(
                c,
                &x,
                ("noise_phase", "Phase between populations"),
                "Phase of the cross-spectrum of the populations' means; positive: the first is ahead. It means little where the coherence is small.",
                Axis::new("phase", "degrees"),
                &|s| unwrapped(&s.phase),
            ));
        }
        if let Some((lags, values)) = &self.lagged {
            figures.push(lag_figure(c, lags, values));
        }
        figures
    }

    fn by_frequency(
        &self,
        c: &Circuit,
        x: &[f64],
        (id, title): (&str, &str),
        caption: &str,
        y: Axis,
        of: &dyn Fn(&Pair) -> Vec<f64>,
    ) -> Figure {
        let strokes = [Stroke::Solid, Stroke::Dashed, Stroke::Dotted];
        let series = self.spectra.iter().enumerate().map(|(k, s)| Series {
            name: format!("{} and {}", c.populations()[s.a].name, c.populations()[s.b].name),
            role: Role::Other,
            stroke: strokes[k % 3],
            x: x.to_vec(),
            y: of(s),
        });
        Figure::Lines {
            id: id.into(),
            title: title.into(),
            caption: caption.into(),
            x: Axis::new("log₁₀ frequency", &c.units().rate),
            y,
            series: series.collect(),
            marks: vec![],
        }
    }

    pub(super) fn data(&self, c: &Circuit) -> Value {
        let name = |p: usize| &c.populations()[p].name;
        json!({
            "spectra": self.spectra.iter().map(|Pair { a, b, coherence, phase }| json!({
                "a": name(*a), "b": name(*b), "coherence": coherence, "phase": phase,
                "re": self.cross.iter().map(|s| s[(*a, *b)].re).collect::<Vec<_>>(),
                "im": self.cross.iter().map(|s| s[(*a, *b)].im).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "lags": self.lagged.as_ref().map(|l| &l.0),
            "covariances": self.lagged.as_ref().map(|(_, values)| {
                let p = c.populations().len();
                (0..p).flat_map(|a| (0..p).map(move |b| (a, b))).map(|(a, b)| json!({
                    "later": name(a), "earlier": name(b),
                    "values": values.iter().map(|m| m[(a, b)]).collect::<Vec<_>>(),
                })).collect::<Vec<_>>()
            }),
        })
    }
}

/// Autocorrelations, and for two populations the cross-correlation on both sides.
fn lag_figure(c: &Circuit, lags: &[f64], values: &[Matrix]) -> Figure {
    let p = c.populations().len();
    let sd: Vec<f64> = (0..p).map(|a| values[0][(a, a)].max(0.0).sqrt()).collect();
    let both: Vec<f64> = lags.iter().rev().map(|x| -x).chain(lags.iter().skip(1).copied()).collect();
    // <a(t + lag) b(t)>: for a negative lag, <b(t + |lag|) a(t)>.
    let course = |a: usize, b: usize| -> Vec<f64> {
        let before = values.iter().rev().map(|m| m[(b, a)]);
        let all = before.chain(values.iter().skip(1).map(|m| m[(a, b)]));
        all.map(|v| v / (sd[a] * sd[b])).collect()
    };
    let alive = |a: usize| sd[a] > 0.0;
    let mut series: Vec<Series> =
        (0..p).filter(|&a| alive(a)).map(|a| line(c, a, &both, course(a, a))).collect();
    if p == 2 && alive(0) && alive(1) {
        let name = |a: usize| &c.populations()[a].name;
        let name = format!("{} after {}", name(0), name(1));
        series.push(Series {
            name,
            role: Role::Other,
            stroke: Stroke::Solid,
            x: both.clone(),
            y: course(0, 1),
        });
    }
    Figure::Lines {
        id: "noise_lags".into(),
        title: "Correlation over time".into(),
        caption: "Autocorrelation of each population's mean; of two populations also the correlation of the first at a time with the second before it by the lag.".into(),
        x: Axis::new("lag", &c.units().time),
        y: Axis::new("correlation", ""),
        series,
        marks: vec![],
    }
}

fn unwrapped(phase: &[f64]) -> Vec<f64> {
    let mut out: Vec<f64> = Vec::with_capacity(phase.len());
    for &x in phase {
        let last = out.last().copied().filter(|l| l.is_finite());
        out.push(last.map_or(x, |last| x - 360.0 * ((x - last) / 360.0).round()));
    }
    out
}

/// Two digits: what the distance of the points leaves.
fn round(x: f64) -> f64 {
    let digits = 10_f64.powf(1.0 - x.log10().floor());
    (x * digits).round() / digits
}
