//! Spatial modes of a circuit on a ring or torus: small exact blocks of the large matrix.

use super::rounding::clean;
use crate::linear::modes::{SpatialMode, amplification, spatial_modes};
use crate::study::{Answer, Applies, ComplexArray, ComplexList, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use schemars::JsonSchema;
use serde::Serialize;

/// The modes' matrix of a translation-invariant circuit, taken apart into blocks between populations, one for each wave
/// (Ben-Yishai, Bar-Or & Sompolinsky 1995; Rubin, Van Hooser & Miller 2015). Exact: with their copies the blocks have the
/// eigenvalues and the feedforward weight of the whole matrix.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FourierModes {
    /// Whether there are such modes: the linearization is translation-invariant to 1e-10 of its largest entry, and every
    /// population stands on the points of the space.
    pub invariant: bool,
    /// The axes of the space.
    pub axes: Vec<FourierAxis>,
    /// Sum of the squared feedforward weights of all modes with their copies: that of the whole matrix. Null without modes.
    pub feedforward_squared: Option<f64>,
    /// All modes, slowest first; of a wave and the opposite one the first. Empty if the circuit is not invariant.
    pub modes: Vec<FourierMode>,
}

/// One axis of the space.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FourierAxis {
    /// Name of the feature: `orientation`.
    pub name: String,
    /// Length of the circle, in the user's unit.
    pub period: f64,
    /// Number of evenly spaced points.
    pub points: usize,
}

/// Waves of one wave number over all populations.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FourierMode {
    /// Cycles per period along each axis, from `−points/2` to `points/2`; the first that is not zero is positive.
    pub wave: Vec<i64>,
    /// How often the block occurs in the whole matrix: 2 for cosine and sine, 1 for the uniform wave, the fastest
    /// alternating one, and a complex block, which stands for both.
    pub copies: usize,
    /// Block of the modes' matrix, to population (row) from population (column).
    pub block: ComplexArray,
    /// Eigenvalues of the block, rightmost first; of a complex block with their conjugates.
    pub eigenvalues: ComplexList,
    /// Sum of the squared feedforward weights of the block (of a complex one, of its real form, which is twice as large).
    pub feedforward_squared: f64,
    /// Largest norm of the propagator `exp(At)` over all times; null if the mode grows.
    pub amplification: Option<f64>,
}

impl Answer for FourierModes {
    const NAME: &'static str = "fourier_modes";

    fn applies(study: &Study) -> Applies {
        match Applies::yes_if(study.circuit().space().is_some(), "a feature space") {
            Applies::Yes => Applies::at_operating_point(study)
                .of_units_alone(study, "its blocks are those of rates alone"),
            applies => applies,
        }
    }

    fn compute(study: &Study) -> Result<FourierModes> {
        let c = study.circuit();
        let l = study.linearization()?;
        let m = l.modes_decomposition().matrix();
        let axes = c.space().map_or(&[][..], |s| s.axes()).iter().map(|a| FourierAxis {
            name: a.name.clone(),
            period: a.period,
            points: a.points,
        });
        let axes = axes.collect();
        let on_grid = c.space().filter(|s| c.populations().iter().all(|p| p.size == s.points()));
        let Some(waves) = on_grid.and_then(|s| spatial_modes(m, c.populations().len(), &s.shape())) else {
            return Ok(FourierModes { invariant: false, axes, feedforward_squared: None, modes: vec![] });
        };
        let scale = m.frobenius();
        let mut modes: Vec<FourierMode> =
            waves.iter().map(|w| FourierMode::new(w, scale, l.tau_0)).collect::<Result<_>>()?;
        let all: f64 = modes.iter().map(|w| w.copies as f64 * w.feedforward_squared).sum();
        modes.sort_by(|a, b| b.rightmost().total_cmp(&a.rightmost()));
        Ok(FourierModes { invariant: true, axes, feedforward_squared: Some(all), modes })
    }
}

impl FourierMode {
    fn new(w: &SpatialMode, scale: f64, tau_0: f64) -> Result<FourierMode> {
        let values = w.eigenvalues()?;
        Ok(FourierMode {
            wave: w.wave.clone(),
            copies: w.copies(),
            block: (&w.block).into(),
            eigenvalues: values.into_iter().map(|z| clean(z, scale)).collect(),
            feedforward_squared: w.feedforward_squared()?,
            amplification: amplified(w, tau_0),
        })
    }

    /// Real part of the block's rightmost eigenvalue.
    pub fn rightmost(&self) -> f64 {
        self.eigenvalues.first().map_or(f64::NAN, |z| z.re)
    }
}

/// Largest `‖exp(At)‖` of a mode's own dynamics, if it is stable.
fn amplified(w: &SpatialMode, tau_0: f64) -> Option<f64> {
    let b = w.real_form();
    let a = b.sub(&Matrix::identity(b.rows())).scale(1.0 / tau_0);
    amplification(&a).ok().map(|g| g.max).filter(|g| g.is_finite())
}
