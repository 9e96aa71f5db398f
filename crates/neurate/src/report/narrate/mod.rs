//! One file for each section of the report, and the list of them.
//!
//! A new analysis is a file here with an [`Analysis`], its `mod` line, and a line in [`ANALYSES`]:
//! the command line's names, the report's sections and the tests that hold every one of them to the
//! same laws derive from the list.

mod circuit;
mod eigenmodes;
mod feeding;
mod fixed_points;
mod gram_schmidt;
mod fourier;
mod amplification;
mod amplification_between;
mod linearization;
mod mean_field;
mod membrane;
mod noise;
mod normality;
mod oscillations;
mod pseudospectra;
mod random_matrix;
mod response;
mod schur;
mod slow;
mod structure;
mod time_courses;
mod transfer;
mod trials;
mod twin;
mod uncertainty;
mod words;

pub use words::number;

use crate::report::section::Section;
use crate::study::Study;
use neurate_numerics::error::Result;

/// One analysis: a section of the report.
pub struct Analysis {
    /// Machine name.
    pub name: &'static str,
    /// One line on what it answers.
    pub about: &'static str,
    /// Whether it applies to a study; a linear analysis needs an operating point.
    pub applies: fn(&Study) -> bool,
    /// Makes the section.
    pub run: fn(&Study) -> Result<Section>,
}

/// All analyses, in the order in which a report shows them.
pub static ANALYSES: &[&Analysis] = &[
    &circuit::ANALYSIS,
    &structure::ANALYSIS,
    &membrane::ANALYSIS,
    &twin::ANALYSIS,
    &transfer::ANALYSIS,
    &fixed_points::ANALYSIS,
    &slow::ANALYSIS,
    &mean_field::ANALYSIS,
    &oscillations::ANALYSIS,
    &linearization::ANALYSIS,
    &eigenmodes::ANALYSIS,
    &fourier::ANALYSIS,
    &normality::ANALYSIS,
    &schur::ANALYSIS,
    &amplification::ANALYSIS,
    &pseudospectra::ANALYSIS,
    &time_courses::ANALYSIS,
    &trials::ANALYSIS,
    &response::ANALYSIS,
    &uncertainty::ANALYSIS,
    &noise::ANALYSIS,
];

/// The analysis of this name.
pub fn analysis(name: &str) -> Option<&'static Analysis> {
    ANALYSES.iter().copied().find(|a| a.name == name)
}
