//! Fields, as a tree and as the flat list that crosses.

use crate::{DataType, Error, Result, wire};

/// How deep fields may nest. The host refuses deeper ones long before; this keeps
/// the recursion bounded whatever comes.
const MAX_DEPTH: usize = 64;

/// One field: a top-level column or a child of a list or struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name.
    pub name: String,
    /// The type.
    pub data_type: DataType,
    /// Whether its values may be null.
    pub nullable: bool,
    /// The children: one of a list, any number of a struct, none of others.
    pub children: Vec<Field>,
    /// Key and value pairs of the Arrow field metadata.
    pub metadata: Vec<(String, String)>,
}

impl Field {
    /// A nullable field without children.
    pub fn new(name: impl Into<String>, data_type: DataType) -> Self {
        Self {
            name: name.into(),
            data_type,
            nullable: true,
            children: Vec::new(),
            metadata: Vec::new(),
        }
    }

    /// The same field, its values never null.
    pub fn required(mut self) -> Self {
        self.nullable = false;
        self
    }

    /// The same field, its values perhaps null.
    pub fn optional(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The same field with these children.
    pub fn with_children(mut self, children: impl IntoIterator<Item = Field>) -> Self {
        self.children = children.into_iter().collect();
        self
    }

    /// The same field under another name.
    pub fn renamed(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The error that this field's type is not one of those `expected`.
    pub fn unexpected(&self, expected: &str) -> Error {
        Error::fields(format!(
            "column \"{}\" is {}, expected {expected}",
            self.name, self.data_type
        ))
    }

    fn check(&self) -> Result<()> {
        let fits = match self.data_type {
            DataType::List | DataType::LargeList => self.children.len() == 1,
            DataType::Struct => true,
            _ => self.children.is_empty(),
        };
        if fits {
            Ok(())
        } else {
            Err(Error::fields(format!(
                "column \"{}\" of type {} has {} children",
                self.name,
                self.data_type,
                self.children.len()
            )))
        }
    }

    fn read(fields: &mut std::vec::IntoIter<wire::Field>, depth: usize) -> Result<Self> {
        let field =
            fields.next().ok_or_else(|| Error::fields("the schema ends within a nested field"))?;
        if depth >= MAX_DEPTH {
            return Err(Error::fields(format!("fields nest deeper than {MAX_DEPTH}")));
        }
        let data_type = DataType::from_format(&field.format).ok_or_else(|| {
            Error::fields(format!(
                "column \"{}\" has unknown format \"{}\"",
                field.name, field.format
            ))
        })?;
        let mut children = Vec::new();
        for _ in 0..field.children {
            children.push(Self::read(fields, depth + 1)?);
        }
        let (name, nullable, metadata) = (field.name, field.nullable, field.metadata);
        let field = Self { name, data_type, nullable, children, metadata };
        field.check()?;
        Ok(field)
    }

    fn write(&self, out: &mut Vec<wire::Field>) {
        out.push(wire::Field {
            name: self.name.clone(),
            format: self.data_type.format(),
            nullable: self.nullable,
            children: u32::try_from(self.children.len()).unwrap_or(u32::MAX),
            metadata: self.metadata.clone(),
        });
        for child in &self.children {
            child.write(out);
        }
    }
}

/// The fields of a batch, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// The top-level fields.
    pub fields: Vec<Field>,
}

impl Schema {
    /// A schema of these fields.
    pub fn new(fields: impl IntoIterator<Item = Field>) -> Self {
        Self { fields: fields.into_iter().collect() }
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Result<&Field> {
        self.index_of(name).and_then(|at| self.at(at))
    }

    /// The position of the field of that name.
    pub fn index_of(&self, name: &str) -> Result<usize> {
        self.fields.iter().position(|field| field.name == name).ok_or_else(|| {
            Error::fields(format!(
                "no column \"{name}\" among those bound ({}): add it to the binding's columns",
                self.names().join(", ")
            ))
        })
    }

    /// The one field of a module of scope `column`.
    pub fn only(&self) -> Result<&Field> {
        match self.fields.as_slice() {
            [field] => Ok(field),
            fields => {
                Err(Error::fields(format!("expected exactly one column, found {}", fields.len())))
            }
        }
    }

    /// The names of the fields, in order.
    pub fn names(&self) -> Vec<String> {
        self.fields.iter().map(|field| field.name.clone()).collect()
    }

    fn at(&self, index: usize) -> Result<&Field> {
        self.fields.get(index).ok_or_else(|| Error::fields(format!("no column number {index}")))
    }

    /// Reads the flat list that crosses.
    pub fn from_wire(fields: Vec<wire::Field>) -> Result<Self> {
        let mut rest = fields.into_iter();
        let mut schema = Self::default();
        while rest.len() > 0 {
            schema.fields.push(Field::read(&mut rest, 0)?);
        }
        Ok(schema)
    }

    /// Writes the flat list that crosses.
    pub fn to_wire(&self) -> Vec<wire::Field> {
        let mut out = Vec::with_capacity(self.fields.len());
        for field in &self.fields {
            field.write(&mut out);
        }
        out
    }
}
