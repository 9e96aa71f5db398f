//! A diagram along one parameter: regimes first, then the special points, then how complete it is.

mod complete;
mod figures;
mod points;
mod regimes;
mod tell;
