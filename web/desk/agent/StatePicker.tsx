import { type AgentState, AgentStatus } from "@chatsession/client";
import { useState } from "preact/hooks";
import { Dialog } from "../shared/Dialog.tsx";
import { useNow } from "../shared/store.ts";
import { clock, moment } from "../shared/time.ts";
import type { DeskModel } from "./model.ts";
import { reasonInWords } from "./states.ts";

/** What is offered when the center has no list of its own. */
const USUAL_REASONS = ["break", "lunch", "meeting", "training"];

/** How the agent stands, since when; and the way to change it. */
export function StatePicker({ model }: { model: DeskModel }) {
  const { state } = model;
  const [isSigningOut, setSigningOut] = useState(false);
  if (!state) return null;
  const value = state.status === AgentStatus.READY ? "ready" : "not-ready";
  const choose = (choice: string) => {
    if (choice === "sign-out") setSigningOut(true);
    else if (choice === "ready") void model.setState(AgentStatus.READY);
    else void model.setState(AgentStatus.NOT_READY, choice.replace(/^not-ready:?/, ""));
  };
  return (
    <div class="state">
      <span class={`dot dot-${value}`} aria-hidden="true" />
      <select
        aria-label="Your state"
        value={value === "ready" ? "ready" : "current"}
        onChange={(event) => {
          choose(event.currentTarget.value);
          // Shows what is, not what was asked for.
          event.currentTarget.value = value === "ready" ? "ready" : "current";
        }}
      >
        <option value="ready">Ready</option>
        {value === "not-ready" && <option value="current">Not ready{reason(state.reason)}</option>}
        {(model.reasons.length > 0 ? model.reasons : USUAL_REASONS).map((each) => (
          <option key={each} value={`not-ready:${each}`}>
            Not ready: {each}
          </option>
        ))}
        {!model.isReasonRequired && <option value="not-ready">Not ready, without a reason</option>}
        <option value="sign-out">Sign out…</option>
      </select>
      <Since state={state} />
      {state.nextStatus !== AgentStatus.UNSPECIFIED && (
        <span class="chip">then not ready{reason(state.nextReason)}</span>
      )}
      <span class="muted" title="Chats, ringing offers and after-chat work, of what you may hold at once">
        {state.units} of {state.capacity}
      </span>
      {isSigningOut && <SignOut model={model} onClose={() => setSigningOut(false)} />}
    </div>
  );
}

function Since({ state }: { state: AgentState }) {
  const now = useNow();
  return (
    <time class="muted timer" aria-label="In this state for">
      {clock(now - moment(state.sinceTime))}
    </time>
  );
}

function reason(text: string): string {
  return text ? `: ${reasonInWords(text)}` : "";
}

function SignOut({ model, onClose }: { model: DeskModel; onClose: () => void }) {
  const held = model.list.filter((chat) => !chat.hasLeft).length;
  const signOut = async () => {
    if (await model.toasts.attempt(model.client.desk.signOut({ handBack: held > 0 }))) onClose();
  };
  return (
    <Dialog title="Sign out" onClose={onClose}>
      <p>
        {held === 0
          ? "You hold no chat."
          : `You hold ${held} ${held === 1 ? "chat" : "chats"}. Those that you alone attend go back to their queues.`}
      </p>
      <p class="row">
        <button type="button" class="primary" onClick={signOut}>
          {held === 0 ? "Sign out" : "Hand back and sign out"}
        </button>
        <button type="button" onClick={onClose}>
          Stay
        </button>
      </p>
    </Dialog>
  );
}
