//! Weights to a file that `[W] file = ...` reads.

use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::fmt::Write;

/// The text of a weight file: Matrix Market (`mtx`, only what is not zero) or `csv`; rows receive. Every
/// number is written so that it is read back exactly.
///
/// # Errors
/// Another ending.
pub fn weights_text(w: &Matrix, ending: &str, remark: &str) -> Result<String> {
    let mut out = String::new();
    match ending {
        "mtx" => {
            let entries = w.data().iter().filter(|x| **x != 0.0).count();
            out += "%%MatrixMarket matrix coordinate real general\n";
            for line in remark.lines() {
                let _ = writeln!(out, "% {line}");
            }
            let _ = writeln!(out, "{} {} {entries}", w.rows(), w.cols());
            for i in 0..w.rows() {
                for (j, x) in w.row(i).iter().enumerate().filter(|(_, x)| **x != 0.0) {
                    let _ = writeln!(out, "{} {} {x:?}", i + 1, j + 1);
                }
            }
        }
        "csv" => {
            for i in 0..w.rows() {
                let row: Vec<String> = w.row(i).iter().map(|x| format!("{x:?}")).collect();
                out += &row.join(",");
                out.push('\n');
            }
        }
        _ => {
            return Err(Error::invalid(format!("weights are not written as \".{ending}\""))
                .with_help("one of .mtx, .csv"));
        }
    }
    Ok(out)
}
