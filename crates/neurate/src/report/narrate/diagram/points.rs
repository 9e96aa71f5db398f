//! Special points in words: the table.

use super::regimes::count_word;
use crate::answers::{
    CycleEndKind, Diagram, DiagramCriticality, DiagramEndKind, DiagramPoint, DiagramPointKind, DiagramSide,
};
use crate::model::Circuit;
use crate::report::draw::number;
use crate::report::limits::POINT_STATES;
use crate::report::narrate::words::{amount, heading, list, polished};
use crate::report::section::{Cell, Table};

/// The table of special points, ends and early stops, by rising parameter.
pub(super) fn table(d: &Diagram, c: &Circuit) -> Table {
    let columns = [heading(&d.parameter.name, &d.parameter.unit), "what".into(), "numbers".into()];
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut table = Table::new("Special points, by rising parameter", &columns);
    let mut rows: Vec<(f64, String, String)> =
        d.points.iter().map(|p| (p.p, what(p).to_string(), numbers(p, d, c))).collect();
    rows.extend(ends(d, c));
    rows.extend(stops(d, c));
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (p, what, numbers) in rows {
        let numbers = if numbers.is_empty() { Cell::Empty } else { Cell::Text(numbers) };
        table.rows.push(vec![Cell::Text(polished(p, 11)), Cell::Text(what), numbers]);
    }
    table
}

fn of(critical: Option<DiagramCriticality>, words: [&'static str; 3]) -> &'static str {
    match critical {
        Some(DiagramCriticality::Supercritical) => words[0],
        Some(DiagramCriticality::Subcritical) => words[1],
        None => words[2],
    }
}

/// What a point is.
pub(super) fn what(p: &DiagramPoint) -> &'static str {
    match p.kind {
        DiagramPointKind::Fold if p.snic => "fold, SNIC",
        DiagramPointKind::Fold => "fold",
        DiagramPointKind::Hopf => of(p.criticality, ["Hopf, supercritical", "Hopf, subcritical", "Hopf"]),
        DiagramPointKind::Transcritical => "transcritical",
        DiagramPointKind::Pitchfork => {
            of(p.criticality, ["pitchfork, supercritical", "pitchfork, subcritical", "pitchfork"])
        }
        DiagramPointKind::Degenerate => "degenerate",
        DiagramPointKind::Line => "line of steady states",
        DiagramPointKind::KinkFold => "kink fold",
        DiagramPointKind::KinkHopf => "kink Hopf",
        DiagramPointKind::KinkCrossing => "crossing at a kink",
        DiagramPointKind::Kink => "kink of f",
        DiagramPointKind::Unresolved => "not resolved",
        DiagramPointKind::CycleFold => "fold of cycles",
        DiagramPointKind::PeriodDoubling => "period doubling",
        DiagramPointKind::Torus => "torus",
        DiagramPointKind::CycleCrossing => "crossing of cycles",
        DiagramPointKind::CycleUnresolved => "cycles, not resolved",
    }
}

/// Whether it is a point of limit cycles.
pub(super) fn is_of_cycles(p: &DiagramPoint) -> bool {
    use DiagramPointKind::{CycleCrossing, CycleFold, CycleUnresolved, PeriodDoubling, Torus};
    matches!(p.kind, CycleFold | PeriodDoubling | Torus | CycleCrossing | CycleUnresolved)
}

fn side(s: DiagramSide) -> &'static str {
    match s {
        DiagramSide::Below => "below",
        DiagramSide::Above => "above",
    }
}

/// The numbers of a point.
fn numbers(p: &DiagramPoint, d: &Diagram, c: &Circuit) -> String {
    let mut said = Vec::new();
    if !is_of_cycles(p) {
        said.push(place(p, d, c));
    }
    match p.kind {
        DiagramPointKind::Fold => {
            if let Some(exist) = p.exist {
                said.push(format!("two steady states {}", side(exist)));
            }
            if p.snic {
                said.push("the cycle ends here, its period grows as 1/√distance".into());
            }
            said.extend(p.a.map(|a| format!("a {}", number(a, 3))));
        }
        DiagramPointKind::Hopf => hopf(p, d, c, &mut said),
        DiagramPointKind::Degenerate => {
            said.extend(p.kernel.map(|k| format!("{} eigenvalues vanish", count_word(k))));
        }
        DiagramPointKind::KinkFold
        | DiagramPointKind::KinkHopf
        | DiagramPointKind::KinkCrossing
        | DiagramPointKind::Kink => {
            let units: Vec<String> = p.units.iter().map(|u| c.shown(u)).collect();
            said.push(format!("{} at a kink of f", list(&units)));
            said.push(match p.kind {
                DiagramPointKind::KinkHopf => "a cycle born here grows in proportion to the distance".into(),
                DiagramPointKind::KinkCrossing => "several branches meet".into(),
                _ => p.exist.map_or("eigenvalues jump".into(), |s| format!("two steady states {}", side(s))),
            });
        }
        DiagramPointKind::Unresolved => said.push("stability changes; no kind was confirmed".into()),
        DiagramPointKind::CycleFold
        | DiagramPointKind::PeriodDoubling
        | DiagramPointKind::Torus
        | DiagramPointKind::CycleCrossing
        | DiagramPointKind::CycleUnresolved => {
            said.extend(period(p, c));
            match p.kind {
                DiagramPointKind::CycleCrossing => said.push("the other branch is not followed".into()),
                DiagramPointKind::CycleUnresolved => {
                    said.push("stability changes; no kind was confirmed".into());
                }
                _ => {}
            }
            said.extend(p.exist.map(|s| format!("two cycles {}", side(s))));
            if let (DiagramPointKind::Torus, Some(angle)) = (p.kind, p.angle) {
                let turn = angle.abs() / std::f64::consts::TAU;
                said.push(format!("second frequency {} of the first", number(turn, 3)));
            }
        }
        DiagramPointKind::Line => {
            said.push("at this one value steady states fill a line, on which the circuit integrates".into());
        }
        DiagramPointKind::Transcritical | DiagramPointKind::Pitchfork => {
            let together = |k| {
                format!("{} eigenvalues vanish together: the pattern can begin at any place", count_word(k))
            };
            said.extend(p.kernel.map(together));
        }
    }
    said.join("; ")
}

fn hopf(p: &DiagramPoint, d: &Diagram, c: &Circuit, said: &mut Vec<String>) {
    match p.l1 {
        Some(l1) => said.push(format!("l₁ {}{}", if l1 > 0.0 { "+" } else { "" }, number(l1, 3))),
        None => said.push("l₁ does not exist: a unit stands at a kink of f".into()),
    }
    said.extend(period(p, c));
    // A supercritical cycle is stable only if nothing else is unstable.
    let rest = p.eigenvalues.as_ref().map(|e| {
        let size = e.iter().fold(0.0, |m: f64, l| m.max(l.norm()));
        e.iter().any(|l| l.re > 1e-7 * size)
    });
    let stable = match (p.criticality, rest) {
        (Some(DiagramCriticality::Supercritical), Some(false)) => "a stable cycle",
        (Some(_), _) => "an unstable cycle",
        (None, _) => return,
    };
    if let Some(exists) = p.cycle_exists {
        said.push(format!("{stable} exists {}", side(exists)));
    }
    if let Some(amplitude) = &p.amplitude
        && let Some(i) = shown_state(d, c)
    {
        let unit = &c.units().state;
        said.push(format!(
            "amplitude of {} ≈ {} √|{} {} {}|",
            c.shown(&d.states[i]),
            amount(amplitude.data()[i], unit),
            d.parameter.name,
            if p.p < 0.0 { '+' } else { '−' },
            number(p.p.abs(), 4)
        ));
    }
}

/// The first state of the population that is shown.
fn shown_state(d: &Diagram, c: &Circuit) -> Option<usize> {
    let at = c.populations().iter().position(|p| p.name == d.show)?;
    Some(c.range(at).start)
}

/// The period and the frequency.
fn period(p: &DiagramPoint, c: &Circuit) -> Option<String> {
    let (period, frequency) = (p.period?, p.frequency?);
    let period_words = format!("period {}", amount_of(period, &c.units().time, 4));
    Some(format!("{period_words} ({})", amount_of(frequency, &c.units().rate, 3)))
}

fn amount_of(x: f64, unit: &str, digits: usize) -> String {
    let number = number(x, digits);
    if unit.is_empty() { number } else { format!("{number} {unit}") }
}

/// The state at a point: the first states, or the mean of the population that is shown.
fn place(p: &DiagramPoint, d: &Diagram, c: &Circuit) -> String {
    let x = p.state.data();
    if x.len() <= POINT_STATES {
        let one = |(name, v): (&String, &f64)| format!("{} {}", c.shown(name), number(*v, 4));
        return format!("at {}", d.states.iter().zip(x).map(one).collect::<Vec<_>>().join(", "));
    }
    let at = c.populations().iter().position(|q| q.name == d.show).unwrap_or(0);
    let own = &x[c.range(at)];
    let mean = own.iter().sum::<f64>() / own.len() as f64;
    format!("at {} {}", c.populations()[at].shown(), amount_of(mean, &c.units().state, 4))
}

/// Ends of branches that are results: runaways, homoclinic orbits.
fn ends(d: &Diagram, c: &Circuit) -> Vec<(f64, String, String)> {
    let mut rows = Vec::new();
    for b in &d.branches {
        for e in b.ends.iter().filter(|e| e.kind == DiagramEndKind::Runaway) {
            rows.push((e.p, "runaway".to_string(), "a branch leaves every bound here".to_string()));
        }
    }
    for e in d.cycles.iter().flatten().flat_map(|b| &b.ends) {
        let focus = match e.kind {
            CycleEndKind::Homoclinic => "saddle",
            CycleEndKind::SaddleFocus => "saddle-focus",
            _ => continue,
        };
        let mut said = vec![format!("cycles end at an orbit from a {focus} to itself, with infinite period")];
        said.extend(e.error.map(|error| format!("known to {}", number(error, 1))));
        said.extend(
            e.saddle_quantity
                .map(|s| format!("saddle quantity {}", amount_of(s, &format!("1/{}", c.units().time), 3))),
        );
        rows.push((e.p, "homoclinic".to_string(), said.join("; ")));
    }
    rows
}

/// Branches that were left inside the range.
fn stops(d: &Diagram, c: &Circuit) -> Vec<(f64, String, String)> {
    let row = |s: &crate::answers::EarlyStop| {
        let object = if s.cycles { "branch of cycles" } else { "branch" };
        let why = match (s.step, s.points, s.period) {
            (Some(step), _, _) => {
                format!("no step was short enough ({} of the range)", number(step, 2))
            }
            (_, Some(points), _) => format!("budget of {points} points"),
            (_, _, Some(period)) => format!(
                "the period grew to {}, and no reason was confirmed",
                amount_of(period, &c.units().time, 3)
            ),
            _ => "it goes on and was not followed".to_string(),
        };
        (s.p, "unfinished".to_string(), format!("{object} {}: {why}", s.branch + 1))
    };
    d.early_stops.iter().map(row).collect()
}
