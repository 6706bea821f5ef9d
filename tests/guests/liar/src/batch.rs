//! Batches, well-formed at first and then bent.

use bailiwick_guest::bindings::transform::bailiwick::policy::columnar::{Batch, Node};

fn batch(rows: u32, nodes: &[u32], buffers: Vec<Vec<u8>>) -> Batch {
    let node = |length: &u32| Node { length: *length, null_count: 0 };
    Batch { rows, nodes: nodes.iter().map(node).collect(), buffers }
}

/// Zeros.
pub(crate) fn zeros(rows: u32) -> Batch {
    batch(rows, &[rows], vec![Vec::new(), vec![0; rows as usize * 4]])
}

/// That number in every row.
pub(crate) fn numbers(rows: u32, number: u32) -> Batch {
    batch(rows, &[rows], vec![Vec::new(), number.to_le_bytes().repeat(rows as usize)])
}

/// A buffer of so many bytes that begins at this address, whatever is there.
fn view(address: usize, length: usize) -> Vec<u8> {
    // SAFETY: none; it is here to be read by the host, which must look where it reads.
    unsafe { Vec::from_raw_parts(address as *mut u8, length, length) }
}

/// `ab` in every row.
pub(crate) fn texts(rows: u32) -> Batch {
    let offsets = (0..=rows as i32).flat_map(|row| (row * 2).to_le_bytes()).collect();
    batch(rows, &[rows], vec![Vec::new(), offsets, b"ab".repeat(rows as usize)])
}

/// `ab` in every row, with large offsets.
pub(crate) fn large_texts(rows: u32) -> Batch {
    let offsets = (0..=i64::from(rows)).flat_map(|row| (row * 2).to_le_bytes()).collect();
    batch(rows, &[rows], vec![Vec::new(), offsets, b"ab".repeat(rows as usize)])
}

/// A list of one zero in every row.
pub(crate) fn lists(rows: u32) -> Batch {
    let offsets = (0..=rows).flat_map(u32::to_le_bytes).collect();
    let buffers = vec![Vec::new(), offsets, Vec::new(), vec![0; rows as usize * 4]];
    batch(rows, &[rows, rows], buffers)
}

/// Numbers of this many bytes, all of them with this lowest byte at this place.
pub(crate) fn wide(rows: u32, width: usize, at: usize) -> Batch {
    let mut value = vec![0; width];
    value[at] = 1;
    batch(rows, &[rows], vec![Vec::new(), value.repeat(rows as usize)])
}

fn set_offset(batch: &mut Batch, index: usize, value: i64, width: usize) {
    let bytes = &value.to_le_bytes()[..width];
    batch.buffers[1][index * width..][..width].copy_from_slice(bytes);
}

/// The batch that goes with the lie.
pub(crate) fn bent(lie: &str, rows: u32) -> Batch {
    let n = rows as usize;
    let bytes_for_rows = n.div_ceil(8);
    let mut out = match lie.split_once('-').map_or(lie, |(family, _)| family) {
        "text" => texts(rows),
        "large" => large_texts(rows),
        "list" => lists(rows),
        "bool" => batch(rows, &[rows], vec![Vec::new(), vec![0xff; bytes_for_rows + 1]]),
        // 2^64 and 2^192: more than the five digits that the plan says.
        "decimal" => wide(rows, 16, 8),
        "decimal256" => wide(rows, 32, 24),
        _ => zeros(rows),
    };
    match lie {
        "rows-more" => out.rows += 1,
        "rows-fewer" => out = zeros(rows - 1),
        "length-more" => out.nodes[0].length += 1,
        "nodes-more" => {
            out.nodes.push(Node { length: rows, null_count: 0 });
            out.buffers.extend([Vec::new(), vec![0; n * 4]]);
        }
        "nodes-none" => out.nodes.clear(),
        "buffers-more" => out.buffers.push(b"a column nobody planned".to_vec()),
        "buffers-fewer" => drop(out.buffers.pop()),
        "values-short" => drop(out.buffers[1].pop()),
        "values-long" => out.buffers[1].push(0),
        "text-not-utf8" => out.buffers[2][1] = 0xff,
        // One character over two rows: valid as a whole, not in its parts.
        "text-split" => {
            out.buffers[2][..2].copy_from_slice("é".as_bytes());
            set_offset(&mut out, 1, 1, 4);
        }
        "text-start" => set_offset(&mut out, 0, 1, 4),
        "text-fall" => set_offset(&mut out, 1, 100, 4),
        "text-negative" => set_offset(&mut out, 1, -1, 4),
        "text-past-end" => set_offset(&mut out, n, 2 * rows as i64 + 1, 4),
        "text-before-end" => set_offset(&mut out, n, 2 * rows as i64 - 1, 4),
        "text-few-offsets" => out.buffers[1].truncate(n * 4),
        "large-huge" => set_offset(&mut out, n, i64::MAX, 8),
        "large-negative" => set_offset(&mut out, 1, i64::MIN, 8),
        "list-fewer" => {
            out.nodes[1].length -= 1;
            out.buffers[3].truncate(n * 4 - 4);
        }
        "null-count" => {
            out.nodes[0].null_count = 1;
            out.buffers[0] = vec![0xff; bytes_for_rows];
        }
        "null-count-huge" => {
            out.nodes[0].null_count = u32::MAX;
            out.buffers[0] = vec![0; bytes_for_rows];
        }
        "null-uncounted" => out.buffers[0] = vec![0; bytes_for_rows],
        "null-short" => {
            out.nodes[0].null_count = rows;
            out.buffers[0] = vec![0; bytes_for_rows - 1];
        }
        "null-long" => {
            out.nodes[0].null_count = rows;
            out.buffers[0] = vec![0; bytes_for_rows + 1];
        }
        "null-required" => {
            out.nodes[0].null_count = rows;
            out.buffers[0] = vec![0; bytes_for_rows];
        }
        "pass-many" => out = zeros(1_000),
        "pass-claims-many" => out.rows = u32::MAX,
        "view-outside" => {
            let end = core::arch::wasm32::memory_size(0) * 65_536;
            out.buffers[1] = view(end - 8, n * 4);
        }
        "view-around" => out.buffers[1] = view(usize::MAX - 7, n * 4),
        "view-odd" => out.buffers[1] = view(1_025, n * 4),
        // More bytes than there are, since all of them are the same.
        "view-overlaps" => out.buffers = (0..100).map(|_| view(1_024, 1 << 20)).collect(),
        "view-no-column" => out.buffers.extend((0..1_000_000).map(|_| Vec::new())),
        "view-nodes" => out.nodes = vec![Node { length: rows, null_count: 0 }; 3_000_000],
        "output-large" => out.buffers[1] = vec![0; 4 << 20],
        _ => {}
    }
    out
}
