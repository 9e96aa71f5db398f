//! A room imports only from rooms above it in `lib.rs`, and within a room no files import from each other in a circle.

use crate::files::files_below;
use std::fs;
use std::path::{Path, PathBuf};

/// The sources of a room, in a file, a folder or both; files of tests may look anywhere.
fn sources(src: &Path, room: &str) -> Vec<PathBuf> {
    let (single, folder) = (src.join(format!("{room}.rs")), src.join(room));
    let mut all = if folder.is_dir() { files_below(&folder, &["rs"]) } else { Vec::new() };
    all.retain(|path| !path.ends_with("tests.rs"));
    all.extend(Some(single).filter(|path| path.exists()));
    assert!(!all.is_empty(), "{room} has files");
    all
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
        for file in sources(&src, room) {
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

/// A file of a room: its module's path, and its code without tests and comments.
struct File {
    module: Vec<String>,
    code: String,
}

fn files(src: &Path, room: &str) -> Vec<File> {
    let file = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a source file");
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        let code = code.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let relative = path.with_extension("");
        let relative = relative.strip_prefix(src).expect("it is below src");
        let mut module: Vec<String> =
            relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        if module.last().is_some_and(|name| name == "mod") {
            module.pop();
        }
        File { module, code }
    };
    sources(src, room).into_iter().map(file).collect()
}

fn word(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())]
}

/// The first words of what a path leads to: `a::b` to a, `{a, b::{c, d}}` to a and b.
fn leads_to(text: &str) -> Vec<String> {
    let Some(inside) = text.strip_prefix('{') else { return vec![word(text).to_string()] };
    let (mut depth, mut start, mut all) = (0, 0, Vec::new());
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                all.push(word(inside[start..at].trim_start()).to_string());
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    all.retain(|name| !name.is_empty());
    all
}

/// The files of the room that a file names in its paths.
fn imports(file: &File, all: &[File]) -> Vec<usize> {
    let find = |module: &[String]| all.iter().position(|f| f.module == module);
    let mut found = Vec::new();
    // `name` in the module `base`: a module of its own, or something in base itself.
    let mut add = |base: &[String], name: &str| {
        let own = [base, &[name.to_string()]].concat();
        found.extend(find(&own).or_else(|| find(base)));
    };
    for (at, _) in file.code.match_indices("super::") {
        if file.code[..at].ends_with("super::") {
            continue;
        }
        let (mut rest, mut base) = (&file.code[at..], &file.module[..]);
        while let Some(after) = rest.strip_prefix("super::") {
            (rest, base) = (after, &base[..base.len().saturating_sub(1)]);
        }
        leads_to(rest).iter().for_each(|name| add(base, name));
    }
    let room = format!("crate::{}::", file.module[0]);
    for (at, _) in file.code.match_indices(&room) {
        leads_to(&file.code[at + room.len()..]).iter().for_each(|name| add(&file.module[..1], name));
    }
    // What stands in a folder's own file names its files directly.
    for (k, other) in all.iter().enumerate() {
        let Some((name, parent)) = other.module.split_last() else { continue };
        let named = |(at, _): (usize, &str)| {
            !file.code[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c))
        };
        if parent == file.module && file.code.match_indices(&format!("{name}::")).any(named) {
            found.push(k);
        }
    }
    found
}

/// A circle that begins and ends at a file, if there is one.
fn circle(arrows: &[Vec<usize>], path: &mut Vec<usize>, done: &mut [bool]) -> Option<Vec<usize>> {
    let here = *path.last().expect("it begins somewhere");
    for &next in arrows[here].iter().filter(|&&next| next != here) {
        if let Some(at) = path.iter().position(|&k| k == next) {
            return Some(path[at..].to_vec());
        }
        if !done[next] {
            path.push(next);
            if let Some(found) = circle(arrows, path, done) {
                return Some(found);
            }
            path.pop();
        }
    }
    done[here] = true;
    None
}

fn circle_in(src: &Path, room: &str) -> Option<String> {
    let all = files(src, room);
    let arrows: Vec<Vec<usize>> = all.iter().map(|f| imports(f, &all)).collect();
    let mut done = vec![false; all.len()];
    let found = (0..all.len()).find_map(|k| circle(&arrows, &mut vec![k], &mut done))?;
    let names: Vec<String> = found.iter().chain(&found[..1]).map(|&k| all[k].module.join("::")).collect();
    Some(names.join(" -> "))
}

#[test]
fn files_of_a_room_import_in_no_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for src in [root.join("src"), root.join("../neurate-numerics/src")] {
        // What is one file alone has none.
        for room in rooms(&src).into_iter().filter(|room| src.join(room).is_dir()) {
            found.extend(circle_in(&src, &room));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
