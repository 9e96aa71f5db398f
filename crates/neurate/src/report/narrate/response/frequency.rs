//! The response to sinusoidal inputs: amplitude, phase, resonances, where the paradox ends.

use super::super::oscillations::line;
use super::super::words::{amount, factor, joined, list, role};
use crate::answers::limits::{FREQUENCY_UNITS, PAIRED_POPULATIONS};
use crate::answers::{FrequencyResponses, PairResponse, Responses};
use crate::model::Circuit;
use crate::report::layout::Alternatives;
use crate::report::limits::{FREQUENCY_FIGURE_POPULATIONS, NAMED_POPULATIONS};
use crate::report::section::{Axis, Figure, Mark, Section, Series};

pub(super) fn words(f: &FrequencyResponses, v: &Responses, c: &Circuit, unit: &str) -> Vec<String> {
    let u = &c.units().rate;
    let mut out = Vec::new();
    for s in v.paradoxical().map(|p| &f.sign_changes[p]) {
        let changes = s.frequencies.data();
        if let [first, ..] = changes[..] {
            out.push(format!(
                "{} responds paradoxically only to inputs slower than about {}{}.",
                c.shown(&s.population),
                joined(&factor(first), u),
                if changes.len() > 1 { "; the sign changes again at higher frequencies" } else { "" }
            ));
        }
    }
    for r in f.resonances.iter().filter(|r| r.to == r.input) {
        // What has no response to a constant input resonates without bound.
        let over_static = r.over_static.unwrap_or(f64::INFINITY);
        if over_static <= 1.1 {
            continue;
        }
        out.push(format!(
            "{} resonates at {}, where its response to its own input is {} ({} times that to constant input).",
            c.shown(&r.to),
            amount(r.frequency, u),
            amount(r.height, unit),
            factor(over_static)
        ));
    }
    out
}

/// How the largest gain is known.
pub(super) fn trust(f: &FrequencyResponses, c: &Circuit, unit: &str) -> String {
    let at = if f.largest_gain.frequency == 0.0 {
        "for constant input".to_string()
    } else {
        format!("at {}", amount(f.largest_gain.frequency, &c.units().rate))
    };
    let certified = match f.largest_gain.upper {
        Some(_) => "certified to one part in a million",
        None => "the largest on a grid of frequencies, refined",
    };
    let all = if f.sign_changes.iter().all(|s| s.all) {
        "All sign changes of in-phase responses were found, as roots of a polynomial."
    } else {
        "Sign changes of in-phase responses were searched on a grid of frequencies."
    };
    format!(
        "The maximum gain over inputs and frequencies is {} (root sum of squares over populations; {at}; {certified}). {all}",
        amount(f.largest_gain.lower, unit)
    )
}

/// The in-phase response of each population to its own input: the paradox is one of low
/// frequencies. Then amplitude and phase for inputs to each: one panel with a switch.
pub(super) fn figures(f: &FrequencyResponses, v: &Responses, c: &Circuit, unit: &str, s: &mut Section) {
    let p = c.populations().len();
    let first = in_phase(f, v, c, unit);
    let mut switch = Alternatives::new("Response by frequency").or("to own input, in phase", [first.id()]);
    s.figures.push(first);
    let sources: Vec<usize> = if p <= FREQUENCY_FIGURE_POPULATIONS { (0..p).collect() } else { vec![] };
    for b in sources {
        let both = amplitude_and_phase(f, c, b, unit);
        switch = switch.or(format!("to input to {}", c.populations()[b].name), both.iter().map(Figure::id));
        s.figures.extend(both);
    }
    s.alternatives.extend(switch.of_several());
}

fn in_phase(f: &FrequencyResponses, v: &Responses, c: &Circuit, unit: &str) -> Figure {
    let x = f.frequencies.data();
    let series: Vec<Series> =
        (0..c.populations().len()).map(|a| line(c, a, x, pair(f, c, a, a).re.data().to_vec())).collect();
    let paradoxical: Vec<usize> = v.paradoxical().collect();
    let marks =
        paradoxical.iter().flat_map(|&a| f.sign_changes[a].frequencies.data().first().map(|f| (a, *f)));
    let marks = marks
        .map(|(a, f)| Mark {
            x: f,
            y: Some(0.0),
            label: amount(f, &c.units().rate),
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
                "; a response that is negative at the lowest frequencies is paradoxical. Marked: its first change of sign"
            }
        ),
        x: Axis::new("frequency", &c.units().rate).logarithmic(),
        y: Axis::new("Re R", unit),
        series,
        marks,
    }
}

fn amplitude_and_phase(f: &FrequencyResponses, c: &Circuit, b: usize, unit: &str) -> [Figure; 2] {
    let x = f.frequencies.data();
    let from = c.populations()[b].shown();
    let curves = |value: &dyn Fn(usize) -> Vec<f64>| -> Vec<Series> {
        (0..c.populations().len()).map(|a| line(c, a, x, value(a))).collect()
    };
    let axis = Axis::new("frequency", &c.units().rate).logarithmic();
    let amplitude = |a: usize| {
        let h = pair(f, c, a, b);
        h.re.data().iter().zip(h.im.data()).map(|(re, im)| re.hypot(*im)).collect()
    };
    [
        Figure::Lines {
            id: format!("amplitude_of_input_to_{from}"),
            title: format!("Responses to a sinusoidal input to {from}: amplitude"),
            caption: format!(
                "Amplitude of each population's mean rate per amplitude of an input to every unit of {from}."
            ),
            x: axis.clone(),
            y: Axis::new("|R|", unit).logarithmic(),
            series: curves(&amplitude),
            marks: vec![],
        },
        Figure::Lines {
            id: format!("phase_of_input_to_{from}"),
            title: format!("Responses to a sinusoidal input to {from}: phase"),
            caption: format!(
                "Phase of each population's rate against the input to {from}, without jumps; negative: the rate lags. ±180° at low frequencies: an increase in input reduces the rate."
            ),
            x: axis,
            y: Axis::new("phase", "degrees"),
            series: curves(&|a| phase(pair(f, c, a, b))),
            marks: vec![],
        },
    ]
}

/// The response of `a` to an input to `b`: all pairs are there, row by row.
fn pair<'a>(f: &'a FrequencyResponses, c: &Circuit, a: usize, b: usize) -> &'a PairResponse {
    &f.responses[a * c.populations().len() + b]
}

/// In degrees, without jumps; it starts between -180 and 180.
fn phase(h: &PairResponse) -> Vec<f64> {
    let mut out: Vec<f64> = Vec::with_capacity(h.re.data().len());
    for (re, im) in h.re.data().iter().zip(h.im.data()) {
        if re.hypot(*im) == 0.0 {
            out.push(f64::NAN);
            continue;
        }
        let mut phase = im.atan2(*re).to_degrees();
        if let Some(last) = out.last().filter(|x| x.is_finite()) {
            phase -= 360.0 * ((phase - last) / 360.0).round();
        }
        out.push(phase);
    }
    out
}

/// The populations whose frequencies are left out, for the words of a large circuit.
pub(super) fn left_out(c: &Circuit) -> String {
    if c.delays().is_some() {
        return "The response by frequency is not available with delays, because it is not a rational function of the frequency."
            .into();
    }
    let names: Vec<String> =
        c.populations().iter().map(|p| p.shown().to_string()).take(NAMED_POPULATIONS).collect();
    format!(
        "The response by frequency is not available for {} units in {} populations ({}, ...): at most {FREQUENCY_UNITS} units and {PAIRED_POPULATIONS} populations are possible.",
        c.n(),
        c.populations().len(),
        list(&names)
    )
}
