//! A small server for one page on this machine: loopback only, for who knows the token.
//!
//! Pages of other origins in the same browser can send requests to a loopback port, and a name that they own can be made to lead to it
//! (DNS rebinding). So every request needs the random token in its path, the `Host` of this server, and no foreign `Origin`.
//! HTTP/1.1 is read here: of the small servers on crates.io none is kept up, and the limits on what strangers send are what matters.

mod guard;
mod http;
mod pages;
mod server;
mod watch;

pub use server::Server;
pub use watch::Watched;
