//! Which plane is meant, and the answer.

use super::axes::{Axis, plane_axes};
use super::pair::whole;
use super::slice::slice;
use super::types::PhasePlane;
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::Result;

impl Answer for PhasePlane {
    const NAME: &'static str = "phase_plane";

    fn applies(study: &Study) -> Applies {
        let circuit = study.circuit();
        if study.choices().plane.is_none() {
            return Applies::yes_if(
                circuit.as_pair().is_some(),
                "two units, or two populations of like units, without slow states, delays or conductances",
            );
        }
        if circuit.delays().is_some() {
            let why = "with delays the change of a state depends on the past, so there is no plane of states";
            return Applies::Unavailable(why.into());
        }
        Applies::Yes
    }

    fn compute(study: &Study) -> Result<PhasePlane> {
        // Whether it can be asked was not checked.
        PhasePlane::applies(study).check(PhasePlane::NAME)?;
        let circuit = study.circuit();
        let pair = circuit.as_pair();
        let Some((x, y)) = &study.choices().plane else {
            let Some(pair) = pair else { unreachable!("that it is a pair was checked") };
            return whole(study, &pair);
        };
        let (x, y) = plane_axes(circuit, Some(x), Some(y))?;
        if let Some(pair) = pair {
            // A population of one unit and its unit are the same.
            let place = |name: &str| {
                let own = (0..2).find(|&k| pair.unit_name(k) == name);
                own.or_else(|| (0..2).find(|&k| circuit.n() == 2 && circuit.unit_name(k) == name))
            };
            match (place(&x), place(&y)) {
                (Some(0), Some(1)) => return whole(study, &pair),
                (Some(1), Some(0)) => return Ok(whole(study, &pair)?.turned()),
                _ => {}
            }
        }
        slice(study, [Axis::named(circuit, &x)?, Axis::named(circuit, &y)?])
    }
}

impl PhasePlane {
    /// With its axes exchanged.
    fn turned(mut self) -> PhasePlane {
        self.names.reverse();
        self.window = Array::rows([1, 0].map(|k| self.window.row(k).to_vec()));
        self.nullclines.reverse();
        let of_driven = self.driven.iter_mut().flat_map(|d| {
            d.nullclines.reverse();
            d.added = d.added.data().iter().rev().copied().collect();
            d.nullclines.iter_mut()
        });
        for curve in self.nullclines.iter_mut().chain(of_driven).flat_map(|n| &mut n.branches) {
            std::mem::swap(&mut curve.x, &mut curve.y);
        }
        let of_driven = self.driven.iter_mut().flat_map(|d| &mut d.points);
        for point in self.points.iter_mut().chain(of_driven) {
            std::mem::swap(&mut point.x, &mut point.y);
        }
        for course in self.from_rest.iter_mut().chain(&mut self.run) {
            std::mem::swap(&mut course.x, &mut course.y);
        }
        for m in &mut self.manifolds {
            std::mem::swap(&mut m.x, &mut m.y);
        }
        for c in &mut self.cycles {
            std::mem::swap(&mut c.x, &mut c.y);
        }
        let f = &mut self.flow;
        std::mem::swap(&mut f.x, &mut f.y);
        let transposed = |a: &Array| {
            let (rows, columns) = (a.shape()[0], a.shape()[1]);
            Array::rows((0..columns).map(|j| (0..rows).map(|i| a[(i, j)]).collect::<Vec<f64>>()))
        };
        (f.dx, f.dy) = (transposed(&f.dy), transposed(&f.dx));
        self
    }
}
