//! Who feeds whom, when: the course of a Schur mode taken apart by where it came from.

use super::exact::{LinearDrive, linear_response};
use super::schur::{SchurForm, SchurModes};
use crate::model::Stimulus;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::ops::Range;

/// Where a part of a mode's course came from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// The mode's own initial value, decaying with its own rate.
    Initial,
    /// The input along the mode.
    Input,
    /// Another mode (or the two of a complex pair), through its feedforward link.
    Modes(Range<usize>),
    /// All modes that are not listed one by one.
    Others,
}

/// The course of one mode, or of the two of a complex pair, and its parts.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fed {
    /// The modes: one, or the two of a pair.
    pub modes: Range<usize>,
    /// Their coordinates: one row for each time.
    pub total: Matrix,
    /// The parts, which add up to the total at every time: initial value, input, then the feeding
    /// modes, the largest contribution first, then the others.
    pub parts: Vec<(Source, Matrix)>,
}

impl Fed {
    /// The row (time) at which the mode is largest.
    pub fn peak(&self) -> usize {
        let size = |k: usize| self.total.row(k).iter().map(|x| x * x).sum::<f64>();
        (0..self.total.rows()).max_by(|&a, &b| size(a).total_cmp(&size(b))).unwrap_or(0)
    }

    /// A part, or the total, as one number a time: of a single mode its coordinate; of a pair the
    /// component along the direction that the pair has at its peak, so that parts still add up.
    pub fn along(&self, course: &Matrix) -> Vec<f64> {
        if self.modes.len() == 1 {
            return course.col(0);
        }
        let at_peak = self.total.row(self.peak());
        let size = at_peak.iter().map(|x| x * x).sum::<f64>().sqrt();
        let direction: Vec<f64> = at_peak.iter().map(|x| if size > 0.0 { x / size } else { 0.0 }).collect();
        (0..course.rows()).map(|k| course.row(k).iter().zip(&direction).map(|(x, d)| x * d).sum()).collect()
    }
}

/// Takes the courses of the largest modes apart.
///
/// In the Schur basis mode i obeys `tau dy_i/dt = -(1 - lambda_i) y_i + sum_(j > i) T_ij y_j + input`.
/// The equation is linear, so each term on the right has a part of its own, which decays through the
/// mode's own leak: `tau dc_ij/dt = -(1 - lambda_i) c_ij + T_ij y_j`. All parts and all modes are one
/// larger linear system, solved exactly ([`linear_response`]): no integral is approximated, and nothing
/// divides by a difference of eigenvalues.
///
/// `schur` is the real form of the modes' matrix `M = 1 + tau A` of `drive`; `x0` and the result are
/// deviations. The `receivers` largest modes are taken apart, into as many as `sources` feeding modes
/// each, those that contribute most, and the rest together.
///
/// ```
/// use neurate::linalg::Matrix;
/// use neurate::linear::modes::{LinearDrive, Order, SchurForm, Source, feeding, schur_modes};
/// // Exact balance: what the sum mode is, it gets from the difference mode, 4 t e^-t of it.
/// let m = Matrix::from_rows(&[[2.0, -2.0], [2.0, -2.0]]);
/// let schur = schur_modes(&m, SchurForm::Real, &Order::SumFirst)?;
/// let a = m.sub(&Matrix::identity(2));
/// let drive = LinearDrive { a: &a, b: &[1.0; 2], h: &[0.0; 2], stimuli: &[] };
/// let fed = feeding(&schur, 1.0, &drive, &[1.0, -1.0], &[0.0, 1.0], 1, 1)?;
/// assert_eq!((fed[0].modes.clone(), &fed[0].parts[2].0), (0..1, &Source::Modes(1..2)));
/// let size = 4.0 * (-1.0f64).exp() * 2f64.sqrt();
/// assert!((fed[0].parts[2].1[(1, 0)].abs() - size).abs() < 1e-14);
/// # Ok::<(), neurate::Error>(())
/// ```
///
/// # Errors
/// The form is not real, or as for [`linear_response`].
pub fn feeding(
    schur: &SchurModes,
    tau: f64,
    drive: &LinearDrive,
    x0: &[f64],
    times: &[f64],
    receivers: usize,
    sources: usize,
) -> Result<Vec<Fed>> {
    if schur.form != SchurForm::Real {
        return Err(Error::invalid("the parts of a mode's time course need the real Schur form"));
    }
    let modes = InModes::new(schur, tau, drive, x0);
    let largest = modes.largest(times)?;
    let size = |block: &Range<usize>| block.clone().map(|k| largest[k].powi(2)).sum::<f64>().sqrt();
    let blocks = schur.blocks();
    let mut by_size: Vec<usize> = (0..blocks.len()).filter(|&b| size(&blocks[b]) > 0.0).collect();
    by_size.sort_by(|&a, &b| size(&blocks[b]).total_cmp(&size(&blocks[a])));
    by_size.truncate(receivers);
    // More candidates than asked for: how much a link brings is known only afterwards.
    let candidates: Vec<Wanted> = by_size
        .iter()
        .map(|&b| {
            let weight = |from: &Range<usize>| {
                let entries = blocks[b].clone().flat_map(|i| from.clone().map(move |j| (i, j)));
                entries.map(|(i, j)| (schur.t[(i, j)].re * largest[j]).powi(2)).sum::<f64>()
            };
            let mut from: Vec<Range<usize>> = blocks[b + 1..].to_vec();
            from.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
            from.truncate(3 * sources);
            Wanted { to: blocks[b].clone(), from }
        })
        .collect();
    // Nothing moves: no mode has parts.
    if candidates.is_empty() {
        return Ok(vec![]);
    }
    let mut fed = modes.solve(times, &candidates)?;
    fed.iter_mut().for_each(|f| f.keep(sources));
    Ok(fed)
}

impl Fed {
    /// Sorts the feeding modes by the largest value that each brings, and joins those after the
    /// first `sources` with the others.
    fn keep(&mut self, sources: usize) {
        let mut feeding = self.parts.split_off(2);
        let others = feeding.pop();
        let top = |m: &Matrix| m.max_abs();
        feeding.sort_by(|a, b| top(&b.1).total_cmp(&top(&a.1)));
        let rest = feeding.split_off(sources.min(feeding.len()));
        self.parts.extend(feeding);
        if let Some((name, others)) = others {
            self.parts.push((name, rest.iter().fold(others, |sum, part| sum.add(&part.1))));
        }
    }
}

/// A receiver and the senders that get a part of their own.
struct Wanted {
    to: Range<usize>,
    from: Vec<Range<usize>>,
}

/// The circuit in its Schur modes.
struct InModes<'a> {
    schur: &'a SchurModes,
    tau: f64,
    /// Initial values, constant input, and patterns of the stimuli, along the modes.
    start: Vec<f64>,
    h: Vec<f64>,
    stimuli: Vec<Stimulus>,
}

impl<'a> InModes<'a> {
    fn new(schur: &'a SchurModes, tau: f64, drive: &LinearDrive, x0: &[f64]) -> Self {
        let n = schur.lambda.len();
        let rotate = |v: &[f64]| -> Vec<f64> {
            (0..n).map(|k| (0..n).map(|i| schur.u[(i, k)].re * v[i]).sum()).collect()
        };
        let driven = |v: &[f64]| rotate(&v.iter().zip(drive.b).map(|(x, b)| x * b).collect::<Vec<_>>());
        InModes {
            schur,
            tau,
            start: rotate(x0),
            h: driven(drive.h),
            stimuli: drive
                .stimuli
                .iter()
                .map(|s| Stimulus { pattern: driven(&s.pattern), ..s.clone() })
                .collect(),
        }
    }

    fn rate(&self, i: usize, j: usize) -> f64 {
        (self.schur.t[(i, j)].re - f64::from(u8::from(i == j))) / self.tau
    }

    /// The largest modulus of each mode's coordinate.
    fn largest(&self, times: &[f64]) -> Result<Vec<f64>> {
        let fed = self.solve(times, &[])?;
        let all = &fed[0].total;
        Ok((0..all.cols()).map(|j| (0..all.rows()).fold(0.0, |m: f64, k| m.max(all[(k, j)].abs()))).collect())
    }

    /// Solves for all modes and the wanted parts. With nothing wanted: one result, all modes.
    ///
    /// The parts stand before the modes, so that the matrix is (quasi-)triangular.
    fn solve(&self, times: &[f64], wanted: &[Wanted]) -> Result<Vec<Fed>> {
        let n = self.schur.lambda.len();
        let parts: usize = wanted.iter().map(|w| w.to.len() * (w.from.len() + 3)).sum();
        let size = parts + n;
        let mut a = Matrix::zeros(size, size);
        let (mut x0, mut h) = (vec![0.0; size], vec![0.0; size]);
        let mut stimuli: Vec<Stimulus> =
            self.stimuli.iter().map(|s| Stimulus { pattern: vec![0.0; size], ..s.clone() }).collect();
        let mut at = 0;
        for w in wanted {
            let s = w.to.len();
            let others: Vec<usize> =
                (w.to.end..n).filter(|j| !w.from.iter().any(|f| f.contains(j))).collect();
            for part in 0..w.from.len() + 3 {
                for (i, mode) in w.to.clone().enumerate() {
                    let row = at + i;
                    for (j, other) in w.to.clone().enumerate() {
                        a[(row, at + j)] = self.rate(mode, other);
                    }
                    let senders = match part {
                        0 => {
                            x0[row] = self.start[mode];
                            vec![]
                        }
                        1 => {
                            h[row] = self.h[mode];
                            stimuli
                                .iter_mut()
                                .zip(&self.stimuli)
                                .for_each(|(s, m)| s.pattern[row] = m.pattern[mode]);
                            vec![]
                        }
                        p if p < w.from.len() + 2 => w.from[p - 2].clone().collect(),
                        _ => others.clone(),
                    };
                    for j in senders {
                        a[(row, parts + j)] = self.rate(mode, j);
                    }
                }
                at += s;
            }
        }
        for i in 0..n {
            x0[parts + i] = self.start[i];
            h[parts + i] = self.h[i];
            stimuli.iter_mut().zip(&self.stimuli).for_each(|(s, m)| s.pattern[parts + i] = m.pattern[i]);
            for j in i.saturating_sub(1)..n {
                a[(parts + i, parts + j)] = self.rate(i, j);
            }
        }
        let drive = LinearDrive { a: &a, b: &vec![1.0; size], h: &h, stimuli: &stimuli };
        let states = linear_response(&drive, &x0, times)?.states;
        let cut = |columns: Range<usize>| {
            Matrix::from_fn(states.rows(), columns.len(), |k, j| states[(k, columns.start + j)])
        };
        if wanted.is_empty() {
            return Ok(vec![Fed { modes: 0..n, total: cut(0..n), parts: vec![] }]);
        }
        let mut at = 0;
        let mut next = |s: usize| {
            at += s;
            cut(at - s..at)
        };
        Ok(wanted
            .iter()
            .map(|w| {
                let s = w.to.len();
                let mut all = vec![(Source::Initial, next(s)), (Source::Input, next(s))];
                all.extend(w.from.iter().map(|f| (Source::Modes(f.clone()), next(s))));
                all.push((Source::Others, next(s)));
                Fed { modes: w.to.clone(), total: cut(parts + w.to.start..parts + w.to.end), parts: all }
            })
            .collect())
    }
}
