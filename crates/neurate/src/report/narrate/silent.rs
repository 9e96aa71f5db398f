//! Populations without gain, which take no part in recurrence, in words.

use super::words::list;
use crate::model::CellKind;
use crate::study::Study;
use neurate_numerics::error::Result;

/// Populations that are named; of more the number is given.
const NAMED: usize = 4;

/// Why the circuit is not an ISN.
pub(super) fn why_not_isn(study: &Study) -> Result<String> {
    let all = study.circuit().populations();
    let excitatory = (0..all.len()).filter(|&p| all[p].kind == CellKind::Excitatory).collect::<Vec<_>>();
    let silent = without_gain(study)?;
    Ok(if excitatory.iter().all(|p| silent.contains(p)) {
        said(study, &excitatory)?
    } else {
        "the excitatory subnetwork is stable without inhibition".into()
    })
}

/// Which populations have no gain at the operating point; None where all have some.
pub(super) fn silence(study: &Study) -> Result<Option<String>> {
    let silent = without_gain(study)?;
    if silent.is_empty() { Ok(None) } else { said(study, &silent).map(Some) }
}

/// The populations of which no unit has a gain.
fn without_gain(study: &Study) -> Result<Vec<usize>> {
    let (c, l) = (study.circuit(), study.linearization()?);
    let silent = |p: &usize| c.range(*p).all(|i| l.gains[i] == 0.0);
    Ok((0..c.populations().len()).filter(silent).collect())
}

/// `E is silent here (gain 0)`; where a rate is not 0, f is flat for another reason.
fn said(study: &Study, which: &[usize]) -> Result<String> {
    let (c, rates) = (study.circuit(), &study.point()?.rates);
    let (silent, flat): (Vec<usize>, Vec<usize>) =
        which.iter().partition(|p| c.range(**p).all(|i| rates[i] == 0.0));
    let named = |which: &[usize], one: &str, several: &str| {
        let mut names: Vec<String> =
            which.iter().take(NAMED).map(|&p| c.populations()[p].shown().to_string()).collect();
        if which.len() > NAMED {
            names.push(format!("{} more", which.len() - NAMED));
        }
        let rest = if which.len() == 1 { one } else { several };
        (!which.is_empty()).then(|| format!("{} {rest}", list(&names)))
    };
    let parts = [
        named(&silent, "is silent here (gain 0)", "are silent here (gain 0)"),
        named(&flat, "has gain 0 here", "have gain 0 here"),
    ];
    Ok(list(&parts.into_iter().flatten().collect::<Vec<_>>()))
}
