import { type AgentTarget, InviteMode, type QueueTarget, TransferLeave } from "@chatsession/client";
import { useState } from "preact/hooks";
import { type Submitting, written } from "../shared/form.ts";
import type { AgentChat } from "./chat.ts";
import type { DeskModel } from "./model.ts";

interface FormProps {
  model: DeskModel;
  chat: AgentChat;
  onClose: () => void;
}

/** A colleague is chosen: conference or transfer, with a note that the customer doesn't see. */
export function InviteColleague({ model, chat, onClose, agent }: FormProps & { agent: AgentTarget }) {
  const [mode, setMode] = useState(InviteMode.CONFERENCE);
  const agentId = agent.state?.agentId ?? "";
  const invite = async (event: Submitting) => {
    event.preventDefault();
    const call = model.client.sessions.invite({ sessionId: chat.id, agentId, mode, note: written(event, "note") });
    if (!(await model.toasts.attempt(call))) return;
    model.toasts.say(`${agent.displayName} is invited. You keep the chat until they accept.`);
    onClose();
  };
  return (
    <form class="choice" onSubmit={invite}>
      <div class="row" role="radiogroup" aria-label="What happens when they accept">
        <Mode label="Conference: we both stay" value={InviteMode.CONFERENCE} mode={mode} onMode={setMode} />
        <Mode label="Transfer: I leave" value={InviteMode.TRANSFER} mode={mode} onMode={setMode} />
      </div>
      <Note />
      <p class="row">
        <button type="submit" class="primary">
          Invite {agent.displayName}
        </button>
        <button type="button" onClick={() => void model.write([agentId], "", onClose)}>
          Ask first
        </button>
      </p>
    </form>
  );
}

function Mode(props: { label: string; value: InviteMode; mode: InviteMode; onMode: (mode: InviteMode) => void }) {
  return (
    <label class="check">
      <input type="radio" name="mode" checked={props.mode === props.value} onChange={() => props.onMode(props.value)} />
      {props.label}
    </label>
  );
}

interface TransferProps extends FormProps {
  queue: QueueTarget;
  onTransferred: (() => void) | undefined;
}

/** A queue is chosen: the customer waits there, and the agent stays until End Chat unless they say otherwise. */
export function TransferToQueue({ model, chat, onClose, queue, onTransferred }: TransferProps) {
  const [leave, setLeave] = useState(onTransferred ? TransferLeave.NOW : TransferLeave.STAY);
  const { queueId } = queue;
  const transfer = async (event: Submitting) => {
    event.preventDefault();
    const call = model.client.sessions.transferToQueue({ sessionId: chat.id, queueId, leave, note: written(event, "note") });
    if (!(await model.toasts.attempt(call))) return;
    model.toasts.say(`The chat waits in ${queue.displayName}.`, "good");
    onTransferred?.();
    onClose();
  };
  return (
    <form class="choice" onSubmit={transfer}>
      <label class="field">
        <span>And I</span>
        <select value={leave} onChange={(event) => setLeave(Number(event.currentTarget.value))}>
          <option value={TransferLeave.STAY}>stay until I end the chat</option>
          <option value={TransferLeave.WHEN_TAKEN}>leave when the next agent takes it</option>
          <option value={TransferLeave.NOW}>leave now</option>
        </select>
      </label>
      <Note />
      <button type="submit" class="primary">
        Transfer to {queue.displayName}
      </button>
    </form>
  );
}

/** What the customer doesn't see. */
export function Note() {
  return (
    <label class="field">
      <span>Note for staff</span>
      <input type="text" name="note" maxLength={2000} placeholder="What it is about" />
    </label>
  );
}
