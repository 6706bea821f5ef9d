//! Rows as JSON objects.

use serde::{Deserialize, Serialize};

/// A row of the columns in question.
#[derive(Serialize, Deserialize)]
pub(crate) struct Row {
    email: Option<String>,
    amount: Option<f64>,
}

impl Row {
    pub(crate) fn govern(&mut self) {
        self.email = self.email.take().map(|email| {
            let mut masked = String::with_capacity(email.len() + 4);
            peer_kernels::mask_email(&email, &mut masked);
            masked
        });
        self.amount = self.amount.map(peer_kernels::clamp);
    }
}
