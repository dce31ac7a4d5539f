//! A manager who does nothing while the queue is overdue: holders take their stake back by hand, call by call.

use crate::{
    tokens::{Collateral, WHOLE},
    world::{row, slot, text, Cast, World},
};

/// An LRT whose whole collateral is allocated, and short epochs.
pub fn world(url: &str, name: &str) -> (World, Cast) {
    let wallets = ["admin", "alice", "operator", "avs"];
    let mut world = World::new(url, name, &wallets, Collateral::Spl);
    world.create(
        "admin",
        "--epoch-length 10 --max-exit-delay 7 --grace 0 --drip 10",
    );
    let terms =
        "--veto-window 2 --execution-window 2 --exit-delay 7 --slash-window 7 --slash-cap-bps 2000";
    let cast = world.cast(terms);
    world.ok("alice", "deposit 100");
    world.ok("admin", &format!("manage delegate {} ALL", cast.operator));
    let allocate = format!("manage allocate {} {} ALL", cast.operator, cast.avs);
    world.ok("admin", &allocate);
    (world, cast)
}

/// The journey.
pub fn travel(url: &str) {
    let (world, Cast { operator, avs }) = world(url, "overdue");
    let of = format!("{operator} {avs}");
    world.fails("alice", "keep open-round", 2, "the queue is empty");
    let request = world.ok("alice", "withdraw request 30");
    let (ticket, due) = (text(&request, "ticket"), slot(&request, "due_slot"));
    world.fails("alice", "keep open-round", 1, "QueueNotOverdue");
    world.fails(
        "alice",
        &format!("keep force-deallocate {of}"),
        1,
        "RoundNotOpen",
    );
    let undelegate = format!("keep force-undelegate {operator}");
    world.fails("alice", &undelegate, 1, "QueueNotOverdue");

    // What somebody who waits can read.
    let status = world.ok("alice", &format!("status --owner {}", world.key("alice")));
    let queue = &status["queue"];
    assert_eq!(queue["LRT_in_the_queue"], "30");
    assert_eq!(queue["owed"], "30");
    assert_eq!(queue["batches_in_the_queue"], "1");
    let head = text(queue, "head_batch");
    assert!(
        head.contains(&format!(" 30 LRT unsettled, due in slot {due} (")),
        "{head}"
    );
    assert!(slot(queue, "a_request_now_is_due_in_slot") >= due);
    assert_eq!(queue["settled_and_not_claimed"], "0");
    let mine = row(&status["tickets"], "ticket", &ticket);
    assert_eq!(
        (&mine["LRT"], &mine["can_be_claimed"]),
        (&"30".into(), &"0".into())
    );
    let rest = text(mine, "rest");
    assert!(rest.starts_with(&format!("due in slot {due}, ")), "{rest}");
    let lacking = row(&status["to_deallocate"], "operator", &operator);
    assert_eq!(
        (&lacking["AVS"], &lacking["deallocate"]),
        (&avs.as_str().into(), &"30".into())
    );
    let free = row(&status["exit_plan"], "what", "free stake");
    assert_eq!(free["amount"], "0");
    let listed = world.ok("alice", "withdraw list");
    let listed = row(&listed["tickets"], "ticket", &ticket);
    assert_eq!(listed["due_slot"].as_u64(), Some(due));
    assert_eq!(
        (&listed["settled"], &listed["claimable"]),
        (&false.into(), &"0".into())
    );

    world.till(due);
    world.fails("alice", "keep settle", 1, "");
    world.in_time("alice", "keep open-round");
    world.ok("alice", &format!("keep force-deallocate {of}"));
    world.fails(
        "alice",
        &format!("keep force-deallocate {of}"),
        1,
        "RoundServed",
    );
    let status = world.ok("alice", "status");
    let cools = row(&status["exit_plan"], "what", "cools");
    assert_eq!(cools["amount"], "30");
    world.fails("alice", &undelegate, 1, "NothingToDo");
    world.in_time("alice", &format!("keep release {of}"));
    world.ok("alice", &undelegate);
    world.ok("alice", "keep settle");

    let status = world.ok("alice", &format!("status --owner {}", world.key("alice")));
    assert_eq!(status["queue"]["settled_and_not_claimed"], "30");
    assert_eq!(status["queue"]["head_batch"], "none");
    let mine = row(&status["tickets"], "ticket", &ticket);
    assert_eq!(
        (&mine["can_be_claimed"], &mine["rest"]),
        (&"30".into(), &"settled".into())
    );
    let before = world.collateral_of(&world.key("alice"));
    world.ok("alice", "withdraw claim");
    let paid = world.collateral_of(&world.key("alice")) - before;
    assert_eq!(paid, 30 * WHOLE);
    world.ok("alice", "keep close batch");
    world.fails("alice", "keep close batch", 2, "no such batch");
    world.ok("alice", "verify");
}
