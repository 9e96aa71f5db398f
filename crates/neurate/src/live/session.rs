//! A session: the circuit that one page holds.

use super::handles::handles;
use super::protocol::{Request, Wanted, error, read, refusal, reply};
use super::state::State;
use crate::answers::trajectory_from;
use crate::file::{TEMPLATES, change, changed_text, parse};
use crate::report::QUESTIONS;
use crate::spec::Spec;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::progress::Progress;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// States whose studies are kept: the one under the hand, the one it is compared with, and those just left.
const KEPT_STATES: usize = 4;

/// The circuit that one page holds: a text, the states of it that were asked about last, and what is known of them. Requests are
/// answered one after the other; a newer one ends the computation of an older one.
#[derive(Default)]
pub struct Session {
    folder: Option<PathBuf>,
    open: Mutex<Open>,
    clock: Clock,
}

#[derive(Default)]
struct Open {
    spec: Option<Spec>,
    /// The state that was asked about last comes first.
    states: VecDeque<State>,
}

/// Which request is the newest, and which one is being answered.
#[derive(Clone, Default)]
struct Clock {
    newest: Arc<AtomicU64>,
    running: Arc<AtomicU64>,
}

impl Clock {
    /// Ends what is computed for an older request.
    fn progress(&self) -> Progress {
        let Clock { newest, running } = self.clone();
        Progress::new(move |_| running.load(Ordering::Relaxed) >= newest.load(Ordering::Relaxed))
    }
}

/// The place of a request among those of a page: see [`Session::announce`].
#[derive(Debug)]
pub struct Ticket(u64);

impl Session {
    /// A session without a circuit yet. Files that a circuit names are looked for in `folder`; without one they are not read.
    #[must_use]
    pub fn new(folder: Option<PathBuf>) -> Session {
        Session { folder, ..Session::default() }
    }

    /// Says that a request has come: what is computed for older ones ends. A server calls it before it waits for its turn.
    pub fn announce(&self) -> Ticket {
        Ticket(1 + self.clock.newest.fetch_add(1, Ordering::Relaxed))
    }

    /// Answers a request, both as text. Whatever is wrong is said in the reply.
    pub fn answer(&self, request: &str) -> String {
        self.answer_announced(&self.announce(), request)
    }

    /// [`Session::answer`] for a request that was announced. One that is no longer the newest is not computed: its reply has an error
    /// of the kind `stopped`.
    pub fn answer_announced(&self, ticket: &Ticket, request: &str) -> String {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if ticket.0 < self.clock.newest.load(Ordering::Relaxed) {
            return refusal(&Error::stopped());
        }
        self.clock.running.store(ticket.0, Ordering::Relaxed);
        let answer = catch_unwind(AssertUnwindSafe(|| self.answered(&mut open, request)));
        match answer {
            Ok(Ok(text)) => text,
            Ok(Err(e)) => refusal(&e),
            Err(_) => {
                open.states.clear();
                refusal(&Error::not_converged("neurate failed inside; this is a mistake in it, not in the circuit").with_help(
                    "please report it with the circuit file and the values of the handles; other values may work",
                ))
            }
        }
    }

    fn answered(&self, open: &mut Open, request: &str) -> Result<String> {
        match read(request)? {
            Request::Open { text, name } => {
                let name = if name.is_empty() { "circuit.toml" } else { &name };
                let spec = match &self.folder {
                    Some(folder) => parse(&text, name, folder, &[])?,
                    None => parse(&text, name, "".as_ref(), &[])?,
                };
                let state = State::new(&spec, &[], &Wanted::default(), self.clock.progress())?;
                let described = describe(&spec, &state)?;
                open.states.clear();
                open.states.push_front(state);
                open.spec = Some(spec);
                Ok(reply(described))
            }
            Request::Describe { changes } => {
                let spec = open.spec()?.clone();
                let state = open.state(&changes, &Wanted::default(), &self.clock)?;
                Ok(reply(describe(&spec, state)?))
            }
            Request::Ask { changes, questions, choices, data } => {
                let state = open.state(&changes, &choices, &self.clock)?;
                let sections =
                    questions.iter().map(|q| state.section(q, data)).collect::<Result<Vec<_>>>()?.join(",");
                Ok(format!("{{\"ok\":true,\"sections\":[{sections}]}}"))
            }
            Request::Applies { changes } => {
                let state = open.state(&changes, &Wanted::default(), &self.clock)?;
                Ok(reply(json!({ "needs": state.needs() })))
            }
            Request::Figure { changes, choices, question, figure } => {
                let state = open.state(&changes, &choices, &self.clock)?;
                Ok(reply(state.figure(&question, &figure)?))
            }
            Request::Trajectory { changes, start } => {
                let state = open.state(&changes, &Wanted::default(), &self.clock)?;
                Ok(reply(json!({ "trajectory": trajectory_from(state.study.circuit(), start)? })))
            }
            Request::File { changes } => {
                let changes = changes.iter().map(|c| change(c)).collect::<Result<Vec<_>>>()?;
                let spec = open.spec()?.with(changes)?;
                Ok(reply(json!({ "text": changed_text(&spec)?, "python": python(&spec) })))
            }
            Request::Templates => {
                let all: Vec<Value> = TEMPLATES
                    .iter()
                    .map(|t| json!({ "name": t.name, "about": t.about, "text": t.text }))
                    .collect();
                Ok(reply(json!({ "templates": all })))
            }
        }
    }
}

impl Open {
    fn spec(&self) -> Result<&Spec> {
        self.spec
            .as_ref()
            .ok_or_else(|| Error::invalid("no circuit is open").with_help("open a circuit file first"))
    }

    /// The state with these changes and choices, which comes first from now on.
    fn state(&mut self, changes: &[String], choices: &Wanted, clock: &Clock) -> Result<&mut State> {
        if let Some(k) = self.states.iter().position(|s| s.is(changes, choices)) {
            self.states.swap(0, k);
        } else {
            let state = State::new(self.spec()?, changes, choices, clock.progress())?;
            self.states.truncate(KEPT_STATES - 1);
            self.states.push_front(state);
        }
        self.states.front_mut().ok_or_else(|| Error::invalid("no circuit is open"))
    }
}

/// What there is to move and to ask. Ranges of handles are those of the description without changes.
fn describe(spec: &Spec, state: &State) -> Result<Value> {
    let c = state.study.circuit();
    let populations: Vec<Value> = c
        .populations()
        .iter()
        .map(|p| json!({ "name": p.name, "shown": p.shown(), "kind": p.kind.name(), "size": p.size }))
        .collect();
    // Whether the others apply is known once fixed points have been sought.
    let questions: Vec<Value> = QUESTIONS
        .iter()
        .map(|q| json!({ "name": q.name, "title": q.title, "about": q.about, "part": q.part.name(), "cost": q.cost }))
        .collect();
    Ok(json!({
        "title": c.title(),
        "name": spec.name(),
        "equation": c.equation(),
        "units": c.n(),
        "populations": populations,
        "handles": handles(&state.spec, c)?,
        "questions": questions,
        "conditions": conditions(spec)?,
        "warnings": c.warnings().iter().map(error).collect::<Vec<_>>(),
    }))
}

/// Names of the conditions, and the changes that each makes.
fn conditions(spec: &Spec) -> Result<Vec<Value>> {
    let of = |name: &str| -> Result<Value> {
        let under = spec.under(name)?;
        let changes: Vec<String> =
            under.changes()[spec.changes().len()..].iter().map(|c| c.text().to_string()).collect();
        Ok(json!({ "name": name, "changes": changes }))
    };
    spec.conditions()?.into_iter().map(of).collect()
}

/// The lines of Python that make the circuit.
fn python(spec: &Spec) -> String {
    let mut out = format!("import neurate as nr\n\nnet = nr.load({:?})\n", spec.name());
    let set = |text: &str| -> Option<String> {
        let (address, value) = text.split_once('=')?;
        let (address, value) = (address.trim(), value.trim());
        let number = value.parse::<f64>().is_ok_and(f64::is_finite);
        Some(if number { format!("{address:?}: {value}") } else { format!("{address:?}: {value:?}") })
    };
    let sets: Vec<String> = spec.change_texts().into_iter().filter_map(set).collect();
    if !sets.is_empty() {
        out += &format!("net = net.set({{{}}})\n", sets.join(", "));
    }
    out + "net.report()\n"
}
