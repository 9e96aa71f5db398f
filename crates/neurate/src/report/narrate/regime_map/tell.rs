//! The section.

use super::figure::figure;
use super::words::{letters, long, place, runs, what};
use crate::answers::{CompletenessWord, DiagramRemark, MapPoint, MapRegionKind, RegimeMap};
use crate::model::Circuit;
use crate::report::draw::number;
use crate::report::layout::Open;
use crate::report::narrate::Tell;
use crate::report::narrate::words::{amount, count, heading, polished, share};
use crate::report::section::{Cell, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

const BESIDE_SUBCRITICAL: &str = "On the stable side of a subcritical Hopf curve (dashed) an unstable cycle exists, and from \
     other initial states the circuit may oscillate there, too: the folds of cycles at which that ends are not drawn.";

impl Tell for RegimeMap {
    const TITLE: &'static str = "Regime map over two parameters";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        s.title = format!("Regime map: {}", self.range_words());
        s.verdict.push(self.headline());
        if self.regions.iter().any(|r| r.beside_subcritical) {
            s.verdict.push(BESIDE_SUBCRITICAL.into());
        }
        s.verdict.extend(self.remarks.iter().map(|r| remark(*r).to_string()));
        s.tables = vec![self.regions(), self.special(c)];
        s.figures = vec![figure(self)];
        s.open = Open::new(s.verdict.len(), 1, 2);
        s.trust = trust(self);
        s.sources = vec![
            "Kuznetsov 2004, Elements of Applied Bifurcation Theory (normal forms)",
            "Govaerts 2000, Numerical Methods for Bifurcations of Dynamical Equilibria (minimally augmented systems)",
        ];
        Ok(())
    }
}

impl RegimeMap {
    fn range_words(&self) -> String {
        let one = |k: usize| {
            let (p, r) = (&self.parameters[k], self.ranges.row(k));
            format!("{} from {} to {} {}", p.name, number(r[0], 4), number(r[1], 4), p.unit)
                .trim_end()
                .to_string()
        };
        format!("{}, {}", one(0), one(1))
    }

    /// How many regions there are, where the circuit oscillates, and what it does at the file's own values.
    fn headline(&self) -> String {
        let mut said = format!("The plane has {}", count(self.regions.len(), "region"));
        let moving = |kind: MapRegionKind| {
            matches!(kind, MapRegionKind::Oscillating | MapRegionKind::OscillatingOrSteady)
        };
        let part: f64 = self.regions.iter().filter(|r| moving(r.kind)).map(|r| r.share).sum();
        let several: f64 = self.regions.iter().filter(|r| r.stable > 1).map(|r| r.share).sum();
        if part > 0.0 {
            said += &format!("; the circuit oscillates in {} of it", share(part));
        }
        if several > 0.0 {
            said += &format!("; several steady states are stable in {} of it", share(several));
        }
        match self.own_region.and_then(|k| self.regions.get(k)) {
            Some(own) => said + &format!(". At the file's own values: {}.", long(own)),
            None => said + ".",
        }
    }

    fn regions(&self) -> Table {
        let inner = self.parameters.iter().map(|p| heading(&p.name, &p.unit)).collect::<Vec<_>>().join(", ");
        let at = format!("runs at {inner}");
        let mut table = Table::new("Regions, the largest first", &["share", "the circuit", &at, "runs"]);
        for r in &self.regions {
            let at = r.inner.data().iter().map(|v| number(*v, 4)).collect::<Vec<_>>().join(", ");
            table.rows.push(vec![
                Cell::Text(share(r.share)),
                Cell::Text(long(r)),
                Cell::Text(at),
                Cell::Text(runs(r)),
            ]);
        }
        table
    }

    fn special(&self, c: &Circuit) -> Table {
        let [a, b] = [0, 1].map(|k| heading(&self.parameters[k].name, &self.parameters[k].unit));
        let mut table =
            Table::new("Points at which curves meet or change their kind", &["", "what", &a, &b, "numbers"]);
        for p in &self.points {
            let numbers = numbers(p, c);
            table.rows.push(vec![
                Cell::Text(letters(p).into()),
                Cell::Text(what(p).into()),
                Cell::Text(polished(p.p.data()[0], 10)),
                Cell::Text(polished(p.p.data()[1], 10)),
                if numbers.is_empty() { Cell::Empty } else { Cell::Text(numbers) },
            ]);
        }
        table
    }
}

fn numbers(p: &MapPoint, c: &Circuit) -> String {
    let mut parts = Vec::new();
    for (name, value) in [("a", p.a), ("b", p.b), ("c", p.c)] {
        parts.extend(value.map(|v| format!("{name} {}", number(v, 4))));
    }
    let periods: Vec<String> =
        p.omega.data().iter().map(|w| amount(std::f64::consts::TAU / w, &c.units().time)).collect();
    match &periods[..] {
        [] => {}
        [one] => parts.push(format!("period {one}")),
        all => parts.push(format!("periods {}", all.join(" and "))),
    }
    parts.join("; ")
}

fn remark(r: DiagramRemark) -> &'static str {
    match r {
        DiagramRemark::NoiseIgnored => "The circuit has noise; the map is that of the circuit without it.",
        DiagramRemark::StimuliIgnored => "The circuit has stimuli; the map is that of its constant input.",
        DiagramRemark::WeightsDrawn => "Weights are drawn at random; the map is that of the file's seed.",
        DiagramRemark::Linear => "All transfer functions are linear: there is at most one steady state.",
        DiagramRemark::StabilityOnly => "The parameters move no steady state, only its stability.",
        DiagramRemark::NoCycles => "Limit cycles were not looked for.",
        DiagramRemark::NoSteadyState => "No steady state was found anywhere.",
        DiagramRemark::Ring => "The circuit is a ring: steady states with a mirror axis were followed.",
    }
}

fn trust(map: &RegimeMap) -> Vec<String> {
    let k = &map.complete;
    let mut all = Vec::new();
    all.push(match k.curves {
        CompletenessWord::Audited => format!(
            "Curves: audited (diagrams along {} lines through the plane and the curves agree); a closed curve between the lines may be missing.",
            k.lines
        ),
        _ => format!(
            "Curves: sampled (diagrams along lines and the curves agree on {} of {} lines); others may exist.",
            k.agree, k.lines
        ),
    });
    if k.not_followed > 0 {
        all.push("Where branches cross or units stand at kinks of their transfer functions, curves are not followed: the plane has such points.".into());
    }
    if k.early_stops > 0 {
        all.push(format!(
            "{} inside the plane: it goes on there, and was not followed.",
            count(k.early_stops, "curve ends").replace("ends ends", "ends end")
        ));
    }
    all.push(match k.counts {
        CompletenessWord::Proved | CompletenessWord::Exact => format!(
            "Numbers of steady states: all of them at {} points of the plane (bounds exclude others); curves separate these from the rest.",
            k.searched
        ),
        _ => format!(
            "Numbers of steady states: sampled at {} points of the plane; others may exist.",
            k.searched
        ),
    });
    all.push(format!(
        "What happens in a region is what {} at its inner point do; limit cycles were not continued, so that folds of cycles, which bound regions too, are not among the curves.",
        count(k.runs, "run")
    ));
    if let Some(largest) = k.largest_residual {
        all.push(format!(
            "Special points are polished until the residual of their own equations is below 1e-9 (largest here {largest:.1e})."
        ));
    }
    for clipped in &map.clipped {
        all.push(format!(
            "A range ends at {}, not at {}: {}.",
            number(clipped.used, 4),
            number(clipped.asked, 4),
            clipped.why
        ));
    }
    if map.regions.iter().any(|r| r.kind == MapRegionKind::Undecided) {
        let r = map.regions.iter().find(|r| r.kind == MapRegionKind::Undecided);
        all.extend(r.map(|r| format!("Runs did not decide what happens at {}.", place(map, r.inner.data()))));
    }
    all
}
