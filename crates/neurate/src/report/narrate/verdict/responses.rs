//! Inhibition stabilization, paradox, and what conditions change, in sentences.

use super::super::silent::why_not_isn;
use super::super::words::{
    amount, excitatory, factor, joined, list, parameter, populations, probability, response_unit, sure,
};
use super::sentences::{Rank, Sentence};
use crate::answers::{InhibitionStabilization, ParadoxicalPopulation, SignChange, Verdict};
use crate::model::{CellKind, Circuit};
use crate::study::Study;
use neurate_numerics::error::Result;

/// Paradoxical populations that are named.
const NAMED: usize = 3;

pub(super) fn tell(verdict: &Verdict, study: &Study) -> Result<Vec<Sentence>> {
    let c = study.circuit();
    let mut out = Vec::new();
    // A sign that depends on the operating point is what such a file is about; that none does is not.
    let signs = sign_changes(verdict, c);
    let (first, later) = if verdict.sign_changes.is_empty() { (None, signs) } else { (signs, None) };
    out.extend(first);
    out.extend(isn(verdict, study)?);
    out.extend(paradox(verdict, c));
    out.extend(uncertain(verdict, c));
    out.extend(later);
    out.extend(stabilizers(verdict, c));
    out.extend(boundary(verdict, c));
    Ok(out)
}

fn isn(verdict: &Verdict, study: &Study) -> Result<Option<Sentence>> {
    let known = verdict.certainty.as_ref().map(|x| x.probability_isn.value);
    let how = |p: f64| sure(p).unwrap_or("at these parameters, but not probably,");
    let Some(isn) = verdict.isn else { return Ok(None) };
    let words = match isn {
        InhibitionStabilization::Stabilized => {
            let why = "without inhibitory feedback the excitatory subnetwork is unstable";
            let onset = match verdict.isn_from_share {
                Some(share) => format!("; it is one from {} % of its constant input on", factor(100.0 * share)),
                None => String::new(),
            };
            match known {
                Some(p) if p < 0.5 => format!(
                    "At these parameters the circuit is an ISN, but with the standard errors probably not (P = {}): {why}{onset}.",
                    probability(p)
                ),
                Some(p) => format!("The circuit is {} an ISN (P = {}): {why}{onset}.", how(p), probability(p)),
                None => format!("Inhibition-stabilized (ISN): {why}{onset}."),
            }
        }
        InhibitionStabilization::NotNeeded => {
            let none = if verdict.paradoxical.is_empty() {
                ", and no population responds paradoxically to its own input"
            } else {
                ""
            };
            let why = why_not_isn(study)?;
            match known {
                Some(p) => format!(
                    "The circuit is {} not an ISN (P = {}): {why}{none}.",
                    how(1.0 - p),
                    probability(1.0 - p)
                ),
                None => format!("Not an ISN: {why}{none}."),
            }
        }
        InhibitionStabilization::Marginal => {
            "The circuit is at the boundary of the ISN regime: the excitatory subnetwork has an eigenvalue at zero.".into()
        }
        _ => return Ok(None),
    };
    Ok(Some(Sentence::new(Rank::Claim, words)))
}

/// `I cells`, and `PV cells` of a label that says so itself.
fn cells(shown: &str) -> String {
    if shown.ends_with("cells") { shown.to_string() } else { format!("{shown} cells") }
}

fn paradox(verdict: &Verdict, c: &Circuit) -> Option<Sentence> {
    let unit = response_unit(c);
    let size = |p: &ParadoxicalPopulation| amount(p.self_response, &unit);
    let chance = |p: &ParadoxicalPopulation| {
        let all = &verdict.certainty.as_ref()?.probability_paradoxical;
        let known = all.iter().find(|x| x.population == p.population)?;
        Some(format!(", P = {}", probability(known.probability.value)))
    };
    let value = |p: &ParadoxicalPopulation| format!("{}{}", size(p), chance(p).unwrap_or_default());
    let inhibitory = |p: &ParadoxicalPopulation| {
        c.populations().iter().any(|q| q.name == p.population && q.kind == CellKind::Inhibitory)
    };
    let words = match &verdict.paradoxical[..] {
        [] => return None,
        [p] => {
            let partial = match p.critical_fraction.filter(|_| inhibitory(p)) {
                Some(f) => format!(
                    ", provided more than {} % of the {} are stimulated",
                    factor(100.0 * f),
                    cells(&c.shown(&p.population))
                ),
                None => String::new(),
            };
            format!(
                "Paradoxical response: {0} decreases when {0} is driven ({1}){partial}.",
                c.shown(&p.population),
                value(p)
            )
        }
        several => {
            let mut named: Vec<String> = several
                .iter()
                .take(NAMED)
                .map(|p| format!("{} ({})", c.shown(&p.population), value(p)))
                .collect();
            if several.len() > NAMED {
                named.push(format!("{} more", several.len() - NAMED));
            }
            format!("Paradoxical responses: {} decrease when each is driven.", list(&named))
        }
    };
    Some(Sentence::new(Rank::Claim, words))
}

/// What the uncertainty comes from.
fn uncertain(verdict: &Verdict, c: &Circuit) -> Option<Sentence> {
    let cause = verdict.certainty.as_ref()?.main_cause.as_ref()?;
    let most = if cause.share > 0.5 { "Most" } else { "The largest part" };
    Some(Sentence::new(
        Rank::Cause,
        format!(
            "{most} of the uncertainty of {}'s response ({} %) comes from {}.",
            c.shown(&cause.population),
            factor(100.0 * cause.share),
            parameter(&cause.parameter, c)
        ),
    ))
}

/// The response whose change of sign is of most interest: to a population that a stimulus drives, else the largest.
pub(super) fn principal_change<'v>(verdict: &'v Verdict, c: &Circuit) -> Option<&'v SignChange> {
    let stimulated = |name: &str| {
        let p = c.populations().iter().position(|q| q.name == name);
        p.is_some_and(|p| c.stimuli().iter().any(|s| s.pattern[c.range(p)].iter().any(|x| *x != 0.0)))
    };
    let size = |x: &SignChange| x.here.abs().min(x.there.abs());
    verdict.sign_changes.iter().max_by(|a, b| {
        let key = |x: &SignChange| (stimulated(&x.from), x.from != x.to);
        key(a).cmp(&key(b)).then(size(a).total_cmp(&size(b)))
    })
}

fn sign_changes(verdict: &Verdict, c: &Circuit) -> Option<Sentence> {
    let Some(first) = principal_change(verdict, c) else {
        let compared = verdict.conditions.iter().filter(|x| x.response_matrix.is_some()).count();
        let words = match compared {
            0 => return None,
            1 => {
                let one = verdict.conditions.iter().find(|x| x.response_matrix.is_some())?;
                format!("The condition {} changes the sign of no response.", one.name)
            }
            n => format!("None of the {n} other conditions changes the sign of a response."),
        };
        return Some(Sentence::new(Rank::Limit, words));
    };
    let unit = response_unit(c);
    let size = |x: f64| amount(x, &unit);
    let sign = |x: f64| if x < 0.0 { "decreases" } else { "increases" };
    let same = verdict.sign_changes.iter().filter(|x| x.condition == first.condition).count();
    let more = match same {
        1 => String::new(),
        n => format!("; {n} of {} responses change their sign", c.populations().len().pow(2)),
    };
    Some(Sentence::new(
        Rank::Claim,
        format!(
            "The operating point decides the sign: when {} is driven, {} {} here ({}) and {} in the condition {} ({}){more}.",
            c.shown(&first.from),
            c.shown(&first.to),
            sign(first.here),
            size(first.here),
            sign(first.there),
            first.condition,
            size(first.there)
        ),
    ))
}

/// Which inhibitory populations stabilize excitation, where it could be another one.
fn stabilizers(verdict: &Verdict, c: &Circuit) -> Option<Sentence> {
    let others = c.populations().iter().filter(|p| p.kind == CellKind::Inhibitory);
    let others: Vec<String> = others.map(|p| p.name.clone()).collect();
    if others.len() < 2 {
        return None;
    }
    let excitatory = excitatory(c);
    let words = match verdict.necessary_stabilizers() {
        Some(set) => {
            let rest: Vec<String> = others.into_iter().filter(|p| !set.contains(p)).collect();
            let (are, needed) =
                (if set.len() == 1 { "is" } else { "are" }, if rest.len() == 1 { "is" } else { "are" });
            let rest = match &rest[..] {
                [] => String::new(),
                few if few.len() <= NAMED => format!("; {} {needed} not needed", populations(c, few)),
                _ => "; no other population is needed".into(),
            };
            format!("{} {are} necessary and sufficient to stabilize {excitatory}{rest}.", populations(c, set))
        }
        None if verdict.minimal_stabilizers.len() > 1 => {
            let sets: Vec<String> =
                verdict.minimal_stabilizers.iter().take(NAMED).map(|s| populations(c, s)).collect();
            format!("Each of these sets is sufficient to stabilize {excitatory}: {}.", sets.join("; "))
        }
        None => return None,
    };
    Some(Sentence::new(Rank::Cause, words))
}

/// The nearest boundary of the ISN regime.
fn boundary(verdict: &Verdict, c: &Circuit) -> Option<Sentence> {
    let nearest = verdict.isn_boundaries.iter().min_by(|a, b| a.change.abs().total_cmp(&b.change.abs()))?;
    let way = if nearest.change > 0.0 { "rises" } else { "falls" };
    let what = match verdict.isn? {
        InhibitionStabilization::Stabilized => "leaves",
        InhibitionStabilization::NotNeeded => "enters",
        _ => return None,
    };
    Some(Sentence::new(
        Rank::Limit,
        format!(
            "The circuit {what} the ISN regime when the input to {} {way} by {}.",
            c.shown(&nearest.population),
            joined(&factor(nearest.change.abs()), &c.units().drive)
        ),
    ))
}
