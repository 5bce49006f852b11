//! Edits turned round, as undo has it.

use guacfront::model::FileChange;

/// The file with every edit turned round.
pub fn taken_back(change: &FileChange) -> Vec<u8> {
    let (mut bytes, mut at) = (Vec::new(), 0);
    for edit in &change.changes {
        bytes.extend_from_slice(&change.after[at..edit.to.start]);
        bytes.extend_from_slice(&change.before.bytes[edit.from.clone()]);
        at = edit.to.end;
    }
    bytes.extend_from_slice(&change.after[at..]);
    bytes
}
