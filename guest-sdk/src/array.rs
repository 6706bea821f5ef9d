//! One column that a module gives back.

use crate::storage::Storage;
use crate::{
    Bitmap, Bits, Column, DataType, Error, Exact, Field, Native, Result, Utf8Builder, lanes, wire,
    with_native,
};

/// The longest text or bytes of all values of one column together, and the most
/// values in all of its lists, where offsets are 32-bit: the format's own limit.
const MAX_SMALL_OFFSET: u32 = i32::MAX as u32;

/// One column that a module gives back: made by a builder, or at once by one of
/// the functions here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Array {
    data_type: DataType,
    length: usize,
    null_count: usize,
    // INVARIANT: empty where the null count is 0, else one bit a value, of which
    // exactly `null_count` are 0.
    validity: Vec<u8>,
    // Those behind the validity, as the data type wants them.
    buffers: Vec<Vec<u8>>,
    children: Vec<Array>,
}

impl Array {
    pub(crate) fn new(data_type: DataType, length: usize, buffers: Vec<Vec<u8>>) -> Self {
        Self {
            data_type,
            length,
            null_count: 0,
            validity: Vec::new(),
            buffers,
            children: Vec::new(),
        }
    }

    /// Numbers, one for each row.
    pub fn from_values<T: Native>(values: impl IntoIterator<Item = T>) -> Self {
        Self::from_slice(&values.into_iter().collect::<Vec<T>>())
    }

    /// Numbers that lie ready, one for each row.
    pub fn from_slice<T: Native>(values: &[T]) -> Self {
        Self::new(T::DATA_TYPE, values.len(), vec![bytemuck::cast_slice(values).to_vec()])
    }

    /// Numbers, each made of the one in the same row. Becomes vector code where the
    /// function has no branches.
    pub fn map<S: Copy, T: Native>(values: &[S], function: impl FnMut(S) -> T) -> Self {
        let mut bytes = Vec::new();
        lanes::map(values, &mut bytes, function);
        Self::new(T::DATA_TYPE, values.len(), vec![bytes])
    }

    /// Bools, one for each row.
    pub fn from_bools(values: Bitmap) -> Self {
        Self::new(DataType::Bool, values.len(), vec![values.into_bytes()])
    }

    /// Text that lies ready in one piece, value `i` from `offsets[i]` up to
    /// `offsets[i + 1]`. For work on all characters of a column at once.
    pub fn from_text(offsets: &[u32], text: String) -> Result<Self> {
        let falls = offsets.windows(2).any(|pair| matches!(pair, [a, b] if a > b));
        let last = offsets.last().copied();
        let inside = offsets.iter().all(|offset| text.is_char_boundary(*offset as usize));
        if falls || !inside || last.is_none() || offsets.first() != Some(&0) {
            return Err(Error::data("offsets do not describe the text"));
        }
        let bytes = vec![offset_bytes(offsets), text.into_bytes()];
        Ok(Self::new(DataType::Utf8, offsets.len() - 1, bytes))
    }

    /// ASCII text that lies ready in one piece, as [`Array::from_text`] takes it. Faster:
    /// between any two bytes a value may end. That it is ASCII is not looked at here; what
    /// is no text, the host refuses like anything else that a module may get wrong.
    pub fn from_ascii(offsets: &[u32], text: Vec<u8>) -> Result<Self> {
        let falls = lanes::falls(offsets);
        let last = offsets.last().map(|last| *last as usize);
        let inside = last.is_some_and(|last| last == text.len());
        if falls || !inside || offsets.first() != Some(&0) {
            return Err(Error::data("offsets do not describe the text"));
        }
        Ok(Self::new(DataType::Utf8, offsets.len() - 1, vec![offset_bytes(offsets), text]))
    }

    /// Bytes as text of hexadecimal digits, so many bytes a value; surplus ones are dropped.
    ///
    /// ```
    /// # use bailiwick_guest::{Array, Field, DataType, testing::Rows};
    /// let digits = Array::from_hex(2, &[0xab, 0x01, 0x00, 0xff])?;
    /// let rows = Rows::new().array(Field::new("digits", DataType::Utf8), digits);
    /// assert_eq!(rows.texts("digits"), [Some("ab01".to_owned()), Some("00ff".to_owned())]);
    /// # Ok::<(), bailiwick_guest::Error>(())
    /// ```
    pub fn from_hex(width: usize, bytes: &[u8]) -> Result<Self> {
        let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
        let rows = bytes.len().checked_div(width).unwrap_or_default();
        let given = bytes.iter().take(rows * width);
        let text = given.flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
        let offsets = (0..=rows).map(|row| u32::try_from(row * width * 2));
        let offsets: Vec<u32> = offsets
            .collect::<Result<_, _>>()
            .map_err(|_| Error::data("too many rows in a batch"))?;
        Self::from_ascii(&offsets, text)
    }

    /// Decimals of 128 bits, one for each row.
    pub fn from_decimals(values: impl IntoIterator<Item = i128>, precision: u8, scale: i8) -> Self {
        let bytes: Vec<u8> = values.into_iter().flat_map(i128::to_le_bytes).collect();
        Self::new(DataType::Decimal128 { precision, scale }, bytes.len() / 16, vec![bytes])
    }

    /// Bytes of one width, the values one behind the other; surplus ones are dropped.
    pub fn from_fixed_binary(width: u32, mut bytes: Vec<u8>) -> Self {
        let length = bytes.len().checked_div(width as usize).unwrap_or_default();
        bytes.truncate(length * width as usize);
        Self::new(DataType::FixedSizeBinary(width), length, vec![bytes])
    }

    /// Lists, list `i` having the values `offsets[i]` up to `offsets[i + 1]`.
    pub fn from_lists(offsets: &[u32], values: Array) -> Result<Self> {
        let falls = offsets.windows(2).any(|pair| matches!(pair, [a, b] if a > b));
        let last = offsets.last().map(|last| *last as usize);
        if falls || offsets.first() != Some(&0) || last.is_none_or(|last| last > values.length) {
            return Err(Error::data("offsets do not describe the lists"));
        }
        let mut lists = Self::new(DataType::List, offsets.len() - 1, vec![offset_bytes(offsets)]);
        lists.children = vec![values];
        Ok(lists)
    }

    /// Structs of so many rows, of these children.
    pub fn from_children(rows: usize, children: impl IntoIterator<Item = Array>) -> Result<Self> {
        let mut structs = Self::new(DataType::Struct, rows, Vec::new());
        structs.children = children.into_iter().collect();
        if structs.children.iter().any(|child| child.length != rows) {
            return Err(Error::data(format!("a child of a struct has not {rows} values")));
        }
        Ok(structs)
    }

    /// So many nulls, whatever the field's type.
    pub fn nulls(field: &Field, rows: usize) -> Self {
        let offsets = |width| vec![vec![0; (rows + 1) * width], Vec::new()];
        let buffers = match &field.data_type {
            DataType::Bool => vec![vec![0; rows.div_ceil(8)]],
            DataType::Utf8 | DataType::Binary => offsets(4),
            DataType::LargeUtf8 | DataType::LargeBinary => offsets(8),
            DataType::List => vec![vec![0; (rows + 1) * 4]],
            DataType::LargeList => vec![vec![0; (rows + 1) * 8]],
            DataType::Struct => Vec::new(),
            fixed => vec![vec![0; rows * fixed.width().unwrap_or_default()]],
        };
        let of_each = if field.data_type == DataType::Struct { rows } else { 0 };
        let mut array = Self::new(field.data_type.clone(), rows, buffers);
        array.children = field.children.iter().map(|child| Self::nulls(child, of_each)).collect();
        array.with_validity(Some(Bitmap::filled(rows, false).bits()))
    }

    /// The same value in so many rows, of the field's type: a bool, a number, a
    /// date, a time, a decimal128 or a text.
    pub fn filled(field: &Field, value: &Exact, rows: usize) -> Result<Self> {
        let out_of_range = || {
            let (name, data_type) = (&field.name, &field.data_type);
            Error::settings(format!(
                "the value is out of the range of column \"{name}\" of type {data_type}"
            ))
        };
        let array = match (value, &field.data_type) {
            (Exact::Bool(value), DataType::Bool) => Self::from_bools(Bitmap::filled(rows, *value)),
            (Exact::Text(text), data_type) if data_type.is_text() => {
                let mut builder = Utf8Builder::with_capacity(rows, rows * text.len());
                (0..rows).for_each(|_| builder.push(text));
                builder.finish()
            }
            (Exact::Integer(value), DataType::Decimal128 { precision, scale }) => {
                Self::from_decimals(std::iter::repeat_n(*value, rows), *precision, *scale)
            }
            (value, data_type) => with_native!(data_type, T => {
                let value = T::of(value).ok_or_else(out_of_range)?;
                Self::from_values(std::iter::repeat_n(value, rows))
            }, else return Err(out_of_range())),
        };
        array.as_type(&field.data_type)
    }

    pub(crate) fn copy_of(field: &Field, data: &Storage) -> Self {
        let mut buffers = Vec::new();
        data.own_buffers(&mut buffers);
        Self {
            data_type: field.data_type.clone(),
            length: data.length,
            null_count: data.null_count,
            validity: data.validity.clone(),
            buffers: buffers.into_iter().map(<[u8]>::to_vec).collect(),
            children: field
                .children
                .iter()
                .zip(&data.children)
                .map(|(field, data)| Self::copy_of(field, data))
                .collect(),
        }
    }

    #[cfg(feature = "arrow")]
    pub(crate) fn from_parts(
        data_type: DataType,
        length: usize,
        buffers: Vec<Vec<u8>>,
        children: Vec<Array>,
    ) -> Self {
        Self { children, ..Self::new(data_type, length, buffers) }
    }

    #[cfg(feature = "arrow")]
    pub(crate) fn into_parts(self) -> (Vec<Vec<u8>>, Vec<Array>) {
        (self.buffers, self.children)
    }

    #[cfg(feature = "arrow")]
    pub(crate) fn validity(&self) -> &[u8] {
        &self.validity
    }

    /// Type of the values.
    pub fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// Number of values, valid or null.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Number of nulls.
    pub fn null_count(&self) -> usize {
        self.null_count
    }

    /// A bit for each value: whether it is valid.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn presence(&self) -> Bitmap {
        match Bits::new(&self.validity, self.length) {
            Some(bits) => bits.to_bitmap(),
            None => Bitmap::filled(self.length, true),
        }
    }

    /// The same values, valid where the bits are set; none: all of them valid.
    /// Bits that are missing count as 0.
    pub fn with_validity(mut self, validity: Option<Bits<'_>>) -> Self {
        let bitmap = validity.map(|bits| Bitmap::from_words(self.length, bits.words()));
        self.null_count = bitmap.as_ref().map_or(0, |bitmap| self.length - bitmap.count_ones());
        self.validity = match bitmap {
            Some(bitmap) if self.null_count > 0 => bitmap.into_bytes(),
            _ => Vec::new(),
        };
        self
    }

    /// The same values, null where the column is: for columns made row by row of
    /// another one's values.
    pub fn with_nulls_of(self, column: Column<'_>) -> Self {
        self.with_validity(column.validity())
    }

    /// The same values as another type that stores them the same way: `int32` as
    /// `date32`, `int64` as a timestamp, `utf8` as `large utf8` and so on.
    pub fn as_type(mut self, data_type: &DataType) -> Result<Self> {
        use DataType as D;
        let same = self.data_type == *data_type
            || stored_alike::<i32>(&self.data_type, data_type)
            || stored_alike::<i64>(&self.data_type, data_type)
            || stored_alike::<u16>(&self.data_type, data_type)
            || matches!(
                (&self.data_type, data_type),
                (D::Decimal128 { .. }, D::Decimal128 { .. }) | (D::Utf8, D::Binary)
            );
        let widens = matches!(
            (&self.data_type, data_type),
            (D::Utf8, D::LargeUtf8 | D::LargeBinary)
                | (D::Binary, D::LargeBinary)
                | (D::List, D::LargeList)
        );
        if let (true, Some(offsets)) = (widens, self.buffers.first_mut()) {
            *offsets = offsets
                .as_chunks::<4>()
                .0
                .iter()
                .flat_map(|offset| u64::from(u32::from_le_bytes(*offset)).to_le_bytes())
                .collect();
        } else if !same {
            return Err(Error::data(format!(
                "{} values cannot be given back as {data_type}",
                self.data_type
            )));
        }
        self.data_type = data_type.clone();
        Ok(self)
    }

    /// The same bytes as values of another type of that width.
    pub(crate) fn reinterpreted(mut self, data_type: DataType) -> Self {
        self.data_type = data_type;
        self
    }

    /// Binary values as text; an error where one is not UTF-8.
    pub fn into_text(mut self) -> Result<Self> {
        let not_text = || Error::data("bytes given back as text are not valid utf-8");
        let [offsets, bytes] = self.buffers.as_slice() else { return Err(not_text()) };
        if self.data_type == DataType::Binary && lanes::is_ascii(bytes) {
            self.data_type = DataType::Utf8;
            return Ok(self);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| not_text())?;
        let mut offsets = offsets.as_chunks::<4>().0.iter().map(|at| u32::from_le_bytes(*at));
        let inside = offsets.all(|offset| text.is_char_boundary(offset as usize));
        if self.data_type != DataType::Binary || !inside {
            return Err(not_text());
        }
        self.data_type = DataType::Utf8;
        Ok(self)
    }

    /// Moves the column behind others into what crosses.
    pub(crate) fn write(self, batch: &mut wire::Batch) -> Result<()> {
        let count = |value: usize| {
            u32::try_from(value).map_err(|_| Error::data("a column has more than 2³² values"))
        };
        let small = matches!(self.data_type, DataType::Utf8 | DataType::Binary | DataType::List);
        if let (true, Some(last)) = (small, self.buffers.first().and_then(|b| b.last_chunk::<4>()))
            && u32::from_le_bytes(*last) > MAX_SMALL_OFFSET
        {
            return Err(Error::data(format!(
                "a column of type {} passes {MAX_SMALL_OFFSET} bytes or list values: \
                 give back its large form",
                self.data_type
            )));
        }
        batch
            .nodes
            .push(wire::Node { length: count(self.length)?, null_count: count(self.null_count)? });
        batch.buffers.push(self.validity);
        batch.buffers.extend(self.buffers);
        self.children.into_iter().try_for_each(|child| child.write(batch))
    }
}

fn stored_alike<T: Native>(a: &DataType, b: &DataType) -> bool {
    T::stores(a) && T::stores(b)
}

fn offset_bytes(offsets: &[u32]) -> Vec<u8> {
    bytemuck::cast_slice(offsets).to_vec()
}

/// The columns given back, as one batch.
pub(crate) fn to_wire(columns: Vec<Array>) -> Result<wire::Batch> {
    let rows = columns.first().map_or(0, Array::len);
    let rows = u32::try_from(rows).map_err(|_| Error::data("a batch has more than 2³² rows"))?;
    let mut batch = wire::Batch { rows, nodes: Vec::new(), buffers: Vec::new() };
    for column in columns {
        column.write(&mut batch)?;
    }
    Ok(batch)
}
