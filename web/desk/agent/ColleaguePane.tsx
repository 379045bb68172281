import { type ChatEvent, ChatState } from "@chatsession/client";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { kept } from "../shared/kept.ts";
import { hour } from "../shared/time.ts";
import type { ColleagueChat } from "./colleagues.ts";
import type { DeskModel } from "./model.ts";

interface ColleagueProps {
  model: DeskModel;
  colleague: ColleagueChat;
}

/** A chat with colleagues. */
export function ColleaguePane({ model, colleague }: ColleagueProps) {
  const list = useRef<HTMLDivElement>(null);
  const { chatId } = colleague.chat;
  const title = model.colleagues.title(colleague);
  useLayoutEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [colleague.events.length]);
  return (
    <main class="pane pane-wide" aria-label={`Colleagues: ${title}`}>
      <header class="pane-head">
        <h2>{title}</h2>
        <span class="chip">Colleagues only</span>
        <span class="grow" />
        <button type="button" onClick={() => model.select(model.selected)}>
          Back to chats
        </button>
      </header>
      <div ref={list} class="timeline" tabIndex={0} role="log" aria-live="polite" aria-label={`Messages with ${title}`}>
        {colleague.events.map((event) => (
          <Line key={String(event.revision)} event={event} self={model.self} />
        ))}
      </div>
      {colleague.chat.state !== ChatState.LEFT && <Box key={chatId} model={model} chatId={chatId} />}
    </main>
  );
}

function Line({ event, self }: { event: ChatEvent; self: string }) {
  const { kind, actor, createTime } = event;
  switch (kind.case) {
    case "messagePosted":
      return (
        <article class={actor?.id === self ? "bubble own" : "bubble theirs"}>
          <header>
            <b>{actor?.id === self ? "You" : actor?.displayName}</b>
            <time>{hour(createTime)}</time>
          </header>
          <p class="text">{kind.value.redacted ? "This message was removed." : kind.value.text}</p>
        </article>
      );
    case "memberJoined":
      return <p class="notice">{kind.value.member?.displayName} has joined</p>;
    case "memberLeft":
      return <p class="notice">{kind.value.member?.displayName} has left</p>;
    case "closed":
      return <p class="notice">This chat went quiet. The next message goes on from it.</p>;
    default:
      return null;
  }
}

/** The request id is kept with the text, so that pressing twice says it once. */
function Box({ model, chatId }: { model: DeskModel; chatId: string }) {
  const key = `colleague-draft.${chatId}`;
  const [draft, setDraft] = useState(() => kept.get(key, { text: "", requestId: crypto.randomUUID() }));
  const latest = useRef(draft);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => box.current?.focus(), []);
  const write = (next: typeof draft) => {
    latest.current = next;
    kept.put(key, next);
    setDraft(next);
  };
  const send = async () => {
    const { text, requestId } = latest.current;
    if (text.trim() === "") return;
    if (await model.toasts.attempt(model.colleagues.say(chatId, text.trim(), requestId))) {
      write({ text: "", requestId: crypto.randomUUID() });
    }
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        ref={box}
        rows={2}
        maxLength={16_384}
        aria-label="Message to colleagues"
        placeholder="Write to colleagues…"
        value={draft.text}
        onInput={(event) => write({ text: event.currentTarget.value, requestId: crypto.randomUUID() })}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          void send();
        }}
      />
      <div class="composer-bar">
        <button type="submit" class="primary" disabled={draft.text.trim() === ""}>
          Send
        </button>
      </div>
    </form>
  );
}
