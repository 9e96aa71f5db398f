//! MATLAB's `.mat` files of version 5 (`save -v6`, `save -v7`): matrices of real numbers, full or sparse.
//!
//! Read by hand from MathWorks' description ("MAT-File Format", level 5): the crates for it know no sparse matrices, or need C.
//! Sizes are checked against the file before memory is taken for them.

use super::contents::MAX_RATIO;
use super::npy::{self, MAX_NUMBERS, number};
use super::sparse;
use crate::spec::Table;
use flate2::read::ZlibDecoder;
use neurate_numerics::budget;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::borrow::Cow;
use std::io::Read;

const HEADER: usize = 128;
/// Types of elements.
const MATRIX: u32 = 14;
const COMPRESSED: u32 = 15;
/// The class of sparse matrices; those of full ones follow, from double to 64 bits without a sign.
const SPARSE: u8 = 5;
const NUMERIC: std::ops::RangeInclusive<u8> = 6..=15;
/// What is unpacked of a variable to see what it is.
const HEAD: usize = 2_048;

/// A variable of a file.
struct Variable<'a> {
    name: String,
    class: u8,
    complex: bool,
    dims: Vec<usize>,
    bytes: &'a [u8],
    packed: bool,
}

/// Bytes with the byte order of their file.
#[derive(Clone, Copy)]
struct Bytes<'a> {
    all: &'a [u8],
    big_endian: bool,
}

/// A part of a file: its type, its data, and where the next one begins.
struct Element<'a> {
    kind: u32,
    data: &'a [u8],
    next: usize,
}

impl<'a> Bytes<'a> {
    fn word(&self, at: usize) -> Option<u32> {
        let four: [u8; 4] = self.all.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
    }

    /// The element at a place.
    fn element(&self, at: usize) -> Option<Element<'a>> {
        let first = self.word(at)?;
        // Up to four bytes stand in the tag itself.
        let (kind, size, start, padded) = if first >> 16 != 0 {
            (first & 0xFFFF, (first >> 16) as usize, at + 4, 4)
        } else {
            let size = self.word(at + 4)? as usize;
            // Compressed elements are not padded.
            (first, size, at + 8, if first == COMPRESSED { size } else { size.div_ceil(8) * 8 })
        };
        let rest = self.all.get(start..)?;
        let data = rest.get(..size)?;
        Some(Element { kind, data, next: start.checked_add(padded)? })
    }
}

/// Reads one matrix of a `.mat` file, called `name` in messages: the variable `array`, or the only one.
pub(super) fn read_mat(bytes: &[u8], name: &str, array: Option<&str>) -> Result<Table> {
    let big_endian = version(bytes, name)?;
    let all = Bytes { all: bytes, big_endian };
    let broken = |what: &str| {
        Error::invalid(format!("{name} is damaged or cut off: {what}"))
            .with_help("save it again in MATLAB: save('W.mat', 'W', '-v7')")
    };
    let mut variables = Vec::new();
    let mut at = HEADER;
    while at < bytes.len() {
        let element = all.element(at).ok_or_else(|| broken("a variable ends beyond its end"))?;
        let packed = element.kind == COMPRESSED;
        if packed || element.kind == MATRIX {
            variables.push(
                Variable::of(element.data, packed, big_endian)
                    .ok_or_else(|| broken("a variable has no name"))?,
            );
        }
        at = element.next;
    }
    let variable = choose(&variables, name, array)?;
    if variable.complex {
        return Err(Error::invalid(format!("{name}: {} is complex; weights are real", variable.name))
            .with_help(format!("save its real part: {0} = real({0})", variable.name)));
    }
    let &[rows, cols] = &variable.dims[..] else {
        return Err(Error::invalid(format!(
            "{name}: {} is {}; a matrix has two axes",
            variable.name,
            variable.size()
        ))
        .with_help("save one matrix of it"));
    };
    let what = format!("{name}: {}", variable.name);
    if variable.class != SPARSE {
        // As they are unpacked, read, and put row by row into a matrix.
        npy::require(budget::product(&[rows, cols]), 32, &what)?;
    }
    let content =
        variable.content().ok_or_else(|| broken(&format!("{} cannot be unpacked", variable.name)))?;
    let content = Bytes { all: &content, big_endian };
    if variable.class == SPARSE {
        return sparse_matrix(content, &what, (rows, cols)).unwrap_or_else(|| Err(broken(&variable.name)));
    }
    let values = content.parts(4).and_then(|parts| parts[3].numbers(big_endian));
    let values = values.filter(|v| rows.checked_mul(cols) == Some(v.len()) && v.len() <= MAX_NUMBERS);
    let values = values
        .ok_or_else(|| broken(&format!("{} has not its {} numbers", variable.name, variable.size())))?;
    // MATLAB has columns one after the other.
    Ok(Table::dense(Matrix::from_vec(cols, rows, values).transpose()))
}

/// Checks that it is a file of version 5; whether numbers begin with their highest byte.
fn version(bytes: &[u8], name: &str) -> Result<bool> {
    let hdf5 = |at: usize| bytes.get(at..).is_some_and(|b| b.starts_with(b"\x89HDF\r\n\x1a\n"));
    if hdf5(0) || hdf5(512) || bytes.starts_with(b"MATLAB 7.3") {
        return Err(Error::unsupported(format!("{name} is a .mat file of version 7.3, which is HDF5"))
            .with_help("save it as version 7 in MATLAB: save('W.mat', 'W', '-v7'); or in Python, with h5py: numpy.save('W.npy', h5py.File('W.mat')['W'][()].T)"));
    }
    match bytes.get(124..HEADER) {
        Some([_, 1, b'I', b'M']) => Ok(false),
        Some([1, _, b'M', b'I']) => Ok(true),
        _ => Err(Error::invalid(format!("{name} is not a .mat file of version 5, or is cut off")).with_help(
            "save it in MATLAB: save('W.mat', 'W', '-v7'); in Python: scipy.io.savemat('W.mat', {'W': W})",
        )),
    }
}

/// The variable that is meant.
fn choose<'v, 'a>(
    variables: &'v [Variable<'a>],
    name: &str,
    array: Option<&str>,
) -> Result<&'v Variable<'a>> {
    let listed = |all: &mut dyn Iterator<Item = &Variable>| {
        all.map(|v| format!("{} ({})", v.name, v.size())).collect::<Vec<_>>().join(", ")
    };
    let usable = |v: &&Variable| v.class == SPARSE || NUMERIC.contains(&v.class);
    if let Some(array) = array {
        let found = variables.iter().find(|v| v.name == array).ok_or_else(|| {
            Error::invalid(format!("{name} holds no variable \"{array}\""))
                .with_help(format!("it holds: {}", listed(&mut variables.iter())))
        })?;
        return Some(found).filter(usable).ok_or_else(|| {
            Error::invalid(format!("{name}: {array} is no matrix of numbers"))
                .with_help("cells, structures and texts are not read: save the matrix itself")
        });
    }
    let numbers: Vec<&Variable> = variables.iter().filter(usable).collect();
    let many: Vec<&Variable> =
        numbers.iter().copied().filter(|v| v.dims.iter().product::<usize>() > 1).collect();
    match (&many[..], &numbers[..]) {
        ([one], _) | ([], [one]) => Ok(one),
        (_, []) => Err(Error::invalid(format!("{name} holds no matrix of numbers")).with_help(
            "cells, structures and texts are not read: save the matrix itself: save('W.mat', 'W', '-v7')",
        )),
        _ => Err(Error::invalid(format!("{name} holds {} matrices", numbers.len())).with_help(format!(
            "say which: array = one of {}; --array for a bare matrix",
            listed(&mut numbers.into_iter())
        ))),
    }
}

impl<'a> Variable<'a> {
    /// What a variable says of itself.
    fn of(bytes: &'a [u8], packed: bool, big_endian: bool) -> Option<Variable<'a>> {
        let head = if packed {
            let mut head = Vec::new();
            ZlibDecoder::new(bytes).take(HEAD as u64).read_to_end(&mut head).ok()?;
            // The tag of the matrix within comes first.
            if head.len() < 8 {
                return None;
            }
            Cow::Owned(head[8..].to_vec())
        } else {
            Cow::Borrowed(&bytes[..bytes.len().min(HEAD)])
        };
        let parts = Bytes { all: &head, big_endian }.parts(3)?;
        let flags = Bytes { all: parts[0].data, big_endian }.word(0)?;
        let dims = parts[1].numbers(big_endian)?;
        let dims = dims.iter().map(|d| (*d >= 0.0).then_some(*d as usize)).collect::<Option<Vec<_>>>()?;
        // So that sizes can be multiplied without a thought.
        dims.iter().try_fold(1_usize, |n, d| n.checked_mul(*d))?;
        let name = String::from_utf8(parts[2].data.to_vec()).ok()?;
        Some(Variable { name, class: flags as u8, complex: flags & 0x800 != 0, dims, bytes, packed })
    }

    fn size(&self) -> String {
        self.dims.iter().map(ToString::to_string).collect::<Vec<_>>().join(" x ")
    }

    /// All its elements.
    fn content(&self) -> Option<Cow<'a, [u8]>> {
        if !self.packed {
            return Some(Cow::Borrowed(self.bytes));
        }
        let most = (self.bytes.len() as u64).saturating_mul(MAX_RATIO).min((8 * MAX_NUMBERS + HEAD) as u64);
        let mut content = Vec::new();
        ZlibDecoder::new(self.bytes).take(most).read_to_end(&mut content).ok()?;
        content.drain(..8.min(content.len()));
        Some(Cow::Owned(content))
    }
}

impl<'a> Bytes<'a> {
    /// The first elements.
    fn parts(&self, count: usize) -> Option<Vec<Element<'a>>> {
        let mut at = 0;
        let mut parts = Vec::with_capacity(count);
        for _ in 0..count {
            let element = self.element(at)?;
            at = element.next;
            parts.push(element);
        }
        Some(parts)
    }
}

impl Element<'_> {
    /// Its numbers. MATLAB keeps whole numbers in the smallest type that holds them.
    fn numbers(&self, big_endian: bool) -> Option<Vec<f64>> {
        let (kind, width) = match self.kind {
            1 => ('i', 1),
            2 => ('u', 1),
            3 => ('i', 2),
            4 => ('u', 2),
            5 => ('i', 4),
            6 => ('u', 4),
            7 => ('f', 4),
            9 => ('f', 8),
            12 => ('i', 8),
            13 => ('u', 8),
            _ => return None,
        };
        let mut values = Vec::new();
        values.try_reserve_exact(self.data.len() / width).ok()?;
        values.extend(self.data.chunks_exact(width).map(|b| number(kind, big_endian, b)));
        Some(values)
    }
}

/// Rows of the entries, where each column starts, values. The lists may be longer than what is used of them.
fn sparse_matrix(content: Bytes, what: &str, (rows, cols): (usize, usize)) -> Option<Result<Table>> {
    let parts = content.parts(6)?;
    let lists: Vec<Vec<f64>> =
        parts[3..].iter().map(|p| p.numbers(content.big_endian)).collect::<Option<_>>()?;
    let shape = |n: usize| sparse::size(n as f64, what);
    let (rows, cols) = match (shape(rows), shape(cols)) {
        (Ok(rows), Ok(cols)) => (rows, cols),
        (Err(e), _) | (_, Err(e)) => return Some(Err(e)),
    };
    Some(sparse::compressed(what, (rows, cols), true, &lists[1], &lists[0], &lists[2]))
}
