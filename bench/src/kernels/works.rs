//! The works: every standard policy, some of them on several kinds of columns.

mod alone;
mod encrypted;
mod looking_up;

use bailiwick_guest::runtime::{FilterModule, MapModule, ReshapeModule};
use bailiwick_policy_aggregate::Aggregating;
use bailiwick_policy_allowed_values::AllowedValues;
use bailiwick_policy_clean::Cleaner;
use bailiwick_policy_completeness::Completeness;
use bailiwick_policy_derive::Deriving;
use bailiwick_policy_filter::Filtering;
use bailiwick_policy_generalise::Generalising;
use bailiwick_policy_mask::Mask;
use bailiwick_policy_pattern::Pattern;
use bailiwick_policy_range::Range;
use bailiwick_policy_restrict::Restricting;
use bailiwick_policy_unique::Unique;
use serde_json::{Value, json};

use super::arrow::{self, ArrowKernel};
use super::work::{Data, State, Step, Work};
use super::{Opener, check, transform};

/// Columns of the flights, some with nulls and some without.
const EIGHT: &[&str] = &[
    "dep_time",
    "dep_delay",
    "arr_time",
    "arr_delay",
    "air_time",
    "tailnum",
    "carrier",
    "distance",
];

/// Every carrier of the flights.
const CARRIERS: [&str; 16] = [
    "9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA", "US", "VX", "WN", "YV",
];

const TAIL_NUMBER: &str = "N[0-9]{1,5}[A-Z]{0,2}";
const ADDRESS: &str = "[a-z0-9]+@[a-z0-9.]+";

fn step(
    module: &'static str,
    settings: Value,
    columns: &'static [&'static str],
    native: Opener,
) -> Step {
    Step { module, settings, columns, native }
}

fn mask(settings: Value, column: &'static [&'static str]) -> Step {
    step("mask", settings, column, transform::<MapModule<Mask>>)
}

fn clean(operations: Value, column: &'static [&'static str]) -> Step {
    let settings = json!({ "operations": operations });
    step("clean", settings, column, transform::<MapModule<Cleaner>>)
}

fn trim_upper(column: &'static [&'static str]) -> Step {
    clean(json!([{"op": "trim"}, {"op": "case", "to": "upper"}]), column)
}

fn derive(settings: Value, columns: &'static [&'static str]) -> Step {
    step("derive", settings, columns, transform::<MapModule<Deriving>>)
}

fn aggregate(settings: Value, columns: &'static [&'static str]) -> Step {
    step("aggregate", settings, columns, transform::<ReshapeModule<Aggregating>>)
}

fn work(name: &'static str, data: Data, step: Step, arrow: fn() -> Box<dyn ArrowKernel>) -> Work {
    let (steps, arrow) = (vec![step], Some(arrow));
    Work { name, data, reference: None, steps, arrow, state: State::Kept, cost: None }
}

/// All works, in the order in which they are shown.
pub fn works() -> Vec<Work> {
    let mut works = flights();
    works.extend(lineitem());
    works.extend(contacts());
    works.extend(alone::works());
    works.extend(encrypted::works());
    works.extend(looking_up::works());
    works
}

fn flights() -> Vec<Work> {
    let speed = "distance * 60 / air_time";
    let by_carrier = json!({"group_by": ["carrier"], "measures": [
        {"function": "count", "as": "flights"},
        {"function": "sum", "column": "arr_delay", "as": "total"},
        {"function": "mean", "column": "arr_delay", "as": "mean"},
        {"function": "max", "column": "arr_delay", "as": "latest"},
    ]});
    let of = |name, step, arrow| work(name, Data::Flights, step, arrow);
    vec![
        of("mask redact", mask(json!({"method": "redact"}), &["tailnum"]), || {
            arrow::redact("tailnum")
        }),
        of(
            "mask show-last-n",
            mask(json!({"method": "show-last-n", "n": 2}), &["tailnum"]),
            || arrow::show_last_n("tailnum", 2),
        ),
        of(
            "mask truncate-date",
            mask(json!({"method": "truncate-date", "to": "month"}), &["time_hour"]),
            arrow::truncate_date,
        ),
        of("clean trim upper", trim_upper(&["tailnum"]), || arrow::trim_upper("tailnum"))
            .costing("texts of 6 bytes, trimmed and in upper case"),
        of(
            "clean clamp",
            clean(json!([{"op": "clamp", "min": -30, "max": 300}]), &["arr_delay"]),
            arrow::clamp_delay,
        ),
        of(
            "filter",
            step(
                "filter",
                json!({"where": "dep_delay <= 60"}),
                &["dep_delay"],
                transform::<FilterModule<Filtering>>,
            ),
            arrow::late,
        )
        .costing("an int32 column compared with a number"),
        of(
            "filter by several",
            step(
                "filter",
                json!({"where": "dep_delay <= 60 and origin in ('EWR', 'JFK')"}),
                &["dep_delay", "origin"],
                transform::<FilterModule<Filtering>>,
            ),
            arrow::late_from,
        ),
        of(
            "restrict show-last-4",
            step(
                "restrict",
                json!({"action": "show-last-4"}),
                &["tailnum"],
                transform::<MapModule<Restricting>>,
            ),
            || arrow::show_last_4("tailnum"),
        )
        .costing("texts of 6 bytes, the last 4 shown"),
        of(
            "generalise bucket",
            step(
                "generalise",
                json!({"method": "bucket", "size": 15}),
                &["arr_delay"],
                transform::<MapModule<Generalising>>,
            ),
            arrow::quarters_of_an_hour,
        )
        .costing("an int32 column in steps of 15"),
        of(
            "derive",
            derive(json!({"into": "speed", "expression": speed}), &["distance", "air_time"]),
            arrow::speed,
        )
        .costing("two operations on two int32 columns"),
        of("aggregate", aggregate(by_carrier, &["carrier", "arr_delay"]), arrow::by_carrier)
            .costing("count, sum, mean and max of int32, by texts of 2 bytes in 16 groups"),
        of("completeness", step("completeness", json!({}), EIGHT, check::<Completeness>), || {
            arrow::completeness(EIGHT)
        })
        .costing("eight columns together"),
        of(
            "range",
            step("range", json!({"min": -60, "max": 300}), &["arr_delay"], check::<Range>),
            arrow::range_of_delay,
        )
        .costing("an int32 column"),
        of(
            "pattern",
            step("pattern", json!({"pattern": TAIL_NUMBER}), &["tailnum"], check::<Pattern>),
            || arrow::pattern("tailnum", TAIL_NUMBER),
        )
        .costing("texts of 6 bytes"),
        of(
            "allowed-values",
            step(
                "allowed-values",
                json!({"values": CARRIERS}),
                &["carrier"],
                check::<AllowedValues>,
            ),
            || arrow::allowed_values("carrier", &CARRIERS),
        )
        .costing("texts of 2 bytes, 16 values"),
        Work {
            state: State::Fresh,
            ..of(
                "unique",
                step("unique", json!({}), &["time_hour", "carrier", "flight"], check::<Unique>),
                arrow::unique,
            )
            .costing("a timestamp, a text of 2 bytes and an int32, all different")
        },
    ]
}

fn lineitem() -> Vec<Work> {
    let price = "l_extendedprice * (1 - l_discount)";
    let of = |name, step, arrow| work(name, Data::Lineitem, step, arrow);
    vec![
        of("lineitem mask redact", mask(json!({"method": "redact"}), &["l_comment"]), || {
            arrow::redact("l_comment")
        }),
        of("lineitem clean trim upper", trim_upper(&["l_comment"]), || {
            arrow::trim_upper("l_comment")
        }),
        of(
            "lineitem derive",
            derive(
                json!({"into": "price", "expression": price}),
                &["l_extendedprice", "l_discount"],
            ),
            arrow::discounted,
        ),
    ]
}

fn contacts() -> Vec<Work> {
    let email = || mask(json!({"method": "email"}), &["email"]);
    let clamp = || clean(json!([{"op": "clamp", "min": 0, "max": 1000}]), &["amount"]);
    let extremes = json!({"measures": [
        {"function": "min", "column": "amount", "as": "least"},
        {"function": "max", "column": "amount", "as": "greatest"},
    ]});
    let of = |name, step, arrow| work(name, Data::Contacts, step, arrow);
    vec![
        of("mask email", email(), arrow::email)
            .costing("e-mail addresses of 27 bytes, the name hidden"),
        of("contacts clamp", clamp(), arrow::clamp_amount),
        Work {
            name: "mask-clamp",
            data: Data::Contacts,
            reference: None,
            steps: vec![email(), clamp()],
            arrow: Some(arrow::mask_and_clamp),
            state: State::Kept,
            cost: None,
        },
        of(
            "contacts completeness",
            step("completeness", json!({}), &["email", "amount"], check::<Completeness>),
            || arrow::completeness(&["email", "amount"]),
        ),
        of(
            "contacts range",
            step("range", json!({"min": 0, "max": 1000}), &["amount"], check::<Range>),
            arrow::range_of_amount,
        ),
        of(
            "contacts pattern",
            step("pattern", json!({"pattern": ADDRESS}), &["email"], check::<Pattern>),
            || arrow::pattern("email", ADDRESS),
        ),
        of("contacts min max", aggregate(extremes, &["amount"]), arrow::amounts),
    ]
}
