//! Results that are computed once, and kept by their types.

use crate::error::Result;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Results by their types. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Kept(Arc<Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>>);

impl Kept {
    /// The result that is there, or the one that is computed now. An error is not kept.
    ///
    /// # Errors
    /// It could not be computed.
    pub fn once<A: Send + Sync + 'static>(&self, compute: impl FnOnce() -> Result<A>) -> Result<Arc<A>> {
        let known = |results: &HashMap<_, Arc<dyn Any + Send + Sync>>| {
            results.get(&TypeId::of::<A>()).and_then(|a| a.clone().downcast::<A>().ok())
        };
        if let Some(result) = known(&self.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(result);
        }
        // Not under the lock: a result may ask for others.
        let computed = Arc::new(compute()?);
        let mut results = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(known(&results).unwrap_or_else(|| {
            results.insert(TypeId::of::<A>(), computed.clone());
            computed
        }))
    }
}
