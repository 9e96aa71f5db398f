//! Pseudospectra: what small changes of the weights can do to the eigenvalues, and what that says about
//! transients and resonances.

use super::words::{heading, number, or_zero, quantity};
use super::{Analysis, slow};
use crate::linear::modes::{
    Bracket, Distance, Kreiss, Pseudospectra, distance_to_instability_of, kreiss_constant_of,
    pseudospectra_of,
};
use crate::report::section::{Axis, Cell, Cloud, Figure, Role, Section, Series, Stroke, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Complex, Matrix};
use serde_json::json;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "pseudospectra",
    about: "how far small changes of the weights move the eigenvalues: robustness, resonance, Kreiss constant",
    applies: Study::has_operating_point,
    run,
};

/// Units above which the section says that it is too large: 2,000 take half a minute.
const MAX_UNITS: usize = 2000;

/// Points of the grid each way, tolerance of the Kreiss constant and searches for it, by size: each
/// point costs n^2, each search n^3. Without searches there is no Kreiss constant.
fn effort(n: usize) -> (usize, f64, usize) {
    match n {
        0..=40 => (100, 1e-3, 60),
        41..=120 => (100, 1e-2, 24),
        121..=200 => (100, 1e-2, 12),
        201..=600 => (70, 1e-2, 6),
        601..=1000 => (50, 0.0, 0),
        _ => (36, 0.0, 0),
    }
}

fn run(study: &Study) -> Result<Section> {
    if !study.circuit().is_plain() {
        return Ok(slow::refusal(
            ANALYSIS.name,
            "Pseudospectra and robustness",
            "it measures patterns over units by their norm, and slow states have scales of their own",
        ));
    }
    let c = study.circuit();
    let l = study.linearization()?;
    let mut s = Section::new(ANALYSIS.name, "Pseudospectra and robustness");
    let n = c.n();
    if n > MAX_UNITS {
        s.trust.push(format!("Not computed above {MAX_UNITS} units; the library does it on request."));
        s.data = json!({
            "levels": null, "x": null, "y": null, "s_min": null, "numerical_range": null, "kreiss": null,
            "distance_to_instability": null, "h_infinity": null, "frequency": null,
            "numerical_abscissa": null, "spectral_abscissa": null,
        });
        return Ok(s);
    }
    let (resolution, tolerance, lines) = effort(n);
    let decomposed = l.modes_decomposition();
    let m = decomposed.matrix();
    // Stability is Re lambda < 1: what A = (M - 1)/tau_0 has at zero, in units of 1/tau_0.
    let shifted = decomposed.shifted(m.sub(&Matrix::identity(n)), -1.0, 1.0);
    let told = |from, to| study.progress().part(from, to);
    let p = pseudospectra_of(decomposed, resolution, &[Complex::new(1.0, 0.0)], &told(0.0, 0.3))?;
    let d = distance_to_instability_of(&shifted, &told(0.3, 0.5))?;
    let k = if lines > 0 {
        Some(kreiss_constant_of(&shifted, tolerance, lines, &told(0.5, 1.0))?)
    } else {
        None
    };
    let frequency = d.frequency / l.tau_0 / std::f64::consts::TAU / c.units().rate_times_time;
    let hertz = &c.units().rate;
    let abscissa = p.eigenvalues.iter().fold(f64::NEG_INFINITY, |a: f64, z| a.max(z.re));
    let numerical = p.range.iter().fold(f64::NEG_INFINITY, |a: f64, z| a.max(z.re));
    let rounding = 1e-13 * m.frobenius();
    s.verdict = verdict(&d, k.as_ref(), abscissa, &quantity(frequency, hertz));
    let mut t = Table::new("Robustness of the modes' matrix M", &["measure", "value", "bounds"]);
    // Nothing certifies a distance that rounding of M covers.
    let lost = if d.distance.upper < rounding { vec![d.distance, d.peak] } else { vec![] };
    let mut row = |name: String, value: f64, bounds: Option<Bracket>| {
        // Nothing is certified of what is exact.
        let bounds = bounds.filter(|b| b.lower > 0.0 && b.upper.is_finite());
        let bounds = match bounds {
            Some(b) if lost.contains(&b) => {
                Cell::Text("below rounding (1e-13 ‖M‖): its order at best".into())
            }
            Some(b) => Cell::Text(between(b)),
            None => Cell::Empty,
        };
        t.rows.push(vec![Cell::Text(name), Cell::Number(value), bounds]);
    };
    row(
        "distance to instability: smallest change ‖ΔM‖ that ends stability".into(),
        d.distance.upper,
        Some(d.distance),
    );
    row("largest gain of a sinusoidal input (H∞ norm of the resolvent)".into(), d.peak.lower, Some(d.peak));
    row(heading("its frequency", hertz), frequency, None);
    if let Some(k) = &k {
        row("Kreiss constant: what must grow at least".into(), k.constant.lower, Some(k.constant));
    }
    row("numerical abscissa: right edge of the numerical range".into(), or_zero(numerical, rounding), None);
    row("spectral abscissa: right edge of the spectrum".into(), or_zero(abscissa, rounding), None);
    s.tables.push(t);
    s.figures.push(figure(&p));
    s.trust.push("The distance and the gain are certified: eigenvalues of a Hamiltonian matrix show that no frequency lies below the bound (to rounding, about 1e-13 ‖M‖). The change of M may be complex; a real one may have to be larger.".into());
    s.trust.push(match &k {
        Some(_) => format!(
            "The Kreiss constant lies between its bounds: the lower one is reached at a point, the upper one holds everywhere (the logarithm of the resolvent's largest norm on a vertical line is convex). They were closed to {} or as far as {lines} lines bring them.",
            number(tolerance)
        ),
        None => "The Kreiss constant is not computed for so many units (the library does it on request): the amplification itself, in its own section, says more.".into(),
    });
    s.trust.push(format!(
        "Contours are drawn from a grid of {} × {} points, each smallest singular value good to 1e-6 of itself{}.",
        p.x.len(),
        p.y.len(),
        if p.decomposed > 0 { format!(" ({} of them by full decompositions)", p.decomposed) } else { String::new() }
    ));
    s.sources = vec![
        "Trefethen & Embree 2005",
        "Burke, Lewis & Overton 2003",
        "Boyd & Balakrishnan 1990; Bruinsma & Steinbuch 1990",
        "Kreiss 1962",
    ];
    let bracket = |b: Bracket| json!({"lower": b.lower, "upper": b.upper});
    // The lower half of the plane is the upper one's mirror image.
    let upper = p.y.len() / 2..p.y.len();
    s.data = json!({
        "levels": p.levels, "x": p.x, "y": p.y[upper.clone()],
        "s_min": upper.clone().map(|i| p.s_min.row(i)).collect::<Vec<_>>(),
        "numerical_range": {
            "re": p.range.iter().map(|z| z.re).collect::<Vec<_>>(),
            "im": p.range.iter().map(|z| z.im).collect::<Vec<_>>(),
        },
        "kreiss": k.map(|k| bracket(k.constant)),
        "distance_to_instability": bracket(d.distance), "h_infinity": bracket(d.peak), "frequency": frequency,
        "numerical_abscissa": numerical, "spectral_abscissa": abscissa,
    });
    Ok(s)
}

fn between(b: Bracket) -> String {
    if b.upper <= b.lower * (1.0 + 1e-4) {
        format!("certified to {}", number((b.upper / b.lower - 1.0).max(1e-9)))
    } else {
        format!("{} to {}", number(b.lower), number(b.upper))
    }
}

fn verdict(d: &Distance, k: Option<&Kreiss>, abscissa: f64, frequency: &str) -> Vec<String> {
    if d.distance.upper == 0.0 {
        return vec![
            "The operating point is not stable: there is no distance to instability, and every resonance is unbounded."
                .into(),
        ];
    }
    let spectral = 1.0 - abscissa;
    let share = d.distance.upper / spectral;
    let compared = if share > 0.95 {
        format!("as far as the eigenvalues suggest ({})", number(spectral))
    } else {
        format!("{} of the distance that the eigenvalues suggest ({})", number(share), number(spectral))
    };
    let at = if d.frequency == 0.0 { "a constant input".into() } else { format!("an input of {frequency}") };
    let mut v = vec![format!(
        "A change of the effective weights of norm {} can end stability: {compared}. The most effective input is {at}, with gain {}.",
        number(d.distance.upper),
        number(d.peak.lower)
    )];
    if let Some(k) = k
        && k.constant.lower > 1.001
    {
        v.push(format!(
            "Some pattern must grow at least {}-fold (Kreiss constant), whatever the eigenvalues say.",
            number(k.constant.lower)
        ));
    }
    v
}

fn figure(p: &Pseudospectra) -> Figure {
    let mut curves: Vec<Series> = p
        .levels
        .iter()
        .rev()
        .map(|&level| {
            let (mut x, mut y) = (Vec::new(), Vec::new());
            for (k, curve) in p.contours(level).into_iter().enumerate() {
                // A gap between pieces.
                if k > 0 {
                    x.push(f64::NAN);
                    y.push(f64::NAN);
                }
                x.extend(curve.iter().map(|q| q.0));
                y.extend(curve.iter().map(|q| q.1));
            }
            Series { name: format!("ε = {}", number(level)), role: Role::Other, stroke: Stroke::Solid, x, y }
        })
        .collect();
    curves.push(Series {
        name: "numerical range".into(),
        role: Role::Guide,
        stroke: Stroke::Dashed,
        x: p.range.iter().map(|z| z.re).collect(),
        y: p.range.iter().map(|z| z.im).collect(),
    });
    Figure::Plane {
        id: "pseudospectra".into(),
        title: "Where small changes can move the eigenvalues".into(),
        caption: "A change of M of norm ε moves eigenvalues as far as the curve of that ε, and no further. Around a normal matrix the curves are circles of radius ε about the eigenvalues. The numerical range passes the line if and only if something grows at first.".into(),
        x: Axis::new("Re λ", ""),
        y: Axis::new("Im λ", ""),
        clouds: vec![Cloud {
            name: "eigenvalues".into(),
            role: Role::Other,
            x: p.eigenvalues.iter().map(|z| z.re).collect(),
            y: p.eigenvalues.iter().map(|z| z.im).collect(),
        }],
        curves,
        border: Some(1.0),
        circles: vec![],
    }
}
