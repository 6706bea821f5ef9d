//! Keys and their files.

use std::fs;

use bailiwick_trust::*;
use serde_json::json;

use crate::crafted::canonical;
use crate::mesh::key;

#[test]
fn a_saved_key_is_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sales.pem");
    let saved = key();
    saved.save(&file).unwrap();
    assert_eq!(SigningKey::load(&file).unwrap().public(), saved.public());
    assert!(fs::read_to_string(&file).unwrap().starts_with("-----BEGIN PRIVATE KEY-----"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let content = fs::read(&file).unwrap();
    let error = key().save(&file).unwrap_err();
    let shown = error.to_string().replace(&file.display().to_string(), "sales.pem");
    insta::assert_snapshot!(shown, @"sales.pem already exists and a key is never overwritten; choose another file or move this one away");
    assert_eq!(fs::read(&file).unwrap(), content);
    // Nothing is left beside it.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_encrypted_key_opens_with_its_passphrase_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("central.pem");
    let saved = key();
    saved.save_encrypted(&file, &Passphrase::chosen("correct horse").unwrap()).unwrap();
    let with = |passphrase: &str| {
        SigningKey::load_with(&file, || Ok::<_, KeyError>(Passphrase::new(passphrase)))
    };
    assert_eq!(with("correct horse").unwrap().public(), saved.public());
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{text}");
    let shown =
        |error: KeyError| error.to_string().replace(&file.display().to_string(), "central.pem");
    for wrong in ["", "correct horse ", "Correct horse"] {
        let error = shown(with(wrong).unwrap_err());
        assert_eq!(
            error,
            "the passphrase does not open the key file central.pem; give the one that it was made \
             with"
        );
    }
    insta::assert_snapshot!(shown(SigningKey::load(&file).unwrap_err()), @"the key file central.pem is encrypted; give its passphrase");
    insta::assert_snapshot!(Passphrase::chosen("short").unwrap_err(), @"a passphrase of 5 characters is too short; choose one of at least 8");
    assert_eq!(format!("{:?}", Passphrase::new("correct horse")), "Passphrase(…)");
    // A key that is not encrypted asks for nothing.
    let plain = folder.path().join("plain.pem");
    saved.save(&plain).unwrap();
    let unasked = || -> Result<Passphrase, KeyError> { panic!("asked for a passphrase") };
    assert_eq!(SigningKey::load_with(&plain, unasked).unwrap().public(), saved.public());
}

#[test]
fn a_key_that_openssl_encrypted_is_read() {
    // openssl genpkey -algorithm ed25519 | openssl pkcs8 -topk8 -v2 aes-256-cbc, with
    // PBKDF2 and with -scrypt; the passphrase is `correct horse`.
    for pem in [OPENSSL_PBKDF2, OPENSSL_SCRYPT] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.pem");
        fs::write(&file, pem).unwrap();
        let key =
            SigningKey::load_with(&file, || Ok::<_, KeyError>(Passphrase::new("correct horse")));
        assert_eq!(key.unwrap().public().to_string(), OPENSSL_PUBLIC);
    }
}

#[test]
fn a_key_of_rfc_8410_is_read() {
    // RFC 8410, section 10.3, and RFC 8410, section 10.1, for its public part.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.pem");
    let pem = "-----BEGIN PRIVATE KEY-----\n\
               MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
               -----END PRIVATE KEY-----\n";
    fs::write(&file, pem).unwrap();
    let key = SigningKey::load(&file).unwrap();
    let public = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
    assert_eq!(key.public().to_string(), public);
    assert_eq!(public.parse::<PublicKey>().unwrap(), *key.public());
}

#[test]
fn a_keys_id_is_the_hash_of_its_canonical_form() {
    let key = key();
    let canonical = canonical(&json!({
        "keytype": "ed25519",
        "scheme": "ed25519",
        "keyval": { "public": key.public().to_string() },
    }));
    assert_eq!(key.public().id(), ModuleDigest::of(&canonical).to_string());
    // It shows that, and not itself.
    assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.public().id()));
}

#[test]
fn what_is_not_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.pem");
    for text in [
        "",
        "not a key",
        "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----\n",
    ] {
        fs::write(&file, text).unwrap();
        let error = SigningKey::load(&file).unwrap_err();
        assert!(matches!(error, KeyError::Malformed { .. }), "{error}");
    }
    assert!(matches!(SigningKey::load(folder.path()).unwrap_err(), KeyError::Io { .. }));
    let public = key().public().to_string();
    for text in ["", &public[1..], &public.to_uppercase(), "zz"] {
        assert!(matches!(text.parse::<PublicKey>(), Err(KeyError::Public(_))), "{text}");
    }
}

const OPENSSL_PUBLIC: &str = "e5da04e6bcc6cd2c121e11c4cd7c32181f09983c1cffe923daab065340ab8f60";

const OPENSSL_PBKDF2: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgbL4AZQ35RSgICCAAw\n\
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEOCApSPyGemar30zRNftCDUEQAkc\n\
MVQDqfjbM8el3Um6q7n16kC56JnQI1P9MWVI+6ne3vqYvL5EN7VWXHwSiTxUkIhq\n\
oh5r/3dGUT0e1uyXwgg=\n\
-----END ENCRYPTED PRIVATE KEY-----\n\
";

const OPENSSL_SCRYPT: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
MIGTME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAgwlpajKWDUMAICQAAC\n\
AQgCAQEwHQYJYIZIAWUDBAEqBBBUxDCjuhOyDMxfKsbq6HLwBEA12ChfsoH0KGFX\n\
P27A8koCBHJp/TdWLTOE2nZeDyW+SX/4o8Fw9oLfSotx89eFrdFj+J1JslmuaK7f\n\
uuvhhe8W\n\
-----END ENCRYPTED PRIVATE KEY-----\n\
";
