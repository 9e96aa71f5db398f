//! A whole report: a circuit's sections as data.

use super::questions::{QUESTIONS, Question, question_named};
use super::section::Section;
use crate::answers::Verdict;
use crate::study::{Answer, Applies, Study};
use neurate_numerics::error::{Error, Kind, Result};
use schemars::JsonSchema;
use serde::Serialize;

/// Version of the JSON that [`Report`] serializes to; raised when a reader could break.
pub const SCHEMA_VERSION: u32 = 1;

/// A whole report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Version of neurate that wrote it.
    pub neurate_version: &'static str,
    /// The circuit's title.
    pub title: String,
    /// Where the circuit came from: a file's name, with `--set` changes.
    pub source: String,
    /// The circuit file's own text, for the record.
    pub circuit_text: String,
    /// What it all means, in a few plain sentences.
    pub summary: Vec<String>,
    /// What a careful reader would want to look at.
    pub warnings: Vec<String>,
    /// The sections, in reading order.
    pub sections: Vec<Section>,
    /// Names of the questions for which a method did not converge.
    #[serde(skip)]
    pub unfinished: Vec<&'static str>,
}

impl Report {
    /// Asks the given questions, those that apply, and calls `progress` before each:
    /// name, position, number.
    ///
    /// A question without an answer, because a computation did not converge, leaves its section with the reason, and a warning; the
    /// others stand. (A report is often wanted most where something does not converge.)
    ///
    /// # Errors
    /// A choice is invalid.
    pub fn new(
        study: &Study,
        questions: &[&'static Question],
        source: &str,
        circuit_text: &str,
        progress: &mut dyn FnMut(&str, usize, usize),
    ) -> Result<Report> {
        let applying: Vec<_> =
            questions.iter().filter(|q| !matches!((q.applies)(study), Applies::No(_))).collect();
        let mut warnings: Vec<String> = study.circuit().warnings().iter().map(warning).collect();
        let mut sections = Vec::with_capacity(applying.len());
        let mut unfinished = Vec::new();
        for (k, question) in applying.iter().enumerate() {
            progress(question.name, k, applying.len());
            match (question.section)(study) {
                Ok(section) => sections.push(Section { part: question.part, ..section }),
                Err(e) if e.kind() == Kind::Invalid => return Err(e),
                Err(e) => {
                    if e.kind() == Kind::NotConverged {
                        unfinished.push(question.name);
                    }
                    let mut section = Section::new(question.name, question.title);
                    (section.part, section.available) = (question.part, false);
                    section.verdict.push(format!("This section could not be computed: {}.", e.message()));
                    warnings.push(format!("section {}: {}", question.name, e.message()));
                    sections.push(section);
                }
            }
        }
        Ok(Report {
            schema_version: SCHEMA_VERSION,
            neurate_version: env!("CARGO_PKG_VERSION"),
            title: study.circuit().title().to_string(),
            source: source.to_string(),
            circuit_text: circuit_text.to_string(),
            summary: summary(study, &sections),
            warnings,
            sections,
            unfinished,
        })
    }

    /// The full report: every question that applies.
    ///
    /// # Errors
    /// As [`Report::new`].
    pub fn full(
        study: &Study,
        source: &str,
        circuit_text: &str,
        progress: &mut dyn FnMut(&str, usize, usize),
    ) -> Result<Report> {
        let all: Vec<_> = QUESTIONS.iter().collect();
        Self::new(study, &all, source, circuit_text, progress)
    }

    /// The section of this name.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|s| s.name == name)
    }

    /// As JSON, indented. Numbers that are not finite are null.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_else(|e| format!("{{\"error\": \"{e}\"}}"))
    }
}

fn warning(e: &Error) -> String {
    match e.place() {
        Some(p) => format!("line {}: {}", p.line_column().0, e.message()),
        None => e.message().to_string(),
    }
}

/// The verdict's sentences; in a report without a verdict, the first sentences of its sections.
fn summary(study: &Study, sections: &[Section]) -> Vec<String> {
    if let Some(verdict) = sections.iter().find(|s| s.name == Verdict::NAME && s.available) {
        return verdict.verdict.clone();
    }
    let mut summary = Vec::new();
    for s in sections.iter().filter(|s| s.available) {
        let count = question_named(s.name).map_or(0, |q| q.summary);
        summary.extend(s.verdict.iter().take(count).cloned());
    }
    // Who asked for no fixed points is not told of them.
    if study.has_searched() && !study.has_operating_point() {
        summary.push("There is no stable fixed point, so modes and responses were not computed.".into());
    }
    summary
}
