import { ChatError } from "../error.ts";
import type { Received, Terms } from "./follow.ts";

const RENEW_INTERVAL = 10_000;
/** What was received is told at most that often. */
const RECEIVED_INTERVAL = 1_000;
/** After a renewal that didn't get through. */
const RENEW_AGAIN = 1_000;

/** A stream's lease, kept until `signal` is aborted. */
export interface Lease {
  /** A message came, and this is how far each session was received. */
  received(received: Received): void;
}

/**
 * Renews a lease in time, and sooner to tell what was received. A stream without a lease is nobody's presence, and
 * nothing is told by it. `gone` is called when the stream is no longer open.
 *
 * It also looks at the clock whenever a message comes: browsers slow down the timers of a page that is in the background,
 * but not its streams.
 */
export function keepLease(
  terms: Terms,
  renew: (received: Received) => Promise<boolean>,
  gone: () => void,
  signal: AbortSignal,
): Lease {
  if (terms.lease === undefined) return { received: () => undefined };
  const interval = Math.min(RENEW_INTERVAL, terms.lease * 0.4);
  let known: Received = new Map();
  let told: Received = new Map();
  let last = Date.now();
  let due = last + interval;
  let busy = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });

  const news = () => new Map([...known].filter(([session, revision]) => told.get(session) !== revision));

  const look = async () => {
    clearTimeout(timer);
    if (busy || signal.aborted) return;
    const next = Math.min(due, news().size > 0 ? last + RECEIVED_INTERVAL : due);
    const now = Date.now();
    if (now < next) {
      timer = setTimeout(look, next - now);
      return;
    }
    busy = true;
    const telling = known;
    last = now;
    const through = await tell(renew, news(), gone);
    if (through) told = telling;
    due = now + (through ? interval : RENEW_AGAIN);
    busy = false;
    await look();
  };
  void look();
  return {
    received(received) {
      known = received;
      void look();
    },
  };
}

/** Whether it got through. */
async function tell(renew: (received: Received) => Promise<boolean>, news: Received, gone: () => void) {
  try {
    if (!(await renew(news))) gone();
    return true;
  } catch (thrown) {
    const error = ChatError.from(thrown);
    if (!error.isRetryable) gone();
    return false;
  }
}
