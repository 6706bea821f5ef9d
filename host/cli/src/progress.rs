//! A progress bar on a terminal; nothing in a pipe.

use bailiwick_pipeline::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar on standard error, where that is a terminal.
    pub(crate) fn new(name: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_message(name.to_owned());
        Self(bar)
    }

    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn rows(&self, read: u64, total: Option<u64>) {
        if self.0.position() == 0 {
            let template = match total {
                Some(total) => {
                    self.0.set_length(total);
                    "{msg} {wide_bar} {human_pos}/{human_len} rows"
                }
                None => "{msg} {spinner} {human_pos} rows",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                self.0.set_style(style);
            }
        }
        self.0.set_position(read);
    }
}
