import type { Chat, ChatClient, ChatEvent } from "@chatsession/client";
import type { Toasts } from "../shared/toasts.ts";

/** A chat with colleagues, without a customer. */
export interface ColleagueChat {
  chat: Chat;
  events: ChatEvent[];
}

/** An agent's chats with colleagues. */
export class Colleagues {
  readonly chats = new Map<string, ColleagueChat>();
  selected: string | undefined;
  readonly #client: ChatClient;
  readonly #self: string;
  readonly #toasts: Toasts;
  readonly #changed: () => void;

  constructor(client: ChatClient, self: string, toasts: Toasts, changed: () => void) {
    this.#client = client;
    this.#toasts = toasts;
    this.#self = self;
    this.#changed = changed;
  }

  get current(): ColleagueChat | undefined {
    return this.selected === undefined ? undefined : this.chats.get(this.selected);
  }

  get unread(): number {
    return [...this.chats.values()].reduce((sum, chat) => sum + this.unreadIn(chat), 0);
  }

  unreadIn({ chat, events }: ColleagueChat): number {
    const isUnread = (event: ChatEvent) =>
      event.kind.case === "messagePosted" && event.actor?.id !== this.#self && event.revision > chat.readRevision;
    return events.filter(isUnread).length;
  }

  title({ chat }: ColleagueChat): string {
    if (chat.name) return chat.name;
    const others = chat.members.filter((member) => member.agentId !== this.#self);
    return others.map((member) => member.displayName).join(", ") || "Colleagues";
  }

  opened(chats: readonly Chat[]): void {
    for (const chat of chats) this.#put(chat);
  }

  event(chatId: string, event: ChatEvent): void {
    const known = this.chats.get(chatId);
    if (!known) {
      void this.#toasts.attempt(this.#discover(chatId, event));
      return;
    }
    add(known, event);
    if (event.kind.case === "read" && event.kind.value.agentId === this.#self) {
      known.chat.readRevision = event.kind.value.readRevision;
    }
    if (this.selected === chatId && !document.hidden) this.read(known);
  }

  /** The chat with a colleague, of which there is one at most, or a new group's. */
  async start(agentIds: string[], name = ""): Promise<string> {
    const { chat } = await this.#client.desk.startChat({ memberAgentIds: agentIds, name });
    if (chat) this.#put(chat);
    return chat?.chatId ?? "";
  }

  async select(chatId: string | undefined): Promise<void> {
    this.selected = chatId;
    this.#changed();
    const chosen = this.current;
    if (!chosen) return;
    await this.#toasts.attempt(this.#fill(chosen));
    this.read(chosen);
    this.#changed();
  }

  async say(chatId: string, text: string, requestId: string): Promise<void> {
    const said = await this.#client.desk.sendChatMessage({ chatId, text, requestId });
    // A chat that went quiet goes on in another one.
    if (said.chatId !== chatId && this.selected === chatId) this.selected = said.chatId;
  }

  read(chosen: ColleagueChat): void {
    const last = chosen.events.at(-1)?.revision ?? 0n;
    if (this.unreadIn(chosen) === 0) return;
    chosen.chat.readRevision = last;
    this.#client.desk.readChatUpTo({ chatId: chosen.chat.chatId, readRevision: last }).catch(() => undefined);
  }

  #put(chat: Chat): void {
    const known = this.chats.get(chat.chatId);
    this.chats.set(chat.chatId, { chat, events: known?.events ?? [] });
  }

  async #discover(chatId: string, event: ChatEvent): Promise<void> {
    const { chats } = await this.#client.desk.listChats({});
    const chat = chats.find((each) => each.chatId === chatId);
    if (!chat) return;
    this.#put(chat);
    this.event(chatId, event);
    this.#changed();
  }

  async #fill(chosen: ColleagueChat): Promise<void> {
    let pageToken = "";
    do {
      const page = await this.#client.desk.listChatEvents({ chatId: chosen.chat.chatId, pageSize: 500, pageToken });
      for (const event of page.events) add(chosen, event);
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
  }
}

function add({ events }: ColleagueChat, event: ChatEvent): void {
  const at = events.findIndex((each) => each.revision >= event.revision);
  if (at < 0) events.push(event);
  else if (events[at]?.revision !== event.revision) events.splice(at, 0, event);
}
