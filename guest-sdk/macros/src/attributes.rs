//! What the attributes of a type, a variant or a field say.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, Type};

use crate::case::Case;

/// Everything that the schema depends on; the same for types, variants and fields,
/// as serde has the same words for them.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) doc: String,
    pub(crate) rename: Option<String>,
    pub(crate) rename_all: Option<Case>,
    pub(crate) rename_all_fields: Option<Case>,
    pub(crate) tag: Option<String>,
    pub(crate) content: Option<String>,
    pub(crate) untagged: bool,
    pub(crate) transparent: bool,
    pub(crate) closed: bool,
    pub(crate) default: bool,
    pub(crate) skip: bool,
    pub(crate) custom: bool,
    pub(crate) shown_as: Option<Type>,
    /// Bounds: `minimum` or `maximum`, and a number as JSON text.
    pub(crate) bounds: Vec<(&'static str, String)>,
}

impl Attributes {
    pub(crate) fn read(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut this = Self::default();
        let mut doc = Vec::new();
        for attribute in attributes {
            if attribute.path().is_ident("doc") {
                if let Meta::NameValue(meta) = &attribute.meta
                    && let Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) = &meta.value
                {
                    doc.push(line.value().trim().to_owned());
                }
            } else if attribute.path().is_ident("serde") {
                attribute.parse_nested_meta(|meta| this.serde(&meta))?;
            } else if attribute.path().is_ident("settings") {
                attribute.parse_nested_meta(|meta| this.settings(&meta))?;
            }
        }
        this.doc = paragraphs(&doc);
        Ok(this)
    }

    fn serde(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
        match name.as_str() {
            "rename" => self.rename = Some(text_or(meta, "deserialize")?),
            "rename_all" => self.rename_all = Some(case(meta)?),
            "rename_all_fields" => self.rename_all_fields = Some(case(meta)?),
            "tag" => self.tag = Some(text(meta)?),
            "content" => self.content = Some(text(meta)?),
            "untagged" => self.untagged = true,
            "transparent" => self.transparent = true,
            "deny_unknown_fields" => self.closed = true,
            "default" => {
                self.default = true;
                skip_value(meta)?;
            }
            "skip" | "skip_deserializing" => self.skip = true,
            "with" | "deserialize_with" | "from" | "try_from" => {
                self.custom = true;
                skip_value(meta)?;
            }
            "flatten" | "other" => {
                return Err(meta.error(format!(
                    "`{name}` has no JSON Schema that says the same: write the fields out"
                )));
            }
            _ => skip_value(meta)?,
        }
        Ok(())
    }

    fn settings(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let bound = ["minimum", "maximum"].into_iter().find(|name| meta.path.is_ident(name));
        if let Some(bound) = bound {
            let value: Expr = meta.value()?.parse()?;
            let number = quote::quote!(#value).to_string().replace([' ', '_'], "");
            if number.parse::<f64>().is_err() {
                return Err(meta.error("expected a number"));
            }
            self.bounds.push((bound, number));
            return Ok(());
        }
        // `as` is a keyword, so not an identifier to every parser.
        if meta.path.segments.last().is_some_and(|segment| segment.ident == "as") {
            let shown: LitStr = meta.value()?.parse()?;
            self.shown_as = Some(shown.parse()?);
            return Ok(());
        }
        Err(meta.error("expected `minimum`, `maximum` or `as`"))
    }
}

/// Lines joined to paragraphs, as people wrap doc comments.
fn paragraphs(lines: &[String]) -> String {
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.map(|lines| lines.join(" ")).collect::<Vec<_>>().join("\n\n")
}

fn text(meta: &ParseNestedMeta<'_>) -> syn::Result<String> {
    Ok(meta.value()?.parse::<LitStr>()?.value())
}

/// `name = "text"` or `name(key = "text", …)`.
fn text_or(meta: &ParseNestedMeta<'_>, key: &str) -> syn::Result<String> {
    if meta.input.peek(syn::Token![=]) {
        return text(meta);
    }
    let mut found = None;
    meta.parse_nested_meta(|inner| {
        let value = text(&inner)?;
        if inner.path.is_ident(key) {
            found = Some(value);
        }
        Ok(())
    })?;
    found.ok_or_else(|| meta.error(format!("expected `{key}`")))
}

fn case(meta: &ParseNestedMeta<'_>) -> syn::Result<Case> {
    let name = text_or(meta, "deserialize")?;
    Case::parse(&name).ok_or_else(|| meta.error(format!("unknown case {name:?}")))
}

fn skip_value(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if meta.input.peek(syn::Token![=]) {
        meta.value()?.parse::<Expr>()?;
    } else if meta.input.peek(syn::token::Paren) {
        meta.parse_nested_meta(|inner| skip_value(&inner))?;
    }
    Ok(())
}
