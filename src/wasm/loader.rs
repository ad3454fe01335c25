//! Relationships in blocks, so that no more than a block of their text is ever in the module's memory, which never shrinks.

use wasm_bindgen::prelude::*;

use super::common::thrown;
use super::engine::Engine;
use crate::api::Loader;

/// Bytes of a block.
const BLOCK: usize = 262_144;

/// An engine in the making, held by JavaScript.
#[wasm_bindgen]
pub struct EngineLoader {
    loader: Loader,
    block: Vec<u8>,
}

#[wasm_bindgen]
impl EngineLoader {
    /// An engine of a schema, to which relationships come of about so many bytes.
    ///
    /// # Errors
    /// As [`Loader::new`].
    #[wasm_bindgen(constructor)]
    pub fn new(schema: &str, length: usize) -> Result<Self, JsValue> {
        let loader = Loader::new(schema, length).map_err(|error| thrown(&error))?;
        Ok(Self { loader, block: vec![0; BLOCK] })
    }

    /// Where the block begins in the memory of the module, for JavaScript to write to between calls.
    pub fn block(&mut self) -> usize {
        self.block.as_mut_ptr().expose_provenance()
    }

    /// Adds the whole lines that are so many bytes of the block. False where something is wrong with them: what it is, the engine's
    /// constructor says of the whole text.
    pub fn push(&mut self, length: usize) -> bool {
        let lines = self.block.get(..length).and_then(|bytes| str::from_utf8(bytes).ok());
        lines.is_some_and(|lines| self.loader.push(lines))
    }

    /// The engine; nothing as for `push`.
    #[must_use]
    pub fn finish(self) -> Option<Engine> {
        self.loader.finish().map(Engine::of)
    }
}
