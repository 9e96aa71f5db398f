//! Phase planes: nullclines against the equations and against scans along lines, fixed points as their crossings.

use crate::common::*;
use neurate::answers::{ManifoldEnd, Nullcline, PhasePlane, PlanePointKind};
use neurate::dynamics::{CircuitDynamics, Dynamics};
use neurate::linalg::Matrix;
use neurate::model::transfer::Transfer;
use neurate::model::{CellKind, Circuit, Form, Stimulus, Waveform};
use neurate::report::question_named;
use neurate::simulate::{Method, simulate};
use neurate::study::{Answer, Applies, Choices, Study};

fn law(rng: &mut Rng, k: usize) -> Transfer {
    let new = |kind: &str, given: &[(&str, f64)]| Transfer::new(kind, given, 1e-3).unwrap();
    match k % 7 {
        0 => {
            new("power", &[("k", 0.02), ("n", rng.between(1.1, 3.0)), ("threshold", rng.between(-2.0, 2.0))])
        }
        1 => new("logistic", &[("max", rng.between(5.0, 60.0)), ("width", rng.between(0.5, 5.0))]),
        2 => new("tanh", &[("max", rng.between(1.0, 10.0)), ("width", rng.between(0.5, 5.0))]),
        3 => new(
            "naka-rushton",
            &[("max", 50.0), ("half", rng.between(3.0, 15.0)), ("n", rng.between(1.0, 4.0))],
        ),
        4 => new("threshold-linear", &[("gain", rng.between(0.2, 1.0))]),
        5 => new("linear", &[]),
        _ => Transfer::expression("30/(1 + exp(-(x - 4)/3)) + 0.1*x", &[]).unwrap(),
    }
}

/// Excitation and inhibition with laws and inputs of all sorts.
fn random(rng: &mut Rng, k: usize) -> Circuit {
    let form = if k.is_multiple_of(2) { Form::Rate } else { Form::Voltage };
    let w = Matrix::from_rows(&[
        [rng.between(0.0, 2.0), -rng.between(0.3, 2.0)],
        [rng.between(0.3, 2.0), -rng.between(0.0, 2.0)],
    ]);
    let h = [rng.between(-5.0, 15.0), rng.between(-5.0, 15.0)];
    let laws = [law(rng, k / 2), law(rng, k / 2 + k / 14)];
    let kinds = [CellKind::Excitatory, CellKind::Inhibitory];
    let tau = [rng.between(5.0, 30.0), rng.between(5.0, 30.0)];
    let populations = (0..2)
        .map(|i| population(["E", "I"][i], kinds[i], &tau[i..=i], &h[i..=i], laws[i].clone()))
        .collect();
    Circuit::new(parts(form, populations, &w)).unwrap()
}

fn points(n: &Nullcline) -> impl Iterator<Item = [f64; 2]> + '_ {
    n.branches.iter().flat_map(|b| b.x.data().iter().zip(b.y.data()).map(|(x, y)| [*x, *y]))
}

/// How far each unit is from what it relaxes to.
fn away(c: &Circuit, p: [f64; 2]) -> [f64; 2] {
    let (mut target, mut tau) = ([0.0; 2], [0.0; 2]);
    CircuitDynamics::at_rest(c).relaxation(0.0, &p, &mut target, &mut tau);
    [target[0] - p[0], target[1] - p[1]]
}

#[test]
fn nullclines_solve_their_equations_and_cross_at_the_fixed_points() {
    let mut rng = Rng::new(11);
    let mut several = 0;
    for k in 0..84 {
        let c = random(&mut rng, k);
        let study = Study::new(c.clone(), Choices::default());
        let plane = study.ask::<PhasePlane>().unwrap();
        assert_eq!((plane.names.len(), plane.nullclines.len()), (2, 2));
        let found = &study.fixed_points().unwrap().points;
        assert_eq!(plane.points.len(), found.len());
        several += usize::from(found.len() > 1);
        let size = |a: usize| plane.window[(a, 1)] - plane.window[(a, 0)];
        for (a, n) in plane.nullclines.iter().enumerate() {
            for p in points(n) {
                let residual = away(&c, p)[a].abs();
                assert!(residual <= 1e-9 * (size(a) + p[a].abs()), "{k}, {}: {residual:e} at {p:?}", n.name);
            }
            for q in &plane.points {
                let crossed = points(n).any(|p| p == [q.x, q.y]);
                // A line of its own through a point of tangency may be shorter than a cell of the grid.
                assert!(
                    crossed || c.form() != Form::Rate && q.kind == PlanePointKind::Undecided,
                    "{k}, {}: {q:?}",
                    n.name
                );
            }
        }
    }
    assert!(several > 3, "some have several fixed points: {several}");
}

/// Along lines on which the other unit's state is constant, zeros of the unit's field by a scan are crossings of the curve.
#[test]
fn no_branch_is_missing() {
    let mut rng = Rng::new(12);
    let (mut lines, mut wrong) = (0, 0);
    for k in 0..28 {
        let c = random(&mut rng, k);
        let plane = Study::new(c.clone(), Choices::default()).ask::<PhasePlane>().unwrap();
        for (a, n) in plane.nullclines.iter().enumerate() {
            for _ in 0..12 {
                let b = 1 - a;
                let level = rng.between(plane.window[(b, 0)], plane.window[(b, 1)]);
                let crossings: usize = n
                    .branches
                    .iter()
                    .map(|curve| {
                        let other = [&curve.x, &curve.y][b].data();
                        other.windows(2).filter(|s| (s[0] > level) != (s[1] > level)).count()
                    })
                    .sum();
                let steps = 3000;
                let at = |i: usize| {
                    let share = i as f64 / steps as f64;
                    let own = plane.window[(a, 0)] + share * (plane.window[(a, 1)] - plane.window[(a, 0)]);
                    away(&c, if a == 0 { [own, level] } else { [level, own] })[a] > 0.0
                };
                let scanned = (0..steps).filter(|&i| at(i) != at(i + 1)).count();
                lines += 1;
                wrong += usize::from(crossings != scanned);
            }
        }
    }
    // Lines that all but touch a fold.
    assert!(100 * wrong <= 2 * lines, "{wrong} of {lines}");
}

#[test]
fn kinds_are_those_of_the_eigenvalues() {
    let mut rng = Rng::new(13);
    for k in 0..56 {
        let study = Study::new(random(&mut rng, k), Choices::default());
        let plane = study.ask::<PhasePlane>().unwrap();
        for (p, q) in study.fixed_points().unwrap().points.iter().zip(&plane.points) {
            let [l, m] = p.eigenvalues[..] else { continue };
            let expected = match (l.im != 0.0, l.re < 0.0, m.re < 0.0) {
                (true, true, _) => PlanePointKind::StableFocus,
                (true, false, _) => PlanePointKind::UnstableFocus,
                (false, true, true) => PlanePointKind::StableNode,
                (false, false, true) => PlanePointKind::Saddle,
                _ => PlanePointKind::UnstableNode,
            };
            // Between a node and a focus rounding decides.
            let near = (l - m).norm() < 1e-6 * l.norm();
            assert!(
                q.kind == expected || q.kind == PlanePointKind::Undecided || near,
                "{k}: {q:?}, {l}, {m}"
            );
        }
    }
}

/// The pair of Ahmadian, Rubin and Miller, 40 units to a population, with a step to both.
fn ssn(sizes: [usize; 2], stimulus: Option<f64>) -> Circuit {
    let kinds = [CellKind::Excitatory, CellKind::Inhibitory];
    let totals = [[1.25, -0.65], [1.2, -0.5]];
    let n = sizes[0] + sizes[1];
    let of = |i: usize| usize::from(i >= sizes[0]);
    let w = Matrix::from_fn(n, n, |i, j| totals[of(i)][of(j)] / sizes[of(j)] as f64);
    let populations = (0..2)
        .map(|i| {
            population(
                ["E", "I"][i],
                kinds[i],
                &vec![[20.0, 10.0][i]; sizes[i]],
                &vec![10.0; sizes[i]],
                power(0.04, 2.0),
            )
        })
        .collect();
    let mut p = parts(Form::Rate, populations, &w);
    p.stimuli.extend(stimulus.map(|amplitude| Stimulus {
        name: "step".into(),
        pattern: (0..n).map(|i| [1.0, 0.5][of(i)]).collect(),
        waveform: Waveform::Step { at: 20.0, until: 200.0, amplitude },
    }));
    Circuit::new(p).unwrap()
}

#[test]
fn populations_of_like_units_have_the_plane_of_two() {
    let ask = |c: Circuit| Study::new(c, Choices::default()).ask::<PhasePlane>().unwrap();
    let (one, many) = (ask(ssn([1, 1], Some(5.0))), ask(ssn([8, 5], Some(5.0))));
    assert_eq!((&one.names, one.points.len()), (&many.names, many.points.len()));
    for (p, q) in one.points.iter().zip(&many.points) {
        assert!((p.x - q.x).abs() < 1e-7 && (p.y - q.y).abs() < 1e-7 && p.kind == q.kind && q.stable);
    }
    all_near(many.window.data(), one.window.data(), 1e-5, "window");
    assert_eq!(many.outside, 0);
}

#[test]
fn stimuli_move_nullclines() {
    let c = ssn([1, 1], Some(5.0));
    let plane = Study::new(c, Choices::default()).ask::<PhasePlane>().unwrap();
    let driven = plane.driven.as_ref().expect("a step");
    assert_eq!(driven.added.data(), [5.0, 2.5]);
    assert!(driven.time >= 20.0 && driven.time < 200.0);
    let mut held = ssn([1, 1], None).to_parts();
    (held.populations[0].h[0], held.populations[1].h[0]) = (15.0, 12.5);
    let held = Circuit::new(held).unwrap();
    let found = search(&held).points;
    assert_eq!(driven.points.len(), found.len());
    near(driven.points[0].x, found[0].rates[0], 1e-9, "E under the step");
    for (a, n) in driven.nullclines.iter().enumerate() {
        assert!(points(n).count() > 10 && points(n).all(|p| away(&held, p)[a].abs() < 1e-8));
    }
    // The run goes from the one to the other point, and is back at its end.
    let run = plane.run.as_ref().expect("a run");
    let (x, y) = (run.x.data(), run.y.data());
    // By another program: 48.863 at the end of the step, on the way to 52.183.
    near(x.iter().copied().fold(0.0, f64::max), 48.863, 0.01, "the end of the step");
    near(driven.points[0].x, 52.18348744, 1e-6, "where the step leads");
    near(x[0], plane.points[0].x, 1e-6, "it starts at the operating point");
    assert_eq!(x.len(), y.len());
    assert!(plane.from_rest.is_some());
}

#[test]
fn the_rising_nullcline_of_an_isn_is_told() {
    let told = |h: f64| {
        let mut p = ssn([1, 1], None).to_parts();
        p.populations.iter_mut().for_each(|q| q.h = vec![h]);
        let study = Study::new(Circuit::new(p).unwrap(), Choices::default());
        let index = study.verdicts().unwrap().isn_index.unwrap();
        let section = (question_named("phase_plane").unwrap().section)(&study).unwrap();
        (index, section.verdict.join(" "))
    };
    // THEORY: excitation alone becomes unstable at c* = 7.8425.
    let ((below, weak), (above, strong)) = (told(5.0), told(15.0));
    assert!(below < 0.0 && weak.contains("the nullcline of E falls"), "{below}: {weak}");
    assert!(
        above > 0.0 && strong.contains("the nullcline of E rises") && strong.contains("(ISN)"),
        "{above}: {strong}"
    );
    assert!(weak.contains("cross once, at a stable"), "{weak}");
}

#[test]
fn other_circuits_have_none() {
    let mut rng = Rng::new(14);
    let three = circuit(Form::Rate, &rng.matrix(3, 0.2), &[20.0; 3], &[1.0; 3], &Transfer::identity());
    let study = Study::new(three, Choices::default());
    assert!(matches!(PhasePlane::applies(&study), Applies::No(_)));
    assert!(study.ask::<PhasePlane>().is_err());
}

/// A logistic pair, E first.
fn logistic_pair(w: [[f64; 2]; 2], tau: [f64; 2], h: [f64; 2]) -> Circuit {
    let f = Transfer::new("logistic", &[], 1e-3).unwrap();
    let populations = (0..2)
        .map(|i| population(["E", "I"][i], CellKind::Unconstrained, &tau[i..=i], &h[i..=i], f.clone()))
        .collect();
    Circuit::new(parts(Form::Rate, populations, &Matrix::from_rows(&w))).unwrap()
}

/// Where a run from a state is after a time.
fn after(c: &Circuit, start: [f64; 2], time: f64) -> [f64; 2] {
    let precise = Method::Adaptive { rtol: 1e-10, atol: 1e-12 };
    let t = simulate(&CircuitDynamics::at_rest(c), &start, &[0.0, time], precise, 1e6).unwrap();
    [t.states[(1, 0)], t.states[(1, 1)]]
}

/// Curves go along the flow, the stable manifold parts the states that go to one attractor from those that go to the other.
#[test]
fn manifolds_follow_the_flow_and_part_the_basins() {
    let c = logistic_pair([[12.0, -1.0], [1.0, 0.0]], [20.0, 10.0], [-6.0, -3.0]);
    let plane = Study::new(c.clone(), Choices::default()).ask::<PhasePlane>().unwrap();
    let saddle = plane.points.iter().find(|p| p.kind == PlanePointKind::Saddle).unwrap();
    assert_eq!((plane.points.len(), plane.manifolds.len()), (3, 4));
    for m in &plane.manifolds {
        let at = |k: usize| [m.x.data()[k], m.y.data()[k]];
        let n = m.x.data().len();
        assert_eq!(at(if m.stable { n - 1 } else { 0 }), [saddle.x, saddle.y]);
        for k in (2..n - 2).step_by(7) {
            let (a, b) = (at(k - 1), at(k + 1));
            let (mut v, mut scratch) = ([0.0; 2], [0.0; 2]);
            CircuitDynamics::at_rest(&c).field(0.0, &at(k), &mut v, &mut scratch);
            let step = [b[0] - a[0], b[1] - a[1]];
            let cosine = (step[0] * v[0] + step[1] * v[1]) / (step[0].hypot(step[1]) * v[0].hypot(v[1]));
            assert!(cosine > 0.99, "{cosine} at {:?}", at(k));
        }
        if m.stable {
            // A little to both sides of its middle.
            let (a, b) = (at(n / 2), at(n / 2 + 1));
            let across = [-(b[1] - a[1]), b[0] - a[0]];
            let size = 1e-3 / across[0].hypot(across[1]);
            let goal = |side: f64| {
                let end = after(&c, [a[0] + side * size * across[0], a[1] + side * size * across[1]], 2000.0);
                let nearest = plane.points.iter().min_by(|p, q| {
                    let d = |p: &&neurate::answers::PlaneFixedPoint| (p.x - end[0]).hypot(p.y - end[1]);
                    d(p).total_cmp(&d(q))
                });
                nearest.unwrap().number
            };
            assert_ne!(goal(1.0), goal(-1.0));
        } else {
            assert_eq!(m.other_end, ManifoldEnd::FixedPoint);
            let number = m.point.unwrap();
            let own = plane.points.iter().find(|p| p.number == number).unwrap();
            let end = after(&c, at(n / 2), 2000.0);
            near(own.x, end[0], 1e-6, "x");
            near(own.y, end[1], 1e-6, "y");
        }
    }
}

/// A state on a limit cycle comes back after one period, and the cycle goes round a fixed point that is no saddle.
#[test]
fn limit_cycles_come_back() {
    let mut found = 0;
    for k in 0..12 {
        let c = logistic_pair([[10.0, -10.0], [10.0, 2.0]], [1.0, 1.0], [-4.0 + 0.5 * f64::from(k), -4.0]);
        let plane = Study::new(c.clone(), Choices::default()).ask::<PhasePlane>().unwrap();
        for cycle in &plane.cycles {
            let start = [cycle.x.data()[0], cycle.y.data()[0]];
            let end = after(&c, start, cycle.period);
            let off = (end[0] - start[0]).hypot(end[1] - start[1]);
            assert!(off < if cycle.stable { 1e-5 } else { 1e-2 }, "{k}: {off:e}");
            found += usize::from(cycle.stable);
        }
        // No stable point and bounded rates: Poincare and Bendixson.
        let oscillates = plane.points.iter().all(|p| !p.stable);
        assert!(!oscillates || plane.cycles.iter().any(|c| c.stable), "{k}: {:?}", plane.points);
    }
    assert!(found > 1, "{found}");
}

/// Axes in the other order are the same plane, turned; a slow state is an axis as well, of a unit that adapts the whole circuit.
#[test]
fn any_two_states_make_a_plane() {
    let c = logistic_pair([[12.0, -1.0], [1.0, 0.0]], [20.0, 10.0], [-6.0, -3.0]);
    let of = |x: &str, y: &str, c: &Circuit| {
        let choices = Choices::default().plane((x.to_string(), y.to_string()));
        PhasePlane::clone(&Study::new(c.clone(), choices).ask::<PhasePlane>().unwrap())
    };
    let (own, turned) = (of("E", "I", &c), of("I", "E", &c));
    assert_eq!(
        (own.flow.dx.row(3)[5], own.flow.dy.row(3)[5]),
        (turned.flow.dy.row(5)[3], turned.flow.dx.row(5)[3])
    );
    assert_eq!(own.window.row(0), turned.window.row(1));
    assert_eq!(
        (own.points[0].x, own.manifolds[1].x.data()),
        (turned.points[0].y, turned.manifolds[1].y.data())
    );

    let mut adapting = logistic_pair([[6.0, 0.0], [0.0, 0.0]], [10.0, 10.0], [-2.4, 0.0]).to_parts();
    adapting.populations.truncate(1);
    adapting.weights = neurate::model::Weights::from(Matrix::from_rows(&[[6.0]]));
    adapting.populations[0].slow.adaptation = Some(neurate::model::Adaptation { tau: 100.0, strength: 1.0 });
    let c = Circuit::new(adapting).unwrap();
    let plane = of("E", "adaptation of E", &c);
    assert!(plane.held.is_empty() && plane.points.iter().all(|p| (p.x - p.y).abs() < 1e-9));
    // r = f(6 r - a - 2.4), and a = r.
    for p in points(&plane.nullclines[0]) {
        near(p[0], 1.0 / (1.0 + (-(6.0 * p[0] - p[1] - 2.4)).exp()), 1e-9, "nullcline of E");
    }
    for p in points(&plane.nullclines[1]) {
        near(p[0], p[1], 1e-9, "nullcline of a");
    }
    // Beside a third population it is a slice, through the one steady state.
    let mut three = logistic_pair([[2.0, -1.0], [1.0, 0.0]], [20.0, 10.0], [-1.0, -1.0]).to_parts();
    let mut third = three.populations[1].clone();
    third.name = "S".into();
    three.populations.push(third);
    three.weights = neurate::model::Weights::from(Matrix::from_rows(&[
        [2.0, -1.0, -0.5],
        [1.0, 0.0, -0.7],
        [0.6, 0.0, 0.0],
    ]));
    let c = Circuit::new(three).unwrap();
    let plane = of("E", "S", &c);
    let state = search(&c).points[0].state.clone();
    assert_eq!((plane.held.len(), plane.held[0].name.as_str()), (1, "I"));
    near(plane.held[0].value, state[1], 1e-12, "I is held");
    assert_eq!((plane.points.len(), plane.points[0].kind), (1, PlanePointKind::Stable));
    assert!(plane.manifolds.is_empty() && plane.cycles.is_empty());
    for (n, i) in plane.nullclines.iter().zip([0, 2]) {
        for p in points(n) {
            let (mut target, mut tau) = ([0.0; 3], [0.0; 3]);
            CircuitDynamics::at_rest(&c).relaxation(0.0, &[p[0], state[1], p[1]], &mut target, &mut tau);
            near(target[i], [p[0], state[1], p[1]][i], 1e-9, &n.name);
        }
    }
}
