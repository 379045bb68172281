import { type AgentTarget, AgentStatus, type QueueTarget, type Target } from "@chatsession/client";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "../shared/Dialog.tsx";
import { useNow } from "../shared/store.ts";
import { clock, milliseconds, moment, roughly } from "../shared/time.ts";
import type { AgentChat } from "./chat.ts";
import { InviteColleague, TransferToQueue } from "./InviteForms.tsx";
import type { DeskModel } from "./model.ts";
import { reasonInWords } from "./states.ts";
import { keyOf, useTargets } from "./targets.ts";

interface InviteProps {
  model: DeskModel;
  chat: AgentChat;
  onClose: () => void;
  /** Only queues, for an agent who wants to send the customer somewhere. */
  queuesOnly?: boolean;
  /** After a transfer to a queue. */
  onTransferred?: () => void;
}

/** Colleagues and queues to bring into a chat, each with what tells whether it is a good choice. */
export function InviteWindow({ model, chat, onClose, queuesOnly, onTransferred }: InviteProps) {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<string>();
  const rows = useTargets(model.client, { query: query.trim() }, (targets) => model.names.see(targets));
  const agents = rows.targets.flatMap(({ kind }) => (kind.case === "agent" && !queuesOnly ? [kind.value] : []));
  const queues = rows.targets.flatMap(({ kind }) => (kind.case === "queue" ? [kind.value] : []));
  const target = rows.targets.find((each) => keyOf(each) === chosen);
  const others = agents.filter((agent) => agent.state?.agentId !== model.self);

  return (
    <Dialog title={queuesOnly ? "Send to a queue" : "Invite"} wide onClose={onClose}>
      <label class="search">
        <span class="hidden">Search</span>
        <input
          type="search"
          placeholder="Search by name"
          maxLength={64}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      </label>
      <div class="targets">
        {!queuesOnly && (
          <Group title="Colleagues" isEmpty={others.length === 0} isLoading={rows.isLoading}>
            {others.map((agent) => {
              const key = `agentId:${agent.state?.agentId}`;
              const obstacle = obstacleOf(agent, chat);
              return (
                <Row key={key} isChosen={chosen === key} disabled={obstacle !== undefined} onChoose={() => setChosen(key)}>
                  <AgentRow agent={agent} obstacle={obstacle} />
                </Row>
              );
            })}
          </Group>
        )}
        <Group title="Service queues" isEmpty={queues.length === 0} isLoading={rows.isLoading}>
          {queues.map((queue) => {
            const key = `queueId:${queue.queueId}`;
            const isThere = chat.log.session?.queueEntry?.queueId === queue.queueId;
            return (
              <Row key={key} isChosen={chosen === key} disabled={!queue.open || isThere} onChoose={() => setChosen(key)}>
                <QueueRow queue={queue} isThere={isThere} />
              </Row>
            );
          })}
        </Group>
        {rows.more && <p class="muted">There are more: search to find them.</p>}
        {rows.problem && (
          <p role="alert" class="error">
            {rows.problem}
          </p>
        )}
      </div>
      <Choice target={target} model={model} chat={chat} onClose={onClose} onTransferred={onTransferred} />
    </Dialog>
  );
}

function Choice({ target, model, chat, onClose, onTransferred }: InviteProps & { target: Target | undefined }) {
  const form = { model, chat, onClose };
  if (target?.kind.case === "agent") return <InviteColleague {...form} agent={target.kind.value} />;
  if (target?.kind.case === "queue") {
    return <TransferToQueue {...form} queue={target.kind.value} onTransferred={onTransferred} />;
  }
  return <p class="muted choice">Choose a colleague to invite, or a queue to transfer the chat to.</p>;
}

interface GroupProps {
  title: string;
  isEmpty: boolean;
  isLoading: boolean;
  children: ComponentChildren;
}

function Group({ title, isEmpty, isLoading, children }: GroupProps) {
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

function Row({ isChosen, disabled, onChoose, children }: RowProps) {
  return (
    <label class="target">
      <input type="radio" name="target" checked={isChosen} disabled={disabled} onChange={onChoose} />
      {children}
    </label>
  );
}

function AgentRow({ agent, obstacle }: { agent: AgentTarget; obstacle: string | undefined }) {
  const { state } = agent;
  const isReady = state?.status === AgentStatus.READY;
  const isOut = state?.status === AgentStatus.SIGNED_OUT;
  const status = isReady ? "ready" : isOut ? "signed out" : `not ready${state?.reason ? ` (${reasonInWords(state.reason)})` : ""}`;
  return (
    <>
      <span class={`dot dot-${isReady ? "ready" : isOut ? "out" : "not-ready"}`} aria-hidden="true" />
      <span class="target-name">
        {agent.favourite && "★ "}
        {agent.displayName}
        {agent.supervisor && <span class="chip">supervisor</span>}
      </span>
      <span class="muted">{obstacle ?? `${status} · room for ${agent.room}`}</span>
    </>
  );
}

function obstacleOf(agent: AgentTarget, chat: AgentChat): string | undefined {
  const id = agent.state?.agentId;
  if (chat.others.some((other) => other.agentId === id)) return "in this chat";
  if (chat.invitations.some((offer) => offer.agentId === id)) return "invited";
  if (agent.state?.status === AgentStatus.SIGNED_OUT) return "signed out";
  return agent.room === 0 ? "no room for one more" : undefined;
}

function QueueRow({ queue, isThere }: { queue: QueueTarget; isThere: boolean }) {
  const now = useNow();
  const wait = queue.waitingSince ? ` · longest ${clock(now - moment(queue.waitingSince))}` : "";
  const estimate = queue.estimatedWait ? ` · ${roughly(milliseconds(queue.estimatedWait))}` : "";
  const figures = `${queue.waiting} waiting${wait} · ${queue.readyAgents} of ${queue.signedInAgents} ready${estimate}`;
  return (
    <>
      <span class={`dot dot-${queue.open ? "ready" : "out"}`} aria-hidden="true" />
      <span class="target-name">
        {queue.favourite && "★ "}
        {queue.displayName}
      </span>
      <span class="muted">{isThere ? "waits there" : queue.open ? figures : "closed"}</span>
    </>
  );
}
