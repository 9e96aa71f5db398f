//! Figures of a diagram.

use super::points::{is_of_cycles, what};
use super::regimes::label;
use crate::answers::{
    CycleEndKind, Diagram, DiagramBranch, DiagramCriticality, DiagramCycles, DiagramPoint, DiagramPointKind,
};
use crate::model::{Circuit, Form};
use crate::report::limits::DIAGRAM_POPULATIONS;
use crate::report::narrate::words::role;
use crate::report::section::{
    Axis, BranchMark, BranchSign, CycleBand, Figure, RegimeStretch, Role, Series, Stroke,
};
use std::ops::Range;

/// The state of each population over the parameter, the one that is shown first in front, with its name.
pub(super) fn by_population(d: &Diagram, c: &Circuit) -> Vec<(String, Figure)> {
    let populations = c.populations();
    let mut order: Vec<usize> = (0..populations.len()).collect();
    order.sort_by_key(|&p| populations[p].name != d.show);
    order.truncate(DIAGRAM_POPULATIONS);
    order.into_iter().map(|p| (populations[p].shown().to_string(), of_population(d, c, p))).collect()
}

/// The mean over the units of a population.
fn mean(x: &[f64], c: &Circuit, p: usize) -> f64 {
    let own = &x[c.range(p)];
    own.iter().sum::<f64>() / own.len() as f64
}

fn of_population(d: &Diagram, c: &Circuit, p: usize) -> Figure {
    let population = &c.populations()[p];
    let name = population.shown();
    let symbol = if c.form() == Form::Rate { "rate" } else { "voltage" };
    let of =
        if population.size > 1 { format!("mean {symbol} of {name}") } else { format!("{symbol} of {name}") };
    let cycles: Vec<CycleBand> = d.cycles.iter().flatten().flat_map(|b| bands(b, c, p)).collect();
    let oscillates = if cycles.is_empty() {
        String::new()
    } else {
        " Bands: from the smallest to the largest value over a limit cycle (filled: stable; between dashed lines: unstable); their periods below.".into()
    };
    let isn =
        if d.isn.is_some() { " Hatched strip: the stable steady state needs inhibition (ISN)." } else { "" };
    let branch = |b: &DiagramBranch| {
        let y: Vec<f64> = (0..b.p.data().len()).map(|k| mean(b.states.row(k), c, p)).collect();
        pieces(b.p.data(), &y, b.unstable.data())
    };
    let series = |(stable, x, y): (bool, Vec<f64>, Vec<f64>)| Series {
        name: format!("{} steady state of {name}", if stable { "stable" } else { "unstable" }),
        role: role(population.kind),
        stroke: if stable { Stroke::Solid } else { Stroke::Dashed },
        x,
        y,
    };
    Figure::Branches {
        id: format!("diagram_{}", identifier(&population.name)),
        title: format!("{of} along {}", d.parameter.name),
        caption: format!(
            "Steady states of {name}: solid where stable, dashed where unstable.{oscillates} Beneath: the regimes; as many lines as stable steady states, a wave where the circuit oscillates.{isn}"
        ),
        x: parameter(d),
        y: Axis::new(of, &c.units().state),
        x_range: (d.range.data()[0], d.range.data()[1]),
        branches: d.branches.iter().flat_map(branch).map(series).collect(),
        cycles,
        period: Axis::new("period", &c.units().time),
        points: marks(d, c, p),
        regimes: d.regimes.iter().map(stretch).fold(Vec::new(), joined),
        isn: d.isn.as_ref().map(|all| all.iter().map(|i| (i.from, i.to)).collect()),
        own: d.parameter.own.filter(|_| d.parameter.joint.is_empty()),
    }
}

/// A name for a file: letters, digits and underscores.
fn identifier(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
}

fn parameter(d: &Diagram) -> Axis {
    Axis::new(&d.parameter.name, &d.parameter.unit)
}

/// Parts of a branch with one stability each, as positions; neighbors share a position. A special point carries the smaller
/// number of both sides, so that the larger one of a step's ends is the step's own.
fn parts(unstable: &[f64]) -> Vec<(bool, Range<usize>)> {
    let mut all: Vec<(bool, Range<usize>)> = Vec::new();
    for k in 1..unstable.len() {
        let stable = unstable[k - 1].max(unstable[k]) == 0.0;
        match all.last_mut() {
            Some((last, at)) if *last == stable => at.end = k + 1,
            _ => all.push((stable, k - 1..k + 1)),
        }
    }
    all
}

/// Parts of a curve with one stability each.
fn pieces(x: &[f64], y: &[f64], unstable: &[f64]) -> Vec<(bool, Vec<f64>, Vec<f64>)> {
    let piece = |(stable, at): (bool, Range<usize>)| (stable, x[at.clone()].to_vec(), y[at].to_vec());
    parts(unstable).into_iter().map(piece).collect()
}

/// The envelope of a branch of cycles, by stability; drawn to the point at which it ends.
fn bands(b: &DiagramCycles, c: &Circuit, p: usize) -> Vec<CycleBand> {
    let n = b.p.data().len();
    let own = c.range(p);
    let (mut high, mut low) = (Vec::with_capacity(n), Vec::with_capacity(n));
    let [_, times, states] = b.orbits.shape() else { return Vec::new() };
    for k in 0..n {
        if own.len() == 1 {
            high.push(b.max[(k, own.start)]);
            low.push(b.min[(k, own.start)]);
            continue;
        }
        let orbit = &b.orbits.data()[k * times * states..(k + 1) * times * states];
        let means = orbit.chunks(*states).map(|x| mean(x, c, p));
        let (l, h) = means.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        high.push(h);
        low.push(l);
    }
    let (x, unstable, period) = (b.p.data(), b.unstable.data(), b.period.data());
    let band = |(stable, at): (bool, Range<usize>)| CycleBand {
        stable,
        x: x[at.clone()].to_vec(),
        high: high[at.clone()].to_vec(),
        low: low[at.clone()].to_vec(),
        period: period[at].to_vec(),
    };
    parts(unstable).into_iter().map(band).collect()
}

/// The named points, ends of cycles, and crosses where branches were left.
fn marks(d: &Diagram, c: &Circuit, p: usize) -> Vec<BranchMark> {
    let point = |q: &DiagramPoint| BranchMark {
        x: q.p,
        y: mean(q.state.data(), c, p),
        sign: sign(q),
        label: what(q).into(),
    };
    let of_states = |q: &&DiagramPoint| !is_of_cycles(q);
    let mut all: Vec<BranchMark> = d.points.iter().filter(of_states).map(point).collect();
    for b in d.cycles.iter().flatten() {
        let bands = bands(b, c, p);
        let high = |x: f64| {
            let places = bands.iter().flat_map(|b| b.x.iter().zip(&b.high));
            places.min_by(|a, b| (a.0 - x).abs().total_cmp(&(b.0 - x).abs())).map(|(_, y)| *y)
        };
        for &k in &b.special_points {
            let Some(q) = d.points.get(k) else { continue };
            let Some(y) = high(q.p) else { continue };
            all.push(BranchMark { x: q.p, y, sign: BranchSign::Cycle, label: what(q).into() });
        }
        for e in &b.ends {
            if matches!(e.kind, CycleEndKind::Homoclinic | CycleEndKind::SaddleFocus)
                && let Some(y) = high(e.p)
            {
                all.push(BranchMark {
                    x: e.p,
                    y,
                    sign: BranchSign::InfinitePeriod,
                    label: "homoclinic".into(),
                });
            }
        }
    }
    let left = d.early_stops.iter().filter_map(|s| {
        let y = match s.cycles {
            false => {
                let b = d.branches.get(s.branch)?;
                let k = b.p.data().iter().position(|q| *q == s.p)?;
                mean(b.states.row(k), c, p)
            }
            true => {
                let b = d.cycles.as_ref()?.get(s.branch)?;
                let k = b.p.data().iter().position(|q| *q == s.p)?;
                mean(b.max.row(k), c, p)
            }
        };
        Some(BranchMark { x: s.p, y, sign: BranchSign::Unfinished, label: "unfinished".into() })
    });
    all.extend(left);
    all
}

fn sign(q: &DiagramPoint) -> BranchSign {
    match q.kind {
        DiagramPointKind::Fold => BranchSign::Fold,
        DiagramPointKind::Hopf if q.criticality == Some(DiagramCriticality::Subcritical) => {
            BranchSign::SubcriticalHopf
        }
        DiagramPointKind::Hopf => BranchSign::Hopf,
        DiagramPointKind::Transcritical
        | DiagramPointKind::Pitchfork
        | DiagramPointKind::Degenerate
        | DiagramPointKind::Line => BranchSign::Crossing,
        DiagramPointKind::KinkFold
        | DiagramPointKind::KinkHopf
        | DiagramPointKind::KinkCrossing
        | DiagramPointKind::Kink => BranchSign::Kink,
        DiagramPointKind::Unresolved | DiagramPointKind::CycleUnresolved => BranchSign::Unresolved,
        DiagramPointKind::CycleFold
        | DiagramPointKind::PeriodDoubling
        | DiagramPointKind::Torus
        | DiagramPointKind::CycleCrossing => BranchSign::Cycle,
    }
}

fn stretch(r: &crate::answers::Regime) -> RegimeStretch {
    RegimeStretch {
        from: r.from,
        to: r.to,
        label: label(r),
        stable: r.shapes,
        oscillates: r.oscillates.is_some(),
    }
}

/// Neighbors that look alike are one stretch.
fn joined(mut all: Vec<RegimeStretch>, next: RegimeStretch) -> Vec<RegimeStretch> {
    match all.last_mut() {
        Some(last) if last.label == next.label => last.to = next.to,
        _ => all.push(next),
    }
    all
}

/// A curve over each branch, NaN between them.
fn over_branches(d: &Diagram, value: impl Fn(&DiagramBranch, usize) -> f64) -> (Vec<f64>, Vec<f64>) {
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for b in &d.branches {
        if !x.is_empty() {
            x.push(f64::NAN);
            y.push(f64::NAN);
        }
        x.extend_from_slice(b.p.data());
        y.extend((0..b.p.data().len()).map(|k| value(b, k)));
    }
    (x, y)
}

/// The real part of the rightmost eigenvalue along the branches.
pub(super) fn growth(d: &Diagram, c: &Circuit) -> Option<Figure> {
    spectrum(d, |l| l.re, "growth", "Growth rate", format!("1/{}", c.units().time))
}

/// The frequency of the rightmost eigenvalue along the branches.
pub(super) fn rotation(d: &Diagram, c: &Circuit) -> Option<Figure> {
    let per_rate = std::f64::consts::TAU * c.units().rate_times_time;
    let rotates =
        |b: &DiagramBranch| b.eigenvalues.as_ref().is_some_and(|e| e.data().iter().any(|l| l.im != 0.0));
    if !d.branches.iter().any(rotates) {
        return None;
    }
    spectrum(d, |l| l.im.abs() / per_rate, "frequency", "Frequency", c.units().rate.clone())
}

fn spectrum(
    d: &Diagram,
    value: impl Fn(neurate_numerics::linalg::Complex) -> f64,
    id: &str,
    what: &str,
    unit: String,
) -> Option<Figure> {
    let known = d.branches.iter().all(|b| b.eigenvalues.is_some());
    if d.branches.is_empty() || !known {
        return None;
    }
    let of = |rank: usize| {
        over_branches(d, |b, k| {
            let width = b.states.shape()[1];
            match &b.eigenvalues {
                Some(all) if rank < width => value(all.data()[k * width + rank]),
                _ => f64::NAN,
            }
        })
    };
    let n = d.states.len().min(3);
    let mut series = Vec::new();
    for rank in (0..n).rev() {
        let (x, y) = of(rank);
        let (name, stroke) = match rank {
            0 => ("rightmost eigenvalue".to_string(), Stroke::Solid),
            k => (format!("eigenvalue {}", k + 1), Stroke::Pale),
        };
        series.push(Series { name, role: Role::Other, stroke, x, y });
    }
    series.reverse();
    Some(Figure::Lines {
        id: format!("diagram_{id}"),
        title: format!("{what} along the branches of {}", d.parameter.name),
        caption: match id {
            "growth" => "Real part of the eigenvalues with the largest real parts at every steady state; unstable above zero.".into(),
            _ => "Imaginary part of the same eigenvalues, as a frequency.".into(),
        },
        x: parameter(d),
        y: Axis::new(what.to_lowercase(), unit),
        series,
        marks: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The step up to a fold of cycles is unstable, the one behind it stable, whatever branch it is.
    #[test]
    fn a_step_is_as_stable_as_its_less_stable_end() {
        assert_eq!(parts(&[1.0, 1.0, 0.0, 0.0, 0.0]), [(false, 0..3), (true, 2..5)]);
        assert_eq!(parts(&[0.0, 0.0, 0.0, 1.0]), [(true, 0..3), (false, 2..4)]);
        assert_eq!(parts(&[0.0]), []);
    }

    /// The stroke of every drawn piece is that of the eigenvalue counts of its points.
    #[test]
    fn pieces_are_cut_where_stability_changes() {
        // Stable, a fold (0 on both sides), unstable with 1, a Hopf point (1 on both), unstable with 3.
        let x = [0.0, 1.0, 2.0, 1.5, 1.0, 0.5, 0.2];
        let unstable = [0.0, 0.0, 0.0, 1.0, 1.0, 3.0, 3.0];
        let all = pieces(&x, &x, &unstable);
        let strokes: Vec<(bool, Vec<f64>)> = all.into_iter().map(|(stable, x, _)| (stable, x)).collect();
        assert_eq!(strokes, [(true, vec![0.0, 1.0, 2.0]), (false, vec![2.0, 1.5, 1.0, 0.5, 0.2])]);
    }
}
