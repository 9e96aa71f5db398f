//! Who feeds whom, when: the largest Schur modes of a time course, taken apart by where their activity came from.

use super::padded::Padded;
use crate::answers::limits::{FED_MODES, FED_UNITS, FEEDING_MODES};
use crate::linear::modes::{Fed, SchurModes, Source, feeding as take_apart};
use crate::simulate::Protocol;
use crate::study::Array;
use neurate_numerics::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

/// The time course of a Schur mode, or of the two of a complex pair, and the parts that it is the sum of.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FedMode {
    /// The mode, or the two of a pair, counted from 1.
    pub modes: Vec<usize>,
    /// Its coordinate at its peak, in the unit of the state; of a pair the component along its direction there.
    pub peak: f64,
    /// When that is, in the unit of time.
    pub peak_time: f64,
    /// The coordinate at each time.
    pub coordinate: Array,
    /// Its parts: initial value, input, feeding modes (the largest contribution first), others. They add up to the time course
    /// at every time, to rounding.
    pub parts: Vec<FeedingPart>,
}

/// What a mode's activity has from one source.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FeedingPart {
    /// Where it came from.
    pub from: FeedingSource,
    /// Its value of largest modulus, in the unit of the state.
    pub largest: f64,
    /// When that is, in the unit of time.
    pub at: f64,
    /// Its share of the mode's coordinate at the mode's peak.
    pub share: f64,
    /// Its value at each time.
    pub coordinate: Array,
}

/// Where a part of a mode's activity came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum FeedingSource {
    /// Another mode, or the two of a pair, through the feedforward link: counted from 1.
    Modes(Vec<usize>),
    /// Another source.
    Other(NonModeSource),
}

/// A source of a mode's activity that is no single mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NonModeSource {
    /// The mode's own initial value, as it decays.
    Initial,
    /// The input along the mode.
    Input,
    /// All modes that are not listed one by one.
    Others,
}

/// The largest modes; None for too many units, and where nothing moves, since nothing then feeds anything.
pub(super) fn feeding(
    schur: &SchurModes,
    padded: &Padded,
    protocol: &Protocol,
    times: &[f64],
) -> Result<Option<Vec<FedMode>>> {
    if schur.lambda.len() > FED_UNITS {
        return Ok(None);
    }
    let start = padded.deviation(protocol);
    let fed = take_apart(schur, padded.l.tau_0, &padded.drive(), &start, times, FED_MODES, FEEDING_MODES)?;
    Ok((!fed.is_empty()).then(|| fed.iter().map(|f| parts(f, times)).collect()))
}

fn parts(f: &Fed, times: &[f64]) -> FedMode {
    let peak = f.peak();
    let total = f.along(&f.total);
    let parts = f.parts.iter().map(|(source, course)| {
        let course = f.along(course);
        let top = (0..course.len()).max_by(|&a, &b| course[a].abs().total_cmp(&course[b].abs())).unwrap_or(0);
        FeedingPart {
            from: match source {
                Source::Initial => FeedingSource::Other(NonModeSource::Initial),
                Source::Input => FeedingSource::Other(NonModeSource::Input),
                Source::Modes(m) => FeedingSource::Modes(m.clone().map(|m| m + 1).collect()),
                Source::Others => FeedingSource::Other(NonModeSource::Others),
            },
            largest: course[top],
            at: times[top],
            share: course[peak] / total[peak],
            coordinate: course.into(),
        }
    });
    FedMode {
        modes: f.modes.clone().map(|m| m + 1).collect(),
        peak: total[peak],
        peak_time: times[peak],
        parts: parts.collect(),
        coordinate: total.into(),
    }
}
