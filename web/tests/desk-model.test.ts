import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type ChatClient, DeskSchema, type DeskUpdate, EventSchema, SessionSchema, WrapUpSchema } from "@chatsession/client";
import { DeskModel } from "../desk/agent/model.ts";
import { Toasts } from "../desk/shared/toasts.ts";

type Kind = NonNullable<MessageInitShape<typeof EventSchema>["kind"]>;
const participant = { agentId: "ann", participantId: "1", connected: true };
const event = (sessionId: string, revision: number, kind: Kind): DeskUpdate => ({
  kind: "event",
  sessionId,
  event: create(EventSchema, { revision: BigInt(revision), kind }),
});

/** A desk to which this is brought, or at which this is done, and then nothing more. */
async function desk(...steps: (DeskUpdate | ((model: DeskModel) => Promise<unknown>))[]): Promise<DeskModel> {
  const client = {
    desk: { signIn: async () => ({}), listTargets: async () => ({ targets: [], nextPageToken: "" }) },
    sessions: {
      getSession: async ({ sessionId }: { sessionId: string }) => ({ session: create(SessionSchema, { sessionId }) }),
      listEvents: async () => ({ events: [] }),
      takeFromQueue: async ({ sessionId }: { sessionId: string }) => ({
        session: create(SessionSchema, { sessionId, revision: 7n, participants: [participant] }),
      }),
    },
    watchDesk: async function* () {
      for (const step of steps) {
        if (typeof step === "function") await step(model);
        else yield step;
      }
    },
  } as unknown as ChatClient;
  const model = new DeskModel(client, "ann", false, new Toasts());
  await model.run();
  return model;
}

const opened = (...sessionIds: string[]): DeskUpdate => ({
  kind: "opened",
  desk: create(DeskSchema, {
    state: { agentId: "ann" },
    sessions: sessionIds.map((sessionId) => ({ sessionId, revision: 2n, participants: [participant] })),
  }),
});

test("a chat that ends is gone from the list, whatever of its last commit comes after the leaving", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const model = await desk(
    opened("a", "b"),
    { kind: "caughtUp" },
    event("b", 3, { case: "participantLeft", value: { participant } }),
    event("b", 4, { case: "sessionEnded", value: {} }),
  );
  assert.deepEqual(model.list.map(({ id }) => id), ["a"]);
  mock.timers.tick(60_000);
  assert.deepEqual([...model.chats.keys()], ["a"]);
  mock.timers.reset();
});

test("who comes back to a chat that they left has it again", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const model = await desk(
    opened("a"),
    { kind: "caughtUp" },
    event("a", 3, { case: "participantLeft", value: { participant } }),
    event("a", 7, { case: "participantJoined", value: { participant } }),
  );
  mock.timers.tick(60_000);
  assert.deepEqual(model.list.map(({ id, hasLeft }) => [id, hasLeft]), [["a", false]]);
  mock.timers.reset();
});

test("who takes a chat again has it before them, though their after-chat work on it ends by that", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const model = await desk(
    opened("a"),
    { kind: "caughtUp" },
    { kind: "wrapUp", wrapUp: create(WrapUpSchema, { sessionId: "a", agentId: "ann" }) },
    event("a", 3, { case: "participantLeft", value: { participant } }),
    (model) => model.take("a"),
    { kind: "wrapUpEnded", sessionId: "a" },
    event("a", 7, { case: "participantJoined", value: { participant } }),
  );
  assert.equal(model.current?.hasLeft, false);
  mock.timers.reset();
});
