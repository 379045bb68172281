import type { ChatClient, WrapUp } from "@chatsession/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { kept } from "../shared/kept.ts";
import { useNow } from "../shared/store.ts";
import { clock, untilDeadline } from "../shared/time.ts";
import type { AgentChat } from "./chat.ts";
import type { DeskModel } from "./model.ts";

/** What came of the chat, and notes: during it, or in the after-chat work, which is completed here. */
export function WrapUpForm({ model, chat }: { model: DeskModel; chat: AgentChat }) {
  const wrapUp = model.wrapUps.get(chat.id);
  const key = `wrap-up.${chat.id}`;
  const given = chat.log.session?.dispositions.find((each) => each.agentId === model.self)?.code ?? "";
  const [draft, setDraft] = useState(() => kept.get(key, { code: given, notes: "" }));
  // What is written, also between a letter and the next painting: Enter may come sooner.
  const latest = useRef(draft);
  const choices = useDispositions(model.client, chat.id, wrapUp !== undefined);
  if (chat.hasLeft && !wrapUp) return null;

  const write = (more: Partial<typeof draft>) => {
    latest.current = { ...latest.current, ...more };
    kept.put(key, latest.current);
    setDraft(latest.current);
  };
  const save = async () => {
    const written = latest.current;
    const isOffered = choices.codes.length === 0 || choices.codes.includes(written.code);
    const [code, notes] = [isOffered ? written.code.trim() : "", written.notes.trim()];
    if ((code === given || code === "") && notes === "") return true;
    const isSaved = await model.toasts.attempt(
      model.client.sessions.setDisposition({ sessionId: chat.id, code, notes }),
    );
    if (isSaved) {
      write({ code, notes: "" });
      kept.put(key, undefined);
    }
    return isSaved;
  };
  const complete = async (event: Event) => {
    event.preventDefault();
    const isSaved = await save();
    if (!wrapUp) {
      if (isSaved) model.toasts.say("Saved.", "good");
      return;
    }
    if (isSaved) await model.toasts.attempt(model.client.sessions.completeWrapUp({ sessionId: chat.id }));
  };
  return (
    <form class="wrap-up stack" onSubmit={complete}>
      <h3>
        {wrapUp ? "After-chat work" : "Outcome"} {wrapUp && <Left wrapUp={wrapUp} />}
      </h3>
      <label class="field">
        <span>Disposition{choices.required && " (required)"}</span>
        <Disposition
          codes={choices.codes}
          code={draft.code}
          required={choices.required && wrapUp !== undefined}
          onCode={(code) => write({ code })}
        />
      </label>
      <label class="field">
        <span>Notes for colleagues</span>
        <textarea
          rows={3}
          maxLength={4000}
          value={draft.notes}
          onInput={(event) => write({ notes: event.currentTarget.value })}
        />
      </label>
      <button type="submit" class={wrapUp ? "primary" : ""}>
        {wrapUp ? "Complete" : "Save"}
      </button>
    </form>
  );
}

interface DispositionProps {
  codes: readonly string[];
  code: string;
  required: boolean;
  onCode: (code: string) => void;
}

/** One of the queue's, where it names any. */
function Disposition({ codes, code, required, onCode }: DispositionProps) {
  const write = (event: { currentTarget: { value: string } }) => onCode(event.currentTarget.value);
  if (codes.length === 0) {
    return (
      <input
        type="text"
        maxLength={64}
        required={required}
        pattern="[A-Za-z0-9_\-]*"
        title="Letters, digits, hyphens and underscores"
        placeholder="solved, refund, callback…"
        value={code}
        onInput={write}
      />
    );
  }
  return (
    <select required={required} value={codes.includes(code) ? code : ""} onChange={write}>
      <option value="">Choose…</option>
      {codes.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  );
}

/** What the agent may say of the outcome. Read again when the after-chat work begins: what it needs is decided then. */
function useDispositions(client: ChatClient, sessionId: string, hasWork: boolean) {
  const [choices, setChoices] = useState({ codes: [] as readonly string[], required: false });
  useEffect(() => {
    const over = new AbortController();
    client.desk
      .listDispositions({ sessionId }, { signal: over.signal })
      .then(({ codes, required }) => over.signal.aborted || setChoices({ codes, required }))
      .catch(() => undefined);
    return () => over.abort();
  }, [client, sessionId, hasWork]);
  return choices;
}

function Left({ wrapUp }: { wrapUp: WrapUp }) {
  const left = untilDeadline(wrapUp.expireTime, useNow());
  return <span class="chip timer">{clock(left)} left</span>;
}
