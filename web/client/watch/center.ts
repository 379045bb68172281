import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import type { ChatError } from "../error.ts";
import {
  type Commit,
  type EventFeed,
  type EventFilterSchema,
  type WatchCenterRequest,
  WatchCenterRequestSchema,
  type WatchCenterResponse,
} from "../gen/chatsession/v1/event_feed_pb.ts";
import { afterGoodbye, type Follow, type Next, type Received, type Terms, terms } from "./follow.ts";
import { type KeepOptions, keep } from "./keeper.ts";

/** What {@link ChatClient.watchCenter} brings. */
export type CenterUpdate =
  /** The stream is open, at first and each time that it had to be opened again. Store `historyId` with the position. */
  | { kind: "opened"; historyId: string; centerSeq: bigint }
  /** What was decided at once. */
  | { kind: "commit"; commit: Commit }
  /** Everything that is wanted up to here has come: a position to store where no commit is. */
  | { kind: "position"; centerSeq: bigint; isLive: boolean };

/** From where on, and what. */
export interface CenterStart {
  /** The last commit that the caller has: `0n` brings all that are kept. Unset: from now on. */
  after?: bigint;
  /** The history that `after` is of. */
  historyId?: string;
  /** Which events are wanted; all where nothing is named. */
  filter?: MessageInitShape<typeof EventFilterSchema>;
}

export function watchCenter(
  feed: Client<typeof EventFeed>,
  start: CenterStart,
  options: KeepOptions,
): AsyncIterable<CenterUpdate> {
  const source = {
    open: (request: WatchCenterRequest, signal: AbortSignal) => feed.watchCenter(request, { signal }),
    renew: async () => true,
  };
  return keep(new CenterFollow(start), source, options);
}

/** What a center's stream means. Numbers are left out where nothing is wanted: only repeats show. */
export class CenterFollow implements Follow<WatchCenterRequest, WatchCenterResponse, CenterUpdate> {
  readonly #start: CenterStart;
  #position: bigint | undefined;
  #historyId: string;
  #isLive = false;

  constructor(start: CenterStart) {
    this.#start = start;
    this.#position = start.after;
    this.#historyId = start.historyId ?? "";
  }

  request(): WatchCenterRequest {
    const { filter } = this.#start;
    const position = { afterCenterSeq: this.#position, historyId: this.#historyId };
    return create(WatchCenterRequestSchema, filter ? { ...position, filter } : position);
  }

  received(): Received {
    return new Map();
  }

  terms({ kind }: WatchCenterResponse): Terms | undefined {
    return kind.case === "opened" ? terms(kind.value.streamId, undefined, kind.value.heartbeatInterval) : undefined;
  }

  read({ kind }: WatchCenterResponse, out: CenterUpdate[]): Next {
    switch (kind.case) {
      case "opened":
        this.#historyId = kind.value.historyId;
        this.#position ??= kind.value.centerSeq;
        this.#isLive = false;
        out.push({ kind: "opened", historyId: kind.value.historyId, centerSeq: kind.value.centerSeq });
        return "read";
      case "commits":
        for (const commit of kind.value.commits) {
          if (!this.#moveTo(commit.centerSeq)) continue;
          out.push({ kind: "commit", commit });
        }
        this.#moveTo(kind.value.centerSeq);
        return "read";
      case "caughtUp":
      case "heartbeat":
        this.#isLive ||= kind.case === "caughtUp";
        this.#moveTo(kind.value.centerSeq);
        out.push({ kind: "position", centerSeq: this.#position ?? 0n, isLive: this.#isLive });
        return "read";
      case "goodbye":
        return afterGoodbye(kind.value.reason);
      case undefined:
        return "read";
    }
  }

  closed(): Next {
    return { reopen: "broken" };
  }

  /** Whoever stores a position has to start over with a snapshot: this can't be done for them. */
  refused(error: ChatError): Next {
    return { fail: error };
  }

  /** Whether it is further than what was delivered. */
  #moveTo(centerSeq: bigint): boolean {
    if (this.#position !== undefined && centerSeq <= this.#position) return false;
    this.#position = centerSeq;
    return true;
  }
}
