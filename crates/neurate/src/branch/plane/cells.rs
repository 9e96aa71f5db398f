//! Sets of cells of a regime map: crumbs, depths, cells that lie far apart or beside a curve.

use super::diagram::{CurveKind, PlaneDiagram};
use super::links::Links;

/// A region of fewer cells than this share of all is a crumb if there is a larger one that is alike.
const CRUMB: f64 = 1e-3;
/// At how many points of a region beside the inner one there are runs.
const ELSEWHERE: usize = 4;

/// Joins crumbs to the next larger region of their class, and numbers regions anew: how many are left.
pub(super) fn without_crumbs(
    links: &Links,
    classes: &[impl PartialEq],
    region: &mut [usize],
    count: usize,
) -> usize {
    let mut cells: Vec<Vec<usize>> = vec![Vec::new(); count];
    region.iter().enumerate().for_each(|(cell, &k)| cells[k].push(cell));
    let least = CRUMB * region.len() as f64;
    let is_crumb = |k: usize| (cells[k].len() as f64) < least;
    let mut joined: Vec<usize> = (0..count).collect();
    for k in (0..count).filter(|&k| is_crumb(k)) {
        let at = links.cell(cells[k][0]);
        let away = |cell: &usize| {
            let other = links.cell(*cell);
            at[0].abs_diff(other[0]) + at[1].abs_diff(other[1])
        };
        let alike = |o: &usize| !is_crumb(*o) && classes[cells[*o][0]] == classes[cells[k][0]];
        let nearest = (0..count).filter(alike).min_by_key(|o| cells[*o].iter().map(away).min());
        joined[k] = nearest.unwrap_or(k);
    }
    let mut kept: Vec<usize> = joined.clone();
    kept.sort_unstable();
    kept.dedup();
    region.iter_mut().for_each(|k| *k = kept.partition_point(|o| *o < joined[*k]));
    kept.len()
}

/// Cells next to the parts of Hopf curves at which a stable steady state meets an unstable cycle.
pub(super) fn beside_subcritical(links: &Links, diagram: &PlaneDiagram) -> Vec<usize> {
    let mut all = Vec::new();
    for curve in diagram.curves_of(CurveKind::Hopf) {
        for k in (0..curve.p.len()).filter(|&k| curve.l1[k] > 0.0 && curve.unstable[k] == 0) {
            let cell = links.cell_around(curve.p[k]);
            all.push(cell);
            all.extend(links.beside(cell).map(|b| b.0));
        }
    }
    all
}

/// How many cells lie between each cell and the next region or edge.
pub(super) fn depths(links: &Links, region: &[usize]) -> Vec<usize> {
    let inside = |c: usize| links.beside(c).filter(|b| region[b.0] == region[c]).count() == 4;
    let mut depth = vec![usize::MAX; region.len()];
    let mut ring: Vec<usize> = (0..region.len()).filter(|c| !inside(*c)).collect();
    let mut level = 0;
    while !ring.is_empty() {
        ring.iter().for_each(|c| depth[*c] = level);
        level += 1;
        let mut next: Vec<usize> = ring
            .iter()
            .flat_map(|c| links.beside(*c).map(|b| b.0).collect::<Vec<_>>())
            .filter(|c| depth[*c] == usize::MAX)
            .collect();
        next.sort_unstable();
        next.dedup();
        ring = next;
    }
    depth
}

/// Some cells of a region that are far from each other and from a first one, and not next to its limits if it is wide enough.
pub(super) fn far_apart(links: &Links, members: &[usize], depth: &[usize], first: usize) -> Vec<usize> {
    let inside: Vec<usize> =
        members.iter().copied().filter(|c| depth[*c] > 0 && 4 * depth[*c] > depth[first]).collect();
    let mut chosen = vec![first];
    for _ in 0..ELSEWHERE {
        let away = |cell: &usize| {
            let at = links.cell(*cell);
            let to = |other: &usize| {
                let other = links.cell(*other);
                at[0].abs_diff(other[0]).pow(2) + at[1].abs_diff(other[1]).pow(2)
            };
            chosen.iter().map(to).min().unwrap_or(0)
        };
        match inside.iter().copied().max_by_key(|c| (away(c), std::cmp::Reverse(*c))) {
            Some(next) if away(&next) > 4 => chosen.push(next),
            _ => break,
        }
    }
    chosen.split_off(1)
}
