//! What is looked at before a module is compiled: its kind, its imports, and how much
//! work it makes.

use bailiwick_terms::{Services, WIT_VERSION};
use wasmparser::{Encoding, Parser, Payload};

use crate::complexity::Complexity;
use crate::fault::Admission;
use crate::{GuestText, Kind, interface_name};

/// How every module and component begins (WebAssembly, binary format, "Modules").
const MAGIC: &[u8] = b"\0asm";

/// The names at the boundary of a component.
#[derive(Debug)]
pub(crate) struct Boundary {
    pub(crate) imports: Vec<String>,
    pub(crate) kind: Kind,
}

/// Refuses what compiling would take too much work for.
pub(crate) fn check_complexity(bytes: &[u8]) -> Result<(), Admission> {
    let mut complexity = Complexity::default();
    for payload in Parser::new(0).parse_all(bytes) {
        complexity.add(&payload.map_err(|error| Admission::not_wasm(&error))?)?;
    }
    Ok(())
}

/// Reads the names at the boundary and refuses what is not one of our components.
pub(crate) fn boundary(bytes: &[u8]) -> Result<Boundary, Admission> {
    let broken = |error: wasmparser::BinaryReaderError| Admission::not_wasm(&error);
    // Said here, since what the parser says of it is a dump of bytes.
    if !bytes.starts_with(MAGIC) {
        let reason = "it does not begin as WebAssembly does".into();
        return Err(Admission::NotWasm { reason });
    }
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    // Only names at the outermost level are the component's own.
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(broken)?;
        match payload {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                return Err(Admission::CoreModule);
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    imports.push(import.map_err(broken)?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    exports.push(export.map_err(broken)?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    for name in exports.iter().chain(&imports) {
        if let Some(version) = other_version(name) {
            return Err(Admission::WitVersion { found: GuestText::new(&version) });
        }
    }
    let exported = |interface| exports.contains(&interface_name(interface));
    if !exported("module") {
        return Err(Admission::MissingExport { expected: "module" });
    }
    let kind = match (exported("transform"), exported("quality")) {
        (true, true) => return Err(Admission::TwoKinds),
        (false, false) => {
            return Err(Admission::MissingExport { expected: "transform or quality" });
        }
        (true, false) => Kind::Transform,
        (false, true) => Kind::Quality,
    };
    Ok(Boundary { imports, kind })
}

fn other_version(name: &str) -> Option<String> {
    let (_, version) = name.strip_prefix("bailiwick:policy/")?.split_once('@')?;
    (version != WIT_VERSION).then(|| version.to_owned())
}

/// Holds the imports to what was granted.
pub(crate) fn check_imports(imports: &[String], services: &Services) -> Result<(), Admission> {
    for import in imports {
        let refused = |why| Admission::Import { import: GuestText::new(import), why };
        let interface = import
            .strip_prefix("bailiwick:policy/")
            .and_then(|rest| rest.strip_suffix(&format!("@{WIT_VERSION}")));
        match interface {
            // Types alone; tools list their interface as an import all the same.
            Some("columnar") => {}
            Some("pseudonym") if !services.pseudonym.is_empty() => {}
            Some("encryption") if !services.encryption.is_empty() => {}
            Some("lookup") if services.lookup => {}
            Some("log") if services.log => {}
            Some("pseudonym") => {
                return Err(refused(
                    "its approval does not grant; approve it with `services: {pseudonym: [KEY]}`",
                ));
            }
            Some("encryption") => {
                return Err(refused(
                    "its approval does not grant; approve it with `services: {encryption: [KEY]}`",
                ));
            }
            Some("lookup") => {
                return Err(refused(
                    "its approval does not grant; approve it with `services: {lookup: true}`",
                ));
            }
            Some("log") => {
                return Err(refused(
                    "its approval does not grant; approve it with `services: {log: true}`",
                ));
            }
            _ if import.starts_with("wasi:") => {
                return Err(refused(
                    "no module may have: there are no clocks, files, network or randomness here; \
                     build it without WASI, Rust as `bailiwick build` does, others as \
                     docs/other-languages.md says",
                ));
            }
            _ => return Err(refused("is no service of this host")),
        }
    }
    Ok(())
}
