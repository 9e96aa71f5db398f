//! Special points of the half as those of the whole ring, each once.

use super::odd_points::OddPoint;
use super::piece::{Piece, joined};
use crate::branch::circuit_family::CircuitFamily;
use crate::branch::describe::hopf_kind;
use crate::branch::diagram::{Branch, Diagram, SpecialKind, SpecialPoint};
use crate::branch::family::Family;
use crate::branch::polish::null_vectors;

/// The special points of all pieces.
pub(super) struct Points<'a> {
    family: &'a CircuitFamily<'a>,
    window: (f64, f64),
    all: Vec<SpecialPoint>,
}

impl<'a> Points<'a> {
    pub fn new(family: &'a CircuitFamily<'a>) -> Points<'a> {
        Points { family, window: family.window(), all: Vec::new() }
    }

    /// Takes over the special points of a new piece, which is to be branch `k`.
    pub fn adopt(&mut self, found: &Diagram, piece: &mut Piece, k: usize) {
        for at in 0..piece.branch.special.len() {
            let (place, of_half) = piece.branch.special[at];
            let index = self.place_of(&found.points[of_half], piece, place);
            if !self.all[index].branches.contains(&k) {
                self.all[index].branches.push(k);
            }
            piece.branch.special[at].1 = index;
        }
    }

    /// Of a piece that is known: nothing is new on it, but points may have been found on the image alone.
    pub fn meet(&mut self, found: &Diagram, piece: &Piece, owner: usize) {
        for &(place, of_half) in &piece.branch.special {
            let index = self.place_of(&found.points[of_half], piece, place);
            if !self.all[index].branches.contains(&owner) {
                self.all[index].branches.push(owner);
            }
        }
    }

    /// The position of a point of the half among all, which it joins if it is new.
    fn place_of(&mut self, point: &SpecialPoint, piece: &Piece, place: usize) -> usize {
        let state = &piece.branch.states[place];
        if let Some(known) = self.known(state, point.p) {
            return known;
        }
        let odd = &piece.odd[place];
        self.all.push(SpecialPoint {
            kind: self.kind(point, piece, place),
            p: point.p,
            eigenvalues: joined(&point.eigenvalues, odd),
            state: state.clone(),
            residual: point.residual,
            branches: vec![],
        });
        self.all.len() - 1
    }

    /// A point that is this one, or an image of it.
    fn known(&self, state: &[f64], p: f64) -> Option<usize> {
        let near = 1e-8 * (self.window.1 - self.window.0);
        let size = state.iter().fold(1e-300, |m: f64, x| m.max(x.abs()));
        let sums = |x: &[f64]| [1, 2].map(|k| x.iter().map(|x| (x / size).powi(k)).sum::<f64>());
        self.all.iter().position(|q| {
            let (a, b) = (sums(state), sums(&q.state));
            (q.p - p).abs() < near && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6 * state.len() as f64)
        })
    }

    /// What it is in the whole: lengths of vectors differ, and with them the coefficients.
    fn kind(&self, point: &SpecialPoint, piece: &Piece, place: usize) -> SpecialKind {
        match &point.kind {
            SpecialKind::Fold { a, above } => {
                let jacobian = piece.mirrored.half.jacobian(&point.state, point.p);
                let length = null_vectors(&jacobian).map_or(1.0, |(q, _, _)| {
                    piece.mirrored.lifted(&q).iter().map(|q| q * q).sum::<f64>().sqrt()
                });
                SpecialKind::Fold { a: a / length, above: *above }
            }
            SpecialKind::Hopf { omega, .. } => {
                hopf_kind(self.family, &piece.branch.states[place], point.p, *omega)
            }
            kind => kind.clone(),
        }
    }

    /// All points by rising parameter; branches count them so.
    pub fn sorted(self, branches: &mut [Branch]) -> Vec<SpecialPoint> {
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        order.sort_by(|&a, &b| self.all[a].p.total_cmp(&self.all[b].p));
        let mut rank = vec![0; order.len()];
        order.iter().enumerate().for_each(|(k, &i)| rank[i] = k);
        for b in branches {
            b.special.iter_mut().for_each(|s| s.1 = rank[s.1]);
        }
        let mut all: Vec<Option<SpecialPoint>> = self.all.into_iter().map(Some).collect();
        order.into_iter().filter_map(|i| all[i].take()).collect()
    }
}

/// Puts a point that the half does not see into branch `k`.
pub(super) fn insert(piece: &mut Piece, found: OddPoint, k: usize, points: &mut Points) {
    let at = found.after + 1;
    let b = &mut piece.branch;
    let index = points.known(&found.point.state, found.point.p).unwrap_or_else(|| {
        points.all.push(SpecialPoint { branches: vec![], ..found.point.clone() });
        points.all.len() - 1
    });
    if !points.all[index].branches.contains(&k) {
        points.all[index].branches.push(k);
    }
    let beside = b.unstable[found.after].min(b.unstable[at]);
    b.p.insert(at, found.point.p);
    b.states.insert(at, found.point.state);
    b.eigenvalues.insert(at, found.point.eigenvalues);
    b.unstable.insert(at, beside);
    b.special.iter_mut().filter(|s| s.0 >= at).for_each(|s| s.0 += 1);
    let place = b.special.iter().filter(|s| s.0 < at).count();
    b.special.insert(place, (at, index));
    piece.half.insert(at, found.half);
    piece.odd.insert(at, found.odd);
    piece.even.insert(at, piece.even[found.after]);
    piece.special.insert(at, true);
}
