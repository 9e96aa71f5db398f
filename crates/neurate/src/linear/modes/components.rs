//! Strongly connected components: groups of units that act on each other, directly or through others of the group. Between
//! components all is feedforward, so that eigenvalues are those of the components.

use neurate_numerics::linalg::Matrix;

/// A strongly connected component of a matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Component {
    /// Its units, in rising order.
    pub units: Vec<usize>,
    /// Which components act on it directly, by their positions in the list: all of them stand before it.
    pub driven_by: Vec<usize>,
}

impl Component {
    /// The block of a matrix over all units that is its own.
    #[must_use]
    pub fn block(&self, m: &Matrix) -> Matrix {
        Matrix::from_fn(self.units.len(), self.units.len(), |i, j| m[(self.units[i], self.units[j])])
    }
}

/// The strongly connected components of `m` (to row from column), senders before receivers. Entries within rounding of zero
/// (`n ε` of the largest) connect nothing.
///
/// ```
/// use neurate::linalg::Matrix;
/// // Unit 2 drives the pair 0, 1 and hears nothing from it.
/// let m = Matrix::from_rows(&[[0.0, -1.0, 2.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.5]]);
/// let found = neurate::linear::modes::components(&m);
/// assert_eq!(found[0].units, [2]);
/// assert_eq!((found[1].units.as_slice(), found[1].driven_by.as_slice()), (&[0, 1][..], &[0][..]));
/// ```
#[must_use]
pub fn components(m: &Matrix) -> Vec<Component> {
    let n = m.rows();
    let rounding = n as f64 * f64::EPSILON * m.max_abs();
    let mut search =
        Search { order: vec![UNSEEN; n], low: vec![0; n], waiting: vec![], component: vec![UNSEEN; n] };
    let mut seen = 0;
    let mut all: Vec<Component> = Vec::new();
    for root in 0..n {
        if search.order[root] == UNSEEN {
            search.from(m, rounding, root, &mut seen, &mut all);
        }
    }
    for (k, c) in all.iter_mut().enumerate() {
        let mut acts = vec![false; k];
        for &i in &c.units {
            let row = m.row(i);
            for (j, &own) in search.component.iter().enumerate().filter(|(_, own)| **own < k) {
                acts[own] |= row[j].abs() > rounding;
            }
        }
        c.driven_by = (0..k).filter(|&j| acts[j]).collect();
    }
    all
}

const UNSEEN: usize = usize::MAX;

/// Tarjan's search (1972), along senders, so that a component is found after all that act on it.
struct Search {
    /// When a unit was first seen.
    order: Vec<usize>,
    /// The earliest waiting unit that is known to act on it.
    low: Vec<usize>,
    /// Units whose component is not known yet.
    waiting: Vec<usize>,
    /// The component of each unit.
    component: Vec<usize>,
}

impl Search {
    fn enter(&mut self, i: usize, seen: &mut usize) {
        (self.order[i], self.low[i]) = (*seen, *seen);
        *seen += 1;
        self.waiting.push(i);
    }

    /// Everything that acts on `root`. The calls are a list of units, each with the sender to be looked at next: recursion
    /// would be as deep as the circuit is large.
    fn from(&mut self, m: &Matrix, rounding: f64, root: usize, seen: &mut usize, all: &mut Vec<Component>) {
        self.enter(root, seen);
        let mut calls = vec![(root, 0)];
        while let Some((i, next)) = calls.last_mut() {
            let i = *i;
            let row = m.row(i);
            match (*next..row.len()).find(|&j| j != i && row[j].abs() > rounding) {
                Some(j) => {
                    *next = j + 1;
                    if self.order[j] == UNSEEN {
                        self.enter(j, seen);
                        calls.push((j, 0));
                    } else if self.component[j] == UNSEEN {
                        self.low[i] = self.low[i].min(self.order[j]);
                    }
                }
                None => {
                    calls.pop();
                    if let Some((receiver, _)) = calls.last() {
                        self.low[*receiver] = self.low[*receiver].min(self.low[i]);
                    }
                    if self.low[i] == self.order[i] {
                        all.push(self.leave(i, all.len()));
                    }
                }
            }
        }
    }

    /// The component that began with unit `i`.
    fn leave(&mut self, i: usize, number: usize) -> Component {
        let begin = self.waiting.iter().rposition(|&j| j == i).unwrap_or(0);
        let mut units = self.waiting.split_off(begin);
        units.sort_unstable();
        units.iter().for_each(|&j| self.component[j] = number);
        Component { units, driven_by: vec![] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_come_senders_first() {
        // 4 -> {1, 5} -> 0 -> {2, 3}, and 4 -> 3.
        let mut m = Matrix::zeros(6, 6);
        for (to, from) in [(1, 4), (1, 5), (5, 1), (0, 5), (2, 0), (2, 3), (3, 2), (3, 4)] {
            m[(to, from)] = -0.5;
        }
        let found = components(&m);
        let units: Vec<_> = found.iter().map(|c| c.units.clone()).collect();
        assert_eq!(units, [vec![4], vec![1, 5], vec![0], vec![2, 3]]);
        let driven_by: Vec<_> = found.iter().map(|c| c.driven_by.clone()).collect();
        assert_eq!(driven_by, [vec![], vec![0], vec![1], vec![0, 2]]);
        assert_eq!(found[1].block(&m), Matrix::from_rows(&[[0.0, -0.5], [-0.5, 0.0]]));
    }

    #[test]
    fn rounding_connects_nothing_and_a_long_chain_ends() {
        let linked = |back: f64| components(&Matrix::from_rows(&[[0.5, 3.0], [back, 0.5]])).len();
        assert_eq!((linked(1e-17), linked(1e-12)), (2, 1));
        // A ring of 600 units is one component; without one link each unit is its own.
        let n = 600;
        let mut ring = Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == (j + 1) % n)));
        assert_eq!(components(&ring).len(), 1);
        ring[(0, n - 1)] = 0.0;
        let chain = components(&ring);
        assert_eq!((chain.len(), chain[0].units[0], chain[n - 1].driven_by[0]), (n, 0, n - 2));
    }
}
