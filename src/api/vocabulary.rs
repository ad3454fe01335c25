//! The words of a schema: what the names of definitions, and of their relations and permissions, stand for. Every question begins
//! with two or three of them, so finding one is a probe of a small table and no allocation.

use crate::model::{Symbol, name};
use crate::plan::{MemberId, Plan};
use crate::schema::Schema;
use crate::store::Dictionary;
use crate::text::{Listed, sort};

/// The words of one schema.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// The words, which have symbols of their own here.
    words: Dictionary,
    /// The definitions, by the places of their names.
    definitions: Vec<Option<Words>>,
}

/// A definition.
#[derive(Debug)]
pub(super) struct Words {
    /// Its symbol in the plan.
    pub(super) symbol: Symbol,
    /// Its relations and permissions, in the order of their words.
    members: Vec<(Symbol, MemberId)>,
}

impl Vocabulary {
    /// What can be asked about under a schema.
    pub(super) fn new(schema: &Schema, plan: &Plan) -> Self {
        let mut words = Dictionary::new();
        let mut definitions = Vec::new();
        for definition in schema.definitions() {
            let (Some(symbol), Some(word)) = (plan.definition(&definition.name), words.intern(&definition.name)) else {
                continue;
            };
            // A name that only a schema may have is never the type of an object.
            if !name::is_object_type(&definition.name) {
                continue;
            }
            let member = |name: &str| Some((words.intern(name)?, plan.find_named(symbol, name)?));
            let mut members: Vec<_> = definition.member_names().filter_map(member).listed();
            sort(&mut members);
            if definitions.len() <= word.place() {
                definitions.resize_with(word.place() + 1, || None);
            }
            if let Some(place) = definitions.get_mut(word.place()) {
                *place = Some(Words { symbol, members });
            }
        }
        Self { words, definitions }
    }

    /// The definition of that name.
    pub(super) fn definition(&self, name: &str) -> Option<&Words> {
        self.definitions.get(self.words.symbol(name)?.place())?.as_ref()
    }

    /// The relation or permission of a definition.
    pub(super) fn member(&self, definition: &Words, name: &str) -> Option<MemberId> {
        let word = self.words.symbol(name)?;
        let place = definition.members.partition_point(|(member, _)| *member < word);
        definition.members.get(place).filter(|(member, _)| *member == word).map(|(_, member)| *member)
    }
}
