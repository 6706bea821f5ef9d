//! Policies that arrow's kernels have nothing like: the sandbox against their own code.

use bailiwick_guest::runtime::{MapModule, ReshapeModule};
use bailiwick_policy_bucket::Bucketing;
use bailiwick_policy_comparison::Comparison;
use bailiwick_policy_convert_units::Converting;
use bailiwick_policy_correlation::Correlation;
use bailiwick_policy_deduplicate::Deduplicating;
use bailiwick_policy_distinct::Distinct;
use bailiwick_policy_drift::Drift;
use bailiwick_policy_explode::Exploding;
use bailiwick_policy_format::WellFormed;
use bailiwick_policy_freshness::Freshness;
use bailiwick_policy_k_anonymity::Anonymising;
use bailiwick_policy_length::Length;
use bailiwick_policy_local_time::Locating;
use bailiwick_policy_merge::Merging;
use bailiwick_policy_parse::Parsing;
use bailiwick_policy_personal_data::PersonalData;
use bailiwick_policy_project::Projecting;
use bailiwick_policy_row_count::RowCount;
use bailiwick_policy_sequence::Sequence;
use bailiwick_policy_shift_dates::Shifting;
use bailiwick_policy_split::Splitting;
use bailiwick_policy_statistics::Statistics;
use bailiwick_policy_top_k::Choosing;
use bailiwick_policy_unpivot::Unpivoting;
use bailiwick_policy_window::Windowing;
use serde_json::{Value, json};

use super::super::work::{Data, KEY, State, Step, Work};
use super::super::{Opener, check, transform};

type Columns = &'static [&'static str];

/// A policy of that name: where it keeps what it saw, each run begins with nothing.
pub(super) fn work(
    module: &'static str,
    native: Opener,
    (data, columns): (Data, Columns),
    state: State,
    settings: Value,
) -> Work {
    let steps = vec![Step { module, settings, columns, native }];
    Work { name: module, data, reference: None, steps, arrow: None, state, cost: None }
}

pub(super) fn works() -> Vec<Work> {
    let mut works = checks();
    works.extend(maps());
    works.extend(reshapes());
    works
}

fn checks() -> Vec<Work> {
    use Data::{Contacts, Flights, Lineitem};
    use State::{Fresh, Kept};
    let of = work;
    let profile = json!({
        "figures": ["population-stability"],
        "edges": [-10, 0, 15, 60],
        "shares": [0.1, 0.45, 0.2, 0.15, 0.1],
    });
    let figures = json!({"figures": ["mean", "standard-deviation"], "quantiles": [0.5]});
    vec![
        of(
            "comparison",
            check::<Comparison>,
            (Flights, &["arr_delay", "dep_delay"]),
            Kept,
            json!({"operator": "less-or-equal"}),
        )
        .costing("two int32 columns"),
        of(
            "correlation",
            check::<Correlation>,
            (Flights, &["distance", "air_time"]),
            Kept,
            json!({}),
        )
        .costing("two int32 columns"),
        of(
            "distinct",
            check::<Distinct>,
            (Flights, &["tailnum"]),
            Fresh,
            json!({"rules": ["distinct-count"]}),
        )
        .costing("texts of 6 bytes, 3,200 different"),
        of("drift", check::<Drift>, (Flights, &["dep_delay"]), Kept, profile)
            .costing("population stability of int32 in 5 bins"),
        of("format", check::<WellFormed>, (Contacts, &["email"]), Kept, json!({"format": "email"}))
            .costing("e-mail addresses of 27 bytes"),
        of(
            "freshness",
            check::<Freshness>,
            (Flights, &["time_hour"]),
            Kept,
            json!({"reference": "2014-01-01T00:00:00Z"}),
        )
        .costing("a timestamp column"),
        of("length", check::<Length>, (Flights, &["tailnum"]), Kept, json!({"min": 5, "max": 6}))
            .costing("texts of 6 bytes"),
        of("personal-data", check::<PersonalData>, (Lineitem, &["l_comment"]), Kept, json!({}))
            .costing("texts of 27 bytes that hold none"),
        of("row-count", check::<RowCount>, (Flights, &[]), Kept, json!({}))
            .costing("no column is read"),
        of(
            "sequence",
            check::<Sequence>,
            (Flights, &["time_hour"]),
            Kept,
            json!({"order": "increasing"}),
        )
        .costing("timestamps in order"),
        of("statistics", check::<Statistics>, (Flights, &["arr_delay"]), Fresh, figures)
            .costing("mean, standard deviation and median of int32"),
    ]
}

fn maps() -> Vec<Work> {
    use Data::{Flights, Orders};
    let of =
        |module, native, columns, settings| work(module, native, columns, State::Kept, settings);
    let delays = json!({"edges": [0, 15, 60], "labels": ["early", "on time", "late", "very late"]});
    let summer = json!({"zone": "America/New_York", "repeated": "earlier", "skipped": "forward"});
    let route = json!({"columns": ["origin", "dest"], "separator": "-", "into": "route"});
    let shift = json!({"entity": "tailnum", "key": KEY.0, "days": 365});
    let parts = json!({"column": "ordered_on", "separator": "-", "into": ["year", "month", "day"]});
    let days = json!({"column": "time_hour", "width": 1, "unit": "day", "into": "date"});
    vec![
        of("bucket", transform::<MapModule<Bucketing>>, (Flights, &["dep_delay"]), delays)
            .costing("int32 into 4 texts"),
        of(
            "convert-units",
            transform::<MapModule<Converting>>,
            (Flights, &["distance"]),
            json!({"from": "mi", "to": "km"}),
        )
        .costing("int32, miles into kilometres"),
        of("local-time", transform::<MapModule<Locating>>, (Orders, &["ordered_at"]), summer)
            .costing("timestamps of New York"),
        of("merge", transform::<MapModule<Merging>>, (Flights, &["origin", "dest"]), route)
            .costing("two texts of 3 bytes, and one between"),
        of(
            "parse",
            transform::<MapModule<Parsing>>,
            (Orders, &["ordered_on"]),
            json!({"to": "date"}),
        )
        .costing("dates as ISO 8601 text"),
        of(
            "shift-dates",
            transform::<MapModule<Shifting>>,
            (Flights, &["tailnum", "time_hour"]),
            shift,
        )
        .costing("a timestamp, by texts of 6 bytes; hashing them included"),
        of("split", transform::<MapModule<Splitting>>, (Orders, &["ordered_on"]), parts)
            .costing("texts of 10 bytes in three"),
        of("window", transform::<MapModule<Windowing>>, (Flights, &["time_hour"]), days)
            .costing("timestamps in days"),
    ]
}

fn reshapes() -> Vec<Work> {
    use Data::{Flights, Orders};
    use State::{Fresh, Kept};
    let of = work;
    let chosen = json!({"columns": [{"column": "tailnum"}, {"column": "distance", "as": "miles"}]});
    let minutes =
        json!({"columns": ["dep_delay", "arr_delay"], "name": "which", "value": "minutes"});
    let latest = json!({
        "by": ["origin"],
        "order_by": [{"column": "dep_delay", "descending": true}],
        "k": 10,
    });
    vec![
        of(
            "deduplicate",
            transform::<ReshapeModule<Deduplicating>>,
            (Flights, &["time_hour", "carrier", "flight"]),
            Fresh,
            json!({"by": ["time_hour", "carrier", "flight"]}),
        )
        .costing("by a timestamp, a text of 2 bytes and an int32, all different"),
        of(
            "explode",
            transform::<ReshapeModule<Exploding>>,
            (Orders, &["order", "amounts"]),
            Kept,
            json!({"column": "amounts"}),
        )
        .costing("an int64 column beside lists of 2 int64"),
        of(
            "k-anonymity",
            transform::<ReshapeModule<Anonymising>>,
            (Flights, &["origin", "dest", "carrier"]),
            Fresh,
            json!({"by": ["origin", "dest", "carrier"], "k": 5, "suppress": "rows"}),
        )
        .costing("three texts of 2 and 3 bytes, in 400 groups"),
        of(
            "project",
            transform::<ReshapeModule<Projecting>>,
            (Flights, &["tailnum", "distance"]),
            Kept,
            chosen,
        )
        .costing("a text and an int32 column"),
        of(
            "top-k",
            transform::<ReshapeModule<Choosing>>,
            (Flights, &["origin", "dep_delay"]),
            Fresh,
            latest,
        )
        .costing("the greatest 10 int32 of each of 3 texts"),
        of(
            "unpivot",
            transform::<ReshapeModule<Unpivoting>>,
            (Flights, &["flight", "dep_delay", "arr_delay"]),
            Kept,
            minutes,
        )
        .costing("two int32 columns beside one"),
    ]
}
