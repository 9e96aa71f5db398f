//! Side by side against one by one, and at folds.

use super::*;
use crate::fixed_points::planar::pair;
use crate::fixed_points::unit::Unit;
use crate::model::transfer::Transfer;

/// A reproducible number in 0 to 1.
fn random(k: usize) -> f64 {
    ((k as f64 * 12.9898).sin() * 43758.5453).rem_euclid(1.0)
}

/// Pairs of all signs, some with weights that are zero or thresholds at the input.
fn pairs(count: usize) -> Vec<SquarePair> {
    let one = |e: usize| {
        let mut at = 100 * e;
        let mut within = |lo: f64, hi: f64| {
            at += 1;
            let x = lo + (hi - lo) * random(at);
            if random(at + 50) < 0.04 { 0.0 } else { x }
        };
        SquarePair {
            k: [0.01 + within(0.0, 1.0), 0.01 + within(0.0, 0.2)],
            threshold: [within(-2.0, 2.0), within(-2.0, 2.0)],
            own: [within(-3.0, 3.0), within(-3.0, 3.0)],
            cross: [within(-3.0, 3.0), within(-3.0, 3.0)],
            h: [within(-5.0, 10.0), within(-5.0, 10.0)],
        }
    };
    (0..count).map(one).collect()
}

#[test]
fn side_by_side_as_one_by_one() {
    let pairs = pairs(4000);
    let points = square_pairs(&pairs);
    let (mut settled, mut compared, mut several) = (0, 0, 0);
    for (e, p) in pairs.iter().enumerate() {
        let mine: Vec<[f64; 2]> = points.found.iter().filter(|f| f.0 as usize == e).map(|f| f.1).collect();
        settled += usize::from(points.all[e]);
        let law = |i: usize| {
            Transfer::new("power", &[("k", p.k[i]), ("n", 2.0), ("threshold", p.threshold[i])], 1.0).unwrap()
        };
        let laws = [law(0), law(1)];
        let units = [0, 1].map(|i| Unit::new(&laws[i], 0.0, p.own[i], p.h[i]));
        let Some(theirs) = pair(units, p.cross) else { continue };
        let theirs = theirs.found;
        if !points.all[e] || theirs.iter().any(|f| !f.simple()) {
            continue;
        }
        compared += 1;
        several += usize::from(mine.len() > 1);
        assert_eq!(mine.len(), theirs.len(), "{p:?}");
        // Both to some roundings of the input; near a fold that is amplified.
        let near =
            |a: &[f64; 2], b: &[f64; 2]| (0..2).all(|i| (a[i] - b[i]).abs() <= 1e-7 * (1.0 + a[i].abs()));
        for a in &mine {
            assert_eq!(theirs.iter().filter(|b| near(a, &b.input)).count(), 1, "{p:?} {a:?} {theirs:?}");
        }
    }
    // Most are settled here; some have several fixed points.
    assert!(settled > 3600 && compared > 3500 && several > 300, "{settled} {compared} {several}");
}

/// Where two fixed points meet nothing is settled, nor within some roundings; a clear distance away it is.
#[test]
fn folds_are_left_to_a_closer_look() {
    let (mut made, mut clear, mut by_two) = (0, 0, 0);
    for e in 0..400 {
        let r = |k: usize, lo: f64, hi: f64| lo + (hi - lo) * random(1000 + 20 * e + k);
        let (k, [u, v]) = ([r(0, 0.1, 1.0), r(1, 0.1, 1.0)], [r(2, 0.2, 2.0), r(3, 0.2, 2.0)]);
        let (a, b, c) = (r(4, -1.0, 2.0), r(5, -2.0, 2.0), r(6, -2.0, 2.0));
        let (f, g) = (2.0 * k[0] * u, 2.0 * k[1] * v);
        // det(1 - W G) = 0
        let rest = 1.0 - a * f;
        let d = (rest - b * c * f * g) / (g * rest);
        if rest.abs() < 0.1 || b.abs() < 0.1 || c.abs() < 0.1 || d.abs() > 10.0 {
            continue;
        }
        made += 1;
        let [ru, rv] = [k[0] * u * u, k[1] * v * v];
        let h = [u - a * ru - b * rv, v - c * ru - d * rv];
        let at = |h0: f64| SquarePair { k, threshold: [0.0; 2], own: [a, d], cross: [b, c], h: [h0, h[1]] };
        let off = 1e-8 * (1.0 + h[0].abs());
        let points = square_pairs(&[
            at(h[0]),
            at(h[0].next_up()),
            at(h[0].next_down().next_down()),
            at(h[0] + off),
            at(h[0] - off),
        ]);
        assert_eq!(points.all[..3], [false; 3], "{:?}", at(h[0]));
        let counts = [3, 4].map(|p| points.found.iter().filter(|f| f.0 == p).count() as i32);
        if points.all[3] && points.all[4] {
            clear += 1;
            by_two += i32::from((counts[0] - counts[1]).abs() == 2);
            // Near a cusp another pair may be born within the same distance.
            assert!(matches!((counts[0] - counts[1]).abs(), 0 | 2), "{:?}", at(h[0]));
        }
    }
    assert!(made > 150 && clear > 100 && by_two > clear - clear / 20, "{made} {clear} {by_two}");
}

#[test]
fn what_is_not_settled_is_said() {
    // Nothing to the first from the second, nor back; a fold, where two fixed points are born.
    let alone = SquarePair { k: [1.0; 2], threshold: [0.0; 2], own: [1.0; 2], cross: [0.0; 2], h: [-1.0; 2] };
    let fold = SquarePair { own: [1.0, 0.0], cross: [-1.0, 0.0], h: [0.25, -1.0], ..alone };
    let nan = SquarePair { h: [f64::NAN; 2], cross: [1.0; 2], ..alone };
    // Squares of squares overflow.
    let huge = SquarePair { own: [1.0, -1.0], cross: [-1.0, 1.0], h: [1e100, 1e100], ..alone };
    let points = square_pairs(&[alone, fold, nan, huge]);
    assert_eq!(points.all[..3], [false; 3]);
    assert!(points.found.iter().all(|f| f.0 == 3));
    assert!(square_pairs(&[]).found.is_empty());
}
