//! How much is read at most, and why: whatever answers for the repository may
//! answer with endless bytes, or none, before anything of it is verified.

use std::time::Duration;

pub use bailiwick_terms::MAX_CASES_BYTES;

/// Size of a root, bytes: 64 KiB. A key with its id takes some 300 bytes, and
/// each signature 200: this holds the keys of more than a hundred signers.
pub const MAX_ROOT_BYTES: u64 = 64 << 10;

/// Size of the timestamp, bytes: 16 KiB. It describes one file and has few signers.
pub const MAX_TIMESTAMP_BYTES: u64 = 16 << 10;

/// Size of the snapshot, bytes: 4 MiB. A domain takes some 150 bytes: 20,000 domains.
pub const MAX_SNAPSHOT_BYTES: u64 = 4 << 20;

/// Size of the metadata of central governance or of one domain, bytes: 8 MiB.
/// A target takes some 250 bytes: 30,000 modules, documents or approvals.
pub const MAX_TARGETS_BYTES: u64 = 8 << 20;

/// Path patterns in one role's delegations: 8,192. Each is tried against each target
/// that is asked for. A domain takes two, and one for each further scope: 4,096 domains.
pub const MAX_PATTERNS: usize = 8192;

/// Size of one path pattern, bytes: 256. Ours have at most 100.
pub const MAX_PATTERN_BYTES: usize = 256;

/// New roots followed in one update: 256 (TUF 5.3.3 asks for a bound). A root that
/// changes every month takes 21 years to get there.
pub const MAX_ROOT_UPDATES: usize = 256;

/// Roles visited in search of one target: 32 (TUF 5.6.7.1 asks for a bound). Ours
/// are found at the second.
pub const MAX_ROLES_VISITED: usize = 32;

/// Size of a contract, bindings, the framework or the deny list, bytes: 4 MiB. The
/// largest contracts, with thousands of columns, take some 1 MiB.
pub const MAX_DOCUMENT_BYTES: u64 = 4 << 20;

/// Size of an approval, bytes: 64 KiB. A usual one takes 1 KiB.
pub const MAX_APPROVAL_BYTES: u64 = 64 << 10;

/// Size of a module, bytes: 64 MiB. What an approval allows it is its
/// `module_bytes` (16 MiB unless stated); this bounds what is read before an
/// approval is known.
pub const MAX_MODULE_BYTES: u64 = 64 << 20;

/// Size of a file that a domain publishes at a path of its further scope, bytes: 64 MiB, as
/// a module.
pub const MAX_FILE_BYTES: u64 = MAX_MODULE_BYTES;

/// Size of a reference table that a domain publishes, bytes: 16 MiB. It is fetched and held
/// by every run that looks rows up in it: what is larger is a product's output.
pub const MAX_TABLE_BYTES: u64 = 16 << 20;

/// Targets that a client keeps beside its store, bytes in all: 1 GiB. What was written
/// longest ago goes first.
pub const MAX_KEPT_BYTES: u64 = 1 << 30;

/// Length of a module's version as text, bytes: 64. It becomes part of a file
/// name beside a digest of 64 digits, and file systems end names at 255.
pub const MAX_VERSION_BYTES: usize = 64;

/// Size of a private key's file, bytes: 16 KiB. An Ed25519 key takes 120 bytes.
pub const MAX_KEY_BYTES: u64 = 16 << 10;

/// Length of a target's path, bytes: 1,024. Ours have at most 300.
pub const MAX_PATH_BYTES: usize = 1024;

/// Attempts at one file of a server that does not answer: 4, the last 700 ms after
/// the first has failed.
pub const MAX_ATTEMPTS: u32 = 4;

/// Redirects followed for one file: 4.
pub const MAX_REDIRECTS: u32 = 4;

/// Time for one file of a server, from the look-up of its name to the last byte, all
/// attempts together: 5 minutes. A server that sends slowly for ever is one that does not
/// answer; the largest module takes that long at 1.8 Mbit/s.
pub const DOWNLOAD_TIME: Duration = Duration::from_secs(300);

/// Versions of one domain's metadata that may wait for the next refresh: 256. A refresh
/// a day then takes up a submission every six minutes.
pub const MAX_SUBMITTED: usize = 256;

/// Roles in one pending change: 64. A change of one role is usual, of a domain's keys two.
pub const MAX_PENDING_ROLES: usize = 64;
