//! Pairs of populations in noise: coherence and phase by frequency, correlation by lag.

use super::super::oscillations::line;
use super::super::words::{amount, digits};
use crate::answers::{LaggedCovariance, NoisePairs, PairSpectrum};
use crate::model::Circuit;
use crate::report::limits::{COHERENCE_SENTENCES, NOISE_CURVE_POPULATIONS};
use crate::report::section::{Axis, Figure, Role, Series, Stroke};
use crate::study::Array;

pub(super) fn words(pairs: &NoisePairs, frequencies: &Array, c: &Circuit) -> Vec<String> {
    let mut out = Vec::new();
    for PairSpectrum { a, b, coherence, phase, .. } in &pairs.spectra {
        let (coherence, phase, a, b) = (coherence.data(), phase.data(), c.shown(a), c.shown(b));
        let finite = (0..coherence.len()).filter(|&k| coherence[k].is_finite());
        let Some(k) = finite.max_by(|&i, &j| coherence[i].total_cmp(&coherence[j])) else { continue };
        if coherence[k] < 0.1 || pairs.spectra.len() > COHERENCE_SENTENCES {
            continue;
        }
        let at = if k == 0 {
            "at low frequencies".into()
        } else {
            format!("near {}", amount(round(frequencies.data()[k]), &c.units().rate))
        };
        let lead = match phase[k] {
            x if x.abs() < 10.0 => "in phase".to_string(),
            x if x.abs() > 170.0 => "in opposition".to_string(),
            x if x > 0.0 => format!("{a} leading by {}°", digits(x.round())),
            x => format!("{b} leading by {}°", digits(-x.round())),
        };
        out.push(format!("{a} and {b} are most coherent {at} ({}), {lead}.", digits(coherence[k])));
    }
    out
}

pub(super) fn figures(pairs: &NoisePairs, frequencies: &Array, c: &Circuit) -> Vec<Figure> {
    let mut figures = Vec::new();
    if c.populations().len() > NOISE_CURVE_POPULATIONS {
        return figures;
    }
    let x = frequencies.data();
    if !pairs.spectra.is_empty() {
        figures.push(by_frequency(
            pairs,
            c,
            x,
            ("noise_coherence", "Coherence between populations"),
            "Coherence of the population means: 1 where one is a filtered copy of the other, 0 where they are uncorrelated.",
            Axis::new("coherence", ""),
            &|s| s.coherence.data().to_vec(),
        ));
        figures.push(by_frequency(
            pairs,
            c,
            x,
            ("noise_phase", "Phase between populations"),
            "Phase of the cross-spectrum of the populations' means; positive: the first leads. The phase means little where the coherence is small.",
            Axis::new("phase", "degrees"),
            &|s| unwrapped(s.phase.data()),
        ));
    }
    if let (Some(lags), Some(covariances)) = (&pairs.lags, &pairs.covariances) {
        figures.push(lag_figure(c, lags.data(), covariances));
    }
    figures
}

fn by_frequency(
    pairs: &NoisePairs,
    c: &Circuit,
    x: &[f64],
    (id, title): (&str, &str),
    caption: &str,
    y: Axis,
    of: &dyn Fn(&PairSpectrum) -> Vec<f64>,
) -> Figure {
    // There are six colors.
    let strokes = [Stroke::Solid, Stroke::Pale, Stroke::Dotted];
    let series = pairs.spectra.iter().enumerate().map(|(k, s)| Series {
        name: format!("{} and {}", c.shown(&s.a), c.shown(&s.b)),
        role: Role::Other,
        stroke: strokes[k / 6 % 3],
        x: x.to_vec(),
        y: of(s),
    });
    Figure::Lines {
        id: id.into(),
        title: title.into(),
        caption: caption.into(),
        x: Axis::new("frequency", &c.units().rate).logarithmic(),
        y,
        series: series.collect(),
        marks: vec![],
    }
}

/// Autocorrelations, and for two populations the cross-correlation on both sides.
fn lag_figure(c: &Circuit, lags: &[f64], covariances: &[LaggedCovariance]) -> Figure {
    let p = c.populations().len();
    // All pairs are there, the later population in the row.
    let values = |a: usize, b: usize| covariances[a * p + b].values.data();
    let sd: Vec<f64> = (0..p).map(|a| values(a, a)[0].max(0.0).sqrt()).collect();
    let both: Vec<f64> = lags.iter().rev().map(|x| -x).chain(lags.iter().skip(1).copied()).collect();
    // <a(t + lag) b(t)>: for a negative lag, <b(t + |lag|) a(t)>.
    let course = |a: usize, b: usize| -> Vec<f64> {
        let before = values(b, a).iter().rev();
        let all = before.chain(values(a, b).iter().skip(1));
        all.map(|v| v / (sd[a] * sd[b])).collect()
    };
    let alive = |a: usize| sd[a] > 0.0;
    let mut series: Vec<Series> =
        (0..p).filter(|&a| alive(a)).map(|a| line(c, a, &both, course(a, a))).collect();
    if p == 2 && alive(0) && alive(1) {
        let name = |a: usize| c.populations()[a].shown();
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
        caption: "Autocorrelation of each population mean; with two populations also the cross-correlation, for which a positive lag means that the second population leads.".into(),
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
