//! What has been worked out from findings already.

use std::any::Any;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

/// A cache: what a reader made of the findings' files, a configuration parsed for instance, so that they are parsed once.
///
/// Whoever takes it out sees whether it was made of these very files, and reads them anew where it was not. Findings say the
/// same with it and without it, so that any two of it are equal.
#[derive(Clone, Default)]
pub struct Memo(Option<Arc<dyn Kept>>);

trait Kept: Any + Send + Sync + UnwindSafe + RefUnwindSafe {}
impl<T: Any + Send + Sync + UnwindSafe + RefUnwindSafe> Kept for T {}

impl Memo {
    /// Keeps what was made of the files.
    pub fn of<T: Any + Send + Sync + UnwindSafe + RefUnwindSafe>(read: Arc<T>) -> Self {
        Self(Some(read))
    }

    /// What is kept, where it is a `T`.
    pub fn recall<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let kept: Arc<dyn Any + Send + Sync> = Arc::clone(self.0.as_ref()?) as _;
        kept.downcast().ok()
    }
}

impl PartialEq for Memo {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Memo {}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Memo(kept)" } else { "Memo(empty)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_it_was_given_and_nothing_else() {
        let memo = Memo::of(Arc::new(7_u32));
        assert_eq!((memo.recall::<u32>().as_deref(), memo.recall::<u64>()), (Some(&7), None));
        assert_eq!(Memo::default().recall::<u32>(), None);
    }
}
