//! Who has a permission and why, as validation files expect it.

use super::expand::Texts;
use super::questions::Asked;
use super::{Environment, Error, Peppercorn};
use crate::engine::{self, Held};
use crate::model::Node;
use crate::model::limits::MAX_LOOKUP_STEPS;
use crate::text::{Listed, sort, sort_by};

/// A subject with the relations that hold it: what a validation file expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) subject: String,
    pub(crate) caveated: bool,
    /// Sorted.
    pub(crate) sources: Vec<String>,
    /// Whom a wildcard leaves out, and whether under a caveat; sorted.
    pub(crate) excluded: Vec<(String, bool)>,
}

impl Peppercorn {
    /// Everyone who has a permission or relation, usersets followed, sorted; and by which relations.
    ///
    /// # Errors
    /// As [`Self::expand`], and where the permission depends on its own negation.
    pub(crate) fn holders(&self, permission: &str, resource: &str, environment: &Environment) -> Result<Vec<Holder>, Error> {
        self.asked().holders(permission, resource, environment)
    }
}

impl Asked<'_> {
    fn holders(&self, permission: &str, resource: &str, environment: &Environment) -> Result<Vec<Holder>, Error> {
        let (goal, texts) = self.expanded(permission, resource)?;
        let conditions = self.conditions(environment, None);
        let found =
            engine::membership(&self.facts(&conditions, MAX_LOOKUP_STEPS), goal).map_err(|error| self.unanswered(&error))?;
        let mut holders: Vec<_> = found.iter().map(|held| texts.holder(held)).listed();
        sort_by(&mut holders, |one, other| one.subject.cmp(&other.subject));
        Ok(holders)
    }
}

impl Texts<'_> {
    fn holder(&self, held: &Held) -> Holder {
        let text = |node: &Node| self.subject(node).to_string();
        let mut sources: Vec<_> = held.sources.iter().map(text).listed();
        sort(&mut sources);
        let mut excluded: Vec<_> = held.excluded.iter().map(|held| (text(&held.subject), held.caveated)).listed();
        sort(&mut excluded);
        Holder { subject: text(&held.subject), caveated: held.caveated, sources, excluded }
    }
}
