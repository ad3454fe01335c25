//! Every limit on an input or a question, with its unit and its reason. SpiceDB's own limits keep SpiceDB's values.

/// Bytes of schema text. SpiceDB's limit on `WriteSchema`.
pub const MAX_SCHEMA_BYTES: usize = 4_194_304;

/// Bytes of a definition's name, prefix included. SpiceDB's limit.
pub const MAX_DEFINITION_NAME_BYTES: usize = 128;

/// Bytes of a caveat's name. SpiceDB's limit.
pub const MAX_CAVEAT_NAME_BYTES: usize = 128;

/// Bytes of an object id. SpiceDB's limit.
pub const MAX_OBJECT_ID_BYTES: usize = 1_024;

/// Levels of parentheses in a permission, or of type arguments in a caveat. The parser recurses once a level, and
/// WebAssembly's stack is small; people write fewer than ten.
pub const MAX_NESTING: usize = 128;

/// Levels of imports within imports. Bounds recursion.
pub const MAX_INCLUDE_DEPTH: usize = 100;

/// Files that a schema imports, together. Where a folder holds a link to itself, each file has endlessly many paths, and
/// two imports a file would double the work at each level.
pub const MAX_IMPORTED_FILES: usize = 1_000;

/// Members that partials may add to all definitions together. Nested partials multiply: a few hundred bytes of
/// schema could otherwise ask for gigabytes.
pub const MAX_MEMBERS: usize = 100_000;

/// Steps that checking the types of one schema may take: a step is one type looked at for one arrow or annotation, about
/// 100 ns. Some schemas of the largest size would otherwise take hours; large ones that people write take thousands.
pub const MAX_TYPE_CHECK_STEPS: usize = 20_000_000;

/// Problems reported of one text. Past it a list helps nobody, and hostile input would make it larger than itself.
pub const MAX_DIAGNOSTICS: usize = 100;

/// Bytes of a relationship's, or an assertion's, caveat context, as JSON text. SpiceDB's limit, which it measures in protobuf bytes.
pub const MAX_RELATIONSHIP_CONTEXT_BYTES: usize = 25_000;

/// Levels of lists and objects in JSON. Bounds recursion.
pub const MAX_JSON_DEPTH: usize = 100;

/// Bytes of a validation file. A file is read whole; the largest of SpiceDB's own is 100 KB.
pub const MAX_VALIDATION_FILE_BYTES: usize = 64 * 1_048_576;

/// Steps of work one question may take: a step is one relationship read or one operand evaluated, about 50 ns natively and
/// up to 200 in WebAssembly. Ends a hostile question within about a second, with an error and never with an answer.
pub const MAX_CHECK_STEPS: u64 = 5_000_000;

/// Steps of work that a lookup, or many checks in one call, may take: enough for a few million relationships, some seconds.
pub const MAX_LOOKUP_STEPS: u64 = 50_000_000;

/// Steps of evaluating caveats that one question may take, all its caveats together: a step is an operation, an element or a
/// character looked at.
pub const MAX_CAVEAT_STEPS: u64 = 20_000_000;

/// Places that a trace shows. Past it nobody reads it, and its text is megabytes.
pub const MAX_TRACE_NODES: usize = 20_000;

/// Bytes of the expression that a conditional answer leaves open. Past it a client asks again sooner than it reads that.
pub const MAX_RESIDUAL_BYTES: usize = 16_384;

/// Steps that one equation of a circle counts for: it is kept, at about 150 bytes, until the question is answered, and a
/// question must not fill a worker's memory.
pub const STEPS_PER_EQUATION: usize = 8;

/// Nodes and subjects of an expanded tree, and relationships read for it. All of them are kept until the tree is handed over, at
/// about 100 bytes each; a permission that names others twice over would otherwise double at each level.
pub const MAX_EXPAND_STEPS: u64 = 1_000_000;

/// Seconds that a revision is kept after another replaced it, unless set otherwise. SpiceDB's default.
pub const RETENTION_SECONDS: u64 = 86_400;

/// Revisions that are kept, unless set otherwise: a write to a large engine leaves some tens of
/// kilobytes of maps that differ.
pub const RETENTION_REVISIONS: usize = 1_024;

/// Revisions that a watcher may be behind while others are written: half of those that are kept by default, so that it can begin again
/// where it was. SpiceDB's watch buffer, which is not bounded by what is kept, holds 1,024.
pub const MAX_WATCH_LAG: u64 = 512;

/// Updates of one write. SpiceDB's default.
pub const MAX_UPDATES: usize = 1_000;

/// Preconditions of one write or delete. SpiceDB's default.
pub const MAX_PRECONDITIONS: usize = 1_000;

/// The limit that a read, a delete or a lookup of resources may ask for. SpiceDB's defaults.
pub const MAX_LIMIT: u32 = 1_000;

/// Checks of one call. SpiceDB's limit.
pub const MAX_BULK_CHECKS: usize = 10_000;

/// Relationships of one message of an export, and the limit it may ask for. SpiceDB's default.
pub const MAX_EXPORT_PAGE: u32 = 10_000;

/// Bytes of a request's caveat context, as compact JSON text. SpiceDB's default, which it measures in protobuf bytes.
pub const MAX_CONTEXT_BYTES: usize = 4_096;

/// Bytes of a transaction's metadata, as compact JSON text. SpiceDB's limit.
pub const MAX_METADATA_BYTES: usize = 65_000;

/// Bytes of one request of the v1 API, as JSON text: some of the largest writes.
pub const MAX_REQUEST_BYTES: usize = 64 * 1_048_576;

/// Levels of a tree within a message of the v1 API. It is written and dropped by recursion; SpiceDB gives up at 50.
pub const MAX_MESSAGE_DEPTH: usize = 100;

/// Handles that an engine gives. A power of two: what is left of 32 bits tells engines apart.
pub const MAX_HANDLES: u32 = 4_194_304;
