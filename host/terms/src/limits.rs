//! How much a module may use.

use serde::{Deserialize, Serialize};

/// Size of the file of a module's own tests, bytes: 1 MiB. A test of some rows takes 1 KiB.
pub const MAX_CASES_BYTES: u64 = 1 << 20;

/// For how long an instance of a module lives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Isolation {
    /// A run: what it keeps from one batch to the next is its own affair.
    #[default]
    Run,
    /// A batch: nothing goes from one batch to the next but the state that the module
    /// declares through `state` and `merge`. Costs a fresh instance and cold memory for
    /// each batch; `docs/performance.md` has the figure.
    Batch,
}

/// What one module may use at most. An approval states them, the framework caps
/// them ([`Limits::capped_by`]), the engine enforces them. Each is inclusive: the
/// value itself is still allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Size of the component, bytes. Default 16 MiB: a Rust guest has some 100 KiB,
    /// an embedded JavaScript engine up to 12 MiB; a Python one needs 20 MiB.
    pub module_bytes: u64,
    /// Size of the settings as JSON text, bytes. Default 64 KiB.
    pub settings_bytes: u64,
    /// Linear memory of an instance, bytes, all its memories together. Default
    /// 256 MiB: a batch of 65,536 rows takes some 7 MiB; the rest is for the state
    /// of aggregates and uniqueness checks.
    pub memory_bytes: u64,
    /// Elements of all its tables. Default 10,000: far more functions than a module has.
    pub table_elements: u64,
    /// Time of one call into the module, milliseconds. Default 10,000: a call
    /// takes milliseconds, so only an endless loop gets there, on any machine.
    pub call_ms: u64,
    /// Instructions of one call, in wasmtime's units of fuel; none: not counted.
    /// Default none: counting costs 17 to 37 %, and time already ends a loop.
    /// State it where the limit itself must be deterministic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fuel: Option<u64>,
    /// Rows that one call may give back. Default 4,194,304: an explode by 64 of the
    /// largest usual batch.
    pub output_rows: u64,
    /// Bytes that one call may give back, all buffers, texts and states together.
    /// Default 256 MiB: as much as the instance can hold.
    pub output_bytes: u64,
    /// Bytes of log text that one run may write. Default 64 KiB.
    pub log_bytes: u64,
    /// For how long an instance lives. Default a run.
    pub isolation: Isolation,
}

impl Default for Limits {
    fn default() -> Self {
        const KIB: u64 = 1 << 10;
        const MIB: u64 = 1 << 20;
        Self {
            module_bytes: 16 * MIB,
            settings_bytes: 64 * KIB,
            memory_bytes: 256 * MIB,
            table_elements: 10_000,
            call_ms: 10_000,
            fuel: None,
            output_rows: 4 << 20,
            output_bytes: 256 * MIB,
            log_bytes: 64 * KIB,
            isolation: Isolation::Run,
        }
    }
}

impl Limits {
    /// These limits, none of them above the `cap`, and the stricter isolation of both.
    pub fn capped_by(&self, cap: &Limits) -> Limits {
        Limits {
            module_bytes: self.module_bytes.min(cap.module_bytes),
            settings_bytes: self.settings_bytes.min(cap.settings_bytes),
            memory_bytes: self.memory_bytes.min(cap.memory_bytes),
            table_elements: self.table_elements.min(cap.table_elements),
            call_ms: self.call_ms.min(cap.call_ms),
            fuel: match (self.fuel, cap.fuel) {
                (Some(own), Some(cap)) => Some(own.min(cap)),
                (own, cap) => own.or(cap),
            },
            output_rows: self.output_rows.min(cap.output_rows),
            output_bytes: self.output_bytes.min(cap.output_bytes),
            log_bytes: self.log_bytes.min(cap.log_bytes),
            isolation: self.isolation.max(cap.isolation),
        }
    }
}
