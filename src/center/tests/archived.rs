//! Commands that come when their session has left memory.

use super::*;

/// What the command comes to on the closed session is what it comes to on the archived one.
#[track_caller]
fn the_same(c: &mut World, caller: Caller, command: impl FnOnce(&World) -> Command) {
    let command = command(c);
    let asked = Asked { caller: caller.clone(), request: None, command: command.clone() };
    let late = TooLate::of(&asked).expect("it's about a session");
    let refusal = late.refusal(c.session("kim"), c.center.is_supervisor(&caller.who));
    c.when(caller, |_| command).refused(refusal);
}

#[test]
fn given_an_archived_session_then_a_command_is_refused_as_before_when_it_was_closed() {
    let mut c = given();
    c.queue("sales", |queue| queue.wrap_up_time = MINUTE);
    c.attended("kim", "ann").signed_in("bob").when(agent("ann"), invite("kim", "bob", CONFERENCE));
    c.when(agent("bob"), decline_as("kim", "bob"));
    c.when(customer("kim"), end("kim")).when(agent("ann"), complete("kim")).then_also("closed");

    for caller in [customer("kim"), customer("lee"), agent("ann"), agent("bob"), agent("sue"), backend_for("ann")] {
        the_same(&mut c, caller.clone(), say("kim", "one more thing"));
        the_same(&mut c, caller, end("kim"));
    }
    for caller in [agent("ann"), agent("bob"), agent("sue"), backend_for("ann")] {
        the_same(&mut c, caller.clone(), leave("kim", None));
        the_same(&mut c, caller.clone(), invite("kim", "cy", CONFERENCE));
        the_same(&mut c, caller, transfer("kim", "support", TransferLeave::Stay));
    }
    for caller in [agent("ann"), agent("bob")] {
        the_same(&mut c, caller.clone(), complete("kim"));
        the_same(&mut c, caller, dispose("kim", "late"));
    }
    the_same(&mut c, agent("ann"), accept_as("kim", "ann"));
    the_same(&mut c, agent("bob"), accept_as("kim", "bob"));
    the_same(&mut c, agent("bob"), decline_as("kim", "bob"));
    the_same(&mut c, agent("sue"), barge_in("kim", false));
    the_same(&mut c, agent("sue"), take_over("kim"));
    the_same(&mut c, agent("sue"), reassign_to("kim", "bob"));
}
