//! Figures as files, by the real binary.

use resvg::usvg;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn neurate(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_neurate"))
        .args(args)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .output()
        .expect("the binary runs")
}

fn err(o: &Output) -> String {
    String::from_utf8_lossy(&o.stderr).into_owned()
}

/// Names of all figures of a report in JSON.
fn ids(json: &[u8]) -> Vec<String> {
    let report: Value = serde_json::from_slice(json).expect("JSON");
    let sections = report["sections"].as_array().expect("sections");
    let figures = sections.iter().flat_map(|s| s["figures"].as_array().expect("figures"));
    figures.map(|f| f["id"].as_str().expect("a name").to_string()).collect()
}

/// An SVG file for a paper: it parses, stands alone, has a column's width and only true numbers.
fn is_for_paper(path: &Path) {
    let text = std::fs::read_to_string(path).expect("the SVG is there");
    usvg::Tree::from_str(&text, &usvg::Options::default())
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert!(text.contains("width=\"85mm\"") || text.contains("width=\"170mm\""), "{}", path.display());
    assert!(text.contains("<title>") && text.contains("<desc>"));
    // Letters of an embedded image may spell anything.
    let outside: String = text
        .replace("xmlns=\"http://www.w3.org/2000/svg\"", "")
        .split("base64,")
        .map(|piece| piece.split_once('"').map_or(piece, |(_, rest)| rest))
        .collect();
    for word in ["http", "var(", "class=", "NaN", "inf\"", "<script", "currentColor"] {
        assert!(!outside.contains(word), "{}: {word}", path.display());
    }
}

/// Width, height and dots per inch of a PNG with something on it.
fn png_of(path: &Path) -> (u32, u32, f64) {
    let file = std::io::BufReader::new(std::fs::File::open(path).expect("the PNG is there"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut pixels).expect("its pixels");
    let inked = pixels.chunks(3).filter(|p| p.iter().any(|c| *c < 200)).count();
    assert!(inked > 100, "{}: {inked} pixels are not pale", path.display());
    let info = reader.info();
    let per_inch = info.pixel_dims.map_or(0.0, |d| f64::from(d.xppu) * 0.0254);
    (info.width, info.height, per_inch)
}

#[test]
fn every_figure_of_every_example_is_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    for example in ["ssn", "murphy-miller", "conductance", "isn-paradox", "random-dale", "brunel"] {
        let to = folder.path().join(example);
        let file = format!("examples/{example}.toml");
        let to_text = to.display().to_string();
        let o = neurate(&["report", &file, "--json", "--figures", &to_text, "--dpi", "100"]);
        assert!(o.status.success(), "{example}: {}", err(&o));
        let ids = ids(&o.stdout);
        assert!(ids.len() > 4, "{example}: {ids:?}");
        for id in &ids {
            is_for_paper(&to.join(format!("{id}.svg")));
            let (width, _, dpi) = png_of(&to.join(format!("{id}.png")));
            assert!((334..=336).contains(&width) || (668..=671).contains(&width), "{id}: {width} pixels");
            assert!((dpi - 100.0).abs() < 0.1, "{id}: {dpi}");
        }
        let files = std::fs::read_dir(&to).expect("the folder").count();
        assert_eq!(files, 2 * ids.len(), "{example}: a name is there twice, or a file too many: {ids:?}");
    }
}

#[test]
fn one_figure_as_output() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let text = |p: &PathBuf| p.display().to_string();
    let (svg, png) = (at("spectrum.svg"), at("spectrum.png"));
    for path in [&svg, &png] {
        let o = neurate(&["modes", "examples/ssn.toml", "--figure", "spectrum", "-o", &text(path)]);
        assert!(o.status.success(), "{}", err(&o));
        assert!(o.stdout.is_empty());
    }
    is_for_paper(&svg);
    let (width, height, dpi) = png_of(&png);
    assert!(width == 1004 && height > 300 && (dpi - 300.0).abs() < 0.1, "{width} {height} {dpi}");
    // The same file twice.
    let again = at("again.png");
    neurate(&["modes", "examples/ssn.toml", "--figure", "spectrum", "-o", &text(&again)]);
    assert_eq!(std::fs::read(&png).expect("it"), std::fs::read(&again).expect("it"));
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.svg").display().to_string();
    let refused = |args: &[&str], words: &[&str]| {
        let o = neurate(args);
        assert_eq!(o.status.code(), Some(2), "{args:?}: {}", err(&o));
        words.iter().for_each(|w| assert!(err(&o).contains(w), "{args:?}: {w}: {}", err(&o)));
        assert_eq!(std::fs::read_dir(folder.path()).expect("it").count(), 0, "{args:?} leaves nothing");
    };
    let modes = ["modes", "examples/ssn.toml"];
    refused(
        &[&modes[..], &["--figure", "spektrum", "-o", &path]].concat(),
        &["spektrum", "one of: ", "spectrum"],
    );
    refused(&[&modes[..], &["-o", &path]].concat(), &["--figure ID", "spectrum"]);
    refused(&[&modes[..], &["--figure", "spectrum"]].concat(), &["where to"]);
    refused(&[&modes[..], &["--figure", "spectrum", "--json", "-o", &path]].concat(), &["--figures DIR"]);
    refused(&[&modes[..], &["--figures", "README.md"]].concat(), &["no folder"]);
    refused(&[&modes[..], &["--figures", "x", "--dpi", "0"]].concat(), &["dpi"]);
}
