//! Which parameter brings the circuit nearest to a change of regime, in words and as a table.

use super::Tell;
use super::words::{amount, count, digits, heading, list, share};
use crate::answers::{
    ChangeDistance, DiagramCriticality, NearestChange, NearestChangeKind, NearestChanges, UndecidedReason,
};
use crate::report::draw::joined;
use crate::report::layout::Open;
use crate::report::limits::{CHANGE_ROWS, NAMED_IN_SENTENCE};
use crate::report::section::{Cell, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

impl Tell for NearestChanges {
    const TITLE: &'static str = "Nearest changes of regime";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let rate = &study.circuit().units().rate;
        s.verdict.push(match self.changes.first() {
            Some(first) => format!(
                "The nearest change is that of {} ({}): there the steady state {}.",
                first.moved(),
                first.away(),
                first.fate(self.unstable == 0, rate)
            ),
            None => {
                "No parameter changes the regime of the operating point as far as it was followed.".into()
            }
        });
        s.verdict.extend(self.rest());
        s.verdict.extend(self.open_questions());
        s.open = Open::new(s.verdict.len(), 0, 1);
        if !self.changes.is_empty() {
            s.tables.push(self.table(rate));
        }
        if !self.unchanged.is_empty() {
            s.tables.push(self.unchanged_table());
        }
        s.trust.push(format!(
            "Each parameter is moved by itself, from a quarter of its value to {0} times it, an input (and a threshold that is 0) by {0} times the input over which the transfer function changes; parameters that are 0 are left out. The operating point is followed by a predictor and a corrector in scaled arclength, every step checked against two half steps, and the special points are polished by equations of their own.",
            NearestChanges::FACTOR
        ));
        s.trust.push("Only the operating point is followed. Other steady states, and limit cycles that begin beside it (in a fold of cycles, say), are not looked for: `neurate diagram FILE --along PARAMETER` finds them.".into());
        s.sources = vec!["Kuznetsov, Elements of Applied Bifurcation Theory"];
        Ok(())
    }
}

impl NearestChanges {
    /// What does not change.
    fn rest(&self) -> Option<String> {
        // Parameters of which both sides are known, and nothing changes on either.
        let changes = |name: &str| self.changes.iter().any(|c| c.parameter == name);
        let open = |name: &str| self.undecided.iter().any(|c| c.parameter == name);
        let mut names: Vec<&str> = self.unchanged.iter().map(|u| u.parameter.as_str()).collect();
        names.dedup();
        names.retain(|name| !changes(name) && !open(name));
        if names.is_empty() {
            return None;
        }
        let mut named: Vec<String> = names.iter().take(NAMED_IN_SENTENCE).map(|n| (*n).to_string()).collect();
        if names.len() > named.len() {
            named.push(format!("{} others", names.len() - named.len()));
        }
        Some(format!("Nothing changes as far as these were followed: {}.", list(&named)))
    }

    /// What is not known.
    fn open_questions(&self) -> Vec<String> {
        self.undecided
            .iter()
            .map(|u| {
                let name = &u.parameter;
                match (u.reason, &u.why) {
                    (UndecidedReason::NotFollowed, Some(why)) => format!("{name} was not followed: {why}."),
                    (UndecidedReason::NotFollowed, None) => format!("{name} was not followed."),
                    _ => format!(
                        "What happens to {name} beyond {} is not known: the steady state could not be followed further.",
                        amount(u.until, &u.unit)
                    ),
                }
            })
            .collect()
    }

    fn table(&self, rate: &str) -> Table {
        let shown = self.changes.len().min(CHANGE_ROWS);
        let mut caption = "Where the operating point changes, one parameter at a time".to_string();
        if shown < self.changes.len() {
            caption += &format!(": the nearest {shown} of {}", self.changes.len());
        }
        let mut table =
            Table::new(caption, &["parameter", "value", "changes at", "unit", "distance", "what happens"]);
        for c in &self.changes[..shown] {
            table.rows.push(vec![
                Cell::Text(c.parameter.clone()),
                Cell::Number(c.value),
                Cell::Number(c.at),
                Cell::Text(c.unit.clone()),
                Cell::Text(c.away()),
                Cell::Text(c.what(rate)),
            ]);
        }
        table
    }

    fn unchanged_table(&self) -> Table {
        let shown = self.unchanged.len().min(CHANGE_ROWS);
        let caption = match shown < self.unchanged.len() {
            true => format!(
                "Where nothing changes: the first {} of {}",
                count(shown, "side"),
                self.unchanged.len()
            ),
            false => "Where nothing changes".to_string(),
        };
        let mut table = Table::new(caption, &["parameter", "from", "to", &heading("unit", "")]);
        for u in &self.unchanged[..shown] {
            table.rows.push(vec![
                Cell::Text(u.parameter.clone()),
                Cell::Number(u.value),
                Cell::Number(u.until),
                Cell::Text(u.unit.clone()),
            ]);
        }
        table
    }
}

impl NearestChange {
    /// `W.E<-I from −1 to −0.83`
    fn moved(&self) -> String {
        format!("{} from {} to {}", self.parameter, digits(self.value), amount(self.at, &self.unit))
    }

    /// How far away: `17 %`.
    fn away(&self) -> String {
        match self.relative_to {
            ChangeDistance::Value => share(self.distance),
            ChangeDistance::InputWidth => format!("{} of the width of f", share(self.distance)),
        }
    }

    /// In two words: `Hopf, 36 Hz`.
    fn what(&self, rate: &str) -> String {
        let word = match self.criticality {
            Some(DiagramCriticality::Subcritical) => ", subcritical",
            Some(DiagramCriticality::Supercritical) => ", supercritical",
            None => "",
        };
        match self.kind {
            NearestChangeKind::Fold => "fold".into(),
            NearestChangeKind::Hopf => {
                let at = self.frequency.map_or(String::new(), |f| format!(", {}", joined(&digits(f), rate)));
                format!("Hopf{at}{word}")
            }
            NearestChangeKind::Transcritical => "transcritical".into(),
            NearestChangeKind::Pitchfork => format!("pitchfork{word}"),
            NearestChangeKind::Degenerate => "several eigenvalues vanish".into(),
            NearestChangeKind::Kink => "a unit at its threshold, stability changes".into(),
            NearestChangeKind::Runaway if self.residual.is_none() => {
                "grows beyond every bound (extrapolated)".into()
            }
            NearestChangeKind::Runaway => "grows beyond every bound".into(),
            NearestChangeKind::Unresolved => "stability changes, kind not confirmed".into(),
        }
    }

    /// What becomes of the steady state.
    fn fate(&self, stable: bool, rate: &str) -> String {
        let loses = if stable { "becomes unstable" } else { "changes its stability" };
        match self.kind {
            NearestChangeKind::Fold => "disappears (fold)".into(),
            NearestChangeKind::Runaway => self.what(rate),
            NearestChangeKind::Kink => format!("{loses} (a unit at its threshold)"),
            NearestChangeKind::Degenerate => format!("{loses} (several eigenvalues vanish)"),
            NearestChangeKind::Unresolved => format!("{loses} (the kind was not confirmed)"),
            _ => format!("{loses} ({})", self.what(rate)),
        }
    }
}
