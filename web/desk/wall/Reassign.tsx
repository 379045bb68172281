import { OfferKind, type Session } from "@chatsession/client";
import { useState } from "preact/hooks";
import { Note } from "../agent/InviteForms.tsx";
import { AgentRow, Group, obstacleOf, QueueRow, Row } from "../agent/TargetRows.tsx";
import { Confirm } from "../shared/Confirm.tsx";
import { Dialog } from "../shared/Dialog.tsx";
import { type Submitting, written } from "../shared/form.ts";
import type { WallModel } from "./model.ts";

interface ReassignProps {
  model: WallModel;
  session: Session;
  onClose: () => void;
}

type Successor = { case: "agentId" | "queueId"; value: string; name: string };

/** Gives a chat to another agent or to a queue, or makes an agent leave it. */
export function Reassign({ model, session, onClose }: ReassignProps) {
  const { sessionId } = session;
  const [chosen, setChosen] = useState<Successor>();
  const connected = session.participants.filter((each) => each.connected);
  const invitations = session.openOffers.filter((offer) => offer.kind === OfferKind.INVITATION);
  const customer = session.customer?.displayName || "Customer";
  const reassign = async (event: Submitting) => {
    event.preventDefault();
    if (!chosen) return;
    const call = model.client.supervision.reassign({ sessionId, to: chosen, note: written(event, "note") });
    if (!(await model.toasts.attempt(call))) return;
    const what = chosen.case === "agentId" ? `is offered the chat with ${customer}` : `has the chat with ${customer} now`;
    model.toasts.say(`${chosen.name} ${what}.`, "good");
    onClose();
  };
  return (
    <Dialog title={`Reassign ${customer}`} wide onClose={onClose}>
      {connected.length > 0 && (
        <ul class="people">
          {connected.map(({ agentId, displayName, participantId }) => (
            <li key={participantId}>
              <span class="dot dot-ready" aria-hidden="true" />
              {displayName} <span class="muted">is connected</span>
              <span class="grow" />
              <Confirm
                what="Remove"
                name={displayName}
                onConfirm={() => model.toasts.attempt(model.client.supervision.removeParticipant({ sessionId, agentId }))}
              />
            </li>
          ))}
        </ul>
      )}
      <form class="stack" onSubmit={reassign}>
        <div class="targets">
          <Group title="Agents" isEmpty={model.agents.length === 0} isLoading={false}>
            {model.agents.map((agent) => {
              const value = agent.state?.agentId ?? "";
              const obstacle = obstacleOf(agent, connected, invitations);
              return (
                <Row
                  key={value}
                  isChosen={chosen?.case === "agentId" && chosen.value === value}
                  disabled={obstacle !== undefined}
                  onChoose={() => setChosen({ case: "agentId", value, name: agent.displayName })}
                >
                  <AgentRow agent={agent} obstacle={obstacle} />
                </Row>
              );
            })}
          </Group>
          <Group title="Service queues" isEmpty={model.queues.length === 0} isLoading={false}>
            {model.queues.map((queue) => {
              const value = queue.queueId;
              const isThere = session.queueEntry?.queueId === value;
              return (
                <Row
                  key={value}
                  isChosen={chosen?.case === "queueId" && chosen.value === value}
                  disabled={!queue.open || isThere}
                  onChoose={() => setChosen({ case: "queueId", value, name: queue.displayName })}
                >
                  <QueueRow queue={queue} isThere={isThere} />
                </Row>
              );
            })}
          </Group>
        </div>
        <Note />
        <p class="muted">Whoever attends the chat stays until it is taken.</p>
        <p class="row">
          <button type="submit" class="primary" disabled={!chosen}>
            {chosen ? `Reassign to ${chosen.name}` : "Reassign"}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
