//! What commands print. A reader that goes away, as `head` does, stops no work; a disk that is
//! full is an error when the work is done.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::sync::OnceLock;

/// The first thing that could not be printed.
static FAILED: OnceLock<io::Error> = OnceLock::new();

/// Prints a line to standard output, with the arguments of [`println!`].
macro_rules! outln {
    ($($line:tt)*) => { $crate::output::print(std::io::stdout(), format_args!($($line)*), "\n") };
}

/// Prints to standard output, with the arguments of [`print!`].
macro_rules! out {
    ($($text:tt)*) => { $crate::output::print(std::io::stdout(), format_args!($($text)*), "") };
}

/// Prints a line to standard error, with the arguments of [`eprintln!`].
macro_rules! errln {
    ($($line:tt)*) => { $crate::output::print(std::io::stderr(), format_args!($($line)*), "\n") };
}

pub(crate) fn print(mut to: impl Write, text: fmt::Arguments<'_>, end: &str) {
    keep(to.write_fmt(format_args!("{text}{end}")));
}

/// Shows what was printed until now, whether its line has ended or not.
pub(crate) fn flush() {
    keep(io::stdout().flush());
}

/// What could not be printed, but for want of a reader.
pub(crate) fn failure() -> Option<&'static io::Error> {
    flush();
    FAILED.get()
}

fn keep(printed: io::Result<()>) {
    if let Err(error) = printed
        && error.kind() != ErrorKind::BrokenPipe
    {
        FAILED.get_or_init(|| error);
    }
}
