//! The fixed points of circuits of one or two populations of units that are alike, by enclosure.

use super::found::{Coverage, Reason, Search};
use super::newton::{self, Newton};
use super::planar::{Enclosed, Found, pair, single};
use super::point::{FixedPoint, classify, classify_unclear};
use super::remarks;
use super::unit::Unit;
use crate::dynamics::CircuitDynamics;
use crate::model::{Circuit, Form};
use neurate_numerics::error::Result;
use neurate_numerics::interval::Root;

/// A circuit whose units are all alike within each of up to two populations: their equations.
fn reduce(circuit: &Circuit) -> Option<(Vec<Unit<'_>>, [f64; 2])> {
    let populations = circuit.populations();
    let count = populations.len();
    // Delays do not move fixed points; settled slow states do.
    if count > 2 || !circuit.sums_rates() {
        return None;
    }
    let mut totals = [[0.0; 2]; 2];
    let weights = circuit.weights();
    let alike = |v: &[f64]| v.iter().all(|x| *x == v[0]);
    if circuit.n() == count {
        weights.for_each(|to, from, w| totals[to][from] += w);
    } else {
        let crate::model::Weights::Blocks(blocks) = weights else { return None };
        for (to, row) in totals.iter_mut().enumerate().take(count) {
            for (from, total) in row.iter_mut().enumerate().take(count) {
                *total = blocks.weights()[(to, from)] * populations[from].size as f64;
            }
        }
    }
    let unit = |p: usize| {
        let population = &populations[p];
        let h = &circuit.h()[circuit.range(p)];
        let fits = alike(h) && population.transfer.rises();
        fits.then(|| Unit::new(&population.transfer, population.sigma, totals[p][p], h[0]))
    };
    let units = (0..count).map(unit).collect::<Option<Vec<_>>>()?;
    Some((units, [totals[0][1], totals[1][0]]))
}

/// All fixed points of a circuit of one or two populations of units that are alike; None for any other, and where
/// they cannot be enclosed.
pub(super) fn enumerate(circuit: &Circuit, dynamics: &CircuitDynamics) -> Result<Option<Search>> {
    let Some((units, cross)) = reduce(circuit) else { return Ok(None) };
    let enclosed = match units[..] {
        [unit] => single(unit),
        [first, second] => pair([first, second], cross),
        _ => None,
    };
    let Some(enclosed) = enclosed else { return Ok(None) };
    let mut points: Vec<FixedPoint> = Vec::with_capacity(enclosed.found.len());
    let mut newton = Newton::new(dynamics);
    for found in &enclosed.found {
        let state = state(circuit, &units, found.input, Some(found.rates));
        let residual = newton::residual(dynamics, &state);
        // The reduction must be the circuit's own equation; where a law is steep, rounding of its input is large.
        let steepest = (0..units.len()).map(|p| units[p].at(found.input[p]).1).filter(|g| g.is_finite());
        if residual > 1e-4 * steepest.fold(1.0, f64::max) {
            return Ok(None);
        }
        if !found.simple() {
            let ends = found.within.map(|input| self::state(circuit, &units, input, None));
            points.push(classify_unclear(circuit, state, ends, found.root == Root::Odd)?);
            continue;
        }
        // Newton's method gives the last digits, and stays in the interval in which this point is alone.
        let stays = |x: &[f64]| found.holds(dynamics.input(x)[circuit.range(found.followed).start]);
        let (state, error) = match newton.solve(&state, &[]).filter(|s| stays(&s.state)) {
            Some(s) => (s.state, s.step),
            None => (state, residual.max(f64::EPSILON)),
        };
        points.push(classify(circuit, state, error)?);
    }
    let remarks = points
        .iter()
        .filter_map(|p| remarks::unclear(circuit, p))
        .chain(left_out(circuit, &enclosed))
        .collect();
    Ok(Some(Search { coverage: coverage(&enclosed), points, remarks, runaway: None }))
}

/// The state of all units where both populations have these inputs.
fn state(circuit: &Circuit, units: &[Unit<'_>], input: [f64; 2], rates: Option<[f64; 2]>) -> Vec<f64> {
    let value = |p: usize| match (circuit.form(), rates) {
        (Form::Rate, Some(rates)) => rates[p],
        (Form::Rate, None) => units[p].rate(input[p]),
        _ => input[p],
    };
    (0..circuit.n()).map(|i| value(circuit.population_of(i))).collect()
}

fn coverage(enclosed: &Enclosed) -> Coverage {
    let how = "every zero of one function of one variable is enclosed, by bounds over intervals";
    if enclosed.left.is_some() {
        Coverage::AllBut(format!("{how}, but where {} intervals left it open", enclosed.looked))
    } else if !enclosed.found.iter().all(Found::simple) {
        Coverage::AllBut(format!("{how}, but where rounding hides how many there are"))
    } else {
        Coverage::All(Reason::proved(how))
    }
}

/// What was given up, if anything was.
fn left_out(circuit: &Circuit, enclosed: &Enclosed) -> Option<String> {
    let (p, left) = enclosed.left?;
    let (name, unit) = (circuit.populations()[p].shown(), &circuit.units().input);
    Some(format!(
        "the search stopped after {} intervals: for inputs to {name} between {:.6} and {:.6} {unit} fixed points may \
         be missing",
        enclosed.looked, left.lo, left.hi
    ))
}
