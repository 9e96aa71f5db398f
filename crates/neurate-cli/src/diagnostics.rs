//! Errors and warnings on the terminal: what, where, and what would be right.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use neurate::Error;
use neurate::error::{Kind, Place};

/// Prints an error (or warning) to standard error, with the line it is about underlined.
pub fn print(e: &Error) {
    anstream::eprintln!("{}", render(e, &Renderer::styled()));
}

fn render(e: &Error, renderer: &Renderer) -> String {
    let level = if e.kind() == Kind::Warning { Level::WARNING } else { Level::ERROR };
    let title = level.primary_title(e.message());
    let excerpt = e.place().map(Excerpt::of);
    let mut group = match (&excerpt, e.place()) {
        (Some(x), Some(place)) => title.element(
            Snippet::source(x.text)
                .line_start(x.line)
                .path(place.source.as_ref())
                .annotation(AnnotationKind::Primary.span(x.span.clone())),
        ),
        _ => Group::with_title(title),
    };
    if let Some(help) = e.help() {
        group = group.element(Level::HELP.message(help));
    }
    renderer.render(&[group]).to_string()
}

/// The lines that a place is about, and no more: a file may be long, or one line of garbage.
struct Excerpt<'a> {
    text: &'a str,
    line: usize,
    span: std::ops::Range<usize>,
}

impl Excerpt<'_> {
    fn of(place: &Place) -> Excerpt<'_> {
        let text = place.text.as_ref();
        let floor = |mut i: usize| {
            i = i.min(text.len());
            while !text.is_char_boundary(i) {
                i -= 1;
            }
            i
        };
        let (start, end) = (floor(place.span.start), floor(place.span.end.max(place.span.start)));
        let from = text[..start].rfind('\n').map_or(0, |i| i + 1);
        let until = text[end..].find('\n').map_or(text.len(), |i| end + i);
        // At most a screen of one line around the place.
        let from = floor(from.max(start.saturating_sub(200)));
        let until = floor(until.min(end + 200));
        Excerpt { text: &text[from..until], line: place.line_column().0, span: start - from..end - from }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_shown_and_underlined() {
        let place =
            Place { source: "c.toml".into(), text: "a = 1\n\"E <- I\" = 0.65\nb = 2\n".into(), span: 17..21 };
        let e = Error::invalid("I is inhibitory").at(place).with_help("write -0.65");
        let text = render(&e, &Renderer::plain());
        assert!(text.contains("c.toml:2:12"), "{text}");
        assert!(text.contains("\"E <- I\" = 0.65") && text.contains("^^^^"), "{text}");
        assert!(text.contains("help: write -0.65"), "{text}");
    }

    #[test]
    fn a_place_beyond_its_text_is_survived() {
        let place = Place { source: "c".into(), text: "µ".into(), span: 1..99 };
        assert!(render(&Error::invalid("x").at(place), &Renderer::plain()).contains('x'));
    }
}
