//! Schur modes: orthogonal patterns, the feedforward weights between them, in an order of choice.

use crate::error::{Error, Result};
use crate::linalg::{CMatrix, Complex, Matrix, eigenvalues, schur_complex, schur_real};
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

/// In which order the modes stand. Any order is possible; single links depend on it, the sum of
/// their squares does not. The link from mode j to mode i has i < j: the first mode only receives.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Rightmost eigenvalue (of the modes' matrix) first.
    RealPart,
    /// Slowest decay first. The same as [`Order::RealPart`] for a stable circuit, written from the
    /// side of time.
    SlowFirst,
    /// The mode whose pattern is most uniform over units first ("sum-like"), so that differences
    /// feed sums, as in balanced amplification. Where no eigenvector exists twice (defective
    /// matrices) the order is that of the real parts.
    SumFirst,
    /// By position in the list of eigenvalues ([`eigenvalues`]): `[1, 0]` puts the second first. In real form a pair counts by either member.
    List(Vec<usize>),
}

impl Order {
    /// Names for the command line.
    pub const NAMES: &'static [&'static str] =
        &["real-part", "slow-first", "sum-first", "or positions: 2,0,1"];

    /// Reads a name, or positions separated by commas.
    ///
    /// # Errors
    /// Neither.
    pub fn parse(text: &str) -> Result<Order> {
        match text {
            "real-part" => Ok(Order::RealPart),
            "slow-first" => Ok(Order::SlowFirst),
            "sum-first" => Ok(Order::SumFirst),
            _ => text
                .split(',')
                .map(|p| p.trim().parse::<usize>())
                .collect::<std::result::Result<Vec<_>, _>>()
                .map(Order::List)
                .map_err(|_| {
                    Error::invalid(format!("there is no order {text:?}"))
                        .with_help(format!("one of: {}", Self::NAMES.join(", ")))
                }),
        }
    }
}

/// Schur modes `M = U T U^H`.
#[derive(Clone, Debug)]
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

    /// The links between blocks (to, from, weight), strongest first, without those that are zero to
    /// rounding. Into or out of a complex pair's block the weight is the Frobenius norm of the
    /// entries, which no rotation inside the pair changes; between single modes it is the entry.
    pub fn block_links(&self) -> Vec<(Range<usize>, Range<usize>, Complex)> {
        let blocks = self.blocks();
        let rounding = 1e-13 * self.t.frobenius();
        let mut links = Vec::new();
        for (k, to) in blocks.iter().enumerate() {
            for from in &blocks[k + 1..] {
                let weight = if to.len() * from.len() == 1 {
                    self.t[(to.start, from.start)]
                } else {
                    let entries = to.clone().flat_map(|i| from.clone().map(move |j| (i, j)));
                    Complex::new(entries.map(|ij| self.t[ij].norm_sqr()).sum::<f64>().sqrt(), 0.0)
                };
                if weight.norm() > rounding {
                    links.push((to.clone(), from.clone(), weight));
                }
            }
        }
        links.sort_by(|a, b| b.2.norm().total_cmp(&a.2.norm()));
        links
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
        links.sort_by(|a, b| b.2.norm().total_cmp(&a.2.norm()));
        links
    }
}

/// Schur modes of `m` (n x n) in the form and order asked for.
///
/// # Errors
/// `m` is not square or not finite, an order that is no permutation, or eigenvalues too close to be
/// swapped stably.
pub fn schur_modes(m: &Matrix, form: SchurForm, order: &Order) -> Result<SchurModes> {
    // The two forms are two types of `linalg`; what is asked of each is the same.
    macro_rules! finish {
        ($s:expr, $vectors:expr, $t:expr) => {{
            $s.fix_phases();
            let lambda = $s.eigenvalues();
            SchurModes {
                form,
                feedforward_squared: $s.feedforward_sum_of_squares(),
                henrici_squared: henrici_squared(m, &lambda),
                residual: $s.residual(m),
                orthogonality: $s.orthogonality(),
                lambda,
                u: $vectors,
                t: $t,
            }
        }};
    }
    match form {
        SchurForm::Complex => {
            let mut s = schur_complex(m)?;
            let values = s.eigenvalues();
            s.reorder(&permutation(m, &values, order, &|| sum_overlaps(m, &values))?)?;
            Ok(finish!(s, s.u, s.t))
        }
        SchurForm::Real => {
            let mut s = schur_real(m)?;
            let blocks = s.blocks();
            let all = s.eigenvalues();
            let wanted = permutation(m, &all, order, &|| sum_overlaps(m, &all))?;
            // A block comes where its first member was asked for.
            let block_of =
                |i: usize| blocks.iter().position(|&(start, size)| (start..start + size).contains(&i));
            let mut block_order: Vec<usize> = Vec::with_capacity(blocks.len());
            for i in wanted {
                if let Some(b) = block_of(i)
                    && !block_order.contains(&b)
                {
                    block_order.push(b);
                }
            }
            s.reorder(&block_order)?;
            Ok(finish!(s, s.q.to_complex(), s.t.to_complex()))
        }
    }
}

fn henrici_squared(m: &Matrix, lambda: &[Complex]) -> f64 {
    let norm = m.frobenius();
    norm * norm - lambda.iter().map(Complex::norm_sqr).sum::<f64>()
}

/// The indices of `values` in the order asked for.
fn permutation(
    m: &Matrix,
    values: &[Complex],
    order: &Order,
    overlaps: &dyn Fn() -> Result<Vec<f64>>,
) -> Result<Vec<usize>> {
    let n = values.len();
    // One list of eigenvalues for all: positions mean here what they mean to a reader of `eigenvalues`.
    let sorted = nearest(&eigenvalues(m)?, values);
    match order {
        Order::RealPart | Order::SlowFirst => Ok(sorted),
        Order::SumFirst => {
            let overlap = overlaps()?;
            let key = |x: f64| (x * 1e6).round();
            let mut by_sum = sorted.clone();
            by_sum.sort_by(|&a, &b| key(overlap[b]).total_cmp(&key(overlap[a])));
            Ok(by_sum)
        }
        Order::List(list) => {
            let mut seen = vec![false; n];
            for &i in list {
                if i >= n || std::mem::replace(&mut seen[i], true) {
                    return Err(Error::invalid(format!(
                        "the order {list:?} is not a permutation of the positions 0 to {}",
                        n - 1
                    )));
                }
            }
            let mut all: Vec<usize> = list.iter().map(|&i| sorted[i]).collect();
            all.extend((0..n).filter(|&i| !seen[i]).map(|i| sorted[i]));
            Ok(all)
        }
    }
}

/// How uniform the eigenvector of each of `values` is: `|<e, (1..1)/sqrt n>|`.
fn sum_overlaps(m: &Matrix, values: &[Complex]) -> Result<Vec<f64>> {
    let e = crate::linalg::eigen(m)?;
    let n = m.rows();
    Ok(nearest(values, &e.values)
        .into_iter()
        .map(|k| e.right.col(k).iter().sum::<Complex>().norm() / (n as f64).sqrt())
        .collect())
}

/// For each of `wanted` the index of its partner in `found`, which holds the same numbers to
/// rounding: the nearest that is still free.
fn nearest(wanted: &[Complex], found: &[Complex]) -> Vec<usize> {
    let mut free = vec![true; found.len()];
    wanted
        .iter()
        .map(|w| {
            let k = (0..found.len())
                .filter(|&k| free[k])
                .min_by(|&a, &b| (found[a] - w).norm().total_cmp(&(found[b] - w).norm()))
                .expect("as many eigenvalues by either way");
            free[k] = false;
            k
        })
        .collect()
}
