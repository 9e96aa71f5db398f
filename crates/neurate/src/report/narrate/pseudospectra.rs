//! Pseudospectra: what small changes of the weights can do to the eigenvalues, and what that says about
//! transients and resonances.

use super::Tell;
use super::words::{amount, digits, factor, heading, number, or_zero};
use crate::answers::{Bounds, Effort, Pseudospectra};
use crate::linear::modes;
use crate::report::section::{Axis, Cell, Cloud, Figure, Role, Section, Series, Stroke, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

impl Tell for Pseudospectra {
    const TITLE: &'static str = "Pseudospectra and robustness";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let rate = &study.circuit().units().rate;
        let decomposed = study.linearization()?.modes_decomposition();
        s.verdict = verdict(self, &amount(self.frequency, rate));
        s.tables.push(table(self, 1e-13 * decomposed.matrix().frobenius(), rate));
        let grid = self.grid(decomposed.resolvent()?.eigenvalues());
        s.figures.push(figure(&grid));
        let how = if study.circuit().n() > modes::SAMPLED_ABOVE {
            "smallest singular values at points of the stability boundary, found by Lanczos' method, bound all frequencies between them"
        } else {
            "eigenvalues of a Hamiltonian matrix show that no frequency lies below the bound (to rounding, about 10⁻¹³ ‖M‖)"
        };
        s.trust.push(format!("The distance and the gain are certified: {how}. The perturbation of M may be complex; a real one may have to be larger."));
        let effort = Effort::of(study.circuit().n());
        s.trust.push(match &self.kreiss {
            Some(_) => format!(
                "The Kreiss constant lies between its bounds: the lower one is reached at a point, the upper one holds everywhere (the logarithm of the resolvent's largest norm on a vertical line is convex). They agree to {} or as closely as {} lines allow.",
                digits(effort.tolerance),
                effort.lines
            ),
            None => "The Kreiss constant is not computed for so many units (the library does it on request); the section on transient amplification has the amplification itself.".into(),
        });
        s.trust.push(format!(
            "Contours are drawn from a grid of {} × {} points, with a relative error of 10⁻⁶ in each smallest singular value{}.",
            grid.x.len(),
            grid.y.len(),
            if grid.decomposed > 0 { format!(" ({} of them by full decompositions)", grid.decomposed) } else { String::new() }
        ));
        s.sources = vec![
            "Trefethen & Embree 2005",
            "Burke, Lewis & Overton 2003",
            "Boyd & Balakrishnan 1990; Bruinsma & Steinbuch 1990",
            "Kreiss 1962",
        ];
        Ok(())
    }
}

/// `rounding` is that of the matrix.
fn table(p: &Pseudospectra, rounding: f64, rate: &str) -> Table {
    let mut t = Table::new("Robustness of the modes' matrix M", &["measure", "value", "bounds"]);
    let mut row = |name: String, value: f64, bounds: Cell| {
        t.rows.push(vec![Cell::Text(name), Cell::Number(value), bounds]);
    };
    let (distance, peak) = (p.distance_to_instability, p.h_infinity);
    // Nothing certifies a distance that rounding of M covers.
    let certified = |b: Bounds| match bounds(b) {
        Cell::Text(_) if distance.upper < rounding => {
            Cell::Text("below rounding (10⁻¹³ ‖M‖): order of magnitude at best".into())
        }
        cell => cell,
    };
    row(
        "distance to instability: smallest ‖ΔM‖ that destabilizes the circuit".into(),
        distance.upper,
        certified(distance),
    );
    row(
        "maximum gain over inputs and frequencies (H∞ norm of the resolvent)".into(),
        peak.lower,
        certified(peak),
    );
    row(heading("its frequency", rate), p.frequency, Cell::Empty);
    if let Some(k) = p.kreiss {
        row("Kreiss constant: transient amplification of at least this".into(), k.lower, bounds(k));
    }
    let edge = |x: f64| or_zero(x, rounding);
    row(
        "numerical abscissa: right edge of the numerical range".into(),
        edge(p.numerical_abscissa),
        Cell::Empty,
    );
    row("spectral abscissa: right edge of the spectrum".into(), edge(p.spectral_abscissa), Cell::Empty);
    t
}

/// Nothing is certified of what is exact.
fn bounds(b: Bounds) -> Cell {
    if b.lower > 0.0 && b.upper.is_finite() { Cell::Text(between(b)) } else { Cell::Empty }
}

fn between(b: Bounds) -> String {
    if b.upper <= b.lower * (1.0 + 1e-4) {
        format!("certified to {}", number((b.upper / b.lower - 1.0).max(1e-9)))
    } else {
        format!("{} to {}", number(b.lower), number(b.upper))
    }
}

fn verdict(p: &Pseudospectra, frequency: &str) -> Vec<String> {
    let distance = p.distance_to_instability.upper;
    if distance == 0.0 {
        return vec![
            "The operating point is not stable, so the distance to instability is zero and responses to inputs are not bounded."
                .into(),
        ];
    }
    let spectral = 1.0 - p.spectral_abscissa;
    let share = distance / spectral;
    let compared = if share > 0.95 {
        format!(", as the eigenvalues suggest ({})", factor(spectral))
    } else {
        format!("; the eigenvalues alone suggest {}", factor(spectral))
    };
    let at = if p.frequency == 0.0 { "constant input".into() } else { format!("a sinusoid of {frequency}") };
    let mut v = vec![format!(
        "A weight perturbation of norm {} can destabilize the circuit{compared}. The maximum gain over inputs and frequencies is {}, for {at}.",
        factor(distance),
        digits(p.h_infinity.lower)
    )];
    if let Some(k) = p.kreiss
        && k.lower > 1.001
    {
        v.push(format!(
            "The Kreiss constant guarantees at least {}-fold transient amplification of some pattern.",
            factor(k.lower)
        ));
    }
    v
}

fn figure(p: &modes::Pseudospectra) -> Figure {
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
            Series { name: format!("ε = {}", digits(level)), role: Role::Other, stroke: Stroke::Solid, x, y }
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
        title: "How far weight perturbations can move the eigenvalues".into(),
        caption: "A perturbation of M of norm ε can move eigenvalues as far as the curve of that ε, and no further. For a normal matrix the curves are circles of radius ε about the eigenvalues. The numerical range crosses the line if and only if some pattern grows initially.".into(),
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
