//! The variables of automatic messages.

use super::{
    Center,
    ids::{QueueId, SessionId},
    time::MINUTE,
};

/// Stands for what isn't known.
const UNKNOWN: &str = "–";

impl Center {
    /// A queue's words to a waiting customer: `{{position}}`, `{{estimated_wait}}` (whole minutes, rounded up), `{{queue.name}}`
    /// and `{{agent.name}}` (of who joined last) filled, other variables left as they are.
    pub(super) fn filled(&self, session: SessionId, queue: &QueueId, words: &str) -> String {
        if !words.contains("{{") {
            return words.to_owned();
        }
        let known = |text: Option<String>| text.unwrap_or_else(|| UNKNOWN.to_owned());
        let place = self.place_of(session).map(|place| place.to_string());
        let wait = self.estimate_for(session).map(|wait| wait.div_ceil(MINUTE).max(1).to_string());
        let name = self.queues.get(queue).map(|queue| queue.name.as_str().to_owned());
        let agents = self.sessions.get(&session).map(|session| session.attending());
        let agent = agents.and_then(Iterator::last).map(|participant| participant.name.as_str().to_owned());
        words
            .replace("{{position}}", &known(place))
            .replace("{{estimated_wait}}", &known(wait))
            .replace("{{queue.name}}", &known(name))
            .replace("{{agent.name}}", &known(agent))
    }
}
