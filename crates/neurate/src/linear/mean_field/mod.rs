//! Mean-field theory of circuits of integrate-and-fire neurons: working points, what the theory
//! assumes there, the loop with its delays, oscillations, and population spectra.
//!
//! The rate equation of the circuit knows the neurons' stationary rate only. Here they answer with
//! their own dynamics, at every frequency ([`LifResponder`](crate::lif::LifResponder)), after the delays of the synapses:
//! Brunel & Hakim 1999; Brunel 2000; Lindner, Doiron & Longtin 2005; Bos, Diesmann & Helias 2016.

mod delayed_loop;
mod oscillations;
mod spectra;
mod working_points;

pub use delayed_loop::DelayedLoop;
pub use oscillations::{DelayedStability, Undecided, delayed_stability};
pub use spectra::{Spectra, spectra, spectral_grid, spectral_peak};
pub use working_points::{WorkingPoint, working_points};
