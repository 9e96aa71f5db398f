//! The noise of a circuit's inputs as it runs: white noise and Ornstein-Uhlenbeck processes, correlated as the
//! file has it, for several trials side by side.

use super::mixing::Mixing;
use crate::model::{Circuit, Color, Form};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::random::{ROWS, Stream};
use neurate_numerics::special::elementary::mul_add;
use neurate_numerics::special::instructions::{Compute, Instructions};

/// The noise in the inputs of a circuit's units, and its seed: what a run starts from.
///
/// Every number is a function of seed, step, source, unit and trial (Philox; see [`neurate_numerics::random`]), so that a trial is the
/// same however many run beside it, and a source the same whatever other sources there are.
#[derive(Clone, Debug)]
pub struct NoisePath {
    seed: u64,
    /// Fine steps to a step.
    fine: u32,
    units: usize,
    sources: Vec<Source>,
    /// How a unit's state follows its input: `dx/dt = .. + gain h`. Of white noise it is all that enters.
    gain: Vec<f64>,
}

#[derive(Clone, Debug)]
struct Source {
    /// In each unit, signed: root of the intensity, or standard deviation.
    amplitude: Vec<f64>,
    /// Correlation time of an Ornstein-Uhlenbeck process.
    time: Option<f64>,
    mixing: Mixing,
}

impl NoisePath {
    /// Of a circuit's `[noise]`; None if there is none.
    ///
    /// White noise enters the state as an increment, with the gain of the input: 1/tau outside f, the slope of an
    /// affine f over tau inside one.
    ///
    /// # Errors
    /// White noise inside a nonlinear f: it has no value there. Noise in a mean-field circuit's `sigma` is another thing,
    /// and its f is nonlinear too.
    pub fn new(circuit: &Circuit, seed: u64) -> Result<Option<NoisePath>> {
        let n = circuit.n();
        let mut gain = vec![0.0; n];
        for (p, population) in circuit.populations().iter().enumerate() {
            for i in circuit.range(p) {
                gain[i] = match (circuit.form(), &population.membrane) {
                    (Form::Rate, _) if !population.transfer.is_affine() => f64::NAN,
                    (Form::Rate, _) => {
                        population.transfer.slopes(0.0, population.sigma).d_mu / circuit.tau()[i]
                    }
                    (Form::Conductance, Some(m)) => 1.0 / m.capacitance,
                    _ => 1.0 / circuit.tau()[i],
                };
            }
        }
        let mut sources = Vec::new();
        for s in circuit.noise() {
            let time = match s.color {
                Color::OrnsteinUhlenbeck { time } => Some(time),
                Color::White => None,
            };
            let inside = (0..n).find(|&i| time.is_none() && s.amplitude[i] != 0.0 && gain[i].is_nan());
            if let Some(i) = inside {
                let name = &circuit.populations()[circuit.population_of(i)].name;
                return Err(Error::invalid(format!(
                    "noise {}: white noise has no value at an instant, and the nonlinear f of {name} would ask for one",
                    s.name
                ))
                .with_help("use kind = \"ou\" with a short time, or form = \"voltage\", where noise stands outside f; noise = false under [run] runs without"));
            }
            sources.push(Source { amplitude: s.amplitude.clone(), time, mixing: Mixing::new(s)? });
        }
        // Counters have 16 bits for the source.
        if sources.len() > usize::from(u16::MAX) || n > u32::MAX as usize {
            return Err(Error::unsupported(format!(
                "{} sources of noise in {n} units are too many",
                sources.len()
            )));
        }
        Ok((!sources.is_empty()).then_some(NoisePath { seed, fine: 1, units: n, sources, gain }))
    }

    /// The same path in larger steps: each takes what `fine` steps took. So the error that comes of a step can be told
    /// from chance.
    #[must_use]
    pub fn in_steps_of(self, fine: u32) -> NoisePath {
        NoisePath { fine: fine.max(1), ..self }
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How the states of the units follow their inputs, `dx/dt = .. + gain h`; not a number inside a nonlinear f.
    #[must_use]
    pub fn gain(&self) -> &[f64] {
        &self.gain
    }

    /// At the start of the trials from `first` on, `lanes` of them: Ornstein-Uhlenbeck processes begin stationary.
    #[must_use]
    pub fn start(&self, first: u32, lanes: usize) -> Course<'_> {
        let size = self.units * lanes;
        let mut course = Course {
            noise: self,
            stream: Stream::new(self.seed),
            first,
            lanes,
            step: 0,
            drawn: vec![Block::default(); self.sources.len()],
            slow: vec![Vec::new(); self.sources.len()],
            mixed: vec![0.0; size],
            groups: Vec::new(),
            colored: Vec::new(),
            white: Vec::new(),
            gathered: Vec::new(),
        };
        for (s, source) in self.sources.iter().enumerate() {
            if source.time.is_some() {
                course.colored.resize(size, 0.0);
                course.draw(s, START);
                course.mix(s, 0);
                course.slow[s] = course.mixed.clone();
                course.drawn[s].of = None;
            } else {
                course.white.resize(size, 0.0);
            }
        }
        course.add_up();
        course
    }
}

/// The block of counters that starts are drawn from: no step's.
const START: u64 = (1 << 47) - 1;

/// The numbers of four steps.
#[derive(Clone, Debug, Default)]
struct Block {
    of: Option<u64>,
    rows: [Vec<f64>; ROWS],
}

/// Noise in progress, in several trials side by side: that of unit `i` in trial `e` at `i * lanes + e`.
#[derive(Clone, Debug)]
pub struct Course<'a> {
    noise: &'a NoisePath,
    stream: Stream,
    first: u32,
    lanes: usize,
    /// The step that comes next.
    step: u64,
    drawn: Vec<Block>,
    /// Of each source with a correlation time: its value in every unit, with variance 1.
    slow: Vec<Vec<f64>>,
    /// Scratch: one source's numbers after mixing, and its groups' means.
    mixed: Vec<f64>,
    groups: Vec<f64>,
    colored: Vec<f64>,
    white: Vec<f64>,
    /// Scratch: white noise of several fine steps.
    gathered: Vec<f64>,
}

impl Course<'_> {
    /// Ornstein-Uhlenbeck noise in every unit's input now, at the start of the step to come; empty if there is none.
    #[must_use]
    pub fn colored(&self) -> &[f64] {
        &self.colored
    }

    /// White noise of the step last made: normal numbers, whose variances and covariances are the intensities; empty
    /// if there is none.
    #[must_use]
    pub fn white(&self) -> &[f64] {
        &self.white
    }

    /// How a unit's state follows its input; see [`NoisePath::gain`].
    #[must_use]
    pub fn gain(&self) -> &[f64] {
        &self.noise.gain
    }

    /// The number of steps made, fine ones.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Adds all that the steps to come depend on, but for their number, to `numbers`: Ornstein-Uhlenbeck processes. Returns
    /// the number of steps made.
    pub fn memory(&self, numbers: &mut Vec<f64>) -> u64 {
        self.slow.iter().for_each(|slow| numbers.extend_from_slice(slow));
        self.step
    }

    /// How many numbers its [memory](Course::memory) has.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.slow.iter().map(Vec::len).sum()
    }

    /// Goes on after so many steps with that [memory](Course::memory).
    ///
    /// # Panics
    /// The memory has another [size](Course::remembered).
    pub fn remember(&mut self, steps: u64, memory: &[f64]) {
        assert_eq!(memory.len(), self.remembered(), "the memory is that of other noise");
        let mut rest = memory;
        for slow in &mut self.slow {
            let (mine, others) = rest.split_at(slow.len());
            slow.copy_from_slice(mine);
            rest = others;
        }
        self.step = steps;
        self.add_up();
    }

    /// Moves on by one step of length `h`: then [`Course::white`] is that of this step, and [`Course::colored`] what
    /// holds at its end, exactly: `y(t + h) = y(t) e^(-h/time) + sqrt(1 - e^(-2h/time)) z`.
    pub fn advance(&mut self, h: f64) {
        let fine = self.noise.fine;
        self.fine_step(h / f64::from(fine));
        if fine > 1 {
            self.gathered.clone_from(&self.white);
            for _ in 1..fine {
                self.fine_step(h / f64::from(fine));
                self.gathered.iter_mut().zip(&self.white).for_each(|(sum, z)| *sum += z);
            }
            let scale = 1.0 / f64::from(fine).sqrt();
            self.white.iter_mut().zip(&self.gathered).for_each(|(z, sum)| *z = sum * scale);
        }
        self.add_up();
    }

    fn fine_step(&mut self, h: f64) {
        let (block, row) = (self.step / ROWS as u64, (self.step % ROWS as u64) as usize);
        let noise = self.noise;
        self.white.fill(0.0);
        for (s, source) in noise.sources.iter().enumerate() {
            self.draw(s, block);
            if source.time.is_none() && source.mixing.is_private() {
                // No need to go through `mixed`.
                add_scaled(&source.amplitude, &self.drawn[s].rows[row], self.lanes, &mut self.white);
                continue;
            }
            self.mix(s, row);
            match source.time {
                None => add_scaled(&source.amplitude, &self.mixed, self.lanes, &mut self.white),
                Some(time) => {
                    let keep = (-h / time).exp();
                    let fresh = (-(-2.0 * h / time).exp_m1()).sqrt();
                    let both = self.slow[s].iter_mut().zip(&self.mixed);
                    both.for_each(|(y, z)| *y = keep * *y + fresh * z);
                }
            }
        }
        self.step += 1;
    }

    /// The sum of all colored sources.
    fn add_up(&mut self) {
        self.colored.fill(0.0);
        for (source, slow) in self.noise.sources.iter().zip(&self.slow) {
            if source.time.is_some() {
                add_scaled(&source.amplitude, slow, self.lanes, &mut self.colored);
            }
        }
    }

    /// Draws a source's numbers for the four steps of a block, unless they are at hand.
    fn draw(&mut self, s: usize, block: u64) {
        let (n, lanes) = (self.noise.units, self.lanes);
        let Block { of, rows } = &mut self.drawn[s];
        if *of == Some(block) {
            return;
        }
        *of = Some(block);
        rows.iter_mut().for_each(|r| r.resize(n * lanes, 0.0));
        // 47 bits of the block, 16 of the source.
        let tag = (s as u32) << 16 | (block >> 32) as u32;
        let counter = |unit: usize| [block as u32, unit as u32, self.first, tag];
        for units in self.noise.sources[s].mixing.drawn() {
            if lanes == 1 {
                let out = rows.each_mut().map(|r| &mut r[units.clone()]);
                self.stream.normals(counter(units.start), 1, out);
                continue;
            }
            for unit in units.clone() {
                let out = rows.each_mut().map(|r| &mut r[unit * lanes..(unit + 1) * lanes]);
                self.stream.normals(counter(unit), 2, out);
            }
        }
    }

    /// A row of a source's numbers with its correlations.
    fn mix(&mut self, s: usize, row: usize) {
        let (mixing, drawn) = (&self.noise.sources[s].mixing, &self.drawn[s].rows[row]);
        mixing.apply(drawn, self.lanes, &mut self.groups, &mut self.mixed);
    }
}

/// `out += a z` for every unit's lanes.
fn add_scaled(a: &[f64], z: &[f64], lanes: usize, out: &mut [f64]) {
    Instructions::widest().run(AddScaled { a, z, lanes, out });
}

struct AddScaled<'a> {
    a: &'a [f64],
    z: &'a [f64],
    lanes: usize,
    out: &'a mut [f64],
}

impl Compute for AddScaled<'_> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        let AddScaled { a, z, lanes, out } = self;
        if lanes == 1 {
            return out
                .iter_mut()
                .zip(a)
                .zip(z)
                .for_each(|((out, a), z)| *out = mul_add::<FMA>(*a, *z, *out));
        }
        let units = a.iter().zip(z.chunks_exact(lanes)).zip(out.chunks_exact_mut(lanes));
        for ((a, z), out) in units.filter(|((a, _), _)| **a != 0.0) {
            out.iter_mut().zip(z).for_each(|(out, z)| *out = mul_add::<FMA>(*a, *z, *out));
        }
    }
}
