import type { WrapUp } from "@chatsession/client";
import { useState } from "preact/hooks";
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
  if (chat.hasLeft && !wrapUp) return null;

  const write = (more: Partial<typeof draft>) => {
    const next = { ...draft, ...more };
    kept.put(key, next);
    setDraft(next);
  };
  const save = async () => {
    const [code, notes] = [draft.code.trim(), draft.notes.trim()];
    if (code === given && notes === "") return true;
    const isSaved = await model.toasts.attempt(
      model.client.sessions.setDisposition({ sessionId: chat.id, code, notes }),
    );
    if (isSaved) {
      kept.put(key, undefined);
      setDraft({ code, notes: "" });
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
        <span>Disposition</span>
        <input
          type="text"
          maxLength={64}
          pattern="[A-Za-z0-9_\-]*"
          title="Letters, digits, hyphens and underscores"
          placeholder="solved, refund, callback…"
          value={draft.code}
          onInput={(event) => write({ code: event.currentTarget.value })}
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

function Left({ wrapUp }: { wrapUp: WrapUp }) {
  const left = untilDeadline(wrapUp.expireTime, useNow());
  return <span class="chip timer">{clock(left)} left</span>;
}
