//! The schema of a struct or an enum, as code that makes its text.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Error, Field, Fields, Result, Type, Variant};

use crate::attributes::Attributes;
use crate::case::Case;

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "settings have no generics"));
    }
    let attributes = Attributes::read(&input.attrs)?;
    // `as = "Self"`: read by other means, but of the form that is written here.
    let own = attributes.shown_as.as_ref().is_some_and(is_self);
    let shown = attributes.shown_as.as_ref().filter(|_| !own);
    let schema = if let Some(shown) = shown {
        quote!(definitions.refer::<#shown>())
    } else if attributes.custom && !own {
        return Err(Error::new_spanned(
            &input.ident,
            "custom deserialisation: say `#[settings(as = \"…\")]` with the type it reads",
        ));
    } else {
        match &input.data {
            Data::Struct(data) => of_fields(
                &data.fields,
                attributes.rename_all,
                attributes.default,
                &attributes,
                None,
            )?,
            Data::Enum(data) => {
                let variants = data.variants.iter().collect::<Vec<_>>();
                of_enum(&variants, &attributes)?
            }
            Data::Union(_) => {
                return Err(Error::new_spanned(&input.ident, "settings are no union"));
            }
        }
    };
    let schema = described(&attributes, schema);
    let (ident, name) = (&input.ident, input.ident.unraw().to_string());
    Ok(quote! {
        #[automatically_derived]
        impl ::bailiwick_guest::Settings for #ident {
            const NAME: ::core::option::Option<(&'static str, &'static str)> =
                ::core::option::Option::Some((::core::module_path!(), #name));

            fn schema(
                definitions: &mut ::bailiwick_guest::settings::Definitions,
            ) -> ::std::string::String {
                let _ = &definitions;
                #schema
            }
        }
    })
}

fn is_self(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("Self"))
}

/// The schema with the doc comment and the bounds.
fn described(attributes: &Attributes, schema: TokenStream) -> TokenStream {
    let mut schema = schema;
    for (key, value) in &attributes.bounds {
        schema = quote!(::bailiwick_guest::settings::bounded(#key, #value, #schema));
    }
    if attributes.doc.is_empty() {
        return schema;
    }
    let members = format!("\"description\":{}", json_string(&attributes.doc));
    quote!(::bailiwick_guest::settings::with(#members, #schema))
}

/// The schema of a struct, or of what a variant holds; `tag` is a property that
/// has always the same value: its name and the value.
fn of_fields(
    fields: &Fields,
    case: Option<Case>,
    defaults: bool,
    container: &Attributes,
    tag: Option<(&str, &str)>,
) -> Result<TokenStream> {
    let tag = tag.map(|(name, value)| {
        let (name, schema) = (json_string(name), constant(value));
        quote!(object.property(#name, true, #schema);)
    });
    let closed = container.closed;
    let properties = match fields {
        Fields::Named(fields) => fields
            .named
            .iter()
            .map(|field| property(field, case, defaults))
            .collect::<Result<_>>()?,
        Fields::Unit => TokenStream::new(),
        Fields::Unnamed(fields) => {
            let mut all = fields.unnamed.iter();
            let (Some(field), None, None) = (all.next(), all.next(), &tag) else {
                return Err(Error::new_spanned(
                    fields,
                    "settings have names: use named fields, or one field without a tag",
                ));
            };
            return of_field(field, &Attributes::read(&field.attrs)?);
        }
    };
    if container.transparent
        && let Some(field) = fields.iter().next()
    {
        return of_field(field, &Attributes::read(&field.attrs)?);
    }
    Ok(quote!({
        let mut object = ::bailiwick_guest::settings::ObjectSchema::default();
        #tag
        #properties
        object.finish(#closed)
    }))
}

fn of_field(field: &Field, attributes: &Attributes) -> Result<TokenStream> {
    let ty = match &attributes.shown_as {
        Some(shown) => shown,
        None if attributes.custom => {
            return Err(Error::new_spanned(
                field,
                "custom deserialisation: say `#[settings(as = \"…\")]` with the type it reads",
            ));
        }
        None => &field.ty,
    };
    Ok(described(attributes, quote!(definitions.refer::<#ty>())))
}

fn property(field: &Field, case: Option<Case>, defaults: bool) -> Result<TokenStream> {
    let attributes = Attributes::read(&field.attrs)?;
    if attributes.skip {
        return Ok(TokenStream::new());
    }
    let ident = field.ident.as_ref().map(|ident| ident.unraw().to_string()).unwrap_or_default();
    let renamed = case.map_or_else(|| ident.clone(), |case| case.of_field(&ident));
    let name = json_string(&attributes.rename.clone().unwrap_or(renamed));
    let (ty, schema) = (&field.ty, of_field(field, &attributes)?);
    let required = !attributes.default && !defaults;
    Ok(quote! {
        let schema = #schema;
        let optional = <#ty as ::bailiwick_guest::Settings>::OPTIONAL;
        object.property(#name, #required && !optional, &schema);
    })
}

fn of_enum(variants: &[&Variant], container: &Attributes) -> Result<TokenStream> {
    let mut schemas = Vec::new();
    for variant in variants {
        let attributes = Attributes::read(&variant.attrs)?;
        if !attributes.skip {
            schemas.push(described(&attributes, of_variant(variant, &attributes, container)?));
        }
    }
    let word = if container.untagged { "anyOf" } else { "oneOf" };
    let open = format!("{{\"{word}\":[");
    Ok(quote! {
        ::std::format!("{}{}]}}", #open, [#(#schemas),*].join(","))
    })
}

fn of_variant(
    variant: &Variant,
    attributes: &Attributes,
    container: &Attributes,
) -> Result<TokenStream> {
    let ident = variant.ident.unraw().to_string();
    let renamed =
        container.rename_all.map_or_else(|| ident.clone(), |case| case.of_variant(&ident));
    let name = attributes.rename.clone().unwrap_or(renamed);
    let case = attributes.rename_all.or(container.rename_all_fields);
    let fields = |tag| of_fields(&variant.fields, case, attributes.default, container, tag);

    if container.untagged {
        return match variant.fields {
            Fields::Unit => Ok(quote!(::std::string::String::from("{\"type\":\"null\"}"))),
            _ => fields(None),
        };
    }
    let (outer, content) = match (&container.tag, &container.content) {
        (Some(tag), None) => return fields(Some((tag, &name))),
        (Some(tag), Some(content)) => (Some(tag), content.clone()),
        (None, _) => (None, name.clone()),
    };
    if matches!(variant.fields, Fields::Unit) {
        if outer.is_none() {
            let schema = constant(&name);
            return Ok(quote!(::std::string::String::from(#schema)));
        }
        let tag = outer.map(|tag| (tag.as_str(), name.as_str()));
        return of_fields(&variant.fields, None, false, container, tag);
    }
    let held = fields(None)?;
    let content = json_string(&content);
    let tag = outer.map(|tag| {
        let (tag, schema) = (json_string(tag), constant(&name));
        quote!(object.property(#tag, true, #schema);)
    });
    Ok(quote!({
        let schema = #held;
        let mut object = ::bailiwick_guest::settings::ObjectSchema::default();
        #tag
        object.property(#content, true, &schema);
        object.finish(true)
    }))
}

fn constant(value: &str) -> String {
    format!("{{\"const\":{}}}", json_string(value))
}

/// JSON (RFC 8259, section 7) of a text.
fn json_string(text: &str) -> String {
    let mut json = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            control if control.is_control() => {
                json.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => json.push(other),
        }
    }
    json.push('"');
    json
}
