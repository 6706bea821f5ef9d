//! What the standard policies import, and that they stay small.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::panic)]

mod interfaces;

use std::path::Path;

use bailiwick_guest_build::{GuestProject, Toolchain};
use interfaces::interfaces;

/// The most that a masking module may take, bytes.
const MASK_LIMIT: usize = 154 << 10;

#[test]
fn mask_is_small_and_modules_import_only_what_they_call() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    // The folder that all guests of this workspace are built in.
    let target_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../guests");
    let packages = ["bailiwick-policy-mask", "bailiwick-policy-derive"];
    let project = GuestProject::new(workspace).packages(packages);
    let built = Toolchain::detect().unwrap().build(&project, target_dir).unwrap();
    let [mask, derive] = built.as_slice() else { panic!("{built:?}") };

    assert_eq!([mask.name.as_str(), derive.name.as_str()], ["mask", "derive"]);
    assert!(mask.bytes.len() < MASK_LIMIT, "{} bytes", mask.bytes.len());
    let exports = ["bailiwick:policy/module@0.3.0", "bailiwick:policy/transform@0.3.0"];
    let (imported, exported) = interfaces(&mask.bytes);
    assert_eq!(imported, ["bailiwick:policy/columnar@0.3.0", "bailiwick:policy/pseudonym@0.3.0"]);
    assert_eq!(exported, exports);
    let (imported, exported) = interfaces(&derive.bytes);
    assert_eq!(imported, ["bailiwick:policy/columnar@0.3.0"]);
    assert_eq!(exported, exports);
}
