//! The search: pieces or bounds where they settle it; else the circuit is taken apart, and what bounds do not settle is
//! sampled.

use super::blocks::{Context, Joined, solve};
use super::equations::Equations;
use super::found::{Coverage, Reason, Search};
use super::newton::{self, Newton};
use super::options::SearchOptions;
use super::point::{FixedPoint, classify, classify_unclear};
use super::reduce::{Reduced, reduce};
use super::sample::{MAX_POINTS, Sample, Task, chao, default_starts, sample};
use super::settle::{Settled, near, settle};
use super::stability::Stability;
use super::starts::{Starts, all_bounded, voltages};
use super::symmetry::Symmetries;
use super::{enclosed, fold, pieces, remarks};
use crate::dynamics::CircuitDynamics;
use crate::model::{Circuit, Form};
use neurate_numerics::error::Result;
use neurate_numerics::progress::Progress;

/// Finds the fixed points of a circuit under its constant input.
///
/// Finding none is a result, not an error.
///
/// # Errors
/// The circuit is too large for a dense Jacobian; more random starts are asked for than there can be.
pub fn fixed_points(circuit: &Circuit, options: &SearchOptions) -> Result<Search> {
    fixed_points_watched(circuit, options, &Progress::default())
}

/// [`fixed_points`], telling how far the search is.
///
/// # Errors
/// As [`fixed_points`].
pub fn fixed_points_watched(
    circuit: &Circuit,
    options: &SearchOptions,
    progress: &Progress,
) -> Result<Search> {
    // Fixed points are those of the units with slow states settled; the run from rest has both.
    let dynamics = CircuitDynamics::settled(circuit);
    circuit.require_dense()?;
    options.check()?;
    let exact = match pieces::enumerate(circuit)? {
        Some(search) => Some(search),
        None => enclosed::enumerate(circuit, &dynamics)?,
    };
    let settled = settle(circuit, exact.as_ref().map_or(&[], |search| &search.points))?;
    let mut search = match exact {
        Some(search) => search,
        None => match reduce(circuit) {
            Some(reduced) => in_parts(circuit, &dynamics, &reduced, &settled, options, progress)?,
            None => whole(circuit, &dynamics, &settled, options, progress)?,
        },
    };
    search.remarks.extend(settled.remark.clone());
    search.runaway = settled.runaway;
    if let Some(end) = &settled.end {
        if let Some(p) = search.points.iter_mut().find(|p| p.stable() && near(p, end)) {
            p.reached_from_rest = true;
            search.remarks.retain(|r| settled.remark.as_ref() != Some(r));
        } else if let Some(p) =
            search.points.iter().find(|p| matches!(p.stability, Stability::Unstable(_)) && near(p, end))
        {
            search.remarks.push(if p.at_infinite_gain().is_empty() {
                "a run from rest ends at an unstable fixed point: the growing mode is absent from its start, as in a symmetric circuit, or grows too slowly to be seen".into()
            } else {
                "a run from rest stays at rest, an unstable fixed point: no input moves the circuit away from it".into()
            });
        }
    }
    sort(&mut search.points);
    search.remarks.extend(search.points.iter().filter_map(|p| remarks::infinite_gain(circuit, p)));
    Ok(search)
}

/// The stable fixed point that a run from rest reaches, without a search for others: the operating point of a run. None if
/// that run settles at no stable point; there may be others.
///
/// # Errors
/// The circuit is too large for a dense Jacobian; its eigenvalues did not converge.
pub fn operating_point(circuit: &Circuit, progress: &Progress) -> Result<Option<FixedPoint>> {
    circuit.require_dense()?;
    progress.at(0, 2)?;
    let Some(end) = settle(circuit, &[])?.end else { return Ok(None) };
    progress.at(1, 2)?;
    let Some(solution) = newton::solve(&CircuitDynamics::settled(circuit), &end) else {
        return Ok(None);
    };
    let mut point = classify(circuit, solution.state, solution.step)?;
    point.reached_from_rest = point.stable() && near(&point, &end);
    Ok(Some(point).filter(|p| p.reached_from_rest))
}

/// By rising total rate. Equal totals, as of winners that take all, differ by rounding only, which
/// depends on the way to the point: among them the one with the higher first rate comes first.
fn sort(points: &mut [FixedPoint]) {
    let total = |p: &FixedPoint| p.rates.iter().sum::<f64>();
    points.sort_by(|a, b| total(a).total_cmp(&total(b)));
    let size = |p: &FixedPoint| 1.0 + p.rates.iter().map(|r| r.abs()).sum::<f64>();
    for group in points.chunk_by_mut(|a, b| total(b) - total(a) <= 1e-9 * size(a)) {
        let largest = group.iter().flat_map(|p| &p.rates).fold(0.0, |m: f64, r| m.max(r.abs()));
        // On a grid: whether two are within a tolerance is no order of three.
        let cell = |r: &f64| (r / (1e-6 * (1.0 + largest))).round();
        group.sort_by(|a, b| {
            let pairs = a.rates.iter().map(cell).zip(b.rates.iter().map(cell));
            pairs.map(|(x, y)| y.total_cmp(&x)).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
    }
}

/// Cubes of the size at all points that are listed: some seconds.
const MAX_CLASSIFIED: f64 = 2e9;

/// A circuit that is reduced to its different units, component by component.
fn in_parts(
    circuit: &Circuit,
    dynamics: &CircuitDynamics,
    reduced: &Reduced,
    settled: &Settled,
    options: &SearchOptions,
    progress: &Progress,
) -> Result<Search> {
    let of_groups = |x: &[f64]| -> Vec<f64> {
        let rates = dynamics.rates(x);
        reduced.first.iter().map(|&i| rates[i]).collect()
    };
    let mut first: Vec<Vec<f64>> = settled.end.iter().map(|end| of_groups(end)).collect();
    first.push(vec![0.0; reduced.first.len()]);
    // The eigenvalues at each point cost as the cube of the size.
    let most = (MAX_CLASSIFIED / (circuit.n() as f64).powi(3)).clamp(64.0, MAX_POINTS as f64) as usize;
    let context = Context { options, first, ceiling: circuit.run().ceiling, most, progress };
    let joined = solve(reduced, &context)?;
    let mut newton = Newton::new(dynamics);
    let mut points: Vec<FixedPoint> = Vec::with_capacity(joined.points.len());
    let mut lost = 0;
    let state_at = |rates: &[f64]| -> Vec<f64> {
        let rates: Vec<f64> = reduced.group.iter().map(|&g| rates[g]).collect();
        if circuit.form() == Form::Rate { rates } else { voltages(dynamics, &rates) }
    };
    for joint in &joined.points {
        let state = state_at(&joint.rates);
        if let Some(place) = &joint.unclear {
            let ends = [state_at(&place.ends[0]), state_at(&place.ends[1])];
            points.push(classify_unclear(circuit, state, ends, place.odd)?);
            continue;
        }
        let close = |x: &[f64]| x.iter().zip(&state).all(|(a, b)| (a - b).abs() <= 1e-6 * (1.0 + b.abs()));
        // Newton's method gives the last digits; the point stays the one that it is.
        match newton.solve(&state, &[]).filter(|s| close(&s.state)) {
            Some(s) => points.push(classify(circuit, s.state, s.step)?),
            None => {
                let residual = newton::residual(dynamics, &state);
                if residual < 1e-6 {
                    points.push(classify(circuit, state, residual.max(f64::EPSILON))?);
                } else {
                    lost += 1;
                }
            }
        }
    }
    if !joined.samples.is_empty() {
        points.iter_mut().try_for_each(|p| fold::examine(circuit, p))?;
    }
    let (coverage, remarks) = covered(circuit, &joined, &points, lost);
    Ok(Search { points, coverage, remarks, runaway: None })
}

/// What is known of the points of a circuit that was taken apart.
fn covered(
    circuit: &Circuit,
    joined: &Joined,
    points: &[FixedPoint],
    lost: usize,
) -> (Coverage, Vec<String>) {
    let mut remarks: Vec<String> = points.iter().filter_map(|p| remarks::unclear(circuit, p)).collect();
    if joined.cut {
        remarks.push(format!(
            "there are more than the {} fixed points that are listed: one for every combination of states of \
             populations that do not act on each other; above 64 to 4,096 points, by size, the list is cut",
            points.len()
        ));
    }
    if joined.undecided {
        remarks.push(
            "in a part of the circuit rounding hides how many fixed points there are, two, one or none: those are not \
             listed"
                .into(),
        );
    }
    if lost > 0 {
        remarks.push(format!("{lost} fixed points were not polished and are not listed"));
    }
    let coverage = if !joined.samples.is_empty() {
        sampled(&joined.samples, points, joined.boxes)
    } else {
        let how = match joined.components {
            _ if joined.boxes > 0 => format!(
                "bounds exclude all others (interval arithmetic with Krawczyk's test; {} boxes)",
                joined.boxes
            ),
            1 => "populations of identical units count as one, and every zero of one function of one variable is \
                  enclosed, by bounds over intervals"
                .to_string(),
            n => format!(
                "the circuit splits into {n} parts of one or two populations, and all fixed points of each are \
                 enclosed, by bounds over intervals, for every state of those that act on it"
            ),
        };
        if remarks.is_empty() { Coverage::All(Reason::proved(how)) } else { Coverage::AllBut(how) }
    };
    (coverage, remarks)
}

/// What samples have covered.
fn sampled(samples: &[Sample], points: &[FixedPoint], boxes: usize) -> Coverage {
    let hits = || samples.iter().flat_map(|s| &s.hits).copied();
    let sums: Option<Vec<i64>> = samples.iter().map(|s| s.index_sum).collect();
    let decided = points.iter().all(|p| p.index() != 0);
    let sums = sums.filter(|_| decided);
    Coverage::Sampled {
        starts: samples.iter().map(|s| s.starts).sum(),
        failures: samples.iter().map(|s| s.failures).sum(),
        rarest: hits().min().unwrap_or(0),
        seldom: hits().filter(|h| *h <= 1).count(),
        missing: samples.iter().map(|s| chao(&s.hits)).sum(),
        // One part without its points is enough.
        index_sum: sums.map(|sums| sums.into_iter().find(|sum| *sum != 1).unwrap_or(1)),
        boxes,
    }
}

/// A circuit as it stands: large, of conductances, with slow states.
fn whole(
    circuit: &Circuit,
    dynamics: &CircuitDynamics,
    settled: &Settled,
    options: &SearchOptions,
    progress: &Progress,
) -> Result<Search> {
    let n = circuit.n();
    let rest = dynamics.rest();
    let task = Task {
        first: settled.end.iter().cloned().chain([rest]).collect(),
        symmetries: Symmetries::default(),
        starts: options.starts.unwrap_or_else(|| default_starts(n)),
        bounded: all_bounded(circuit),
        ceiling: circuit.run().ceiling,
        progress,
    };
    let found = sample(Equations::through(dynamics), Starts::of_circuit(dynamics, options.seed), &task)?;
    let classified = found.points.iter().map(|s| classify(circuit, s.state.clone(), s.step));
    let mut points = classified.collect::<Result<Vec<_>>>()?;
    points.iter_mut().try_for_each(|p| fold::examine(circuit, p))?;
    let coverage = sampled(&[found], &points, 0);
    let remarks = points.iter().filter_map(|p| remarks::unclear(circuit, p)).collect();
    Ok(Search { points, coverage, remarks, runaway: None })
}
