use std::cmp::Ordering;

/// A name or id as a small number: what the plan and the store speak in instead of text.
///
/// Two texts have the same symbol exactly where they are equal, within one dictionary. The order of symbols is the order
/// in which texts were first seen and means nothing to users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(u32);

impl Symbol {
    /// No relation: the subject is the object itself.
    pub const NONE: Self = Self(0);
    /// The id of a wildcard subject.
    pub const WILDCARD: Self = Self(1);
    /// The id of an object that no relationship names. It equals no stored id.
    pub const GHOST: Self = Self(u32::MAX);
    /// The id of a second such object, other than the first.
    pub const OTHER_GHOST: Self = Self(u32::MAX - 1);

    /// The symbol at that place of a dictionary; nothing where the dictionary would be too large.
    #[must_use]
    pub fn at(place: usize) -> Option<Self> {
        u32::try_from(place).ok().map(Self).filter(|symbol| *symbol < Self::OTHER_GHOST)
    }

    /// Its place in the dictionary.
    #[must_use]
    pub fn place(self) -> usize {
        self.0 as usize
    }

    /// The same as a number of 32 bits.
    #[inline(always)]
    pub(crate) fn number(self) -> u32 {
        self.0
    }

    /// The symbol of a number that a symbol gave.
    #[inline(always)]
    pub(crate) fn of_number(number: u32) -> Self {
        Self(number)
    }
}

/// A resource with a relation, or a subject with or without one: the nodes of the graph that relationships make.
///
/// Ordered so that subjects without a relation come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// The relation; [`Symbol::NONE`] for a subject that is the object itself.
    pub relation: Symbol,
    /// The type of the object.
    pub object_type: Symbol,
    /// The id of the object.
    pub id: Symbol,
}

impl Node {
    /// Relation and type as one number.
    #[inline(always)]
    fn kind(&self) -> u64 {
        (u64::from(self.relation.0) << 32) | u64::from(self.object_type.0)
    }
}

impl Ord for Node {
    /// By relation, type and id: two comparisons of numbers.
    #[inline(always)]
    fn cmp(&self, other: &Self) -> Ordering {
        match self.kind().cmp(&other.kind()) {
            Ordering::Equal => self.id.0.cmp(&other.id.0),
            decided => decided,
        }
    }
}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
