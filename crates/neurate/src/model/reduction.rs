//! From conductances to weights: the voltage-form circuit of a conductance-based one.

use super::population::CellKind;

use super::circuit::{Circuit, Parts};

use super::form::Form;
use crate::model::membrane::{synaptic_weight, total_conductance};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;

impl Circuit {
    /// Total conductance of every unit at the rates `r`: leak, background, synapses.
    ///
    /// # Errors
    /// The circuit is not in [`Form::Conductance`].
    pub fn total_conductance(&self, r: &[f64]) -> Result<Vec<f64>> {
        self.require_conductances()?;
        let mut g = vec![0.0; self.n()];
        self.weights().apply(r, &mut g);
        for (p, population) in self.populations().iter().enumerate() {
            if let Some(m) = &population.membrane {
                let rest = total_conductance(&m.channels());
                g[self.range(p)].iter_mut().for_each(|g| *g += rest);
            }
        }
        Ok(g)
    }

    /// The voltage-form circuit with every conductance held at its value at the voltages `v`:
    /// `tau_i = C_i / G_i`, `w_ij = ghat_ij (E_j - V_i) / G_i`, currents over `G_i`.
    ///
    /// At a fixed point `v` it has the same fixed point and the same Jacobian; away from it the
    /// error is of second order in the change of `G` (THEORY S2).
    ///
    /// # Errors
    /// The circuit is not in [`Form::Conductance`], or has slow states or delays.
    pub fn reduced_at(&self, v: &[f64]) -> Result<Circuit> {
        self.require_conductances()?;
        if !self.is_plain() {
            return Err(Error::unsupported(
                "the reduction to weights is of circuits without slow states and delays",
            ));
        }
        let n = self.n();
        let mut r = vec![0.0; n];
        self.rates(v, &[], &mut r);
        let g_total = self.total_conductance(&r)?;
        let reversal: Vec<f64> = (0..n)
            .map(|j| {
                let m = &self.populations()[self.population_of(j)].membrane;
                m.as_ref().map_or(0.0, |m| m.synapse_reversal)
            })
            .collect();
        let ghat = self.dense_weights()?;
        let w = Matrix::from_fn(n, n, |i, j| synaptic_weight(ghat[(i, j)], reversal[j], v[i], g_total[i]));
        let recurrent = w.mul_vec(&r);

        let mut parts: Parts = self.to_parts();
        parts.title = format!("{} (reduced to weights)", self.title());
        parts.form = Form::Voltage;
        for (p, population) in parts.populations.iter_mut().enumerate() {
            let Some(m) = population.membrane.take() else { continue };
            let range = self.range(p);
            population.tau = g_total[range.clone()].iter().map(|g| m.capacitance / g).collect();
            let background: f64 = m.channels().iter().map(|c| c.g * c.reversal).sum();
            population.h = range
                .clone()
                .map(|i| {
                    // Where the full membrane relaxes to at `v`, less what the weights say of it.
                    let synapses: f64 = (0..n).map(|j| ghat[(i, j)] * r[j] * reversal[j]).sum();
                    (background + synapses + self.h()[i]) / g_total[i] - recurrent[i]
                })
                .collect();
            let column_signs = || range.clone().flat_map(|j| (0..n).map(move |i| (i, j)));
            let fits = |sign: f64| column_signs().all(|(i, j)| sign * w[(i, j)] >= 0.0);
            let kept = match population.kind {
                CellKind::Excitatory => fits(1.0),
                CellKind::Inhibitory => fits(-1.0),
                CellKind::Unconstrained => true,
            };
            if !kept {
                population.kind = CellKind::Unconstrained;
            }
        }
        for s in &mut parts.stimuli {
            for (a, g) in s.pattern.iter_mut().zip(&g_total) {
                *a /= g;
            }
        }
        parts.weights = w.into();
        parts.units.drive = parts.units.input.clone();
        parts.units.weight = format!("{}/{}", parts.units.input, parts.units.rate);
        Circuit::new(parts)
    }

    fn require_conductances(&self) -> Result<()> {
        if self.form() == Form::Conductance {
            return Ok(());
        }
        Err(Error::invalid("the circuit has no conductances").with_help("write form = \"conductance\""))
    }
}
