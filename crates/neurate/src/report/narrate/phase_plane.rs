//! The phase plane in words and as a figure.

use super::Tell;
use super::words::role;
use crate::answers::{Nullcline, PhasePlane, PlaneCourse, PlaneFixedPoint, PlanePointKind};
use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::model::{CellKind, Circuit, Form};
use crate::report::draw::number;
use crate::report::layout::Open;
use crate::report::section::{Axis, Figure, PlaneMark, PlaneSign, Role, Section, Series, Stroke};
use crate::study::Study;
use neurate_numerics::error::Result;

impl Tell for PhasePlane {
    const TITLE: &'static str = "Phase plane";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let plane = self.labeled(c);
        s.verdict.push(plane.crossings(&c.units().state));
        s.verdict.extend(plane.stabilized(study)?);
        s.verdict.extend(plane.moved(c));
        s.open = Open::new(s.verdict.len(), 1, 0);
        if self.outside > 0 {
            s.verdict.push(format!(
                "{} more {} in the plane, because units of one population differ there.",
                self.outside,
                if self.outside == 1 { "fixed point does not lie" } else { "fixed points do not lie" }
            ));
        }
        s.figures.push(plane.figure(c));
        let exact = match c.form() {
            Form::Rate => {
                "Every point of a nullcline solves its equation: over the input to the unit where the other unit acts on it, else by bisection between the lines of a grid."
            }
            _ => {
                "Every point of a nullcline solves its equation, by bisection between the lines of a grid; a piece smaller than a cell of the grid (1/160 of the window) would be missed."
            }
        };
        s.trust.push(exact.into());
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

    fn place(&self, p: &PlaneFixedPoint, unit: &str) -> String {
        let one = |name: &str, v: f64| format!("{name} {} {unit}", number(v, 3)).trim_end().to_string();
        format!("{}, {}", one(&self.names[0], p.x), one(&self.names[1], p.y))
    }

    /// How often the nullclines cross, and at what.
    fn crossings(&self, unit: &str) -> String {
        let [a, b] = [&self.names[0], &self.names[1]];
        let points: Vec<String> = self
            .points
            .iter()
            .map(|p| {
                let kind = kind(p);
                let article = if kind.starts_with('u') { "an" } else { "a" };
                format!("{article} {kind} ({})", self.place(p, unit))
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
        let own = CircuitDynamics::at_rest(&pair).jacobian(0.0, &[p.x, p.y])[(e, e)];
        let name = &self.names[e];
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
            [one] => format!("; while it lasts, the circuit approaches {}", self.place(one, &u.state)),
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
        let axis = |k: usize| Axis::new(format!("{symbol} of {}", self.names[k]), &c.units().state);
        let role_of = |k: usize| {
            let p = if c.n() == 2 { c.population_of(k) } else { k };
            role(c.populations()[p].kind)
        };
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
            title: format!("Phase plane of {} and {}", self.names[0], self.names[1]),
            caption: format!(
                "Nullclines: where {} or {} does not change; they cross at the fixed points (filled: stable; hollow: unstable; half: saddle). Arrows: direction of change under the constant input, the paler the slower.",
                self.names[0], self.names[1]
            ),
            x: axis(0),
            y: axis(1),
            x_range: (x[0], x[1]),
            y_range: (y[0], y[1]),
            nullclines: curves(&self.nullclines, |name| format!("nullcline of {name}")),
            driven: driven.unwrap_or_default(),
            series: courses,
            flow: self.arrows(),
            points,
        }
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
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for b in &n.branches {
        if !x.is_empty() {
            x.push(f64::NAN);
            y.push(f64::NAN);
        }
        x.extend_from_slice(b.x.data());
        y.extend_from_slice(b.y.data());
    }
    Series { name, role, stroke: Stroke::Solid, x, y }
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
