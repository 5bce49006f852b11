//! Whose fault an error is.

/// Whose fault an error is, which decides the exit code and the tone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// What was asked for cannot be done as things stand: the person decides what next.
    Operator,
    /// The machine refused: a full disk, a server that does not start.
    Machine,
    /// guacfront broke a promise of its own.
    Bug,
}

impl Fault {
    /// The exit code of the program; that of a bug is the one of sysexits.h for software.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Operator => 2,
            Self::Machine => 3,
            Self::Bug => 70,
        }
    }
}
