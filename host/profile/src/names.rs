//! What a column's name says of personal data, which no form of the values can: names,
//! addresses and dates of birth look like other words and dates.

use crate::profile::{Confidence, Suspicion};

/// Words for people, before whose name or number a column is about a person.
const PEOPLE: [&str; 17] = [
    "client",
    "contact",
    "customer",
    "driver",
    "employee",
    "guest",
    "holder",
    "member",
    "owner",
    "passenger",
    "patient",
    "person",
    "recipient",
    "student",
    "subscriber",
    "tenant",
    "user",
];

/// Words in a name that tell what a column holds, by themselves or one behind the other.
const WORDS: [(&[&str], &str, Confidence); 44] = {
    use Confidence::{High, Low, Medium};
    [
        (&["email"], "email", High),
        (&["e", "mail"], "email", High),
        (&["mail"], "email", Medium),
        (&["phone"], "phone", High),
        (&["telephone"], "phone", High),
        (&["tel"], "phone", Medium),
        (&["mobile"], "phone", Medium),
        (&["fax"], "phone", Medium),
        (&["iban"], "iban", High),
        (&["account", "number"], "iban", Medium),
        (&["card", "number"], "card-number", High),
        (&["credit", "card"], "card-number", High),
        (&["pan"], "card-number", Low),
        (&["ssn"], "us-ssn", High),
        (&["social", "security"], "us-ssn", High),
        (&["tax", "id"], "identity-number", Medium),
        (&["national", "id"], "identity-number", High),
        (&["passport"], "identity-number", High),
        (&["licence", "number"], "identity-number", Low),
        (&["license", "number"], "identity-number", Low),
        (&["birth"], "date-of-birth", High),
        (&["birthday"], "date-of-birth", High),
        (&["birthdate"], "date-of-birth", High),
        (&["dob"], "date-of-birth", High),
        (&["firstname"], "name", High),
        (&["lastname"], "name", High),
        (&["first", "name"], "name", High),
        (&["last", "name"], "name", High),
        (&["full", "name"], "name", High),
        (&["maiden", "name"], "name", High),
        (&["middle", "name"], "name", High),
        (&["surname"], "name", High),
        (&["forename"], "name", High),
        (&["username"], "name", Medium),
        (&["name"], "name", Low),
        (&["street"], "address", Medium),
        (&["address"], "address", Medium),
        (&["postcode"], "address", Low),
        (&["zip"], "address", Low),
        (&["ip"], "ip-address", Medium),
        (&["gender"], "gender", Low),
        (&["sex"], "gender", Low),
        (&["religion"], "special-category", Medium),
        (&["ethnicity"], "special-category", Medium),
    ]
};

/// The words of a name: parted at what is no letter or digit, and where a capital follows a
/// small letter.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for character in name.chars() {
        if !character.is_alphanumeric() || (small && character.is_uppercase()) {
            words.push(String::new());
        }
        small = character.is_lowercase();
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What a column's name makes one suspect.
pub(crate) fn suspicions(name: &str) -> Vec<Suspicion> {
    let words = words(name);
    let has = |sought: &[&str]| words.windows(sought.len()).any(|window| window == sought);
    let said = |kind: &str, confidence| Suspicion {
        kind: kind.to_owned(),
        confidence,
        because: "the column's name".to_owned(),
    };
    let is_of_person = words.iter().any(|word| PEOPLE.contains(&word.as_str()));
    let mut found = Vec::<Suspicion>::new();
    for (sought, kind, confidence) in WORDS {
        let named = sought == ["name"] && is_of_person;
        let confidence = if named { Confidence::Medium } else { confidence };
        if has(sought) && found.iter().all(|before| before.kind != kind) {
            found.push(said(kind, confidence));
        }
    }
    let is_number = words.last().is_some_and(|word| {
        matches!(word.as_str(), "id" | "no" | "nr" | "number" | "key" | "code")
    });
    if is_of_person && is_number && found.is_empty() {
        found.push(said("person-identifier", Confidence::Medium));
    }
    found
}

/// An angle on the earth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coordinate {
    /// From the equator.
    Latitude,
    /// From Greenwich.
    Longitude,
}

/// The coordinate that a column's name speaks of.
pub(crate) fn coordinate(name: &str) -> Option<Coordinate> {
    words(name).iter().find_map(|word| match word.as_str() {
        "lat" | "latitude" => Some(Coordinate::Latitude),
        "lon" | "lng" | "long" | "longitude" => Some(Coordinate::Longitude),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_word_by_word() {
        let kinds = |name: &str| -> Vec<(String, Confidence)> {
            suspicions(name).into_iter().map(|found| (found.kind, found.confidence)).collect()
        };
        let of = |kind: &str, confidence| vec![(kind.to_owned(), confidence)];
        assert_eq!(kinds("emailAddress")[0], ("email".to_owned(), Confidence::High));
        assert_eq!(kinds("date_of_birth"), of("date-of-birth", Confidence::High));
        assert_eq!(kinds("LastName"), of("name", Confidence::High));
        assert_eq!(kinds("passenger_name"), of("name", Confidence::Medium));
        assert_eq!(kinds("passenger_id"), of("person-identifier", Confidence::Medium));
        assert_eq!(kinds("name"), of("name", Confidence::Low));
        assert_eq!(kinds("filename"), []);
        assert_eq!(kinds("telescope"), []);
        assert_eq!(kinds("booking_id"), []);
        assert_eq!(kinds(""), []);
    }
}
