//! Where rounding hides how many fixed points there are: folds, pitchforks, lines of fixed points, and infinite gains.

use crate::common::*;
use crate::files::everyday_circuit;
use neurate::answers;
use neurate::fixed_points::{Coverage, FixedPoint, Multiplicity, Search, Stability};
use neurate::linalg::Matrix;
use neurate::linear::Linearization;
use neurate::linear::response::response_matrix;
use neurate::model::transfer::Transfer;
use neurate::model::{CellKind, Circuit, Form, Population};
use neurate::report::Report;
use neurate::study::{Answer, Applies, Choices, Study};

fn law(kind: &str, given: &[(&str, f64)]) -> Transfer {
    Transfer::new(kind, given, 1e-3).unwrap()
}

fn one(f: &Transfer, w: f64, h: f64, form: Form) -> Circuit {
    circuit(form, &Matrix::from_rows(&[[w]]), &[10.0], &[h], f)
}

/// Populations of one unit each, with its own law and input.
fn units(laws: &[Transfer], w: &Matrix, h: &[f64], form: Form) -> Circuit {
    let populations: Vec<Population> = laws
        .iter()
        .zip(["A", "B", "C"])
        .zip(h)
        .map(|((f, name), h)| population(name, CellKind::Unconstrained, &[20.0], &[*h], f.clone()))
        .collect();
    Circuit::new(parts(form, populations, w)).unwrap()
}

fn is_double(p: &FixedPoint) -> bool {
    matches!(p.multiplicity, Multiplicity::Double(_))
}

/// Nothing that follows from a linearization is given at a point.
fn nothing_downstream(c: &Circuit, number: usize) {
    let mut choices = Choices::default();
    choices.at = Some(number);
    let study = Study::new(c.clone(), choices);
    for applies in [
        answers::Responses::applies(&study),
        answers::Fluctuations::applies(&study),
        answers::Linearized::applies(&study),
    ] {
        assert!(matches!(&applies, Applies::Unavailable(why) if why.contains("fixed point")), "{applies:?}");
    }
    assert!(study.linearization().is_err());
    let report = Report::full(&study, "", "", &mut |_, _, _| {}).unwrap();
    assert!(report.unfinished.is_empty(), "{:?}", report.warnings);
}

/// No certainty where there is none.
fn hidden(found: &Search, what: &str) {
    assert!(matches!(found.coverage, Coverage::AllBut(_)), "{what}: {:?}", found.coverage);
    assert!(!found.remarks.is_empty(), "{what}");
    let unclear = found.points.iter().filter(|p| p.multiplicity != Multiplicity::One);
    for p in unclear.clone() {
        assert!(!p.stable() && p.index() == 0 && !p.has_linearization(), "{what}: {p:?}");
        let zero = p.eigenvalues.iter().map(|l| l.norm()).fold(f64::INFINITY, f64::min);
        // At a kink each side has eigenvalues of its own.
        assert!(
            zero <= p.rounding || !p.at_kink.is_empty(),
            "{what}: the eigenvalue is {zero}, its error {}",
            p.rounding
        );
    }
    assert!(unclear.count() >= 1, "{what}");
}

#[test]
fn a_fold_is_a_double_root() {
    let c = everyday_circuit("fold_power_half.toml");
    let found = search(&c);
    hidden(&found, "r = sqrt(r - 1/4)");
    // At r = 0 the input is -1/4, and f zero around it.
    let [rest, p] = &found.points[..] else { panic!("{:?}", found.points) };
    assert!(rest.stable() && rest.rates == [0.0]);
    near(p.rates[0], 0.5, 1e-7, "the double root");
    assert!(is_double(p) && p.stability == Stability::Marginal);
    assert!(p.rounding < 1e-7 && p.rounding > 1e-10, "{}", p.rounding);
    assert_eq!(found.operating_point(), Some(0));
    nothing_downstream(&c, 2);
    let study = Study::new(c, Choices::default());
    let all = study.ask::<answers::FixedPoints>().unwrap();
    assert!(!all.exhaustive);
    assert_eq!(all.points[1].multiplicity, answers::FixedPointMultiplicity::Double);
    let report = Report::full(&study, "", "", &mut |_, _, _| {}).unwrap();
    let words = report.section("fixed_points").unwrap().verdict.join(" ");
    assert!(words.contains("a double root (a fold)"), "{words}");
    assert!(words.contains("one semi-stable fixed point, two, or none"), "{words}");
}

/// Inputs by how much `h` is off the fold, in last places.
const ULPS: [i64; 9] = [0, 1, -1, 2, -2, 3, -3, 4, -4];

fn moved(x: f64, ulps: i64) -> f64 {
    (0..ulps.abs()).fold(x, |x, _| if ulps > 0 { x.next_up() } else { x.next_down() })
}

/// Sign changes of a function on a fine grid about a point.
fn crossings(f: impl Fn(f64) -> f64, about: f64, within: f64) -> usize {
    let at = |k: i32| f(about + within * f64::from(k) / 2000.0);
    (-2000..2000).filter(|&k| (at(k) > 0.0) != (at(k + 1) > 0.0)).count()
}

/// Laws with a place at which they are not straight.
fn curved(rng: &mut Rng, k: usize) -> (Transfer, f64) {
    match k % 6 {
        0 => (power(rng.between(0.3, 2.0), 0.5), rng.between(0.1, 2.0)),
        1 => (power(rng.between(0.05, 2.0), 2.0), rng.between(0.1, 3.0)),
        2 => (law("tanh", &[("max", rng.between(0.5, 3.0))]), rng.between(0.2, 1.5)),
        3 => (law("logistic", &[("max", rng.between(0.5, 5.0))]), rng.between(-1.5, -0.2)),
        4 => (power(rng.between(0.1, 1.0), rng.between(1.3, 3.2)), rng.between(0.2, 2.0)),
        _ => (
            law(
                "naka-rushton",
                &[("max", rng.between(1.0, 20.0)), ("half", 2.0), ("n", rng.between(1.2, 3.0))],
            ),
            rng.between(4.0, 8.0),
        ),
    }
}

#[test]
fn folds_of_one_population() {
    let mut rng = Rng::new(61);
    for k in 0..240 {
        let form = if k % 2 == 0 { Form::Rate } else { Form::Voltage };
        let (f, x) = curved(&mut rng, k / 2);
        let s = f.slopes(x, 0.0);
        let w = 1.0 / s.d_mu;
        let h = x - w * s.rate;
        for ulps in ULPS {
            let found = search(&one(&f, w, moved(h, ulps), form));
            hidden(&found, &format!("{f:?} {ulps}"));
            assert_eq!(found.points.iter().filter(|p| is_double(p)).count(), 1, "{f:?} {ulps}");
        }
        // A clear distance away the fold's points are two, or none.
        for off in [1e-9, -1e-9, 1e-6, -1e-6] {
            let h = h + off * (1.0 + h.abs() + x.abs());
            let found = search(&one(&f, w, h, form));
            assert!(matches!(found.coverage, Coverage::All(_)), "{f:?} {off}");
            let distance = (off.abs()).sqrt() * 30.0 * (1.0 + x.abs());
            let here: Vec<_> = found.points.iter().filter(|p| (p.input[0] - x).abs() < distance).collect();
            let expected = crossings(|x| w * f.rate(x, 0.0) + h - x, x, distance);
            assert_eq!(here.len(), expected, "{f:?} {off}");
            assert!(expected % 2 == 0 && here.iter().filter(|p| p.stable()).count() == expected / 2);
        }
    }
}

#[test]
fn folds_of_two_populations() {
    let mut rng = Rng::new(62);
    let mut made = 0;
    for k in 0..400 {
        let form = if k % 2 == 0 { Form::Rate } else { Form::Voltage };
        let ((f, u), (g, v)) = (curved(&mut rng, k), curved(&mut rng, k / 6));
        let (a, b, c) = (rng.between(-1.0, 2.0), rng.between(-2.0, 2.0), rng.between(-2.0, 2.0));
        let (s, t) = (f.slopes(u, 0.0), g.slopes(v, 0.0));
        // det(1 - W G) = 0
        let rest = 1.0 - a * s.d_mu;
        let d = (rest - b * c * s.d_mu * t.d_mu) / (t.d_mu * rest);
        if rest.abs() < 0.1 || b.abs() < 0.1 || d.abs() > 10.0 {
            continue;
        }
        made += 1;
        let w = Matrix::from_rows(&[[a, b], [c, d]]);
        let h = [u - a * s.rate - b * t.rate, v - c * s.rate - d * t.rate];
        for ulps in [0, 1, -2, 4] {
            let found = search(&units(&[f.clone(), g.clone()], &w, &[moved(h[0], ulps), h[1]], form));
            hidden(&found, &format!("{f:?} {g:?} {w:?} {h:?} {ulps}"));
        }
        // Away from it: what there is is certain, and no root is doubtful.
        for off in [1e-8, -1e-8] {
            let h = [h[0] + off * (1.0 + h[0].abs() + u.abs()), h[1]];
            let found = search(&units(&[f.clone(), g.clone()], &w, &h, form));
            assert!(matches!(found.coverage, Coverage::All(_)), "{f:?} {g:?} {w:?} {h:?}");
            assert!(found.points.iter().all(|p| p.multiplicity == Multiplicity::One));
        }
    }
    assert!(made > 150, "{made}");
}

#[test]
fn triple_roots() {
    let tanh = law("tanh", &[]);
    for ulps in ULPS {
        // r = tanh(w r) at its pitchfork; two of them that inhibit each other.
        let w = moved(1.0, ulps);
        let single = search(&one(&tanh, w, 0.0, Form::Rate));
        let mutual = Matrix::from_rows(&[[0.0, -w], [-w, 0.0]]);
        let pair = search(&units(&[tanh.clone(), tanh.clone()], &mutual, &[0.0; 2], Form::Rate));
        for found in [single, pair] {
            hidden(&found, &format!("w = 1 + {ulps}"));
            let [p] = &found.points[..] else { panic!("{:?}", found.points) };
            assert!(matches!(p.multiplicity, Multiplicity::Triple(_)), "{p:?}");
            assert!(p.rates.iter().all(|r| r.abs() < 1e-6));
        }
    }
    for (off, count, stable) in [(1e-9, 3, 2), (-1e-9, 1, 1)] {
        let w = 1.0 + off;
        let mutual = Matrix::from_rows(&[[0.0, -w], [-w, 0.0]]);
        for found in [
            search(&one(&tanh, w, 0.0, Form::Rate)),
            search(&units(&[tanh.clone(), tanh.clone()], &mutual, &[0.0; 2], Form::Rate)),
        ] {
            assert!(matches!(found.coverage, Coverage::All(_)), "{off} {:?}", found.points);
            assert_eq!(found.points.len(), count, "{off}");
            assert_eq!(found.points.iter().filter(|p| p.stable()).count(), stable, "{off}");
            // r = ± sqrt(3 (w - 1))
            if count == 3 {
                let largest = found.points.iter().map(|p| p.rates[0]).fold(0.0, f64::max);
                near(largest, (3.0 * off).sqrt(), 1e-9, "the branch");
            }
        }
    }
}

#[test]
fn a_kink_has_folds_too() {
    // r = [2 r + h]_+ has 0 and -h for h < 0, none for h > 0, and at 0 the one point of a fold.
    let f = law("threshold-linear", &[]);
    hidden(&search(&one(&f, 2.0, 0.0, Form::Rate)), "h = 0");
    for (h, count) in [(-1e-9, 2), (1e-9, 0)] {
        let found = search(&one(&f, 2.0, h, Form::Rate));
        assert!(matches!(found.coverage, Coverage::All(_)));
        assert_eq!(found.points.len(), count, "{h}");
    }
    // An inhibition-stabilized pair at rest: its excitation alone has such a fold, the pair has not.
    let w = Matrix::from_rows(&[[2.0, -2.0], [2.5, -1.0]]);
    let found = search(&units(&[f.clone(), f.clone()], &w, &[0.0; 2], Form::Rate));
    assert!(matches!(found.coverage, Coverage::All(_)), "{:?}", found.coverage);
    assert!(found.points.len() == 1 && found.points[0].has_linearization());
    // With a weight below 1 the point at the kink is alone.
    let found = search(&one(&f, 0.5, 0.0, Form::Rate));
    assert!(matches!(found.coverage, Coverage::All(_)));
    assert_eq!((found.points.len(), found.points[0].stable()), (1, true));
}

#[test]
fn a_line_is_one_line() {
    let c = everyday_circuit("ray_threshold_linear_duplicate.toml");
    let constants = [];
    let expression = |f: &str| Transfer::expression(f, &constants).unwrap();
    let mut all = vec![c];
    for f in [
        power(1.0, 1.0),
        expression("x"),
        expression("abs(x)"),
        expression("max(0, x)"),
        Transfer::identity(),
    ] {
        all.push(one(&f, 1.0, 0.0, Form::Rate));
        all.push(one(&f, 1.0, 0.0, Form::Voltage));
    }
    for c in all {
        let found = search(&c);
        let what = format!("{:?}", c.populations()[0].transfer);
        let [p] = &found.points[..] else { panic!("{what}: {:?}", found.points) };
        assert_eq!(
            (p.rates[0], p.multiplicity, p.stability),
            (0.0, Multiplicity::Line, Stability::Marginal),
            "{what}"
        );
        assert!(matches!(found.coverage, Coverage::AllBut(_)), "{what}");
        let remark =
            found.remarks.iter().find(|r| r.contains("a line of fixed points, from rates")).expect(&what);
        assert!(remark.contains("∞"), "{remark}");
        // An integrator has modes, and no response.
        assert_eq!(found.operating_point(), Some(0), "{what}");
        let l = Linearization::new(&c, p).unwrap();
        assert!(response_matrix(&l).unwrap().is_none(), "{what}");
    }
    // Two populations whose line does not pass where its extension is nearest to nothing: r_A from 1 on.
    let f = law("threshold-linear", &[]);
    let w = Matrix::from_rows(&[[1.0, 0.0], [1.0, 0.0]]);
    let found = search(&units(
        &[f.clone(), law("threshold-linear", &[("threshold", 1.0)])],
        &w,
        &[0.0; 2],
        Form::Rate,
    ));
    assert!(found.points.iter().all(|p| p.multiplicity == Multiplicity::Line), "{:?}", found.points);
    assert!(found.points.iter().any(|p| (p.rates[0] - 1.0).abs() < 1e-12), "{:?}", found.points);
    // An input that is not along the line leaves none, however small it is.
    for h in [1e-11, -1e-11] {
        let found = search(&one(&Transfer::identity(), 1.0, h, Form::Rate));
        assert!(found.points.is_empty(), "{h}");
    }
    // Nearly a line: one point, and certain.
    let found = search(&one(&Transfer::identity(), 1.0 - 1e-9, 1e-9, Form::Rate));
    assert!(matches!(found.coverage, Coverage::All(_)));
    near(found.points[0].rates[0], 1.0, 1e-6, "r = h/(1 - w)");
}

#[test]
fn infinite_gains() {
    let root = |k: f64| power(k, 0.5);
    let at_rest = |c: &Circuit| {
        let found = search(c);
        let p = found.points.iter().find(|p| p.rates.iter().all(|r| *r == 0.0)).expect("rest").clone();
        assert!(!p.has_linearization() && p.eigenvalues.is_empty() && p.residual == 0.0);
        assert!(found.remarks.iter().any(|r| r.contains("is infinite")), "{:?}", found.remarks);
        assert!(found.operating_point().is_none_or(|k| found.points[k].has_linearization()));
        (p.stability, found)
    };
    // Excites itself: r = sqrt(w r) has 0, which any perturbation leaves, and w.
    for w in [0.5, 1.0, 3.0] {
        let (stability, found) = at_rest(&one(&root(1.0), w, 0.0, Form::Rate));
        assert_eq!(stability, Stability::Unstable(1));
        assert!(matches!(found.coverage, Coverage::All(_)), "{:?}", found.coverage);
        assert_eq!(found.points.len(), 2);
        near(found.points[1].rates[0], w, 1e-14, "r = w");
        assert!(found.points[1].stable() && found.operating_point() == Some(1));
    }
    // Inhibits itself: nothing but rest, and it returns at once.
    let (stability, found) = at_rest(&one(&root(1.0), -2.0, 0.0, Form::Rate));
    assert_eq!((stability, found.points.len()), (Stability::Stable, 1));
    // Excite each other, nothing inhibits: unstable. Inhibit each other: stable.
    for (sign, expected) in [(1.0, Stability::Unstable(1)), (-1.0, Stability::Stable)] {
        let w = Matrix::from_rows(&[[0.0, sign], [sign, 0.0]]);
        let laws = [root(1.0), law("naka-rushton", &[("max", 2.0), ("half", 1.0), ("n", 0.7)])];
        assert_eq!(at_rest(&units(&laws, &w, &[0.0; 2], Form::Voltage)).0, expected);
    }
}

/// What runs from near rest do where linearization does not decide: the first of the everyday circuits returns, a stronger
/// excitation leaves.
#[test]
fn square_roots_at_rest() {
    let c = everyday_circuit("03_sqrt_rest.toml");
    let found = search(&c);
    let rates: Vec<&[f64]> = found.points.iter().map(|p| &p.rates[..]).collect();
    assert_eq!(rates.len(), 3, "{rates:?}");
    for (r, e) in rates.iter().zip([[0.0; 3], [0.1, 0.2, 0.03f64.sqrt()], [0.2, 0.3, 0.06f64.sqrt()]]) {
        all_near(r, &e, 1e-13, "rates");
    }
    assert!(!found.points[0].has_linearization() && found.points[0].at_infinite_gain() == [0, 1, 2]);
    assert_eq!(found.points[1].stability, Stability::Unstable(1));
    assert!(found.points[2].stable() && found.operating_point() == Some(2));
    // Every question has an answer, or says what it lacks.
    let study = Study::new(c.clone(), Choices::default());
    let report = Report::full(&study, "", "", &mut |_, _, _| {}).unwrap();
    assert!(
        report.unfinished.is_empty() && report.warnings.iter().all(|w| !w.contains("section")),
        "{:?}",
        report.warnings
    );
    let json = report.json();
    assert!(!json.contains("inf,") && !json.contains("NaN"));
    for name in ["fixed_points", "eigenmodes", "response", "time_courses"] {
        assert!(report.section(name).is_some(), "{name}");
    }
    assert!(study.trajectory().is_ok());
    nothing_downstream(&c, 1);
}

/// Steep laws make runs from rest stiff; how many evaluations they take is counted where they are made.
#[test]
fn stiff_runs_from_rest_end() {
    let found = search(&everyday_circuit("slow_33s.toml"));
    let [p] = &found.points[..] else { panic!("{:?}", found.points) };
    assert!(p.stable() && p.reached_from_rest, "{:?}", found.remarks);
    all_near(&p.rates, &[0.759_249_78, 0.541_072_77], 1e-7, "rates");
    let mut rng = Rng::new(63);
    for k in 0..150 {
        let n = [0.5, 0.8, 0.3][k % 3];
        let laws = [
            law("power", &[("k", rng.between(0.2, 3.0)), ("n", n)]),
            law(
                "naka-rushton",
                &[("max", rng.between(5.0, 60.0)), ("half", rng.between(0.2, 5.0)), ("n", n)],
            ),
        ];
        let h = [rng.between(-1.0, 3.0), rng.between(-1.0, 3.0)];
        let w = rng.matrix(2, 3.0);
        let found = search(&units(&laws, &w, &h, Form::Rate));
        assert!(!matches!(found.coverage, Coverage::Sampled { .. }), "{laws:?} {w:?} {h:?}");
        for p in &found.points {
            assert!(p.residual < 1e-9 * (1.0 + p.gains.iter().fold(0.0, |m: f64, g| m.max(*g))), "{p:?}");
        }
    }
}

/// r = sqrt(r - 1/4) has the double root 1/2; what it drives follows it.
#[test]
fn a_fold_in_a_part_is_one_of_the_circuit() {
    let w = Matrix::from_rows(&[[1.0, 0.0, 0.0], [1.0, 0.5, 0.0], [0.0, 2.0, 0.0]]);
    let laws = [power(1.0, 0.5), law("tanh", &[]), power(0.1, 2.0)];
    let c = units(&laws, &w, &[-0.25, 0.0, 0.0], Form::Rate);
    let found = search(&c);
    hidden(&found, "a part with a fold");
    let [rest, p] = &found.points[..] else { panic!("{:?}", found.points) };
    assert!(rest.stable() && rest.rates.iter().all(|r| r.abs() < 1e-12));
    assert!(is_double(p) && p.stability == Stability::Marginal);
    let [a, b, out] = p.rates[..] else { panic!("{:?}", p.rates) };
    near(a, 0.5, 1e-7, "the double root");
    near(b, (0.5 * b + a).tanh(), 1e-7, "what it drives");
    near(out, 0.1 * (2.0 * b).powi(2), 1e-7, "and what that drives");
    // The other roots may be as far as those of A, and as what follows them.
    let Multiplicity::Double(within) = p.multiplicity else { panic!() };
    assert!((1e-10..1e-6).contains(&within), "{within}");
    assert_eq!(found.operating_point(), Some(0));
    assert!(found.remarks.iter().all(|r| !r.contains("not listed")), "{:?}", found.remarks);
    nothing_downstream(&c, 2);
    assert!(Linearization::new(&c, p).unwrap_err().message().contains("double root"));
    // Off the fold there are two besides rest, or none, and certain.
    for (h, count) in [(-0.25 + 1e-6, 3), (-0.25 - 1e-6, 1)] {
        let found = search(&units(&laws, &w, &[h, 0.0, 0.0], Form::Rate));
        assert!(matches!(found.coverage, Coverage::All(_)), "{:?}", found.coverage);
        assert_eq!(found.points.len(), count, "{h}: {:?}", found.points);
    }
}

/// Positive weights whose largest eigenvalue, gains included, is 1 at the wanted rates: a fold, or with rates of 0 a pitchfork.
fn critical(inputs: [f64; 3]) -> (Circuit, [f64; 3]) {
    let w = Matrix::from_rows(&[[0.5, 0.3, 0.2], [0.4, 0.6, 0.3], [0.2, 0.5, 0.7]]);
    let rates = inputs.map(f64::tanh);
    let effective = Matrix::from_fn(3, 3, |i, j| (1.0 - rates[i] * rates[i]) * w[(i, j)]);
    let largest = neurate::linalg::eigenvalues(&effective).unwrap().iter().fold(0.0, |m: f64, l| m.max(l.re));
    let w = w.scale(1.0 / largest);
    let h: Vec<f64> = (0..3).map(|i| inputs[i] - (0..3).map(|j| w[(i, j)] * rates[j]).sum::<f64>()).collect();
    let tanh = law("tanh", &[]);
    (units(&[tanh.clone(), tanh.clone(), tanh], &w, &h, Form::Rate), rates)
}

#[test]
fn folds_that_are_sought_are_double_roots() {
    let (c, rates) = critical([0.3, 0.5, 0.8]);
    let found = search(&c);
    let near_it = |p: &&FixedPoint| p.rates.iter().zip(&rates).all(|(a, b)| (a - b).abs() < 1e-4);
    let here: Vec<&FixedPoint> = found.points.iter().filter(near_it).collect();
    assert!(!here.is_empty(), "{:?}", found.points);
    for p in here {
        assert!(is_double(p) && !p.stable() && p.index() == 0 && !p.has_linearization(), "{p:?}");
        assert!(Linearization::new(&c, p).unwrap_err().help().is_some());
    }
    assert!(found.remarks.iter().any(|r| r.contains("a double root (a fold)")), "{:?}", found.remarks);
    let number = found.points.iter().position(|p| near_it(&p)).unwrap() + 1;
    nothing_downstream(&c, number);
    // All tanh fall to the one stable point below.
    assert!(found.points.iter().any(|p| p.stable() && p.has_linearization() && p.rates[0] < 0.0));
}

#[test]
fn pitchforks_that_are_sought_are_triple_roots() {
    let (c, _) = critical([0.0; 3]);
    let found = search(&c);
    assert!(!found.points.is_empty());
    for p in &found.points {
        assert!(p.rates.iter().all(|r| r.abs() < 1e-3), "{:?}", p.rates);
        assert!(matches!(p.multiplicity, Multiplicity::Triple(_)), "{p:?}");
    }
    assert!(found.remarks.iter().any(|r| r.contains("triple root")), "{:?}", found.remarks);
    nothing_downstream(&c, 1);
}
