import { Code } from "@connectrpc/connect";
import { ChatError } from "../error.ts";
import { StreamDelays, sleep } from "../retry.ts";
import type { Tokens } from "../token.ts";
import type { Follow, Next, Received } from "./follow.ts";
import { keepLease } from "./lease.ts";

/** How a stream stands, for people who wait. */
export type Connection =
  /** It is open. */
  | { state: "open" }
  /** It isn't, and is being opened again. `error` is why the last try failed. */
  | { state: "reconnecting"; error: ChatError | undefined };

/** How to keep a stream. */
export interface WatchOptions {
  /** Ends the stream when aborted, without an error. */
  signal?: AbortSignal;
  /** Told when the stream opens and breaks. */
  onConnection?: (connection: Connection) => void;
}

/** What a stream is made of; tests shorten the times. */
export interface KeepOptions extends WatchOptions {
  tokens?: Tokens;
  delays?: { next(): number; restart(): void };
  /** For the first message, in milliseconds. */
  answerTimeout?: number;
}

/** Where a stream comes from. */
export interface Source<Request, Response> {
  open(request: Request, signal: AbortSignal): AsyncIterable<Response>;
  /** Renews the stream's lease and says what more was received. Whether the stream is still open. */
  renew(streamId: string, received: Received): Promise<boolean>;
}

/** Where the stream doesn't say it, the contract's. */
const HEARTBEAT = 20_000;
/** So many heartbeats that didn't come are a dead connection. */
const SILENT_HEARTBEATS = 2.25;
/** A stream's first message comes at once, and a call has 10 s; a token may have to be fetched before. */
export const ANSWER_TIMEOUT = 15_000;

/** Keeps a stream open: resumes it, renews its lease, notices that it is dead. */
export async function* keep<Request, Response, Update>(
  follow: Follow<Request, Response, Update>,
  source: Source<Request, Response>,
  options: KeepOptions,
): AsyncGenerator<Update, void, undefined> {
  const delays = options.delays ?? new StreamDelays();
  let refusedTokens = 0;
  for (;;) {
    if (options.signal?.aborted) return;
    const line = new Line(follow, source, options);
    try {
      // Read together, handed over one by one: the position is past them all already, so none may be dropped by a cut.
      for await (const updates of line.run()) yield* updates;
    } finally {
      line.close();
    }
    const { next, wasWell } = line;
    if (next === "finish" || next === "read") return;
    if ("fail" in next) throw next.fail;
    if (wasWell) delays.restart();
    if (line.wasOpen) refusedTokens = 0;
    if (next.reopen === "token" && !line.error) options.tokens?.expire();
    if (line.error?.isUnauthenticated) {
      refusedTokens += 1;
      const another = options.tokens?.refuse() ?? false;
      if (!another || refusedTokens > 1) throw line.error;
    }
    options.onConnection?.({ state: "reconnecting", error: line.error });
    await pause(Math.max(delays.next(), line.error?.retryDelay ?? 0), options.signal);
  }
}

/** One opening of a stream. */
class Line<Request, Response, Update> {
  /** It brought something after its first message: the next opening may come soon. */
  wasWell = false;
  /** Its token was good. */
  wasOpen = false;
  next: Next = "read";
  error: ChatError | undefined;
  readonly #ended = new AbortController();
  readonly #follow: Follow<Request, Response, Update>;
  readonly #source: Source<Request, Response>;
  readonly #options: KeepOptions;

  constructor(follow: Follow<Request, Response, Update>, source: Source<Request, Response>, options: KeepOptions) {
    this.#follow = follow;
    this.#source = source;
    this.#options = options;
    const listening = { once: true, signal: this.#ended.signal };
    options.signal?.addEventListener("abort", () => this.close(), listening);
    // A browser that loses its network doesn't break its streams: they just stay silent.
    globalThis.addEventListener?.("offline", () => this.close(), listening);
  }

  close(): void {
    this.#ended.abort();
  }

  async *run(): AsyncGenerator<Update[], void, undefined> {
    const follow = this.#follow;
    const out: Update[] = [];
    let lease: ReturnType<typeof keepLease> | undefined;
    let silence = HEARTBEAT * SILENT_HEARTBEATS;
    let watchdog = setTimeout(() => this.close(), this.#options.answerTimeout ?? ANSWER_TIMEOUT);
    try {
      for await (const response of this.#source.open(follow.request(), this.#ended.signal)) {
        clearTimeout(watchdog);
        if (lease) {
          this.wasWell = true;
        } else {
          const terms = follow.terms(response);
          if (!terms) {
            this.next = { reopen: "broken" };
            return;
          }
          silence = (terms.heartbeat ?? HEARTBEAT) * SILENT_HEARTBEATS;
          const renew = (received: Received) => this.#source.renew(terms.streamId, received);
          lease = keepLease(terms, renew, () => this.close(), this.#ended.signal);
          this.wasOpen = true;
          this.#options.onConnection?.({ state: "open" });
        }
        this.next = follow.read(response, out);
        lease.received(follow.received());
        if (out.length > 0) yield out.splice(0);
        if (this.next !== "read") return;
        watchdog = setTimeout(() => this.close(), silence);
      }
      this.next = follow.closed(out);
    } catch (thrown) {
      this.next = this.#broken(thrown, out);
    } finally {
      clearTimeout(watchdog);
    }
    if (out.length > 0) yield out;
  }

  #broken(thrown: unknown, out: Update[]): Next {
    if (this.#options.signal?.aborted) return "finish";
    if (this.#ended.signal.aborted) return { reopen: "broken" };
    const error = ChatError.from(thrown);
    this.error = error;
    if (error.isUnauthenticated) return { reopen: "token" };
    return isPassing(error) ? { reopen: "broken" } : this.#follow.refused(error, out);
  }
}

/**
 * Whether what failed may work later. More than for a call: whatever the service had no room for, it had room for it when
 * the stream was opened, and what has none of the contract's reasons is the network's.
 */
function isPassing(error: ChatError): boolean {
  if (error.isRetryable || error.code === Code.ResourceExhausted) return true;
  return error.reason === undefined && error.code !== Code.Unimplemented && error.code !== Code.PermissionDenied;
}

/** Waits before the next try; not longer once a browser says that the network is back. */
async function pause(time: number, signal: AbortSignal | undefined): Promise<void> {
  const over = new AbortController();
  const end = () => over.abort();
  signal?.addEventListener("abort", end, { once: true, signal: over.signal });
  globalThis.addEventListener?.("online", end, { once: true, signal: over.signal });
  await sleep(time, over.signal).catch(() => undefined);
  end();
}
