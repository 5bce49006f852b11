//! The transaction and the proof, as far as they have got.

use super::{Effect, Msg};
use crate::model::{Fault, Plan};
use std::sync::Arc;

/// How a check on the running servers came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofMark {
    /// It works.
    Pass,
    /// It works, with something to know.
    Warn,
    /// It does not.
    Fail,
    /// It could not be tried.
    Skipped,
}

/// One check, for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How it came out.
    pub mark: ProofMark,
    /// What was tried.
    pub title: String,
    /// What was seen.
    pub evidence: String,
    /// What to do next, where it did not pass.
    pub next: Option<String>,
}

/// Where the deed stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing has been begun.
    #[default]
    Idle,
    /// The transaction is under way.
    Applying,
    /// All is done, and stays if the person says in so many seconds that the machine can still be reached.
    Awaiting(u64),
    /// It is done; the running servers are being asked. The receipt's name, where something was done.
    Proving(Option<String>),
    /// Everything is done.
    Done(Option<String>),
    /// The transaction failed; why, and whose fault it was.
    Failed(String, Fault),
}

/// The transaction and the proof, as far as they have got.
#[derive(Clone, Debug, Default)]
pub struct Run {
    phase: Phase,
    plan: Option<Arc<Plan>>,
    log: Vec<String>,
    proofs: Vec<Proof>,
    asking: Asking,
    /// How often the running servers have been asked.
    round: u32,
    top: usize,
}

/// How far the running servers have been asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Asking {
    #[default]
    NotYet,
    Now,
    Done,
}

impl Run {
    /// Where it stands.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The plan that is carried out or asked about.
    pub fn plan(&self) -> Option<&Plan> {
        self.plan.as_deref()
    }

    /// How many checks came out like this.
    pub fn count(&self, mark: ProofMark) -> usize {
        self.proofs.iter().filter(|proof| proof.mark == mark).count()
    }

    /// What has been done, a line each.
    pub fn log(&self) -> &[String] {
        &self.log
    }

    /// What has been tried.
    pub fn proofs(&self) -> &[Proof] {
        &self.proofs
    }

    /// Whether all that is to be tried has been.
    pub fn is_proved(&self) -> bool {
        self.asking == Asking::Done
    }

    /// The first line to be shown.
    pub fn top(&self) -> usize {
        self.top
    }

    /// Whether something is being done that should not be left.
    pub fn is_busy(&self) -> bool {
        self.is_transacting() || matches!(self.phase, Phase::Proving(_))
    }

    /// Whether a transaction is under way, which can still be taken back.
    pub fn is_transacting(&self) -> bool {
        matches!(self.phase, Phase::Applying | Phase::Awaiting(_))
    }

    /// Whether the person has to say that the machine can still be reached.
    pub fn is_awaiting(&self) -> bool {
        matches!(self.phase, Phase::Awaiting(_))
    }

    /// Whether nothing was done, so that going back makes sense.
    pub fn may_retry(&self) -> bool {
        matches!(self.phase, Phase::Idle | Phase::Failed(..))
    }

    pub(super) fn begin(&mut self, plan: Arc<Plan>) {
        *self = Self { phase: Phase::Applying, plan: Some(plan), round: self.round, ..Self::default() };
    }

    pub(super) fn begin_proof(&mut self, plan: Arc<Plan>) -> Vec<Effect> {
        self.begin(plan);
        self.phase = Phase::Proving(None);
        self.ask()
    }

    /// Has the running servers asked, unless they have been since the deed was begun.
    fn ask(&mut self) -> Vec<Effect> {
        match &self.plan {
            Some(plan) if self.asking == Asking::NotYet => {
                self.asking = Asking::Now;
                self.round += 1;
                vec![Effect::Prove { plan: Arc::clone(plan), round: self.round }]
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn scroll_to(&mut self, top: usize) {
        self.top = top;
    }

    pub(super) fn take(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Progress(line) => {
                // What is told after the question tells how it was answered.
                if self.is_awaiting() {
                    self.phase = Phase::Applying;
                }
                self.tell(line);
            }
            Msg::Awaiting(left) => {
                self.phase = Phase::Awaiting(left);
                // Whoever has to decide wants to see whether it works.
                return self.ask();
            }
            Msg::Applied(receipt) if self.is_proved() => self.phase = Phase::Done(Some(receipt)),
            Msg::Applied(receipt) => {
                self.phase = Phase::Proving(Some(receipt));
                return self.ask();
            }
            Msg::Failed(message, fault) => {
                self.phase = Phase::Failed(message, fault);
                // What was seen of it is there no more.
                self.proofs.clear();
                self.asking = Asking::Done;
            }
            Msg::Proved(round, proof) if self.is_asking(round) => self.proofs.push(proof),
            Msg::ProvedAll(round) if self.is_asking(round) => {
                self.asking = Asking::Done;
                if let Phase::Proving(receipt) = &self.phase {
                    self.phase = Phase::Done(receipt.clone());
                }
            }
            // Of a round that is over, or none of the deed's.
            Msg::Proved(..)
            | Msg::ProvedAll(_)
            | Msg::Key(_)
            | Msg::Paste(_)
            | Msg::Found(_)
            | Msg::FoundAgain(_)
            | Msg::Judged(_)
            | Msg::Room(_)
            | Msg::Paused
            | Msg::Answered(..)
            | Msg::Saved(_)
            | Msg::Terminate => {}
        }
        Vec::new()
    }

    fn is_asking(&self, round: u32) -> bool {
        self.asking == Asking::Now && self.round == round
    }

    /// How a command ended takes the place of the line that it had begun.
    fn tell(&mut self, line: String) {
        let begun = self.log.last().and_then(|last| last.strip_suffix(" ..."));
        if begun.is_some_and(|begun| line.starts_with(begun)) {
            self.log.pop();
        }
        self.log.push(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_command_ended_takes_the_place_of_its_beginning() {
        let mut run = Run::default();
        for line in [
            "changed /a",
            "nginx tests its configuration ...",
            "nginx tests its configuration: done",
            "confirmed",
        ] {
            run.take(Msg::Progress(line.into()));
        }
        assert_eq!(run.log(), ["changed /a", "nginx tests its configuration: done", "confirmed"]);
    }
}
