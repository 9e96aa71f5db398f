//! Loops over vectors, compiled for the widest instructions of the machine.

use super::matrix::Matrix;

/// A loop that `pulp` compiles once for each set of instructions.
struct Dot<'a>(&'a [f64], &'a [f64]);
struct Add<'a>(&'a mut [f64], f64, &'a [f64]);
struct Gram<'a> {
    e: &'a Matrix,
    upper: bool,
    scale: f64,
    x: &'a [f64],
    y: &'a mut [f64],
}

impl pulp::NullaryFnOnce for Dot<'_> {
    type Output = f64;
    #[inline(always)]
    fn call(self) -> f64 {
        dot_loop(self.0, self.1)
    }
}

impl pulp::NullaryFnOnce for Add<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        add_loop(self.0, self.1, self.2);
    }
}

impl pulp::NullaryFnOnce for Gram<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        self.y.fill(0.0);
        for i in 0..self.e.rows() {
            let from = if self.upper { i.saturating_sub(1) } else { 0 };
            let row = &self.e.row(i)[from..];
            let z = dot_loop(row, &self.x[from..]) * self.scale * self.scale;
            add_loop(&mut self.y[from..], z, row);
        }
    }
}

#[inline(always)]
fn dot_loop(a: &[f64], b: &[f64]) -> f64 {
    // Sums side by side: vector instructions may not reorder one.
    const LANES: usize = 16;
    let mut sums = [0.0; LANES];
    let (wide_a, wide_b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f64 = wide_a.remainder().iter().zip(wide_b.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in wide_a.zip(wide_b) {
        for i in 0..LANES {
            sums[i] += x[i] * y[i];
        }
    }
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            sums[i] += sums[i + half];
        }
        half /= 2;
    }
    sums[0] + rest
}

#[inline(always)]
fn add_loop(y: &mut [f64], c: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += c * x;
    }
}

/// `a . b`.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    pulp::Arch::new().dispatch(Dot(a, b))
}

/// `y += c x`.
pub(super) fn add(y: &mut [f64], c: f64, x: &[f64]) {
    pulp::Arch::new().dispatch(Add(y, c, x));
}

/// `y = (s E)^T (s E) x`, in one pass through `e`; `upper`: it is upper quasi-triangular.
pub(super) fn gram_times(e: &Matrix, upper: bool, scale: f64, x: &[f64], y: &mut [f64]) {
    assert!(x.len() == e.cols() && y.len() == e.cols());
    pulp::Arch::new().dispatch(Gram { e, upper, scale, x, y });
}
