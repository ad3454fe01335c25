//! Reads a schema and the files it imports, in the order SpiceDB gives them: what a file imports comes before it, each
//! file once.

use super::ast::{File, Import, Item};
use super::read;
use crate::model::limits::{MAX_IMPORTED_FILES, MAX_INCLUDE_DEPTH};
use crate::text::{Code, Diagnostic, Listed, Span, find};

/// Gives the text of a file, by its path from the folder of the schema; nothing where it cannot be read.
pub type Loader<'a> = dyn FnMut(&str) -> Option<String> + 'a;

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path it was imported by; nothing for the schema itself.
    pub path: Option<String>,
    /// Its text.
    pub text: String,
    /// Its syntax tree, the statements that could not be read left out.
    pub file: File,
}

/// Reads `text` and all it imports. The schema itself is the last of the sources.
pub fn load(text: &str, loader: Option<&mut Loader<'_>>) -> (Vec<Source>, Vec<Diagnostic>) {
    let mut loading = Loading { loader, sources: Vec::new(), open: Vec::new(), imported: 0, diagnostics: Vec::new() };
    loading.source(None, text.to_owned());
    (loading.sources, loading.diagnostics)
}

struct Loading<'l, 'a> {
    loader: Option<&'l mut Loader<'a>>,
    sources: Vec<Source>,
    /// The paths being read, outermost first.
    open: Vec<String>,
    /// How many files were asked for.
    imported: usize,
    diagnostics: Vec<Diagnostic>,
}

impl Loading<'_, '_> {
    fn source(&mut self, path: Option<String>, text: String) {
        let (file, problems) = read(&text);
        self.report(path.as_deref(), problems);
        for item in &file.items {
            if let Item::Import(import) = item
                && let Err(problem) = self.import(path.as_deref(), import)
            {
                self.report(path.as_deref(), vec![problem]);
            }
        }
        self.sources.push(Source { path, text, file });
    }

    fn report(&mut self, path: Option<&str>, problems: Vec<Diagnostic>) {
        let named = problems.into_iter().map(|problem| Diagnostic { source: path.map(str::to_owned), ..problem });
        self.diagnostics.extend(named);
    }

    fn import(&mut self, importer: Option<&str>, import: &Import) -> Result<(), Diagnostic> {
        let problem = |code, message| Diagnostic::error(code, import.path.span, message);
        let written = &import.path.text;
        let Some(loader) = self.loader.as_mut() else {
            let refused = Diagnostic::error(Code::ImportNotAllowed, import.keyword, "imports are not allowed here");
            return Err(
                refused.with_help("imports need a schema in a file of its own, such as the `schemaFile` of a validation file")
            );
        };
        // SpiceDB refuses two dots anywhere in the path.
        if written.is_empty() || find(written, "..").is_some() || written.starts_with('/') || written.contains([':', '\\']) {
            let refused =
                problem(Code::ImportPath, format!("import path `{written}` does not stay within the folder of the schema"));
            return Err(refused.with_help("write a path below the importing file, such as `shared/users.zed`"));
        }
        let folder = importer.and_then(|path| path.rsplit_once('/')).map(|(folder, _)| folder);
        let path = normalized(folder, written);
        if self.open.contains(&path) {
            return Err(problem(Code::ImportCycle, format!("circular import of `{path}`")));
        }
        if self.sources.iter().any(|source| source.path.as_deref() == Some(&path)) {
            return Ok(());
        }
        self.imported += 1;
        if self.imported > MAX_IMPORTED_FILES {
            return Err(problem(Code::SchemaTooLarge, format!("more than {MAX_IMPORTED_FILES} files are imported")));
        }
        if self.open.len() >= MAX_INCLUDE_DEPTH {
            return Err(problem(Code::ImportCycle, format!("imports are nested deeper than {MAX_INCLUDE_DEPTH} files")));
        }
        let Some(text) = loader(&path) else {
            return Err(problem(Code::ImportNotFound, format!("cannot read the imported file `{path}`")));
        };
        self.open.push(path.clone());
        self.source(Some(path), text);
        self.open.pop();
        Ok(())
    }
}

/// The path from the folder of the schema, without `.` segments, so that one file has one path.
fn normalized(folder: Option<&str>, path: &str) -> String {
    let segments: Vec<&str> = folder
        .into_iter()
        .flat_map(|folder| folder.split('/'))
        .chain(path.split('/'))
        .filter(|segment| !matches!(*segment, "" | "."))
        .listed();
    segments.join("/")
}

/// A problem in one of the sources.
pub(super) fn problem_in(source: &Source, code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic { source: source.path.clone(), ..Diagnostic::error(code, span, message) }
}
