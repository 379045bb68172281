import {
  ActorKind,
  CancelCause,
  EndReason,
  type Event,
  JoinCause,
  LeaveReason,
  OfferKind,
  OfferOutcome,
  QueueCause,
  UnqueueReason,
} from "@chatsession/client";
import { moment } from "./time.ts";

/** For whom events are put into words. */
export interface Reader {
  isStaff: boolean;
  /** The reader's own agent id; empty for customers. */
  self: string;
  customer: string;
  agent(id: string): string;
  queue(id: string): string;
}

export const END_REASONS: Record<EndReason, string> = {
  [EndReason.UNSPECIFIED]: "",
  [EndReason.CUSTOMER]: "the customer ended it",
  [EndReason.AGENT]: "the agent ended it",
  [EndReason.SUPERVISOR]: "a supervisor ended it",
  [EndReason.INTEGRATOR]: "it was ended for the customer",
  [EndReason.INACTIVITY]: "nothing was said for too long",
  [EndReason.CUSTOMER_GONE]: "the customer was gone for too long",
  [EndReason.MAX_WAIT]: "nobody was free in time",
  [EndReason.AGE_LIMIT]: "it reached its age limit",
  [EndReason.QUEUE_CLOSED]: "the queue closed",
};

/** Customers are told why only where nobody meant to. */
const ENDED_BY_ITSELF = [EndReason.INACTIVITY, EndReason.MAX_WAIT, EndReason.AGE_LIMIT, EndReason.QUEUE_CLOSED];

export const OFFER_ENDS: Record<OfferOutcome, string> = {
  [OfferOutcome.UNSPECIFIED]: "",
  [OfferOutcome.ACCEPTED]: "accepted",
  [OfferOutcome.DECLINED]: "declined",
  [OfferOutcome.NO_ANSWER]: "didn't answer",
  [OfferOutcome.AGENT_GONE]: "has gone",
  [OfferOutcome.CANCELED]: "isn't needed any more",
};

export const CANCEL_CAUSES: Record<CancelCause, string> = {
  [CancelCause.UNSPECIFIED]: "",
  [CancelCause.BY_INVITER]: "It was called off.",
  [CancelCause.TAKEN]: "Somebody else took the chat.",
  [CancelCause.SESSION_ENDED]: "The chat ended.",
  [CancelCause.WITHDRAWN]: "The chat was taken out of the queue.",
  [CancelCause.MOVED]: "The chat moved to another queue.",
};

/** An event in a sentence; nothing for those that go without saying, and for messages. */
export function inWords(event: Event, reader: Reader): string | undefined {
  return reader.isStaff ? forStaff(event, reader) : forCustomer(event);
}

function forCustomer({ kind }: Event): string | undefined {
  switch (kind.case) {
    case "participantJoined":
      return `${kind.value.participant?.displayName ?? "Somebody"} has joined the chat`;
    case "participantLeft":
      if (kind.value.reason === LeaveReason.SESSION_ENDED) return undefined;
      return `${kind.value.participant?.displayName ?? "Somebody"} has left the chat`;
    case "sessionQueued":
      return kind.value.cause === QueueCause.STARTED ? undefined : "You are being connected to somebody else";
    case "endingWarned":
      return `This chat ends at ${at(kind.value.endTime)} unless you say something`;
    case "sessionEnded": {
      const why = ENDED_BY_ITSELF.includes(kind.value.reason) ? `: ${END_REASONS[kind.value.reason]}` : "";
      return `The chat has ended${why}`;
    }
    default:
      return undefined;
  }
}

function forStaff({ kind, actor }: Event, reader: Reader): string | undefined {
  const who = actor?.id === reader.self && reader.self ? "You" : actor?.displayName || actor?.id || "The service";
  switch (kind.case) {
    case "sessionStarted":
      return `${reader.customer} started a chat in ${reader.queue(kind.value.queueId)}`;
    case "sessionQueued":
      return queued(kind.value.cause, reader.queue(kind.value.queueId), who);
    case "sessionUnqueued":
      return unqueued(kind.value.reason, reader.queue(kind.value.queueId), who);
    case "offerMade": {
      const offer = kind.value.offer;
      if (offer?.kind !== OfferKind.INVITATION) return undefined;
      const invited = `${who} invited ${reader.agent(offer.agentId)}`;
      return kind.value.note ? `${invited}: “${kind.value.note}”` : invited;
    }
    case "offerEnded": {
      const { outcome, agentId, kind: offerKind } = kind.value;
      if (offerKind !== OfferKind.INVITATION || outcome === OfferOutcome.ACCEPTED) return undefined;
      if (outcome === OfferOutcome.CANCELED) return `The invitation of ${reader.agent(agentId)} is off`;
      return `${reader.agent(agentId)} ${OFFER_ENDS[outcome]}`;
    }
    case "participantJoined": {
      const name = kind.value.participant?.displayName ?? "";
      const isSelf = kind.value.participant?.agentId === reader.self;
      return `${isSelf ? "You are" : `${name} is`} connected${joined(kind.value.cause)}`;
    }
    case "participantLeft": {
      const { participant, reason } = kind.value;
      if (reason === LeaveReason.SESSION_ENDED) return undefined;
      const name = participant?.agentId === reader.self ? "You" : (participant?.displayName ?? "");
      return `${name} left${left(reason)}`;
    }
    case "customerAway":
      return `${reader.customer} is away`;
    case "customerReturned":
      return `${reader.customer} is back`;
    case "endingWarned":
      return `The chat ends at ${at(kind.value.endTime)}: ${END_REASONS[kind.value.reason]}`;
    case "sessionEnded":
      return `The chat has ended: ${END_REASONS[kind.value.reason]}`;
    case "flagRaised":
      return `${who} asked for help${kind.value.note ? `: “${kind.value.note}”` : ""}`;
    case "flagCleared":
      return "Help isn't needed any more";
    case "leavePlanned":
      return `${reader.agent(kind.value.agentId)} leaves as soon as it is taken`;
    case "leavePlanDropped":
      return `${reader.agent(kind.value.agentId)} stays`;
    case "dispositionSet":
      return `Outcome: ${kind.value.disposition?.code || "notes only"}${kind.value.notes ? ` – ${kind.value.notes}` : ""}`;
    case "capacityOverridden":
      return `${reader.agent(kind.value.agentId)} goes beyond their capacity`;
    case "sessionUpdated":
      return `${actor?.kind === ActorKind.CUSTOMER ? reader.customer : who} changed what is known of the chat`;
    default:
      return undefined;
  }
}

function queued(cause: QueueCause, queue: string, who: string): string | undefined {
  switch (cause) {
    case QueueCause.TRANSFERRED:
      return `${who} transferred the chat to ${queue}: it waits there for the next agent`;
    case QueueCause.RETURNED:
      return `The chat went back to ${queue}`;
    case QueueCause.OVERFLOWED:
      return `The chat moved on to ${queue}`;
    case QueueCause.REASSIGNED:
      return `${who} put the chat into ${queue}`;
    default:
      return undefined;
  }
}

function unqueued(reason: UnqueueReason, queue: string, who: string): string | undefined {
  switch (reason) {
    case UnqueueReason.WITHDRAWN:
      return `${who} took the chat out of ${queue}`;
    case UnqueueReason.MAX_WAIT:
      return `Nobody in ${queue} took the chat in time`;
    case UnqueueReason.QUEUE_CLOSED:
      return `${queue} has closed`;
    default:
      return undefined;
  }
}

function joined(cause: JoinCause): string {
  switch (cause) {
    case JoinCause.BARGED_IN:
      return " (barged in)";
    case JoinCause.TOOK_OVER:
      return " (took over)";
    case JoinCause.TAKEN_FROM_QUEUE:
      return " (taken from the queue)";
    default:
      return "";
  }
}

function left(reason: LeaveReason): string {
  switch (reason) {
    case LeaveReason.TRANSFERRED:
      return ": somebody else has taken over";
    case LeaveReason.AGENT_GONE:
      return ": the connection was lost";
    case LeaveReason.SIGNED_OUT:
      return ": signed out";
    case LeaveReason.NO_RESPONSE:
      return ": said nothing in time";
    case LeaveReason.REMOVED:
      return ": removed by a supervisor";
    case LeaveReason.TAKEN_OVER:
      return ": a supervisor took over";
    default:
      return "";
  }
}

function at(time: Parameters<typeof moment>[0]): string {
  return new Date(moment(time)).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

