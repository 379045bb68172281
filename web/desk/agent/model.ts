import {
  AgentStatus,
  type AgentState,
  Audience,
  type ChatClient,
  ChatError,
  type Connection,
  type DeskUpdate,
  type Event,
  JoinCause,
  OfferKind,
  OfferOutcome,
  type Session,
  type WrapUp,
} from "@chatsession/client";
import type { Written } from "../shared/Composer.tsx";
import { kept } from "../shared/kept.ts";
import { Outbox } from "../shared/outbox.ts";
import { explain } from "../shared/refusals.ts";
import { Store } from "../shared/store.ts";
import type { Toasts } from "../shared/toasts.ts";
import { OFFER_ENDS, type Reader } from "../shared/words.ts";
import { AgentChat } from "./chat.ts";
import { Colleagues } from "./colleagues.ts";
import { Directory } from "./directory.ts";
import { Offers } from "./offers.ts";

/** Ways of joining by which those who were there leave. */
const TAKES_OVER = [JoinCause.TRANSFER, JoinCause.TOOK_OVER, JoinCause.REASSIGNED];

/** How long a chat is kept that isn't on the screen any more, in milliseconds. */
const DROP_AFTER = 10_000;

/** Everything at an agent's desk. */
export class DeskModel extends Store {
  state: AgentState | undefined;
  connection: Connection | undefined;
  /** Everything has come that was there. */
  isLive = false;
  isSignedOut = false;
  /** What the center wants to be chosen from when not ready; nothing is anything. */
  reasons: readonly string[] = [];
  isReasonRequired = false;
  /** Why the desk can't go on. */
  problem: string | undefined;
  selected: string | undefined;
  /** Its agent will want to write. */
  justAccepted: string | undefined;
  readonly chats = new Map<string, AgentChat>();
  readonly wrapUps = new Map<string, WrapUp>();
  readonly names = new Directory();
  readonly colleagues: Colleagues;
  readonly offers: Offers;
  readonly outbox: Outbox;
  readonly client: ChatClient;
  readonly self: string;
  /** They see the whole center. */
  readonly isSupervisor: boolean;
  readonly toasts: Toasts;

  constructor(client: ChatClient, self: string, isSupervisor: boolean, toasts: Toasts) {
    super();
    this.client = client;
    this.self = self;
    this.isSupervisor = isSupervisor;
    this.toasts = toasts;
    this.outbox = new Outbox(client, `outbox.${self}`, () => this.changed(), toasts);
    this.colleagues = new Colleagues(client, self, toasts, () => this.changed());
    this.offers = new Offers(client, toasts, (session) => this.#accepted(session));
    this.selected = kept.get<string | undefined>("desk.selected", undefined);
  }

  /** Signs in and follows the desk until the agent signs out. */
  async run(): Promise<void> {
    this.isSignedOut = false;
    this.problem = undefined;
    try {
      this.state = (await this.#reach(() => this.client.desk.signIn({}))).state;
      this.names.load(this.client).then(() => this.changed(), () => undefined);
      const onConnection = (connection: Connection) => {
        this.connection = connection;
        this.changed();
      };
      for await (const update of this.client.watchDesk({ onConnection })) {
        this.#read(update);
        this.changed();
      }
    } catch (thrown) {
      this.problem = explain(thrown);
    }
    this.isLive = false;
    this.changed();
  }

  /** However long the service can't be reached. */
  async #reach<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call();
      } catch (thrown) {
        const error = ChatError.from(thrown);
        if (!error.isRetryable) throw error;
        this.connection = { state: "reconnecting", error };
        this.changed();
      }
    }
  }

  get current(): AgentChat | undefined {
    return this.selected === undefined ? undefined : this.chats.get(this.selected);
  }

  /** Chats that the agent is in, in the order of coming; then those with after-chat work. */
  get list(): AgentChat[] {
    const all = [...this.chats.values()];
    const isWorkLeft = (chat: AgentChat) => chat.hasLeft && (this.wrapUps.has(chat.id) || this.selected === chat.id);
    return [...all.filter((chat) => !chat.hasLeft), ...all.filter(isWorkLeft)];
  }

  get unread(): number {
    return this.list.reduce((sum, chat) => sum + chat.unread, 0) + this.colleagues.unread;
  }

  reader(chat: AgentChat): Reader {
    return { isStaff: true, self: this.self, customer: chat.customer, agent: this.names.agent, queue: this.names.queue };
  }

  select(sessionId: string | undefined): void {
    const before = this.current;
    this.selected = sessionId;
    this.colleagues.selected = undefined;
    if (before && before.id !== sessionId) this.#dropIfDone(before);
    kept.put("desk.selected", sessionId);
    this.#fill();
    this.changed();
  }

  /** What was said before the stream began; a try that fails is made again when the chat is chosen. */
  #fill(): void {
    const chat = this.current;
    if (!chat) return;
    // How far it goes is known from the session: of one that was left no stream tells it.
    const known = chat.log.session ? Promise.resolve() : chat.refresh(this.client, () => this.changed());
    known.then(() => chat.log.fill(this.client)).then(() => this.changed(), () => undefined);
  }

  seen(chat: AgentChat): void {
    const readRevision = chat.hasLeft ? undefined : chat.seen();
    if (readRevision === undefined) return;
    this.client.sessions.readUpTo({ sessionId: chat.id, readRevision }).catch(() => undefined);
    this.changed();
  }

  say(chat: AgentChat, { text, isWhisper, files }: Written): void {
    const audience = isWhisper ? Audience.STAFF : Audience.EVERYONE;
    const [attachmentIds, attachmentNames] = [files.map((file) => file.id), files.map((file) => file.name)];
    this.outbox.send({ sessionId: chat.id, text, audience, attachmentIds, attachmentNames });
  }

  /** Whether the agent is connected to a session. */
  isIn({ participants }: Session): boolean {
    return participants.some(({ agentId, connected }) => connected && agentId === this.self);
  }

  /** Takes a customer from a queue, without an offer. Whether it went well. */
  async take(sessionId: string): Promise<boolean> {
    const call = this.client.sessions.takeFromQueue({ sessionId }).then(({ session }) => session && this.#accepted(session));
    return await this.toasts.attempt(call);
  }

  /** Opens a chat with colleagues, once the window in which they were chosen is closed. */
  async write(agentIds: string[], name: string, close: () => void): Promise<void> {
    const call = this.colleagues.start(agentIds, name).then((chatId) => {
      close();
      return this.colleagues.select(chatId);
    });
    await this.toasts.attempt(call);
  }

  async setState(status: AgentStatus, reason = ""): Promise<void> {
    const call = this.client.desk.setState({ status, reason }).then(({ state }) => {
      this.state = state;
      this.changed();
    });
    await this.toasts.attempt(call);
  }

  #read(update: DeskUpdate): void {
    switch (update.kind) {
      case "opened": {
        const { desk } = update;
        this.state = desk.state;
        this.names.seeAgent(this.self, desk.displayName);
        this.reasons = desk.reasons;
        this.isReasonRequired = desk.reasonRequired;
        this.offers.opened(desk.offers);
        this.wrapUps.clear();
        for (const wrapUp of desk.wrapUps) this.#wrapUp(wrapUp);
        for (const session of desk.sessions) {
          const chat = this.#chat(session.sessionId);
          chat.hasLeft = false;
          chat.log.view(session);
        }
        this.colleagues.opened(desk.chats);
        const held = new Set(desk.sessions.map((session) => session.sessionId));
        for (const chat of this.chats.values()) if (!held.has(chat.id)) this.#gone(chat);
        break;
      }
      case "state":
        this.state = update.state;
        break;
      case "offer":
        this.offers.rings(update.offer);
        this.names.seeAgent(update.offer.offer?.inviterAgentId ?? "", update.offer.inviterName);
        break;
      case "offerEnded":
        this.offers.ended(update.ended);
        break;
      case "event":
        this.#event(update.sessionId, update.event);
        break;
      case "caughtUp":
        this.isLive = true;
        if (this.current) this.#fill();
        else if (!this.colleagues.current) this.select(this.list[0]?.id);
        break;
      case "typing":
        this.chats.get(update.sessionId)?.typing.typed(update.participantId);
        break;
      case "delivered": {
        const chat = this.chats.get(update.sessionId);
        if (chat && update.participantId === "0" && update.revision > chat.delivered) chat.delivered = update.revision;
        break;
      }
      case "wrapUp":
        this.#wrapUp(update.wrapUp);
        break;
      case "wrapUpEnded": {
        this.wrapUps.delete(update.sessionId);
        const chat = this.chats.get(update.sessionId);
        if (chat?.hasLeft) this.close(chat);
        break;
      }
      case "chatEvent":
        this.colleagues.event(update.chatId, update.event);
        break;
      case "ended":
        this.isSignedOut = true;
        break;
    }
  }

  #accepted(session: Session): void {
    const chat = this.#chat(session.sessionId);
    chat.log.view(session);
    // The end of after-chat work, which joining again brings, closes what was left.
    if (this.isIn(session)) chat.hasLeft = false;
    this.justAccepted = session.sessionId;
    this.select(session.sessionId);
  }

  #wrapUp(wrapUp: WrapUp): void {
    this.wrapUps.set(wrapUp.sessionId, wrapUp);
    const chat = this.#chat(wrapUp.sessionId);
    if (!chat.log.session) {
      // Left before the page was opened: no stream brings it any more.
      chat.hasLeft = true;
      void chat.refresh(this.client, () => this.changed());
    }
  }

  #event(sessionId: string, event: Event): void {
    const chat = this.#chat(sessionId);
    chat.event(event);
    this.names.seeAgent(event.actor?.id ?? "", event.actor?.displayName ?? "");
    if (event.kind.case === "messagePosted") this.outbox.said(event.kind.value.messageId);
    if (!chat.log.session) void chat.refresh(this.client, () => this.changed());
    if (this.isLive) this.#tell(event, chat);
    if (chat.hasLeft) this.#gone(chat);
  }

  /** What an agent waits for, also while they look at another chat: invited isn't connected. */
  #tell({ kind }: Event, { hasLeft }: AgentChat): void {
    if (kind.case === "participantJoined" && kind.value.participant?.agentId !== this.self) {
      const what = TAKES_OVER.includes(kind.value.cause) ? "has taken over" : "is connected";
      this.toasts.say(`${kind.value.participant?.displayName} ${what}`, "good");
    }
    if (kind.case === "offerEnded" && kind.value.kind === OfferKind.INVITATION && !hasLeft) {
      const { outcome, agentId } = kind.value;
      const isFailed = outcome === OfferOutcome.DECLINED || outcome === OfferOutcome.NO_ANSWER;
      if (isFailed) this.toasts.say(`${this.names.agent(agentId)} ${OFFER_ENDS[outcome]}`);
    }
  }

  /** The agent isn't in it any more. It stays on the screen while there is work on it, or while it is looked at. */
  #gone(chat: AgentChat): void {
    chat.hasLeft = true;
    // Not at once: more of the same commit may follow, and would look like another chat.
    setTimeout(() => this.#dropIfDone(chat), DROP_AFTER);
  }

  #dropIfDone(chat: AgentChat): void {
    if (chat.hasLeft && !this.wrapUps.has(chat.id) && this.selected !== chat.id) this.chats.delete(chat.id);
  }

  /** Takes a chat that is over from the screen. */
  close(chat: AgentChat): void {
    this.chats.delete(chat.id);
    if (this.selected === chat.id) this.select(this.list[0]?.id);
    this.changed();
  }

  #chat(sessionId: string): AgentChat {
    let chat = this.chats.get(sessionId);
    if (!chat) {
      chat = new AgentChat(sessionId, this.self, () => this.changed());
      this.chats.set(sessionId, chat);
    }
    return chat;
  }
}
