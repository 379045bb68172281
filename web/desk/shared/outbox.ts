import { Audience, ChatError, type ChatClient } from "@chatsession/client";
import { kept } from "./kept.ts";
import { explain } from "./refusals.ts";
import type { Toasts } from "./toasts.ts";

/** A message on its way. */
export interface Outgoing {
  requestId: string;
  sessionId: string;
  text: string;
  audience: Audience;
  attachmentIds: string[];
  attachmentNames: string[];
  /** Why it was refused; it isn't sent again by itself. */
  refused?: string;
}

/**
 * Messages from being sent until they are seen to be said. Kept over a reload; sent in order, each as often as it takes with
 * the same id, so that it is said once.
 */
export class Outbox {
  #messages: Outgoing[];
  readonly #busy = new Set<string>();
  readonly #client: ChatClient;
  readonly #key: string;
  readonly #changed: () => void;
  readonly #toasts: Toasts | undefined;

  constructor(client: ChatClient, key: string, changed: () => void, toasts?: Toasts) {
    this.#client = client;
    this.#toasts = toasts;
    this.#key = key;
    this.#changed = changed;
    this.#messages = kept.get<Outgoing[]>(key, []);
    for (const { sessionId } of this.#messages) void this.#sendAll(sessionId);
  }

  of(sessionId: string): Outgoing[] {
    return this.#messages.filter((message) => message.sessionId === sessionId);
  }

  send(message: Omit<Outgoing, "requestId" | "refused">): void {
    this.#messages.push({ ...message, requestId: crypto.randomUUID() });
    this.#keep();
    void this.#sendAll(message.sessionId);
  }

  /** It is said: the event has come. */
  said(messageId: string): void {
    this.discard(messageId);
  }

  discard(requestId: string): void {
    const left = this.#messages.filter((message) => message.requestId !== requestId);
    if (left.length === this.#messages.length) return;
    this.#messages = left;
    this.#keep();
  }

  again(requestId: string): void {
    const message = this.#messages.find((each) => each.requestId === requestId);
    if (!message) return;
    delete message.refused;
    this.#keep();
    void this.#sendAll(message.sessionId);
  }

  async #sendAll(sessionId: string): Promise<void> {
    if (this.#busy.has(sessionId)) return;
    this.#busy.add(sessionId);
    const sent = new Set<string>();
    const next = () => this.of(sessionId).find((each) => each.refused === undefined && !sent.has(each.requestId));
    for (let message = next(); message; message = next()) {
      if (await this.#sendOne(message)) sent.add(message.requestId);
    }
    this.#busy.delete(sessionId);
  }

  /** Whether it was said. */
  async #sendOne(message: Outgoing): Promise<boolean> {
    const { requestId, sessionId, text, audience, attachmentIds } = message;
    try {
      await this.#client.sessions.sendMessage({ requestId, sessionId, text, audience, attachmentIds });
      return true;
    } catch (thrown) {
      const error = ChatError.from(thrown);
      if (error.isRetryable || error.isUnauthenticated) return false;
      message.refused = explain(error);
      // Its chat may not be on the screen.
      this.#toasts?.say(`A message wasn't sent: ${message.refused}`, "bad");
      this.#keep();
      return false;
    }
  }

  #keep(): void {
    kept.put(this.#key, this.#messages);
    this.#changed();
  }
}
