//! The little of HTTP/1.1 that a page needs, with limits on everything that is read.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

/// Bytes of a request's line and headers.
const MAX_HEAD: usize = 16 * 1024;
/// Headers of a request.
const MAX_HEADERS: usize = 64;
/// Bytes of a body: a circuit file with its numbers.
const MAX_BODY: usize = 8 * 1024 * 1024;
/// How long a request may take to come in, from its first byte on.
const MAX_ARRIVAL: Duration = Duration::from_secs(15);

/// A request.
#[derive(Debug)]
pub struct Request {
    pub method: String,
    /// Without the query.
    pub path: String,
    pub query: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether the connection stays.
    pub stays: bool,
}

impl Request {
    /// The value of a header; None: it is not there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
    /// The value of a key in the query.
    pub fn asked(&self, key: &str) -> Option<&str> {
        self.query.split('&').filter_map(|pair| pair.split_once('=')).find(|(k, _)| *k == key).map(|(_, v)| v)
    }
}

/// Why a request is not answered.
#[derive(Debug, PartialEq)]
pub enum Trouble {
    /// The other side is gone, silent for too long, or the connection is over.
    Gone,
    /// It breaks a rule: the status to answer with.
    Refused(u16, &'static str),
}

use Trouble::{Gone, Refused};

/// Bytes of a connection that were read and not used yet.
#[derive(Default)]
pub struct Incoming {
    bytes: Vec<u8>,
}

impl Incoming {
    /// Reads the next request.
    pub fn request(&mut self, stream: &mut impl Read) -> Result<Request, Trouble> {
        let mut begun = (!self.bytes.is_empty()).then(Instant::now);
        let end = loop {
            if let Some(end) = find(&self.bytes, b"\r\n\r\n") {
                break end;
            }
            if self.bytes.len() > MAX_HEAD {
                return Err(Refused(431, "the headers are too long"));
            }
            self.more(stream, &mut begun)?;
        };
        if end > MAX_HEAD {
            return Err(Refused(431, "the headers are too long"));
        }
        let (mut request, length) = head(&self.bytes[..end])?;
        self.bytes.drain(..end + 4);
        while self.bytes.len() < length {
            self.more(stream, &mut begun)?;
        }
        request.body = self.bytes.drain(..length).collect();
        Ok(request)
    }

    fn more(&mut self, stream: &mut impl Read, begun: &mut Option<Instant>) -> Result<(), Trouble> {
        let mut part = [0; 16 * 1024];
        let n = stream.read(&mut part).map_err(|_| Gone)?;
        if n == 0 || begun.get_or_insert_with(Instant::now).elapsed() > MAX_ARRIVAL {
            return Err(Gone);
        }
        self.bytes.extend_from_slice(&part[..n]);
        Ok(())
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|w| w == what)
}

/// Request line and headers, and the length of the body.
fn head(bytes: &[u8]) -> Result<(Request, usize), Trouble> {
    const BAD: Trouble = Refused(400, "this is no request");
    let text = std::str::from_utf8(bytes).map_err(|_| BAD)?;
    let mut lines = text.split("\r\n");
    let words: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    let [method, target, version] = words[..] else { return Err(BAD) };
    if version != "HTTP/1.1" {
        return Err(Refused(505, "HTTP/1.1 is spoken here"));
    }
    let clean = |s: &str| s.bytes().all(|b| (0x21..0x7f).contains(&b));
    if !target.starts_with('/') || !clean(target) || !method.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(BAD);
    }
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in lines {
        let (name, value) = line.split_once(':').ok_or(BAD)?;
        // A name with a blank, or a line that goes on the one before, is how requests are smuggled.
        if name.is_empty() || !clean(name) || value.bytes().any(|b| b < 0x20 && b != b'\t') {
            return Err(BAD);
        }
        headers.push((name.to_ascii_lowercase(), value.trim().to_string()));
    }
    if headers.len() > MAX_HEADERS {
        return Err(Refused(431, "there are too many headers"));
    }
    let of =
        |name: &str| headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect::<Vec<_>>();
    if !of("transfer-encoding").is_empty() || !of("expect").is_empty() {
        return Err(Refused(501, "a body has a length here"));
    }
    if of("host").len() > 1 || of("origin").len() > 1 {
        return Err(BAD);
    }
    let length = match of("content-length")[..] {
        [] => 0,
        [length] if length.bytes().all(|b| b.is_ascii_digit()) => length.parse().unwrap_or(usize::MAX),
        _ => return Err(BAD),
    };
    if length > MAX_BODY {
        return Err(Refused(413, "the body is too long"));
    }
    let stays = !of("connection").iter().any(|v| v.eq_ignore_ascii_case("close"));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (method, path, query) = (method.to_string(), path.to_string(), query.to_string());
    Ok((Request { method, path, query, headers, body: Vec::new(), stays }, length))
}

/// What is answered.
pub struct Response {
    pub status: u16,
    pub kind: &'static str,
    pub body: Vec<u8>,
}

impl Response {
    pub fn ok(kind: &'static str, body: impl Into<Vec<u8>>) -> Response {
        Response { status: 200, kind, body: body.into() }
    }
    pub fn refusal(status: u16, words: &str) -> Response {
        Response { status, kind: "text/plain; charset=utf-8", body: format!("{words}\n").into() }
    }

    /// Writes it. Nothing is kept by the browser, framed by other pages, or loaded from elsewhere.
    pub fn write(&self, stream: &mut impl Write, stays: bool) -> std::io::Result<()> {
        let reason = match self.status {
            200 => "OK",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            413 => "Content Too Large",
            431 => "Request Header Fields Too Large",
            501 => "Not Implemented",
            503 => "Service Unavailable",
            505 => "HTTP Version Not Supported",
            _ => "Bad Request",
        };
        let mut out = format!(
            "HTTP/1.1 {} {reason}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: {}\r\nCache-Control: no-store\r\n\
             X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\n\
             X-Frame-Options: DENY\r\nContent-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
             img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\r\n",
            self.status,
            self.kind,
            self.body.len(),
            if stays { "keep-alive" } else { "close" },
        )
        .into_bytes();
        out.extend_from_slice(&self.body);
        stream.write_all(&out)?;
        stream.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Request, Trouble> {
        Incoming::default().request(&mut &*text)
    }

    #[test]
    fn requests_are_read_one_after_the_other() {
        let mut stream = &b"POST /t/ask?page=a1&x=2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nConnection: close\r\n\r\n"[..];
        let mut incoming = Incoming::default();
        let first = incoming.request(&mut stream).expect("a request");
        assert_eq!(
            (first.method.as_str(), first.path.as_str(), &first.body[..]),
            ("POST", "/t/ask", &b"abc"[..])
        );
        assert_eq!(
            (first.asked("page"), first.asked("y"), first.header("host")),
            (Some("a1"), None, Some("h"))
        );
        let second = incoming.request(&mut stream).expect("a request");
        assert!(first.stays && !second.stays && second.path == "/");
        assert_eq!(incoming.request(&mut stream).err(), Some(Gone));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let long = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "a".repeat(MAX_HEAD));
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(MAX_HEADERS + 1));
        for (text, status) in [
            ("GET /\r\n\r\n", 400),
            ("GET / HTTP/1.0\r\n\r\n", 505),
            ("GET / HTTP/2\r\n\r\n", 505),
            ("get / HTTP/1.1\r\n\r\n", 400),
            ("GET http://x/ HTTP/1.1\r\n\r\n", 400),
            ("GET /a\tb HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nnonsense\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
            ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", 413),
            (long.as_str(), 431),
            (many.as_str(), 431),
        ] {
            assert!(
                matches!(read(text.as_bytes()), Err(Refused(s, _)) if s == status),
                "{text:?}: {:?}",
                read(text.as_bytes())
            );
        }
        assert_eq!(read(b"GET / HT").err(), Some(Gone));
        assert_eq!(read(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc").err(), Some(Gone));
    }
}
