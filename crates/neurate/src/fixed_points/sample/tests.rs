//! What sampling costs, and when it goes on.

use super::*;
use crate::fixed_points::small::Small;
use crate::fixed_points::unit::Unit;
use crate::model::transfer::Transfer;

fn of(small: &Small, starts: usize, bounded: bool) -> Sample {
    let task = Task {
        first: vec![vec![0.0; small.n()]],
        symmetries: Symmetries::of(small),
        starts,
        bounded,
        ceiling: 1e6,
        progress: &Progress::default(),
    };
    sample(Equations::of_units(small), Starts::of_units(small, 1), &task).unwrap()
}

/// A circuit with few fixed points, here a stable one and one from which rates run away, gets no more than its least number of starts, and costs what it may: an evaluation of
/// four units takes some 0.1 µs.
#[test]
fn few_points_are_cheap() {
    let law = Transfer::new("power", &[("k", 0.04), ("n", 2.0)], 1e-3).unwrap();
    let mut most = 0;
    for k in 0..20 {
        let units =
            (0..4).map(|i| Unit::new(&law, 0.0, 0.0, 3.0 + f64::from(i) + 0.3 * f64::from(k))).collect();
        let w = (0..16).map(|a| if a % 4 < 2 { 0.5 } else { -0.9 - 0.01 * f64::from(a) }).collect();
        let small = Small::of_rate_units(units, w, vec![20.0, 20.0, 10.0, 10.0]);
        let found = of(&small, 200, false);
        assert_eq!((found.points.len(), found.starts), (2, 208));
        most = most.max(found.evaluations);
    }
    println!("at most {most} evaluations");
    assert!(most < 40_000, "{most}");
}

/// Where points keep coming the search goes on: 3^4 states of four weakly coupled bistable units.
#[test]
fn many_points_get_many_starts() {
    let law = Transfer::new("tanh", &[], 1e-3).unwrap();
    let units = (0..4).map(|i| Unit::new(&law, 0.0, 0.0, 0.01 * f64::from(i))).collect();
    let w = (0..16).map(|a| if a % 5 == 0 { 2.0 } else { 0.01 + 0.001 * f64::from(a) }).collect();
    let small = Small::of_rate_units(units, w, vec![10.0; 4]);
    let found = of(&small, 50, true);
    assert_eq!((found.points.len(), found.index_sum), (81, Some(1)));
    assert!(found.starts > 200, "{}", found.starts);
}

#[test]
fn capture_and_recapture() {
    assert_eq!(chao(&[5, 9, 3]), 0.0);
    // Four were met once, one twice: 4 * 3 / (2 * 2).
    assert_eq!(chao(&[1, 1, 1, 1, 2, 7]), 3.0);
}
