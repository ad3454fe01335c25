//! Any text is a relationship or one thing wrong with it; a relationship is printed as what reads to it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use peppercorn::model::{Object, Question, Relationship, Subject};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match Relationship::parse(text) {
        Ok(relationship) => {
            let printed = relationship.to_string();
            assert_eq!(Relationship::parse(&printed).as_ref(), Ok(&relationship), "{printed}");
        }
        Err(problem) => {
            let range = problem.span.range();
            assert!(text.is_char_boundary(range.start) && text.is_char_boundary(range.end), "{problem:?} cuts a character");
        }
    }
    if let Ok(question) = Question::parse(text) {
        assert_eq!(Question::parse(&question.to_string()), Ok(question));
    }
    if let Ok(object) = Object::parse(text) {
        assert_eq!(Object::parse(&object.to_string()), Ok(object));
    }
    if let Ok(subject) = Subject::parse(text) {
        assert_eq!(Subject::parse(&subject.to_string()), Ok(subject));
    }
});
