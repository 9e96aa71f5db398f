//! The regime map: how many steady states there are over the plane, how many are stable, and what runs do.

use super::super::diagram::Completeness;
use super::cells::{beside_subcritical, depths, far_apart, without_crumbs};
use super::circuit_plane::CircuitPlane;
use super::diagram::PlaneDiagram;
use super::family::PlaneFamily;
use super::links::{Links, areas};
use super::region_runs::{RegionRuns, region_runs};
use crate::dynamics::CircuitDynamics;
use crate::fixed_points::{Coverage, Multiplicity, SearchOptions, fixed_points};
use neurate_numerics::error::Result;
use neurate_numerics::progress::Progress;
use std::collections::BTreeMap;

/// Cells along each parameter.
pub const CELLS: usize = 100;
/// At so many places along each parameter equilibria are searched, whatever the curves say.
const COARSE: usize = 12;
/// Runs at the inner point of a region, and at other points of it.
const RUNS: usize = 16;
const FEWER_RUNS: usize = 6;

/// What a region is, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionKind {
    /// One stable steady state, and no run that keeps moving.
    OneState,
    /// Several stable steady states, and no run that keeps moving: the initial state decides.
    SeveralStates,
    /// No stable steady state, and runs that keep moving within bounds.
    Oscillates,
    /// Stable steady states, and runs that keep moving: the initial state decides.
    OscillatesOrRests,
    /// No stable steady state, and runs that leave every bound.
    RunsAway,
    /// Stable steady states, and runs that leave every bound: the initial state decides.
    RestsOrRunsAway,
    /// No stable steady state, and runs do not say what happens.
    Unclear,
}

/// A region: a connected area in which as many steady states exist and are stable. Crumbs of a strip that is narrower than a cell
/// belong to the next region that is alike.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Region {
    /// How many steady states there are.
    pub steady: usize,
    /// How many of them are stable.
    pub stable: usize,
    /// What happens at the inner point; see `elsewhere`.
    pub kind: RegionKind,
    /// An inner point: that of the cell that is farthest from other regions.
    pub inner: [f64; 2],
    /// How many cells it has, and the share of the plane.
    pub cells: usize,
    /// What runs at the inner point came to.
    pub runs: RegionRuns,
    /// The same at some other points of the region that lie far apart, with fewer runs: what happens may differ, since folds of cycles
    /// and the like bound no region here.
    pub elsewhere: Vec<([f64; 2], RegionKind)>,
    /// Whether a limit of the region is not one of the curves: something else happens there, or a curve is missing.
    pub beyond_curves: bool,
    /// Whether a stable steady state of the region loses its stability on a part of its limits at which an unstable cycle shrinks
    /// to it (`l1 > 0`): next to that part, cycles exist beside the steady state, whatever runs at the inner point do.
    pub beside_subcritical: bool,
}

/// Regions over two parameters.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RegimeMap {
    /// The values between which each parameter was looked at.
    pub windows: [(f64, f64); 2],
    /// Cells along each parameter.
    pub size: [usize; 2],
    /// The region of each cell; cells along the first parameter lie next to each other.
    pub region: Vec<usize>,
    /// The regions, the largest first.
    pub regions: Vec<Region>,
    /// At how many cells equilibria were searched; elsewhere no curve separates a cell from one of these.
    pub searched: usize,
    /// How complete the searches were: [`Completeness::Proved`] where every one was exhaustive.
    pub complete: Completeness,
    pub(super) links: Links,
}

impl RegimeMap {
    /// The region at values of the parameters: None next to several curves, and outside of the windows.
    pub fn regime_at(&self, p: f64, q: f64) -> Option<&Region> {
        let inside = [p, q].iter().zip(self.windows).all(|(v, (from, to))| (from..=to).contains(v));
        let cell = self.links.cell_of([p, q]).filter(|_| inside)?;
        self.regions.get(self.region[cell])
    }
    /// The share of the plane that a region has.
    pub fn share(&self, region: &Region) -> f64 {
        region.cells as f64 / self.region.len() as f64
    }
}

/// What a search at the center of a cell found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Class {
    steady: usize,
    stable: usize,
}

/// Equilibria at one point of the plane.
struct Found {
    class: Class,
    exhaustive: bool,
    stable: Vec<Vec<f64>>,
    unstable: Vec<Vec<f64>>,
}

/// Searches, and what they found.
struct Searcher<'a, 'b> {
    plane: &'a CircuitPlane<'b>,
    options: &'a SearchOptions,
    known: BTreeMap<usize, Option<Class>>,
    exhaustive: bool,
    /// The box in which all states lie that were found.
    space: Vec<(f64, f64)>,
}

impl Searcher<'_, '_> {
    /// All equilibria at a point; None where one is double or marginal.
    fn at(&mut self, p: [f64; 2]) -> Result<Option<Found>> {
        let circuit = self.plane.circuit(p)?;
        let found = fixed_points(&circuit, self.options)?;
        let dynamics = CircuitDynamics::at_rest(&circuit);
        let clear = found.points.iter().all(|q| {
            q.multiplicity == Multiplicity::One && q.eigenvalues.iter().all(|l| l.re.abs() > q.rounding)
        });
        let (stable, unstable): (Vec<_>, Vec<_>) = found.points.iter().partition(|q| q.stable());
        let states = |all: &[&crate::fixed_points::FixedPoint]| {
            all.iter().map(|q| dynamics.complete(&q.state)).collect::<Vec<_>>()
        };
        let (stable, unstable) = (states(&stable), states(&unstable));
        for x in stable.iter().chain(&unstable) {
            self.space.iter_mut().zip(x).for_each(|(s, x)| *s = (s.0.min(*x), s.1.max(*x)));
        }
        let class = Class { steady: found.points.len(), stable: stable.len() };
        let exhaustive = matches!(found.coverage, Coverage::All(_));
        Ok(clear.then_some(Found { class, exhaustive, stable, unstable }))
    }
    /// The class of a cell, by its center.
    fn class(&mut self, links: &Links, cell: usize) -> Result<Option<Class>> {
        if let Some(known) = self.known.get(&cell) {
            return Ok(*known);
        }
        let found = self.at(links.center(cell))?;
        self.exhaustive &= found.as_ref().is_none_or(|f| f.exhaustive);
        let class = found.map(|f| f.class);
        self.known.insert(cell, class);
        Ok(class)
    }
}

/// The regions of a plane whose curves are known, on a grid of so many cells along each parameter ([`CELLS`] as a rule).
///
/// Curves cut the grid into areas; in each, equilibria are searched at cells that lie apart. Where searches within one area
/// differ, every cell of it is searched.
///
/// # Errors
/// A search fails; somebody asks it to stop.
pub fn regime_map(
    plane: &CircuitPlane,
    diagram: &PlaneDiagram,
    size: [usize; 2],
    options: &SearchOptions,
    progress: &Progress,
) -> Result<RegimeMap> {
    let size = size.map(|s| s.clamp(2, 1000));
    let links = Links::new(plane.windows(), size, diagram.curves.iter().map(|c| &c.p[..]));
    let space = vec![(f64::INFINITY, f64::NEG_INFINITY); plane.dim()];
    let mut searcher = Searcher { plane, options, known: BTreeMap::new(), exhaustive: true, space };
    let (classes, differed) = classes(&links, size, &mut searcher, &progress.part(0.0, 0.7))?;
    // Neighbors of one class are one region, whatever curve lies between them.
    let cells = size[0] * size[1];
    let same =
        |from: usize| links.beside(from).map(|b| b.0).filter(|to| classes[*to] == classes[from]).collect();
    let (mut region, count) = areas(cells, same);
    let count = without_crumbs(&links, &classes, &mut region, count);
    let depth = depths(&links, &region);
    let mut regions = Vec::with_capacity(count);
    for k in 0..count {
        progress.part(0.7, 1.0).at(k, count)?;
        let members: Vec<usize> = (0..cells).filter(|c| region[*c] == k).collect();
        let deepest = members.iter().copied().max_by_key(|c| (depth[*c], std::cmp::Reverse(*c))).unwrap_or(0);
        let beyond = |c: &usize| links.beside(*c).any(|(to, cut)| region[to] != k && !cut && differed);
        let mut region = described(
            &mut searcher,
            &links,
            (deepest, &far_apart(&links, &members, &depth, deepest)),
            members.len(),
        )?;
        region.beyond_curves = members.iter().any(beyond);
        regions.push(region);
    }
    for cell in beside_subcritical(&links, diagram) {
        let region = &mut regions[region[cell]];
        region.beside_subcritical |= region.stable > 0;
    }
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&k| (std::cmp::Reverse(regions[k].cells), k));
    let mut rank = vec![0; count];
    order.iter().enumerate().for_each(|(place, &k)| rank[k] = place);
    let mut sorted: Vec<Option<Region>> = regions.into_iter().map(Some).collect();
    Ok(RegimeMap {
        windows: plane.windows(),
        size,
        region: region.iter().map(|k| rank[*k]).collect(),
        regions: order.iter().filter_map(|&k| sorted[k].take()).collect(),
        searched: searcher.known.len(),
        complete: if searcher.exhaustive { Completeness::Proved } else { Completeness::Sampled },
        links,
    })
}

/// The class of every cell. With them whether searches within one area differed.
fn classes(
    links: &Links,
    size: [usize; 2],
    searcher: &mut Searcher,
    progress: &Progress,
) -> Result<(Vec<Option<Class>>, bool)> {
    let (area, count) = links.components();
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); count];
    area.iter().enumerate().for_each(|(cell, &a)| members[a].push(cell));
    let mut all: Vec<Option<Class>> = vec![None; area.len()];
    let mut differed = false;
    for (k, members) in members.iter().enumerate() {
        progress.at(k, count)?;
        let coarse = |c: &&usize| {
            let (cell, every) = (links.cell(**c), size.map(|s| (s / COARSE).max(1)));
            (0..2).all(|k| cell[k] % every[k] == every[k] / 2)
        };
        let mut looks: Vec<usize> = members.iter().filter(coarse).copied().collect();
        // Small areas lie between the coarse cells.
        looks.extend([1, 3, 5, 7].map(|part| members[members.len() * part / 8]));
        let mut found = Vec::new();
        for cell in looks {
            found.extend(searcher.class(links, cell)?);
        }
        found.sort_unstable();
        found.dedup();
        if let [one] = found[..] {
            members.iter().for_each(|c| all[*c] = Some(one));
            continue;
        }
        differed = true;
        for &cell in members {
            all[cell] = searcher.class(links, cell)?;
        }
    }
    fill(links, &mut all, size);
    Ok((all, differed))
}

/// Gives cells on which searches did not decide the class of a neighbor.
fn fill(links: &Links, all: &mut [Option<Class>], size: [usize; 2]) {
    for _ in 0..size[0] + size[1] {
        let open: Vec<usize> = (0..all.len()).filter(|c| all[*c].is_none()).collect();
        if open.is_empty() {
            return;
        }
        for cell in open {
            let own = links.beside(cell).filter(|b| !b.1).find_map(|b| all[b.0]);
            all[cell] = own.or_else(|| links.beside(cell).find_map(|b| all[b.0]));
        }
    }
}

/// A region, by its deepest cell, and by others.
fn described(
    searcher: &mut Searcher,
    links: &Links,
    (deepest, others): (usize, &[usize]),
    cells: usize,
) -> Result<Region> {
    let inner = links.center(deepest);
    let circuit = searcher.plane.circuit(inner)?;
    let mut region = Region {
        steady: 0,
        stable: 0,
        kind: RegionKind::Unclear,
        inner,
        cells,
        runs: RegionRuns::default(),
        elsewhere: Vec::new(),
        beyond_curves: false,
        beside_subcritical: false,
    };
    let Some(found) = searcher.at(inner)? else { return Ok(region) };
    let space = wider(&searcher.space);
    let unit: Vec<f64> = space.iter().map(|(low, high)| high - low).collect();
    region.runs = region_runs(&circuit, RUNS, (&unit, &space), (&found.stable, &found.unstable));
    (region.steady, region.stable) = (found.class.steady, found.class.stable);
    region.kind = kind(region.stable, &region.runs);
    for &cell in others {
        let at = links.center(cell);
        let Some(found) = searcher.at(at)?.filter(|f| f.class.stable == region.stable) else { continue };
        let circuit = searcher.plane.circuit(at)?;
        let runs = region_runs(&circuit, FEWER_RUNS, (&unit, &space), (&found.stable, &found.unstable));
        region.elsewhere.push((at, kind(region.stable, &runs)));
    }
    Ok(region)
}

/// The box of all states, a fifth wider on both sides.
fn wider(space: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let largest = space.iter().fold(0.0, |m: f64, (low, high)| m.max(high - low));
    let floor = if largest > 0.0 { 1e-6 * largest } else { 1.0 };
    let wide = |(low, high): &(f64, f64)| {
        let size = (high - low).max(floor);
        if size.is_finite() { (low - 0.2 * size, high + 0.2 * size) } else { (-1.0, 1.0) }
    };
    space.iter().map(wide).collect()
}

fn kind(stable: usize, runs: &RegionRuns) -> RegionKind {
    match (stable, runs.moved > 0, runs.left > 0) {
        (0, true, _) => RegionKind::Oscillates,
        (0, false, true) => RegionKind::RunsAway,
        (0, false, false) => RegionKind::Unclear,
        (_, true, _) => RegionKind::OscillatesOrRests,
        (_, false, true) => RegionKind::RestsOrRunsAway,
        (1, ..) => RegionKind::OneState,
        _ => RegionKind::SeveralStates,
    }
}
