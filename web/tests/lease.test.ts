import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Received } from "../client/watch/follow.ts";
import { keepLease } from "../client/watch/lease.ts";

const TERMS = { streamId: "s", lease: 25_000, heartbeat: 20_000 };
const at = (revision: bigint): Received => new Map([["chat", revision]]);

let over: AbortController;
beforeEach(() => {
  over = new AbortController();
});
afterEach(() => {
  over.abort();
  mock.timers.reset();
});

/** A lease whose renewals are written down, with what each of them tells. */
function lease(answer: () => Promise<boolean> = async () => true) {
  const told: number[][] = [];
  const gone = mock.fn();
  const renew = (received: Received) => {
    told.push([...received.values()].map(Number));
    return answer();
  };
  return { told, gone, kept: keepLease(TERMS, renew, gone, over.signal) };
}

/** Time passes, and what is due is done. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    mock.timers.tick(1000);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}

test("a lease is renewed every ten seconds", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { told } = lease();
  await pass(35);
  assert.deepEqual(told, [[], [], []]);
});

test("what was received is told sooner, at most once a second, and once", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { told, kept } = lease();
  kept.received(at(1n));
  await pass(1);
  kept.received(at(2n));
  kept.received(at(3n));
  await pass(1);
  await pass(9);
  assert.deepEqual(told, [[1], [3]]);
});

test("a page in the background, whose timers sleep, renews by what the stream brings", async () => {
  // Given a clock that goes on while no timer fires
  mock.timers.enable({ apis: ["Date"] });
  const { told, kept } = lease();
  // When a heartbeat comes after twenty seconds, and another one
  mock.timers.setTime(Date.now() + 20_000);
  kept.received(new Map());
  await new Promise((resolve) => setImmediate(resolve));
  mock.timers.setTime(Date.now() + 20_000);
  kept.received(new Map());
  // Then each has renewed the lease
  assert.equal(told.length, 2);
});

test("a renewal that doesn't get through is made again at once, and a stream that is closed is given up", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const answers = [
    () => Promise.reject(new ConnectError("restarts", Code.Unavailable)),
    () => Promise.resolve(true),
    () => Promise.resolve(false),
  ];
  const { told, gone } = lease(() => answers.shift()?.() ?? Promise.resolve(true));
  await pass(11);
  assert.equal(told.length, 2);
  assert.equal(gone.mock.callCount(), 0);
  await pass(10);
  assert.equal(gone.mock.callCount(), 1);
});
