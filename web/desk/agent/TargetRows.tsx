import { type AgentTarget, AgentStatus, type Offer, type Participant, type QueueTarget } from "@chatsession/client";
import type { ComponentChildren } from "preact";
import { useNow } from "../shared/store.ts";
import { clock, milliseconds, moment, roughly } from "../shared/time.ts";
import { reasonInWords } from "./states.ts";

interface GroupProps {
  title: string;
  isEmpty: boolean;
  isLoading: boolean;
  children: ComponentChildren;
}

/** Colleagues, or queues, of which one is chosen. */
export function Group({ title, isEmpty, isLoading, children }: GroupProps) {
  return (
    <fieldset class="target-group">
      <legend>{title}</legend>
      {children}
      {isEmpty && <p class="muted">{isLoading ? "Looking…" : "None found."}</p>}
    </fieldset>
  );
}

interface RowProps {
  isChosen: boolean;
  disabled: boolean;
  onChoose: () => void;
  children: ComponentChildren;
}

export function Row({ isChosen, disabled, onChoose, children }: RowProps) {
  return (
    <label class="target">
      <input type="radio" name="target" checked={isChosen} disabled={disabled} onChange={onChoose} />
      {children}
    </label>
  );
}

/** A colleague: what they are doing, or why they can't be asked. */
export function AgentRow({ agent, obstacle }: { agent: AgentTarget; obstacle: string | undefined }) {
  const { state } = agent;
  const isReady = state?.status === AgentStatus.READY;
  const isOut = state?.status === AgentStatus.SIGNED_OUT;
  const status = isReady ? "ready" : isOut ? "signed out" : `not ready${state?.reason ? ` (${reasonInWords(state.reason)})` : ""}`;
  return (
    <>
      <span class={`dot dot-${isReady ? "ready" : isOut ? "out" : "not-ready"}`} aria-hidden="true" />
      <span class="target-name">
        {agent.displayName}
        {agent.supervisor && <span class="chip">supervisor</span>}
      </span>
      <span class="muted">{obstacle ?? `${status} · room for ${agent.room}`}</span>
    </>
  );
}

/** Why an agent can't be asked to join those who are in a chat, or asked to. */
export function obstacleOf(agent: AgentTarget, others: readonly Participant[], offers: readonly Offer[]): string | undefined {
  const id = agent.state?.agentId;
  if (others.some((other) => other.agentId === id)) return "in this chat";
  if (offers.some((offer) => offer.agentId === id)) return "invited";
  if (agent.state?.status === AgentStatus.SIGNED_OUT) return "signed out";
  return agent.room === 0 ? "no room for one more" : undefined;
}

/** Whether somebody there would take a chat now. */
function queueDot({ open, readyAgents, signedInAgents }: QueueTarget): string {
  if (!open || signedInAgents === 0) return "out";
  return readyAgents > 0 ? "ready" : "not-ready";
}

/** A queue: how full it is. */
export function QueueRow({ queue, isThere }: { queue: QueueTarget; isThere: boolean }) {
  const now = useNow();
  const wait = queue.waitingSince ? ` · longest ${clock(now - moment(queue.waitingSince))}` : "";
  const estimate = queue.estimatedWait ? ` · ${roughly(milliseconds(queue.estimatedWait))}` : "";
  const figures = `${queue.waiting} waiting${wait} · ${queue.readyAgents} of ${queue.signedInAgents} ready${estimate}`;
  return (
    <>
      <span class={`dot dot-${queueDot(queue)}`} aria-hidden="true" />
      <span class="target-name">{queue.displayName}</span>
      <span class="muted">{isThere ? "waits there" : queue.open ? figures : "closed"}</span>
    </>
  );
}
