//! What a component imports and exports.

use wit_component::DecodedWasm;

/// Names of the interfaces that a component imports and exports, each sorted.
pub(crate) fn interfaces(component: &[u8]) -> (Vec<String>, Vec<String>) {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component).unwrap() else {
        panic!("not a component");
    };
    let world = &resolve.worlds[world];
    let names = |items: &mut dyn Iterator<Item = &wit_parser::WorldKey>| {
        let mut names: Vec<String> = items.map(|key| resolve.name_world_key(key)).collect();
        names.sort();
        names
    };
    (names(&mut world.imports.keys()), names(&mut world.exports.keys()))
}
