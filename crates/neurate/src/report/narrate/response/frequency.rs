//! The response to sinusoidal inputs: amplitude, phase, resonances, where the paradox ends.

use super::super::oscillations::line;
use super::super::words::{list, number, quantity, role};
use super::Verdicts;
use crate::linear::Linearization;
use crate::linear::response::{FrequencyResponse, LargestGain, Resonance, SignChanges};
use crate::model::Circuit;
use crate::report::section::{Axis, Figure, Mark, Role, Series, Stroke};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::CMatrix;
use serde_json::{Value, json};

/// Units up to which it is computed: two decompositions and a few hundred substitutions.
const MAX_UNITS: usize = 1500;
/// Populations up to which every pair is drawn and written out; above, own responses only.
const MAX_PAIRS: usize = 4;
/// Populations above which nothing is.
const MAX_POPULATIONS: usize = 12;

/// The response over frequency, as numbers.
pub(super) struct Course {
    /// In the unit of rate (Hz).
    frequencies: Vec<f64>,
    responses: Vec<CMatrix>,
    /// Of every pair, row by row; only own responses above [`MAX_PAIRS`].
    resonances: Vec<(usize, usize, Resonance)>,
    changes: Vec<SignChanges>,
    gain: LargestGain,
}

/// None where the circuit is too large, or has delays.
pub(super) fn course(c: &Circuit, l: &Linearization) -> Result<Option<Course>> {
    let p = c.populations().len();
    if c.n() > MAX_UNITS || p > MAX_POPULATIONS || l.delayed() {
        return Ok(None);
    }
    let r = FrequencyResponse::of_populations(c, l)?;
    let hz = 1.0 / c.units().rate_times_time;
    let pairs = (0..p).flat_map(|a| (0..p).map(move |b| (a, b))).filter(|(a, b)| a == b || p <= MAX_PAIRS);
    let resonances = pairs
        .map(|(a, b)| {
            let peak = r.resonance(a, b);
            (a, b, Resonance { frequency: peak.frequency * hz, ..peak })
        })
        .collect();
    let mut changes = (0..p).map(|a| r.sign_changes(a, a)).collect::<Result<Vec<_>>>()?;
    changes.iter_mut().for_each(|s| s.frequencies.iter_mut().for_each(|f| *f *= hz));
    let mut gain = r.largest_gain()?;
    gain.frequency *= hz;
    Ok(Some(Course {
        frequencies: r.grid().iter().map(|f| f * hz).collect(),
        responses: r.grid().iter().map(|&f| r.at(f)).collect(),
        resonances,
        changes,
        gain,
    }))
}

impl Course {
    fn log_frequencies(&self) -> Vec<f64> {
        self.frequencies.iter().map(|f| f.log10()).collect()
    }

    pub(super) fn words(&self, c: &Circuit, v: &Verdicts, unit: &str) -> Vec<String> {
        let (u, name) = (&c.units().rate, |p: usize| &c.populations()[p].name);
        let mut out = Vec::new();
        for s in v.self_responses.iter().filter(|s| s.paradoxical == Some(true)) {
            let borders = &self.changes[s.population].frequencies;
            if let [first, ..] = borders[..] {
                out.push(format!(
                    "{}'s paradoxical response is one of slow inputs: in phase it is negative below {}, and positive above{}.",
                    name(s.population),
                    quantity(first, u),
                    if borders.len() > 1 { " (it changes its sign again higher up)" } else { "" }
                ));
            }
        }
        for (a, _, r) in self.resonances.iter().filter(|(a, b, r)| a == b && r.over_static > 1.1) {
            out.push(format!(
                "{} resonates: its response to its own input is largest at {} ({}, {} times that to a constant input).",
                name(*a),
                quantity(r.frequency, u),
                quantity(r.height, unit),
                number(r.over_static)
            ));
        }
        out
    }

    /// How the largest gain is known.
    pub(super) fn trust(&self, c: &Circuit, unit: &str) -> String {
        let at = if self.gain.frequency == 0.0 {
            "for constant inputs".to_string()
        } else {
            format!("at {}", quantity(self.gain.frequency, &c.units().rate))
        };
        let certified = match self.gain.upper {
            Some(_) => "certified to one part in a million: no frequency does more",
            None => "the largest on a grid of frequencies, refined",
        };
        let all = if self.changes.iter().all(|s| s.all) {
            "Sign changes of in-phase responses are roots of a polynomial, all found."
        } else {
            "Sign changes of in-phase responses are those that a grid of frequencies shows."
        };
        format!(
            "Over all frequencies and patterns of input over the populations, no more than {} comes out for one unit in (root sum of squares; {at}; {certified}). {all}",
            quantity(self.gain.lower, unit)
        )
    }

    /// The in-phase response of each population to its own input: the paradox is one of low
    /// frequencies. Then amplitude and phase.
    pub(super) fn figures(&self, c: &Circuit, v: &Verdicts, unit: &str) -> Vec<Figure> {
        let p = c.populations().len();
        let mut figures = vec![self.in_phase(c, v, unit)];
        let sources: Vec<usize> = if p <= MAX_PAIRS { (0..p).collect() } else { vec![] };
        for b in sources {
            figures.extend(self.amplitude_and_phase(c, b, unit));
        }
        figures
    }

    fn in_phase(&self, c: &Circuit, v: &Verdicts, unit: &str) -> Figure {
        let x = self.log_frequencies();
        let mut series: Vec<Series> = (0..c.populations().len())
            .map(|a| line(c, a, &x, self.responses.iter().map(|h| h[(a, a)].re).collect()))
            .collect();
        series.push(Series {
            name: "zero".into(),
            role: Role::Guide,
            stroke: Stroke::Dotted,
            x: vec![x[0], x[x.len() - 1]],
            y: vec![0.0, 0.0],
        });
        let paradoxical: Vec<_> =
            v.self_responses.iter().filter(|s| s.paradoxical == Some(true)).map(|s| s.population).collect();
        let marks = paradoxical.iter().flat_map(|&a| self.changes[a].frequencies.first().map(|f| (a, *f)));
        let marks = marks
            .map(|(a, f)| Mark {
                x: f.log10(),
                y: Some(0.0),
                label: quantity(f, &c.units().rate),
                role: role(c.populations()[a].kind),
            })
            .collect();
        Figure::Lines {
            id: "frequency_response".into(),
            title: "Response to its own input, by frequency".into(),
            caption: format!(
                "In-phase response of each population to a sinusoidal input to itself{}.",
                if paradoxical.is_empty() {
                    ""
                } else {
                    "; where it is negative the response is paradoxical, at low frequencies only. Marked: where it changes its sign"
                }
            ),
            x: Axis::new("log₁₀ frequency", &c.units().rate),
            y: Axis::new("Re R", unit),
            series,
            marks,
        }
    }

    fn amplitude_and_phase(&self, c: &Circuit, b: usize, unit: &str) -> [Figure; 2] {
        let x = self.log_frequencies();
        let from = &c.populations()[b].name;
        let curves = |value: &dyn Fn(usize) -> Vec<f64>| -> Vec<Series> {
            (0..c.populations().len()).map(|a| line(c, a, &x, value(a))).collect()
        };
        let axis = Axis::new("log₁₀ frequency", &c.units().rate);
        let amplitude = |a: usize| self.responses.iter().map(|h| h[(a, b)].norm().log10()).collect();
        [
            Figure::Lines {
                id: format!("amplitude_of_input_to_{from}"),
                title: format!("Responses to a sinusoidal input to {from}: amplitude"),
                caption: format!(
                    "log₁₀ of the amplitude of each population's mean rate per amplitude of an input to every unit of {from}."
                ),
                x: axis.clone(),
                y: Axis::new("log₁₀ |R|", unit),
                series: curves(&amplitude),
                marks: vec![],
            },
            Figure::Lines {
                id: format!("phase_of_input_to_{from}"),
                title: format!("Responses to a sinusoidal input to {from}: phase"),
                caption: format!(
                    "Phase of each population's rate against the input to {from}, followed continuously; negative: the rate lags. ±180° at low frequencies: a rise lowers it."
                ),
                x: axis,
                y: Axis::new("phase", "degrees"),
                series: curves(&|a| self.phase(a, b)),
                marks: vec![],
            },
        ]
    }

    /// In degrees, without jumps; it starts between -180 and 180.
    fn phase(&self, a: usize, b: usize) -> Vec<f64> {
        let mut out: Vec<f64> = Vec::with_capacity(self.responses.len());
        for h in &self.responses {
            let z = h[(a, b)];
            if z.norm() == 0.0 {
                out.push(f64::NAN);
                continue;
            }
            let mut phase = z.arg().to_degrees();
            if let Some(last) = out.last().filter(|x| x.is_finite()) {
                phase -= 360.0 * ((phase - last) / 360.0).round();
            }
            out.push(phase);
        }
        out
    }

    pub(super) fn data(&self, c: &Circuit) -> Value {
        let p = c.populations().len();
        let name = |p: usize| &c.populations()[p].name;
        let list_of = |f: &dyn Fn(&CMatrix) -> f64| self.responses.iter().map(f).collect::<Vec<f64>>();
        json!({
            "frequencies": self.frequencies,
            "responses": (0..p).flat_map(|a| (0..p).map(move |b| (a, b)))
                .filter(|(a, b)| a == b || p <= MAX_PAIRS)
                .map(|(a, b)| json!({
                    "to": name(a), "input": name(b),
                    "re": list_of(&|h| h[(a, b)].re), "im": list_of(&|h| h[(a, b)].im),
                })).collect::<Vec<_>>(),
            "resonances": self.resonances.iter().map(|(a, b, r)| json!({
                "to": name(*a), "input": name(*b), "frequency": r.frequency, "height": r.height,
                "over_static": r.over_static,
            })).collect::<Vec<_>>(),
            "sign_changes": self.changes.iter().enumerate().map(|(a, s)| json!({
                "population": name(a), "frequencies": s.frequencies, "all": s.all,
            })).collect::<Vec<_>>(),
            "largest_gain": json!({
                "lower": self.gain.lower, "upper": self.gain.upper, "frequency": self.gain.frequency,
            }),
        })
    }
}

/// The populations whose frequencies are left out, for the words of a large circuit.
pub(super) fn left_out(c: &Circuit) -> String {
    if c.delays().is_some() {
        return "The response by frequency is left out: with delays it is no rational function of the frequency."
            .into();
    }
    let names: Vec<String> = c.populations().iter().map(|p| p.name.clone()).take(3).collect();
    format!(
        "The response by frequency is left out: {} units in {} populations ({}, ...) are more than {MAX_UNITS} or {MAX_POPULATIONS}.",
        c.n(),
        c.populations().len(),
        list(&names)
    )
}
