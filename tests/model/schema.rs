//! Schemas with parts that come and go, as a table, and as the text that the engine is given.

/// A schema: which of its optional parts it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    everyone: bool,
    expiring: bool,
    caveated: bool,
    banned: bool,
    groups: bool,
}

/// A type of subjects that a relation allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    pub subject_type: &'static str,
    pub relation: &'static str,
    pub wildcard: bool,
    pub caveated: bool,
    pub expiring: bool,
}

const RELATIONS: [(&str, &str); 5] =
    [("group", "member"), ("folder", "viewer"), ("document", "parent"), ("document", "viewer"), ("document", "banned")];

impl Schema {
    pub const PARTS: usize = 5;

    pub fn with(parts: [bool; Self::PARTS]) -> Self {
        let [everyone, expiring, caveated, banned, groups] = parts;
        Self { everyone, expiring, caveated, banned, groups }
    }

    pub fn has_type(self, name: &str) -> bool {
        matches!(name, "user" | "folder" | "document") || (name == "group" && self.groups)
    }

    pub fn has_permission(self, object_type: &str, name: &str) -> bool {
        name == "view" && matches!(object_type, "folder" | "document")
    }

    pub fn has_member(self, object_type: &str, name: &str) -> bool {
        self.has_permission(object_type, name) || self.relation(object_type, name).is_some()
    }

    pub fn excludes_banned(self) -> bool {
        self.banned
    }

    /// What a relation allows; nothing where there is no such relation.
    pub fn relation(self, object_type: &str, name: &str) -> Option<Vec<Allowed>> {
        let plain = |subject_type| Allowed { subject_type, relation: "", wildcard: false, caveated: false, expiring: false };
        let members = Allowed { relation: "member", ..plain("group") };
        let user = plain("user");
        let all = match (object_type, name) {
            ("group", "member") if self.groups => vec![user, Allowed { expiring: true, ..user }, members],
            ("folder", "viewer") => vec![user, members],
            ("document", "parent") => vec![plain("folder")],
            ("document", "viewer") => vec![
                user,
                Allowed { wildcard: true, ..user },
                Allowed { caveated: true, ..user },
                Allowed { expiring: true, ..user },
                members,
            ],
            ("document", "banned") if self.banned => vec![user],
            _ => return None,
        };
        let stands = |it: &Allowed| {
            (self.groups || it.subject_type != "group")
                && (self.everyone || !it.wildcard)
                && (self.caveated || !it.caveated)
                && (self.expiring || !it.expiring)
        };
        Some(all.into_iter().filter(stands).collect())
    }

    pub fn text(self) -> String {
        let mut text = String::new();
        if self.expiring {
            text.push_str("use expiration\n");
        }
        if self.caveated {
            text.push_str("caveat open(flag bool) { flag }\n");
        }
        for object_type in ["user", "group", "folder", "document"].into_iter().filter(|name| self.has_type(name)) {
            text.push_str(&format!("definition {object_type} {{\n"));
            for (_, name) in RELATIONS.into_iter().filter(|(of, _)| *of == object_type) {
                let Some(allowed) = self.relation(object_type, name) else { continue };
                let shown: Vec<String> = allowed.into_iter().map(Allowed::text).collect();
                text.push_str(&format!("  relation {name}: {}\n", shown.join(" | ")));
            }
            match (object_type, self.banned) {
                ("folder", _) => text.push_str("  permission view = viewer\n"),
                ("document", true) => text.push_str("  permission view = (viewer + parent->view) - banned\n"),
                ("document", false) => text.push_str("  permission view = viewer + parent->view\n"),
                _ => {}
            }
            text.push_str("}\n");
        }
        text
    }
}

impl Allowed {
    fn text(self) -> String {
        let relation = if self.relation.is_empty() { String::new() } else { format!("#{}", self.relation) };
        let wildcard = if self.wildcard { ":*" } else { "" };
        let with = match (self.caveated, self.expiring) {
            (false, false) => "",
            (true, false) => " with open",
            (false, true) => " with expiration",
            (true, true) => " with open and expiration",
        };
        format!("{}{relation}{wildcard}{with}", self.subject_type)
    }
}
