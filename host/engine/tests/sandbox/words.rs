//! What a module says in words: bounded, escaped, and withheld where it read
//! labelled columns.

use bailiwick_engine::{Conditions, GuestText, LogLevel, LogLine, Module, Stage};
use bailiwick_terms::{Grants, Limits};

use crate::support::{emails, guest, guest_with, ten_emails, words};

fn withholding() -> Conditions {
    Conditions { withhold_text: true, ..Conditions::default() }
}

fn said(lie: &str, conditions: &Conditions) -> String {
    let batch = emails(&["jane@example.com"; 2]);
    let settings = format!("{{\"lie\": \"{lie}\"}}");
    let stage = guest("liar").stage(&settings, &batch.schema(), &["email"], conditions);
    words(stage.and_then(|mut stage| stage.push(&batch)))
}

#[test]
fn an_error_cannot_steer_a_terminal_or_forge_a_line() {
    insta::assert_snapshot!(said("push-data", &Conditions::default()), @r#"module testers/liar@0.1.0 failed in push: it rejects its rows: cannot parse "jane@example.comjane@example.com"\r\n\u{1b}[31mERROR\u{7} all is lost\u{202e}"#);
    insta::assert_snapshot!(said("push-fields", &Conditions::default()), @r#"module testers/liar@0.1.0 failed in push: it rejects its columns: cannot parse "jane@example.comjane@example.com"\r\n\u{1b}[31mERROR\u{7} all is lost\u{202e}"#);
}

#[test]
fn what_turns_or_hides_text_is_escaped_and_all_else_stays() {
    let plain = "Zoë paid 5 € in 東京 \u{1f600}";
    assert_eq!(GuestText::new(plain).as_str(), plain);
    let odd = "\0\t\u{7f}\u{85}\u{ad}\u{61c}\u{200b}\u{200f}\u{2028}\u{2029}\u{202e}\u{2060}\u{2066}\u{feff}\u{e0041}";
    for c in odd.chars() {
        let text = GuestText::new(&format!("a{c}b"));
        assert_eq!(text.as_str(), format!("a{}b", c.escape_default()));
    }
}

#[test]
fn an_error_is_cut_to_a_sentence() {
    let said = said("push-long-text", &Conditions::default());
    let text = said.split_once("rows: ").unwrap().1;
    assert_eq!(text.chars().count(), 501);
    assert!(text.ends_with('…'));
}

#[test]
fn an_error_of_a_module_that_read_labelled_columns_is_withheld() {
    insta::assert_snapshot!(said("push-data", &withholding()), @"module testers/liar@0.1.0 failed in push: it rejects its rows: (withheld: the module reads labelled columns)");
    insta::assert_snapshot!(said("open-rejects", &withholding()), @"module testers/liar@0.1.0 failed in open: it rejects its settings: (withheld: the module reads labelled columns)");
}

#[test]
fn a_panic_shows_no_words_of_the_module() {
    for conditions in [Conditions::default(), withholding()] {
        let said = said("push-panics", &conditions);
        assert!(!said.contains("jane") && !said.contains("secret"), "{said}");
    }
}

fn chatterbox(limits: Limits) -> Module {
    let mut grants = Grants::default();
    grants.services.log = true;
    guest_with("chatterbox", grants, limits)
}

fn talking(module: &Module, say: &str, times: u32, conditions: &Conditions) -> Stage {
    let settings = format!("{{\"say\": \"{say}\", \"times\": {times}}}");
    module.stage(&settings, &ten_emails().schema(), &["email"], conditions).unwrap()
}

fn texts(lines: &[LogLine]) -> Vec<(LogLevel, &str)> {
    lines.iter().map(|line| (line.level, line.text.as_str())).collect()
}

#[test]
fn log_lines_are_escaped_and_told_once() {
    use LogLevel::{Debug, Info, Warn};
    let module = chatterbox(Limits::default());
    let mut stage = talking(&module, r"a {}\nb \u001b[31m", 1, &Conditions::default());
    let opened = r"a opened\nb \u{1b}[31m";
    assert_eq!(texts(&stage.take_log()), [(Debug, opened), (Info, opened), (Warn, opened)]);
    assert_eq!(stage.take_log(), []);
    stage.push(&ten_emails()).unwrap();
    let pushed = r"a jane@example.com\nb \u{1b}[31m";
    assert_eq!(texts(&stage.take_log()), [(Debug, pushed), (Info, pushed), (Warn, pushed)]);
}

#[test]
fn log_lines_of_a_module_that_reads_labelled_columns_are_withheld() {
    let mut stage = talking(&chatterbox(Limits::default()), "I saw {}", 1, &withholding());
    stage.push(&ten_emails()).unwrap();
    let lines = stage.take_log();
    assert_eq!(lines.len(), 6);
    for line in &lines {
        assert_eq!(line.text.as_str(), "(withheld: the module reads labelled columns)");
    }
}

#[test]
fn a_flood_of_log_lines_is_cut_off_and_does_no_harm() {
    let limits = Limits { log_bytes: 1_000, ..Limits::default() };
    let module = chatterbox(limits);
    // 16 bytes a line besides its text.
    for (say, most) in [("", 1_000 / 16), ("0123456789", 1_000 / 26)] {
        let mut stage = talking(&module, say, 5_000, &Conditions::default());
        assert_eq!(stage.take_log().len(), most);
        // Taking lines does not make room for more: the limit is the run's.
        for _ in 0..3 {
            stage.push(&ten_emails()).unwrap();
            assert_eq!(stage.take_log(), []);
        }
    }
}

#[test]
fn a_log_line_is_cut_to_a_sentence() {
    let module = chatterbox(Limits::default());
    let mut stage = talking(&module, &"x".repeat(20_000), 1, &Conditions::default());
    let lines = stage.take_log();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line.text.as_str().chars().count() == 501));
}
