//! Outlines of regions, for drawing.

use super::links::Links;
use super::map::RegimeMap;
use std::collections::BTreeMap;

/// A closed ring of points in units of the parameters; the last one is followed by the first.
pub type Ring = Vec<[f64; 2]>;

impl RegimeMap {
    /// The outline of each region, as closed rings along the edges of a grid that is so many times finer than the map's cells.
    /// A region with holes has several; what lies inside an odd number of rings belongs to it. The curves lie within a cell of it.
    pub fn outlines(&self, finer: usize) -> Vec<Vec<Ring>> {
        let links = self.links.finer(finer.max(1));
        let size = links.size();
        let (area, count) = links.components();
        // A fine area belongs to the region that most of its centers lie in.
        let mut votes: Vec<BTreeMap<usize, usize>> = vec![BTreeMap::new(); count];
        for (cell, &a) in area.iter().enumerate() {
            let around = self.region[self.links.cell_around(links.center(cell))];
            *votes[a].entry(around).or_default() += 1;
        }
        let winner = |v: &BTreeMap<usize, usize>| {
            v.iter().max_by_key(|(k, n)| (**n, std::cmp::Reverse(**k))).map_or(0, |w| *w.0)
        };
        let of: Vec<usize> = votes.iter().map(winner).collect();
        // Where searches differed within one area, no curve tells its regions apart.
        let beyond: Vec<bool> = self.regions.iter().map(|r| r.beyond_curves).collect();
        let region: Vec<usize> = (0..area.len())
            .map(|cell| {
                let around = self.region[self.links.cell_around(links.center(cell))];
                if beyond[around] { around } else { of[area[cell]] }
            })
            .collect();
        (0..self.regions.len()).map(|k| rings(&links, size, |cell| region[cell] == k)).collect()
    }
}

/// The rings around the cells of a set: edges with the set on their left, put together, corners alone.
fn rings(links: &Links, size: [usize; 2], inside: impl Fn(usize) -> bool) -> Vec<Ring> {
    let is = |i: i64, j: i64| {
        let within = i >= 0 && j >= 0 && i < size[0] as i64 && j < size[1] as i64;
        within && inside(links.index([i as usize, j as usize]))
    };
    // From each corner of a cell the corners that edges lead to.
    let mut edges: BTreeMap<(i64, i64), Vec<(i64, i64)>> = BTreeMap::new();
    for j in 0..size[1] as i64 {
        for i in (0..size[0] as i64).filter(|i| is(*i, j)) {
            let sides = [
                ((0, -1), (i, j), (i + 1, j)),
                ((1, 0), (i + 1, j), (i + 1, j + 1)),
                ((0, 1), (i + 1, j + 1), (i, j + 1)),
                ((-1, 0), (i, j + 1), (i, j)),
            ];
            for ((di, dj), from, to) in sides {
                if !is(i + di, j + dj) {
                    edges.entry(from).or_default().push(to);
                }
            }
        }
    }
    let mut all = Vec::new();
    while let Some((&start, _)) = edges.iter().next() {
        let mut ring: Vec<(i64, i64)> = vec![start];
        let mut at = start;
        while let Some(next) = take(&mut edges, at) {
            if next == start {
                break;
            }
            ring.push(next);
            at = next;
        }
        let corner = |k: usize| {
            let (a, b, c) = (ring[(k + ring.len() - 1) % ring.len()], ring[k], ring[(k + 1) % ring.len()]);
            (b.0 - a.0, b.1 - a.1) != (c.0 - b.0, c.1 - b.1)
        };
        all.push((0..ring.len()).filter(|&k| corner(k)).map(|k| links.corner(ring[k])).collect());
    }
    all
}

fn take(edges: &mut BTreeMap<(i64, i64), Vec<(i64, i64)>>, from: (i64, i64)) -> Option<(i64, i64)> {
    let all = edges.get_mut(&from)?;
    let next = all.pop();
    if all.is_empty() {
        edges.remove(&from);
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(ring: &Ring) -> f64 {
        let next = |k: usize| ring[(k + 1) % ring.len()];
        (0..ring.len()).map(|k| 0.5 * (ring[k][0] * next(k)[1] - next(k)[0] * ring[k][1])).sum()
    }

    /// A frame of cells has an outer and an inner ring, whose areas differ by its own.
    #[test]
    fn rings_go_around_holes() {
        let links = Links::new([(0.0, 1.0), (0.0, 1.0)], [10, 10], std::iter::empty());
        let frame = |cell: usize| {
            let [i, j] = [cell % 10, cell / 10];
            (2..8).contains(&i) && (1..9).contains(&j) && !((4..6).contains(&i) && (4..7).contains(&j))
        };
        let all = rings(&links, [10, 10], frame);
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].len(), all[1].len()), (4, 4));
        let own = (0..100).filter(|c| frame(*c)).count() as f64 / 100.0;
        let sum: f64 = all.iter().map(area).sum();
        assert!((sum - own).abs() < 1e-12, "{sum} {own}");
    }
}
