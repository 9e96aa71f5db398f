//! The numerics against references, closed forms and random matrices; one binary, so that it is linked once.

mod linalg_measure;
mod linalg_properties;
mod linalg_reference;
mod linalg_sizes;
mod special_functions;
