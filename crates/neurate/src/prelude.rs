//! What nearly every program needs: `use neurate::prelude::*;`.
//!
//! ```
//! use neurate::prelude::*;
//!
//! let circuit = file::parse(&file::template("ssn").unwrap(), "ssn.toml", ".".as_ref(), &[])?.build()?;
//! let study = Study::new(circuit, Choices::default().at(1));
//! let found = study.ask::<answers::FixedPoints>()?;
//! assert_eq!(found.points[0].stability, answers::FixedPointStability::Stable);
//! # Ok::<(), Error>(())
//! ```
//!
//! Answers and the functions that read files keep the names of their rooms, `answers::Normality` and `file::read`:
//! without them several names would mean two things.

pub use crate::answers;
pub use crate::file;
pub use crate::fixed_points::{FixedPoint, SearchOptions, Stability};
pub use crate::linear::Linearization;
pub use crate::linear::modes::Order;
pub use crate::model::transfer::Transfer;
pub use crate::model::{Address, CellKind, Circuit, Form, Parameter, Stimulus, Waveform};
pub use crate::report::Report;
pub use crate::simulate::{RunOptions, Trajectory};
pub use crate::spec::Spec;
pub use crate::study::{Answer, Applies, Choices, Study};
pub use neurate_numerics::linalg::Matrix;
pub use neurate_numerics::{Error, Result};
