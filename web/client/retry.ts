import { Code, ConnectError } from "@connectrpc/connect";
import pRetry from "p-retry";
import { ChatError } from "./error.ts";

/** How long to wait before the next try, in milliseconds: twice as long each time, and spread. */
export interface RetryPolicy {
  /** Before the second try; 100 by default. */
  firstDelay?: number;
  /** At most; by default 3,000 for a call, which has somebody waiting for it, and 10,000 for a stream. */
  longestDelay?: number;
}

const FIRST_DELAY = 100;
const LONGEST_CALL_DELAY = 3_000;
/** Streams that all lost their server come back spread over this. */
const LONGEST_STREAM_DELAY = 10_000;

/** Calls until it succeeds or is refused, within `time` milliseconds. */
export function retryCall<T>(
  call: () => Promise<T>,
  time: number,
  { firstDelay = FIRST_DELAY, longestDelay = LONGEST_CALL_DELAY }: RetryPolicy,
  signal: AbortSignal,
): Promise<T> {
  return pRetry(call, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: firstDelay,
    maxTimeout: longestDelay,
    maxRetryTime: time,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => error instanceof ChatError && error.isRetryable,
    // Besides the delay: the service may ask for more.
    onFailedAttempt: ({ error }) => sleep(error instanceof ChatError ? error.retryDelay : 0, signal),
  });
}

/** Delays between one opening of a stream and the next, for ever: doubled, and spread. */
export class StreamDelays {
  readonly #first: number;
  readonly #longest: number;
  #next: number;

  constructor({ firstDelay = FIRST_DELAY, longestDelay = LONGEST_STREAM_DELAY }: RetryPolicy = {}) {
    this.#first = firstDelay;
    this.#longest = longestDelay;
    this.#next = firstDelay;
  }

  next(): number {
    const delay = this.#next;
    this.#next = Math.min(delay * 2, this.#longest);
    return delay * (0.5 + Math.random() / 2);
  }

  restart(): void {
    this.#next = this.#first;
  }
}

/** Waits; rejects when the signal is aborted. */
export function sleep(time: number, signal?: AbortSignal | null): Promise<void> {
  if (time <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(new ConnectError("aborted", Code.Canceled));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, time);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
