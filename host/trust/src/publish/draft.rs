//! One role's metadata on its way to being signed.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tough::schema::decoded::{Decoded, Hex};
use tough::schema::key::Key;
use tough::schema::{Metafile, Role, RoleKeys, RoleType, Root, Signature};

use super::staged::Staged;
use super::{PublishError, Signatures};
use crate::bounds::{MAX_ROOT_BYTES, MAX_TARGETS_BYTES};
use crate::error::excerpt;
use crate::key::{SigningKey, public_bytes};
use crate::metadata::{Parsed, check_specification, parse, parse_targets, signed_by};
use crate::targets::{Delegations, Targets};
use crate::{TrustError, layout};

pub(super) const ROOT: &str = "root";
pub(super) const TARGETS: &str = "targets";

/// The metadata of a role whose keys are offline: what is to be signed, exactly, and
/// the signatures that it has so far.
#[derive(Debug, Clone)]
pub(crate) enum Draft {
    Root(Parsed<Root>),
    /// Central governance's, or a domain's.
    Targets(String, Parsed<Targets>),
}

impl Draft {
    pub(super) fn root(root: &Root) -> Result<Self, PublishError> {
        let bytes = unsigned(root, ROOT)?;
        Ok(Self::Root(parse(&bytes, &layout::metadata(ROOT, root.version.get(), true))?))
    }

    pub(super) fn targets(role: &str, targets: &Targets) -> Result<Self, PublishError> {
        let bytes = unsigned(targets, role)?;
        let file = layout::metadata(role, targets.version.get(), true);
        Ok(Self::Targets(role.to_owned(), parse_targets(&bytes, &file)?))
    }

    /// What others prepared: nothing of it is trusted, but its form is checked.
    pub(super) fn parse(role: &str, bytes: &[u8], file: &str) -> Result<Self, TrustError> {
        let draft = if role == ROOT {
            let root: Parsed<Root> = parse(bytes, file)?;
            check_specification(&root.signed.role.spec_version, file)?;
            Self::Root(root)
        } else {
            let targets = parse_targets(bytes, file)?;
            check_specification(&targets.signed.role.spec_version, file)?;
            Self::Targets(role.to_owned(), targets)
        };
        Ok(draft)
    }

    pub(crate) fn role(&self) -> &str {
        match self {
            Self::Root(_) => ROOT,
            Self::Targets(role, _) => role,
        }
    }

    pub(crate) fn version(&self) -> NonZeroU64 {
        match self {
            Self::Root(root) => root.signed.version(),
            Self::Targets(_, targets) => targets.signed.version(),
        }
    }

    pub(crate) fn expires(&self) -> Timestamp {
        match self {
            Self::Root(root) => root.signed.expires(),
            Self::Targets(_, targets) => targets.signed.expires(),
        }
    }

    /// Its file, within the repository and within the folder of a pending change.
    pub(super) fn file(&self) -> String {
        layout::metadata(self.role(), self.version().get(), true)
    }

    fn signed(&self) -> &Value {
        match self {
            Self::Root(root) => root.signed.value(),
            Self::Targets(_, targets) => targets.signed.value(),
        }
    }

    pub(super) fn signatures(&self) -> &[Signature] {
        match self {
            Self::Root(root) => &root.signatures,
            Self::Targets(_, targets) => &targets.signatures,
        }
    }

    fn signatures_mut(&mut self) -> &mut Vec<Signature> {
        match self {
            Self::Root(root) => &mut root.signatures,
            Self::Targets(_, targets) => &mut targets.signatures,
        }
    }

    /// Whether both say the same, whoever signed them.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.role() == other.role() && self.signed() == other.signed()
    }

    /// Whether both say the same, but for the times that they were prepared and end at.
    pub(super) fn same_but_times(&self, other: &Self) -> bool {
        let timeless = |draft: &Self| {
            let mut signed = draft.signed().clone();
            if let Some(signed) = signed.as_object_mut() {
                signed.remove("expires");
                signed.remove(PREPARED);
            }
            signed
        };
        self.role() == other.role() && timeless(self) == timeless(other)
    }

    /// The bytes that are signed: the metadata's canonical form (TUF 4.2).
    pub(super) fn message(&self) -> Result<Vec<u8>, PublishError> {
        let canonical = match self {
            Self::Root(root) => root.signed.canonical_form(),
            Self::Targets(_, targets) => targets.signed.canonical_form(),
        };
        canonical.map_err(|error| PublishError::Encoding {
            what: format!("`{}`", self.role()),
            detail: excerpt(error),
        })
    }

    /// SHA-256 of the bytes that are signed.
    pub(super) fn digest(&self) -> Result<String, PublishError> {
        Ok(hex::encode(Sha256::digest(self.message()?)))
    }

    /// Adds a key's signature; whether it is a new one.
    pub(super) fn sign(&mut self, key: &SigningKey) -> Result<bool, PublishError> {
        let sig: Decoded<Hex> = key.sign(&self.message()?).into();
        let keyid = key.public().tuf_id().clone();
        let signatures = self.signatures_mut();
        // Ed25519 signs the same bytes in the same way (RFC 8032, 5.1.6): another
        // signature under this id was never one.
        let before = signatures.iter().any(|there| there.keyid == keyid && there.sig == sig);
        signatures.retain(|there| there.keyid != keyid);
        signatures.push(Signature { keyid, sig });
        Ok(!before)
    }

    /// Takes over the signatures of another copy.
    pub(super) fn take(&mut self, other: &Self) {
        if !self.same(other) {
            return;
        }
        for signature in other.signatures() {
            let signatures = self.signatures_mut();
            if !signatures.contains(signature) {
                signatures.push(signature.clone());
            }
        }
    }

    /// Leaves no signature but those that count for somebody wanted.
    pub(super) fn with_valid_signatures(mut self, wanted: &[Wanted]) -> Self {
        let mut valid: Vec<Signature> = Vec::new();
        for signature in self.signatures() {
            let counts = wanted.iter().any(|wanted| wanted.verifies(&self, signature));
            if counts && valid.iter().all(|there| there.keyid != signature.keyid) {
                valid.push(signature.clone());
            }
        }
        valid.sort_by(|a, b| a.keyid.cmp(&b.keyid));
        *self.signatures_mut() = valid;
        self
    }

    pub(super) fn stage(&self, staged: &mut Staged) -> Result<Metafile, PublishError> {
        let file = self.file();
        match self {
            Self::Root(root) => staged.role(file, root, MAX_ROOT_BYTES),
            Self::Targets(_, targets) => staged.role(file, targets, MAX_TARGETS_BYTES),
        }
    }
}

/// When a version was prepared, as those who sign it state: TUF knows no such time, and
/// lets metadata say more than it knows (TUF 4.1).
pub(crate) const PREPARED: &str = "prepared";

/// A role as a file without signatures.
fn unsigned<T: Role>(role: &T, name: &str) -> Result<Vec<u8>, PublishError> {
    serde_json::to_vec(&serde_json::json!({ "signed": role, "signatures": [] })).map_err(|error| {
        PublishError::Encoding { what: format!("`{name}`"), detail: excerpt(error) }
    })
}

/// Keys of which so many must sign.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Whose keys they are, for people.
    pub(crate) of: String,
    pub(crate) threshold: u64,
    keys: BTreeMap<String, Key>,
}

impl Wanted {
    /// Those that a root lists for a role.
    pub(super) fn by_root(root: &Root, role: RoleType) -> Self {
        let none =
            RoleKeys { keyids: Vec::new(), threshold: NonZeroU64::MIN, _extra: HashMap::new() };
        let RoleKeys { keyids, threshold, .. } = root.roles.get(&role).unwrap_or(&none);
        let of = format!("`{role}` of root {}", root.version);
        Self::new(of, *threshold, keyids, &root.keys)
    }

    /// Those that central governance delegates to.
    pub(super) fn by_delegation(
        delegations: Option<&Delegations>,
        domain: &str,
    ) -> Result<Self, PublishError> {
        let role = delegations
            .and_then(|delegations| delegations.roles.iter().find(|role| role.name == domain));
        let (Some(role), Some(delegations)) = (role, delegations) else {
            return Err(PublishError::UnknownDomain { domain: excerpt(domain) });
        };
        let of = format!("domain `{domain}`");
        Ok(Self::new(of, role.threshold, &role.keyids, &delegations.keys))
    }

    fn new(
        of: String,
        threshold: NonZeroU64,
        ids: &[Decoded<Hex>],
        keys: &HashMap<Decoded<Hex>, Key>,
    ) -> Self {
        let mut distinct: BTreeMap<String, Key> = BTreeMap::new();
        for (id, key) in ids.iter().filter_map(|id| keys.get_key_value(id)) {
            // One key under two ids is one signer.
            if distinct.values().all(|there| public_bytes(there) != public_bytes(key)) {
                distinct.insert(hex::encode(id), key.clone());
            }
        }
        Self { of, threshold: threshold.get(), keys: distinct }
    }

    pub(super) fn counts(&self, id: &str) -> bool {
        self.keys.contains_key(id)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    fn verifies(&self, draft: &Draft, signature: &Signature) -> bool {
        match draft {
            Draft::Root(root) => self.verifies_of(root, signature),
            Draft::Targets(_, targets) => self.verifies_of(targets, signature),
        }
    }

    fn verifies_of<T: Role + Clone>(&self, metadata: &Parsed<T>, signature: &Signature) -> bool {
        let key = self.keys.get(&hex::encode(&signature.keyid));
        key.is_some_and(|key| signed_by(metadata, signature, key))
    }

    /// The ids of the keys that signed.
    pub(crate) fn signed(&self, draft: &Draft) -> Vec<String> {
        match draft {
            Draft::Root(root) => self.signed_of(root),
            Draft::Targets(_, targets) => self.signed_of(targets),
        }
    }

    /// The ids of the keys that signed a role's metadata.
    pub(super) fn signed_of<T: Role + Clone>(&self, metadata: &Parsed<T>) -> Vec<String> {
        let mut ids: Vec<String> = metadata
            .signatures
            .iter()
            .filter(|signature| self.verifies_of(metadata, signature))
            .map(|signature| hex::encode(&signature.keyid))
            .collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// Who signed, of those who can.
    pub(super) fn signatures(&self, signed: Vec<String>) -> Signatures {
        let open = self.ids().filter(|id| signed.iter().all(|there| there != id));
        let open = open.map(str::to_owned).collect();
        Signatures { of: self.of.clone(), threshold: self.threshold, signed, open }
    }

    /// Whether enough keys signed.
    pub(super) fn check(&self, draft: &Draft) -> Result<(), PublishError> {
        let signed = self.signed(draft);
        if (signed.len() as u64) < self.threshold {
            return Err(PublishError::MissingKeys {
                role: draft.role().to_owned(),
                threshold: self.threshold,
                given: signed.len(),
                expected: crate::error::names(self.ids()),
            });
        }
        Ok(())
    }
}
