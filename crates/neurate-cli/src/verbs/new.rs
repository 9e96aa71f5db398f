//! `neurate new`.

use crate::args::New;
use crate::output;
use neurate::file::{TEMPLATES, template};
use neurate::{Error, Result};

pub fn run(args: &New) -> Result<()> {
    if args.list {
        let lines: String = TEMPLATES.iter().map(|t| format!("{:<14} {}\n", t.name, t.about)).collect();
        return output::print(&lines);
    }
    let Some(text) = template(&args.template) else {
        let names: Vec<&str> = TEMPLATES.iter().map(|t| t.name).collect();
        let nearest = names
            .iter()
            .max_by(|a, b| strsim::jaro(a, &args.template).total_cmp(&strsim::jaro(b, &args.template)));
        let guess = nearest.map_or(String::new(), |n| format!("did you mean {n}? "));
        return Err(Error::invalid(format!("there is no starting file {:?}", args.template))
            .with_help(format!("{guess}One of: {}", names.join(", "))));
    };
    let Some(path) = &args.output else { return output::print(&text) };
    if path.exists() && !args.force {
        return Err(Error::invalid(format!("{} exists", path.display()))
            .with_help("choose another name, or replace it with --force"));
    }
    output::write_file(path, text.as_bytes())?;
    output::print(&format!(
        "{} written; see what it does: neurate report {}\n",
        path.display(),
        path.display()
    ))
}
