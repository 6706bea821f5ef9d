//! `docs/policies/`, a page for each standard module, made of what the module says of itself
//! and of an example, the first of its own tests (`cases.json`), which is run.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_checks as checks;
use bailiwick_governance::Bindings;
use bailiwick_guest::testing::{Rows, set_key, set_table};
use bailiwick_guest::{About, Field, Granularity, Lookup, Ordering, Part, Read, Schema, Scope};
use bailiwick_transforms::{self as transforms, KEPT, Kind, kind_of, shown};
use serde::Deserialize;
use serde_json::Value;

/// A module's own tests.
#[derive(Deserialize)]
struct Cases {
    cases: Vec<Example>,
}

/// A module on some rows.
#[derive(Deserialize)]
struct Example {
    #[serde(default)]
    settings: Value,
    /// The reference tables that it may look rows up in.
    #[serde(default)]
    references: BTreeMap<String, Vec<Column>>,
    /// The columns that it is bound to, in order.
    input: Vec<Column>,
}

/// A column of a module's test.
#[derive(Deserialize)]
struct Column {
    name: String,
    #[serde(flatten)]
    values: checks::Values,
}

/// What modules cost: `docs/costs.json`, which the benchmark writes.
#[derive(Default, Deserialize)]
struct Costs {
    policies: BTreeMap<String, Cost>,
}

/// What a module costs.
#[derive(Deserialize)]
struct Cost {
    case: String,
    ns_per_row: f64,
    ratio_to_native: f64,
}

/// What stands before the policies.
const PRODUCT: &str = "apiVersion: bailiwick/v1
product: sales/bookings
input: {port: raw, object: bookings_raw, location: bookings.parquet}
output: {port: bookings, object: bookings, format: parquet}
";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All modules by name; none for a kind is a check.
fn modules() -> BTreeMap<&'static str, Option<Kind>> {
    let transforms = transforms::MODULES.into_iter().chain(transforms::LOOKING_UP);
    let checks = checks::MODULES.into_iter().chain(checks::LOOKING_UP);
    let transforms = transforms.map(|(name, kind)| (name, Some(kind)));
    transforms.chain(checks.map(|name| (name, None))).collect()
}

fn described(module: &str) -> (About, String) {
    transforms::described(module).or_else(|_| checks::described(module)).unwrap()
}

fn example(module: &str) -> Example {
    let file = workspace().join("policies").join(module).join("cases.json");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    let cases = serde_json::from_str::<Cases>(&text);
    let cases = cases.unwrap_or_else(|error| panic!("{file:?}: {error}")).cases;
    cases.into_iter().next().unwrap_or_else(|| panic!("{file:?} has no case"))
}

/// The columns as rows.
fn rows_of(columns: &[Column]) -> Rows {
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let len = columns.first().map_or(0, |column| column.values.len());
    let columns = columns.iter().map(|column| (column.name.clone(), column.values.clone()));
    checks::rows(&columns.collect(), &names, 0..len)
}

impl Example {
    fn rows(&self) -> Rows {
        rows_of(&self.input)
    }

    /// The settings as JSON text: of an object without members where there are none.
    fn settings(&self) -> String {
        if self.settings.is_null() { "{}".to_owned() } else { self.settings.to_string() }
    }

    /// The reference tables, in the order of their names. What is run from now on looks up in
    /// them.
    fn tables(&self) -> Vec<(&str, Rows)> {
        let tables = self.references.iter().map(|(name, columns)| {
            let rows = rows_of(columns);
            set_table(name, rows.clone());
            (name.as_str(), rows)
        });
        tables.collect()
    }

    /// The policy, as a product's `bindings.yaml` has it.
    fn binding(&self, module: &str) -> String {
        let (about, _) = described(module);
        let mut text = String::from("policies:\n");
        writeln!(text, "  - id: example").unwrap();
        writeln!(text, "    module: governance/{module}@{}", about.version).unwrap();
        if module != "row-count" {
            let names: Vec<&str> = self.input.iter().map(|column| column.name.as_str()).collect();
            writeln!(text, "    columns: [{}]", names.join(", ")).unwrap();
        }
        if !self.references.is_empty() {
            let names: Vec<&str> = self.references.keys().map(String::as_str).collect();
            writeln!(text, "    references: [{}]", names.join(", ")).unwrap();
        }
        if self.settings.as_object().is_some_and(|settings| !settings.is_empty()) {
            writeln!(text, "    settings: {}", self.settings).unwrap();
        }
        text
    }
}

/// The documentation of the module's crate, without the sign that makes it one.
fn documentation(module: &str) -> String {
    let file = workspace().join("policies").join(module).join("src/lib.rs");
    let source = fs::read_to_string(file).unwrap();
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n")
}

/// Rows as a table; with `marks`, in a last column.
fn table(rows: &Rows, marks: Option<(&str, Vec<String>)>) -> String {
    let fields = &rows.schema().fields;
    let mut columns: Vec<(String, Vec<String>)> = fields
        .iter()
        .map(|field| (format!("`{}`", field.name), shown(rows, &field.name)))
        .collect();
    columns.extend(marks.map(|(title, marks)| (title.to_owned(), marks)));
    let mut text = String::new();
    let mut line = |cells: Vec<&str>| writeln!(text, "| {} |", cells.join(" | ")).unwrap();
    line(columns.iter().map(|(title, _)| title.as_str()).collect());
    line(columns.iter().map(|_| "---").collect());
    for row in 0..rows.len() {
        line(columns.iter().map(|(_, cells)| cells.get(row).unwrap().as_str()).collect());
    }
    text
}

fn of_type(field: &Field) -> String {
    format!("`{}` ({})", field.name, kind_of(field))
}

fn reads(reads: &[Read]) -> String {
    let of = |read: &Read| match read.part {
        Part::Presence => format!("only which rows of `{}` have a value", read.column),
        Part::Values => format!("`{}`", read.column),
    };
    match reads {
        [] => "no column".to_owned(),
        reads => reads.iter().map(of).collect::<Vec<_>>().join(", "),
    }
}

/// What is looked up, as the rest of a sentence that says what is read.
fn looks_up(lookups: &[Lookup]) -> String {
    let quoted = |name: &String| format!("`{name}`");
    let of = |lookup: &Lookup| {
        let on: Vec<String> = lookup.on.iter().map(|field| quoted(&field.name)).collect();
        let given: Vec<String> = lookup.columns.iter().map(quoted).collect();
        let rows = match on.as_slice() {
            [] => format!(", goes through table `{}`", lookup.table),
            on => format!(", finds rows of table `{}` by {}", lookup.table, on.join(", ")),
        };
        match given.as_slice() {
            [] => rows,
            given => format!("{rows}, is given {} of them", given.join(", ")),
        }
    };
    lookups.iter().map(of).collect()
}

/// The reference tables, each with its rows.
fn shown_tables(tables: &[(&str, Rows)]) -> String {
    let of = |(name, rows): &(&str, Rows)| format!("Table `{name}`:\n\n{}\n", table(rows, None));
    tables.iter().map(of).collect()
}

fn in_order(ordering: Option<Ordering>) -> &'static str {
    match ordering {
        Some(Ordering::Ordered) => "It needs all rows in their order, so lanes take turns at it.",
        _ => "Each lane has its own, on its own batches.",
    }
}

/// What a transform makes of its example.
fn transformed(module: &str, kind: Kind, example: &Example, text: &mut String) {
    let rows = example.rows();
    let settings = example.settings();
    let plan = transforms::plan(module, &settings, rows.schema()).unwrap();
    let made = transforms::run(module, &settings, &[std::slice::from_ref(&rows)]).unwrap();
    let writes: Vec<String> = plan.writes.iter().map(of_type).collect();
    let writes = match kind {
        Kind::Map => {
            format!("writes {}; all other columns pass by it untouched", writes.join(", "))
        }
        Kind::Filter => "writes nothing; the host drops the rows".to_owned(),
        Kind::Reshape => format!("makes rows of its own: {}", writes.join(", ")),
    };
    writeln!(
        text,
        "Here it reads {}{} and {writes}. {}\n",
        reads(&plan.reads),
        looks_up(&plan.lookups),
        in_order(plan.ordering)
    )
    .unwrap();
    match kind {
        Kind::Filter => {
            let kept = made.first().unwrap().bools(KEPT);
            let marks = kept.iter().map(|kept| if *kept == Some(true) { "stays" } else { "goes" });
            let marks = marks.map(ToOwned::to_owned).collect();
            writeln!(text, "{}", table(&rows, Some(("", marks)))).unwrap();
        }
        _ => {
            let last = made.iter().filter(|rows| !rows.is_empty());
            writeln!(text, "Of\n\n{}\nit makes\n", table(&rows, None)).unwrap();
            for made in last {
                writeln!(text, "{}", table(made, None)).unwrap();
            }
        }
    }
}

/// What a check finds in its example.
fn judged(module: &str, example: &Example, text: &mut String) {
    let rows = example.rows();
    let settings = example.settings();
    let schema = if module == "row-count" { &Schema::default() } else { rows.schema() };
    let plan = checks::plan(module, &settings, schema).unwrap();
    let found = checks::verdict(module, &settings, &[std::slice::from_ref(&rows)]).unwrap();
    writeln!(
        text,
        "Here it reads {}{} and writes nothing. {}\n",
        reads(&plan.reads),
        looks_up(&plan.lookups),
        in_order(plan.ordering)
    )
    .unwrap();
    let fails = |row: usize| -> String {
        let of_rows = found.rules.iter().filter(|rule| rule.granularity == Granularity::Row);
        let ids = of_rows.map(|rule| &rule.id).filter(|id| found.failing(id).contains(&row));
        ids.map(|id| format!("fails `{id}`")).collect::<Vec<_>>().join(", ")
    };
    let marks = (0..rows.len()).map(fails).collect();
    writeln!(text, "{}", table(&rows, Some(("", marks)))).unwrap();
    if !found.measures.is_empty() {
        writeln!(text, "| rule | measures |\n|---|---|").unwrap();
        for measure in &found.measures {
            writeln!(text, "| `{}` | {}: {} |", measure.rule, measure.name, measure.value).unwrap();
        }
        writeln!(text).unwrap();
    }
}

fn costs() -> Costs {
    let text = fs::read_to_string(workspace().join("docs/costs.json"));
    text.map_or_else(|_| Costs::default(), |text| serde_json::from_str(&text).unwrap())
}

fn cost(module: &str, text: &mut String) {
    let Some(Cost { case, ns_per_row, ratio_to_native }) = costs().policies.remove(module) else {
        writeln!(text, "Not measured.\n").unwrap();
        return;
    };
    writeln!(
        text,
        "{ns_per_row} ns a row of {case}: {ratio_to_native} times what its code takes natively. \
         [On what that was measured](../performance.md).\n"
    )
    .unwrap();
}

fn page(module: &str, kind: Option<Kind>) -> String {
    set_key("test", b"0123456789abcdef");
    let (about, schema) = described(module);
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let scope = match about.scope {
        Scope::Column => "each bound column by itself",
        Scope::Columns => "all bound columns together",
    };
    let example = example(module);
    let mut text = String::new();
    writeln!(
        text,
        "# {}\n\n{} Version {}; {}, {scope}.\n",
        about.name,
        about.summary,
        about.version,
        word(kind)
    )
    .unwrap();
    writeln!(text, "{}\n", documentation(module)).unwrap();
    writeln!(text, "## Example\n\n```yaml\n{}```\n", example.binding(module)).unwrap();
    let tables = example.tables();
    text.push_str(&shown_tables(&tables));
    match kind {
        Some(kind) => transformed(module, kind, &example, &mut text),
        None => judged(module, &example, &mut text),
    }
    writeln!(text, "## Cost\n").unwrap();
    cost(module, &mut text);
    writeln!(text, "## Settings, as JSON Schema\n\n```json\n{schema:#}\n```\n").unwrap();
    writeln!(
        text,
        "Made from `policies/{module}` by `BAILIWICK_BLESS=1 cargo test --workspace --test pages`; \
         do not edit."
    )
    .unwrap();
    text
}

fn word(kind: Option<Kind>) -> &'static str {
    match kind {
        Some(Kind::Map) => "a map",
        Some(Kind::Filter) => "a filter",
        Some(Kind::Reshape) => "a reshape",
        None => "a check",
    }
}

/// The list of all pages.
fn index() -> String {
    let mut text = String::from(
        "# The standard policies\n\nA page for each: its settings, an example that was run, what \
         it reads, writes and costs. What other tools call them: [transforms](../transforms.md), \
         [checks](../checks.md).\n\n| module | | |\n|---|---|---|\n",
    );
    for (module, kind) in modules() {
        let (about, _) = described(module);
        writeln!(text, "| [`{module}`]({module}.md) | {} | {} |", word(kind), about.summary)
            .unwrap();
    }
    text.push_str(
        "\nMade from `policies` by `BAILIWICK_BLESS=1 cargo test --workspace --test pages`; do \
         not edit.\n",
    );
    text
}

#[test]
fn pages_are_up_to_date() {
    let folder = workspace().join("docs/policies");
    let mut pages = vec![("README".to_owned(), index())];
    pages.extend(modules().into_iter().map(|(name, kind)| (name.to_owned(), page(name, kind))));
    for (name, page) in pages {
        let path = folder.join(format!("{name}.md"));
        if std::env::var_os("BAILIWICK_BLESS").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &page).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == page,
            "docs/policies/{name}.md is stale: run `BAILIWICK_BLESS=1 cargo test --workspace \
             --test pages`"
        );
    }
}

#[test]
fn every_standard_policy_has_a_page() {
    let folders = fs::read_dir(workspace().join("policies")).unwrap();
    let mut folders: Vec<String> =
        folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    folders.sort();
    assert_eq!(folders, modules().into_keys().collect::<Vec<_>>());
}

#[test]
fn every_example_is_a_binding() {
    for module in modules().into_keys() {
        let text = example(module).binding(module);
        let whole = format!("{PRODUCT}{text}");
        let bindings = Bindings::read("bindings.yaml", &whole);
        let bindings = bindings.unwrap_or_else(|error| panic!("{text}{error}"));
        assert_eq!(bindings.policies.len(), 1, "{text}");
    }
}

#[test]
fn what_a_page_shows_as_settings_is_some() {
    for module in modules().into_keys() {
        let documentation = documentation(module);
        let blocks = documentation.split("```json\n").skip(1);
        let blocks = blocks.map(|block| block.split("```").next().unwrap());
        for settings in blocks.flat_map(|block| {
            serde_json::Deserializer::from_str(block).into_iter::<Value>().map(Result::unwrap)
        }) {
            let schema = example(module).rows().schema().clone();
            let settings = settings.to_string();
            let said = match modules().get(module).is_some_and(Option::is_some) {
                true => transforms::plan(module, &settings, &schema).err(),
                false => checks::plan(module, &settings, &schema).err(),
            };
            // The columns may be others than the example's; the settings have their form.
            let said = said.map(|error| error.to_string()).unwrap_or_default();
            for word in ["unknown", "missing field", "invalid", "expected"] {
                assert!(!said.contains(word) || said.contains("column"), "{settings}: {said}");
            }
        }
    }
}
