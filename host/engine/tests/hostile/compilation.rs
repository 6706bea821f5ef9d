//! Components that make the compiler work without end.

use crate::attack::{Class, file};
use crate::files::holding;
use crate::support::stranger::transform;

/// Components that each instantiate the one before three times.
fn tower(levels: usize) -> Vec<u8> {
    let mut text = String::from("(component $c0)");
    for level in 1..=levels {
        let inner = level - 1;
        let thrice = format!("(instance (instantiate $c{inner}))").repeat(3);
        text = format!("(component $c{level} {text} {thrice})");
    }
    transform(&format!("{text} (instance (instantiate $c{levels}))"))
}

/// Components within each other.
fn nest(levels: usize) -> Vec<u8> {
    transform(&format!("{}{}", "(component ".repeat(levels), ")".repeat(levels)))
}

/// A function with so many variables, read behind so many loops.
fn joins(variables: usize, branches: usize) -> String {
    let uses: String = (0..variables).map(|at| format!("(drop (local.get {at}))")).collect();
    let (declared, loops) = (" i32".repeat(variables), "(loop)".repeat(branches));
    format!("(func (local{declared}) {loops} {uses})")
}

pub const CLASS: Class = Class {
    title: "Work for the compiler",
    says: "Compiling has no deadline, so what it is given is bounded: by the size of the file, \
           and by the quantities that its time and memory grow with.",
    attacks: &[
        file(
            "compile-tower",
            "components that instantiate each other three times, 20 levels",
            "refused: TooComplex: 9 levels of components of 8",
            || tower(20),
        ),
        file(
            "compile-wide-tower",
            "the same, of few levels",
            "refused: TooComplex: 120 instances of components of 100",
            || tower(6),
        ),
        file(
            "compile-instances",
            "has 101 instances of one component",
            "refused: TooComplex: 101 instances of components of 100",
            || transform(&format!("(component $c) {}", "(instance (instantiate $c))".repeat(101))),
        ),
        file(
            "compile-given",
            "gives a component to another, to be instantiated there",
            "refused: TooComplex: 1 components given to others of 0",
            || {
                transform(
                    "(component $c) (component $taker (import \"c\" (component)))
                    (instance (instantiate $taker (with \"c\" (component $c))))",
                )
            },
        ),
        file(
            "compile-nest",
            "components within each other, 9 levels",
            "refused: TooComplex: 9 levels of components of 8",
            || nest(9),
        ),
        file(
            "compile-deep-nest",
            "components within each other, 90 levels",
            "refused: TooComplex: 9 levels of components of 8",
            || nest(90),
        ),
        file(
            "compile-modules",
            "has 65 core modules",
            "refused: TooComplex: 65 core modules of 64",
            || transform(&"(core module)".repeat(65)),
        ),
        file(
            "compile-functions",
            "has 100,001 functions",
            "refused: TooComplex: 100001 functions of 100000",
            || holding(&"(func)".repeat(100_001), 1),
        ),
        file(
            "compile-long-function",
            "has a function of more than 512 KiB",
            "refused: TooComplex: 524290 bytes in one function of 524288",
            || holding(&format!("(func {})", "nop ".repeat(512 << 10)), 1),
        ),
        file(
            "compile-joins",
            "a function of 10,000 variables and 10,000 branches",
            "refused: TooComplex: 100010000 variables times branches in one function of 8388608",
            || holding(&joins(10_000, 10_000), 1),
        ),
        file(
            "compile-many-joins",
            "many functions of 2,000 variables and 4,000 branches",
            "refused: TooComplex: 136034000 variables times branches of 134217728",
            || holding(&joins(2_000, 4_000).repeat(20), 1),
        ),
        file(
            "compile-targets",
            "a branch to 200,000 places, each with 100 values",
            "refused: TooComplex: 20000200 variables times branches in one function of 8388608",
            || {
                let types = " i32".repeat(100);
                let values = "(i32.const 0)".repeat(100);
                let targets = " 0".repeat(200_000);
                holding(
                    &format!(
                        "(func (result{types}) (block (result{types}) {values}
                        (br_table{targets} (i32.const 0))))"
                    ),
                    1,
                )
            },
        ),
        file(
            "image-sparse",
            "has data at both ends of 2 GiB of memory",
            "start: LimitExceeded MemoryBytes",
            || {
                holding(
                    "(memory 32768) (data (i32.const 0) \"a\") (data (i32.const 2147483640) \"b\")",
                    1,
                )
            },
        ),
    ],
};
