//! The regime map over two parameters.

mod compute;
mod types;

pub use types::{
    MapCompleteness, MapCurve, MapCurveEnd, MapCurveKind, MapPoint, MapPointKind, MapRegion, MapRegionKind,
    MapSample, RegimeMap,
};
