//! A WebAssembly module in its binary form, as far as the build rewrites it: the bodies of its functions, and their names.
//!
//! Source: the WebAssembly specification, "Binary Format", and its appendix on custom sections.

mod alike;
mod beside;
mod features;
mod panics;

use crate::shell::Problem;

pub use alike::order_by_likeness;
pub use beside::order_beside;
pub use features::without_multivalue;
pub use panics::without_messages;

const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const FUNCTIONS: u8 = 3;
const CODE: u8 = 10;
const DATA: u8 = 11;
/// The part of the section of names that names functions.
const FUNCTION_NAMES: u8 = 1;
/// `\0asm`, version 1.
const HEAD: &[u8] = b"\0asm\x01\0\0\0";

/// A module that says what its functions are called.
pub struct Module {
    /// Each with its number; the section of names left out.
    sections: Vec<(u8, Vec<u8>)>,
    imported: usize,
    data: Vec<Segment>,
    /// The types of the functions that have a body, as numbers.
    types: Vec<u8>,
    /// The functions that have a body, in order.
    pub functions: Vec<Function>,
}

/// What is in memory from the beginning, and from where on.
struct Segment {
    address: usize,
    bytes: Vec<u8>,
}

/// A function and its name, empty where it has none.
pub struct Function {
    /// What it is called.
    pub name: String,
    /// Its local variables and its instructions.
    pub body: Vec<u8>,
}

impl Module {
    /// Reads a module.
    pub fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let mut module = Self { sections: Vec::new(), imported: 0, data: Vec::new(), types: Vec::new(), functions: Vec::new() };
        let mut names = Vec::new();
        let mut input = Input(bytes.strip_prefix(HEAD).ok_or_else(damaged)?);
        while let Ok(id) = input.byte() {
            let content = input.sized()?;
            let mut section = Input(content);
            match id {
                IMPORTS => module.imported = imported_functions(&mut section)?,
                FUNCTIONS => {
                    section.number()?;
                    module.types = section.0.to_vec();
                }
                CODE => {
                    for _ in 0..section.number()? {
                        module.functions.push(Function { name: String::new(), body: section.sized()?.to_vec() });
                    }
                }
                DATA => {
                    for _ in 0..section.number()? {
                        module.data.push(segment(&mut section)?);
                    }
                }
                CUSTOM if section.sized()? == b"name" => {
                    names = function_names(&mut section)?;
                    continue;
                }
                _ => {}
            }
            module.sections.push((id, content.to_vec()));
        }
        for (place, name) in names {
            let function = place.checked_sub(module.imported).and_then(|place| module.functions.get_mut(place));
            if let Some(function) = function {
                function.name = name;
            }
        }
        Ok(module)
    }

    /// The module with the bodies and names that its functions have now.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = HEAD.to_vec();
        for (id, content) in &self.sections {
            out.push(*id);
            out.extend(sized(&match *id {
                FUNCTIONS => [number(self.functions.len()), self.types.clone()].concat(),
                CODE => list(self.functions.iter().map(|function| sized(&function.body))),
                DATA => list(
                    self.data.iter().map(|it| [PLACED.to_vec(), number_signed(it.address), vec![END], sized(&it.bytes)].concat()),
                ),
                _ => content.clone(),
            }));
        }
        let names = self.functions.iter().enumerate();
        let names = names.map(|(place, function)| [number(self.imported + place), sized(function.name.as_bytes())].concat());
        out.push(CUSTOM);
        out.extend(sized(&[sized(b"name"), vec![FUNCTION_NAMES], sized(&list(names))].concat()));
        out
    }

    /// Adds a function that nobody calls, with a body that fits any type, and gives its place.
    fn add(&mut self, body: &[u8]) -> usize {
        self.types.push(0);
        self.functions.push(Function { name: String::new(), body: body.to_vec() });
        self.functions.len() - 1
    }
}

/// How many of the imports are functions: they are numbered first.
fn imported_functions(section: &mut Input<'_>) -> Result<usize, Problem> {
    let mut functions = 0;
    for _ in 0..section.number()? {
        section.sized()?;
        section.sized()?;
        if section.byte()? != 0 {
            return Err(Problem::new("the module imports more than functions"));
        }
        section.number()?;
        functions += 1;
    }
    Ok(functions)
}

/// Of memory 0, at an address that is a constant.
const PLACED: [u8; 2] = [0, 0x41];
const END: u8 = 0x0b;

fn segment(section: &mut Input<'_>) -> Result<Segment, Problem> {
    let unplaced = || Problem::new("the module has data without an address");
    if [section.byte()?, section.byte()?] != PLACED {
        return Err(unplaced());
    }
    let address = section.number()?;
    if section.byte()? != END {
        return Err(unplaced());
    }
    Ok(Segment { address, bytes: section.sized()?.to_vec() })
}

fn function_names(section: &mut Input<'_>) -> Result<Vec<(usize, String)>, Problem> {
    let mut names = Vec::new();
    while let Ok(part) = section.byte() {
        let mut content = Input(section.sized()?);
        if part == FUNCTION_NAMES {
            for _ in 0..content.number()? {
                names.push((content.number()?, String::from_utf8_lossy(content.sized()?).into_owned()));
            }
        }
    }
    Ok(names)
}

/// Bytes that are still to be read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn byte(&mut self) -> Result<u8, Problem> {
        let (first, rest) = self.0.split_first().ok_or_else(damaged)?;
        self.0 = rest;
        Ok(*first)
    }

    /// LEB128.
    fn number(&mut self) -> Result<usize, Problem> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(damaged())
    }

    /// Bytes after their count.
    fn sized(&mut self) -> Result<&'a [u8], Problem> {
        let count = self.number()?;
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(damaged)?;
        self.0 = rest;
        Ok(taken)
    }
}

fn damaged() -> Problem {
    Problem::new("what was built is not a WebAssembly module")
}

fn number(mut number: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

/// A number that is none below zero, where there might be one.
fn number_signed(value: usize) -> Vec<u8> {
    let mut out = number(value);
    // The last byte's highest bit but one would be the sign.
    if let Some(last) = out.last_mut().filter(|last| **last & 0x40 != 0) {
        *last |= 0x80;
        out.push(0);
    }
    out
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    [number(bytes.len()), bytes.to_vec()].concat()
}

fn list(items: impl ExactSizeIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut out = number(items.len());
    out.extend(items.flatten());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of one type, one imported function, and these functions.
    pub(super) fn module(functions: &[(&str, &[u8])]) -> Module {
        let functions: Vec<_> =
            functions.iter().map(|(name, body)| Function { name: (*name).to_owned(), body: body.to_vec() }).collect();
        let types = vec![0; functions.len()];
        let sections = vec![(IMPORTS, b"\x01\x01m\x01f\0\0".to_vec()), (FUNCTIONS, Vec::new()), (CODE, Vec::new())];
        Module { sections, imported: 1, data: Vec::new(), types, functions }
    }

    #[test]
    fn what_is_written_reads_as_it_was() {
        let long = vec![1; 300];
        let written = module(&[("first", &long), ("", b"\0\x0b")]).bytes();
        let read = Module::read(&written).expect("a module");
        assert_eq!((read.imported, read.functions.len()), (1, 2));
        assert_eq!(read.functions[0].body, long);
        assert_eq!([&read.functions[0].name, &read.functions[1].name], ["first", ""]);
        assert_eq!(read.bytes(), written);
    }

    #[test]
    fn data_is_where_it_was() {
        let mut given = module(&[]);
        given.sections.push((DATA, Vec::new()));
        for address in [0, 63, 64, 8191, 8192, 1_048_576] {
            given.data.push(Segment { address, bytes: vec![7; 3] });
        }
        let read = Module::read(&given.bytes()).expect("a module");
        assert_eq!(read.data.iter().map(|it| it.address).collect::<Vec<_>>(), [0, 63, 64, 8191, 8192, 1_048_576]);
        assert_eq!(read.bytes(), given.bytes());
        // Read with a sign: 64 in one byte would be below zero.
        assert_eq!([63, 64, 1_048_576].map(number_signed), [vec![0x3f], vec![0xc0, 0], vec![0x80, 0x80, 0xc0, 0]]);
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        let written = module(&[("first", &[1; 200])]).bytes();
        for end in [0, 7, 12, 40, written.len() - 1] {
            assert!(Module::read(&written[..end]).is_err(), "{end}");
        }
    }
}
