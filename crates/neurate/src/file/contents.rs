//! What is in a file: its bytes, or its text, whatever wrote it.

use neurate_numerics::error::{Error, Result};
use std::path::Path;

/// Deflate makes no more of a byte.
pub(super) const MAX_RATIO: u64 = 1_100;

/// The bytes of a file; `name` is how the circuit file calls it.
pub(super) fn bytes(path: &Path, name: &str) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| {
        let why = if path.is_dir() { "it is a folder".to_string() } else { e.to_string() };
        Error::io(format!("{name} cannot be read: {why}"))
            .with_help(format!("it is looked for at {}, beside the circuit file", path.display()))
    })
}

/// The text of a file.
pub(super) fn text(path: &Path, name: &str) -> Result<String> {
    decode(bytes(path, name)?, name)
}

/// The text that bytes stand for: UTF-8, or UTF-16 with its mark, as spreadsheets write it. The mark is left out.
fn decode(bytes: Vec<u8>, name: &str) -> Result<String> {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| -> Result<String> {
        let units = rest.chunks_exact(2).map(|b| unit([b[0], b[1]]));
        let text: std::result::Result<String, _> = char::decode_utf16(units).collect();
        match text {
            Ok(text) if rest.len().is_multiple_of(2) => Ok(text),
            _ => Err(Error::invalid(format!("{name} begins as UTF-16 text, but is damaged or cut off"))
                .with_help("save it again, as UTF-8")),
        }
    };
    match bytes[..] {
        [0xFF, 0xFE, ref rest @ ..] => return wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, ref rest @ ..] => return wide(rest, u16::from_be_bytes),
        _ => {}
    }
    if let Some(at) = bytes.iter().position(|&b| b == 0) {
        let what = if at <= 1 { "UTF-16 without its mark, or no text" } else { "no text" };
        return Err(Error::invalid(format!("{name} is {what}: byte {} is 0", at + 1))
            .with_help("save it as text in UTF-8"));
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.starts_with('\u{feff}') => Ok(text['\u{feff}'.len_utf8()..].to_string()),
        Ok(text) => Ok(text),
        Err(e) => {
            let at = e.utf8_error().valid_up_to();
            let before = &e.as_bytes()[..at];
            let line = 1 + before.iter().filter(|&&b| b == b'\n').count();
            Err(Error::invalid(format!("{name} is not UTF-8 text: line {line} has another encoding"))
                .with_help("save it as \"CSV UTF-8\", or convert it: iconv -f WINDOWS-1252 -t UTF-8"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_every_encoding() {
        let text = "µ,1\n2,3\n";
        let wide = |mark: u16, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            std::iter::once(mark).chain(text.encode_utf16()).flat_map(bytes).collect()
        };
        assert_eq!(decode(wide(0xFEFF, u16::to_le_bytes), "w").unwrap(), text);
        assert_eq!(decode(wide(0xFEFF, u16::to_be_bytes), "w").unwrap(), text);
        assert_eq!(decode(format!("\u{feff}{text}").into_bytes(), "w").unwrap(), text);
        let refused = |bytes: &[u8]| decode(bytes.to_vec(), "w.csv").unwrap_err().message().to_string();
        assert!(refused(b"1,2\n\xB5,3").contains("line 2"));
        assert!(refused(b"1\0,\0").contains("UTF-16 without its mark"));
        assert!(refused(b"\xFF\xFE1").contains("damaged"));
        assert!(refused(&wide(0xFEFF, u16::to_le_bytes)[..5]).contains("damaged"));
    }
}
