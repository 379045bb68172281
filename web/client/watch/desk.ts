import { create } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import type { ChatError } from "../error.ts";
import type {
  AgentDesk,
  AgentState,
  Desk,
  DeskOffer,
  DeskOfferEnded,
  WatchDeskRequest,
  WatchDeskResponse,
} from "../gen/chatsession/v1/agent_desk_pb.ts";
import { WatchDeskRequestSchema } from "../gen/chatsession/v1/agent_desk_pb.ts";
import type { ChatEvent } from "../gen/chatsession/v1/chat_pb.ts";
import { GoodbyeReason, type SessionEvents } from "../gen/chatsession/v1/chat_session_pb.ts";
import type { Event } from "../gen/chatsession/v1/event_pb.ts";
import type { WrapUp } from "../gen/chatsession/v1/session_pb.ts";
import { ChatsFollow } from "./chats.ts";
import { afterGoodbye, type Follow, type Next, Position, type Received, type Terms, terms } from "./follow.ts";
import { type KeepOptions, keep } from "./keeper.ts";

/** What {@link ChatClient.watchDesk} brings. */
export type DeskUpdate =
  /**
   * The desk as it stands: first of all, and again each time the stream had to start over. What it doesn't show of offers
   * and wrap-ups shown before has ended meanwhile.
   */
  | { kind: "opened"; desk: Desk }
  /** The agent's state or room changed. */
  | { kind: "state"; state: AgentState }
  /** An offer rings here, or its deadline moved. */
  | { kind: "offer"; offer: DeskOffer }
  /** It no longer does. */
  | { kind: "offerEnded"; ended: DeskOfferEnded }
  /** Something happened in a session of the agent's, from their joining to their leaving. */
  | { kind: "event"; sessionId: string; event: Event }
  /** All history has been delivered. The agent counts as being there: the desk may ask for ready. */
  | { kind: "caughtUp" }
  /** Somebody types in a session of the agent's; `0` is the customer. Holds for 6 seconds. */
  | { kind: "typing"; sessionId: string; participantId: string }
  /** Somebody else's frontend has received a session up to here. May be lost: keep the highest. */
  | { kind: "delivered"; sessionId: string; participantId: string; revision: bigint }
  /** After-chat work began. */
  | { kind: "wrapUp"; wrapUp: WrapUp }
  /** After-chat work is done. */
  | { kind: "wrapUpEnded"; sessionId: string }
  /** Something happened in a chat with colleagues, from behind what the agent has read. */
  | { kind: "chatEvent"; chatId: string; event: ChatEvent }
  /** Last of all. */
  | { kind: "ended"; end: "signed-out" };

export function watchDesk(desk: Client<typeof AgentDesk>, options: KeepOptions): AsyncIterable<DeskUpdate> {
  const source = {
    open: (request: WatchDeskRequest, signal: AbortSignal) => desk.watchDesk(request, { signal }),
    renew: async (streamId: string, received: Received) => {
      const positions = [...received].map(([sessionId, afterRevision]) => ({ sessionId, afterRevision }));
      return (await desk.renew({ streamId, received: positions }, { timeoutMs: 10_000 })).open;
    },
  };
  return keep(new DeskFollow(), source, options);
}

/** The contract's limit; an agent holds half as many at most. */
const POSITIONS = 200;

interface Followed {
  position: Position;
  /** The stream that is open has shown it. */
  current: boolean;
}

/** What a desk's stream means. */
export class DeskFollow implements Follow<WatchDeskRequest, WatchDeskResponse, DeskUpdate> {
  #agentId = "";
  /** Where each session has got to that the agent is in, as far as was delivered. */
  readonly #sessions = new Map<string, Followed>();
  readonly #chats = new ChatsFollow();

  request(): WatchDeskRequest {
    const followed = [...this.#sessions].slice(0, POSITIONS);
    const positions = followed.map(([sessionId, { position }]) => ({ sessionId, afterRevision: position.revision }));
    return create(WatchDeskRequestSchema, { positions, chatPositions: this.#chats.positions() });
  }

  received(): Received {
    const current = [...this.#sessions].filter(([, { current, position }]) => current && position.revision > 0n);
    return new Map(current.slice(0, POSITIONS).map(([sessionId, { position }]) => [sessionId, position.revision]));
  }

  terms({ kind }: WatchDeskResponse): Terms | undefined {
    if (kind.case !== "opened") return undefined;
    return terms(kind.value.streamId, kind.value.lease, kind.value.heartbeatInterval);
  }

  read({ kind }: WatchDeskResponse, out: DeskUpdate[]): Next {
    switch (kind.case) {
      case "opened":
        if (kind.value.desk) this.#opened(kind.value.desk, out);
        return "read";
      case "events":
        return this.#events(kind.value, out);
      case "chatEvents":
        return this.#chats.events(kind.value, this.#agentId, (chatId, event) =>
          out.push({ kind: "chatEvent", chatId, event }),
        );
      case "goodbye":
        return kind.value.reason === GoodbyeReason.SIGNED_OUT ? finish(out) : afterGoodbye(kind.value.reason);
      case "caughtUp":
        // All was delivered: what the desk doesn't have any more, and nothing came of, isn't the agent's now.
        for (const [id, { current }] of this.#sessions) if (!current) this.#sessions.delete(id);
        this.#chats.caughtUp();
        out.push({ kind: "caughtUp" });
        return "read";
      case "typing":
        out.push({ kind: "typing", sessionId: kind.value.sessionId, participantId: kind.value.participantId });
        return "read";
      case "delivered": {
        const { sessionId, participantId, receivedRevision } = kind.value;
        out.push({ kind: "delivered", sessionId, participantId, revision: receivedRevision });
        return "read";
      }
      case "state":
        out.push({ kind: "state", state: kind.value });
        return "read";
      case "offer":
        out.push({ kind: "offer", offer: kind.value });
        return "read";
      case "offerEnded":
        out.push({ kind: "offerEnded", ended: kind.value });
        return "read";
      case "wrapUp":
        out.push({ kind: "wrapUp", wrapUp: kind.value });
        return "read";
      case "wrapUpEnded":
        out.push({ kind: "wrapUpEnded", sessionId: kind.value.sessionId });
        return "read";
      case "heartbeat":
      case undefined:
        // A heartbeat says by coming; what a newer service adds, this version couldn't have asked for.
        return "read";
    }
  }

  closed(): Next {
    return { reopen: "broken" };
  }

  refused(error: ChatError, out: DeskUpdate[]): Next {
    return error.reason === "NOT_SIGNED_IN" ? finish(out) : { fail: error };
  }

  #opened(desk: Desk, out: DeskUpdate[]): void {
    this.#agentId = desk.state?.agentId ?? "";
    const held = new Set(desk.sessions.map((session) => session.sessionId));
    for (const [id, followed] of this.#sessions) followed.current = held.has(id);
    this.#chats.opened(desk);
    out.push({ kind: "opened", desk });
  }

  #events({ sessionId, events }: SessionEvents, out: DeskUpdate[]): Next {
    const joined = new Set(events.filter((event) => this.#isMine(event, "participantJoined")).map((e) => e.centerSeq));
    let connected = true;
    for (const event of events) {
      // The first event of a session, and the commit of the agent's joining, say themselves where they start.
      const before = () => ({ position: new Position(event.revision - 1n), current: true });
      let followed = this.#sessions.get(sessionId) ?? before();
      let continuation = followed.position.advance(event.revision);
      if (continuation === "gap" && joined.has(event.centerSeq)) {
        followed = before();
        continuation = followed.position.advance(event.revision);
      }
      followed.current = true;
      this.#sessions.set(sessionId, followed);
      if (continuation === "repeat") continue;
      if (continuation === "gap") return followed.position.gap();
      connected = this.#isMine(event, "participantLeft")
        ? false
        : connected || this.#isMine(event, "participantJoined");
      out.push({ kind: "event", sessionId, event });
    }
    // Not before the end of the message: a commit comes whole, and more of it may follow the leaving.
    if (!connected) this.#sessions.delete(sessionId);
    return "read";
  }

  #isMine({ kind }: Event, what: "participantJoined" | "participantLeft"): boolean {
    return kind.case === what && kind.value.participant?.agentId === this.#agentId;
  }
}

function finish(out: DeskUpdate[]): Next {
  out.push({ kind: "ended", end: "signed-out" });
  return "finish";
}
