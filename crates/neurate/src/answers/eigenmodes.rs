//! Eigenmodes: amplification, and what it costs in time.

use super::limits::VECTORS_IN_JSON;
use super::random_matrix::RandomMatrixComparison;
use super::rounding::clean_mode;
use crate::linear::Linearization;
use crate::linear::modes;
use crate::study::{Answer, Applies, Array, ComplexArray, ComplexNumber, MAX_ENTRIES_IN_JSON, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Complex;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

/// Eigenmodes of the modes' matrix `M = 1 + τ₀A`, where A is the Jacobian and `τ₀` the linearization's unit of time.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Eigenmodes {
    /// Condition number of the basis of unit-norm eigenvectors: 1 of a normal matrix; null if it is infinite, where
    /// eigenvectors are missing.
    pub basis_condition: f64,
    /// Whether activity may be expanded in these modes: the condition is at most 1e8.
    pub expandable: bool,
    /// Why an expansion is refused; null if it is not.
    pub refusal: Option<String>,
    /// Eigenvalues that cannot be distinguished because of rounding.
    pub clusters: Vec<ModeCluster>,
    /// The modes: by falling real part of the eigenvalue, then by falling imaginary part. In JSON only the first twelve
    /// have their vectors if there are more than 100 modes.
    #[serde(serialize_with = "modes_in_json")]
    pub modes: Vec<Eigenmode>,
    /// What a random matrix with the same block statistics would have for a spectrum; null below 50 units, with slow states,
    /// and where time constants differ.
    pub random_matrix: Option<RandomMatrixComparison>,
}

/// One eigenmode.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Eigenmode {
    /// Eigenvalue `λ` of the modes' matrix, dimensionless; zero or one where it differs from that by rounding. Its error is
    /// about `condition` times `1e-15 ‖M‖`.
    pub lambda: ComplexNumber,
    /// `τ₀ / (1 − Re λ)`: the time in which the mode decays, in the circuit's unit of time; negative if it grows, null
    /// (infinite) if it integrates.
    pub tau: f64,
    /// `1 / |1 − λ|`: its response to a constant input along it, per input; null (infinite) if it integrates. Null as
    /// well where time constants differ or with slow states, since `λ` is none of the weights there.
    pub static_gain: Option<f64>,
    /// Frequency of its oscillation, in the circuit's unit of rate (Hz where rates are in Hz); 0 of a real mode, negative
    /// of the second of a pair.
    pub frequency: f64,
    /// `‖l‖ ‖e‖`: the largest shift of the eigenvalue per change of M in norm; null (infinite) in a defective cluster.
    pub condition: f64,
    /// Right eigenvector `e` over units, then slow states: unit norm, largest component real and positive.
    pub right: ComplexArray,
    /// Left eigenvector `l` over the same, `l · e = 1` without conjugation; null where an expansion is refused.
    pub left: Option<ComplexArray>,
    /// What a complex pair is in real numbers; null of a real mode.
    pub rotation: Option<ModeRotation>,
}

/// A complex pair as a rotation in a plane of patterns: activity goes round an ellipse, from `long` to `short` to `−long`,
/// while it decays or grows.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ModeRotation {
    /// Long half-axis of the ellipse, over units and slow states. The squared norms of both half-axes add up to 1.
    pub long: Array,
    /// Short half-axis.
    pub short: Array,
    /// Length of the long half-axis over that of the short one: 1 of a circle, as in every normal matrix.
    pub ratio: f64,
}

/// Eigenvalues that a change of the matrix at the level of rounding can make equal.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ModeCluster {
    /// Numbers of the modes, from 1.
    pub members: Vec<usize>,
    /// Mean of their eigenvalues, the one number that is well known.
    pub mean: ComplexNumber,
    /// Expected error of the mean.
    pub error: f64,
    /// Largest distance of a member's eigenvalue from the mean.
    pub spread: f64,
    /// Expected error of a single member's eigenvalue.
    pub single_error: f64,
    /// Root of the summed squares of the feedforward links inside the cluster.
    pub coupling: f64,
    /// Number of independent eigenvectors, to rounding.
    pub eigenvectors: usize,
    /// Whether there are fewer of these than members. Else the eigenvalue is merely repeated.
    pub defective: bool,
}

impl Answer for Eigenmodes {
    const NAME: &'static str = "eigenmodes";

    fn applies(study: &Study) -> Applies {
        match Applies::at_operating_point(study) {
            Applies::Yes if study.linearization().is_ok_and(Linearization::delayed) => Applies::Unavailable(
                "not available with delays: the modes are not those of a matrix; the section on slow states and delays lists them"
                    .into(),
            ),
            applies => applies,
        }
    }

    fn compute(study: &Study) -> Result<Eigenmodes> {
        let l = study.linearization()?;
        let e = study.eigenmodes()?;
        let per_rate = study.circuit().units().rate_times_time;
        let modes: Vec<Eigenmode> =
            e.modes.iter().map(|m| Eigenmode::new(m, e.expandable(), l, per_rate)).collect();
        let values: Vec<Complex> = modes.iter().map(|m| m.lambda.0).collect();
        Ok(Eigenmodes {
            basis_condition: e.condition,
            expandable: e.expandable(),
            refusal: e.refusal(),
            clusters: e.clusters.iter().map(ModeCluster::new).collect(),
            random_matrix: RandomMatrixComparison::of(study, &values)?,
            modes,
        })
    }
}

impl Eigenmode {
    fn new(mode: &modes::Eigenmode, expandable: bool, l: &Linearization, rate_times_time: f64) -> Eigenmode {
        let mut m = mode.clone();
        m.lambda = clean_mode(m.lambda, l.modes_decomposition().matrix().frobenius(), l);
        if m.lambda.re == 1.0 {
            m.tau = f64::INFINITY;
            m.static_gain = 1.0 / m.lambda.im.abs();
        }
        Eigenmode {
            lambda: m.lambda.into(),
            tau: m.tau,
            static_gain: l.uniform_tau().then_some(m.static_gain),
            frequency: m.frequency / rate_times_time,
            condition: m.condition,
            rotation: m.rotation().map(|r| ModeRotation {
                long: r.long.into(),
                short: r.short.into(),
                ratio: r.ratio,
            }),
            right: m.right.into(),
            left: m.left.filter(|_| expandable).map(ComplexArray::from),
        }
    }
}

impl ModeCluster {
    fn new(c: &modes::Cluster) -> ModeCluster {
        ModeCluster {
            members: c.members.iter().map(|k| k + 1).collect(),
            mean: c.mean.into(),
            error: c.error,
            spread: c.spread,
            single_error: c.single_error(),
            coupling: c.coupling,
            eigenvectors: c.eigenvectors,
            defective: c.defective(),
        }
    }
}

/// Every vector is short, but all of them together are a matrix: what [`Array`] does for one, this does for the list.
fn modes_in_json<S: Serializer>(modes: &[Eigenmode], s: S) -> Result<S::Ok, S::Error> {
    /// A mode whose vectors are null.
    #[derive(Serialize)]
    struct Brief {
        lambda: ComplexNumber,
        tau: f64,
        static_gain: Option<f64>,
        frequency: f64,
        condition: f64,
        right: (),
        left: (),
        rotation: (),
    }
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Written<'a> {
        Whole(&'a Eigenmode),
        Brief(Brief),
    }
    let entries: usize = modes.iter().map(|m| m.right.data().len()).sum();
    if !s.is_human_readable() || entries <= MAX_ENTRIES_IN_JSON {
        return s.collect_seq(modes);
    }
    s.collect_seq(modes.iter().enumerate().map(|(k, m)| match k {
        0..VECTORS_IN_JSON => Written::Whole(m),
        _ => Written::Brief(Brief {
            lambda: m.lambda,
            tau: m.tau,
            static_gain: m.static_gain,
            frequency: m.frequency,
            condition: m.condition,
            right: (),
            left: (),
            rotation: (),
        }),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, to_value};

    #[test]
    fn vectors_of_more_than_100_modes_are_short_in_json() {
        let answer = |n: usize| {
            let mode = Eigenmode {
                lambda: Complex::new(0.5, 0.0).into(),
                tau: 2.0,
                static_gain: Some(2.0),
                frequency: 0.0,
                condition: 1.0,
                right: vec![Complex::new(1.0, 0.0); n].into(),
                left: None,
                rotation: None,
            };
            let modes = vec![mode; n];
            let answer = Eigenmodes {
                basis_condition: 1.0,
                expandable: true,
                refusal: None,
                clusters: vec![],
                modes,
                random_matrix: None,
            };
            to_value(answer).unwrap()["modes"].clone()
        };
        assert!(answer(100)[99]["right"].is_object());
        let many = answer(101);
        assert!(many[VECTORS_IN_JSON - 1]["right"].is_object() && many[VECTORS_IN_JSON]["right"].is_null());
        let keys = |mode: &Value| mode.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&many[VECTORS_IN_JSON - 1]), keys(&many[VECTORS_IN_JSON]));
        assert_eq!(many[VECTORS_IN_JSON]["tau"], 2.0);
    }
}
