//! A circuit as described, before anything is built.
//!
//! A [`Spec`] is a tree of values with places: what a file, an array or a page says. Cursors read it, so that every
//! mistake is reported where it stands, and a key that nobody asked for is one. No room below reads it: they take what
//! it builds. The keys: `docs/circuit-file.md`.

mod bare;
mod build;
mod changes;
mod column;
mod conditions;
mod connect;
mod crowd;
mod cursor;
mod data;
mod declared;
mod diagram;
mod edges;
mod examples;
mod fingerprint;
mod hints;
mod keys;
mod label;
mod labels;
mod like;
mod low_rank;
mod membranes;
mod noise;
mod pair_table;
mod pairs;
mod populations;
mod quantity;
mod reader;
mod recording;
mod refractory;
mod render;
mod run;
mod same;
mod slow;
mod source;
mod space;
mod square;
mod standard_errors;
mod stimuli;
mod sweep;
mod synapses;
mod table;
mod times;
mod value;
mod weights;

pub use build::VERSION;
pub use changes::Change;
pub use diagram::DiagramTable;
pub use label::label_of;
pub(crate) use render::{quote, quote_key};
pub(crate) use source::{CHANGE, Source};
pub use sweep::SweepTable;
pub(crate) use table::count_lines;
pub use table::{Edges, Entries, Files, Labels, MATRIX_ENDINGS, Table, TableOptions, identifier};
pub use value::{Entry, Node, Value};

use crate::model::{Address, Circuit, Parameter};
use cursor::Log;
use neurate_numerics::error::Result;
use std::borrow::Cow;
use std::cell::LazyCell;
use std::sync::Arc;

/// A circuit as described: its values with their places, and the changes made to them. It is cheap to copy, can be changed
/// by address, and built any number of times; a [`Circuit`] keeps none of this.
///
/// ```
/// use neurate::{file, model::Address};
/// let mut spec = file::parse(&file::template("ssn").unwrap(), "ssn.toml", ".".as_ref(), &[])?;
/// spec.set(&"E.h".parse::<Address>()?, 7.5)?;
/// assert_eq!(spec.build()?.h()[0], 7.5);
/// # Ok::<(), neurate::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Spec {
    /// Its name, and its text if it came from one.
    source: Source,
    /// What it was before the changes, if it came from values.
    values: Option<Arc<Node>>,
    root: Arc<Node>,
    changes: Vec<Change>,
    /// Those of the changes that are made once the circuit has been built: of weights that stand in a matrix.
    late: Vec<Change>,
    files: Option<Arc<dyn Files>>,
}

/// A parameter that can be changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Its address.
    pub address: Address,
    /// Its value as a file would write it, or its default; `None`: not set, and no fixed default.
    pub value: Option<String>,
}

impl Spec {
    /// A description that was read from a text.
    pub(crate) fn of_text(source: Source, root: Node) -> Result<Spec> {
        build::check_version(&root)?;
        let root = Arc::new(root);
        Ok(Spec { source, values: None, root, changes: Vec::new(), late: Vec::new(), files: None })
    }

    /// A description from values: a table with the keys of a circuit file. `name` stands in messages. Where a file names
    /// one with a matrix, a matrix may stand: `W = { file = matrix, layout = "to_from" }`.
    ///
    /// ```
    /// use neurate::linalg::Matrix;
    /// use neurate::spec::{Spec, Value};
    /// let e = Value::table([("kind", Value::from("excitatory")), ("size", 2.into()), ("tau", 20.into())]);
    /// let w = Matrix::from_rows(&[[0.1, 0.2], [0.3, 0.4]]);
    /// let weights = Value::table([("file", Value::from(w)), ("layout", "to_from".into())]);
    /// let spec = Spec::from_values("mine", Value::table([
    ///     ("neurate", Value::from(1)),
    ///     ("populations", Value::table([("E", e)])),
    ///     ("W", weights),
    /// ]));
    /// assert_eq!(spec.build()?.n(), 2);
    /// # Ok::<(), neurate::Error>(())
    /// ```
    #[must_use]
    pub fn from_values(name: &str, values: Value) -> Spec {
        let source = Source::new(name, "");
        let root = Arc::new(Node::from(values).located(&source.name, ""));
        let values = Some(root.clone());
        Spec { source, values, root, changes: Vec::new(), late: Vec::new(), files: None }
    }

    /// The same with files that it may name.
    #[must_use]
    pub fn with_files(mut self, files: Arc<dyn Files>) -> Spec {
        self.files = Some(files);
        self
    }

    /// Its name, for messages.
    pub fn name(&self) -> &str {
        &self.source.name
    }
    /// The text that it came from, without the changes; one that says the same, if it came from values.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.values {
            None => Cow::Borrowed(&self.source.text),
            Some(values) => Cow::Owned(render::document(values)),
        }
    }
    /// The tree of its values, with the changes but for those of weights that stand in a matrix.
    pub(crate) fn root(&self) -> &Node {
        &self.root
    }
    /// That tree as a text of its own: without the comments, and with the order of keys that it has.
    pub(crate) fn rendered(&self) -> String {
        render::document(&self.root)
    }
    /// The values that it came from, without the changes; `None` if it came from a text.
    pub fn values(&self) -> Option<&Value> {
        self.values.as_ref().map(|v| &v.value)
    }
    /// The changes that were made, in their order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }
    /// The texts of the changes, as the command line writes them.
    pub fn change_texts(&self) -> Vec<&str> {
        self.changes.iter().map(Change::text).collect()
    }

    /// Gives an address another value.
    ///
    /// # Errors
    /// The address names nothing that is described.
    pub fn set(&mut self, address: &Address, value: impl Into<Value>) -> Result<()> {
        self.apply(Change::new(address, value))
    }

    /// Makes a change. Where it is an error, nothing has changed.
    ///
    /// # Errors
    /// As [`Spec::set`].
    pub fn apply(&mut self, change: Change) -> Result<()> {
        if change.is_late(&self.root) {
            self.late.push(change.clone());
        } else {
            let mut root = (*self.root).clone();
            change.apply(&mut root)?;
            self.root = Arc::new(root);
        }
        self.changes.push(change);
        Ok(())
    }

    /// The same with more changes, after those that it has.
    ///
    /// # Errors
    /// As [`Spec::set`].
    pub fn with(&self, changes: impl IntoIterator<Item = Change>) -> Result<Spec> {
        let mut changed = self.clone();
        changes.into_iter().try_for_each(|change| changed.apply(change))?;
        Ok(changed)
    }

    /// The names of the conditions that it describes.
    ///
    /// # Errors
    /// `[conditions]` breaks a rule.
    pub fn conditions(&self) -> Result<Vec<&str>> {
        Ok(conditions::all(&self.root)?.into_iter().map(|(name, _)| name).collect())
    }

    /// The same under a condition: with the changes that it describes by that name.
    ///
    /// # Errors
    /// There is no such condition, or it changes what is not described.
    pub fn under(&self, condition: &str) -> Result<Spec> {
        self.with(conditions::of(&self.root, condition)?)
    }

    /// The names of the conditions that it can be compared with: none where it stands under one of them, since the changes of
    /// another would come on top of those.
    ///
    /// # Errors
    /// As [`Spec::conditions`].
    pub fn other_conditions(&self) -> Result<Vec<&str>> {
        let made = |change: &Change| self.changes.iter().any(|c| c.text() == change.text());
        let all = conditions::all(&self.root)?;
        if all.iter().any(|(_, changes)| !changes.is_empty() && changes.iter().all(made)) {
            return Ok(Vec::new());
        }
        Ok(all.into_iter().map(|(name, _)| name).collect())
    }

    /// The circuit that is described. Before any change is made, its conditions are checked too.
    ///
    /// # Errors
    /// The description breaks a rule: with the place, and what would be right.
    pub fn build(&self) -> Result<Circuit> {
        let circuit = self.read(&Log::default())?;
        for (_, changes) in conditions::all(&self.root)? {
            let changed = self.with(changes)?;
            if self.changes.is_empty() && !changed.is_direct(&circuit) {
                changed.read(&Log::default())?;
            }
        }
        Ok(circuit)
    }

    /// The same with more changes, and its circuit, `built` being that of this description: where only `[run]` changes,
    /// as it does for every run in a notebook, nothing else is built again.
    ///
    /// # Errors
    /// As [`Spec::with`] and [`Spec::build`].
    pub fn rebuilt(
        &self,
        changes: impl IntoIterator<Item = Change>,
        built: &Circuit,
    ) -> Result<(Spec, Circuit)> {
        let changes: Vec<Change> = changes.into_iter().collect();
        let of_run = |c: &Change| matches!(c.address(), Address::Key { table, .. } if table == "run");
        let run_alone = !changes.is_empty() && changes.iter().all(of_run);
        let changed = self.with(changes)?;
        let circuit = if run_alone {
            let start = || changed.root.place.clone();
            build::run_otherwise(
                &changed.root,
                changed.files.as_deref(),
                &Log::default(),
                (&self.root, built),
            )
            .map_err(|e| e.at(start()))?
        } else {
            changed.build()?
        };
        Ok((changed, circuit))
    }

    /// Whether its changes are numbers that a built circuit takes, as it stands.
    fn is_direct(&self, circuit: &Circuit) -> bool {
        let number = |c: &Change| Some((Parameter::from(c.address().clone()), c.node().number("it").ok()?));
        let Some(values) = self.changes.iter().map(number).collect::<Option<Vec<_>>>() else { return false };
        let borrowed: Vec<_> = values.iter().map(|(p, x)| (p, *x)).collect();
        circuit.with(&borrowed).is_ok()
    }

    fn read(&self, log: &Log) -> Result<Circuit> {
        let start = || self.root.place.clone();
        build::check_version(&self.root)
            .and_then(|()| build::circuit(&self.root, &self.late, self.files.as_deref(), log))
            .map_err(|e| e.at(start()))
    }

    /// Every address that can be changed, with its value.
    ///
    /// # Errors
    /// As [`Spec::build`].
    pub fn addresses(&self) -> Result<Vec<Setting>> {
        let log = Log::wanted();
        let circuit = self.read(&log)?;
        // What is no address cannot be changed: a name with dots in it, for example.
        let setting = |noted: cursor::Noted| {
            let address = noted.address.parse().ok()?;
            Some(Setting { address, value: noted.value })
        };
        let mut all: Vec<Setting> = log.take().into_iter().filter_map(setting).collect();
        // Weights in a matrix have addresses, too: block by block.
        let totals = LazyCell::new(|| circuit.mean_totals());
        let names: Vec<&str> = circuit.populations().iter().map(|p| p.name.as_str()).collect();
        for (i, to) in names.iter().enumerate() {
            for (j, from) in names.iter().enumerate() {
                let address = Address::Weight { to: (*to).to_string(), from: (*from).to_string() };
                if circuit.varies(&address) && all.iter().all(|s| s.address != address) {
                    all.push(Setting { address, value: Some(format!("{:?}", totals[(i, j)])) });
                }
            }
        }
        Ok(all)
    }

    /// Whether it describes the same, with its changes: the order of keys (but that of populations), places, names and the
    /// way in which an equal value is written (2 or 2.0) do not count. Files that it names are compared by their names.
    #[must_use]
    pub fn same(&self, other: &Spec) -> bool {
        let late =
            |s: &Spec| s.late.iter().map(|c| (c.address().clone(), c.node().clone())).collect::<Vec<_>>();
        let (a, b) = (late(self), late(other));
        same::same(&self.root, &other.root)
            && a.len() == b.len()
            && a.iter().zip(&b).all(|((p, x), (q, y))| p == q && same::same(x, y))
    }

    /// The `[sweep]` table, if there is one.
    ///
    /// # Errors
    /// It breaks a rule.
    pub fn sweep(&self) -> Result<Option<SweepTable>> {
        sweep::read(self.root.get("sweep"), &Log::default())
    }

    /// The `[diagram]` table, if there is one.
    ///
    /// # Errors
    /// It breaks a rule.
    pub fn diagram(&self) -> Result<Option<DiagramTable>> {
        diagram::read(self.root.get("diagram"), &Log::default())
    }

    /// Whether it takes numbers from files, which may change while the description does not.
    #[must_use]
    pub fn names_files(&self) -> bool {
        fingerprint::names_file_outside(&self.root)
    }

    /// What the circuit that it makes is, to the last bit: its text, its changes and arrays, and the weights that came out
    /// (from files too).
    #[must_use]
    pub fn fingerprint(&self, circuit: &Circuit) -> String {
        let changes = self.changes.iter().map(Change::text);
        fingerprint::fingerprint(&self.text(), changes, &self.root, circuit)
    }
}

/// As plain data, with the changes; places are left out.
impl serde::Serialize for Spec {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.root.serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
