//! What can be asked of a circuit: one file for each question, the type of its answer and how it is computed.
//!
//! An answer is data: numbers at any size, names, verdicts. How it is told is the business of [`crate::report`].
//!
//! ```
//! use neurate::prelude::*;
//! let circuit = file::parse(&file::template("ei").unwrap(), "ei.toml", ".".as_ref(), &[])?.build()?;
//! let normality = Study::new(circuit, Choices::default()).ask::<answers::Normality>()?;
//! assert!(!normality.normal && normality.feedforward_share > 0.98);
//! # Ok::<(), Error>(())
//! ```

mod amplification;
mod circuit;
mod diagram;
mod eigenmodes;
mod fixed_points;
mod fourier;
mod gram_schmidt;
pub mod limits;
mod linearization;
mod mean_field;
mod membrane;
mod nearest_changes;
pub(crate) mod noise;
mod normality;
mod oscillations;
mod phase_plane;
mod pseudospectra;
mod random_matrix;
pub(crate) mod rounding;
pub(crate) mod response;
mod schur;
mod slow;
mod structure;
pub(crate) mod text;
mod time_courses;
mod transfer;
mod trials;
mod twin;
mod uncertainty;
mod verdict;

pub use amplification::{Amplification, ChosenAmplification, PatternEnergies, PopulationAmplification};
pub use circuit::{Description, PopulationDescription, TransferDescription, UnitNames};
pub use diagram::{
    ClippedEnd, CompletenessWord, CycleEndKind, CycleFamilyEnd, CycleSearch, Diagram, DiagramBranch,
    DiagramCompleteness, DiagramCriticality, DiagramCycles, DiagramEnd, DiagramEndKind, DiagramParameter,
    DiagramPoint, DiagramPointKind, DiagramRemark, DiagramSide, EarlyStop, JointPart, MapCompleteness,
    MapCurve, MapCurveEnd, MapCurveKind, MapPoint, MapPointKind, MapRegion, MapRegionKind, MapSample,
    OscillationEvidence, ParameterInterval, RangeOrigin, Regime, RegimeKind, RegimeMap,
};
pub use eigenmodes::{Eigenmode, Eigenmodes, ModeCluster, ModeRotation};
pub use fixed_points::{
    FixedPointMultiplicity, FixedPointStability, FixedPoints, FoundFixedPoint, ListCompleteness, Sampling,
};
pub use fourier::{FourierAxis, FourierMode, FourierModes};
pub use gram_schmidt::GramSchmidtSteps;
pub use linearization::Linearized;
pub use mean_field::{MeanField, SpikingPopulation, TheoryAssumption};
pub use membrane::{MeanVoltages, Membranes};
pub use nearest_changes::{
    ChangeDistance, NearestChange, NearestChangeKind, NearestChanges, UnchangedSide, UndecidedReason,
    UndecidedSide,
};
pub use noise::{
    FluctuationPattern, Fluctuations, LaggedCovariance, MostEnergy, NoFluctuations, NoiseInput, NoiseKind,
    NoisePairs, PairSpectrum, PopulationFluctuations, StationaryFluctuations,
};
pub use normality::Normality;
pub use oscillations::{Oscillations, RateCrossSpectrum, RateSpectrumPeak, SpikingMode};
pub(crate) use phase_plane::trajectory_from;
pub use phase_plane::{
    DrivenPlane, HeldState, ManifoldEnd, Nullcline, PhasePlane, PlaneCourse, PlaneCurve, PlaneCycle,
    PlaneFixedPoint, PlaneFlow, PlaneManifold, PlanePointKind, plane_axes,
};
pub use pseudospectra::{Bounds, Pseudospectra};
pub use random_matrix::{MeasuredSpectrum, PredictedOutlier, RandomMatrixComparison};
pub use response::{
    BranchEnd, BranchEndKind, FiniteInputResponse, FrequencyResponses, GainBound, InPhaseSignChanges,
    InhibitionStabilization, PairResonance, PairResponse, PartCurve, PartResponse, PartialResponses,
    PopulationResponse, RateExtremum, Responses, SubsetVerdict, UnitParadox,
};
pub use schur::{SchurBlockLink, SchurDecomposition, SchurLink, SchurModes, SchurShares};
pub use slow::{SlowStateBlock, SlowStateKind, SlowStates};
pub use structure::{DaleVerdict, MixedSender, SignVerdict, Structure, SumDifferenceWeights, WeightBlock};
pub use time_courses::{
    FedMode, FeedingPart, FeedingSource, NonModeSource, RunEnd, RunStatus, SlowCourse, TimeCourses,
};
pub use transfer::{TransferFunctions, TransferPoint};
pub use trials::{RunawayTrial, Trials};
pub use twin::Twin;
pub use uncertainty::{
    NoVerdicts, ProbabilityOfParadox, ResponseQuantile, SampledProbability, SampledUncertainty,
    UncertainParameter, Uncertainty,
};
pub use verdict::{
    CircuitComponent, ComponentAmplification, ComponentKind, ConditionVerdict, FeedforwardLinks, IsnBoundary,
    LimitCycle, ParadoxicalPopulation, SignChange, SlowestMode, UncertaintyCause, Verdict, VerdictCertainty,
    VerdictState,
};

pub(crate) use oscillations::slowest_membrane;
pub(crate) use pseudospectra::Effort;
pub(crate) use slow::point_of_slow_states;
pub(crate) use verdict::{AMPLIFIES, is_non_normal};
