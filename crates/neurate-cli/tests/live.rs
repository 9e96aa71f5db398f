//! `neurate live`, as the real binary serves it: who is answered, what is watched, and how it ends.
#![cfg(unix)]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_neurate");

fn ssn() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/ssn.toml");
    std::fs::read_to_string(path).expect("the example")
}

/// A running server; it ends with the test.
struct Live {
    child: Child,
    host: String,
    token: String,
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Live {
    fn start(file: &Path, more: &[&str]) -> Live {
        // Whoever runs the tests may ignore interrupts, and children inherit that.
        let mut command = Command::new(if cfg!(target_os = "linux") { "env" } else { BINARY });
        if cfg!(target_os = "linux") {
            command.args(["--default-signal", BINARY]);
        }
        let mut child = command
            .arg("live")
            .arg(file)
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("the address");
        let address = line.trim().strip_prefix("http://").expect("an address").to_string();
        let (host, token) = address.trim_end_matches('/').split_once('/').expect("a token");
        Live { child, host: host.to_string(), token: token.to_string() }
    }

    /// Sends bytes and returns status and body.
    fn send(&self, bytes: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.host).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        stream.write_all(bytes).expect("sent");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("a reply");
        let status = reply.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        (status, reply.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_string()))
    }

    fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let length = body.len();
        self.send(format!("{method} {path} HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}").as_bytes())
    }

    fn get(&self, name: &str) -> (u16, String) {
        self.request("GET", &format!("/{}/{name}", self.token), &format!("Host: {}\r\n", self.host), "")
    }

    fn ask(&self, page: &str, question: &Value) -> Value {
        let path = format!("/{}/ask?page={page}", self.token);
        let (status, body) =
            self.request("POST", &path, &format!("Host: {}\r\n", self.host), &question.to_string());
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).expect("a reply is JSON")
    }

    fn file(&self, after: u64) -> Value {
        let (status, body) = self.get(&format!("file?after={after}"));
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).expect("a reply is JSON")
    }
}

#[test]
fn only_the_page_itself_is_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ssn.toml");
    std::fs::write(&file, ssn()).expect("a file");
    let live = Live::start(&file, &[]);
    assert!(live.host.starts_with("127.0.0.1:") && live.token.len() == 32, "{}", live.host);
    let (status, page) = live.get("");
    assert!(status == 200 && page.starts_with("<!doctype html>"));
    for name in ["live.css", "report.css", "main.js"] {
        assert_eq!(live.get(name).0, 200, "{name}");
    }
    assert_eq!(live.get("../Cargo.toml").0, 404);
    let mine = format!("Host: {}\r\n", live.host);
    let home = format!("/{}/", live.token);
    let wrong = format!("/{}/", "0".repeat(32));
    for (path, headers) in [
        ("/", mine.clone()),
        ("/main.js", mine.clone()),
        (wrong.as_str(), mine.clone()),
        (home.as_str(), String::new()),
        (home.as_str(), "Host: evil.example\r\n".into()),
        (home.as_str(), format!("{mine}Origin: http://evil.example\r\n")),
        (home.as_str(), format!("{mine}Sec-Fetch-Site: cross-site\r\n")),
    ] {
        let (status, body) = live.request("GET", path, &headers, "");
        assert_eq!(status, 403, "{path} {headers}");
        assert!(!body.contains(&live.token) && body.len() < 100);
    }
    for (bytes, status) in [
        (&b"nonsense\r\n\r\n"[..], 400),
        (b"GET / HTTP/1.0\r\n\r\n", 505),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
    ] {
        assert_eq!(live.send(bytes).0, status, "{}", String::from_utf8_lossy(bytes));
    }
    let long = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "a".repeat(17_000));
    assert_eq!(live.send(long.as_bytes()).0, 431);
    assert_eq!(live.request("DELETE", &home, &mine, "").0, 405);
    assert_eq!(live.request("POST", &format!("{home}ask"), &mine, "{}").0, 400, "a page has a name");
    // It still answers.
    assert_eq!(live.get("").0, 200);
}

#[test]
fn it_answers_questions_and_follows_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ssn.toml");
    std::fs::write(&file, ssn()).expect("a file");
    let live = Live::start(&file, &["--set", "E.h=21"]);
    let seen = live.file(0);
    assert_eq!((seen["text"].as_str(), &seen["changes"]), (Some(ssn().as_str()), &json!(["E.h=21"])));
    let open = |page: &str, text: &Value| {
        live.ask(page, &json!({ "do": "open", "name": seen["name"], "text": text }))
    };
    let described = open("a", &seen["text"]);
    assert!(described["handles"].as_array().expect("handles").len() > 20, "{described}");
    let asked =
        json!({ "do": "ask", "changes": ["E.h=21"], "questions": ["verdict", "fixed_points"], "data": true });
    let reply = live.ask("a", &asked);
    assert!(reply["sections"][0]["open"].as_str().expect("words").contains("Inhibition-stabilized"));
    // The same numbers as on the terminal.
    let args = ["fixed-points", &file.display().to_string(), "--set", "E.h=21", "--json"];
    let terminal = Command::new(BINARY).args(args).output().expect("the binary runs");
    let terminal: Value = serde_json::from_slice(&terminal.stdout).expect("JSON");
    let rates = |data: &Value| data["points"][0]["rates"].to_string();
    assert_eq!(rates(&reply["sections"][1]["data"]), rates(&terminal["sections"][0]["data"]));
    assert!(rates(&terminal["sections"][0]["data"]).contains('.'));
    // Another page has a circuit of its own.
    assert_eq!(live.ask("b", &asked)["error"]["message"], "no circuit is open");

    // A page that waits hears of an edit; what does not parse is said, with its place, and the circuit stays.
    let version = seen["version"].as_u64().expect("a version");
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| live.file(version));
        std::thread::sleep(Duration::from_millis(300));
        std::fs::write(&file, ssn().replace("\"E <- I\"", "E <- I")).expect("a file");
        let seen = waiting.join().expect("it is answered");
        assert!(seen["version"].as_u64() > Some(version));
        let reply = open("a", &seen["text"]);
        let line = 1 + ssn().lines().position(|l| l.contains("\"E <- I\"")).expect("the line");
        assert_eq!((&reply["ok"], &reply["error"]["line"]), (&json!(false), &json!(line)));
    });
    assert_eq!(live.ask("a", &asked)["ok"], true);
}

#[test]
fn an_interrupt_ends_it_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ssn.toml");
    std::fs::write(&file, ssn()).expect("a file");
    let mut live = Live::start(&file, &[]);
    // A page waits for the file, as it does all the time.
    let mut waiting = TcpStream::connect(&live.host).expect("a connection");
    let request = format!("GET /{}/file?after=1 HTTP/1.1\r\nHost: {}\r\n\r\n", live.token, live.host);
    waiting.write_all(request.as_bytes()).expect("sent");
    std::thread::sleep(Duration::from_millis(100));
    let sent = Instant::now();
    let status =
        Command::new("kill").args(["-INT", &live.child.id().to_string()]).status().expect("kill runs");
    assert!(status.success());
    assert_eq!(live.child.wait().expect("it ends").code(), Some(130));
    assert!(sent.elapsed() < Duration::from_secs(5), "at once: {:?}", sent.elapsed());
}

#[test]
fn what_cannot_be_served_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bad.toml");
    std::fs::write(&file, ssn().replace("kind = \"excitatory\"", "kind = \"exitatory\"")).expect("a file");
    let live = |args: &[&str]| Command::new(BINARY).arg("live").args(args).output().expect("the binary runs");
    let bad = live(&[&file.display().to_string()]);
    let words = String::from_utf8_lossy(&bad.stderr).into_owned();
    assert!(
        bad.status.code() == Some(2) && words.contains("bad.toml:") && words.contains("excitatory"),
        "{words}"
    );
    assert!(bad.stdout.is_empty());
    std::fs::write(&file, ssn()).expect("a file");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its address").port().to_string();
    let o = live(&[&file.display().to_string(), "--port", &port]);
    let words = String::from_utf8_lossy(&o.stderr).into_owned();
    assert!(o.status.code() == Some(1) && words.contains(&port) && words.contains("--port"), "{words}");
}
