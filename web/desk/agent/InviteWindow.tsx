import type { Target } from "@chatsession/client";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "../shared/Dialog.tsx";
import type { AgentChat } from "./chat.ts";
import { FavouriteMark } from "./FavouriteMark.tsx";
import { InviteColleague, TransferToQueue } from "./InviteForms.tsx";
import type { DeskModel } from "./model.ts";
import { AgentRow, Group, obstacleOf, QueueRow, Row } from "./TargetRows.tsx";
import { favouritesFirst, keyOf, useTargets } from "./targets.ts";

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
  const see = (targets: Target[]) => model.names.see(targets);
  const rows = useTargets(model.client, { query: query.trim() }, see);
  // In a large center they may be none of the first hundred.
  const favourites = useTargets(model.client, rows.more ? { query: query.trim(), favouritesOnly: true } : undefined, see);
  const targets = favouritesFirst(favourites.targets, rows.targets);
  const agents = targets.flatMap(({ kind }) => (kind.case === "agent" && !queuesOnly ? [kind.value] : []));
  const queues = targets.flatMap(({ kind }) => (kind.case === "queue" ? [kind.value] : []));
  const target = targets.find((each) => keyOf(each) === chosen);
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
              const agentId = agent.state?.agentId ?? "";
              const key = `agentId:${agentId}`;
              const obstacle = obstacleOf(agent, chat.others, chat.invitations);
              return (
                <Marked
                  key={key}
                  mark={<FavouriteMark model={model} row={agent} target={{ case: "agentId", value: agentId }} />}
                >
                  <Row isChosen={chosen === key} disabled={obstacle !== undefined} onChoose={() => setChosen(key)}>
                    <AgentRow agent={agent} obstacle={obstacle} />
                  </Row>
                </Marked>
              );
            })}
          </Group>
        )}
        <Group title="Service queues" isEmpty={queues.length === 0} isLoading={rows.isLoading}>
          {queues.map((queue) => {
            const { queueId } = queue;
            const key = `queueId:${queueId}`;
            const isThere = chat.log.session?.queueEntry?.queueId === queueId;
            return (
              <Marked
                key={key}
                mark={<FavouriteMark model={model} row={queue} target={{ case: "queueId", value: queueId }} />}
              >
                <Row isChosen={chosen === key} disabled={!queue.open || isThere} onChoose={() => setChosen(key)}>
                  <QueueRow queue={queue} isThere={isThere} />
                </Row>
              </Marked>
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

function Marked({ mark, children }: { mark: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="marked">
      {children}
      {mark}
    </div>
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
