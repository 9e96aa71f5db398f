//! The library from outside: theory, files, sweeps; one binary, so that it is linked once.

mod common;
mod file_docs;
mod file_examples;
mod file_malformed;
mod file_noise;
mod file_properties;
mod file_weights;
mod golden_figures;
mod linalg_lyapunov;
mod mean_field;
mod report_docs;
mod rooms;
mod special_colored;
mod special_lif_response;
mod special_measure;
mod special_ricciardi;
mod special_slices;
mod sweep;
mod theory_amplification;
mod theory_delayed_noise;
mod theory_dynamics;
mod theory_ensemble;
mod theory_fixed_points;
mod theory_forms;
mod theory_isn;
mod theory_laws;
mod theory_noise;
mod theory_planar;
mod theory_random;
mod theory_recording;
mod theory_reference;
mod theory_response;
mod theory_robustness;
mod theory_slow;
mod theory_space;
mod theory_spectra;
mod theory_stabilized;
mod theory_structure;
mod theory_time_courses;
mod theory_trials;
mod theory_two_by_two;
mod theory_uncertain;
mod transfer_laws;

// The sample of figures, which the library's own tests share, names it as the library does.
use neurate::report;
