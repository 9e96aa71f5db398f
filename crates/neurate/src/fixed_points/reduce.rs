//! What a circuit's fixed points can be reduced to: units with the same law, the same input from outside and the same
//! weights to them have the same rate at every fixed point, and count as one; and units that do not act on each other, however
//! indirectly, are solved one after another.

use super::small::Small;
use super::unit::Unit;
use crate::model::{Circuit, Weights};
use std::collections::HashMap;

/// Different units up to which a circuit is taken apart.
const MAX_DIFFERENT: usize = 64;
/// Units of a circuit whose rows of weights are compared.
const MAX_COMPARED: usize = 1000;

/// The different units of a circuit, in rate form: fixed points are the same in voltage form.
pub(super) struct Reduced<'a> {
    pub small: Small<'a>,
    /// For each unit of the circuit, which of the different ones it is.
    pub group: Vec<usize>,
    /// The first unit of each group.
    pub first: Vec<usize>,
}

/// The different units; None if they are too many, or have other equations.
pub(super) fn reduce(circuit: &Circuit) -> Option<Reduced<'_>> {
    let n = circuit.n();
    // Delays do not move fixed points; settled slow states do.
    if !circuit.sums_rates() {
        return None;
    }
    let blocks = match circuit.weights() {
        Weights::Blocks(blocks) => Some(blocks),
        _ if n > MAX_COMPARED => return None,
        _ => None,
    };
    let mut rows = Vec::new();
    if blocks.is_none() {
        rows = vec![0.0; n * n];
        circuit.weights().for_each(|to, from, w| rows[to * n + from] += w);
    }
    let laws = laws(circuit);
    let (mut group, mut first) = (Vec::with_capacity(n), Vec::new());
    let mut known: HashMap<Vec<u64>, usize> = HashMap::new();
    for i in 0..n {
        let row = if blocks.is_some() { &[][..] } else { &rows[i * n..(i + 1) * n] };
        // Zeros of both signs are one.
        let bits = std::iter::once(&circuit.h()[i]).chain(row).map(|v| (v + 0.0).to_bits());
        // Blocks of weights tell populations apart, whatever their laws.
        let of = circuit.population_of(i);
        let key: Vec<u64> = bits.chain([if blocks.is_some() { of } else { laws[of] } as u64]).collect();
        let g = *known.entry(key).or_insert_with(|| {
            first.push(i);
            first.len() - 1
        });
        if first.len() > MAX_DIFFERENT {
            return None;
        }
        group.push(g);
    }
    let m = first.len();
    let mut w = vec![0.0; m * m];
    for (g, &i) in first.iter().enumerate() {
        for j in 0..n {
            w[g * m + group[j]] += match blocks {
                Some(blocks) => blocks.weights()[(circuit.population_of(i), circuit.population_of(j))],
                None => rows[i * n + j],
            };
        }
    }
    let unit = |&i: &usize| {
        let population = &circuit.populations()[circuit.population_of(i)];
        Unit::new(&population.transfer, population.sigma, 0.0, circuit.h()[i])
    };
    let units = first.iter().map(unit).collect();
    let tau = first.iter().map(|&i| circuit.tau()[i]).collect();
    Some(Reduced { small: Small::of_rate_units(units, w, tau), group, first })
}

/// For each population the first one with the same law and the same fluctuations.
fn laws(circuit: &Circuit) -> Vec<usize> {
    let units: Vec<Unit> =
        circuit.populations().iter().map(|p| Unit::new(&p.transfer, p.sigma, 0.0, 0.0)).collect();
    let same = |a: &Unit, b: &Unit| a.sigma.to_bits() == b.sigma.to_bits() && a.same_law(b);
    (0..units.len()).map(|p| (0..p).find(|&q| same(&units[q], &units[p])).unwrap_or(p)).collect()
}

/// Units that act on each other, and which of the others act on them.
pub(super) struct Component {
    pub units: Vec<usize>,
    /// Units of components before it.
    pub from: Vec<usize>,
}

/// The strongly connected components, senders before receivers.
pub(super) fn components(small: &Small) -> Vec<Component> {
    let n = small.n();
    // Bit j of row i: j acts on i, directly or not. At most 64 units.
    let mut acts: Vec<u64> = (0..n)
        .map(|i| (0..n).filter(|&j| i == j || small.weight(i, j) != 0.0).map(|j| 1 << j).sum())
        .collect();
    for k in 0..n {
        for i in 0..n {
            if acts[i] >> k & 1 == 1 {
                acts[i] |= acts[k];
            }
        }
    }
    let mut all: Vec<Component> = Vec::new();
    let mut order: Vec<usize> = (0..n).collect();
    // Whatever acts on a unit has fewer units that act on it, or the same ones.
    order.sort_by_key(|&i| (acts[i].count_ones(), i));
    let mut placed = 0u64;
    for i in order {
        if placed >> i & 1 == 1 {
            continue;
        }
        let units: Vec<usize> = (0..n).filter(|&j| acts[i] >> j & 1 == 1 && acts[j] >> i & 1 == 1).collect();
        units.iter().for_each(|&j| placed |= 1 << j);
        let from = (0..n)
            .filter(|j| !units.contains(j) && units.iter().any(|&i| small.weight(i, *j) != 0.0))
            .collect();
        all.push(Component { units, from });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::transfer::Transfer;

    #[test]
    fn components_come_senders_first() {
        let law = Transfer::new("tanh", &[], 1e-3).unwrap();
        let n = 6;
        let mut w = vec![0.0; n * n];
        // 4 -> {1, 5} -> 0 -> {2, 3}, and 4 -> 3.
        for (to, from) in [(1, 4), (1, 5), (5, 1), (0, 5), (2, 0), (2, 3), (3, 2), (3, 4)] {
            w[to * n + from] = 0.5;
        }
        let units = (0..n).map(|_| Unit::new(&law, 0.0, 0.0, 0.0)).collect();
        let found = components(&Small::of_rate_units(units, w, vec![1.0; n]));
        let units: Vec<_> = found.iter().map(|c| c.units.clone()).collect();
        assert_eq!(units, [vec![4], vec![1, 5], vec![0], vec![2, 3]]);
        let from: Vec<_> = found.iter().map(|c| c.from.clone()).collect();
        assert_eq!(from, [vec![], vec![4], vec![5], vec![0, 4]]);
    }
}
