//! Mean-field circuits of integrate-and-fire neurons: published circuits, and laws.
//!
//! Published numbers: Brunel 2000, figure 8, theory (55.8 Hz and 190 Hz in B, 38 Hz in C, 6.5 Hz and
//! 29 Hz in D) and simulation; NEST 3 (rates and the peaks of population spectra of the same circuits);
//! NNMT 1.3.0 (Potjans & Diesmann's microcircuit); one full-scale NEST run of it.

use crate::common::search;
use crate::files::example_file;
use neurate::file;
use neurate::fixed_points::{Coverage, FixedPoint, Stability};
use neurate::linalg::{Complex, Matrix};
use neurate::linear::Linearization;
use neurate::linear::mean_field::{DelayedLoop, delayed_stability, spectra, working_points};
use neurate::model::Circuit;
use proptest::prelude::*;

fn example(name: &str, sets: &[&str]) -> Circuit {
    let sets: Vec<String> = sets.iter().map(|s| s.to_string()).collect();
    file::read(&example_file(name), &sets).and_then(|spec| spec.build()).unwrap_or_else(|e| panic!("{e}"))
}

fn only(c: &Circuit) -> FixedPoint {
    let mut s = search(c);
    assert_eq!(s.points.len(), 1);
    assert!(s.points[0].residual < 1e-13);
    s.points.remove(0)
}

/// Frequency (Hz) and growth rate (1/s) of the rightmost oscillating mode.
fn critical(c: &Circuit, p: &FixedPoint) -> Option<(f64, f64)> {
    let s = delayed_stability(c, p).unwrap().critical()?;
    Some((s.im / std::f64::consts::TAU * 1e3, s.re * 1e3))
}

const B: &[&str] = &["synapses.*<-I.J=-0.6", "external.drive.rate=40"];
const C: &[&str] = &[];
const D: &[&str] = &["synapses.*<-I.J=-0.45", "external.drive.rate=9"];

#[test]
fn brunel_rates() {
    // 37.94969708576348 and 6.516702268415017: the same equations solved by others, with 12 digits
    for (sets, rate) in [(C, 37.949_697_085_763_48), (D, 6.516_702_268_415_017)] {
        let p = only(&example("brunel", sets));
        assert!(p.rates.iter().all(|r| (r / rate - 1.0).abs() < 1e-11), "{:?}", p.rates);
        assert_eq!(p.stability, Stability::Stable);
    }
    let p = only(&example("brunel", B));
    assert!((p.rates[0] - 55.8).abs() < 0.05, "{:?}", p.rates);
    // NEST's brunel_siegert example: the reset is at 0
    let p = only(&example("brunel", &["populations.E.f.reset=0"]));
    assert!((p.rates[0] / 32.033_114_503_868_326 - 1.0).abs() < 1e-11, "{:?}", p.rates);
}

#[test]
fn brunel_oscillations() {
    // D: slow oscillation, 29 Hz in the paper's theory, 22 Hz in its simulation
    let d = example("brunel", D);
    let (f, growth) = critical(&d, &only(&d)).unwrap();
    assert!((f - 29.0).abs() < 0.5 && growth > 0.0, "{f} {growth}");
    // B: fast oscillation, 190 Hz in the theory, 180 Hz in the simulation
    let b = example("brunel", B);
    let (f, growth) = critical(&b, &only(&b)).unwrap();
    assert!((f - 190.0).abs() < 0.5 && growth > 0.0, "{f} {growth}");
    // C: asynchronous; NEST's population spectrum has its peak at 122 Hz (1 s of simulation)
    let c = example("brunel", C);
    let p = only(&c);
    assert_eq!(delayed_stability(&c, &p).unwrap().unstable, Some(0));
    let hz: Vec<f64> = (20..300).map(f64::from).collect();
    let cycles: Vec<f64> = hz.iter().map(|f| f * 1e-3).collect();
    let power = spectra(&c, &p, &cycles).unwrap().power(0);
    let top = (0..hz.len()).max_by(|&a, &b| power[a].total_cmp(&power[b])).unwrap();
    assert!((hz[top] - 122.0).abs() < 5.0, "{}", hz[top]);
}

#[test]
fn microcircuit_rates() {
    // NNMT 1.3.0, `lif.exp._firing_rates`, method "shift", fixed point by ODE, jumps without spread
    let nnmt = [0.7535114, 2.79364658, 4.44094038, 5.82379018, 7.16095852, 8.47007491, 1.16103608, 7.7564063];
    let text = std::fs::read_to_string(example_file("microcircuit")).unwrap();
    let plain = text.replace("cv = 0.1, ", "");
    assert!(plain.len() < text.len());
    let c = file::parse(&plain, "plain.toml", ".".as_ref(), &[]).and_then(|spec| spec.build()).unwrap();
    for (ours, theirs) in only(&c).rates.iter().zip(nnmt) {
        assert!((ours / theirs - 1.0).abs() < 1e-7, "{ours} {theirs}");
    }
    // One NEST run at full scale. Mean-field theory is known to be within 17 % for L23E, 6 % elsewhere:
    // what it leaves out is correlations, which are largest where rates are lowest.
    let nest = [0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829];
    for (k, (ours, theirs)) in only(&example("microcircuit", &[])).rates.iter().zip(nest).enumerate() {
        let allowed = if k == 0 { 0.17 } else { 0.06 };
        assert!((ours / theirs - 1.0).abs() < allowed, "{k}: {ours} {theirs}");
    }
}

#[test]
fn microcircuit_gamma() {
    // The theory puts the circuit just beyond the onset of a gamma oscillation. With the 1780 outside
    // synapses onto L4E of Bos, Diesmann & Helias 2016 (the variant that NNMT ships) it is stable. NNMT's
    // response, which lacks the refractory factor and the modulation of sigma, gives L4E a peak at
    // 68 Hz, 4.4 times r/N, in that variant (jumps without spread); ours stands at 59 Hz, 5.2 times.
    let c = example("microcircuit", &[]);
    let (f, growth) = critical(&c, &only(&c)).unwrap();
    assert!((70.0..95.0).contains(&f) && growth > 0.0, "{f} {growth}");
    let c = example("microcircuit", &["external.to_L4E.K=1780"]);
    let d = delayed_stability(&c, &only(&c)).unwrap();
    assert_eq!(d.stable(), Some(true));
    let hz: Vec<f64> = (20..120).map(f64::from).collect();
    let cycles: Vec<f64> = hz.iter().map(|f| f * 1e-3).collect();
    let p = only(&c);
    let power = spectra(&c, &p, &cycles).unwrap().power(2);
    let top = (0..hz.len()).max_by(|&a, &b| power[a].total_cmp(&power[b])).unwrap();
    let over = power[top] / (p.rates[2] / 21915.0);
    assert!((50.0..75.0).contains(&hz[top]) && (3.5..7.0).contains(&over), "{} {over}", hz[top]);
}

#[test]
fn bistable_circuit() {
    let c = example("bistable", &[]);
    let s = search(&c);
    let kinds: Vec<_> = s.points.iter().map(|p| p.stability).collect();
    assert_eq!(kinds, [Stability::Stable, Stability::Unstable(1), Stability::Stable]);
    assert_eq!(s.points.iter().map(FixedPoint::index).collect::<Vec<_>>(), [1, -1, 1]);
    assert!(matches!(s.coverage, Coverage::Sampled { index_sum: Some(1), .. }));
    assert!(s.points[0].reached_from_rest && s.points[0].rates[0] < 5.0 && s.points[2].rates[0] > 40.0);
    for p in [&s.points[0], &s.points[2]] {
        assert_eq!(delayed_stability(&c, p).unwrap().unstable, Some(0));
    }
    // A real mode grows, and Nyquist's criterion counts it alone.
    let d = delayed_stability(&c, &s.points[1]).unwrap();
    assert_eq!((d.unstable, d.found_unstable), (Some(1), 1));
    assert!(d.modes[0].im == 0.0 && d.modes[0].re > 0.0);
}

/// A second way to all fixed points, for circuits whose populations all get the same input: the zeros
/// of one function of one rate.
#[test]
fn all_states_of_the_one_dimensional_circuit() {
    for (g, outside) in [(3.0, 8.0), (3.5, 8.0), (4.0, 9.0), (3.9, 7.0), (5.0, 20.0), (2.5, 5.0)] {
        let j = format!("synapses.*<-I.J={}", -0.1 * g);
        let rate = format!("external.drive.rate={outside}");
        let c = example("brunel", &[&j, &rate]);
        let balance = |r: f64| {
            let mut out = vec![0.0; 2];
            let mut input = vec![0.0; 2];
            c.weights().apply(&[r, r], &mut input);
            input.iter_mut().zip(c.h()).for_each(|(i, h)| *i += h);
            c.rates(&input, &[r, r], &mut out);
            out[0] - r
        };
        // On a grid that is fine at all scales; two zeros within one cell would be missed.
        let grid: Vec<f64> =
            (0..40_000).map(|k| 500.0 * 10f64.powf(-9.0 + 9.0 * f64::from(k) / 39_999.0)).collect();
        let below = usize::from(balance(0.0) > 0.0 && balance(grid[0]) < 0.0);
        let zeros =
            below + grid.windows(2).filter(|w| (balance(w[0]) > 0.0) != (balance(w[1]) > 0.0)).count();
        let found = search(&c).points;
        // States with unequal rates of E and I cannot be: both get the same input.
        assert!(found.iter().all(|p| (p.rates[0] - p.rates[1]).abs() < 1e-9 * (1.0 + p.rates[0])));
        assert_eq!(
            found.len(),
            zeros,
            "g = {g}, {outside}: {:?}",
            found.iter().map(|p| p.rates[0]).collect::<Vec<_>>()
        );
    }
}

/// A random circuit of `n` populations.
fn random_circuit(n: usize, seed: u64) -> Circuit {
    let mut r = crate::common::Rng::new(seed);
    let mut text = String::from("neurate = 1\n");
    for p in 0..n {
        let inhibitory = p % 2 == 1;
        text += &format!(
            "[populations.P{p}]\nkind = \"{}\"\nsize = {}\nsigma = {}\nf = {{ kind = \"lif\", tau_m = {}, tau_ref = 2, threshold = 20, reset = {}, tau_s = {} }}\n",
            if inhibitory { "inhibitory" } else { "excitatory" },
            500 + (r.uniform() * 5000.0) as usize,
            r.between(0.5, 2.0),
            r.between(8.0, 25.0),
            r.between(0.0, 15.0),
            if seed.is_multiple_of(2) { 0.0 } else { r.between(0.1, 1.0) },
        );
    }
    text += "[synapses]\n";
    for to in 0..n {
        for from in 0..n {
            let sign = if from % 2 == 1 { -5.0 } else { 1.0 };
            text += &format!(
                "\"P{to} <- P{from}\" = {{ K = {}, J = {}, delay = {}, delay_sd = {} }}\n",
                r.between(20.0, 400.0),
                sign * r.between(0.05, 0.3),
                r.between(0.5, 4.0),
                if seed.is_multiple_of(3) { 0.0 } else { r.between(0.1, 0.5) },
            );
        }
        text += "";
    }
    text += "[external]\n";
    for to in 0..n {
        let rate = r.between(3000.0, 15000.0);
        text += &format!("x{to} = {{ to = \"P{to}\", rate = {rate}, J = {} }}\n", r.between(0.1, 0.3));
    }
    file::parse(&text, "random.toml", ".".as_ref(), &[])
        .and_then(|spec| spec.build())
        .unwrap_or_else(|e| panic!("{e}\n{text}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn laws_of_random_circuits(n in 1usize..4, seed in 0u64..10_000) {
        let c = random_circuit(n, seed);
        let s = search(&c);
        // Bounded rates: there is a state, and the indices add up to one.
        prop_assert!(!s.points.is_empty());
        if let Coverage::Sampled { index_sum: Some(sum), .. } = s.coverage {
            prop_assert_eq!(sum, 1);
        }
        for p in &s.points {
            prop_assert!(p.residual < 1e-10);
            let l = Linearization::new(&c, p).unwrap();
            // The Jacobian holds what sigma brings: against differences of f(W r + h, sigma(r)).
            let target = |r: &[f64]| {
                let (mut input, mut out) = (vec![0.0; n], vec![0.0; n]);
                c.weights().apply(r, &mut input);
                input.iter_mut().zip(c.h()).for_each(|(i, h)| *i += h);
                c.rates(&input, r, &mut out);
                out
            };
            for j in 0..n {
                let step = 1e-5 * (1e-2 + p.rates[j]);
                if p.rates[j] < 1e-2 { continue; }
                let (mut up, mut down) = (p.rates.clone(), p.rates.clone());
                up[j] += step;
                down[j] -= step;
                let (a, b) = (target(&up), target(&down));
                for i in 0..n {
                    let difference = (a[i] - b[i]) / (2.0 * step);
                    let size = 1e-6 * (l.effective[(i, j)].abs() + p.rates[i] / (1e-2 + p.rates[j]) + 1e-6);
                    prop_assert!((difference - l.effective[(i, j)]).abs() < size, "{i} {j}: {difference} {}", l.effective[(i, j)]);
                }
            }
            // The loop at s = 0 is the effective weights, and conjugate at conjugate frequencies.
            let open = DelayedLoop::new(&c, p).unwrap();
            let still = open.gain(Complex::new(0.0, 0.0)).unwrap();
            let (plus, minus) = (open.gain(Complex::new(0.01, 0.7)).unwrap(), open.gain(Complex::new(0.01, -0.7)).unwrap());
            for i in 0..n {
                for j in 0..n {
                    prop_assert!((still[(i, j)] - l.effective[(i, j)]).norm() <= 1e-12 * (1.0 + l.effective[(i, j)].abs()));
                    prop_assert!((plus[(i, j)] - minus[(i, j)].conj()).norm() <= 1e-12 * (1.0 + plus[(i, j)].norm()));
                }
            }
            // The count of growing modes and the modes themselves, found in two ways, agree.
            let d = delayed_stability(&c, p).unwrap();
            if let Some(count) = d.unstable {
                // Far above the frequencies at which the theory means anything (200/tau) modes are counted,
                // and may stay unfound; never the other way.
                prop_assert!(d.found_unstable <= count, "{count} {:?}", d.modes);
                let real_found = count == d.found_unstable;
                // The number of real growing modes is odd where the determinant at 0 is negative.
                let real = d.modes.iter().filter(|s| s.im == 0.0 && s.re > 0.0).count();
                prop_assert!(!real_found || (real % 2 == 1) == (d.determinant[0].re < 0.0));
            }
            // Population spectra: Hermitian, not negative, and r/N at high frequencies and without loop.
            let f = [0.001, 0.02, 0.1];
            for m in &spectra(&c, p, &f).unwrap().matrices {
                // Of a silent population rounding may be left.
                let nothing = 1e-25 * (0..n).map(|i| m[(i, i)].re).fold(0.0, f64::max);
                let speaks: Vec<usize> = (0..n).filter(|&i| p.rates[i] > 0.0).collect();
                prop_assert!((0..n).all(|i| speaks.contains(&i) || m[(i, i)].re.abs() <= nothing), "{m:?} {:?}", p.rates);
                for &i in &speaks {
                    prop_assert!(m[(i, i)].re > 0.0 && m[(i, i)].im.abs() <= 1e-12 * m[(i, i)].re, "{i} {m:?} {:?}", p.rates);
                    for &j in &speaks {
                        prop_assert!((m[(i, j)] - m[(j, i)].conj()).norm() <= 1e-12 * (m[(i, i)].re * m[(j, j)].re).sqrt());
                        let bound = m[(i, i)].re * m[(j, j)].re;
                        prop_assert!(m[(i, j)].norm_sqr() <= bound * (1.0 + 1e-9));
                    }
                }
            }
            for w in working_points(&c, p).unwrap() {
                prop_assert!(w.cv > 0.0 && (0.0..=1.0).contains(&w.recurrent_share));
            }
        }
    }
}

#[test]
fn spectra_without_a_loop() {
    // Nothing comes back: each population's spectrum is flat, its rate over its number of neurons.
    let c = file::parse(
        "neurate = 1
        [populations]
        E = { size = 1000, f = { kind = \"lif\", tau_m = 20, tau_ref = 2, threshold = 20, reset = 10 } }
        F = { like = \"E\", size = 50 }
        [synapses]
        default = 0
        \"F <- E\" = { K = 100, J = 0.2, delay = 1 }
        [external]
        x = { to = \"*\", rate = 9000, J = 0.1 }",
        "chain.toml",
        ".".as_ref(),
        &[],
    )
    .and_then(|spec| spec.build())
    .unwrap();
    let p = only(&c);
    let s = spectra(&c, &p, &[0.0, 0.01, 0.05, 1.0]).unwrap();
    let flat = p.rates[0] / 1000.0;
    assert!(s.power(0).iter().all(|x| (x / flat - 1.0).abs() < 1e-14));
    // F adds what E sends: |P|^2 S_E, and the cross-spectrum is P S_E.
    let open = DelayedLoop::new(&c, &p).unwrap();
    for (k, f) in [0.0, 0.01, 0.05, 1.0].into_iter().enumerate() {
        let gain = open.gain(Complex::new(0.0, std::f64::consts::TAU * f)).unwrap()[(1, 0)];
        let expected = p.rates[1] / 50.0 + gain.norm_sqr() * flat;
        assert!((s.power(1)[k] / expected - 1.0).abs() < 1e-13);
        assert!((s.matrices[k][(1, 0)] - gain * flat).norm() < 1e-13 * gain.norm() * flat);
        assert!(s.coherence(0, 1)[k] < 1.0);
    }
    assert!(matches!(delayed_stability(&c, &p).unwrap().stable(), Some(true)));
}

#[test]
fn mean_and_variance_of_the_input() {
    let c = example("brunel", C);
    let m = c.mean_field().unwrap();
    // tau K J and tau K J^2, with 20 ms and Hz
    let expected = [[2.0, -2.5], [2.0, -2.5]];
    let squared = [[0.2, 1.25], [0.2, 1.25]];
    for i in 0..2 {
        for j in 0..2 {
            assert!((m.mean()[(i, j)] - expected[i][j]).abs() < 1e-13);
            assert!((m.variance()[(i, j)] - squared[i][j]).abs() < 1e-13);
        }
    }
    assert!((c.h()[0] - 40.0).abs() < 1e-12 && (c.sigma(0, &[0.0, 0.0]) - 2.0).abs() < 1e-13);
    assert!((c.sigma(1, &[10.0, 20.0]) - (4.0f64 + 2.0 + 25.0).sqrt()).abs() < 1e-12);
    // W[to, from]: a transposed table is another circuit
    let w = Matrix::from_rows(&expected);
    assert!(w.sub(&w.transpose()).frobenius() > 1.0);
    assert_eq!(m.neurons, [10000, 2500]);
}

#[test]
fn resonance_of_regular_neurons() {
    // Neurons far above threshold in little noise answer 36 Hz to slow input with a loop gain below one,
    // and resonate at their own rate: weak coupling makes an oscillation that is invisible at low
    // frequencies. The count must not stop before it.
    let c = file::parse(
        "neurate = 1
        [populations]
        E = { kind = \"excitatory\", size = 1000, sigma = 0.1, h = 30, f = { kind = \"lif\", tau_m = 20, tau_ref = 2, threshold = 20, reset = 10 } }
        [synapses]
        \"E <- E\" = { K = 100, J = 0.005, delay = 1 }",
        "regular.toml",
        ".".as_ref(),
        &[],
    )
    .and_then(|spec| spec.build())
    .unwrap();
    let p = only(&c);
    let open = DelayedLoop::new(&c, &p).unwrap();
    let gain = |omega: f64| open.gain(Complex::new(0.0, omega)).unwrap()[(0, 0)].norm();
    let own = std::f64::consts::TAU * p.rates[0] * 1e-3;
    assert!(gain(0.0) < 0.1 && gain(own) > 1.0, "{} {}", gain(0.0), gain(own));
    let d = delayed_stability(&c, &p).unwrap();
    assert!(d.omegas.iter().any(|w| (w / own - 1.0).abs() < 1e-3));
    assert_eq!(d.unstable, Some(d.found_unstable));
    assert!(d.unstable.unwrap() > 0, "{:?}", d.modes);
}

#[test]
fn modes_of_what_a_review_found() {
    // A loop gain of 0.05 at low frequencies, and neurons of CV 0.02 that resonate: computed apart from
    // the response by parabolic cylinder functions (mpmath), a root at 0.00156 + 0.7382i per ms.
    let text = "neurate = 1
        [populations]
        I = { kind = \"inhibitory\", size = 1000, sigma = 0.1, h = 30, f = { kind = \"lif\", tau_m = 20, tau_ref = 2, threshold = 20, reset = 10 } }
        [synapses]
        \"I <- I\" = { K = 100, J = -0.005, delay = 4 }";
    let c = file::parse(text, "regular.toml", ".".as_ref(), &[]).and_then(|spec| spec.build()).unwrap();
    let d = delayed_stability(&c, &only(&c)).unwrap();
    assert_eq!(d.unstable, Some(d.found_unstable), "{:?}", d.modes);
    // A spread of delays that is nothing changes nothing; nor does the rate equation's time constant.
    let plain = example("brunel", B);
    let (f, growth) = critical(&plain, &only(&plain)).unwrap();
    for more in
        [&["synapses.*<-E.delay_sd=1e-9", "synapses.*<-I.delay_sd=1e-5"][..], &["populations.*.tau=5000"]]
    {
        let c = example("brunel", &[B, more].concat());
        let (g, other) = critical(&c, &only(&c)).unwrap();
        assert!((f - g).abs() < 1e-6 && (growth - other).abs() < 1e-5, "{f} {g} {growth} {other}");
    }
    // The count with long delays, against one on a grid of 0.02 Hz: 44 for 100 ms.
    let c = example("brunel", &[B, &["synapses.*<-E.delay=100", "synapses.*<-I.delay=100"]].concat());
    let d = delayed_stability(&c, &only(&c)).unwrap();
    assert!(
        d.unstable.is_none_or(|n| n == 44) && d.found_unstable == 44,
        "{:?} {}",
        d.unstable,
        d.found_unstable
    );
}

#[test]
fn an_exact_pair_takes_what_it_lacks_from_a_star() {
    let c = example("brunel", &["synapses.E<-I.J=-0.6", "synapses.I<-E.K=500"]);
    let m = c.mean_field().unwrap();
    let (a, b) = (m.between(0, 1).unwrap(), m.between(1, 0).unwrap());
    assert_eq!((a.jump, a.in_degree, a.delay), (-0.6, 250.0, 1.5));
    assert_eq!((b.jump, b.in_degree, b.delay), (0.1, 500.0, 1.5));
    assert_eq!(m.between(1, 1).unwrap().jump, -0.5);
}

/// A silent population has no power; failed once as a case of the laws above.
#[test]
fn a_silent_population_has_no_spectrum() {
    let c = random_circuit(3, 2506);
    for p in &search(&c).points {
        for m in &spectra(&c, p, &[0.001, 0.02, 0.1]).unwrap().matrices {
            for i in 0..3 {
                assert!(
                    (m[(i, i)].re > 0.0) == (p.rates[i] > 0.0) && m[(i, i)].im.abs() <= 1e-12 * m[(i, i)].re,
                    "{i} {m:?} {:?}",
                    p.rates
                );
            }
        }
    }
}
