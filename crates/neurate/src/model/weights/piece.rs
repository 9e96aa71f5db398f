//! A piece of a list of connections.

/// Connections in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Piece {
    pub to: Vec<u32>,
    pub from: Vec<u32>,
    pub weight: Vec<f64>,
}
