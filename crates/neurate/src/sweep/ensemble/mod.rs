//! Ensembles: one circuit, many members that differ in parameters, side by side.
//!
//! ```
//! use neurate::sweep::Axis;
//! use neurate::sweep::ensemble::{Ensemble, Ending, SettleOptions};
//! use neurate::file::{parse, template};
//!
//! let spec = parse(&template("ssn").unwrap(), "ssn.toml", ".".as_ref(), &[])?;
//! let h = Axis::new("h", vec![5.0, 10.0, 20.0], "")?;
//! let ensemble = Ensemble::new(&spec, &[h])?;
//! let settled = ensemble.steady_states(&SettleOptions::default())?;
//! assert_eq!(settled.endings, [Ending::Converged; 3]);
//! // Value of unit j in member e at j * members + e: the excitatory rate rises with the input.
//! assert!(settled.states[0] < settled.states[1] && settled.states[1] < settled.states[2]);
//! # Ok::<(), neurate::Error>(())
//! ```

mod block;
mod members;
mod points;
mod scalars;
mod steady;

pub use members::Ensemble;
pub use points::MemberPoints;
pub use steady::{Ending, SettleOptions, SteadyStates};
