import {
  ActorKind,
  Audience,
  type ChatClient,
  ChatError,
  type Connection,
  type GetAvailabilityResponse,
  type Session,
  SessionState,
  type SessionUpdate,
  type WaitStatus,
} from "@chatsession/client";
import type { Written } from "../shared/Composer.tsx";
import { SessionLog, TypingMarks } from "../shared/events.ts";
import { kept } from "../shared/kept.ts";
import { Outbox } from "../shared/outbox.ts";
import { explain } from "../shared/refusals.ts";
import { Store } from "../shared/store.ts";
import type { Receipts } from "../shared/Timeline.tsx";
import type { Reader } from "../shared/words.ts";

/** A queue that the customer may choose, and how it stands. */
export interface QueueChoice {
  id: string;
  name: string;
  availability: GetAvailabilityResponse | undefined;
}

/** A customer's chat, from before its start to after its end. */
export class CustomerModel extends Store {
  phase: "looking" | "start" | "chat" | "ended" = "looking";
  problem: string | undefined;
  connection: Connection | undefined;
  wait: WaitStatus | undefined;
  queues: QueueChoice[] = [];
  log = new SessionLog("");
  typing = new TypingMarks(() => this.changed());
  readonly client: ChatClient;
  readonly outbox: Outbox;
  #delivered = 0n;
  #readHere = 0n;

  constructor(client: ChatClient, queues: { id: string; name: string }[]) {
    super();
    this.client = client;
    this.queues = queues.map((queue) => ({ ...queue, availability: undefined }));
    this.outbox = new Outbox(client, "outbox", () => this.changed());
  }

  /** Goes on with the chat that there is: after a reload, or from another device. */
  async run(): Promise<void> {
    try {
      const { sessions } = await this.client.sessions.listSessions({ pageSize: 1 });
      this.problem = undefined;
      const newest = sessions[0];
      const isOpen = newest && newest.state !== SessionState.ENDED;
      if (newest && (isOpen || kept.get("customer.session", "") === newest.sessionId)) await this.#follow(newest);
      else await this.offerStart();
    } catch (thrown) {
      this.#fail(thrown);
      if (ChatError.from(thrown).isRetryable) await this.run();
    }
  }

  async offerStart(): Promise<void> {
    kept.put("customer.session", undefined);
    this.phase = "start";
    this.changed();
    await Promise.all(
      this.queues.map(async (queue) => {
        const language = navigator.language;
        queue.availability = await this.client.sessions
          .getAvailability({ queueId: queue.id, language })
          .catch(() => undefined);
        // Where the link gives it no other name.
        if (queue.name === queue.id) queue.name = queue.availability?.displayName || queue.id;
      }),
    );
    this.changed();
  }

  async start(queueId: string, customerName: string): Promise<void> {
    this.problem = undefined;
    try {
      const language = navigator.language;
      const { session } = await this.client.sessions.startSession({ queueId, customerName, language });
      if (session) await this.#follow(session);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  say({ text, files }: Written): void {
    this.outbox.send({
      sessionId: this.log.sessionId,
      text,
      audience: Audience.EVERYONE,
      attachmentIds: files.map((file) => file.id),
      attachmentNames: files.map((file) => file.name),
    });
  }

  async end(): Promise<void> {
    try {
      await this.client.sessions.endSession({ sessionId: this.log.sessionId });
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** The customer has everything before their eyes. */
  seen(): void {
    const last = this.log.lastMessage();
    const isNews = last && last.revision > this.#readHere && last.actor?.kind !== ActorKind.CUSTOMER;
    if (!isNews || this.phase !== "chat") return;
    this.#readHere = last.revision;
    this.client.sessions
      .readUpTo({ sessionId: this.log.sessionId, readRevision: last.revision })
      .catch(() => undefined);
  }

  get attending(): string[] {
    const connected = this.log.session?.participants.filter((each) => each.connected) ?? [];
    return connected.map((each) => each.displayName);
  }

  get receipts(): Receipts {
    const others = this.log.session?.readMarks.filter((mark) => mark.participantId !== "0") ?? [];
    const read = others.reduce((most, mark) => (mark.revision > most ? mark.revision : most), 0n);
    return { delivered: this.#delivered, read };
  }

  get typist(): string | undefined {
    const id = this.typing.now().find((each) => each !== "0");
    if (id === undefined) return undefined;
    return this.log.session?.participants.find((each) => each.participantId === id)?.displayName ?? "Somebody";
  }

  get reader(): Reader {
    const same = (id: string) => id;
    return { isStaff: false, self: "", customer: "You", agent: same, queue: same };
  }

  async #follow(session: Session): Promise<void> {
    const { sessionId } = session;
    kept.put("customer.session", sessionId);
    this.log = new SessionLog(sessionId);
    this.log.view(session);
    this.wait = undefined;
    this.#delivered = 0n;
    this.#readHere = session.readMarks.find((mark) => mark.participantId === "0")?.revision ?? 0n;
    this.phase = "chat";
    this.changed();
    const onConnection = (connection: Connection) => {
      this.connection = connection;
      this.changed();
    };
    for await (const update of this.client.watchSession(sessionId, { after: 0n, snapshot: true, onConnection })) {
      this.#read(update);
      this.changed();
    }
  }

  #read(update: SessionUpdate): void {
    switch (update.kind) {
      case "opened":
        if (update.session) this.log.view(update.session);
        break;
      case "event": {
        const { kind, actor } = update.event;
        this.log.add(update.event);
        if (kind.case === "messagePosted") {
          this.outbox.said(kind.value.messageId);
          if (actor?.kind !== ActorKind.CUSTOMER) this.typing = new TypingMarks(() => this.changed());
        }
        break;
      }
      case "typing":
        this.typing.typed(update.participantId);
        break;
      case "wait":
        this.wait = update.status;
        break;
      case "delivered":
        if (update.participantId !== "0" && update.revision > this.#delivered) this.#delivered = update.revision;
        break;
      case "ended":
        this.phase = "ended";
        break;
      case "caughtUp":
        break;
    }
    if (this.log.session?.endTime) this.phase = "ended";
  }

  #fail(thrown: unknown): void {
    const error = ChatError.from(thrown);
    this.problem = explain(error);
    if (this.phase === "looking" && !error.isRetryable) this.phase = "start";
    this.changed();
  }
}
