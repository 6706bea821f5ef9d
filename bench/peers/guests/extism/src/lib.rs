//! The work as an Extism plug-in: rows come and go as an Arrow IPC stream of the
//! columns in question, or as JSON.

mod ipc;
mod rows;

use extism_pdk::{FnResult, plugin_fn};

use rows::Row;

/// Masks `email` and clamps `amount`, both columns of an Arrow IPC stream.
#[plugin_fn]
pub fn govern(stream: Vec<u8>) -> FnResult<Vec<u8>> {
    Ok(ipc::govern(stream)?)
}

/// Which of `amount`, the one column of an Arrow IPC stream, are out of bounds: a
/// stream of one boolean column, null where there is no amount.
#[plugin_fn]
pub fn judge(stream: Vec<u8>) -> FnResult<Vec<u8>> {
    Ok(ipc::judge(stream)?)
}

/// Masks and clamps an array of JSON objects.
#[plugin_fn]
pub fn govern_json(rows: String) -> FnResult<String> {
    let mut rows: Vec<Row> = serde_json::from_str(&rows)?;
    rows.iter_mut().for_each(Row::govern);
    Ok(serde_json::to_string(&rows)?)
}
