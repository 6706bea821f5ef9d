//! The standard transforms by name, run natively over the path that a host takes, for tests
//! that hold all of them to the same: to what was computed without them (`expected/`, which
//! `compute_expected.py` makes), and for the pages of all standard modules in `docs/policies`.

mod values;

use bailiwick_guest::testing::{
    Rows, filter, map, plan_filter, plan_map, plan_reshape, reshape_in_parts,
};
use bailiwick_guest::{
    About, Array, Bitmap, DataType, Error, Field, Filter, Map, Plan, Reshape, Result, Schema,
    schema_of,
};

pub use values::{kind_of, shown, values};

/// The name of the column that says which rows a filter keeps.
pub const KEPT: &str = "keep";

/// What a transform makes of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// New values.
    Map,
    /// Fewer rows.
    Filter,
    /// New rows.
    Reshape,
}

/// The standard transforms, and what they make.
pub const MODULES: [(&str, Kind); 22] = [
    ("aggregate", Kind::Reshape),
    ("bucket", Kind::Map),
    ("clean", Kind::Map),
    ("convert-units", Kind::Map),
    ("deduplicate", Kind::Reshape),
    ("derive", Kind::Map),
    ("encrypt", Kind::Map),
    ("explode", Kind::Reshape),
    ("filter", Kind::Filter),
    ("generalise", Kind::Map),
    ("k-anonymity", Kind::Reshape),
    ("local-time", Kind::Map),
    ("mask", Kind::Map),
    ("merge", Kind::Map),
    ("parse", Kind::Map),
    ("project", Kind::Reshape),
    ("restrict", Kind::Map),
    ("shift-dates", Kind::Map),
    ("split", Kind::Map),
    ("top-k", Kind::Reshape),
    ("unpivot", Kind::Reshape),
    ("window", Kind::Map),
];

/// Those that look rows up in reference tables: what they make is held to what SQL makes, by
/// the components and the host's own index (`host/engine/tests/differential/references.rs`).
pub const LOOKING_UP: [(&str, Kind); 1] = [("join", Kind::Map)];

/// What `$do` makes of the kind and the type of the module of that name.
macro_rules! by_name {
    ($name:expr, $do:ident) => {
        match $name {
            "aggregate" => $do!(reshape, bailiwick_policy_aggregate::Aggregating),
            "bucket" => $do!(map, bailiwick_policy_bucket::Bucketing),
            "clean" => $do!(map, bailiwick_policy_clean::Cleaner),
            "convert-units" => $do!(map, bailiwick_policy_convert_units::Converting),
            "deduplicate" => $do!(reshape, bailiwick_policy_deduplicate::Deduplicating),
            "derive" => $do!(map, bailiwick_policy_derive::Deriving),
            "encrypt" => $do!(map, bailiwick_policy_encrypt::Encrypting),
            "explode" => $do!(reshape, bailiwick_policy_explode::Exploding),
            "filter" => $do!(filter, bailiwick_policy_filter::Filtering),
            "generalise" => $do!(map, bailiwick_policy_generalise::Generalising),
            "join" => $do!(map, bailiwick_policy_join::Join),
            "k-anonymity" => $do!(reshape, bailiwick_policy_k_anonymity::Anonymising),
            "local-time" => $do!(map, bailiwick_policy_local_time::Locating),
            "mask" => $do!(map, bailiwick_policy_mask::Mask),
            "merge" => $do!(map, bailiwick_policy_merge::Merging),
            "parse" => $do!(map, bailiwick_policy_parse::Parsing),
            "project" => $do!(reshape, bailiwick_policy_project::Projecting),
            "restrict" => $do!(map, bailiwick_policy_restrict::Restricting),
            "shift-dates" => $do!(map, bailiwick_policy_shift_dates::Shifting),
            "split" => $do!(map, bailiwick_policy_split::Splitting),
            "top-k" => $do!(reshape, bailiwick_policy_top_k::Choosing),
            "unpivot" => $do!(reshape, bailiwick_policy_unpivot::Unpivoting),
            "window" => $do!(map, bailiwick_policy_window::Windowing),
            other => Err(Error::data(format!("there is no transform {other:?}"))),
        }
    };
}

/// What a transform of that name says of itself, and the JSON Schema of its settings.
///
/// # Errors
/// If there is no such transform.
pub fn described(module: &str) -> Result<(About, String)> {
    macro_rules! about {
        (map, $module:ty) => {
            about!(@ $module, Map)
        };
        (filter, $module:ty) => {
            about!(@ $module, Filter)
        };
        (reshape, $module:ty) => {
            about!(@ $module, Reshape)
        };
        (@ $module:ty, $of:ident) => {
            Ok((<$module as $of>::ABOUT, schema_of::<<$module as $of>::Settings>()))
        };
    }
    by_name!(module, about)
}

/// What a transform of that name plans.
///
/// # Errors
/// What the module refuses.
pub fn plan(module: &str, settings: &str, input: &Schema) -> Result<Plan> {
    macro_rules! planned {
        (map, $module:ty) => {
            plan_map::<$module>(settings, input)
        };
        (filter, $module:ty) => {
            plan_filter::<$module>(settings, input)
        };
        (reshape, $module:ty) => {
            plan_reshape::<$module>(settings, input)
        };
    }
    by_name!(module, planned)
}

/// What a transform of that name makes, batch by batch: the columns that a map writes, the
/// rows of a reshape, a column [`KEPT`] of a filter. A reshape is opened once for each part,
/// and the first takes in the states of the others.
///
/// # Errors
/// What the module refuses.
pub fn run(module: &str, settings: &str, parts: &[&[Rows]]) -> Result<Vec<Rows>> {
    macro_rules! made {
        (map, $module:ty) => {
            parts.iter().copied().flatten().map(|rows| map::<$module>(settings, rows)).collect()
        };
        (filter, $module:ty) => {
            parts
                .iter()
                .copied()
                .flatten()
                .map(|rows| filter::<$module>(settings, rows).map(kept))
                .collect()
        };
        (reshape, $module:ty) => {
            reshape_in_parts::<$module>(settings, parts)
        };
    }
    by_name!(module, made)
}

fn kept(bits: Vec<bool>) -> Rows {
    let bits = Bitmap::from_fn(bits.len(), |row| bits.get(row).copied().unwrap_or_default());
    Rows::new().array(Field::new(KEPT, DataType::Bool), Array::from_bools(bits))
}
