//! What the signs of a matrix say about who sends: by Dale's principle all weights of a sender have one sign.

use super::super::population::CellKind;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;

/// Which lines of a matrix are the weights of one sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Senders {
    /// Rows receive, columns send: `W[to, from]`.
    Columns,
    /// Columns receive, rows send: `W[from, to]`.
    Rows,
}

impl Senders {
    /// The other lines.
    #[must_use]
    pub fn other(self) -> Senders {
        match self {
            Senders::Columns => Senders::Rows,
            Senders::Rows => Senders::Columns,
        }
    }
    fn name(self) -> &'static str {
        match self {
            Senders::Columns => "columns",
            Senders::Rows => "rows",
        }
    }
}

/// Whether a line has a positive and whether it has a negative weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Line {
    positive: bool,
    negative: bool,
}

/// The signs of a matrix, row by row and column by column.
///
/// ```
/// use neurate::linalg::Matrix;
/// use neurate::model::{Senders, Signs};
/// // The first row excites and the second inhibits: rows send.
/// let signs = Signs::of(&Matrix::from_rows(&[[1.0, 2.0], [-1.0, -0.5]]));
/// assert!(signs.fit(Senders::Rows) && !signs.fit(Senders::Columns));
/// assert!(signs.check("W", Senders::Columns).is_err());
/// ```
#[derive(Clone, Debug)]
pub struct Signs {
    columns: Vec<Line>,
    rows: Vec<Line>,
}

impl Signs {
    /// The signs of a dense matrix.
    pub fn of(w: &Matrix) -> Signs {
        Signs::visit(w.rows(), w.cols(), |note| {
            for i in 0..w.rows() {
                w.row(i).iter().enumerate().for_each(|(j, &x)| note(i, j, x));
            }
        })
    }

    /// The signs of a matrix of which row, column and value of every entry that is not 0 are given.
    pub fn of_entries(rows: usize, cols: usize, entries: &[(usize, usize, f64)]) -> Signs {
        Signs::visit(rows, cols, |note| entries.iter().for_each(|&(i, j, w)| note(i, j, w)))
    }

    /// The signs of whatever calls its argument with row, column and value of every entry.
    pub(crate) fn visit(
        rows: usize,
        cols: usize,
        each: impl FnOnce(&mut dyn FnMut(usize, usize, f64)),
    ) -> Signs {
        let mut signs = Signs { columns: vec![Line::default(); cols], rows: vec![Line::default(); rows] };
        each(&mut |i, j, w| {
            for line in [&mut signs.columns[j], &mut signs.rows[i]] {
                line.positive |= w > 0.0;
                line.negative |= w < 0.0;
            }
        });
        signs
    }

    fn lines(&self, senders: Senders) -> &[Line] {
        match senders {
            Senders::Columns => &self.columns,
            Senders::Rows => &self.rows,
        }
    }

    /// Whether no sender has weights of both signs.
    pub fn fit(&self, senders: Senders) -> bool {
        self.lines(senders).iter().all(|l| !(l.positive && l.negative))
    }

    /// The lines with negative weights alone, in their order.
    pub(crate) fn inhibitory(&self, senders: Senders) -> impl Iterator<Item = usize> + '_ {
        let inhibits = |l: &Line| l.negative && !l.positive;
        self.lines(senders).iter().enumerate().filter(move |(_, l)| inhibits(l)).map(|(k, _)| k)
    }

    /// Whether unit `k` of a square matrix neither sends nor receives.
    pub(crate) fn is_silent(&self, k: usize) -> bool {
        [self.columns[k], self.rows[k]] == [Line::default(); 2]
    }

    /// Refuses a matrix whose signs fit Dale's principle only in the transpose. If both readings fit, or neither does, the
    /// signs say nothing. `name` stands in the message; the way on is for the caller to add.
    ///
    /// # Errors
    /// Each of the other lines has one sign, and some of the senders have both.
    pub fn check(&self, name: &str, senders: Senders) -> Result<()> {
        let other = senders.other();
        if self.fit(senders) || !self.fit(other) {
            return Ok(());
        }
        let mixed = self.lines(senders).iter().filter(|l| l.positive && l.negative).count();
        let (ours, theirs) = (senders.name(), other.name());
        let (count, all) = (self.lines(senders).len(), if mixed == 1 { "has" } else { "have" });
        Err(Error::invalid(format!(
            "{name} looks transposed: every one of its {theirs} has weights of one sign, as Dale's principle asks of senders, \
             but {mixed} of its {count} {ours}, which are taken as senders, {all} both signs"
        )))
    }

    /// The kind that the weights of several senders together show.
    pub fn kind_of(&self, senders: Senders, members: impl IntoIterator<Item = usize>) -> CellKind {
        let lines = self.lines(senders);
        let (mut positive, mut negative) = (false, false);
        for k in members {
            positive |= lines[k].positive;
            negative |= lines[k].negative;
        }
        match (positive, negative) {
            (true, false) => CellKind::Excitatory,
            (false, true) => CellKind::Inhibitory,
            _ => CellKind::Unconstrained,
        }
    }

    /// A kind for each unit: excitatory and inhibitory, if all senders of positive weights come before all of negative
    /// ones; else none is declared. Senders without any weight go with those before them.
    pub fn kinds(&self, senders: Senders) -> Vec<CellKind> {
        let lines = self.lines(senders);
        let first = lines.iter().position(|l| l.negative).unwrap_or(lines.len());
        if lines[first..].iter().any(|l| l.positive) {
            return vec![CellKind::Unconstrained; lines.len()];
        }
        let kind = |k| if k < first { CellKind::Excitatory } else { CellKind::Inhibitory };
        (0..lines.len()).map(kind).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CellKind::{Excitatory as E, Inhibitory as I, Unconstrained as U};

    fn signs(rows: &[[f64; 3]]) -> Signs {
        Signs::of(&Matrix::from_rows(rows))
    }

    #[test]
    fn only_a_matrix_that_fits_in_the_transpose_alone_is_refused() {
        let sends = [[0.5, 0.6, 0.3], [0.2, 0.4, 0.1], [-0.7, -0.3, -0.2]];
        let s = signs(&sends);
        let e = s.check("W", Senders::Columns).unwrap_err();
        assert!(e.message().contains("3 of its 3 columns"), "{e}");
        assert!(s.check("W", Senders::Rows).is_ok());
        let transposed = Signs::of(&Matrix::from_rows(&sends).transpose());
        assert!(transposed.check("W", Senders::Columns).is_ok());
        assert!(transposed.check("W", Senders::Rows).unwrap_err().message().contains("3 of its 3 rows"));
        // Both fit: all of one sign, an antisymmetric loop, zeros. Neither fits: mixed throughout.
        for both in [[[1.0, 2.0, 0.0]; 3], [[0.0; 3]; 3], [[0.0, 1.0, 0.0], [0.0, 0.0, -1.0], [0.0; 3]]] {
            assert!([Senders::Columns, Senders::Rows].iter().all(|s| signs(&both).check("W", *s).is_ok()));
        }
        let mixed = [[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0; 3]];
        assert!([Senders::Columns, Senders::Rows].iter().all(|s| signs(&mixed).check("W", *s).is_ok()));
    }

    #[test]
    fn kinds_are_read_off_if_excitation_comes_first() {
        let c = Senders::Columns;
        assert_eq!(signs(&[[1.0, 2.0, -3.0], [1.0, 0.0, -1.0], [2.0, 1.0, -1.0]]).kinds(c), [E, E, I]);
        assert_eq!(signs(&[[1.0, 0.0, -3.0], [1.0, 0.0, -1.0], [2.0, 0.0, 0.0]]).kinds(c), [E, E, I]);
        assert_eq!(signs(&[[-1.0, 1.0, 0.0]; 3]).kinds(c), [U; 3]);
        assert_eq!(signs(&[[1.0; 3]; 3]).kinds(c), [E; 3]);
        assert_eq!(signs(&[[-1.0; 3]; 3]).kinds(c), [I; 3]);
        assert_eq!(signs(&[[0.0, 0.0, -1.0]; 3]).kinds(c), [E, E, I]);
        assert_eq!(signs(&[[1.0, 1.0, 1.0], [0.0; 3], [-1.0, -1.0, -1.0]]).kinds(Senders::Rows), [E, E, I]);
        assert_eq!(signs(&[[0.0, 1.0, -1.0]; 3]).kind_of(c, [0, 1]), E);
    }
}
