//! Values of one or several columns, put together in another order.

use crate::{
    Array, BinaryBuilder, Bitmap, Bits, Column, DataType, Error, Field, FixedBinaryBuilder,
    FixedBinaryColumn, Result, lanes, pieces,
};

/// Where a value is: the column's number among those given, and the row in it.
pub type Place = (u32, u32);

/// The values at these places, in this order, as one column of the field's type; null
/// where a place is none. All columns are of that type.
///
/// ```
/// # use bailiwick_guest::{gather::gather, testing::Rows};
/// let rows = Rows::new().column("gate", ["A", "B", "C"]);
/// let batch = rows.batch();
/// let gate = batch.column("gate")?;
/// let twice = gather(gate.field(), &[gate], &[Some((0, 2)), None, Some((0, 2))])?;
/// let out = Rows::new().array(gate.field().clone(), twice);
/// assert_eq!(out.texts("gate"), [Some("C".to_owned()), None, Some("C".to_owned())]);
/// # Ok::<(), bailiwick_guest::Error>(())
/// ```
///
/// # Errors
/// If a place is outside the columns, or a column is of another type.
pub fn gather(field: &Field, columns: &[Column<'_>], places: &[Option<Place>]) -> Result<Array> {
    for column in columns {
        if column.data_type() != &field.data_type {
            return Err(column.field().unexpected("of the type of those that it is put to"));
        }
    }
    if !places.iter().all(|place| place.is_none_or(|place| is_within(columns, place))) {
        return Err(Error::data("a place is outside the columns that it is taken of"));
    }
    let valid = validity(columns, places);
    let array = match &field.data_type {
        DataType::Bool => {
            let bools = columns.iter().map(|column| column.as_bool());
            let bools = bools.collect::<Result<Vec<_>>>()?;
            let bit = |row: usize| {
                let (column, row) = places.get(row).copied().flatten()?;
                bools.get(column as usize)?.get(row as usize)
            };
            Array::from_bools(Bitmap::from_fn(places.len(), |row| bit(row).unwrap_or_default()))
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary | DataType::LargeBinary => {
            let array = bytes(columns, places)?;
            let text = field.data_type.is_text();
            let array = if text { array.into_text()? } else { array };
            array.as_type(&field.data_type)?
        }
        DataType::List | DataType::LargeList => {
            let lists = columns.iter().map(|column| column.as_list());
            let lists = lists.collect::<Result<Vec<_>>>()?;
            let child = field.children.first().ok_or_else(|| field.unexpected("a list"))?;
            let mut offsets = vec![0_u32];
            let mut inner = Vec::new();
            for place in places {
                let list = place.and_then(|(column, row)| {
                    Some((column, lists.get(column as usize)?.get(row as usize)?))
                });
                if let Some((column, values)) = list {
                    // A module's memory has 32-bit addresses, and a value at least a bit.
                    inner.extend(values.map(|row| Some((column, row as u32))));
                }
                offsets.push(inner.len() as u32);
            }
            let values: Vec<Column<'_>> = lists.iter().map(|list| list.values()).collect();
            Array::from_lists(&offsets, gather(child, &values, &inner)?)?
                .as_type(&field.data_type)?
        }
        DataType::Struct => {
            let structs = columns.iter().map(|column| column.as_struct());
            let structs = structs.collect::<Result<Vec<_>>>()?;
            let mut children = Vec::with_capacity(field.children.len());
            for (at, child) in field.children.iter().enumerate() {
                let parts = structs.iter().map(|of| of.children().nth(at));
                let parts = parts.collect::<Option<Vec<_>>>();
                let parts = parts.ok_or_else(|| field.unexpected("a struct of those children"))?;
                children.push(gather(child, &parts, places)?);
            }
            Array::from_children(places.len(), children)?
        }
        fixed => {
            let parts = columns.iter().map(|column| column.as_fixed_binary());
            let parts = parts.collect::<Result<Vec<_>>>()?;
            match fixed.width().unwrap_or_default() {
                1 => of_width::<1>(&parts, places),
                2 => of_width::<2>(&parts, places),
                4 => of_width::<4>(&parts, places),
                8 => of_width::<8>(&parts, places),
                16 => of_width::<16>(&parts, places),
                width => of_any_width(width, &parts, places)?,
            }
            .reinterpreted(fixed.clone())
        }
    };
    Ok(match valid {
        Some(valid) => array.with_validity(Some(valid.bits())),
        None => array,
    })
}

fn is_within(columns: &[Column<'_>], (column, row): Place) -> bool {
    columns.get(column as usize).is_some_and(|column| (row as usize) < column.len())
}

/// A bit for each place: whether there is a value; none where there is one everywhere.
fn validity(columns: &[Column<'_>], places: &[Option<Place>]) -> Option<Bitmap> {
    let there = Bitmap::of(places, |place| place.is_some());
    if columns.iter().all(|column| column.null_count() == 0) {
        return Some(there).filter(|there| there.count_ones() < places.len());
    }
    let validities: Vec<Option<Bits<'_>>> =
        columns.iter().map(|column| column.validity()).collect();
    let is_valid = |place: &Option<Place>| {
        let Some((column, row)) = place else { return false };
        let validity = validities.get(*column as usize).copied().flatten();
        validity.is_none_or(|bits| bits.get(*row as usize))
    };
    Some(places.iter().map(is_valid).collect())
}

/// Bytes or text, as bytes; none at a null.
fn bytes(columns: &[Column<'_>], places: &[Option<Place>]) -> Result<Array> {
    let parts = columns.iter().map(|column| column.as_binary());
    let parts = parts.collect::<Result<Vec<_>>>()?;
    if let [part] = parts.as_slice() {
        let offsets = part.offsets();
        let validity = part.validity();
        let range = |place: &Option<Place>| {
            let row = place.filter(|(_, row)| validity.is_none_or(|bits| bits.get(*row as usize)));
            let row = row.map(|(_, row)| row as usize)?;
            Some((*offsets.get(row)?, *offsets.get(row + 1)?))
        };
        let ranges: Vec<(u32, u32)> =
            places.iter().map(|place| range(place).unwrap_or_default()).collect();
        return Ok(pieces::texts(part.bytes(), &ranges)?.reinterpreted(DataType::Binary));
    }
    let mut out = BinaryBuilder::with_capacity(places.len(), 0);
    for place in places {
        let value = place.and_then(|(column, row)| parts.get(column as usize)?.get(row as usize));
        out.push(value.unwrap_or_default());
    }
    Ok(out.finish())
}

/// Values of `N` bytes each; zeros at a null.
fn of_width<const N: usize>(parts: &[FixedBinaryColumn<'_>], places: &[Option<Place>]) -> Array {
    type Part<'a, const N: usize> = (&'a [[u8; N]], Option<Bits<'a>>);
    let parts: Vec<Part<'_, N>> =
        parts.iter().map(|part| (part.bytes().as_chunks().0, part.validity())).collect();
    let value = |(values, validity): &Part<'_, N>, row: u32| {
        let valid = validity.is_none_or(|bits| bits.get(row as usize));
        values.get(row as usize).copied().filter(|_| valid)
    };
    let mut out = vec![[0; N]; places.len()];
    let of_one = match parts.as_slice() {
        [part] => Some(part),
        _ => None,
    };
    lanes::while_some(0, places.len(), |at| {
        if let (Some((column, row)), Some(out)) = (*places.get(at)?, out.get_mut(at)) {
            let part = of_one.or_else(|| parts.get(column as usize));
            *out = part.and_then(|part| value(part, row)).unwrap_or([0; N]);
        }
        Some(())
    });
    Array::from_fixed_binary(N as u32, out.into_flattened())
}

fn of_any_width(
    width: usize,
    parts: &[FixedBinaryColumn<'_>],
    places: &[Option<Place>],
) -> Result<Array> {
    let width = u32::try_from(width).unwrap_or_default();
    let mut out = FixedBinaryBuilder::with_capacity(places.len(), width);
    for place in places {
        let value = place.and_then(|(column, row)| parts.get(column as usize)?.get(row as usize));
        match value {
            Some(value) => out.push(value)?,
            None => out.push_null(),
        }
    }
    Ok(out.finish())
}
