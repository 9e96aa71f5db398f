//! A whole report: a circuit's sections as data. JSON is its serialization; HTML has a writer here.

mod document;
pub mod draw;
mod html;
mod layout;
mod limits;
mod narrate;
mod questions;
mod schema;
mod section;

pub use document::{Report, SCHEMA_VERSION};
pub use html::{PAGE_CSS, glance, html};
pub(crate) use html::{Piece, piece};
pub use layout::{Alternative, Alternatives, Open, Part};
pub use narrate::number;
pub use questions::{AnyAnswer, Choice, QUESTIONS, Question, question_named};
pub use schema::schema;
pub use section::{
    Axis, BranchMark, BranchSign, Cell, ChainNode, CircuitNode, Cloud, CycleBand, Figure, IntervalSet, Link,
    MapArea, MapLine, MapLineKind, MapMark, Mark, PlaneMark, PlaneSign, RegimeStretch, Role, Section, Series,
    Stroke, Table,
};
