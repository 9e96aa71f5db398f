//! The equation of a circuit over numbers with infinitesimal parts: its multilinear forms, exact to rounding.

use super::nilpotent::Nilpotent;
use crate::model::{Circuit, Form, SlowKind};
use neurate_numerics::linalg::Matrix;

/// How the numbers of a circuit move with the parameter, all in straight lines.
#[derive(Clone, Debug)]
pub(super) struct Motion {
    /// Of the constant input of each unit.
    pub h: Vec<f64>,
    /// Of the time constant of each unit.
    pub tau: Vec<f64>,
    /// Of the weights; None if they stay.
    pub weights: Option<Matrix>,
}

/// Whether [`field`] has the equation of a circuit: not of conductances, or of spiking neurons whose noise depends on rates.
pub(super) fn is_covered(c: &Circuit) -> bool {
    c.form() != Form::Conductance && c.mean_field().is_none()
}

/// Where the slow states of one unit stand, with their time constants.
#[derive(Clone, Copy, Default)]
struct Slow {
    adaptation: Option<(usize, f64)>,
    facilitation: Option<(usize, f64)>,
    depression: Option<(usize, f64)>,
    synapse: Option<(usize, f64)>,
}

impl Slow {
    /// Those of the first unit of a population.
    fn of(c: &Circuit, population: usize) -> Slow {
        let mut at = Slow::default();
        for b in c.slow().iter().filter(|b| b.population == population) {
            let place = Some((b.first, b.tau));
            match b.kind {
                SlowKind::Adaptation => at.adaptation = place,
                SlowKind::Facilitation => at.facilitation = place,
                SlowKind::Depression => at.depression = place,
                SlowKind::Synapse => at.synapse = place,
            }
        }
        at
    }
    /// Those of the unit that is so many units further on.
    fn further(self, by: usize) -> Slow {
        let moved = |place: Option<(usize, f64)>| place.map(|(first, tau)| (first + by, tau));
        Slow {
            adaptation: moved(self.adaptation),
            facilitation: moved(self.facilitation),
            depression: moved(self.depression),
            synapse: moved(self.synapse),
        }
    }
}

/// The field at a state, while parameters move: each with its motion along a number whose value is 0. Units first, then slow states, as
/// [`CircuitDynamics`](crate::dynamics::CircuitDynamics) has them. `past`: the states each delay ago; as the present if there are none.
pub(super) fn field(
    c: &Circuit,
    moving: &[(&Motion, Nilpotent)],
    x: &[Nilpotent],
    past: &[Vec<Nilpotent>],
) -> Vec<Nilpotent> {
    let n = c.n();
    let mut out = vec![Nilpotent::default(); x.len()];
    let rates = rates_of(c, x);
    let mut sent = rates.clone();
    let mut adapted = vec![Nilpotent::default(); n];
    slow_states(c, x, &rates, &mut sent, &mut adapted, &mut out);
    let mut input = if past.is_empty() {
        arriving(c, moving, &sent)
    } else {
        let mut all = vec![sent];
        all.extend(past.iter().map(|x| sent_of(c, x)));
        arriving_late(c, &all)
    };
    for i in 0..n {
        let moved = |start: f64, of: fn(&Motion) -> &[f64]| {
            moving.iter().fold(Nilpotent::constant(start), |sum, (m, p)| sum.plus(p.scaled(of(m)[i])))
        };
        input[i] = input[i].plus(moved(c.h()[i], |m| &m.h)).minus(adapted[i]);
        let tau = moved(c.tau()[i], |m| &m.tau);
        let target = match c.form() {
            Form::Rate => {
                let population = &c.populations()[c.population_of(i)];
                let f = input[i].through(population.transfer.drive_jet(input[i].value(), population.sigma));
                // (1 - rho r) f
                f.minus(f.times(rates[i]).scaled(population.transfer.refractory()))
            }
            _ => input[i],
        };
        out[i] = target.minus(x[i]).times(tau.reciprocal());
    }
    out
}

fn rates_of(c: &Circuit, x: &[Nilpotent]) -> Vec<Nilpotent> {
    (0..c.n())
        .map(|i| match c.form() {
            Form::Rate => x[i],
            _ => {
                let population = &c.populations()[c.population_of(i)];
                x[i].through(population.transfer.jet(x[i].value(), population.sigma))
            }
        })
        .collect()
}

/// What units send in a state.
fn sent_of(c: &Circuit, x: &[Nilpotent]) -> Vec<Nilpotent> {
    let rates = rates_of(c, x);
    let mut sent = rates.clone();
    let (mut adapted, mut out) = (vec![Nilpotent::default(); c.n()], vec![Nilpotent::default(); x.len()]);
    slow_states(c, x, &rates, &mut sent, &mut adapted, &mut out);
    sent
}

/// What arrives at every unit, from what was sent now and each delay ago.
fn arriving_late(c: &Circuit, sent: &[Vec<Nilpotent>]) -> Vec<Nilpotent> {
    let n = c.n();
    let mut all = vec![Nilpotent::default(); n];
    let Some(delays) = c.delays() else { return arriving(c, &[], &sent[0]) };
    let w = c.weights().to_dense();
    for (receivers, which) in delays.groups() {
        for i in receivers.iter().flat_map(|&p| c.range(p)) {
            for j in 0..n {
                let late = which[c.population_of(j)].min(sent.len() - 1);
                all[i] = all[i].plus(sent[late][j].scaled(w[(i, j)]));
            }
        }
    }
    all
}

/// What arrives at every unit through the weights.
fn arriving(c: &Circuit, moving: &[(&Motion, Nilpotent)], sent: &[Nilpotent]) -> Vec<Nilpotent> {
    let n = c.n();
    let mut all = vec![Nilpotent::default(); n];
    let mut product = vec![0.0; n];
    for m in 0..8 {
        let part: Vec<f64> = sent.iter().map(|s| s.0[m]).collect();
        if part.iter().all(|v| *v == 0.0) {
            continue;
        }
        c.weights().apply(&part, &mut product);
        all.iter_mut().zip(&product).for_each(|(a, v)| a.0[m] += v);
        for (change, p) in moving.iter().filter_map(|(m, p)| Some((m.weights.as_ref()?, p))) {
            // p has no part of its own in `m`: e_k^2 = 0.
            for k in [1, 2, 4].into_iter().filter(|k| m & k == 0 && p.0[*k] != 0.0) {
                let moved = change.mul_vec(&part);
                all.iter_mut().zip(&moved).for_each(|(a, v)| a.0[m | k] += p.0[k] * v);
            }
        }
    }
    all
}

/// The field of the slow states; what units send, and what adaptation takes from their inputs.
fn slow_states(
    c: &Circuit,
    x: &[Nilpotent],
    rates: &[Nilpotent],
    sent: &mut [Nilpotent],
    adapted: &mut [Nilpotent],
    out: &mut [Nilpotent],
) {
    let (unit, one) = (c.units().rate_times_time, Nilpotent::constant(1.0));
    for (p, population) in c.populations().iter().enumerate() {
        if population.slow.is_empty() {
            continue;
        }
        let first = Slow::of(c, p);
        for (k, i) in c.range(p).enumerate() {
            let at = first.further(k);
            let r = rates[i];
            if let (Some((a, tau)), Some(adaptation)) = (at.adaptation, population.slow.adaptation) {
                out[a] = r.minus(x[a]).scaled(1.0 / tau);
                adapted[i] = x[a].scaled(adaptation.strength);
            }
            let mut released = one;
            if let Some(q) = population.slow.plasticity {
                // Negative rates release as none do.
                let spikes = if r.value() < 0.0 { Nilpotent::default() } else { r.scaled(unit) };
                let share = at.facilitation.map_or(Nilpotent::constant(q.release), |(u, _)| x[u]);
                let left = at.depression.map_or(one, |(d, _)| x[d]);
                released = share.times(left);
                if let Some((u, tau)) = at.facilitation {
                    let back = Nilpotent::constant(q.release).minus(x[u]).scaled(1.0 / tau);
                    out[u] = back.plus(one.minus(x[u]).times(spikes).scaled(q.release));
                }
                if let Some((d, tau)) = at.depression {
                    out[d] = one.minus(x[d]).scaled(1.0 / tau).minus(released.times(spikes));
                }
            }
            sent[i] = released.times(r);
            if let Some((s, tau)) = at.synapse {
                out[s] = sent[i].minus(x[s]).scaled(1.0 / tau);
                sent[i] = x[s];
            }
        }
    }
}
