//! Files that are no modules, or not such as may run here.

use bailiwick_terms::{Grants, Limits, Services};

use crate::arena::limits;
use crate::attack::{Class, file, strike};
use crate::support::stranger::{exporting, importing, transform};
use crate::support::{approved, component, engine};

/// A component that instantiates a core module so many times.
pub fn holding(core: &str, instances: usize) -> Vec<u8> {
    let instance = "(core instance (instantiate $core))".repeat(instances);
    transform(&format!("(core module $core {core}) {instance}"))
}

pub const CLASS: Class = Class {
    title: "Files and imports",
    says: "A file is looked at before it is compiled, and gets no import but those that its \
           approval grants: there is no clock to tell the time by, no thread, no file, no network.",
    attacks: &[
        file(
            "file-empty",
            "has no bytes",
            "refused: NotWasm: it does not begin as WebAssembly does",
            Vec::new,
        ),
        file(
            "file-garbage",
            "begins as a component does and goes on as nothing",
            "refused: NotWasm: malformed section id (at offset 0x8)",
            || [b"\0asm\x0d\0\x01\0".as_slice(), &[0xa5; 4_096]].concat(),
        ),
        file(
            "file-archive",
            "is an archive",
            "refused: NotWasm: it does not begin as WebAssembly does",
            || b"PK\x03\x04".to_vec(),
        ),
        file(
            "file-cut",
            "is a component cut in half",
            "refused: NotWasm: unexpected end-of-file (at offset 0x38)",
            || {
                let whole = holding("(memory 1)", 3);
                whole[..whole.len() / 2].to_vec()
            },
        ),
        file("file-core", "is a core module", "refused: CoreModule", || {
            wat::parse_str("(module)").unwrap()
        }),
        file(
            "file-large",
            "has a byte more than it may",
            "refused: TooLarge: 16777217 bytes of 16777216",
            || vec![0; limits().module_bytes as usize + 1],
        ),
        file(
            "wit-newer",
            "speaks a later version of the contract",
            "refused: WitVersion: 0.4.0",
            || exporting(&["module@0.4.0", "transform@0.4.0"]),
        ),
        file(
            "wit-loud",
            "imports a version that clears the screen",
            r#"refused: WitVersion: \u{1b}[2J"#,
            || importing("bailiwick:policy/log@\\1b[2J"),
        ),
        file("exports-none", "exports nothing", "refused: MissingExport: module", || {
            wat::parse_str("(component)").unwrap()
        }),
        file("exports-both", "is both a transform and a check", "refused: TwoKinds", || {
            exporting(&["module@0.3.0", "transform@0.3.0", "quality@0.3.0"])
        }),
        file(
            "exports-empty",
            "exports the interfaces with nothing in them",
            "describe: Contract: it exports no describe in bailiwick:policy/module@0.3.0",
            || transform(""),
        ),
        file(
            "describe-number",
            "its `describe` gives a number",
            "describe: Contract: describe of bailiwick:policy/module@0.3.0 has another type: type mismatch with results",
            || {
                let text = "(component
                (core module $core (func (export \"f\") (result i32) i32.const 7))
                (core instance $i (instantiate $core))
                (func $f (result u32) (canon lift (core func $i \"f\")))
                (instance $module (export \"describe\" (func $f))) (instance $none)
                (export \"bailiwick:policy/module@0.3.0\" (instance $module))
                (export \"bailiwick:policy/transform@0.3.0\" (instance $none)))";
                wat::parse_str(text).unwrap()
            },
        ),
        file(
            "import-clock",
            "imports WASI's clock",
            "refused: Import: wasi:clocks/monotonic-clock@0.2.0",
            || importing("wasi:clocks/monotonic-clock@0.2.0"),
        ),
        file(
            "import-random",
            "imports WASI's randomness",
            "refused: Import: wasi:random/random@0.2.0",
            || importing("wasi:random/random@0.2.0"),
        ),
        file(
            "import-files",
            "imports WASI's files",
            "refused: Import: wasi:filesystem/preopens@0.2.0",
            || importing("wasi:filesystem/preopens@0.2.0"),
        ),
        file(
            "import-network",
            "imports WASI's sockets",
            "refused: Import: wasi:sockets/tcp@0.2.0",
            || importing("wasi:sockets/tcp@0.2.0"),
        ),
        file(
            "import-no-service",
            "imports a service that there is not",
            "refused: Import: bailiwick:policy/network@0.3.0",
            || importing("bailiwick:policy/network@0.3.0"),
        ),
        file(
            "import-encryption",
            "imports encryption without a grant",
            "refused: Import: bailiwick:policy/encryption@0.3.0",
            || importing("bailiwick:policy/encryption@0.3.0"),
        ),
        file(
            "import-lookup",
            "imports reference tables without a grant",
            "refused: Import: bailiwick:policy/lookup@0.3.0",
            || importing("bailiwick:policy/lookup@0.3.0"),
        ),
        file("import-function", "imports a bare function", "refused: Import: clock", || {
            transform("(import \"clock\" (func (result u64)))")
        }),
        file(
            "import-loud",
            "imports a name that clears the screen and fills it",
            r#"refused: Import: \u{1b}[2Jxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… (525 bytes)"#,
            || importing(&format!("\\1b[2J{}", "x".repeat(10_000))),
        ),
        file(
            "import-log",
            "imports the log without a grant",
            "refused: Import: bailiwick:policy/log@0.3.0",
            || importing("bailiwick:policy/log@0.3.0"),
        ),
        file(
            "import-pseudonym",
            "imports keyed hashing without a grant",
            "refused: Import: bailiwick:policy/pseudonym@0.3.0",
            || importing("bailiwick:policy/pseudonym@0.3.0"),
        ),
        file(
            "threads",
            "has a memory that threads can share",
            "refused: Link: failed to parse WebAssembly module: threads must be enabled for shared memories (at offset 0x15)",
            || holding("(memory 1 1 shared)", 1),
        ),
        file(
            "export-loud",
            "a name that is there twice clears the screen",
            r#"refused: Link: failed to parse WebAssembly module: duplicate export name `\u{1b}[2J` already defined (at offset 0x26)"#,
            || {
                holding(
                    "(func $f) (export \"\\1b[2J\" (func $f)) (export \"\\1b[2J\" (func $f))",
                    1,
                )
            },
        ),
        strike(
            "import-log-type",
            "imports the log, granted, with another type",
            "refused: Link: component imports instance `bailiwick:policy/log@0.3.0`, but a matching implementation was not found in the linker: instance export `write` has the wrong type: type mismatch with parameters: expected 2-tuple, found 1-tuple",
            |arena| {
                let bytes = transform(
                    "(import \"bailiwick:policy/log@0.3.0\"
                    (instance (export \"write\" (func (param \"text\" u32)))))",
                );
                let services = Services { log: true, ..Services::default() };
                let grants = Grants { services, ..Grants::default() };
                let approved = approved("stranger", &bytes, grants, Limits::default());
                arena.timed(|| engine().load(&approved)).map(drop)
            },
        ),
        strike(
            "name-of-another",
            "is signed under another module's name",
            "refused: OtherName: echo@0.1.0",
            |arena| arena.loaded("mask", &component("echo")),
        ),
    ],
};
