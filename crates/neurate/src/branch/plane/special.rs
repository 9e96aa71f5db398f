//! Special points along a curve: where one of the numbers that come with its points is zero.

use super::super::scaled::{distance, norm};
use super::defining::{Defined, equations};
use super::diagram::PlaneKind;
use super::follow::between;
use super::forms::{at_cusp, at_double_zero};
use super::node::{Node, defined};
use super::scaled::Scaled;

/// A piece of a curve that is not divided any further, in scaled arclength.
const SHORTEST: f64 = 1e-9;
/// Steps of the search for a zero.
const MAX_STEPS: usize = 80;
/// What may be left of a number that is zero, of what it is at both ends of its piece.
const ZERO: f64 = 1e-6;

/// A special point, and the node behind which it lies.
#[derive(Clone, Debug)]
pub(super) struct Special {
    pub after: usize,
    pub node: Node,
    pub kind: PlaneKind,
    pub residual: f64,
}

/// All special points between the nodes of a curve.
pub(super) fn special(problem: &Scaled, nodes: &[Node]) -> Vec<Special> {
    let mut all: Vec<Special> = Vec::new();
    for (k, pair) in nodes.windows(2).enumerate() {
        let mut found = Vec::new();
        pieces(problem, &pair[0], &pair[1], &mut found);
        found.sort_by(|a: &(Node, PlaneKind, f64), b| {
            distance(&a.0.y, &pair[0].y).total_cmp(&distance(&b.0.y, &pair[0].y))
        });
        for (node, kind, residual) in found {
            let known =
                |s: &Special| s.kind.letters() == kind.letters() && distance(&s.node.y, &node.y) < 1e-7;
            if !all.iter().any(known) {
                all.push(Special { after: k, node, kind, residual });
            }
        }
    }
    all
}

type Founds = Vec<(Node, PlaneKind, f64)>;

fn differ(a: f64, b: f64) -> bool {
    (a > 0.0) != (b > 0.0) && !a.is_nan() && !b.is_nan()
}

fn pieces(problem: &Scaled, a: &Node, b: &Node, out: &mut Founds) {
    let time = problem.time;
    let change = a.unstable().abs_diff(b.unstable());
    let reals = a.growing_real().abs_diff(b.growing_real());
    let double = differ(a.double, b.double);
    let of_fold = defined(&a.frame) == Defined::Fold;
    // At a double zero one more eigenvalue crosses zero along folds.
    let expected = usize::from(double && of_fold);
    if change > 0 && change != expected && change + reals > 2 {
        // Several at once: looked at one after the other.
        if distance(&a.y, &b.y) > SHORTEST
            && let Some(m) = between(problem, a, b, 0.4873)
        {
            pieces(problem, a, &m, out);
            pieces(problem, &m, b, out);
        }
        return;
    }
    // The first Lyapunov coefficient has poles at zero eigenvalues: its zeros may lie on both sides.
    let mut cuts: Vec<Node> = Vec::new();
    if double && let Some((node, left)) = zero(problem, a, b, |n| n.double) {
        cuts.extend((!of_fold).then(|| node.clone()));
        out.extend(bogdanov_takens(problem, node, left));
    }
    if change == 1
        && !of_fold
        && let Some((node, left)) = zero(problem, a, b, |n| time * n.nearest_real())
    {
        cuts.push(node.clone());
        out.extend(zero_hopf(problem, node, left));
    }
    cuts.sort_by(|c, d| distance(&c.y, &a.y).total_cmp(&distance(&d.y, &a.y)));
    let ends: Vec<&Node> = [a].into_iter().chain(&cuts).chain([b]).collect();
    for stretch in ends.windows(2) {
        if let Some((node, left)) = zero_of_form(problem, stretch[0], stretch[1], &cuts) {
            out.extend(of_form(problem, node, left));
        }
    }
    if change == 2
        && reals == 0
        && let Some((node, left)) = zero(problem, a, b, |n| time * n.nearest_pair())
    {
        out.extend(second_pair(problem, node, left));
    }
}

/// Where a number is zero between two points: the point, and what is left of the number. By the Illinois method along the curve.
fn zero(problem: &Scaled, a: &Node, b: &Node, of: impl Fn(&Node) -> f64) -> Option<(Node, f64)> {
    let (mut a, mut b) = (a.clone(), b.clone());
    let (mut fa, mut fb) = (of(&a), of(&b));
    if !differ(fa, fb) {
        return None;
    }
    let first = fa.abs().max(fb.abs());
    let mut largest: f64 = 0.0;
    let mut best = if fa.abs() < fb.abs() { (a.clone(), fa.abs()) } else { (b.clone(), fb.abs()) };
    let mut last = 0i8;
    for k in 0..MAX_STEPS {
        let length = distance(&a.y, &b.y);
        if length < 1e-13 || best.1 == 0.0 {
            break;
        }
        let share = if k % 8 == 7 { 0.5 } else { (fa / (fa - fb)).clamp(1e-3, 1.0 - 1e-3) };
        let Some(m) = between(problem, &a, &b, share) else { break };
        let f = of(&m);
        if f.is_nan() {
            break;
        }
        largest = largest.max(f.abs());
        let moved = distance(&m.y, &best.0.y);
        if f.abs() < best.1 {
            best = (m.clone(), f.abs());
        }
        if differ(fa, f) {
            (b, fb) = (m, f);
            fa *= if last == 1 { 0.5 } else { 1.0 };
            last = 1;
        } else {
            (a, fa) = (m, f);
            fb *= if last == -1 { 0.5 } else { 1.0 };
            last = -1;
        }
        if moved < 1e-14 {
            break;
        }
    }
    // Next to a pole it grows.
    (largest <= 10.0 * first).then_some(best)
}

/// Where the normal form's coefficient is zero between two points, which may be poles of it.
fn zero_of_form(problem: &Scaled, a: &Node, b: &Node, poles: &[Node]) -> Option<(Node, f64)> {
    let is_pole = |n: &Node| n.form.is_nan() || poles.iter().any(|p| p.y == n.y);
    let from = if is_pole(a) { between(problem, a, b, 0.01)? } else { a.clone() };
    let to = if is_pole(b) { between(problem, a, b, 0.99)? } else { b.clone() };
    let found = zero(problem, &from, &to, |n| n.form)?;
    (found.1 < ZERO * (from.form.abs() + to.form.abs())).then_some(found)
}

/// What is left of the curve's equations at a point, and of the number that is zero there.
fn left_over(problem: &Scaled, node: &Node, left: f64) -> Option<f64> {
    let e = equations(problem, &node.y, &node.frame)?;
    Some(norm(&e.residual).max(left))
}

fn bogdanov_takens(problem: &Scaled, node: Node, left: f64) -> Option<(Node, PlaneKind, f64)> {
    let residual = left_over(problem, &node, left)?;
    let (a, b) = at_double_zero(problem, &node.y)?;
    (left < 1e-6).then_some((node, PlaneKind::BogdanovTakens { a, b }, residual))
}

/// The fold's coefficient or the first Lyapunov coefficient vanishes.
fn of_form(problem: &Scaled, node: Node, left: f64) -> Option<(Node, PlaneKind, f64)> {
    let residual = left_over(problem, &node, left)?;
    let kind = match defined(&node.frame) {
        Defined::Fold => PlaneKind::Cusp { c: at_cusp(problem, &node.y)? },
        Defined::Hopf => PlaneKind::GeneralizedHopf { omega: omega(problem, &node) },
    };
    Some((node, kind, residual))
}

/// Angular frequency of a Hopf point.
pub(super) fn omega(problem: &Scaled, node: &Node) -> f64 {
    node.double.max(0.0).sqrt() / problem.time
}

fn zero_hopf(problem: &Scaled, node: Node, left: f64) -> Option<(Node, PlaneKind, f64)> {
    let residual = left_over(problem, &node, left)?;
    let omega = omega(problem, &node);
    (left < 1e-7 && omega > 0.0).then_some((node, PlaneKind::ZeroHopf { omega }, residual))
}

/// Another pair is on the axis. Eigenvalues decide: those of an even characteristic polynomial may be a quadruple off both axes.
fn second_pair(problem: &Scaled, node: Node, left: f64) -> Option<(Node, PlaneKind, f64)> {
    let residual = left_over(problem, &node, left)?;
    let pair = node.others.iter().filter(|l| l.im > 0.0).min_by(|a, b| a.re.abs().total_cmp(&b.re.abs()))?;
    if left > 1e-7 {
        return None;
    }
    let other = pair.im;
    let kind = match defined(&node.frame) {
        Defined::Fold => PlaneKind::ZeroHopf { omega: other },
        Defined::Hopf => {
            let own = omega(problem, &node);
            PlaneKind::HopfHopf { omega: [own.max(other), own.min(other)] }
        }
    };
    Some((node, kind, residual))
}
