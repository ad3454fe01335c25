//! JSON text, written piece by piece: results cross the boundary as one text each.

use std::fmt::{Display, Write as _};

use crate::model::Quoted;

/// A JSON text as it grows. Commas come by themselves.
#[derive(Default)]
pub(crate) struct Json(String);

impl Json {
    /// The text of one value.
    pub(crate) fn of(write: impl FnOnce(&mut Self)) -> String {
        let mut json = Self::default();
        write(&mut json);
        json.0
    }

    /// A string.
    pub(crate) fn text(&mut self, text: &str) {
        self.raw(Quoted(text));
    }

    /// What prints as JSON: a number, a context.
    pub(crate) fn raw(&mut self, value: impl Display) {
        self.separate();
        // A string takes whatever it is given.
        let _infallible = write!(self.0, "{value}");
    }

    /// A list of what is written for each item.
    pub(crate) fn list<Item>(&mut self, items: impl IntoIterator<Item = Item>, mut write: impl FnMut(&mut Self, Item)) {
        self.separate();
        self.0.push('[');
        for item in items {
            write(self, item);
        }
        self.0.push(']');
    }

    /// An object of what is written, each value after its [`key`](Self::key).
    pub(crate) fn object(&mut self, write: impl FnOnce(&mut Self)) {
        self.separate();
        self.0.push('{');
        write(self);
        self.0.push('}');
    }

    /// The key of the value that is written next.
    pub(crate) fn key(&mut self, name: &str) -> &mut Self {
        self.text(name);
        self.0.push(':');
        self
    }

    /// A comma, unless this is the first value of something: a bracket, brace or colon at the end is never one of a string,
    /// which ends with its quote.
    fn separate(&mut self) {
        if !matches!(self.0.as_bytes().last(), None | Some(b'[' | b'{' | b':')) {
            self.0.push(',');
        }
    }
}
