//! What the host encrypts for a policy.

use bailiwick_guest::runtime::MapModule;
use bailiwick_policy_encrypt::Encrypting;
use serde_json::json;

use super::super::transform;
use super::super::work::{Data, KEY, State, Work};
use super::alone::work;

pub(super) fn works() -> Vec<Work> {
    let settings = json!({
        "key": KEY.0,
        "alphabet": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "short": "null",
    });
    let columns = (Data::Flights, &["tailnum"][..]);
    vec![
        work("encrypt", transform::<MapModule<Encrypting>>, columns, State::Kept, settings)
            .costing("texts of 6 bytes, FF1 with AES-256 by the host included"),
    ]
}
