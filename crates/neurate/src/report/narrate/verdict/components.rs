//! What components amplify and what they pay for it, in sentences.

use super::super::words::{
    NO_SLOWER, STRONGLY, amount, digits, factor, modes_are_those_of_weights, thousands,
};
use super::links;
use super::patterns::{Name, at_start, has_both_kinds, name, signs};
use super::sentences::{Rank, Sentence};
use crate::answers::{
    AMPLIFIES, CircuitComponent, ComponentAmplification, ComponentKind, SlowestMode, Verdict,
};
use crate::model::Circuit;
use crate::study::Study;
use neurate_numerics::error::Result;

/// Components that have sentences of their own, the most remarkable.
const TOLD: usize = 3;
/// Share of the squared norm from which feedforward weight is called the cause of transient amplification.
const CAUSE: f64 = 0.3;

/// Sentences on the components, senders first, and on what links them.
pub(super) fn tell(verdict: &Verdict, study: &Study) -> Result<Vec<Sentence>> {
    let c = study.circuit();
    let whole = verdict.component_count == 1;
    let mut of_note: Vec<&CircuitComponent> = verdict
        .components
        .iter()
        .filter(|k| whole || !matches!(k.kind, None | Some(ComponentKind::Isolated | ComponentKind::Weak)))
        .collect();
    of_note.sort_by(|a, b| remarkable(b).total_cmp(&remarkable(a)));
    of_note.truncate(TOLD);
    of_note.sort_by_key(|k| k.number);
    let mut out = Vec::new();
    if of_note.is_empty() {
        let words = match &verdict.components[..] {
            all if all.iter().all(|k| k.slowest.is_none()) => slowest_of_all(study)?,
            _ => links::nothing_of_note(verdict, study)?,
        };
        out.push(Sentence::new(Rank::Claim, words));
    }
    for component in of_note {
        let name = name(c, component, verdict);
        out.extend(told(component, &name, whole, study)?);
        if amplifies(component) {
            out.extend(cause(verdict, component, &name, whole, study)?);
        }
    }
    if !whole {
        out.extend(links::tell(verdict, study)?);
    }
    Ok(out)
}

/// How remarkable a component is: one that does not decay most, then by amplification and slowing.
fn remarkable(component: &CircuitComponent) -> f64 {
    if matches!(component.kind, Some(ComponentKind::Unstable | ComponentKind::Integrating)) {
        return f64::INFINITY;
    }
    let amplified = component.amplification.as_ref().map_or(1.0, |a| a.max);
    amplified.max(component.slowest.as_ref().map_or(1.0, |s| s.slowdown))
}

fn amplifies(component: &CircuitComponent) -> bool {
    component.amplification.as_ref().is_some_and(|a| a.max > AMPLIFIES)
}

fn told(component: &CircuitComponent, name: &Name, whole: bool, study: &Study) -> Result<Vec<Sentence>> {
    let (Some(kind), Some(slowest)) = (component.kind, &component.slowest) else {
        return Ok(if whole { vec![Sentence::new(Rank::Claim, slowest_of_all(study)?)] } else { vec![] });
    };
    let words = Words { component, name, whole, slowest, study };
    Ok(match (kind, &component.amplification) {
        (ComponentKind::Balanced, Some(a)) => words.balanced(a),
        (ComponentKind::Hebbian, a) => words.hebbian(a.as_ref()),
        (ComponentKind::Oscillating, a) => words.oscillating(a.as_ref()),
        (ComponentKind::Integrating, _) => vec![Sentence::new(
            Rank::Claim,
            format!("{} integrates: one of its modes keeps what it gets.", name.start),
        )],
        (ComponentKind::Unstable, _) => vec![Sentence::new(
            Rank::Claim,
            format!(
                "{} is unstable: deviations grow with the time constant {}.",
                name.start,
                words.time(slowest.tau.abs())
            ),
        )],
        (_, a) => vec![words.weak(a.as_ref())],
    })
}

/// The slowest mode of a circuit with slow states or delays.
fn slowest_of_all(study: &Study) -> Result<String> {
    let (l, u) = (study.linearization()?, study.circuit().units());
    let (slow, delays) = (!study.circuit().slow().is_empty(), study.circuit().delays().is_some());
    let with = match (slow, delays) {
        (true, true) => "With its slow states and delays, the",
        (true, false) => "With its slow states, the",
        (false, true) => "With delays, the",
        (false, false) => "The",
    };
    let Some(z) = l.eigenvalues.first().filter(|z| z.re.abs() > l.rounding) else {
        return Ok(format!("{with} circuit has a mode that neither grows nor decays."));
    };
    let tau = amount(1.0 / z.re.abs(), &u.time);
    let way = if z.re < 0.0 { "decays" } else { "grows" };
    let turns = if z.im == 0.0 {
        String::new()
    } else {
        let frequency = z.im.abs() / std::f64::consts::TAU / u.rate_times_time;
        format!(" and oscillates at {}", amount(frequency, &u.rate))
    };
    Ok(format!("{with} slowest mode {way} with the time constant {tau}{turns}."))
}

/// What the sentences on one component need.
struct Words<'a> {
    component: &'a CircuitComponent,
    name: &'a Name,
    whole: bool,
    slowest: &'a SlowestMode,
    study: &'a Study,
}

impl Words<'_> {
    fn circuit(&self) -> &Circuit {
        self.study.circuit()
    }
    fn time(&self, t: f64) -> String {
        format!("{} {}", factor(t), self.circuit().units().time)
    }
    /// What the slowest mode is compared with.
    fn isolated(&self) -> &'static str {
        let tau = &self.circuit().tau();
        let same = self.component.units.iter().all(|&i| tau[i] == tau[self.component.units[0]]);
        if same { "an isolated unit" } else { "its slowest isolated unit" }
    }
    fn speed(&self) -> String {
        format!("{}× slower than {}", factor(self.slowest.slowdown), self.isolated())
    }

    fn balanced(&self, a: &ComponentAmplification) -> Vec<Sentence> {
        let c = self.circuit();
        let (from, to) =
            (signs(c, self.component, a.input.data()), signs(c, self.component, a.output.data()));
        let both = has_both_kinds(c, self.component);
        let what = match (from, to) {
            (Some(from), Some(to)) if from.contains('−') && !to.contains('−') => {
                format!("{from} imbalances {}-fold into {to} activity", factor(a.max))
            }
            (Some(from), Some(to)) if from != to => {
                format!("the pattern {from} {}-fold into {to}", factor(a.max))
            }
            _ if both => format!("imbalances of excitation and inhibition {}-fold", factor(a.max)),
            _ => format!("some patterns {}-fold", factor(a.max)),
        };
        let how = if both { "balanced amplification" } else { "non-normal amplification" };
        let (time, tau) = (self.time(a.time), self.time(self.slowest.tau));
        let although = if self.slowest.slowdown <= NO_SLOWER {
            let own = if self.whole { "its" } else { "its own" };
            format!("although none of {own} modes is slower than {tau}")
        } else {
            format!("although its slowest mode ({tau}) is only {}", self.speed())
        };
        let mut out = vec![Sentence::new(
            Rank::Claim,
            format!("{} amplifies {what} within {time}, {although}: {how}.", self.name.start),
        )];
        if self.slowest.slowdown > AMPLIFIES && self.slowest.frequency == 0.0 {
            out.push(Sentence::new(
                Rank::Limit,
                format!(
                    "That slowest mode also amplifies constant input {}-fold (Hebbian amplification).",
                    factor(self.slowest.static_gain)
                ),
            ));
        }
        out
    }

    fn hebbian(&self, a: Option<&ComponentAmplification>) -> Vec<Sentence> {
        let subject = if self.component.units.len() == 1 {
            self.name.start.clone()
        } else {
            let pattern = signs(self.circuit(), self.component, self.slowest.pattern.data());
            let pattern = pattern.filter(|p| p.contains(' ')).map_or(String::new(), |p| format!(" ({p})"));
            let mode = if self.slowest.frequency == 0.0 { "mode" } else { "pair of modes" };
            format!("The slowest {mode}{pattern} of {}", self.name.inside)
        };
        let mut out = vec![Sentence::new(
            Rank::Claim,
            format!(
                "{subject} amplifies constant input {}-fold and is {} ({}): Hebbian amplification.",
                factor(self.slowest.static_gain),
                self.speed(),
                self.time(self.slowest.tau)
            ),
        )];
        if let Some(a) = a.filter(|a| a.max > AMPLIFIES) {
            out.push(Sentence::new(
                Rank::Cause,
                format!(
                    "Besides, {} amplifies some patterns transiently, {}-fold within {}.",
                    self.name.inside,
                    factor(a.max),
                    self.time(a.time)
                ),
            ));
        }
        out
    }

    fn oscillating(&self, a: Option<&ComponentAmplification>) -> Vec<Sentence> {
        let u = self.circuit().units();
        let transient = match a {
            Some(a) if a.max > AMPLIFIES => {
                format!("; transiently some patterns are amplified {}-fold", factor(a.max))
            }
            _ => String::new(),
        };
        vec![Sentence::new(
            Rank::Claim,
            format!(
                "The slowest modes of {} oscillate at {} and decay with the time constant {}: a damped oscillation{transient}.",
                self.name.inside,
                amount(self.slowest.frequency / u.rate_times_time, &u.rate),
                self.time(self.slowest.tau)
            ),
        )]
    }

    fn weak(&self, a: Option<&ComponentAmplification>) -> Sentence {
        let most = match a {
            Some(a) if a.max >= 1.01 => format!("no pattern is amplified more than {}-fold", factor(a.max)),
            Some(_) => "no pattern is amplified transiently".to_string(),
            None => "nothing is known of its amplification".to_string(),
        };
        Sentence::new(
            Rank::Detail,
            format!(
                "Recurrence causes little amplification: {most}, and the slowest mode decays with the time constant {} ({}: {}).",
                self.time(self.slowest.tau),
                self.isolated(),
                self.time(self.slowest.tau / self.slowest.slowdown)
            ),
        )
    }
}

/// Where transient amplification comes from.
fn cause(
    verdict: &Verdict,
    component: &CircuitComponent,
    name: &Name,
    whole: bool,
    study: &Study,
) -> Result<Option<Sentence>> {
    let Some(share) = component.feedforward_share.filter(|share| *share >= CAUSE) else { return Ok(None) };
    // 99.8 % is not all of it.
    let percent = if share > 0.995 { digits(100.0 * share) } else { factor(100.0 * share) };
    let (c, l) = (study.circuit(), study.linearization()?);
    let first = component.units[0];
    let uniform = component.units.iter().all(|&i| l.tau[i] == l.tau[first]);
    let matrix = match (whole, modes_are_those_of_weights(c, l)) {
        (true, true) => "W".to_string(),
        (false, true) => format!("the weight matrix of {}", name.inside),
        // Of different time constants the modes are those of the Jacobian.
        (true, false) if !uniform => "the Jacobian, as 1 + τ₀A,".to_string(),
        (false, false) if !uniform => format!("the Jacobian of {}, as 1 + τ₀A,", name.inside),
        (true, false) => "the matrix of effective weights".to_string(),
        (false, false) => format!("the matrix of effective weights of {}", name.inside),
    };
    let links = match &verdict.feedforward_links {
        Some(f) if whole && f.links > 0 => {
            format!("; {} of {} links carry 90 % of it", thousands(f.carry_90_percent), thousands(f.links))
        }
        _ => String::new(),
    };
    let words = if share >= STRONGLY {
        let start = at_start(&matrix);
        format!(
            "{start} is strongly non-normal: {percent} % of its squared norm is feedforward and does not show in the eigenvalues{links}."
        )
    } else {
        format!(
            "{percent} % of the squared norm of {matrix} is feedforward and does not show in the eigenvalues{links}."
        )
    };
    Ok(Some(Sentence::new(Rank::Cause, words)))
}
