import type { Event } from "@chatsession/client";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../shared/Icon.tsx";
import { hour } from "../shared/time.ts";
import type { AgentChat } from "./chat.ts";
import type { ColleagueChat } from "./colleagues.ts";
import { WaitingCustomers } from "./WaitingCustomers.tsx";
import { WriteToColleague } from "./WriteToColleague.tsx";
import type { DeskModel } from "./model.ts";

/** The agent's chats, and their chats with colleagues. */
export function ChatList({ model }: { model: DeskModel }) {
  const [isWriting, setWriting] = useState(false);
  const [isTaking, setTaking] = useState(false);
  const active = model.list.filter((chat) => !chat.hasLeft);
  const done = model.list.filter((chat) => chat.hasLeft);
  const colleagues = [...model.colleagues.chats.values()];
  return (
    <>
      <List title={`Chats (${active.length})`}>
        {active.map((chat) => (
          <Entry key={chat.id} chat={chat} model={model} />
        ))}
      </List>
      {model.isSupervisor && (
        <button type="button" data-shortcut="waiting" onClick={() => setTaking(true)}>
          Waiting customers…
        </button>
      )}
      {done.length > 0 && (
        <List title="After-chat work">
          {done.map((chat) => (
            <Entry key={chat.id} chat={chat} model={model} />
          ))}
        </List>
      )}
      <section class="list">
        <header class="list-head">
          <h2>Colleagues</h2>
          <button type="button" class="icon" aria-label="Write to a colleague" onClick={() => setWriting(true)}>
            <Icon name="pencil" />
          </button>
        </header>
        <ul>
          {colleagues.map((colleague) => (
            <ColleagueEntry key={colleague.chat.chatId} colleague={colleague} model={model} />
          ))}
        </ul>
      </section>
      {isTaking && <WaitingCustomers model={model} onClose={() => setTaking(false)} />}
      {isWriting && <WriteToColleague model={model} onClose={() => setWriting(false)} />}
    </>
  );
}

function List({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="list">
      <h2>{title}</h2>
      <ul>{children}</ul>
    </section>
  );
}

function Entry({ chat, model }: { chat: AgentChat; model: DeskModel }) {
  const last = chat.log.lastMessage();
  const isChosen = model.selected === chat.id && model.colleagues.selected === undefined;
  const unread = chat.unread;
  return (
    <li>
      <button
        type="button"
        class="entry"
        aria-current={isChosen ? "true" : undefined}
        onClick={() => model.select(chat.id)}
      >
        <span class="entry-head">
          <b>{chat.customer}</b>
          {chat.log.session?.flag && <span class="chip chip-danger">Help</span>}
          {unread > 0 && <span class="badge">{unread}<span class="hidden"> unread</span></span>}
          <time>{hour(last?.createTime)}</time>
        </span>
        <span class="entry-text">{preview(last)}</span>
        {!chat.hasLeft && (
          <span class={chat.isCustomersTurn ? "turn" : "turn turn-yours"}>
            {chat.isCustomersTurn ? "Customer's turn" : "Your turn"}
            {chat.others.length > 0 && ` · with ${chat.others.map((each) => each.displayName).join(", ")}`}
          </span>
        )}
      </button>
    </li>
  );
}

function ColleagueEntry({ colleague, model }: { colleague: ColleagueChat; model: DeskModel }) {
  const { chatId } = colleague.chat;
  const unread = model.colleagues.unreadIn(colleague);
  return (
    <li>
      <button
        type="button"
        class="entry"
        aria-current={model.colleagues.selected === chatId ? "true" : undefined}
        onClick={() => void model.colleagues.select(chatId)}
      >
        <span class="entry-head">
          <b>{model.colleagues.title(colleague)}</b>
          {unread > 0 && <span class="badge">{unread}<span class="hidden"> unread</span></span>}
        </span>
      </button>
    </li>
  );
}

/** The beginning of a message. */
function preview(event: Event | undefined): string {
  if (event?.kind.case !== "messagePosted") return "";
  const { text, attachments } = event.kind.value;
  return text || attachments.map((file) => file.name).join(", ");
}
