use super::*;
use crate::branch::{SpecialKind, diagram};
use crate::model::transfer::Transfer;
use crate::model::{CellKind, Circuit, Parameter};
use neurate_numerics::linalg::Matrix;

/// Two populations that excite themselves and inhibit each other, alike: two pitchforks along their common input.
fn rivals() -> Circuit {
    Circuit::from_weights(Matrix::from_rows(&[[5.0, -7.0], [-7.0, 5.0]]))
        .populations(&[("A", CellKind::Unconstrained, 1), ("B", CellKind::Unconstrained, 1)])
        .tau(10.0)
        .transfer(Transfer::new("logistic", &[], 1e-3).unwrap())
        .inputs(&[0.0, 0.0])
        .build()
        .unwrap()
}

fn common_input() -> Parameter {
    Parameter::joint("c", &[("A.h".parse().unwrap(), 1.0), ("B.h".parse().unwrap(), 1.0)])
}

/// A second start on a branch that is there adds none; were it added, the audit would say so.
#[test]
fn a_branch_that_is_followed_twice_is_one_or_is_told() {
    let (circuit, parameter) = (rivals(), common_input());
    let family = CircuitFamily::new(&circuit, &parameter, (-8.0, 10.0)).unwrap();
    let seeds = seeds(&family, &DiagramOptions::default(), &Progress::default()).unwrap();
    let problem = Scaled::new(&family, units(family.dim(), &seeds), family.window());
    let mut traces = Vec::new();
    seeds.iter().for_each(|at| start_from(&problem, at, &mut traces));
    assert_eq!(traces.len(), 2);

    let at = seeds.iter().find(|s| s.states.len() == 3).unwrap();
    let counted = |traces: &[Trace]| count_of(&describe(&problem, traces).0, family.window(), at.p);
    let followed = |traces: &[Trace]| distinct(&problem, problem.place(at.p), traces);
    let agrees = |traces: &[Trace]| audit(&family, &problem, at, &followed(traces), counted(traces)).agrees();
    assert!(agrees(&traces));

    let one_sided = at.states.iter().find(|x| x[0] - x[1] > 0.1).unwrap();
    let again = || {
        let node = problem.node(problem.scale(one_sided, at.p), &axis(3, 2)).unwrap();
        trace(&problem, &Start::Regular(node))
    };
    add(&problem, again(), &mut traces);
    assert_eq!(traces.len(), 2);
    traces.push(again());
    assert_eq!(distinct(&problem, problem.place(at.p), &traces).len(), 3);
    assert_eq!(counted(&traces), 5);
    assert!(!agrees(&traces));
}

/// A linear pair without input: where excitation of E by itself reaches 1 + 1.2/1.5 every multiple of a pattern rests.
#[test]
fn a_line_of_equilibria_is_one_point_and_no_branch() {
    let text = "neurate = 1\n[populations]\nE = { kind = \"excitatory\", tau = 20, f = \"linear\" }\n\
                I = { kind = \"inhibitory\", tau = 10, f = \"linear\" }\n\
                [W]\n\"E <- E\" = 1.5\n\"E <- I\" = -1\n\"I <- E\" = 1.2\n\"I <- I\" = -0.5\n";
    let circuit = crate::file::parse(text, "linear.toml", ".".as_ref(), &[]).unwrap().build().unwrap();
    let address: crate::model::Address = "W.E<-E".parse().unwrap();
    let found = diagram(&circuit, &Parameter::from(address), (0.0, 4.0)).unwrap();
    assert_eq!(found.branches.len(), 1);
    assert!(found.early_stops().is_empty());
    let lines: Vec<f64> = found.points.iter().map(|p| p.p).collect();
    assert_eq!(found.points.len(), 1, "{lines:?}");
    assert_eq!(found.points[0].kind, SpecialKind::Line);
    // (1 - w)(1 + 0.5) + 1.2 = 0
    assert!((found.points[0].p - 1.8).abs() < 1e-9, "{lines:?}");
    assert_eq!((found.branches[0].unstable.first(), found.branches[0].unstable.last()), (Some(&0), Some(&1)));
}
