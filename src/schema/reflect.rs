//! Which parts of a schema ReflectSchema gives: its filters. Source of semantics: SpiceDB's `schemaFilters`
//! (`internal/services/v1/reflectionapi.go`).

use thiserror::Error;

/// A filter. A text that is empty asks for nothing; any other asks for names that begin with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// Of definitions.
    pub definition: &'a str,
    /// Of caveats.
    pub caveat: &'a str,
    /// Of relations; needs a definition.
    pub relation: &'a str,
    /// Of permissions; needs a definition.
    pub permission: &'a str,
}

/// Why a filter is none: SpiceDB's `INVALID_FILTER`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FilterError {
    /// It names both.
    #[error("cannot filter by both definition and caveat name")]
    DefinitionAndCaveat,
    /// It names both.
    #[error("cannot filter by both relation and permission name")]
    RelationAndPermission,
    /// Relations are told apart within definitions.
    #[error("relation name match requires definition name match")]
    RelationWithoutDefinition,
    /// Permissions are told apart within definitions.
    #[error("permission name match requires definition name match")]
    PermissionWithoutDefinition,
}

/// Filters that may be asked: what one of them takes is in, and of a kind that none asks for everything is, within what is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filters<'a>(&'a [Filter<'a>]);

impl<'a> Filters<'a> {
    /// Checks filters.
    ///
    /// # Errors
    /// The first that is none, by its place.
    pub fn new(filters: &'a [Filter<'a>]) -> Result<Self, (usize, FilterError)> {
        for (place, filter) in filters.iter().enumerate() {
            let [definition, caveat, relation, permission] =
                [filter.definition, filter.caveat, filter.relation, filter.permission].map(|name| !name.is_empty());
            let error = match () {
                () if definition && caveat => FilterError::DefinitionAndCaveat,
                () if relation && !definition => FilterError::RelationWithoutDefinition,
                () if relation && permission => FilterError::RelationAndPermission,
                () if permission && !definition => FilterError::PermissionWithoutDefinition,
                () => continue,
            };
            return Err((place, error));
        }
        Ok(Self(filters))
    }

    /// Whether any definition is asked for.
    #[must_use]
    pub fn has_definitions(&self) -> bool {
        self.0.is_empty() || self.0.iter().any(|filter| !filter.definition.is_empty())
    }

    /// Whether any caveat is asked for.
    #[must_use]
    pub fn has_caveats(&self) -> bool {
        self.0.is_empty() || self.0.iter().any(|filter| !filter.caveat.is_empty())
    }

    /// Whether a definition is in.
    #[must_use]
    pub fn has_definition(&self, name: &str) -> bool {
        self.has_definitions() && self.takes(&|filter| (filter.definition, true), name)
    }

    /// Whether a caveat is in.
    #[must_use]
    pub fn has_caveat(&self, name: &str) -> bool {
        self.has_caveats() && self.takes(&|filter| (filter.caveat, true), name)
    }

    /// Whether a relation of a definition that is in is in.
    #[must_use]
    pub fn has_relation(&self, definition: &str, name: &str) -> bool {
        self.takes(&|filter| (filter.relation, definition.starts_with(filter.definition)), name)
    }

    /// Whether a permission of a definition that is in is in.
    #[must_use]
    pub fn has_permission(&self, definition: &str, name: &str) -> bool {
        self.takes(&|filter| (filter.permission, definition.starts_with(filter.definition)), name)
    }

    /// Whether a filter takes a name, given the prefix that each asks for and whether it fits otherwise; or none has a prefix.
    fn takes(&self, prefix: &dyn Fn(Filter<'a>) -> (&'a str, bool), name: &str) -> bool {
        let mut asked = false;
        for filter in self.0 {
            let (prefix, fits) = prefix(*filter);
            if !prefix.is_empty() {
                asked = true;
                if fits && name.starts_with(prefix) {
                    return true;
                }
            }
        }
        !asked
    }
}
