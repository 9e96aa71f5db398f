//! A supralinear pair from its weights: where it operates, whether inhibition stabilizes it, and what I does when driven.

use neurate::prelude::*;

fn main() -> Result<()> {
    let circuit = Circuit::from_weights(Matrix::from_rows(&[[1.25, -0.65], [1.2, -0.5]]))
        .populations(&[("E", CellKind::Excitatory, 1), ("I", CellKind::Inhibitory, 1)])
        .taus(&[20.0, 10.0])
        .transfer(Transfer::new("power", &[("k", 0.04), ("n", 2.0)], 1e-3)?)
        .input(20.0)
        .build()?;
    let study = Study::new(circuit, Choices::default());
    let point = study.point()?;
    println!("rates (E, I): {:.3?} Hz, stable: {}", point.rates, point.stable());
    let verdicts = study.verdicts()?;
    let inhibitory = &verdicts.self_responses[1];
    println!("ISN: {:?}; I responds paradoxically: {:?}", verdicts.isn, inhibitory.paradoxical);
    Ok(())
}
