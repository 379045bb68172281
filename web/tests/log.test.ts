import assert from "node:assert/strict";
import { test } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type ChatClient,
  EventSchema,
  type ListEventsRequest,
  SessionSchema,
  TargetRefSchema,
  TargetSchema,
} from "@chatsession/client";
import { AgentChat } from "../desk/agent/chat.ts";
import { keyOf, TargetTable } from "../desk/agent/targets.ts";
import { SessionLog } from "../desk/shared/events.ts";
import { Chance } from "./support/random.ts";

type Kind = NonNullable<MessageInitShape<typeof EventSchema>["kind"]>;
const event = (revision: number, kind: Kind = { case: "customerAway", value: {} }) =>
  create(EventSchema, { revision: BigInt(revision), kind });
const revisions = (log: SessionLog) => log.events.map(({ revision }) => Number(revision));

test("a page that fetches history while the stream goes on has each event once, in order", async () => {
  for (let seed = 1; seed <= 100; seed++) {
    // Given a session of thirty events, of which the stream brings the last ones, and the service any page that is asked for
    const chance = new Chance(seed);
    const all = Array.from({ length: 30 }, (_, at) => event(at + 1));
    const log = new SessionLog("s");
    const live = all.slice(chance.number(30));
    const listEvents = async ({ afterRevision }: ListEventsRequest) => {
      for (let more = chance.number(4); more > 0; more--) {
        const next = live.shift();
        if (next) log.add(next);
      }
      const after = Number(afterRevision);
      return { events: all.slice(after, after + 1 + chance.number(9)) };
    };
    // When both go on at once
    log.view(create(SessionSchema, { sessionId: "s", revision: 30n }));
    await log.fill({ sessions: { listEvents } } as unknown as ChatClient);
    for (const next of live) log.add(next);
    // Then the page has everything
    assert.deepEqual(revisions(log), all.map(({ revision }) => Number(revision)), `seed ${seed}`);
  }
});

test("an agent has left once the stream says so, also when a page of history said it sooner", () => {
  const participant = { agentId: "ann", participantId: "1" };
  const chat = new AgentChat("s", "ann", () => undefined);
  chat.event(event(1, { case: "participantJoined", value: { participant } }));
  const left = event(2, { case: "participantLeft", value: { participant } });
  chat.log.add(left);
  assert.equal(chat.hasLeft, false);
  chat.event(left);
  assert.equal(chat.hasLeft, true);
});

test("the rows of the Invite window keep their order, whatever comes and goes", () => {
  const agent = (agentId: string) => create(TargetSchema, { kind: { case: "agent", value: { state: { agentId } } } });
  const queue = (queueId: string) => create(TargetSchema, { kind: { case: "queue", value: { queueId } } });
  const gone = create(TargetRefSchema, { target: { case: "agentId", value: "dora" } });
  const table = new TargetTable();
  const opened = table.update({ kind: "opened", targets: [agent("bob"), agent("dora"), queue("sales")], more: false });
  assert.deepEqual(opened.map(keyOf), ["agentId:bob", "agentId:dora", "queueId:sales"]);
  const put = [queue("billing"), agent("ann")];
  const changed = table.update({ kind: "changed", put, removed: [gone], more: false });
  assert.deepEqual(changed.map(keyOf), ["agentId:ann", "agentId:bob", "queueId:billing", "queueId:sales"]);
});
