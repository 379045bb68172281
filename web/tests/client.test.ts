import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  AgentStatus,
  type ChatClient,
  ChatError,
  connect,
  foldSession,
  InviteMode,
  type Session,
  SessionState,
} from "@chatsession/client";
import { Chance } from "./support/random.ts";
import { Server } from "./support/server.ts";

let server: Server;
before(async () => {
  server = await Server.start();
});
after(() => server?.stop());

const client = (role: "agent" | "customer", id: string) => connect({ url: server.url, token: server.token(role, id) });

/** Signs in, and holds the desk's stream until the signal. Resolves when the agent counts as present. */
async function present(agent: ChatClient, signal: AbortSignal): Promise<void> {
  await agent.desk.signIn({});
  await new Promise<void>((resolve, reject) => {
    const follow = async () => {
      for await (const update of agent.watchDesk({ signal })) if (update.kind === "caughtUp") resolve();
    };
    follow().catch(reject);
  });
}

test("a server that is killed again and again loses no message, repeats none, and holds the order", async () => {
  // Given a chat, and somebody who watches it
  const zoe = client("customer", "zoe");
  const { session } = await zoe.sessions.startSession({ queueId: "support", customerName: "Zoe" });
  const sessionId = session?.sessionId ?? "";
  const revisions: number[] = [];
  const heard: string[] = [];
  const watching = (async () => {
    for await (const update of zoe.watchSession(sessionId, { after: 0n })) {
      if (update.kind !== "event") continue;
      revisions.push(Number(update.event.revision));
      if (update.event.kind.case === "messagePosted") heard.push(update.event.kind.value.text);
    }
  })();
  // When things are said while the server is killed and started
  const chance = new Chance(7);
  const said = Array.from({ length: 24 }, (_, at) => `message ${at + 1}`);
  for (const [at, text] of said.entries()) {
    const restart = at % 8 === 5 ? server.kill().then(() => server.up()) : undefined;
    if (chance.number(2) === 0) await restart;
    await zoe.sessions.sendMessage({ sessionId, text });
    await restart;
  }
  await zoe.sessions.endSession({ sessionId });
  await watching;
  // Then everything was heard, once and in order
  assert.deepEqual(heard, said);
  assert.deepEqual(revisions, revisions.map((_, at) => at + 1));
});

test("folding the events gives what the service answers", async () => {
  const over = new AbortController();
  const [ann, bob, max] = [client("agent", "ann"), client("agent", "bob"), client("customer", "max")];
  await Promise.all([present(ann, over.signal), present(bob, over.signal)]);
  const { session } = await max.sessions.startSession({ queueId: "sales", customerName: "Max" });
  const sessionId = session?.sessionId ?? "";
  const offered = nextOffer(ann);
  await ann.desk.setState({ status: AgentStatus.READY });
  await ann.sessions.acceptOffer({ sessionId, offerId: await offered });
  const { session: snapshot } = await ann.sessions.getSession({ sessionId });

  // When much happens
  const invited = nextOffer(bob);
  await ann.sessions.invite({ sessionId, agentId: "bob", mode: InviteMode.CONFERENCE, note: "Look" });
  await bob.sessions.acceptOffer({ sessionId, offerId: await invited });
  await bob.sessions.sendMessage({ sessionId, text: "Hello" });
  await ann.sessions.raiseFlag({ sessionId, note: "Help" });
  await ann.sessions.transferToQueue({ sessionId, queueId: "billing" });
  await ann.sessions.setDisposition({ sessionId, code: "moved" });
  await ann.sessions.leave({ sessionId });
  await bob.sessions.withdrawFromQueue({ sessionId });
  await bob.sessions.updateSession({ sessionId, attributes: [{ name: "order", value: "17" }] });

  // Then a snapshot that is brought forward is the session as it stands
  const { events } = await bob.sessions.listEvents({ sessionId, pageSize: 500 });
  const folded = events.reduce(foldSession, snapshot as Session);
  const { session: now } = await bob.sessions.getSession({ sessionId });
  assert.deepEqual(folded, now);
  await bob.sessions.endSession({ sessionId });
  over.abort();
});

test("of two calls with one request id one takes effect, and another content is refused", async () => {
  const eve = client("customer", "eve");
  const { session } = await eve.sessions.startSession({ queueId: "support", customerName: "Eve" });
  const message = { sessionId: session?.sessionId ?? "", requestId: "once", text: "Hello" };
  const [one, other] = await Promise.all([eve.sessions.sendMessage(message), eve.sessions.sendMessage(message)]);
  assert.equal(one.revision, other.revision);
  const error = await eve.sessions.sendMessage({ ...message, text: "Bye" }).catch(ChatError.from);
  assert.ok(error instanceof ChatError);
  assert.equal(error.reason, "REQUEST_ID_REUSED");
  const wrong = await eve.sessions.startSession({ queueId: "no queue" }).catch(ChatError.from);
  assert.ok(wrong instanceof ChatError);
  assert.equal(wrong.reason, "FIELD_INVALID");
  assert.equal(wrong.field, "queue_id");
});

test("an integrator follows everything that happens, over a server that is killed", async () => {
  const shop = connect({ url: server.url, token: server.token("integrator", "shop") });
  const kim = client("customer", "kim");
  const { session } = await kim.sessions.startSession({ queueId: "billing", customerName: "Kim" });
  const sessionId = session?.sessionId ?? "";
  const texts: string[] = [];
  let isKilled = false;
  const says = async () => {
    for (const text of ["one", "two", "three"]) await kim.sessions.sendMessage({ sessionId, text });
    await server.kill();
    isKilled = true;
    await server.up();
    for (const text of ["four", "five"]) await kim.sessions.sendMessage({ sessionId, text });
  };
  const saying = says();
  const positions: bigint[] = [];
  for await (const update of shop.watchCenter({ after: 0n, filter: { sessionIds: [sessionId] } })) {
    if (update.kind !== "commit") continue;
    positions.push(update.commit.centerSeq);
    for (const { kind } of update.commit.events) {
      if (kind.case !== "sessionHappened" || kind.value.event?.kind.case !== "messagePosted") continue;
      texts.push(kind.value.event.kind.value.text);
    }
    if (texts.includes("five")) break;
  }
  await saying;
  assert.ok(isKilled);
  assert.deepEqual(texts, ["one", "two", "three", "four", "five"]);
  assert.deepEqual(positions, [...new Set(positions)].sort((one, other) => Number(one - other)));
  await kim.sessions.endSession({ sessionId });
});

test("the Invite window is kept current", async () => {
  const over = new AbortController();
  const [dora, bob] = [client("agent", "dora"), client("agent", "bob")];
  await present(dora, over.signal);
  const isBobReady = (async () => {
    for await (const update of dora.watchTargets({ query: "bob" })) {
      const rows = update.kind === "opened" ? update.targets : update.put;
      const ready = rows.some(({ kind }) => kind.case === "agent" && kind.value.state?.status === AgentStatus.READY);
      if (ready) return true;
    }
    return false;
  })();
  await present(bob, over.signal);
  await bob.desk.setState({ status: AgentStatus.READY });
  assert.ok(await isBobReady);
  over.abort();
});

test("a stream that nobody wants any more ends without an error", async () => {
  const ida = client("customer", "ida");
  const { session } = await ida.sessions.startSession({ queueId: "support", customerName: "Ida" });
  const over = new AbortController();
  const kinds: string[] = [];
  for await (const update of ida.watchSession(session?.sessionId ?? "", { signal: over.signal })) {
    kinds.push(update.kind);
    if (update.kind === "caughtUp") over.abort();
  }
  assert.equal(kinds[0], "opened");
  assert.ok(session?.state === SessionState.WAITING);
});

/** The offer that rings, or the next one that does. */
async function nextOffer(agent: ChatClient): Promise<string> {
  for await (const update of agent.watchDesk()) {
    const offer = update.kind === "opened" ? update.desk.offers[0] : update.kind === "offer" ? update.offer : undefined;
    if (offer?.offer) return offer.offer.offerId;
  }
  throw new Error("the desk has ended");
}
