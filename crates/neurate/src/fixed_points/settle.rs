//! The run from rest: where it settles, or why it does not.

use super::newton;
use super::point::{FixedPoint, classify, state_unit};
use super::run::{Basin, End, run};
use super::small::Small;
use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::model::Circuit;
use crate::simulate::{Method, Outcome, Simulation, simulate};
use neurate_numerics::digits::short;
use neurate_numerics::error::{Error, Result};

/// Where a run from rest ends.
#[derive(Default)]
pub(super) struct Settled {
    pub end: Option<Vec<f64>>,
    pub remark: Option<String>,
    pub runaway: Option<f64>,
}

impl Settled {
    /// It rests in this state of the units.
    fn at(units: &[f64]) -> Settled {
        Settled { end: Some(units.to_vec()), ..Settled::default() }
    }
    /// There is no end, for this reason.
    fn without_end(remark: String) -> Settled {
        Settled { remark: Some(remark), ..Settled::default() }
    }
    fn given_up(e: &Error) -> Settled {
        Settled::without_end(format!("the run from rest was given up: {}", e.message()))
    }
    /// The state of this name has passed the ceiling by this time.
    fn ran_away(circuit: &Circuit, name: &str, time: f64) -> Settled {
        let remark = format!(
            "a run from rest runs away: {} has passed {:e} {} by {} {}",
            circuit.shown(name),
            circuit.run().ceiling,
            state_unit(circuit),
            short(time),
            circuit.units().time
        );
        Settled { runaway: Some(time), ..Settled::without_end(remark) }
    }
    /// It is somewhere, in this state of the units, after this time.
    fn moving(circuit: &Circuit, units: &[f64], elapsed: f64) -> Settled {
        let (time, unit) = (short(elapsed), &circuit.units().time);
        let remark =
            format!("a run from rest has not settled after {time} {unit}: it oscillates, or is very slow");
        Settled { remark: Some(remark), ..Settled::at(units) }
    }
}

/// Work of a run from rest with delays: steps, times delays that are looked up, times what that costs: as much as to
/// interpolate some ten numbers, and those of the state. A few seconds; of large circuits the products with weights count,
/// which are no matter of delays.
const MAX_DELAYED_WORK: f64 = 3e7;
const LOOK_UP: f64 = 10.0;
const MOST_INTERPOLATED: usize = 100;

/// Parts of a quarter after which a stiff run is looked at, and evaluations after which it is given up: some tenths of a
/// second.
const STIFF_PARTS: usize = 16;
const STIFF_EVALUATIONS: u64 = 200_000;

/// Fastest time constants in a quarter beyond which explicit steps, three of them long at most, are too many.
const MOST_FASTEST: f64 = 1e5;

/// Times that a run from rest is looked at, a quarter of a hundred of the slowest time constants after each other.
const QUARTERS: usize = 12;

/// A run from rest of a few units, or how another method should go about it.
enum Few {
    Settled(Settled),
    Open { stiff: bool },
}

/// What becomes of a run from rest of a few units, without delays: by a method that ends as soon as that is known. Open
/// where details of the run decide, as at a saddle, or are asked for, as when it runs away.
fn settle_small(circuit: &Circuit, points: &[FixedPoint]) -> Result<Few> {
    let open = Few::Open { stiff: false };
    let Some(small) = Small::new(circuit).filter(|_| circuit.is_plain()) else { return Ok(open) };
    let rest = CircuitDynamics::settled(circuit).rest();
    let ceiling = circuit.run().ceiling;
    let basin = |(k, p)| Some((k, Basin::new(&small, p, &rest, ceiling)?));
    let basins: Vec<(usize, Basin)> = points.iter().enumerate().filter_map(basin).collect();
    let time = QUARTERS as f64 * quarter(circuit);
    Ok(match run(&small, &rest, time, ceiling, &basins) {
        End::Basin(k) => Few::Settled(Settled::at(&points[k].state)),
        End::Rest(x) => {
            let x = &x[..circuit.n()];
            let Some(s) = newton::solve(&CircuitDynamics::settled(circuit), x) else { return Ok(open) };
            let point = classify(circuit, s.state, s.step)?;
            let settled = point.stable() && point.at_kink.is_empty() && near(&point, x);
            if settled { Few::Settled(Settled::at(x)) } else { open }
        }
        End::Moving(x, elapsed) => {
            let x = &x[..circuit.n()];
            let clear = newton::residual(&CircuitDynamics::settled(circuit), x) > 1e-3;
            if clear { Few::Settled(Settled::moving(circuit, x, elapsed)) } else { open }
        }
        End::Unclear { stiff } => Few::Open { stiff },
    })
}

/// A quarter of a hundred of the slowest time constants.
fn quarter(circuit: &Circuit) -> f64 {
    let units = circuit.tau().iter().copied().fold(0.0, f64::max);
    // Slow states may be a hundred times slower than the units: not a hundred of their time constants.
    25.0 * units.max(0.1 * circuit.time_scales().1)
}

/// The shortest time constant at rest and at the points: with conductances it depends on the state.
fn fastest_somewhere(dynamics: &CircuitDynamics, points: &[FixedPoint]) -> f64 {
    let states = std::iter::once(dynamics.rest()).chain(points.iter().map(|p| dynamics.complete(&p.state)));
    let fastest = |x: Vec<f64>| {
        let (mut target, mut tau) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        dynamics.relaxation(0.0, &x, &mut target, &mut tau);
        tau.into_iter().fold(f64::INFINITY, f64::min)
    };
    states.map(fastest).fold(f64::INFINITY, f64::min)
}

/// Runs from rest for a hundred of the slowest time constants; more if it has not settled. `points` are fixed points that
/// are known.
pub(super) fn settle(circuit: &Circuit, points: &[FixedPoint]) -> Result<Settled> {
    settle_counting(circuit, points, &mut 0)
}

/// [`settle`], with the number of evaluations of all rates that integrators made.
fn settle_counting(circuit: &Circuit, points: &[FixedPoint], evaluations: &mut u64) -> Result<Settled> {
    let stiff = match settle_small(circuit, points)? {
        Few::Settled(settled) => return Ok(settled),
        Few::Open { stiff } => stiff,
    };
    let dynamics = &CircuitDynamics::at_rest(circuit);
    let quarter = quarter(circuit);
    let fastest = circuit.time_scales().0;
    // With slow states, or many units, the time constants alone tell.
    let stiff = stiff || quarter > MOST_FASTEST * fastest_somewhere(dynamics, points);
    let ceiling = circuit.run().ceiling;
    // Large circuits: the cheap method; the end is polished by Newton's method anyway.
    let method = if circuit.n() > 100 {
        Method::ExponentialEuler { dt: 0.1 * fastest }
    } else if circuit.delays().is_some() {
        Method::Rk4 { dt: 0.2 * fastest }
    } else if stiff {
        // Steps as short as the fastest decay would be millions.
        Method::Stiff { rtol: 1e-6, atol: 1e-8 }
    } else {
        Method::Adaptive { rtol: 1e-6, atol: 1e-8 }
    };
    if circuit.delays().is_some() {
        return settle_delayed(circuit, dynamics, method, quarter);
    }
    let mut x = dynamics.rest();
    let mut elapsed = 0.0;
    // A stiff run is looked at more often: how long it takes is not known before.
    let parts = if stiff { STIFF_PARTS } else { 1 };
    let span = quarter / parts as f64;
    let mut close = None;
    for k in 1..=QUARTERS * parts {
        let run = match simulate(dynamics, &x, &[0.0, span], method, ceiling) {
            Ok(run) => run,
            Err(e) => return Ok(Settled::given_up(&e)),
        };
        if let Outcome::RanAway { time, name, .. } = run.outcome {
            return Ok(Settled::ran_away(circuit, &name, elapsed + time));
        }
        let Some(last) = run.last() else { return Ok(Settled::default()) };
        x = last.to_vec();
        elapsed += span;
        *evaluations += run.evaluations;
        if stiff {
            // Where a law is steep the residual does not show that the run rests; twice at the same stable point does.
            let here = points.iter().position(|p| p.stable() && near(p, &x));
            if here.is_some() && here == close {
                return Ok(Settled::at(&x[..circuit.n()]));
            }
            close = here;
            if *evaluations > STIFF_EVALUATIONS {
                return Ok(Settled::without_end(format!(
                    "the run from rest was given up after {} {} and {evaluations} evaluations of all rates: \
                     a steep transfer function, or time constants far apart, make it stiff",
                    short(elapsed),
                    circuit.units().time
                )));
            }
        }
        // Mostly it rests long before a hundred of the slowest time constants; a slow passage does not look like that.
        let rests = newton::residual(dynamics, &x) < if k % (4 * parts) == 0 { 1e-5 } else { 1e-8 };
        if rests {
            return Ok(Settled::at(&x[..circuit.n()]));
        }
    }
    Ok(Settled::moving(circuit, &x[..circuit.n()], elapsed))
}

/// Quarters of a run from rest with delays that may be worked through, of [`QUARTERS`]; or why there is no such run.
fn delayed_quarters(circuit: &Circuit, method: Method, quarter: f64) -> std::result::Result<usize, String> {
    let delays = circuit.delays().map_or(&[][..], |d| d.distinct());
    // A step is never longer than the shortest delay.
    let step = delays.iter().copied().chain(method.dt()).fold(f64::INFINITY, f64::min);
    let each =
        quarter / step * delays.len() as f64 * (LOOK_UP + circuit.states().min(MOST_INTERPOLATED) as f64);
    let affordable = (MAX_DELAYED_WORK / each).min(QUARTERS as f64);
    if affordable >= 4.0 {
        return Ok(affordable as usize);
    }
    let unit = &circuit.units().time;
    Err(format!(
        "no run from rest was made: time constants and delays down to {} {unit} ask for steps of {} {unit}, too many \
         in a hundred of the slowest time constants",
        short(circuit.time_scales().0.min(delays.first().copied().unwrap_or(f64::INFINITY))),
        short(step)
    ))
}

/// [`settle`] with delays: one run throughout, since one begun anew forgets its past, and with it an oscillation that a delay
/// makes grow. It rests if it does so for as long as the longest delay: a swing passes its center, too.
fn settle_delayed(
    circuit: &Circuit,
    dynamics: &CircuitDynamics,
    method: Method,
    quarter: f64,
) -> Result<Settled> {
    let quarters = match delayed_quarters(circuit, method, quarter) {
        Ok(quarters) => quarters,
        Err(remark) => return Ok(Settled::without_end(remark)),
    };
    let longest = circuit.delays().and_then(|d| d.distinct().last().copied()).unwrap_or(0.0);
    let before = longest.min(0.5 * quarter);
    let looks = [1.0, 0.75, 0.5, 0.25, 0.0];
    let at = |k: usize| looks.map(|look| k as f64 * quarter - look * before);
    let times: Vec<f64> = std::iter::once(0.0).chain((1..=quarters).flat_map(at)).collect();
    let ceiling = circuit.run().ceiling;
    let mut run = match Simulation::new(dynamics, &dynamics.rest(), &times, method, ceiling) {
        Ok(run) => run,
        Err(e) => return Ok(Settled::given_up(&e)),
    };
    let (mut farthest, mut seen, mut elapsed) = (0.0f64, 0, 0.0);
    loop {
        match run.advance() {
            Ok(Some(0.0)) => continue,
            Ok(Some(time)) => elapsed = time,
            Ok(None) => break,
            Err(e) => return Ok(Settled::given_up(&e)),
        }
        farthest = farthest.max(newton::residual(dynamics, run.state()));
        seen += 1;
        if seen % looks.len() != 0 {
            continue;
        }
        // As without delays: rougher at every fourth look.
        let tolerance = if seen % (4 * looks.len()) == 0 { 1e-5 } else { 1e-8 };
        if std::mem::take(&mut farthest) < tolerance {
            return Ok(Settled::at(&run.state()[..circuit.n()]));
        }
    }
    if let Some(Outcome::RanAway { time, name, .. }) = run.outcome() {
        return Ok(Settled::ran_away(circuit, &name, time));
    }
    Ok(Settled::moving(circuit, &run.state()[..circuit.n()], elapsed))
}

/// Whether a run that ended here ended at the point: the integrator's tolerance, times a steep slope, keeps it from the
/// last digits.
pub(super) fn near(point: &FixedPoint, end: &[f64]) -> bool {
    point.state.iter().zip(end).all(|(a, b)| (a - b).abs() <= 1e-4 * (1.0 + a.abs()))
}

#[cfg(test)]
mod tests {
    use super::settle_counting;
    use crate::file;
    use crate::fixed_points::{SearchOptions, fixed_points};

    /// Steps as short as the fastest decay of these steep laws would take 10^8 evaluations.
    #[test]
    fn a_stiff_run_takes_few_evaluations() {
        let text = include_str!("../../tests/data/everyday/slow_33s.toml");
        let circuit = file::parse(text, "slow_33s.toml", ".".as_ref(), &[]).unwrap().build().unwrap();
        let points = fixed_points(&circuit, &SearchOptions::default()).unwrap().points;
        let mut evaluations = 0;
        let settled = settle_counting(&circuit, &points, &mut evaluations).unwrap();
        assert!(settled.end.is_some() && settled.remark.is_none(), "{:?}", settled.remark);
        assert!(evaluations < 1_000_000, "{evaluations}");
    }

    #[test]
    fn a_run_from_rest_with_delays_has_a_bounded_number_of_steps() {
        // 1e7 of 6e-6 ms in two time constants of E.
        let of = |tau: f64, delay: f64| {
            let text = format!(
                "neurate = 1\n[populations]\nE = {{ kind = \"excitatory\", tau = 20, f = \"threshold-linear\", h = 1 }}\n\
                 I = {{ kind = \"inhibitory\", tau = {tau:?}, f = \"threshold-linear\", h = 1 }}\n[W]\n\
                 \"* <- E\" = 0.8\n\"* <- I\" = -0.5\n[delays]\ndefault = {delay:?}\n\"* <- E\" = 1\n\"E <- I\" = 2\n"
            );
            let circuit = file::parse(&text, "stiff.toml", ".".as_ref(), &[]).unwrap().build().unwrap();
            let search = fixed_points(&circuit, &SearchOptions::default()).unwrap();
            // r_E = 0.8 r_E - 0.5 r_I + 1 = r_I: both 1/0.7.
            assert_eq!(search.points.len(), 1);
            assert!((search.points[0].rates[0] - 1.0 / 0.7).abs() < 1e-9);
            search
        };
        for (tau, delay, words) in [
            (3.1125622575099944e-5, 0.5, "down to 0.0000311256 ms ask for"),
            (10.0, 1e-6, "down to 1e-6 ms ask for"),
        ] {
            let search = of(tau, delay);
            let told = search
                .remarks
                .iter()
                .any(|r| r.starts_with("no run from rest was made") && r.contains(words));
            assert!(told, "{:?}", search.remarks);
        }
        let usual = of(10.0, 0.5);
        assert!(usual.points[0].reached_from_rest, "{:?}", usual.remarks);
    }

    #[test]
    fn a_run_from_rest_with_slow_states_is_not_stepped_by_the_fastest_time() {
        // 1e-6 ms beside a synapse of 8 ms: 2e7 explicit steps in each quarter.
        let text = "neurate = 1\n[populations]\nE = { tau = 1e-6, f = \"threshold-linear\", h = 1, synapse = { tau = 8 } }\nI = { tau = 20, f = { kind = \"power\", k = 0.04, n = 2 }, h = 2 }\n[W]\n\"E <- E\" = 0.5\n\"E <- I\" = -0.4\n\"I <- E\" = 0.5\n\"I <- I\" = -0.5\n";
        let spec = file::parse(text, "stiff.toml", ".".as_ref(), &[]).unwrap();
        let found = fixed_points(&spec.build().unwrap(), &SearchOptions::default()).unwrap();
        assert!(found.points.iter().any(|p| p.reached_from_rest), "{:?}", found.remarks);
    }

    #[test]
    fn an_oscillation_that_a_delay_makes_grow_does_not_rest() {
        // w = 3.81, tau = 10: unstable from d = (pi - atan(omega tau))/omega = 4.996 on; at 5, growth 1.2e-4/ms at 58.5 Hz.
        let of = |delay: f64| {
            let text = format!(
                "neurate = 1\n[populations]\nI = {{ kind = \"inhibitory\", tau = 10, f = \"linear\", h = 20 }}\n[W]\n\"I <- I\" = -3.81\n[delays]\n\"I <- I\" = {delay}\n"
            );
            let spec = file::parse(&text, "delay.toml", ".".as_ref(), &[]).unwrap();
            fixed_points(&spec.build().unwrap(), &SearchOptions::default()).unwrap()
        };
        let growing = of(5.0);
        assert!(!growing.points[0].stable());
        assert!(growing.remarks.iter().any(|r| r.contains("has not settled")), "{:?}", growing.remarks);
        assert!(growing.remarks.iter().all(|r| !r.contains("unstable fixed point")), "{:?}", growing.remarks);
        let settling = of(3.0);
        assert!(settling.points[0].stable() && settling.points[0].reached_from_rest);
    }
}
