import { ChatError, type ReasonName } from "@chatsession/client";

const WORDS: Partial<Record<ReasonName, string>> = {
  AGENT_SIGNED_OUT: "That colleague has signed out. Choose another one.",
  AGENT_AT_CAPACITY: "There is no room for one more chat.",
  ALREADY_PARTICIPANT: "They are in this chat already.",
  ALREADY_OFFERED: "They have been asked already. Wait for the answer.",
  ALREADY_QUEUED: "The chat waits in that queue already.",
  QUEUE_CLOSED: "That queue is closed now.",
  QUEUE_FULL: "Too many people are waiting there. Please try again later.",
  QUEUE_UNSTAFFED: "Nobody is there for that queue at the moment.",
  OFFER_CLOSED: "Too late: that offer has ended.",
  OFFER_NOT_FOUND: "That offer is gone.",
  SESSION_ENDED: "This chat has ended.",
  NOT_PARTICIPANT: "You are not in this chat.",
  SESSION_FULL: "This chat has reached its size limit. Please start a new one.",
  STATE_REASON_REQUIRED: "Please give a reason.",
  DISPOSITION_REQUIRED: "Say what came of the chat first.",
  AGENT_HAS_SESSIONS: "You still have chats.",
  REVISION_STALE: "Something changed meanwhile. Look again.",
  RATE_LIMITED: "Too fast. Please wait a moment.",
  ROLE_NOT_ALLOWED: "This token's role may not do that.",
  STORAGE_FULL: "The service has no room for messages just now.",
  NOT_SIGNED_IN: "You are signed out.",
  DESK_REQUIRED: "The desk isn't connected yet.",
  CREDENTIAL_INVALID: "This token isn't valid here.",
  TOKEN_EXPIRED: "This token has expired.",
};

/** A refusal, for people. */
export function explain(thrown: unknown): string {
  const error = ChatError.from(thrown);
  const words = error.reason && WORDS[error.reason];
  if (words) return words;
  const field = error.fields[0];
  if (field) return `${field.field}: ${field.description}`;
  if (error.isRetryable) return "The service can't be reached just now.";
  return error.rawMessage;
}
