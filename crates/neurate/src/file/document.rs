//! A circuit file's text together with all that it refers to.

use super::weight_files::{self, Entries, Table};
use super::{Address, SweepTable, text_of};
use crate::model;
use crate::model::{Circuit, Weights};
use crate::spec::{Parsed, parse_with};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use sha2::{Digest, Sha256};
use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// All that makes a circuit: its text, the changes made to it, and where the files that it names are. It can be
/// copied, sent elsewhere, and read again with other changes; a [`Circuit`] keeps none of this.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The circuit file's text.
    pub text: String,
    /// Its name, for messages.
    pub name: String,
    /// Where the files that it names are looked for.
    pub folder: PathBuf,
    /// `--set` texts such as `W.E<-E=2.5`, applied in their order.
    pub sets: Vec<String>,
    /// Matrices that stand for files: `file = "W"` in the text finds `W` here first.
    pub arrays: BTreeMap<String, Arc<Matrix>>,
}

impl Document {
    /// The document of a circuit file, changed by `sets`.
    ///
    /// # Errors
    /// The file cannot be read, or is no text.
    pub fn open(path: &Path, sets: &[String]) -> Result<Document> {
        Ok(Document {
            text: text_of(path)?,
            name: path.display().to_string(),
            folder: path.parent().unwrap_or(Path::new("")).to_path_buf(),
            sets: sets.to_vec(),
            arrays: BTreeMap::new(),
        })
    }

    /// The same with more changes, after those that it has.
    #[must_use]
    pub fn with(&self, sets: impl IntoIterator<Item = String>) -> Document {
        let mut changed = self.clone();
        changed.sets.extend(sets);
        changed
    }

    /// The circuit.
    ///
    /// # Errors
    /// The text breaks a rule of the format: with the place, and what would be right.
    pub fn circuit(&self) -> Result<Circuit> {
        Ok(parse_with(self)?.circuit)
    }

    /// Every address that `--set` takes in this circuit, with its value.
    ///
    /// # Errors
    /// As [`Document::circuit`].
    pub fn addresses(&self) -> Result<Vec<Address>> {
        let Parsed { circuit, mut addresses, .. } = parse_with(self)?;
        // Weights in a matrix have addresses, too: block by block.
        let totals = LazyCell::new(|| circuit.mean_totals());
        let names: Vec<&str> = circuit.populations().iter().map(|p| p.name.as_str()).collect();
        for (i, to) in names.iter().enumerate() {
            for (j, from) in names.iter().enumerate() {
                let address = format!("W.{to}<-{from}");
                let parsed = model::Address::Weight { to: (*to).to_string(), from: (*from).to_string() };
                if circuit.varies(&parsed) && addresses.iter().all(|a| a.address != address) {
                    let value = Some(format!("{:?}", totals[(i, j)]));
                    addresses.push(Address { address, value });
                }
            }
        }
        Ok(addresses)
    }

    /// The `[sweep]` table, if the file has one.
    ///
    /// # Errors
    /// As [`Document::circuit`].
    pub fn sweep(&self) -> Result<Option<SweepTable>> {
        Ok(parse_with(self)?.sweep)
    }

    /// What the circuit that it makes is, to the last bit: its text, the arrays, and the weights that came out (from files
    /// too).
    #[must_use]
    pub fn fingerprint(&self, circuit: &Circuit) -> String {
        let mut hash = Sha256::new();
        hash.update(self.text.as_bytes());
        for set in &self.sets {
            hash.update(set.as_bytes());
            hash.update([0]);
        }
        for (name, m) in &self.arrays {
            hash.update(name.as_bytes());
            m.data().iter().for_each(|x| hash.update(x.to_le_bytes()));
        }
        add_listed(circuit.weights(), &mut hash);
        circuit.h().iter().chain(circuit.tau()).for_each(|x| hash.update(x.to_le_bytes()));
        hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }

    /// The numbers that the circuit file calls `name`.
    pub(crate) fn table(&self, name: &str, array: Option<&str>) -> Result<Table> {
        match self.arrays.get(name) {
            Some(m) => Ok(Table {
                rows: m.rows(),
                cols: m.cols(),
                entries: Entries::Shared(m.clone()),
                row_names: None,
                col_names: None,
            }),
            None => weight_files::table(&self.folder.join(name), name, array),
        }
    }
}

/// Weights one by one where each may be anything; those that follow from a few numbers follow from the text.
fn add_listed(weights: &Weights, hash: &mut Sha256) {
    match weights {
        Weights::Dense(w) => w.data().iter().for_each(|w| hash.update(w.to_le_bytes())),
        Weights::Sparse(_) => weights.for_each(|to, from, w| {
            hash.update((to as u64).to_le_bytes());
            hash.update((from as u64).to_le_bytes());
            hash.update(w.to_le_bytes());
        }),
        Weights::Single(_) => weights.for_each(|_, _, w| hash.update(w.to_le_bytes())),
        Weights::Sum(parts) => parts.iter().for_each(|part| add_listed(part, hash)),
        Weights::Blocks(_) | Weights::LowRank(_) | Weights::Circulant(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "neurate = 1\n[populations]\nE = { kind = \"excitatory\", tau = 20 }\n\
        I = { kind = \"inhibitory\", tau = 20 }\n[W]\nfile = \"weights\"\nlayout = \"to_from\"\n";

    #[test]
    fn arrays_stand_for_files_and_rows_receive() {
        let w = Matrix::from_rows(&[[1.0, -2.0], [3.0, -4.0]]);
        let arrays = BTreeMap::from([("weights".to_string(), Arc::new(w.clone()))]);
        let d = Document { text: TEXT.into(), arrays, ..Document::default() };
        assert_eq!(d.circuit().unwrap().dense_weights().unwrap(), w);
        let slow = d.with(["populations.E.tau=40".to_string()]).circuit().unwrap();
        assert_eq!(slow.tau(), [40.0, 20.0]);
        // By population, and by entry; the array itself stays as it is.
        let sets = ["W.E<-I=-5".to_string(), "W[1,0] = 0.5".to_string()];
        let set = d.with(sets).circuit().unwrap().dense_weights().unwrap();
        assert_eq!((set.row(0), set.row(1)), (&[1.0, -5.0][..], &[0.5, -4.0][..]));
        assert_eq!(d.circuit().unwrap().dense_weights().unwrap(), w);
        let listed = d.addresses().unwrap();
        let value = |a: &str| listed.iter().find(|l| l.address == a).unwrap().value.clone().unwrap();
        assert_eq!((value("W.E<-I"), value("W.I<-E")), ("-2.0".into(), "3.0".into()));
        for (bad, why) in
            [("W.E<-I=5", "inhibitory"), ("W[2,0]=1", "2 units"), ("W.X<-E=1", "no such parameter")]
        {
            let e = d.with([bad.to_string()]).circuit().unwrap_err();
            assert!(e.to_string().contains(why) && e.place().is_some(), "{e}");
        }
        // A file of that name is looked for only where there is no such array.
        let without = Document { arrays: BTreeMap::new(), ..d };
        assert!(without.circuit().is_err());
    }

    #[test]
    fn an_array_is_checked_as_a_file_is() {
        let transposed = Matrix::from_rows(&[[1.0, 3.0], [-2.0, -4.0]]);
        let arrays = BTreeMap::from([("weights".to_string(), Arc::new(transposed))]);
        let e = Document { text: TEXT.into(), arrays, ..Document::default() }.circuit().unwrap_err();
        assert!(e.help().unwrap().contains("transpose"), "{e}");
    }
}
