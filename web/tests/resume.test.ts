import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, createRouterTransport } from "@connectrpc/connect";
import {
  AgentDesk,
  ChatError,
  ChatSession,
  connect,
  EventSchema,
  GoodbyeReason,
  type SessionUpdate,
  type TokenAsk,
} from "@chatsession/client";
import { ErrorInfoSchema, RetryInfoSchema } from "../client/gen/google/rpc/error_details_pb.ts";
import { Tokens } from "../client/token.ts";
import { watchDesk } from "../client/watch/desk.ts";
import { watchSession } from "../client/watch/session.ts";
import { Chance } from "./support/random.ts";
import { UnreliableSession } from "./support/unreliable.ts";

const NO_DELAYS = { next: () => 0, restart: () => undefined };
const FRESH_TOKENS = () => new Tokens(({ stale }) => `after-${stale}`);
const refusal = (code: Code, reason: string, metadata = {}) =>
  new ConnectError(reason, code, undefined, [{ desc: ErrorInfoSchema, value: { reason, metadata } }]);

test("however the stream breaks, each event comes once and in order, and the loop ends with the session", async () => {
  const seen = new Set<string>();
  const seeds = Array.from({ length: 100 }, (_, at) => at + 1);
  // Most of their time is waiting for what doesn't come: many go at once.
  for (let at = 0; at < seeds.length; at += 20) {
    const cuts = await Promise.all(seeds.slice(at, at + 20).map(watchAnUnreliableSession));
    for (const cut of cuts.flat()) seen.add(cut);
  }
  assert.equal(seen.size, 11, "every kind of cut was tried");
});

async function watchAnUnreliableSession(seed: number): Promise<string[]> {
  // Given a session of some events, and a stream that is cut again and again
  const chance = new Chance(seed);
  const session = new UnreliableSession(chance, 5 + chance.number(60), chance.number(9));
  const transport = createRouterTransport(({ service }) => {
    service(ChatSession, {
      watch: (request, context) => session.watch(request, context),
      renew: () => ({ open: session.isLeaseGood }),
    });
  });
  // When it is watched from its beginning
  const start = { sessionId: "s", after: 0n, snapshot: false };
  const options = { tokens: FRESH_TOKENS(), delays: NO_DELAYS };
  const updates: SessionUpdate[] = [];
  for await (const update of watchSession(createClient(ChatSession, transport), start, options)) updates.push(update);
  // Then nothing is missing, and nothing came twice
  const revisions = updates.flatMap((update) => (update.kind === "event" ? [Number(update.event.revision)] : []));
  const expected = session.events.map((event) => Number(event.revision));
  assert.deepEqual(revisions, expected, `seed ${seed}, cuts ${session.cuts}`);
  assert.deepEqual(updates.at(-1), { kind: "ended", end: "session-ended" });
  return session.cuts;
}

test("what the service refuses for good ends the loop with its reason", async () => {
  const transport = createRouterTransport(({ service }) => {
    service(ChatSession, {
      watch: async function* () {
        throw refusal(Code.NotFound, "SESSION_NOT_FOUND");
      },
    });
  });
  const loop = watchSession(createClient(ChatSession, transport), { sessionId: "s", after: 0n, snapshot: false }, {});
  await assert.rejects(
    async () => {
      for await (const _ of loop);
    },
    (error) => error instanceof ChatError && error.reason === "SESSION_NOT_FOUND",
  );
});

test("a token that stays is final when it is refused; a source is asked for another one", async () => {
  const asked: (string | undefined)[] = [];
  const transport = (interceptors: NonNullable<Parameters<typeof createRouterTransport>[1]>["transport"]) =>
    createRouterTransport(
      ({ service }) => {
        service(AgentDesk, {
          signIn: (_, { requestHeader }) => {
            if (requestHeader.get("authorization") === "Bearer good") return {};
            throw refusal(Code.Unauthenticated, "TOKEN_EXPIRED");
          },
        });
      },
      { transport: interceptors ?? {} },
    );
  const client = (token: Parameters<typeof connect>[0]["token"]) =>
    connect({ url: "", token, transport: (interceptors) => transport({ interceptors }) });
  await assert.rejects(
    client("old").desk.signIn({}),
    (error) => error instanceof ChatError && error.reason === "TOKEN_EXPIRED",
  );
  const source = ({ stale, isRefused }: TokenAsk) => {
    asked.push(isRefused ? stale : undefined);
    return stale === undefined ? "old" : "good";
  };
  await client(source).desk.signIn({});
  assert.deepEqual(asked, [undefined, "old"]);
});

test("a call is made again with the same request id, not sooner than the service asks", async () => {
  const ids: string[] = [];
  const times: number[] = [];
  const delay = { retryDelay: { seconds: 0n, nanos: 150_000_000 } };
  const client = connect({
    url: "",
    token: "t",
    transport: (interceptors) =>
      createRouterTransport(
        ({ service }) => {
          service(ChatSession, {
            sendMessage: ({ requestId }) => {
              ids.push(requestId);
              times.push(Date.now());
              if (ids.length > 2) return { revision: 7n };
              throw new ConnectError("restarts", Code.Unavailable, undefined, [{ desc: RetryInfoSchema, value: delay }]);
            },
          });
        },
        { transport: { interceptors } },
      ),
  });
  const { revision } = await client.sessions.sendMessage({ sessionId: "s", text: "Hello" });
  assert.equal(revision, 7n);
  assert.equal(ids.length, 3);
  assert.equal(new Set(ids).size, 1);
  assert.match(ids[0] ?? "", /^[A-Za-z0-9_-]{1,64}$/);
  assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= 150, "the service's delay is kept");
});

test("a call that isn't answered is made again with the same request id", async () => {
  const ids: string[] = [];
  const client = connect({
    url: "",
    token: "t",
    answerTimeout: 50,
    transport: (interceptors) =>
      createRouterTransport(
        ({ service }) => {
          service(ChatSession, {
            sendMessage: async ({ requestId }, { signal }) => {
              ids.push(requestId);
              if (ids.length > 1) return { revision: 7n };
              return await new Promise((_, reject) => signal.addEventListener("abort", reject, { once: true }));
            },
          });
        },
        { transport: { interceptors } },
      ),
  });
  assert.equal((await client.sessions.sendMessage({ sessionId: "s", text: "Hello" })).revision, 7n);
  assert.equal(ids.length, 2);
  assert.equal(new Set(ids).size, 1);
});

test("a refusal tells its reason and what the reason adds, and isn't tried again", async () => {
  let calls = 0;
  const client = connect({
    url: "",
    token: "t",
    transport: (interceptors) =>
      createRouterTransport(
        ({ service }) => {
          service(ChatSession, {
            leave: () => {
              calls += 1;
              throw refusal(Code.FailedPrecondition, "LAST_AGENT", { choices: "RETURN_TO_QUEUE,END" });
            },
          });
        },
        { transport: { interceptors } },
      ),
  });
  const error = await client.sessions.leave({ sessionId: "s" }).catch(ChatError.from);
  assert.ok(error instanceof ChatError);
  assert.equal(error.reason, "LAST_AGENT");
  assert.equal(error.metadataOfReason["choices"], "RETURN_TO_QUEUE,END");
  assert.equal(calls, 1);
});

test("a desk resumes each session where it was, and starts anew where the agent comes back", async () => {
  const me = { participant: { agentId: "ann", participantId: "1" } };
  const event = (revision: number, centerSeq: number, kind: object = { case: "customerAway", value: {} }) =>
    create(EventSchema, { revision: BigInt(revision), centerSeq: BigInt(centerSeq), kind: kind as never });
  const joins = { case: "participantJoined", value: me };
  const leaves = { case: "participantLeft", value: me };
  const state = { agentId: "ann" };
  const asked: unknown[] = [];
  const streams = [
    { sessions: [], events: { sessionId: "a", events: [event(4, 1, joins), event(5, 2)] } },
    { sessions: [{ sessionId: "a" }], events: { sessionId: "a", events: [event(5, 2), event(6, 3, leaves)] } },
    { sessions: [], events: { sessionId: "a", events: [event(9, 4, joins), event(10, 5)] } },
  ];
  const transport = createRouterTransport(({ service }) => {
    service(AgentDesk, {
      watchDesk: async function* ({ positions }) {
        asked.push(positions.map((each) => [each.sessionId, Number(each.afterRevision)]));
        const stream = streams.shift();
        yield { kind: { case: "opened" as const, value: { streamId: "d", desk: { state, sessions: stream?.sessions ?? [] } } } };
        if (stream) yield { kind: { case: "events" as const, value: stream.events } };
        const reason = stream ? GoodbyeReason.DRAINING : GoodbyeReason.SIGNED_OUT;
        yield { kind: { case: "goodbye" as const, value: { reason } } };
      },
    });
  });
  const heard: unknown[] = [];
  for await (const update of watchDesk(createClient(AgentDesk, transport), { delays: NO_DELAYS })) {
    if (update.kind === "event") heard.push([update.sessionId, Number(update.event.revision)]);
    if (update.kind === "ended") heard.push(update.end);
  }
  assert.deepEqual(heard, [["a", 4], ["a", 5], ["a", 6], ["a", 9], ["a", 10], "signed-out"]);
  assert.deepEqual(asked, [[], [["a", 5]], [], [["a", 10]]]);
});
