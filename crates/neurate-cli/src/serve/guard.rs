//! Who may ask: whoever has the token, from a page of this server.

use super::http::Request;
use neurate::{Error, Result};

/// The token, and the names that this server has.
pub struct Guard {
    token: String,
    hosts: [String; 2],
}

impl Guard {
    /// With a new token: 128 random bits.
    pub fn new(port: u16) -> Result<Guard> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)
            .map_err(|e| Error::io(format!("the system gives no random numbers: {e}")))?;
        let token = bytes.iter().map(|b| format!("{b:02x}")).collect();
        Ok(Guard { token, hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}")] })
    }

    /// The address of the page.
    pub fn address(&self) -> String {
        format!("http://{}/{}/", self.hosts[0], self.token)
    }

    /// The path below the token; an error is why the request is refused.
    pub fn admit<'a>(&self, request: &'a Request) -> std::result::Result<&'a str, &'static str> {
        let host = request.header("host").unwrap_or_default();
        if !self.hosts.iter().any(|h| h == host) {
            return Err("this server is called by its own name only");
        }
        if request.header("origin").is_some_and(|origin| origin.strip_prefix("http://") != Some(host)) {
            return Err("pages of other origins are not answered");
        }
        // A link that leads here is followed from anywhere by whoever has the token.
        let navigates = request.method == "GET" && request.header("sec-fetch-mode") == Some("navigate");
        let foreign = |site: &str| !matches!(site, "same-origin" | "none");
        if !navigates && request.header("sec-fetch-site").is_some_and(foreign) {
            return Err("pages of other origins are not answered");
        }
        let (token, path) = request.path[1..].split_once('/').unwrap_or((&request.path[1..], ""));
        if same(token.as_bytes(), self.token.as_bytes()) {
            Ok(path)
        } else {
            Err("the token is not the one of this server")
        }
    }
}

/// Whether two texts are equal, in a time that does not depend on where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |d, (x, y)| d | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::http::Incoming;

    fn request(path: &str, headers: &str) -> Request {
        let text = format!("GET {path} HTTP/1.1\r\n{headers}\r\n");
        Incoming::default().request(&mut text.as_bytes()).expect("a request")
    }

    #[test]
    fn only_the_page_itself_is_answered() {
        let guard = Guard::new(4567).expect("a guard");
        let home = format!("/{}/live.js", guard.token);
        let mine = "Host: 127.0.0.1:4567\r\n";
        assert_eq!(guard.admit(&request(&home, mine)), Ok("live.js"));
        assert_eq!(guard.admit(&request(&format!("/{}/", guard.token), "Host: localhost:4567\r\n")), Ok(""));
        let same_origin = format!("{mine}Origin: http://127.0.0.1:4567\r\nSec-Fetch-Site: same-origin\r\n");
        assert!(guard.admit(&request(&home, &same_origin)).is_ok());
        for headers in [
            "",
            "Host: 127.0.0.1\r\n",
            "Host: 127.0.0.1:4568\r\n",
            "Host: evil.example:4567\r\n",
            &format!("{mine}Origin: http://evil.example\r\n"),
            &format!("{mine}Origin: null\r\n"),
            &format!("{mine}Origin: https://127.0.0.1:4567\r\n"),
            &format!("{mine}Origin: http://localhost:4567\r\n"),
            &format!("{mine}Sec-Fetch-Site: cross-site\r\n"),
            &format!("{mine}Sec-Fetch-Site: same-site\r\n"),
        ] {
            assert!(guard.admit(&request(&home, headers)).is_err(), "{headers}");
        }
        let short = format!("/{}/", &guard.token[1..]);
        for path in ["/", "/live.js", "//live.js", &short, &format!("/{}x/", guard.token)] {
            assert!(guard.admit(&request(path, mine)).is_err(), "{path}");
        }
        assert!(guard.token.len() == 32 && guard.token != Guard::new(4567).expect("a guard").token);
    }
}
