//! Limit cycles over a parameter: collocation on meshes that fit, followed in scaled arclength.

mod again;
mod condense;
mod correct;
mod describe;
mod ends;
mod find;
mod follow;
mod gauss;
mod join;
mod loops;
mod mesh;
mod multipliers;
mod node;
mod problem;
mod runs;
mod special;
mod start;
mod track;

pub use again::cycles_at;
pub(super) use join::add_cycles;

#[cfg(test)]
mod tests;
