import { ActorKind, Audience, type ChatClient, type Event, type Offer, openInvitations } from "@chatsession/client";
import { SessionLog, TypingMarks } from "../shared/events.ts";
import type { Receipts } from "../shared/Timeline.tsx";

/** One chat at an agent's desk. */
export class AgentChat {
  readonly log: SessionLog;
  readonly typing: TypingMarks;
  /** The agent isn't connected any more: what is left is after-chat work, or nothing. */
  hasLeft = false;
  /** The highest revision that the customer's page has received. */
  delivered = 0n;
  readonly #self: string;
  #readHere = 0n;
  #refreshing: Promise<void> | undefined;

  constructor(sessionId: string, self: string, changed: () => void) {
    this.log = new SessionLog(sessionId);
    this.#self = self;
    this.typing = new TypingMarks(changed);
  }

  get id(): string {
    return this.log.sessionId;
  }

  get customer(): string {
    return this.log.session?.customer?.displayName || "Customer";
  }

  get invitations(): Offer[] {
    return this.log.session ? openInvitations(this.log.session) : [];
  }

  /** Colleagues who are connected, too. */
  get others() {
    return (this.log.session?.participants ?? []).filter((each) => each.connected && each.agentId !== this.#self);
  }

  get isOver(): boolean {
    return this.log.session?.endTime !== undefined;
  }

  get unread(): number {
    const own = this.#ownParticipant;
    const mark = this.log.session?.readMarks.find((each) => each.participantId === own)?.revision ?? 0n;
    return this.log.unread(mark > this.#readHere ? mark : this.#readHere, (event) => this.isOwn(event));
  }

  /** Who has the word. What a queue says by itself is no answer. */
  get isCustomersTurn(): boolean {
    const last = this.log.lastMessage((event) => event.audience === Audience.EVERYONE && !isAutomatic(event));
    return last !== undefined && last.actor?.kind !== ActorKind.CUSTOMER;
  }

  get receipts(): Receipts {
    const marks = this.log.session?.readMarks ?? [];
    return { delivered: this.delivered, read: marks.find((mark) => mark.participantId === "0")?.revision ?? 0n };
  }

  /** Who is typing, by name. */
  get typist(): string | undefined {
    const id = this.typing.now().find((each) => each !== this.#ownParticipant);
    if (id === undefined) return undefined;
    if (id === "0") return this.customer;
    return this.log.session?.participants.find((each) => each.participantId === id)?.displayName;
  }

  isOwn(event: Event): boolean {
    return event.actor?.id === this.#self;
  }

  /** Something that the stream brings. */
  event(event: Event): void {
    this.log.add(event);
    const { kind } = event;
    if (kind.case === "messagePosted") this.typing.stopped(this.#participantOf(event));
    // Also when a page of history brought it sooner: only the stream tells where the agent stands now.
    if (kind.case === "participantJoined" || kind.case === "participantLeft") {
      if (kind.value.participant?.agentId === this.#self) this.hasLeft = kind.case === "participantLeft";
    }
  }

  /** What the stream doesn't bring: how the session stands. */
  refresh(client: ChatClient, changed: () => void): Promise<void> {
    this.#refreshing ??= this.#refresh(client, changed).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh(client: ChatClient, changed: () => void): Promise<void> {
    try {
      const { session } = await client.sessions.getSession({ sessionId: this.id });
      if (session) this.log.view(session);
      changed();
    } catch {
      // The next event, or choosing the chat, tries again.
    }
  }

  /** The agent has it before their eyes. Says how far, when that is news. */
  seen(): bigint | undefined {
    const last = this.log.lastMessage();
    if (!last || this.unread === 0) return undefined;
    this.#readHere = last.revision;
    return last.revision;
  }

  get #ownParticipant(): string | undefined {
    return this.log.session?.participants.find((each) => each.agentId === this.#self)?.participantId;
  }

  #participantOf(event: Event): string {
    if (event.actor?.kind === ActorKind.CUSTOMER) return "0";
    return this.log.session?.participants.find((each) => each.agentId === event.actor?.id)?.participantId ?? "";
  }
}

function isAutomatic({ actor }: Event): boolean {
  return actor?.kind === ActorKind.QUEUE || actor?.kind === ActorKind.SYSTEM;
}
