//! Answers to a batch that are not what they must be.

use crate::attack::{CONTAINED, Class, lie};

pub const CLASS: Class = Class {
    title: "Broken answers",
    says: "What a transform gives back for ten rows. Nothing of it becomes an array before it was checked: a number that a module gives is only ever compared with one that the host knows.",
    attacks: &[
        lie(
            "rows-more",
            "says one row more than it was given",
            "push: Malformed: rows of the batch: expected 10, got 11",
        ),
        lie(
            "rows-fewer",
            "a map gives one row less",
            "push: Malformed: rows of the batch: expected 10, got 9",
        ),
        lie(
            "length-more",
            "a column is longer than the batch",
            r#"push: Malformed: length of column "out": expected 10, got 11"#,
        ),
        lie(
            "nodes-more",
            "gives a column that it did not plan",
            "push: Malformed: nodes left over of the batch: expected 0, got 1",
        ),
        lie(
            "nodes-none",
            "leaves out the planned column",
            r#"push: Malformed: nodes of column "out": expected 1, got 0"#,
        ),
        lie(
            "buffers-more",
            "gives a buffer that no column has",
            "push: Malformed: buffers left over of the batch: expected 0, got 1",
        ),
        lie(
            "buffers-fewer",
            "leaves out a buffer",
            r#"push: Malformed: buffers of column "out": expected 1, got 0"#,
        ),
        lie(
            "values-short",
            "values end a byte early, as those of a narrower type would",
            r#"push: Malformed: bytes of values of column "out": expected 40, got 39"#,
        ),
        lie(
            "values-long",
            "values end a byte late",
            r#"push: Malformed: bytes of values of column "out": expected 40, got 41"#,
        ),
        lie(
            "bool-long",
            "a bool column has a byte more than its rows need",
            r#"push: Malformed: bytes of values of column "out": expected 2, got 3"#,
        ),
        lie(
            "list-fewer",
            "the child of a list is shorter than its offsets say",
            r#"push: Malformed: length of column "out", child "item": expected 10, got 9"#,
        ),
        lie(
            "text-not-utf8",
            "text is not UTF-8",
            r#"push: Malformed: column "out" holds text that is not UTF-8"#,
        ),
        lie(
            "text-split",
            "text that is UTF-8 as a whole is cut within a character",
            r#"push: Malformed: column "out" holds text that is not UTF-8"#,
        ),
        lie(
            "text-start",
            "the first offset is not 0",
            r#"push: Malformed: offsets of column "out": the first is not 0"#,
        ),
        lie("text-fall", "offsets fall", r#"push: Malformed: offsets of column "out": they fall"#),
        lie(
            "text-negative",
            "an offset is negative",
            r#"push: Malformed: offsets of column "out": they fall"#,
        ),
        lie(
            "text-past-end",
            "the last offset is past the bytes",
            r#"push: Malformed: offsets of column "out": the last is not the number of bytes"#,
        ),
        lie(
            "text-before-end",
            "bytes are left behind the last offset",
            r#"push: Malformed: offsets of column "out": the last is not the number of bytes"#,
        ),
        lie(
            "text-few-offsets",
            "there is one offset too few",
            r#"push: Malformed: bytes of offsets of column "out": expected 44, got 40"#,
        ),
        lie(
            "large-huge",
            "a 64-bit offset is 2^63 - 1",
            r#"push: Malformed: offsets of column "out": the last is past 4 GiB"#,
        ),
        lie(
            "large-negative",
            "a 64-bit offset is -2^63",
            r#"push: Malformed: offsets of column "out": they fall"#,
        ),
        lie(
            "null-count",
            "counts a null where there is none",
            r#"push: Malformed: nulls of column "out": expected 0, got 1"#,
        ),
        lie(
            "null-count-huge",
            "counts 2^32 - 1 nulls",
            r#"push: Malformed: nulls of column "out": expected 10, got 4294967295"#,
        ),
        lie(
            "null-uncounted",
            "has nulls and counts none",
            r#"push: Malformed: nulls of column "out": expected 10, got 0"#,
        ),
        lie(
            "null-short",
            "the validity is shorter than the rows",
            r#"push: Malformed: bytes of validity of column "out": expected 2, got 1"#,
        ),
        lie(
            "null-long",
            "the validity is longer than the rows",
            r#"push: Malformed: bytes of validity of column "out": expected 2, got 3"#,
        ),
        lie(
            "null-required",
            "gives nulls in a field that it planned without",
            r#"push: Malformed: column "out" was declared not nullable, yet 10 values are null"#,
        ),
        lie(
            "decimal-wide",
            "a decimal has more digits than its type",
            r#"push: Malformed: column "out" holds a decimal of more digits than its type has"#,
        ),
        lie(
            "decimal256-wide",
            "a wide decimal has more digits than its type",
            r#"push: Malformed: column "out" holds a decimal of more digits than its type has"#,
        ),
        lie(
            "output-keep",
            "a map answers as a filter",
            "push: Contract: it gave an output that is not one of its shape, map: `columns` was expected",
        ),
        lie(
            "output-rows",
            "a map answers as a reshape",
            "push: Contract: it gave an output that is not one of its shape, map: `columns` was expected",
        ),
        lie(
            "output-nothing",
            "a map answers nothing",
            "push: Contract: it gave an output that is not one of its shape, map: `columns` was expected",
        ),
        lie(
            "finish-rows",
            "a map gives rows when it finishes",
            "finish: Contract: only a reshape may give rows when it finishes",
        ),
        lie(
            "keep-columns",
            "a filter gives columns",
            "push: Contract: it gave an output that is not one of its shape, filter: `keep` was expected",
        ),
        lie(
            "keep-short",
            "the bitmap of a filter is too short",
            "push: Malformed: bytes of a bitmap: expected 2, got 1",
        ),
        lie(
            "keep-long",
            "the bitmap of a filter is too long",
            "push: Malformed: bytes of a bitmap: expected 2, got 3",
        ),
        lie(
            "keep-past-rows",
            "the bitmap of a filter keeps rows past the last",
            "push: Malformed: a bitmap has set bits past its 10 rows",
        ),
        lie(
            "keep-finish",
            "a filter gives rows when it finishes",
            "finish: Contract: only a reshape may give rows when it finishes",
        ),
        lie(
            "pass-columns",
            "a reshape answers as a map",
            "push: Contract: it gave an output that is not one of its shape, reshape: `rows` or `nothing` was expected",
        ),
        lie("pass-claims-many", "a reshape claims 2^32 - 1 rows", "push: LimitExceeded OutputRows"),
        lie(
            "push-broken-text",
            "an error's text is not UTF-8",
            "push: Contract: invalid utf-8 sequence of 1 bytes from index 1",
        ),
        lie(
            "view-outside",
            "a buffer begins in its memory and ends past it",
            "push: Contract: list pointer/length out of bounds of memory",
        ),
        lie(
            "view-around",
            "a buffer's end is past 2^32",
            "push: Contract: list pointer/length out of bounds of memory",
        ),
        lie("view-odd", "a buffer of numbers begins at an odd address", CONTAINED),
        lie(
            "view-overlaps",
            "a hundred buffers are the same MiB of its memory",
            "push: LimitExceeded OutputBytes",
        ),
        lie("view-no-column", "gives a million empty buffers", "push: LimitExceeded OutputBytes"),
        lie("view-nodes", "gives three million nodes", "push: LimitExceeded OutputBytes"),
        lie(
            "room-outside",
            "makes room for the rows past its memory",
            "push: Contract: realloc return: beyond end of memory",
        ),
        lie(
            "room-odd",
            "makes room for the rows at odd addresses",
            "push: Contract: realloc return: result not aligned",
        ),
    ],
};
