//! Texts that hold personal data, natively, over the path that a host takes.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Rows, Verdict, check};
use bailiwick_policy_personal_data::{Kind, PersonalData};

/// Short texts that hold each kind, the shortest there is first.
const SHORTEST: [(Kind, &[&str]); 6] = [
    (Kind::Email, &["a@b.c", "a@b.cd"]),
    (Kind::Iban, &["NO9386011117947"]),
    (Kind::CardNumber, &["4222222222222"]),
    (Kind::Phone, &["+12345678"]),
    (Kind::IpAddress, &["1.1.1.1", "fabc:dead::beef:cafe"]),
    (Kind::UsSsn, &["123-45-6789"]),
];

fn judged(settings: &str, texts: &[String]) -> Verdict {
    check::<PersonalData>(settings, &[Rows::new().column("text", texts.to_vec())]).unwrap()
}

#[test]
fn the_shortest_texts_of_each_kind_are_found_alone_and_among_others() {
    for (kind, shortest) in SHORTEST {
        for text in shortest {
            let texts = [
                (*text).to_owned(),
                format!("to {text} and on"),
                format!("{} {text}", "no data ".repeat(40)),
                String::new(),
                "no data".to_owned(),
            ];
            let alone = format!(r#"{{"kinds":["{}"]}}"#, kind.name());
            for settings in [alone.as_str(), r#"{"confidence":"low"}"#] {
                let verdict = judged(settings, &texts);
                assert_eq!(verdict.failing("no-personal-data"), [0, 1, 2], "{text}: {settings}");
                assert_eq!(verdict.measure("no-personal-data", kind.name()), 3.0, "{text}");
            }
        }
        // None is left where the end of the shortest is cut off.
        let cut = shortest.first().and_then(|text| text.get(..text.len() - 1)).unwrap();
        let verdict = judged(&format!(r#"{{"kinds":["{}"]}}"#, kind.name()), &[cut.to_owned()]);
        assert!(verdict.failing("no-personal-data").is_empty(), "{cut}");
    }
}

#[test]
fn many_rows_are_each_judged_by_themselves() {
    let all: Vec<&str> = SHORTEST.iter().flat_map(|(_, texts)| texts.iter().copied()).collect();
    let texts: Vec<String> = (0..1_000)
        .map(|row| match row % 3 {
            0 => all.get(row % all.len()).copied().unwrap().to_owned(),
            1 => format!("N{row}"),
            _ => "none".to_owned(),
        })
        .collect();
    let verdict = judged(r#"{"confidence":"low"}"#, &texts);
    let expected: Vec<usize> = (0..1_000).step_by(3).collect();
    assert_eq!(verdict.failing("no-personal-data"), expected);
}
