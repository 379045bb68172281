import { clone } from "@bufbuild/protobuf";
import type { Event } from "./gen/chatsession/v1/event_pb.ts";
import { OfferKind, type Participant, type Session, SessionSchema, SessionState } from "./gen/chatsession/v1/session_pb.ts";

/**
 * A session as it stands after an event. What the session reflects already changes nothing, so that a snapshot can be
 * brought forward with events that overlap it. The skills that a queue wants at the moment aren't told by events and
 * stay as the snapshot had them. To customers, who aren't told who is who, an agent who left and came back is one more
 * participant, beside the one who left.
 */
export function foldSession(before: Session, event: Event): Session {
  if (event.revision <= before.revision) return before;
  const session = clone(SessionSchema, before);
  session.revision = event.revision;
  apply(session, event);
  return session;
}

function apply(session: Session, { kind, createTime, revision, centerSeq }: Event): void {
  switch (kind.case) {
    case "sessionQueued": {
      const { queueId, waitedBefore, expireTime, priority, skills, language } = kind.value;
      session.queueEntry = {
        $typeName: "chatsession.v1.QueueEntry",
        queueId,
        enterTime: createTime,
        waitedBefore,
        expireTime,
        wantedSkills: skills?.skills ?? session.skills,
        preferredAgentId: "",
      };
      session.homeQueueId = queueId;
      session.priority = priority;
      if (skills) session.skills = skills.skills;
      if (language) session.language = language;
      break;
    }
    case "sessionUnqueued":
      session.queueEntry = undefined;
      session.leavingWhenTakenAgentIds = [];
      break;
    case "offerMade":
      if (kind.value.offer) session.openOffers.push(kind.value.offer);
      break;
    case "offerEnded": {
      const { offerId } = kind.value;
      session.openOffers = session.openOffers.filter((offer) => offer.offerId !== offerId);
      break;
    }
    case "offerExtended": {
      const offer = session.openOffers.find((each) => each.offerId === kind.value.offerId);
      if (offer) offer.expireTime = kind.value.expireTime;
      break;
    }
    case "participantLeft": {
      const agentId = kind.value.participant?.agentId;
      if (agentId) session.leavingWhenTakenAgentIds = session.leavingWhenTakenAgentIds.filter((id) => id !== agentId);
    }
    // falls through
    case "participantJoined":
      if (kind.value.participant) member(session, kind.value.participant);
      break;
    case "readUpTo": {
      const { participantId, readRevision } = kind.value;
      const others = session.readMarks.filter((each) => each.participantId !== participantId);
      const mark = { $typeName: "chatsession.v1.ReadMark", participantId, revision: readRevision } as const;
      session.readMarks = [...others, mark].sort(by((each) => Number(each.participantId)));
      break;
    }
    case "customerAway":
    case "customerReturned":
      if (session.customer) session.customer.away = kind.case === "customerAway";
      break;
    case "sessionUpdated": {
      const { customerName, language, priority, skills, attributes } = kind.value;
      if (customerName !== undefined && session.customer) session.customer.displayName = customerName;
      if (language !== undefined) session.language = language;
      if (priority !== undefined) session.priority = priority;
      if (skills) session.skills = skills.skills;
      const names = new Set(attributes.map((attribute) => attribute.name));
      const others = session.attributes.filter((attribute) => !names.has(attribute.name));
      session.attributes = [...others, ...attributes.filter((attribute) => attribute.value !== "")];
      break;
    }
    case "flagRaised":
      session.flag = { $typeName: "chatsession.v1.Flag", agentId: kind.value.agentId, raiseTime: createTime };
      break;
    case "flagCleared":
      session.flag = undefined;
      break;
    case "wrapUpStarted": {
      const { wrapUp } = kind.value;
      if (!wrapUp) break;
      const others = session.wrapUps.filter((each) => each.agentId !== wrapUp.agentId);
      session.wrapUps = [...others, wrapUp].sort(by((each) => each.agentId));
      break;
    }
    case "wrapUpCompleted": {
      const { agentId } = kind.value;
      session.wrapUps = session.wrapUps.filter((wrapUp) => wrapUp.agentId !== agentId);
      break;
    }
    case "dispositionSet": {
      const { disposition } = kind.value;
      if (!disposition?.code) break;
      const others = session.dispositions.filter((each) => each.agentId !== disposition.agentId);
      session.dispositions = [...others, disposition].sort(by((each) => each.agentId));
      break;
    }
    case "leavePlanned":
      session.leavingWhenTakenAgentIds.push(kind.value.agentId);
      break;
    case "leavePlanDropped": {
      const { agentId } = kind.value;
      session.leavingWhenTakenAgentIds = session.leavingWhenTakenAgentIds.filter((id) => id !== agentId);
      break;
    }
    case "sessionEnded":
      session.state = SessionState.ENDED;
      session.endTime = createTime;
      session.endReason = kind.value.reason;
      session.queueEntry = undefined;
      session.openOffers = [];
      session.flag = undefined;
      break;
    case "sessionClosed":
      session.state = SessionState.CLOSED;
      break;
    case "sessionStarted":
    case "messagePosted":
    case "endingWarned":
    case "capacityOverridden":
    case undefined:
      break;
  }
  // Customers have no structure revision, and no event of theirs has the center's number.
  if (STRUCTURE.has(kind.case) && centerSeq > 0n) session.structureRevision = revision;
  if (session.state === SessionState.WAITING || session.state === SessionState.ATTENDED) {
    const attended = session.participants.some(({ connected, assistant }) => connected && !assistant);
    session.state = attended ? SessionState.ATTENDED : SessionState.WAITING;
  }
}

/** One entry an agent: the last membership counts. Customers see no agents, and tell them by their number. */
function member(session: Session, participant: Participant): void {
  const isSame = (each: Participant) =>
    each.participantId === participant.participantId || (each.agentId !== "" && each.agentId === participant.agentId);
  const before = session.participants.find(isSame);
  // A leaving tells when, not since when.
  const joinTime = participant.joinTime ?? (before?.participantId === participant.participantId ? before.joinTime : undefined);
  const others = session.participants.filter((each) => !isSame(each));
  session.participants = [...others, { ...participant, joinTime }].sort(by((each) => Number(each.participantId)));
}

/** An order by a key. */
function by<T>(key: (each: T) => number | string): (one: T, other: T) => number {
  return (one, other) => (key(one) < key(other) ? -1 : Number(key(one) > key(other)));
}

const STRUCTURE = new Set<Event["kind"]["case"]>([
  "sessionQueued",
  "sessionUnqueued",
  "offerMade",
  "offerEnded",
  "participantJoined",
  "participantLeft",
  "sessionEnded",
]);

/** The invitations of a session that ring. */
export function openInvitations(session: Session) {
  return session.openOffers.filter((offer) => offer.kind === OfferKind.INVITATION);
}
