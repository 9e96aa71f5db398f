//! A regime map over two parameters: regions first, then the points at which curves meet, then how complete it is.

mod figure;
mod tell;
mod words;
