//! One state of the circuit: the changes made to it, its study, and the sections that were asked for.

use super::protocol::{Wanted, error};
use crate::answers::Description;
use crate::file::change;
use crate::report::{
    Figure, Piece, QUESTIONS, Question, Report, SCHEMA_VERSION, Section, piece, question_named,
};
use crate::spec::Spec;
use crate::study::{Answer, Applies, Study};
use neurate_numerics::error::{Error, Kind, Result};
use neurate_numerics::progress::Progress;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// One state of the circuit.
pub(super) struct State {
    pub(super) spec: Spec,
    changes: Vec<String>,
    choices: Wanted,
    pub(super) study: Study,
    /// The section with the populations, from which all figures have their colors.
    circuit: Option<Section>,
    known: HashMap<&'static str, Known>,
}

/// A section that was asked for.
pub(super) struct Known {
    /// Its report: the section of populations, and itself.
    report: Report,
    /// As the page takes it, without data.
    pub(super) written: Arc<str>,
}

impl State {
    /// The state of a description with these changes.
    pub(super) fn new(
        spec: &Spec,
        changes: &[String],
        choices: &Wanted,
        progress: Progress,
    ) -> Result<State> {
        let spec = spec.with(changes.iter().map(|c| change(c)).collect::<Result<Vec<_>>>()?)?;
        let circuit = spec.build()?;
        let of_study = choices.choices(&circuit)?;
        let study = Study::watched(circuit, of_study, progress).described_by(spec.clone());
        let (changes, choices) = (changes.to_vec(), choices.clone());
        Ok(State { spec, changes, choices, study, circuit: None, known: HashMap::new() })
    }

    pub(super) fn is(&self, changes: &[String], choices: &Wanted) -> bool {
        self.changes == changes && self.choices == *choices
    }

    /// The section that an answer is told in, as the page takes it.
    pub(super) fn section(&mut self, name: &str, data: bool) -> Result<String> {
        let known = self.known(question(name)?)?;
        if !data {
            return Ok(known.written.to_string());
        }
        let mut value: Value = serde_json::from_str(&known.written)
            .map_err(|e| Error::invalid(format!("the section {name} cannot be read again: {e}")))?;
        if let (Some(map), Some(section)) = (value.as_object_mut(), known.report.sections.last()) {
            map.insert("data".into(), section.data.clone());
        }
        Ok(value.to_string())
    }

    /// What the questions need that cannot be asked of this circuit, by their names.
    pub(super) fn needs(&self) -> BTreeMap<&'static str, &'static str> {
        let needs = |q: &Question| match (q.applies)(&self.study) {
            Applies::No(needs) => Some((q.name, needs)),
            Applies::Yes | Applies::Unavailable(_) => None,
        };
        QUESTIONS.iter().filter_map(needs).collect()
    }

    /// A figure of a section, as a file and as data.
    pub(super) fn figure(&mut self, name: &str, figure: &str) -> Result<Value> {
        let report = &self.known(question(name)?)?.report;
        let all = report.sections.iter().flat_map(|s| &s.figures);
        let found: &Figure = all.into_iter().find(|f| f.id() == figure).ok_or_else(|| {
            Error::invalid(format!("the section {name} has no figure \"{figure}\""))
                .with_help("load the page again")
        })?;
        let svg = crate::report::draw::Artist::new(&report.sections).file(found);
        Ok(json!({ "svg": svg, "figure": found }))
    }

    pub(super) fn known(&mut self, question: &'static Question) -> Result<&Known> {
        if !self.known.contains_key(question.name) {
            let known = self.told(question)?;
            self.known.insert(question.name, known);
        }
        self.known.get(question.name).ok_or_else(|| Error::invalid("a section that was made is lost"))
    }

    /// Asks the question. Where a computation fails, the section says so; an error is a choice that is wrong, or a stop.
    fn told(&mut self, question: &'static Question) -> Result<Known> {
        let (section, failure, needs) = match (question.applies)(&self.study) {
            Applies::No(needs) => (empty(question), None, Some(needs)),
            Applies::Yes | Applies::Unavailable(_) => match (question.section)(&self.study) {
                Ok(section) => (Section { part: question.part, ..section }, None, None),
                Err(e) if matches!(e.kind(), Kind::Invalid | Kind::Stopped) => return Err(e),
                Err(e) => (empty(question), Some(e), None),
            },
        };
        let colors = match question.name {
            Description::NAME => None,
            _ => self.colors()?.cloned(),
        };
        let report = Report {
            schema_version: SCHEMA_VERSION,
            neurate_version: env!("CARGO_PKG_VERSION"),
            title: self.study.circuit().title().to_string(),
            source: self.spec.name().to_string(),
            circuit_text: String::new(),
            summary: Vec::new(),
            warnings: Vec::new(),
            sections: colors.into_iter().chain([section]).collect(),
            unfinished: Vec::new(),
        };
        let piece: Piece = piece(&report, report.sections.len() - 1);
        let mut value = serde_json::to_value(&piece)
            .map_err(|e| Error::invalid(format!("the section {} cannot be written: {e}", question.name)))?;
        if let Some(map) = value.as_object_mut() {
            map.insert("needs".into(), json!(needs));
            map.insert("error".into(), failure.as_ref().map_or(Value::Null, error));
        }
        Ok(Known { report, written: value.to_string().into() })
    }

    /// The section of the populations.
    fn colors(&mut self) -> Result<Option<&Section>> {
        if self.circuit.is_none()
            && let Some(question) = question_named(Description::NAME)
        {
            self.circuit = match (question.section)(&self.study) {
                Ok(section) => Some(section),
                Err(e) if e.kind() == Kind::Stopped => return Err(e),
                // What is wrong is said where the question itself is asked.
                Err(_) => None,
            };
        }
        Ok(self.circuit.as_ref())
    }
}

fn empty(question: &Question) -> Section {
    let mut section = Section::new(question.name, question.title);
    (section.part, section.available) = (question.part, false);
    section
}

fn question(name: &str) -> Result<&'static Question> {
    question_named(name).ok_or_else(|| {
        let names: Vec<&str> = QUESTIONS.iter().map(|q| q.name).collect();
        Error::invalid(format!("there is no question \"{name}\""))
            .with_help(format!("there are: {}", names.join(", ")))
    })
}
