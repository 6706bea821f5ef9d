//! From a core module to a component that holds nothing but what runs.

use wasm_encoder::{ComponentSectionId, RawSection, Section};
use wasmparser::{Encoding, Parser, Payload};
use wit_component::ComponentEncoder;

use crate::BuildError;

/// Where the bindings put the types of what a module imports and exports.
const TYPES_PREFIX: &str = "component-type";

/// Makes a component of a core module whose bindings carry its types; drops names,
/// producers and whatever else only describes; validates the outcome.
///
/// # Errors
/// Where the module carries no types, or imports or exports what they do not say.
pub fn encode(core: &[u8]) -> Result<Vec<u8>, BuildError> {
    let failed = |why: String| BuildError::Encode { package: String::from("core module"), why };
    let core = stripped(core, true).map_err(|error| failed(error.to_string()))?;
    let encoder = ComponentEncoder::default().validate(true).module(&core);
    let component = encoder
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| failed(format!("{error:#}")))?;
    let component = stripped(&component, false).map_err(|error| failed(error.to_string()))?;
    wasmparser::Validator::new()
        .validate_all(&component)
        .map_err(|error| failed(error.to_string()))?;
    Ok(component)
}

/// The module or component without its custom sections, those of modules and
/// components within it too; `types` keeps the bindings' types.
fn stripped(bytes: &[u8], types: bool) -> Result<Vec<u8>, wasmparser::BinaryReaderError> {
    // Of each module or component that is open: what it holds so far.
    let mut open: Vec<(Encoding, Vec<u8>)> = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        match &payload {
            Payload::Version { encoding, range, .. } => {
                let header = bytes.get(range.start..range.end).unwrap_or_default().to_vec();
                open.push((*encoding, header));
            }
            Payload::End(_) => {
                let Some((encoding, inner)) = open.pop() else { continue };
                let Some((_, outer)) = open.last_mut() else { return Ok(inner) };
                let id = match encoding {
                    Encoding::Module => ComponentSectionId::CoreModule,
                    Encoding::Component => ComponentSectionId::Component,
                };
                append(outer, id as u8, &inner);
            }
            Payload::CustomSection(section)
                if !(types && section.name().starts_with(TYPES_PREFIX)) => {}
            // Its content comes as payloads of their own.
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {}
            other => {
                if let (Some((id, range)), Some((_, outer))) = (other.as_section(), open.last_mut())
                {
                    append(outer, id, bytes.get(range).unwrap_or_default());
                }
            }
        }
    }
    Ok(bytes.to_vec())
}

fn append(outer: &mut Vec<u8>, id: u8, data: &[u8]) {
    RawSection { id, data }.append_to(outer);
}
