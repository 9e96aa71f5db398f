//! Pseudospectra: what small changes of the weights can do to the eigenvalues, and what that says about transients and
//! resonances.

use super::limits::{KREISS_UNITS, PSEUDOSPECTRA_UNITS};
use crate::linear::modes::{self, Bracket, distance_to_instability_of, kreiss_constant_of, pseudospectra_of};
use crate::study::{Answer, Applies, Array, ComplexArray, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Complex, Matrix};
use schemars::JsonSchema;
use serde::Serialize;

/// How far small changes of the modes' matrix M move its eigenvalues, all dimensionless unless a unit is named (Trefethen &
/// Embree 2005). Not available above 2,000 units, which take half a minute.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Pseudospectra {
    /// Round levels of ε, ascending, whose contours of `s_min` close within the grid.
    pub levels: Array,
    /// Real parts of the grid's points, ascending.
    pub x: Array,
    /// Imaginary parts, from 0 upwards: the lower half of the plane is the mirror image.
    pub y: Array,
    /// Smallest singular value of `x + iy − M`: rows by y, columns by x. A matrix within ε of M has an eigenvalue there if
    /// and only if it is at most ε. Good to 1e-6 of itself, and no better than rounding, about `1e-15 n ‖M‖`.
    pub s_min: Array,
    /// Boundary of the numerical range, counterclockwise from the rightmost point, the last equal to the first.
    pub numerical_range: ComplexArray,
    /// Bounds of the Kreiss constant, a lower bound of the largest amplification (Kreiss 1962): the lower bound is reached at
    /// a point, the upper one holds everywhere. Null above 600 units, where it would take long.
    pub kreiss: Option<Bounds>,
    /// Bounds of the distance to instability: norm of the smallest complex change of M that destabilizes the circuit, 0 if it is not
    /// stable. Certified by eigenvalues of a Hamiltonian matrix (Burke, Lewis & Overton 2003), to about `1e-13 ‖M‖`.
    pub distance_to_instability: Bounds,
    /// Bounds of its reciprocal, the largest gain of a sinusoidal input (H∞ norm of the resolvent; Boyd & Balakrishnan 1990;
    /// Bruinsma & Steinbuch 1990).
    pub h_infinity: Bounds,
    /// Frequency of that input, in the circuit's unit of rate (Hz where rates are in Hz).
    pub frequency: f64,
    /// Right edge of the numerical range: something grows at first if and only if it is above 1.
    pub numerical_abscissa: f64,
    /// Right edge of the spectrum: 1 is the boundary of stability.
    pub spectral_abscissa: f64,
    /// Points of the grid at which the full decomposition served.
    #[serde(skip)]
    pub(crate) decomposed: usize,
}

/// Two numbers with a value between them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Bounds {
    /// Not above the value; null if it is infinite.
    pub lower: f64,
    /// Not below it; null if it is infinite.
    pub upper: f64,
}

/// How much is done for circuits of a size: each point of the grid costs n², each line n³.
pub(crate) struct Effort {
    /// Points of the grid each way.
    resolution: usize,
    /// Relative distance to which the bounds of the Kreiss constant are closed.
    pub tolerance: f64,
    /// Vertical lines that are searched for it at most; without any there is no constant.
    pub lines: usize,
}

impl Effort {
    pub(crate) fn of(units: usize) -> Effort {
        let (resolution, tolerance, lines) = match units {
            0..=40 => (100, 1e-3, 60),
            41..=120 => (100, 1e-2, 24),
            121..=200 => (100, 1e-2, 12),
            201..=KREISS_UNITS => (70, 1e-2, 6),
            _ if units <= 1000 => (50, 0.0, 0),
            _ => (36, 0.0, 0),
        };
        Effort { resolution, tolerance, lines }
    }
}

impl Answer for Pseudospectra {
    const NAME: &'static str = "pseudospectra";

    fn applies(study: &Study) -> Applies {
        let why = "it measures patterns over units by their norm, and slow states have scales of their own";
        match Applies::at_operating_point(study).of_units_alone(study, why) {
            Applies::Yes if study.circuit().n() > PSEUDOSPECTRA_UNITS => Applies::Unavailable(format!(
                "not available above {PSEUDOSPECTRA_UNITS} units, where it would take long"
            )),
            applies => applies,
        }
    }

    fn compute(study: &Study) -> Result<Pseudospectra> {
        let c = study.circuit();
        let l = study.linearization()?;
        let effort = Effort::of(c.n());
        let decomposed = l.modes_decomposition();
        let m = decomposed.matrix();
        // Stability is Re lambda < 1: what A = (M - 1)/tau_0 has at zero, in units of 1/tau_0.
        let shifted = decomposed.shifted(m.sub(&Matrix::identity(c.n())), -1.0, 1.0);
        let told = |from, to| study.progress().part(from, to);
        let p = pseudospectra_of(decomposed, effort.resolution, &[Complex::new(1.0, 0.0)], &told(0.0, 0.3))?;
        let d = distance_to_instability_of(&shifted, &told(0.3, 0.5))?;
        let kreiss = if effort.lines > 0 {
            let k = kreiss_constant_of(&shifted, effort.tolerance, effort.lines, &told(0.5, 1.0))?;
            Some(k.constant.into())
        } else {
            None
        };
        let rightmost = |of: &[Complex]| of.iter().fold(f64::NEG_INFINITY, |a: f64, z| a.max(z.re));
        let upper = p.y.len() / 2..p.y.len();
        Ok(Pseudospectra {
            y: p.y[upper.clone()].into(),
            s_min: Array::rows(upper.map(|i| p.s_min.row(i).to_vec())),
            kreiss,
            distance_to_instability: d.distance.into(),
            h_infinity: d.peak.into(),
            frequency: d.frequency / l.tau_0 / std::f64::consts::TAU / c.units().rate_times_time,
            numerical_abscissa: rightmost(&p.range),
            spectral_abscissa: rightmost(&p.eigenvalues),
            levels: p.levels.into(),
            x: p.x.into(),
            numerical_range: p.range.into(),
            decomposed: p.decomposed,
        })
    }
}

impl Pseudospectra {
    /// The whole grid, from its upper half; `eigenvalues` are those of M.
    pub(crate) fn grid(&self, eigenvalues: Vec<Complex>) -> modes::Pseudospectra {
        let half = self.y.data().len().saturating_sub(1);
        let rows = if self.y.data().is_empty() { 0 } else { 2 * half + 1 };
        let y = |i: usize| if i < half { -self.y.data()[half - i] } else { self.y.data()[i - half] };
        modes::Pseudospectra {
            x: self.x.data().to_vec(),
            y: (0..rows).map(y).collect(),
            s_min: Matrix::from_fn(rows, self.x.data().len(), |i, j| self.s_min[(i.abs_diff(half), j)]),
            levels: self.levels.data().to_vec(),
            eigenvalues,
            range: self.numerical_range.data().to_vec(),
            decomposed: self.decomposed,
        }
    }
}

impl From<Bracket> for Bounds {
    fn from(b: Bracket) -> Bounds {
        Bounds { lower: b.lower, upper: b.upper }
    }
}
