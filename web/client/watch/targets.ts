import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import type { ChatError } from "../error.ts";
import {
  type AgentDesk,
  type Target,
  type TargetRef,
  type WatchTargetsRequest,
  WatchTargetsRequestSchema,
  type WatchTargetsResponse,
} from "../gen/chatsession/v1/agent_desk_pb.ts";
import { afterGoodbye, type Follow, type Next, type Received, type Terms, terms } from "./follow.ts";
import { type KeepOptions, keep } from "./keeper.ts";

/** Which rows of the Invite window. */
export type TargetFilter = MessageInitShape<typeof WatchTargetsRequestSchema>;

/** What {@link ChatClient.watchTargets} brings. */
export type TargetsUpdate =
  /** The rows as they are: first of all, and again each time the stream had to be opened again. */
  | { kind: "opened"; targets: Target[]; more: boolean }
  /** What changed of them, at most once a second: rows that came or changed, whole, and rows that are gone. */
  | { kind: "changed"; put: Target[]; removed: TargetRef[]; more: boolean };

export function watchTargets(
  desk: Client<typeof AgentDesk>,
  filter: TargetFilter,
  options: KeepOptions,
): AsyncIterable<TargetsUpdate> {
  const source = {
    open: (request: WatchTargetsRequest, signal: AbortSignal) => desk.watchTargets(request, { signal }),
    renew: async (streamId: string) => (await desk.renew({ streamId }, { timeoutMs: 10_000 })).open,
  };
  return keep(new TargetsFollow(create(WatchTargetsRequestSchema, filter)), source, options);
}

/** What the stream of an Invite window means. It always starts afresh. */
export class TargetsFollow implements Follow<WatchTargetsRequest, WatchTargetsResponse, TargetsUpdate> {
  readonly #request: WatchTargetsRequest;

  constructor(request: WatchTargetsRequest) {
    this.#request = request;
  }

  request(): WatchTargetsRequest {
    return this.#request;
  }

  received(): Received {
    return new Map();
  }

  terms({ kind }: WatchTargetsResponse): Terms | undefined {
    if (kind.case !== "opened") return undefined;
    return terms(kind.value.streamId, kind.value.lease, kind.value.heartbeatInterval);
  }

  read({ kind }: WatchTargetsResponse, out: TargetsUpdate[]): Next {
    switch (kind.case) {
      case "opened":
        out.push({ kind: "opened", targets: kind.value.targets, more: kind.value.more });
        return "read";
      case "changed": {
        const { put, removed, more } = kind.value;
        out.push({ kind: "changed", put, removed, more });
        return "read";
      }
      case "goodbye":
        return afterGoodbye(kind.value.reason);
      case "heartbeat":
      case undefined:
        return "read";
    }
  }

  closed(): Next {
    return { reopen: "broken" };
  }

  refused(error: ChatError): Next {
    return { fail: error };
  }
}
