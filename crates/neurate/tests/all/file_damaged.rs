//! Whatever bytes a file holds, and whatever its ending says: a table or an error, within a second, and never a panic.

use crate::files::folder;
use neurate::spec::TableOptions;
use proptest::prelude::*;
use std::path::Path;
use std::time::{Duration, Instant};

/// The files of the repository that hold numbers.
fn seeds() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut all = Vec::new();
    for folder in ["data/everyday", "data/formats", "malformed/weights"] {
        for file in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = file.unwrap().path();
            let ending = path.extension().map(|e| e.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_file() && !["toml", "py"].contains(&ending.as_str()) {
                all.push((ending, std::fs::read(&path).unwrap()));
            }
        }
    }
    all.sort();
    assert!(all.len() > 20);
    all
}

/// Reads bytes under an ending: a table or an error, within a second.
fn survive(folder: &Path, ending: &str, bytes: &[u8]) {
    let start = Instant::now();
    let name = format!("W.{ending}");
    std::fs::write(folder.join(&name), bytes).unwrap();
    for options in [TableOptions::square(), TableOptions::default()] {
        if let Err(e) = neurate::file::folder(folder).table(&name, &options) {
            assert!(e.message().len() < 2_000, "{}", e.message());
        }
    }
    assert!(start.elapsed() < Duration::from_secs(1), ".{ending} took {:?}", start.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn any_bytes_are_a_table_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let folder = folder(&[]);
        for ending in neurate::file::MATRIX_ENDINGS {
            survive(folder.path(), ending, &bytes);
        }
    }

    #[test]
    fn any_characters_of_tables_are_a_table_or_an_error(text in "[0-9eE,;. \t\n\r\"#%+a-]{0,200}") {
        survive(folder(&[]).path(), "csv", text.as_bytes());
    }

    #[test]
    fn damaged_files_are_a_table_or_an_error(
        which in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cuts in any::<bool>(),
    ) {
        let seeds = seeds();
        let (ending, mut bytes) = seeds[which.index(seeds.len())].clone();
        if cuts {
            bytes.truncate(cut.index(bytes.len()) + 1);
        }
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        survive(folder(&[]).path(), &ending, &bytes);
    }
}
