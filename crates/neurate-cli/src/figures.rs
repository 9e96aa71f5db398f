//! Figures as files: `--figures DIR`, and `-o NAME.svg` or `NAME.png` for one.

use crate::args::{Format, Study as Args};
use crate::endings::{self, Contents};
use crate::{output, picture};
use neurate::report::Figure;
use neurate::report::Report;
use neurate::report::draw::Artist;
use neurate::{Error, Result, disk};
use std::path::Path;

/// The form that a file's ending asks for, if it is a picture's.
fn form(path: &Path) -> Option<Format> {
    if let Some(Contents::Picture(form)) = endings::named(path) { Some(form) } else { None }
}

/// What cannot work is said before anything is computed.
pub fn check(args: &Args) -> Result<()> {
    let to_picture = args.output.as_deref().and_then(form).is_some();
    if to_picture && args.input.json {
        return Err(Error::invalid("--json and a picture as output: one or the other")
            .with_help("pictures go beside JSON with --figures DIR"));
    }
    if !args.pictures.figure.is_empty() && !to_picture && args.pictures.figures.is_none() {
        return Err(Error::invalid("--figure says which figure, but not where to")
            .with_help("add -o spectrum.svg, or --figures DIR"));
    }
    if let Some(folder) = &args.pictures.figures
        && folder.exists()
        && !folder.is_dir()
    {
        return Err(Error::invalid(format!("{} is no folder", folder.display()))
            .with_help("--figures takes a folder; for one file: --figure ID -o NAME.svg"));
    }
    Ok(())
}

/// Writes what pictures were asked for; true if the output was one of them.
pub fn write(args: &Args, report: &Report) -> Result<bool> {
    write_or(args, report, None)
}

/// [`write`]; where one picture is asked for and no figure named, it is the `principal` one.
pub fn write_or(args: &Args, report: &Report, principal: Option<&str>) -> Result<bool> {
    let one = args.output.as_deref().and_then(|p| form(p).map(|f| (p, f)));
    if one.is_none() && args.pictures.figures.is_none() {
        return Ok(false);
    }
    let chosen = chosen(report, &args.pictures.figure)?;
    let artist = Artist::new(&report.sections);
    let dpi = args.pictures.dpi;
    if let Some(folder) = &args.pictures.figures {
        disk::make_folder(folder)?;
        for figure in &chosen {
            let svg = artist.file(figure);
            let path = |ending: &str| folder.join(format!("{}.{ending}", file_name(figure.id())));
            if args.pictures.format != Format::Png {
                output::write_file(&path("svg"), svg.as_bytes())?;
            }
            if args.pictures.format != Format::Svg {
                output::write_file(&path("png"), &picture::png(&svg, dpi)?)?;
            }
        }
        if !args.quiet {
            let names: Vec<&str> = chosen.iter().map(|f| f.id()).collect();
            anstream::eprintln!("figures in {}: {}", folder.display(), names.join(", "));
        }
    }
    let Some((path, form)) = one else { return Ok(false) };
    let only = principal.filter(|_| args.pictures.figure.is_empty());
    let one: Vec<&Figure> = match only {
        Some(id) => chosen.into_iter().filter(|f| f.id() == id).collect(),
        None => chosen,
    };
    let [figure] = one[..] else {
        return Err(Error::invalid(format!(
            "{} holds one figure, and there are {}",
            path.display(),
            one.len()
        ))
        .with_help(format!("say which: --figure ID, one of: {}", ids(report))));
    };
    let svg = artist.file(figure);
    let bytes = if form == Format::Png { picture::png(&svg, dpi)? } else { svg.into_bytes() };
    output::write_file(path, &bytes)?;
    Ok(true)
}

/// The figures of these names, in the report's order; all where none is named.
fn chosen<'a>(report: &'a Report, names: &[String]) -> Result<Vec<&'a Figure>> {
    let all = || report.sections.iter().flat_map(|s| &s.figures);
    if let Some(wrong) = names.iter().find(|n| all().all(|f| f.id() != n.as_str())) {
        return Err(Error::invalid(format!("there is no figure {wrong:?} here"))
            .with_help(format!("one of: {}", ids(report))));
    }
    Ok(all().filter(|f| names.is_empty() || names.iter().any(|n| n == f.id())).collect())
}

fn ids(report: &Report) -> String {
    let ids: Vec<&str> = report.sections.iter().flat_map(|s| &s.figures).map(|f| f.id()).collect();
    if ids.is_empty() { "(no figures)".into() } else { ids.join(", ") }
}

/// A file's name that every system takes.
fn file_name(id: &str) -> String {
    id.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
}
