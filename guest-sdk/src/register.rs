//! The macros that make a crate a module.

/// Makes the crate a module of a [`Map`](crate::Map). Once a crate, at its root;
/// natively it does nothing but check the type.
#[macro_export]
macro_rules! export_map {
    ($module:ty) => {
        const _: fn() = || {
            fn is_map<M: $crate::Map>() {}
            is_map::<$module>();
        };
        $crate::__export_transform!($crate::runtime::MapModule<$module>);
    };
}

/// Makes the crate a module of a [`Filter`](crate::Filter). Once a crate, at its
/// root; natively it does nothing but check the type.
#[macro_export]
macro_rules! export_filter {
    ($module:ty) => {
        const _: fn() = || {
            fn is_filter<M: $crate::Filter>() {}
            is_filter::<$module>();
        };
        $crate::__export_transform!($crate::runtime::FilterModule<$module>);
    };
}

/// Makes the crate a module of a [`Reshape`](crate::Reshape). Once a crate, at its
/// root; natively it does nothing but check the type.
#[macro_export]
macro_rules! export_reshape {
    ($module:ty) => {
        const _: fn() = || {
            fn is_reshape<M: $crate::Reshape>() {}
            is_reshape::<$module>();
        };
        $crate::__export_transform!($crate::runtime::ReshapeModule<$module>);
    };
}

/// Makes the crate a module of a [`Check`](crate::Check). Once a crate, at its
/// root; natively it does nothing but check the type.
#[macro_export]
macro_rules! export_check {
    ($module:ty) => {
        const _: fn() = || {
            fn is_check<M: $crate::Check>() {}
            is_check::<$module>();
        };
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Exports = $crate::export::CheckExport<$module>;
            $crate::bindings::module::export_module!(
                Exports with_types_in $crate::bindings::module
            );
            $crate::bindings::quality::export_quality!(
                Exports with_types_in $crate::bindings::quality
            );
        };
    };
}

/// Makes the crate a module of anything that speaks in terms of what crosses: for
/// modules that test the host by breaking its rules.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_transform {
    ($transform:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Exports = $crate::export::TransformExport<$transform>;
            $crate::bindings::module::export_module!(
                Exports with_types_in $crate::bindings::module
            );
            $crate::bindings::transform::export_transform!(
                Exports with_types_in $crate::bindings::transform
            );
        };
    };
}
