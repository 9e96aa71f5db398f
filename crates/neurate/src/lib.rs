//! Rate models of neural circuits: what a circuit does, and why.
//!
//! ```
//! use neurate::prelude::*;
//!
//! // Balanced excitation and inhibition: both eigenvalues of W are 0, and the pair amplifies all the same.
//! let circuit = Circuit::from_weights(Matrix::from_rows(&[[4.0, -4.0], [4.0, -4.0]]))
//!     .populations(&[("E", CellKind::Excitatory, 1), ("I", CellKind::Inhibitory, 1)])
//!     .build()?;
//! let study = Study::new(circuit, Choices::default());
//! let transient = study.ask::<answers::Amplification>()?;
//! assert!((transient.max - 2.99).abs() < 0.01 && (transient.time - 19.4).abs() < 0.1); // 3-fold after 19 ms
//! # Ok::<(), Error>(())
//! ```
//!
//! # Which room answers which question
//!
//! A question that has an answer of its own is asked of a [`Study`](study::Study): `study.ask::<answers::Normality>()`.
//! The rooms below it have the same numbers as functions of circuits and matrices.
//!
//! | question | room | begin with |
//! |---|---|---|
//! | At which rate does a leaky integrate-and-fire neuron fire in noise? | [`lif`] | [`lif::ricciardi()`] |
//! | How do I describe a circuit, and vary it? | [`model`] | [`Circuit::from_weights`](model::Circuit::from_weights), [`Circuit::with`](model::Circuit::with) |
//! | How do I change a description before a circuit is built: parameters, what is drawn, conditions? | [`spec`] | [`Spec::set`](spec::Spec::set), [`Spec::build`](spec::Spec::build) |
//! | How do I read a circuit or weights from a file? | [`file`](mod@file) | [`file::read`], [`file::parse`], [`file::circuit_of_matrix`] |
//! | Which equation does it obey, and what is its Jacobian? | [`dynamics`] | [`CircuitDynamics`](dynamics::CircuitDynamics), [`Dynamics`](dynamics::Dynamics) |
//! | What does it do over time, with a stimulus or noise? | [`simulate`] | [`Study::trajectory`](study::Study::trajectory), [`simulate::simulate()`], [`simulate::trials()`] |
//! | Where does it settle, and is that stable? | [`fixed_points`] | [`Study::point`](study::Study::point), [`fixed_points::fixed_points()`] |
//! | What does it amplify, how slow is it, how far from instability? | [`linear::modes`] | [`amplification`](linear::modes::amplification()), [`eigenmodes`](linear::modes::eigenmodes()), [`schur_modes`](linear::modes::schur_modes()) |
//! | Is it an ISN, does a population respond paradoxically, what becomes of noise? | [`linear::response`] | [`Study::verdicts`](study::Study::verdicts), [`response_matrix`](linear::response::response_matrix), [`fluctuations`](linear::response::fluctuations()) |
//! | Does a network of spiking neurons oscillate? | [`linear::mean_field`] | [`Study::delayed_stability`](study::Study::delayed_stability) |
//! | Where do its equilibria turn, meet and lose stability over a parameter? | [`branch`] | [`branch::diagram()`] |
//! | How do I ask several questions about one circuit, and compute nothing twice? | [`study`] | [`Study::new`](study::Study::new), [`Study::ask`](study::Study::ask), [`Choices`](study::Choices) |
//! | Which questions are there, and what is in their answers? | [`answers`] | [`Responses`](answers::Responses), [`Amplification`](answers::Amplification), [`Normality`](answers::Normality) |
//! | How does any of it change with parameters? | [`sweep`] | [`Plan::new`](sweep::Plan::new), [`sweep::run()`], [`Ensemble`](sweep::ensemble::Ensemble) |
//! | What does it all mean, in words and figures? | [`report`] | [`Report::full`](report::Report::full), [`report::html()`] |
//! | How does a page ask about a circuit that is being changed? | [`live`] | [`Session::answer`](live::Session::answer) |
//!
//! [`prelude`] has what nearly every program needs of them. The rooms stand in the order in which they may import: each
//! only from those above it (a test holds that). See `ARCHITECTURE.md` for what lives where.

// What comes from outside may be anything: `expect` says why something must be there.
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

pub mod disk;
mod zarr;
pub mod lif;
pub mod model;
pub mod spec;
pub mod file;
pub mod dynamics;
pub mod simulate;
pub mod fixed_points;
pub mod linear;
pub mod branch;
pub mod study;
pub mod answers;
pub mod sweep;
pub mod report;
pub mod live;
pub mod prelude;

pub use neurate_numerics::{Error, Result, budget, error, linalg, progress, random};

/// The code of the README is compiled with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
