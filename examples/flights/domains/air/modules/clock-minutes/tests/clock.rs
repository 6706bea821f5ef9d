//! The module, run natively over the path that a host takes.

#![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

use bailiwick_guest::testing::{Rows, map, plan_map};
use clock_minutes::ClockMinutes;

fn minutes_of(times: impl IntoIterator<Item = Option<i32>>) -> Vec<Option<i32>> {
    let rows = Rows::new().column("dep_time", times);
    let out = map::<ClockMinutes>("{}", &rows).unwrap();
    out.values("dep_time_minutes")
}

#[test]
fn clock_times_become_minutes_after_midnight() {
    assert_eq!(
        minutes_of([Some(0), Some(1), Some(517), Some(559), Some(600), Some(2359)]),
        [Some(0), Some(1), Some(317), Some(359), Some(360), Some(1439)]
    );
}

#[test]
fn the_midnight_that_ends_a_day_comes_after_its_last_minute() {
    assert_eq!(minutes_of([Some(2400)]), [Some(1440)]);
}

#[test]
fn a_cancelled_flight_has_no_minutes() {
    assert_eq!(minutes_of([None, Some(830), None]), [None, Some(510), None]);
}

#[test]
fn what_no_clock_shows_has_no_minutes() {
    assert_eq!(minutes_of([1275, 2401, 2500, -1, -517, i32::MIN, i32::MAX].map(Some)), [None; 7]);
}

#[test]
fn every_minute_of_a_day_is_met_once() {
    let all = (0..24).flat_map(|hour| (0..60).map(move |minute| Some(hour * 100 + minute)));
    assert_eq!(minutes_of(all), (0..1440).map(Some).collect::<Vec<_>>());
}

#[test]
fn no_rows_give_no_rows() {
    assert_eq!(minutes_of([]), []);
}

#[test]
fn the_suffix_names_the_new_column() {
    let rows = Rows::new().column("arr_time", [Some(830)]);
    let out = map::<ClockMinutes>(r#"{"suffix": "_of_day"}"#, &rows).unwrap();
    assert_eq!(out.values("arr_time_of_day"), [Some(510)]);
}

#[test]
fn text_and_an_empty_suffix_are_refused() {
    let text = Rows::new().column("dep_time", [Some("5:17")]);
    let refusal = plan_map::<ClockMinutes>("{}", text.schema()).unwrap_err().to_string();
    assert!(refusal.contains("\"dep_time\" is utf8, expected int32"), "{refusal}");

    let times = Rows::new().column("dep_time", [Some(517)]);
    let refusal = plan_map::<ClockMinutes>(r#"{"suffix": ""}"#, times.schema());
    assert!(refusal.unwrap_err().to_string().contains("the suffix is empty"));
}
