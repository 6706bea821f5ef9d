//! Whatever is done to a batch, it either is refused or makes arrays that Arrow
//! itself finds valid; never a panic.

use bailiwick_columnar::{Untrusted, WireBatch, WireField, fields_from_wire, fields_to_wire};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::columns::{NULLS, column, types};
use crate::crossing::{lifted, wire};

#[derive(Debug, Clone)]
enum Mutation {
    Byte(Index, Index, u8),
    Word(Index, Index, i64),
    Truncate(Index, Index),
    Extend(Index, Vec<u8>),
    DropBuffer(Index),
    DoubleBuffer(Index),
    SwapBuffers(Index, Index),
    Length(Index, u32),
    NullCount(Index, u32),
    DropNode(Index),
    DoubleNode(Index),
    Rows(u32),
}

fn number() -> impl Strategy<Value = u32> {
    prop_oneof![0..40_u32, any::<u32>()]
}

fn word() -> impl Strategy<Value = i64> {
    prop_oneof![-3..40_i64, any::<i64>(), any::<i32>().prop_map(i64::from)]
}

fn mutation() -> impl Strategy<Value = Mutation> {
    use Mutation as M;
    let at = any::<Index>;
    prop_oneof![
        6 => (at(), at(), any::<u8>()).prop_map(|(b, i, v)| M::Byte(b, i, v)),
        4 => (at(), at(), word()).prop_map(|(b, i, v)| M::Word(b, i, v)),
        2 => (at(), at()).prop_map(|(b, i)| M::Truncate(b, i)),
        2 => (at(), prop::collection::vec(any::<u8>(), 1..20)).prop_map(|(b, v)| M::Extend(b, v)),
        1 => at().prop_map(M::DropBuffer),
        1 => at().prop_map(M::DoubleBuffer),
        2 => (at(), at()).prop_map(|(a, b)| M::SwapBuffers(a, b)),
        2 => (at(), number()).prop_map(|(n, v)| M::Length(n, v)),
        2 => (at(), number()).prop_map(|(n, v)| M::NullCount(n, v)),
        1 => at().prop_map(M::DropNode),
        1 => at().prop_map(M::DoubleNode),
        1 => number().prop_map(M::Rows),
    ]
}

fn mutate(batch: &mut WireBatch, mutation: &Mutation) {
    let (nodes, buffers) = (&mut batch.nodes, &mut batch.buffers);
    if nodes.is_empty() || buffers.is_empty() {
        return;
    }
    match mutation {
        Mutation::Byte(buffer, index, value) => {
            let buffer = buffer.get_mut(buffers);
            if !buffer.is_empty() {
                *index.get_mut(buffer) = *value;
            }
        }
        Mutation::Word(buffer, index, value) => {
            let buffer = buffer.get_mut(buffers);
            for width in [8, 4] {
                if buffer.len() >= width {
                    let at = index.index(buffer.len() / width) * width;
                    buffer[at..][..width].copy_from_slice(&value.to_le_bytes()[..width]);
                    break;
                }
            }
        }
        Mutation::Truncate(buffer, index) => {
            let buffer = buffer.get_mut(buffers);
            buffer.truncate(index.index(buffer.len() + 1));
        }
        Mutation::Extend(buffer, bytes) => buffer.get_mut(buffers).extend(bytes),
        Mutation::DropBuffer(buffer) => drop(buffers.remove(buffer.index(buffers.len()))),
        Mutation::DoubleBuffer(buffer) => {
            let at = buffer.index(buffers.len());
            buffers.insert(at, buffers[at].clone());
        }
        Mutation::SwapBuffers(a, b) => {
            let (a, b) = (a.index(buffers.len()), b.index(buffers.len()));
            buffers.swap(a, b);
        }
        Mutation::Length(node, value) => node.get_mut(nodes).length = *value,
        Mutation::NullCount(node, value) => node.get_mut(nodes).null_count = *value,
        Mutation::DropNode(node) => drop(nodes.remove(node.index(nodes.len()))),
        Mutation::DoubleNode(node) => {
            let at = node.index(nodes.len());
            nodes.insert(at, nodes[at]);
        }
        Mutation::Rows(rows) => batch.rows = *rows,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8_000, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_batch_is_refused_or_valid(
        of_type in any::<Index>(),
        nulls in any::<Index>(),
        rows in 0..20_usize,
        mutations in prop::collection::vec(mutation(), 1..4),
    ) {
        let (data_type, _) = of_type.get(&types()).clone();
        let (fields, mut batch) = wire(&column(&data_type, rows, *nulls.get(&NULLS)));
        mutations.iter().for_each(|mutation| mutate(&mut batch, mutation));
        for array in lifted(&fields, batch, rows).into_iter().flatten() {
            prop_assert_eq!(array.len(), rows);
            prop_assert_eq!(array.data_type(), fields[0].data_type());
            array.to_data().validate_full().map_err(|e| TestCaseError::fail(e.to_string()))?;
        }
    }

    #[test]
    fn any_list_of_fields_is_refused_or_crosses_unchanged(
        wire in prop::collection::vec(declared_field(), 0..12),
    ) {
        if let Ok(fields) = fields_from_wire(Untrusted::new(wire.clone())) {
            prop_assert_eq!(fields_to_wire(&fields).unwrap(), wire);
        }
    }
}

/// A field whose format is one of the contract's, or nearly so.
fn declared_field() -> impl Strategy<Value = WireField> {
    let known = types().into_iter().map(|(_, format)| format.to_owned()).collect::<Vec<_>>();
    let nested = prop::sample::select(vec!["+s".to_owned(), "+l".to_owned(), "+L".to_owned()]);
    let format = prop_oneof![
        4 => prop::sample::select(known),
        4 => nested,
        1 => "[a-z+:,0-9]{0,6}".prop_filter("is the same as a shorter form", |format| {
            !format.ends_with(",128") && !format.contains(",+") && !format.contains(":0")
                && !format.contains(",0") && !format.contains(":+")
        }),
    ];
    (any::<u16>(), format, any::<bool>(), 0..3_u32).prop_map(
        |(name, format, nullable, children)| {
            let children = if format.starts_with('+') || children == 2 { children } else { 0 };
            WireField { name: name.to_string(), format, nullable, children, metadata: Vec::new() }
        },
    )
}
