//! A day in a contact centre in virtual time, and its report as a supervisor reads it: by queue and by agent, from the events
//! alone, in sums that add up to the last chat.

use chatsession::center::{HOUR, Time};

use crate::{
    Failure,
    floor::{Floor, START},
};

mod people;
mod queues;
mod roster;
mod staff;

use people::People;
use queues::Queues;
use staff::Staff;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Agents, in three shifts.
    #[arg(long, default_value_t = 200)]
    pub(crate) agents: usize,
    /// Customers who start a chat.
    #[arg(long, default_value_t = 16_000)]
    pub(crate) customers: usize,
    /// Another one is another day.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Agents whose lines are printed.
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true)]
    pub(crate) rows: usize,
}

/// When it is all over: the last shift ends at 20:30, and the last chats are done some time later.
const END: Time = Time(START.0 + 23 * HOUR);

/// What was seen of a day.
struct Day {
    queues: Queues,
    staff: Staff,
    people: People,
}

fn live(args: &Args) -> Day {
    let people = People::new(Floor::new(args.seed), args.seed, args.agents, args.customers);
    let mut day = Day { queues: Queues::default(), staff: Staff::default(), people };
    while let Some(records) = day.people.next(END) {
        for record in records {
            day.queues.follow(&record);
            day.staff.follow(&record);
        }
    }
    day.staff.end(END);
    day
}

impl Day {
    /// Everything that doesn't add up.
    fn mistakes(&self) -> Vec<String> {
        let center = &self.people.floor.center;
        let mut wrong = self.queues.mistakes(center);
        wrong.extend(self.staff.mistakes(center, END));
        wrong.extend(center.violations(END));
        let (by_queue, by_agent) = (self.queues.handled(), self.staff.handled());
        if by_queue != by_agent {
            wrong.push(format!("handled by queue and by agent differ: {by_queue:?}, {by_agent:?} (chats, ms)"));
        }
        wrong
    }
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let day = live(args);
    println!("{}", day.queues.table());
    println!("{}", day.staff.table(args.rows));
    println!("asked in vain, because somebody else was quicker: {}", day.people.refused);
    let wrong = day.mistakes();
    if wrong.is_empty() {
        println!("all sums add up");
        Ok(())
    } else {
        Err(wrong.join("\n").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_small_day_then_its_sums_add_up_and_it_is_the_same_again() {
        let args = Args { agents: 24, customers: 800, seed: 3, rows: usize::MAX };
        let day = live(&args);
        assert_eq!(day.mistakes(), Vec::<String>::new());
        assert!(day.queues.handled().0 > 600, "{}", day.queues.table());
        let again = live(&args);
        assert_eq!(day.queues.table(), again.queues.table());
        assert_eq!(day.staff.table(usize::MAX), again.staff.table(usize::MAX));
    }
}
