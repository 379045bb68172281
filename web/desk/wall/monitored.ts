import { Audience, type ChatClient } from "@chatsession/client";
import type { Written } from "../shared/Composer.tsx";
import { SessionLog, TypingMarks } from "../shared/events.ts";
import { Outbox } from "../shared/outbox.ts";
import type { Reader } from "../shared/words.ts";

/** A session that a supervisor looks into. */
export class Monitored {
  readonly log: SessionLog;
  readonly typing: TypingMarks;
  readonly outbox: Outbox;
  isOver = false;
  readonly #over = new AbortController();
  readonly #client: ChatClient;
  readonly #self: string;
  readonly #changed: () => void;

  constructor(client: ChatClient, self: string, sessionId: string, changed: () => void) {
    this.#client = client;
    this.#self = self;
    this.#changed = changed;
    this.log = new SessionLog(sessionId);
    this.typing = new TypingMarks(changed);
    this.outbox = new Outbox(client, `wall.outbox.${self}`, changed);
  }

  async follow(): Promise<void> {
    const start = { after: 0n, snapshot: true, signal: this.#over.signal };
    for await (const update of this.#client.watchSession(this.log.sessionId, start)) {
      if (update.kind === "opened" && update.session) this.log.view(update.session);
      if (update.kind === "typing") this.typing.typed(update.participantId);
      if (update.kind === "event") {
        this.log.add(update.event);
        if (update.event.kind.case === "messagePosted") this.outbox.said(update.event.kind.value.messageId);
      }
      if (update.kind === "ended") this.isOver = true;
      this.#changed();
    }
  }

  stop(): void {
    this.#over.abort();
  }

  /** A supervisor who only looks in speaks to staff alone. */
  whisper({ text }: Written): void {
    const sessionId = this.log.sessionId;
    this.outbox.send({ sessionId, text, audience: Audience.STAFF, attachmentIds: [], attachmentNames: [] });
  }

  get customer(): string {
    return this.log.session?.customer?.displayName || "Customer";
  }

  get typist(): string | undefined {
    const id = this.typing.now()[0];
    if (id === undefined) return undefined;
    if (id === "0") return this.customer;
    return this.log.session?.participants.find((each) => each.participantId === id)?.displayName;
  }

  reader(agent: (id: string) => string, queue: (id: string) => string): Reader {
    return { isStaff: true, self: this.#self, customer: this.customer, agent, queue };
  }
}
