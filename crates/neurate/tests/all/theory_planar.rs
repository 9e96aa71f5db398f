//! Circuits of two populations: bounds over intervals find every fixed point.

use crate::common::Rng;
use crate::common::*;
use neurate::fixed_points::{Coverage, Search, SearchOptions, fixed_points};
use neurate::linalg::Matrix;
use neurate::model::transfer::Transfer;
use neurate::model::{Blocks, CellKind, Circuit, Form, Population, Weights};

fn law(kind: &str, given: &[(&str, f64)]) -> Transfer {
    Transfer::new(kind, given, 1e-3).unwrap()
}

fn pair(form: Form, w: &Matrix, h: &[f64], laws: &[Transfer; 2]) -> Circuit {
    let populations: Vec<Population> = (0..2)
        .map(|i| population(["A", "B"][i], CellKind::Unconstrained, &[20.0], &h[i..=i], laws[i].clone()))
        .collect();
    Circuit::new(parts(form, populations, w)).unwrap()
}

/// The same with a third unit whose weights are too small to matter: it is no pair any more, and is sampled.
fn by_deflation(form: Form, w: &Matrix, h: &[f64], laws: &[Transfer; 2], starts: usize) -> Search {
    let mut p = pair(form, w, h, laws).to_parts();
    p.populations.push(population("C", CellKind::Unconstrained, &[20.0], &[0.0], law("logistic", &[])));
    p.weights = Weights::from(Matrix::from_fn(3, 3, |i, j| if i < 2 && j < 2 { w[(i, j)] } else { 1e-30 }));
    let search = fixed_points(&Circuit::new(p).unwrap(), &SearchOptions::default().starts(starts)).unwrap();
    assert!(matches!(search.coverage, Coverage::Sampled { .. }));
    search
}

/// Laws and inputs of all sorts; weights of any sign or of excitation and inhibition.
fn random(rng: &mut Rng, k: usize) -> (Form, Matrix, Vec<f64>, [Transfer; 2]) {
    let form = if k.is_multiple_of(2) { Form::Rate } else { Form::Voltage };
    let mut one = |kind: usize| match kind % 6 {
        0 => power(0.04, 2.0),
        1 => {
            law("power", &[("k", 0.02), ("n", rng.between(1.1, 3.5)), ("threshold", rng.between(-2.0, 2.0))])
        }
        2 => law("logistic", &[("max", rng.between(5.0, 60.0)), ("width", rng.between(0.5, 5.0))]),
        3 => law("tanh", &[("max", rng.between(1.0, 10.0)), ("width", rng.between(0.5, 5.0))]),
        4 => law(
            "naka-rushton",
            &[("max", 50.0), ("half", rng.between(3.0, 15.0)), ("n", rng.between(1.0, 4.0))],
        ),
        _ => law("threshold-linear", &[("gain", rng.between(0.2, 1.0))]),
    };
    let laws = match k % 9 {
        0..=2 => [one(0), one(0)],
        8 => [one(2), one(5)],
        kind => [one(kind), one(kind + k / 9)],
    };
    let w = if k % 4 < 3 {
        Matrix::from_rows(&[
            [rng.between(0.2, 2.5), -rng.between(0.2, 2.0)],
            [rng.between(0.2, 2.5), -rng.between(0.0, 2.0)],
        ])
    } else {
        rng.matrix(2, 1.5)
    };
    let h = vec![rng.between(-10.0, 25.0), rng.between(-10.0, 25.0)];
    (form, w, h, laws)
}

#[test]
fn never_fewer_than_the_search_with_deflation() {
    let mut rng = Rng::new(31);
    let (mut several, mut more, mut none, mut all) = (0, 0, 0, 0);
    for k in 0..360 {
        let (form, w, h, laws) = random(&mut rng, k);
        let circuit = pair(form, &w, &h, &laws);
        let found = search(&circuit);
        let what = format!("{k}: {form:?} {w:?} {h:?} {laws:?}");
        assert!(matches!(found.coverage, Coverage::All(_)), "{what}: {:?}", found.coverage);
        let sampled = by_deflation(form, &w, &h, &laws, 40);
        for p in &sampled.points {
            let scale = 1.0 + p.state[..2].iter().fold(0.0, |m: f64, x| m.max(x.abs()));
            let near = |q: &[f64]| q.iter().zip(&p.state).all(|(a, b)| (a - b).abs() <= 1e-7 * scale);
            assert!(found.points.iter().any(|q| near(&q.state)), "{what}: {:?} is missing", p.state);
        }
        for p in &found.points {
            assert!(p.residual < 1e-10, "{what}: {:e}", p.residual);
        }
        for (i, p) in found.points.iter().enumerate() {
            assert!(found.points[..i].iter().all(|q| q.state != p.state), "{what}: twice");
        }
        // Brouwer's degree where all rates are bounded.
        if laws.iter().all(|f| f.bound().is_some()) {
            assert_eq!(found.points.iter().map(|p| p.index()).sum::<i64>(), 1, "{what}");
        }
        several += usize::from(found.points.len() > 1);
        more += usize::from(found.points.len() > sampled.points.len());
        none += usize::from(found.points.is_empty());
        all += found.points.len();
    }
    println!("{all} points, several {several}, more than by deflation {more}, none {none}");
    assert!(several > 30 && none > 3);
}

/// Independent: sign changes along a fine grid of the first one's rate, the second one's by bisection of its own
/// monotone equation (inhibition does not excite itself).
#[test]
fn supralinear_pairs_by_their_nullclines() {
    let f = power(0.04, 2.0);
    let mut rng = Rng::new(5);
    let mut counts = [0usize; 8];
    for k in 0..60 {
        let w = Matrix::from_rows(&[
            [rng.between(0.5, 2.2), -rng.between(0.2, 1.5)],
            [rng.between(0.5, 2.2), -rng.between(0.1, 1.5)],
        ]);
        let h = [rng.between(-6.0, 20.0), rng.between(-6.0, 20.0)];
        let second = |r: f64| {
            let (mut lo, mut hi) = (0.0, 1e6);
            for _ in 0..100 {
                let middle = 0.5 * (lo + hi);
                let x = w[(1, 0)] * r + w[(1, 1)] * middle + h[1];
                if f.rate(x, 0.0) > middle { lo = middle } else { hi = middle }
            }
            0.5 * (lo + hi)
        };
        let g = |r: f64| f.rate(w[(0, 0)] * r + w[(0, 1)] * second(r) + h[0], 0.0) - r;
        // Rates from 1e-3 to 1e4 in ratios of 1.004, and zero.
        let grid: Vec<f64> = (0..4000).map(|i| 1e-3 * 1.004f64.powi(i)).collect();
        let mut roots: Vec<f64> = if g(0.0) == 0.0 { vec![0.0] } else { vec![] };
        let changes = grid.windows(2).filter(|p| g(p[0]) * g(p[1]) < 0.0).map(|p| 0.5 * (p[0] + p[1]));
        roots.extend(changes);
        let circuit = pair(Form::Rate, &w, &h, &[f.clone(), f.clone()]);
        let found = search(&circuit);
        assert!(matches!(found.coverage, Coverage::All(_)));
        let mut rates: Vec<f64> = found.points.iter().map(|p| p.rates[0]).collect();
        rates.sort_by(f64::total_cmp);
        let inside: Vec<f64> =
            rates.iter().copied().filter(|r| *r == 0.0 || (1e-3..8e3).contains(r)).collect();
        assert_eq!(inside.len(), roots.len(), "{k}: {inside:?} {roots:?} {w:?} {h:?}");
        for (r, e) in inside.iter().zip(&roots) {
            assert!((r - e).abs() <= 0.003 * e, "{k}: {r} {e}");
        }
        counts[found.points.len()] += 1;
    }
    assert!(counts[1] > 5 && counts[2] > 5 && counts[0] + counts[3] > 2, "{counts:?}");
}

#[test]
fn populations_of_equal_units_are_two() {
    let f = power(0.04, 2.0);
    let totals = Matrix::from_rows(&[[1.25, -0.65], [1.2, -0.5]]);
    let kinds = [CellKind::Excitatory, CellKind::Inhibitory];
    let sizes = [8, 2];
    let populations: Vec<Population> = (0..2)
        .map(|i| {
            let n = sizes[i];
            population(["E", "I"][i], kinds[i], &vec![20.0; n], &vec![20.0; n], f.clone())
        })
        .collect();
    let mut p = parts(Form::Rate, populations, &Matrix::zeros(10, 10));
    p.weights = Weights::Blocks(Blocks::from_totals(&sizes, &totals).unwrap());
    let found = search(&Circuit::new(p.clone()).unwrap());
    assert!(matches!(found.coverage, Coverage::All(_)), "{:?}", found.coverage);
    let small = search(&pair(Form::Rate, &totals, &[20.0, 20.0], &[f.clone(), f]));
    assert_eq!(found.points.len(), small.points.len());
    for (a, b) in found.points.iter().zip(&small.points) {
        near(a.rates[0], b.rates[0], 1e-11 * (1.0 + b.rates[0]), "E");
        near(a.rates[9], b.rates[1], 1e-11 * (1.0 + b.rates[1]), "I");
    }
    // Units that differ are no pair.
    p.populations[0].h[3] = 21.0;
    let other = fixed_points(&Circuit::new(p).unwrap(), &SearchOptions::default().starts(2)).unwrap();
    assert!(matches!(other.coverage, Coverage::Sampled { .. }));
}

#[test]
fn one_way_and_unconnected_pairs() {
    let tanh = law("tanh", &[]);
    let laws = [tanh.clone(), tanh];
    // r = tanh(w r) with w = ln 3 has 0 and +-1/2; two of them side by side have nine points.
    let w = 3f64.ln();
    let found = search(&pair(Form::Rate, &Matrix::from_rows(&[[w, 0.0], [0.0, w]]), &[0.0, 0.0], &laws));
    assert!(matches!(found.coverage, Coverage::All(_)));
    assert_eq!(found.points.len(), 9);
    assert_eq!(found.points.iter().filter(|p| p.stable()).count(), 4);
    for p in &found.points {
        for r in &p.rates {
            assert!([-0.5, 0.0, 0.5].iter().any(|e| (r - e).abs() < 1e-13), "{r}");
        }
    }
    // One-way, in both directions: the sender has three, and each gives the receiver as many as its own equation.
    for w in [[[w, 0.0], [0.3, 0.5]], [[0.5, 0.3], [0.0, w]]] {
        let found = search(&pair(Form::Voltage, &Matrix::from_rows(&w), &[0.0, 0.0], &laws));
        assert!(matches!(found.coverage, Coverage::All(_)));
        assert_eq!(found.points.len(), 3);
    }
}

/// A saddle-node: on one side two points a known distance apart, on the other none, at the fold itself no claim.
#[test]
fn near_a_fold() {
    let f = power(1.0, 2.0);
    for (gap, count) in [(1e-3, 2), (1e-6, 2), (1e-9, 2), (-1e-9, 0), (-1e-4, 0)] {
        // r = (r + 1/4 - gap)^2: r = 1/4 + gap +- sqrt(gap)
        let w = Matrix::from_rows(&[[1.0]]);
        let found = search(&circuit(Form::Rate, &w, &[10.0], &[0.25 - gap], &f));
        assert!(matches!(found.coverage, Coverage::All(_)), "{gap}");
        assert_eq!(found.points.len(), count, "{gap}");
        for (p, sign) in found.points.iter().zip([-1.0, 1.0]) {
            let exact = 0.25 + gap + sign * gap.abs().sqrt();
            near(p.rates[0], exact, 1e-15 / gap.abs().sqrt() + 1e-15, "fold");
        }
    }
    let found = search(&circuit(Form::Rate, &Matrix::from_rows(&[[1.0]]), &[10.0], &[0.25], &f));
    assert!(!found.points.is_empty() || matches!(found.coverage, Coverage::AllBut(_)));
}

/// Bounds that the enclosures rest on.
#[test]
fn slopes_and_ratios_stay_within_their_bounds() {
    let mut rng = Rng::new(8);
    for f in Transfer::examples() {
        for _ in 0..400 {
            let a = rng.between(-30.0, 60.0);
            let b = a + rng.between(0.0, 1.0).powi(3) * 40.0;
            let Some((low, high)) = f.slope_bounds(a, b) else { continue };
            let x = rng.between(-1.0, 1.0) * 100.0;
            let (least, most) = f.ratio_beyond(x);
            for k in 0..=20 {
                let s = f.slopes((a + (b - a) * f64::from(k) / 20.0).min(b), 0.0).d_mu;
                assert!(
                    s >= low * (1.0 - 1e-13) && s <= high * (1.0 + 1e-13),
                    "{f:?} {a} {b}: {s} {low} {high}"
                );
                let y = x * 1.6f64.powi(k);
                let ratio = f.rate(y, 0.0) / y.abs();
                let slack = 1e-13 * ratio.abs();
                assert!(
                    ratio >= least - slack && ratio <= most + slack,
                    "{f:?} {x} {y}: {ratio} {least} {most}"
                );
            }
        }
    }
}
