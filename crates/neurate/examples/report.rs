//! Everything that a circuit does, as words, JSON and one HTML page.

use neurate::prelude::*;
use neurate::report::html;

fn main() -> Result<()> {
    let text = file::template("four").expect("it is in the list");
    let circuit = file::parse(&text, "four.toml", ".".as_ref(), &[])?.build()?;
    let study = Study::new(circuit, Choices::default());
    let report = Report::full(&study, "four.toml", &text, &mut |_, _, _| ())?;
    for sentence in &report.summary {
        println!("{sentence}");
    }
    println!("{} bytes of JSON, {} of HTML", report.json().len(), html(&report).len());
    Ok(())
}
