//! NumPy's own formats: `.npy` by `npyz`, and `.npz`, a zip file of them, by `zip`.

use neurate_numerics::error::{Error, Result};
use npyz::{DType, NpyFile, Order, TypeChar};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// An array, its values in C order.
pub(super) struct Array {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

/// Reads the bytes of a `.npy` file.
pub(super) fn read_npy(bytes: &[u8], name: &str) -> Result<Array> {
    let fail = |what: &str| Error::invalid(format!("{name} {what}"));
    let broken = || fail("is not a .npy file, or is cut off");
    let file = NpyFile::new(bytes).map_err(|_| broken())?;
    let shape: Vec<usize> = file
        .shape()
        .iter()
        .map(|&s| usize::try_from(s))
        .collect::<std::result::Result<_, _>>()
        .map_err(|_| broken())?;
    let DType::Plain(dtype) = file.dtype() else {
        return Err(fail("holds records; weights are numbers"));
    };
    let width = usize::try_from(dtype.size_field()).unwrap_or(usize::MAX);
    let size = shape.iter().try_fold(width, |n, &s| n.checked_mul(s)).ok_or_else(broken)?;
    // Asked before reading: an announced size beyond the file must not be allocated.
    if size > bytes.len() {
        return Err(fail(&format!("is cut off: {size} bytes of numbers are announced")));
    }
    let order = file.order();
    let cut_off = |_| fail(&format!("is cut off: {size} bytes of numbers are announced"));
    macro_rules! numbers {
        ($type:ty) => {
            file.into_vec::<$type>().map_err(cut_off)?.into_iter().map(|x| x as f64).collect()
        };
    }
    let values: Vec<f64> = match (dtype.type_char(), width) {
        (TypeChar::Float, 8) => file.into_vec::<f64>().map_err(cut_off)?,
        (TypeChar::Float, 4) => numbers!(f32),
        (TypeChar::Int, 8) => numbers!(i64),
        (TypeChar::Int, 4) => numbers!(i32),
        (TypeChar::Int, 2) => numbers!(i16),
        (TypeChar::Int, 1) => numbers!(i8),
        (TypeChar::Uint, 8) => numbers!(u64),
        (TypeChar::Uint, 4) => numbers!(u32),
        (TypeChar::Uint, 2) => numbers!(u16),
        (TypeChar::Uint, 1) => numbers!(u8),
        (TypeChar::Bool, _) => {
            file.into_vec::<bool>().map_err(cut_off)?.into_iter().map(|b| f64::from(u8::from(b))).collect()
        }
        (TypeChar::Complex, _) => return Err(fail("holds complex numbers; weights are real")),
        _ => {
            return Err(fail(&format!(
                "holds numbers of dtype {dtype}; float64, float32 and integers are read"
            )));
        }
    };
    let values = match (order, &shape[..]) {
        (Order::Fortran, &[rows, cols]) => {
            (0..values.len()).map(|k| values[(k % cols) * rows + k / cols]).collect()
        }
        _ => values,
    };
    Ok(Array { shape, values })
}

/// Reads one array of a `.npz` file: the only one, or the one named.
pub(super) fn read_npz(bytes: &[u8], name: &str, array: Option<&str>) -> Result<Array> {
    let broken = || Error::invalid(format!("{name} is not a .npz file, or is cut off"));
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    let mut names = Vec::with_capacity(archive.len());
    for k in 0..archive.len() {
        let member = archive.by_index_raw(k).map_err(|_| broken())?;
        let path = member.name().map_err(|_| broken())?;
        names.push(path.strip_suffix(".npy").unwrap_or(&path).to_string());
    }
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
    let unpack = || Error::invalid(format!("{name}: the array {} cannot be unpacked", names[index]));
    let mut data = Vec::new();
    archive.by_index(index).map_err(|_| unpack())?.read_to_end(&mut data).map_err(|_| unpack())?;
    read_npy(&data, name)
}
