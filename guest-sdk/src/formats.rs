//! Whether a text is of a well-known format. Whole texts, without white space around.
//!
//! Each function says what it holds a text to; what only the world knows (whether a
//! mailbox exists, whether a country still does) is no format.

mod checksums;
mod codes;
mod json;
mod network;
mod numbers;

pub use checksums::{is_card_number, is_iban, is_luhn};
pub use codes::{is_country, is_country_alpha3, is_currency, is_language};
pub use json::is_json;
pub use network::{
    is_email, is_hostname, is_ip, is_ipv4, is_ipv6, is_mac_address, is_uri, is_uuid,
};
pub use numbers::{
    is_boolean, is_date, is_integer, is_latitude, is_longitude, is_number, is_phone, is_time,
    is_timestamp,
};
