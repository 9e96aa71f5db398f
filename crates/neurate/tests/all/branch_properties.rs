//! Laws that branches of equilibria obey, on random circuits.

use crate::branch_reference::{case, data};
use crate::common::{Rng, near, parts, population, search, text};
use neurate::branch::{CircuitFamily, Completeness, Diagram, Family, SpecialKind, diagram};
use neurate::linalg::Matrix;
use neurate::model::transfer::Transfer;
use neurate::model::{CellKind, Circuit, Form, Parameter, Plasticity, SlowStates};

fn parameter(address: &str) -> Parameter {
    Parameter::from(address.parse::<neurate::model::Address>().unwrap())
}

/// A pair, E and I as in Wilson & Cowan, all numbers drawn; `order` exchanges the populations, `slower` scales time.
pub fn pair(seed: u64, form: Form, order: [usize; 2], slower: f64) -> Circuit {
    let mut r = Rng::new(seed);
    let mut draw = |a: f64, b: f64| r.between(a, b);
    let w = [[draw(4.0, 18.0), -draw(2.0, 16.0)], [draw(3.0, 16.0), -draw(0.0, 8.0)]];
    let tau = [draw(5.0, 20.0), draw(5.0, 20.0)];
    let h = [draw(-3.0, 3.0), draw(-3.0, 3.0)];
    let f: Vec<Transfer> = (0..2)
        .map(|_| {
            let given = [("width", 1.0 / draw(0.7, 1.8)), ("midpoint", draw(1.0, 4.5))];
            Transfer::new("logistic", &given, 1e-3).unwrap()
        })
        .collect();
    let of = |k: usize| {
        let i = order[k];
        let kind = [CellKind::Excitatory, CellKind::Inhibitory][i];
        population(["E", "I"][i], kind, &[slower * tau[i]], &[h[i]], f[i].clone())
    };
    let w = Matrix::from_fn(2, 2, |i, j| w[order[i]][order[j]]);
    Circuit::new(parts(form, vec![of(0), of(1)], &w)).unwrap()
}

/// Special points as sorted numbers: kind, parameter, angular frequency, l1.
fn special(d: &Diagram) -> Vec<(u8, f64, f64, f64)> {
    let mut all: Vec<_> = d
        .points
        .iter()
        .map(|p| match &p.kind {
            SpecialKind::Fold { .. } => (0, p.p, 0.0, 0.0),
            SpecialKind::Hopf { omega, l1, .. } => (1, p.p, *omega, l1.unwrap()),
            kind => panic!("{kind:?}"),
        })
        .collect();
    all.sort_by(|a, b| (a.0, a.1).partial_cmp(&(b.0, b.1)).unwrap());
    all
}

#[track_caller]
fn same(a: &[(u8, f64, f64, f64)], b: &[(u8, f64, f64, f64)], what: &str) {
    assert_eq!(a.len(), b.len(), "{what}: {a:?} {b:?}");
    for (x, y) in a.iter().zip(b) {
        assert_eq!(x.0, y.0, "{what}: {a:?} {b:?}");
        near(x.1, y.1, 1e-8, what);
        near(x.2, y.2, 1e-7 * (1e-3 + y.2.abs()), what);
        near(x.3, y.3, 1e-5 * (1e-3 + y.3.abs()), what);
    }
}

const WINDOW: (f64, f64) = (-6.0, 14.0);

/// At values between, the branches are the equilibria that are enclosed there; the whole window is proved; every Hopf point has
/// a pair on the axis (a neutral saddle has not).
#[test]
fn branches_are_what_is_enumerated() {
    let (mut folds, mut hopf) = (0, 0);
    for seed in 0..40 {
        let form = if seed % 3 == 0 { Form::Voltage } else { Form::Rate };
        let circuit = pair(seed, form, [0, 1], 1.0);
        let h = parameter("E.h");
        let d = diagram(&circuit, &h, WINDOW).unwrap();
        let mut r = Rng::new(1000 + seed);
        for _ in 0..4 {
            let p = r.between(WINDOW.0, WINDOW.1);
            let points = search(&circuit.with(&[(&h, p)]).unwrap()).points;
            assert_eq!(d.count_at(p), points.len(), "seed {seed} at {p}");
        }
        assert_eq!(d.complete.equilibria, Completeness::Proved, "seed {seed}: {:?}", d.complete);
        assert!(d.early_stops().is_empty(), "seed {seed}");
        folds += d.folds().count();
        for point in d.hopf() {
            let SpecialKind::Hopf { omega, .. } = point.kind else { unreachable!() };
            let off = point.eigenvalues.iter().map(|l| l.re.abs() + (l.im.abs() - omega).abs());
            assert!(off.fold(f64::INFINITY, f64::min) < 1e-8 * omega, "seed {seed}: {:?}", point.eigenvalues);
            hopf += 1;
        }
    }
    assert!(folds > 20 && hopf > 7, "{folds} folds, {hopf} Hopf points: the circuits are too tame");
}

#[test]
fn diagrams_do_not_depend_on_direction_order_and_units() {
    for seed in 0..25 {
        let circuit = pair(seed, Form::Rate, [0, 1], 1.0);
        let own = special(&diagram(&circuit, &parameter("E.h"), WINDOW).unwrap());
        let address = || "E.h".parse().unwrap();
        // The other way round: p goes from -b to -a, and the input from b to a.
        let base = circuit.value(&address()).unwrap();
        let backwards = Parameter::joint("minus", &[(address(), -1.0)]);
        let window = (base - WINDOW.1, base - WINDOW.0);
        let mut turned = special(&diagram(&circuit, &backwards, window).unwrap());
        turned.iter_mut().for_each(|t| t.1 = base - t.1);
        turned.sort_by(|a, b| (a.0, a.1).partial_cmp(&(b.0, b.1)).unwrap());
        same(&turned, &own, &format!("backwards, seed {seed}"));
        let permuted = pair(seed, Form::Rate, [1, 0], 1.0);
        same(
            &special(&diagram(&permuted, &parameter("E.h"), WINDOW).unwrap()),
            &own,
            &format!("permuted, seed {seed}"),
        );
        // Three times slower: a third of the frequency; l1 is over omega, and stays.
        let slow = pair(seed, Form::Rate, [0, 1], 3.0);
        let mut slow = special(&diagram(&slow, &parameter("E.h"), WINDOW).unwrap());
        slow.iter_mut().for_each(|t| t.2 *= 3.0);
        same(&slow, &own, &format!("slower, seed {seed}"));
    }
}

/// Rate and voltage form have the same equilibria, and Hopf points of the same frequency.
#[test]
fn forms_have_the_same_points() {
    for seed in 0..12 {
        let own = special(&diagram(&pair(seed, Form::Rate, [0, 1], 1.0), &parameter("E.h"), WINDOW).unwrap());
        let other =
            special(&diagram(&pair(seed, Form::Voltage, [0, 1], 1.0), &parameter("E.h"), WINDOW).unwrap());
        let without_l1 =
            |v: &[(u8, f64, f64, f64)]| v.iter().map(|t| (t.0, t.1, t.2, 0.0)).collect::<Vec<_>>();
        same(&without_l1(&own), &without_l1(&other), &format!("seed {seed}"));
    }
}

/// Isolas and crossings: A12 has closed branches that no path from the edges reaches, A11 two pitchforks.
#[test]
fn isolas_and_symmetric_crossings_are_found() {
    let all = data("equilibria.json");
    let of = |id: &str| {
        let c = all.iter().find(|c| text(&c["id"]).starts_with(id)).unwrap();
        let (circuit, parameter) = case(c);
        let range = c["range"].as_array().unwrap();
        diagram(&circuit, &parameter, (range[0].as_f64().unwrap(), range[1].as_f64().unwrap())).unwrap()
    };
    let biased = of("A12");
    assert_eq!(biased.branches.iter().filter(|b| b.is_closed()).count(), 1, "{:?}", biased.branches.len());
    assert_eq!(biased.complete.equilibria, Completeness::Proved);
    let symmetric = of("A11");
    assert_eq!(symmetric.crossings().count(), 2);
    for crossing in symmetric.crossings() {
        assert_eq!(crossing.branches.len(), 2);
        let SpecialKind::Pitchfork { supercritical } = crossing.kind else { panic!("{:?}", crossing.kind) };
        // Five equilibria beside it, before its halves turn at a fold: they exist where the symmetric one is stable.
        assert!(!supercritical);
    }
    // The branch of both halves is followed once, though it meets the symmetric one twice.
    assert_eq!(symmetric.branches.len(), 2);
    assert_eq!(symmetric.branches.iter().filter(|b| b.is_closed()).count(), 1);
    assert_eq!(symmetric.points.len(), 6, "{:?}", symmetric.points);
    // Every special point stands in its place on each of its branches.
    for (k, point) in symmetric.points.iter().enumerate() {
        for &b in &point.branches {
            let branch = &symmetric.branches[b];
            let (at, _) = branch.special.iter().find(|(_, index)| *index == k).unwrap();
            near(branch.p[*at], point.p, 1e-9, "a special point on its branch");
        }
    }
    for (p, count) in [(-2.5, 5), (-2.1, 3), (-2.11, 5), (1.0, 3), (4.1, 3), (4.11, 5), (4.7, 1)] {
        assert_eq!(symmetric.count_at(p), count, "at {p}");
    }
}

/// `n` populations that excite themselves and act on each other, all alike, over their common input.
fn alike(seed: u64, n: usize) -> (Circuit, Parameter) {
    let mut r = Rng::new(seed);
    let (own, other) = (r.between(2.0, 9.0), -r.between(2.0, 9.0));
    let f = Transfer::new("logistic", &[("width", r.between(0.6, 1.4))], 1e-3).unwrap();
    let (tau, names) = (r.between(5.0, 20.0), ["A", "B", "C"]);
    let populations =
        (0..n).map(|i| population(names[i], CellKind::Unconstrained, &[tau], &[0.0], f.clone())).collect();
    let w = Matrix::from_fn(n, n, |i, j| if i == j { own } else { other });
    let gains: Vec<_> = (0..n).map(|i| (format!("{}.h", names[i]).parse().unwrap(), 1.0)).collect();
    (Circuit::new(parts(Form::Rate, populations, &w)).unwrap(), Parameter::joint("c", &gains))
}

/// Where populations are alike, branches cross: each is followed once, and they are the equilibria that are enclosed. Of three,
/// several eigenvalues vanish together: there a count may be wrong only where the audit says so.
#[test]
fn branches_of_symmetric_circuits_are_what_is_enumerated() {
    let mut crossings = 0;
    for (n, seeds) in [(2, 20), (3, 6)] {
        for seed in 0..seeds {
            let (circuit, c) = alike(seed, n);
            let d = diagram(&circuit, &c, (-8.0, 16.0)).unwrap();
            let mut r = Rng::new(2000 + seed);
            for _ in 0..6 {
                let p = r.between(-8.0, 16.0);
                let points = search(&circuit.with(&[(&c, p)]).unwrap()).points;
                let told = n == 3 && d.complete.equilibria == Completeness::Sampled;
                assert!(
                    d.count_at(p) == points.len() || told,
                    "{n}, seed {seed} at {p}: {} not {}",
                    d.count_at(p),
                    points.len()
                );
            }
            crossings += d.crossings().count();
            let unresolved = d.points.iter().any(|p| p.kind == SpecialKind::Unresolved);
            assert!(n == 3 || !unresolved, "seed {seed}: {:?}", d.points);
        }
    }
    assert!(crossings > 15, "{crossings} crossings");
}

/// A family that says nothing but its field and Jacobian.
#[derive(Debug)]
struct Plain<'a>(&'a CircuitFamily<'a>);

impl Family for Plain<'_> {
    fn dim(&self) -> usize {
        self.0.dim()
    }
    fn field(&self, x: &[f64], p: f64) -> Vec<f64> {
        self.0.field(x, p)
    }
    fn jacobian(&self, x: &[f64], p: f64) -> Matrix {
        self.0.jacobian(x, p)
    }
    fn time_scales(&self) -> Vec<f64> {
        self.0.time_scales()
    }
    fn parameter_scale(&self) -> f64 {
        self.0.parameter_scale()
    }
}

/// Forms by infinitesimals against differences of field and Jacobian: every form, slow states, refractory fractions; inputs,
/// weights, time constants and parameters of f.
#[test]
fn forms_are_the_derivatives_of_the_field() {
    let mut circuits = vec![pair(3, Form::Rate, [0, 1], 1.0), pair(4, Form::Voltage, [0, 1], 1.0)];
    for slow in [
        SlowStates {
            synapse: Some(4.0),
            adaptation: Some(neurate::model::Adaptation { tau: 80.0, strength: 0.7 }),
            plasticity: None,
        },
        SlowStates {
            synapse: None,
            adaptation: None,
            plasticity: Some(Plasticity { release: 0.3, tau_f: Some(300.0), tau_d: Some(150.0) }),
        },
    ] {
        for base in 0..2 {
            let mut parts = circuits[base].to_parts();
            parts.populations[0].slow = slow;
            if parts.form == Form::Rate {
                let f = parts.populations[1].transfer.clone().with_refractory(0.4).unwrap();
                parts.populations[1].transfer = f;
            }
            circuits.push(Circuit::new(parts).unwrap());
        }
    }
    let mut r = Rng::new(5);
    for circuit in &circuits {
        for address in ["E.h", "W.E<-E", "W.I<-E", "I.tau", "E.f.midpoint", "E.f.width"] {
            let own = circuit.value(&address.parse().unwrap()).unwrap();
            let parameter = parameter(address);
            let family = CircuitFamily::new(circuit, &parameter, (0.8 * own - 0.1, 1.2 * own + 0.2)).unwrap();
            let plain = Plain(&family);
            let n = family.dim();
            let x: Vec<f64> = (0..n).map(|_| r.between(0.1, 0.9)).collect();
            let mut direction = || -> Vec<f64> {
                (0..=n).map(|i| r.normal() * if i == n { family.parameter_scale() } else { 1.0 }).collect()
            };
            let (u, v, w) = (direction(), direction(), direction());
            let close = |a: &[f64], b: &[f64], tolerance: f64, what: &str| {
                let size = b.iter().fold(1e-6, |m: f64, v| m.max(v.abs()));
                for (a, b) in a.iter().zip(b) {
                    near(*a, *b, tolerance * size, &format!("{what} over {address} of {n} states"));
                }
            };
            close(&family.d_dp(&x, own), &plain.d_dp(&x, own), 1e-8, "d_dp");
            close(&family.second(&x, own, &u, &v), &plain.second(&x, own, &u, &v), 1e-6, "second");
            let still = |d: &[f64]| [&d[..n], &[0.0]].concat();
            let (u, v, w) = (still(&u), still(&v), still(&w));
            close(&family.third(&x, own, &u, &v, &w), &plain.third(&x, own, &u, &v, &w), 1e-4, "third");
        }
    }
}

/// What cannot be followed is refused, and says why.
#[test]
fn windows_that_break_a_rule_are_refused() {
    let circuit = pair(1, Form::Rate, [0, 1], 1.0);
    for (address, window, words) in [
        ("E.h", (1.0, 1.0), "no range"),
        ("E.h", (2.0, 1.0), "no range"),
        ("E.h", (0.0, f64::INFINITY), "no range"),
        ("E.tau", (-1.0, 5.0), "E.tau = -1"),
        ("W.E<-E", (-2.0, 3.0), "W.E<-E = -2"),
        ("Q.h", (0.0, 1.0), "Q.h"),
    ] {
        let error = diagram(&circuit, &parameter(address), window).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
