//! Names and relationships as bytes, and back: the parts of a saved engine that are the store's. `docs/snapshot-format.md` has every
//! field.
//!
//! A row is the number of its shape and two ids, each as the distance from the row before: sorted rows take four bytes or so.

use std::sync::Arc;

use super::base::{Builder, Direction};
use super::edge::SharedEdges;
use super::kinds::key;
use super::overlay::Ends;
use super::slot::PIECE;
use super::{Change, Dictionary, Edge, Snapshot, Traits};
use crate::model::limits::MAX_OBJECT_ID_BYTES;
use crate::model::{Context, Node, Relationship, Symbol, Timestamp, Value, name};
use crate::text::bytes::{Bytes, write_count, write_number, write_signed, write_text};

/// What rows have in common. It stands before the first of them, and others name it by its number.
#[derive(Clone, Copy, PartialEq)]
struct Shape {
    /// The type and relation of the resource, those of the subject, and the caveat; [`Symbol::NONE`] for none.
    names: [Symbol; 5],
    /// Whether rows are removed, whether they expire, and whether their caveat has a context.
    flags: [bool; 3],
}

/// Writes rows.
#[derive(Default)]
pub(crate) struct RowWriter {
    /// Few, and what is sorted uses those that came last.
    shapes: Vec<Shape>,
    /// The ids of the last row.
    last: [i64; 2],
}

/// Reads rows.
pub(crate) struct RowReader {
    /// Each with whether its rows are known to fit the schema.
    shapes: Vec<(Shape, bool)>,
    last: [i64; 2],
    /// Of each symbol, whether it can be the id of an object.
    is_id: Vec<bool>,
}

impl RowWriter {
    fn write(&mut self, out: &mut Vec<u8>, resource: &Node, subject: &Node, edge: Option<&Traits>, removes: bool) {
        let caveat = edge.and_then(|traits| traits.caveat.as_ref());
        let context = caveat.and_then(|(_, context)| context.as_ref());
        let expiration = edge.and_then(|traits| traits.expiration);
        let caveat = caveat.map_or(Symbol::NONE, |(name, _)| *name);
        let shape = Shape {
            names: [resource.object_type, resource.relation, subject.object_type, subject.relation, caveat],
            flags: [removes, expiration.is_some(), context.is_some()],
        };
        let known = self.shapes.iter().rposition(|known| *known == shape);
        write_count(out, known.unwrap_or(self.shapes.len()));
        if known.is_none() {
            self.shapes.push(shape);
            shape.names.iter().for_each(|name| write_count(out, name.place()));
            out.extend(shape.flags.map(u8::from));
        }
        for (last, id) in self.last.iter_mut().zip([resource.id, subject.id]) {
            let id = i64::try_from(id.place()).unwrap_or(i64::MAX);
            write_signed(out, id - *last);
            *last = id;
        }
        if let Some(context) = context {
            write_context(out, context);
        }
        if let Some(expiration) = expiration {
            write_time(out, expiration);
        }
    }

    /// Writes changes, in their order. What was removed is found again by removing it.
    pub(crate) fn changes(&mut self, out: &mut Vec<u8>, changes: &[Change]) {
        write_count(out, changes.len());
        for Change { resource, subject, edge, removes } in changes {
            self.write(out, resource, subject, edge.as_deref().filter(|_| !removes), *removes);
        }
    }

    /// Writes all rows, sorted by symbols.
    pub(crate) fn rows(&mut self, out: &mut Vec<u8>, data: &Snapshot) {
        write_count(out, data.len());
        data.rows().for_each(|(resource, subject, edge)| self.write(out, &resource, &subject, edge.as_deref(), false));
    }
}

impl RowReader {
    /// Reads the names, which all rows use.
    pub(crate) fn new(input: &mut Bytes<'_>) -> Option<(Self, Dictionary)> {
        let count = input.count();
        // A name that is there already would be two symbols for one text.
        let texts = input.text();
        let dictionary = Dictionary::of_written(texts, count)?;
        let mut is_id = Vec::with_capacity(dictionary.len());
        is_id.resize(dictionary.len() - count, false);
        let (mut rest, mut left) = (texts.as_bytes(), count);
        while left > 0 {
            rest = judge(rest, left.min(PIECE), &mut is_id);
            left = dictionary.len() - is_id.len();
        }
        Some((Self { shapes: Vec::new(), last: [0; 2], is_id }, dictionary))
    }

    /// Another schema holds from here on.
    pub(crate) fn schema_changes(&mut self) {
        self.shapes.iter_mut().for_each(|(_, fits)| *fits = false);
    }

    fn symbol(&self, input: &mut Bytes<'_>, number: Option<u64>) -> Symbol {
        let place = number.and_then(|number| usize::try_from(number).ok()).filter(|place| *place < self.is_id.len());
        let place = input.or_damaged(place);
        Symbol::at(place).unwrap_or(Symbol::NONE)
    }

    /// The number of the next row's shape, which is read where it is new.
    fn shape(&mut self, input: &mut Bytes<'_>) -> usize {
        let number = usize::try_from(input.number()).unwrap_or(usize::MAX);
        if number == self.shapes.len() {
            let mut shape = Shape { names: [Symbol::NONE; 5], flags: [false; 3] };
            for name in &mut shape.names {
                let number = input.number();
                *name = self.symbol(input, Some(number));
            }
            for flag in &mut shape.flags {
                *flag = input.flag();
            }
            self.shapes.push((shape, false));
        }
        number
    }

    /// Goes on to the ids of the next row.
    #[inline(always)]
    fn advance(&mut self, input: &mut Bytes<'_>) {
        for last in &mut self.last {
            *last = last.wrapping_add(input.signed());
        }
    }

    /// The symbol of an id, where there is one.
    #[inline(always)]
    fn known(&self, id: i64) -> Option<Symbol> {
        usize::try_from(id).ok().filter(|place| *place < self.is_id.len()).and_then(Symbol::at)
    }

    /// The ids of the next row.
    fn ids(&mut self, input: &mut Bytes<'_>) -> [Symbol; 2] {
        self.advance(input);
        self.last.map(|id| self.symbol(input, u64::try_from(id).ok()))
    }

    #[inline(always)]
    fn is_id(&self, id: Symbol) -> bool {
        self.is_id.get(id.place()).is_some_and(|is_id| *is_id)
    }

    /// The next row, with the edge that it has or without one where it is removed. Nothing where it is damaged, or does not fit: all
    /// that are written must, but for those that have expired by `expired`.
    fn row(
        &mut self,
        input: &mut Bytes<'_>,
        dictionary: &Dictionary,
        expected: &Expected<'_>,
    ) -> Option<(Node, Node, Option<Edge>)> {
        let number = self.shape(input);
        let (Shape { names, flags }, known) = *self.shapes.get(number)?;
        let [object_type, relation, subject_type, subject_relation, caveat] = names;
        let [removes, expires, has_context] = flags;
        let [resource, subject] = self.ids(input);
        let resource = Node { relation, object_type, id: resource };
        let subject = Node { relation: subject_relation, object_type: subject_type, id: subject };
        if removes {
            return Some((resource, subject, None));
        }
        let context = has_context.then(|| Arc::new(read_context(input)));
        let expiration = expires.then(|| read_time(input));
        let is_everyone = subject.id == Symbol::WILDCARD && subject_relation == Symbol::NONE;
        if !self.is_id(resource.id) || !(is_everyone || self.is_id(subject.id)) {
            return None;
        }
        // Rows of one shape fit alike, but for those whose context or wildcard has to fit as well.
        let is_usual = !has_context && !is_everyone;
        let caveat = (caveat != Symbol::NONE || has_context).then_some((caveat, context));
        let is_plain = caveat.is_none() && !expires;
        let edge: Edge = (!is_plain).then(|| Arc::new(Traits { caveat, expiration }));
        if !(known && is_usual) {
            let has_expired = expected.expired.zip(expiration).is_some_and(|(now, expiration)| expiration <= now);
            let does_fit = (expected.fits)(&dictionary.relationship(&resource, &subject, &edge));
            if let Some((_, known)) = self.shapes.get_mut(number).filter(|_| is_usual) {
                *known = does_fit;
            }
            if !does_fit && !has_expired {
                return None;
            }
        }
        Some((resource, subject, Some(edge)))
    }

    /// The next rows, as far as they are of one shape, fit the schema and have nothing but their ends; how many, at most so many.
    #[inline(never)]
    fn usual_rows(
        &mut self,
        input: &mut Bytes<'_>,
        builder: &mut Builder,
        last: &mut Option<Ends>,
        most: usize,
    ) -> Option<usize> {
        let Some(number) = input.peek().filter(|number| *number < 0x80) else { return Some(0) };
        let Some((Shape { names, flags: [false, false, false] }, true)) = self.shapes.get(usize::from(number)) else {
            return Some(0);
        };
        let [object_type, relation, subject_type, subject_relation, Symbol::NONE] = *names else { return Some(0) };
        let ends = |resource, subject| {
            let resource = Node { relation, object_type, id: resource };
            (resource, Node { relation: subject_relation, object_type: subject_type, id: subject })
        };
        let resource_kind = builder.kinds().intern(relation, object_type);
        let subject_kind = builder.kinds().intern(subject_relation, subject_type);
        let side = builder.side(Direction::Subjects);
        let first = side.neighbours().len();
        let mut before = None;
        while side.neighbours().len() - first < most && input.peek() == Some(number) {
            let start = (input.clone(), self.last);
            input.byte();
            self.advance(input);
            let [resource, subject] = self.last;
            let (resource, subject) = (self.known(resource)?, self.known(subject)?);
            if subject == Symbol::WILDCARD {
                (*input, self.last) = start;
                break;
            }
            let is_next = match before {
                Some(before) => before < (resource, subject),
                None => *last < Some(ends(resource, subject)),
            };
            if !is_next || !self.is_id(resource) || !self.is_id(subject) {
                return None;
            }
            before = Some((resource, subject));
            side.push(key(resource_kind, resource), key(subject_kind, subject))?;
        }
        let rows = side.neighbours().len() - first;
        if let Some((resource, subject)) = before {
            *last = Some(ends(resource, subject));
            builder.pass(resource_kind, first, rows)?;
        }
        Some(rows)
    }

    /// All rows of an engine, which stand in order: they go straight to where they stay.
    pub(crate) fn rows(
        &mut self,
        input: &mut Bytes<'_>,
        dictionary: Dictionary,
        revision: u64,
        expected: &Expected<'_>,
    ) -> Option<Snapshot> {
        let mut builder = Builder::default();
        let (mut last, mut expiring, mut shared) = (None, 0, SharedEdges::default());
        let mut left = input.count();
        // Each takes three bytes at least.
        builder.side(Direction::Subjects).reserve_rows(left.min(input.left() / 3));
        loop {
            let usual = self.usual_rows(input, &mut builder, &mut last, left.min(PIECE))?;
            left -= usual;
            if left == 0 {
                break;
            }
            if usual == PIECE {
                continue;
            }
            left -= 1;
            let (resource, subject, edge) = self.row(input, &dictionary, expected)?;
            let edge = shared.shared(edge.filter(|_| last < Some((resource, subject)))?);
            last = Some((resource, subject));
            expiring += usize::from(edge.as_ref().is_some_and(|traits| traits.expiration.is_some()));
            let (resource, subject) = (builder.kinds().intern_key(&resource), builder.kinds().intern_key(&subject));
            builder.push(Direction::Subjects, resource, subject, &edge)?;
        }
        Some(Snapshot::of_base(revision, dictionary, builder.finish()?, expiring))
    }

    /// The next revision of an engine, after changes of which each changes something.
    pub(crate) fn changes(
        &mut self,
        input: &mut Bytes<'_>,
        data: &Snapshot,
        expected: &Expected<'_>,
    ) -> Option<(Snapshot, Vec<Change>)> {
        let (mut next, mut changes) = (data.clone(), Vec::new());
        next.revision += 1;
        for _ in 0..input.count() {
            let (resource, subject, edge) = self.row(input, &next.dictionary, expected)?;
            let removes = edge.is_none();
            let before = next.set(resource, subject, edge.clone());
            changes.push(Change { resource, subject, edge: edge.or(before)?, removes });
        }
        Some((next, changes))
    }
}

/// Adds whether each of the next texts can be the id of an object; gives what comes after them.
#[inline(never)]
fn judge<'t>(texts: &'t [u8], count: usize, is_id: &mut Vec<bool>) -> &'t [u8] {
    let mut rest = texts;
    for _ in 0..count {
        let length = name::id_length(rest);
        is_id.push(length > 0 && length <= MAX_OBJECT_ID_BYTES && rest.get(length) == Some(&0));
        let end = rest.get(length..).unwrap_or_default().iter().position(|byte| *byte == 0);
        rest = rest.get(length + end.unwrap_or_default() + 1..).unwrap_or_default();
    }
    rest
}

/// What is expected of rows.
pub(crate) struct Expected<'a> {
    /// Whether one fits the schema.
    pub(crate) fits: &'a dyn Fn(&Relationship<'_>) -> bool,
    /// When those that need not fit have expired.
    pub(crate) expired: Option<Timestamp>,
}

impl Dictionary {
    /// Writes all names but the first two, which every dictionary has.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let bytes = |dictionary: &mut Self| dictionary.written().map(str::len).sum::<usize>();
        let (mut first, mut all) = (Self::new(), self.clone());
        let mut skipped = bytes(&mut first);
        write_count(out, all.len() - first.len());
        write_count(out, bytes(&mut all) - skipped);
        for texts in all.written() {
            out.extend_from_slice(texts.as_bytes().get(skipped..).unwrap_or_default());
            skipped = 0;
        }
    }
}

/// Writes a context, as JSON.
pub(crate) fn write_context(out: &mut Vec<u8>, context: &Context) {
    write_text(out, &Value::Object(context.clone()).to_string());
}

/// Reads a context.
pub(crate) fn read_context(input: &mut Bytes<'_>) -> Context {
    let context = Value::parse_object(input.text()).ok();
    input.or_damaged(context)
}

/// Writes a moment.
pub(crate) fn write_time(out: &mut Vec<u8>, time: Timestamp) {
    write_signed(out, time.unix_seconds());
    write_number(out, u64::from(time.nanoseconds()));
}

/// Reads a moment.
pub(crate) fn read_time(input: &mut Bytes<'_>) -> Timestamp {
    let (seconds, nanoseconds) = (input.signed(), u32::try_from(input.number()));
    input.or_damaged(nanoseconds.ok().and_then(|nanoseconds| Timestamp::from_unix(seconds, nanoseconds)))
}
