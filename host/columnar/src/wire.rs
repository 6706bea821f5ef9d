//! A batch as it crosses: plain vectors, field for field the records of `wit/columnar.wit`.

/// One field of a schema, in depth-first pre-order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireField {
    /// The field's name.
    pub name: String,
    /// Its type, as a format string of the Arrow C data interface.
    pub format: String,
    /// Whether values may be null.
    pub nullable: bool,
    /// How many direct children follow.
    pub children: u32,
    /// Arrow field metadata.
    pub metadata: Vec<(String, String)>,
}

/// The length and the null count of one field in one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WireNode {
    /// Number of values.
    pub length: u32,
    /// Number of values that are null.
    pub null_count: u32,
}

/// One record batch as a module gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireBatch {
    /// Number of rows.
    pub rows: u32,
    /// One a field, in depth-first pre-order.
    pub nodes: Vec<WireNode>,
    /// Each field's buffers, in the same order.
    pub buffers: Vec<Vec<u8>>,
}
