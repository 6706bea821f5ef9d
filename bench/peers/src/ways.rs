//! The ways in which the works are done, each over all batches of the rows.

pub(crate) mod bailiwick;
pub(crate) mod plugin;
pub(crate) mod rego;
pub(crate) mod udf;

/// One way to do a work.
pub(crate) trait Way {
    /// What comes of it: rows as this way's own library has them.
    type Output;
    /// What every way must answer alike.
    type Answer;

    /// The work; this is what is timed.
    fn run(&mut self) -> anyhow::Result<Self::Output>;

    /// What an output says.
    fn answer(output: &Self::Output) -> anyhow::Result<Self::Answer>;
}
