//! Nothing changes the disk but `disk.rs`: there files are whole or absent, and every operation is made to fail in tests.

use crate::files::files_below;
use std::fs;
use std::path::Path;

/// What changes the disk in Rust.
const RUST: [&str; 16] = [
    "fs::write(",
    "fs::rename(",
    "fs::copy(",
    "fs::remove_",
    "fs::create_dir",
    "fs::hard_link(",
    "fs::soft_link(",
    "fs::set_permissions(",
    "fs::symlink",
    "File::create",
    "File::options(",
    "OpenOptions",
    "DirBuilder",
    ".set_len(",
    ".set_modified(",
    "create_dir_all(",
];
/// And in Python, besides `open` with a mode that writes.
const PYTHON: [&str; 15] = [
    "write_text(",
    "write_bytes(",
    ".tofile(",
    "np.save",
    "savetxt(",
    "to_csv(",
    "to_netcdf(",
    "to_zarr(",
    "os.rename(",
    "os.replace(",
    "os.remove(",
    "os.unlink(",
    "os.mkdir(",
    "os.makedirs(",
    "shutil.",
];

/// Whether a line of Python opens a file to write.
fn opens_to_write(line: &str) -> bool {
    line.match_indices("open(").any(|(at, word)| {
        let called = &line[at + word.len()..];
        // The mode is a text of its own: "w", 'ab', "r+".
        called.split(['"', '\'']).skip(1).step_by(2).any(|text| {
            text.len() <= 3
                && text.contains(['w', 'a', 'x', '+'])
                && text.chars().all(|c| "rwaxbt+".contains(c))
        })
    })
}

#[test]
fn nothing_writes_around_the_one_layer() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut wrong = Vec::new();
    for (folder, ending) in [
        ("neurate/src", "rs"),
        ("neurate-numerics/src", "rs"),
        ("neurate-cli/src", "rs"),
        ("neurate-py/src", "rs"),
        ("neurate-py/python", "py"),
    ] {
        let files = files_below(&crates.join(folder), &[ending]);
        assert!(!files.is_empty(), "{folder}");
        for file in files {
            // The layer itself, and its tests.
            if file.ends_with("neurate/src/disk.rs") || file.ends_with("tests.rs") {
                continue;
            }
            let text = fs::read_to_string(&file).expect("a source file");
            let code = text.split("#[cfg(test)]").next().unwrap_or("");
            for (n, line) in code.lines().enumerate() {
                let start = line.trim_start();
                // Comments; and code that documentation names or shows.
                let shown =
                    ["//", "#", ">>>", "..."].iter().any(|c| start.starts_with(c)) || line.contains("``");
                let writes = match ending {
                    "rs" => RUST.iter().any(|w| line.contains(w)),
                    _ => PYTHON.iter().any(|w| line.contains(w)) || opens_to_write(line),
                };
                if writes && !shown {
                    wrong.push(format!("{}:{}: {}", file.display(), n + 1, line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "write through neurate::disk instead:\n{}", wrong.join("\n"));
}

#[test]
fn modes_that_write_are_seen() {
    for writes in [
        "with open(path, \"w\") as f:",
        "open(p, mode='ab')",
        "path.open(\"r+\")",
        "open(p, 'x', encoding='utf-8')",
    ] {
        assert!(opens_to_write(writes), "{writes}");
    }
    for reads in [
        "open(path)",
        "open(path, \"rb\")",
        "with open(os.path.join(folder, name), encoding=\"utf-8\") as f:",
    ] {
        assert!(!opens_to_write(reads), "{reads}");
    }
}
