//! NumPy's own formats: `.npy`, and `.npz`, which is a zip file of them.

use crate::error::{Error, Result};

/// An array, its values in C order.
pub(super) struct Array {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

/// Reads the bytes of a `.npy` file.
pub(super) fn read_npy(bytes: &[u8], name: &str) -> Result<Array> {
    let fail = |what: &str| Error::invalid(format!("{name} {what}"));
    let broken = || fail("is not a .npy file, or is cut off");
    if bytes.len() < 10 || &bytes[..6] != b"\x93NUMPY" {
        return Err(broken());
    }
    let (start, length): (usize, usize) = match bytes[6] {
        1 => (10, usize::from(u16::from_le_bytes([bytes[8], bytes[9]]))),
        2 | 3 => (12, number(bytes, 8, 4).ok_or_else(broken)?),
        v => return Err(fail(&format!("has version {v} of the .npy format, which is not known"))),
    };
    let end = start.checked_add(length).ok_or_else(broken)?;
    let header = std::str::from_utf8(bytes.get(start..end).ok_or_else(broken)?).map_err(|_| broken())?;
    let dtype = after(header, "'descr':").ok_or_else(broken)?;
    let Some(dtype) = dtype.strip_prefix('\'').and_then(|d| d.split('\'').next()) else {
        return Err(fail("holds records; weights are numbers"));
    };
    let fortran = after(header, "'fortran_order':").ok_or_else(broken)?.starts_with("True");
    let shape = after(header, "'shape':").and_then(|s| s.strip_prefix('(')?.split(')').next());
    let shape: Vec<usize> = shape
        .ok_or_else(broken)?
        .split(',')
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(|s| s.trim_end_matches('L').parse())
        .collect::<std::result::Result<_, _>>()
        .map_err(|_| broken())?;
    let (width, convert) = converter(dtype).map_err(|e| fail(&e))?;
    let count = shape.iter().try_fold(1usize, |n, &s| n.checked_mul(s)).ok_or_else(broken)?;
    let size = count.checked_mul(width).ok_or_else(broken)?;
    let data = bytes.get(end..).filter(|d| d.len() >= size);
    let Some(data) = data else {
        return Err(fail(&format!("is cut off: {size} bytes of numbers are announced")));
    };
    let mut values: Vec<f64> = data[..size].chunks_exact(width).map(convert).collect();
    if let (true, [rows, cols]) = (fortran, &shape[..]) {
        values = (0..count).map(|k| values[(k % cols) * rows + k / cols]).collect();
    }
    Ok(Array { shape, values })
}

fn after<'h>(header: &'h str, key: &str) -> Option<&'h str> {
    header.split_once(key).map(|(_, rest)| rest.trim_start())
}

fn number(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let b = bytes.get(at..at.checked_add(width)?)?;
    usize::try_from(b.iter().rev().fold(0u64, |n, &x| n << 8 | u64::from(x))).ok()
}

type Convert = fn(&[u8]) -> f64;

macro_rules! converters {
    ($($code:literal $type:ty),*) => {
        |code: &str, big: bool| -> Option<(usize, Convert)> {
            match (code, big) {
                $(($code, false) => Some((size_of::<$type>(), |b| {
                    <$type>::from_le_bytes(b.try_into().expect("chunks of its width")) as f64
                })),
                ($code, true) => Some((size_of::<$type>(), |b| {
                    <$type>::from_be_bytes(b.try_into().expect("chunks of its width")) as f64
                })),)*
                _ => None,
            }
        }
    };
}

/// Width and conversion of a dtype such as `<f8`.
fn converter(dtype: &str) -> std::result::Result<(usize, Convert), String> {
    let numbers = converters!(
        "f8" f64, "f4" f32, "i8" i64, "i4" i32, "i2" i16, "i1" i8, "u8" u64, "u4" u32, "u2" u16, "u1" u8
    );
    let code = dtype.trim_start_matches(['<', '>', '|', '=']);
    if code == "b1" {
        return Ok((1, |b| f64::from(b[0] != 0)));
    }
    numbers(code, dtype.starts_with('>')).ok_or_else(|| {
        if code.starts_with('c') {
            "holds complex numbers; weights are real".to_string()
        } else {
            format!("holds numbers of dtype {dtype}; float64, float32 and integers are read")
        }
    })
}

/// Reads one array of a `.npz` file: the only one, or the one named.
pub(super) fn read_npz(bytes: &[u8], name: &str, array: Option<&str>) -> Result<Array> {
    let members =
        members(bytes).ok_or_else(|| Error::invalid(format!("{name} is not a .npz file, or is cut off")))?;
    let names: Vec<&str> = members.iter().map(|m| m.name.strip_suffix(".npy").unwrap_or(&m.name)).collect();
    let index = match array {
        Some(array) => names.iter().position(|n| *n == array),
        None if names.len() == 1 => Some(0),
        None => {
            return Err(Error::invalid(format!("{name} holds {} arrays", names.len()))
                .with_help(format!("say which: array = one of {}", names.join(", "))));
        }
    };
    let Some(index) = index else {
        let array = array.unwrap_or_default();
        return Err(Error::invalid(format!("{name} holds no array \"{array}\""))
            .with_help(format!("it holds: {}", names.join(", "))));
    };
    let data = inflate(bytes, &members[index])
        .ok_or_else(|| Error::invalid(format!("{name}: the array {} cannot be unpacked", names[index])))?;
    read_npy(&data, name)
}

/// A file in a zip file.
struct Member {
    name: String,
    method: usize,
    packed: usize,
    size: usize,
    at: usize,
}

/// The central directory; `None` if there is none or it is broken.
fn members(bytes: &[u8]) -> Option<Vec<Member>> {
    let from = bytes.len().saturating_sub(66_000);
    let end = from + bytes[from..].windows(4).rposition(|w| w == b"PK\x05\x06")?;
    let count = number(bytes, end + 10, 2)?;
    let mut at = number(bytes, end + 16, 4)?;
    let mut all = Vec::new();
    for _ in 0..count {
        if bytes.get(at..at.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        let field = |offset, width| number(bytes, at + offset, width);
        let name = bytes.get(at + 46..at + 46 + field(28, 2)?)?;
        all.push(Member {
            name: String::from_utf8_lossy(name).into_owned(),
            method: field(10, 2)?,
            packed: field(20, 4)?,
            size: field(24, 4)?,
            at: field(42, 4)?,
        });
        at += 46 + field(28, 2)? + field(30, 2)? + field(32, 2)?;
    }
    Some(all)
}

fn inflate(bytes: &[u8], m: &Member) -> Option<Vec<u8>> {
    if bytes.get(m.at..m.at.checked_add(4)?)? != b"PK\x03\x04" {
        return None;
    }
    let start = m.at + 30 + number(bytes, m.at + 26, 2)? + number(bytes, m.at + 28, 2)?;
    let packed = bytes.get(start..start.checked_add(m.packed)?)?;
    match m.method {
        0 => Some(packed.to_vec()),
        8 => miniz_oxide::inflate::decompress_to_vec_with_limit(packed, m.size).ok(),
        _ => None,
    }
}
