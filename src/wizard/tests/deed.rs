//! The transaction, the person's word and the proof, as the wizard has them.

use super::*;

#[test]
fn a_transaction_under_way_cannot_be_left() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter Enter y");
    assert!(play(&mut wizard, "Esc q").is_empty());
    assert!(wizard.message().is_some());
    assert_eq!(play(&mut wizard, "C-c"), [Effect::TakeBack]);
    wizard.update(Msg::Failed("no".into(), Fault::Machine));
    assert!(play(&mut wizard, "Esc").is_empty());
    assert_eq!(wizard.screen(), Screen::Review, "what failed can be tried again");
}

#[test]
fn what_was_done_stays_only_when_the_person_is_still_there() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter Enter y");
    wizard.update(Msg::Awaiting(60));
    assert_eq!((wizard.run().phase(), wizard.context()), (&Phase::Awaiting(60), Context::Trial));
    assert!(play(&mut wizard, "Esc q y Space").is_empty(), "only the two keys that are shown answer");
    assert_eq!(play(&mut wizard, "Enter"), [Effect::Keep]);
    assert_eq!(play(&mut wizard, "C-c"), [Effect::TakeBack]);
    wizard.update(Msg::Progress("confirmed".into()));
    assert_eq!(wizard.run().phase(), &Phase::Applying);
}

#[test]
fn after_the_deed_the_servers_are_asked() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter Enter y");
    let plan = wizard.plan().expect("a plan").clone();
    assert_eq!(wizard.update(Msg::Applied("r1".into())), [Effect::Prove { plan, round: 1 }]);
    wizard.update(Msg::ProvedAll(1));
    assert_eq!(*wizard.run().phase(), Phase::Done(Some("r1".into())));
    assert_eq!(play(&mut wizard, "Enter"), [Effect::Quit]);
}

#[test]
fn whoever_has_to_decide_sees_whether_it_works_and_the_servers_are_asked_once() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter Enter y");
    let plan = wizard.plan().expect("a plan").clone();
    assert_eq!(wizard.update(Msg::Awaiting(60)), [Effect::Prove { plan, round: 1 }]);
    assert!(wizard.update(Msg::Awaiting(59)).is_empty());
    wizard.update(Msg::Proved(1, proof()));
    assert_eq!((wizard.run().phase(), wizard.run().proofs().len()), (&Phase::Awaiting(59), 1));
    wizard.update(Msg::Progress("confirmed".into()));
    assert!(wizard.update(Msg::Applied("r1".into())).is_empty(), "they are being asked already");
    assert_eq!(*wizard.run().phase(), Phase::Proving(Some("r1".into())));
    wizard.update(Msg::ProvedAll(1));
    assert_eq!(*wizard.run().phase(), Phase::Done(Some("r1".into())));
}

#[test]
fn where_all_was_tried_before_the_answer_it_is_done_with_it() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter Enter y");
    for msg in [Msg::Awaiting(60), Msg::Proved(1, proof()), Msg::ProvedAll(1)] {
        wizard.update(msg);
    }
    assert_eq!(*wizard.run().phase(), Phase::Awaiting(60));
    wizard.update(Msg::Applied("r1".into()));
    assert_eq!(*wizard.run().phase(), Phase::Done(Some("r1".into())));
}

#[test]
fn what_was_seen_of_a_change_that_was_taken_back_counts_no_more() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter Enter y");
    for msg in
        [Msg::Awaiting(60), Msg::Proved(1, proof()), Msg::Failed("not confirmed".into(), Fault::Operator)]
    {
        wizard.update(msg);
    }
    wizard.update(Msg::Proved(1, proof()));
    assert!(wizard.run().proofs().is_empty());
    play(&mut wizard, "Esc Enter y");
    assert!(matches!(wizard.update(Msg::Awaiting(60)).as_slice(), [Effect::Prove { round: 2, .. }]));
    wizard.update(Msg::Proved(1, proof()));
    wizard.update(Msg::ProvedAll(1));
    assert!(wizard.run().proofs().is_empty() && !wizard.run().is_proved());
    wizard.update(Msg::Proved(2, proof()));
    assert_eq!(wizard.run().proofs().len(), 1);
}

fn proof() -> Proof {
    let (title, evidence) = ("The page is Guacamole's".to_owned(), "GET http://h/ -> 200".to_owned());
    Proof { mark: ProofMark::Pass, title, evidence, next: None }
}
