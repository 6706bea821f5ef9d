//! Why something is not trusted, and what to do about it.

use jiff::Timestamp;

/// Why the repository, or what was asked of it, is not trusted. Everything that is
/// not proven good ends here: nothing is ever used with a warning.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// A file could not be read.
    #[error("cannot read {file}: {source}; check that the repository is readable")]
    Unreadable {
        /// The file, within the repository or the store.
        file: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A file is not there.
    #[error("{file} is missing; check that this is the repository's folder and a whole copy of it")]
    Missing {
        /// The file, within the repository.
        file: String,
    },
    /// A server did not give a file, and did not say that it is not there.
    #[error(
        "cannot read {address}: {detail}, in {attempts} attempts; \
         check the address and the network, and try again"
    )]
    Download {
        /// The file's address.
        address: String,
        /// How often it was tried.
        attempts: u32,
        /// What happened last.
        detail: String,
    },
    /// Nobody that is trusted vouches for a server.
    #[error(
        "cannot read {address}: the server's certificate is not accepted: {detail}; check the \
         address, or state the authority that vouches for it as `certificates` in mesh.yaml"
    )]
    Certificate {
        /// The file's address.
        address: String,
        /// What is wrong with the certificate.
        detail: String,
    },
    /// The certificates of authorities cannot be used.
    #[error("they are not certificates of authorities as PEM: {detail}")]
    Certificates {
        /// What is wrong with them.
        detail: String,
    },
    /// A server did not give the current state, and what was trusted last counts no more.
    #[error("{unanswered}. What was trusted before does not count any more: {kept}")]
    Unrefreshed {
        /// What the server did.
        unanswered: Box<TrustError>,
        /// Why the former state does not count.
        kept: Box<TrustError>,
    },
    /// The repository's address is none that can be read from.
    #[error("{address:?} is not the address of a repository: {detail}")]
    Address {
        /// The address.
        address: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A target's path leads out of its folder, or would on some system.
    #[error(
        "target path {path:?} is not used: its parts must be names, none of them empty, `.` \
         or `..`, without backslashes, colons and control characters"
    )]
    UnsafePath {
        /// The path.
        path: String,
    },
    /// No hash of a target is of a kind that this release can compute.
    #[error("{path} is signed with no hash that is known here; expected sha256 or sha512")]
    UnknownHash {
        /// The target's path.
        path: String,
    },
    /// A file that was verified could not be put where it should go.
    #[error("cannot write {file}: {source}; check its permissions and the disk")]
    Unwritable {
        /// The file.
        file: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A file is larger than is read of it.
    #[error("{file} is larger than {limit} bytes, the most that is read; it is not trusted")]
    TooLarge {
        /// The file, or the target's path.
        file: String,
        /// The limit that applies, bytes.
        limit: u64,
    },
    /// A file is not what its name says.
    #[error("{file} is malformed: {detail}; fetch the repository again or ask its publisher")]
    Malformed {
        /// The file, within the repository.
        file: String,
        /// What is wrong with it.
        detail: String,
    },
    /// Too few keys signed.
    #[error(
        "{file} has {valid} of the {threshold} valid signatures that role `{role}` needs; \
         it was changed after it was signed, or too few of its key holders signed"
    )]
    Threshold {
        /// The file, within the repository.
        file: String,
        /// The role whose keys count.
        role: String,
        /// How many distinct keys must have signed.
        threshold: u64,
        /// How many of them did.
        valid: u64,
    },
    /// The file's length, hash or version is not what the signed metadata above it says.
    #[error(
        "{file} is not the file that {by} describes: {what} is {found}, expected {expected}; \
         fetch the repository again"
    )]
    Mismatch {
        /// The file, within the repository.
        file: String,
        /// The role that describes it.
        by: &'static str,
        /// What differs: length, sha256 or version.
        what: &'static str,
        /// What the file has.
        found: String,
        /// What the description says.
        expected: String,
    },
    /// The repository is older than what was seen before.
    #[error(
        "the repository went back: `{role}` is at version {found}, and version {seen} was \
         seen before; fetch the current repository, and find out who served the old one"
    )]
    Rollback {
        /// The role.
        role: String,
        /// The version that was seen before.
        seen: u64,
        /// The version that is offered now; 0: none.
        found: u64,
    },
    /// A role of the repository as a whole expired.
    #[error(
        "the repository's `{role}` metadata expired at {expired} and it is {now}; \
         fetch the current repository, or have its publisher renew it"
    )]
    Expired {
        /// The role.
        role: &'static str,
        /// When it expired.
        expired: Timestamp,
        /// The time that the repository was opened for.
        now: Timestamp,
    },
    /// What one domain signed expired. Other domains are not affected.
    #[error(
        "what domain `{domain}` signed expired at {expired} and it is {now}; \
         have the domain renew it"
    )]
    DomainExpired {
        /// The domain, or the role that it delegated to.
        domain: String,
        /// When it expired.
        expired: Timestamp,
        /// The time that the repository was opened for.
        now: Timestamp,
    },
    /// More new roots than are followed at once.
    #[error(
        "the repository offers more than {limit} roots after the trusted one; \
         obtain a newer trusted root from central governance"
    )]
    TooManyRoots {
        /// The limit.
        limit: usize,
    },
    /// The search for a target was cut short.
    #[error("{path} was not found within {limit} delegated roles; shorten the delegations to it")]
    TooManyRoles {
        /// The target's path.
        path: String,
        /// The limit.
        limit: usize,
    },
    /// A module's version is too long to be a file's name.
    #[error("the version of module {module} is {bytes} bytes long; use at most 64")]
    LongVersion {
        /// The module, without its version.
        module: String,
        /// How long the version is.
        bytes: usize,
    },

    /// No such domain.
    #[error("domain `{domain}` is not in the repository; onboarded are: {onboarded}")]
    UnknownDomain {
        /// The domain asked for.
        domain: String,
        /// Those that there are.
        onboarded: String,
    },
    /// The domain was onboarded and has not published yet.
    #[error("domain `{domain}` has not published anything yet; have it publish")]
    NothingPublished {
        /// The domain.
        domain: String,
    },
    /// The domain does not publish the module in that version.
    #[error("module {module} is not published; versions that are: {published}")]
    UnknownModule {
        /// The module asked for.
        module: String,
        /// Its versions that the domain publishes.
        published: String,
    },
    /// There is no such document.
    #[error("{path} is not published; {remedy}")]
    UnknownDocument {
        /// The target's path.
        path: String,
        /// Who has to publish it.
        remedy: &'static str,
    },
    /// A target of a domain that something else than the domain's delegation vouches for.
    #[error(
        "{path} is vouched for by role `{role}` and not by domain `{domain}`; \
         central governance must leave it to the domain"
    )]
    NotSignedByDomain {
        /// The target's path.
        path: String,
        /// The role that vouches for it.
        role: String,
        /// The domain that should.
        domain: String,
    },
    /// A document's bytes are not those that were signed.
    #[error(
        "{path} is not what was signed: {what} is {found}, expected {expected}; it was changed \
         after it was signed: fetch the repository again, and do not use this copy"
    )]
    TamperedDocument {
        /// The target's path.
        path: String,
        /// What differs: length or sha256.
        what: &'static str,
        /// What the file has.
        found: String,
        /// What was signed.
        expected: String,
    },

    /// A module's bytes are not those that its domain signed.
    #[error(
        "module {module} is not what its domain signed: {what} is {found}, expected {expected}; \
         it was changed after it was signed: fetch the repository again, and do not run this copy"
    )]
    TamperedModule {
        /// The module.
        module: String,
        /// What differs: length or sha256.
        what: &'static str,
        /// What the file has.
        found: String,
        /// What the domain signed.
        expected: String,
    },
    /// Central governance did not approve these bytes under this name.
    #[error(
        "module {module} (sha256 {digest}) is not approved; \
         ask central governance to review and approve this digest"
    )]
    Unapproved {
        /// The module.
        module: String,
        /// The digest of its bytes.
        digest: String,
    },
    /// The approval found speaks of something else.
    #[error(
        "the approval of module {module} speaks of another {what}: it says {found}, expected \
         {expected}; ask central governance to approve this module again"
    )]
    OtherApproval {
        /// The module asked for.
        module: String,
        /// What differs: module or digest.
        what: &'static str,
        /// What the approval says.
        found: String,
        /// What the module is.
        expected: String,
    },
    /// The approval's time has passed.
    #[error(
        "the approval of module {module} expired at {expired} and it is {now}; \
         ask central governance to approve it again"
    )]
    ApprovalExpired {
        /// The module.
        module: String,
        /// When it expired.
        expired: Timestamp,
        /// The time that the repository was opened for.
        now: Timestamp,
    },
    /// The approval's time has not come.
    #[error(
        "the approval of module {module} begins at {not_before} and it is {now}; \
         wait, or use the version approved now"
    )]
    ApprovalNotYetValid {
        /// The module.
        module: String,
        /// When it begins.
        not_before: Timestamp,
        /// The time that the repository was opened for.
        now: Timestamp,
    },
    /// The digest, or the version, is on the deny list.
    #[error(
        "module {module} (sha256 {digest}) was revoked by central governance: {reason}; \
         use another version"
    )]
    Denied {
        /// The module.
        module: String,
        /// The digest of its bytes.
        digest: String,
        /// What central governance gives as the reason.
        reason: String,
    },
    /// The domain is on the deny list.
    #[error(
        "domain `{domain}` was revoked by central governance, with all that it signed: {reason}; \
         use another domain's products and modules"
    )]
    DeniedDomain {
        /// The domain.
        domain: String,
        /// What central governance gives as the reason.
        reason: String,
    },
    /// The module was approved for another version of the contract with the host.
    #[error(
        "module {module} was approved for version {found} of the module interface and this \
         release has {expected}; rebuild the module, publish it as a new version and have it approved"
    )]
    OtherWit {
        /// The module.
        module: String,
        /// The version in the approval.
        found: String,
        /// The version that this release speaks.
        expected: &'static str,
    },

    /// The client's store cannot be read or written.
    #[error(
        "cannot {action} {file} of the store, which remembers what was trusted: {source}; \
         check its permissions and the disk"
    )]
    Store {
        /// What was tried.
        action: &'static str,
        /// The file.
        file: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// What was trusted before is unreadable; without it an old repository would pass
    /// as current.
    #[error(
        "{file} of the store, which remembers what was trusted, is damaged: {detail}; \
         restore it, or remove the store knowingly: then an old repository cannot be told from \
         a current one"
    )]
    DamagedStore {
        /// The file.
        file: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The store and the trusted root speak of different repositories.
    #[error(
        "{file} of the store is another root of version {version} than the trusted one; \
         use a store of its own for each repository, or find out who gave you the other root"
    )]
    OtherRoot {
        /// The file.
        file: String,
        /// The version that both have.
        version: u64,
    },
    /// There is no root to begin with.
    #[error("there is no root of trust in {folder}; initialise it with one")]
    NoRoot {
        /// The store's folder.
        folder: String,
    },
}

/// The most of a foreign text that an error repeats, characters.
const EXCERPT_CHARS: usize = 200;

/// Foreign text, fit to be shown: short and without control characters.
pub(crate) fn excerpt(text: impl ToString) -> String {
    let text = text.to_string();
    let mut shown: String = escaped(&text.chars().take(EXCERPT_CHARS).collect::<String>());
    if text.chars().nth(EXCERPT_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

/// All of a foreign text, without control characters.
pub(crate) fn escaped(text: &str) -> String {
    let shown = |c: char| {
        // A terminal acts on control characters; other text stays readable.
        if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] }
    };
    text.chars().flat_map(shown).collect()
}

/// Names as a list for people.
pub(crate) fn names(names: impl IntoIterator<Item = impl ToString>) -> String {
    /// More would bury the message.
    const MOST: usize = 20;
    let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    match names.len() {
        0 => "none".to_owned(),
        n if n > MOST => {
            let shown: Vec<_> = names.into_iter().take(MOST).collect();
            format!("{} and {} more", shown.join(", "), n - MOST)
        }
        _ => names.join(", "),
    }
}
