//! NumPy's `.npy` format. Read by hand: a header is checked, and what it announces, before memory is taken for it.

use neurate_numerics::budget;
use neurate_numerics::error::{Error, Result};
use std::io::Read;

/// An array, its values in C order.
pub(super) struct Array {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

/// More numbers than a matrix between the most units that have a weight each to all (20 000).
pub(super) const MAX_NUMBERS: usize = 400_000_000;
/// Bytes of memory for a number: as it is read, and in a matrix.
const BYTES: u64 = 16;
/// Longer headers are refused, as NumPy does.
const MAX_HEADER: usize = 10_000;

/// What a `.npy` file says of its array.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    pub shape: Vec<usize>,
    kind: char,
    pub width: usize,
    big_endian: bool,
    fortran: bool,
}

/// A value of the header's dictionary.
#[derive(Debug, PartialEq)]
enum Item {
    Text(String),
    Boolean(bool),
    Sizes(Vec<usize>),
}

/// Reads the bytes of a `.npy` file.
pub(super) fn read_npy(bytes: &[u8], name: &str) -> Result<Array> {
    let mut rest = bytes;
    let header = Header::read(&mut rest, name)?;
    // Asked before reading: an announced size beyond the file must not be allocated.
    let size = header.bytes(name)?;
    if size > rest.len() {
        return Err(Error::invalid(format!("{name} is cut off: {size} bytes of numbers are announced"))
            .with_help(SAVE_AGAIN));
    }
    header.numbers(&mut rest, name)
}

/// Refuses the numbers that a file announces, if there is not so much memory.
pub(super) fn require(count: u64, each: u64, name: &str) -> Result<()> {
    let sparser = "save it sparse: scipy.sparse.save_npz, or .mtx with coordinates";
    budget::require(count, "numbers", each, sparser)
        .map_err(|e| e.map_message(|what| format!("{name}: {what}")))
}

const SAVE_AGAIN: &str = "save it again: numpy.save(\"W.npy\", W)";

impl Header {
    /// Reads the header; the numbers follow.
    pub fn read(from: &mut impl Read, name: &str) -> Result<Header> {
        let broken =
            || Error::invalid(format!("{name} is not a .npy file, or is cut off")).with_help(SAVE_AGAIN);
        let mut start = [0; 8];
        from.read_exact(&mut start).map_err(|_| broken())?;
        let length = match (&start[..6], start[6]) {
            (b"\x93NUMPY", 1) => {
                let mut length = [0; 2];
                from.read_exact(&mut length).map_err(|_| broken())?;
                usize::from(u16::from_le_bytes(length))
            }
            (b"\x93NUMPY", 2 | 3) => {
                let mut length = [0; 4];
                from.read_exact(&mut length).map_err(|_| broken())?;
                u32::from_le_bytes(length) as usize
            }
            _ => return Err(broken()),
        };
        if length > MAX_HEADER {
            return Err(Error::invalid(format!(
                "{name} has a header of {length} bytes, more than numbers need"
            ))
            .with_help("it may hold records; save the numbers alone"));
        }
        let mut text = vec![0; length];
        from.read_exact(&mut text).map_err(|_| broken())?;
        let text = String::from_utf8(text).map_err(|_| broken())?;
        if text.contains("'descr': [") {
            return Err(Error::invalid(format!("{name} holds records; weights are numbers"))
                .with_help("save one field: numpy.save(\"W.npy\", records[\"w\"])"));
        }
        let items = dictionary(&text).ok_or_else(broken)?;
        let (mut descr, mut fortran, mut shape) = (None, None, None);
        for (key, item) in items {
            match (key.as_str(), item) {
                ("descr", Item::Text(text)) => descr = Some(text),
                ("fortran_order", Item::Boolean(b)) => fortran = Some(b),
                ("shape", Item::Sizes(sizes)) => shape = Some(sizes),
                _ => return Err(broken()),
            }
        }
        let (Some(descr), Some(fortran), Some(shape)) = (descr, fortran, shape) else { return Err(broken()) };
        let (big_endian, kind, width) = dtype(&descr).ok_or_else(broken)?;
        Ok(Header { shape, kind, width, big_endian, fortran })
    }

    /// The size of the numbers. Refuses what are no real numbers, and more than there is room for.
    pub fn bytes(&self, name: &str) -> Result<usize> {
        let fail = |what: String, help: &str| Err(Error::invalid(format!("{name} {what}")).with_help(help));
        match (self.kind, self.width) {
            (kind, width) if is_real(kind, width) => {}
            ('c', _) => {
                return fail(
                    "holds complex numbers; weights are real".into(),
                    "save the real part: numpy.save(\"W.npy\", W.real)",
                );
            }
            ('O', _) => {
                return fail(
                    "holds Python objects; weights are numbers".into(),
                    "save it as numbers: numpy.save(\"W.npy\", W.astype(float))",
                );
            }
            (kind, width) => {
                let width = if width == 0 { String::new() } else { width.to_string() };
                return fail(
                    format!("holds numbers of dtype {kind}{width}; float64, float32 and integers are read"),
                    "save it as numbers: numpy.save(\"W.npy\", W.astype(float))",
                );
            }
        }
        let count = self.shape.iter().try_fold(1_usize, |n, &s| n.checked_mul(s));
        let Some(count) = count.filter(|n| *n <= MAX_NUMBERS) else {
            let shape = shape_words(&self.shape);
            return fail(
                format!("announces an array of shape ({shape}): too many numbers"),
                "a matrix goes up to 20000 x 20000; save larger ones sparse: scipy.sparse.save_npz",
            );
        };
        Ok(count * self.width)
    }

    /// Reads the numbers that follow.
    pub fn numbers(&self, from: &mut impl Read, name: &str) -> Result<Array> {
        let size = self.bytes(name)?;
        let count = size / self.width;
        require(count as u64, BYTES, name)?;
        let mut values: Vec<f64> = Vec::new();
        budget::reserve(&mut values, count, &format!("numbers of {name}"))?;
        // A whole number of values of every width.
        let mut buffer = [0; 8192];
        while values.len() < count {
            let part = (size - values.len() * self.width).min(buffer.len());
            from.read_exact(&mut buffer[..part]).map_err(|_| {
                Error::invalid(format!("{name} is cut off: {size} bytes of numbers are announced"))
                    .with_help(SAVE_AGAIN)
            })?;
            values.extend(buffer[..part].chunks_exact(self.width).map(|b| self.number(b)));
        }
        if let (true, &[rows, cols]) = (self.fortran, &self.shape[..]) {
            values = (0..values.len()).map(|k| values[(k % cols) * rows + k / cols]).collect();
        }
        Ok(Array { shape: self.shape.clone(), values })
    }

    fn number(&self, bytes: &[u8]) -> f64 {
        number(self.kind, self.big_endian, bytes)
    }

    /// The text of an array that is one text (`S3`, `U3`).
    pub fn text(&self, from: &mut impl Read) -> Option<String> {
        let size = match self.kind {
            'S' => self.width,
            'U' => self.width.checked_mul(4)?,
            _ => return None,
        };
        if !self.shape.is_empty() || size > 400 {
            return None;
        }
        let mut bytes = vec![0; size];
        from.read_exact(&mut bytes).ok()?;
        let bytes: Vec<u8> = bytes.into_iter().filter(|b| *b != 0).collect();
        String::from_utf8(bytes).ok()
    }
}

/// Whether NumPy's `descr` has the highest byte first, the letter of its kind, and the bytes of a number; 0 where it gives none.
pub(super) fn dtype(descr: &str) -> Option<(bool, char, usize)> {
    let mut letters = descr.strip_prefix(['<', '>', '|', '=']).unwrap_or(descr).chars();
    let kind = letters.next()?;
    let width = if letters.as_str().is_empty() { 0 } else { letters.as_str().parse().ok()? };
    Some((descr.starts_with('>'), kind, width))
}

/// Whether [`number`] reads such numbers.
pub(super) fn is_real(kind: char, width: usize) -> bool {
    matches!((kind, width), ('f', 2 | 4 | 8) | ('i' | 'u', 1 | 2 | 4 | 8) | ('b', 1))
}

/// The sizes of a shape, for messages.
pub(super) fn shape_words(shape: &[impl ToString]) -> String {
    shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The error for an array that is no matrix.
pub(super) fn wrong_axes(name: &str, shape: &[impl ToString]) -> Error {
    Error::invalid(format!("{name} has shape ({}); a matrix has two axes", shape_words(shape)))
        .with_help("save it as rows and columns: W.reshape(rows, columns)")
}

/// A number of `bytes.len()` bytes: `f`, `i`, `u`, or `b` for true and false.
pub(super) fn number(kind: char, big_endian: bool, bytes: &[u8]) -> f64 {
    let mut raw = [0; 8];
    let width = bytes.len().min(8);
    for (k, slot) in raw[..width].iter_mut().enumerate() {
        *slot = bytes[if big_endian { width - 1 - k } else { k }];
    }
    let bits = u64::from_le_bytes(raw);
    match (kind, width) {
        ('f', 8) => f64::from_bits(bits),
        ('f', 4) => f64::from(f32::from_bits(bits as u32)),
        ('f', _) => half(bits as u16),
        // Moved to the top, so that the shift back carries the sign.
        ('i', _) => {
            let shift = 64 - 8 * width as u32;
            ((bits << shift) as i64 >> shift) as f64
        }
        // NumPy takes every byte but 0 for true.
        ('b', _) => f64::from(u8::from(bits != 0)),
        _ => bits as f64,
    }
}

/// A number of half precision.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023) / 1024.0);
    sign * match exponent {
        0 => fraction * 2_f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction) * 2_f64.powi(exponent - 15),
    }
}

/// The entries of a Python dictionary of texts, truth values and tuples of sizes; `None` if it is anything else.
fn dictionary(text: &str) -> Option<Vec<(String, Item)>> {
    let mut rest = text.trim().strip_prefix('{')?;
    let mut items = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', ',', '\n']);
        if rest == "}" {
            return Some(items);
        }
        let (key, after) = quoted(rest)?;
        rest = after.trim_start().strip_prefix(':')?.trim_start();
        let item = if let Some(after) = rest.strip_prefix("True") {
            rest = after;
            Item::Boolean(true)
        } else if let Some(after) = rest.strip_prefix("False") {
            rest = after;
            Item::Boolean(false)
        } else if let Some(after) = rest.strip_prefix('(') {
            let (sizes, after) = after.split_once(')')?;
            rest = after;
            // Python 2 wrote 3L.
            let size = |s: &str| s.trim().trim_end_matches('L').parse().ok();
            Item::Sizes(sizes.split(',').filter(|s| !s.trim().is_empty()).map(size).collect::<Option<_>>()?)
        } else {
            let (text, after) = quoted(rest)?;
            rest = after;
            Item::Text(text.to_string())
        };
        items.push((key.to_string(), item));
    }
}

/// A text in quotes at the beginning, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| *c == '\'' || *c == '"')?;
    text[1..].split_once(quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }
    fn read(descr: &str, shape: &str, data: &[u8]) -> Result<Array> {
        let header =
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}          \n");
        read_npy(&file(&header, data), "W.npy")
    }

    #[test]
    fn numbers_of_every_kind() {
        let one = |descr: &str, data: &[u8]| read(descr, "(1,)", data).unwrap().values[0];
        assert_eq!(one("<f8", &0.1_f64.to_le_bytes()), 0.1);
        assert_eq!(one(">f4", &0.5_f32.to_be_bytes()), 0.5);
        assert_eq!(one("<i8", &(-3_i64).to_le_bytes()), -3.0);
        assert_eq!(one(">i2", &(-300_i16).to_be_bytes()), -300.0);
        assert_eq!(one("|i1", &[0xFF]), -1.0);
        assert_eq!(one("|u1", &[0xFF]), 255.0);
        assert_eq!(one("<u8", &u64::MAX.to_le_bytes()), u64::MAX as f64);
        assert_eq!(one("|b1", &[2]), 1.0, "NumPy takes every byte but 0 for true");
        // numpy.array([1.5, -0.25, 6e-8, 65504], dtype="<f2").tobytes()
        let halves = [0x00, 0x3e, 0x00, 0xb4, 0x01, 0x00, 0xff, 0x7b];
        let values = read("<f2", "(4,)", &halves).unwrap().values;
        assert_eq!(values, [1.5, -0.25, 2_f64.powi(-24), 65504.0]);
    }

    #[test]
    fn headers_are_checked_before_memory_is_taken() {
        let message = |r: Result<Array>| r.err().unwrap().to_string();
        assert!(message(read("<f8", "(100000, 100000)", &[])).contains("too many numbers"));
        assert!(message(read("<f8", "(18446744073709551615, 3)", &[])).contains("too many numbers"));
        assert!(message(read("<f8", "(99999999999999999999999,)", &[])).contains("not a .npy file"));
        assert!(message(read("<f8", "(3, 3)", &[0; 8])).contains("72 bytes of numbers are announced"));
        assert!(message(read("<c16", "(1,)", &[0; 16])).contains("complex"));
        assert!(message(read("|O", "(1,)", &[0; 16])).contains("objects"));
        assert!(message(read("<U5", "(1,)", &[0; 20])).contains("dtype U5"));
        assert!(message(read("<f16", "(1,)", &[0; 16])).contains("dtype f16"));
        assert!(message(read("<f0", "(1,)", &[])).contains("dtype f"));
        let braces = "{".repeat(5_000) + "'descr': '<f8'";
        assert!(message(read_npy(&file(&braces, &[]), "W.npy")).contains("not a .npy file"));
        let records = "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }";
        assert!(message(read_npy(&file(records, &[]), "W.npy")).contains("records"));
        let long = [b"\x93NUMPY\x02\x00".as_slice(), &u32::MAX.to_le_bytes()].concat();
        assert!(message(read_npy(&long, "W.npy")).contains("header of 4294967295 bytes"));
    }

    #[test]
    fn fortran_order_is_put_row_by_row() {
        let header = "{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3), }";
        let a = read_npy(&file(header, &[1, 4, 2, 5, 3, 6]), "W.npy").unwrap();
        assert_eq!((a.shape, a.values), (vec![2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    }
}
