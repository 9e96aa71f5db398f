//! The phase plane in words and as a figure.

use super::Tell;
use super::words::role;
use crate::answers::{
    ManifoldEnd, Nullcline, PhasePlane, PlaneCourse, PlaneCycle, PlaneFixedPoint, PlaneManifold,
    PlanePointKind,
};
use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::model::{CellKind, Circuit, Form};
use crate::report::draw::{joined, number};
use crate::report::layout::Open;
use crate::report::section::{Axis, Figure, PlaneMark, PlaneSign, Role, Section, Series, Stroke};
use crate::study::{Array, Study};
use neurate_numerics::error::Result;

impl Tell for PhasePlane {
    const TITLE: &'static str = "Phase plane";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let plane = self.labeled(c);
        if self.held.is_empty() {
            s.verdict.push(plane.crossings(c));
            s.verdict.extend(plane.stabilized(study)?);
            s.verdict.extend(plane.separated(c));
            s.verdict.extend(plane.oscillations(c));
            s.verdict.extend(plane.moved(c));
        } else {
            s.verdict.push(plane.cut(c));
        }
        s.open = Open::new(s.verdict.len(), 1, 0);
        if self.outside > 0 && self.held.is_empty() {
            s.verdict.push(format!(
                "{} more {} in the plane, because units of one population differ there.",
                self.outside,
                if self.outside == 1 { "fixed point does not lie" } else { "fixed points do not lie" }
            ));
        }
        s.figures.push(plane.figure(c));
        let by_input = c.form() == Form::Rate && c.as_pair().is_some() && self.held.is_empty();
        let exact = match by_input {
            true => {
                "Every point of a nullcline solves its equation: over the input to the unit where the other unit acts on it, else by bisection between the lines of a grid."
            }
            false => {
                "Every point of a nullcline solves its equation, by bisection between the lines of a grid; a piece smaller than a cell of the grid (1/160 of the window) would be missed."
            }
        };
        s.trust.push(exact.into());
        if self.held.is_empty() {
            s.trust.push("Manifolds begin at the eigenvectors of a saddle and are integrated in arclength, each step to 1e-9 of the window, to its edge, a fixed point or a limit cycle. Limit cycles are those that orbits from beside fixed points, along manifolds and from rest come to, forward or backward in time; others may exist.".into());
        }
        s.sources = vec![
            "Wilson & Cowan 1972",
            "Tsodyks, Skaggs, Sejnowski & McNaughton 1997 (nullclines of an ISN)",
        ];
        Ok(())
    }
}

/// What a fixed point is.
fn kind(p: &PlaneFixedPoint) -> &'static str {
    match (p.kind, p.stable) {
        (PlanePointKind::StableNode, true) => "stable node",
        (PlanePointKind::StableFocus, true) => "stable focus",
        // Stable in the plane only.
        (PlanePointKind::StableNode | PlanePointKind::StableFocus, false) => {
            "point that is stable in the plane only"
        }
        (PlanePointKind::Saddle, _) => "saddle",
        (PlanePointKind::Stable, _) => "stable steady state",
        (PlanePointKind::Unstable, _) => "unstable steady state",
        (PlanePointKind::UnstableNode, _) => "unstable node",
        (PlanePointKind::UnstableFocus, _) => "unstable focus",
        (PlanePointKind::Undecided, true) => "stable point",
        (PlanePointKind::Undecided, false) => "point that the linearization does not decide",
    }
}

impl PhasePlane {
    /// The same with labels in place of names.
    fn labeled(&self, c: &Circuit) -> PhasePlane {
        let mut plane = self.clone();
        let driven = plane.driven.iter_mut().flat_map(|d| &mut d.nullclines);
        let nullclines = plane.nullclines.iter_mut().chain(driven).map(|n| &mut n.name);
        for name in plane.names.iter_mut().chain(nullclines) {
            *name = c.shown(name);
        }
        plane
    }

    fn place(&self, p: &PlaneFixedPoint, c: &Circuit) -> String {
        let one = |k: usize, v: f64| {
            format!("{} {} {}", self.names[k], number(v, 3), self.unit(k, c)).trim_end().to_string()
        };
        format!("{}, {}", one(0, p.x), one(1, p.y))
    }

    /// The unit of an axis: that of states; of a slow state that of rates, or none where it is a share.
    fn unit<'c>(&self, k: usize, c: &'c Circuit) -> &'c str {
        let name = &self.names[k];
        match () {
            () if name.starts_with("facilitation") || name.starts_with("depression") => "",
            () if self.is_slow(k, c) => &c.units().rate,
            () => &c.units().state,
        }
    }

    fn is_slow(&self, k: usize, c: &Circuit) -> bool {
        (c.n()..c.states()).any(|i| c.state_shown(i) == self.names[k])
    }

    /// How often the nullclines cross, and at what.
    fn crossings(&self, c: &Circuit) -> String {
        let [a, b] = [&self.names[0], &self.names[1]];
        let points: Vec<String> = self
            .points
            .iter()
            .map(|p| {
                let kind = kind(p);
                let article = if kind.starts_with('u') { "an" } else { "a" };
                format!("{article} {kind} ({})", self.place(p, c))
            })
            .collect();
        match &points[..] {
            [] => {
                format!("The nullclines of {a} and {b} do not cross in the window: no fixed point was found.")
            }
            [one] => format!("The nullclines of {a} and {b} cross once, at {one}."),
            all if all.len() <= 5 => {
                format!("The nullclines of {a} and {b} cross {} times: at {}.", all.len(), all.join("; "))
            }
            all => {
                let stable = self.points.iter().filter(|p| p.stable).count();
                format!(
                    "The nullclines of {a} and {b} cross {} times; {stable} of these fixed points are stable.",
                    all.len()
                )
            }
        }
    }

    /// The slope of the excitatory nullcline says whether inhibition stabilizes.
    fn stabilized(&self, study: &Study) -> Result<Option<String>> {
        let c = study.circuit();
        let Some(pair) = c.as_pair() else { return Ok(None) };
        let kinds: Vec<CellKind> = (0..2).map(|i| pair.populations()[pair.population_of(i)].kind).collect();
        let Some(e) =
            (0..2).find(|&i| kinds[i] == CellKind::Excitatory && kinds[1 - i] == CellKind::Inhibitory)
        else {
            return Ok(None);
        };
        let Some(k) = study.operating_index()? else { return Ok(None) };
        let Some(p) = self.points.iter().find(|p| p.number == k + 1 && p.stable) else { return Ok(None) };
        // The axes may be in the other order.
        let turned = c.shown(&pair.unit_name(0)) != self.names[0];
        let (at, shown) = if turned { ([p.y, p.x], 1 - e) } else { ([p.x, p.y], e) };
        let own = CircuitDynamics::at_rest(&pair).jacobian(0.0, &at)[(e, e)];
        let name = &self.names[shown];
        Ok(own.is_finite().then(|| {
            if own > 0.0 {
                format!(
                    "At the operating point the nullcline of {name} rises: without inhibitory feedback {name} is unstable there, so the circuit is inhibition-stabilized (ISN)."
                )
            } else {
                format!(
                    "At the operating point the nullcline of {name} falls: {name} alone is stable there, so the circuit is not an ISN."
                )
            }
        }))
    }

    /// What a slice shows.
    fn cut(&self, c: &Circuit) -> String {
        let at = match self.points.first() {
            Some(p) => format!(" It is a {} ({}).", kind(p), self.place(p, c)),
            None => String::new(),
        };
        format!(
            "A slice: {} and {} move, {} held at the steady state that is marked.{at} Other crossings of these nullclines are not steady states of the circuit.",
            self.names[0],
            self.names[1],
            match self.held.len() {
                1 => format!("{} is", self.held[0].name),
                n => format!("the other {n} states are"),
            }
        )
    }

    /// Where the circuit goes from the two sides of a saddle.
    fn separated(&self, c: &Circuit) -> Vec<String> {
        let goal = |m: &PlaneManifold| match (m.other_end, m.point) {
            (ManifoldEnd::FixedPoint, Some(number)) => {
                let point = self.points.iter().find(|p| p.number == number)?;
                Some(format!("the {} at {}", kind(point), self.place(point, c)))
            }
            (ManifoldEnd::Cycle, _) => Some("a limit cycle".to_string()),
            _ => None,
        };
        let mut said = Vec::new();
        for saddle in self.points.iter().filter(|p| p.kind == PlanePointKind::Saddle) {
            let goals: Vec<String> = self
                .manifolds
                .iter()
                .filter(|m| m.saddle == saddle.number && !m.stable)
                .filter_map(goal)
                .collect();
            if let [one, other] = &goals[..]
                && one != other
            {
                said.push(format!(
                    "The stable manifold of the saddle at {} (dashed) separates initial states: from one side the circuit goes to {one}, from the other side to {other}.",
                    self.place(saddle, c)
                ));
            }
        }
        said.truncate(2);
        said
    }

    /// The limit cycles.
    fn oscillations(&self, c: &Circuit) -> Vec<String> {
        let u = c.units();
        let one = |cycle: &PlaneCycle| {
            format!(
                "{} limit cycle has a period of {} ({}).",
                if cycle.stable { "A stable" } else { "An unstable" },
                joined(&number(cycle.period, 3), &u.time),
                joined(&number(1.0 / cycle.period / u.rate_times_time, 3), &u.rate)
            )
        };
        self.cycles.iter().take(3).map(one).collect()
    }

    /// What the stimuli do to nullclines and fixed points.
    fn moved(&self, c: &Circuit) -> Option<String> {
        let d = self.driven.as_ref()?;
        let (u, added) = (c.units(), d.added.data());
        let moved: Vec<&str> = (0..2).filter(|&k| added[k] != 0.0).map(|k| self.names[k].as_str()).collect();
        let nullclines = match &moved[..] {
            [one] => format!("the nullcline of {one}"),
            _ => "both nullclines".into(),
        };
        let stable: Vec<&PlaneFixedPoint> = d.points.iter().filter(|p| p.stable).collect();
        let to = match stable[..] {
            [one] => format!("; while it lasts, the circuit approaches {}", self.place(one, c)),
            [] => "; while it lasts, no fixed point is stable".into(),
            _ => format!("; while it lasts, {} fixed points are stable", stable.len()),
        };
        Some(format!(
            "The stimulus moves {nullclines} (pale lines, at {} {}){to}.",
            number(d.time, 3),
            u.time
        ))
    }

    fn figure(&self, c: &Circuit) -> Figure {
        let symbol = if c.form() == Form::Rate { "rate" } else { "voltage" };
        let axis = |k: usize| match self.is_slow(k, c) {
            true => Axis::new(self.names[k].clone(), self.unit(k, c)),
            false => Axis::new(format!("{symbol} of {}", self.names[k]), self.unit(k, c)),
        };
        let role_of = |k: usize| self.role(k, c);
        let curves = |all: &[Nullcline], named: fn(&str) -> String| -> Vec<Series> {
            let curve = |(k, n): (usize, &Nullcline)| series(n, role_of(k), named(&n.name));
            all.iter().enumerate().map(curve).filter(|s| !s.x.is_empty()).collect()
        };
        let driven = self.driven.as_ref().map(|d| {
            let moved = d.nullclines.iter().enumerate().filter(|(k, _)| d.added.data()[*k] != 0.0);
            moved.map(|(k, n)| series(n, role_of(k), format!("{} under the stimulus", n.name))).collect()
        });
        let mut courses = Vec::new();
        courses.extend(self.from_rest.as_ref().map(|t| course("from rest", t)));
        courses.extend(self.run.as_ref().map(|t| course("under the stimulus", t)));
        let mut points: Vec<PlaneMark> = self.points.iter().map(|p| mark(p, false)).collect();
        points.extend(self.driven.iter().flat_map(|d| &d.points).map(|p| mark(p, true)));
        let (x, y) = (self.window.row(0), self.window.row(1));
        Figure::PhasePlane {
            id: "phase_plane".into(),
            title: self.title(),
            caption: self.caption(),
            x: axis(0),
            y: axis(1),
            x_range: (x[0], x[1]),
            y_range: (y[0], y[1]),
            nullclines: curves(&self.nullclines, |name| format!("nullcline of {name}")),
            driven: driven.unwrap_or_default(),
            series: courses,
            manifolds: self.manifold_series(),
            cycles: self.cycle_series(),
            flow: self.arrows(),
            points,
        }
    }

    fn title(&self) -> String {
        let plane = format!("Phase plane of {} and {}", self.names[0], self.names[1]);
        match &self.held[..] {
            [] => plane,
            [one] => format!("{plane}: a slice, {} held at its steady state", one.name),
            all => format!("{plane}: a slice, {} other states held at their steady state", all.len()),
        }
    }

    fn caption(&self) -> String {
        let [a, b] = [&self.names[0], &self.names[1]];
        let points = match self.held.is_empty() {
            true => "they cross at the fixed points (filled: stable; hollow: unstable; half: saddle)",
            false => "the steady state of the whole circuit is marked (filled: stable; hollow: unstable)",
        };
        let mut all = format!(
            "Nullclines: where {a} or {b} does not change; {points}. Arrows: direction of change under the constant input, the paler the slower."
        );
        if !self.manifolds.is_empty() {
            all += " Manifolds of saddles: unstable ones lead away, stable ones (dashed) lead there.";
        }
        all
    }

    fn role(&self, k: usize, c: &Circuit) -> Role {
        if self.is_slow(k, c) {
            return Role::Other;
        }
        let name = &self.names[k];
        let unit = (0..c.n()).find(|&i| c.unit_shown(i) == *name).map(|i| c.population_of(i));
        let population = c.populations().iter().position(|p| p.shown() == name).or(unit);
        population.map_or(Role::Other, |p| role(c.populations()[p].kind))
    }

    fn manifold_series(&self) -> Vec<Series> {
        let of = |stable: bool| {
            let (name, stroke) = if stable {
                ("stable manifold", Stroke::Dashed)
            } else {
                ("unstable manifold", Stroke::Solid)
            };
            let pieces = self.manifolds.iter().filter(|m| m.stable == stable).map(|m| (&m.x, &m.y));
            parted(pieces, (name, Role::Other, stroke))
        };
        [of(false), of(true)].into_iter().filter(|s| !s.x.is_empty()).collect()
    }

    fn cycle_series(&self) -> Vec<Series> {
        let of = |stable: bool| {
            let (name, stroke) = if stable {
                ("stable limit cycle", Stroke::Solid)
            } else {
                ("unstable limit cycle", Stroke::Dashed)
            };
            let pieces = self.cycles.iter().filter(|c| c.stable == stable).map(|c| (&c.x, &c.y));
            parted(pieces, (name, Role::Guide, stroke))
        };
        [of(true), of(false)].into_iter().filter(|s| !s.x.is_empty()).collect()
    }

    fn arrows(&self) -> Vec<(f64, f64, f64, f64)> {
        let f = &self.flow;
        let at = |(i, y): (usize, &f64)| {
            let y = *y;
            f.x.data().iter().enumerate().map(move |(j, x)| (*x, y, f.dx[(i, j)], f.dy[(i, j)]))
        };
        let finite = |a: &(f64, f64, f64, f64)| a.2.is_finite() && a.3.is_finite();
        f.y.data().iter().enumerate().flat_map(at).filter(finite).collect()
    }
}

/// Branches one after the other, parted by NaN.
fn series(n: &Nullcline, role: Role, name: String) -> Series {
    parted(n.branches.iter().map(|b| (&b.x, &b.y)), (&name, role, Stroke::Solid))
}

/// Curves one after the other, parted by NaN.
fn parted<'a>(
    pieces: impl Iterator<Item = (&'a Array, &'a Array)>,
    (name, role, stroke): (&str, Role, Stroke),
) -> Series {
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for (a, b) in pieces {
        if !x.is_empty() {
            x.push(f64::NAN);
            y.push(f64::NAN);
        }
        x.extend_from_slice(a.data());
        y.extend_from_slice(b.data());
    }
    Series { name: name.into(), role, stroke, x, y }
}

fn course(name: &str, t: &PlaneCourse) -> Series {
    let (x, y) = (t.x.data().to_vec(), t.y.data().to_vec());
    Series { name: name.into(), role: Role::Guide, stroke: Stroke::Solid, x, y }
}

fn mark(p: &PlaneFixedPoint, driven: bool) -> PlaneMark {
    let sign = match (p.kind, p.stable) {
        (PlanePointKind::Saddle, _) => PlaneSign::Half,
        (_, true) => PlaneSign::Filled,
        (PlanePointKind::Undecided, false) => PlaneSign::Cross,
        _ => PlaneSign::Hollow,
    };
    PlaneMark { x: p.x, y: p.y, sign, label: kind(p).into(), driven }
}
