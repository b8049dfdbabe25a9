//! The shape of a rule file as JSON Schema, for editors: completion, a word on each key, and marks under what is wrong.
//!
//! The one list of keys with their descriptions. That it has the keys and names that the reader takes, no more and no
//! fewer, is for a test to say, which asks the reader itself.

use serde_json::{Map, Value, json};

/// The JSON Schema (draft 7) of rule files.
#[must_use]
pub fn schema() -> Value {
    let table = |table: Table| object(table, &Map::new());
    let lists = |table: Table| json!({"type": "array", "items": {"$ref": format!("#/definitions/{}", table.name())}, "description": table.about()});
    let pack = Map::from_iter([
        (
            "defaults".to_owned(),
            json!({"allOf": [{"$ref": "#/definitions/defaults"}], "description": Table::Defaults.about()}),
        ),
        ("rule".to_owned(), lists(Table::Rule)),
        ("keep".to_owned(), lists(Table::Keep)),
        ("disable".to_owned(), lists(Table::Disable)),
    ]);
    let mut schema = object(Table::Pack, &pack);
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!("dechaff rule file");
    let tables = [Table::Defaults, Table::Rule, Table::Keep, Table::Disable, Table::Near, Table::Page];
    schema["definitions"] =
        tables.into_iter().map(|each| (each.name().to_owned(), table(each))).collect::<Map<_, _>>().into();
    schema
}

/// A table of a rule file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Pack,
    Defaults,
    Rule,
    Keep,
    Disable,
    Near,
    Page,
}

impl Table {
    fn name(self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::Defaults => "defaults",
            Self::Rule => "rule",
            Self::Keep => "keep",
            Self::Disable => "disable",
            Self::Near => "near",
            Self::Page => "page",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Pack => "A pack of rules that say what chaff looks like, what goes, and what must also be true.",
            Self::Defaults => "What holds for every rule of the file that does not say otherwise.",
            Self::Rule => "A rule: what matches, what goes, what must also be true, and its proof.",
            Self::Keep => "An exception: protects its lines from every rule of the same or a higher level.",
            Self::Disable => "Switches a rule of another pack off.",
            Self::Near => "What must have been cut close to the line; sees only what rules without `near` cut.",
            Self::Page => "A small document, and what must be left of it.",
        }
    }

    fn required(self) -> &'static [&'static str] {
        match self {
            Self::Pack => &["pack"],
            Self::Defaults => &[],
            Self::Rule | Self::Keep => &["id"],
            Self::Disable => &["rule"],
            Self::Near => &["rules", "within"],
            Self::Page => &["text", "left"],
        }
    }
}

/// A key, the tables that it may stand in, what its value looks like, and what it means.
struct Key {
    name: &'static str,
    tables: &'static [Table],
    shape: Shape,
    about: &'static str,
}

/// What a value looks like.
enum Shape {
    Text,
    /// A string, or a list of them.
    Texts,
    /// The same, but not empty.
    Phrases,
    /// A whole number from the first to the second.
    Count(u64, Option<u64>),
    /// A number from 0 to this.
    Share(f64),
    /// One of these.
    One(&'static [&'static str]),
    /// One of these, or a list of them.
    Some(&'static [&'static str]),
    /// A list of these.
    Each(&'static [&'static str]),
    Near,
    Pages,
    /// "cut", or a list of ids.
    Neighbours,
}

use Table::{Defaults, Disable, Keep, Near, Pack, Page, Rule};

/// Of these a rule has exactly one.
const MATCHES: [&str; 6] = ["line", "prefix", "suffix", "inline", "run", "pattern"];
const FLAGS: &[&str] = &["paywalled", "error-page", "truncated"];
const ZONES: &[&str] = &["head", "body", "tail"];

/// Every key of a rule file.
const KEYS: &[Key] = &[
    key("pack", &[Pack], Shape::Text, "The pack's name, which the ids of its rules begin with, such as mine/gazette."),
    key("version", &[Pack], Shape::Count(0, None), "Grows when the rules change."),
    key("about", &[Pack], Shape::Text, "What the rules take away, in a sentence."),
    key("id", &[Rule, Keep], Shape::Text, "Names what is found, in kebab-case; never used again for something else."),
    key("why", &[Rule, Keep, Disable], Shape::Text, "Why what it matches is never part of an article, or always is."),
    key(
        "family",
        &[Defaults, Rule, Keep],
        Shape::Text,
        "The kind of noise, such as comments or share; --select takes it.",
    ),
    key("level", &[Defaults, Rule, Keep], Shape::Count(1, Some(2)), "1 is sure, 2 is likely."),
    key("line", &[Rule, Keep], Shape::Phrases, "The whole line equals one of these. The cheapest and the safest."),
    key(
        "prefix",
        &[Rule, Keep],
        Shape::Phrases,
        "The line begins with one of these, on a word border; needs max-words.",
    ),
    key("suffix", &[Rule, Keep], Shape::Phrases, "The line ends with one of these, on a word border; needs max-words."),
    key("inline", &[Rule, Keep], Shape::Phrases, "One of these stands in the line, on word borders."),
    key(
        "run",
        &[Rule, Keep],
        Shape::Phrases,
        "The line is made only of these tokens, glued or parted by blanks, | · • or /.",
    ),
    key(
        "pattern",
        &[Rule, Keep],
        Shape::Phrases,
        "A regex for the whole line, or with cut = \"match\" for a part of it.",
    ),
    key("min-tokens", &[Rule, Keep], Shape::Count(1, None), "For run: the fewest tokens that make one (2)."),
    key(
        "cut",
        &[Defaults, Rule],
        Shape::One(&["line", "match", "to-end", "from-start", "block", "flag"]),
        "What goes: the line, the match alone, everything from the line on or up to it, the line and what follows up to prose, or nothing (the document is marked).",
    ),
    key("max-lines", &[Defaults, Rule], Shape::Count(1, Some(500)), "For cut = \"block\": the most lines that go."),
    key("flag", &[Rule], Shape::One(FLAGS), "For cut = \"flag\": what the document is marked as."),
    key("max-words", &[Defaults, Rule, Keep], Shape::Count(1, None), "The most words that the whole line may have."),
    key("only", &[Rule, Keep], Shape::Phrases, "The words that the line may be made of."),
    key("all-of", &[Rule, Keep], Shape::Phrases, "Words that must stand in the line, too."),
    key(
        "zone",
        &[Defaults, Rule, Keep],
        Shape::Some(ZONES),
        "Only before the first prose of the document, in it, or after nine tenths of it.",
    ),
    key("near", &[Defaults, Rule], Shape::Near, "Only close to something that is cut."),
    key(
        "max-prose-after",
        &[Defaults, Rule],
        Shape::Share(0.1),
        "For cut = \"to-end\": the share of the document's prose words that may go with it (0).",
    ),
    key(
        "min-prose-before",
        &[Defaults, Rule],
        Shape::Count(1, None),
        "For cut = \"to-end\": the fewest prose lines that stand before it (3).",
    ),
    key(
        "max-prose-before",
        &[Defaults, Rule],
        Shape::Share(0.1),
        "For cut = \"from-start\": the share of the document's prose words that may go with it (0).",
    ),
    key(
        "min-prose-after",
        &[Defaults, Rule],
        Shape::Count(1, None),
        "For cut = \"from-start\": the fewest prose lines that stand after it (3).",
    ),
    key(
        "min-prose-share",
        &[Defaults, Rule],
        Shape::Share(1.0),
        "For cut = \"to-end\" and \"from-start\": so much of the words that stay, from the first prose on, stands in prose (0).",
    ),
    key("case", &[Defaults, Rule, Keep], Shape::One(&["fold", "exact"]), "Whether capitals count: \"exact\"."),
    key(
        "fold",
        &[Defaults, Rule, Keep],
        Shape::One(&["full", "no-edges", "none"]),
        "How much of a line's spelling is overlooked.",
    ),
    key(
        "input",
        &[Defaults, Rule],
        Shape::One(&["page"]),
        "Only when whole pages are cleaned, not extracted articles.",
    ),
    key("lang", &[Defaults, Rule, Keep, Disable], Shape::Texts, "Only in documents of these languages."),
    key("not-lang", &[Defaults, Rule, Keep], Shape::Texts, "Not in documents of these languages."),
    key("site", &[Defaults, Rule, Keep, Disable], Shape::Texts, "Only on these sites: example.com, or *.example.org."),
    key("not-site", &[Defaults, Rule, Keep], Shape::Texts, "Not on these sites."),
    key("strips", &[Rule], Shape::Texts, "Lines that the match alone takes, guards off."),
    key("keeps", &[Rule, Keep], Shape::Texts, "The nearest true sentences, which all packs together must leave alone."),
    key(
        "page",
        &[Rule],
        Shape::Pages,
        "Small documents with what must be left of them, for guards that ask for neighbours or places.",
    ),
    key("allow", &[Rule, Keep], Shape::Texts, "Lints that were looked at and answered, such as single-word."),
    key("rule", &[Disable], Shape::Text, "The full id of the rule that is switched off."),
    key("rules", &[Near], Shape::Neighbours, "\"cut\" for any rule, or a list of ids."),
    key("within", &[Near], Shape::Count(1, Some(20)), "How many lines away, blank ones not counted."),
    key("side", &[Near], Shape::One(&["before", "after", "both"]), "Where the neighbour stands (both)."),
    key("text", &[Page], Shape::Text, "The document."),
    key("left", &[Page], Shape::Text, "What must be left of it."),
    key("lang", &[Page], Shape::Text, "Its language."),
    key("url", &[Page], Shape::Text, "The address that it came from."),
    key("flags", &[Page], Shape::Each(FLAGS), "What it must be marked as."),
];

const fn key(name: &'static str, tables: &'static [Table], shape: Shape, about: &'static str) -> Key {
    Key { name, tables, shape, about }
}

/// The schema of `table`; `more` are properties that are tables themselves.
fn object(table: Table, more: &Map<String, Value>) -> Value {
    let own = KEYS.iter().filter(|key| key.tables.contains(&table));
    let mut properties: Map<String, Value> = own.map(|key| (key.name.to_owned(), described(key))).collect();
    properties.extend(more.clone());
    let mut object = json!({
        "type": "object",
        "description": table.about(),
        "additionalProperties": false,
        "properties": properties,
    });
    if !table.required().is_empty() {
        object["required"] = json!(table.required());
    }
    if matches!(table, Rule | Keep) {
        object["oneOf"] = MATCHES.iter().map(|kind| json!({"required": [kind]})).collect();
    }
    object
}

fn described(key: &Key) -> Value {
    let mut value = value(&key.shape);
    value["description"] = json!(key.about);
    value
}

fn value(shape: &Shape) -> Value {
    let texts = |least: u64| json!({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": least}]});
    match shape {
        Shape::Text => json!({"type": "string"}),
        Shape::Texts => texts(0),
        Shape::Phrases => texts(1),
        Shape::Count(least, None) => json!({"type": "integer", "minimum": least}),
        Shape::Count(least, Some(most)) => json!({"type": "integer", "minimum": least, "maximum": most}),
        Shape::Share(most) => json!({"type": "number", "minimum": 0, "maximum": most}),
        Shape::One(names) => json!({"type": "string", "enum": names}),
        Shape::Each(names) => json!({"type": "array", "items": {"enum": names}}),
        Shape::Some(names) => {
            json!({"oneOf": [{"enum": names}, {"type": "array", "items": {"enum": names}, "minItems": 1}]})
        }
        Shape::Near => json!({"allOf": [{"$ref": "#/definitions/near"}]}),
        Shape::Pages => json!({"type": "array", "items": {"$ref": "#/definitions/page"}}),
        Shape::Neighbours => {
            json!({"oneOf": [{"const": "cut"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::Pack;

    /// The names in backticks of what the reader says is legal where `toml` has something that is not.
    fn legal(toml: &str) -> Vec<String> {
        let told = Pack::parse(toml, "t.toml").expect_err(toml).to_string();
        let (_, list) = told.lines().next().and_then(|line| line.split_once("expected ")).expect(toml);
        let mut names: Vec<String> = list.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        names.sort();
        names
    }

    fn sorted<'n>(names: impl Iterator<Item = &'n String>) -> Vec<String> {
        let mut names: Vec<String> = names.cloned().collect();
        names.sort();
        names
    }

    #[test]
    fn the_keys_are_those_that_the_reader_takes() {
        let schema = schema();
        let pack = "pack = \"t\"\n";
        for (table, toml) in [
            (&schema, format!("{pack}xyzzy = 1")),
            (&schema["definitions"]["defaults"], format!("{pack}defaults = {{ xyzzy = 1 }}")),
            (&schema["definitions"]["rule"], format!("{pack}[[rule]]\nxyzzy = 1")),
            (&schema["definitions"]["keep"], format!("{pack}[[keep]]\nxyzzy = 1")),
            (&schema["definitions"]["disable"], format!("{pack}[[disable]]\nxyzzy = 1")),
            (&schema["definitions"]["page"], format!("{pack}[[rule]]\npage = [{{ xyzzy = 1 }}]")),
            (&schema["definitions"]["near"], format!("{pack}[[rule]]\nnear = {{ xyzzy = 1 }}")),
        ] {
            let told = table["properties"].as_object().map(|keys| sorted(keys.keys()));
            assert_eq!(told, Some(legal(&toml)), "{toml}");
        }
    }

    #[test]
    fn the_names_of_values_are_those_that_the_reader_takes() {
        for key in KEYS.iter().filter(|key| key.tables.contains(&Rule) || key.tables.contains(&Near)) {
            let names: Vec<String> = match key.shape {
                Shape::One(names) | Shape::Some(names) => names.iter().map(|&name| name.to_owned()).collect(),
                _ => continue,
            };
            let table = if key.tables.contains(&Near) {
                format!("near = {{ {} = \"xyzzy\" }}", key.name)
            } else {
                format!("{} = \"xyzzy\"", key.name)
            };
            assert_eq!(sorted(names.iter()), legal(&format!("pack = \"t\"\n[[rule]]\n{table}\n")), "{}", key.name);
        }
    }
}
