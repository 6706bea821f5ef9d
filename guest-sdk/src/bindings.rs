//! The code generated from `wit/`.
//!
//! Both worlds of the contract export `module`, and one crate cannot hold the code
//! for an export twice. So each world is generated in parts, which the component
//! encoder puts together again: a transform is `module` and `transform`, a check is
//! `module` and `quality`.

#![allow(missing_docs, unreachable_pub, unused_qualifications, clippy::all)]
#![allow(clippy::indexing_slicing, clippy::undocumented_unsafe_blocks, clippy::unwrap_used)]

pub mod module {
    wit_bindgen::generate!({
        path: "../wit",
        inline: "package bailiwick:parts; world module { export bailiwick:policy/module@0.3.0; }",
        generate_all,
        runtime_path: "::bailiwick_guest::bindings::wit_bindgen::rt",
        default_bindings_module: "::bailiwick_guest::bindings::module",
        export_macro_name: "export_module",
        pub_export_macro: true,
        disable_run_ctors_once_workaround: true,
    });
}

pub mod transform {
    wit_bindgen::generate!({
        path: "../wit",
        inline: "package bailiwick:parts;
            world transform {
                import bailiwick:policy/pseudonym@0.3.0;
                import bailiwick:policy/encryption@0.3.0;
                import bailiwick:policy/lookup@0.3.0;
                import bailiwick:policy/log@0.3.0;
                export bailiwick:policy/transform@0.3.0;
            }",
        generate_all,
        runtime_path: "::bailiwick_guest::bindings::wit_bindgen::rt",
        default_bindings_module: "::bailiwick_guest::bindings::transform",
        export_macro_name: "export_transform",
        pub_export_macro: true,
        disable_run_ctors_once_workaround: true,
    });
}

pub mod quality {
    wit_bindgen::generate!({
        path: "../wit",
        inline: "package bailiwick:parts;
            world quality { export bailiwick:policy/quality@0.3.0; }",
        with: {
            "bailiwick:policy/columnar@0.3.0":
                crate::bindings::transform::bailiwick::policy::columnar,
        },
        generate_all,
        runtime_path: "::bailiwick_guest::bindings::wit_bindgen::rt",
        default_bindings_module: "::bailiwick_guest::bindings::quality",
        export_macro_name: "export_quality",
        pub_export_macro: true,
        disable_run_ctors_once_workaround: true,
    });
}

pub use wit_bindgen;
