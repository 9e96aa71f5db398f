//! A block of members in lanes, and steps of exponential Euler for all of them at once.

use super::members::{Ensemble, Scalar};
use crate::model::Form;
use crate::model::transfer::{LANES, LaneKernels, Pairs, Transfer};
use neurate_numerics::error::Result;
use neurate_numerics::special::elementary::{decay, mul_add};
use neurate_numerics::special::instructions::{Compute, Instructions};

/// Where a number of the ensemble goes in a block: which array, at which place.
#[derive(Clone, Copy)]
enum To {
    Weight(usize),
    Input(usize),
    /// Time constant: what stands there is the share of the way that a step makes.
    Approach(usize),
    Parameter(usize),
}

/// Members side by side: value `k` of lane `l` at `k * LANES + l`.
pub(super) struct Block<'a> {
    ensemble: &'a Ensemble,
    n: usize,
    weights: Vec<f64>,
    h: Vec<f64>,
    approach: Vec<f64>,
    parameters: Vec<f64>,
    /// First of each unit's parameters.
    first: Vec<usize>,
    pub state: Vec<f64>,
    /// The largest `|target - x|` before the last step.
    pub distance: Vec<f64>,
    /// The distance below which a lane's member rests; none in an idle lane.
    floor: Vec<f64>,
    /// Numbers that every member has of its own.
    own: Vec<(To, &'a Scalar)>,
    rates: Vec<UnitRates>,
    /// Of each unit, where the floor of its function and its refractory fraction stand among the parameters.
    extras: Vec<[Option<usize>; 2]>,
    /// The step over each time constant.
    pace: Vec<f64>,
    /// For two units with one formula in rate form.
    pairs: Option<fn(Pairs<'_>, usize)>,
    dt: f64,
    target: Vec<f64>,
    input: Vec<f64>,
}

/// How a unit's rates are computed in all lanes.
enum UnitRates {
    /// A formula, with parameters in lanes.
    Formula(LaneKernels),
    /// One law for all members.
    Shared(Transfer, f64),
    /// Each lane its own.
    Each(Vec<(Transfer, f64)>),
}

impl<'a> Block<'a> {
    pub fn new(ensemble: &'a Ensemble, dt: f64, tolerance: f64) -> Block<'a> {
        let circuit = &ensemble.circuit;
        let n = circuit.n();
        let mut all: Vec<(To, &Scalar)> = Vec::new();
        for i in 0..n {
            (0..n).for_each(|j| all.push((To::Weight(i * n + j), ensemble.weight(i, j))));
            all.push((To::Input(i), ensemble.h(i)));
            all.push((To::Approach(i), ensemble.tau(i)));
        }
        let (mut first, mut rates, mut extras, mut count) = (vec![], vec![], vec![], 0);
        for i in 0..n {
            let p = circuit.population_of(i);
            let law = &circuit.populations()[p].transfer;
            let parameters = ensemble.parameters(p);
            first.push(count);
            extras.push(law.extras().map(|k| k.map(|k| count + k)));
            for s in parameters {
                all.push((To::Parameter(count), s));
                count += 1;
            }
            let common: Vec<Option<f64>> = parameters.iter().map(Scalar::common).collect();
            let sigma = ensemble.sigma(p);
            // The floor and the refractory fraction stand behind those of the formula.
            let own = law.extras().into_iter().flatten().next().unwrap_or(common.len());
            rates.push(match Transfer::kind(law.name()).and_then(|kind| (kind.kernels)(&common[..own])) {
                Some(kernels) => UnitRates::Formula(kernels),
                None => match sigma {
                    Scalar::Same(sigma) if common.iter().all(Option::is_some) => {
                        UnitRates::Shared(law.clone(), *sigma)
                    }
                    _ => UnitRates::Each(vec![(law.clone(), sigma.of(0)); LANES]),
                },
            });
        }
        let pairs = pair_steps(ensemble);
        let mut block = Block {
            ensemble,
            n,
            weights: vec![0.0; n * n * LANES],
            h: vec![0.0; n * LANES],
            approach: vec![0.0; n * LANES],
            parameters: vec![0.0; count * LANES],
            first,
            extras,
            pace: vec![0.0; n * LANES],
            state: vec![0.0; n * LANES],
            distance: vec![0.0; LANES],
            floor: vec![tolerance; LANES],
            own: vec![],
            rates,
            pairs,
            dt,
            target: vec![0.0; n * LANES],
            input: vec![0.0; n * LANES],
        };
        for (to, scalar) in all {
            match scalar {
                Scalar::Same(v) => (0..LANES).for_each(|lane| block.put(to, lane, *v)),
                Scalar::Each(_) => block.own.push((to, scalar)),
            }
        }
        block
    }

    fn put(&mut self, to: To, lane: usize, value: f64) {
        match to {
            To::Weight(k) => self.weights[k * LANES + lane] = value,
            To::Input(k) => self.h[k * LANES + lane] = value,
            To::Approach(k) => {
                self.approach[k * LANES + lane] = -(-self.dt / value).exp_m1();
                self.pace[k * LANES + lane] = self.dt / value;
            }
            To::Parameter(k) => self.parameters[k * LANES + lane] = value,
        }
    }

    /// Puts a member into a lane; without a state of its own it starts at rest.
    pub fn load(&mut self, lane: usize, member: usize, start: Option<&[f64]>) -> Result<()> {
        for k in 0..self.own.len() {
            let (to, scalar) = self.own[k];
            self.put(to, lane, scalar.of(member));
        }
        let circuit = &self.ensemble.circuit;
        for i in 0..self.n {
            self.state[i * LANES + lane] = match start {
                Some(states) => states[i * self.ensemble.members + member],
                // The rates of a silent circuit, or the voltages that the input alone gives.
                None if circuit.form() == Form::Rate => 0.0,
                None => self.h[i * LANES + lane],
            };
            if let UnitRates::Each(lanes) = &mut self.rates[i] {
                let p = circuit.population_of(i);
                let values: Vec<f64> = self.ensemble.parameters(p).iter().map(|s| s.of(member)).collect();
                let law = &circuit.populations()[p].transfer;
                lanes[lane] = (
                    law.with_values(&values, circuit.units().rate_times_time)?,
                    self.ensemble.sigma(p).of(member),
                );
            }
        }
        Ok(())
    }

    /// Leaves a lane empty: it no longer counts as news.
    pub fn idle(&mut self, lane: usize) {
        self.floor[lane] = f64::NEG_INFINITY;
        for i in 0..self.n {
            // Nothing is sent to it, and it stays where its input alone would take it.
            (0..self.n).for_each(|j| self.weights[(i * self.n + j) * LANES + lane] = 0.0);
            self.approach[i * LANES + lane] = 0.0;
            self.pace[i * LANES + lane] = 0.0;
            self.state[i * LANES + lane] = 0.0;
        }
    }

    /// Whether a member rests, has run away, or is no number any more. Cheap, for it is asked often.
    pub fn news(&self, ceiling: f64) -> bool {
        let Block { distance, floor, state, .. } = self;
        Instructions::widest().run(News { distance, floor, state, ceiling })
    }

    /// So many steps.
    pub fn steps(&mut self, count: usize) {
        if let Some(steps) = self.pairs {
            let Block { weights, h, approach, parameters, state, distance, .. } = self;
            return steps(Pairs { weights, h, approach, parameters, rates: state, distance }, count);
        }
        let rate_form = self.ensemble.circuit.form() == Form::Rate;
        for _ in 0..count {
            if rate_form {
                let sums = Sums {
                    n: self.n,
                    weights: &self.weights,
                    h: &self.h,
                    x: &self.state,
                    out: &mut self.input,
                };
                Instructions::widest().run(sums);
                self.apply_laws(false);
            } else {
                self.apply_laws(true);
                let sums = Sums {
                    n: self.n,
                    weights: &self.weights,
                    h: &self.h,
                    x: &self.input,
                    out: &mut self.target,
                };
                Instructions::widest().run(sums);
            }
            Instructions::widest().run(Advance {
                target: &self.target,
                approach: &self.approach,
                state: &mut self.state,
                distance: &mut self.distance,
            });
        }
    }

    /// `target = f(input)`, or `input = f(state)` for voltages.
    fn apply_laws(&mut self, of_state: bool) {
        for i in 0..self.n {
            let unit = i * LANES..(i + 1) * LANES;
            let (x, out) = if of_state {
                (&self.state[unit.clone()], &mut self.input[unit])
            } else {
                (&self.input[unit.clone()], &mut self.target[unit])
            };
            match &self.rates[i] {
                UnitRates::Formula(kernels) => {
                    (kernels.rates)(&self.parameters[self.first[i] * LANES..], x, out)
                }
                UnitRates::Shared(law, sigma) => law.drives(x, *sigma, out),
                UnitRates::Each(lanes) => {
                    for ((x, out), (law, sigma)) in x.iter().zip(out).zip(lanes) {
                        *out = law.drive(*x, *sigma).rate;
                    }
                }
            }
            self.limit(i, of_state);
        }
    }

    /// From a unit's f to its target: at least the floor, and with a refractory fraction `f/(1 + rho f)`, approached
    /// `1 + rho f` times faster.
    fn limit(&mut self, i: usize, of_state: bool) {
        let unit = i * LANES..(i + 1) * LANES;
        let f = if of_state { &mut self.input[unit.clone()] } else { &mut self.target[unit.clone()] };
        let [floor, rho] = self.extras[i].map(|k| k.map(|k| &self.parameters[k * LANES..(k + 1) * LANES]));
        if let Some(floor) = floor {
            f.iter_mut().zip(floor).for_each(|(f, floor)| *f = if *f < *floor { *floor } else { *f });
        }
        if let Some(rho) = rho {
            let (pace, approach) = (&self.pace[unit.clone()], &mut self.approach[unit]);
            Instructions::widest().run(Saturate { rho, pace, f, approach });
        }
    }
}

/// The kernel for two units with one formula, if they are that.
fn pair_steps(ensemble: &Ensemble) -> Option<fn(Pairs<'_>, usize)> {
    let circuit = &ensemble.circuit;
    if circuit.n() != 2 || circuit.form() != Form::Rate {
        return None;
    }
    let [p, q] = [0, 1].map(|i| circuit.population_of(i));
    let [law, other] = [p, q].map(|p| &circuit.populations()[p].transfer);
    let name = law.name();
    let alike = name == other.name() && law.parameters().len() == other.parameters().len();
    if !alike || !law.is_bare() || !other.is_bare() {
        return None;
    }
    // A parameter that is the same in all members and in both units.
    let common: Vec<Option<f64>> = ensemble
        .parameters(p)
        .iter()
        .zip(ensemble.parameters(q))
        .map(|(a, b)| a.common().filter(|a| b.common() == Some(*a)))
        .collect();
    Some((Transfer::kind(name)?.kernels)(&common)?.steps)
}

/// `W x + h` in all lanes.
struct Sums<'a> {
    n: usize,
    weights: &'a [f64],
    h: &'a [f64],
    x: &'a [f64],
    out: &'a mut [f64],
}

impl Compute for Sums<'_> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        let Sums { n, weights, h, x, out } = self;
        let (weights, x) = (weights.as_chunks::<LANES>().0, x.as_chunks::<LANES>().0);
        let (h, out) = (h.as_chunks::<LANES>().0, out.as_chunks_mut::<LANES>().0);
        for i in 0..n {
            let mut sum = h[i];
            for j in 0..n {
                for l in 0..LANES {
                    sum[l] = mul_add::<FMA>(weights[i * n + j][l], x[j][l], sum[l]);
                }
            }
            out[i] = sum;
        }
    }
}

/// Units with a refractory fraction: f becomes the target, and its share of a step what the drive makes of it.
struct Saturate<'a> {
    rho: &'a [f64],
    pace: &'a [f64],
    f: &'a mut [f64],
    approach: &'a mut [f64],
}

impl Compute for Saturate<'_> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        let Saturate { rho, pace, f, approach } = self;
        let lanes = rho.as_chunks::<LANES>().0.iter().zip(pace.as_chunks::<LANES>().0);
        let out = f.as_chunks_mut::<LANES>().0.iter_mut().zip(approach.as_chunks_mut::<LANES>().0);
        for ((rho, pace), (f, approach)) in lanes.zip(out) {
            for l in 0..LANES {
                let faster = mul_add::<FMA>(rho[l], f[l], 1.0);
                let [_, share] = decay::<FMA>(pace[l] * faster);
                // Nothing relaxes where f is below -1/rho.
                f[l] = if faster > 0.0 { f[l] / faster } else { f64::NAN };
                approach[l] = share;
            }
        }
    }
}

struct News<'a> {
    distance: &'a [f64],
    floor: &'a [f64],
    state: &'a [f64],
    ceiling: f64,
}

impl Compute for News<'_> {
    type Output = bool;

    #[inline(always)]
    fn compute<const FMA: bool>(self) -> bool {
        const WIDTH: usize = 8;
        // Zero times a number is zero, and nothing else.
        let (mut nearest, mut largest, mut zeros) = ([f64::INFINITY; WIDTH], [0.0f64; WIDTH], [0.0; WIDTH]);
        for (distance, floor) in
            self.distance.as_chunks::<WIDTH>().0.iter().zip(self.floor.as_chunks::<WIDTH>().0)
        {
            for l in 0..WIDTH {
                let above = distance[l] - floor[l];
                nearest[l] = if above < nearest[l] { above } else { nearest[l] };
                zeros[l] += distance[l] * 0.0;
            }
        }
        for x in self.state.as_chunks::<WIDTH>().0 {
            for l in 0..WIDTH {
                let size = x[l].abs();
                largest[l] = if size > largest[l] { size } else { largest[l] };
                zeros[l] += size * 0.0;
            }
        }
        let mut quiet = true;
        for l in 0..WIDTH {
            quiet &= (nearest[l] >= 0.0) & (largest[l] <= self.ceiling) & (zeros[l] == 0.0);
        }
        !quiet
    }
}

/// A step towards the targets.
struct Advance<'a> {
    target: &'a [f64],
    approach: &'a [f64],
    state: &'a mut [f64],
    distance: &'a mut [f64],
}

impl Compute for Advance<'_> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        let Advance { target, approach, state, distance } = self;
        let units = state.as_chunks_mut::<LANES>().0.iter_mut();
        let mut largest = [0.0; LANES];
        for ((x, target), approach) in
            units.zip(target.as_chunks::<LANES>().0).zip(approach.as_chunks::<LANES>().0)
        {
            for l in 0..LANES {
                let away = target[l] - x[l];
                x[l] = mul_add::<FMA>(approach[l], away, x[l]);
                let size = away.abs();
                // What is not a number stays that.
                largest[l] = if largest[l] > size || largest[l].is_nan() { largest[l] } else { size };
            }
        }
        distance.copy_from_slice(&largest);
    }
}
