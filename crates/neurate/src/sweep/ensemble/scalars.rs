//! A circuit as a list of numbers, and which of them an address sets.

use crate::model::transfer::Range;
use crate::model::{Address, Blocks, CellKind, Circuit, Form, Parts, Place, Target, Weights, scaled_total};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use std::ops::Range as Indices;

/// Units up to which a circuit is a list of numbers.
const MAX_UNITS: usize = 64;

/// Where a circuit's numbers stand in the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    /// Weights: to, from; of populations if those are blocks.
    pub weights: Indices<usize>,
    /// Rows of the weights: units, or populations.
    pub rows: usize,
    pub h: Indices<usize>,
    pub tau: Indices<usize>,
    /// One for each population.
    pub sigma: Indices<usize>,
    /// For each population those of its transfer function, floor and refractory fraction among them.
    pub parameters: Vec<Indices<usize>>,
}

/// The numbers of a circuit; None for circuits that are more than a few numbers.
pub(crate) fn scalars(circuit: &Circuit) -> Option<(Layout, Vec<f64>)> {
    let other = circuit.form() == Form::Conductance || circuit.mean_field().is_some() || !circuit.is_plain();
    if other || circuit.n() > MAX_UNITS {
        return None;
    }
    let weights = match circuit.weights() {
        Weights::Dense(w) => w,
        Weights::Blocks(b) => b.weights(),
        _ => return None,
    };
    let mut all = weights.data().to_vec();
    let mut next = |values: &mut dyn Iterator<Item = f64>| {
        let start = all.len();
        all.extend(values);
        start..all.len()
    };
    let populations = circuit.populations();
    let h = next(&mut circuit.h().iter().copied());
    let tau = next(&mut circuit.tau().iter().copied());
    let sigma = next(&mut populations.iter().map(|p| p.sigma));
    let parameters =
        populations.iter().map(|p| next(&mut p.transfer.numbers().iter().map(|q| q.1))).collect();
    let layout = Layout { weights: 0..weights.data().len(), rows: weights.rows(), h, tau, sigma, parameters };
    Some((layout, all))
}

/// Puts other numbers into a circuit's parts.
fn fill(parts: &mut Parts, layout: &Layout, values: &[f64]) -> Result<()> {
    let weights = Matrix::from_vec(layout.rows, layout.rows, values[layout.weights.clone()].to_vec());
    let sizes: Vec<usize> = parts.populations.iter().map(|p| p.size).collect();
    parts.weights = match &parts.weights {
        Weights::Blocks(_) => Weights::Blocks(Blocks::new(&sizes, weights)?),
        _ => weights.into(),
    };
    let mut unit = 0;
    for (k, p) in parts.populations.iter_mut().enumerate() {
        p.h.copy_from_slice(&values[layout.h.clone()][unit..unit + p.size]);
        p.tau.copy_from_slice(&values[layout.tau.clone()][unit..unit + p.size]);
        p.sigma = values[layout.sigma.start + k];
        let given = &values[layout.parameters[k].clone()];
        p.transfer = p.transfer.with_values(given, parts.units.rate_times_time)?;
        unit += p.size;
    }
    Ok(())
}

/// The circuit with other numbers.
pub(crate) fn circuit(like: &Circuit, layout: &Layout, values: &[f64]) -> Result<Circuit> {
    let mut parts = like.to_parts();
    fill(&mut parts, layout, values)?;
    Circuit::new(parts)
}

/// Whether number `k` of a circuit may have this value: the reader's rules.
pub(crate) fn allows(circuit: &Circuit, layout: &Layout, k: usize, value: f64) -> bool {
    if !value.is_finite() {
        return false;
    }
    if layout.weights.contains(&k) {
        let sender = k % layout.rows;
        let blocks = matches!(circuit.weights(), Weights::Blocks(_));
        let population = if blocks { sender } else { circuit.population_of(sender) };
        return match circuit.populations()[population].kind {
            CellKind::Excitatory => value >= 0.0,
            CellKind::Inhibitory => value <= 0.0,
            CellKind::Unconstrained => true,
        };
    }
    if layout.tau.contains(&k) {
        return value > 0.0;
    }
    if layout.sigma.contains(&k) {
        return value >= 0.0;
    }
    let Some(p) = layout.parameters.iter().position(|range| range.contains(&k)) else { return true };
    let law = &circuit.populations()[p].transfer;
    match law.range_of(k - layout.parameters[p].start) {
        Range::Positive => value > 0.0,
        Range::NonNegative => value >= 0.0,
        Range::Flag => value == 0.0 || value == 1.0,
        Range::Any => true,
    }
}

/// How an address' value becomes a number of the list.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Share {
    /// Divided by this.
    Over(f64),
    /// Times this.
    Times(f64),
}

impl Share {
    pub fn of(self, value: f64) -> f64 {
        match self {
            Share::Over(d) => value / d,
            Share::Times(f) => value * f,
        }
    }
}

/// The numbers of the list that an address sets.
///
/// # Errors
/// The built circuit does not know them; see [`Circuit::with`].
pub(crate) fn positions(
    circuit: &Circuit,
    layout: &Layout,
    address: &Address,
) -> Result<Vec<(usize, Share)>> {
    let mut all = Vec::new();
    for Target { place, divisor } in circuit.targets(address)? {
        let units = |range: &Indices<usize>, p: usize| {
            let own = circuit.range(p);
            (range.start + own.start..range.start + own.end).map(|k| (k, Share::Over(divisor)))
        };
        match place {
            Place::H(p) => all.extend(units(&layout.h, p)),
            Place::Tau(p) => all.extend(units(&layout.tau, p)),
            Place::Sigma(p) => all.push((layout.sigma.start + p, Share::Over(divisor))),
            Place::Transfer(p, k) => all.push((layout.parameters[p].start + k, Share::Over(divisor))),
            Place::Entry(i, j) => {
                all.push((layout.weights.start + i * layout.rows + j, Share::Over(divisor)))
            }
            Place::Block(to, from) => match circuit.weights() {
                Weights::Dense(w) => {
                    let (rows, columns) = (circuit.range(to), circuit.range(from));
                    let scaled = scaled_total(w, &rows, &columns);
                    for i in rows {
                        for j in columns.clone() {
                            let share =
                                scaled.map_or(Share::Over(divisor), |total| Share::Times(w[(i, j)] / total));
                            all.push((layout.weights.start + i * layout.rows + j, share));
                        }
                    }
                }
                _ => all.push((layout.weights.start + to * layout.rows + from, Share::Over(divisor))),
            },
        }
    }
    Ok(all)
}
