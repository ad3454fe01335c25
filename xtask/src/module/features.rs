//! The features of WebAssembly that a module says it uses, in the section of that name (tool conventions, "Target Features").

use super::{CUSTOM, Input, Module, list, sized};

const SECTION: &[u8] = b"target_features";

/// Makes a module say nothing of functions that give several values, so that wasm-bindgen exports none. V8 optimises a way in from
/// JavaScript for each signature of theirs before the module is there, which takes longer than the module itself.
pub fn without_multivalue(module: &mut Module) {
    for (id, content) in &mut module.sections {
        if let (CUSTOM, Some(features)) = (*id, features(content)) {
            let kept: Vec<_> = features.into_iter().filter(|feature| *feature != used("multivalue")).collect();
            *content = [sized(SECTION), list(kept.into_iter())].concat();
        }
    }
}

/// The features, each as it stands, where it is the section that has them.
fn features(content: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut input = Input(content);
    if input.sized().ok()? != SECTION {
        return None;
    }
    let count = input.number().ok()?;
    (0..count).map(|_| Some([vec![input.byte().ok()?], sized(input.sized().ok()?)].concat())).collect()
}

/// How a feature stands there that is used.
fn used(feature: &str) -> Vec<u8> {
    [b"+".to_vec(), sized(feature.as_bytes())].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::tests::module;

    #[test]
    fn nothing_but_the_feature_goes() {
        let section = |features: &[&str]| (CUSTOM, [sized(SECTION), list(features.iter().map(|feature| used(feature)))].concat());
        let mut all = module(&[]);
        let before = all.sections.clone();
        let other = (CUSTOM, [sized(b"producers"), vec![0]].concat());
        all.sections.extend([section(&["multivalue", "sign-ext"]), other.clone()]);
        without_multivalue(&mut all);
        assert_eq!(all.sections, [before, vec![section(&["sign-ext"]), other]].concat());
    }
}
