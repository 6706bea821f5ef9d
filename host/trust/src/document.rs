//! A target's bytes, once they are proven to be what was signed.

use std::sync::Arc;

use sha2::{Digest, Sha256, Sha512};

use crate::client::Client;
use crate::delegation::Found;
use crate::targets::{Hashes, Target};
use crate::{TrustError, layout};

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

impl Difference {
    pub(crate) fn of_document(self, path: &str) -> TrustError {
        let Self { what, found, expected } = self;
        TrustError::TamperedDocument { path: path.to_owned(), what, found, expected }
    }
}

/// Bytes that nothing has been proven of.
pub(crate) enum Content {
    Whole(Vec<u8>),
    /// The file is longer than was signed.
    Longer,
}

/// Reads a target's file, no more of it than was signed (TUF 5.7.3). A target signed as
/// larger than `limit` is refused. What a server gave is kept and need not be asked for
/// again.
pub(crate) fn read(
    client: &Client,
    path: &str,
    target: &Target,
    limit: u64,
) -> Result<Content, TrustError> {
    layout::check_path(path)?;
    if target.length > limit {
        return Err(TrustError::TooLarge { file: path.to_owned(), limit });
    }
    let Some(hash) = target.hashes.in_name() else {
        return Err(TrustError::UnknownHash { path: path.to_owned() });
    };
    let kept = client.source.is_served().then(|| client.store.kept_target(hash)).flatten();
    if let Some(bytes) = kept.as_ref().and_then(|kept| kept.read(target.length))
        && let Ok(bytes) = verify(Content::Whole(bytes), target)
    {
        return Ok(Content::Whole(bytes));
    }
    let file = layout::target(path, hash, client.chain.root.consistent_snapshot);
    match client.source.read(&file, target.length) {
        Ok(bytes) => {
            // It is verified whenever it is read; what fails that is written again.
            if let Some(kept) = kept {
                kept.write(&bytes);
            }
            Ok(Content::Whole(bytes))
        }
        Err(TrustError::TooLarge { .. }) => Ok(Content::Longer),
        Err(error) => Err(error),
    }
}

/// The bytes, if they have the length and every hash that was signed and that can be
/// computed here, at least one (TUF 5.7.2).
pub(crate) fn verify(content: Content, target: &Target) -> Result<Vec<u8>, Difference> {
    let differs = |what, found, expected| Err(Difference { what, found, expected });
    let expected = || target.length.to_string();
    let bytes = match content {
        Content::Whole(bytes) => bytes,
        Content::Longer => {
            return differs("length", format!("more than {}", target.length), expected());
        }
    };
    if bytes.len() as u64 != target.length {
        return differs("length", bytes.len().to_string(), expected());
    }
    let Hashes { sha256, sha512, .. } = &target.hashes;
    if sha256.is_none() && sha512.is_none() {
        return differs("hash", "none".to_owned(), "sha256 or sha512".to_owned());
    }
    if let Some(signed) = sha256
        && *signed != Sha256::digest(&bytes).to_vec()
    {
        return differs("sha256", hex::encode(Sha256::digest(&bytes)), hex::encode(signed));
    }
    if let Some(signed) = sha512
        && *signed != Sha512::digest(&bytes).to_vec()
    {
        return differs("sha512", hex::encode(Sha512::digest(&bytes)), hex::encode(signed));
    }
    Ok(bytes)
}

/// Reads and verifies a document.
pub(crate) fn open(
    client: &Client,
    path: &str,
    found: Found,
    limit: u64,
) -> Result<SignedDocument, TrustError> {
    let content = read(client, path, &found.target, limit)?;
    let bytes =
        verify(content, &found.target).map_err(|difference| difference.of_document(path))?;
    Ok(SignedDocument {
        path: path.to_owned(),
        sha256: hex::encode(Sha256::digest(&bytes)),
        bytes: bytes.into(),
        role: found.role,
        role_version: found.version,
    })
}
