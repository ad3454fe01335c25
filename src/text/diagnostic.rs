use super::{Code, LineIndex, Position, Span};
use crate::text::sort_by;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The input is refused.
    Error,
    /// The input is accepted and probably not meant so.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing wrong with an input: what, where, and what to do about it.
///
/// The message is lower case, without a final period, with the user's own text in backticks; the help is apart from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of problem it is, for programs.
    pub code: Code,
    /// Whether the input is refused for it.
    pub severity: Severity,
    /// What was wrong.
    pub message: String,
    /// Where, in the text named by `source`.
    pub span: Span,
    /// What to do about it.
    pub help: Option<String>,
    /// Which text the span is of, where several were read (imports, a schema beside a validation file).
    pub source: Option<String>,
    /// What it is about, for programs, under SpiceDB's keys.
    pub about: About,
}

/// The names that a problem is about, each under its key.
pub type About = Vec<(&'static str, String)>;

impl Diagnostic {
    /// An error.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), span, help: None, source: None, about: About::new() }
    }

    /// A warning.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// The same with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with "did you mean", where a near name exists.
    #[must_use]
    pub fn with_suggestion(mut self, near: Option<&str>) -> Self {
        if let Some(near) = near {
            self.help = Some(format!("did you mean `{near}`?"));
        }
        self
    }

    /// The same, which is about that as well.
    #[must_use]
    pub fn about(mut self, key: &'static str, name: &str) -> Self {
        self.about.push((key, name.to_owned()));
        self
    }

    /// The same, said to be of that text.
    #[must_use]
    pub fn in_source(mut self, source: Option<&str>) -> Self {
        self.source = source.map(str::to_owned);
        self
    }

    /// The same with lines and columns in place of the span.
    #[must_use]
    pub fn located(self, lines: &LineIndex<'_>) -> Located {
        let (start, end) = lines.range(self.span);
        Located {
            code: self.code,
            severity: self.severity,
            message: self.message,
            help: self.help,
            source: self.source,
            about: self.about,
            start,
            end,
        }
    }

    /// The same, with its span moved to where its text begins in a larger one.
    #[must_use]
    pub fn shifted(mut self, offset: u32) -> Self {
        self.span = self.span.shifted(offset);
        self
    }
}

/// A diagnostic for people: lines and columns instead of a span, so that it can leave its text behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// What kind of problem it is, for programs.
    pub code: Code,
    /// Whether the input is refused for it.
    pub severity: Severity,
    /// What was wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Which text it is in, where several were read.
    pub source: Option<String>,
    /// Where it begins.
    pub start: Position,
    /// Where it ends, exclusive.
    pub end: Position,
    /// What it is about, for programs, under SpiceDB's keys.
    pub about: About,
}

/// Prints `line:column: error[code]: message (help)`, with the source before it where there is one.
impl std::fmt::Display for Located {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(source) = &self.source {
            write!(out, "{source}:")?;
        }
        let (severity, code) = (self.severity.as_str(), self.code.as_str());
        write!(out, "{}:{}: {severity}[{code}]: {}", self.start.line, self.start.column, self.message)?;
        match &self.help {
            Some(help) => write!(out, " ({help})"),
            None => Ok(()),
        }
    }
}

/// Sorts diagnostics by their text, the main one last, and by their place in it.
pub fn in_order(diagnostics: &mut [Diagnostic]) {
    sort_by(diagnostics, |left, right| {
        (left.source.is_none(), &left.source, left.span, left.code).cmp(&(
            right.source.is_none(),
            &right.source,
            right.span,
            right.code,
        ))
    });
}
