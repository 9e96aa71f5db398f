//! Tables of numbers as text: `.csv`, `.tsv`, `.txt`, `.dat`, whatever program wrote them.

mod cells;
mod edges;
mod format;
mod labels;
mod numbers;
mod read;

pub(super) use read::table;
