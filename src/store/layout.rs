//! Where tests put relationships: every answer must be the same wherever they are. `PEPPERCORN_STORE` chooses, in builds with the
//! feature `store-layouts`: `base` makes a new base after each commit, `overlay` never does and loads nothing into one, `mixed` loads
//! every other relationship into the base and has a new one in the making nearly always.

use std::sync::OnceLock;

use super::Snapshot;
use super::base::{Builder, Direction};
use super::kinds::Kinds;

/// The layouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Usual,
    Base,
    Overlay,
    Mixed,
}

/// The one that is chosen.
pub(super) fn layout() -> Layout {
    static CHOSEN: OnceLock<Layout> = OnceLock::new();
    *CHOSEN.get_or_init(|| match std::env::var("PEPPERCORN_STORE").as_deref() {
        Ok("base") => Layout::Base,
        Ok("overlay") => Layout::Overlay,
        Ok("mixed") => Layout::Mixed,
        Ok(_) | Err(_) => Layout::Usual,
    })
}

/// The same relationships laid out as chosen.
pub(super) fn laid_out(loaded: Snapshot) -> Snapshot {
    let into_base = |place: usize| match layout() {
        Layout::Usual | Layout::Base => true,
        Layout::Overlay => false,
        Layout::Mixed => place.is_multiple_of(2),
    };
    let mut builder = Builder::new(Kinds::default());
    for (place, (resource, subject, edge)) in loaded.rows().enumerate() {
        if into_base(place) {
            let (resource, subject) = (builder.kinds().intern_key(&resource), builder.kinds().intern_key(&subject));
            let _ = builder.push(Direction::Subjects, resource, subject, edge);
        }
    }
    let base = builder.finish().unwrap_or_default();
    let mut spread = Snapshot { base: std::sync::Arc::new(base), len: 0, expiring: 0, ..loaded.clone() };
    let held: Vec<_> = spread.rows().map(|(resource, subject, edge)| (resource, subject, edge.clone())).collect();
    spread.len = held.len();
    spread.expiring = held.iter().filter(|(.., edge)| edge.as_ref().is_some_and(|traits| traits.expiration.is_some())).count();
    for (resource, subject, edge) in loaded.rows() {
        let _ = spread.set(resource, subject, Some(edge.clone()));
    }
    spread
}
