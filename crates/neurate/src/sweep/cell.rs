//! One cell: a circuit of its own, and what is found there.

use super::plan::Plan;
use super::quantities::Quantity;
use super::status::Status;
use crate::fixed_points::{Completeness, Search};
use crate::model::Circuit;
use crate::study::{Choices, Study};
use neurate_numerics::error::Result;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a cell gives.
pub(super) struct Cell {
    pub status: Status,
    /// When the run from rest ran away; else NaN.
    pub runaway: f64,
    /// The values of all variables, one after another.
    pub values: Vec<f64>,
    /// Why it failed.
    pub error: Option<String>,
}

/// What a search says of a circuit. One stable point in a list that is known to lack others is not "one stable state".
fn status(search: &Search) -> Status {
    let incomplete = search.coverage.completeness() == Completeness::IndexFails;
    match search.points.iter().filter(|p| p.stable()).count() {
        1 if incomplete => Status::AtLeastOneStable,
        1 => Status::Stable,
        2.. => Status::SeveralStable,
        0 if search.runaway.is_some() => Status::RanAway,
        0 if search.points.is_empty() => Status::NoneFound,
        0 => Status::NoneStable,
    }
}

impl Plan {
    /// Computes the cell at a position. Never fails as a whole: what is wrong with the cell is its result.
    pub(super) fn cell(&self, at: &[usize]) -> Cell {
        let computed = catch_unwind(AssertUnwindSafe(|| self.try_cell(at)));
        let failed = |error: String| Cell {
            status: Status::Failed,
            runaway: f64::NAN,
            values: self.fills(),
            error: Some(error),
        };
        match computed {
            Ok(Ok(cell)) => cell,
            Ok(Err(e)) => failed(e.to_string()),
            Err(_) => failed("this is a mistake in neurate: the computation broke off".into()),
        }
    }

    fn try_cell(&self, at: &[usize]) -> Result<Cell> {
        let circuit = self.circuit_at(at)?;
        let choices = Choices::default().search(self.search.clone());
        let study = Study::new(circuit, choices);
        let search = study.fixed_points()?;
        let status = status(search);
        let mut values = Vec::with_capacity(self.width());
        values.push(f64::from(search.coverage.completeness() as u8));
        for quantity in &self.find {
            self.add(quantity, &study, &mut values)?;
        }
        Ok(Cell { status, runaway: search.runaway.unwrap_or(f64::NAN), values, error: None })
    }

    /// The circuit of a cell: varied as it stands, or built from its description, which also says best what is wrong.
    fn circuit_at(&self, at: &[usize]) -> Result<Circuit> {
        if let Some(parameters) = &self.parameters {
            let values = self.axes.iter().zip(at).map(|(axis, &k)| axis.values[k]);
            let values: Vec<_> = parameters.iter().zip(values).collect();
            if let Ok(circuit) = self.circuit.with(&values) {
                return Ok(circuit);
            }
        }
        self.spec.with(self.axes.iter().zip(at).map(|(axis, &k)| axis.change(k)))?.build()
    }

    fn add(&self, quantity: &Quantity, study: &Study, values: &mut Vec<f64>) -> Result<()> {
        if quantity.always || study.has_operating_point() {
            return (quantity.compute)(study, values);
        }
        for v in (quantity.variables)(study.circuit()) {
            values.extend(vec![v.fill(); v.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{parse, template};
    use crate::fixed_points::{Coverage, SearchOptions, fixed_points};

    #[test]
    fn one_stable_state_is_not_said_where_points_are_missing() {
        let spec = parse(&template("ssn").unwrap(), "ssn.toml", ".".as_ref(), &[]).unwrap();
        let mut search = fixed_points(&spec.build().unwrap(), &SearchOptions::default()).unwrap();
        search.points.retain(|p| p.stable());
        search.points.truncate(1);
        assert_eq!(status(&search), Status::Stable);
        let sampled = |index_sum| Coverage::Sampled {
            starts: 30,
            failures: 0,
            rarest: 3,
            seldom: 0,
            missing: 0.0,
            index_sum,
            boxes: 0,
        };
        for (sum, expected) in
            [(None, Status::Stable), (Some(1), Status::Stable), (Some(2), Status::AtLeastOneStable)]
        {
            search.coverage = sampled(sum);
            assert_eq!(status(&search), expected, "{sum:?}");
        }
    }
}
