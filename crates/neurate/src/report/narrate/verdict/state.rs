//! Whether there is an operating point, and what to do without one, in sentences.

use super::super::words::{count, digits, list};
use super::sentences::{Rank, Sentence};
use crate::answers::{LimitCycle, Verdict, VerdictState};
use crate::model::{Circuit, Population};
use crate::study::Study;
use neurate_numerics::error::Result;

/// Populations whose rates are given.
const NAMED: usize = 4;

/// What stands before everything else; nothing where the circuit has one stable operating point, as most have.
pub(super) fn tell(verdict: &Verdict, study: &Study) -> Result<Vec<Sentence>> {
    let c = study.circuit();
    let mut out = Vec::new();
    let mut say = |words: String| out.push(Sentence::new(Rank::State, words));
    match verdict.state {
        VerdictState::NoStablePoint => {
            say(without(verdict, c));
            say("There is no stable fixed point, so modes and responses were not computed.".into());
            return Ok(out);
        }
        VerdictState::NotLinear => {
            let why = study.without_linearization().unwrap_or_else(|| "there is no linearization".into());
            say(format!("Modes and responses are {why}."));
            return Ok(out);
        }
        VerdictState::Unstable => say(format!(
            "Fixed point {} is unstable, so responses and their signs are those of no steady state.",
            verdict.operating_point.unwrap_or(1)
        )),
        VerdictState::Marginal => say(
            "The operating point is marginal: one eigenvalue is zero to rounding, so the circuit neither forgets nor amplifies along that mode."
                .into(),
        ),
        VerdictState::Stable => {}
    }
    if verdict.stable_fixed_points > 1 {
        say(several(verdict, study)?);
    } else if let Some(time) = verdict.runaway {
        say(format!(
            "A run from rest runs away, by {} {}; what follows holds near the stable fixed point only.",
            digits(time),
            c.units().time
        ));
    }
    Ok(out)
}

/// What the circuit does without a stable fixed point.
fn without(verdict: &Verdict, c: &Circuit) -> String {
    let u = c.units();
    if let Some(cycle) = &verdict.limit_cycle {
        return format!(
            "The circuit oscillates under constant input: a run from rest ends in a limit cycle of period {} {} ({} {}), {}.",
            digits(cycle.period),
            u.time,
            digits(1.0 / (cycle.period * u.rate_times_time)),
            u.rate,
            extents(cycle, c)
        );
    }
    if let Some(time) = verdict.runaway {
        return format!(
            "The circuit runs away: a run from rest has exceeded {} {} by {} {}.",
            digits(c.run().ceiling),
            u.state,
            digits(time),
            u.time
        );
    }
    match verdict.fixed_points {
        0 => "No fixed point was found under the constant input.".into(),
        1 => "The only fixed point that was found is unstable.".into(),
        n => format!("All {} that were found are unstable.", count(n, "fixed point")),
    }
}

/// Between which rates populations oscillate.
fn extents(cycle: &LimitCycle, c: &Circuit) -> String {
    let (low, high) = (cycle.lowest.data(), cycle.highest.data());
    let of = |(p, q): (usize, &Population)| {
        format!("{} between {} and {} {}", q.shown(), digits(low[p]), digits(high[p]), c.units().rate)
    };
    list(&c.populations().iter().enumerate().take(NAMED).map(of).collect::<Vec<_>>())
}

/// Several stable states, and which of them is meant.
fn several(verdict: &Verdict, study: &Study) -> Result<String> {
    let c = study.circuit();
    let name = match verdict.stable_fixed_points {
        2 => "bistable",
        _ => "multistable",
    };
    let found = if verdict.exhaustive { "" } else { " that were found" };
    let k = verdict.operating_point.unwrap_or(1);
    let mut which = format!("fixed point {k}");
    if let Some(point) = study.operating_point()? {
        let rates = c.population_means(&point.rates);
        let named: Vec<String> = c
            .populations()
            .iter()
            .zip(&rates)
            .take(NAMED)
            .map(|(p, r)| format!("{} {}", p.shown(), digits(*r)))
            .collect();
        which += &format!(" ({} {}", named.join(", "), c.units().rate);
        if rates.len() > NAMED {
            which += &format!(", and {} more", rates.len() - NAMED);
        }
        which += if point.reached_from_rest { "), which a run from rest reaches" } else { ")" };
    }
    Ok(format!(
        "The circuit is {name}: {} of the {}{found} are stable. What follows holds at {which}.",
        verdict.stable_fixed_points,
        count(verdict.fixed_points, "fixed point")
    ))
}
