import type { Duration } from "@bufbuild/protobuf/wkt";
import { ChatError } from "../error.ts";
import { GoodbyeReason } from "../gen/chatsession/v1/chat_session_pb.ts";

/** Sessions, and the last revision received of each. */
export type Received = ReadonlyMap<string, bigint>;

/** Why a stream has to be opened again: it broke or can't be relied on, or its token is no good any more. */
export type Cut = "broken" | "token";

/** What to do after a message. */
export type Next = "read" | "finish" | { reopen: Cut } | { fail: ChatError };

/** How to keep a stream open, as its first message says it. */
export interface Terms {
  streamId: string;
  /** The stream is gone without a renewal for that long, in milliseconds. Unset: it needs none. */
  lease: number | undefined;
  /** A message comes at least this often, in milliseconds. */
  heartbeat: number | undefined;
}

/** What a stream's messages mean, and where to resume it. Without clock and network. */
export interface Follow<Request, Response, Update> {
  /** Asks for everything after what was delivered. */
  request(): Request;
  /** What the first message says; unset when it isn't a first message. */
  terms(first: Response): Terms | undefined;
  /** Reads a message. What it puts into `out` counts as delivered. */
  read(response: Response, out: Update[]): Next;
  /** The stream ended without a goodbye. */
  closed(out: Update[]): Next;
  /** The stream can't be opened again, or was cut, for a reason that lasts. */
  refused(error: ChatError, out: Update[]): Next;
  /** How far each session was received that the caller takes part in. */
  received(): Received;
}

export function terms(streamId: string, lease?: Duration, heartbeat?: Duration): Terms {
  return { streamId, lease: milliseconds(lease), heartbeat: milliseconds(heartbeat) };
}

function milliseconds(time: Duration | undefined): number | undefined {
  return time ? Number(time.seconds) * 1000 + time.nanos / 1e6 || undefined : undefined;
}

/** What a goodbye asks for that doesn't end what is watched. */
export function afterGoodbye(reason: GoodbyeReason): Next {
  const isToken = reason === GoodbyeReason.TOKEN_EXPIRING || reason === GoodbyeReason.REVOKED;
  return { reopen: isToken ? "token" : "broken" };
}

/** So many gaps in a row at the same revision are the service's doing, not the way's. */
const GAPS = 3;

/** Where events have got to: their numbers have no holes, so that repeats and gaps show. */
export class Position {
  #gaps = 0;

  revision: bigint;

  constructor(revision: bigint) {
    this.revision = revision;
  }

  /** How `revision` continues this; moves on to it if it is the next one. */
  advance(revision: bigint): "next" | "repeat" | "gap" {
    if (revision <= this.revision) return "repeat";
    if (revision > this.revision + 1n) return "gap";
    this.revision = revision;
    this.#gaps = 0;
    return "next";
  }

  /** Something is missing: asks for it again, but not for ever. */
  gap(): Next {
    this.#gaps += 1;
    if (this.#gaps < GAPS) return { reopen: "broken" };
    return { fail: ChatError.from(new Error(`the service leaves out revision ${this.revision + 1n}`)) };
  }
}
