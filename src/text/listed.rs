/// An iterator whose items are made into a list.
///
/// [`Iterator::collect`] does it too, by three functions of the standard library for each kind of iterator, which count their items
/// beforehand: in WebAssembly that is most of what a short list costs. This is one loop.
pub(crate) trait Listed: Iterator + Sized {
    /// The items, in their order.
    fn listed(self) -> Vec<Self::Item> {
        let mut list = Vec::new();
        for item in self {
            list.push(item);
        }
        list
    }

    /// The items, in their order, or the first error.
    fn listed_or<T, E>(self) -> Result<Vec<T>, E>
    where
        Self: Iterator<Item = Result<T, E>>,
    {
        let mut list = Vec::new();
        for item in self {
            list.push(item?);
        }
        Ok(list)
    }
}

impl<I: Iterator> Listed for I {}
