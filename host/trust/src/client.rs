//! A client of any TUF repository: one update, and what can be asked of it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::bounds::MAX_MODULE_BYTES;
use crate::chain::{Chain, Clock, check_first_root};
use crate::delegation::read_delegated;
use crate::directory::{Bounded, read_bounded};
use crate::document::{self, Content};
use crate::durable::{self, Readers};
use crate::source::Source;
use crate::store::Store;
use crate::targets::{Delegations, Targets};
use crate::verified::Verified;
use crate::{TrustError, delegation, layout};

/// A repository, verified from a trusted root at one time, with what was trusted before.
///
/// It knows of roles and targets and not of what they mean here: for modules,
/// contracts and approvals, see [`Repository`](crate::Repository), which stands on it.
#[derive(Debug)]
pub struct Client {
    pub(crate) source: Source,
    pub(crate) store: Store,
    pub(crate) chain: Chain,
    pub(crate) clock: Clock,
    verified: Verified,
}

impl Client {
    /// Makes a store that trusts a root (TUF 5.2): the content of a root file that came
    /// to the user on a way of its own. Reads nothing of the repository. Safe to repeat.
    pub fn initialise(store: impl AsRef<Path>, trusted_root: &[u8]) -> Result<(), TrustError> {
        check_first_root(trusted_root)?;
        let store = Store::open(store.as_ref())?;
        let _lock = store.lock()?;
        let root = store.first_root(Some(trusted_root))?;
        store.keep("root", &root)
    }

    /// Brings an initialised store up to date (TUF 5.3 to 5.6), as of `now`. Each role
    /// that is verified is kept, also if a later one fails.
    pub fn refresh(
        source: impl Into<Source>,
        store: impl AsRef<Path>,
        now: Timestamp,
    ) -> Result<Self, TrustError> {
        Self::update(source.into(), None, Store::open(store.as_ref())?, Clock::At(now))
    }

    /// A client of what was verified.
    pub(crate) fn of(source: Source, store: Store, chain: Chain, clock: Clock) -> Self {
        Self { source, store, chain, clock, verified: Verified::default() }
    }

    /// What a role says that these delegations trust, read and verified once.
    pub(crate) fn delegated(
        &self,
        delegations: &Delegations,
        role: &str,
    ) -> Result<Arc<Targets>, TrustError> {
        if let Some(targets) = self.verified.get(role, delegations) {
            return Ok(targets);
        }
        let targets = Arc::new(read_delegated(self, delegations, role)?);
        self.verified.insert(role, delegations, &targets);
        Ok(targets)
    }

    pub(crate) fn update(
        source: Source,
        trusted_root: Option<&[u8]>,
        store: Store,
        clock: Clock,
    ) -> Result<Self, TrustError> {
        let chain = Chain::follow(&source, trusted_root, clock, &store)?;
        Ok(Self::of(source, store, chain, clock))
    }

    /// The same; but where a server does not answer, what was trusted last goes on
    /// counting until it expires. Then there is the reason, too.
    pub(crate) fn update_or_keep(
        source: Source,
        trusted_root: &[u8],
        store: Store,
        clock: Clock,
    ) -> Result<(Self, Option<TrustError>), TrustError> {
        let trusted_root = Some(trusted_root);
        let (chain, unanswered) = match Chain::follow(&source, trusted_root, clock, &store) {
            Err(unanswered @ TrustError::Download { .. }) => {
                match Chain::kept(trusted_root, clock, &store) {
                    Ok(Some(chain)) => (chain, Some(unanswered)),
                    Ok(None) => return Err(unanswered),
                    Err(kept) => {
                        let (unanswered, kept) = (Box::new(unanswered), Box::new(kept));
                        return Err(TrustError::Unrefreshed { unanswered, kept });
                    }
                }
            }
            followed => (followed?, None),
        };
        Ok((Self::of(source, store, chain, clock), unanswered))
    }

    /// Puts a target below a folder, at its path, and gives where (TUF 5.7). A file that
    /// is there and has the hash that was signed is not read again.
    pub fn download(&self, path: &str, folder: impl AsRef<Path>) -> Result<PathBuf, TrustError> {
        layout::check_path(path)?;
        let found = delegation::find(self, path)?.ok_or_else(|| TrustError::UnknownDocument {
            path: path.to_owned(),
            remedy: "is its path right, and who is to publish it?",
        })?;
        let file = folder.as_ref().join(path);
        let there = read_bounded(&file, found.target.length);
        if let Ok(Bounded::Whole(bytes)) = there
            && document::verify(Content::Whole(bytes), &found.target).is_ok()
        {
            return durable::settle(&file).map(|()| file.clone()).map_err(unwritable(&file));
        }
        let content = document::read(self, path, &found.target, MAX_MODULE_BYTES)?;
        let bytes = document::verify(content, &found.target)
            .map_err(|difference| difference.of_document(path))?;
        file.parent()
            .map_or(Ok(()), durable::make_folder)
            .and_then(|()| durable::replace(&file, &bytes, Readers::Anyone))
            .map_err(unwritable(&file))?;
        Ok(file)
    }
}

fn unwritable(file: &Path) -> impl FnOnce(io::Error) -> TrustError {
    let file = file.display().to_string();
    move |source| TrustError::Unwritable { file, source }
}
