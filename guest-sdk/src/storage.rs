//! One column's buffers as the host sent them, checked once, so that every view
//! made of them is safe to read.
//!
//! The host is trusted, so the checks are the cheap ones that memory safety needs:
//! lengths, offsets that never fall and end within the bytes. That text is UTF-8
//! is checked when text is asked for.

use crate::{DataType, Error, Field, Result, lanes, wire};

/// Bytes at an address that fits every type of up to 8 bytes.
#[derive(Debug, Clone)]
pub(crate) enum Aligned {
    /// As the host wrote them.
    Given(Vec<u8>),
    /// Moved, because they lay at an odd address.
    Moved(Vec<u64>, usize),
}

impl Aligned {
    fn new(bytes: Vec<u8>) -> Self {
        if bytes.as_ptr().cast::<u64>().is_aligned() {
            return Self::Given(bytes);
        }
        let mut words = vec![0_u64; bytes.len().div_ceil(8)];
        let len = bytes.len();
        if let Some(target) = bytemuck::cast_slice_mut(&mut words).get_mut(..len) {
            target.copy_from_slice(&bytes);
        }
        Self::Moved(words, len)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Given(bytes) => bytes,
            Self::Moved(words, len) => bytemuck::cast_slice(words).get(..*len).unwrap_or_default(),
        }
    }

    /// The bytes as values of up to 8 bytes each, surplus bytes left out.
    pub(crate) fn values<T: bytemuck::Pod>(&self) -> &[T] {
        let bytes = self.bytes();
        let whole = bytes.len() - bytes.len() % size_of::<T>().max(1);
        // An empty slice may lie at any address.
        bytemuck::try_cast_slice(bytes.get(..whole).unwrap_or_default()).unwrap_or_default()
    }
}

/// 32-bit offsets into a column's bytes or children.
#[derive(Debug, Clone)]
pub(crate) enum Offsets {
    Small(Aligned),
    /// Were 64-bit; a module's memory has only 32-bit addresses, so nothing is lost.
    Large {
        narrowed: Vec<u32>,
        given: Aligned,
    },
}

impl Offsets {
    pub(crate) fn values(&self) -> &[u32] {
        match self {
            Self::Small(bytes) => bytes.values(),
            Self::Large { narrowed, .. } => narrowed,
        }
    }

    fn given(&self) -> &[u8] {
        match self {
            Self::Small(bytes) | Self::Large { given: bytes, .. } => bytes.bytes(),
        }
    }
}

/// What a column has beside its validity.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// One bit a value.
    Bits(Vec<u8>),
    /// The same number of bytes a value.
    Fixed(Aligned),
    /// Text or binary.
    Bytes { offsets: Offsets, bytes: Vec<u8> },
    /// A list: the child has the values.
    List(Offsets),
    /// A struct: the children have the values.
    Struct,
}

/// One column of a batch, with its children.
#[derive(Debug, Clone)]
pub(crate) struct Storage {
    pub(crate) length: usize,
    pub(crate) null_count: usize,
    // INVARIANT: empty where the null count is 0, else one bit a value.
    pub(crate) validity: Vec<u8>,
    pub(crate) body: Body,
    pub(crate) children: Vec<Storage>,
}

type Nodes = std::vec::IntoIter<wire::Node>;
type Buffers = std::vec::IntoIter<Vec<u8>>;

fn malformed(field: &Field, what: &str) -> Error {
    Error::data(format!("column \"{}\" of type {}: {what}", field.name, field.data_type))
}

impl Storage {
    pub(crate) fn read(field: &Field, nodes: &mut Nodes, buffers: &mut Buffers) -> Result<Self> {
        let node = nodes.next().ok_or_else(|| malformed(field, "its node is missing"))?;
        let (length, null_count) = (node.length as usize, node.null_count as usize);
        let mut next = || buffers.next().ok_or_else(|| malformed(field, "a buffer is missing"));
        let mut validity = next()?;
        if null_count == 0 {
            validity.clear();
        } else if validity.len() < length.div_ceil(8) || null_count > length {
            return Err(malformed(field, "its validity does not fit its length"));
        }
        let body = match &field.data_type {
            DataType::Bool => {
                let bits = next()?;
                if bits.len() < length.div_ceil(8) {
                    return Err(malformed(field, "its values do not fit its length"));
                }
                Body::Bits(bits)
            }
            DataType::Utf8 | DataType::Binary => {
                let offsets = small(field, next()?, length)?;
                bytes_of(field, offsets, next()?)?
            }
            DataType::LargeUtf8 | DataType::LargeBinary => {
                let offsets = large(field, next()?, length)?;
                bytes_of(field, offsets, next()?)?
            }
            DataType::List => Body::List(small(field, next()?, length)?),
            DataType::LargeList => Body::List(large(field, next()?, length)?),
            DataType::Struct => Body::Struct,
            fixed => {
                let values = next()?;
                let needed = fixed.width().and_then(|width| width.checked_mul(length));
                if needed.is_none_or(|needed| values.len() < needed) {
                    return Err(malformed(field, "its values do not fit its length"));
                }
                Body::Fixed(Aligned::new(values))
            }
        };
        let mut children = Vec::with_capacity(field.children.len());
        for child in &field.children {
            children.push(Self::read(child, nodes, buffers)?);
        }
        let storage = Self { length, null_count, validity, body, children };
        storage.check_children(field)?;
        Ok(storage)
    }

    fn check_children(&self, field: &Field) -> Result<()> {
        let fits = match &self.body {
            Body::List(offsets) => {
                let last = offsets.values().last().copied().unwrap_or_default() as usize;
                self.children.first().is_some_and(|child| last <= child.length)
            }
            Body::Struct => self.children.iter().all(|child| child.length == self.length),
            Body::Bits(_) | Body::Fixed(_) | Body::Bytes { .. } => true,
        };
        if fits { Ok(()) } else { Err(malformed(field, "its children do not fit its length")) }
    }

    /// Every buffer as the host wrote it, children's last.
    pub(crate) fn buffers<'a>(&'a self, out: &mut Vec<&'a [u8]>) {
        out.push(&self.validity);
        self.own_buffers(out);
        for child in &self.children {
            child.buffers(out);
        }
    }

    /// The buffers behind the validity, of this column alone.
    pub(crate) fn own_buffers<'a>(&'a self, out: &mut Vec<&'a [u8]>) {
        match &self.body {
            Body::Bits(bits) => out.push(bits),
            Body::Fixed(values) => out.push(values.bytes()),
            Body::Bytes { offsets, bytes } => out.extend([offsets.given(), bytes]),
            Body::List(offsets) => out.push(offsets.given()),
            Body::Struct => {}
        }
    }
}

fn small(field: &Field, bytes: Vec<u8>, length: usize) -> Result<Offsets> {
    let offsets = Offsets::Small(Aligned::new(bytes));
    check_offsets(field, offsets.values(), length)?;
    Ok(offsets)
}

fn large(field: &Field, bytes: Vec<u8>, length: usize) -> Result<Offsets> {
    let given = Aligned::new(bytes);
    let wide: &[u64] = given.values();
    let narrowed: Vec<u32> = wide.iter().map(|offset| *offset as u32).collect();
    if wide.last().is_some_and(|last| u32::try_from(*last).is_err()) {
        return Err(malformed(field, "its offsets do not fit into memory"));
    }
    check_offsets(field, &narrowed, length)?;
    Ok(Offsets::Large { narrowed, given })
}

fn check_offsets(field: &Field, offsets: &[u32], length: usize) -> Result<()> {
    if length == 0 && offsets.is_empty() {
        return Ok(());
    }
    if offsets.len() != length + 1 || lanes::falls(offsets) {
        return Err(malformed(field, "its offsets do not fit its length"));
    }
    Ok(())
}

fn bytes_of(field: &Field, offsets: Offsets, bytes: Vec<u8>) -> Result<Body> {
    let last = offsets.values().last().copied().unwrap_or_default() as usize;
    if last > bytes.len() {
        return Err(malformed(field, "its offsets pass the end of its bytes"));
    }
    Ok(Body::Bytes { offsets, bytes })
}
