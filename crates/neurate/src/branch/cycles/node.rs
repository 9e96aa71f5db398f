//! Cycles as points of a branch: corrected, on a mesh that fits, with multipliers.

use super::correct::{Corrected, along_parameter, correct};
use super::loops::Loop;
use super::mesh::{crossings, judge, nodes_at, with_nodes};
use super::multipliers::{Multipliers, multipliers};
use super::problem::Problem;

/// Times that a mesh is changed for one cycle, and of these for its errors.
const CHANGES: usize = 8;
const FOR_ERRORS: usize = 3;

/// A cycle on a branch.
#[derive(Clone, Debug)]
pub(in crate::branch) struct Node {
    pub cycle: Loop,
    /// The direction of the branch, of length 1, on the same mesh.
    pub tangent: Loop,
    pub multipliers: Multipliers,
    /// Newton steps that the last correction took.
    pub iterations: usize,
}

/// Where along the branch a cycle is sought.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Plane {
    /// On the plane across the branch.
    Across,
    /// At the guess's value of the parameter.
    Parameter,
}

impl Node {
    /// How the parameter moves along the branch.
    pub fn rising(&self) -> f64 {
        self.tangent.place
    }
    /// Numbers by which cycles are compared, whatever their phase: place, logarithm of the period, extrema, mean.
    pub fn signature(&self) -> Vec<f64> {
        signature(&self.cycle)
    }
}

/// See [`Node::signature`].
pub(super) fn signature(cycle: &Loop) -> Vec<f64> {
    let (max, min) = cycle.extrema();
    [vec![cycle.place, cycle.log_period], max, min, cycle.mean()].concat()
}

/// The cycle next to a guess. `normal` is the direction across which it is sought; the tangent comes out turned as it is.
pub(in crate::branch) fn node(
    problem: &Problem,
    guess: &Loop,
    normal: &Loop,
    reference: &Loop,
) -> Option<Node> {
    settle(problem, correct(problem, guess, normal, reference)?, Plane::Across)
}

/// The cycle at the guess's value of the parameter.
pub(in crate::branch) fn node_at_place(problem: &Problem, guess: &Loop, like: &Loop) -> Option<Node> {
    let mut node =
        settle(problem, correct(problem, guess, &along_parameter(guess), guess)?, Plane::Parameter)?;
    node.cycle.place = guess.place;
    if node.tangent.product(&like.on(&node.tangent.mesh)) < 0.0 {
        node.tangent = node.tangent.scaled(-1.0);
    }
    Some(node)
}

/// Changes the mesh until its errors are even and small, and crossings of kinks are nodes.
fn settle(problem: &Problem, first: Corrected, plane: Plane) -> Option<Node> {
    let mut c = first;
    for change in 0..CHANGES {
        let crossings = crossings(problem, &c.cycle);
        let kinks = nodes_at(&c.cycle, &crossings);
        let quality = judge(&c.cycle, kinks.as_deref().unwrap_or(&[]));
        let poor = change < FOR_ERRORS && quality.is_poor(&c.cycle);
        if kinks.is_some() && !poor {
            break;
        }
        // Where kinks are no nodes yet, errors there are not those of the mesh.
        let mesh = if poor && (kinks.is_some() || change > 0) {
            quality.mesh(&c.cycle)
        } else {
            c.cycle.mesh.clone()
        };
        let mesh = with_nodes(&mesh, &crossings);
        let (guess, tangent) = (c.cycle.on(&mesh), c.tangent.on(&mesh));
        let normal = if plane == Plane::Across { tangent } else { along_parameter(&guess) };
        c = correct(problem, &guess, &normal, &guess)?;
    }
    let multipliers = multipliers(&c.maps)?;
    Some(Node { cycle: c.cycle, tangent: c.tangent, multipliers, iterations: c.iterations })
}
