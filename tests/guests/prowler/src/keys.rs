//! Keys, well-formed at first and then bent.

use bailiwick_guest::bindings::transform::bailiwick::policy::columnar::{Batch, Node};

/// These texts.
pub(crate) fn texts(values: &[&str]) -> Batch {
    let mut offsets = vec![0_i32];
    for value in values {
        offsets.push(offsets[offsets.len() - 1] + value.len() as i32);
    }
    let offsets = offsets.into_iter().flat_map(i32::to_le_bytes).collect();
    let rows = values.len() as u32;
    let nodes = vec![Node { length: rows, null_count: 0 }];
    Batch { rows, nodes, buffers: vec![Vec::new(), offsets, values.concat().into_bytes()] }
}

/// One text, so many times.
pub(crate) fn many(value: &str, count: usize) -> Batch {
    texts(&std::iter::repeat_n(value, count).collect::<Vec<_>>())
}

/// The keys that go with the lie.
pub(crate) fn bent(lie: &str) -> Batch {
    let mut out = texts(&["UA", "DL", "XX"]);
    match lie {
        "keys-none" => {
            out.nodes.clear();
            out.buffers.clear();
        }
        "keys-more-columns" => {
            out.nodes.push(Node { length: 3, null_count: 0 });
            out.buffers.extend([Vec::new(), vec![0; 12]]);
        }
        "keys-claim-many" => out.rows = u32::MAX,
        "keys-length" => out.nodes[0].length = 4,
        "keys-not-utf8" => out.buffers[2][0] = 0xff,
        "keys-past-end" => out.buffers[1][12] = 0x7f,
        "keys-fall" => out.buffers[1][4] = 6,
        "keys-null-count" => out.nodes[0].null_count = 3,
        "keys-outside" => {
            let end = core::arch::wasm32::memory_size(0) * 65_536;
            // SAFETY: none; it is here to be read by the host, which must look where it reads.
            out.buffers[2] = unsafe { Vec::from_raw_parts((end - 2) as *mut u8, 6, 6) };
        }
        _ => {}
    }
    out
}
