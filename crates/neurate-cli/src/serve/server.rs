//! The server: a thread for each connection, a session for each page.

use super::guard::Guard;
use super::http::{Incoming, Request, Response, Trouble};
use super::pages;
use super::watch::Watched;
use neurate::live::Session;
use neurate::{Error, Result};
use serde_json::json;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Connections at once; a browser opens six for a page.
const MAX_CONNECTIONS: usize = 48;
/// Pages whose circuits are kept; the one that was asked longest ago goes first.
const MAX_PAGES: usize = 8;
/// How long a connection may be idle.
const IDLE: Duration = Duration::from_secs(60);
/// How long a page waits for the file to change before it asks again.
const WAIT: Duration = Duration::from_secs(20);

/// A page's circuit, served on this machine.
pub struct Server {
    listener: TcpListener,
    guard: Guard,
    file: Arc<Watched>,
    /// The changes that the page begins with.
    changes: Vec<String>,
    folder: PathBuf,
    /// Names of pages and their sessions, the one that was asked last at the end.
    sessions: Mutex<Vec<(String, Arc<Session>)>>,
    connections: AtomicUsize,
}

impl Server {
    /// Takes a port of the loopback interface: this one, or any that is free.
    pub fn new(port: Option<u16>, file: Arc<Watched>, changes: Vec<String>) -> Result<Server> {
        let taken = |e: std::io::Error| {
            let error = Error::io(match port {
                Some(port) => format!("port {port} of 127.0.0.1 cannot be used: {e}"),
                None => format!("no port of 127.0.0.1 can be used: {e}"),
            });
            if port.is_some() { error.with_help("leave --port out for any that is free") } else { error }
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).map_err(taken)?;
        let port = listener.local_addr().map_err(taken)?.port();
        let folder = file.path().parent().map(PathBuf::from).unwrap_or_default();
        Ok(Server {
            listener,
            guard: Guard::new(port)?,
            file,
            changes,
            folder,
            sessions: Mutex::default(),
            connections: AtomicUsize::new(0),
        })
    }

    /// The address of the page, with its token.
    pub fn address(&self) -> String {
        self.guard.address()
    }

    /// Serves until the process ends.
    pub fn serve(self) -> Result<()> {
        let server = Arc::new(self);
        loop {
            // What fails here is one connection, or there are no more of them for a while.
            let Ok((stream, _)) = server.listener.accept() else {
                std::thread::sleep(Duration::from_millis(50));
                continue;
            };
            let busy = server.connections.fetch_add(1, Ordering::Relaxed) >= MAX_CONNECTIONS;
            let with = server.clone();
            let begun = std::thread::Builder::new().spawn(move || {
                with.connection(stream, busy);
                with.connections.fetch_sub(1, Ordering::Relaxed);
            });
            if begun.is_err() {
                server.connections.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    fn connection(&self, mut stream: TcpStream, busy: bool) {
        let (_, _, _) = (
            stream.set_read_timeout(Some(IDLE)),
            stream.set_write_timeout(Some(IDLE)),
            stream.set_nodelay(true),
        );
        if busy {
            let _ = Response::refusal(503, "too many connections").write(&mut stream, false);
            return;
        }
        let mut incoming = Incoming::default();
        loop {
            let (response, stays) = match incoming.request(&mut stream) {
                Ok(request) => (self.response(&request), request.stays),
                Err(Trouble::Refused(status, why)) => (Response::refusal(status, why), false),
                Err(Trouble::Gone) => return,
            };
            if response.write(&mut stream, stays).is_err() || !stays {
                return;
            }
        }
    }

    fn response(&self, request: &Request) -> Response {
        let path = match self.guard.admit(request) {
            Ok(path) => path,
            Err(why) => return Response::refusal(403, why),
        };
        match (request.method.as_str(), path) {
            ("POST", "ask") => self.ask(request),
            ("GET", "file") => self.file(request),
            ("GET", path) => {
                pages::file(path).unwrap_or_else(|| Response::refusal(404, "there is no such file"))
            }
            _ => Response::refusal(405, "only GET and POST"),
        }
    }

    fn ask(&self, request: &Request) -> Response {
        let Some(session) = request.asked("page").filter(|p| is_name(p)).map(|page| self.session(page))
        else {
            return Response::refusal(400, "a page has a name");
        };
        // What is computed for older requests of the page ends now, not when it is this one's turn.
        let ticket = session.announce();
        let Ok(text) = std::str::from_utf8(&request.body) else {
            return Response::refusal(400, "a question is a text");
        };
        Response::ok("application/json", session.answer_announced(&ticket, text))
    }

    fn file(&self, request: &Request) -> Response {
        let version = request.asked("after").and_then(|v| v.parse().ok()).unwrap_or(0);
        let seen = self.file.after(version, WAIT);
        let (text, trouble) = match seen.text {
            Ok(text) => (Some(text), None),
            Err(why) => (None, Some(why)),
        };
        let name = self.file.path().display().to_string();
        let reply = json!({
            "version": seen.version, "name": name, "text": text, "trouble": trouble, "changes": self.changes,
        });
        Response::ok("application/json", reply.to_string())
    }

    fn session(&self, page: &str) -> Arc<Session> {
        let mut all = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let session = match all.iter().position(|(name, _)| name == page) {
            Some(k) => all.remove(k).1,
            None => Arc::new(Session::new(Some(self.folder.clone()))),
        };
        all.push((page.to_string(), session.clone()));
        if all.len() > MAX_PAGES {
            all.remove(0);
        }
        session
    }
}

fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}
