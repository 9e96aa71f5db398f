//! What populations take over from each other by `like`.

use super::crowd::Crowd;
use super::keys::nearest;
use super::table::may_name;
use super::value::{Entry, Node, Value};
use crate::model::Address;
use crate::model::transfer::{Transfer, reads};
use neurate_numerics::error::{Error, Place, Result};

/// The tables of a population that add slow states to its units.
pub(super) const SLOW: [&str; 3] = ["synapse", "adaptation", "plasticity"];

/// The key of what people read in the place of a population's name: `like` takes nothing over from it.
pub(super) const LABEL: &str = "label";

/// A population's table, with what it takes over from another one.
pub(super) struct Resolved {
    pub name: String,
    pub place: Place,
    pub node: Node,
}

impl Resolved {
    /// The word for its transfer function, if it is one.
    pub fn transfer_kind(&self) -> &str {
        let Some(f) = self.node.get("f") else { return "linear" };
        f.text().or_else(|| f.get("kind")?.text()).unwrap_or("linear")
    }
}

/// Checks names and follows every `like`.
pub(super) fn resolve(node: &Node) -> Result<Vec<Resolved>> {
    let Some(entries) = node.entries() else {
        return Err(node
            .error(format!("populations must be a table, not {}", node.value.sort()))
            .with_help("[populations]\nE = { kind = \"excitatory\", tau = 20, f = \"linear\" }"));
    };
    if entries.is_empty() {
        return Err(node
            .error("a circuit needs at least one population")
            .with_help("E = { kind = \"excitatory\", tau = 20, f = \"linear\" }"));
    }
    let mut all = Vec::new();
    for e in entries {
        if !may_name(&e.key) {
            return Err(Error::invalid(format!("\"{}\" cannot name a population", e.key))
                .with_help("a name has no spaces, dots, commas, quotes, brackets, arrows, * or =")
                .at(e.place.clone()));
        }
        if e.node.entries().is_none() {
            return Err(e
                .node
                .error(format!("population {} must be a table, not {}", e.key, e.node.value.sort()))
                .with_help(format!("{} = {{ kind = \"excitatory\", tau = 20, f = \"linear\" }}", e.key)));
        }
        let mut chain = vec![e.key.as_str()];
        let node = like(entries, e, &mut chain)?;
        all.push(Resolved { name: e.key.clone(), place: e.place.clone(), node });
    }
    Ok(all)
}

/// What follows from what by `like`: a parameter of the model sets that of every population that does not give it itself,
/// and a membrane's time constant that of a population that gives no `tau`.
pub(super) fn follows(node: &Node, crowd: &Crowd) -> Vec<(Address, Address)> {
    let Some(entries) = node.entries() else { return Vec::new() };
    let find = |name: &str| entries.iter().find(|e| e.key == name);
    let mut follows = Vec::new();
    for (e, population) in entries.iter().zip(&crowd.populations) {
        let of = || e.key.clone();
        // The population itself, and then what it is like: each takes over what those before do not give.
        let mut chain = vec![e];
        while let Some(model) = chain[chain.len() - 1].node.get("like").and_then(Node::text).and_then(find) {
            chain.push(model);
        }
        let refractory = population.transfer.extras()[1].map(|_| Transfer::REFRACTORY);
        for field in ["h", "tau", "sigma", "membrane_sd"].into_iter().chain(refractory) {
            for k in 1..chain.len() {
                if chain[..k].iter().all(|e| e.node.get(field).is_none()) {
                    let address = |of: String| Address::Population { of, field: field.into() };
                    follows.push((address(chain[k].key.clone()), address(of())));
                }
            }
        }
        for (key, _) in population.transfer.parameters() {
            for k in 1..chain.len() {
                if chain[..k]
                    .iter()
                    .all(|e| e.node.get("f").is_none_or(|f| f.get(key).is_none() && f.text().is_none()))
                {
                    let address = |of: String| Address::Transfer { of, key: key.clone() };
                    follows.push((address(chain[k].key.clone()), address(of())));
                }
            }
        }
        let gives_tau = chain.iter().any(|e| e.node.get("tau").is_some());
        if !gives_tau && population.transfer.parameters().iter().any(|(key, _)| key == "tau_m") {
            let tau_m = Address::Transfer { of: of(), key: "tau_m".into() };
            follows.push((tau_m, Address::Population { of: of(), field: "tau".into() }));
        }
    }
    follows
}

fn like<'a>(entries: &'a [Entry], e: &'a Entry, chain: &mut Vec<&'a str>) -> Result<Node> {
    let Some(model) = e.node.get("like") else { return Ok(e.node.clone()) };
    let name = model.text().ok_or_else(|| {
        model.error("like must be the name of a population").with_help("write it in quotes: like = \"E\"")
    })?;
    let Some(other) = entries.iter().find(|o| o.key == name) else {
        let names = entries.iter().map(|o| o.key.as_str()).filter(|name| *name != e.key);
        let others = names.clone().collect::<Vec<_>>().join(", ");
        let error = model.error(format!("there is no population \"{name}\" to be like"));
        return Err(match nearest(name, names) {
            Some(meant) => error.with_help(format!("did you mean {meant}?")),
            None if others.is_empty() => error.with_help("there is no other population: leave like out"),
            None => error.with_help(format!("there are: {others}")),
        });
    };
    if chain.contains(&name) {
        chain.push(name);
        return Err(model
            .error(format!("populations are like each other in a circle: {}", chain.join(", ")))
            .with_help("one of them must give its own keys instead of like"));
    }
    chain.push(name);
    let mut donor = like(entries, other, chain)?;
    if let Value::Table(theirs) = &mut donor.value {
        // Two populations are not shown as one.
        theirs.retain(|e| e.key != LABEL);
    }
    let mut node = e.node.clone();
    take_over(&mut node, &donor);
    Ok(node)
}

/// Adds the donor's keys that are missing; `membrane`, tables of slow states, and an `f` of the same kind, key by key.
fn take_over(node: &mut Node, donor: &Node) {
    let (Value::Table(own), Some(theirs)) = (&mut node.value, donor.entries()) else { return };
    for e in theirs {
        match own.iter_mut().find(|o| o.key == e.key) {
            None => own.push(e.clone()),
            Some(o) if o.key == "membrane" || SLOW.contains(&o.key.as_str()) => {
                take_over(&mut o.node, &e.node)
            }
            Some(o) if o.key == "f" => {
                let donor = with_kind(&e.node);
                let kind = o.node.get("kind").map(Node::text);
                if kind.is_none() || kind == donor.get("kind").map(Node::text) {
                    let formula = o.node.get("formula").and_then(Node::text).map(str::to_string);
                    take_over(&mut o.node, &wanted(donor, formula.as_deref()));
                }
            }
            Some(_) => {}
        }
    }
}

/// What an f with a formula of its own takes over: of the constants those that the formula reads.
fn wanted(mut f: Node, formula: Option<&str>) -> Node {
    if let (Value::Table(entries), Some(formula)) = (&mut f.value, formula) {
        entries.retain(|e| KEYS_OF_EXPRESSIONS.contains(&e.key.as_str()) || reads(formula, &e.key));
    }
    f
}

/// Keys of an expression that are no constants of its formula.
const KEYS_OF_EXPRESSIONS: [&str; 3] = ["kind", "formula", "floor"];

/// `f = "linear"` is short for `f = { kind = "linear" }`.
pub(super) fn with_kind(f: &Node) -> Node {
    if f.text().is_none() {
        return f.clone();
    }
    let kind = Entry { key: "kind".into(), place: f.place.clone(), node: f.clone() };
    Node { value: Value::Table(vec![kind]), place: f.place.clone() }
}
