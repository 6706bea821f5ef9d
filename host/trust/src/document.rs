//! A target's bytes, once they are proven to be what was signed.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use tough::schema::Target;

use crate::TrustError;
use crate::delegation::Found;
use crate::directory::{Bounded, Directory, read_bounded};
use crate::layout;

/// A document from the repository, verified down from the trusted root. Only this
/// crate can make one.
#[derive(Debug, Clone)]
pub struct SignedDocument {
    path: String,
    bytes: Arc<[u8]>,
    sha256: String,
    role: String,
    role_version: u64,
}

impl SignedDocument {
    /// Its path in the repository.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What was signed.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    /// SHA-256 of the bytes, 64 hexadecimal digits.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The role that signed: `targets` for central governance, else the domain.
    pub fn role(&self) -> &str {
        &self.role
    }

    /// The version of that role's metadata.
    pub fn role_version(&self) -> u64 {
        self.role_version
    }
}

/// How a target's bytes differ from what was signed.
pub(crate) struct Difference {
    pub(crate) what: &'static str,
    pub(crate) found: String,
    pub(crate) expected: String,
}

/// Bytes that nothing has been proven of.
pub(crate) enum Content {
    Whole(Vec<u8>),
    /// The file is longer than was signed.
    Longer,
}

/// Reads a target's file, no more of it than was signed. A target signed as larger
/// than `limit` is refused.
pub(crate) fn read(
    directory: &Directory,
    path: &str,
    target: &Target,
    consistent: bool,
    limit: u64,
) -> Result<Content, TrustError> {
    if target.length > limit {
        return Err(TrustError::TooLarge { file: path.to_owned(), limit });
    }
    let file = layout::target(path, &target.hashes.sha256, consistent);
    match read_bounded(&directory.path(&file), target.length) {
        Ok(Bounded::Whole(bytes)) => Ok(Content::Whole(bytes)),
        Ok(Bounded::Larger) => Ok(Content::Longer),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(TrustError::Missing { file })
        }
        Err(source) => Err(TrustError::Unreadable { file, source }),
    }
}

/// The bytes, if they have the length and hash that were signed (TUF 5.7.1).
pub(crate) fn verify(content: Content, target: &Target) -> Result<Vec<u8>, Difference> {
    let wrong_length =
        |found: String| Difference { what: "length", found, expected: target.length.to_string() };
    let bytes = match content {
        Content::Whole(bytes) => bytes,
        Content::Longer => return Err(wrong_length(format!("more than {}", target.length))),
    };
    if bytes.len() as u64 != target.length {
        return Err(wrong_length(bytes.len().to_string()));
    }
    let sha256 = Sha256::digest(&bytes);
    if sha256.as_slice() != &*target.hashes.sha256 {
        return Err(Difference {
            what: "sha256",
            found: hex::encode(sha256),
            expected: hex::encode(&target.hashes.sha256),
        });
    }
    Ok(bytes)
}

/// Reads and verifies a document.
pub(crate) fn open(
    directory: &Directory,
    path: &str,
    found: Found,
    consistent: bool,
    limit: u64,
) -> Result<SignedDocument, TrustError> {
    let content = read(directory, path, &found.target, consistent, limit)?;
    let bytes =
        verify(content, &found.target).map_err(|Difference { what, found, expected }| {
            TrustError::TamperedDocument { path: path.to_owned(), what, found, expected }
        })?;
    Ok(SignedDocument {
        path: path.to_owned(),
        bytes: bytes.into(),
        sha256: hex::encode(&found.target.hashes.sha256),
        role: found.role,
        role_version: found.version,
    })
}
