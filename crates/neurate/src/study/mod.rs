//! A circuit under study: every answer is computed when it is first asked for, once, and shared by all who ask.

mod along;
mod analyses;
mod answer;
mod array;
mod choices;
mod part;
mod patterns;

pub use along::Along;
pub use analyses::Study;
pub use answer::{Answer, Applies};
pub use array::{
    ARRAY, Array, COMPLEX, COMPLEX_ARRAY, ComplexArray, ComplexList, ComplexNumber, MAX_ENTRIES_IN_JSON,
};
pub use choices::{Choices, renamed};
pub use part::Part;
pub use patterns::{Channels, Side, channels, order};
