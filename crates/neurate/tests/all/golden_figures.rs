//! The text of every figure of the sample report, in a file's colors: `snapshots/all__golden_figures__ID.snap`. Look at
//! a figure before its text is accepted: `neurate-sample.html`, written by the library's test `write_sample`.

// The sample itself is no part of the library.
#[path = "../../src/report/html/sample.rs"]
mod sample;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use neurate::report::draw::Artist;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::Path;

/// A picture of cells by its colors: how it is compressed is the business of a library.
fn picture(base64: &str) -> String {
    let bytes = STANDARD.decode(base64).expect("base64");
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let frame = reader.next_frame(&mut pixels).expect("its pixels");
    let hash: String = Sha256::digest(&pixels).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{} x {} pixels, {:?}, SHA-256 {hash}", frame.width, frame.height, frame.color_type)
}

/// The figure's text, without compressed pictures.
fn golden(svg: &str) -> String {
    let mut pieces = svg.split("base64,");
    let mut out = pieces.next().unwrap_or("").to_string();
    for piece in pieces {
        let (base64, rest) = piece.split_once('"').expect("the picture ends");
        out += &format!("({})\"{rest}", picture(base64));
    }
    out
}

/// A number as every machine writes it: a coordinate has two decimals at most, a label four digits.
fn is_short(number: &str) -> bool {
    let digits = number.trim_start_matches(['0', '.']).chars().filter(char::is_ascii_digit).count();
    number.split_once('.').is_none_or(|(_, decimals)| decimals.len() <= 2 || digits <= 4)
}

#[test]
fn figures() {
    let report = sample::sample();
    let artist = Artist::new(&report.sections);
    let mut drawn = BTreeSet::new();
    for figure in report.sections.iter().flat_map(|s| &s.figures) {
        let svg = golden(&artist.file(figure));
        for number in svg.split(|c: char| !c.is_ascii_digit() && c != '.') {
            assert!(is_short(number), "{}: {number} depends on the machine", figure.id());
        }
        let expression = format!("figure {}: {}", figure.id(), figure.title());
        insta::with_settings!({ omit_expression => true, description => expression }, {
            insta::assert_snapshot!(figure.id(), svg);
        });
        assert!(drawn.insert(format!("all__golden_figures__{}.snap", figure.id())), "{}", figure.id());
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/snapshots");
    let kept = std::fs::read_dir(folder).expect("the snapshots").map(|f| f.expect("a file").file_name());
    for name in kept.map(|n| n.to_string_lossy().into_owned()) {
        let figure = name.starts_with("all__golden_figures__") && name.ends_with(".snap");
        assert!(!figure || drawn.contains(&name), "{name} is of no figure any more");
    }
}
