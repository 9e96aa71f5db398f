//! Rings: circuits that a turn of all units by one place and a mirror leave as they are.

use crate::branch::circuit_family::CircuitFamily;
use crate::model::Circuit;
use neurate_numerics::linalg::Matrix;

/// The fewest places of a ring.
const FEWEST: usize = 5;
/// The most units of one.
const MOST_UNITS: usize = 400;
/// Weights that differ by less, of the largest, are alike: kernels are rounded.
const ALIKE: f64 = 1e-11;

/// How units can be exchanged: where each goes.
pub(super) type Exchange = Vec<usize>;

/// A ring: populations of one or more units at each of so many places, or of one unit beside the ring.
#[derive(Debug)]
pub(super) struct Ring {
    /// Number of places.
    pub places: usize,
    /// A turn by one place, of units.
    pub turn: Exchange,
    /// Mirrors, of units: through a place, and between two where that is another one (an even number of places).
    pub mirrors: Vec<Exchange>,
}

impl Ring {
    /// The ring that a family of circuits is at all values of its parameter; None if it is none.
    pub fn of(family: &CircuitFamily) -> Option<Ring> {
        let (from, to) = family.window();
        let base = family.circuit(from).ok()?;
        if base.n() > MOST_UNITS || base.mean_field().is_some() || family.has_delays() {
            return None;
        }
        let sizes: Vec<usize> = (0..base.populations().len()).map(|p| base.range(p).len()).collect();
        let places = sizes.iter().filter(|s| **s > 1).fold(0, |a, b| gcd(a, *b));
        if places < FEWEST {
            return None;
        }
        let exchange = |place: &dyn Fn(usize, usize) -> usize| -> Exchange {
            (0..base.n())
                .map(|i| {
                    let range = base.range(base.population_of(i));
                    let size = range.len();
                    if size == 1 { i } else { range.start + place(i - range.start, size) % size }
                })
                .collect()
        };
        let turn = exchange(&|k, size| k + size / places);
        let through = exchange(&|k, size| size - k);
        let between = exchange(&|k, size| size - k + size / places);
        let mirrors = if places % 2 == 0 { vec![through, between] } else { vec![through] };
        let ring = Ring { places, turn, mirrors };
        let holds =
            [from, 0.5 * (from + to), to].iter().all(|p| family.circuit(*p).is_ok_and(|c| ring.leaves(&c)));
        holds.then_some(ring)
    }

    /// Whether a turn and a mirror leave a circuit as it is.
    fn leaves(&self, circuit: &Circuit) -> bool {
        let Ok(w) = circuit.dense_weights() else { return false };
        [&self.turn, &self.mirrors[0]].iter().all(|map| is_alike(map, circuit, &w))
    }

    /// A state of units and slow states after a turn by one place.
    pub fn turned(&self, circuit: &Circuit, x: &[f64]) -> Vec<f64> {
        let mut out = x.to_vec();
        states_of(circuit, &self.turn).iter().zip(x).for_each(|(&to, &x)| out[to] = x);
        out
    }
}

/// Where each state goes where units are exchanged: slow states go with their units.
pub(super) fn states_of(circuit: &Circuit, units: &[usize]) -> Exchange {
    let mut all = units.to_vec();
    for block in circuit.slow() {
        let range = circuit.range(block.population);
        all.extend(range.clone().map(|i| block.first + units[i] - range.start));
    }
    all
}

fn is_alike(map: &[usize], circuit: &Circuit, w: &Matrix) -> bool {
    let room = ALIKE * w.max_abs();
    let same = |v: &[f64]| (0..map.len()).all(|i| (v[map[i]] - v[i]).abs() <= 1e-12 * v[i].abs());
    let n = map.len();
    same(circuit.tau())
        && same(circuit.h())
        && (0..n).all(|i| (0..n).all(|j| (w[(map[i], map[j])] - w[(i, j)]).abs() <= room))
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
