import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { equals } from "@bufbuild/protobuf";
import {
  type ChatClient,
  ChatError,
  AgentStatus,
  Audience,
  connect,
  type DeskUpdate,
  type Event,
  EventSchema,
} from "@chatsession/client";
import { FaultyWire } from "./support/faults.ts";
import { Chance } from "./support/random.ts";
import { type Role, Server } from "./support/server.ts";

const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const CUTS = 1_000;
const RESTARTS = 3;
const SESSIONS = 16;
/** In which a customer has the session open. */
const TABS = 2;
const AGENTS = { ann: "sales", bob: "support", dora: "billing" } as const;
/** Between one message in a session and the next. */
const PAUSE = 100;
/** As many calls at once. */
const CALLS = 300;
const LONGEST = 150_000;
const RETRY = { firstDelay: 10, longestDelay: 100 };

let server: Server;
before(async () => {
  server = await Server.start([
    "limits.rates.customer.per_second=1000",
    "limits.rates.customer.burst=1000",
    "limits.rates.agent.per_second=1000",
    "limits.rates.agent.burst=1000",
    "limits.connections.new_per_second=10000",
    "limits.connections.unauthenticated_per_address=1000",
    "limits.watches.heartbeat=1s",
  ]);
});
after(() => server?.stop());

/** Settles once something is as it should be; asked again whenever something has happened. */
class Until {
  readonly promise: Promise<void>;
  #resolve: () => void = () => undefined;
  readonly #isSo: () => boolean;

  constructor(isSo: () => boolean) {
    this.#isSo = isSo;
    this.promise = new Promise((resolve) => (this.#resolve = resolve));
  }

  look = (): void => {
    if (this.#isSo()) this.#resolve();
  };
}

/** Somebody with a way to the server that breaks, and a way that doesn't. */
class Person {
  readonly wired: ChatClient;
  readonly direct: ChatClient;

  constructor(wire: FaultyWire, role: Role, id: string) {
    const token = server.token(role, id);
    this.wired = connect({ url: wire.url, token, retry: RETRY, answerTimeout: 2_000 });
    this.direct = connect({ url: server.url, token, retry: RETRY });
  }

  /** What this person may see of a session, by page. */
  async history(sessionId: string): Promise<Event[]> {
    const all: Event[] = [];
    let pageToken = "";
    do {
      const page = await this.direct.sessions.listEvents({ sessionId, pageSize: 500, pageToken });
      all.push(...page.events);
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    return all;
  }
}

/** A chat of a customer with the agent of a desk. */
interface Session {
  id: string;
  customer: Person;
  desk: Desk;
}

async function start(wire: FaultyWire, desks: readonly Desk[], at: number): Promise<Session> {
  const customer = new Person(wire, "customer", `c-${at}`);
  const desk = desks[at % desks.length];
  assert.ok(desk);
  const start = { queueId: desk.queueId, customerName: `Customer ${at}` };
  const { session } = await customer.direct.sessions.startSession(start);
  return { id: session?.sessionId ?? "", customer, desk };
}

/** An agent's desk on the wire: takes what is offered, and notes what it hears of each session. */
class Desk {
  readonly heard = new Map<string, Event[]>();
  isReady = false;
  readonly person: Person;
  readonly id: string;
  readonly queueId: string;
  readonly #over = new AbortController();

  constructor(person: Person, id: string, queueId: string) {
    this.person = person;
    this.id = id;
    this.queueId = queueId;
  }

  async work(changed: () => void): Promise<void> {
    const { desk } = this.person.direct;
    await desk.signIn({});
    for await (const update of this.person.wired.watchDesk({ signal: this.#over.signal })) {
      await this.#read(update);
      changed();
    }
  }

  close(): void {
    this.#over.abort();
  }

  async #read(update: DeskUpdate): Promise<void> {
    switch (update.kind) {
      case "opened":
        for (const { offer, sessionId } of update.desk.offers) await this.#accept(sessionId, offer?.offerId ?? "");
        break;
      case "offer":
        await this.#accept(update.offer.sessionId, update.offer.offer?.offerId ?? "");
        break;
      case "caughtUp":
        // The stream may have been cut meanwhile: the next one asks again.
        if (!this.isReady) this.isReady = await went(this.person.direct.desk.setState({ status: AgentStatus.READY }));
        break;
      case "event": {
        const { sessionId, event } = update;
        this.heard.set(sessionId, [...(this.heard.get(sessionId) ?? []), event]);
        break;
      }
      case "ended":
        throw new Error(`${this.id} was signed out`);
      default:
    }
  }

  async #accept(sessionId: string, offerId: string): Promise<void> {
    await went(this.person.direct.sessions.acceptOffer({ sessionId, offerId }));
  }
}

async function went(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (thrown) {
    const { reason } = ChatError.from(thrown);
    if (reason === "DESK_REQUIRED" || reason === "OFFER_CLOSED") return false;
    throw thrown;
  }
}

function isJoining({ kind }: Event, agentId: string): boolean {
  return kind.case === "participantJoined" && kind.value.participant?.agentId === agentId;
}

function assertSame(heard: readonly Event[], history: readonly Event[], whose: string): void {
  const revisions = (events: readonly Event[]) => events.map(({ revision }) => Number(revision));
  assert.deepEqual(revisions(heard), revisions(history), whose);
  const differing = heard.filter((event, at) => !equals(EventSchema, event, history[at] ?? event));
  assert.deepEqual(differing, [], `${whose}: the same events`);
}

/** Each session's customer and its agent talk, over ways that don't break, until told to stop. */
class Talk {
  said = 0;
  #isOver = false;
  readonly done: Promise<unknown>;

  constructor(sessions: readonly Session[]) {
    this.done = Promise.all(sessions.map((session) => this.#run(session)));
  }

  stop(): void {
    this.#isOver = true;
  }

  async #run({ id, customer, desk }: Session): Promise<void> {
    while (!this.#isOver) {
      this.said += 1;
      const audience = this.said % 3 === 0 ? Audience.STAFF : Audience.EVERYONE;
      const speaker = audience === Audience.STAFF || this.said % 2 === 0 ? desk.person : customer;
      const text = `Message ${this.said} ${"x".repeat(this.said % 90)}`;
      await speaker.direct.sessions.sendMessage({ sessionId: id, audience, text });
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

/** A customer's tab: everything that happens in the session, to its end. */
async function watch({ id, customer }: Session): Promise<Event[]> {
  const heard: Event[] = [];
  for await (const update of customer.wired.watchSession(id, { after: 0n })) {
    if (update.kind === "event") heard.push(update.event);
  }
  return heard;
}

test("whatever the network does, every watcher has each event once and in order", async (context) => {
  context.diagnostic(`SEED=${SEED}`);
  const wire = await FaultyWire.open(server.url, new Chance(SEED));
  let fail: (error: unknown) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => (fail = reject));
  const tooLong = setTimeout(() => fail(new Error("it isn't done in time")), LONGEST);
  const unlessFailed = <T>(work: Promise<T>) => Promise.race([work, failure]);
  const desks = Object.entries(AGENTS).map(([id, queueId]) => new Desk(new Person(wire, "agent", id), id, queueId));
  try {
    // Given customers in chats with agents, all of them watching over a wire that breaks
    const waiting: Until[] = [];
    const until = (isSo: () => boolean) => {
      const next = new Until(isSo);
      waiting.push(next);
      next.look();
      return unlessFailed(next.promise);
    };
    for (const desk of desks) desk.work(() => waiting.forEach(({ look }) => look())).catch(fail);
    const sessions = await unlessFailed(Promise.all(Array.from({ length: SESSIONS }, (_, at) => start(wire, desks, at))));
    const tabs = sessions.flatMap((session) => Array.from({ length: TABS }, () => ({ session, heard: watch(session) })));
    for (const { heard } of tabs) heard.catch(fail);
    await until(() => sessions.every(({ id, desk }) => desk.heard.has(id)));

    // When they talk all the time, the wire breaks a thousand times, and the server is killed now and then
    const talk = new Talk(sessions);
    talk.done.catch(fail);
    for (let restart = 1; restart <= RESTARTS; restart++) {
      await unlessFailed(wire.reached((CUTS * restart) / (RESTARTS + 1)));
      await server.kill();
      await server.up();
    }
    await unlessFailed(wire.reached(CUTS));
    talk.stop();
    await unlessFailed(talk.done);
    wire.calm();
    for (const { id, customer } of sessions) await customer.direct.sessions.endSession({ sessionId: id });

    // Then each of them has heard what ListEvents tells them, each event once
    for (const { session, heard } of tabs) {
      assertSame(await unlessFailed(heard), await session.customer.history(session.id), `a customer's tab, ${session.id}`);
    }
    for (const { id, desk } of sessions) {
      const history = await desk.person.history(id);
      const joined = history.slice(history.findIndex((event) => isJoining(event, desk.id)));
      await until(() => (desk.heard.get(id)?.length ?? 0) >= joined.length);
      assertSame(desk.heard.get(id) ?? [], joined, `${desk.id}'s desk, ${id}`);
    }
    context.diagnostic(`${talk.said} messages, ${JSON.stringify(wire.counts)}`);
  } catch (error) {
    throw new Error(`SEED=${SEED}, ${JSON.stringify(wire.counts)}`, { cause: error });
  } finally {
    clearTimeout(tooLong);
    for (const desk of desks) desk.close();
    wire.close();
  }
});

test("what is said over such a wire is said once", async () => {
  const wire = await FaultyWire.open(server.url, new Chance(SEED));
  try {
    const zoe = new Person(wire, "customer", "zoe");
    const { session } = await zoe.direct.sessions.startSession({ queueId: "support", customerName: "Zoe" });
    const sessionId = session?.sessionId ?? "";
    const texts = Array.from({ length: CALLS }, (_, at) => `Message ${at}`);
    await Promise.all(texts.map((text) => zoe.wired.sessions.sendMessage({ sessionId, text })));
    const history = await zoe.history(sessionId);
    const said = history.flatMap(({ kind }) => (kind.case === "messagePosted" ? [kind.value.text] : []));
    assert.deepEqual(said.sort(), texts.sort(), `SEED=${SEED}, ${JSON.stringify(wire.counts)}`);
    assert.ok(wire.cuts > 0);
  } finally {
    wire.close();
  }
});
