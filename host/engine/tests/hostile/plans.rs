//! Plans and descriptions that are not what they must be.

use crate::attack::{Class, lie, pretence};

pub const CLASS: Class = Class {
    title: "Broken descriptions and plans",
    says: "What a module says of itself and of what it will do, before a row has entered it.",
    attacks: &[
        lie(
            "plan-unknown-read",
            "plans to read a column that its binding does not give it",
            r#"plan: Contract: it plans to read column "salary\u{1b}[2J", which its binding does not give it"#,
        ),
        lie(
            "plan-reads-twice",
            "plans to read a column twice",
            r#"plan: Contract: it plans to read column "email" twice"#,
        ),
        lie(
            "plan-writes-none",
            "a map plans to write nothing",
            "plan: Contract: it plans to write no column",
        ),
        lie(
            "plan-writes-twice",
            "plans two columns of one name",
            r#"plan: Malformed: column "out" is there twice; rename one of them"#,
        ),
        lie(
            "plan-format",
            "plans a type that is none",
            r#"plan: Malformed: field "out" has format "tsq:\n", which is none of the contract's"#,
        ),
        lie(
            "plan-decimal",
            "plans a decimal of 39 digits in 128 bits",
            r#"plan: Malformed: field "out" has format "d:39,2", which is none of the contract's"#,
        ),
        lie(
            "plan-width",
            "plans a binary of -1 bytes",
            r#"plan: Malformed: field "out" has format "w:-1", which is none of the contract's"#,
        ),
        lie(
            "plan-fewer-children",
            "plans a struct with fewer children than it says",
            "plan: Malformed: the declared fields do not add up: a field has fewer children than it says",
        ),
        lie(
            "plan-list-children",
            "plans a list with two children",
            "plan: Malformed: the declared fields do not add up: a list must have exactly one child",
        ),
        lie(
            "plan-leaf-children",
            "plans a number with a child",
            "plan: Malformed: the declared fields do not add up: a field without nesting has children",
        ),
        lie(
            "plan-deep",
            "plans a type that nests 17 levels",
            "plan: Malformed: levels of nesting of the declared schema: at most 16, got 17",
        ),
        lie(
            "plan-wide",
            "plans 10,001 columns",
            "plan: Malformed: fields of the declared schema: at most 10000, got 10001",
        ),
        lie(
            "plan-long-name",
            "plans a column with a name of 4,097 bytes",
            "plan: Malformed: bytes of a declared field: at most 4096, got 4097",
        ),
        lie("plan-settings", "refuses its settings", "plan: Rejected Settings: no such lie"),
        lie(
            "plan-fields",
            "refuses its columns",
            "plan: Rejected Fields: no text among the columns",
        ),
        lie(
            "keep-writes",
            "a filter plans to write a column",
            "plan: Contract: a filter plans to write columns; it may write none",
        ),
        lie(
            "open-rejects",
            "accepts settings in `plan` and refuses them in `open`",
            "open: Rejected Settings: no such lie",
        ),
        lie(
            "plan-alike",
            "plans 10,000 columns whose long names differ at their ends",
            r#"plan: Malformed: column "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn… (1066 bytes)"#,
        ),
        pretence(
            "describe-name",
            "name",
            "its name is a path that clears the screen",
            r#"refused: Description: "../pretender\u{1b}[2J" is not a name: expected 1 to 64 lower-case letters, digits, `-` or `_`, beginning with a letter"#,
        ),
        pretence(
            "describe-version",
            "version",
            "its version clears the screen",
            r#"refused: Description: "1.\u{1b}[2J" is not a semantic version"#,
        ),
        pretence(
            "describe-kind",
            "kind",
            "says that it is a check and exports a transform",
            "refused: Description: it says quality, but exports transform",
        ),
        pretence(
            "describe-schema-large",
            "schema-large",
            "its settings schema has a byte too many",
            "refused: Description: its settings schema has 262145 bytes, more than 262144",
        ),
        pretence(
            "describe-schema-deep",
            "schema-deep",
            "its settings schema nests 200,000 levels",
            "refused: Description: its settings schema is not JSON: recursion limit exceeded at line 1 column 128",
        ),
        pretence(
            "describe-schema-list",
            "schema-list",
            "its settings schema is a list",
            "refused: Description: its settings schema is not a JSON object",
        ),
    ],
};
