//! What a file holds follows from its ending: nothing else is written into it.

use crate::args::{Format, Study as Args};
use neurate::{Error, Result};
use std::path::Path;

/// What is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    Page,
    Json,
    Table,
    Recording,
    Picture(Format),
}

const ENDINGS: [(&str, Contents); 7] = [
    ("html", Contents::Page),
    ("htm", Contents::Page),
    ("json", Contents::Json),
    ("csv", Contents::Table),
    ("zarr", Contents::Recording),
    ("svg", Contents::Picture(Format::Svg)),
    ("png", Contents::Picture(Format::Png)),
];

/// What a file's ending says of it.
pub fn named(path: &Path) -> Option<Contents> {
    let ending = path.extension()?.to_str()?.to_lowercase();
    ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, contents)| *contents)
}

/// What is to be written: as the output's ending says, else JSON if that is asked for. None where neither says anything:
/// without an output, for a device, `-`, or another ending.
pub fn wanted(args: &Args) -> Option<Contents> {
    args.output.as_deref().and_then(named).or(args.input.json.then_some(Contents::Json))
}

/// Refuses an ending that says something else than what would be written, before anything is computed.
pub fn check(verb: &str, args: &Args) -> Result<()> {
    let Some(path) = args.output.as_deref() else { return Ok(()) };
    let Some(contents) = named(path) else { return Ok(()) };
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let written = match contents {
        Contents::Table => matches!(verb, "simulate" | "diagram"),
        Contents::Recording => verb == "simulate",
        _ => true,
    };
    if !written {
        let own = if verb == "diagram" { ".html, .json, .csv" } else { ".html, .json" };
        return Err(Error::invalid(format!("`neurate {verb}` writes no .{ending}")).with_help(format!(
            "it writes {own}, and one figure as .svg or .png; `neurate simulate` writes .csv and .zarr",
        )));
    }
    if args.input.json && matches!(contents, Contents::Page | Contents::Table) {
        return Err(Error::invalid(format!("--json writes JSON, and {} ends in .{ending}", path.display()))
            .with_help(format!("-o {}, or leave out --json", path.with_extension("json").display())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_say_what_a_file_holds() {
        for (name, contents) in [
            ("x.html", Some(Contents::Page)),
            ("a/x.b.HTML", Some(Contents::Page)),
            ("x.json", Some(Contents::Json)),
            ("x.txt", None),
            ("html", None),
            ("-", None),
            ("/dev/stdout", None),
        ] {
            assert_eq!(named(Path::new(name)), contents, "{name}");
        }
    }
}
