import { type ChatClient, type Event, foldSession, type Session } from "@chatsession/client";

/** A session as a page knows it: where it stands, and every event so far, in order. */
export class SessionLog {
  session: Session | undefined;
  /** Every event there is, without holes once {@link SessionLog.fill} is done. */
  events: Event[] = [];
  #isFilling = false;

  readonly sessionId: string;

  constructor(sessionId: string) {
    this.sessionId = sessionId;
  }

  /** A view of the service's; an older one than what is known changes nothing. */
  view(session: Session): void {
    if (this.session && this.session.revision > session.revision) return;
    this.session = this.events.reduce(foldSession, session);
  }

  /** What is known already changes nothing. */
  add(event: Event): void {
    const last = this.events.at(-1);
    if (last === undefined || event.revision > last.revision) {
      this.events.push(event);
    } else {
      const at = this.events.findIndex((each) => each.revision >= event.revision);
      if (this.events[at]?.revision === event.revision) return;
      this.events.splice(at, 0, event);
    }
    if (this.session) this.session = foldSession(this.session, event);
  }

  /** Fetches what happened before and between what came by a stream. */
  async fill(client: ChatClient): Promise<void> {
    if (this.#isFilling) return;
    this.#isFilling = true;
    try {
      for (let after = this.#hole(); after !== undefined; after = this.#hole()) {
        const page = await client.sessions.listEvents({
          sessionId: this.sessionId,
          afterRevision: after,
          pageSize: 500,
        });
        if (page.events.length === 0) return;
        for (const event of page.events) this.add(event);
      }
    } finally {
      this.#isFilling = false;
    }
  }

  /** The revision after which something is missing. */
  #hole(): bigint | undefined {
    let expected = 1n;
    for (const { revision } of this.events) {
      if (revision !== expected) return expected - 1n;
      expected += 1n;
    }
    const known = this.session?.revision ?? 0n;
    return known >= expected ? expected - 1n : undefined;
  }

  /** Messages after a revision that somebody else sent. */
  unread(after: bigint, isOwn: (event: Event) => boolean): number {
    let count = 0;
    for (let at = this.events.length - 1; at >= 0; at--) {
      const event = this.events[at];
      if (!event || event.revision <= after) break;
      if (event.kind.case === "messagePosted" && !isOwn(event)) count += 1;
    }
    return count;
  }

  /** The last message; of those that count. */
  lastMessage(counts: (event: Event) => boolean = () => true): Event | undefined {
    return this.events.findLast((event) => event.kind.case === "messagePosted" && counts(event));
  }
}

/** Who types, by the participant's number. Holds for 6 seconds. */
export class TypingMarks {
  readonly #until = new Map<string, number>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  typed(participantId: string): void {
    this.#until.set(participantId, Date.now() + 6000);
    setTimeout(this.#changed, 6050);
    this.#changed();
  }

  /** They said it. */
  stopped(participantId: string): void {
    this.#until.delete(participantId);
  }

  now(): string[] {
    const now = Date.now();
    return [...this.#until].filter(([, until]) => until > now).map(([id]) => id);
  }
}
