//! What was asked, who was answered what, and who asks again.

use chatsession::center::*;

use crate::{
    node::Held,
    people::Wish,
    rng::Rng,
    truth::{Check, Effect, Truth},
};

struct Ask {
    center: CenterId,
    asked: Asked,
    acked: Option<Answer>,
    doubtful: bool,
}

#[derive(Default)]
pub struct Asks {
    all: Vec<Ask>,
    /// To be asked again, and when.
    waiting: Vec<(u64, usize)>,
    /// All that was told, for the digest.
    pub told: Vec<String>,
}

impl Asks {
    pub fn new_ask(&mut self, (center, caller, command): Wish, truth: &mut Truth) -> usize {
        let number = self.all.len();
        let id = RequestId::parse(&format!("r{number}")).unwrap();
        if let Command::SendMessage { session, audience: Audience::Staff, .. } = command {
            truth.whispers.insert((session, caller.who.agent().cloned(), id.clone()));
        }
        let request = Some(Requested { id, fingerprint: number as u64 });
        self.all.push(Ask { center, asked: Asked { caller, request, command }, acked: None, doubtful: false });
        number
    }

    pub fn sent(&self, ask: usize) -> (CenterId, Asked) {
        (self.all[ask].center.clone(), self.all[ask].asked.clone())
    }

    /// The leader was lost before it answered: who asked asks again, by the same id.
    pub fn unanswered(&mut self, held: Vec<Held>, now: u64, rng: &mut Rng, doubtful: bool) {
        for held in held {
            if let Held::Answer(ask, _) = held
                && ask != usize::MAX
            {
                self.all[ask].doubtful |= doubtful;
                self.waiting.push((now + rng.below(4_000), ask));
            }
        }
    }

    /// Something to be asked again, if it is time.
    pub fn again(&mut self, now: u64, rng: &mut Rng) -> Option<usize> {
        if let Some(at) = self.waiting.iter().position(|(when, _)| *when <= now) {
            return Some(self.waiting.remove(at).1);
        }
        match rng.one_in(25) {
            true => (!self.all.is_empty()).then(|| rng.below(self.all.len() as u64) as usize),
            false => None,
        }
    }

    /// Somebody is told something: 5 and 6.
    pub fn told(&mut self, held: Held, truth: &mut Truth) -> Check {
        match held {
            Held::Answer(usize::MAX, _) => Ok(()),
            Held::Answer(ask, result) => {
                self.told.push(format!("{ask}: {result:?}"));
                match result {
                    Ok(answer) => self.accepted(ask, answer, truth),
                    Err(refusal) => self.refused(ask, &refusal, truth),
                }
            }
            Held::Shown(center, session, revision, public) => {
                let known = truth.centers.get(&center).and_then(|center| center.sessions.get(&session));
                let shown = (revision, public);
                match known {
                    Some(session) if (session.revision, session.public) < shown => {
                        Err(format!("6: {shown:?} was shown, durable is {}", session.revision))
                    }
                    None if truth.archived.contains(&session) => Ok(()),
                    None => Err(format!("6: {session} was shown and isn't durable")),
                    Some(_) => Ok(()),
                }
            }
        }
    }

    fn accepted(&mut self, at: usize, answer: Answer, truth: &mut Truth) -> Check {
        let ask = &mut self.all[at];
        let (caller, request) = (&ask.asked.caller, ask.asked.request.as_ref().ok_or("no request")?);
        truth.counts.answered += 1;
        if let (Command::StartSession(start), true, Some(session)) = (&ask.asked.command, answer.is_new, answer.session)
        {
            let elsewhere = truth.began.get(&session).is_some_and(|queue| *queue != start.queue);
            truth.counts.sent_on_when_full += u64::from(elsewhere);
        }
        let effect = match &ask.asked.command {
            Command::ReadUpTo { .. } | Command::ReadChatUpTo { .. } => return Ok(()),
            Command::SendMessage { session, .. } => {
                truth.said.get(&(*session, caller.who.agent().cloned(), request.id.clone())).cloned()
            }
            _ => truth
                .remembered
                .get(&(ask.center.clone(), caller.clone(), request.id.clone()))
                .map(|(_, effect)| effect.clone()),
        };
        match effect {
            None => return Err(format!("6: {} was answered and isn't durable", request.id)),
            Some(Effect::Remembered(first)) if *first != answer => {
                return Err(format!("5: {} was answered {answer:?}, at first {first:?}", request.id));
            }
            Some(Effect::Said(revision, _)) if revision != answer.revision => {
                return Err(format!("5: {} is {revision}, answered {}", request.id, answer.revision));
            }
            Some(_) => {}
        }
        if let Some(first) = &ask.acked {
            truth.counts.repeated += 1;
            if *first != answer {
                return Err(format!("5: {} was answered twice, differently", request.id));
            }
        } else if ask.doubtful {
            truth.counts.repeated_after_doubt += u64::from(answer.time < truth.folded.time);
        }
        ask.acked = Some(answer);
        Ok(())
    }

    fn refused(&mut self, at: usize, refusal: &Refusal, truth: &mut Truth) -> Check {
        truth.counts.refusal(refusal);
        let ask = &self.all[at];
        let by_read = matches!(
            ask.asked.command,
            Command::ReadUpTo { .. } | Command::SendMessage { .. } | Command::ReadChatUpTo { .. }
        );
        // Who was deposed and doesn't know it yet may not have heard of the chat; where there are several nodes a refusal waits for
        // a proof that its node still leads.
        let never_heard = *refusal == Refusal::ChatNotFound;
        if ask.acked.is_some() && !by_read && !never_heard {
            return Err(format!("5: ask {at} was accepted, and then refused: {refusal}"));
        }
        let (Command::AcceptOffer { offer, .. } | Command::DeclineOffer { offer, .. }) = &ask.asked.command else {
            return Ok(());
        };
        let accepts = matches!(ask.asked.command, Command::AcceptOffer { .. });
        truth.counts.accepts_after_taking += u64::from(accepts && truth.cut_short.contains(offer));
        let mine = truth.outcomes.get(offer).filter(|(whose, _)| Some(whose) == ask.asked.caller.who.agent());
        match (mine, refusal) {
            (Some((_, outcome)), Refusal::OfferNotFound) => Err(format!("2: who lost isn't told of {outcome:?}")),
            (Some((_, outcome)), Refusal::OfferClosed(told)) if told != outcome => {
                Err(format!("2: told {told:?}, it was {outcome:?}"))
            }
            _ => Ok(()),
        }
    }
}
