//! Transfer functions in words, with the operating point on each.

use super::Tell;
use super::words::{amount, heading, number, role};
use crate::answers::{PhasePlane, TransferFunctions};
use crate::fixed_points::FixedPoint;
use crate::model::{Circuit, Population, Units};
use crate::report::layout::{Alternatives, Open};
use crate::report::limits::NAMED_IN_SENTENCE;
use crate::report::section::{Axis, Cell, Figure, Mark, Role, Section, Series, Stroke, Table};
use crate::study::{Answer, Applies, Study};
use neurate_numerics::error::Result;

/// Populations whose gains stand in a sentence.
const NAMED_GAINS: usize = 4;
/// Inputs at which a curve is drawn.
const POINTS: usize = 241;

impl Tell for TransferFunctions {
    const TITLE: &'static str = "Transfer functions";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let u = c.units();
        let gain_unit = per(&u.rate, &u.input);
        let mut table = Table::new(
            "At the operating point (mean over units)",
            &[
                "population",
                &heading("input x", &u.input),
                &heading("rate f(x)", &u.rate),
                &heading("gain f'(x)", &gain_unit),
            ],
        );
        let mut said = Vec::new();
        for p in &self.populations {
            let (Some(input), Some(rate), Some(gain)) = (p.input, p.rate, p.gain) else { continue };
            let name = c.shown(&p.population);
            said.push(format!("{name} {} at {}", amount(gain, &gain_unit), amount(rate, &u.rate)));
            let numbers = [input, rate, gain].map(Cell::Number);
            table.rows.push([Cell::Text(name)].into_iter().chain(numbers).collect());
        }
        if said.is_empty() {
            s.verdict.push("There is no operating point, so gains are not available.".into());
        } else {
            s.verdict.push(gains(self, c, &said, &gain_unit));
            s.tables.push(table);
        }
        if let Some(o) = study.operating_point()?
            && !o.at_kink.is_empty()
        {
            let names: Vec<String> =
                o.at_kink.iter().take(NAMED_IN_SENTENCE).map(|&i| c.unit_shown(i)).collect();
            s.verdict.push(format!(
                "The operating point of {} lies at a kink of the transfer function; the gain there is the slope to the right.",
                names.join(", ")
            ));
        }
        s.figures = figures(study, c);
        switches(s);
        // A phase plane shows what they do to two units.
        let plane = matches!(PhasePlane::applies(study), Applies::Yes);
        s.open = Open::new(1, usize::from(!plane), 0);
        s.trust.push(
            "Gains are analytical derivatives (of a user's expression: by dual numbers, exact to rounding)."
                .into(),
        );
        s.sources = sources(c);
        Ok(())
    }
}

/// Gains of a few populations, with their rates; of many the lowest and the highest.
fn gains(answer: &TransferFunctions, c: &Circuit, said: &[String], unit: &str) -> String {
    if said.len() <= NAMED_GAINS {
        return format!("Gains at the operating point: {}.", said.join("; "));
    }
    let known = || answer.populations.iter().filter_map(|p| Some((p.gain?, &p.population)));
    let lowest = known().min_by(|a, b| a.0.total_cmp(&b.0));
    let highest = known().max_by(|a, b| a.0.total_cmp(&b.0));
    let of = |x: Option<(f64, &String)>| {
        x.map_or(String::new(), |(gain, name)| format!("{} ({})", amount(gain, unit), c.shown(name)))
    };
    format!("Gains at the operating point range from {} to {}.", of(lowest), of(highest))
}

/// One figure with a switch in place of one for each function: the functions, then with noise their gains, and so on.
fn switches(s: &mut Section) {
    let mut switch = Alternatives::new("Show");
    let whose = |title: &str| title.split_once(" of ").map(|(_, whose)| whose.to_string());
    let one_function = s.figures.iter().all(|f| whose(f.title()) == whose(s.figures[0].title()));
    for f in &s.figures {
        let short = f.title().split_once(" of ").filter(|_| one_function).map(|(what, _)| what);
        switch = switch.or(short.unwrap_or(f.title()), [f.id()]);
    }
    s.alternatives.extend(switch.of_several());
}

/// `rate` per `input`.
pub(super) fn per(rate: &str, input: &str) -> String {
    if rate == input {
        String::new()
    } else if input.is_empty() {
        rate.to_string()
    } else {
        format!("{rate}/{input}")
    }
}

fn sources(c: &Circuit) -> Vec<&'static str> {
    if c.populations().iter().any(|p| p.transfer.uses_sigma()) {
        vec!["Ricciardi 1977", "Siegert 1951", "Brunel 2000 (convention of sigma)"]
    } else {
        vec![]
    }
}

/// The input range that shows what the function does around the operating point.
fn range(study: &Study, p: usize, q: &Population) -> (f64, f64) {
    let c = study.circuit();
    let mut marks: Vec<f64> = q.transfer.kinks();
    for (name, value) in q.transfer.parameters() {
        if ["threshold", "midpoint", "half", "reset"].contains(&name.as_str()) {
            marks.push(*value);
            if let Some((_, width)) = q.transfer.parameters().iter().find(|p| p.0 == "width") {
                marks.extend([value - 4.0 * width, value + 4.0 * width]);
            }
        }
    }
    if let Some(o) = point(study) {
        marks.extend(c.range(p).map(|i| o.input[i]));
    }
    let low = marks.iter().copied().fold(f64::INFINITY, f64::min);
    let high = marks.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let spread = (high - low).max(0.1 * high.abs().max(low.abs())).max(sigma(study, p)).max(1e-9);
    let spread = if marks.len() < 2 || high == low { spread.max(1.0) } else { spread };
    (low - 0.4 * spread, high + 0.6 * spread)
}

/// The operating point, if there is one; a search that failed was reported before.
fn point(study: &Study) -> Option<&FixedPoint> {
    study.operating_point().ok().flatten()
}

/// The standard deviation of a population's input at the operating point, if there is one.
fn sigma(study: &Study, p: usize) -> f64 {
    let c = study.circuit();
    point(study).map_or(c.populations()[p].sigma, |o| c.sigma(p, &o.rates))
}

/// Populations that share a function share their figures.
fn groups(c: &Circuit) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (p, q) in c.populations().iter().enumerate() {
        let same = |g: &&mut Vec<usize>| {
            let r = &c.populations()[g[0]];
            r.transfer.formula() == q.transfer.formula() && r.transfer.numbers() == q.transfer.numbers()
        };
        match groups.iter_mut().find(same) {
            Some(g) => g.push(p),
            None => groups.push(vec![p]),
        }
    }
    groups
}

/// Rate, and for neurons in noise gain and irregularity, over the input.
fn figures(study: &Study, c: &Circuit) -> Vec<Figure> {
    let mut figures = Vec::new();
    for group in groups(c) {
        // Nobody needs a figure of f(x) = x.
        let f = &c.populations()[group[0]].transfer;
        if f.is_affine() && f.rate(0.0, 0.0) == 0.0 && f.rate(1.0, 0.0) == 1.0 {
            continue;
        }
        let ranges: Vec<_> = group.iter().map(|&p| range(study, p, &c.populations()[p])).collect();
        let low = ranges.iter().map(|r| r.0).fold(f64::INFINITY, f64::min);
        let high = ranges.iter().map(|r| r.1).fold(f64::NEG_INFINITY, f64::max);
        let x: Vec<f64> = (0..POINTS).map(|i| low + (high - low) * i as f64 / (POINTS - 1) as f64).collect();
        figures.extend(curves(study, c, &group, &x));
    }
    figures
}

/// Which quantity of a population's function a figure shows.
struct Curve {
    id: &'static str,
    title: &'static str,
    axis: Axis,
    /// At an input, for a standard deviation.
    value: fn(&Population, f64, f64) -> f64,
    /// At the operating point; None without one.
    mark: fn(&Study, usize) -> Option<f64>,
}

/// What there is to draw of a population's function.
fn quantities(u: &Units, q: &Population) -> Vec<Curve> {
    let mut kinds = vec![Curve {
        id: "transfer",
        title: if q.transfer.refractory() > 0.0 { "Steady rate" } else { "f" },
        axis: Axis::new("rate", &u.rate),
        value: |q, x, sigma| q.transfer.rate(x, sigma),
        mark: |study, p| Some(study.circuit().population_means(&point(study)?.rates)[p]),
    }];
    if q.transfer.uses_sigma() {
        kinds.push(Curve {
            id: "gain",
            title: "Gain",
            axis: Axis::new("df/dμ", per(&u.rate, &u.input)),
            value: |q, x, sigma| q.transfer.slopes(x, sigma).d_mu,
            mark: |study, p| Some(study.circuit().population_means(&point(study)?.gains)[p]),
        });
    }
    if q.transfer.lif().is_some() {
        kinds.push(Curve {
            id: "cv",
            title: "Irregularity",
            axis: Axis::new("CV of the intervals", ""),
            value: |q, x, sigma| q.transfer.lif().map_or(f64::NAN, |l| l.cv(x, sigma)),
            mark: |study, p| {
                let o = point(study)?;
                let lif = study.circuit().populations()[p].transfer.lif()?;
                Some(lif.cv(study.circuit().population_means(&o.input)[p], sigma(study, p)))
            },
        });
    }
    kinds
}

/// A formula of the file's notation for people.
fn typeset(formula: &str) -> String {
    formula
        .replace("]_+^n", "]₊ⁿ")
        .replace("]_+", "]₊")
        .replace(" - ", " − ")
        .replace("^n", "ⁿ")
        .replace("^2", "²")
}

fn curves(study: &Study, c: &Circuit, group: &[usize], x: &[f64]) -> Vec<Figure> {
    let u = c.units();
    let q = &c.populations()[group[0]];
    let noisy = q.transfer.uses_sigma();
    let of = || group.iter().map(|&p| &c.populations()[p]);
    let names: Vec<&str> = of().map(|p| p.name.as_str()).collect();
    let shown = match group.len() {
        1..=NAMED_GAINS => of().map(Population::shown).collect::<Vec<_>>().join(", "),
        all if all == c.populations().len() => "all populations".into(),
        many => format!("{} and {} others", q.shown(), many - 1),
    };
    let sigmas = group.iter().map(|&p| sigma(study, p));
    let low = sigmas.clone().fold(f64::INFINITY, f64::min);
    let high = sigmas.fold(0.0, f64::max);
    let one_sigma = high <= low * (1.0 + 1e-9);
    let strokes = match (noisy && high > 0.0, one_sigma) {
        (false, _) => vec![(low, Stroke::Solid)],
        (true, true) => vec![(0.5 * low, Stroke::Dashed), (low, Stroke::Solid), (2.0 * low, Stroke::Dotted)],
        (true, false) => {
            vec![(low, Stroke::Dashed), (0.5 * (low + high), Stroke::Solid), (high, Stroke::Dotted)]
        }
    };
    let which = if one_sigma {
        "At the σ of the operating point (dot), and at half and twice that"
    } else {
        "At the smallest, a middle and the largest σ of these populations; the dots are their operating points, each at its own σ"
    };
    let one_kind = group.iter().all(|&p| c.populations()[p].kind == q.kind);
    let color = if one_kind { role(q.kind) } else { Role::Other };
    let parameters: Vec<String> =
        q.transfer.numbers().iter().map(|(k, v)| format!("{k} = {}", number(*v).replace('-', "−"))).collect();
    quantities(u, q)
        .into_iter()
        .map(|kind| Figure::Lines {
            id: format!("{}_{}", kind.id, names.join("_")),
            title: format!("{} of {shown}", kind.title),
            caption: match (kind.id, noisy) {
                ("transfer", false) if q.transfer.refractory() > 0.0 => format!(
                    "The steady rate f/(1 + ρ f) of units with a refractory fraction ρ, f(x) = {}; {}. The dot is the operating point.",
                    typeset(q.transfer.formula()),
                    parameters.join(", ")
                ),
                ("transfer", false) => format!(
                    "f(x) = {}; {}. The dot is the operating point.",
                    typeset(q.transfer.formula()),
                    parameters.join(", ")
                ),
                // The formula of Ricciardi's function is in the table's data; here it would be half of the caption.
                ("transfer", true) if q.transfer.lif().is_some() => format!(
                    "Ricciardi's rate of a leaky integrate-and-fire neuron; {}. {which}: more noise smooths the threshold.",
                    parameters.join(", ")
                ),
                ("transfer", true) => format!(
                    "f(x) = {}; {}. {which}: more noise smooths the threshold.",
                    typeset(q.transfer.formula()),
                    parameters.join(", ")
                ),
                ("gain", _) => "The slope of f. Noise reduces the peak of the gain and extends the gain below threshold.".into(),
                _ => "1 for a Poisson process, 0 for regular spiking: fluctuation-driven spikes are irregular, mean-driven spikes are regular.".into(),
            },
            x: Axis::new("input x", &u.input),
            y: kind.axis,
            series: strokes
                .iter()
                .map(|&(sigma, stroke)| Series {
                    name: if noisy {
                        format!("σ = {}", amount(sigma, &u.input))
                    } else {
                        format!("{} of {shown}", kind.title.to_lowercase())
                    },
                    // The σ in the middle is that of the point; the others are there to compare.
                    role: if stroke == Stroke::Solid { color } else { Role::Guide },
                    stroke,
                    x: x.to_vec(),
                    y: x.iter().map(|&x| (kind.value)(q, x, sigma)).collect(),
                })
                .collect(),
            marks: group
                .iter()
                .filter_map(|&p| {
                    let input = c.population_means(&point(study)?.input)[p];
                    let q = &c.populations()[p];
                    let y = Some((kind.mark)(study, p)?);
                    Some(Mark { x: input, y, label: q.shown().into(), role: role(q.kind) })
                })
                .collect(),
        })
        .collect()
}
