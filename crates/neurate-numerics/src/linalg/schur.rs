//! Schur forms: orthonormal modes and the feedforward links between them.
//!
//! # Whose Schur form, and why
//!
//! faer 0.24.4 has a real Schur decomposition but keeps it private. Measured, one thread, on a
//! two-core machine, on random, Dale, symmetric, antisymmetric, circulant, Jordan, nilpotent (both
//! also hidden by a rotation), zero, companion, cyclic-shift and rank-one matrices and on scales
//! of 1e-8 and 1e8 (`tests/linalg_measure.rs` repeats it for our own). SciPy with LAPACK, for
//! comparison: 0.011 s at n = 200, 0.46 s at n = 1000 (processor time, `benches/run linalg`).
//!
//! | candidate | relative backward error | time, random matrix |
//! |---|---|---|
//! | faer's public QZ (`hessenberg_to_qz`) with B = 1 | 2e-14 at n = 500, but 6e-12 at n = 100 and 9e-12 at n = 1000 | 0.20 s at n = 500, but **5.2 s at n = 100 and 106 s at n = 1000**: some sizes stall |
//! | nalgebra 0.34 `Schur::try_new` | 9e-14 at n = 100, 4e-13 at n = 500; **no convergence** on cyclic shifts from n = 6 on | 0.022 s at n = 200, 0.29 s at n = 500 |
//! | ours (`qr_iteration.rs`) on faer's Hessenberg form | 5e-15 at n = 50, 9e-15 at n = 200, 1.4e-14 at n = 1000 (SciPy: the same); every class converges | 0.012 s at n = 200, 0.47 s at n = 1000 |
//!
//! QZ also orthogonalizes two matrices where one is enough, and its departures from orthogonality
//! (7e-11) are no use for an invariant that is tested to 1e-13. Hence our own multishift QR
//! iteration with aggressive early deflation: the method of LAPACK, no new dependency, about as
//! fast, and the most accurate of the three. `||Q^T Q - 1||_F` is 4e-16 n in all classes. The slowest
//! class is the cyclic shift (four to six times a random matrix: it starts without any small entry).
//! [`schur_real`] checks every result before it returns it.

use super::dense::{matmul, matmul_complex, phase_of, require_finite, require_square, view};
use super::matrix::{CMatrix, Complex, Mat, Matrix};
use super::ordering::{Block, sort};
use super::powers::{exponent_of, ldexp};
use super::qr_iteration::iterate;
use super::reorder::{swap_adjacent, swap_complex};
use super::upper::{gram_lower, times_upper};
use crate::error::{Error, Kind, Result};
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::hessenberg::{hessenberg_in_place, hessenberg_in_place_scratch};
use faer::linalg::householder::{
    apply_block_householder_sequence_on_the_right_in_place_scratch,
    apply_block_householder_sequence_on_the_right_in_place_with_conj,
};
use faer::linalg::qr::no_pivoting::factor::recommended_block_size;
use faer::{Conj, Par};

/// The real Schur form `W = Q T Q^T` of a real square matrix (THEORY S8).
///
/// `T` is upper quasi-triangular with exact zeros below. A real eigenvalue is a 1 x 1 block; a
/// complex pair `a +- i sqrt(-b c)` is a 2 x 2 block `[[a, b], [c, a]]` with `b c < 0`. Column j
/// of `Q` is mode j, and `T[i, j]` is the link from mode j to mode i.
#[derive(Clone, Debug, PartialEq)]
pub struct RealSchur {
    /// The orthogonal factor: Schur vectors as columns.
    pub q: Matrix,
    /// The quasi-triangular factor.
    pub t: Matrix,
}

/// The complex Schur form `W = U T U^H`: `U` unitary, `T` upper triangular with the eigenvalues on
/// its diagonal (THEORY S8).
#[derive(Clone, Debug, PartialEq)]
pub struct ComplexSchur {
    /// The unitary factor: Schur vectors as columns.
    pub u: CMatrix,
    /// The triangular factor, with exact zeros below the diagonal.
    pub t: CMatrix,
}

/// The real Schur form of `w` (n x n), in the order in which the iteration finds it.
///
/// The result is verified (backward error and orthogonality, by probe vectors): an error rather
/// than a wrong answer. A matrix that is not square or not finite is `Invalid`.
pub fn schur_real(w: &Matrix) -> Result<RealSchur> {
    let (scaled, exponent) = prepared(w)?;
    let (mut t, mut qt) = hessenberg(&scaled, true);
    converged(iterate(&mut t, &mut qt, true), w.rows())?;
    let mut schur = RealSchur { q: qt.transpose(), t };
    schur.verify(&scaled)?;
    scale_back(&mut schur.t, exponent)?;
    Ok(schur)
}

/// A quasi-triangular matrix of which only the diagonal blocks are those of a Schur form of `w`: less than half
/// of the work.
///
/// Verified by the sums of the eigenvalues and of their squares. Errors as for [`schur_real`].
pub(super) fn quasi_triangular(w: &Matrix) -> Result<Matrix> {
    let (scaled, exponent) = prepared(w)?;
    let n = w.rows();
    let (mut t, mut none) = hessenberg(&scaled, false);
    converged(iterate(&mut t, &mut none, false), n)?;
    verify_traces(&scaled, &diagonal_values(&t))?;
    scale_back(&mut t, exponent)?;
    Ok(t)
}

/// The matrix times a power of two that brings its largest entry near 1, and the exponent: exact, and thresholds
/// near underflow then never matter.
fn prepared(w: &Matrix) -> Result<(Matrix, i32)> {
    require_square(w, "Schur form")?;
    require_finite(w, "Schur form")?;
    let exponent = exponent_of(w.max_abs());
    Ok((w.map(|x| ldexp(x, -exponent)), exponent))
}

fn scale_back(t: &mut Matrix, exponent: i32) -> Result<()> {
    t.data_mut().iter_mut().for_each(|x| *x = ldexp(*x, exponent));
    if t.is_finite() {
        return Ok(());
    }
    Err(Error::invalid("Schur form: the entries of the matrix are so large that its norm overflows"))
}

fn converged(open: usize, n: usize) -> Result<()> {
    if open == 0 {
        return Ok(());
    }
    Err(Error::not_converged(format!(
        "Schur form of a matrix of size {n}: the QR iteration found only {} of {n} eigenvalues",
        n - open
    )))
}

/// The relative backward error that a Schur form may have.
fn allowed(n: usize) -> f64 {
    50.0 * f64::EPSILON * (n as f64 + 10.0)
}

/// Compares sums of eigenvalues and of their squares with the traces of W and of its square: a backward error E
/// changes the first by at most `sqrt(n) ||E||`, the second by `2 ||W|| ||E||`, in Frobenius norms.
fn verify_traces(w: &Matrix, values: &[Complex]) -> Result<()> {
    let n = w.rows();
    let (mut trace, mut square) = (0.0, 0.0);
    for i in 0..n {
        trace += w[(i, i)];
        square += (0..n).map(|j| w[(i, j)] * w[(j, i)]).sum::<f64>();
    }
    let size = w.frobenius();
    let first = (values.iter().sum::<Complex>() - trace).norm();
    let second = (values.iter().map(|z| z * z).sum::<Complex>() - square).norm();
    // Not `>`: a NaN must fail too.
    let fine = first <= allowed(n) * size * (n as f64).sqrt() && second <= allowed(n) * 2.0 * size * size;
    if fine {
        return Ok(());
    }
    Err(Error::not_converged(format!(
        "eigenvalues of a matrix of size {n} failed their check: their sum is off by {:.1e} of the norm",
        first / size
    )))
}

/// `H` and `Q^T` with `a = Q H Q^T`, `H` upper Hessenberg (by faer); without columns of `Q^T` unless asked for.
fn hessenberg(a: &Matrix, with_q: bool) -> (Matrix, Matrix) {
    let n = a.rows();
    if n <= 2 {
        return (a.clone(), if with_q { Matrix::identity(n) } else { Matrix::zeros(n, 0) });
    }
    let block = recommended_block_size::<f64>(n - 1, n - 1);
    let mut h = view(a).to_owned();
    let mut taus = faer::Mat::<f64>::zeros(block, n - 1);
    let mut memory = MemBuffer::new(
        hessenberg_in_place_scratch::<f64>(n, block, Par::Seq, Default::default())
            .or(apply_block_householder_sequence_on_the_right_in_place_scratch::<f64>(n - 1, block, n - 1)),
    );
    let stack = MemStack::new(&mut memory);
    hessenberg_in_place(h.as_mut(), taus.as_mut(), Par::Seq, stack, Default::default());
    // faer's matrices lie column by column.
    let hessenberg = Mat::from_fn(n, n, |j, i| if i > j + 1 { 0.0 } else { h[(i, j)] }).transpose();
    if !with_q {
        return (hessenberg, Matrix::zeros(n, 0));
    }
    let mut q = faer::Mat::<f64>::identity(n, n);
    apply_block_householder_sequence_on_the_right_in_place_with_conj(
        h.as_ref().submatrix(1, 0, n - 1, n - 1),
        taus.as_ref(),
        Conj::No,
        q.as_mut().submatrix_mut(1, 1, n - 1, n - 1),
        Par::Seq,
        stack,
    );
    (hessenberg, Mat::from_fn(n, n, |i, j| q[(j, i)]))
}

/// Probe vectors: entries 1 and -1 from a fixed xorshift.
pub(super) fn probe(n: usize, seed: u64) -> Vec<f64> {
    let mut s = seed;
    (0..n)
        .map(|_| {
            s ^= s << 13;
            s ^= s >> 7;
            s ^= s << 17;
            if s & (1 << 32) == 0 { 1.0 } else { -1.0 }
        })
        .collect()
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn difference(a: &[f64], b: &[f64]) -> f64 {
    norm(&a.iter().zip(b).map(|(x, y)| x - y).collect::<Vec<_>>())
}

/// The diagonal blocks of a quasi-triangular matrix: (first row, size).
pub(super) fn blocks(t: &Matrix) -> Vec<(usize, usize)> {
    let n = t.rows();
    let mut blocks = Vec::new();
    let mut i = 0;
    while i < n {
        let size = if i + 1 < n && t[(i + 1, i)] != 0.0 { 2 } else { 1 };
        blocks.push((i, size));
        i += size;
    }
    blocks
}

/// The eigenvalues of its blocks; of a pair the one with positive imaginary part first.
pub(super) fn diagonal_values(t: &Matrix) -> Vec<Complex> {
    let mut values = Vec::with_capacity(t.rows());
    for (i, size) in blocks(t) {
        let re = t[(i, i)];
        if size == 1 {
            values.push(Complex::new(re, 0.0));
        } else {
            let im = block_frequency(t, i);
            values.extend([Complex::new(re, im), Complex::new(re, -im)]);
        }
    }
    values
}

/// `sqrt(-b c)` of the 2 x 2 block at `i`, without overflow.
pub(super) fn block_frequency(t: &Matrix, i: usize) -> f64 {
    t[(i, i + 1)].abs().sqrt() * t[(i + 1, i)].abs().sqrt()
}

impl RealSchur {
    /// Compares `W Q x` with `Q T x`, and `Q^T Q x` with `x`, for a few x of entries +-1: the
    /// expected square of such a difference is the squared Frobenius norm of the error matrix.
    fn verify(&self, w: &Matrix) -> Result<()> {
        let n = w.rows();
        if n == 0 {
            return Ok(());
        }
        let allowed = allowed(n);
        let size = w.frobenius();
        let qt = self.q.transpose();
        for seed in [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03] {
            let x = probe(n, seed);
            let qx = self.q.mul_vec(&x);
            let residual = difference(&w.mul_vec(&qx), &self.q.mul_vec(&self.t.mul_vec(&x)));
            let skew = difference(&qt.mul_vec(&qx), &x) / (n as f64).sqrt();
            // Not `>`: a NaN must fail too.
            let fine = residual <= allowed * size && skew <= allowed;
            if !fine {
                return Err(Error::not_converged(format!(
                    "Schur form of a matrix of size {n} failed its check: relative backward \
                     error {:.1e}, departure from orthogonality {skew:.1e}",
                    residual / size
                )));
            }
        }
        Ok(())
    }

    /// The diagonal blocks: (first row, size).
    #[must_use]
    pub fn blocks(&self) -> Vec<(usize, usize)> {
        blocks(&self.t)
    }

    /// The eigenvalues along the diagonal; of a pair the one with positive imaginary part first.
    #[must_use]
    pub fn eigenvalues(&self) -> Vec<Complex> {
        diagonal_values(&self.t)
    }

    /// The sum of squared feedforward links, Henrici's departure from normality squared.
    ///
    /// The strict upper part outside the blocks, plus `(|b| - |c|)^2` for each 2 x 2 block (THEORY
    /// S8 and E18): the same for every order, and the same as in the complex form.
    #[must_use]
    pub fn feedforward_sum_of_squares(&self) -> f64 {
        let n = self.t.rows();
        let mut sum = 0.0;
        for (start, size) in self.blocks() {
            for i in start..start + size {
                sum += self.t.row(i)[start + size..n].iter().map(|x| x * x).sum::<f64>();
            }
            if size == 2 {
                let b = self.t[(start, start + 1)].abs();
                let c = self.t[(start + 1, start)].abs();
                sum += (b - c) * (b - c);
            }
        }
        sum
    }

    /// Puts the diagonal blocks in another order: `order[k]` is the index in [`Self::blocks`] of
    /// the block that comes to place k.
    ///
    /// Stable swaps of neighbors (Bai & Demmel 1993). A swap of blocks whose eigenvalues nearly
    /// agree can fail its stability check: the form then stays as it was before the call, and the
    /// error (`NotConverged`) says which eigenvalues would not part. Eigenvalues can change by
    /// rounding times their condition.
    pub fn reorder(&mut self, order: &[usize]) -> Result<()> {
        let blocks = self.blocks();
        require_permutation(order, blocks.len(), "blocks")?;
        let mut t = self.t.clone();
        let mut qt = self.q.transpose();
        let mut moving: Vec<Block> = blocks.iter().map(|b| Block { rank: 0, size: b.1 }).collect();
        for (rank, &block) in order.iter().enumerate() {
            moving[block].rank = rank;
        }
        sort(&mut t, &mut qt, &mut moving, Matrix::identity, swap_parts)?;
        self.t = t;
        self.q = qt.transpose();
        Ok(())
    }

    /// As [`Self::reorder`], as far as stable swaps lead: where one fails its check, the block stays
    /// behind the one that it cannot pass. Returns the order that was reached, which is `order` if
    /// all could.
    pub fn reorder_towards(&mut self, order: &[usize]) -> Result<Vec<usize>> {
        match self.reorder(order) {
            Ok(()) => Ok(order.to_vec()),
            Err(e) if e.kind() == Kind::NotConverged => Ok(self.insert_as_far_as_possible(order)),
            Err(e) => Err(e),
        }
    }

    /// One swap after the other, and past what refuses.
    fn insert_as_far_as_possible(&mut self, order: &[usize]) -> Vec<usize> {
        let mut t = self.t.clone();
        let mut qt = self.q.transpose();
        // Now at each place: (index of the original block, size).
        let mut now: Vec<(usize, usize)> = self.blocks().iter().map(|b| b.1).enumerate().collect();
        for (place, &wanted) in order.iter().enumerate() {
            let mut at = now.iter().position(|b| b.0 == wanted).unwrap_or(place);
            while at > place {
                let start = now[..at - 1].iter().map(|b| b.1).sum();
                let (n1, n2) = (now[at - 1].1, now[at].1);
                // A pair that has fallen apart moves in two swaps, of which the second may fail.
                let parted = |j: usize, size: usize| size == 2 && t[(j + 1, j)] == 0.0;
                let before = (parted(start, n1) || parted(start + n1, n2)).then(|| (t.clone(), qt.clone()));
                if swap_parts(&mut t, &mut qt, start, n1, n2).is_err() {
                    if let Some(before) = before {
                        (t, qt) = before;
                    }
                    break;
                }
                now.swap(at - 1, at);
                at -= 1;
            }
        }
        self.t = t;
        self.q = qt.transpose();
        now.into_iter().map(|b| b.0).collect()
    }

    /// Gives every Schur vector the sign that makes its component of largest modulus positive.
    ///
    /// `T` changes accordingly; only signs of links change.
    pub fn fix_phases(&mut self) {
        let n = self.t.rows();
        let signs = signs_of_largest(&self.q);
        for i in 0..n {
            for (q, s) in self.q.row_mut(i).iter_mut().zip(&signs) {
                *q *= s;
            }
            let own = signs[i];
            for (t, s) in self.t.row_mut(i).iter_mut().zip(&signs) {
                // The diagonal stays. Adding 0 keeps zeros positive.
                *t = *t * (own * s) + 0.0;
            }
        }
    }

    /// The relative backward error `||W - Q T Q^T||_F / ||W||_F` (absolute for W = 0).
    #[must_use]
    pub fn residual(&self, w: &Matrix) -> f64 {
        let back = matmul(&times_upper(&self.q, &self.t), &self.q.transpose());
        relative(back.sub(w).frobenius(), w.frobenius())
    }

    /// The departure from orthogonality `||Q^T Q - 1||_F`.
    #[must_use]
    pub fn orthogonality(&self) -> f64 {
        let gram = gram_lower(&self.q);
        let square = |i: usize| {
            let below: f64 = gram.row(i)[..i].iter().map(|x| x * x).sum();
            2.0 * below + (gram[(i, i)] - 1.0).powi(2)
        };
        (0..gram.rows()).map(square).sum::<f64>().sqrt()
    }

    /// The Schur form of `scale (W + shift)`, W the matrix of this one: its Schur vectors are the same.
    #[must_use]
    pub fn shifted(&self, shift: f64, scale: f64) -> RealSchur {
        let mut t = self.t.scale(scale);
        for i in 0..t.rows() {
            t[(i, i)] = scale * (self.t[(i, i)] + shift);
        }
        RealSchur { q: self.q.clone(), t }
    }

    /// The triangle of the complex form ([`Self::to_complex`]).
    pub(super) fn triangle(&self) -> CMatrix {
        self.turned(&self.rotations())
    }

    /// What makes each 2 x 2 block triangular: first row, and the unitary rotation.
    fn rotations(&self) -> Vec<Turn> {
        let pairs = self.blocks().into_iter().filter(|b| b.1 == 2);
        pairs
            .map(|(at, _)| {
                // The eigenvector of [[a, b], [c, a]]: (lambda - a, c), normalized.
                let (x, y) = (block_frequency(&self.t, at), self.t[(at + 1, at)]);
                let r = x.hypot(y);
                Turn { at, p: Complex::new(0.0, x / r), q: y / r }
            })
            .collect()
    }

    /// `T`, its blocks made triangular.
    fn turned(&self, turns: &[Turn]) -> CMatrix {
        let mut t = self.t.to_complex();
        for turn in turns {
            let (m, n) = (turn.at, t.cols());
            let (upper, lower) = t.data_mut()[m * n..(m + 2) * n].split_at_mut(n);
            for (a, b) in upper[m..].iter_mut().zip(&mut lower[m..]) {
                (*a, *b) = (turn.p.conj() * *a + *b * turn.q, turn.p * *b - *a * turn.q);
            }
        }
        for i in 0..t.rows() {
            let from = turns.partition_point(|turn| turn.at + 1 < i);
            turn_columns(t.row_mut(i), &turns[from..]);
        }
        for &Turn { at, .. } in turns {
            let lambda = Complex::new(self.t[(at, at)], block_frequency(&self.t, at));
            t[(at, at)] = lambda;
            t[(at + 1, at + 1)] = lambda.conj();
            t[(at + 1, at)] = Complex::new(0.0, 0.0);
        }
        t
    }

    /// The complex form: each 2 x 2 block made triangular by one unitary rotation, the eigenvalue
    /// with positive imaginary part first.
    #[must_use]
    pub fn to_complex(&self) -> ComplexSchur {
        let turns = self.rotations();
        let mut u = self.q.to_complex();
        (0..u.rows()).for_each(|i| turn_columns(u.row_mut(i), &turns));
        ComplexSchur { u, t: self.turned(&turns) }
    }
}

/// A unitary rotation `[[p, -q], [q, conj p]]` of two neighbors.
struct Turn {
    at: usize,
    p: Complex,
    q: f64,
}

fn turn_columns(row: &mut [Complex], turns: &[Turn]) {
    for &Turn { at, p, q } in turns {
        let (x, y) = (row[at], row[at + 1]);
        row[at] = x * p + y * q;
        row[at + 1] = y * p.conj() - x * q;
    }
}

/// For each column -1 where its component of largest modulus is negative, else 1; row by row, as the entries lie in
/// memory.
fn signs_of_largest(q: &Matrix) -> Vec<f64> {
    let mut top = vec![0.0f64; q.cols()];
    for i in 0..q.rows() {
        top.iter_mut().zip(q.row(i)).for_each(|(m, x)| *m = m.max(x.abs()));
    }
    // Of values that agree to rounding the first counts, as in `largest`.
    let mut signs = vec![0.0; q.cols()];
    for i in 0..q.rows() {
        for ((s, m), x) in signs.iter_mut().zip(&top).zip(q.row(i)) {
            if *s == 0.0 && x.abs() >= m * (1.0 - 1e-10) {
                *s = if *x < 0.0 { -1.0 } else { 1.0 };
            }
        }
    }
    signs
}

fn relative(error: f64, size: f64) -> f64 {
    if size > 0.0 { error / size } else { error }
}

/// Swaps two neighboring groups; a pair that has fallen apart into two real eigenvalues moves as
/// two blocks.
fn swap_parts(t: &mut Matrix, qt: &mut Matrix, j: usize, n1: usize, n2: usize) -> Result<()> {
    if n1 == 2 && t[(j + 1, j)] == 0.0 {
        swap_parts(t, qt, j + 1, 1, n2)?;
        return swap_parts(t, qt, j, 1, n2);
    }
    if n2 == 2 && t[(j + n1 + 1, j + n1)] == 0.0 {
        swap_parts(t, qt, j, n1, 1)?;
        return swap_parts(t, qt, j + 1, n1, 1);
    }
    let (first, second) = (t[(j, j)], t[(j + n1, j + n1)]);
    swap_adjacent(t, qt, j, n1, n2).map_err(|e| {
        Error::not_converged(format!(
            "reordering the Schur form: blocks with eigenvalues of real part {first:.6} and \
             {second:.6} are too close to swap stably (relative error {:.1e})",
            e.left_over
        ))
        .with_help("keep these neighbors in their present order")
    })
}

fn require_permutation(order: &[usize], n: usize, what: &str) -> Result<()> {
    let mut seen = vec![false; n];
    let fits = order.len() == n
        && order.iter().all(|&i| {
            let new = i < n && !seen[i];
            if new {
                seen[i] = true;
            }
            new
        });
    if fits {
        Ok(())
    } else {
        Err(Error::invalid(format!(
            "the order of a Schur form with {n} {what} must list each of 0..{n} once"
        )))
    }
}

/// The complex Schur form of a real matrix `w` (n x n), from the real one.
///
/// Errors as for [`schur_real`].
pub fn schur_complex(w: &Matrix) -> Result<ComplexSchur> {
    Ok(schur_real(w)?.to_complex())
}

impl ComplexSchur {
    /// The eigenvalues: the diagonal of `T`.
    #[must_use]
    pub fn eigenvalues(&self) -> Vec<Complex> {
        (0..self.t.rows()).map(|i| self.t[(i, i)]).collect()
    }

    /// Puts the eigenvalues in another order: `order[k]` is the index of the one that comes to
    /// place k. By Givens rotations, which cannot fail; an order that is not a permutation is
    /// `Invalid`.
    pub fn reorder(&mut self, order: &[usize]) -> Result<()> {
        let n = self.t.rows();
        require_permutation(order, n, "eigenvalues")?;
        let mut uh = self.u.adjoint();
        let mut moving = vec![Block { rank: 0, size: 1 }; n];
        for (rank, &i) in order.iter().enumerate() {
            moving[i].rank = rank;
        }
        sort(&mut self.t, &mut uh, &mut moving, CMatrix::identity, |t, uh, j, _, _| {
            swap_complex(t, uh, j);
            Ok(())
        })?;
        self.u = uh.adjoint();
        Ok(())
    }

    /// Gives every Schur vector the phase that makes its component of largest modulus real and
    /// positive. `T` changes accordingly; only phases of links change.
    pub fn fix_phases(&mut self) {
        let n = self.t.rows();
        for j in 0..n {
            let phase = phase_of(n, |i| self.u[(i, j)]);
            let k = super::dense::largest(n, |i| self.u[(i, j)].norm());
            for i in 0..n {
                self.u[(i, j)] *= phase;
                if i < j {
                    self.t[(i, j)] *= phase;
                }
            }
            self.u[(k, j)].im = 0.0;
            for i in j + 1..n {
                self.t[(j, i)] *= phase.conj();
            }
        }
    }

    /// The sum of squared feedforward links (strict upper part): Henrici's departure from
    /// normality squared, the same for every order.
    #[must_use]
    pub fn feedforward_sum_of_squares(&self) -> f64 {
        let n = self.t.rows();
        (0..n).flat_map(|i| self.t.row(i)[i + 1..].iter()).map(|x| x.norm_sqr()).sum()
    }

    /// The relative backward error `||W - U T U^H||_F / ||W||_F` (absolute for W = 0).
    #[must_use]
    pub fn residual(&self, w: &Matrix) -> f64 {
        let back = matmul_complex(&times_upper(&self.u, &self.t), &self.u.adjoint());
        let error: f64 = back.data().iter().zip(w.data()).map(|(b, &a)| (b - a).norm_sqr()).sum();
        relative(error.sqrt(), w.frobenius())
    }

    /// The departure from unitarity `||U^H U - 1||_F`.
    #[must_use]
    pub fn orthogonality(&self) -> f64 {
        let p = matmul_complex(&self.u.adjoint(), &self.u);
        let n = p.rows();
        Mat::from_fn(n, n, |i, j| p[(i, j)] - f64::from(u8::from(i == j))).frobenius()
    }
}
