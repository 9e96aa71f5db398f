//! What noise in the inputs becomes, in words.

mod pairs;
mod view;

use super::Tell;
use super::fixed_points::kink;
use super::oscillations::caveat;
use super::words::{amount, count, digits, factor, list, pattern, share};
use crate::answers::limits::NOISE_UNITS;
use crate::answers::{Fluctuations, NoFluctuations, StationaryFluctuations};
use crate::fixed_points::Stability;
use crate::linear::Linearization;
use crate::model::{Circuit, Color, Correlation, NoiseSource};
use crate::report::layout::Open;
use crate::report::limits::TABLE_COLUMNS;
use crate::report::section::Section;
use crate::study::{Array, Study};
use neurate_numerics::error::Result;

impl Tell for Fluctuations {
    const TITLE: &'static str = "Noise";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        match self {
            Fluctuations::Stationary(answer) => {
                s.sources = vec![
                    "Gardiner 2009, ch. 4 (the Lyapunov equation)",
                    "Murphy & Miller 2009",
                    "Hennequin, Vogels & Gerstner 2014 (evoked energy)",
                    "Hennequin et al. 2018",
                ];
                answer.tell(study, s)
            }
            Fluctuations::Without(NoFluctuations { stationary }) => {
                s.available = false;
                s.verdict.push(match (stationary, study.linearization()?.stability) {
                    (None, _) => format!(
                        "Not available: {} are more than the {NOISE_UNITS} for which a stationary covariance is computed.",
                        count(study.circuit().n(), "unit")
                    ),
                    (Some(_), Stability::Unstable(_)) => "There is no stationary covariance, because the operating point is unstable.".into(),
                    (Some(_), _) => "There is no stationary covariance, because the operating point is marginal and noise accumulates along the marginal direction.".into(),
                });
                Ok(())
            }
        }
    }
}

impl StationaryFluctuations {
    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let (c, l) = (study.circuit(), study.linearization()?);
        s.verdict = words(c, self);
        s.verdict.extend(caveat(study)?);
        if let Some(units) = kink(c, study.point()?) {
            s.verdict.push(format!("The operating point of {units} lies at a kink of the transfer function. The gain to the right of the kink is used, although noise reaches both sides."));
        }
        // Of a file without noise one sentence is enough: what white noise would become.
        s.open = if c.noise().is_empty() { Open::new(1, 0, 0) } else { Open::new(2, 1, 0) };
        let covariance = view::matrix(&self.covariance);
        s.tables.push(view::population_table(c, l, self, &covariance));
        if (2..=TABLE_COLUMNS).contains(&c.populations().len()) {
            s.tables.push(view::correlation_table(c, self));
        }
        s.figures.push(view::power_figure(c, self));
        if c.n() > 1 {
            s.figures.push(view::pattern_figure(c, self));
            s.figures.extend(view::correlation_figure(c, self, &covariance));
        }
        if let Some(p) = &self.pairs {
            s.verdict.extend(pairs::words(p, &self.frequencies, c));
            s.figures.extend(pairs::figures(p, &self.frequencies, c));
        }
        s.trust.extend(told(c, l, self.intensity));
        let how = if l.delayed() {
            format!(
                "with delays the covariance is the integral of the spectra (estimated error {} of the largest variance)",
                factor(self.residual)
            )
        } else {
            format!("A C + C Aᵀ + B Q Bᵀ = 0 (relative residual {})", factor(self.residual))
        };
        s.trust.push(format!(
            "Linear theory: exact for small noise about the operating point, {how}. Large noise changes the gains. The integral of a spectrum over all frequencies, positive and negative, is the variance."
        ));
        if l.dim() > l.n() {
            s.trust.push("Slow states contribute to the fluctuations but are not part of the patterns; an isolated unit has no slow states either.".into());
        }
        if c.mean_field().is_some() {
            s.trust.push("This is noise in the input of the rate equation. The section on oscillations describes the fluctuations of finite populations of spiking neurons, with their response and delays.".into());
        }
        Ok(())
    }

    /// Populations whose mean fluctuates, by their indices, with their power.
    fn fluctuating(&self) -> impl Iterator<Item = (usize, &[f64])> {
        let alive = self.populations.iter().enumerate().filter(|(_, p)| p.sd_of_mean > 0.0);
        alive.map(|(p, _)| (p, self.power.row(p)))
    }
}

/// What the noise is.
fn told(c: &Circuit, l: &Linearization, intensity: Option<f64>) -> Vec<String> {
    let u = c.units();
    let Some(intensity) = intensity else {
        let mut out: Vec<String> = c.noise().iter().map(|s| source(c, s)).collect();
        out.push("Noise sources are independent, so their covariances add.".into());
        return out;
    };
    vec![format!(
        "The file has no noise ([noise]), so every unit receives independent white noise of the intensity {}. An isolated unit of gain 1 and time constant {} averages it to a standard deviation of {} of its input. Other strengths scale all variances by the same factor.",
        amount(intensity, &intensity_unit(c)),
        amount(l.tau_0, &u.time),
        amount(1.0, &u.drive)
    )]
}

/// A source of the file in words.
fn source(c: &Circuit, s: &NoiseSource) -> String {
    let u = c.units();
    let sizes = c.population_means(&s.amplitude);
    let strength = |a: f64| match s.color {
        Color::White => format!("intensity {}", amount(a * a, &intensity_unit(c))),
        Color::OrnsteinUhlenbeck { .. } => format!("standard deviation {}", amount(a.abs(), &u.drive)),
    };
    let reached: Vec<String> = (0..sizes.len())
        .filter(|&p| s.amplitude[c.range(p)].iter().any(|a| *a != 0.0))
        .map(|p| format!("{} in {}", strength(sizes[p]), c.populations()[p].shown()))
        .collect();
    let color = match s.color {
        Color::White => "white".to_string(),
        Color::OrnsteinUhlenbeck { time } => {
            format!("Ornstein-Uhlenbeck with the time constant {}", amount(time, &u.time))
        }
    };
    let alike = match &s.correlation {
        _ if s.private() => "private to every unit".to_string(),
        Correlation::Uniform(1.0) => "the same in all".to_string(),
        Correlation::Uniform(x) => format!("with the correlation {} between any two units", digits(*x)),
        Correlation::Groups { .. } => "with the correlations of the file".to_string(),
    };
    format!("Noise {}: {color}, {}, {alike}.", s.name, list(&reached))
}

fn words(c: &Circuit, answer: &StationaryFluctuations) -> Vec<String> {
    let Some(ratio) = answer.variance_ratio else {
        let none = !c.noise().is_empty() && c.noise().iter().all(|s| s.amplitude.iter().all(|a| *a == 0.0));
        return vec![if none {
            "The noise has the strength zero.".into()
        } else {
            "The noise causes no fluctuations, because the gain of every unit that it reaches is zero.".into()
        }];
    };
    let mut out = vec![match ratio {
        r if r > 1.05 => format!("Recurrence increases the noise variance {}-fold.", factor(r)),
        r if r < 0.95 => format!("Recurrence reduces the noise variance to {}.", share(r)),
        _ => format!("Recurrence hardly changes the noise variance ({}-fold).", digits(ratio)),
    }];
    if let Some(strongest) = answer.patterns.first().filter(|_| c.n() > 1) {
        out.push(format!(
            "The strongest pattern ({}) carries {} of the variance; the effective dimensionality is {} (of {}).",
            pattern(c, strongest.pattern.data()),
            share(strongest.share.unwrap_or(f64::NAN)),
            factor(answer.dimensionality.unwrap_or(f64::NAN)),
            c.n()
        ));
    }
    out.extend(pairs_in_words(c, &answer.correlations));
    if let Some(most) = answer.energy.as_ref().filter(|_| c.n() > 1) {
        out.push(format!(
            "The initial pattern that evokes most activity is {}; its energy (squared activity, integrated over time) is {} times that of an isolated unit.",
            pattern(c, most.pattern.data()),
            factor(most.over_isolated_unit)
        ));
    }
    for (p, power) in answer.fluctuating() {
        if let Some((frequency, height)) = peak(answer.frequencies.data(), power) {
            out.push(format!(
                "The power spectrum of {} peaks near {}, at {} times the power of the lowest frequencies.",
                c.populations()[p].shown(),
                amount(frequency, &c.units().rate),
                factor(height)
            ));
        }
    }
    out
}

/// The populations that fluctuate most alike, and those most opposed.
fn pairs_in_words(c: &Circuit, r: &Array) -> Vec<String> {
    let n = c.populations().len();
    let all = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).filter(|&p| r[p].is_finite());
    let name = |p: usize| c.populations()[p].shown();
    let alike = all.clone().max_by(|x, y| r[*x].total_cmp(&r[*y])).filter(|&p| r[p] > 0.05);
    let opposed = all.clone().min_by(|x, y| r[*x].total_cmp(&r[*y])).filter(|&p| r[p] < -0.05);
    let more = if n > 2 { " most" } else { "" };
    let tell = |(a, b): (usize, usize), how: &str| {
        format!("{} and {} fluctuate{more} {how} (correlation {}).", name(a), name(b), digits(r[(a, b)]))
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

fn intensity_unit(c: &Circuit) -> String {
    view::squared(&c.units().drive, &c.units().time)
}
