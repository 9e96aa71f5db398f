//! Steady states and limit cycles over one parameter: the diagram along it.

mod compute;
mod cycles;
mod parts;
mod range;
mod regimes;
mod subject;
mod types;

pub use types::{
    ClippedEnd, CompletenessWord, CycleEndKind, CycleFamilyEnd, CycleSearch, Diagram, DiagramBranch,
    DiagramCompleteness, DiagramCriticality, DiagramCycles, DiagramEnd, DiagramEndKind, DiagramParameter,
    DiagramPoint, DiagramPointKind, DiagramRemark, DiagramSide, EarlyStop, JointPart, OscillationEvidence,
    ParameterInterval, RangeOrigin, Regime, RegimeKind,
};
