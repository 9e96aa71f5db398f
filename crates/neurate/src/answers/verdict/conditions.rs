//! Responses at the operating points of other conditions.

use crate::answers::limits::{CONDITION_UNITS, LISTED_CONDITIONS};
use crate::answers::response::InhibitionStabilization;
use crate::linear::response::Verdicts;
use crate::model::Circuit;
use crate::study::{Array, Choices, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use schemars::JsonSchema;
use serde::Serialize;

/// The circuit under another condition that its file describes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ConditionVerdict {
    /// Name of the condition.
    pub name: String,
    /// Whether its operating point is stable; false also where there is none.
    pub stable: bool,
    /// Mean rate of each population there; null without an operating point.
    pub rates: Option<Array>,
    /// Whether inhibition stabilizes the circuit there; null as `rates`.
    pub isn: Option<InhibitionStabilization>,
    /// Response matrix there: row responds, column is driven; null unless stable.
    pub response_matrix: Option<Array>,
}

/// A response whose sign differs between this operating point and that of another condition.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SignChange {
    /// Name of the population that responds.
    pub to: String,
    /// Name of the population that is driven.
    pub from: String,
    /// The response here.
    pub here: f64,
    /// Name of the condition.
    pub condition: String,
    /// The response there.
    pub there: f64,
}

/// A response that is smaller, over the largest one, has no sign.
const NO_RESPONSE: f64 = 1e-6;

/// The other conditions of the file, and the responses whose sign they change; none above 200 units, or where a fixed point
/// was chosen by its number, as those of another condition have other numbers.
pub(super) fn compare(study: &Study, v: &Verdicts) -> Result<(Vec<ConditionVerdict>, Vec<SignChange>)> {
    let (mut all, mut changes) = (vec![], vec![]);
    let Some(description) = study.description() else { return Ok((all, changes)) };
    let c = study.circuit();
    if c.n() > CONDITION_UNITS || study.choices().at.is_some() {
        return Ok((all, changes));
    }
    let names = |c: &Circuit| -> Vec<String> { c.populations().iter().map(|p| p.name.clone()).collect() };
    let own = names(c);
    for name in description.other_conditions()?.into_iter().take(LISTED_CONDITIONS) {
        let choices = Choices::default().search(study.choices().search.clone());
        let circuit = description.under(name)?.build()?;
        let other = Study::watched(circuit, choices, study.progress().clone());
        if names(other.circuit()) != own {
            continue;
        }
        let mut told = ConditionVerdict {
            name: name.to_string(),
            stable: false,
            rates: None,
            isn: None,
            response_matrix: None,
        };
        if let (Some(point), None) = (other.operating_point()?, other.without_linearization()) {
            let there = other.verdicts()?;
            told.stable = there.stable();
            told.rates = Some(other.circuit().population_means(&point.rates).into());
            told.isn = Some(there.isn.into());
            if let (true, true, Some(a), Some(b)) = (v.stable(), told.stable, &v.response, &there.response) {
                told.response_matrix = Some(b.into());
                changes.extend(sign_changes(&own, name, a, b));
            }
        }
        all.push(told);
    }
    Ok((all, changes))
}

fn sign_changes(names: &[String], condition: &str, here: &Matrix, there: &Matrix) -> Vec<SignChange> {
    let sign = |m: &Matrix, i, j| {
        let x: f64 = m[(i, j)];
        if x.abs() <= NO_RESPONSE * m.max_abs() { 0.0 } else { x.signum() }
    };
    let mut changes = Vec::new();
    for (i, to) in names.iter().enumerate() {
        for (j, from) in names.iter().enumerate() {
            if sign(here, i, j) * sign(there, i, j) < 0.0 {
                changes.push(SignChange {
                    to: to.clone(),
                    from: from.clone(),
                    here: here[(i, j)],
                    condition: condition.to_string(),
                    there: there[(i, j)],
                });
            }
        }
    }
    changes
}
