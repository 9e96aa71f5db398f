//! What is computed of a matrix once, beside its decompositions.

use super::amplification::{Amplification, amplification_and_course};
use super::amplification_course::Course;
use super::decomposition::Decomposition;
use super::robustness::LineMinimum;
use neurate_numerics::error::Result;
use neurate_numerics::progress::Progress;
use std::sync::Arc;

impl Decomposition {
    /// The minimum of `s_min(z - A)` on the imaginary axis.
    pub(super) fn axis(&self, search: impl FnOnce() -> Result<LineMinimum>) -> Result<LineMinimum> {
        self.kept(search).map(|minimum| *minimum)
    }

    /// Its amplification, with what was needed for it.
    pub(super) fn amplified(&self, progress: &Progress) -> Result<Arc<(Amplification, Course)>> {
        self.kept(|| {
            let (amplification, mut course) = amplification_and_course(self, progress)?;
            course.forget_steps();
            Ok((amplification, course))
        })
    }
}
