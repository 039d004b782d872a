//! What the option `local` says: that decoded values are kept in the process, and how they are shared and taken.
//!
//! As with the shape of what a function returns, name resolution answers whether a value is an `Arc`, which can be kept as
//! it is, with nothing around it: what is inherent wins over a trait's.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

/// A value as it is kept, whatever its type.
pub(crate) type Shared = Arc<dyn Any + Send + Sync>;

/// A cached value that can be kept in the process: what `local` is about.
#[diagnostic::on_unimplemented(
    message = "`local` hands out copies of the value that it keeps, to all threads, and `{Self}` can't be handed out: it is not `Clone + Send + Sync + 'static`",
    label = "this is what the function returns, or its `Ok`",
    note = "derive `Clone` for it, or return an `Arc` of it, which costs no copy",
    note = "what holds an `Rc`, a `Cell` or a `RefCell` can't go to other threads, not even in an `Arc`",
    note = "or leave `local` out"
)]
pub trait LocalValue: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> LocalValue for T {}

/// A way to keep values.
///
/// The compiler shows what is wrong with a value at the place of the type that implements this, and so at the whole of
/// what the user's function returns; of a method call it would only show the name, which is but one token.
pub trait Way<V> {
    /// How it keeps them.
    fn keeper() -> Keeper<V>;
}

/// A copy is kept, and copies of it are handed out.
pub struct ByClone;

impl<V: LocalValue> Way<V> for ByClone {
    fn keeper() -> Keeper<V> {
        Keeper {
            share: |value| Arc::new(value.clone()),
            hand_out: |kept| kept.downcast_ref::<V>().cloned(),
        }
    }
}

/// Asks how values of type `V` are kept.
pub struct Kept<V>(PhantomData<fn() -> V>);

impl<V> Kept<V> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

/// How values of one type are kept and handed out.
pub struct Keeper<V> {
    pub(crate) share: fn(&V) -> Shared,
    /// `None` where it was kept by another type of the same name.
    pub(crate) hand_out: fn(Shared) -> Option<V>,
}

impl<V> Clone for Keeper<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Keeper<V> {}

impl<T: Send + Sync + 'static> Kept<Arc<T>> {
    /// The `Arc` itself.
    pub fn keeper<W>(self) -> Keeper<Arc<T>> {
        Keeper { share: |value| Arc::clone(value) as Shared, hand_out: |kept| kept.downcast().ok() }
    }
}

/// The answer for all other types.
pub trait KeptByClone {
    /// The type that was asked about.
    type Value;

    /// A value of their own, which is cloned.
    fn keeper<W: Way<Self::Value>>(self) -> Keeper<Self::Value>;
}

impl<V> KeptByClone for Kept<V> {
    type Value = V;

    fn keeper<W: Way<V>>(self) -> Keeper<V> {
        W::keeper()
    }
}

/// The option `local` of one function.
pub(crate) struct Local<V> {
    pub(crate) keeper: Keeper<V>,
    /// For how long a value is kept, if for less than it is fresh.
    pub(crate) ttl: Duration,
    /// The largest value to keep, in bytes.
    pub(crate) max_size: usize,
    /// For how long a value is kept of which the store does not tell when it changes; zero is not at all.
    pub(crate) untracked: Duration,
}

impl<V> Local<V> {
    pub(super) fn new(keeper: Keeper<V>) -> Self {
        Self { keeper, ttl: Duration::MAX, max_size: usize::MAX, untracked: Duration::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arc_is_kept_as_it_is() {
        let value = Arc::new(String::from("a"));
        let keeper = Kept::<Arc<String>>::new().keeper::<ByClone>();
        let taken = (keeper.hand_out)((keeper.share)(&value)).unwrap();
        assert!(Arc::ptr_eq(&value, &taken));
    }

    #[test]
    fn all_else_is_cloned() {
        let keeper = Kept::<Arc<str>>::new().keeper::<ByClone>();
        assert_eq!((keeper.hand_out)((keeper.share)(&"a".into())).as_deref(), Some("a"));
        let keeper = Kept::<Vec<u8>>::new().keeper::<ByClone>();
        assert_eq!((keeper.hand_out)((keeper.share)(&vec![1])), Some(vec![1]));
        assert_eq!((keeper.hand_out)(Arc::new(1_u8)), None, "another type");
    }
}
