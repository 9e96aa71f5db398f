//! Circuits with slow states and delays: what units send, what arrives, and the Jacobian, delay by
//! delay. The state is the units' states, then the slow states block by block
//! ([`Circuit::slow`](crate::model::Circuit::slow)).

use super::circuit::CircuitDynamics;
use super::circuit::add;
use super::system::Drive;
use crate::model::{Form, SlowKind};
use neurate_numerics::linalg::Matrix;

/// Where the slow states of one population's first unit stand.
#[derive(Clone, Copy, Default)]
struct Places {
    a: Option<usize>,
    u: Option<usize>,
    x: Option<usize>,
    s: Option<usize>,
}

impl CircuitDynamics<'_> {
    fn places(&self, p: usize) -> Places {
        let mut at = Places::default();
        for b in self.circuit.slow().iter().filter(|b| b.population == p && !self.settled) {
            match b.kind {
                SlowKind::Adaptation => at.a = Some(b.first),
                SlowKind::Facilitation => at.u = Some(b.first),
                SlowKind::Depression => at.x = Some(b.first),
                SlowKind::Synapse => at.s = Some(b.first),
            }
        }
        at
    }

    /// Units, with what each has of its own: `f(population, its places, position in it, unit)`.
    fn each_unit(&self, mut f: impl FnMut(usize, Places, usize, usize)) {
        for p in 0..self.circuit.populations().len() {
            let at = self.places(p);
            self.circuit.range(p).enumerate().for_each(|(k, i)| f(p, at, k, i));
        }
    }

    /// The state with every slow state at its steady value for the rates of the units' states.
    pub fn complete(&self, units: &[f64]) -> Vec<f64> {
        let mut x = units.to_vec();
        if self.circuit.is_plain() || self.settled {
            return x;
        }
        let r = self.rates(units);
        let unit = self.circuit.units().rate_times_time;
        x.resize(self.circuit.states(), 0.0);
        self.each_unit(|p, at, k, i| {
            let slow = self.circuit.populations()[p].slow;
            let (u, d) = slow.plasticity.map_or((1.0, 1.0), |q| q.steady(r[i] * unit));
            for (place, value) in [(at.a, r[i]), (at.u, u), (at.x, d), (at.s, u * d * r[i])] {
                if let Some(first) = place {
                    x[first + k] = value;
                }
            }
        });
        x
    }

    /// What every unit gives to its receivers: its rate, times `u x`, filtered; and the slopes of that, in the
    /// unit's rate and in each of its states.
    fn sending(&self, x: &[f64], r: &[f64], mut f: impl FnMut(usize, f64, f64, &[(usize, f64)])) {
        let unit = self.circuit.units().rate_times_time;
        self.each_unit(|p, at, k, i| {
            let plasticity = self.circuit.populations()[p].slow.plasticity;
            if let Some(s) = at.s {
                return f(i, x[s + k], 0.0, &[(s + k, 1.0)]);
            }
            let Some(q) = plasticity else { return f(i, r[i], 1.0, &[]) };
            if self.settled {
                let (u, d) = q.steady(r[i] * unit);
                return f(i, u * d * r[i], q.steady_slope(r[i] * unit), &[]);
            }
            let (u, d) = (at.u.map_or(q.release, |u| x[u + k]), at.x.map_or(1.0, |d| x[d + k]));
            let slopes = [at.u.map(|j| (j + k, d * r[i])), at.x.map(|j| (j + k, u * r[i]))];
            let slopes: Vec<(usize, f64)> = slopes.into_iter().flatten().collect();
            f(i, u * d * r[i], u * d, &slopes);
        });
    }

    fn sent(&self, x: &[f64]) -> Vec<f64> {
        let mut sent = vec![0.0; self.circuit.n()];
        self.sending(x, &self.rates(x), |i, value, _, _| sent[i] = value);
        sent
    }

    /// `W` times what was sent, each pair with its own delay: `sent[k]` is from as long ago as the k-th delay,
    /// `sent[0]` from now. `reversal` scales what each population sends.
    fn arriving(&self, sent: &[Vec<f64>], reversal: Option<&[f64]>, out: &mut [f64]) {
        let c = self.circuit;
        let scaled = |from: &[f64], q: usize, to: &mut [f64]| {
            let factor = reversal.map_or(1.0, |e| e[q]);
            to.iter_mut().zip(&from[c.range(q)]).for_each(|(t, f)| *t = factor * f);
        };
        let mut together = vec![0.0; c.n()];
        let whole = [((0..c.populations().len()).collect(), vec![0; c.populations().len()])];
        let groups = c.delays().map_or(&whole[..], |d| d.groups());
        for (receivers, which) in groups {
            for (q, &k) in which.iter().enumerate() {
                // With one vector only, the past is as the present.
                scaled(sent.get(k).unwrap_or(&sent[0]), q, &mut together[c.range(q)]);
            }
            if groups.len() == 1 {
                return self.weights().apply_on(self.threads, &together, out);
            }
            for &p in receivers {
                self.weights().apply_rows(self.threads, c.range(p), &together, &mut out[c.range(p)]);
            }
        }
    }

    /// The input to every unit without what comes from outside: what arrives, less adaptation; for
    /// conductances, sum of conductances and of conductances times reversal potentials.
    fn synaptic(&self, x: &[f64], past: &[Vec<f64>], g: &mut [f64], drive: &mut [f64]) {
        let c = self.circuit;
        let mut sent = vec![self.sent(x)];
        sent.extend(past.iter().map(|x| self.sent(x)));
        if c.form() == Form::Conductance {
            let reversal: Vec<f64> = c
                .populations()
                .iter()
                .map(|p| p.membrane.as_ref().map_or(0.0, |m| m.synapse_reversal))
                .collect();
            self.arriving(&sent, None, g);
            self.arriving(&sent, Some(&reversal), drive);
        } else {
            self.arriving(&sent, None, drive);
        }
        let r = if self.settled { self.rates(x) } else { Vec::new() };
        self.each_unit(|p, at, k, i| {
            if let Some(a) = c.populations()[p].slow.adaptation {
                drive[i] -= a.strength * at.a.map_or_else(|| r[i], |a| x[a + k]);
            }
        });
    }

    /// The input to every transfer function in rate form, from the present state alone.
    pub(super) fn slow_input(&self, x: &[f64]) -> Vec<f64> {
        let mut input = vec![0.0; self.circuit.n()];
        self.synaptic(x, &[], &mut [], &mut input);
        input
    }

    pub(super) fn slow_relaxation(
        &self,
        t: f64,
        x: &[f64],
        drive: Drive,
        target: &mut [f64],
        tau: &mut [f64],
    ) {
        let Drive { input: added, past } = drive;
        let c = self.circuit;
        let n = c.n();
        match c.form() {
            Form::Rate => {
                let mut input = vec![0.0; n];
                self.synaptic(x, past, &mut [], &mut input);
                self.add_input(t, &mut input);
                add(added, &mut input);
                c.drives(&input, &x[..n], &mut target[..n]);
                c.saturate(1, &mut target[..n], &mut tau[..n]);
            }
            Form::Voltage => {
                self.synaptic(x, past, &mut [], &mut target[..n]);
                self.add_input(t, &mut target[..n]);
                add(added, &mut target[..n]);
                tau[..n].copy_from_slice(c.tau());
            }
            Form::Conductance => {
                self.synaptic(x, past, &mut tau[..n], &mut target[..n]);
                self.add_input(t, &mut target[..n]);
                add(added, &mut target[..n]);
                self.add_channels(&mut tau[..n], &mut target[..n]);
                self.over_conductance(&mut target[..n], &mut tau[..n]);
            }
        }
        if self.settled {
            return;
        }
        let (unit, r) = (c.units().rate_times_time, self.rates(x));
        self.each_unit(|p, at, k, i| {
            let slow = c.populations()[p].slow;
            let mut set = |first: usize, to: f64, with: f64| (target[first + k], tau[first + k]) = (to, with);
            if let (Some(first), Some(a)) = (at.a, slow.adaptation) {
                set(first, r[i], a.tau);
            }
            let (mut u, mut d) = (1.0, 1.0);
            if let Some(q) = slow.plasticity {
                let spikes = r[i].max(0.0) * unit;
                u = at.u.map_or(q.release, |first| x[first + k]);
                d = at.x.map_or(1.0, |first| x[first + k]);
                if let (Some(first), Some(tau_f)) = (at.u, q.tau_f) {
                    let rate = 1.0 / tau_f + q.release * spikes;
                    set(first, q.release * (1.0 / tau_f + spikes) / rate, 1.0 / rate);
                }
                if let (Some(first), Some(tau_d)) = (at.x, q.tau_d) {
                    let rate = 1.0 / tau_d + u * spikes;
                    set(first, 1.0 / (tau_d * rate), 1.0 / rate);
                }
            }
            if let (Some(first), Some(tau_s)) = (at.s, slow.synapse) {
                set(first, u * d * r[i], tau_s);
            }
        });
    }

    /// The Jacobian at the constant input in its parts: by the present state, and by the state as long ago as
    /// each delay.
    pub fn jacobians(&self, t: f64, x: &[f64]) -> Vec<(f64, Matrix)> {
        let c = self.circuit;
        let (n, dim) = (c.n(), x.len());
        let distinct = c.delays().map_or(&[][..], |d| d.distinct());
        let mut parts: Vec<(f64, Matrix)> = std::iter::once(0.0)
            .chain(distinct.iter().copied())
            .map(|d| (d, Matrix::zeros(dim, dim)))
            .collect();
        let r = self.rates(x);
        let (mut g, mut drive) = (vec![0.0; n], vec![0.0; n]);
        let conductance = c.form() == Form::Conductance;
        self.synaptic(x, &[], if conductance { &mut g } else { &mut [] }, &mut drive);
        self.add_input(t, &mut drive);
        if conductance {
            self.add_channels(&mut g, &mut drive);
        }
        // How a unit's rate moves with its state, and its state's derivative with what arrives.
        let input = if c.form() == Form::Rate { &drive[..] } else { &x[..n] };
        let (gains, tau) = c.field_slopes(input, &r);
        let gains: Vec<f64> = gains.into_iter().map(|s| s.d_mu).collect();
        let rate_per_state = |i: usize| if c.form() == Form::Rate { 1.0 } else { gains[i] };
        let membrane = |i: usize| c.populations()[c.population_of(i)].membrane.as_ref();
        let capacitance = |i: usize| membrane(i).map_or(1.0, |m| m.capacitance);
        let per_input = |i: usize| match c.form() {
            Form::Rate => gains[i] / tau[i],
            Form::Voltage => 1.0 / tau[i],
            Form::Conductance => 1.0 / capacitance(i),
        };
        let w = c.weights().dense();
        let which: Vec<Vec<usize>> = match c.delays() {
            None => vec![vec![0; c.populations().len()]; c.populations().len()],
            Some(d) => {
                let index = |delay: f64| distinct.iter().position(|e| *e == delay).map_or(0, |k| k + 1);
                let p = c.populations().len();
                (0..p).map(|to| (0..p).map(|from| index(d.between()[(to, from)])).collect()).collect()
            }
        };
        let of: Vec<usize> = (0..n).map(|i| c.population_of(i)).collect();
        self.sending(x, &r, |j, _, in_rate, in_states| {
            let reversal = membrane(j).map_or(0.0, |m| m.synapse_reversal);
            for i in 0..n {
                let force = if conductance { reversal - x[i] } else { 1.0 };
                let arrives = w[(i, j)] * force * per_input(i);
                let part = &mut parts[which[of[i]][of[j]]].1;
                part[(i, j)] += arrives * in_rate * rate_per_state(j);
                in_states.iter().for_each(|&(k, slope)| part[(i, k)] += arrives * slope);
            }
        });
        let now = &mut parts[0].1;
        for i in 0..n {
            now[(i, i)] -= if conductance { g[i] / capacitance(i) } else { 1.0 / tau[i] };
        }
        let unit = c.units().rate_times_time;
        self.each_unit(|p, at, k, i| {
            let slow = c.populations()[p].slow;
            let per_state = rate_per_state(i);
            if let Some(a) = slow.adaptation {
                match at.a {
                    None => now[(i, i)] -= per_input(i) * a.strength * per_state,
                    Some(first) => {
                        now[(i, first + k)] -= per_input(i) * a.strength;
                        now[(first + k, first + k)] = -1.0 / a.tau;
                        now[(first + k, i)] = per_state / a.tau;
                    }
                }
            }
            let (mut u, mut d) = (1.0, 1.0);
            if let Some(q) = slow.plasticity {
                u = at.u.map_or(q.release, |first| x[first + k]);
                d = at.x.map_or(1.0, |first| x[first + k]);
                let spikes = r[i].max(0.0) * unit;
                let per_state = if r[i] < 0.0 { 0.0 } else { unit * per_state };
                if let (Some(first), Some(tau_f)) = (at.u, q.tau_f) {
                    now[(first + k, first + k)] = -1.0 / tau_f - q.release * spikes;
                    now[(first + k, i)] = q.release * (1.0 - u) * per_state;
                }
                if let (Some(first), Some(tau_d)) = (at.x, q.tau_d) {
                    now[(first + k, first + k)] = -1.0 / tau_d - u * spikes;
                    now[(first + k, i)] = -u * d * per_state;
                    if let Some(facilitation) = at.u {
                        now[(first + k, facilitation + k)] = -d * spikes;
                    }
                }
            }
            if let (Some(first), Some(tau_s)) = (at.s, slow.synapse) {
                now[(first + k, first + k)] = -1.0 / tau_s;
                now[(first + k, i)] = u * d * per_state / tau_s;
                if let Some(facilitation) = at.u {
                    now[(first + k, facilitation + k)] = d * r[i] / tau_s;
                }
                if let Some(depression) = at.x {
                    now[(first + k, depression + k)] = u * r[i] / tau_s;
                }
            }
        });
        parts
    }
}
