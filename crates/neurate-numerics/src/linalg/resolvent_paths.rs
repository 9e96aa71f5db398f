//! The smallest singular value of `z - A` at many z side by side: matrix products in place of solutions for one
//! vector after the other.
//!
//! With the real Schur form `A = Q T Q^T` the vectors of all points are the columns of one real matrix, real parts
//! beside imaginary ones. Solving with `z - T` is halved recursively; what couples the halves is a product with the
//! real T for all points at once, and z, which differs from point to point, stands in small blocks on the diagonal
//! only. So T is read once for many points, at two operations an entry where the complex form needs four.

use super::dense::view;
use super::lanczos::{Lanczos, Ritz};
use super::matrix::Complex;
use super::resolvent::{ROUNDS, Resolvent, STEPS};
use super::window::vectorized;
use crate::error::Result;
use crate::progress::Progress;
use faer::{Accum, MatMut, MatRef, Par};

/// Points at once: 64 columns, real and imaginary parts, are enough for a product at full speed.
const LANES: usize = 32;
/// Diagonal blocks of at most this many rows are solved one row after the other.
const SMALL: usize = 24;

/// What was found along paths.
#[derive(Clone, Debug)]
pub struct AlongPaths {
    /// `s_min(z - A)` at each point of each path.
    pub values: Vec<Vec<f64>>,
    /// Points at which the iteration failed and the full decomposition served.
    pub decomposed: usize,
}

/// Where the next point of a path stands, and the vector found at the one before.
struct Place {
    path: usize,
    at: usize,
    start: Vec<f64>,
}

/// One point of one path, on its way.
struct Lane {
    place: Place,
    z: Complex,
    search: Lanczos,
    steps: usize,
    rounds: usize,
}

impl Resolvent {
    /// [`Resolvent::smallest_singular`] at every point of the `paths`, many paths at once; each point starts from
    /// the vector of the one before.
    ///
    /// # Errors
    /// As for one point; `progress` stopped it.
    pub fn smallest_singular_along(
        &self,
        paths: &[Vec<Complex>],
        tolerance: f64,
        progress: &Progress,
    ) -> Result<AlongPaths> {
        let n = self.n();
        let mut found = AlongPaths { values: vec![Vec::new(); paths.len()], decomposed: 0 };
        let mut waiting = 0..paths.len();
        let mut lanes: Vec<Lane> = Vec::new();
        let (mut image, mut vectors) = (vec![0.0; 2 * n], Vec::new());
        let (mut done, all) = (0, paths.iter().map(Vec::len).sum());
        loop {
            while lanes.len() < LANES
                && let Some(path) = waiting.next()
            {
                let place = Place { path, at: 0, start: self.noise().to_vec() };
                lanes.extend(self.begin(place, paths, &mut found.values[path]));
            }
            if lanes.is_empty() {
                return Ok(found);
            }
            pack(&lanes, n, &mut vectors);
            let z: Vec<Complex> = lanes.iter().map(|l| l.z).collect();
            let (count, width) = (z.len(), 2 * z.len());
            for adjoint in [true, false] {
                vectorized(Solve { t: view(self.real()), z: &z, x: &mut vectors, adjoint });
            }
            let mut going = Vec::with_capacity(count);
            for (k, mut lane) in lanes.into_iter().enumerate() {
                for i in 0..n {
                    image[i] = vectors[i * width + k];
                    image[n + i] = vectors[i * width + count + k];
                }
                lane.steps += 1;
                if !lane.search.absorb(&mut image, tolerance, 0.0) && lane.steps < STEPS {
                    going.push(lane);
                    continue;
                }
                let mut place = lane.place;
                lane.search.vector_into(&mut place.start);
                let Ritz { value: ritz, residual } = lane.search.ritz;
                let sound = ritz.is_finite() && ritz > 0.0;
                let settled = sound && residual <= 2.0 * tolerance * ritz;
                let again =
                    if settled || lane.rounds + 1 == ROUNDS { None } else { Lanczos::new(&place.start) };
                if let Some(search) = again
                    && sound
                {
                    going.push(Lane { place, z: lane.z, search, steps: 0, rounds: lane.rounds + 1 });
                    continue;
                }
                let value = if settled {
                    1.0 / ritz.sqrt()
                } else {
                    found.decomposed += 1;
                    place.start = self.noise().to_vec();
                    self.decompose(lane.z)?
                };
                let values = &mut found.values[place.path];
                values.push(self.up(value));
                done += 1;
                progress.at(done, all)?;
                place.at += 1;
                going.extend(self.begin(place, paths, values));
            }
            lanes = going;
        }
    }

    /// The search at a place, or at the next of its path that needs one; None at the path's end.
    fn begin(&self, mut place: Place, paths: &[Vec<Complex>], values: &mut Vec<f64>) -> Option<Lane> {
        loop {
            let z = self.down(*paths[place.path].get(place.at)?);
            if self.is_eigenvalue(z) {
                values.push(0.0);
                place.at += 1;
                continue;
            }
            self.freshen(&mut place.start);
            let search = Lanczos::new(&place.start)?;
            return Some(Lane { place, z, search, steps: 0, rounds: 0 });
        }
    }
}

/// The vectors that are wanted next, one row for each component: real parts of all lanes, then imaginary ones.
fn pack(lanes: &[Lane], n: usize, x: &mut Vec<f64>) {
    let width = 2 * lanes.len();
    x.clear();
    x.resize(n * width, 0.0);
    for (k, lane) in lanes.iter().enumerate() {
        let (re, im) = lane.search.next().split_at(n);
        for i in 0..n {
            x[i * width + k] = re[i];
            x[i * width + lanes.len() + k] = im[i];
        }
    }
}

/// `x <- (z - T)^-1 x`, or with the adjoint, for the z of each lane.
struct Solve<'a> {
    t: MatRef<'a, f64>,
    z: &'a [Complex],
    x: &'a mut [f64],
    adjoint: bool,
}

impl pulp::NullaryFnOnce for Solve<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let Solve { t, z, x, adjoint } = self;
        let n = t.nrows();
        // What is left to do, the next last: a part of the diagonal, or (`true`) the products that its first half
        // leaves for the second.
        let mut todo = vec![(0, n, false)];
        while let Some((from, to, halved)) = todo.pop() {
            let width = 2 * z.len();
            if halved {
                let middle = middle(t, from, to);
                let (upper, lower) = x[from * width..to * width].split_at_mut((middle - from) * width);
                let link = t.submatrix(from, middle, middle - from, to - middle);
                if adjoint {
                    add_product(lower, link.transpose(), upper, width);
                } else {
                    add_product(upper, link, lower, width);
                }
            } else if to - from <= SMALL {
                let t = t.submatrix(from, from, to - from, to - from);
                solve_small(t, z, &mut x[from * width..to * width], adjoint);
            } else {
                let middle = middle(t, from, to);
                let halves = [(from, middle, false), (middle, to, false)];
                let [first, second] = if adjoint { halves } else { [halves[1], halves[0]] };
                todo.extend([second, (from, to, true), first]);
            }
        }
    }
}

/// Near the middle, but not through a 2 x 2 block.
fn middle(t: MatRef<'_, f64>, from: usize, to: usize) -> usize {
    let k = from.midpoint(to);
    if t[(k, k - 1)] == 0.0 { k } else { k + 1 }
}

/// `to += link from`, both with rows of `width`.
fn add_product(to: &mut [f64], link: MatRef<'_, f64>, from: &[f64], width: usize) {
    faer::linalg::matmul::matmul(
        MatMut::from_row_major_slice_mut(to, link.nrows(), width),
        Accum::Add,
        link,
        MatRef::from_row_major_slice(from, link.ncols(), width),
        1.0,
        Par::Seq,
    );
}

/// One diagonal block after the other.
#[inline(always)]
fn solve_small(t: MatRef<'_, f64>, z: &[Complex], x: &mut [f64], adjoint: bool) {
    let (n, width) = (t.nrows(), 2 * z.len());
    let is_pair = |i: usize| i + 1 < n && t[(i + 1, i)] != 0.0;
    let mut blocks: Vec<(usize, usize)> = Vec::with_capacity(n);
    let mut i = 0;
    while i < n {
        let size = if is_pair(i) { 2 } else { 1 };
        blocks.push((i, size));
        i += size;
    }
    if !adjoint {
        blocks.reverse();
    }
    for (start, size) in blocks {
        let (above, rest) = x.split_at_mut(start * width);
        let (block, below) = rest.split_at_mut(size * width);
        if size == 1 {
            divide(t[(start, start)], z, block, adjoint);
        } else {
            divide_pair(t.submatrix(start, start, 2, 2), z, block, adjoint);
        }
        for (k, solved) in block.chunks_exact(width).enumerate() {
            let k = start + k;
            if adjoint {
                for (row, j) in below.chunks_exact_mut(width).zip(start + size..) {
                    add_multiple(row, t[(k, j)], solved);
                }
            } else {
                for (row, j) in above.chunks_exact_mut(width).zip(0..) {
                    add_multiple(row, t[(j, k)], solved);
                }
            }
        }
    }
}

#[inline(always)]
fn add_multiple(to: &mut [f64], factor: f64, from: &[f64]) {
    to.iter_mut().zip(from).for_each(|(x, y)| *x += factor * y);
}

/// Every lane's number over `z - a`, or its conjugate.
#[inline(always)]
fn divide(a: f64, z: &[Complex], x: &mut [f64], adjoint: bool) {
    let (re, im) = x.split_at_mut(z.len());
    for ((re, im), z) in re.iter_mut().zip(im).zip(z) {
        let (c, d) = (z.re - a, if adjoint { -z.im } else { z.im });
        let over = 1.0 / (c * c + d * d);
        (*re, *im) = ((*re * c + *im * d) * over, (*im * c - *re * d) * over);
    }
}

/// Every lane's pair of numbers, solved with `z - [[a, b], [c, a]]` or the adjoint of that.
#[inline(always)]
fn divide_pair(t: MatRef<'_, f64>, z: &[Complex], x: &mut [f64], adjoint: bool) {
    let (a, mut b, mut c) = (t[(0, 0)], t[(0, 1)], t[(1, 0)]);
    // The determinant from its roots: near one of them nothing cancels.
    let w = b.abs().sqrt() * c.abs().sqrt();
    if adjoint {
        (b, c) = (c, b);
    }
    let lanes = z.len();
    let (first, second) = x.split_at_mut(2 * lanes);
    let (re1, im1) = first.split_at_mut(lanes);
    let (re2, im2) = second.split_at_mut(lanes);
    for k in 0..lanes {
        let z = if adjoint { z[k].conj() } else { z[k] };
        let d = Complex::new(z.re - a, z.im);
        let determinant = Complex::new(d.re, d.im - w) * Complex::new(d.re, d.im + w);
        let over = determinant.conj() * (1.0 / determinant.norm_sqr());
        let (p, q) = (Complex::new(re1[k], im1[k]), Complex::new(re2[k], im2[k]));
        let (p, q) = ((d * p + q * b) * over, (p * c + d * q) * over);
        (re1[k], im1[k], re2[k], im2[k]) = (p.re, p.im, q.re, q.im);
    }
}
