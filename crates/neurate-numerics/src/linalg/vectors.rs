//! Loops over vectors, compiled for the widest instructions of the machine.

/// A loop that `pulp` compiles once for each set of instructions.
struct Dot<'a>(&'a [f64], &'a [f64]);
struct Add<'a>(&'a mut [f64], f64, &'a [f64]);
struct Orthogonalize<'a> {
    basis: &'a [Vec<f64>],
    w: &'a mut [f64],
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

impl pulp::NullaryFnOnce for Orthogonalize<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        for q in self.basis {
            let c = dot_loop(q, self.w);
            add_loop(self.w, -c, q);
        }
    }
}

#[inline(always)]
pub(super) fn dot_loop(a: &[f64], b: &[f64]) -> f64 {
    // Sums side by side: vector instructions may not reorder one.
    const SUMS: usize = 16;
    let mut sums = [0.0; SUMS];
    let n = a.len().min(b.len());
    let whole = n / SUMS * SUMS;
    let (a, b) = (&a[..n], &b[..n]);
    for j in (0..whole).step_by(SUMS) {
        for i in 0..SUMS {
            sums[i] += a[j + i] * b[j + i];
        }
    }
    let mut rest = 0.0;
    for j in whole..n {
        rest += a[j] * b[j];
    }
    let mut half = SUMS / 2;
    while half > 0 {
        for i in 0..half {
            sums[i] += sums[i + half];
        }
        half /= 2;
    }
    sums[0] + rest
}

#[inline(always)]
pub(super) fn add_loop(y: &mut [f64], c: f64, x: &[f64]) {
    let n = y.len().min(x.len());
    let (y, x) = (&mut y[..n], &x[..n]);
    for j in 0..n {
        y[j] += c * x[j];
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

/// Takes the parts along the vectors of an orthonormal basis from `w`, one after the other.
pub(super) fn orthogonalize(basis: &[Vec<f64>], w: &mut [f64]) {
    pulp::Arch::new().dispatch(Orthogonalize { basis, w });
}
