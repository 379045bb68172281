import type { Desk } from "../gen/chatsession/v1/agent_desk_pb.ts";
import type { ChatEvent, ChatEvents } from "../gen/chatsession/v1/chat_pb.ts";
import { type Next, Position } from "./follow.ts";

/** The contract's limit, which is also how many open chats an agent may have. */
const POSITIONS = 200;

interface Followed {
  position: Position;
  closed: boolean;
}

/** Where a desk has got to in its agent's chats with colleagues. */
export class ChatsFollow {
  readonly #chats = new Map<string, Followed>();
  /** Chats of the desk as it opened last: closed ones are shown again until they are read. */
  #shown: ReadonlySet<string> = new Set();

  positions(): { chatId: string; afterRevision: bigint }[] {
    const newest = [...this.#chats].slice(-POSITIONS);
    return newest.map(([chatId, { position }]) => ({ chatId, afterRevision: position.revision }));
  }

  opened(desk: Desk): void {
    this.#shown = new Set(desk.chats.map((chat) => chat.chatId));
  }

  /** Closed chats that the desk doesn't show won't come again. */
  caughtUp(): void {
    for (const [id, { closed }] of this.#chats) if (closed && !this.#shown.has(id)) this.#chats.delete(id);
  }

  events({ chatId, events }: ChatEvents, own: string, deliver: (chatId: string, event: ChatEvent) => void): Next {
    let left = false;
    for (const event of events) {
      // A chat's first event says itself where the desk starts.
      const followed = this.#chats.get(chatId) ?? { position: new Position(event.revision - 1n), closed: false };
      this.#chats.set(chatId, followed);
      const continuation = followed.position.advance(event.revision);
      if (continuation === "repeat") continue;
      if (continuation === "gap") return followed.position.gap();
      if (event.kind.case === "closed") followed.closed = true;
      if (event.kind.case === "memberLeft" && event.kind.value.member?.agentId === own) left = true;
      if (event.kind.case === "memberJoined" && event.kind.value.member?.agentId === own) left = false;
      deliver(chatId, event);
    }
    if (left) this.#chats.delete(chatId);
    return "read";
  }
}
