//! A room imports only from rooms above it in `lib.rs`.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the room can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn rooms(src: &Path) -> Vec<String> {
    let lib = fs::read_to_string(src.join("lib.rs")).expect("lib.rs");
    let room = |l: &str| {
        l.strip_prefix("pub ").unwrap_or(l).strip_prefix("mod ")?.strip_suffix(';').map(str::to_string)
    };
    lib.lines().filter_map(room).collect()
}

#[test]
fn rooms_import_only_from_above() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rooms = rooms(&src);
    assert!(rooms.len() >= 9, "lib.rs lists the rooms");
    let mut wrong = Vec::new();
    for (k, room) in rooms.iter().enumerate() {
        let mut files = Vec::new();
        let single = src.join(format!("{room}.rs"));
        if single.exists() {
            files.push(single);
        } else {
            sources(&src.join(room), &mut files);
        }
        for file in files {
            let text = fs::read_to_string(&file).expect("a source file");
            // Tests inside a room may look anywhere.
            let code = text.split("#[cfg(test)]").next().unwrap_or("");
            for (n, line) in code.lines().enumerate() {
                for (at, _) in line.match_indices("crate::") {
                    let name: String =
                        line[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    let Some(imported) = rooms.iter().position(|r| *r == name) else { continue };
                    if imported > k && !line.trim_start().starts_with("//") {
                        wrong.push(format!("{}:{}: {room} imports {name}", file.display(), n + 1));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn architecture_names_every_room() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("../../ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    for room in rooms(&root.join("src")) {
        assert!(page.contains(&format!("| `{room}` |")), "ARCHITECTURE.md does not tell of {room}");
    }
}
