//! Special functions, pure.
