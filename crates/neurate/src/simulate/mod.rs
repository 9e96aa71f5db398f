//! Integrators as values, and the trajectories they give.

mod adapter;
mod adaptive;
mod ahead;
mod between;
mod fixed_step;
mod history;
mod method;
mod protocol;
pub mod recording;
mod simulation;
mod stiff;
mod stochastic;
mod stretch;
mod times;
mod trajectory;
mod trials;
mod watch;
mod work;

pub use method::{Method, Outcome};
pub use protocol::{Protocol, RunOptions};
pub(crate) use simulation::MAX_STIFF;
pub use simulation::{Checkpoint, Simulation};
pub use times::time_grid;
pub use trajectory::{Trajectory, simulate};
pub use trials::{Runaway, TrialOptions, Trials, trials};
