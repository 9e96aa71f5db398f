//! Many copies of a system side by side: state `i` of copy `e` at `i * lanes + e`.

use super::circuit::CircuitDynamics;

use super::system::{Drive, one_by_one};
use crate::model::Form;
use std::borrow::Cow;

impl CircuitDynamics<'_> {
    /// All copies at once in rate and voltage form: matrix products, and transfer functions over long slices. In
    /// conductance form, with slow states, and where sigma depends on the rates, one by one.
    pub(super) fn side_by_side(
        &self,
        t: f64,
        x: &[f64],
        lanes: usize,
        drive: Drive,
        target: &mut [f64],
        tau: &mut [f64],
    ) {
        let c = self.circuit();
        if lanes == 1 || !c.sums_rates() {
            return one_by_one(self, t, x, lanes, drive, target, tau);
        }
        let mut constant = vec![0.0; c.n()];
        self.add_input(t, &mut constant);
        let rates = |x: &[f64], out: &mut [f64]| {
            for (p, population) in c.populations().iter().enumerate() {
                let range = c.range(p).start * lanes..c.range(p).end * lanes;
                population.transfer.drives(&x[range.clone()], population.sigma, &mut out[range]);
            }
        };
        let inputs = |r: &[f64], out: &mut [f64]| {
            out.chunks_exact_mut(lanes).zip(&constant).for_each(|(out, h)| out.fill(*h));
            out.iter_mut().zip(drive.input).for_each(|(o, i)| *o += i);
            if drive.past.is_empty() {
                return self.weights().add_many(r, lanes, out);
            }
            let then = |x: &Vec<f64>| {
                let mut r = vec![0.0; x.len()];
                rates(x, &mut r);
                r
            };
            let mut sent = vec![Cow::Borrowed(r)];
            match c.form() {
                Form::Rate => sent.extend(drive.past.iter().map(Cow::from)),
                _ => sent.extend(drive.past.iter().map(|x| Cow::Owned(then(x)))),
            }
            self.add_arriving(&sent, lanes, out);
        };
        if c.form() == Form::Rate {
            inputs(x, tau);
            rates(tau, target);
            if c.is_refractory() {
                c.saturate(lanes, target, tau);
            }
        } else {
            rates(x, tau);
            inputs(tau, target);
        }
    }

    /// Adds W times what was sent, each pair with its own delay: `sent[k]` is from as long ago as the k-th delay, `sent[0]`
    /// from now. A product of all rows for every group of receivers with the same delays.
    fn add_arriving(&self, sent: &[Cow<[f64]>], lanes: usize, out: &mut [f64]) {
        let c = self.circuit();
        let wide = |p: usize| c.range(p).start * lanes..c.range(p).end * lanes;
        let (mut together, mut arrived) = (vec![0.0; out.len()], Vec::new());
        let groups = c.delays().map_or(&[][..], |d| d.groups());
        for (receivers, which) in groups {
            for (q, &k) in which.iter().enumerate() {
                together[wide(q)].copy_from_slice(&sent[k][wide(q)]);
            }
            if groups.len() == 1 {
                return self.weights().add_many(&together, lanes, out);
            }
            arrived.clear();
            arrived.resize(out.len(), 0.0);
            self.weights().add_many(&together, lanes, &mut arrived);
            for &p in receivers {
                out[wide(p)].iter_mut().zip(&arrived[wide(p)]).for_each(|(o, a)| *o += a);
            }
        }
    }
}
