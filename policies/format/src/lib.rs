//! The module `format`: which texts are not of a well-known format.
//!
//! One rule, `well-formed`. A null passes: `completeness` is what refuses it; an empty
//! text fails. White space around a text is part of it: `clean` is what trims. Settings:
//!
//! | member | means |
//! |---|---|
//! | `format` | the format that each whole text has |
//!
//! | `format` | a text passes that is |
//! |---|---|
//! | `integer` | digits, with or without sign |
//! | `number` | a decimal number, with or without sign, fraction and exponent |
//! | `boolean` | `true` or `false`, in either case |
//! | `date` | a date of the calendar as `2013-12-31` |
//! | `time` | a time of day as `23:59`, `23:59:59` or `23:59:59.9` |
//! | `timestamp` | a date and a time (RFC 3339), with or without `Z` or an offset |
//! | `json` | one JSON value (RFC 8259), at most 128 levels deep |
//! | `uuid` | a UUID (RFC 9562), in either case |
//! | `email` | a mail address, `dot-atom@domain` in ASCII (RFC 5322) |
//! | `hostname` | a name of a host (RFC 1123) |
//! | `uri` | a URI with a scheme (RFC 3986) |
//! | `ip`, `ipv4`, `ipv6` | an address of the internet protocol |
//! | `mac-address` | six pairs of hexadecimal digits with `:` or `-` |
//! | `country`, `country-alpha3` | a code of ISO 3166-1, of two or three capitals |
//! | `currency` | a code of ISO 4217 |
//! | `language` | a code of ISO 639-1, of two small letters |
//! | `iban` | an IBAN without spaces: country, length and checksum |
//! | `luhn` | digits of which the last is Luhn's check digit |
//! | `card-number` | 13 to 19 such digits of a payment card, in groups or not |
//! | `phone` | an international telephone number (E.164), in groups or not |
//! | `latitude`, `longitude` | a number up to 90 or 180, either sign |
//!
//! For other forms, bind `pattern`.

use bailiwick_guest::{
    About, Batch, Bitmap, BitmapBuilder, Check, CheckPlan, Dimension, Result, Rule, Schema, Scope,
    Settings, about, formats,
};
use serde::Deserialize;

/// Which format texts have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The format that each whole text has.
    pub format: Format,
}

macro_rules! formats {
    ($($(#[doc = $doc:literal])* $variant:ident, $name:literal by $function:ident;)*) => {
        /// A well-known format.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
        #[serde(rename_all = "kebab-case")]
        pub enum Format {
            $(
                $(#[doc = $doc])*
                #[serde(rename = $name)]
                $variant,
            )*
        }

        impl Format {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in the settings.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// What says whether a text has it.
            pub fn matcher(self) -> fn(&str) -> bool {
                match self {
                    $(Self::$variant => formats::$function,)*
                }
            }
        }
    };
}

formats! {
    /// Digits, with or without sign.
    Integer, "integer" by is_integer;
    /// A decimal number.
    Number, "number" by is_number;
    /// `true` or `false`, in either case.
    Boolean, "boolean" by is_boolean;
    /// A date as `2013-12-31`.
    Date, "date" by is_date;
    /// A time of day as `23:59:59`.
    Time, "time" by is_time;
    /// A date and a time, with or without `Z` or an offset.
    Timestamp, "timestamp" by is_timestamp;
    /// One JSON value.
    Json, "json" by is_json;
    /// A UUID, in either case.
    Uuid, "uuid" by is_uuid;
    /// A mail address in ASCII.
    Email, "email" by is_email;
    /// A name of a host.
    Hostname, "hostname" by is_hostname;
    /// A URI with a scheme.
    Uri, "uri" by is_uri;
    /// An IPv4 or IPv6 address.
    Ip, "ip" by is_ip;
    /// An IPv4 address.
    Ipv4, "ipv4" by is_ipv4;
    /// An IPv6 address.
    Ipv6, "ipv6" by is_ipv6;
    /// Six pairs of hexadecimal digits with `:` or `-` between them.
    MacAddress, "mac-address" by is_mac_address;
    /// A country by the two capitals of ISO 3166-1.
    Country, "country" by is_country;
    /// A country by the three capitals of ISO 3166-1.
    CountryAlpha3, "country-alpha3" by is_country_alpha3;
    /// A currency by the three capitals of ISO 4217.
    Currency, "currency" by is_currency;
    /// A language by the two small letters of ISO 639-1.
    Language, "language" by is_language;
    /// An IBAN without spaces.
    Iban, "iban" by is_iban;
    /// Digits of which the last is Luhn's check digit.
    Luhn, "luhn" by is_luhn;
    /// The number of a payment card.
    CardNumber, "card-number" by is_card_number;
    /// An international telephone number.
    Phone, "phone" by is_phone;
    /// A number from -90 to 90.
    Latitude, "latitude" by is_latitude;
    /// A number from -180 to 180.
    Longitude, "longitude" by is_longitude;
}

/// The opened module.
#[derive(Debug)]
pub struct WellFormed(Format);

impl Check for WellFormed {
    type Settings = Options;
    const ABOUT: About =
        about!("format", Scope::Column, "Finds texts that are not of a well-known format.");

    fn plan(options: &Options, input: &Schema) -> Result<CheckPlan> {
        let field = input.only()?;
        if !field.data_type.is_text() {
            return Err(field.unexpected("text"));
        }
        let summary = format!("column {:?} is of format {}", field.name, options.format.name());
        let rule = Rule::row("well-formed", Dimension::Conformity, summary);
        Ok(CheckPlan::reading([&field.name]).judging([rule]).independent())
    }

    fn open(options: Options, _reads: &Schema) -> Result<Self> {
        Ok(Self(options.format))
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let text = rows.only()?.as_utf8()?;
        let matches = self.0.matcher();
        let mut fails = BitmapBuilder::with_capacity(text.len());
        text.values().for_each(|value| fails.push(!matches(value)));
        let fails = fails.finish();
        Ok(vec![match text.validity() {
            Some(validity) => fails.and(validity),
            None => fails,
        }])
    }
}

bailiwick_guest::export_check!(WellFormed);
