//! Steady states and limit cycles over one parameter: the diagram along it; and the regime map over two.

mod compute;
mod cycles;
mod map;
mod parts;
mod range;
mod regimes;
mod subject;
mod types;

pub use map::{
    MapCompleteness, MapCurve, MapCurveEnd, MapCurveKind, MapPoint, MapPointKind, MapRegion, MapRegionKind,
    MapSample, RegimeMap,
};
pub use types::{
    ClippedEnd, CompletenessWord, CycleEndKind, CycleFamilyEnd, CycleSearch, Diagram, DiagramBranch,
    DiagramCompleteness, DiagramCriticality, DiagramCycles, DiagramEnd, DiagramEndKind, DiagramParameter,
    DiagramPoint, DiagramPointKind, DiagramRemark, DiagramSide, EarlyStop, JointPart, OscillationEvidence,
    ParameterInterval, RangeOrigin, Regime, RegimeKind,
};
