//! A run of a circuit file under its own stimuli.

use neurate::prelude::*;

fn main() -> Result<()> {
    let text = file::template("ei").expect("it is in the list");
    let circuit = file::parse(&text, "ei.toml", ".".as_ref(), &[])?.build()?;
    let study = Study::new(circuit, Choices::default());
    let run = study.trajectory()?;
    let largest = (0..run.states.rows()).map(|k| run.states[(k, 0)]).fold(0.0, f64::max);
    println!(
        "{} states up to {} ms, from {}",
        run.times.len(),
        run.times[run.times.len() - 1],
        study.protocol()?.start_words
    );
    println!("largest rate of E: {largest:.3} Hz");
    Ok(())
}
