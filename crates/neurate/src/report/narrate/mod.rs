//! One file for each question: how its answer is told, in words, tables and figures.
//!
//! A new question is an answer in [`crate::answers`], a file here with its [`Tell`], and its place in
//! [`super::QUESTIONS`].

mod circuit;
mod diagram;
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
mod nearest_changes;
mod noise;
mod normality;
mod oscillations;
mod phase_plane;
mod pseudospectra;
mod random_matrix;
mod regime_map;
mod response;
mod schur;
mod silent;
mod slow;
mod structure;
mod time_courses;
mod transfer;
mod trials;
mod twin;
mod uncertainty;
mod verdict;
mod words;

pub use words::number;

use crate::report::section::Section;
use crate::study::{Answer, Applies, Study};
use neurate_numerics::error::{Error, Result};
use serde_json::json;

/// How an answer is told: its section.
pub trait Tell: Answer {
    /// Heading of the section.
    const TITLE: &'static str;

    /// Fills words, tables, figures, trust and sources, in each list what matters most first, and says how much of them stands
    /// open; computes nothing that is news. The study has names, units and choices.
    ///
    /// # Errors
    /// What the study is asked for besides cannot be computed.
    fn tell(&self, study: &Study, section: &mut Section) -> Result<()>;
}

/// The section of a question that can be asked, or why there is no answer.
pub(super) fn section_of<A: Tell>(study: &Study) -> Result<Section> {
    let mut section = Section::new(A::NAME, A::TITLE);
    match A::applies(study) {
        Applies::Unavailable(why) => {
            section.available = false;
            section.verdict.push(format!("{}.", capitalized(&why)));
            section.data = json!({ "not_available": why });
        }
        Applies::Yes | Applies::No(_) => {
            let answer = study.ask::<A>()?;
            answer.tell(study, &mut section)?;
            section.data = serde_json::to_value(&*answer)
                .map_err(|e| Error::invalid(format!("{} cannot be written as JSON: {e}", A::NAME)))?;
        }
    }
    Ok(section)
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
