//! The files of the page, which are inside the program.

use super::http::Response;

/// The text of a file below `site/`.
macro_rules! site {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../site/", $name))
    };
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// Name below the token, kind, and text.
const FILES: &[(&str, &str, &str)] = &[
    ("", HTML, site!("index.html")),
    ("live.css", STYLE, site!("live.css")),
    ("report.css", STYLE, neurate::report::PAGE_CSS),
    ("loopback.js", SCRIPT, site!("loopback.js")),
    ("main.js", SCRIPT, site!("main.js")),
    ("engine.js", SCRIPT, site!("engine.js")),
    ("state.js", SCRIPT, site!("state.js")),
    ("handles.js", SCRIPT, site!("handles.js")),
    ("layout.js", SCRIPT, site!("layout.js")),
    ("scale.js", SCRIPT, site!("scale.js")),
    ("sections.js", SCRIPT, site!("sections.js")),
    ("figures.js", SCRIPT, site!("figures.js")),
    ("schedule.js", SCRIPT, site!("schedule.js")),
    ("source.js", SCRIPT, site!("source.js")),
    ("toolbar.js", SCRIPT, site!("toolbar.js")),
    ("touch.js", SCRIPT, site!("touch.js")),
    ("chapter.js", SCRIPT, site!("chapter.js")),
    ("choice.js", SCRIPT, site!("choice.js")),
    ("dom.js", SCRIPT, site!("dom.js")),
];

/// The file of this name; None: there is none.
pub fn file(name: &str) -> Option<Response> {
    FILES.iter().find(|(known, _, _)| *known == name).map(|(_, kind, text)| Response::ok(kind, *text))
}

#[cfg(test)]
mod tests {
    use super::FILES;

    /// Whatever a module imports, and the page loads, is there; and nothing is loaded from elsewhere.
    #[test]
    fn every_file_that_is_named_is_embedded() {
        for (name, _, text) in FILES {
            let named = text.split(['"', '\'']).filter_map(|part| part.strip_prefix("./"));
            for file in named.filter(|f| f.ends_with(".js") || f.ends_with(".css")) {
                assert!(FILES.iter().any(|(known, _, _)| *known == file), "{name} loads {file}");
            }
            for other in ["http://", "https://", "//cdn", "= import(", "await import("] {
                let found = text.matches(other).count();
                let namespaces =
                    if other == "http://" { text.matches("http://www.w3.org/").count() } else { 0 };
                assert_eq!(found, namespaces, "{name} has {other}");
            }
        }
    }
}
