//! Nothing: `Cargo.toml` is what matters here. It gives the binaries of the workspace one set of features, so that what
//! they share is built once.
