//! Where relationships are held: in the base, in the overlay above it, or in both. Every answer must be the same wherever they are, so
//! tests may choose: builds with the feature `store-layouts` ask `PEPPERCORN_STORE`.

#[cfg(feature = "store-layouts")]
pub(super) use chosen::{laid_out, layout};

/// The layouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "store-layouts"), expect(dead_code, reason = "tests alone choose others"))]
pub(super) enum Layout {
    /// What is loaded in the base, what is written above it until that is much.
    Usual,
    /// Everything in the base: a new one after each commit.
    Base,
    /// Everything above an empty base.
    Overlay,
    /// Every other relationship that is loaded in the base, and a new one in the making nearly always.
    Mixed,
}

/// That of all builds but those for tests.
#[cfg(not(feature = "store-layouts"))]
pub(super) fn layout() -> Layout {
    Layout::Usual
}

#[cfg(feature = "store-layouts")]
mod chosen {
    use std::sync::OnceLock;

    use super::super::Snapshot;
    use super::super::base::{Builder, Direction};
    use super::super::kinds::Kinds;
    use super::Layout;

    /// The one that is chosen.
    pub(in super::super) fn layout() -> Layout {
        static CHOSEN: OnceLock<Layout> = OnceLock::new();
        *CHOSEN.get_or_init(|| match std::env::var("PEPPERCORN_STORE").as_deref() {
            Ok("base") => Layout::Base,
            Ok("overlay") => Layout::Overlay,
            Ok("mixed") => Layout::Mixed,
            Ok(_) | Err(_) => Layout::Usual,
        })
    }

    /// The same relationships laid out as chosen.
    pub(in super::super) fn laid_out(loaded: Snapshot) -> Snapshot {
        let into_base: fn(usize) -> bool = match layout() {
            Layout::Usual | Layout::Base => return loaded,
            Layout::Overlay => |_| false,
            Layout::Mixed => |place| place.is_multiple_of(2),
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
        spread.expiring =
            held.iter().filter(|(.., edge)| edge.as_ref().is_some_and(|traits| traits.expiration.is_some())).count();
        for (resource, subject, edge) in loaded.rows() {
            let _ = spread.set(resource, subject, Some(edge.clone()));
            spread.overlay.tidy();
        }
        spread
    }
}
