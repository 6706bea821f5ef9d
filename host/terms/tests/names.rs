//! Names parse, print and refuse as their docs say.

use bailiwick_terms::{DomainName, Label, ModuleDigest, ModuleName, ProductName};

#[test]
fn a_name_prints_as_it_was_parsed() {
    for text in ["governance/mask@1.0.0", "air/taxi-time@0.3.1-rc.2+build.5"] {
        let name: ModuleName = text.parse().unwrap();
        assert_eq!(name.to_string(), text);
    }
    let name: ProductName = "sales/bookings_2013".parse().unwrap();
    assert_eq!((name.domain().as_str(), name.product().as_str()), ("sales", "bookings_2013"));
}

#[test]
fn what_could_leave_its_folder_is_no_name() {
    for text in ["", ".", "..", "a/b", "a\\b", "Sales", "1st", "é", "a b", "a\0", "-a"] {
        assert!(text.parse::<DomainName>().is_err(), "{text:?}");
    }
    for text in ["sales", "sales/", "/bookings", "sales/a/b", "sales/..", "sales/a@1.0.0"] {
        assert!(text.parse::<ProductName>().is_err(), "{text:?}");
    }
    for text in ["a/b", "a/b@", "a/b@1", "a/b@../c", "a/b@1.0.0/x", "b@1.0.0"] {
        assert!(text.parse::<ModuleName>().is_err(), "{text:?}");
    }
}

#[test]
fn a_name_has_at_most_64_bytes() {
    assert!("a".repeat(64).parse::<DomainName>().is_ok());
    assert!("a".repeat(65).parse::<DomainName>().is_err());
    assert!("a".repeat(64).parse::<Label>().is_ok());
    assert!("a".repeat(65).parse::<Label>().is_err());
}

#[test]
fn an_error_says_what_was_expected_and_found() {
    let error = "bookings".parse::<ProductName>().unwrap_err();
    assert_eq!(
        error.to_string(),
        r#""bookings" is not a data product: expected `domain/product`, such as `sales/bookings`"#
    );
}

#[test]
fn a_digest_is_of_the_bytes() {
    // FIPS 180-4 example: the digest of the empty message.
    let digest = ModuleDigest::of(b"");
    let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(digest.to_string(), text);
    assert_eq!(text.parse::<ModuleDigest>().unwrap(), digest);
    assert!(text.to_uppercase().parse::<ModuleDigest>().is_err());
}
