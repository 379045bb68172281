import { create } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import type { ChatError } from "../error.ts";
import {
  type ChatSession,
  GoodbyeReason,
  type WaitStatus,
  type WatchOpened,
  type WatchRequest,
  WatchRequestSchema,
  type WatchResponse,
} from "../gen/chatsession/v1/chat_session_pb.ts";
import type { Event } from "../gen/chatsession/v1/event_pb.ts";
import { type Session, SessionState } from "../gen/chatsession/v1/session_pb.ts";
import { afterGoodbye, type Follow, type Next, Position, type Received, type Terms, terms } from "./follow.ts";
import { type KeepOptions, keep } from "./keeper.ts";

/** What {@link ChatClient.watchSession} brings. */
export type SessionUpdate =
  /**
   * The stream is open, at first and each time that it had to be opened again. `revision` is the last one there was;
   * `continuous` is false when events were left out because they are no longer kept.
   */
  | { kind: "opened"; revision: bigint; session: Session | undefined; continuous: boolean }
  /** Something happened. */
  | { kind: "event"; event: Event }
  /** Behind lies history, ahead is live. */
  | { kind: "caughtUp"; revision: bigint }
  /** Somebody types; `0` is the customer. Holds for 6 seconds. */
  | { kind: "typing"; participantId: string }
  /** For a customer: how they stand in the queue. */
  | { kind: "wait"; status: WaitStatus }
  /** Somebody else's frontend has received everything up to here. May be lost: keep the highest. */
  | { kind: "delivered"; participantId: string; revision: bigint }
  /** Last of all. */
  | { kind: "ended"; end: "session-ended" | "left-session" | "signed-out" };

/** Which session, from where on. */
export interface SessionStart {
  sessionId: string;
  after: bigint | undefined;
  snapshot: boolean;
}

export function watchSession(
  sessions: Client<typeof ChatSession>,
  start: SessionStart,
  options: KeepOptions,
): AsyncIterable<SessionUpdate> {
  const source = {
    open: (request: WatchRequest, signal: AbortSignal) => sessions.watch(request, { signal }),
    renew: async (streamId: string, received: Received) => {
      const receivedRevision = received.get(start.sessionId) ?? 0n;
      return (await sessions.renew({ streamId, receivedRevision }, { timeoutMs: 10_000 })).open;
    },
  };
  return keep(new SessionFollow(start), source, options);
}

/** What a session's stream means. */
export class SessionFollow implements Follow<WatchRequest, WatchResponse, SessionUpdate> {
  readonly #start: SessionStart;
  /** Unset until the stream says where it starts. */
  #position: Position | undefined;
  /** The last event delivered is the last that there is. */
  #over = false;
  /** The last snapshot was of a session that had ended, at this revision. */
  #endedAt: bigint | undefined;
  /** The stream ended without a reason to be seen: asks for a snapshot, which has it. */
  #inDoubt = false;
  /** Events were left out because they are no longer kept. */
  #compacted = false;

  constructor(start: SessionStart) {
    this.#start = start;
    this.#position = start.after === undefined ? undefined : new Position(start.after);
  }

  request(): WatchRequest {
    return create(WatchRequestSchema, {
      sessionId: this.#start.sessionId,
      afterRevision: this.#position?.revision,
      snapshot: this.#start.snapshot || this.#inDoubt,
    });
  }

  received(): Received {
    const revision = this.#position?.revision ?? 0n;
    return new Map(revision > 0n ? [[this.#start.sessionId, revision]] : []);
  }

  terms({ kind }: WatchResponse): Terms | undefined {
    if (kind.case !== "opened") return undefined;
    return terms(kind.value.streamId, kind.value.lease, kind.value.heartbeatInterval);
  }

  read({ kind }: WatchResponse, out: SessionUpdate[]): Next {
    switch (kind.case) {
      case "opened":
        return this.#opened(kind.value, out);
      case "events":
        for (const event of kind.value.events) {
          const next = this.#deliver(event, out);
          if (next !== "read") return next;
        }
        return "read";
      case "caughtUp": {
        const next = this.#sent(kind.value.revision);
        if (next === "read") out.push({ kind: "caughtUp", revision: kind.value.revision });
        return next;
      }
      case "heartbeat":
        return this.#sent(kind.value.revision);
      case "typing":
        out.push({ kind: "typing", participantId: kind.value.participantId });
        return "read";
      case "waitStatus":
        out.push({ kind: "wait", status: kind.value });
        return "read";
      case "delivered": {
        const { participantId, receivedRevision } = kind.value;
        out.push({ kind: "delivered", participantId, revision: receivedRevision });
        return "read";
      }
      case "goodbye":
        return this.#goodbye(kind.value.reason, kind.value.resumeAfterRevision, out);
      case undefined:
        // From a newer service: nothing that this version could have asked for.
        return "read";
    }
  }

  closed(out: SessionUpdate[]): Next {
    const isWhole = this.#endedAt !== undefined && this.#endedAt <= (this.#position?.revision ?? 0n);
    if (this.#over || isWhole) {
      out.push({ kind: "ended", end: "session-ended" });
      return "finish";
    }
    this.#inDoubt = true;
    return { reopen: "broken" };
  }

  refused(error: ChatError): Next {
    if (error.reason !== "POSITION_COMPACTED" || !this.#position) return { fail: error };
    return this.#compact();
  }

  #opened({ revision, session }: WatchOpened, out: SessionUpdate[]): Next {
    const ended = session && (session.state === SessionState.ENDED || session.state === SessionState.CLOSED);
    this.#endedAt = ended ? revision : undefined;
    this.#position ??= new Position(revision);
    out.push({ kind: "opened", revision, session, continuous: !this.#compacted });
    this.#compacted = false;
    return "read";
  }

  #deliver(event: Event, out: SessionUpdate[]): Next {
    this.#position ??= new Position(0n);
    switch (this.#position.advance(event.revision)) {
      case "repeat":
        return "read";
      case "gap":
        return this.#position.gap();
      case "next":
        this.#inDoubt = false;
        // Staff, who alone see the center's numbers, get the wrap-ups after the end.
        this.#over =
          event.kind.case === "sessionClosed" || (event.kind.case === "sessionEnded" && event.centerSeq === 0n);
        out.push({ kind: "event", event });
        return "read";
    }
  }

  /** The service says that everything up to a revision has been sent. */
  #sent(revision: bigint): Next {
    this.#position ??= new Position(0n);
    return revision > this.#position.revision ? this.#position.gap() : "read";
  }

  #goodbye(reason: GoodbyeReason, resumeAfter: bigint, out: SessionUpdate[]): Next {
    if (reason === GoodbyeReason.POSITION_COMPACTED) return this.#compact();
    const isLeft = reason === GoodbyeReason.LEFT_SESSION;
    if (!isLeft && reason !== GoodbyeReason.SIGNED_OUT) return afterGoodbye(reason);
    const next = this.#sent(resumeAfter);
    if (next !== "read") return next;
    out.push({ kind: "ended", end: isLeft ? "left-session" : "signed-out" });
    return "finish";
  }

  #compact(): Next {
    this.#position = undefined;
    this.#compacted = true;
    return { reopen: "broken" };
  }
}
