//! The circuit: populations, weights, inputs over time. Checked when built, immutable after.
//!
//! Every population has one or more units; a unit is one state variable, and may have slow ones. `W[(x, y)]` is the weight
//! **to** unit `x` **from** unit `y`. All numbers are in the circuit's own units ([`Units`]).

mod address;
mod alike;
mod builder;
mod circuit;
mod form;
mod low_rank;
mod mean_field;
pub mod membrane;
mod names;
mod noise;
mod population;
mod quotient;
mod random;
mod readout;
mod reduction;
mod run;
mod slow;
mod space;
mod stabilize;
mod standard_errors;
mod stimulus;
pub(crate) mod unit;
mod units;
mod vary;
pub mod transfer;
mod weights;

pub use address::Address;
pub use builder::Builder;
pub use circuit::{Circuit, MAX_DENSE_UNITS, Parts};
pub use form::Form;
pub use low_rank::{LowRankPattern, low_rank_weights};
pub use mean_field::{MeanField, PoissonDrive, Synapses};
pub use noise::{Color, Correlation, NoiseSource};
pub use population::{CellKind, Population};
pub(crate) use population::{check_label, sign_allows};
pub use random::{RandomBlock, draw_random_weights, random_weights};
pub use readout::{Readout, Recorded};
pub use run::{Run, Start};
pub use slow::{Adaptation, Delays, Plasticity, SlowBlock, SlowKind, SlowStates};
pub use space::{Falloff, FeatureAxis, FeatureSpace, KernelSize};
pub use stabilize::{Stabilize, Stabilized, stabilize};
pub use standard_errors::{StandardError, Uncertain};
pub use stimulus::{Stimulus, Waveform};
pub use units::Units;
pub use vary::Parameter;
pub(crate) use vary::{Place, Target, scaled_total};
pub use weights::{Blocks, Circulant, Connections, LowRank, Senders, Signs, Sparse, Weights};
