//! Balanced amplification: eigenvalues below one, and a feedforward weight of eight hidden behind them.

use neurate::linear::modes::{SchurForm, amplification, schur_modes};
use neurate::prelude::*;

fn main() -> Result<()> {
    let w = Matrix::from_rows(&[[4.0, -4.0], [4.0, -4.0]]);
    let schur = schur_modes(&w, SchurForm::Real, &Order::SumFirst)?;
    println!("W_FF from difference to sum: {:.3}", schur.t[(0, 1)].re);
    let transient = amplification(&w.sub(&Matrix::identity(2)))?;
    println!("amplified {:.3}-fold at {:.3} time constants", transient.max, transient.time);
    assert!((transient.max - 1.0) > 1.0);
    Ok(())
}
