//! Growth between chosen inputs and outputs: `||C exp(A t) B||`.

use super::growth::{golden, growth};
use super::growth_bound::{Norms, Rates};
use crate::error::{Error, Result};
use crate::linalg::{Matrix, expm, matmul, norm2, svd, symmetric_eigen};

/// The largest transient from the columns of `B` to the rows of `C`.
#[derive(Clone, Debug)]
pub struct GrowthBetween {
    /// `max_t ||C exp(A t) B||_2` over `t >= 0`, as found.
    pub max: f64,
    /// A bound that the norm passes at no time; infinite if `A` is not stable.
    pub bound: f64,
    /// When the maximum is reached.
    pub time: f64,
    /// The combination of inputs, of norm one, that reaches it.
    pub input: Vec<f64>,
    /// The direction over outputs, of norm one, in which it does.
    pub output: Vec<f64>,
    /// Times of the curve.
    pub times: Vec<f64>,
    /// `||C exp(A t) B||_2` at those times.
    pub norms: Vec<f64>,
}

/// How far the bound may stay above the maximum, relative to it.
const TOLERANCE: f64 = 1e-6;
/// Steps of the curve before intervals are halved, and intervals that may be halved.
const POINTS: usize = 200;
const HALVINGS: usize = 4000;

/// Growth of `a` (n x n) from inputs, the columns of `input` (n x p), to outputs, the rows of `output`
/// (q x n): one population only, or population means. With two identities it is [`growth`].
///
/// The maximum over time can lie at time zero and below one. Bounds between samples are those of
/// `growth_bound.rs`: with `P = C^T C`, `||C exp(A t) B x||^2` has the second derivative `y^T M y`,
/// `M = 2 A^T P A + P A^2 + (P A^2)^T`, so it lies at most `max(0, -lambda_min(M)) d^2/8 max |y|^2`
/// above its chord. After the last time `||C|| ||B|| ||exp(A t)||` is smaller than the maximum.
///
/// # Errors
/// `a` is not stable, a shape does not fit, an entry is not finite.
///
/// ```
/// use neurate::linalg::Matrix;
/// // The pair of Murphy & Miller: a pulse to E alone, seen in E alone.
/// let a = Matrix::from_rows(&[[23.0 / 7.0, -33.0 / 7.0], [30.0 / 7.0, -40.0 / 7.0]]);
/// let (to_e, of_e) = (Matrix::from_rows(&[[1.0], [0.0]]), Matrix::from_rows(&[[1.0, 0.0]]));
/// let g = neurate::modes::growth_between(&a, &to_e, &of_e)?;
/// assert!((g.max - 1.79332484489).abs() < 1e-9 && (g.time - 0.609851107).abs() < 1e-4);
/// # Ok::<(), neurate::Error>(())
/// ```
pub fn growth_between(a: &Matrix, input: &Matrix, output: &Matrix) -> Result<GrowthBetween> {
    if input.rows() != a.rows() || output.cols() != a.cols() {
        return Err(Error::invalid(format!(
            "growth of {} states needs inputs of as many rows and outputs of as many columns, not {} x {} and {} x {}",
            a.rows(),
            input.rows(),
            input.cols(),
            output.rows(),
            output.cols()
        )));
    }
    let whole = growth(a)?;
    if !whole.max.is_finite() || whole.spectral_abscissa >= 0.0 {
        return Err(Error::invalid("growth between inputs and outputs needs a stable matrix"));
    }
    let mut search = Between::new(a, input, output)?;
    // No longer than anything can still pass the maximum.
    let reach = norm2(input)? * norm2(output)? * whole.bound;
    let mut end = 2.0 / -whole.spectral_abscissa;
    let mut nodes = search.sample(0.0, end, POINTS)?;
    let mut best =
        nodes.iter().fold((0.0, 0.0), |b, node| if node.value > b.1 { (node.t, node.value) } else { b });
    for _ in 0..40 {
        if reach * norm2(&expm(&a.scale(end))?)? <= best.1 || reach == 0.0 {
            break;
        }
        let more = search.sample(end, 1.5 * end, POINTS / 4)?;
        end *= 1.5;
        for node in &more {
            best = if node.value > best.1 { (node.t, node.value) } else { best };
        }
        nodes.extend(more.into_iter().skip(1));
    }
    let mut bound: f64 = 0.0;
    let mut halvings = 0;
    for k in 1..nodes.len() {
        let mut open = vec![(nodes[k - 1].clone(), nodes[k].clone())];
        while let Some((left, right)) = open.pop() {
            let upper = search.between(&left, &right);
            let d = right.t - left.t;
            if upper <= best.1 * (1.0 + TOLERANCE) || halvings == HALVINGS || d <= 1e-9 * right.t {
                bound = bound.max(upper);
                continue;
            }
            halvings += 1;
            let middle = search.at(left.t + 0.5 * d)?;
            best = if middle.value > best.1 { (middle.t, middle.value) } else { best };
            open.push((middle.clone(), right));
            open.push((left, middle));
        }
    }
    // The samples know the maximum to the tolerance; it is flat, and one search more brings its time.
    let width = 2.0 / -whole.spectral_abscissa / POINTS as f64;
    let (from, to) = ((best.0 - width).max(0.0), best.0 + width);
    if best.0 > 0.0 {
        let norm = |t: f64| norm2(&matmul(output, &matmul(&expm(&a.scale(t))?, input)));
        let (t, value) = golden(from, to, norm)?;
        best = if value > best.1 { (t, value) } else { best };
    }
    search.finish(best, bound, nodes)
}

/// A time at which both norms are known: `||C E B||`, and `||E B||`, which carries it.
#[derive(Clone, Debug)]
struct Node {
    t: f64,
    value: f64,
    carrier: f64,
}

struct Between<'a> {
    a: &'a Matrix,
    input: &'a Matrix,
    output: &'a Matrix,
    rates: Rates,
    bend: f64,
    of_value: Norms,
    of_carrier: Norms,
}

impl<'a> Between<'a> {
    fn new(a: &'a Matrix, input: &'a Matrix, output: &'a Matrix) -> Result<Self> {
        let p = matmul(&output.transpose(), output);
        let pa = matmul(&p, a);
        let square = matmul(&pa, a);
        let m = matmul(&a.transpose(), &pa).scale(2.0).add(&square).add(&square.transpose());
        let m = m.add(&m.transpose()).scale(0.5);
        Ok(Between {
            a,
            input,
            output,
            rates: Rates::new(a)?,
            bend: symmetric_eigen(&m)?.values.last().map_or(0.0, |v| (-v).max(0.0)),
            of_value: Norms::new(input.cols()),
            of_carrier: Norms::new(input.cols()),
        })
    }

    fn node(&mut self, t: f64, carried: &Matrix) -> Result<Node> {
        let value = self.of_value.norm(&matmul(self.output, carried))?;
        Ok(Node { t, value, carrier: self.of_carrier.norm(carried)? })
    }

    fn at(&mut self, t: f64) -> Result<Node> {
        let carried = matmul(&expm(&self.a.scale(t))?, self.input);
        self.node(t, &carried)
    }

    fn sample(&mut self, from: f64, to: f64, count: usize) -> Result<Vec<Node>> {
        let step = (to - from) / count as f64;
        let advance = expm(&self.a.scale(step))?;
        let mut carried = matmul(&expm(&self.a.scale(from))?, self.input);
        let mut nodes = vec![self.node(from, &carried)?];
        for k in 1..=count {
            carried = matmul(&advance, &carried);
            nodes.push(self.node(from + step * k as f64, &carried)?);
        }
        Ok(nodes)
    }

    fn between(&self, left: &Node, right: &Node) -> f64 {
        let d = right.t - left.t;
        let carrier = self.rates.between(d, left.carrier, right.carrier);
        (left.value.max(right.value).powi(2) + self.bend * d * d / 8.0 * carrier * carrier).sqrt()
    }

    fn finish(self, best: (f64, f64), bound: f64, nodes: Vec<Node>) -> Result<GrowthBetween> {
        let at_best = matmul(self.output, &matmul(&expm(&self.a.scale(best.0))?, self.input));
        let s = svd(&at_best)?;
        let max = s.s.first().copied().unwrap_or(0.0);
        let column = |m: &Matrix| if m.cols() > 0 { m.col(0) } else { vec![0.0; m.rows()] };
        Ok(GrowthBetween {
            max,
            bound: bound.max(max),
            time: best.0,
            input: column(&s.v),
            output: column(&s.u),
            times: nodes.iter().map(|n| n.t).collect(),
            norms: nodes.iter().map(|n| n.value).collect(),
        })
    }
}
