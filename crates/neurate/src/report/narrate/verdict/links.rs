//! What holds of all components together, and of the links between them, in sentences.

use super::super::silent::silence;
use super::super::words::{count, factor, list, thousands};
use super::patterns::name;
use super::sentences::{Rank, Sentence};
use crate::answers::limits::COMPONENT_UNITS;
use crate::answers::{AMPLIFIES, Amplification, CircuitComponent, ComponentKind, Verdict, is_non_normal};
use crate::model::Circuit;
use crate::study::{Answer, Applies, Study};
use neurate_numerics::error::Result;

/// Links between components amplify if the circuit amplifies more than each component by this factor.
const MORE: f64 = 1.05;

/// What the links between components amplify, what is not known of components, and which drives which.
pub(super) fn tell(verdict: &Verdict, study: &Study) -> Result<Vec<Sentence>> {
    let mut out: Vec<Sentence> = between(verdict, study)?.into_iter().collect();
    if study.linearization()?.parts.is_none() {
        out.extend(not_analyzed(verdict).map(|words| Sentence::new(Rank::Limit, words)));
    }
    out.push(drives(verdict, study)?);
    Ok(out)
}

/// What several components say together that do little each.
pub(super) fn nothing_of_note(verdict: &Verdict, study: &Study) -> Result<String> {
    let known = not_analyzed(verdict).is_none();
    if known && verdict.components.iter().all(|k| k.kind == Some(ComponentKind::Isolated)) {
        return Ok(match silence(study)? {
            Some(why) => format!(
                "There is no effective recurrence: {why}, and every mode is that of an isolated unit."
            ),
            None => "There is no recurrence: every mode is that of an isolated unit.".into(),
        });
    }
    let most = verdict.components.iter().filter_map(|k| k.amplification.as_ref()).map(|a| a.max);
    let most = match most.fold(1.0, f64::max) {
        most if most >= 1.01 => format!("a pattern more than {}-fold", factor(most)),
        _ => "any pattern transiently".into(),
    };
    let none = if known { "no component" } else { "none of the components that were analyzed" };
    Ok(format!(
        "Recurrence causes little amplification: {none} amplifies {most}, and the slowest mode decays with the time constant {} {}.",
        factor(slowest_tau(verdict, study)?),
        study.circuit().units().time
    ))
}

/// Components that are not listed. Those left out are the smallest: none has more units than one that is listed.
fn left_out(verdict: &Verdict) -> usize {
    verdict.component_count - verdict.components.len()
}

/// Whether all components that are left out are single units.
fn single_units_left_out(verdict: &Verdict) -> bool {
    left_out(verdict) == 0 || verdict.components.iter().any(|k| k.units.len() == 1)
}

/// Of which components nothing is known, if there are any.
fn not_analyzed(verdict: &Verdict) -> Option<String> {
    let large = verdict.components.iter().filter(|k| k.kind.is_none()).count();
    let large = (large > 0).then(|| {
        let were = if large == 1 { "was" } else { "were" };
        format!(
            "{} of more than {COMPONENT_UNITS} units {were} not analyzed alone",
            count(large, "component")
        )
    });
    let small = (!single_units_left_out(verdict)).then(|| {
        let (listed, all) = (verdict.components.len(), thousands(verdict.component_count));
        format!("only the {listed} largest of {all} components were analyzed")
    });
    let mut both = [large, small].into_iter().flatten();
    let first = both.next()?;
    let first = first.strip_prefix("only ").map_or(first.clone(), |rest| format!("Only {rest}"));
    Some(both.next().map_or(format!("{first}."), |second| format!("{first}; {second}.")))
}

/// Time constant of the slowest mode of the circuit. Components have it exactly, where the circuit's own eigenvalues suffer from
/// rounding: chains are defective.
fn slowest_tau(verdict: &Verdict, study: &Study) -> Result<f64> {
    let l = study.linearization()?;
    if not_analyzed(verdict).is_some() {
        return Ok(l.eigenvalues.first().map_or(f64::NAN, |z| -1.0 / z.re));
    }
    let listed = verdict.components.iter().filter_map(|k| k.slowest.as_ref()).map(|mode| mode.tau);
    let slowest = listed.fold(0.0, f64::max);
    if left_out(verdict) == 0 {
        return Ok(slowest);
    }
    let mut seen = vec![false; l.jacobian.rows()];
    verdict.components.iter().flat_map(|k| &k.units).for_each(|&i| seen[i] = true);
    let alone = (0..seen.len()).filter(|&i| !seen[i]).map(|i| -1.0 / l.jacobian[(i, i)]);
    Ok(alone.fold(slowest, f64::max))
}

/// What feedforward links between components amplify that no component does by itself.
fn between(verdict: &Verdict, study: &Study) -> Result<Option<Sentence>> {
    let own: Option<Vec<f64>> =
        verdict.components.iter().map(|k| k.amplification.as_ref().map(|a| a.max)).collect();
    let Some(own) = own.filter(|_| single_units_left_out(verdict)) else { return Ok(None) };
    if Amplification::applies(study) != Applies::Yes {
        return Ok(None);
    }
    let (whole, own) = (study.ask::<Amplification>()?, own.into_iter().fold(1.0, f64::max));
    if !(whole.max.is_finite() && whole.max > AMPLIFIES && whole.max > MORE * own) {
        return Ok(None);
    }
    let time = &study.circuit().units().time;
    let tau = slowest_tau(verdict, study)?;
    let isolated = study.linearization()?.tau.iter().copied().fold(0.0, f64::max);
    let although = if is_non_normal(whole.max, tau / isolated) {
        format!(", although no mode is slower than {} {time}", factor(tau))
    } else {
        String::new()
    };
    let words = format!(
        "The feedforward links between components amplify some patterns {}-fold within {} {time}{although}.",
        factor(whole.max),
        factor(whole.time)
    );
    Ok(Some(Sentence::new(Rank::Claim, words)))
}

/// Links between components, which are all feedforward.
fn drives(verdict: &Verdict, study: &Study) -> Result<Sentence> {
    let (all, c) = (&verdict.components, study.circuit());
    let named = |k: &CircuitComponent| name(c, k, verdict);
    let drives: Vec<(usize, usize)> = all
        .iter()
        .enumerate()
        .flat_map(|(to, k)| k.driven_by.iter().map(move |from| (*from, to)))
        .filter_map(|(from, to)| Some((all.iter().position(|k| k.number == from)?, to)))
        .collect();
    let listed = left_out(verdict) == 0;
    let words = match &drives[..] {
        [] if listed && all.len() == 2 => {
            format!("{} and {} do not act on each other.", named(&all[0]).start, named(&all[1]).inside)
        }
        [] if listed => format!("The circuit is {} components that do not act on each other.", all.len()),
        few if listed && few.len() <= 3 => {
            let said: Vec<String> = few
                .iter()
                .enumerate()
                .map(|(k, (from, to))| {
                    let from = named(&all[*from]);
                    let from = if k == 0 { from.start } else { from.inside };
                    format!("{from} drives {}", named(&all[*to]).inside)
                })
                .collect();
            format!("{}; nothing feeds back.", list(&said))
        }
        _ => many(verdict, c),
    };
    Ok(Sentence::new(Rank::Detail, words))
}

/// Components that are too many to be named.
fn many(verdict: &Verdict, c: &Circuit) -> String {
    format!(
        "The circuit consists of {} strongly connected components without feedback between them; the largest has {} of its {} units.",
        thousands(verdict.component_count),
        thousands(verdict.components.iter().map(|k| k.units.len()).max().unwrap_or(0)),
        thousands(c.n())
    )
}
