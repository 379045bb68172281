import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import {
  type Event,
  EventSchema,
  GoodbyeReason,
  type WatchRequest,
  type WatchResponse,
  WatchResponseSchema,
} from "@chatsession/client";
import type { Chance } from "./random.ts";

/** What may happen to a stream that is in the way of it. */
const CUTS = [
  "reset",
  "unavailable",
  "unauthenticated",
  "closed",
  "draining",
  "slow-consumer",
  "token-expiring",
  "silence",
  "lease-lapsed",
  "skip",
  "none",
] as const;

/** A session whose stream breaks in every way that the contract and the network know. */
export class UnreliableSession {
  readonly events: Event[];
  readonly cuts: string[] = [];
  isLeaseGood = true;
  readonly #chance: Chance;
  #cutsLeft: number;

  constructor(chance: Chance, count: number, cuts: number) {
    this.#chance = chance;
    this.#cutsLeft = cuts;
    this.events = Array.from({ length: count }, (_, at) =>
      create(EventSchema, {
        revision: BigInt(at + 1),
        kind:
          at + 1 === count
            ? { case: "sessionEnded", value: {} }
            : { case: "messagePosted", value: { messageId: `m-${at + 1}` } },
      }),
    );
  }

  async *watch(request: WatchRequest, context: HandlerContext) {
    const cut = this.#nextCut();
    if (cut === "unavailable" && this.#chance.number(2) === 0) throw new ConnectError("restarts", Code.Unavailable);
    const last = BigInt(this.events.length);
    const opened = {
      streamId: "s",
      revision: last,
      heartbeatInterval: durationFromMs(20),
      lease: durationFromMs(cut === "lease-lapsed" ? 10 : 1000),
    };
    this.isLeaseGood = cut !== "lease-lapsed";
    yield said({ case: "opened", value: opened });
    // Sometimes it says again what was heard before.
    let at = Number(request.afterRevision ?? 0n);
    if (this.#chance.number(4) === 0) at = Math.max(0, at - this.#chance.number(4));
    const until = cut === "none" ? this.events.length : at + this.#chance.number(this.events.length - at + 1);
    while (at < until) {
      const size = 1 + this.#chance.number(5);
      yield said({ case: "events", value: { events: this.events.slice(at, Math.min(at + size, until)) } });
      at += size;
    }
    if (cut === "skip" && until < this.events.length) {
      yield said({ case: "events", value: { events: this.events.slice(until + 1) } });
    }
    yield* this.#end(cut, BigInt(until), context);
  }

  async *#end(cut: (typeof CUTS)[number], resumeAfterRevision: bigint, { signal }: HandlerContext) {
    const goodbye = (reason: GoodbyeReason) => said({ case: "goodbye", value: { reason, resumeAfterRevision } });
    switch (cut) {
      case "reset":
        throw new TypeError("terminated");
      case "unavailable":
        throw new ConnectError("gone", Code.Unavailable);
      case "unauthenticated":
        throw new ConnectError("ran out", Code.Unauthenticated);
      case "draining":
        yield goodbye(GoodbyeReason.DRAINING);
        break;
      case "slow-consumer":
        yield goodbye(GoodbyeReason.SLOW_CONSUMER);
        break;
      case "token-expiring":
        yield goodbye(GoodbyeReason.TOKEN_EXPIRING);
        break;
      case "silence":
      case "lease-lapsed":
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        break;
      default:
    }
  }

  #nextCut(): (typeof CUTS)[number] {
    const cut = this.#cutsLeft > 0 ? this.#chance.oneOf(CUTS) : "none";
    this.#cutsLeft -= 1;
    this.cuts.push(cut);
    return cut;
  }
}

function said(kind: NonNullable<MessageInitShape<typeof WatchResponseSchema>["kind"]>): WatchResponse {
  return create(WatchResponseSchema, { kind });
}
