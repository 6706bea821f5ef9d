//! The plan in words.

use bailiwick_governance::{Plan, explanation, summary};

use crate::mesh::Mesh;

#[test]
fn the_summary_shows_every_step_in_one_line() {
    insta::assert_snapshot!(summary(&Mesh::sales().plan()), @r#"
    plan of sales/bookings, contract version 1.2.0

    input   raw       bookings.parquet (parquet), object bookings_raw: 6 of its 7 columns read
    output  bookings  parquet, object bookings: 4 columns

       step            module                   work               reads              writes  rules
    1  mask-email      governance/mask@1.0.0    map                email              email   -
    2  derive-speed    sales/derive@0.3.0       map                distance, minutes  speed   -
    3  distance-range  governance/range@1.0.0   check, quarantine  distance           -       min: failing rows ≤ 1 %
    4  own-carrier     governance/filter@1.0.0  filter             carrier            -       -

    notes
      - classification "chatty" of bookings_raw.comment is no label of the framework, so that no rule acts on it
      - quality rule "fresh ids" of bookings.id in the contract is not executed: the framework names no `standard_checks`
    "#);
}

#[test]
fn the_explanation_says_why_each_step_column_and_label_is_there() {
    insta::assert_snapshot!(explanation(&Mesh::sales().plan()), @r#"
    plan of sales/bookings, contract version 1.2.0

    input   raw       bookings.parquet (parquet), object bookings_raw: 6 of its 7 columns read
    output  bookings  parquet, object bookings: 4 columns

       step            module                   work               reads              writes  rules
    1  mask-email      governance/mask@1.0.0    map                email              email   -
    2  derive-speed    sales/derive@0.3.0       map                distance, minutes  speed   -
    3  distance-range  governance/range@1.0.0   check, quarantine  distance           -       min: failing rows ≤ 1 %
    4  own-carrier     governance/filter@1.0.0  filter             carrier            -       -

    why each step
      1 mask-email: what governance/mask@1.0.0 does
          because: policy 1 of the product's bindings, `mask-email`
          because: meets obligation `pii-masked` on column `email`: personal data leaves masked
          settings: {"method":"email"}
          reads labels, as its approval grants: pii
          removes labels, as its approval grants: pii
          host services, as its approval grants: pseudonym with key customer
      2 derive-speed: what sales/derive@0.3.0 does
          because: policy 2 of the product's bindings, `derive-speed`
          settings: {"name":"speed"}
      3 distance-range: what governance/range@1.0.0 does
          because: policy 3 of the product's bindings, `distance-range`
          settings: {"min":0}
          needs all rows in order: the lanes take turns at it
      4 own-carrier: what governance/filter@1.0.0 does
          because: policy 4 of the product's bindings, `own-carrier`
          settings: {"equals":"UA"}

    input columns
      id        int64
      email     string   label pii: classification of bookings_raw.email in the contract of sales/bookings
                         obligation pii-masked holds for it
      card      string   label restricted: classification of bookings_raw.card in the contract of sales/bookings
                         not read: nothing needs it
      carrier   string
      distance  float64
      minutes   float64
      comment   string

    output columns
      id        int64    as it came
                         required: no row leaves without a value
      email     string   from email, through mask-email
                         obligation pii-masked is met on it
      distance  float64  as it came
      speed     float64  from distance, minutes, through derive-speed

    not delivered
      - card: object `bookings` of the contract does not list it
      - carrier: object `bookings` of the contract does not list it
      - minutes: object `bookings` of the contract does not list it
      - comment: object `bookings` of the contract does not list it

    columns that decide which rows there are
      - distance: through distance-range, which quarantines by it
      - carrier: through own-carrier, which filters by it

    quarantine of steps 1 to 4
      columns: id, email, carrier, distance, minutes, comment, speed

    withheld from the quarantine
      - card: labelled `restricted`, and the quarantine is not cleared for that

    notes
      - classification "chatty" of bookings_raw.comment is no label of the framework, so that no rule acts on it
      - quality rule "fresh ids" of bookings.id in the contract is not executed: the framework names no `standard_checks`
    "#);
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let mut mesh = Mesh::sales();
    mesh.catalog.get("governance/mask@1.0.0").facts.summary = "\u{1b}[2Jmasks\nall".to_owned();
    let text = explanation(&mesh.plan());
    assert!(text.contains(r"\u{1b}[2Jmasks\nall"), "{text}");
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
}

#[test]
fn a_plan_is_the_same_after_a_round_trip_through_json() {
    let plan = Mesh::sales().plan();
    let json = plan.to_json().unwrap();
    let read: Plan = serde_json::from_str(&json).unwrap();
    assert_eq!(plan, read);
    assert_eq!(json, Mesh::sales().plan().to_json().unwrap());
    assert_eq!(plan.digest().unwrap(), read.digest().unwrap());
}

#[test]
fn a_changed_setting_changes_the_digest() {
    let changed = Mesh::sales().bindings("{min: 0}", "{min: 1}").plan();
    assert_ne!(Mesh::sales().plan().digest().unwrap(), changed.digest().unwrap());
}
