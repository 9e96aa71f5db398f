//! One circuit at many values of a parameter, without describing it again.

use neurate::prelude::*;

fn main() -> Result<()> {
    let text = file::template("ssn").expect("it is in the list");
    let circuit = file::parse(&text, "ssn.toml", ".".as_ref(), &[])?.build()?;
    let weight = Parameter::from("W.E<-E".parse::<Address>()?);
    for value in [0.2, 0.8, 1.4] {
        let study = Study::new(circuit.with(&[(&weight, value)])?, Choices::default());
        match study.operating_point()? {
            Some(point) => println!("{weight} = {value}: {:.2?} Hz", point.rates),
            None => println!("{weight} = {value}: no stable fixed point"),
        }
    }
    Ok(())
}
