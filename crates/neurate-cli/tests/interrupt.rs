//! Ctrl-C, as the real binary takes it.
#![cfg(unix)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A circuit whose report takes far longer than this test.
fn large(folder: &Path) -> String {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/random-dale.toml");
    let text = std::fs::read_to_string(example).expect("the example");
    let text = text
        .replace("size = 160", "size = 1000")
        .replace("size = 40", "size = 250")
        .replace("p = 0.2", "p = 0.03");
    let path = folder.join("large.toml");
    std::fs::write(&path, text).expect("a file in a temporary folder");
    path.display().to_string()
}

fn start(args: &[&str]) -> Child {
    let binary = env!("CARGO_BIN_EXE_neurate");
    // Whoever runs the tests may ignore interrupts (a job in the background) or hang-ups (nohup), and children inherit
    // that.
    let mut command = if cfg!(target_os = "linux") {
        let mut env = Command::new("env");
        env.args(["--default-signal", binary]);
        env
    } else {
        Command::new(binary)
    };
    command.args(args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary runs")
}

/// Until the program takes interrupts itself: loading a fresh binary can take a second.
fn listens(child: &Child) {
    let caught = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let mask = status.lines().find_map(|l| l.strip_prefix("SigCgt:")).unwrap_or("0").trim().to_string();
        u64::from_str_radix(&mask, 16).unwrap_or(0) & 0b10 != 0
    };
    let begin = Instant::now();
    while cfg!(target_os = "linux") && !caught() && begin.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder");
    let mut names: Vec<_> =
        entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn an_interrupted_report_leaves_the_old_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let circuit = large(folder.path());
    let old = folder.path().join("report.html");
    std::fs::write(&old, "the old report").expect("a file");
    for wait in [500, 2000] {
        let mut child = start(&["report", &circuit, "-o", &old.display().to_string()]);
        listens(&child);
        std::thread::sleep(Duration::from_millis(wait));
        assert!(child.try_wait().expect("its state").is_none(), "it was to run for longer");
        let sent = Instant::now();
        interrupt(&child);
        let output = child.wait_with_output().expect("it ends");
        assert!(sent.elapsed() < Duration::from_secs(20), "at once: {:?}", sent.elapsed());
        assert_eq!(output.status.code(), Some(130));
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(std::fs::read_to_string(&old).expect("it is there"), "the old report");
        assert_eq!(files(folder.path()), ["large.toml", "report.html"], "no temporary file");
    }
}

#[test]
fn whenever_it_is_interrupted_files_are_whole_or_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let ssn = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/ssn.toml").display().to_string();
    let to = folder.path().join("figures");
    for wait in [20, 60, 100, 150, 200, 300, 400, 500] {
        let child = start(&["report", &ssn, "--json", "--figures", &to.display().to_string()]);
        std::thread::sleep(Duration::from_millis(wait));
        interrupt(&child);
        let code = child.wait_with_output().expect("it ends").status.code();
        // Before the handler is there the signal itself ends the process: then there is no code.
        assert!(matches!(code, Some(0 | 130) | None), "{code:?} after {wait} ms");
        for name in if to.exists() { files(&to) } else { vec![] } {
            assert!(!name.starts_with('.'), "{name} is left after {wait} ms");
            let bytes = std::fs::read(to.join(&name)).expect("a file");
            let whole = bytes.ends_with(b"</svg>\n") || bytes.ends_with(b"IEND\xae\x42\x60\x82");
            assert!(whole, "{name} is half-written after {wait} ms");
        }
    }
}

#[test]
fn each_signal_has_its_exit_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let circuit = large(folder.path());
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let child = start(&["report", &circuit, "-o", &folder.path().join("r.html").display().to_string()]);
        listens(&child);
        std::thread::sleep(Duration::from_millis(100));
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        assert_eq!(child.wait_with_output().expect("it ends").status.code(), Some(code), "{signal}");
        assert_eq!(files(folder.path()), ["large.toml"], "{signal}");
    }
}
