//! Regimes in words.

use crate::answers::{
    CycleEndKind, Diagram, DiagramCycles, DiagramRemark, OscillationEvidence, Regime, RegimeKind,
};
use crate::model::Circuit;
use crate::report::draw::number;
use crate::report::narrate::words::amount;

/// Neighboring regimes with the same attractors: one line of the table.
pub(super) struct Stretch<'a> {
    pub(super) parts: Vec<&'a Regime>,
}

impl Stretch<'_> {
    pub(super) fn from(&self) -> f64 {
        self.parts[0].from
    }
    pub(super) fn to(&self) -> f64 {
        self.parts[self.parts.len() - 1].to
    }
    pub(super) fn first(&self) -> &Regime {
        self.parts[0]
    }
}

/// The regimes by their attractors.
pub(super) fn stretches(d: &Diagram) -> Vec<Stretch<'_>> {
    let mut all: Vec<Stretch> = Vec::new();
    for r in &d.regimes {
        match all.last_mut() {
            Some(last) if same_attractors(last.first(), r) => last.parts.push(r),
            _ => all.push(Stretch { parts: vec![r] }),
        }
    }
    all
}

fn same_attractors(a: &Regime, b: &Regime) -> bool {
    let numbers = |r: &Regime| (r.kind, r.stable, r.shapes, r.anywhere, r.stable_cycles);
    numbers(a) == numbers(b)
}

/// `below 1.985`, `1.985 to 3.03`, `above 3.03`, or both ends where there is one regime.
pub(super) fn place(s: &Stretch, d: &Diagram) -> String {
    place_of((s.from(), s.to()), d)
}

fn place_of((from, to): (f64, f64), d: &Diagram) -> String {
    let word = |v: f64| number(v, 4);
    match (from <= d.range.data()[0], to >= d.range.data()[1]) {
        (true, false) => format!("below {}", word(to)),
        (false, true) => format!("above {}", word(from)),
        _ => format!("{} to {}", word(from), word(to)),
    }
}

/// Where the circuit oscillates, from every initial state or from some.
pub(super) fn oscillating(all: &[Stretch], d: &Diagram) -> Vec<String> {
    let mut joined: Vec<(f64, f64)> = Vec::new();
    for s in all {
        if !matches!(s.first().kind, RegimeKind::Oscillating | RegimeKind::OscillatingOrSteady) {
            continue;
        }
        match joined.last_mut() {
            Some(last) if last.1 == s.from() => last.1 = s.to(),
            _ => joined.push((s.from(), s.to())),
        }
    }
    let words = |piece| match place_of(piece, d).split_once(" to ") {
        Some((from, to)) => format!("between {from} and {to}"),
        None => place_of(piece, d),
    };
    joined.into_iter().map(words).collect()
}

/// A small number in words.
pub(super) fn count_word(n: usize) -> String {
    const WORDS: [&str; 11] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    WORDS.get(n).map_or_else(|| n.to_string(), |w| (*w).to_string())
}

/// What the circuit does in a stretch.
pub(super) fn words(s: &Stretch, d: &Diagram, c: &Circuit) -> String {
    let first = s.first();
    let main = match first.kind {
        RegimeKind::Steady | RegimeKind::Bistable | RegimeKind::Multistable if of_ring(first) => {
            patterns(first)
        }
        RegimeKind::Steady => match s.parts.iter().map(|r| r.unstable).min() {
            Some(0) | None => "one steady state".to_string(),
            _ => "one stable steady state".to_string(),
        },
        RegimeKind::Bistable => "two stable steady states; the initial state decides".to_string(),
        RegimeKind::Multistable => {
            format!("{} stable steady states; the initial state decides", count_word(first.stable))
        }
        RegimeKind::Oscillating => oscillation(s, d, c),
        RegimeKind::OscillatingOrSteady => {
            let states = match first.stable {
                1 => "steady state".to_string(),
                n => format!("one of {} steady states", count_word(n)),
            };
            format!("{states} or oscillation, depending on the initial state{}", periods(s, d, c))
        }
        RegimeKind::NoStableState if d.cycles.is_some() => {
            "no stable steady state, and no stable limit cycle was found".to_string()
        }
        RegimeKind::NoStableState if d.remarks.contains(&DiagramRemark::Ring) => {
            "no stable steady state with a mirror axis".to_string()
        }
        RegimeKind::NoStableState => "no stable steady state".to_string(),
        RegimeKind::NoSteadyState => "no steady state".to_string(),
    };
    main + &others(s) + runaway(s, d)
}

/// Whether runs in a stretch pass the ceiling: the states above are not all that there is.
fn runaway(s: &Stretch, d: &Diagram) -> &'static str {
    let Some(search) = &d.complete.cycle_search else { return "" };
    let inside = |p: f64| s.from() < p && p < s.to();
    let count = |all: &[f64]| all.iter().filter(|p| inside(**p)).count();
    // Runs are made in the middle of as many equal parts of the range.
    let (from, to) = (d.range.data()[0], d.range.data()[1]);
    let at = |k: usize| from + (to - from) * (k as f64 + 0.5) / search.values as f64;
    let tried = (0..search.values).filter(|&k| inside(at(k))).count();
    match (count(search.runaway_from_rest.data()), count(search.runaway.data())) {
        (0, 0) => "",
        (0, _) => "; from some initial states the activity runs away",
        (rest, _) if rest == tried => "; from rest the activity runs away",
        _ => "; from rest the activity runs away at some values",
    }
}

/// Whether some of the stable states are turns of others, or can stand anywhere on a ring.
fn of_ring(r: &Regime) -> bool {
    r.anywhere || r.shapes < r.stable
}

/// The stable states of a ring.
fn patterns(r: &Regime) -> String {
    match (r.anywhere, r.shapes, r.stable) {
        (true, 1, _) => "one stable pattern, which can stand anywhere on the ring".to_string(),
        (true, shapes, _) => {
            format!(
                "{} stable steady states, one of which can stand anywhere on the ring",
                count_word(shapes)
            )
        }
        (false, 1, stable) => format!("one stable pattern, at each of {stable} places of the ring"),
        (false, shapes, stable) => {
            format!("{stable} stable steady states: {} patterns and their turns", count_word(shapes))
        }
    }
}

/// Oscillation, and the periods on the way.
fn oscillation(s: &Stretch, d: &Diagram, c: &Circuit) -> String {
    let evidence = s.parts.iter().filter_map(|r| r.oscillates).next();
    let several = match s.first().stable_cycles {
        0 | 1 => "oscillates".to_string(),
        n => format!("oscillates on one of {} cycles, depending on the initial state", count_word(n)),
    };
    match evidence {
        Some(OscillationEvidence::NoOtherWay) => {
            format!("{several}: no steady state is stable, and both states stay bounded")
        }
        _ => format!("{several}{}; no stable steady state", periods(s, d, c)),
    }
}

/// The periods of the stable cycles in a stretch.
fn periods(s: &Stretch, d: &Diagram, c: &Circuit) -> String {
    let (from, to) = (s.from(), s.to());
    let near = 1e-6 * (d.range.data()[1] - d.range.data()[0]);
    let inside = |p: f64| p >= from - near && p <= to + near;
    let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
    let mut infinite = None;
    for branch in d.cycles.iter().flatten() {
        for period in stable_periods(branch, (from, to)) {
            (low, high) = (low.min(period), high.max(period));
        }
        let stable = [branch.unstable.data().first(), branch.unstable.data().last()];
        for (end, unstable) in branch.ends.iter().zip(stable) {
            let named = match end.kind {
                CycleEndKind::Snic => "SNIC",
                CycleEndKind::Homoclinic | CycleEndKind::SaddleFocus => "homoclinic",
                _ => continue,
            };
            if inside(end.p) && unstable == Some(&0.0) {
                infinite = Some(named);
            }
        }
    }
    if low > high {
        return String::new();
    }
    let unit = &c.units().time;
    match infinite {
        Some(name) => format!(", period from {} up to infinity ({name})", amount(low, unit)),
        None if high < 1.02 * low => format!(", period {}", amount(low, unit)),
        None => format!(", period {} to {}", number(low, 3), amount(high, unit)),
    }
}

/// Periods of the stable cycles of a branch, at its cycles in an interval and at the interval's ends.
fn stable_periods(branch: &DiagramCycles, (from, to): (f64, f64)) -> Vec<f64> {
    let (p, period, unstable) = (branch.p.data(), branch.period.data(), branch.unstable.data());
    let mut all = Vec::new();
    for k in 1..p.len() {
        let (low, high) = (p[k - 1].min(p[k]).max(from), p[k - 1].max(p[k]).min(to));
        // A special point carries the smaller number of both sides.
        if low > high || unstable[k - 1].max(unstable[k]) > 0.0 {
            continue;
        }
        let at = |q: f64| match p[k] - p[k - 1] {
            0.0 => period[k],
            width => period[k - 1] + (period[k] - period[k - 1]) * (q - p[k - 1]) / width,
        };
        all.extend([at(low), at(high)]);
    }
    all
}

/// Where in the stretch there are other steady states or cycles besides.
fn others(s: &Stretch) -> String {
    let stable = s.first().stable;
    let least = s.parts.iter().map(|r| r.unstable).min().unwrap_or(0);
    let attracted =
        matches!(s.first().kind, RegimeKind::Steady | RegimeKind::Bistable | RegimeKind::Multistable);
    let whole = s.parts.len() == 1 || s.parts.iter().all(|r| r.unstable == least);
    let mut said: Vec<String> = Vec::new();
    if attracted && whole && least > 0 {
        said.push(format!("{} in all", count_word(stable + least)));
    } else if attracted && !whole {
        let more = s.parts.iter().filter(|r| r.unstable > 0);
        said.extend(more.map(|r| {
            format!(
                "{} in all between {} and {}",
                count_word(stable + r.unstable),
                number(r.from, 4),
                number(r.to, 4)
            )
        }));
        if said.len() > 2 {
            let most = s.parts.iter().map(|r| r.unstable).max().unwrap_or(0);
            said = vec![format!("up to {} in all", count_word(stable + most))];
        }
    }
    if said.is_empty() { String::new() } else { format!(" ({})", said.join(", ")) }
}

/// A regime in a word or two, for the strip beneath a figure.
pub(super) fn label(r: &Regime) -> String {
    match r.kind {
        RegimeKind::Steady | RegimeKind::Bistable | RegimeKind::Multistable if of_ring(r) => match r.shapes {
            1 => "pattern".into(),
            shapes => format!("{} states or patterns", count_word(shapes)),
        },
        RegimeKind::Steady => "steady".into(),
        RegimeKind::Bistable => "bistable".into(),
        RegimeKind::Multistable => format!("{} stable states", count_word(r.stable)),
        RegimeKind::Oscillating => "oscillates".into(),
        RegimeKind::OscillatingOrSteady => "oscillates or steady".into(),
        RegimeKind::NoStableState => "no stable state".into(),
        RegimeKind::NoSteadyState => "no steady state".into(),
    }
}
