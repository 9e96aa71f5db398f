//! Noise: what noise in the inputs becomes; that of the file's `[noise]`, or else independent white
//! noise of equal strength in every input.

mod pairs;
mod view;

use super::Analysis;
use super::fixed_points::kink;
use super::oscillations::caveat;
use super::words::{count, list, number, pattern, percent, quantity};
use crate::fixed_points::Stability;
use crate::linear::Linearization;
use crate::linear::response::{
    EvokedEnergy, Fluctuations, Noise, Patterns, correlations, fluctuations,
    standard_deviations,
};
use crate::model::{Circuit, Color, Correlation, NoiseSource};
use crate::report::section::Section;
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{CMatrix, Matrix};
use serde_json::json;
use std::f64::consts::TAU;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "noise",
    about: "what noisy inputs become: variance, correlations, patterns, power spectra",
    applies: Study::has_operating_point,
    run,
};

/// Units above which the section is left out: two Schur-sized decompositions and their products.
const MAX_UNITS: usize = 1500;
/// Units up to which matrices over units are drawn and written out.
const MAX_WRITTEN: usize = 40;
/// Populations up to which a table of correlations is legible.
const MAX_COLUMNS: usize = 10;
/// Frequencies of a spectrum.
const POINTS: usize = 161;
/// Patterns shown.
const MAX_PATTERNS: usize = 3;

/// All that the section says, as numbers.
struct Facts {
    f: Fluctuations,
    /// Standard deviation of every unit.
    sd: Vec<f64>,
    /// Correlations between units.
    between: Matrix,
    /// Intensity of the noise in every input, where the file tells of none.
    intensity: Option<f64>,
    /// Variance of every unit without connections.
    alone: Vec<f64>,
    patterns: Patterns,
    /// None with slow states, which have scales of their own, and with delays, where a start is a course.
    energy: Option<EvokedEnergy>,
    /// Of the populations' means.
    sd_of_means: Vec<f64>,
    correlations: Matrix,
    /// In the unit of rate (Hz), and the power of each population's mean.
    frequencies: Vec<f64>,
    power: Vec<Vec<f64>>,
    /// None of one population, or of too many.
    pairs: Option<pairs::Pairs>,
}

fn run(study: &Study) -> Result<Section> {
    let c = study.circuit();
    let l = study.linearization()?;
    let mut s = Section::new(ANALYSIS.name, "Noise");
    s.sources = vec![
        "Gardiner 2009, ch. 4 (the Lyapunov equation)",
        "Murphy & Miller 2009",
        "Hennequin, Vogels & Gerstner 2014 (evoked energy)",
        "Hennequin et al. 2018",
    ];
    if c.n() > MAX_UNITS {
        s.verdict.push(format!(
            "Left out: {} are more than the {MAX_UNITS} for which a stationary covariance is computed here.",
            count(c.n(), "unit")
        ));
        s.data = json!({ "stationary": null });
        return Ok(s);
    }
    let Some(facts) = facts(c, l)? else {
        s.verdict.push(
            match l.stability {
                Stability::Unstable(_) => "There is no stationary covariance: the operating point is unstable, and noise sets off what leaves it.",
                _ => "There is no stationary covariance: the operating point is marginal, and along a direction that nothing holds noise adds up without bound.",
            }
            .into(),
        );
        s.data = json!({ "stationary": false });
        return Ok(s);
    };
    s.verdict = words(c, l, &facts);
    s.verdict.extend(caveat(study)?);
    if let Some(units) = kink(c, study.point()?) {
        s.verdict.push(format!("Half of the story: {units} at a kink of the transfer function, and the gain is taken to the right of it; noise goes to both sides."));
    }
    s.tables.push(view::population_table(c, l, &facts));
    if (2..=MAX_COLUMNS).contains(&c.populations().len()) {
        s.tables.push(view::correlation_table(c, &facts));
    }
    if c.n() > 1 {
        s.figures.push(view::correlation_figure(c, &facts));
        s.figures.push(view::pattern_figure(c, &facts));
    }
    s.figures.push(view::power_figure(c, &facts));
    if let Some(p) = &facts.pairs {
        s.verdict.extend(p.words(c));
        s.figures.extend(p.figures(c));
    }
    s.trust.extend(told(c, l, &facts));
    let how = if l.delayed() {
        format!(
            "with delays the covariance is the integral of the spectra, to an estimated {} of the largest variance",
            number(facts.f.residual)
        )
    } else {
        format!("A C + C Aᵀ + B Q Bᵀ = 0 (relative residual {})", number(facts.f.residual))
    };
    s.trust.push(format!(
        "Linear theory: exact for small noise about the operating point, {how}. Large noise moves the gains. The integral of a spectrum over all frequencies, negative ones too, is the variance."
    ));
    if l.dim() > l.n() {
        s.trust.push("Slow states take part in the fluctuations and are not among the patterns; a unit without connections is one without slow states as well.".into());
    }
    if c.mean_field().is_some() {
        s.trust.push("This is noise in the input of the rate equation. What finite populations of spiking neurons make by themselves, with their response and delays, is in the section on oscillations.".into());
    }
    s.data = data(c, l, &facts);
    Ok(s)
}

/// What the noise is.
fn told(c: &Circuit, l: &Linearization, facts: &Facts) -> Vec<String> {
    let u = c.units();
    let Some(intensity) = facts.intensity else {
        let mut out: Vec<String> = c.noise().iter().map(|s| source(c, s)).collect();
        out.push("Sources are independent of each other, and add up.".into());
        return out;
    };
    vec![format!(
        "The file tells of no noise ([noise]); this is white, independent, of the same intensity {} in every input; a unit alone with gain 1 and the time constant {} would average it to a standard deviation of {} of its input. Other strengths scale all variances alike.",
        quantity(intensity, &intensity_unit(c)),
        quantity(l.tau_0, &u.time),
        quantity(1.0, &u.drive)
    )]
}

/// A source of the file in words.
fn source(c: &Circuit, s: &NoiseSource) -> String {
    let u = c.units();
    let sizes = c.population_means(&s.amplitude);
    let strength = |a: f64| match s.color {
        Color::White => format!("intensity {}", quantity(a * a, &intensity_unit(c))),
        Color::OrnsteinUhlenbeck { .. } => format!("standard deviation {}", quantity(a.abs(), &u.drive)),
    };
    let reached: Vec<String> = (0..sizes.len())
        .filter(|&p| s.amplitude[c.range(p)].iter().any(|a| *a != 0.0))
        .map(|p| format!("{} in {}", strength(sizes[p]), c.populations()[p].name))
        .collect();
    let course = match s.color {
        Color::White => "white".to_string(),
        Color::OrnsteinUhlenbeck { time } => {
            format!("Ornstein-Uhlenbeck with the time constant {}", quantity(time, &u.time))
        }
    };
    let alike = match &s.correlation {
        _ if s.private() => "private to every unit".to_string(),
        Correlation::Uniform(1.0) => "the same in all".to_string(),
        Correlation::Uniform(x) => format!("with the correlation {} between any two units", number(*x)),
        Correlation::Groups { .. } => "with the correlations of the file".to_string(),
    };
    format!("Noise {}: {course}, {}, {alike}.", s.name, list(&reached))
}

fn facts(c: &Circuit, l: &Linearization) -> Result<Option<Facts>> {
    let intensity = if c.noise().is_empty() { Some(2.0 * l.tau_0) } else { None };
    let noise = match intensity {
        Some(intensity) => Noise::private(&vec![intensity; c.n()]),
        None => Noise::of_sources(c.noise()),
    };
    let Some(f) = fluctuations(l, &noise)? else { return Ok(None) };
    let energy = match f.solver() {
        Some(_) if l.parts.is_none() => l.evoked_energy()?.cloned(),
        _ => None,
    };
    let mean = Matrix::from_fn(c.populations().len(), c.n(), |p, i| {
        if c.population_of(i) == p { 1.0 / c.populations()[p].size as f64 } else { 0.0 }
    });
    let fastest = l.tau.iter().copied().fold(f64::INFINITY, f64::min);
    let colors = c.noise().iter().filter_map(|s| match s.color {
        Color::OrnsteinUhlenbeck { time } => Some(time),
        Color::White => None,
    });
    let slowest = l.tau.iter().copied().chain(colors).fold(-1.0 / f.abscissa(), f64::max);
    let (low, high) = (0.02 / slowest, 10.0 / fastest);
    let omega = |k: usize| low * f64::powf(high / low, k as f64 / (POINTS - 1) as f64);
    let spectra = f.spectra(&mean);
    let cycles: Vec<f64> = (0..POINTS).map(|k| omega(k) / TAU).collect();
    let spectrum: Vec<CMatrix> = cycles.iter().map(|&x| spectra.at(x)).collect();
    let pairs = pairs::pairs(c, &f, &mean, &cycles, &spectrum, slowest)?;
    let means = f.read(&mean);
    Ok(Some(Facts {
        intensity,
        alone: noise.unconnected(&l.tau, &l.input_gain),
        patterns: f.patterns()?,
        energy,
        correlations: correlations(&means),
        sd_of_means: standard_deviations(&means),
        sd: standard_deviations(&f.covariance),
        between: correlations(&f.covariance),
        frequencies: cycles.iter().map(|x| x / c.units().rate_times_time).collect(),
        power: (0..c.populations().len()).map(|p| spectrum.iter().map(|s| s[(p, p)].re).collect()).collect(),
        pairs,
        f,
    }))
}

impl Facts {
    /// The circuit's variance over that of its units without connections; None if no noise enters.
    fn ratio(&self) -> Option<f64> {
        let alone = self.alone.iter().sum::<f64>();
        (alone > 0.0).then(|| self.f.total_variance() / alone)
    }
    /// The share of the strongest patterns in the variance.
    fn share(&self, k: usize) -> f64 {
        self.patterns.variances[k] / self.f.total_variance()
    }
    /// Mean variance of a population's units: in the circuit, and alone.
    fn variances(&self, c: &Circuit, p: usize) -> (f64, f64) {
        let mean = |v: &dyn Fn(usize) -> f64| c.range(p).map(v).sum::<f64>() / c.populations()[p].size as f64;
        (mean(&|i| self.sd[i] * self.sd[i]), mean(&|i| self.alone[i]))
    }
    /// Mean correlation between units of a population; None for fewer than two that fluctuate.
    fn within(&self, c: &Circuit, p: usize) -> Option<f64> {
        let pairs = c.range(p).flat_map(|i| (c.range(p).start..i).map(move |j| self.between[(i, j)]));
        let (sum, count) = pairs.filter(|r| r.is_finite()).fold((0.0, 0.0), |(s, n), r| (s + r, n + 1.0));
        (count > 0.0).then(|| sum / count)
    }
}

fn words(c: &Circuit, l: &Linearization, facts: &Facts) -> Vec<String> {
    let Some(ratio) = facts.ratio() else {
        return vec!["No noise comes through: every gain is zero here.".into()];
    };
    let mut out = vec![match ratio {
        r if r > 1.05 => format!("The connections multiply the variance of noise {}-fold.", number(r)),
        r if r < 0.95 => format!("The connections reduce the variance of noise to {}.", percent(r)),
        _ => format!("The connections hardly change the variance of noise ({}-fold).", number(ratio)),
    }];
    if c.n() > 1 {
        out.push(format!(
            "The strongest pattern, {}, carries {} of it; the fluctuations have {} of {} dimensions.",
            pattern(c, &facts.patterns.patterns.col(0)),
            percent(facts.share(0)),
            number(facts.f.dimensionality()),
            c.n()
        ));
    }
    out.extend(pairs_in_words(c, &facts.correlations));
    if let Some(most) = facts.energy.as_ref().filter(|_| c.n() > 1) {
        let energy = most.energies[0] / (0.5 * l.tau_0);
        out.push(format!(
            "The initial pattern that brings about most activity is {}: {} times the energy (the square, over all time) of a unit alone.",
            pattern(c, &most.patterns.col(0)),
            number(energy)
        ));
    }
    for (p, power) in facts.power.iter().enumerate().filter(|(p, _)| facts.sd_of_means[*p] > 0.0) {
        if let Some((frequency, height)) = peak(&facts.frequencies, power) {
            out.push(format!(
                "{} prefers a frequency: its power peaks near {}, {} times as high as at the lowest frequencies.",
                c.populations()[p].name,
                quantity(frequency, &c.units().rate),
                number(height)
            ));
        }
    }
    out
}

/// The populations that fluctuate most alike, and those most opposed.
fn pairs_in_words(c: &Circuit, r: &Matrix) -> Vec<String> {
    let n = r.rows();
    let all = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).filter(|&p| r[p].is_finite());
    let name = |p: usize| &c.populations()[p].name;
    let alike = all.clone().max_by(|x, y| r[*x].total_cmp(&r[*y])).filter(|&p| r[p] > 0.05);
    let opposed = all.clone().min_by(|x, y| r[*x].total_cmp(&r[*y])).filter(|&p| r[p] < -0.05);
    let more = if n > 2 { " most" } else { "" };
    let tell = |(a, b): (usize, usize), how: &str| {
        format!("{} and {} fluctuate{more} {how} (correlation {}).", name(a), name(b), number(r[(a, b)]))
    };
    let mut out: Vec<String> = alike.map(|p| tell(p, "together")).into_iter().collect();
    out.extend(opposed.map(|p| tell(p, "in opposition")));
    if out.is_empty() && all.count() > 0 {
        out.push("The populations fluctuate nearly independently (all correlations below 0.05).".into());
    }
    out
}

/// Frequency and height, over the lowest frequency's, of a maximum inside that stands out.
fn peak(x: &[f64], y: &[f64]) -> Option<(f64, f64)> {
    let k = (1..y.len() - 1).max_by(|&a, &b| y[a].total_cmp(&y[b]))?;
    // Two digits are what the distance of the points leaves.
    let digits = 10_f64.powf(1.0 - x[k].log10().floor());
    (y[k] > 1.1 * y[0] && y[k] > y[k + 1]).then(|| ((x[k] * digits).round() / digits, y[k] / y[0]))
}

fn data(c: &Circuit, l: &Linearization, facts: &Facts) -> serde_json::Value {
    let written = c.n() <= MAX_WRITTEN;
    json!({
        "stationary": true,
        "intensity": facts.intensity,
        "variance_ratio": facts.ratio(),
        "dimensionality": facts.f.dimensionality(),
        "residual": facts.f.residual,
        "covariance": written.then(|| rows(&facts.f.covariance)),
        "populations": c.populations().iter().enumerate().map(|(p, q)| {
            let (variance, alone) = facts.variances(c, p);
            json!({
                "population": q.name, "sd": variance.sqrt(), "sd_unconnected": alone.sqrt(),
                "sd_of_mean": facts.sd_of_means[p],
                "mean_correlation": facts.within(c, p),
            })
        }).collect::<Vec<_>>(),
        "correlations": rows(&facts.correlations),
        "patterns": (0..c.n().min(MAX_PATTERNS)).map(|k| json!({
            "variance": facts.patterns.variances[k], "share": facts.share(k),
            "pattern": facts.patterns.patterns.col(k),
        })).collect::<Vec<_>>(),
        "energy": facts.energy.as_ref().map(|e| json!({
            "over_unit_alone": e.energies[0] / (0.5 * l.tau_0),
            "pattern": e.patterns.col(0),
        })),
        "frequencies": facts.frequencies,
        "power": facts.power,
        "sources": c.noise().iter().map(|s| json!({
            "name": s.name,
            "kind": match s.color { Color::White => "white", Color::OrnsteinUhlenbeck { .. } => "ou" },
            "time": match s.color { Color::White => None, Color::OrnsteinUhlenbeck { time } => Some(time) },
            "amplitudes": written.then(|| s.amplitude.clone()),
            "private": s.private(),
        })).collect::<Vec<_>>(),
        "pairs": facts.pairs.as_ref().map(|p| p.data(c)),
    })
}

fn rows(m: &Matrix) -> Vec<Vec<f64>> {
    (0..m.rows()).map(|i| m.row(i).to_vec()).collect()
}

/// Unit of a square times time.
fn squared(unit: &str, time: &str) -> String {
    if unit.is_empty() { time.to_string() } else { format!("{unit}² {time}") }
}

fn intensity_unit(c: &Circuit) -> String {
    squared(&c.units().drive, &c.units().time)
}
