//! Policies that put values into another shape.

use bailiwick_guest::runtime::{MapModule, ReshapeModule};
use bailiwick_policy_bucket::Bucketing;
use bailiwick_policy_convert_units::Converting;
use bailiwick_policy_encrypt::Encrypting;
use bailiwick_policy_merge::Merging;
use bailiwick_policy_split::Splitting;
use bailiwick_policy_top_k::Choosing;
use bailiwick_policy_window::Windowing;
use serde_json::json;

use super::super::transform;
use super::super::work::{Data, KEY, State, Work};
use super::alone::work;

pub(super) fn works() -> Vec<Work> {
    use Data::{Contacts, Flights};
    use State::{Fresh, Kept};
    let delays = json!({"edges": [-5, 15, 60], "labels": ["early", "on time", "late", "lost"]});
    let encrypted = json!({
        "key": KEY.0,
        "alphabet": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "short": "null",
    });
    let longest = json!({
        "by": ["carrier"], "order_by": [{"column": "dep_delay", "descending": true}], "k": 10,
    });
    vec![
        work("bucket", transform::<MapModule<Bucketing>>, (Flights, &["dep_delay"]), Kept, delays)
            .costing("int32 in 4 ranges"),
        work(
            "convert-units",
            transform::<MapModule<Converting>>,
            (Flights, &["distance"]),
            Kept,
            json!({"from": "mi", "to": "km"}),
        )
        .costing("an int32 column"),
        work(
            "encrypt",
            transform::<MapModule<Encrypting>>,
            (Flights, &["tailnum"]),
            Kept,
            encrypted,
        )
        .costing("texts of 6 bytes of 36 characters; FF1 with AES-256 by the host included"),
        work(
            "merge",
            transform::<MapModule<Merging>>,
            (Flights, &["origin", "dest"]),
            Kept,
            json!({"columns": ["origin", "dest"], "separator": "-", "into": "route"}),
        )
        .costing("two texts of 3 bytes"),
        work(
            "split",
            transform::<MapModule<Splitting>>,
            (Contacts, &["email"]),
            Kept,
            json!({"column": "email", "separator": "@", "into": ["user", "host"]}),
        )
        .costing("texts of 27 bytes in two"),
        work(
            "top-k",
            transform::<ReshapeModule<Choosing>>,
            (Flights, &["carrier", "dep_delay", "flight"]),
            Fresh,
            longest,
        )
        .costing("10 rows of each of 16 groups, by int32"),
        work(
            "window",
            transform::<MapModule<Windowing>>,
            (Flights, &["time_hour"]),
            Kept,
            json!({"column": "time_hour", "width": 6, "unit": "hour", "into": "quarter"}),
        )
        .costing("timestamps in windows of 6 hours"),
    ]
}
