//! Each limit: that it holds, what is said, and that its own value is still allowed.

use bailiwick_engine::{Conditions, EngineError, Fault, LimitKind, Stage};
use bailiwick_terms::{Grants, Limits};

use crate::support::stranger::transform;
use crate::support::{
    approved, component, engine, guest, guest_with, load_bytes, ten_emails, words,
};

fn limited(limits: Limits) -> Conditions {
    Conditions { limits: Some(limits), ..Conditions::default() }
}

fn liar(lie: &str, limits: Limits) -> Result<Stage, EngineError> {
    let settings = format!("{{\"lie\": \"{lie}\"}}");
    let schema = ten_emails().schema();
    guest("liar").stage(&settings, &schema, &["email"], &limited(limits))
}

/// Whether this is the end of that limit.
fn exceeded<T>(result: Result<T, EngineError>, expected: LimitKind) -> bool {
    match result {
        Err(EngineError::Fault { fault: Fault::LimitExceeded { limit, .. }, .. }) => {
            limit == expected
        }
        _ => false,
    }
}

fn short() -> Limits {
    Limits { call_ms: 250, ..Limits::default() }
}

#[test]
fn an_endless_loop_ends_with_its_time() {
    let mut stage = liar("push-loops", short()).unwrap();
    insta::assert_snapshot!(words(stage.push(&ten_emails())), @"module testers/liar@0.1.0 failed in push: it went past its limit of 250 milliseconds a call (call_ms); fix the module, or raise the limit in its approval");
    insta::assert_snapshot!(words(liar("open-loops", short())), @"module testers/liar@0.1.0 failed in open: it went past its limit of 250 milliseconds a call (call_ms); fix the module, or raise the limit in its approval");
    // The plan is made under the limits of the approval.
    let module = guest_with("liar", Grants::default(), short());
    let schema = ten_emails().schema();
    insta::assert_snapshot!(words(module.plan_transform("{\"lie\": \"plan-loops\"}", &schema)), @"module testers/liar@0.1.0 failed in plan: it went past its limit of 250 milliseconds a call (call_ms); fix the module, or raise the limit in its approval");
}

#[test]
fn fuel_ends_a_loop_at_the_same_place_every_time() {
    let metered = |fuel| {
        let limits = Limits { fuel: Some(fuel), ..Limits::default() };
        let module = guest_with("liar", Grants::default(), limits);
        let schema = ten_emails().schema();
        let settings = "{\"lie\": \"push-loops\"}";
        let mut looping =
            module.stage(settings, &schema, &["email"], &Conditions::default()).unwrap();
        let said = words(looping.push(&ten_emails()));
        let mut honest = module.stage("{}", &schema, &["email"], &Conditions::default()).unwrap();
        for _ in 0..3 {
            honest.push(&ten_emails()).unwrap();
        }
        said
    };
    insta::assert_snapshot!(metered(1_000_000), @"module testers/liar@0.1.0 failed in push: it went past its limit of 1000000 units of fuel a call (fuel); fix the module, or raise the limit in its approval");
    assert_eq!(metered(1_000_000), metered(1_000_000));
}

/// An approval that states no fuel has code that does not count it; a cap asks for
/// other code.
#[test]
fn fuel_that_only_the_framework_states_is_counted() {
    let fuel = Limits { fuel: Some(1_000_000), ..Limits::default() };
    let mut opened = liar("push-loops", fuel.clone()).unwrap();
    insta::assert_snapshot!(words(opened.push(&ten_emails())), @"module testers/liar@0.1.0 failed in push: it went past its limit of 1000000 units of fuel a call (fuel); fix the module, or raise the limit in its approval");
    let liar = approved("liar", &component("liar"), Grants::default(), Limits::default());
    let capped = engine().load_capped(&liar, &fuel).unwrap();
    let planned = capped.plan_transform("{\"lie\": \"plan-loops\"}", &ten_emails().schema());
    insta::assert_snapshot!(words(planned), @"module testers/liar@0.1.0 failed in plan: it went past its limit of 1000000 units of fuel a call (fuel); fix the module, or raise the limit in its approval");
}

/// The least fuel with which an honest run ends well is the same on every engine.
#[test]
fn the_fuel_that_a_run_takes_is_deterministic() {
    let least = |engine: &bailiwick_engine::Engine| {
        let limits = Limits { fuel: Some(10_000_000), ..Limits::default() };
        let liar = approved("liar", &component("liar"), Grants::default(), limits.clone());
        let module = engine.load(&liar).unwrap();
        let enough = |fuel| {
            let conditions = limited(Limits { fuel: Some(fuel), ..limits.clone() });
            let schema = ten_emails().schema();
            let stage = module.stage("{}", &schema, &["email"], &conditions);
            // Each call has its fuel anew.
            stage.is_ok_and(|mut stage| (0..20).all(|_| stage.push(&ten_emails()).is_ok()))
        };
        let (mut too_little, mut plenty) = (0, 10_000_000);
        assert!(enough(plenty) && !enough(too_little));
        while plenty - too_little > 1 {
            let middle = (plenty + too_little) / 2;
            if enough(middle) { plenty = middle } else { too_little = middle }
        }
        plenty
    };
    assert_eq!(least(engine()), least(&bailiwick_engine::Engine::new().unwrap()));
}

#[test]
fn memory_is_bounded() {
    let limits = Limits { memory_bytes: 8 << 20, ..Limits::default() };
    let mut stage = liar("memory-takes-all", limits.clone()).unwrap();
    insta::assert_snapshot!(words(stage.push(&ten_emails())), @"module testers/liar@0.1.0 failed in push: it went past its limit of 8388608 bytes of memory (memory_bytes); fix the module, or raise the limit in its approval");
    // Less than it has at its start.
    let limits = Limits { memory_bytes: 65_536, ..limits };
    insta::assert_snapshot!(words(liar("none", limits)), @"module testers/liar@0.1.0 failed in start: it went past its limit of 65536 bytes of memory (memory_bytes); fix the module, or raise the limit in its approval");
}

#[test]
fn a_module_that_lives_with_a_refusal_of_memory_is_not_blamed_for_it_later() {
    let limits = Limits { memory_bytes: 8 << 20, ..Limits::default() };
    let mut stage = liar("memory-refused", limits).unwrap();
    stage.push(&ten_emails()).unwrap();
    insta::assert_snapshot!(words(stage.push(&ten_emails())), @"module testers/liar@0.1.0 failed in push: it trapped: wasm trap: wasm `unreachable` instruction executed");
}

#[test]
fn the_stack_is_bounded() {
    let mut stage = liar("push-recurses", Limits::default()).unwrap();
    insta::assert_snapshot!(words(stage.push(&ten_emails())), @"module testers/liar@0.1.0 failed in push: it went past its limit of 1048576 bytes of stack; fix the module: its calls nest without end");
}

#[test]
fn the_stages_that_a_module_holds_are_bounded() {
    let opened = liar("open-handles", Limits::default());
    insta::assert_snapshot!(words(opened), @"module testers/liar@0.1.0 failed in open: it went past its limit of 1000 resource handles; fix the module: it needs one for each stage or check");
}

#[test]
fn a_thousand_handles_are_allowed_and_no_more() {
    let opened = |handles| liar(&format!("handles-{handles}"), Limits::default());
    assert!(opened(1_000).is_ok());
    assert!(exceeded(opened(1_001), LimitKind::Handles));
    // A call lends it one more.
    assert!(opened(999).unwrap().push(&ten_emails()).is_ok());
    assert!(exceeded(opened(1_000).unwrap().push(&ten_emails()), LimitKind::Handles));
}

#[test]
fn what_a_call_gives_back_is_bounded() {
    let small = Limits { output_bytes: 1 << 20, ..Limits::default() };
    let mut stage = liar("output-large", small.clone()).unwrap();
    insta::assert_snapshot!(words(stage.push(&ten_emails())), @"module testers/liar@0.1.0 failed in push: it went past its limit of 1048576 bytes a call gives back (output_bytes); fix the module, or raise the limit in its approval");
    let mut stage = liar("state-large", small.clone()).unwrap();
    assert!(exceeded(stage.state(), LimitKind::OutputBytes));
    assert_eq!(liar("state-large", Limits::default()).unwrap().state().unwrap().len(), 4 << 20);
    // It is a limit of each call, not of all together.
    let mut stage = liar("none", Limits { output_bytes: 1_000, ..small }).unwrap();
    for _ in 0..100 {
        stage.push(&ten_emails()).unwrap();
    }
}

#[test]
fn the_rows_that_a_call_gives_back_are_bounded() {
    let rows = |output_rows| Limits { output_rows, ..Limits::default() };
    let batch = ten_emails();
    let given = liar("pass-many", rows(1_000)).unwrap().apply(&batch).unwrap().unwrap();
    assert_eq!(given.num_rows(), 1_000);
    let refused = liar("pass-many", rows(999)).unwrap().apply(&batch);
    insta::assert_snapshot!(words(refused), @"module testers/liar@0.1.0 failed in push: it went past its limit of 999 rows a call gives back (output_rows); fix the module, or raise the limit in its approval");
    assert!(liar("pass-finish-many", rows(1_000)).unwrap().finish().is_ok());
    insta::assert_snapshot!(words(liar("pass-finish-many", rows(999)).unwrap().finish()), @"module testers/liar@0.1.0 failed in finish: it went past its limit of 999 rows a call gives back (output_rows); fix the module, or raise the limit in its approval");
}

#[test]
fn settings_are_bounded() {
    let settings = "{\"lie\": \"none\"}";
    let schema = ten_emails().schema();
    let bytes = settings.len() as u64;
    for (settings_bytes, allowed) in [(bytes, true), (bytes - 1, false)] {
        let limits = Limits { settings_bytes, ..Limits::default() };
        // By the approval when it is planned, by the framework's cap when it is opened.
        let module = guest_with("liar", Grants::default(), limits.clone());
        let planned = module.plan_transform(settings, &schema);
        let opened = liar("none", limits);
        assert_eq!((planned.is_ok(), opened.is_ok()), (allowed, allowed));
        if !allowed {
            insta::assert_snapshot!(words(planned), @"module testers/liar@0.1.0 failed in plan: it went past its limit of 14 bytes of settings (settings_bytes); shorten them, or raise the limit in its approval");
            insta::assert_snapshot!(words(opened), @"module testers/liar@0.1.0 failed in open: it went past its limit of 14 bytes of settings (settings_bytes); shorten them, or raise the limit in its approval");
        }
    }
}

#[test]
fn the_size_of_a_module_is_bounded() {
    let bytes = component("echo");
    let load = |module_bytes| {
        let limits = Limits { module_bytes, ..Limits::default() };
        engine().load(&approved("echo", &bytes, Grants::default(), limits))
    };
    assert!(load(bytes.len() as u64).is_ok());
    let said = words(load(bytes.len() as u64 - 1));
    let expected = format!(
        "testers/echo@0.1.0 is refused: it has {} bytes, more than the {} allowed; raise \
         `module_bytes` in its approval, or make it smaller",
        bytes.len(),
        bytes.len() - 1
    );
    assert_eq!(said, expected);
}

/// A component that holds these core modules, each instantiated, and exports what a
/// transform must, though with nothing in it.
fn holding(core: &str, instances: usize) -> Vec<u8> {
    let instance = "(core instance (instantiate $core))".repeat(instances);
    let text = format!(
        "(component (core module $core {core}) {instance} (instance $none)
           (export \"bailiwick:policy/module@0.3.0\" (instance $none))
           (export \"bailiwick:policy/transform@0.3.0\" (instance $none)))"
    );
    wat::parse_str(text).unwrap()
}

/// What a component that gets as far as being asked for its description is told.
const STARTED: &str = "it exports no describe in bailiwick:policy/module@0.3.0";

#[test]
fn memory_at_the_start_counts_over_all_instances() {
    let three_pages = holding("(memory 1)", 3);
    let load = |memory_bytes| {
        let limits = Limits { memory_bytes, ..Limits::default() };
        words(engine().load(&approved("pages", &three_pages, Grants::default(), limits)))
    };
    let said = load(3 << 16);
    assert!(said.contains(STARTED), "{said}");
    insta::assert_snapshot!(load((3 << 16) - 1), @"testers/pages@0.1.0 is refused: it failed in start: it went past its limit of 196607 bytes of memory (memory_bytes); fix the module, or raise the limit in its approval");
}

#[test]
fn tables_are_bounded() {
    let table = |elements| {
        let limits = Limits { table_elements: 100, ..Limits::default() };
        let bytes = holding(&format!("(table {elements} funcref)"), 2);
        words(engine().load(&approved("table", &bytes, Grants::default(), limits)))
    };
    let said = table(50);
    assert!(said.contains(STARTED), "{said}");
    insta::assert_snapshot!(table(51), @"testers/table@0.1.0 is refused: it failed in start: it went past its limit of 100 table elements (table_elements); fix the module, or raise the limit in its approval");
}

#[test]
fn instances_are_bounded() {
    let said = words(load_bytes("instances", &holding("", 64)));
    assert!(said.contains(STARTED), "{said}");
    insta::assert_snapshot!(words(load_bytes("instances", &holding("", 65))), @"testers/instances@0.1.0 is refused: it cannot be linked: The component transitively contains 65 core module instances, which exceeds the configured maximum of 64 in the pooling allocator");
}

#[test]
fn instances_of_components_are_counted_as_they_multiply() {
    let load = |text: String| words(load_bytes("composed", &transform(&text)));
    let of = |name: &str, instances: usize| {
        format!("(instance (instantiate ${name}))").repeat(instances)
    };
    let side_by_side = |instances| load(format!("(component $c) {}", of("c", instances)));
    // Each of the outer ones has nine within it, of a component that is around it.
    let nested = |instances| {
        load(format!(
            "(component $c) (component $d {}) (component) {}",
            of("c", 9),
            of("d", instances)
        ))
    };
    for said in [side_by_side(100), nested(10)] {
        assert!(said.contains(STARTED), "{said}");
    }
    for said in [side_by_side(101), nested(11)] {
        assert!(said.contains("instances of components, more than the 100"), "{said}");
    }
}

#[test]
fn a_start_function_is_held_to_the_limits_too() {
    let limits = Limits { call_ms: 250, ..Limits::default() };
    let looping = holding("(func $f (loop (br 0))) (start $f)", 1);
    let looping = approved("looping", &looping, Grants::default(), limits);
    insta::assert_snapshot!(words(engine().load(&looping)), @"testers/looping@0.1.0 is refused: it failed in start: it went past its limit of 250 milliseconds a call (call_ms); fix the module, or raise the limit in its approval");
    let trapping = holding("(func $f unreachable) (start $f)", 1);
    insta::assert_snapshot!(words(load_bytes("trapping", &trapping)), @"testers/trapping@0.1.0 is refused: it failed in start: it trapped: wasm trap: wasm `unreachable` instruction executed");
}
