//! A circuit file with the changes written into it.

use super::circuit::parse;
use crate::spec::{Node, Spec, quote_key};
use neurate_numerics::error::{Error, Result};
use std::ops::Range;

/// The text of a circuit file that describes what `spec` does, its changes among its values: where they stand in the text they
/// take the place of the old ones, so that comments and order stay; else the text is written anew, without comments.
///
/// ```
/// use neurate::{file, model::Address};
/// let text = "neurate = 1\n[populations]\nE = { tau = 20 } # slow\n[W]\n\"E <- E\" = 0.5\n";
/// let mut spec = file::parse(text, "e.toml", ".".as_ref(), &[])?;
/// spec.set(&"E.tau".parse::<Address>()?, 10)?;
/// assert_eq!(file::changed_text(&spec)?, text.replace("20", "10"));
/// # Ok::<(), neurate::Error>(())
/// ```
///
/// # Errors
/// A change is of weights that stand in a matrix, which a circuit file cannot say beside it.
pub fn changed_text(spec: &Spec) -> Result<String> {
    let says_the_same =
        |text: &String| parse(text, spec.name(), "".as_ref(), &[]).is_ok_and(|written| written.same(spec));
    let in_place = || {
        let text = spec.text();
        let before = parse(&text, spec.name(), "".as_ref(), &[]).ok()?;
        let mut edits = Edits { text: &text, all: Vec::new() };
        edits.compare(before.root(), spec.root(), true).then(|| edits.made())
    };
    in_place().filter(says_the_same).or_else(|| Some(spec.rendered()).filter(says_the_same)).ok_or_else(
        || {
            Error::unsupported("the changes cannot be written into one circuit file")
                .with_help("weights that stand in a matrix are changed with --set, or in Python with net.set")
        },
    )
}

/// Replacements of parts of a text.
struct Edits<'a> {
    text: &'a str,
    all: Vec<(Range<usize>, String)>,
}

impl Edits<'_> {
    /// Collects what turns `old`, which stands in the text, into `new`. False: that takes more than replacing and adding values.
    fn compare(&mut self, old: &Node, new: &Node, top: bool) -> bool {
        let span = old.place.span.clone();
        let (Some(before), Some(after)) = (old.entries(), new.entries()) else {
            // What was not changed has its old place.
            if old.place != new.place {
                self.all.push((span, new.render()));
            }
            return true;
        };
        let inline = self.text.get(span.clone()).is_some_and(|t| t.starts_with('{') && t.ends_with('}'));
        after.iter().all(|entry| match before.iter().find(|e| e.key == entry.key) {
            Some(known) => self.compare(&known.node, &entry.node, false),
            None => {
                let item = format!("{} = {}", quote_key(&entry.key), entry.node.render());
                if inline {
                    let end = self.text[..span.end - 1].trim_end().len();
                    let comma = if before.is_empty() { " " } else { ", " };
                    self.all.push((end..end, format!("{comma}{item}")));
                } else if let (true, Some(keys)) = (top, entry.node.entries()) {
                    let lines: String = keys
                        .iter()
                        .map(|e| format!("{} = {}\n", quote_key(&e.key), e.node.render()))
                        .collect();
                    let end = self.text.len();
                    self.all.push((end..end, format!("\n[{}]\n{lines}", quote_key(&entry.key))));
                } else if let Some(last) = before.iter().rfind(|e| top == e.node.entries().is_none() || !top)
                {
                    // At the end of the line of the last key; at the top, of the last one before the tables.
                    let from = last.node.place.span.end;
                    let end = self.text[from..].find('\n').map_or(self.text.len(), |i| from + i);
                    self.all.push((end..end, format!("\n{item}")));
                } else {
                    return false;
                }
                true
            }
        })
    }

    fn made(mut self) -> String {
        self.all.sort_by_key(|(span, _)| span.start);
        let (mut out, mut at) = (String::new(), 0);
        for (span, new) in self.all {
            // Two changes of one place: the text is written anew.
            let Some(before) = self.text.get(at..span.start) else { return String::new() };
            out.push_str(before);
            out.push_str(&new);
            at = span.end;
        }
        out + self.text.get(at..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{change, template};

    fn changed(text: &str, sets: &[&str]) -> Result<String> {
        let sets: Vec<String> = sets.iter().map(|s| (*s).to_string()).collect();
        changed_text(&parse(text, "c.toml", "".as_ref(), &sets)?)
    }

    #[test]
    fn values_change_where_they_stand_and_comments_stay() {
        let text = template("ssn").unwrap();
        let new = changed(&text, &["W.E<-E=1.5", "tau=15 ms", "E.f.k=0.03"]).unwrap();
        for line in text.lines().filter(|l| l.trim_start().starts_with('#')) {
            assert!(new.contains(line), "{line}");
        }
        let spec = parse(&new, "c.toml", "".as_ref(), &[]).unwrap();
        let c = spec.build().unwrap();
        assert_eq!((c.tau(), c.dense_weights().unwrap()[(0, 0)]), (&[15.0, 15.0][..], 1.5));
        assert_eq!(c.populations()[0].transfer.parameters()[0].1, 0.03);
        // Nothing changed, and changed back.
        assert_eq!(changed(&text, &[]).unwrap(), text);
    }

    #[test]
    fn keys_that_were_left_out_are_added() {
        let text = "neurate = 1 # version\n[populations]\nE = { tau = 20 } # slow\n[populations.I]\nkind = \"inhibitory\"\ntau = 10\n\
                    [W]\ndefault = 0\n\"E <- E\" = 0.5\n";
        let new = changed(text, &["E.h=3", "I.h=2", "W.E<-I=-1", "run.duration=80 ms", "seed=4"]).unwrap();
        assert!(new.contains("# version") && new.contains("{ tau = 20, h = 3 } # slow"), "{new}");
        let c = parse(&new, "c.toml", "".as_ref(), &[]).unwrap().build().unwrap();
        assert_eq!((c.h(), c.run().duration), (&[3.0, 2.0][..], Some(80.0)));
        assert_eq!(c.dense_weights().unwrap()[(0, 1)], -1.0);
    }

    #[test]
    fn what_a_file_cannot_say_is_an_error() {
        let text = "neurate = 1\n[populations]\nE = { tau = 20 }\nI = { tau = 20 }\n[W]\nfile = \"w.csv\"\nlayout = \"to_from\"\n";
        let spec = parse(text, "c.toml", "".as_ref(), &[]).unwrap();
        let spec = spec.with([change("W.E<-I=-2").unwrap()]).unwrap();
        let e = changed_text(&spec).unwrap_err();
        assert!(e.help().unwrap().contains("--set"), "{e}");
    }
}
