//! A pending change as a folder that can be carried.
//!
//! ```text
//! STATEMENT.txt          what changes, for people; nothing reads it
//! metadata/              what is to be signed, with the signatures so far: the files that
//!                        the repository gets
//! targets/               the files that they list anew, named as in the repository
//! base/                  what it stands on: a part of the repository, verified from the
//!                        root of trust of whoever opens it
//! ```

use std::fs;
use std::io;
use std::num::NonZeroU64;
use std::path::Path;

use super::Pending;
use crate::bounds::{
    MAX_DOCUMENT_BYTES, MAX_MODULE_BYTES, MAX_PENDING_ROLES, MAX_ROOT_BYTES, MAX_SNAPSHOT_BYTES,
    MAX_TARGETS_BYTES, MAX_TIMESTAMP_BYTES,
};
use crate::chain::{Chain, Clock, listed_version};
use crate::client::Client;
use crate::directory::{Bounded, Directory, read_bounded};
use crate::document;
use crate::durable::{self, Readers};
use crate::error::excerpt;
use crate::layout;
use crate::publish::PublishError;
use crate::publish::draft::{Draft, ROOT, TARGETS};
use crate::publish::staged::Staged;
use crate::publish::submitted::latest;
use crate::source::Source;
use crate::store::Store;
use crate::targets::{Target, Targets};

const BASE: &str = "base";
const METADATA: &str = "metadata";
const STATEMENT: &str = "STATEMENT.txt";

impl Pending {
    /// Puts it into a new folder, all of it or nothing.
    ///
    /// # Errors
    /// [`PublishError::Io`]; also if there is something already.
    pub fn save(&self, folder: impl AsRef<Path>) -> Result<(), PublishError> {
        let folder = folder.as_ref();
        let failed = |source| PublishError::Io { file: folder.display().to_string(), source };
        if folder.exists() {
            return Err(failed(io::ErrorKind::AlreadyExists.into()));
        }
        let above = match folder.parent() {
            Some(above) if !above.as_os_str().is_empty() => above,
            _ => Path::new("."),
        };
        durable::make_folder(above).map_err(failed)?;
        let making = tempfile::Builder::new().prefix(".new-").tempdir_in(above).map_err(failed)?;
        let directory = Directory::new(making.path());
        durable::make_folder(&directory.path(METADATA)).map_err(failed)?;
        self.files.write(&directory)?;
        if let Some(base) = &self.base {
            self.copy_base(base, &Directory::new(&directory.path(BASE)))?;
        }
        self.write_drafts(&directory)?;
        let statement = directory.path(STATEMENT);
        durable::create(&statement, self.statement()?.as_bytes(), Readers::Anyone)
            .map_err(failed)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(making.path(), fs::Permissions::from_mode(0o755))
                .map_err(failed)?;
        }
        // From here on it is a folder that stays.
        durable::name_folder(&making.keep(), folder).map_err(failed)
    }

    /// Adds the signatures that it has to those in its folder.
    ///
    /// # Errors
    /// [`PublishError::Io`], [`PublishError::NotPending`].
    pub fn update(&mut self, folder: impl AsRef<Path>) -> Result<(), PublishError> {
        let directory = Directory::new(folder.as_ref());
        let failed =
            |source| PublishError::Io { file: folder.as_ref().display().to_string(), source };
        // Two signers at once would each write without the other's signature.
        let _lock = durable::lock(&directory.path(".lock")).map_err(failed)?;
        let there = read_drafts(&directory)?;
        let same = |(draft, there): (&Draft, &Draft)| draft.same(there);
        if there.len() != self.drafts.len() || !self.drafts.iter().zip(&there).all(same) {
            return Err(not_pending(folder.as_ref(), "it holds another change by now"));
        }
        for (draft, there) in self.drafts.iter_mut().zip(&there) {
            draft.take(there);
        }
        // Who saved it may have been stopped before its name was durable.
        durable::settle(folder.as_ref()).map_err(failed)?;
        self.write_drafts(&directory)
    }

    /// Takes over the signatures of another copy of the same change.
    pub fn take(&mut self, other: &Self) {
        for draft in &mut self.drafts {
            for there in &other.drafts {
                draft.take(there);
            }
        }
    }

    /// Opens a folder. All that it stands on is verified from the trusted root, and that
    /// it is the very next step from there; without a root of trust, only what begins a
    /// repository is opened.
    ///
    /// # Errors
    /// [`PublishError::NotPending`] if it is no pending change or not a whole one,
    /// [`PublishError::Trust`] if what it stands on is not trusted.
    pub fn open(
        folder: impl AsRef<Path>,
        trusted_root: Option<&[u8]>,
    ) -> Result<Self, PublishError> {
        let folder = folder.as_ref();
        let directory = Directory::new(folder);
        let wrong = |detail: &str| not_pending(folder, detail);
        let drafts = read_drafts(&directory)?;
        let has_base = directory.path(BASE).is_dir();
        let base = match (trusted_root, has_base) {
            (Some(root), true) => {
                let source = Source::from(&Directory::new(&directory.path(BASE)));
                let (store, clock) = (Store::none(), Clock::Ignored);
                let chain = Chain::follow(&source, Some(root), clock, &store)?;
                Some(Client::of(source, store, chain, clock))
            }
            (None, true) => return Err(wrong("it needs a root of trust to be verified from")),
            (Some(_), false) => {
                return Err(wrong(
                    "it begins a repository, and there is a root of trust here already",
                ));
            }
            (None, false) => None,
        };
        let mut pending = Self { base, drafts, files: Staged::default() };
        pending.check_versions().map_err(|detail| wrong(&detail))?;
        pending.check_scopes().map_err(|error| wrong(&error.to_string()))?;
        for (path, target) in pending.listed_anew()? {
            let bytes = read_target(&directory, &path, &target).map_err(|detail| wrong(&detail))?;
            if let Some((file, bytes)) = bytes {
                pending.files.file(file, bytes);
            }
        }
        // Whose signatures are needed must be known, else nothing can be shown.
        for draft in &pending.drafts {
            pending.wanted(draft)?;
        }
        Ok(pending)
    }

    /// Each role is the very next version after what it stands on.
    fn check_versions(&self) -> Result<(), String> {
        for draft in &self.drafts {
            let former = match (&self.base, draft.role()) {
                (Some(base), ROOT) => Some(base.chain.root.version),
                (Some(base), TARGETS) => Some(base.chain.targets.version),
                (Some(_), _) => self
                    .former_targets(draft.role())
                    .map_err(|error| error.to_string())?
                    .map(|targets| targets.version),
                (None, ROOT | TARGETS) => None,
                (None, role) => return Err(format!("{role:?} has no part in a beginning")),
            };
            let expected = former.map_or(Some(NonZeroU64::MIN), |version| version.checked_add(1));
            if Some(draft.version()) != expected {
                return Err(format!(
                    "version {} of `{}` does not follow version {}",
                    draft.version(),
                    draft.role(),
                    former.map_or(0, NonZeroU64::get)
                ));
            }
            if let Draft::Root(root) = draft
                && !root.signed.role.consistent_snapshot
            {
                return Err("its root turns consistent snapshots off".to_owned());
            }
        }
        if self.base.is_none() && self.drafts.len() != 2 {
            return Err("a repository begins with `root` and `targets`".to_owned());
        }
        Ok(())
    }

    /// What a targets role said before; none: nothing.
    pub(in crate::publish) fn former_targets(
        &self,
        role: &str,
    ) -> Result<Option<Targets>, PublishError> {
        let Some(base) = &self.base else { return Ok(None) };
        let top = &base.chain.targets;
        if role == TARGETS {
            return Ok(Some(top.clone()));
        }
        match &top.delegations {
            Some(delegations) if delegations.roles.iter().any(|there| there.name == role) => {
                Ok(latest(base, delegations, role)?.metadata)
            }
            _ => Ok(None),
        }
    }

    /// The targets that its roles list otherwise than before.
    fn listed_anew(&self) -> Result<Vec<(String, Target)>, PublishError> {
        let mut anew = Vec::new();
        for draft in &self.drafts {
            let Draft::Targets(role, targets) = draft else { continue };
            let former = self.former_targets(role)?.map(|former| former.targets);
            let former = former.unwrap_or_default();
            for (path, target) in &targets.signed.role.targets {
                if former.get(path) != Some(target) {
                    anew.push((path.clone(), target.clone()));
                }
            }
        }
        Ok(anew)
    }

    fn write_drafts(&self, directory: &Directory) -> Result<(), PublishError> {
        let mut staged = Staged::default();
        for draft in &self.drafts {
            draft.stage(&mut staged)?;
        }
        staged.write(directory)
    }

    /// Copies what is needed to verify what the drafts stand on, and the documents that
    /// they replace.
    fn copy_base(&self, base: &Client, to: &Directory) -> Result<(), PublishError> {
        let mut staged = Staged::default();
        let mut copy = |file: String, limit| -> Result<(), PublishError> {
            if let Some(bytes) = base.source.find(&file, limit)? {
                staged.file(file, bytes);
            }
            Ok(())
        };
        let Chain { root, snapshot, targets, .. } = &base.chain;
        for version in 1..=root.version.get() {
            copy(layout::metadata(ROOT, version, true), MAX_ROOT_BYTES)?;
        }
        copy(layout::TIMESTAMP.to_owned(), MAX_TIMESTAMP_BYTES)?;
        let snapshot_file = layout::metadata("snapshot", snapshot.version.get(), true);
        copy(snapshot_file, MAX_SNAPSHOT_BYTES)?;
        copy(layout::metadata(TARGETS, targets.version.get(), true), MAX_TARGETS_BYTES)?;
        for draft in &self.drafts {
            let Draft::Targets(role, next) = draft else { continue };
            let former = self.former_targets(role)?;
            if role != TARGETS
                && let Some(former) = &former
            {
                let first = listed_version(snapshot, role).map_or(1, NonZeroU64::get);
                for version in first..=former.version.get() {
                    copy(layout::metadata(role, version, true), MAX_TARGETS_BYTES)?;
                }
            }
            let replaced =
                former.iter().flat_map(|former| &former.targets).filter(|(path, was)| {
                    layout::module_of(path).is_none()
                        && next.signed.role.targets.get(*path) != Some(*was)
                });
            for (path, was) in replaced {
                if let Some(hash) = was.hashes.in_name() {
                    copy(layout::target(path, hash, true), MAX_DOCUMENT_BYTES)?;
                }
            }
        }
        staged.write(to)
    }
}

/// A target's file; none if it has no hash, which verifying says.
fn read_target(
    directory: &Directory,
    path: &str,
    target: &Target,
) -> Result<Option<(String, Vec<u8>)>, String> {
    layout::check_path(path).map_err(|error| error.to_string())?;
    if target.length > MAX_MODULE_BYTES {
        return Err(format!("{path} is listed with {} bytes", target.length));
    }
    let Some(hash) = target.hashes.in_name() else {
        return Err(format!("{path} is listed without a hash that is known here"));
    };
    let file = layout::target(path, hash, true);
    let content = match read_bounded(&directory.path(&file), target.length) {
        Ok(Bounded::Whole(bytes)) => document::Content::Whole(bytes),
        Ok(Bounded::Larger) => document::Content::Longer,
        Err(error) => return Err(format!("{file} cannot be read: {error}")),
    };
    let bytes =
        document::verify(content, target).map_err(|wrong| wrong.of_document(path).to_string())?;
    Ok(Some((file, bytes)))
}

/// The metadata in the folder: root, central governance, domains by name.
fn read_drafts(directory: &Directory) -> Result<Vec<Draft>, PublishError> {
    let folder = directory.path("");
    let wrong = |detail: &str| not_pending(&folder, detail);
    let entries = fs::read_dir(directory.path(METADATA))
        .map_err(|error| wrong(&format!("its folder `metadata` cannot be read: {error}")))?;
    let mut drafts = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| wrong(&error.to_string()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // What is being written has such a name until it is whole.
        if name.starts_with('.') {
            continue;
        }
        if drafts.len() == MAX_PENDING_ROLES {
            return Err(wrong(&format!("it has more than {MAX_PENDING_ROLES} roles")));
        }
        let role = name.strip_suffix(".json").and_then(|name| name.split_once('.'));
        let Some((_, role)) = role.filter(|(version, role)| {
            version.bytes().all(|byte| byte.is_ascii_digit())
                && (matches!(*role, ROOT | TARGETS)
                    || role.parse::<bailiwick_terms::DomainName>().is_ok()
                        && !layout::TOP_LEVEL_ROLES.contains(role))
        }) else {
            return Err(wrong(&format!("{:?} is the file of no role", excerpt(&name))));
        };
        let file = format!("{METADATA}/{name}");
        let limit = if role == ROOT { MAX_ROOT_BYTES } else { MAX_TARGETS_BYTES };
        let bytes = directory
            .find(&file, &file, limit)?
            .ok_or_else(|| wrong(&format!("{file} went away")))?;
        let draft = Draft::parse(role, &bytes, &file)?;
        if draft.file() != file {
            return Err(wrong(&format!("{file} holds version {}", draft.version())));
        }
        drafts.push(draft);
    }
    let place = |draft: &Draft| match draft.role() {
        ROOT => (0, String::new()),
        TARGETS => (1, String::new()),
        domain => (2, domain.to_owned()),
    };
    drafts.sort_by_key(place);
    if drafts.is_empty() {
        return Err(wrong("its folder `metadata` is empty"));
    }
    if drafts.windows(2).any(|two| matches!(two, [a, b] if a.role() == b.role())) {
        return Err(wrong("it has two versions of one role"));
    }
    Ok(drafts)
}

fn not_pending(folder: &Path, detail: &str) -> PublishError {
    PublishError::NotPending { folder: folder.display().to_string(), detail: excerpt(detail) }
}
