//! Values of one or several columns, put together in another order.

use crate::{
    Array, BinaryBuilder, Bitmap, Column, DataType, Error, Field, FixedBinaryBuilder, Result,
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
    let at = |place: &Option<Place>| place.and_then(|place| found(columns, place));
    if places.iter().any(|place| place.is_some() && at(place).is_none()) {
        return Err(Error::data("a place is outside the columns that it is taken of"));
    }
    let valid = |row: usize| places.get(row).and_then(at).is_some_and(|(of, row)| of.is_valid(row));
    let valid = Bitmap::from_fn(places.len(), valid);
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
            let parts = columns.iter().map(|column| column.as_binary());
            let parts = parts.collect::<Result<Vec<_>>>()?;
            let mut out = BinaryBuilder::with_capacity(places.len(), 0);
            for place in places {
                let value =
                    place.and_then(|(column, row)| parts.get(column as usize)?.get(row as usize));
                out.push(value.unwrap_or_default());
            }
            let text = field.data_type.is_text();
            let array = if text { out.finish().into_text()? } else { out.finish() };
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
            let width = fixed.width().unwrap_or_default();
            let parts = columns.iter().map(|column| column.as_fixed_binary());
            let parts = parts.collect::<Result<Vec<_>>>()?;
            let width = u32::try_from(width).unwrap_or_default();
            let mut out = FixedBinaryBuilder::with_capacity(places.len(), width);
            for place in places {
                let value =
                    place.and_then(|(column, row)| parts.get(column as usize)?.get(row as usize));
                match value {
                    Some(value) => out.push(value)?,
                    None => out.push_null(),
                }
            }
            out.finish().reinterpreted(fixed.clone())
        }
    };
    Ok(array.with_validity(Some(valid.bits())))
}

fn found<'a>(columns: &[Column<'a>], (column, row): Place) -> Option<(Column<'a>, usize)> {
    let column = columns.get(column as usize)?;
    let row = row as usize;
    (row < column.len()).then_some((*column, row))
}
