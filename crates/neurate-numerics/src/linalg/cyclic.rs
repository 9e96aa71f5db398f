//! Linear systems of states around a circle, as those of periodic orbits: every state follows from the one before, the first
//! from the last, and a few numbers and conditions belong to all.

use super::dense::Lu;
use super::matrix::Matrix;

/// `x_(j+1) = G_j x_j + C_j g + f_j` for j from 0 to `count - 1`, with `x_count = sign x_0`; and `sum_j B_j x_j + D g = e`.
/// Unknown are the states `x_j`, each of `n` numbers, and the `globals` numbers `g`. Several right sides at once.
#[derive(Clone, Debug)]
pub struct Cyclic<'a> {
    /// Numbers of a state.
    pub n: usize,
    /// States around the circle.
    pub count: usize,
    /// Numbers and conditions that belong to all.
    pub globals: usize,
    /// Right sides.
    pub sides: usize,
    /// `G_j`, `count` matrices n x n, row by row.
    pub steps: &'a [f64],
    /// `C_j`, `count` matrices n x globals.
    pub along: &'a [f64],
    /// `f_j`, `count` matrices n x sides.
    pub right: &'a [f64],
    /// `B_j`, `count` matrices globals x n.
    pub conditions: &'a [f64],
    /// `D`, globals x globals.
    pub corner: &'a [f64],
    /// `e`, globals x sides.
    pub bottom: &'a [f64],
    /// 1, or -1 where the circle is passed twice before states repeat.
    pub sign: f64,
}

/// What solves it.
#[derive(Clone, Debug)]
pub struct CyclicSolution {
    /// `count` matrices n x sides.
    pub states: Vec<f64>,
    /// globals x sides.
    pub globals: Vec<f64>,
}

impl Cyclic<'_> {
    /// Solves it by orthogonal elimination of one state after another (Wright 1992), which is as stable as the system is well
    /// posed: nothing is multiplied around the circle. None if it is singular.
    ///
    /// Panics if lengths do not fit.
    #[must_use]
    pub fn solve(&self) -> Option<CyclicSolution> {
        let Cyclic { n, count, globals: q, sides: k, .. } = *self;
        assert!(count > 0 && self.steps.len() == count * n * n && self.along.len() == count * n * q);
        assert!(self.right.len() == count * n * k && self.conditions.len() == count * q * n);
        assert!(self.corner.len() == q * q && self.bottom.len() == q * k);
        // Columns: the state to eliminate, the first one, the next one, globals, right sides.
        let width = 3 * n + q + k;
        let rest = width - n;
        let mut work = vec![0.0; 2 * n * width];
        let mut kept = vec![0.0; (count - 1) * n * width];
        // Conditions: on the first state, on the present one, on globals, right sides.
        let mut first = self.conditions[..q * n].to_vec();
        let mut last = if count > 1 { self.conditions[q * n..2 * q * n].to_vec() } else { vec![0.0; q * n] };
        let mut corner = self.corner.to_vec();
        let mut bottom = self.bottom.to_vec();
        // The reduced equation: a x_0 + b x_j + c g = f.
        let (mut a, mut b) = (self.steps[..n * n].to_vec(), minus_identity(n));
        let mut c = self.along[..n * q].to_vec();
        let mut f: Vec<f64> = self.right[..n * k].iter().map(|f| -f).collect();
        for j in 1..count {
            self.fill(&mut work, j, (&a, &b, &c, &f));
            triangularize(&mut work, 2 * n, width, n);
            kept[(j - 1) * n * width..j * n * width].copy_from_slice(&work[..n * width]);
            for i in 0..n {
                let row = &work[(n + i) * width..(n + i + 1) * width];
                a[i * n..(i + 1) * n].copy_from_slice(&row[n..2 * n]);
                b[i * n..(i + 1) * n].copy_from_slice(&row[2 * n..3 * n]);
                c[i * q..(i + 1) * q].copy_from_slice(&row[3 * n..3 * n + q]);
                f[i * k..(i + 1) * k].copy_from_slice(&row[3 * n + q..]);
            }
            // Conditions lose the state that is eliminated.
            let mut next = if j + 1 < count {
                self.conditions[(j + 1) * q * n..(j + 2) * q * n].to_vec()
            } else {
                vec![0.0; q * n]
            };
            for row in 0..q {
                let weights = transposed_solve(&work, width, n, &last[row * n..(row + 1) * n])?;
                for (i, w) in weights.iter().enumerate() {
                    let kept = &work[i * width + n..i * width + n + rest];
                    (0..n).for_each(|l| first[row * n + l] -= w * kept[l]);
                    (0..n).for_each(|l| next[row * n + l] -= w * kept[n + l]);
                    (0..q).for_each(|l| corner[row * q + l] -= w * kept[2 * n + l]);
                    (0..k).for_each(|l| bottom[row * k + l] -= w * kept[2 * n + q + l]);
                }
            }
            last = next;
        }
        let size = n + q;
        let matrix = Matrix::from_fn(size, size, |i, l| match (i < n, l < n) {
            (true, true) => a[i * n + l] + self.sign * b[i * n + l],
            (true, false) => c[i * q + l - n],
            (false, true) => first[(i - n) * n + l] + self.sign * last[(i - n) * n + l],
            (false, false) => corner[(i - n) * q + l - n],
        });
        let side =
            Matrix::from_fn(size, k, |i, l| if i < n { f[i * k + l] } else { bottom[(i - n) * k + l] });
        let solved = Lu::new(&matrix).ok()?.solve_matrix(&side)?;
        solved.is_finite().then(|| self.substitute(&kept, width, &solved))?
    }

    /// The equations that hold the state `j`: the reduced one, and that of the next step.
    fn fill(&self, work: &mut [f64], j: usize, (a, b, c, f): (&[f64], &[f64], &[f64], &[f64])) {
        let Cyclic { n, globals: q, sides: k, .. } = *self;
        let width = 3 * n + q + k;
        work.fill(0.0);
        for i in 0..n {
            let row = &mut work[i * width..(i + 1) * width];
            row[..n].copy_from_slice(&b[i * n..(i + 1) * n]);
            row[n..2 * n].copy_from_slice(&a[i * n..(i + 1) * n]);
            row[3 * n..3 * n + q].copy_from_slice(&c[i * q..(i + 1) * q]);
            row[3 * n + q..].copy_from_slice(&f[i * k..(i + 1) * k]);
            let row = &mut work[(n + i) * width..(n + i + 1) * width];
            row[..n].copy_from_slice(&self.steps[(j * n + i) * n..(j * n + i + 1) * n]);
            row[2 * n + i] = -1.0;
            row[3 * n..3 * n + q].copy_from_slice(&self.along[(j * n + i) * q..(j * n + i + 1) * q]);
            let right = &self.right[(j * n + i) * k..(j * n + i + 1) * k];
            row[3 * n + q..].iter_mut().zip(right).for_each(|(w, f)| *w = -f);
        }
    }

    /// The states, from the last one back.
    fn substitute(&self, kept: &[f64], width: usize, solved: &Matrix) -> Option<CyclicSolution> {
        let Cyclic { n, count, globals: q, sides: k, .. } = *self;
        let globals: Vec<f64> = (n..n + q).flat_map(|i| solved.row(i).to_vec()).collect();
        let mut states = vec![0.0; count * n * k];
        (0..n).for_each(|i| states[i * k..(i + 1) * k].copy_from_slice(solved.row(i)));
        for side in 0..k {
            let x0: Vec<f64> = (0..n).map(|i| states[i * k + side]).collect();
            let mut next: Vec<f64> = x0.iter().map(|x| self.sign * x).collect();
            for j in (1..count).rev() {
                let rows = &kept[(j - 1) * n * width..j * n * width];
                let mut x = vec![0.0; n];
                for i in (0..n).rev() {
                    let row = &rows[i * width..(i + 1) * width];
                    let mut left = row[3 * n + q + side];
                    (0..n).for_each(|l| left -= row[n + l] * x0[l] + row[2 * n + l] * next[l]);
                    (0..q).for_each(|l| left -= row[3 * n + l] * globals[l * k + side]);
                    (i + 1..n).for_each(|l| left -= row[l] * x[l]);
                    x[i] = left / row[i];
                }
                (0..n).for_each(|i| states[(j * n + i) * k + side] = x[i]);
                next = x;
            }
        }
        states.iter().all(|x| x.is_finite()).then_some(CyclicSolution { states, globals })
    }
}

fn minus_identity(n: usize) -> Vec<f64> {
    Matrix::identity(n).scale(-1.0).data().to_vec()
}

/// Makes the first columns upper triangular by reflections of all rows.
fn triangularize(a: &mut [f64], rows: usize, width: usize, columns: usize) {
    let mut v = vec![0.0; rows];
    let mut along = vec![0.0; width];
    for k in 0..columns {
        let length = (k..rows).map(|i| a[i * width + k] * a[i * width + k]).sum::<f64>().sqrt();
        if length == 0.0 {
            continue;
        }
        (k..rows).for_each(|i| v[i] = a[i * width + k]);
        v[k] += length.copysign(v[k]);
        let factor = 2.0 / (k..rows).map(|i| v[i] * v[i]).sum::<f64>();
        along[k..].fill(0.0);
        for i in k..rows {
            let (w, row) = (factor * v[i], &a[i * width + k..(i + 1) * width]);
            if w != 0.0 {
                along[k..].iter_mut().zip(row).for_each(|(s, x)| *s += w * x);
            }
        }
        for i in k..rows {
            let (w, row) = (v[i], &mut a[i * width + k..(i + 1) * width]);
            if w != 0.0 {
                row.iter_mut().zip(&along[k..]).for_each(|(x, s)| *x -= w * s);
            }
        }
    }
}

/// The weights of the first `n` rows whose sum has `row` in the first columns.
fn transposed_solve(a: &[f64], width: usize, n: usize, row: &[f64]) -> Option<Vec<f64>> {
    let mut w = vec![0.0; n];
    for j in 0..n {
        let known: f64 = (0..j).map(|i| w[i] * a[i * width + j]).sum();
        w[j] = (row[j] - known) / a[j * width + j];
        if !w[j].is_finite() {
            return None;
        }
    }
    Some(w)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers between -1 and 1 without order.
    struct Noise(f64);

    impl Noise {
        fn next(&mut self) -> f64 {
            self.0 += 1.0;
            2.0 * ((self.0 * 12.9898).sin() * 43_758.545_3).rem_euclid(1.0) - 1.0
        }
    }

    fn numbers(count: usize, rng: &mut Noise) -> Vec<f64> {
        (0..count).map(|_| rng.next()).collect()
    }

    /// Against the whole matrix, for both signs and several sizes.
    #[test]
    fn elimination_solves_the_whole_system() {
        let mut rng = Noise(0.3);
        for (n, count, q, k, sign) in
            [(2, 6, 2, 3, 1.0), (3, 1, 1, 1, -1.0), (1, 9, 0, 2, 1.0), (4, 5, 3, 1, -1.0), (2, 2, 2, 1, 1.0)]
        {
            let [steps, along, right] = [n * n, n * q, n * k].map(|m| numbers(count * m, &mut rng));
            let conditions = numbers(count * q * n, &mut rng);
            let (corner, bottom) = (numbers(q * q, &mut rng), numbers(q * k, &mut rng));
            let system = Cyclic {
                n,
                count,
                globals: q,
                sides: k,
                steps: &steps,
                along: &along,
                right: &right,
                conditions: &conditions,
                corner: &corner,
                bottom: &bottom,
                sign,
            };
            let found = system.solve().unwrap();
            let x = |j: usize, i: usize, s: usize| {
                let (j, f) = if j == count { (0, sign) } else { (j, 1.0) };
                f * found.states[(j * n + i) * k + s]
            };
            for s in 0..k {
                for j in 0..count {
                    for i in 0..n {
                        let mut left = right[(j * n + i) * k + s] - x(j + 1, i, s);
                        (0..n).for_each(|l| left += steps[(j * n + i) * n + l] * x(j, l, s));
                        (0..q).for_each(|l| left += along[(j * n + i) * q + l] * found.globals[l * k + s]);
                        assert!(left.abs() < 1e-10, "{left}");
                    }
                }
                for r in 0..q {
                    let mut left = -bottom[r * k + s];
                    for j in 0..count {
                        (0..n).for_each(|l| left += conditions[(j * q + r) * n + l] * x(j, l, s));
                    }
                    (0..q).for_each(|l| left += corner[r * q + l] * found.globals[l * k + s]);
                    assert!(left.abs() < 1e-9, "{left}");
                }
            }
        }
    }

    /// States that grow and shrink by 1e150 around the circle: no product could be formed.
    #[test]
    fn what_grows_and_shrinks_around_the_circle_is_solved() {
        let (n, count) = (2, 100);
        let steps: Vec<f64> = (0..count).flat_map(|_| [30.0, 1.0, 0.0, 1.0 / 30.0]).collect();
        let right: Vec<f64> = (0..count).flat_map(|j| [(j as f64).sin(), 1.0]).collect();
        let system = Cyclic {
            n,
            count,
            globals: 0,
            sides: 1,
            steps: &steps,
            along: &[],
            right: &right,
            conditions: &[],
            corner: &[],
            bottom: &[],
            sign: 1.0,
        };
        let x = system.solve().unwrap().states;
        for j in 0..count {
            let next = (j + 1) % count;
            let left = 30.0 * x[2 * j] + x[2 * j + 1] + right[2 * j] - x[2 * next];
            assert!(left.abs() < 1e-12 && (x[2 * j + 1] - 30.0 / 29.0).abs() < 1e-13, "{left}");
        }
    }
}
