//! Branches of cycles as part of a diagram.

use super::super::circuit_family::CircuitFamily;
use super::super::cycle::{CycleBranch, CycleEnd, CycleStart};
use super::super::diagram::{Diagram, SpecialPoint};
use super::describe::describe;
use super::find::find;
use super::problem::Problem;
use neurate_numerics::error::Result;
use neurate_numerics::progress::Progress;

/// Above so many states no cycles are looked for: one Newton step takes the factors of 40 matrices of four times that size.
pub(in crate::branch) const MOST_STATES: usize = 60;

/// Looks for limit cycles and adds them to a diagram of equilibria, where there is a method: with delays or too many states they
/// are not looked for. `unit` is a change of each state that is neither large nor
/// small.
///
/// # Errors
/// Somebody asks it to stop.
pub(in crate::branch) fn add_cycles(
    family: &CircuitFamily,
    unit: &[f64],
    diagram: &mut Diagram,
    progress: &Progress,
) -> Result<()> {
    if unit.len() > MOST_STATES || family.circuit(diagram.window.0)?.delays().is_some() {
        return Ok(());
    }
    let problem = Problem::new(family, unit.to_vec(), diagram.window);
    let found = find(&problem, family, &diagram.branches, &diagram.points, progress)?;
    let (branches, points) = describe(&problem, &found, diagram.points.len());
    diagram.complete.cycles = Some(found.search);
    diagram.cycles = branches;
    diagram.points.extend(points);
    sort(diagram);
    Ok(())
}

/// Brings special points into the order of the parameter.
fn sort(diagram: &mut Diagram) {
    let mut order: Vec<usize> = (0..diagram.points.len()).collect();
    order.sort_by(|&a, &b| diagram.points[a].p.total_cmp(&diagram.points[b].p));
    let mut rank = vec![0; order.len()];
    order.iter().enumerate().for_each(|(k, &i)| rank[i] = k);
    let mut points: Vec<Option<SpecialPoint>> = diagram.points.drain(..).map(Some).collect();
    diagram.points = order.iter().filter_map(|&i| points[i].take()).collect();
    for branch in &mut diagram.branches {
        branch.special.iter_mut().for_each(|s| s.1 = rank[s.1]);
    }
    diagram.cycles.iter_mut().for_each(|branch| renumber(branch, &rank));
    for k in diagram.complete.cycles.iter_mut().flat_map(|c| &mut c.hopf_without_cycle) {
        *k = rank[*k];
    }
}

fn renumber(branch: &mut CycleBranch, rank: &[usize]) {
    branch.special.iter_mut().for_each(|s| s.1 = rank[s.1]);
    if let CycleStart::Hopf(k) = &mut branch.start {
        *k = rank[*k];
    }
    for end in &mut branch.ends {
        match end {
            CycleEnd::Hopf(k) | CycleEnd::Snic { fold: k, .. } => *k = rank[*k],
            _ => {}
        }
    }
}
