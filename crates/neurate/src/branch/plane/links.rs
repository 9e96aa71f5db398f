//! Which cells of a grid over the plane a curve separates.

/// A grid of cells over both windows: a point has coordinates at which centers of cells are whole numbers.
#[derive(Clone, Debug)]
pub(super) struct Links {
    windows: [(f64, f64); 2],
    size: [usize; 2],
    /// Whether a curve passes between the center of a cell and that of the next one along either parameter.
    cut: [Vec<bool>; 2],
    /// Pieces of the curves.
    segments: Vec<[[f64; 2]; 2]>,
}

impl Links {
    pub fn new<'a>(
        windows: [(f64, f64); 2],
        size: [usize; 2],
        curves: impl Iterator<Item = &'a [[f64; 2]]>,
    ) -> Links {
        let cells = size[0] * size[1];
        let mut links =
            Links { windows, size, cut: [vec![false; cells], vec![false; cells]], segments: vec![] };
        for curve in curves {
            let places: Vec<[f64; 2]> = curve.iter().map(|p| links.place(*p)).collect();
            for w in places.windows(2) {
                links.segments.push([w[0], w[1]]);
                links.cut_along(0, w[0], w[1]);
                links.cut_along(1, w[0], w[1]);
            }
        }
        links
    }
    /// Cuts the links along an axis that a segment crosses: they lie on lines of whole numbers of the other axis.
    fn cut_along(&mut self, axis: usize, a: [f64; 2], b: [f64; 2]) {
        let other = 1 - axis;
        let (low, high) = if a[other] <= b[other] { (a, b) } else { (b, a) };
        let mut line = low[other].ceil().max(0.0);
        while line < high[other] && line < self.size[other] as f64 {
            let share = (line - low[other]) / (high[other] - low[other]);
            let at = (low[axis] + share * (high[axis] - low[axis])).floor();
            if at >= 0.0 && at + 1.0 < self.size[axis] as f64 {
                let mut cell = [0, 0];
                cell[axis] = at as usize;
                cell[other] = line as usize;
                let index = self.index(cell);
                self.cut[axis][index] = true;
            }
            line += 1.0;
        }
    }
    /// The same curves on a grid that is so many times finer.
    pub fn finer(&self, times: usize) -> Links {
        let scale = times as f64;
        let place = |p: [f64; 2]| [0, 1].map(|k| (p[k] + 0.5) * scale - 0.5);
        let size = self.size.map(|s| s * times);
        let cells = size[0] * size[1];
        let mut links = Links {
            windows: self.windows,
            size,
            cut: [vec![false; cells], vec![false; cells]],
            segments: vec![],
        };
        for [a, b] in &self.segments {
            let (a, b) = (place(*a), place(*b));
            links.segments.push([a, b]);
            links.cut_along(0, a, b);
            links.cut_along(1, a, b);
        }
        links
    }
    /// Cells along each parameter.
    pub fn size(&self) -> [usize; 2] {
        self.size
    }
    /// A corner of cells: of the first one `(0, 0)` and `(1, 1)`, in units of the parameters.
    pub fn corner(&self, at: (i64, i64)) -> [f64; 2] {
        let at = [at.0, at.1];
        [0, 1].map(|k| {
            let (from, to) = self.windows[k];
            from + (to - from) * at[k] as f64 / self.size[k] as f64
        })
    }
    /// The number of a cell.
    pub fn index(&self, cell: [usize; 2]) -> usize {
        cell[1] * self.size[0] + cell[0]
    }
    /// The cell of a number.
    pub fn cell(&self, index: usize) -> [usize; 2] {
        [index % self.size[0], index / self.size[0]]
    }
    /// The coordinates of a point.
    fn place(&self, p: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|k| {
            let (from, to) = self.windows[k];
            (p[k] - from) / (to - from) * self.size[k] as f64 - 0.5
        })
    }
    /// The center of a cell.
    pub fn center(&self, index: usize) -> [f64; 2] {
        let cell = self.cell(index);
        [0, 1].map(|k| {
            let (from, to) = self.windows[k];
            from + (to - from) * (cell[k] as f64 + 0.5) / self.size[k] as f64
        })
    }
    /// The cells beside a cell, and whether a curve separates each from it.
    pub fn beside(&self, index: usize) -> impl Iterator<Item = (usize, bool)> {
        let cell = self.cell(index);
        let step = [1, self.size[0]];
        let all: [Option<(usize, bool)>; 4] =
            [(0, false), (0, true), (1, false), (1, true)].map(|(axis, up)| {
                if up {
                    (cell[axis] + 1 < self.size[axis]).then(|| (index + step[axis], self.cut[axis][index]))
                } else {
                    (cell[axis] > 0).then(|| (index - step[axis], self.cut[axis][index - step[axis]]))
                }
            });
        all.into_iter().flatten()
    }
    /// Cells that no curve separates, as numbers of their components; and how many there are.
    pub fn components(&self) -> (Vec<usize>, usize) {
        let cells = self.size[0] * self.size[1];
        areas(cells, |from| self.beside(from).filter(|b| !b.1).map(|b| b.0).collect())
    }
    /// The cell around a point.
    pub fn cell_around(&self, p: [f64; 2]) -> usize {
        let at = self.place(p);
        let [i, j] = [0, 1].map(|k| at[k].round().clamp(0.0, self.size[k] as f64 - 1.0) as usize);
        self.index([i, j])
    }
    /// A cell around a point, or beside it, whose center no curve separates from the point.
    pub fn cell_of(&self, p: [f64; 2]) -> Option<usize> {
        let at = self.place(p);
        let near = |k: usize, by: f64| (at[k] + by).round().clamp(0.0, self.size[k] as f64 - 1.0);
        let mut all: Vec<[f64; 2]> = Vec::new();
        for (dx, dy) in (-2..=2).flat_map(|dx| (-2..=2).map(move |dy| (dx, dy))) {
            all.push([near(0, f64::from(dx)), near(1, f64::from(dy))]);
        }
        let away = |c: &[f64; 2]| (c[0] - at[0]).hypot(c[1] - at[1]);
        all.sort_by(|a, b| away(a).total_cmp(&away(b)));
        let free = |c: &&[f64; 2]| !self.segments.iter().any(|s| crosses(at, **c, s[0], s[1]));
        let cell = all.iter().find(free)?;
        Some(self.index([cell[0] as usize, cell[1] as usize]))
    }
}

/// Connected areas: the number of each member's area, and how many there are.
pub(super) fn areas(members: usize, beside: impl Fn(usize) -> Vec<usize>) -> (Vec<usize>, usize) {
    let mut of = vec![usize::MAX; members];
    let mut count = 0;
    for start in 0..members {
        if of[start] != usize::MAX {
            continue;
        }
        of[start] = count;
        let mut waiting = vec![start];
        while let Some(from) = waiting.pop() {
            for to in beside(from) {
                if of[to] == usize::MAX {
                    of[to] = count;
                    waiting.push(to);
                }
            }
        }
        count += 1;
    }
    (of, count)
}

/// Whether two segments cross.
fn crosses(a: [f64; 2], b: [f64; 2], c: [f64; 2], d: [f64; 2]) -> bool {
    let side =
        |p: [f64; 2], q: [f64; 2], r: [f64; 2]| (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
    (side(a, b, c) > 0.0) != (side(a, b, d) > 0.0) && (side(c, d, a) > 0.0) != (side(c, d, b) > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A diagonal and a closed curve cut a square into three.
    #[test]
    fn curves_separate_cells() {
        let diagonal: Vec<[f64; 2]> = vec![[-0.1, -0.13], [0.43, 0.4], [1.1, 1.07]];
        let circle: Vec<[f64; 2]> = (0..=60)
            .map(|k| f64::from(k) * std::f64::consts::TAU / 60.0)
            .map(|t| [0.75 + 0.12 * t.cos(), 0.25 + 0.12 * t.sin()])
            .collect();
        let links = Links::new([(0.0, 1.0), (0.0, 1.0)], [40, 30], [&diagonal[..], &circle].into_iter());
        let (of, count) = links.components();
        assert_eq!(count, 3);
        let at = |p: [f64; 2]| of[links.cell_of(p).unwrap()];
        assert_eq!(at([0.1, 0.9]), at([0.9, 0.88]));
        assert_ne!(at([0.1, 0.9]), at([0.9, 0.1]));
        assert_ne!(at([0.75, 0.25]), at([0.9, 0.1]));
        // Next to a curve the side counts, not the cell.
        assert_eq!(at([0.86, 0.25]), at([0.75, 0.25]));
        assert_eq!(at([0.88, 0.25]), at([0.9, 0.1]));
        let cell = links.cell_of([0.31, 0.72]).unwrap();
        let center = links.center(cell);
        assert!((center[0] - 0.31).abs() < 0.013 && (center[1] - 0.72).abs() < 0.017);
    }
}
