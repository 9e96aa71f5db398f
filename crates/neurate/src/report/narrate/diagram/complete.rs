//! How complete a diagram is, in words, and what the reader should know of the circuit.

use crate::answers::{CompletenessWord, Diagram, DiagramCompleteness, DiagramRemark, RangeOrigin};
use crate::report::draw::number;
use crate::report::narrate::words::{count, joined};

/// How complete the lists are.
pub(super) fn trust(d: &Diagram) -> Vec<String> {
    let k = &d.complete;
    let mut all = vec![equilibria(d)];
    if let Some(cycles) = cycles(d) {
        all.push(cycles);
    }
    let mut audit = match k.agree == k.values {
        true => format!("Audit: at {} values of the parameter search and branches agree", k.values),
        false => {
            format!("Audit: search and branches agree at {} of {} values of the parameter", k.agree, k.values)
        }
    };
    match k.index_sum_right {
        Some(true) => audit += ", and the indices add up to 1",
        Some(false) => audit += "; the indices do not add up to 1 everywhere, so a steady state is missing",
        None => {}
    }
    all.push(audit + ".");
    all.extend(residuals(k));
    for clipped in &d.clipped {
        all.push(format!(
            "The range ends at {}, not at {}: {}.",
            number(clipped.used, 4),
            number(clipped.asked, 4),
            clipped.why
        ));
    }
    all.extend(grown(d));
    all
}

/// What is left of the special points' own equations.
fn residuals(k: &DiagramCompleteness) -> Option<String> {
    let of = |largest: f64| match largest {
        0.0 => "0".to_string(),
        x => format!("{x:.0e}"),
    };
    let states = k.largest_residual.map(|x| {
        format!(
            "of steady states when the residual of their own equations is below 1e-10 (largest here {})",
            of(x)
        )
    });
    let cycles = k
        .largest_cycle_residual
        .map(|x| format!("of limit cycles when that of their test is below 1e-6 (largest here {})", of(x)));
    let parts: Vec<String> = states.into_iter().chain(cycles).collect();
    (!parts.is_empty()).then(|| format!("Special points are accepted: {}.", parts.join(", ")))
}

fn equilibria(d: &Diagram) -> String {
    let k = &d.complete;
    match k.equilibria {
        CompletenessWord::Proved => {
            let open = k.open.shape().first().copied().unwrap_or(0);
            let but = match open {
                0 => String::new(),
                n => format!(
                    ", except in {} of the parameter that together are below a millionth of it",
                    count(n, "interval")
                ),
            };
            format!(
                "How complete: steady states proved for the whole range (bounds over intervals, isolas included){but}."
            )
        }
        CompletenessWord::Exact => {
            "How complete: steady states exact (all combinations of pieces of the transfer functions were solved).".into()
        }
        CompletenessWord::Audited => format!(
            "How complete: steady states audited (searches at {} values of the parameter found none that lies on no branch); an isola between two values may be missing.",
            k.values
        ),
        CompletenessWord::Sampled => {
            "How complete: steady states sampled (searches and branches do not agree everywhere); others may exist.".into()
        }
    }
}

fn cycles(d: &Diagram) -> Option<String> {
    let search = d.complete.cycle_search.as_ref()?;
    let mut said = "Limit cycles: sampled (those from Hopf points".to_string();
    if search.values > 0 {
        said += &format!(
            " and from {} runs, {} at each of {} values, beside one from rest",
            search.runs * search.values,
            search.runs,
            search.values
        );
    }
    said += "); others may exist.";
    if !search.hopf_without_cycle.is_empty() {
        said += &format!(
            " From {} no cycle could be followed.",
            count(search.hopf_without_cycle.len(), "Hopf point")
        );
    }
    let unexplained = search.unexplained.data().len();
    if unexplained > 0 {
        said += &format!(
            " At {} some runs neither rest nor lie on a cycle that was solved: long transients, tori or chaos.",
            count(unexplained, "value")
        );
    }
    let away = search.runaway.data().len();
    if away > 0 {
        said += &format!(
            " At {} some runs pass the ceiling of runs (`ceiling` in `[run]`): they run away.",
            count(away, "value")
        );
    }
    Some(said)
}

fn grown(d: &Diagram) -> Option<String> {
    let looked = d.looked.as_ref()?.data();
    let (from, to) = (number(looked[0], 4), number(looked[1], 4));
    let name = &d.parameter.name;
    Some(match d.range_origin {
        RangeOrigin::GrownToLimit => format!(
            "The range was grown from the file's value and doubled eight times, to {name} from {from} to {to}; more may lie outside."
        ),
        _ => format!(
            "The range was grown from the file's value until nothing new appeared and states hardly changed at its ends, or a rule of the circuit was reached: {name} from {from} to {to} was looked at."
        ),
    })
}

/// What a reader should know of the circuit.
pub(super) fn remarks(d: &Diagram) -> Vec<String> {
    let name = &d.parameter.name;
    let words = |r: &DiagramRemark| match r {
        DiagramRemark::NoiseIgnored => {
            "The circuit has noise; the diagram is that of the circuit without it.".to_string()
        }
        DiagramRemark::StimuliIgnored => {
            "The circuit has stimuli; the diagram is that of its constant input.".to_string()
        }
        DiagramRemark::WeightsDrawn => {
            "Weights are drawn; the diagram is that of the file's seed.".to_string()
        }
        DiagramRemark::Linear => linear(d),
        DiagramRemark::StabilityOnly => {
            format!("{name} changes no steady state, only its stability: every branch is a straight line.")
        }
        DiagramRemark::NoCycles => {
            "Limit cycles were not looked for: they are not available for this circuit.".to_string()
        }
        DiagramRemark::Ring => ring(d),
        DiagramRemark::NoSteadyState => format!(
            "No steady state was found at any value of {name}: the activity runs away, or the search missed it."
        ),
    };
    d.remarks.iter().map(words).collect()
}

/// What was followed in a ring, and how fast patterns drift that can stand anywhere.
fn ring(d: &Diagram) -> String {
    let said = "The circuit is a ring: of steady states with a mirror axis one is listed for all of its turns; limit cycles were not looked for, and branches of states without a mirror axis are not followed.";
    let fastest = d.branches.iter().filter_map(|b| b.drift).fold(f64::NAN, f64::max);
    if fastest.is_nan() {
        return said.to_string();
    }
    format!(
        "{said} A pattern that can stand anywhere drifts between places at a rate of at most {} per unit of time (the eigenvalue of a turn).",
        number(fastest, 2)
    )
}

/// What there is to say of a linear circuit.
fn linear(d: &Diagram) -> String {
    let borders: Vec<f64> =
        d.regimes.windows(2).filter(|w| (w[0].stable > 0) != (w[1].stable > 0)).map(|w| w[0].to).collect();
    let unit = &d.parameter.unit;
    let begins = "The circuit is linear: it has one steady state and no limit cycle of its own";
    match &borders[..] {
        [] => format!("{begins}; its stability does not change in this range."),
        all => {
            let values: Vec<String> = all.iter().map(|p| joined(&number(*p, 5), unit)).collect();
            format!("{begins}; boundary of stability at {} = {}.", d.parameter.name, values.join(", "))
        }
    }
}
