//! Components that nobody's guest is: written out, with what a test is about in them.

/// A component of these parts, which exports what a transform must, though with
/// nothing in it.
pub fn transform(parts: &str) -> Vec<u8> {
    let exports = "(instance $none)
        (export \"bailiwick:policy/module@0.3.0\" (instance $none))
        (export \"bailiwick:policy/transform@0.3.0\" (instance $none))";
    wat::parse_str(format!("(component {parts} {exports})")).unwrap()
}

/// The same, with one import.
pub fn importing(interface: &str) -> Vec<u8> {
    transform(&format!("(import \"{interface}\" (instance))"))
}

/// A component that exports these interfaces of ours, with nothing in them.
pub fn exporting(interfaces: &[&str]) -> Vec<u8> {
    let export = |name: &&str| format!("(export \"bailiwick:policy/{name}\" (instance $none))");
    let exports: String = interfaces.iter().map(export).collect();
    wat::parse_str(format!("(component (instance $none) {exports})")).unwrap()
}
