//! Tables as programs write them: separators, labels, orientation, missing numbers, encodings and ends of lines in every
//! combination are read to the same matrix, or refused in words that a snapshot holds.

use crate::files::folder;
use neurate::spec::{Entries, Table, TableOptions};
use neurate::{Error, Result};
use std::fmt::Write;
use tempfile::TempDir;

/// Reads a file of these bytes, written into a folder.
fn read(folder: &TempDir, name: &str, bytes: &[u8], options: &TableOptions) -> Result<Table> {
    std::fs::write(folder.path().join(name), bytes).unwrap();
    neurate::file::folder(folder.path()).table(name, options)
}

const NUMBERS: [[f64; 3]; 3] = [[0.25, -1.5, 2.125], [3.0, 0.001, -4e-7], [0.0, 17.0, -0.5]];
const NAMES: [&str; 3] = ["E 1", "L2/3 E", "I"];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Labels {
    None,
    Row,
    Column,
    Both,
    /// With a word in the corner.
    Corner,
    /// 0, 1, 2 in both, as pandas writes them.
    Counted,
    /// 0, 1, 2 in the first row alone.
    CountedRow,
    /// 1, 2, 3 in the first column alone.
    CountedColumn,
    /// Without a corner, as R writes it.
    Short,
}

const LABELS: [Labels; 9] = [
    Labels::None,
    Labels::Row,
    Labels::Column,
    Labels::Both,
    Labels::Corner,
    Labels::Counted,
    Labels::CountedRow,
    Labels::CountedColumn,
    Labels::Short,
];

/// A way of writing a table.
#[derive(Clone, Copy, Debug)]
struct Style {
    separator: &'static str,
    decimal_comma: bool,
    labels: Labels,
    /// In place of one number.
    missing: Option<&'static str>,
    trailing: bool,
}

impl Style {
    fn text(&self, numbers: &[Vec<f64>]) -> String {
        let quote = |name: &str| if self.separator == " " { format!("\"{name}\"") } else { name.to_string() };
        let names = |counted: bool, first: usize| -> Vec<String> {
            (0..3).map(|k| if counted { (k + first).to_string() } else { quote(NAMES[k]) }).collect()
        };
        let counted = self.labels == Labels::Counted;
        let header = match self.labels {
            Labels::None | Labels::Column | Labels::CountedColumn => None,
            Labels::Row | Labels::Short => Some(names(false, 0)),
            Labels::CountedRow => Some(names(true, 0)),
            Labels::Both | Labels::Corner | Labels::Counted => {
                let corner = if self.labels == Labels::Corner { "pre\\post" } else { "" };
                Some([vec![corner.to_string()], names(counted, 0)].concat())
            }
        };
        let side = match self.labels {
            Labels::None | Labels::Row | Labels::CountedRow => None,
            Labels::CountedColumn => Some(names(true, 1)),
            _ => Some(names(counted, 0)),
        };
        let mut lines: Vec<Vec<String>> = header.into_iter().collect();
        for (i, row) in numbers.iter().enumerate() {
            let cell = |(j, x): (usize, &f64)| match self.missing {
                Some(word) if (i, j) == (1, 1) => word.to_string(),
                _ if self.decimal_comma => format!("{x:?}").replace('.', ","),
                _ => format!("{x:?}"),
            };
            let first = side.iter().map(|names| names[i].clone());
            lines.push(first.chain(row.iter().enumerate().map(cell)).collect());
        }
        let end = if self.trailing { self.separator } else { "" };
        lines.iter().map(|cells| cells.join(self.separator) + end + "\n").collect()
    }
}

fn encoded(text: &str, encoding: &str) -> Vec<u8> {
    let wide = |bytes: fn(u16) -> [u8; 2]| {
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    match encoding {
        "UTF-8" => text.as_bytes().to_vec(),
        "UTF-8 with its mark" => format!("\u{feff}{text}").into_bytes(),
        "UTF-16 LE" => wide(u16::to_le_bytes),
        _ => wide(u16::to_be_bytes),
    }
}

#[test]
fn every_variant_is_the_same_matrix() {
    let folder = folder(&[]);
    let own: Vec<Vec<f64>> = NUMBERS.iter().map(|r| r.to_vec()).collect();
    let turned: Vec<Vec<f64>> = (0..3).map(|j| own.iter().map(|r| r[j]).collect()).collect();
    let (mut read, mut refused) = (0, 0);
    for (separator, decimal_comma, ending) in [
        (",", false, "csv"),
        (", ", false, "csv"),
        (";", false, "csv"),
        (";", true, "csv"),
        ("\t", false, "tsv"),
        ("\t", true, "txt"),
        (" ", false, "dat"),
        (" ", true, "txt"),
    ] {
        for labels in LABELS {
            for numbers in [&own, &turned] {
                for missing in [None, Some(""), Some("NA"), Some("NaN"), Some("#N/A"), Some("null")] {
                    for trailing in [false, true] {
                        let style = Style { separator, decimal_comma, labels, missing, trailing };
                        // A blank tells nothing about an empty cell.
                        let lost = separator == " " && missing == Some("");
                        // Words for what is missing have nothing to do with encodings.
                        let encodings = if matches!(missing, None | Some("NA")) { 6 } else { 1 };
                        let all = [
                            ("UTF-8", "\n"),
                            ("UTF-8", "\r\n"),
                            ("UTF-8", "\r"),
                            ("UTF-8 with its mark", "\r\n"),
                            ("UTF-16 LE", "\r\n"),
                            ("UTF-16 BE", "\n"),
                        ];
                        for (encoding, end) in all.into_iter().take(encodings) {
                            let bytes = encoded(&style.text(numbers).replace('\n', end), encoding);
                            let table =
                                self::read(&folder, &format!("W.{ending}"), &bytes, &TableOptions::square());
                            match table {
                                Ok(table) if !lost => check(&table, numbers, style),
                                Err(e) if lost => assert!(e.message().contains("cells"), "{style:?}: {e}"),
                                other => {
                                    panic!("{style:?} {encoding} {end:?}: {other:?}\n{}", style.text(numbers))
                                }
                            }
                            *(if lost { &mut refused } else { &mut read }) += 1;
                        }
                    }
                }
            }
        }
    }
    assert_eq!((read, refused), (4_536, 72), "combinations");
}

fn check(table: &Table, numbers: &[Vec<f64>], style: Style) {
    let what = format!("{style:?}\n{}", style.text(numbers));
    assert_eq!((table.rows, table.cols), (3, 3), "{what}");
    let Entries::Dense(m) = &table.entries else { panic!("{what}: sparse") };
    for i in 0..3 {
        for j in 0..3 {
            if style.missing.is_some() && (i, j) == (1, 1) {
                assert!(m[(i, j)].is_nan(), "{what}");
            } else {
                assert_eq!(m[(i, j)], numbers[i][j], "{what}");
            }
        }
    }
    let header = table.col_names.is_some();
    assert_eq!(table.missing_line, style.missing.map(|_| if header { 3 } else { 2 }), "{what}");
    let names: Vec<String> = NAMES.iter().map(ToString::to_string).collect();
    let counted =
        |first: usize| -> Option<Vec<String>> { Some((0..3).map(|k| (k + first).to_string()).collect()) };
    let (rows, cols) = match style.labels {
        Labels::None => (None, None),
        Labels::Row => (None, Some(names)),
        Labels::Column => (Some(names), None),
        Labels::Both | Labels::Corner | Labels::Short => (Some(names.clone()), Some(names)),
        Labels::Counted => (counted(0), counted(0)),
        Labels::CountedRow => (None, counted(0)),
        Labels::CountedColumn => (counted(1), None),
    };
    assert_eq!((&table.row_names, &table.col_names), (&rows, &cols), "{what}");
}

#[test]
fn other_ways_of_writing() {
    let folder = folder(&[]);
    let read = |text: &str| {
        let table = self::read(&folder, "W.csv", text.as_bytes(), &TableOptions::square());
        let table = table.unwrap_or_else(|e| panic!("{text}: {e} {:?}", e.help()));
        let Entries::Dense(m) = &table.entries else { panic!("{text}: sparse") };
        let rows: Vec<Vec<f64>> = (0..m.rows()).map(|i| m.row(i).to_vec()).collect();
        (rows, table)
    };
    let w = vec![vec![1.0, -2.0], vec![3.5, 4.0]];
    for text in [
        "# made today\n% twice\n\n1,-2\n\n3.5,4\n",
        "sep=;\n1;-2\n3,5;4\n",
        "1, -2,\n3.5, 4,\n",
        "1;-2;;;\n3.5;4;;;\n;;;;\n;;;;\n",
        "1,\t-2\n3.5,\t4\n",
        "   1   -2\n 3.5    4   \n",
        "1 \t-2\n3.5\t4",
        "1.0e0,\u{2212}2\n+3.50,4.\n",
        "\"1\",\"-2\"\n\"3.5\",\"4\"\n",
        "\u{2212}0.0,1\n1,-2\n3.5,4\n".trim_start_matches("\u{2212}0.0,1\n"),
        ",,\n1,-2,\n3.5,4,\n".trim_start_matches(",,\n"),
    ] {
        assert_eq!(read(text).0, w, "{text:?}");
    }
    // A quote within a quoted name is written twice; a name may hold the separator.
    let (numbers, table) = read("\"a \"\"b\"\"\",\"c,d\"\n1,-2\n3.5,4\n");
    assert_eq!(
        (numbers, table.col_names.unwrap()),
        (w.clone(), vec!["a \"b\"".to_string(), "c,d".to_string()])
    );
    // Numbers may be names where there is a corner: of cells in a data base, for example.
    let (numbers, table) = read("id,101,205\n101,1,-2\n205,3.5,4\n");
    assert_eq!((numbers, table.row_names.unwrap()), (w.clone(), vec!["101".to_string(), "205".to_string()]));
    // Distances along a line are numbers, although they count.
    assert_eq!(read("0,1,2\n1,0,1\n2,1,0\n").0[0], [0.0, 1.0, 2.0]);
    // What is said beside the file decides.
    let mut options = TableOptions::square();
    options.decimal = Some(',');
    let table = self::read(&folder, "W.csv", b"1,234;2,345\n3,456;4,567\n", &options).unwrap();
    assert!(matches!(&table.entries, Entries::Dense(m) if m[(0, 0)] == 1.234));
    let mut options = TableOptions::square();
    options.labels = Some(neurate::spec::Labels::None);
    let table = self::read(&folder, "W.csv", b",2\n3,4\n", &options).unwrap();
    assert!(matches!(&table.entries, Entries::Dense(m) if m[(0, 0)].is_nan() && m[(1, 1)] == 4.0));
    // A heading in a comment, as numpy.savetxt writes it, is kept for recordings.
    let table =
        self::read(&folder, "r.csv", b"# time (s), light\n0,1\n0.5,2\n1,0\n", &TableOptions::default())
            .unwrap();
    assert_eq!((table.cols, table.remark.unwrap()), (2, vec!["time (s)".to_string(), "light".to_string()]));
}

#[test]
fn lists_of_connections() {
    let folder = folder(&[]);
    let read = |text: &str| self::read(&folder, "W.csv", text.as_bytes(), &TableOptions::square());
    for text in [
        "pre,post,weight\nE,I,2\nI,E,-1\n",
        "post;weight;pre\nI;2,0;E\nE;-1,0;I\n",
        "Source\tTarget\tw\nE\tI\t2\nI\tE\t-1\n",
        ",from,to,weight,delay\n0,E,I,2,1\n1,I,E,-1,2\n",
    ] {
        let table = read(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(table.row_names.as_deref(), Some(&["E".to_string(), "I".to_string()][..]), "{text}");
        assert_eq!(table.row_names, table.col_names);
        let Entries::Sparse(entries) = &table.entries else { panic!("{text}: dense") };
        // Rows receive.
        assert_eq!(entries, &[(1, 0, 2.0), (0, 1, -1.0)], "{text}");
    }
    let table = read("pre,post,weight\n0,2,1.5\n2,1,-1\n").unwrap();
    assert_eq!((table.rows, table.row_names.is_none()), (3, true));
    assert!(matches!(&table.entries, Entries::Sparse(all) if all[0] == (2, 0, 1.5)));
    // Keys of a data base are names.
    let table = read("pre,post,weight\n720575940621039145,720575940621039146,1\n").unwrap();
    assert_eq!((table.rows, table.row_names.unwrap().len()), (2, 2));
}

fn said(e: &Error) -> String {
    format!("{:?}: {}\n  help: {}\n", e.kind(), e.message(), e.help().unwrap_or("NONE"))
}

/// All refusals of text, to be read: each names the line or the cell, and what would be right.
#[test]
fn refusals() {
    // The same words on every machine.
    neurate::budget::allow(8_000_000_000);
    let folder = folder(&[]);
    let mut all = String::new();
    for (what, text) in [
        ("nothing", ""),
        ("only comments", "# nothing\n\n"),
        ("only names", "E,I\n"),
        ("thousands or decimals", "1,234;2,345\n3,456;4,567\n"),
        ("both decimal marks", "0,5;1\n2.5;1\n"),
        ("commas and blanks", "0,5, 1,2\n0,1, 0,7\n"),
        ("a short row", "1,2,3\n4,5\n7,8,9\n"),
        ("a long row", "1,2\n4,5\n7,8,9\n5,6\n"),
        ("names without quotes", "L2/3 E 1 2\nL4 E 3 4\nX 5 6\n"),
        ("fewer names than columns", "E,I\n1,2,-3\n1,2,-3\n1,2,-3\n"),
        ("more names than columns", "E,I,P,Q\n1,2,-3\n1,2,-3\n1,2,-3\n"),
        ("a word", "1,2\n3,four\n"),
        ("a word in the first row", "1,2,x\n3,4,5\n6,7,8\n"),
        ("a long word", "1,2\n3,oneverylongwordthatwouldfillthewholelineofaterminal\n"),
        ("a decimal point among commas", "0,5;1,5\n1.000,5;2\n"),
        ("an open quote", "\"E,I\n1,2\n3,4\n"),
        ("text after a quote", "\"E\"x,I\n1,2\n3,4\n"),
        ("an empty corner of numbers", ",2,3\n5,5,6\n7,8,9\n"),
        ("connections without weights", "pre,post,n_syn\nE,I,3\n"),
        ("a connection twice", "pre,post,weight\nE,I,3\nI,E,1\nE,I,4\n"),
        ("a weight that is none", "pre,post,weight\nE,I,strong\n"),
        ("a connection from nobody", "pre,post,weight\n,I,3\n"),
        ("no connection", "pre,post,weight\n"),
    ] {
        let e = self::read(&folder, "W.csv", text.as_bytes(), &TableOptions::square()).expect_err(what);
        writeln!(all, "== {what}\n{}", said(&e)).unwrap();
    }
    for (what, name, bytes) in [
        ("another encoding", "W.csv", &b"\xB5,1\n2,3\n"[..]),
        ("UTF-16 without its mark", "W.csv", b"1\0,\x002\0"),
        ("half of UTF-16", "W.csv", b"\xFF\xFE1"),
        ("a spreadsheet", "W.xlsx", b"PK"),
        ("HDF5", "W.h5", b""),
        ("packed", "W.csv.gz", b""),
        ("a pickle", "W.pkl", b""),
        ("XPPAUT", "W.ode", b""),
        ("NeuroML", "W.nml", b""),
        ("no ending", "W", b""),
        ("version 7.3", "W.mat", b"MATLAB 7.3 MAT-file"),
        ("no .mat file", "V.mat", b"x"),
        ("no .npz file", "W.npz", b"x"),
        (
            "a huge .mtx",
            "W.mtx",
            b"%%MatrixMarket matrix coordinate real general\n4000000000 4000000000 1\n1 1 1\n",
        ),
        ("a huge full .mtx", "V.mtx", b"%%MatrixMarket matrix array real general\n9000000 9000000\n1\n"),
        ("no folder", "W.zarr", b""),
    ] {
        let e = self::read(&folder, name, bytes, &TableOptions::square()).expect_err(what);
        writeln!(all, "== {what}\n{}", said(&e).replace(&folder.path().display().to_string(), "FOLDER"))
            .unwrap();
    }
    assert!(!all.contains("NONE"), "every refusal says what would be right\n{all}");
    insta::assert_snapshot!("refusals", all);
}
