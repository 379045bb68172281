import { Code, ConnectError } from "@connectrpc/connect";
import pRetry from "p-retry";
import { ChatError } from "./error.ts";

const FIRST_DELAY = 100;
/** A call has somebody waiting for it. */
const LONGEST_CALL_DELAY = 3_000;
/** Streams that all lost their server come back spread over this. */
const LONGEST_STREAM_DELAY = 10_000;

/** Calls until it succeeds or is refused, within `time` milliseconds. */
export function retryCall<T>(call: () => Promise<T>, time: number, signal: AbortSignal): Promise<T> {
  return pRetry(call, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: FIRST_DELAY,
    maxTimeout: LONGEST_CALL_DELAY,
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
  #next = FIRST_DELAY;

  next(): number {
    const delay = this.#next;
    this.#next = Math.min(delay * 2, LONGEST_STREAM_DELAY);
    return delay * (0.5 + Math.random() / 2);
  }

  restart(): void {
    this.#next = FIRST_DELAY;
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
