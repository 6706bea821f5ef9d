//! Conversions from and to arrow arrays (feature `arrow`): each copies its buffers.

use arrow_array::{ArrayRef, make_array};
use arrow_buffer::{Buffer, NullBuffer};
use arrow_data::ArrayData;
use arrow_schema::{DataType as Arrow, Field as ArrowField, TimeUnit as ArrowUnit};

use crate::{Array, Column, DataType, Error, Field, Result, TimeUnit};

impl From<TimeUnit> for ArrowUnit {
    fn from(unit: TimeUnit) -> Self {
        match unit {
            TimeUnit::Second => Self::Second,
            TimeUnit::Millisecond => Self::Millisecond,
            TimeUnit::Microsecond => Self::Microsecond,
            TimeUnit::Nanosecond => Self::Nanosecond,
        }
    }
}

impl From<&Field> for ArrowField {
    fn from(field: &Field) -> Self {
        let metadata = field.metadata.iter().cloned().collect();
        ArrowField::new(&field.name, field.to_arrow_type(), field.nullable).with_metadata(metadata)
    }
}

impl Field {
    /// The field's type, children and all, as arrow's.
    pub fn to_arrow_type(&self) -> Arrow {
        let child = || match self.children.first() {
            Some(child) => ArrowField::from(child).into(),
            None => ArrowField::new("item", Arrow::Null, true).into(),
        };
        match &self.data_type {
            DataType::Bool => Arrow::Boolean,
            DataType::Int8 => Arrow::Int8,
            DataType::UInt8 => Arrow::UInt8,
            DataType::Int16 => Arrow::Int16,
            DataType::UInt16 => Arrow::UInt16,
            DataType::Int32 => Arrow::Int32,
            DataType::UInt32 => Arrow::UInt32,
            DataType::Int64 => Arrow::Int64,
            DataType::UInt64 => Arrow::UInt64,
            DataType::Float16 => Arrow::Float16,
            DataType::Float32 => Arrow::Float32,
            DataType::Float64 => Arrow::Float64,
            DataType::Decimal128 { precision, scale } => Arrow::Decimal128(*precision, *scale),
            DataType::Decimal256 { precision, scale } => Arrow::Decimal256(*precision, *scale),
            DataType::Utf8 => Arrow::Utf8,
            DataType::LargeUtf8 => Arrow::LargeUtf8,
            DataType::Binary => Arrow::Binary,
            DataType::LargeBinary => Arrow::LargeBinary,
            DataType::FixedSizeBinary(width) => {
                Arrow::FixedSizeBinary(i32::try_from(*width).unwrap_or(i32::MAX))
            }
            DataType::Date32 => Arrow::Date32,
            DataType::Date64 => Arrow::Date64,
            DataType::Time32(unit) => Arrow::Time32((*unit).into()),
            DataType::Time64(unit) => Arrow::Time64((*unit).into()),
            DataType::Timestamp(unit, zone) => {
                Arrow::Timestamp((*unit).into(), zone.as_deref().map(Into::into))
            }
            DataType::Duration(unit) => Arrow::Duration((*unit).into()),
            DataType::List => Arrow::List(child()),
            DataType::LargeList => Arrow::LargeList(child()),
            DataType::Struct => Arrow::Struct(self.children.iter().map(ArrowField::from).collect()),
        }
    }
}

impl Column<'_> {
    /// The column as an arrow array.
    pub fn to_arrow(self) -> Result<ArrayRef> {
        Ok(make_array(self.to_array().into_arrow(self.field())?))
    }
}

impl Array {
    /// What an arrow array holds, as a column of that field. Dictionaries and views
    /// have to be cast before.
    pub fn from_arrow(array: &dyn arrow_array::Array, field: &Field) -> Result<Self> {
        if *array.data_type() != field.to_arrow_type() {
            return Err(Error::fields(format!(
                "an arrow array of type {} is no column {:?} of type {}",
                array.data_type(),
                field.name,
                field.data_type
            )));
        }
        // A sliced array is copied to begin at 0, as everything that crosses does.
        let data = array.to_data();
        let mut copy = arrow_data::transform::MutableArrayData::new(vec![&data], false, data.len());
        copy.try_extend(0, 0, data.len())
            .map_err(|error| Error::data(format!("column {:?}: {error}", field.name)))?;
        Ok(Self::from_arrow_data(&copy.freeze(), field))
    }

    fn from_arrow_data(data: &ArrayData, field: &Field) -> Self {
        let buffers = data.buffers().iter().map(|buffer| buffer.as_slice().to_vec()).collect();
        let children = field.children.iter().zip(data.child_data());
        let children = children.map(|(field, data)| Self::from_arrow_data(data, field)).collect();
        let validity = data.nulls().map(|nulls| nulls.iter().collect::<crate::Bitmap>());
        Self::from_parts(field.data_type.clone(), data.len(), buffers, children)
            .with_validity(validity.as_ref().map(crate::Bitmap::bits))
    }

    fn into_arrow(self, field: &Field) -> Result<ArrayData> {
        let (rows, validity) = (self.len(), self.validity().to_vec());
        let nulls = (self.null_count() > 0).then(|| {
            let bits = arrow_buffer::BooleanBuffer::new(Buffer::from_vec(validity), 0, rows);
            NullBuffer::new(bits)
        });
        let (buffers, children) = self.into_parts();
        let children = field.children.iter().zip(children);
        let children = children.map(|(field, child)| child.into_arrow(field));
        // `Buffer::from` of a slice copies to arrow's own alignment.
        let buffers = buffers.iter().map(|buffer| Buffer::from(buffer.as_slice())).collect();
        ArrayData::builder(field.to_arrow_type())
            .len(rows)
            .nulls(nulls)
            .buffers(buffers)
            .child_data(children.collect::<Result<_>>()?)
            .build()
            .map_err(|error| Error::data(format!("column {:?}: {error}", field.name)))
    }
}
