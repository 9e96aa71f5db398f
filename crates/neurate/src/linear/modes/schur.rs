//! Schur modes: orthogonal patterns, the feedforward weights between them, in an order of choice.

use super::decomposition::Decomposition;
use super::order::Order;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{CMatrix, Complex, Matrix};
use std::ops::Range;

/// Which Schur form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchurForm {
    /// Unitary vectors, triangular: the form in which the sum of squared feedforward weights is the
    /// plain one.
    Complex,
    /// Orthogonal vectors, a complex pair as a 2 x 2 block on the diagonal.
    Real,
}

/// Schur modes `M = U T U^H`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SchurModes {
    /// The form.
    pub form: SchurForm,
    /// Eigenvalues in the modes' order.
    pub lambda: Vec<Complex>,
    /// Modes as columns, largest component real and positive: each mode's phase (sign) is free, and
    /// with it that of its links; only moduli and products around loops mean anything.
    pub u: CMatrix,
    /// `T`: eigenvalues (blocks) on the diagonal, feedforward weights above it; `T[i, j]` is the
    /// link **to** mode i **from** mode j.
    pub t: CMatrix,
    /// `sum |W_FF|^2`, the same in every form and order: in real form with the blocks' own share,
    /// `(|b| - |c|)^2` each.
    pub feedforward_squared: f64,
    /// `||M||_F^2 - sum |lambda|^2`, the same number another way; it loses digits by cancellation.
    pub henrici_squared: f64,
    /// `||M - U T U^H||_F / ||M||_F`.
    pub residual: f64,
    /// `||U^H U - 1||_F`.
    pub orthogonality: f64,
    /// Eigenvalues that stand in the other order than was asked for, (first, second) as they stand:
    /// too close, one of them in a complex pair, for a swap that keeps digits. In complex form every
    /// swap is a rotation, and this is empty.
    pub unswapped: Vec<(Complex, Complex)>,
}

/// A link between blocks of modes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BlockLink {
    /// The modes that receive.
    pub to: Range<usize>,
    /// The modes that send; the same as `to` for what lies inside the block of a complex pair.
    pub from: Range<usize>,
    /// The weight. Into, out of or inside a pair the norm, which no rotation inside the pair changes.
    pub weight: Complex,
    /// Its share of `sum |W_FF|^2`, from 0 to 1.
    pub share: f64,
}

impl SchurModes {
    /// The modes of each diagonal block: one, or in real form the two of a complex pair, in which
    /// only the plane that they span means anything.
    pub fn blocks(&self) -> Vec<Range<usize>> {
        let n = self.lambda.len();
        let mut blocks = Vec::new();
        let mut i = 0;
        while i < n {
            let pair = self.form == SchurForm::Real && i + 1 < n && self.t[(i + 1, i)].re != 0.0;
            blocks.push(i..i + 1 + usize::from(pair));
            i += 1 + usize::from(pair);
        }
        blocks
    }

    /// The links between blocks, and inside those of complex pairs, strongest first, without those
    /// that are zero to rounding. Their squares add up to `feedforward_squared` (THEORY E18).
    pub fn block_links(&self) -> Vec<BlockLink> {
        let blocks = self.blocks();
        let rounding = 1e-13 * self.t.frobenius();
        let mut links = Vec::new();
        let mut add = |to: &Range<usize>, from: &Range<usize>, weight: Complex| {
            if weight.norm() > rounding {
                let share = weight.norm_sqr() / self.feedforward_squared;
                links.push(BlockLink { to: to.clone(), from: from.clone(), weight, share });
            }
        };
        for (k, to) in blocks.iter().enumerate() {
            if to.len() == 2 {
                let (b, c) = (self.t[(to.start, to.start + 1)], self.t[(to.start + 1, to.start)]);
                add(to, to, Complex::new((b.norm() - c.norm()).abs(), 0.0));
            }
            for from in &blocks[k + 1..] {
                let entries = to.clone().flat_map(|i| from.clone().map(move |j| (i, j)));
                let weight = if to.len() * from.len() == 1 {
                    self.t[(to.start, from.start)]
                } else {
                    Complex::new(entries.map(|ij| self.t[ij].norm_sqr()).sum::<f64>().sqrt(), 0.0)
                };
                add(to, from, weight);
            }
        }
        links.sort_by(|a, b| b.weight.norm_sqr().total_cmp(&a.weight.norm_sqr()));
        links
    }

    /// How many of the strongest block links carry at least this share of `sum |W_FF|^2`.
    pub fn links_that_carry(&self, share: f64) -> usize {
        let links = self.block_links();
        let mut sum = 0.0;
        for (k, link) in links.iter().enumerate() {
            sum += link.share;
            if sum >= share {
                return k + 1;
            }
        }
        links.len()
    }

    /// For each block, in order: the shares of `sum |W_FF|^2` that it receives and that it sends.
    /// What lies inside a pair counts as both.
    pub fn shares(&self) -> Vec<(f64, f64)> {
        let blocks = self.blocks();
        let mut at = vec![0; self.lambda.len()];
        blocks.iter().enumerate().for_each(|(k, b)| at[b.start] = k);
        let mut shares = vec![(0.0, 0.0); blocks.len()];
        for link in self.block_links() {
            shares[at[link.to.start]].0 += link.share;
            shares[at[link.from.start]].1 += link.share;
        }
        shares
    }

    /// How much each mode resembles a pattern: `|<u_k, p>| / ||p||`. Their squares add up to one.
    pub fn overlaps(&self, pattern: &[f64]) -> Vec<f64> {
        let size = pattern.iter().map(|x| x * x).sum::<f64>().sqrt();
        (0..self.lambda.len())
            .map(|k| {
                self.u.col(k).iter().zip(pattern).map(|(u, p)| u.conj() * p).sum::<Complex>().norm() / size
            })
            .collect()
    }

    /// The feedforward links (to, from, weight) entry by entry, strongest first.
    pub fn links(&self) -> Vec<(usize, usize, Complex)> {
        let n = self.lambda.len();
        let mut links = Vec::with_capacity(n * n.saturating_sub(1) / 2);
        for i in 0..n {
            for j in i + 1..n {
                // Inside a real block the two entries are rotation, not feedforward.
                let in_block = self.form == SchurForm::Real && j == i + 1 && self.t[(j, i)].re != 0.0;
                if !in_block {
                    links.push((i, j, self.t[(i, j)]));
                }
            }
        }
        links.sort_by(|a, b| b.2.norm_sqr().total_cmp(&a.2.norm_sqr()));
        links
    }
}

/// Schur modes of `m` (n x n) in the form and order asked for, by stable swaps of neighbors.
///
/// Eigenvalues that cannot be swapped stay, and [`SchurModes::unswapped`] names them.
///
/// # Errors
/// `m` is not square or not finite, or an order that is no permutation or no pattern.
pub fn schur_modes(m: &Matrix, form: SchurForm, order: &Order) -> Result<SchurModes> {
    schur_modes_of(&Decomposition::new(m.clone()), form, order)
}

/// [`schur_modes`] of a matrix with its decompositions.
///
/// # Errors
/// As [`schur_modes`].
pub fn schur_modes_of(m: &Decomposition, form: SchurForm, order: &Order) -> Result<SchurModes> {
    ordered(m, form, order, true)
}

/// [`schur_modes_of`] without its measures of itself, four products of matrices: `residual` and `orthogonality` are not
/// numbers. (That the decomposition is one has been checked by probe vectors.)
///
/// # Errors
/// As [`schur_modes`].
pub fn schur_modes_unmeasured(m: &Decomposition, form: SchurForm, order: &Order) -> Result<SchurModes> {
    ordered(m, form, order, false)
}

fn ordered(m: &Decomposition, form: SchurForm, order: &Order, measured: bool) -> Result<SchurModes> {
    let mut s = m.schur()?.clone();
    let wanted = order.positions(&s)?;
    let m = m.matrix();
    // The two forms are two types of `linalg`; what is asked of each is the same.
    macro_rules! finish {
        ($s:expr, $vectors:expr, $t:expr, $unswapped:expr) => {{
            $s.fix_phases();
            let lambda = $s.eigenvalues();
            SchurModes {
                form,
                feedforward_squared: $s.feedforward_sum_of_squares(),
                henrici_squared: henrici_squared(m, &lambda),
                residual: if measured { $s.residual(m) } else { f64::NAN },
                orthogonality: if measured { $s.orthogonality() } else { f64::NAN },
                lambda,
                u: $vectors,
                t: $t,
                unswapped: $unswapped,
            }
        }};
    }
    let blocks = s.blocks();
    // A block comes where its first member was asked for.
    let mut block_of = vec![0; m.rows()];
    for (b, &(start, size)) in blocks.iter().enumerate() {
        block_of[start..start + size].fill(b);
    }
    let mut taken = vec![false; blocks.len()];
    let order: Vec<usize> =
        wanted.iter().map(|&i| block_of[i]).filter(|&b| !std::mem::replace(&mut taken[b], true)).collect();
    match form {
        SchurForm::Complex => {
            // Where pairs stay together real swaps do, at a quarter of the work; complex ones never fail.
            let together =
                order.iter().flat_map(|&b| blocks[b].0..blocks[b].0 + blocks[b].1).eq(wanted.iter().copied());
            let mut s = if together && s.reorder(&order).is_ok() {
                s.to_complex()
            } else {
                // The diagonal of the complex form holds the eigenvalues in the real form's order.
                let mut s = s.to_complex();
                s.reorder(&wanted)?;
                s
            };
            Ok(finish!(s, s.u, s.t, Vec::new()))
        }
        SchurForm::Real => {
            let values = s.eigenvalues();
            let reached = s.reorder_towards(&order)?;
            let unswapped = inversions(&order, &reached)
                .into_iter()
                .map(|(a, b)| (values[blocks[a].0], values[blocks[b].0]))
                .collect();
            Ok(finish!(s, s.q.to_complex(), s.t.to_complex(), unswapped))
        }
    }
}

/// The pairs (first, second) of `reached` that `wanted` has the other way round.
fn inversions(wanted: &[usize], reached: &[usize]) -> Vec<(usize, usize)> {
    if wanted == reached {
        return Vec::new();
    }
    let mut place = vec![0; wanted.len()];
    wanted.iter().enumerate().for_each(|(k, &b)| place[b] = k);
    let pairs = (0..reached.len()).flat_map(|i| (i + 1..reached.len()).map(move |j| (i, j)));
    pairs.map(|(i, j)| (reached[i], reached[j])).filter(|&(a, b)| place[a] > place[b]).collect()
}

fn henrici_squared(m: &Matrix, lambda: &[Complex]) -> f64 {
    let norm = m.frobenius();
    norm * norm - lambda.iter().map(Complex::norm_sqr).sum::<f64>()
}
