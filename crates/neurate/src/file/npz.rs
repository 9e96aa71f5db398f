//! `.npz`, a zip file of NumPy's arrays: one of them, or the sparse matrix that SciPy keeps in several.

use super::contents::MAX_RATIO;
use super::npy::{Array, Header, wrong_axes};
use super::sparse;
use crate::spec::Table;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::io::{Cursor, Read};
use zip::ZipArchive;

struct Archive<'a> {
    name: &'a str,
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// The names of the arrays.
    names: Vec<String>,
}

/// Reads one array of a `.npz` file, the only one or the one named; or a sparse matrix.
pub(super) fn read_npz(bytes: &[u8], name: &str, array: Option<&str>) -> Result<Table> {
    let broken = || {
        Error::invalid(format!("{name} is not a .npz file, or is cut off"))
            .with_help("save it again: numpy.savez(\"W.npz\", W=W), or scipy.sparse.save_npz(\"W.npz\", W)")
    };
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    let mut names = Vec::with_capacity(zip.len());
    for k in 0..zip.len() {
        let member = zip.by_index_raw(k).map_err(|_| broken())?;
        let path = member.name().map_err(|_| broken())?;
        names.push(path.strip_suffix(".npy").unwrap_or(&path).to_string());
    }
    let mut archive = Archive { name, zip, names };
    if array.is_none() && ["format", "shape", "data"].iter().all(|n| archive.find(n).is_some()) {
        return archive.sparse();
    }
    let index = match array {
        Some(array) => archive.find(array),
        None if archive.names.len() == 1 => Some(0),
        None if archive.names.is_empty() => {
            return Err(
                Error::invalid(format!("{name} holds no arrays")).with_help("numpy.savez(\"W.npz\", W=W)")
            );
        }
        None => {
            return Err(Error::invalid(format!("{name} holds {} arrays", archive.names.len())).with_help(
                format!("say which: array = one of {}; --array for a bare matrix", archive.names.join(", ")),
            ));
        }
    };
    let Some(index) = index else {
        let array = array.unwrap_or_default();
        return Err(Error::invalid(format!("{name} holds no array \"{array}\""))
            .with_help(format!("it holds: {}", archive.names.join(", "))));
    };
    let array = archive.array(index, 2)?;
    Ok(Table::dense(Matrix::from_vec(array.shape[0], array.shape[1], array.values)))
}

impl Archive<'_> {
    fn find(&self, array: &str) -> Option<usize> {
        self.names.iter().position(|n| n == array)
    }

    /// Array `index`, of this number of axes.
    fn array(&mut self, index: usize, axes: usize) -> Result<Array> {
        let what = format!("{}: the array {}", self.name, self.names[index]);
        let unpack = || Error::invalid(format!("{what} cannot be unpacked")).with_help("save it again");
        let mut member = self.zip.by_index(index).map_err(|_| unpack())?;
        // The sizes in a zip file's directory may be wrong in both directions.
        let most = member.compressed_size().saturating_mul(MAX_RATIO).saturating_add(1_000);
        let header = Header::read(&mut member, &what)?;
        let size = header.bytes(&what)?;
        if size as u64 > most {
            return Err(Error::invalid(format!("{what} is cut off: {size} bytes of numbers are announced"))
                .with_help("save it again"));
        }
        if axes != header.shape.len() {
            return Err(wrong_axes(&what, &header.shape));
        }
        header.numbers(&mut member, &what)
    }

    /// The numbers of an array with one axis.
    fn list(&mut self, array: &str) -> Result<Vec<f64>> {
        let Some(index) = self.find(array) else {
            return Err(Error::invalid(format!("{} lacks the array {array} of a sparse matrix", self.name))
                .with_help("save it again: scipy.sparse.save_npz(\"W.npz\", W)"));
        };
        Ok(self.array(index, 1)?.values)
    }

    /// What `scipy.sparse.save_npz` writes.
    fn sparse(&mut self) -> Result<Table> {
        let format = self.format()?;
        let shape = self.list("shape")?;
        let name = self.name;
        let &[rows, cols] = &shape[..] else { return Err(wrong_axes(name, &shape)) };
        let (rows, cols) = (sparse::size(rows, name)?, sparse::size(cols, name)?);
        match format.as_str() {
            "csr" | "csc" => {
                let (starts, indices) = (self.list("indptr")?, self.list("indices")?);
                let data = self.list("data")?;
                sparse::compressed(name, (rows, cols), format == "csc", &starts, &indices, &data)
            }
            "coo" => {
                let (row, col) = (self.list("row")?, self.list("col")?);
                let data = self.list("data")?;
                sparse::coordinates(name, (rows, cols), &row, &col, &data)
            }
            _ => Err(Error::invalid(format!("{name} holds a sparse matrix in the format {format}"))
                .with_help(
                    "save it in one of csr, csc and coo: scipy.sparse.save_npz(\"W.npz\", W.tocsr())",
                )),
        }
    }

    fn format(&mut self) -> Result<String> {
        let index = self.find("format").unwrap_or(0);
        let what = format!("{}: the array format", self.name);
        let broken = || {
            Error::invalid(format!("{what} is no word"))
                .with_help("say which array to read: array = \"data\", for example")
        };
        let member = self.zip.by_index(index).map_err(|_| broken())?;
        let mut member = member.take(20_000);
        Header::read(&mut member, &what)?.text(&mut member).ok_or_else(broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn file(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn array(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
        let length = (header.len() as u16).to_le_bytes();
        [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
    }

    #[test]
    fn what_a_file_cannot_hold_takes_no_memory() {
        let refused = |bytes: &[u8]| read_npz(bytes, "W.npz", None).unwrap_err().to_string();
        let huge = array("<f8", "(20000, 20000)", &[]);
        assert!(refused(&file(&[("W.npy", &huge)])).contains("cut off: 3200000000 bytes"));
        // Six gigabytes of zeros in six megabytes would be more than any matrix.
        let larger = array("<f8", "(28000, 28000)", &[]);
        assert!(refused(&file(&[("W.npy", &larger)])).contains("too many numbers"));
        let flat = array("<f8", "(3,)", &[0; 24]);
        assert!(refused(&file(&[("W.npy", &flat)])).contains("has shape (3)"));
        assert!(refused(&file(&[])).contains("holds no arrays"));
    }

    #[test]
    fn sparse_matrices_are_checked() {
        let numbers = |all: &[i64]| all.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        let matrix = |format: &[u8], shape: &[i64], starts: &[i64], indices: &[i64]| {
            let list = |all: &[i64]| array("<i8", &format!("({},)", all.len()), &numbers(all));
            let parts = [
                ("format.npy", array("|S3", "()", format)),
                ("shape.npy", list(shape)),
                ("indptr.npy", list(starts)),
                ("indices.npy", list(indices)),
                ("data.npy", list(&[5, 6])),
            ];
            let members: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (*name, &bytes[..])).collect();
            read_npz(&file(&members), "W.npz", None)
        };
        let entries = |table: Table| {
            let mut all = Vec::new();
            table.for_each(|i, j, v| all.push((i, j, v)));
            all
        };
        let rows = matrix(b"csr", &[2, 2], &[0, 1, 2], &[1, 0]).unwrap();
        assert_eq!(entries(rows), [(0, 1, 5.0), (1, 0, 6.0)]);
        let columns = matrix(b"csc", &[2, 2], &[0, 2, 2], &[1, 0]).unwrap();
        assert_eq!(entries(columns), [(1, 0, 5.0), (0, 0, 6.0)]);
        for (shape, starts, indices, words) in [
            (&[2, 2][..], &[0, 1][..], &[1, 0][..], "2 starts for 2 rows"),
            (&[2, 2], &[0, 1, 3], &[1, 0], "entries at 1 to 3"),
            (&[2, 2], &[0, 2, 1], &[1, 0], "entries at 2 to 1"),
            (&[2, 2], &[0, 1, 2], &[1, 2], "index 2 is outside"),
            (&[2, 2], &[0, 1, 2], &[-1, 0], "index -1 is outside"),
            (&[4_000_000_000, 2], &[0, 1, 2], &[1, 0], "announces 4000000000 rows"),
            (&[2, 2, 2], &[0, 1, 2], &[1, 0], "has shape (2, 2, 2)"),
        ] {
            let e = matrix(b"csr", shape, starts, indices).unwrap_err().to_string();
            assert!(e.contains(words), "{e}");
        }
        assert!(matrix(b"dia", &[2, 2], &[0, 1, 2], &[1, 0]).unwrap_err().message().contains("format dia"));
    }
}
